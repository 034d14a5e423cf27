"""The role by which RDS writes what Enhanced Monitoring measures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.sites.fitted_name import fitted_name
from constructs_lib.terraform.placement import find_child
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites

_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"


def monitoring_role_arn(sites: Sites, site: Site) -> str:
    """Return the ARN of the role for Enhanced Monitoring, as the stack of *site* may name it.

    All databases of *sites* share one role, in both Regions: roles belong to the account. It is in the primary stack,
    as every role is, and there before it is needed: IAM's one control plane may be down with the primary Region, so
    that neither a plan nor a restore in the recovery Region may need it. The recovery stack computes the ARN.
    """
    role = monitoring_role(sites)
    if site.stack is sites.primary.stack:
        return role.ref("arn")
    return f"arn:aws:iam::{site.account_id}:role/{_name(sites)}"


def monitoring_role(sites: Sites) -> AwsResource:
    """Return the `aws_iam_role` for Enhanced Monitoring of *sites*, built when first asked for."""
    site = sites.primary
    shared = find_child(site.scope, "RecoveryDatabaseMonitoring")
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
    role = AwsResource(
        site.scope,
        "RecoveryDatabaseMonitoring",
        "aws_iam_role",
        {
            "name": _name(sites),
            "description": f"RDS writes Enhanced Monitoring of {site.name}",
            "assume_role_policy": json.dumps(trust),
            "tags": {"recovery:workload": site.name, **site.tags},
        },
        provider=site.provider,
    )
    AwsResource(
        site.scope,
        "RecoveryDatabaseMonitoringPolicy",
        "aws_iam_role_policy_attachment",
        {"role": role.here("name"), "policy_arn": _POLICY},
        provider=site.provider,
    )
    return role


def _name(sites: Sites) -> str:
    """Return the role's name, with the primary Region: the same workload may exist for another pair of Regions."""
    return fitted_name(f"{sites.name}-database-monitoring-{sites.primary.region}", limit("iam.role_name").most)
