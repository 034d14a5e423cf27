"""Every single protection of the reference stacks is taken away, one at a time, and every time the review says so."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.review.record_plans import LATER
from tests.review.recorded import (
    FORMER,
    ROLES,
    WORKLOADS,
    alter,
    change_of,
    component,
    destroy,
    recorded,
    replace,
    reviewed,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tests.review.recorded import Plans

    Edit = Callable[[dict[str, Any]], bool]

_REPLICATED = "aws_db_instance_automated_backups_replication"

LOST = {
    "aws_appautoscaling_policy": {"RECOVERY-127"},
    "aws_appautoscaling_target": {"RECOVERY-127"},
    "aws_backup_plan": {"RECOVERY-114", "RECOVERY-116"},
    "aws_backup_selection": {"RECOVERY-114", "RECOVERY-116"},
    "aws_backup_vault": {"RECOVERY-127"},
    "aws_cloudfront_distribution": {"RECOVERY-110"},
    "aws_cloudwatch_composite_alarm": {"RECOVERY-124"},
    "aws_cloudwatch_event_rule": {"RECOVERY-124"},
    "aws_cloudwatch_event_target": {"RECOVERY-124"},
    "aws_db_event_subscription": {"RECOVERY-124"},
    "aws_sns_topic": {"RECOVERY-124"},
    "aws_cloudwatch_log_group": {"RECOVERY-127"},
    "aws_cloudwatch_metric_alarm": {"RECOVERY-124"},
    "aws_db_instance": {"RECOVERY-110", "RECOVERY-114"},
    _REPLICATED: {"RECOVERY-114"},
    "aws_dsql_cluster": {"RECOVERY-110"},
    "aws_dsql_cluster_peering": {"RECOVERY-114"},
    "aws_dynamodb_table": {"RECOVERY-110"},
    "aws_dynamodb_table_replica": {"RECOVERY-114"},
    "aws_ecr_replication_configuration": {"RECOVERY-127"},
    "aws_ecr_repository": {"RECOVERY-127"},
    "aws_efs_file_system": {"RECOVERY-110", "RECOVERY-112"},
    "aws_efs_replication_configuration": {"RECOVERY-114"},
    "aws_ecs_cluster": {"RECOVERY-127"},
    "aws_ecs_service": {"RECOVERY-110", "RECOVERY-114"},
    "aws_ecs_task_definition": {"RECOVERY-127"},
    "aws_iam_role": {"RECOVERY-127"},
    "aws_iam_role_policy": {"RECOVERY-127", "RECOVERY-220"},
    "aws_iam_role_policy_attachment": {"RECOVERY-127", "RECOVERY-221"},
    "aws_kms_key": {"RECOVERY-120"},
    "aws_lb": {"RECOVERY-127"},
    "aws_lb_listener": {"RECOVERY-127"},
    "aws_lb_target_group": {"RECOVERY-127"},
    "aws_rds_cluster": {"RECOVERY-110", "RECOVERY-114"},
    "aws_rds_cluster_instance": {"RECOVERY-118", "RECOVERY-130"},
    "aws_rds_global_cluster": {"RECOVERY-127"},
    "aws_route53_health_check": {"RECOVERY-122"},
    "aws_route53_record": {"RECOVERY-122", "RECOVERY-127"},
    "aws_s3_bucket": {"RECOVERY-110"},
    "aws_s3_bucket_replication_configuration": {"RECOVERY-114"},
    "aws_s3_bucket_versioning": {"RECOVERY-115"},
    "aws_secretsmanager_secret": {"RECOVERY-110", "RECOVERY-127"},
    "aws_ssm_parameter": {"RECOVERY-127"},
    "aws_vpc_endpoint": {"RECOVERY-239"},
}
"""What is found, at least one of it, when a resource of a type is destroyed."""

NO_PROTECTION = {
    "aws_acm_certificate",  # the listener that names it is missed
    "aws_acm_certificate_validation",  # waits for what is issued, and does nothing
    "aws_cloudfront_origin_access_control",
    "aws_cloudwatch_dashboard",
    "aws_db_parameter_group",  # of what is not lost; those of the recovery site: GROUND
    "aws_db_subnet_group",
    "aws_default_security_group",
    "aws_efs_backup_policy",
    "aws_efs_mount_target",
    "aws_internet_gateway",
    "aws_kms_alias",
    "aws_rds_cluster_parameter_group",
    "aws_route",
    "aws_s3_bucket_lifecycle_configuration",  # without it, more is kept
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_metric",  # measures for an alarm, and brings nothing back
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_object",  # a document; its bucket keeps the versions
    "aws_secretsmanager_secret_version",
    "aws_security_group",
    "aws_sqs_queue",
    "aws_sns_topic_policy",
    "aws_subnet",
    "aws_vpc",
    "aws_vpc_security_group_egress_rule",
    "aws_vpc_security_group_ingress_rule",
    "terraform_data",  # orders what is made, and does nothing
}
"""Types that keep out or serve, and do not recover."""

GROUND = (
    "aws_db_parameter_group",
    "aws_db_subnet_group",
    "aws_efs_mount_target",
    "aws_rds_cluster_parameter_group",
    "aws_security_group",
    "aws_subnet",
    "aws_vpc",
    "aws_vpc_security_group_ingress_rule",
)
"""What a recovery site stands on: one of several may go, and with the last of them it is lost."""

ROLES_OF_OTHERS = {"aws_iam_role.RecoveryDatabaseMonitoring"}
"""Roles that recovery does without: this one sends metrics of the operating system."""

_RENEWS = "aws_route53_record.certificate_Record"
"""The record that a certificate is renewed by; without it, it stays valid until it expires."""

KEPT_IN_GLOBAL = {"payments-global", "storefront-global"}
"""Where the one key encrypts only the topic of the alarms, and no data."""


def _one_of_each(cases: Iterable[Any], kind: Callable[[Any], object]) -> list[Any]:
    """Return all of *cases*; one of each kind is enough for each run of the tests."""
    seen: set[object] = set()
    found = []
    for case in cases:
        marks = [pytest.mark.exhaustive] if kind(case) in seen else []
        seen.add(kind(case))
        found.append(pytest.param(*case.values, id=case.id, marks=marks))
    return found


# ---------------------------------------------------------------- whole resources


def _deployed() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield workload, stack and change of each resource; of the former workload those that no other has."""
    for workload in (*WORKLOADS, FORMER):
        for stack, plan in recorded(workload).items():
            for item in plan["resource_changes"]:
                if item["mode"] == "managed" and (workload != FORMER or item["type"] == _REPLICATED):
                    yield workload, stack, item


def _resources() -> Iterator[Any]:
    for workload, stack, item in _deployed():
        yield workload, stack, item["type"], item["address"]


def _protections() -> Iterator[Any]:
    for workload, stack, type, address in _resources():
        needless = (
            type in NO_PROTECTION
            or address in ROLES_OF_OTHERS
            or address.startswith(_RENEWS)
            or address.startswith("aws_iam_role_policy_attachment.RecoveryDatabaseMonitoring")
            or (type == "aws_kms_key" and stack in KEPT_IN_GLOBAL)
        )
        if not needless:
            yield pytest.param(workload, stack, type, address, id=f"{stack}-{address}")


def test_every_type_of_resource_is_a_protection_or_is_known_to_be_none() -> None:
    assert {type for _, _, type, _ in _resources()} == LOST.keys() | NO_PROTECTION


@pytest.mark.parametrize(
    ("workload", "stack", "type", "address"),
    _one_of_each(_protections(), lambda case: (case.values[0], case.values[2])),
)
def test_a_protection_that_is_destroyed_is_missed(workload: str, stack: str, type: str, address: str) -> None:
    plans = recorded(workload, changing=stack)
    destroy(plans, stack, address)

    found = {item.id for item in reviewed(plans).findings}

    assert found & LOST[type], found


def _grounds() -> Iterator[Any]:
    for workload in (*WORKLOADS, FORMER):
        for stack, plan in recorded(workload, roles=["recovery"]).items():
            there = {item["type"] for item in plan["resource_changes"] if item["mode"] == "managed"}
            for type in sorted(there.intersection(GROUND)):
                yield pytest.param(workload, stack, type, id=f"{stack}-{type}")


@pytest.mark.parametrize(("workload", "stack", "type"), list(_grounds()))
def test_the_last_of_what_a_recovery_site_stands_on_is_missed(workload: str, stack: str, type: str) -> None:
    plans = recorded(workload, changing=stack)
    addresses = [item["address"] for item in plans[stack]["resource_changes"] if item["type"] == type]
    for address in addresses:
        destroy(plans, stack, address)

    found = reviewed(plans).errors

    assert {item.id for item in found if item.address.endswith(tuple(addresses))} == {"RECOVERY-127"}


def test_what_takes_the_place_of_the_ground_is_no_loss() -> None:
    plans = recorded("reporting")
    stack, address = "reporting-recovery", "aws_db_subnet_group.warehouse_Subnets_93EF70FF"
    other = copy.deepcopy(change_of(plans, stack, address))
    other |= {"address": "aws_db_subnet_group.other", "name": "other"}
    other["change"] |= {"actions": ["create"], "before": None}
    destroy(plans, stack, address)
    plans[stack]["resource_changes"].append(other)

    assert "RECOVERY-127" not in {item.id for item in reviewed(plans).findings}


@pytest.mark.parametrize(
    ("workload", "stack", "type", "address"),
    [item for item in _protections() if item.values[2] in {"aws_s3_bucket", "aws_dynamodb_table", "aws_db_instance"}],
)
def test_state_that_is_replaced_is_missed(workload: str, stack: str, type: str, address: str) -> None:
    plans = recorded(workload, changing=stack)
    replace(plans, stack, address, "name")

    found = [item for item in reviewed(plans).errors if item.id in ("RECOVERY-111", "RECOVERY-112")]

    assert len(found) == 1
    # A copy is filled again, and until then there is none.
    is_copy = address == "aws_db_instance.warehouse" and stack == "reporting-recovery"
    assert found[0].id == ("RECOVERY-112" if is_copy else "RECOVERY-111")
    assert is_copy or "because of name" in found[0].message


# ---------------------------------------------------------------- single arguments


def _put(path: str, value: object, *, only: object = None) -> Edit:
    """Return an edit that puts *value* at a dotted path wherever something is there (or *only* where that is there)."""

    def edit(after: dict[str, Any]) -> bool:
        *way, last = path.split(".")
        holders: list[Any] = [after]
        for step in way:
            holders = [
                inner
                for holder in holders
                if isinstance(holder, dict) and holder.get(step)
                for inner in (holder[step] if isinstance(holder[step], list) else [holder[step]])
            ]
        changed = False
        for holder in holders:
            if isinstance(holder, dict) and holder.get(last) not in (None, [], value):
                if only is not None and holder[last] != only:
                    continue
                holder[last] = value
                changed = True
        return changed

    return edit


EDITS: dict[str, dict[str, tuple[Edit, set[str]]]] = {
    "aws_s3_bucket_versioning": {
        "suspended": (_put("versioning_configuration.status", "Suspended"), {"RECOVERY-115"}),
    },
    "aws_s3_bucket_lifecycle_configuration": {
        "versions kept for a day": (_put("rule.noncurrent_version_expiration.noncurrent_days", 1), {"RECOVERY-117"}),
    },
    "aws_s3_bucket_replication_configuration": {
        "rule disabled": (_put("rule.status", "Disabled"), {"RECOVERY-114"}),
        "only a prefix": (_put("rule.filter", [{"prefix": "logs/"}]), {"RECOVERY-114"}),
        "no metrics with time control": (_put("rule.destination.metrics", []), {"RECOVERY-212"}),
        "ten minutes": (_put("rule.destination.replication_time.time.minutes", 10), {"RECOVERY-301"}),
        "no key of the replicas": (_put("rule.destination.encryption_configuration", []), {"RECOVERY-216"}),
        "no encrypted objects": (_put("rule.source_selection_criteria", []), {"RECOVERY-216"}),
        "no filter": (_put("rule.filter", []), {"RECOVERY-303"}),
        "no delete markers": (_put("rule.delete_marker_replication", []), {"RECOVERY-303"}),
        "a key elsewhere": (
            _put(
                "rule.destination.encryption_configuration.replica_kms_key_id",
                "arn:aws:kms:us-west-2:000000000000:key/00000000-0000-0000-0000-000000000000",
            ),
            {"RECOVERY-206"},
        ),
    },
    "aws_s3_bucket": {"may be destroyed full": (_put("force_destroy", True, only=False), {"RECOVERY-119"})},
    "aws_dynamodb_table": {
        "no point-in-time recovery": (_put("point_in_time_recovery.enabled", False), {"RECOVERY-116"}),
        "one day back": (_put("point_in_time_recovery.recovery_period_in_days", 1), {"RECOVERY-117"}),
        "no deletion protection": (_put("deletion_protection_enabled", False), {"RECOVERY-119"}),
    },
    "aws_dynamodb_table_replica": {
        "no point-in-time recovery": (_put("point_in_time_recovery", False), {"RECOVERY-210"}),
        "no deletion protection": (_put("deletion_protection_enabled", False), {"RECOVERY-119"}),
    },
    "aws_backup_plan": {
        "no copy": (_put("rule.copy_action", []), {"RECOVERY-114"}),
        "once a year": (_put("rule.schedule", "cron(0 5 1 1 ? *)"), {"RECOVERY-101"}),
        "every five minutes": (_put("rule.schedule", "cron(0/5 * * * ? *)"), {"RECOVERY-312"}),
        "kept for a day": (_put("rule.lifecycle.delete_after", 1), {"RECOVERY-117", "RECOVERY-125"}),
        "starts within ten minutes": (_put("rule.start_window", 10), {"RECOVERY-313"}),
        "copies kept for a day": (_put("rule.copy_action.lifecycle.delete_after", 1), {"RECOVERY-117", "RECOVERY-125"}),
    },
    "aws_backup_selection": {
        "of something else": (
            _put("resources", ["arn:aws:dynamodb:eu-west-1:000000000000:table/else"]),
            {"RECOVERY-114", "RECOVERY-116"},
        ),
    },
    "aws_db_instance": {
        "no backups": (_put("backup_retention_period", 0), {"RECOVERY-116", "RECOVERY-210"}),
        "backups of a day": (_put("backup_retention_period", 1), {"RECOVERY-117"}),
        "no standby": (_put("multi_az", False), {"RECOVERY-118"}),
        "no deletion protection": (_put("deletion_protection", False), {"RECOVERY-119"}),
        "no final snapshot": (_put("skip_final_snapshot", True, only=False), {"RECOVERY-119"}),
        "backups deleted with it": (_put("delete_automated_backups", True, only=False), {"RECOVERY-119"}),
    },
    _REPLICATED: {
        "kept for a day": (_put("retention_period", 1), {"RECOVERY-117"}),
        "kept for longer than RDS does": (_put("retention_period", 36), {"RECOVERY-310"}),
    },
    "aws_sns_topic_policy": {"closed": (_put("policy", '{"Statement": []}'), {"RECOVERY-124"})},
    "aws_appautoscaling_target": {"fewer tasks": (_put("max_capacity", 1), {"RECOVERY-242"})},
    "aws_ecr_replication_configuration": {
        "to a third Region": (_put("replication_configuration.rule.destination.region", "us-east-2"), {"RECOVERY-127"}),
    },
    "aws_rds_cluster": {
        "backups of a day": (_put("backup_retention_period", 1), {"RECOVERY-117"}),
        "no deletion protection": (_put("deletion_protection", False), {"RECOVERY-119"}),
        "no final snapshot": (_put("skip_final_snapshot", True, only=False), {"RECOVERY-119"}),
    },
    "aws_rds_global_cluster": {"no deletion protection": (_put("deletion_protection", False), {"RECOVERY-119"})},
    "aws_dsql_cluster": {
        "no deletion protection": (_put("deletion_protection_enabled", False), {"RECOVERY-119"}),
    },
    "aws_efs_replication_configuration": {
        "to its own Region": (_put("destination.region", "eu-west-1"), {"RECOVERY-114"}),
    },
    "aws_efs_file_system": {
        "one zone": (_put("availability_zone_name", "eu-west-1a", only=""), {"RECOVERY-118"}),
    },
    "aws_route53_health_check": {
        "disabled": (_put("disabled", True, only=False), {"RECOVERY-122"}),
        "slow": (_put("failure_threshold", 10), {"RECOVERY-101", "RECOVERY-104"}),
    },
    "aws_route53_record": {
        "long remembered": (_put("ttl", 86400), {"RECOVERY-101"}),
        "without failover": (_put("failover_routing_policy", []), {"RECOVERY-122"}),
    },
    "aws_cloudwatch_event_rule": {"switched off": (_put("state", "DISABLED"), {"RECOVERY-124"})},
    "aws_kms_key": {"disabled": (_put("is_enabled", False), {"RECOVERY-120"})},
    "aws_cloudwatch_metric_alarm": {
        "silenced": (_put("actions_enabled", False), {"RECOVERY-124"}),
        "nobody is told": (_put("alarm_actions", []), {"RECOVERY-124"}),
        "slower": (_put("evaluation_periods", 500), {"RECOVERY-124"}),
        "on something else": (_put("metric_name", "CPUUtilization"), {"RECOVERY-124"}),
    },
    "aws_cloudfront_distribution": {
        "no origin group": (_put("origin_group", []), {"RECOVERY-122"}),
        "a code that does not fail over": (
            _put("origin_group.failover_criteria.status_codes", [418]),
            {"RECOVERY-304"},
        ),
        "writes": (
            _put("default_cache_behavior.allowed_methods", ["GET", "HEAD", "POST"]),
            {"RECOVERY-305"},
        ),
    },
}


def _edits() -> Iterator[Any]:
    for workload, stack, item in _deployed():
        for name, (edit, ids) in EDITS.get(item["type"], {}).items():
            if _means_nothing(item, stack, name):
                continue
            if edit(json.loads(json.dumps(item["change"]["after"]))):
                yield pytest.param(workload, stack, item["address"], edit, ids, id=f"{stack}-{item['address']}-{name}")


def _means_nothing(item: dict[str, Any], stack: str, name: str) -> bool:
    if name == "long remembered":
        # The other is not left, and what the two lead to stays as it is.
        return "_Primary_" not in item["address"]
    if item["type"] == "aws_kms_key":
        return stack in KEPT_IN_GLOBAL
    if name == "one zone":
        return stack.endswith("-recovery")
    if name == "fewer tasks":
        return not stack.endswith("-recovery")
    after = item["change"]["after"]
    if item["type"] == "aws_route53_health_check" and after["type"] not in {"HTTPS", "CALCULATED"}:
        return True  # the latch: what a disabled one no longer holds is said of a single writer, as RECOVERY-506
    if name == "slow":
        return bool(after["type"] != "HTTPS")
    if name == "no metrics with time control":
        return not any(one.get("replication_time") for rule in after["rule"] for one in rule["destination"])
    return name == "once a year" and not any(rule.get("copy_action") for rule in after["rule"])


def test_every_edit_applies_somewhere() -> None:
    applied = {str(item.id).rsplit("-", 1)[1] for item in _edits()}

    assert applied >= {name.rsplit("-", 1)[-1] for edits in EDITS.values() for name in edits} - {"no standby"}


@pytest.mark.parametrize(
    ("workload", "stack", "address", "edit", "ids"),
    _one_of_each(_edits(), lambda case: case.values[3]),
)
def test_a_protection_that_is_weakened_is_missed(
    workload: str, stack: str, address: str, edit: Edit, ids: set[str]
) -> None:
    plans = recorded(workload, changing=stack)
    assert edit(alter(plans, stack, address))

    found = {item.id for item in reviewed(plans).findings}

    assert found & ids, found


# ---------------------------------------------------------------- what the replication role may do


def _statements() -> Iterator[Any]:
    for workload in WORKLOADS:
        for stack, plan in recorded(workload).items():
            for item in plan["resource_changes"]:
                # What starts tasks, or beats, is missed when it does not; the review does not prove it.
                others = ("ExecutionRole", "heartbeat")
                if item["type"] == "aws_iam_role_policy" and not any(name in item["address"] for name in others):
                    policy = json.loads(item["change"]["after"]["policy"])
                    for index, statement in enumerate(policy["Statement"]):
                        yield pytest.param(
                            workload, stack, item["address"], index, id=f"{stack}-{item['address']}-{statement['Sid']}"
                        )


STATEMENTS = _one_of_each(_statements(), lambda case: (case.values[0], case.id.rsplit("-", 1)[1]))

_OF_STATEMENT = {
    "ReadTheConfiguration": "RECOVERY-201",
    "ReadTheSource": "RECOVERY-201",
    "WriteReplicas": "RECOVERY-202",
    "DecryptTheSource": "RECOVERY-203",
    "EncryptReplicas": "RECOVERY-204",
}


@pytest.mark.parametrize(("workload", "stack", "address", "index"), STATEMENTS)
def test_a_statement_that_the_role_loses_is_missed(workload: str, stack: str, address: str, index: int) -> None:
    plans = recorded(workload, changing=stack)
    after = alter(plans, stack, address)
    policy = json.loads(after["policy"])
    taken = policy["Statement"].pop(index)
    after["policy"] = json.dumps(policy)

    found = {item.id for item in reviewed(plans).errors}

    proof = _OF_STATEMENT[taken["Sid"]]
    assert found == {proof, "RECOVERY-101"}


@pytest.mark.parametrize(("workload", "stack", "address", "index"), STATEMENTS)
def test_a_context_of_objects_only_is_missed(workload: str, stack: str, address: str, index: int) -> None:
    """The buckets have a Bucket Key, so the encryption context is the bucket's ARN."""
    plans = recorded(workload, changing=stack)
    after = alter(plans, stack, address)
    policy = json.loads(after["policy"])
    condition = policy["Statement"][index].get("Condition", {}).get("StringLike")
    if condition is None:
        return
    condition["kms:EncryptionContext:aws:s3:arn"] = [
        arn for arn in condition["kms:EncryptionContext:aws:s3:arn"] if arn.endswith("/*")
    ]
    after["policy"] = json.dumps(policy)

    assert {item.id for item in reviewed(plans).errors} == {"RECOVERY-205", "RECOVERY-101"}


# ---------------------------------------------------------------- before and after


def _removed(workload: str, stack: str, *addresses: str) -> Plans:
    plans = recorded(workload, changing=stack)
    for address in addresses:
        destroy(plans, stack, address)
    return plans


@pytest.mark.parametrize(
    ("workload", "stack", "address", "name", "disruption", "before", "after"),
    [
        (
            "payments", "payments-global", "aws_s3_bucket_replication_configuration.receipts",
            "receipts", "region", "RTO 3m10s, RPO 15m", "RTO no bound, RPO no bound",
        ),
        (
            "payments", "payments-global", "aws_dsql_cluster_peering.ledger_Peering_7525599A",
            "ledger", "region", "RTO 3m10s, RPO 0s", "RTO no bound, RPO no bound",
        ),
        (
            "payments", "payments-global", "aws_route53_health_check.FailoverRecord_HealthCheck_855B5145",
            "ledger", "region", "RTO 3m10s, RPO 0s", "RTO 22m, RPO 0s",
        ),
        (
            "storefront", "storefront-global", "aws_dynamodb_table_replica.orders",
            "orders", "region", "RTO 3m10s, RPO 3s", "RTO no bound, RPO no bound",
        ),
        (
            "storefront", "storefront-recovery", "aws_rds_cluster.catalogue",
            "catalogue", "region", "RTO 27m, RPO 5s", "RTO no bound, RPO no bound",
        ),
        (
            FORMER, "backups-recovery", "aws_db_instance_automated_backups_replication.warehouse",
            "warehouse", "region", "RTO 1h42m, RPO 30m", "RTO no bound, RPO no bound",
        ),
        (
            "archive", "archive-global", "aws_efs_replication_configuration.scans_Replication_00000000",
            "scans", "region", "RTO 37m, RPO 15m", "RTO no bound, RPO no bound",
        ),
        (
            "archive", "archive-primary", "aws_backup_plan.index_Backup_C3077099",
            "index", "region", "RTO 1h32m, RPO 1d2h40m", "RTO no bound, RPO no bound",
        ),
    ],
)  # fmt: skip
def test_what_is_lost_is_said_before_and_after(
    workload: str, stack: str, address: str, name: str, disruption: str, before: str, after: str
) -> None:
    found = reviewed(_removed(workload, stack, _address(workload, stack, address)))

    reviewed_component = component(found, name, "eu-west-1")
    item = next(one for one in reviewed_component.disruptions if one.disruption == disruption)
    assert (item.before, item.after) == (before, after)
    assert (item.before_verdict, item.after_verdict) == ("met", "breached")
    assert found.verdict == "breached"
    said = next(one for one in found.errors if one.id == "RECOVERY-101" and disruption in one.disruptions)
    assert f"{before} -> {after}" in said.message


def _address(workload: str, stack: str, beginning: str) -> str:
    """Addresses end in a hash of their path; what stands before it is enough here."""
    stem = beginning.rsplit("_", 1)[0] if beginning[-8:].isupper() or beginning[-8:].isalnum() else beginning
    addresses = [item["address"] for item in recorded(workload)[stack]["resource_changes"]]
    return beginning if beginning in addresses else next(item for item in addresses if item.startswith(stem))


# ---------------------------------------------------------------- no false alarm


@pytest.mark.parametrize("workload", WORKLOADS)
def test_the_reference_stacks_give_no_finding(workload: str) -> None:
    found = reviewed(recorded(workload))

    assert [item.message for item in found.findings] == []
    assert found.verdict == "met"
    assert found.quiet


def test_all_reference_stacks_together_give_no_finding() -> None:
    plans: Plans = {}
    for workload in WORKLOADS:
        plans |= recorded(workload)

    found = reviewed(plans)

    assert (found.findings, found.verdict) == ((), "met")


@pytest.mark.parametrize("moment", ["created", "deployed"])
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("workload", WORKLOADS)
def test_one_stack_alone_is_not_called_breached(workload: str, role: str, moment: str) -> None:
    plans = recorded(workload, moment, [role])
    if not plans:
        assert moment == "created"
        assert f"{workload}-{role}".endswith(LATER)
        return

    found = reviewed(plans)

    assert [item.message for item in found.findings] == []
    assert found.verdict in ("unknown", "undeclared", "met")
    if found.verdict == "unknown":
        assert any(
            "whose plan is not given" in line.reason or "none of the plans" in line.reason for line in found.inventory
        )
