"""`drctl failover`: a workload moved to its recovery Region."""

from __future__ import annotations

from constructs_lib.cli.recovery.execution import run_plan
from constructs_lib.cli.recovery.options import add_command, add_execution, add_without, given_names
from constructs_lib.cli.recovery.workloads import named_workload

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from constructs_lib.cli.arguments import Subparsers


def add_to(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = add_command(
        commands,
        "failover",
        "move a workload to its recovery Region",
        "Move a workload to its recovery Region. Nothing is changed without --execute.",
    )
    command.add_argument("workload", metavar="WORKLOAD")
    command.add_argument("--to", required=True, metavar="REGION", help="the recovery Region")
    add_execution(command)
    add_without(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from constructs_lib.operations.planning import plan_failover

    workload = named_workload(options, options.workload)
    plan = plan_failover(workload, options.to, names=given_names(options, workload), without=options.without)
    return run_plan(options, workload, plan)
