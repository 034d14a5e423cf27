"""`drctl adopt`: Terraform in order again after a recovery."""

from __future__ import annotations

import sys

from constructs_lib.cli.arguments import path
from constructs_lib.cli.recovery.credentials import new_clients
from constructs_lib.cli.recovery.journals import named_operation
from constructs_lib.cli.recovery.options import add_command
from constructs_lib.cli.recovery.workloads import read_workloads
from constructs_lib.files import write_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from constructs_lib.cli.arguments import Subparsers
    from constructs_lib.operations.adopting.adopt import Adopting


def add_to(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = add_command(
        commands,
        "adopt",
        "Terraform in order again after a recovery",
        "Say what the code needs so that Terraform takes over what an operation made, and write the blocks by which it "
        "lets go of the old and imports the new. Nothing in AWS is changed.",
    )
    add = command.add_argument
    add("operation", metavar="OPERATION", help="a finished one; `drctl operations` lists them")
    add("--write", action="store_true", help="write adopt-OPERATION.tf.json beside each stack; default: print")
    add(
        "--verify",
        action="append",
        default=[],
        type=path,
        metavar="PLAN.json",
        help="fail unless this plan, by `terraform show -json`, changes only what is documented; once for each stack",
    )
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    import json

    from constructs_lib.operations.adopting.adopt import adoption_of
    from constructs_lib.operations.adopting.adopted_plan import undocumented

    journal, workload = named_operation(options, read_workloads(options), new_clients())
    adopting = adoption_of(workload, journal.content, resume=journal.resume)
    wrong = [text for plan in options.verify for text in undocumented(plan, adopting.imports)]
    written = _write(options, adopting) if options.write and not adopting.options else []
    if options.format == "json":
        sys.stdout.write(
            json.dumps(
                {
                    "operation": adopting.operation,
                    "options": {name: dict(given) for name, given in adopting.options.items()},
                    "notes": dict(adopting.notes),
                    "files": {stack: json.loads(text) for stack, text in adopting.documents().items()},
                    "written": written,
                    "findings": wrong,
                },
                indent=2,
            )
            + "\n"
        )
    else:
        _show(options, adopting, written, wrong)
    return 1 if wrong or (adopting.options and (options.write or options.verify)) else 0


def _file(adopting: Adopting) -> str:
    return f"adopt-{adopting.operation}.tf.json"


def _write(options: argparse.Namespace, adopting: Adopting) -> list[str]:
    root = (options.stacks or path("cdktf.out")) / "stacks"
    documents = adopting.documents()
    for stack, text in documents.items():
        _check_others(root / stack, _file(adopting), text)
    written = []
    for stack, text in documents.items():
        place = root / stack / _file(adopting)
        write_file(place, text)
        written.append(str(place))
    return written


def _check_others(directory: Path, own: str, text: str) -> None:
    """Refuse what Terraform takes for a fault of its own: one address that is imported, and let go of, in two files.

    Raises:
        RefusedError: If a file of before is in the way.
    """
    import json

    from constructs_lib.errors import RefusedError

    ours = json.loads(text)
    for file in sorted(directory.glob("*.tf.json")):
        if file.name in (own, "cdk.tf.json"):
            continue
        try:
            theirs = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue  # Terraform says what is wrong with it
        sections = (("removed", "import"), ("import", "removed"))
        both = {name for one, other in sections for name in _named(ours, one) & _named(theirs, other)}
        if both:
            msg = (
                f"{file} and the blocks of {own} tell Terraform both to import and to let go of {min(both)}, which it "
                f"refuses; once it was applied, {file.name} has no effect any more: delete it, and run this again"
            )
            raise RefusedError(msg)


def _named(document: object, section: str) -> set[str]:
    """Return the addresses that the blocks of *section* name."""
    blocks = document.get(section, []) if isinstance(document, dict) else []
    key = "from" if section == "removed" else "to"
    return {str(block[key]) for block in blocks if isinstance(block, dict) and key in block}


def _show(options: argparse.Namespace, adopting: Adopting, written: list[str], wrong: list[str]) -> None:
    for name, note in adopting.notes.items():
        sys.stdout.write(f"{name}: {note}\n")
    for name, given in adopting.options.items():
        text = ", ".join(f'{option}="{value}"' for option, value in given.items())
        sys.stdout.write(f"{name}: give its construct {text}, synthesize, and run this again\n")
    for place in written:
        sys.stdout.write(f"{place}\n")
    if not (written or options.verify):
        for stack, text in adopting.documents().items():
            sys.stdout.write(f"# {stack}/{_file(adopting)}\n{text}")
    for text in wrong:
        sys.stdout.write(f"not as documented: {text}\n")
    if options.verify and not (wrong or adopting.options):
        sys.stdout.write(f"as documented: {', '.join(map(str, options.verify))}\n")
