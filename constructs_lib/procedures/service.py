"""Services: started in the recovery Region, scaled there to the whole, or served there all the time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.objectives import Disruption
from constructs_lib.procedures.shared import HOURS, by_hand, serves_by_itself
from constructs_lib.procedures.step import Call, Fence, Part, Prepared, Probe, Procedure, Role, Step
from constructs_lib.procedures.value import Carried

if TYPE_CHECKING:
    from constructs_lib.procedures.value import Value

__all__ = ["CARRY_OVERS", "PROCEDURES"]

CARRY_OVERS = ()

_WHOLE = Carried("desiredCount", "desired_count")
_NAMES = {Role.HOME: ("{ecs_cluster}", "{service}"), Role.RECOVERY: ("{recovery_ecs_cluster}", "{recovery_service}")}
_AGAIN = "it asks for the same number of tasks again"


def _described(role: Role) -> Call:
    cluster, service = _NAMES[role]
    parameters: dict[str, Value] = {"cluster": cluster, "services": (service,)}
    return Call(service="ecs", operation="DescribeServices", region=role, parameters=parameters)


def _scaled(role: Role, tasks: Value) -> Call:
    cluster, service = _NAMES[role]
    parameters: dict[str, Value] = {"cluster": cluster, "service": service, "desiredCount": tasks}
    return Call(service="ecs", operation="UpdateService", region=role, parameters=parameters)


def _running(role: Role) -> Probe:
    one = "services[0]"
    return Probe(
        call=_described(role),
        query=(
            f"{one}.desiredCount == to_number('0') && 'none' || "
            f"{one}.runningCount >= {one}.desiredCount && 'running' || 'starting'"
        ),
        done="running",
        waiting=("starting",),
        absent=("none",),
    )


def _start(id_: str, title: str, note: str) -> Step:
    return Step(
        id=id_,
        title=title,
        call=_scaled(Role.RECOVERY, _WHOLE),
        repeatable=_AGAIN,
        probe=_running(Role.RECOVERY),
        console="https://{recovery_region}.console.aws.amazon.com/ecs/v2/clusters/{recovery_ecs_cluster}/services",
        note=note,
    )


def _repointed() -> Step:
    """Return the step that leads callers to the load balancer there, and tells how it is called."""
    return Step(
        id="repoint",
        title="send the callers to the load balancer in {recovery_region}",
        part=Part.PROPAGATE,
        by_hand=True,
        shell=(
            "aws elbv2 describe-load-balancers --region {recovery_region} --names {recovery_load_balancer} "
            "--query 'LoadBalancers[0].DNSName' --output text",
        ),
        note="that is the name of the load balancer, which the callers' name has to lead to",
    )


def _verify(role: Role) -> Step:
    return Step(
        id="verify",
        title="all tasks run, and the service answers",
        part=Part.VERIFY,
        call=_described(role),
        keeps={"running_tasks": "services[0].runningCount"},
        note="the load balancer's target group says which tasks pass their checks",
    )


_ELSEWHERE = (
    "load balancer, certificate, cluster, task definition, roles, image, secrets and subnets of {recovery_region}",
    "quota of Fargate vCPU in {recovery_region} for the whole service; capacity there is AWS's, and not promised",
)
_CAPACITY = (
    "no Region launches reliably while another is lost: where tasks stay PENDING, look at the events of the service, "
    "and ask for less before you wait for all"
)

PROCEDURES = (
    serves_by_itself(
        "service",
        "fargate",
        (Disruption.HARDWARE, Disruption.ZONE),
        source="ecs-api",
        title="the load balancer leaves out what fails its checks; ECS starts tasks in the other Availability Zones",
        verify=_verify(Role.HOME),
    ),
    Procedure(
        kind="service",
        mechanism="revisions",
        disruptions=(Disruption.SOFTWARE,),
        source="ecs-api",
        fence_because="a service holds no state; what it has damaged elsewhere is recovered there",
        steps=(
            Step(
                id="redeploy",
                title="deploy the last good revision of the task definition, and wait until its tasks are all that run",
                by_hand=True,
                shell=(
                    "aws ecs list-task-definitions --region {region} --family-prefix {service} --sort DESC",
                    "aws ecs update-service --region {region} --cluster {ecs_cluster} --service {service} "
                    '--task-definition "$REVISION"',
                    "aws ecs wait services-stable --region {region} --cluster {ecs_cluster} --services {service}",
                ),
                note="then give the good image to the code, for both Regions: the next apply would deploy the bad one",
            ),
            _verify(Role.HOME),
        ),
        back=(by_hand("none", "none: the service is the same one"),),
    ),
    Procedure(
        kind="service",
        mechanism="service_at_zero",
        disruptions=(Disruption.REGION,),
        source="ecs-api",
        fence=Fence.BEST_EFFORT,
        fence_because="the tasks in the Region that failed are stopped, where it can still be reached",
        steps=(
            Step(
                id="fence",
                title="stop the tasks in {region}, as far as it can be reached",
                part=Part.FENCE,
                best_effort=True,
                call=_scaled(Role.HOME, 0),
                repeatable=_AGAIN,
            ),
            _start("start", "start the tasks in {recovery_region}, as many as ran in {region}", _CAPACITY),
            _repointed(),
            _verify(Role.RECOVERY),
        ),
        back=(
            Step(
                id="start-home",
                title="once {region} is healthy and its data is back, start the tasks there",
                part=Part.BACK,
                limit=HOURS,
                call=_scaled(Role.HOME, _WHOLE),
                repeatable=_AGAIN,
                probe=_running(Role.HOME),
            ),
            by_hand("repoint-home", "send the callers back to the load balancer in {region}"),
            Step(
                id="stop",
                title="stop the tasks in {recovery_region}, once no caller is left there",
                part=Part.BACK,
                call=_scaled(Role.RECOVERY, 0),
                repeatable=_AGAIN,
            ),
        ),
        prepared=Prepared(configuration=_ELSEWHERE),
        afterwards="nothing stands by in another Region",
    ),
    Procedure(
        kind="service",
        mechanism="service_at_a_share",
        disruptions=(Disruption.REGION,),
        source="ecs-scaling-doc",
        fence=Fence.NONE,
        fence_because="both sides run by design; what keeps the old side from writing is the fence of the data",
        steps=(
            _start(
                "scale",
                "ask for all tasks in {recovery_region} now; scaling would ask for them some minutes after the load",
                _CAPACITY,
            ),
            _repointed(),
            _verify(Role.RECOVERY),
        ),
        back=(
            by_hand(
                "repoint-home",
                "see that the service runs in {region}, then send the callers back; scaling takes the tasks in "
                "{recovery_region} back to their share",
            ),
        ),
        prepared=Prepared(configuration=_ELSEWHERE),
    ),
    Procedure(
        kind="service",
        mechanism="service_in_full",
        disruptions=(Disruption.REGION,),
        source="ecs-api",
        fence=Fence.NONE,
        fence_because="both sides run by design; what keeps the old side from writing is the fence of the data",
        steps=(
            Step(
                id="take-over",
                title="all tasks run in {recovery_region} all the time: see that they do",
                call=_described(Role.RECOVERY),
            ),
            _repointed(),
            _verify(Role.RECOVERY),
        ),
        back=(by_hand("repoint-home", "see that the service runs in {region}, then send the callers back"),),
        prepared=Prepared(configuration=_ELSEWHERE),
    ),
)
