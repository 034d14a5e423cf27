"""Services of which only the definitions stand by: load balancer, listener and service are made on the day.

Where the load balancer and the tasks go is told by the tags of the cluster in the recovery Region: nothing else there
names subnets, security groups and certificate before the day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.objectives import Disruption
from constructs_lib.procedures.carry_over import CarryOver
from constructs_lib.procedures.service.service import (
    CAPACITY,
    WHOLE,
    described,
    fence,
    repointed,
    start_home,
    verify,
)
from constructs_lib.procedures.shared import HOURS, by_hand
from constructs_lib.procedures.step import Call, Fence, Part, Prepared, Probe, Procedure, Role, Step
from constructs_lib.procedures.value import Carried, Name, Tags

if TYPE_CHECKING:
    from constructs_lib.procedures.value import Value

__all__ = ["CARRY_OVERS", "PROCEDURES"]

_ARN: Final = Name("load_balancer_arn", required=True)
_TARGETS: Final = Name("recovery_target_group_arn", required=True)
_TAGS: Final = Carried("tags", "tags")
_CONSOLE: Final = "https://{recovery_region}.console.aws.amazon.com/"

_LOAD_BALANCER: Final = CarryOver(
    service="elbv2",
    operation="CreateLoadBalancer",
    carried={
        "Name": "{load_balancer}",
        "Type": "application",
        "Scheme": "{load_balancer_scheme}",
        "Subnets": Name("recovery_load_balancer_subnets", required=True),
        "SecurityGroups": Name("recovery_load_balancer_groups", required=True),
        "Tags": Tags(_TAGS),
    },
    left_out={
        "subnets are named without addresses of their own": ("SubnetMappings",),
        "AWS's default, IPv4, as in the other Region": (
            "IpAddressType",
            "CustomerOwnedIpv4Pool",
            "EnablePrefixForIpv6SourceNat",
            "IpamPools",
        ),
    },
)
_LISTENER: Final = CarryOver(
    service="elbv2",
    operation="CreateListener",
    carried={
        "LoadBalancerArn": _ARN,
        "Protocol": "HTTPS",
        "Port": 443,
        "SslPolicy": "{tls_policy}",
        "Certificates": ({"CertificateArn": Name("recovery_certificate", required=True)},),
        "DefaultActions": ({"Type": "forward", "TargetGroupArn": _TARGETS},),
        "Tags": Tags(_TAGS),
    },
    left_out={"not of the service, in neither Region": ("AlpnPolicy", "MutualAuthentication")},
)
_SERVICE: Final = CarryOver(
    service="ecs",
    operation="CreateService",
    carried={
        "cluster": "{recovery_ecs_cluster}",
        "serviceName": "{service}",
        "taskDefinition": "{recovery_task_definition}",
        "desiredCount": WHOLE,
        "launchType": "FARGATE",
        "healthCheckGracePeriodSeconds": Carried("healthCheckGracePeriodSeconds", "health_check_grace_period_seconds"),
        "networkConfiguration": {
            "awsvpcConfiguration": {
                "subnets": Name("recovery_task_subnets", required=True),
                "securityGroups": Name("recovery_task_groups", required=True),
                "assignPublicIp": "DISABLED",
            }
        },
        "loadBalancers": (
            {
                "targetGroupArn": _TARGETS,
                "containerName": "{component}",
                "containerPort": Carried("loadBalancers[0].containerPort", "load_balancer.container_port"),
            },
        ),
        "enableECSManagedTags": True,
        "propagateTags": "SERVICE",
        "tags": Tags(_TAGS, lower=True),
    },
    left_out={
        "the name is what ECS tells two calls by, and an operation's id is longer than a token may be": (
            "clientToken",
        ),
        "there is nothing to roll back to, and a circuit breaker would give up for good where tasks start before the "
        "data that they need is back": ("deploymentConfiguration",),
        "AWS's default": (
            "availabilityZoneRebalancing",
            "platformVersion",
            "deploymentController",
            "schedulingStrategy",
            "monitoring",
        ),
        "not of Fargate behind a load balancer": (
            "capacityProviderStrategy",
            "placementConstraints",
            "placementStrategy",
            "role",
        ),
        "not of the service, in neither Region": (
            "enableExecuteCommand",
            "serviceConnectConfiguration",
            "serviceRegistries",
            "volumeConfigurations",
            "vpcLatticeConfigurations",
        ),
    },
)
CARRY_OVERS = (_LOAD_BALANCER, _LISTENER, _SERVICE)


def _asked(**parameters: Value) -> Call:
    return Call(service="elbv2", operation="DescribeLoadBalancers", region=Role.RECOVERY, parameters=parameters)


def _set(id_: str, title: str, *attributes: tuple[str, str], needs: tuple[Value, ...] = ()) -> Step:
    return Step(
        id=id_,
        title=title,
        needs=needs,
        call=Call(
            service="elbv2",
            operation="ModifyLoadBalancerAttributes",
            region=Role.RECOVERY,
            parameters={
                "LoadBalancerArn": _ARN,
                "Attributes": tuple({"Key": key, "Value": value} for key, value in attributes),
            },
        ),
        repeatable="it sets the same again",
    )


_ONE = "services[?status=='ACTIVE'] | [0]"

_STEPS = (
    fence(),
    Step(
        id="load-balancer",
        title="create the load balancer {load_balancer} in {recovery_region}",
        call=_LOAD_BALANCER.call(Role.RECOVERY),
        probe=Probe(
            call=_asked(Names=("{load_balancer}",)),
            query="LoadBalancers[0].State.Code",
            done="active",
            waiting=("provisioning", "active_impaired"),
            absent_errors=("LoadBalancerNotFound",),
            failed=("failed",),
            ours={"LoadBalancers[0].VpcId": Name("recovery_vpc", required=True)},
            keeps={"load_balancer_arn": "LoadBalancers[0].LoadBalancerArn"},
        ),
        console=_CONSOLE + "ec2/home?region={recovery_region}#LoadBalancers",
        note="it has no deletion protection: the way home removes it",
    ),
    _set(
        "headers",
        "have it drop headers that are not valid",
        ("routing.http.drop_invalid_header_fields.enabled", "true"),
    ),
    _set(
        "access-logs",
        "have it write its access logs",
        ("access_logs.s3.enabled", "true"),
        ("access_logs.s3.bucket", "{recovery_access_log_bucket}"),
        ("access_logs.s3.prefix", "{service}"),
        needs=(Name("recovery_access_log_bucket"),),
    ),
    Step(
        id="listener",
        title="create its listener for HTTPS, which forwards to the target group",
        call=_LISTENER.call(Role.RECOVERY),
        probe=Probe(
            call=Call(
                service="elbv2",
                operation="DescribeListeners",
                region=Role.RECOVERY,
                parameters={"LoadBalancerArn": _ARN},
            ),
            query="Listeners[?Protocol=='HTTPS'] | [0].Protocol",
            done="HTTPS",
            absent=("None",),
            keeps={"listener_arn": "Listeners[?Protocol=='HTTPS'] | [0].ListenerArn"},
        ),
    ),
    Step(
        id="service",
        title="create the service in {recovery_region}, with as many tasks as {region} is declared with",
        term=1,
        call=_SERVICE.call(Role.RECOVERY),
        probe=Probe(
            call=described(Role.RECOVERY, "{service}"),
            query=(
                f"length(services[?status=='ACTIVE']) == to_number('0') && 'none' || "
                f"({_ONE}.runningCount) >= ({_ONE}.desiredCount) && 'running' || 'starting'"
            ),
            done="running",
            waiting=("starting",),
            absent=("none",),
        ),
        console=_CONSOLE + "ecs/v2/clusters/{recovery_ecs_cluster}/services",
        note=f"{CAPACITY}; scaling is not made: ask for more tasks where the load asks for it",
    ),
    repointed(
        "{load_balancer}",
        "that is the name of the load balancer, which the callers' name has to lead to; AWS makes it up with the load "
        "balancer, so that no record was made beforehand: a change in Route 53 needs its control plane in us-east-1",
    ),
    verify(Role.RECOVERY, "{service}"),
)

_BACK = (
    start_home(),
    by_hand("repoint-home", "send the callers back to the load balancer in {region}"),
    Step(
        id="remove-service",
        title="delete the service in {recovery_region}, once no caller is left there",
        part=Part.BACK,
        limit=HOURS,
        call=Call(
            service="ecs",
            operation="DeleteService",
            region=Role.RECOVERY,
            parameters={"cluster": "{recovery_ecs_cluster}", "service": "{service}", "force": True},
        ),
        probe=Probe(
            call=described(Role.RECOVERY, "{service}"),
            query="services[?status!='INACTIVE'] | [0].status",
            done="None",
            waiting=("DRAINING",),
            absent=("ACTIVE",),
        ),
    ),
    Step(
        id="find-load-balancer",
        title="find the load balancer in {recovery_region}",
        part=Part.BACK,
        call=_asked(Names=("{load_balancer}",)),
        keeps={"load_balancer_arn": "LoadBalancers[0].LoadBalancerArn"},
    ),
    Step(
        id="remove-load-balancer",
        title="delete the load balancer in {recovery_region}, and its listener with it",
        part=Part.BACK,
        call=Call(
            service="elbv2",
            operation="DeleteLoadBalancer",
            region=Role.RECOVERY,
            parameters={"LoadBalancerArn": _ARN},
        ),
        repeatable="the call succeeds where the load balancer is gone already",
    ),
)

PROCEDURES = (
    Procedure(
        kind="service",
        mechanism="service_defined",
        disruptions=(Disruption.REGION,),
        source="elb-api",
        fence=Fence.BEST_EFFORT,
        fence_because="the tasks in the Region that failed are stopped, where it can still be reached",
        steps=_STEPS,
        back=_BACK,
        prepared=Prepared(
            configuration=(
                "cluster {recovery_ecs_cluster}, whose tags name the subnets, security groups and certificate of "
                "{recovery_region}; task definition, target group, roles, image and secrets there",
                "that certificate in force: ACM renews only what is in use, and nothing uses it before the day; asked "
                "for anew under the same names, it is proven by the record that is there",
                "quotas of {recovery_region} for one more load balancer, and of Fargate vCPU for the whole service; "
                "capacity there is AWS's, and not promised",
            )
        ),
        afterwards="nothing stands by in another Region",
    ),
)
