"""The role by which RDS writes what Enhanced Monitoring measures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.fitted_name import fitted_name
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from constructs_lib.constructs.site import Site

_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"


def monitoring_role(site: Site) -> AwsResource:
    """Return the site's `aws_iam_role` for Enhanced Monitoring, which all its databases share.

    It is built when first asked for. Each site has one of its own, so that no Region's stack depends on another's.
    """
    shared = site.scope.node.try_find_child("recovery-database-monitoring")
    if isinstance(shared, AwsResource):
        return shared
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "monitoring.rds.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": site.account_id}},
            }
        ],
    }
    name = fitted_name(f"{site.name}-{site.role}-database-monitoring", limit("iam.role_name").most or 0)
    role = AwsResource(
        site.scope,
        "recovery-database-monitoring",
        "aws_iam_role",
        {
            "name": name,
            "description": f"RDS writes Enhanced Monitoring of {site.name} in {site.region}",
            "assume_role_policy": json.dumps(trust),
            "tags": {"recovery:workload": site.name, **site.tags},
        },
        provider=site.provider,
    )
    AwsResource(
        site.scope,
        "recovery-database-monitoring-policy",
        "aws_iam_role_policy_attachment",
        {"role": role.ref("name"), "policy_arn": _POLICY},
        provider=site.provider,
    )
    return role
