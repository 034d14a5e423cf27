"""`drctl state`: which copy of each Terraform state is the newest, and whether it is locked."""

from __future__ import annotations

import sys

from constructs_lib.cli.arguments import path

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any

    from constructs_lib.cli.arguments import Subparsers
    from constructs_lib.operations.states import FoundState


def add_to(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "state",
        help="which copy of each Terraform state is the newest, and whether it is locked",
        description="Ask every bucket that synthesized stacks keep their states in for each of them, and compare: "
        "serial, lineage, age, replication, lock. It only reads (s3:GetObject and s3:ListBucket on the buckets, "
        "kms:Decrypt with their keys), and shows nothing else of a state.",
        allow_abbrev=False,
    )
    add = command.add_argument
    add("--stacks", type=path, metavar="DIR", help="synthesized stacks; default: cdktf.out")
    add("--format", choices=("table", "json"), default="table", help="default: table")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from constructs_lib.cli.recovery.credentials import check_signed_in, new_clients
    from constructs_lib.errors import EvaluationError, InputError
    from constructs_lib.operations.states import look_at_states
    from constructs_lib.plan.stacks import read_kept_states

    directory = options.stacks or path("cdktf.out")
    states = read_kept_states(directory)
    if not states:
        msg = f"no stack under {directory} keeps its state in S3; give them StateBackend(...).keep(sites)"
        raise InputError(msg)
    clients = new_clients()
    check_signed_in(clients)
    found = look_at_states(states, clients)
    sys.stdout.write(_as_json(found) if options.format == "json" else _as_text(found))
    if all(item.newest is None for item in found):
        msg = "no state could be read; the lines above say why"
        raise EvaluationError(msg)
    return 1 if any(True for item in found for _ in item.troubles()) else 0


def _as_json(found: tuple[FoundState, ...]) -> str:
    import json

    from msgspec.structs import asdict

    data: list[dict[str, Any]] = [
        {
            "stack": item.stack,
            "key": item.key,
            "use": None if item.newest is None else item.newest.bucket,
            "troubles": list(item.troubles()),
            "copies": [asdict(copy) for copy in item.copies],
        }
        for item in found
    ]
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _as_text(found: tuple[FoundState, ...]) -> str:
    lines = []
    for item in found:
        lines.append(f"{item.stack} ({item.key})")
        for copy in item.copies:
            said = copy.trouble
            if copy.serial is not None:
                replicated = "" if copy.replication is None else f", {copy.replication.lower()}"
                said = f"serial {copy.serial}, lineage {copy.lineage}, written {copy.written}{replicated}"
            lines.append(f"  {copy.bucket} in {copy.region}{' (its own)' if copy.home else ''}: {said}")
        lines += [f"  ! {trouble}" for trouble in item.troubles()]
        if item.newest is not None:
            lines.append(f"  use {item.newest.bucket}")
    return "\n".join([*lines, ""])
