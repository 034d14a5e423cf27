"""Services: started in the recovery Region, scaled there to the whole, or served there all the time."""

from __future__ import annotations

from constructs_lib.objectives import Disruption
from constructs_lib.procedures.service.service import (
    AGAIN,
    ALL_RUN,
    CAPACITY,
    WHOLE,
    described,
    fence,
    repointed,
    running,
    scaled,
    start_home,
    verify,
)
from constructs_lib.procedures.shared import by_hand, serves_by_itself
from constructs_lib.procedures.step import Fence, Part, Prepared, Procedure, Role, Step

__all__ = ["CARRY_OVERS", "PROCEDURES"]

CARRY_OVERS = ()


def _start(id_: str, title: str, note: str) -> Step:
    return Step(
        id=id_,
        title=title,
        call=scaled(Role.RECOVERY, WHOLE),
        repeatable=AGAIN,
        probe=running(Role.RECOVERY),
        console="https://{recovery_region}.console.aws.amazon.com/ecs/v2/clusters/{recovery_ecs_cluster}/services",
        note=note,
    )


_REPOINTED = repointed(
    "{recovery_load_balancer}", "that is the name of the load balancer, which the callers' name has to lead to"
)

_ELSEWHERE = (
    "load balancer, certificate, cluster, task definition, roles, image, secrets and subnets of {recovery_region}",
    "quota of Fargate vCPU in {recovery_region} for the whole service; capacity there is AWS's, and not promised",
)
PROCEDURES = (
    serves_by_itself(
        "service",
        "fargate",
        (Disruption.HARDWARE, Disruption.ZONE),
        source="ecs-api",
        title="the load balancer leaves out what fails its checks; ECS starts tasks in the other Availability Zones",
        verify=verify(Role.HOME),
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
            verify(Role.HOME),
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
            fence(),
            _start("start", "start the tasks in {recovery_region}, as many as ran in {region}", CAPACITY),
            _REPOINTED,
            verify(Role.RECOVERY),
        ),
        back=(
            start_home(),
            by_hand("repoint-home", "send the callers back to the load balancer in {region}"),
            Step(
                id="stop",
                title="stop the tasks in {recovery_region}, once no caller is left there",
                part=Part.BACK,
                call=scaled(Role.RECOVERY, 0),
                repeatable=AGAIN,
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
                CAPACITY,
            ),
            _REPOINTED,
            verify(Role.RECOVERY),
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
                call=described(Role.RECOVERY),
                expects=ALL_RUN,
            ),
            _REPOINTED,
            verify(Role.RECOVERY),
        ),
        back=(by_hand("repoint-home", "see that the service runs in {region}, then send the callers back"),),
        prepared=Prepared(configuration=_ELSEWHERE),
    ),
)
