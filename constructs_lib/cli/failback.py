"""`drctl failback`: the way home."""

from __future__ import annotations

from constructs_lib.cli.operating import add_command, add_execution, given_names, named_workload, run_plan

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from constructs_lib.cli.arguments import Subparsers


def add_to(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = add_command(
        commands,
        "failback",
        "bring a workload home after a failover",
        "Bring a workload home after a failover. Nothing is changed without --execute.",
    )
    command.add_argument("workload", metavar="WORKLOAD")
    add_execution(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from constructs_lib.operations.plan import plan_failback

    workload = named_workload(options, options.workload)
    return run_plan(options, workload, plan_failback(workload, names=given_names(options)))
