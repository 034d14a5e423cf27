"""Plans made by hand: a list of resources, before and after."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.declaration.declaration import parse_declaration
from constructs_lib.plan import read_plan
from constructs_lib.review import review
from tests.review.recorded import TODAY

if TYPE_CHECKING:
    from constructs_lib.declaration.declaration import Declaration
    from constructs_lib.review import Review

HOME, AWAY = "eu-west-1", "eu-central-1"
ACCOUNT = "123456789012"
SAME: dict[str, Any] = {"same": True}

EVERYTHING = """
version: 1
regions: {primary: eu-west-1, recovery: eu-central-1}
workloads:
  shop:
    objective: {rto: 4h, rpo: 4h, software: {rto: 1d, rpo: 1d}}
    components: [{match: "*"}]
"""


def declared(text: str = EVERYTHING) -> Declaration:
    return parse_declaration(text, today=TODAY)


def resource(
    address: str,
    after: dict[str, Any] | None,
    before: dict[str, Any] | None = SAME,
    *,
    region: str | None = HOME,
    unknown: dict[str, Any] | None = None,
    sensitive: Any = False,
    replace: list[list[str]] | None = None,
) -> dict[str, Any]:
    """Return the entry of a resource; what it was before is the same, unless said otherwise."""
    type, _, rest = address.rpartition("module.")[2].partition(".")
    if address.startswith("module."):
        type, rest = address.split(".")[2:4]
    place = {} if region is None else {"region": region}
    old = after if before is SAME else before
    old, new = (None if side is None else {**place, **side} for side in (old, after))
    actions = ["no-op"] if old == new and replace is None else ["update"]
    if old is None:
        actions = ["create"]
    elif new is None:
        actions = ["delete"]
    elif replace is not None:
        actions = ["delete", "create"]
    return {
        "address": address,
        "mode": "managed",
        "type": type,
        "name": rest.split("[")[0],
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": {
            "actions": actions,
            "before": old,
            "after": new,
            "after_unknown": unknown or {},
            "before_sensitive": sensitive,
            "after_sensitive": sensitive,
            **({} if replace is None else {"replace_paths": replace}),
        },
    }


def plan(*resources: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a plan."""
    return {"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": list(resources), **more}


def found(*resources: dict[str, Any], objectives: str = EVERYTHING) -> Review:
    """Review a plan made of resources."""
    return review(read_plan(json.dumps(plan(*resources)).encode()), declared(objectives), today=TODAY)


def ids(*resources: dict[str, Any], objectives: str = EVERYTHING) -> set[str]:
    """Return the ids of what is found."""
    return {item.id for item in found(*resources, objectives=objectives).findings}


# ---------------------------------------------------------------- good things


def bucket(name: str, region: str = HOME, before: dict[str, Any] | None = SAME, **more: Any) -> dict[str, Any]:
    values = {"bucket": name, "id": name, "arn": f"arn:aws:s3:::{name}", **more}
    return resource(f"aws_s3_bucket.{name}", values, before, region=region)


def versioned(name: str, region: str = HOME, status: str = "Enabled") -> dict[str, Any]:
    values = {"bucket": name, "versioning_configuration": [{"status": status}]}
    return resource(f"aws_s3_bucket_versioning.{name}", values, region=region)


RULE = {
    "id": "all",
    "status": "Enabled",
    "priority": 0,
    "filter": [{"prefix": ""}],
    "delete_marker_replication": [{"status": "Enabled"}],
    "destination": [{"bucket": "arn:aws:s3:::copy"}],
}


def replication(before: dict[str, Any] | None = SAME, source: str = "data", **changes: Any) -> dict[str, Any]:
    values = {"bucket": source, "role": f"arn:aws:iam::{ACCOUNT}:role/replication", "rule": [{**RULE, **changes}]}
    return resource("aws_s3_bucket_replication_configuration.this", values, before)


def replicated(*, rule: dict[str, Any] | None = None, away: str = AWAY) -> list[dict[str, Any]]:
    """A bucket with a copy in another Region."""
    return [
        bucket("data"),
        versioned("data"),
        bucket("copy", away),
        versioned("copy", away),
        replication(**(rule or {})),
    ]


def instance(name: str = "db", region: str = HOME, before: dict[str, Any] | None = SAME, **more: Any) -> dict[str, Any]:
    values = {
        "identifier": name,
        "id": name,
        "arn": f"arn:aws:rds:{region}:{ACCOUNT}:db:{name}",
        "engine": "postgres",
        "allocated_storage": 20,
        "backup_retention_period": 7,
        "multi_az": True,
        "deletion_protection": True,
        **more,
    }
    return resource(f"aws_db_instance.{name}", values, before, region=region)


def replica(**more: Any) -> dict[str, Any]:
    source = f"arn:aws:rds:{HOME}:{ACCOUNT}:db:db"
    return instance("replica", AWAY, replicate_source_db=source, **more)


def table(before: dict[str, Any] | None = SAME, **more: Any) -> dict[str, Any]:
    values = {
        "name": "orders",
        "id": "orders",
        "arn": f"arn:aws:dynamodb:{HOME}:{ACCOUNT}:table/orders",
        "stream_enabled": True,
        "stream_view_type": "NEW_AND_OLD_IMAGES",
        "deletion_protection_enabled": True,
        "point_in_time_recovery": [{"enabled": True, "recovery_period_in_days": 35}],
        "replica": [{"region_name": AWAY, "point_in_time_recovery": True}],
        **more,
    }
    return resource("aws_dynamodb_table.orders", values, before)


def backup(
    rule: dict[str, Any] | None = None, before: dict[str, Any] | None = SAME, **selection: Any
) -> list[dict[str, Any]]:
    """A backup plan of everything, with a copy in the other Region, and its selection."""
    values = {
        "id": "plan",
        "arn": f"arn:aws:backup:{HOME}:{ACCOUNT}:backup-plan:plan",
        "name": "plan",
        "rule": [
            {
                "rule_name": "often",
                "target_vault_name": "here",
                "schedule": "cron(0 * * * ? *)",
                "start_window": 60,
                "lifecycle": [{"delete_after": 35}],
                "copy_action": [
                    {
                        "destination_vault_arn": f"arn:aws:backup:{AWAY}:{ACCOUNT}:backup-vault:away",
                        "lifecycle": [{"delete_after": 35}],
                    }
                ],
                **(rule or {}),
            }
        ],
    }
    chosen = {"plan_id": "plan", "name": "all", "resources": ["*"], **selection}
    return [resource("aws_backup_plan.plan", values, before), resource("aws_backup_selection.all", chosen)]


def distribution(**more: Any) -> dict[str, Any]:
    origins = [
        {
            "origin_id": name,
            "domain_name": f"api.{region}.elb.amazonaws.com",
            "connection_attempts": 2,
            "connection_timeout": 3,
            "custom_origin_config": [{"origin_read_timeout": 10}],
        }
        for name, region in (("first", HOME), ("second", AWAY))
    ]
    values = {
        "origin": origins,
        "origin_group": [
            {
                "origin_id": "both",
                "failover_criteria": [{"status_codes": [500, 503]}],
                "member": [{"origin_id": "first"}, {"origin_id": "second"}],
            }
        ],
        "default_cache_behavior": [{"target_origin_id": "both", "allowed_methods": ["GET", "HEAD"]}],
        **more,
    }
    return resource("aws_cloudfront_distribution.site", values, region=None)
