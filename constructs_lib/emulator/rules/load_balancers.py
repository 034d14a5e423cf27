"""Elastic Load Balancing: zones and name of a load balancer, ports and certificates of a listener, health checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_ZONES: Final = 2
_SECURE: Final = ("HTTPS", "TLS")
_LEAST_CODE, _MOST_OF_HTTP, _MOST_OF_TCP = 200, 499, 599


async def _zones(asked: Asked, inquiry: Inquiry) -> list[str] | None:
    """Return the zone of each subnet of a new load balancer, None where one does not exist."""
    given = asked.parameters
    subnets = [*given.get("Subnets", []), *(one["SubnetId"] for one in given.get("SubnetMappings", []))]
    found = await inquiry("ec2", "DescribeSubnets", asked.region, SubnetIds=subnets) if subnets else {"Subnets": []}
    return None if found is None else [subnet["AvailabilityZone"] for subnet in found["Subnets"]]


@rule(
    "elbv2.application-load-balancer-in-one-zone",
    "elbv2:CreateLoadBalancer",
    code="ValidationError",
    code_from="seen",
    source="botocore elbv2 CreateLoadBalancer.Subnets: from at least two Availability Zones;"
    " https://github.com/aws-samples/aws-cdk-examples/issues/226 quotes code and message",
)
async def _one(asked: Asked, inquiry: Inquiry) -> str | None:
    zones = await _zones(asked, inquiry)
    if asked.parameters.get("Type", "application") != "application" or zones is None or len(zones) >= _ZONES:
        return None
    return "At least two subnets in two different Availability Zones must be specified"


@rule(
    "elbv2.two-subnets-in-a-zone",
    "elbv2:CreateLoadBalancer",
    code="InvalidConfigurationRequest",
    code_from="seen",
    source="botocore elbv2 CreateLoadBalancer.Subnets: one subnet per Availability Zone;"
    " https://github.com/robertdebock/terraform-aws-vault/issues/5 quotes code and message",
)
async def _same(asked: Asked, inquiry: Inquiry) -> str | None:
    zones = await _zones(asked, inquiry) or []
    if len(set(zones)) == len(zones):
        return None
    return "A load balancer cannot be attached to multiple subnets in the same Availability Zone"


@rule(
    "elbv2.certificate-of-a-listener",
    "elbv2:CreateListener",
    code="ValidationError",
    code_from="seen",
    source="botocore elbv2 CreateListener.Certificates: for HTTPS and TLS;"
    " https://github.com/pulumi/pulumi-awsx/issues/1242 and https://github.com/awslabs/fargatecli/issues/104 quote code"
    " and messages",
)
async def _certificate(asked: Asked, _: Inquiry) -> str | None:
    protocol, given = asked.parameters.get("Protocol", ""), bool(asked.parameters.get("Certificates"))
    if not protocol or given == (protocol in _SECURE):
        return None
    return f"A certificate {'cannot' if given else 'must'} be specified for {protocol} listeners"


@rule(
    "elbv2.certificate-that-is-not-there",
    "elbv2:CreateListener ModifyListener",
    code="CertificateNotFound",
    code_from="api",
    source="botocore elbv2 CertificateNotFoundException: the specified certificate does not exist; a listener takes"
    " certificates of its Region",
)
async def _elsewhere(asked: Asked, _: Inquiry) -> str | None:
    for given in asked.parameters.get("Certificates", []):
        arn = given.get("CertificateArn", "")
        if arn.startswith("arn:aws:acm:") and arn.split(":")[3] != asked.region:
            return f"Certificate ARN '{arn}' is not valid"
    return None


@rule(
    "elbv2.certificate-that-is-not-issued",
    "elbv2:CreateListener ModifyListener AddListenerCertificates",
    code="UnsupportedCertificate",
    code_from="seen",
    source="code and message for a certificate that waits for its validation:"
    " https://github.com/govuk-paas/paas-cf/pull/3063, and"
    " https://github.com/hashicorp/terraform-provider-aws/issues/41789",
)
async def _waiting(asked: Asked, inquiry: Inquiry) -> str | None:
    for given in asked.parameters.get("Certificates", []):
        arn = given.get("CertificateArn", "")
        if not arn.startswith("arn:aws:acm:"):
            continue
        found = await inquiry("acm", "DescribeCertificate", asked.region, CertificateArn=arn)
        if found is not None and found["Certificate"]["Status"] != "ISSUED":
            return (
                f"The certificate '{arn}' must have a fully-qualified domain name, a supported signature, and a"
                " supported key size."
            )
    return None


@rule(
    "elbv2.target-group-in-use",
    "elbv2:DeleteTargetGroup",
    code="ResourceInUse",
    code_from="api",
    source="botocore elbv2 DeleteTargetGroup: not while a listener or rule forwards to it",
)
async def _used(asked: Asked, inquiry: Inquiry) -> str | None:
    arn = asked.parameters["TargetGroupArn"]
    balancers = (await inquiry("elbv2", "DescribeLoadBalancers", asked.region) or {}).get("LoadBalancers", [])
    for balancer in balancers:
        found = await inquiry("elbv2", "DescribeListeners", asked.region, LoadBalancerArn=balancer["LoadBalancerArn"])
        for listener in (found or {}).get("Listeners", []):
            if any(action.get("TargetGroupArn") == arn for action in listener.get("DefaultActions", [])):
                return f"Target group '{arn}' is currently in use by a listener or a rule"
    return None


@rule(
    "elbv2.name-of-a-load-balancer",
    "elbv2:CreateLoadBalancer",
    code="ValidationError",
    code_from="seen",
    source="botocore elbv2 CreateLoadBalancer.Name: not `internal-` before it, and no hyphen at its ends; the messages"
    " in https://github.com/badmintoncryer/cdk-preflight, rules/elbv2/pf-elbv2-lb-name",
)
async def _name(asked: Asked, _: Inquiry) -> str | None:
    name = asked.parameters["Name"]
    if name.startswith("internal-"):
        return f"The load balancer name '{name}' cannot begin with 'internal-'"
    if name.startswith("-") or name.endswith("-"):
        return f"The load balancer name '{name}' cannot begin or end with a hyphen(-)"
    return None


@rule(
    "elbv2.port-in-use",
    "elbv2:CreateListener",
    code="DuplicateListener",
    code_from="api",
    source="botocore elbv2 DuplicateListenerException; the message in public reports of it",
)
async def _port(asked: Asked, inquiry: Inquiry) -> str | None:
    given = asked.parameters
    found = await inquiry("elbv2", "DescribeListeners", asked.region, LoadBalancerArn=given["LoadBalancerArn"])
    for listener in (found or {}).get("Listeners", []):
        if listener.get("Port") == given.get("Port") and not _is_same(listener, given):
            arn = given["LoadBalancerArn"]
            return f"A listener already exists on this port for this load balancer '{arn}'"
    return None


def _is_same(listener: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    """Whether a listener is the one that a call would make: it is then made again without a fault."""
    targets = [action.get("TargetGroupArn") for action in listener.get("DefaultActions", [])]
    wanted = [action.get("TargetGroupArn") for action in given.get("DefaultActions", [])]
    return listener.get("Protocol") == given.get("Protocol") and targets == wanted


@rule(
    "elbv2.health-check-of-a-target-group",
    "elbv2:CreateTargetGroup ModifyTargetGroup",
    code="ValidationError",
    code_from="seen",
    source="botocore elbv2 CreateTargetGroup.HealthCheckPath and Matcher.HttpCode: 200 to 499, of TCP and UDP to 599;"
    " code and messages in public reports of both",
)
async def _health(asked: Asked, _: Inquiry) -> str | None:
    given = asked.parameters
    path, codes = given.get("HealthCheckPath"), (given.get("Matcher") or {}).get("HttpCode")
    if path and not path.startswith("/"):
        return f"Health check path '{path}' must begin with a '/' character"
    of_http = given.get("Protocol", "HTTP" if asked.operation == "CreateTargetGroup" else "") in ("HTTP", "HTTPS")
    most = _MOST_OF_HTTP if of_http else _MOST_OF_TCP
    named = [code for part in (codes or "").split(",") for code in part.strip().split("-")] if codes else []
    if not all(code.isdigit() and _LEAST_CODE <= int(code) <= most for code in named):
        return f"Health check matcher HTTP code '{codes}' must be within '{_LEAST_CODE}-{most}' inclusive"
    return None


RULES: Final = (_one, _same, _certificate, _elsewhere, _waiting, _used, _name, _port, _health)
