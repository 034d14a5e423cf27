"""`drctl facts`: what of the catalog is old or from memory, so that it can be looked up again."""

from __future__ import annotations

import argparse
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date

    from constructs_lib.catalog.facts import Fact
    from constructs_lib.cli.arguments import Subparsers


def add_to(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "facts",
        help="which facts about AWS are old or from memory",
        description="List the facts of the catalog that are older than a year or from memory, each with its source "
        "and date. What a choice rests on of these, `drctl choose` says beside it.",
        allow_abbrev=False,
    )
    command.add_argument("--all", action="store_true", help="every fact, also those in no doubt")
    command.add_argument("--format", choices=("table", "json"), default="table", help="default: table")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from constructs_lib.catalog.facts import load_facts

    today = datetime.now(UTC).date()
    listed = [fact for fact in load_facts() if options.all or fact.doubt(today)]
    if options.format == "json":
        import json

        json.dump(
            {"as_of": today.isoformat(), "facts": [_as_json(fact, today) for fact in listed]}, sys.stdout, indent=2
        )
        sys.stdout.write("\n")
    else:
        _write_table(listed, today, len(load_facts()))
    return 0


def _as_json(fact: Fact, today: date) -> dict[str, object]:
    from constructs_lib.catalog.sources import load_sources

    source = load_sources()[fact.source]
    return {
        "where": fact.where,
        "says": fact.says,
        "date": fact.dated,
        "doubt": fact.doubt(today),
        "source": source.id,
        "title": source.title,
        "url": source.url,
        "kind": source.kind,
    }


def _write_table(listed: list[Fact], today: date, count: int) -> None:
    from rich.table import Table as Grid
    from rich.text import Text

    from constructs_lib.cli.console import Output

    console = Output()
    grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("fact", "says", "source", "doubt"):
        grid.add_column(title, overflow="fold")
    # Said under several conditions, a fact is one row.
    for where, says, source, why in dict.fromkeys(
        (it.where, it.says, it.source, it.doubt(today) or "") for it in listed
    ):
        grid.add_row(Text(where), Text(says), source, why)
    console.print(grid)
    console.print(f"\n{sum(fact.doubt(today) is not None for fact in listed)} of {count} facts are in doubt")
