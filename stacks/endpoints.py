"""The names that health checks ask and callers are sent to: each Region's leads to the load balancer there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from constructs_lib import Service, Workload

_TTL: Final = 60


def name_endpoints(workload: Workload, service: Service) -> None:
    """Write the records of both, in the global stack: a plan of the recovery stack asks nothing of Route 53."""
    routing, site = workload.routing, workload.sites.global_
    assert routing is not None, "the workload fails over"
    assert service.recovery is not None, "the service stands by"
    for there, name in (
        (service.primary, routing.primary_endpoint),
        (service.recovery, routing.recovery_endpoint),
    ):
        AwsResource(
            site.scope,
            f"endpoint-{there.site.role}",
            "aws_route53_record",
            {"zone_id": routing.zone_id, "name": name, "type": "CNAME", "ttl": _TTL, "records": [there.dns_name]},
            provider=site.provider,
        )
