"""Ways back that are declared, and that AWS does not offer, refuses or cannot take on the day."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from constructs_lib.assessment import Verdict
from constructs_lib.objectives import Disruption
from constructs_lib.plan import read_plan
from constructs_lib.review import review
from tests.review.made import (
    ACCOUNT,
    AWAY,
    EVERYTHING,
    HOME,
    RULE,
    backup,
    bucket,
    declared,
    distribution,
    found,
    instance,
    plan,
    replica,
    replicated,
    replication,
    resource,
    table,
    versioned,
)
from tests.review.recorded import TODAY

if TYPE_CHECKING:
    from constructs_lib.review import Review


def _promised(address: str, objective: str) -> str:
    return EVERYTHING.replace("{rto: 4h, rpo: 4h, software: {rto: 1d, rpo: 1d}}", objective).replace(
        'match: "*"', f"match: '{address}'"
    )


def _row(result: Review, address: str, disruption: str = "region") -> Verdict | None:
    component = next(item for item in result.components if item.address == address)
    return next((item.after_verdict for item in component.disruptions if item.disruption == disruption), None)


# ---------------------------------------------------------------- editions and classes


@pytest.mark.parametrize(
    ("engine", "replicas", "standby"),
    [
        ("postgres", Verdict.MET, Verdict.MET),
        ("oracle-ee", Verdict.MET, Verdict.MET),
        ("oracle-se2", Verdict.BREACHED, Verdict.MET),
        ("db2-se", Verdict.MET, Verdict.MET),
        ("sqlserver-se", Verdict.BREACHED, Verdict.MET),
        ("sqlserver-ex", Verdict.BREACHED, Verdict.BREACHED),
    ],
)
def test_an_edition_has_only_what_rds_offers_for_it(engine: str, replicas: Verdict, standby: Verdict) -> None:
    promised = _promised("aws_db_instance.db", "{region: {rto: 4h, rpo: 4h}, zone: {rto: 10m, rpo: 1m}}")
    result = found(instance(engine=engine), replica(engine=engine), objectives=promised)

    assert _row(result, "aws_db_instance.db") is replicas
    assert _row(result, "aws_db_instance.db", "zone") is standby


def _pair(instance_class: str = "db.r6g.large", **more: Any) -> list[dict[str, Any]]:
    entries = [resource("aws_rds_global_cluster.g", {"id": "g", "global_cluster_identifier": "g"})]
    for name, region, own in (("home", HOME, {"master_username": "owner"}), ("away", AWAY, {})):
        values = {"cluster_identifier": name, "id": name, "arn": f"arn:aws:rds:{region}:{ACCOUNT}:cluster:{name}"}
        values |= {"engine": "aurora-postgresql", "global_cluster_identifier": "g", **own, **more}
        member = {"identifier": name, "id": f"{name}-0", "cluster_identifier": name, "instance_class": instance_class}
        entries += [
            resource(f"aws_rds_cluster.{name}", values, region=region),
            resource(f"aws_rds_cluster_instance.{name}", member, region=region),
        ]
    return entries


@pytest.mark.parametrize(
    ("instance_class", "more", "verdict"),
    [
        ("db.r6g.large", {}, Verdict.MET),
        ("db.t4g.medium", {}, Verdict.BREACHED),
        ("db.r6g.large", {"engine_mode": "serverless"}, Verdict.BREACHED),
        ("db.r6g.large", {"backtrack_window": 3600}, Verdict.BREACHED),
    ],
)
def test_a_global_database_takes_only_some_clusters(instance_class: str, more: Any, verdict: Verdict) -> None:
    result = found(
        *_pair(instance_class, **more), objectives=_promised("aws_rds_cluster.home", "{region: {rto: 4h, rpo: 1h}}")
    )

    assert _row(result, "aws_rds_cluster.home") is verdict


_STRONG = {"region_name": AWAY, "consistency_mode": "STRONG", "point_in_time_recovery": True}


@pytest.mark.parametrize(
    ("regions", "more", "verdict"),
    [
        ([AWAY, "eu-west-2"], {}, Verdict.MET),
        ([AWAY], {"global_table_witness": [{"region_name": "eu-west-3"}]}, Verdict.MET),
        ([AWAY], {}, Verdict.BREACHED),
        ([AWAY, "us-east-1"], {}, Verdict.BREACHED),
        ([AWAY, "eu-west-2"], {"ttl": [{"enabled": True, "attribute_name": "until"}]}, Verdict.BREACHED),
        ([AWAY, "eu-west-2"], {"local_secondary_index": [{"name": "by_day"}]}, Verdict.BREACHED),
    ],
)
def test_a_strongly_consistent_table_is_what_dynamodb_makes(regions: list[str], more: Any, verdict: Verdict) -> None:
    entry = table(replica=[{**_STRONG, "region_name": region} for region in regions], **more)

    assert _row(found(entry, objectives=_promised(_ORDERS, "{region: {rto: 1h, rpo: 0s}}")), _ORDERS) is verdict


def test_a_table_has_one_consistency() -> None:
    modes = [(AWAY, "STRONG"), ("eu-west-2", "EVENTUAL")]
    entry = table(replica=[{**_STRONG, "region_name": region, "consistency_mode": mode} for region, mode in modes])

    assert (
        _row(found(entry, objectives=_promised(_ORDERS, "{region: {rto: 1h, rpo: 0s}}")), _ORDERS) is Verdict.BREACHED
    )


# ---------------------------------------------------------------- vaults

_ORDERS = "aws_dynamodb_table.orders"
_DAILY = _promised(_ORDERS, "{region: {rto: 12h, rpo: 12h}}")


def _vault(name: str, region: str) -> dict[str, Any]:
    arn = f"arn:aws:backup:{region}:{ACCOUNT}:backup-vault:{name}"
    return resource(f"aws_backup_vault.{name}", {"id": name, "name": name, "arn": arn}, region=region)


def test_without_the_vault_that_backups_are_put_into_there_are_none_to_copy() -> None:
    here, away = _vault("here", HOME), _vault("away", AWAY)
    gone = copy.deepcopy(here)
    gone["change"].update(actions=["delete"], after=None)

    assert _row(found(table(replica=[]), *backup(), here, away, objectives=_DAILY), _ORDERS) is Verdict.MET
    assert _row(found(table(replica=[]), *backup(), gone, away, objectives=_DAILY), _ORDERS) is Verdict.BREACHED


@pytest.mark.parametrize(
    ("action", "principal", "verdict"),
    [
        ("backup:CopyIntoBackupVault", "*", Verdict.BREACHED),
        ("backup:*", {"AWS": "*"}, Verdict.BREACHED),
        ("backup:DeleteRecoveryPoint", "*", Verdict.MET),
        ("backup:CopyIntoBackupVault", {"AWS": "arn:aws:iam::1:root"}, Verdict.MET),
    ],
)
def test_a_vault_whose_policy_denies_copies_gets_none(action: str, principal: Any, verdict: Verdict) -> None:
    denied = {"Statement": [{"Effect": "Deny", "Action": action, "Principal": principal, "Resource": "*"}]}
    policy = {"backup_vault_name": "away", "policy": json.dumps(denied)}
    parts = [_vault("away", AWAY), resource("aws_backup_vault_policy.away", policy, region=AWAY)]

    assert _row(found(table(replica=[]), *backup(), *parts, objectives=_DAILY), _ORDERS) is verdict


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, Verdict.UNKNOWN),
        ({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::1:role/keeper"}}, Verdict.UNKNOWN),
        ({"Bool": {"aws:SecureTransport": "false"}}, Verdict.MET),
    ],
)
def test_a_vault_whose_policy_denies_copies_under_a_condition_may_get_none(condition: Any, verdict: Verdict) -> None:
    denied = {"Effect": "Deny", "Action": "backup:*", "Principal": "*", "Resource": "*", "Condition": condition}
    policy = {"backup_vault_name": "away", "policy": json.dumps({"Statement": [denied]})}
    parts = [_vault("away", AWAY), resource("aws_backup_vault_policy.away", policy, region=AWAY)]

    result = found(table(replica=[]), *backup(), *parts, objectives=_DAILY)

    assert _row(result, _ORDERS) is verdict
    assert not result.errors
    assert [item.id for item in result.warnings if "hangs on a condition" in item.message] == (
        ["RECOVERY-103"] if verdict is Verdict.UNKNOWN else []
    )


@pytest.mark.parametrize(("most", "verdict"), [(40, Verdict.MET), (30, Verdict.BREACHED)])
def test_an_air_gapped_vault_is_a_vault_with_limits_of_its_own(most: int, verdict: Verdict) -> None:
    arn = f"arn:aws:backup:{AWAY}:{ACCOUNT}:backup-vault:away"
    values = {"id": "away", "name": "away", "arn": arn, "min_retention_days": 7, "max_retention_days": most}
    vault = resource("aws_backup_logically_air_gapped_vault.away", values, region=AWAY)

    assert _row(found(table(replica=[]), *backup(), vault, objectives=_DAILY), _ORDERS) is verdict


# ---------------------------------------------------------------- second origins

_SITE = "aws_cloudfront_distribution.site"
_SERVES = _promised(_SITE, "{region: {rto: 5m, rpo: 2h}}")
_ARN = f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1"


def _served(statement: dict[str, Any], *more: dict[str, Any]) -> list[dict[str, Any]]:
    """A distribution over a bucket and its copy; the policy of the copy has these statements."""
    admits = {"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject"}
    policies = []
    for name, region in (("data", HOME), ("copy", AWAY)):
        first = {**admits, "Resource": f"arn:aws:s3:::{name}/*", **(statement if name == "copy" else {})}
        text = json.dumps({"Statement": [first, *(more if name == "copy" else ())]})
        values = {"bucket": name, "policy": text}
        policies.append(resource(f"aws_s3_bucket_policy.{name}", values, region=region))
    origins = [
        {"origin_id": id, "domain_name": f"{name}.s3.{region}.amazonaws.com", "origin_access_control_id": "oac"}
        for id, name, region in (("first", "data", HOME), ("second", "copy", AWAY))
    ]
    return [*replicated(), *policies, distribution(origin=origins, arn=_ARN)]


_OF = {"Condition": {"StringEquals": {"AWS:SourceArn": _ARN}}}
_OF_ANOTHER = {"Condition": {"StringEquals": {"AWS:SourceArn": _ARN.replace("E1", "E2")}}}
_DENIED = {"Effect": "Deny", "Principal": "*", "Action": "s3:Get*", "Resource": "arn:aws:s3:::copy/*"}


@pytest.mark.parametrize(
    ("statement", "more", "verdict"),
    [
        (_OF, [], Verdict.MET),
        (_OF_ANOTHER, [], Verdict.BREACHED),
        ({"Principal": {"AWS": "arn:aws:iam::1:role/reader"}}, [], Verdict.BREACHED),
        (_OF, [_DENIED], Verdict.BREACHED),
        (_OF, [{**_DENIED, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}], Verdict.MET),
    ],
)
def test_the_policy_of_the_second_bucket_lets_this_distribution_read(
    statement: dict[str, Any], more: list[dict[str, Any]], verdict: Verdict
) -> None:
    assert _row(found(*_served(statement, *more), objectives=_SERVES), _SITE) is verdict


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        ({}, Verdict.MET),
        (_OF_ANOTHER, Verdict.BREACHED),
        (
            {"Condition": {"StringLike": {"AWS:SourceArn": "arn:aws:cloudfront::123456789012:distribution/*"}}},
            Verdict.MET,
        ),
        ({"Condition": {"StringEquals": {"AWS:SourceAccount": "123456789012"}}}, Verdict.MET),
    ],
)
def test_nobody_has_written_the_id_of_a_distribution_to_be_made(statement: dict[str, Any], verdict: Verdict) -> None:
    *others, site = _served(statement)
    del site["change"]["after"]["arn"]
    site["change"] |= {"actions": ["create"], "before": None, "after_unknown": {"arn": True, "id": True}}

    assert _row(found(*others, site, objectives=_SERVES), _SITE) is verdict


@pytest.mark.parametrize(("restricts", "verdict"), [(False, Verdict.MET), (True, Verdict.BREACHED)])
def test_a_website_that_blocks_public_access_is_no_second_origin(restricts: bool, verdict: Verdict) -> None:
    *others, site = _served({})
    website = {"origin_id": "second", "domain_name": f"copy.s3-website.{AWAY}.amazonaws.com"}
    for side in ("before", "after"):
        first, _ = site["change"][side]["origin"]
        site["change"][side]["origin"] = [first, {**website, "custom_origin_config": [{"origin_read_timeout": 30}]}]
    values = {"bucket": "copy", "restrict_public_buckets": restricts}
    access = resource("aws_s3_bucket_public_access_block.copy", values, region=AWAY)

    assert _row(found(*others, access, site, objectives=_SERVES), _SITE) is verdict


def test_one_host_is_no_second_origin() -> None:
    origins = [{"origin_id": name, "domain_name": "www.shop.net"} for name in ("first", "second")]

    assert _row(found(distribution(origin=origins), objectives=_SERVES), _SITE) is Verdict.BREACHED


@pytest.mark.parametrize(("codes", "verdict"), [([404], Verdict.BREACHED), ([404, 503], Verdict.MET)])
def test_an_origin_group_fails_over_on_what_an_outage_answers(codes: list[int], verdict: Verdict) -> None:
    group = distribution()["change"]["after"]["origin_group"][0]
    group["failover_criteria"] = [{"status_codes": codes}]

    assert _row(found(distribution(origin_group=[group]), objectives=_SERVES), _SITE) is verdict


# ---------------------------------------------------------------- failover records


def _records(second: str = "b.shop.net", check: str = "c", **asked: Any) -> list[dict[str, Any]]:
    entries = []
    for role, target in (("PRIMARY", "a.shop.net"), ("SECONDARY", second)):
        values: dict[str, Any] = {"zone_id": "Z", "name": "www.shop.net", "type": "CNAME", "ttl": 60}
        values |= {"records": [target], "failover_routing_policy": [{"type": role}]}
        values |= {"health_check_id": check} if role == "PRIMARY" else {}
        entries.append(resource(f"aws_route53_record.{role.lower()}", values, region=None))
    values = {"id": "c", "type": "HTTPS", "fqdn": "a.shop.net", "request_interval": 30, "failure_threshold": 3, **asked}
    joined = {"id": "all", "type": "CALCULATED", "child_health_threshold": 1, "child_healthchecks": ["c"]}
    return [
        *entries,
        resource("aws_route53_health_check.c", values, region=None),
        resource("aws_route53_health_check.all", joined, region=None),
    ]


@pytest.mark.parametrize(
    ("records", "works"),
    [
        (_records(), True),
        (_records(second="a.shop.net."), False),
        (_records(fqdn="b.shop.net"), False),
        (_records(invert_healthcheck=True), False),
        (_records(fqdn="latch.shop.net", invert_healthcheck=True), True),
        (_records(check="all", fqdn="www.shop.net"), False),
        (_records(check="all"), True),
    ],
)
def test_a_check_that_cannot_tell_turns_no_record(records: list[dict[str, Any]], works: bool) -> None:
    promised = _promised("aws_route53_record.primary", "{rto: 10m, rpo: 1h}")

    assert bool(found(*records, objectives=promised).errors) is not works


# ---------------------------------------------------------------- what answers nobody


def _aurora(*members: str, engine: str = "aurora-postgresql", **more: Any) -> list[dict[str, Any]]:
    values: dict[str, Any] = {"cluster_identifier": "home", "id": "home", "engine": engine}
    values |= {"master_username": "owner", "backup_retention_period": 7, "deletion_protection": True, **more}
    parts = [{"identifier": name, "id": name, "cluster_identifier": "home"} for name in members]
    return [
        resource("aws_rds_cluster.home", values),
        *(resource(f"aws_rds_cluster_instance.{part['id']}", part) for part in parts),
    ]


_CLUSTER = "aws_rds_cluster.home"
_RESTORED = _promised(_CLUSTER, "{software: {rto: 1d, rpo: 1d}}")


@pytest.mark.parametrize(
    ("entries", "verdict"),
    [
        (_aurora("one"), Verdict.MET),
        (_aurora(), Verdict.UNKNOWN),
        (_aurora(engine_mode="serverless"), Verdict.MET),
        (_aurora(engine="postgres", db_cluster_instance_class="db.r6gd.large"), Verdict.MET),
        # A secondary that took over may have got its instance by the runbook.
        (_aurora(global_cluster_identifier="elsewhere", master_username=None), Verdict.MET),
        (_aurora(global_cluster_identifier="elsewhere"), Verdict.UNKNOWN),
    ],
)
def test_an_aurora_cluster_without_an_instance_in_the_plans_may_have_it_in_another(
    entries: Any, verdict: Verdict
) -> None:
    result = found(*entries, objectives=_RESTORED)

    assert result.verdict is _row(result, _CLUSTER, "software") is verdict
    assert [item.id for item in result.findings] == (["RECOVERY-237"] if verdict is Verdict.UNKNOWN else [])


def test_an_aurora_cluster_without_an_instance_in_its_account_answers_nobody() -> None:
    held = attrs.evolve(read_plan(json.dumps(plan(*_aurora())).encode()), live=True)

    result = review(held, declared(_RESTORED), today=TODAY)

    assert _row(result, _CLUSTER, "software") is Verdict.BREACHED
    assert [item.id for item in result.errors] == ["RECOVERY-200"]


def test_a_promise_that_is_broken_anyway_is_not_opened_by_instances_elsewhere() -> None:
    result = found(*_aurora(), objectives=_promised(_CLUSTER, "{software: {rto: 1m, rpo: 1d}}"))

    assert _row(result, _CLUSTER, "software") is result.verdict is Verdict.BREACHED


def test_the_last_instance_that_is_destroyed_is_one_finding() -> None:
    gone = copy.deepcopy(_aurora("one"))
    gone[1]["change"] |= {"after": None, "actions": ["delete"]}

    assert [item.id for item in found(*gone, objectives=_RESTORED).errors] == ["RECOVERY-130"]


def test_a_cluster_that_terraform_lets_go_of_keeps_its_instances() -> None:
    kept = copy.deepcopy(_aurora("one"))
    for entry in kept:
        entry["change"] |= {"after": None, "actions": ["forget"]}

    assert [item.id for item in found(*kept, objectives=_RESTORED).findings] == ["RECOVERY-131"]


@pytest.mark.parametrize(("enabled", "verdict"), [(True, Verdict.MET), (False, Verdict.BREACHED)])
def test_a_distribution_that_is_switched_off_answers_nobody(enabled: bool, verdict: Verdict) -> None:
    result = found(distribution(enabled=enabled), objectives=_SERVES)

    assert _row(result, _SITE) is verdict
    assert [item.id for item in result.errors] == ([] if enabled else ["RECOVERY-200"])


# ---------------------------------------------------------------- kept for longer than AWS keeps anything


@pytest.mark.parametrize("days", [35, 36])
@pytest.mark.parametrize(
    ("address", "entries"),
    [
        ("aws_db_instance.db", lambda days: [instance(backup_retention_period=days)]),
        (_CLUSTER, lambda days: _aurora("one", backup_retention_period=days)),
        (_ORDERS, lambda days: [table(point_in_time_recovery=[{"enabled": True, "recovery_period_in_days": days}])]),
    ],
)
@pytest.mark.parametrize("objective", ["{software: {rto: 1d, rpo: 1d}}", "{zone: {rto: 1d, rpo: 1d}}"])
def test_what_is_kept_for_longer_than_aws_keeps_it_is_refused(
    address: str, entries: Any, objective: str, days: int
) -> None:
    result = found(*entries(days), objectives=_promised(address, objective))
    refused = [item for item in result.errors if item.id == "RECOVERY-200"]

    assert result.verdict is (Verdict.BREACHED if days > 35 else Verdict.MET)
    assert len(refused) == (days > 35)
    assert all("at most, and refuses more" in item.message for item in refused)


# ---------------------------------------------------------------- keys


@pytest.mark.parametrize(
    ("multi", "unknown", "errors"),
    [(True, {}, []), (False, {}, ["RECOVERY-200"]), (None, {"multi_region": True}, [])],
)
def test_only_a_multi_region_key_is_replicated(multi: bool | None, unknown: Any, errors: list[str]) -> None:
    arn = f"arn:aws:kms:{HOME}:{ACCOUNT}:key/1"
    key = resource("aws_kms_key.main", {"key_id": "1", "arn": arn, "multi_region": multi}, unknown=unknown)
    copied = resource("aws_kms_replica_key.main", {"id": "2", "primary_key_arn": arn}, region=AWAY)

    assert [item.id for item in found(key, copied).errors] == errors


# ---------------------------------------------------------------- a secret whose replica failed


@pytest.mark.parametrize(("status", "failed"), [("InSync", False), ("InProgress", False), ("Failed", True)])
def test_a_replica_of_a_secret_counts_as_secrets_manager_says(status: str, failed: bool) -> None:
    values = {"name": "token", "replica": [{"region": AWAY, "status": status}]}

    result = found(resource("aws_secretsmanager_secret.token", values), objectives=_promised("*", "{rto: 4h, rpo: 4h}"))

    assert [item.id for item in result.errors] == (["RECOVERY-200"] if failed else [])


# ---------------------------------------------------------------- a key that is disabled already


@pytest.mark.parametrize(("enabled", "verdict"), [(True, Verdict.MET), (False, Verdict.BREACHED)])
def test_what_a_disabled_key_encrypts_is_no_way_back(enabled: bool, verdict: Verdict) -> None:
    arn = f"arn:aws:kms:{AWAY}:{ACCOUNT}:key/away"
    key = resource("aws_kms_key.away", {"id": "away", "key_id": "away", "arn": arn, "is_enabled": enabled}, region=AWAY)
    promised = _promised("aws_db_instance.db", "{region: {rto: 4h, rpo: 4h}}")

    result = found(instance(storage_encrypted=True), replica(kms_key_id=arn), key, objectives=promised)

    assert _row(result, "aws_db_instance.db") is verdict
    assert [(item.id, item.standing) for item in result.errors if item.id == "RECOVERY-120"] == (
        [] if enabled else [("RECOVERY-120", True)]
    )


@pytest.mark.parametrize(
    ("table_before", "scaling_before", "refused"),
    [
        ("none", "none", True),
        ("without replica", "none", True),
        ("without replica", "same", False),
        ("same", "none", False),
    ],
)
def test_a_replica_is_not_made_before_what_scales_its_table(
    table_before: str, scaling_before: str, refused: bool
) -> None:
    """Terraform scales a table once it has made it, replicas included (terraform-provider-aws issue 13097)."""
    whole = table(billing_mode="PROVISIONED")
    was = {"none": None, "same": whole["change"]["after"]}.get(
        table_before, {**whole["change"]["after"], "replica": []}
    )
    orders = resource("aws_dynamodb_table.orders", whole["change"]["after"], was)
    values = {
        "service_namespace": "dynamodb",
        "resource_id": "table/orders",
        "scalable_dimension": "dynamodb:table:WriteCapacityUnits",
    }
    scaling = [
        resource(f"aws_appautoscaling_{type}.writes", values, values if scaling_before == "same" else None)
        for type in ("target", "policy")
    ]
    configured = [
        {"address": item["address"], "mode": "managed", "type": item["type"], "name": item["name"]}
        | {
            "expressions": {
                "resource_id": {"references": ["aws_dynamodb_table.orders.name", "aws_dynamodb_table.orders"]}
            }
        }
        for item in scaling
    ]
    document = plan(orders, *scaling, configuration={"root_module": {"resources": configured}})

    result = review(read_plan(json.dumps(document).encode()), declared(), today=TODAY)

    assert ("RECOVERY-334" in {item.id for item in result.findings}) is refused
    assert (_row(result, "aws_dynamodb_table.orders") is Verdict.BREACHED) is refused


@pytest.mark.parametrize(
    ("arguments", "other", "verdict"),
    [
        ({"storage_encrypted": True}, True, Verdict.BREACHED),
        ({"storage_encrypted": True}, False, Verdict.MET),
        ({"storage_encrypted": True, "kms_key_id": f"arn:aws:kms:{HOME}:{ACCOUNT}:key/1"}, True, Verdict.MET),
        ({"storage_encrypted": True, "snapshot_identifier": "before"}, True, Verdict.MET),
        ({"storage_encrypted": False}, True, Verdict.MET),
    ],
)
def test_what_rds_encrypts_with_its_own_key_is_copied_to_no_other_account(
    arguments: dict[str, Any], other: bool, verdict: Verdict
) -> None:
    shown = {"kms_key_id": f"arn:aws:kms:{HOME}:{ACCOUNT}:key/of-rds", **arguments}
    database = instance(**shown)
    account = "999999999999" if other else ACCOUNT
    away = f"arn:aws:backup:{AWAY}:{account}:backup-vault:away"
    copies = [{"destination_vault_arn": away, "lifecycle": [{"delete_after": 35}]}]
    configured = {
        "address": "aws_db_instance.db",
        "mode": "managed",
        "type": "aws_db_instance",
        "name": "db",
        "expressions": {name: {"constant_value": value} for name, value in arguments.items()},
    }
    document = plan(
        database, *backup({"copy_action": copies}), configuration={"root_module": {"resources": [configured]}}
    )

    result = review(read_plan(json.dumps(document).encode()), declared(), today=TODAY)

    assert _row(result, "aws_db_instance.db") is verdict


@pytest.mark.parametrize(
    ("shared", "other", "verdict"),
    [
        (None, True, Verdict.BREACHED),
        (f"arn:aws:iam::{ACCOUNT}:root", True, Verdict.BREACHED),
        ("arn:aws:iam::999999999999:root", True, Verdict.MET),
        ("999999999999", True, Verdict.MET),
        (None, False, Verdict.MET),
    ],
)
def test_a_database_is_copied_only_to_an_account_that_may_use_its_key(
    shared: str | None, other: bool, verdict: Verdict
) -> None:
    """Left out, the policy of a key lets in nobody but its own account."""
    key = f"arn:aws:kms:{HOME}:{ACCOUNT}:key/1"
    allows = {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": {"AWS": shared}}
    policy = None if shared is None else json.dumps({"Statement": [allows]})
    account = "999999999999" if other else ACCOUNT
    copies = [{"destination_vault_arn": f"arn:aws:backup:{AWAY}:{account}:backup-vault:away"}]
    entries = [
        instance(storage_encrypted=True, kms_key_id=key),
        resource("aws_kms_key.own", {"id": "1", "key_id": "1", "arn": key, "policy": policy}),
        *backup({"copy_action": copies}),
    ]

    assert _row(found(*entries), "aws_db_instance.db") is verdict


@pytest.mark.parametrize("account", [ACCOUNT, "999999999999"])
@pytest.mark.parametrize("allowed", ["true", "false"])
def test_backups_are_copied_to_other_accounts_only_where_the_organization_lets_them(account: str, allowed: str) -> None:
    arn = f"arn:aws:backup:{AWAY}:{account}:backup-vault:away"
    copies = [{"destination_vault_arn": arn, "lifecycle": [{"delete_after": 35}]}]
    settings = {"id": ACCOUNT, "global_settings": {"isCrossAccountBackupEnabled": allowed}}
    entries = [
        table(replica=[]),
        *backup({"copy_action": copies}),
        resource("aws_backup_global_settings.all", settings),
    ]

    kept_apart = account != ACCOUNT and allowed == "false"
    verdict = Verdict.BREACHED if kept_apart else Verdict.MET
    assert _row(found(*entries), "aws_dynamodb_table.orders") is verdict


@pytest.mark.parametrize(
    ("account", "policy", "verdict"),
    [(None, False, Verdict.MET), ("999999999999", False, Verdict.UNKNOWN), ("999999999999", True, Verdict.MET)],
)
def test_a_vault_of_another_account_must_let_copies_in(account: str | None, policy: bool, verdict: Verdict) -> None:
    name, arn = "away", f"arn:aws:backup:{AWAY}:{account or ACCOUNT}:backup-vault:away"
    vault = resource("aws_backup_vault.away", {"name": name, "id": name, "arn": arn}, region=AWAY)
    allows = {"Effect": "Allow", "Action": "backup:CopyIntoBackupVault", "Principal": "*", "Resource": "*"}
    values = {"backup_vault_name": name, "policy": json.dumps({"Statement": [allows]})}
    parts = [resource("aws_backup_vault_policy.away", values, region=AWAY)] if policy else []
    copies = [{"destination_vault_arn": arn, "lifecycle": [{"delete_after": 35}]}]
    role = {} if account is None else {"allowed_account_ids": {"constant_value": [account]}}
    provider = {"full_name": "registry.terraform.io/hashicorp/aws", "expressions": role}
    configured = {key: vault[key] for key in ("address", "mode", "type", "name")} | {"provider_config_key": "aws.away"}
    document = plan(
        *(table(replica=[]), vault, *parts, *backup({"copy_action": copies})),
        configuration={"provider_config": {"aws.away": provider}, "root_module": {"resources": [configured]}},
    )

    result = review(read_plan(json.dumps(document).encode()), declared(), today=TODAY)

    assert _row(result, "aws_dynamodb_table.orders") is verdict


@pytest.mark.parametrize("engine", ["oracle-se2", "sqlserver-se"])
def test_what_aws_does_not_offer_is_not_to_be_repaired(engine: str) -> None:
    result = found(instance(engine=engine), replica(engine=engine))

    fixes = {item.fix for item in result.findings if "not count" in item.message}
    assert fixes
    assert all(fix.startswith("add RDS automated backups replicated") for fix in fixes)


def _peered(away: str, witness: str) -> list[dict[str, Any]]:
    entries = []
    for name, other, region, far in (("a", "b", HOME, away), ("b", "a", away, HOME)):
        arn = f"arn:aws:dsql:{region}:{ACCOUNT}:cluster/{name}"
        values = {"identifier": name, "id": name, "arn": arn, "deletion_protection_enabled": True}
        peer = {"identifier": name, "clusters": [f"arn:aws:dsql:{far}:{ACCOUNT}:cluster/{other}"]}
        entries += [
            resource(f"aws_dsql_cluster.{name}", values, None, region=region),
            resource(f"aws_dsql_cluster_peering.{name}", {**peer, "witness_region": witness}, None, region=region),
        ]
    return entries


@pytest.mark.parametrize(
    ("away", "witness", "verdict"),
    [
        (AWAY, "eu-west-2", Verdict.MET),
        (AWAY, AWAY, Verdict.BREACHED),
        (AWAY, "us-west-2", Verdict.BREACHED),
        ("us-east-1", "us-west-2", Verdict.BREACHED),
    ],
)
def test_dsql_peers_only_clusters_of_one_set_of_regions_with_a_witness_in_a_third(
    away: str, witness: str, verdict: Verdict
) -> None:
    result = found(*_peered(away, witness), objectives=_promised("aws_dsql_cluster.*", "{region: {rto: 4h, rpo: 4h}}"))

    assert _row(result, "aws_dsql_cluster.a") is verdict


def test_origins_of_a_group_may_change_places() -> None:
    """As after a failover: both Regions stay, and the other one is asked first."""
    was = distribution()
    group = was["change"]["after"]["origin_group"][0]
    swapped = {**was["change"]["after"], "origin_group": [{**group, "member": group["member"][::-1]}]}
    now = resource("aws_cloudfront_distribution.site", swapped, was["change"]["after"], region=None)

    assert not [item for item in found(now).errors if item.id == "RECOVERY-121"]


def test_no_other_witness_is_advised_where_there_is_one() -> None:
    hasty = _promised("aws_dsql_cluster.*", "{region: {rto: 15m, rpo: 0s}}")

    [fix] = {item.fix for item in found(*_peered(AWAY, "eu-west-2"), objectives=hasty).errors}

    assert "Route 53" in fix
    assert "eu-west-2" not in fix


@pytest.mark.parametrize(
    ("action", "principal", "verdict"),
    [
        ("s3:ReplicateObject", "*", Verdict.BREACHED),
        ("s3:ReplicateObject", f"arn:aws:iam::{ACCOUNT}:role/others", Verdict.MET),
        ("s3:GetObject", "*", Verdict.MET),
    ],
)
def test_what_a_bucket_denies_everybody_it_denies_a_role_of_another_stack(
    action: str, principal: str, verdict: Verdict
) -> None:
    denial = {"Effect": "Deny", "Principal": {"AWS": principal}, "Action": action, "Resource": "arn:aws:s3:::copy/*"}
    policy = {"bucket": "copy", "policy": json.dumps({"Version": "2012-10-17", "Statement": [denial]})}

    result = found(*replicated(), resource("aws_s3_bucket_policy.copy", policy, region=AWAY))

    assert _row(result, "aws_s3_bucket.data") is verdict


def test_a_copy_in_an_archive_is_to_be_kept_out_of_it() -> None:
    cold = {"id": "x", "status": "Enabled", "filter": [{"prefix": ""}]}
    rule = [{**cold, "transition": [{"days": 1, "storage_class": "GLACIER"}]}]
    result = found(
        *replicated(),
        resource("aws_s3_bucket_lifecycle_configuration.copy", {"bucket": "copy", "rule": rule}, region=AWAY),
    )

    fix = next(item.fix for item in result.findings if item.id == "RECOVERY-102")
    assert fix.startswith("keep what S3 Cross-Region Replication copies to eu-central-1 out of GLACIER")


def _followed_by_binlog(engine: str, *parameters: dict[str, str]) -> list[dict[str, Any]]:
    both = {"engine": engine, "backup_retention_period": 7, "deletion_protection": True}
    group = {"name": "own", "id": "own", "parameter": list(parameters)}
    arn = f"arn:aws:rds:{HOME}:{ACCOUNT}:cluster:home"
    home = {**both, "cluster_identifier": "home", "id": "home", "arn": arn, "db_cluster_parameter_group_name": "own"}
    away = {**both, "cluster_identifier": "away", "id": "away", "replication_source_identifier": arn}
    return [
        resource("aws_rds_cluster_parameter_group.own", group),
        resource("aws_rds_cluster.home", home),
        resource("aws_rds_cluster.away", away, region=AWAY),
        resource("aws_rds_cluster_instance.home", {"cluster_identifier": "home"}),
        resource("aws_rds_cluster_instance.away", {"cluster_identifier": "away"}, region=AWAY),
    ]


@pytest.mark.parametrize(
    ("engine", "parameters", "verdict"),
    [
        ("aurora-mysql", [{"name": "binlog_format", "value": "ROW"}], Verdict.MET),
        ("aurora-mysql", [{"name": "binlog_format", "value": "OFF"}], Verdict.BREACHED),
        ("aurora-mysql", [], Verdict.BREACHED),
        ("aurora-postgresql", [], Verdict.BREACHED),
    ],
)
def test_a_cluster_is_followed_by_its_binary_log_where_it_writes_one(
    engine: str, parameters: list[dict[str, str]], verdict: Verdict
) -> None:
    assert _row(found(*_followed_by_binlog(engine, *parameters)), "aws_rds_cluster.home") is verdict


def test_what_replaces_a_multi_az_cluster_is_not_said_to_be_added_to_it() -> None:
    cluster = {"cluster_identifier": "c", "id": "c", "engine": "postgres", "db_cluster_instance_class": "db.m6gd.large"}
    result = found(resource("aws_rds_cluster.c", {**cluster, "backup_retention_period": 7}))

    fix = next(item.fix for item in result.findings if item.id == "RECOVERY-102")
    assert fix.startswith("an instance in place of the Multi-AZ DB cluster, and with it: add RDS automated backups")


def test_a_rule_that_is_off_is_no_error_beside_one_that_leads_nobody_knows_where() -> None:
    """A first plan does not tell what a dynamic block names: the bucket may be copied by that."""
    copies = replication(status="Disabled")
    open_ = {**RULE, "id": "open", "priority": 1, "destination": [{}]}
    copies["change"] |= {"actions": ["create"], "before": None}
    copies["change"]["after"]["rule"].append(open_)
    copies["change"]["after_unknown"] = {"rule": [{}, {"destination": [{"bucket": True}]}]}
    objectives = _promised("aws_s3_bucket.data", "{region: {rto: 4h, rpo: 4h}}")
    buckets = [bucket("data"), versioned("data"), bucket("copy", AWAY), versioned("copy", AWAY)]

    result = found(*buckets, copies, objectives=objectives)

    rows = {row.disruption: row.after_verdict for row in result.components[0].disruptions}
    assert rows[Disruption.REGION] is Verdict.UNKNOWN
    assert "RECOVERY-200" not in {item.id for item in result.errors}
