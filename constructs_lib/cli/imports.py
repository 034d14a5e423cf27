"""`drctl import`: import blocks for what an account already holds."""

from __future__ import annotations

import sys

from constructs_lib.files import write_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from constructs_lib.cli.arguments import Subparsers

_FILE = "import.tf.json"
_KEY = ': key_arns={"REGION": "ARN"} of the sites, unless AWS manages that key for one service (docs/existing.md)'
_HOW = {"kms_key_id": _KEY, "kms_key_arn": _KEY, "storage_encrypted": ", or restore an encrypted copy first"}


def add_to(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "import",
        help="import blocks for what stacks declare and an account already holds",
        description="Compare synthesized stacks with a live account, and write the import blocks by which Terraform "
        "takes over what is there already: bucket, table, database, cluster, vault and their parts. It reads, and "
        "changes nothing but the files. Exits with 1 where Terraform would replace what it imports, so far as the "
        "account tells; look at the plan before you apply it: it must destroy and replace nothing.",
        allow_abbrev=False,
    )
    command.add_argument("--stacks", default="cdktf.out", metavar="DIR", help="default: cdktf.out")
    command.add_argument("--write", action="store_true", help=f"write {_FILE} beside each stack; default: print them")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from pathlib import Path

    from constructs_lib.cli.recovery.credentials import check_signed_in, new_clients
    from constructs_lib.operations.adopting.imports import imports_of
    from constructs_lib.plan.stacks import read_stacks

    directory = Path(options.stacks)
    plan = read_stacks(directory)
    check_signed_in(new_clients())
    found = imports_of(plan)
    for stack, text in found.documents().items():
        if options.write:
            path = directory / "stacks" / stack / _FILE
            write_file(path, text)
            sys.stdout.write(f"{path}\n")
        else:
            sys.stdout.write(f"# {stack}/{_FILE}\n{text}")
    sys.stderr.write(
        f"drctl: {len(found.blocks)} to import, {len(found.missing)} declared and not there, "
        f"{len(found.untold)} of types that are not looked for\n"
    )
    for item in found.unasked:
        sys.stderr.write(f"drctl: not asked: {item.what}: {item.error}\n")
    for one in found.replaced:
        here = "one that is built here" if one.declared is None else one.declared
        sys.stderr.write(
            f"drctl: {one.stack}: Terraform would destroy {one.to} and make it anew, since {one.argument} is "
            f"{one.live} there and {here} in the stack; declare what is there{_HOW.get(one.argument, '')}\n"
        )
    return 3 if found.unasked else 1 if found.replaced else 0
