"""What the procedures of services have in common: the calls that ask for tasks, and the steps around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.procedures.shared import HOURS
from constructs_lib.procedures.step import Call, Part, Probe, Role, Step
from constructs_lib.procedures.value import Carried

if TYPE_CHECKING:
    from constructs_lib.procedures.value import Value

__all__ = [
    "AGAIN",
    "ALL_RUN",
    "CAPACITY",
    "WHOLE",
    "described",
    "fence",
    "repointed",
    "running",
    "scaled",
    "start_home",
    "verify",
]

WHOLE: Final = Carried("desiredCount", "desired_count")
"""As many tasks as the service is declared with."""

AGAIN: Final = "it asks for the same number of tasks again"
CAPACITY: Final = (
    "no Region launches reliably while another is lost: where tasks stay PENDING, look at the events of the service, "
    "and ask for less before you wait for all"
)
_ALL: Final = "running"
_RUNNING: Final = (
    "services[0].desiredCount == to_number('0') && 'none' || "
    f"services[0].runningCount >= services[0].desiredCount && '{_ALL}' || 'starting'"
)
ALL_RUN: Final = (_RUNNING, _ALL)
"""What ECS says of a service whose tasks all run."""
NAMES: Final = {
    Role.HOME: ("{ecs_cluster}", "{service}"),
    Role.RECOVERY: ("{recovery_ecs_cluster}", "{recovery_service}"),
}


def described(role: Role, service: str | None = None) -> Call:
    """Return the call that describes the service of *role*'s Region, or *service* there."""
    cluster, own = NAMES[role]
    parameters: dict[str, Value] = {"cluster": cluster, "services": (service or own,)}
    return Call(service="ecs", operation="DescribeServices", region=role, parameters=parameters)


def scaled(role: Role, tasks: Value) -> Call:
    """Return the call that asks for *tasks*."""
    cluster, service = NAMES[role]
    parameters: dict[str, Value] = {"cluster": cluster, "service": service, "desiredCount": tasks}
    return Call(service="ecs", operation="UpdateService", region=role, parameters=parameters)


def running(role: Role) -> Probe:
    """Return how to tell whether all tasks run that are asked for."""
    return Probe(
        call=described(role),
        query=_RUNNING,
        done=_ALL,
        waiting=("starting",),
        absent=("none",),
    )


def fence() -> Step:
    """Return the step that stops the tasks of the Region that failed."""
    return Step(
        id="fence",
        title="stop the tasks in {region}, as far as it can be reached",
        part=Part.FENCE,
        best_effort=True,
        call=scaled(Role.HOME, 0),
        repeatable=AGAIN,
    )


def repointed(load_balancer: str, note: str) -> Step:
    """Return the step that leads callers to *load_balancer* there, and tells how it is called."""
    return Step(
        id="repoint",
        title="send the callers to the load balancer in {recovery_region}",
        part=Part.PROPAGATE,
        by_hand=True,
        shell=(
            f"aws elbv2 describe-load-balancers --region {{recovery_region}} --names {load_balancer} "
            "--query 'LoadBalancers[0].DNSName' --output text",
        ),
        note=note,
    )


def verify(role: Role, service: str | None = None) -> Step:
    """Return the step that sees whether the service is back."""
    return Step(
        id="verify",
        title="all tasks run; see that the service answers",
        part=Part.VERIFY,
        call=described(role, service),
        expects=ALL_RUN,
        keeps={"running_tasks": "services[0].runningCount"},
        note="the load balancer's target group says which tasks pass their checks",
    )


def start_home() -> Step:
    """Return the step that starts the tasks where they belong."""
    return Step(
        id="start-home",
        title="once {region} is healthy and its data is back, start the tasks there",
        part=Part.BACK,
        limit=HOURS,
        call=scaled(Role.HOME, WHOLE),
        repeatable=AGAIN,
        probe=running(Role.HOME),
    )
