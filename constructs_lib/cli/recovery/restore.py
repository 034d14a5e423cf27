"""`drctl restore`: one component as it was at a moment."""

from __future__ import annotations

from constructs_lib.cli.recovery.execution import run_plan
from constructs_lib.cli.recovery.options import add_command, add_execution, given_names
from constructs_lib.cli.recovery.workloads import workload_with

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from constructs_lib.cli.arguments import Subparsers


def add_to(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = add_command(
        commands,
        "restore",
        "restore one component to a moment, beside the original",
        "Restore one component to a moment, beside the original, with all its settings; a bucket in place. Nothing is "
        "changed without --execute.",
    )
    command.add_argument("component", metavar="COMPONENT")
    command.add_argument("--workload", metavar="NAME", help="whose component; needed where several have one so called")
    command.add_argument("--to-time", required=True, metavar="TIME", help="`latest`, or such as 2026-11-23T10:14:00Z")
    command.add_argument("--as", dest="as_name", metavar="NAME", help="what the new thing is called")
    add_execution(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from constructs_lib.errors import InputError
    from constructs_lib.operations.ask import has_zone
    from constructs_lib.operations.planning import plan_restore

    if not has_zone(options.to_time):
        # An hour too late brings the damage back as well.
        msg = f"--to-time is {options.to_time!r}, in no time zone; give one such as 2026-11-23T10:14:00Z"
        raise InputError(msg)
    workload = workload_with(options)
    plan = plan_restore(
        workload,
        options.component,
        to_time=options.to_time,
        as_name=options.as_name,
        names=given_names(options, workload),
    )
    return run_plan(options, workload, plan)
