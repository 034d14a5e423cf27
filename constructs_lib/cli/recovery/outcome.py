"""What an operation came to, as people and machines read it."""

from __future__ import annotations

import sys

from constructs_lib.plural import plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping
    from typing import Any

    from constructs_lib.operations.operate import Outcome


def show_outcome(options: argparse.Namespace, outcome: Outcome) -> None:
    """Write what an operation came to, in the format that the options name."""
    import json

    if outcome.trouble is not None:
        sys.stderr.write(f"drctl: note: {outcome.trouble}\n")
    if options.format == "json":
        sys.stdout.write(json.dumps(_plain(outcome), indent=2) + "\n")
        return
    for line in _lines(outcome):
        sys.stdout.write(f"{line}\n")


def _plain(outcome: Outcome) -> Mapping[str, Any]:
    import msgspec

    found = msgspec.to_builtins(outcome)
    return {name: value for name, value in found.items() if name not in ("exit_code", "trouble")}


def _risk(outcome: Outcome, component: str) -> str:
    if component not in outcome.fences:
        return "the latch of the workload's record"
    loss = outcome.data_loss[component]
    how = outcome.data_loss_from.get(component)
    lost = "unknown" if loss is None else f"at most {loss} s" + (f" ({how})" if how else "")
    return f"fence {outcome.fences[component]}, data lost {lost}"


def _lines(outcome: Outcome) -> Iterator[str]:
    if outcome.operation:
        yield f"operation {outcome.operation}"
    component = None
    for step in outcome.steps:
        if step["component"] != component:
            component = step["component"]
            yield f"{component}: {_risk(outcome, component)}"
        call = f"{step['service']} {step['operation']} in {step['region']}" if step["operation"] else ""
        seconds = f", up to {step['seconds']} s" if step["seconds"] else ""
        objects = f": {plural(step['objects'], 'object')}" if "objects" in step else ""
        yield f"  {step['state']:<12} {step['title']}{' (' + call + seconds + ')' if call else ''}{objects}"
        if "error" in step:
            yield f"{'':15}{step['error']}"
        if not outcome.dry_run:
            yield from (f"{'':15}beware: {note}" for note in (step.get("note"),) if note)
            yield from (f"{'':15}$ {command}" for command in step.get("commands", ()))
    for check in outcome.preflight:
        beware = f"; {check.fix}" if check.state == "beware" else ""
        yield f"{check.component}: {check.state}: {check.found}{beware}"
    for name, rows in outcome.differences.items():
        for row in rows:
            yield f"{name}: {row['setting']} is {row['restored']!r}, and {row['source']!r} in the source"
    yield outcome.result
