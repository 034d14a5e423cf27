"""`drctl objectives`: what `recovery.yaml` declares, or what is wrong with it."""

from __future__ import annotations

import argparse
import sys

from constructs_lib.cli.arguments import check_read_once

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.cli.arguments import Subparsers
    from constructs_lib.declaration.declaration import Declaration
    from constructs_lib.declaration.region_pair import Regions
    from constructs_lib.declaration.waiver import Waiver


def add_to(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = commands.add_parser("objectives", help="check recovery.yaml and say what it declares", allow_abbrev=False)
    command.add_argument(
        "file",
        nargs="*",
        metavar="FILE",
        default=["recovery.yaml"],
        help="several may be given; - reads standard input; default: recovery.yaml",
    )
    command.add_argument(
        "--format", choices=("table", "json"), default="table", help="default: table; json: of one file"
    )
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from pathlib import Path

    from constructs_lib.declaration.declaration import load_declaration
    from constructs_lib.errors import InputError

    if options.format == "json" and len(options.file) > 1:
        msg = f"{len(options.file)} files are given, and the JSON is of one; name one"
        raise InputError(msg)
    check_read_once(options.file)
    declared = [load_declaration(Path(file)) for file in options.file]
    for item in declared:
        if item.regions is not None:
            _check_regions(item.regions, item.file)
        _check_waivers(item.waivers, item.file)
    if options.format == "json":
        _write_json(declared[0])
        return 0
    for item in declared:
        if len(declared) > 1:
            sys.stdout.write(f"{item.file}\n")
        _write(item)
    return 0


def _write(declared: Declaration) -> None:
    if not declared.workloads:
        sys.stdout.write(f"{declared.file} declares no workload, so nothing is promised\n")
    for name, workload in declared.workloads.items():
        sys.stdout.write(f"{name}: {workload.objective}\n  assuming {workload.objective.assumptions}\n")
    for waiver in declared.waivers:
        sys.stdout.write(f"waived until {waiver.expires}: {waiver.finding} of {waiver.address}, by {waiver.owner}\n")


def _write_json(declared: Declaration) -> None:
    import json

    from constructs_lib.objectives.as_data import objective_as_data

    content = {
        "version": declared.version,
        "workloads": {name: objective_as_data(workload.objective) for name, workload in declared.workloads.items()},
        "waivers": [
            {
                "finding": waiver.finding,
                "address": waiver.address,
                "owner": waiver.owner,
                "expires": waiver.expires.isoformat(),
                "reason": waiver.reason,
            }
            for waiver in declared.waivers
        ],
    }
    json.dump(content, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def _check_regions(regions: Regions, file: str) -> None:
    """Refuse a Region that AWS does not have: the declaration knows the shape of a Region's name only."""
    from constructs_lib.catalog.regions import region
    from constructs_lib.errors import ConfigurationError, DeclarationError

    for code in (regions.primary, regions.recovery):
        try:
            region(code)
        except ConfigurationError as error:
            msg = f"{file}: regions: {error}"
            raise DeclarationError(msg) from error


def _check_waivers(waivers: Sequence[Waiver], file: str) -> None:
    """Refuse a waiver that accepts nothing: the declaration knows the shape of an id only."""
    from constructs_lib.catalog.findings import never_waived
    from constructs_lib.errors import DeclarationError

    for waiver in waivers:
        why = never_waived(waiver.finding)
        if why is not None:
            msg = (
                f"{file}:{waiver.line}: waivers: {waiver.finding} {why}; write the id of a finding of `drctl review` "
                f"as docs/findings.md lists it, or remove the waiver"
            )
            raise DeclarationError(msg)
