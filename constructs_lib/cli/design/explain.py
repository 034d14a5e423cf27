"""`drctl explain`: why synthesized stacks are built as they are."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from constructs_lib.cli.arguments import Subparsers
    from constructs_lib.selection.explanation import Explanation

_FORMATS = ("table", "json", "markdown", "html")


def add_to(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "explain",
        help="why stacks are built as they are: patterns, RTO and RPO, what sets them, cost",
        description="Say why a workload is built as it is: pattern, RTO and RPO of each component and of the whole in "
        "each disruption, what sets them, what it costs, and who accepted what. Exits with 1 where a promise "
        "is not kept, and with 3 where that is not known.",
        allow_abbrev=False,
    )
    command.add_argument("stacks", nargs="?", default="cdktf.out", metavar="DIR", help="default: cdktf.out")
    command.add_argument("--workload", metavar="NAME", help="only this one; default: all")
    command.add_argument("--format", choices=_FORMATS, default="table", help="default: table")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from pathlib import Path

    from constructs_lib.assessment import Verdict
    from constructs_lib.errors import EvaluationError, InputError
    from constructs_lib.plan.stacks import read_decisions, read_watched
    from constructs_lib.selection.explanation import explain_all

    stacks = Path(options.stacks)
    explained = explain_all(read_decisions(stacks), read_watched(stacks))
    if not explained:
        msg = f"{options.stacks} holds no decision; it is written where a construct of this library is synthesized"
        raise EvaluationError(msg)
    found = [item for item in explained if options.workload in (None, item.name)]
    if not found:
        known = ", ".join(item.name for item in explained)
        msg = f"{options.stacks} holds no workload {options.workload!r}; it holds {known}"
        raise InputError(msg)
    if options.format == "json":
        import json

        sys.stdout.write(json.dumps({"workloads": [item.as_data() for item in found]}, indent=2, ensure_ascii=False))
        sys.stdout.write("\n")
    elif options.format == "table":
        _write_table(found)
    else:
        from constructs_lib.documents.explanation import render_explanations

        sys.stdout.write(render_explanations(found, options.format))
    worst = max((item.verdict for item in found), key=lambda verdict: verdict.rank)
    return {Verdict.BREACHED: 1, Verdict.UNKNOWN: 3}.get(worst, 0)


def _write_table(found: Sequence[Explanation]) -> None:
    from rich.text import Text

    from constructs_lib.cli.console import Output
    from constructs_lib.documents.explanation import component_rows
    from constructs_lib.review.renderers.grid import fitted
    from constructs_lib.selection.explanation import ASSUMED, SHARED, WATCHING, added_up

    titles = ("component", "pattern", "disruption", "RTO", "RPO", "verdict", "USD a month", "because")
    console = Output()
    above = ("software", "hardware", "zone", "region", WATCHING, SHARED, ASSUMED)
    for index, item in enumerate(found):
        if index:
            console.print()
        whole = {f"{disruption}": estimate for disruption, estimate in item.whole.estimates.items()}
        for line in item.lines():
            what = line.split(":")[0].strip()
            if not line.startswith("  ") or what in above:
                console.print(Text(line), soft_wrap=True)
            if what in whole and (sum_ := added_up(whole[what])):
                console.print(Text(f"    {sum_}", style="dim"), soft_wrap=True)
        rows = [[Text(cell) for cell in row] for row in component_rows(item)]
        console.print(fitted(titles, rows, console.width, names=2))
        for one in item.components:
            for remark in one.remarks:
                console.print(Text(f"{one.decision.name}: {remark}"), soft_wrap=True)
        console.print(Text("not counted:", style="dim"))
        for what in item.not_counted:
            console.print(Text(f"  {what}", style="dim"), soft_wrap=True)
        if not item.whole.serves:
            console.print(Text(f"These figures are about {item.whole.scope}."), soft_wrap=True)
