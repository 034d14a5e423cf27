"""`drctl init`: a repository to start from."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from constructs_lib.cli.arguments import Subparsers


def add_to(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "init",
        help="a repository to start from: app, recovery.yaml, tests, workflow",
        description="Write a repository that works: an app, recovery.yaml, pinned requirements, state backend with "
        "locking, tests, a workflow that reviews pull requests, and a README. What is there already is left as it is.",
        allow_abbrev=False,
    )
    command.add_argument("name", metavar="NAME", help="the workload; also the directory, unless --directory is given")
    command.add_argument("--engine", choices=("cdktf", "cdktn"), default="cdktf", help="default: cdktf")
    command.add_argument(
        "--example",
        choices=("data", "service", "site"),
        default="data",
        help="data: bucket and table; service: the same with traffic that fails over; site: CloudFront; default: data",
    )
    command.add_argument("--directory", metavar="DIR", help="default: NAME")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from pathlib import Path

    from constructs_lib.starter.starter import installed_from, starter_files, write_starter

    directory = Path(options.directory or options.name)
    content = starter_files(options.name, engine=options.engine, example=options.example)
    written, left = write_starter(directory, content)
    for path in written:
        sys.stdout.write(f"{path}\n")
    for path in left:
        sys.stderr.write(f"drctl: {path} is there already, and stays as it is\n")
    requirements = directory / "requirements.txt"
    if requirements in written and installed_from() is None:
        sys.stdout.write(f"{requirements} lacks a place that others can install cdktf-dr from: name it there\n")
    sys.stdout.write(f"{directory / 'README.md'} says how to go on\n")
    return 0
