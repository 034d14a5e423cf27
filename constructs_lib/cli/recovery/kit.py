"""`drctl kit`: what is needed on the day, put together before it."""

from __future__ import annotations

import sys

from constructs_lib.cli.arguments import path

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from constructs_lib.cli.arguments import Subparsers


def add_to(commands: Subparsers) -> None:
    """Add the command to the parser."""
    text = "build or check the kit with which recoveries need no repository and no package index"
    command = commands.add_parser("kit", help=text, description=text.capitalize() + ".", allow_abbrev=False)
    kinds = command.add_subparsers(title="what to do", metavar="ACTION", required=True, prog=command.prog)
    build = kinds.add_parser("build", help="write the kit", description="Write the kit.", allow_abbrev=False)
    build.add_argument("directory", type=path, metavar="DIR")
    build.add_argument("--stacks", type=path, default="cdktf.out", metavar="DIR", help="default: cdktf.out")
    build.add_argument("--objectives", type=path, metavar="FILE", help="names the owners; default: recovery.yaml")
    build.add_argument("--no-wheelhouse", action="store_true", help="the data alone, without the program")
    build.set_defaults(run=_build)
    check = kinds.add_parser("check", help="look at every file", description="Look at every file.", allow_abbrev=False)
    check.add_argument("directory", type=path, metavar="DIR")
    check.set_defaults(run=_check)


def _build(options: argparse.Namespace) -> int:
    from constructs_lib.declaration.declaration import load_declaration
    from constructs_lib.operations.packing.kit import build_kit, open_kit
    from constructs_lib.operations.packing.wheelhouse import build_wheelhouse

    file = options.objectives or path("recovery.yaml")
    declaration = load_declaration(file) if options.objectives or file.is_file() else None
    for written in build_kit(options.directory, options.stacks, declaration):
        sys.stdout.write(f"{written}\n")
    for note in open_kit(options.directory)[1]:
        sys.stderr.write(f"drctl: note: {note}\n")
    if not options.no_wheelhouse:
        from constructs_lib.plural import plural

        wheels = build_wheelhouse(options.directory / "wheelhouse")
        sys.stdout.write(f"{options.directory / 'wheelhouse'}: {plural(len(wheels), 'wheel')}\n")
    return 0


def _check(options: argparse.Namespace) -> int:
    from constructs_lib.operations.packing.kit import open_kit

    workloads, notes = open_kit(options.directory)
    for note in notes:
        sys.stderr.write(f"drctl: note: {note}\n")
    sys.stdout.write(f"a kit of {', '.join(item.name for item in workloads)}, as it was made\n")
    return 0
