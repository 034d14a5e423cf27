"""The replicas of a global table, eventually or strongly consistent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from constructs_lib.catalog.limits import limit
from constructs_lib.catalog.resources.provider_constraint import guarantees_at_least
from constructs_lib.constructs.sites.alarm import alarm, built
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.placement import part
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.constructs.table.options import TableOptions
    from constructs_lib.selection.decision import Decision


def eventual_replica(
    scope: Construct,
    sites: Sites,
    decision: Decision,
    *,
    table_arn: str,
    own_key: bool = True,
    deletion_protection: bool,
) -> AwsResource:
    """Build the `aws_dynamodb_table_replica` in the recovery Region, as child `Default` of *scope*.

    Args:
        scope: Where to build it, in the global site.
        sites: The table's sites.
        decision: What was decided.
        table_arn: The ARN of the table, as the global stack may name it.
        own_key: Whether it is encrypted with the key of its site, as a table with a customer managed key is. All
            replicas of a table have the same type of key. Default: it is.
        deletion_protection: Whether DynamoDB and Terraform refuse to delete it.
    """
    site, recovery = sites.global_, sites.recovery
    assert recovery is not None, "a global table is only chosen where there is a recovery Region"
    return AwsResource(
        scope,
        "Default",
        "aws_dynamodb_table_replica",
        {
            "global_table_arn": table_arn,
            "kms_key_arn": site.key_arn_of(recovery) if own_key else None,
            "point_in_time_recovery": True,
            "deletion_protection_enabled": deletion_protection,
            "tags": decision.tags,
        },
        provider=site.provider_in(recovery.region),
        lifecycle={"prevent_destroy": True} if deletion_protection else None,
    )


def third_region_key(scope: Construct, site: Site, decision: Decision, options: TableOptions) -> AwsResource | None:
    """Build the `aws_kms_key` of a third replica, as child `ThirdRegionKey`; None where there is no such replica."""
    third = decision.setting("global_table", "third_region")
    if decision.setting("global_table", "third") == "witness" or not isinstance(third, str):
        return None
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AccountDecidesWithIAM",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{site.account_id}:root"},
                "Action": "kms:*",
                "Resource": "*",
            }
        ],
    }
    return AwsResource(
        scope,
        "ThirdRegionKey",
        "aws_kms_key",
        {
            "description": f"replica of {options.name} in {third}",
            "enable_key_rotation": True,
            "deletion_window_in_days": 30,
            "policy": json.dumps(policy),
            "tags": decision.tags,
        },
        provider=site.provider_in(third),
        lifecycle=options.lifecycle or None,
    )


def strong_replicas(
    sites: Sites, decision: Decision, options: TableOptions, *, third_key: AwsResource | None
) -> dict[str, object]:
    """Return the blocks of `aws_dynamodb_table` for strongly consistent replicas, or a replica and a witness."""
    site, recovery = sites.global_, sites.recovery
    assert recovery is not None, "a global table is only chosen where there is a recovery Region"
    third = decision.setting("global_table", "third_region")
    keys = {recovery.region: site.key_arn_of(recovery)}
    if third_key is not None:
        keys[str(third)] = third_key.ref("arn")
    since = str(limit("dynamodb.replica_deletion_protection_provider").values[0])
    replicas = [
        {
            "region_name": region,
            "consistency_mode": "STRONG",
            "kms_key_arn": key,
            "point_in_time_recovery": True,
            "propagate_tags": True,
            "deletion_protection_enabled": options.deletion_protection
            if guarantees_at_least(sites.constraint, since)
            else None,
        }
        for region, key in keys.items()
    ]
    return {"replica": replicas, "global_table_witness": {"region_name": third} if third_key is None else None}


def replication_alarms(
    table_scope: Construct, sites: Sites, decision: Decision, *, table: str, name: str
) -> tuple[AwsResource, ...]:
    """Build the alarms on writes that reach the other Region late, one in either, the primary first.

    Args:
        table_scope: The component, in the primary Region's scope.
        sites: The table's sites.
        decision: What was decided.
        table: The table's name.
        name: What the alarms are called after: another name would replace them.
    """
    primary, recovery = sites.primary, sites.recovery
    assert recovery is not None, "a global table is only chosen where there is a recovery Region"
    there = part(recovery.scope, decision.name)
    return built(
        _replication_alarm(table_scope, primary, recovery, decision, table=table, name=name),
        _replication_alarm(there, recovery, primary, decision, table=table, name=name),
    )


def _replication_alarm(
    scope: Construct, source: Site, receiver: Site, decision: Decision, *, table: str, name: str
) -> AwsResource | None:
    """Build the alarm on writes of one Region that reach another late, as child `ReplicationLatency` of *scope*.

    DynamoDB publishes the metric where the write was made: after a failover that is the recovery Region.
    """
    seconds, promised = decision.lag_alarm_seconds, decision.promised_lag_seconds
    return alarm(
        scope,
        "ReplicationLatency",
        source,
        name=f"{name}-replication-to-{receiver.region}",
        description=(
            f"writes to {table} in {source.region} take more than {seconds} s to reach {receiver.region}, which "
            f"is far more than planned: the loss of {source.region} would soon lose more than was promised"
        ),
        namespace="AWS/DynamoDB",
        metric="ReplicationLatency",
        dimensions={"TableName": table, "ReceivingRegion": receiver.region},
        threshold=seconds * 1000,
        promised=None if promised is None else promised * 1000,
        unit="ms",
        tags=decision.tags,
    )
