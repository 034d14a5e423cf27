"""Each finding: what brings it, and the like that does not."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from constructs_lib.catalog.findings import load_findings
from tests.each import each
from tests.review.made import (
    ACCOUNT,
    AWAY,
    EVERYTHING,
    HOME,
    RULE,
    backup,
    bucket,
    distribution,
    found,
    ids,
    instance,
    replica,
    replicated,
    replication,
    resource,
    table,
    versioned,
)

SPANS = "RECOVERY-503"
"""One state over two Regions: said of every plan here that holds a copy."""

GOOD: dict[str, list[dict[str, Any]]] = {
    "bucket": replicated(),
    "table": [table()],
    "database": [instance(), replica()],
    "backup": [instance(), *backup()],
    "distribution": [distribution()],
}


@pytest.mark.parametrize("name", GOOD)
def test_what_is_well_protected_gives_no_finding(name: str) -> None:
    assert ids(*GOOD[name]) <= {SPANS}


TIMED = {
    "bucket": "arn:aws:s3:::copy",
    "replication_time": [{"status": "Enabled", "time": [{"minutes": 15}]}],
    "metrics": [{"status": "Enabled", "event_threshold": [{"minutes": 15}]}],
}


def _destination(**changes: Any) -> list[dict[str, Any]]:
    return replicated(rule={"destination": [{**copy.deepcopy(TIMED), **changes}]})


def _key(region: str) -> str:
    return f"arn:aws:kms:{region}:{ACCOUNT}:key/00000000-0000-0000-0000-000000000000"


_MEMBER: dict[str, Any] = {"cluster_identifier": "main", "id": "member"}


def _cluster_instance(after: dict[str, Any] | None, name: str = "member") -> dict[str, Any]:
    return resource(f"aws_rds_cluster_instance.{name}", after, _MEMBER)


def _encrypted_as_a_whole(**secondary: Any) -> list[dict[str, Any]]:
    """A global database that says for all its clusters that they are encrypted."""
    holder, *clusters = _global(**secondary)
    holder["change"]["after"] |= {"storage_encrypted": True}
    for item in clusters:
        del item["change"]["after"]["storage_encrypted"]
    return [holder, *clusters]


def _former(*buckets: str) -> dict[str, Any]:
    """Replication rules of the former form, into these buckets."""
    rules = [
        {"id": str(number), "status": "Enabled", "prefix": "", "destination": [{"bucket": f"arn:aws:s3:::{bucket}"}]}
        for number, bucket in enumerate(buckets)
    ]
    return resource("aws_s3_bucket_replication_configuration.former", {"bucket": "data", "role": None, "rule": rules})


def _replica_of(version: str) -> list[dict[str, Any]]:
    source = instance(engine="sqlserver-ee", engine_version=version)
    return [source, *_made(replica(engine="sqlserver-ee", instance_class="db.m5.xlarge"))]


def _made(*entries: dict[str, Any]) -> list[dict[str, Any]]:
    """The same, which the plan is to make."""
    for entry in entries:
        entry["change"] |= {"actions": ["create"], "before": None}
    return list(entries)


def _routed(policy: str) -> list[dict[str, Any]]:
    """A pair of failover records that is to have another policy, or the same with another weight or role."""
    pairs = []
    for side, role, weight in (("primary", "PRIMARY", 80), ("recovery", "SECONDARY", 20)):
        same = {"name": "app.example.com", "zone_id": "Z1", "type": "CNAME", "ttl": 60, "set_identifier": side}
        before = {**same, "records": [f"{side}.example.com"], "failover_routing_policy": [{"type": role}]}
        own = [{"weight": weight}] if policy == "weighted_routing_policy" else [{"type": role}]
        after = {**same, "records": [f"{side}-too.example.com"], policy: own}
        pairs.append(resource(f"aws_route53_record.{side}", after, before, region=None))
    return [bucket("data"), *pairs]


def _sized(version: str, instance_class: str, own: str | None = None) -> list[dict[str, Any]]:
    """A source that runs, and a replica of its version that the plan is to make, of a class of its *own*."""
    source = instance(engine_version=version, instance_class=instance_class)
    replica = instance(
        "copy", engine=None, replicate_source_db="db", instance_class=own or instance_class, engine_version=None
    )
    return [source, *_made(replica)]


def _member(version: str, instance_class: str) -> list[dict[str, Any]]:
    """A cluster of that version, and an instance of it that the plan is to make."""
    scaled = [{"min_capacity": 1, "max_capacity": 8}]
    cluster = _cluster(engine="aurora-postgresql", engine_version=version, serverlessv2_scaling_configuration=scaled)
    member = {**_MEMBER, "engine": "aurora-postgresql", "instance_class": instance_class, "engine_version": None}
    return [cluster, *_made(_cluster_instance(member))]


def _group(family: str) -> dict[str, Any]:
    return resource("aws_db_parameter_group.group", {"name": "group", "family": family, "parameter": []})


def _zone(name: str, **more: Any) -> dict[str, Any]:
    return resource("aws_route53_zone.zone", {"name": name, "zone_id": "Z1", "id": "Z1", **more}, region=None)


def _cname(name: str, value: str) -> dict[str, Any]:
    values = {"zone_id": "Z1", "name": name, "type": "CNAME", "records": [value]}
    return resource("aws_route53_record.record", values, region=None)


def _scales(name: str = "table/orders", what: str = "table:Write") -> list[dict[str, Any]]:
    """Auto scaling of what is called so."""
    values = {
        "service_namespace": "dynamodb",
        "resource_id": name,
        "scalable_dimension": f"dynamodb:{what}CapacityUnits",
    }
    key = what.partition(":")[0]
    return [resource(f"aws_appautoscaling_{type}.{key}", values) for type in ("target", "policy")]


def _scaled(*scaling: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    return [table(billing_mode="PROVISIONED", **more), *scaling]


_INDEX = [{"name": "by_day"}]


_NOWHERE = [{"region_name": "eu-central-3"}]
_TAG = {"key": "class", "value": "a"}


def _tagged(status: str) -> list[dict[str, Any]]:
    rules = {
        "filter": [{"and": [{"prefix": "", "tags": {"class": "a"}}]}],
        "delete_marker_replication": [{"status": status}],
    }
    return _made(*replicated(rule=rules))


_KEYED: dict[str, Any] = {
    "destination": [{"bucket": "arn:aws:s3:::copy", "encryption_configuration": [{"replica_kms_key_id": _key(AWAY)}]}]
}
_SELECTED: dict[str, Any] = {"source_selection_criteria": [{"sse_kms_encrypted_objects": [{"status": "Enabled"}]}]}


def _keyed(rule: dict[str, Any]) -> list[dict[str, Any]]:
    return _made(*replicated(rule=rule))


def _backed_up(**rule: Any) -> list[dict[str, Any]]:
    return _made(bucket("data"), versioned("data"), *backup(rule))


def _two_rules(id: str) -> list[dict[str, Any]]:
    *others, rules = replicated()
    second = {**RULE, "id": id, "priority": 1, "destination": [{"bucket": "arn:aws:s3:::other"}]}
    rules["change"]["after"]["rule"] = [RULE, second]
    return [*others, *_made(rules)]


def _owned(account: str | None) -> dict[str, Any]:
    named = {"account": account, "access_control_translation": [{"owner": "Destination"}]}
    return {"destination": [{"bucket": "arn:aws:s3:::copy", **named}]}


def _keyed_role(role: str) -> list[dict[str, Any]]:
    *others, rules = replicated()
    rules["change"]["after"]["role"] = role
    return [*others, *_made(rules)]


_AWAY = {"destination_vault_arn": f"arn:aws:backup:{AWAY}:{ACCOUNT}:backup-vault:away"}


def _planned(name: str) -> list[dict[str, Any]]:
    plan, selection = backup()
    rule = plan["change"]["after"]["rule"][0]
    plan["change"]["after"]["rule"] = [rule, {**rule, "rule_name": name}]
    return [bucket("data"), versioned("data"), *_made(plan), selection]


def _opened(encrypted: bool) -> list[dict[str, Any]]:
    key = {"storage_encrypted": True, "kms_key_id": _key(AWAY)}
    return [instance(storage_encrypted=encrypted), *_made(replica(**key))]


def _second(region: str) -> dict[str, Any]:
    values = {
        "cluster_identifier": "more",
        "id": "more",
        "engine": "aurora-mysql",
        "global_cluster_identifier": "ledger",
    }
    return resource("aws_rds_cluster.more", values, region=region)


def _grouped(*members: str) -> dict[str, Any]:
    group = {"origin_id": "both", "failover_criteria": [{"status_codes": [503]}]}
    return distribution(origin_group=[{**group, "member": [{"origin_id": name} for name in members]}])


def _global(primary: dict[str, Any] | None = None, **secondary: Any) -> list[dict[str, Any]]:
    """A global database with a secondary in the other Region, both encrypted."""
    holder = {"global_cluster_identifier": "ledger", "id": "ledger"}
    both: dict[str, Any] = {"global_cluster_identifier": "ledger", "storage_encrypted": True, "engine_version": "16.4"}
    away = {"cluster_identifier": "away", "id": "away", "engine": "aurora-mysql", **both, **secondary}
    return [
        resource("aws_rds_global_cluster.ledger", holder),
        _cluster(**both, **(primary or {})),
        resource("aws_rds_cluster.away", away, region=AWAY),
    ]


def _in_three_zones(instance_class: str, version: str = "16.6") -> list[dict[str, Any]]:
    """A Multi-AZ DB cluster that the plan makes."""
    return _made(_cluster(engine="postgres", engine_version=version, db_cluster_instance_class=instance_class))


def _vault_locked(changeable: int | None, least: int = 7) -> list[dict[str, Any]]:
    """A vault's lock, of which the plan may take the date from which nobody can lift it."""
    was = {"backup_vault_name": "here", "changeable_for_days": 3, "min_retention_days": 7}
    now = {**was, "changeable_for_days": changeable, "min_retention_days": least}
    lock = resource("aws_backup_vault_lock_configuration.here", now, was, replace=[["min_retention_days"]])
    return [table(), *backup(), lock]


def _objects_locked(mode: str, days: int = 30) -> list[dict[str, Any]]:
    was, now = (
        {"bucket": "data", "rule": [{"default_retention": [{"mode": item, "days": days}]}]}
        for item in ("COMPLIANCE", mode)
    )
    lock = resource("aws_s3_bucket_object_lock_configuration.data", now, was)
    return [bucket("data", object_lock_enabled=True), versioned("data"), lock]


def _last_new(resources: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same, and the plan is to make the last of them."""
    *others, last = resources
    return [*others, {**last, "change": {**last["change"], "actions": ["create"], "before": None}}]


def _backups_to(home: str, away: str) -> list[dict[str, Any]]:
    source = f"arn:aws:rds:{home}:{ACCOUNT}:db:db"
    values = {"source_db_instance_arn": source, "retention_period": 7}
    address = "aws_db_instance_automated_backups_replication.this"
    return [instance("db", home), resource(address, values, region=away)]


def _own_key(key: str) -> dict[str, Any]:
    encryption = [{"enabled": True, "kms_key_arn": _key(HOME)}]
    replicas = [{"region_name": AWAY, "point_in_time_recovery": True, "kms_key_arn": key}]
    return table(server_side_encryption=encryption, replica=replicas)


def _promoted(*, replace: bool = False, **before: Any) -> dict[str, Any]:
    """A replica that the state calls an instance of its own, or the replica of another one."""
    values = replica()["change"]["after"]
    old = {**values, "replicate_source_db": "", **before}
    return resource("aws_db_instance.replica", values, old, region=AWAY, replace=[["kms_key_id"]] if replace else None)


def _rekeyed(key: str) -> dict[str, Any]:
    values = table()["change"]["after"]
    replicas = [{**values["replica"][0], "kms_key_arn": key}]
    return resource("aws_dynamodb_table.orders", {**values, "replica": replicas}, values)


def _cluster(before: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    values = {
        "cluster_identifier": "main",
        "id": "main",
        "engine": "aurora-mysql",
        "backup_retention_period": 7,
        "master_username": "root",
        **more,
    }
    plain = {name: value for name, value in values.items() if name not in more}
    return resource("aws_rds_cluster.main", values, values if before is None else {**plain, **before})


_CLUSTER_ARN = f"arn:aws:rds:{HOME}:{ACCOUNT}:cluster:main"


def _binlog(source: str) -> dict[str, Any]:
    values = {"cluster_identifier": "copy", "engine": "aurora-mysql", "replication_source_identifier": source}
    return resource("aws_rds_cluster.copy", values, region=AWAY)


def _check(**more: Any) -> list[dict[str, Any]]:
    tags = {"recovery:workload": "shop"}
    check = {"id": "check", "type": "CLOUDWATCH_METRIC", "cloudwatch_alarm_region": HOME, "tags_all": tags, **more}
    return [*replicated(), resource("aws_route53_health_check.alarm", check, region=None)]


def _told(silence: str, region: str = HOME) -> list[dict[str, Any]]:
    """A table, and failover records whose check follows an alarm and takes its silence for *silence*."""
    check = {"id": "check", "type": "CLOUDWATCH_METRIC", "cloudwatch_alarm_region": region}
    check |= {"insufficient_data_health_status": silence}
    entries = [table(), resource("aws_route53_health_check.up", check, region=None)]
    for role, target in (("PRIMARY", "a.shop.net"), ("SECONDARY", "b.shop.net")):
        values: dict[str, Any] = {"zone_id": "Z", "name": "www.shop.net", "type": "CNAME", "ttl": 60}
        values |= {"records": [target], "failover_routing_policy": [{"type": role}]}
        values |= {"health_check_id": "check"} if role == "PRIMARY" else {}
        entries.append(resource(f"aws_route53_record.{role.lower()}", values, region=None))
    return entries


def _followed(*children: str) -> list[dict[str, Any]]:
    """The same, where the records follow a check that follows others."""
    both: dict[str, Any] = {"id": "both", "type": "CALCULATED", "child_health_threshold": len(children)}
    both["child_healthchecks"] = list(children)
    entries = [*_told("Healthy"), resource("aws_route53_health_check.both", both, region=None)]
    entries[2]["change"]["after"]["health_check_id"] = "both"
    return entries


def _records(*weights: int) -> list[dict[str, Any]]:
    return [
        *replicated(),
        *(
            resource(
                f"aws_route53_record.{index}",
                {
                    "zone_id": "Z",
                    "name": "api",
                    "type": "CNAME",
                    "set_identifier": str(index),
                    "weighted_routing_policy": [{"weight": weight}],
                },
                region=None,
            )
            for index, weight in enumerate(weights)
        ),
    ]


def _primary(**more: Any) -> list[dict[str, Any]]:
    return [
        *replicated(),
        *(
            resource(
                f"aws_route53_record.{role.lower()}",
                {
                    "zone_id": "Z",
                    "name": "api",
                    "type": "CNAME",
                    "set_identifier": role,
                    "failover_routing_policy": [{"type": role}],
                    **(more if role == "PRIMARY" else {}),
                },
                region=None,
            )
            for role in ("PRIMARY", "SECONDARY")
        ),
    ]


def _lifecycle(name: str, days: int) -> dict[str, Any]:
    rule = {"id": "old", "status": "Enabled", "expiration": [{"days": days}]}
    return resource(f"aws_s3_bucket_lifecycle_configuration.{name}", {"bucket": name, "rule": [rule]})


def _replicated_backups(**more: Any) -> dict[str, Any]:
    values = {"source_db_instance_arn": f"arn:aws:rds:{HOME}:{ACCOUNT}:db:db", "retention_period": 7, **more}
    return resource("aws_db_instance_automated_backups_replication.this", values, region=AWAY)


def _secret(*regions: str, before: tuple[str, ...] | None = None) -> dict[str, Any]:
    values = {"name": "password", "replica": [{"region": region} for region in regions]}
    old = {"name": "password", "replica": [{"region": region} for region in before or regions]}
    return resource("aws_secretsmanager_secret.password", values, {**old})


def _two_replicas() -> dict[str, Any]:
    regions = (AWAY, "eu-west-2")
    replicas = [{"region_name": region, "point_in_time_recovery": True} for region in regions]
    return {**table()["change"]["after"], "replica": replicas}


def _encrypted(*rules: dict[str, Any]) -> list[dict[str, Any]]:
    encryption = {
        "bucket": "data",
        "rule": [
            {"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms", "kms_master_key_id": _key(HOME)}]}
        ],
    }
    part = resource("aws_s3_bucket_server_side_encryption_configuration.data", encryption)
    return [*replicated(rule=rules[0] if rules else None), part]


SELECTED = {
    "source_selection_criteria": [{"sse_kms_encrypted_objects": [{"status": "Enabled"}]}],
    "destination": [{"bucket": "arn:aws:s3:::copy", "encryption_configuration": [{"replica_kms_key_id": _key(AWAY)}]}],
}

NO_REGION = EVERYTHING.replace("rto: 4h, rpo: 4h, software", "zone: {rto: 4h, rpo: 4h}, software")
LOOSE = EVERYTHING.replace("rto: 4h, rpo: 4h", "rto: 7d, rpo: 7d")


def _told_of(number: int, *, made: bool = True) -> list[dict[str, Any]]:
    names = [f"aws_db_event_subscription.of{index}" for index in range(number)]
    return [instance(), *(resource(name, {"name": name}, **({"before": None} if made else {})) for name in names)]


CASES: dict[str, list[tuple[str, list[dict[str, Any]], list[dict[str, Any]]]]] = {
    "RECOVERY-102": [("no copy at all", [bucket("data"), versioned("data")], replicated())],
    "RECOVERY-103": [
        (
            "versioning known only after apply",
            [
                bucket("data"),
                resource(
                    "aws_s3_bucket_versioning.data",
                    {"bucket": "data", "versioning_configuration": [{}]},
                    None,
                    unknown={"versioning_configuration": [{"status": True}]},
                ),
            ],
            replicated(),
        )
    ],
    "RECOVERY-112": [
        (
            "a replica is replaced",
            [
                instance(),
                {**replica(), "change": {**replica()["change"], "actions": ["delete", "create"], "replace_paths": []}},
            ],
            GOOD["database"],
        )
    ],
    "RECOVERY-113": [
        (
            "one of two replicas of a secret",
            [_secret(AWAY, before=(AWAY, "eu-west-2"))],
            [_secret(AWAY, "eu-west-2")],
        ),
        (
            "one of two replicas of a table",
            [table(_two_replicas())],
            [table(_two_replicas(), **{"replica": _two_replicas()["replica"]})],
        ),
    ],
    "RECOVERY-114": [
        ("the only replica of a secret", [_secret(before=(AWAY,))], [_secret(AWAY)]),
        (
            "the only replica of a database",
            [instance(), {**resource("aws_db_instance.replica", None, replica()["change"]["after"], region=AWAY)}],
            GOOD["database"],
        ),
    ],
    "RECOVERY-121": [
        (
            "another recovery Region",
            [table(table()["change"]["after"], replica=[{"region_name": "eu-west-2", "point_in_time_recovery": True}])],
            [table()],
        )
    ],
    "RECOVERY-117": [("a vault lock of fewer days", _vault_locked(3, 1), _vault_locked(3, 7))],
    "RECOVERY-123": [
        ("a vault lock that some may lift", _vault_locked(None), _vault_locked(3)),
        ("an object lock that some may lift", _objects_locked("GOVERNANCE"), _objects_locked("COMPLIANCE")),
        (
            "a vault lock removed",
            [
                *GOOD["backup"],
                resource("aws_backup_vault_lock_configuration.here", None, {"backup_vault_name": "here"}),
            ],
            [
                *GOOD["backup"],
                resource("aws_backup_vault_lock_configuration.here", {"backup_vault_name": "here"}),
            ],
        ),
    ],
    "RECOVERY-125": [
        (
            "recovery points of a day, made weekly",
            [instance(), *backup({"schedule": "cron(0 5 ? * 1 *)", "lifecycle": [{"delete_after": 1}]})],
            GOOD["backup"],
        ),
        ("a copy that expires first", [*replicated(), _lifecycle("copy", 7)], [*replicated(), _lifecycle("data", 7)]),
        (
            "a copy that expires sooner",
            [*replicated(), _lifecycle("copy", 7), _lifecycle("data", 30)],
            [*replicated(), _lifecycle("copy", 30), _lifecycle("data", 30)],
        ),
    ],
    "RECOVERY-126": [
        (
            "replication of a bucket elsewhere",
            [
                instance(),
                replica(),
                resource(
                    "aws_s3_bucket_replication_configuration.other", None, {"bucket": "elsewhere", "rule": [RULE]}
                ),
            ],
            [
                instance(),
                replica(),
                resource("aws_s3_bucket_replication_configuration.other", {"bucket": "elsewhere", "rule": [RULE]}),
            ],
        )
    ],
    "RECOVERY-200": [
        ("no versioning at the destination", [*replicated()[:3], replication()], replicated()),
    ],
    "RECOVERY-206": [
        (
            "the key of a replica",
            [instance(), replica(kms_key_id=_key(HOME))],
            [instance(), replica(kms_key_id=_key(AWAY))],
        ),
        (
            "the key of a table's replica",
            [table(replica=[{"region_name": AWAY, "kms_key_arn": _key(HOME), "point_in_time_recovery": True}])],
            [table(replica=[{"region_name": AWAY, "kms_key_arn": _key(AWAY), "point_in_time_recovery": True}])],
        ),
        (
            "the key of replicated objects",
            _destination(encryption_configuration=[{"replica_kms_key_id": _key(HOME)}]),
            _destination(encryption_configuration=[{"replica_kms_key_id": _key(AWAY)}]),
        ),
    ],
    "RECOVERY-207": [
        ("one prefix", replicated(rule={"filter": [{"prefix": "logs/"}]}), replicated()),
        ("one tag", replicated(rule={"filter": [{"tag": [{"key": "a", "value": "b"}]}]}), replicated()),
    ],
    "RECOVERY-208": [("both buckets here", replicated(away=HOME), replicated())],
    "RECOVERY-209": [
        (
            "replication for a bucket that is there",
            [*replicated()[:4], replication(None)],
            [
                bucket("data", before=None),
                versioned("data"),
                bucket("copy", AWAY, before=None),
                versioned("copy", AWAY),
                replication(None),
            ],
        )
    ],
    "RECOVERY-210": [
        ("a replica without backups", [instance(), replica(backup_retention_period=0)], GOOD["database"]),
        ("a table's replica without recovery", [table(replica=[{"region_name": AWAY}])], [table()]),
    ],
    "RECOVERY-211": [
        ("a replica without deletion protection", [instance(), replica(deletion_protection=False)], GOOD["database"]),
    ],
    "RECOVERY-212": [("no metrics", _destination(metrics=[]), _destination())],
    "RECOVERY-326": [("a threshold alone", _destination(replication_time=[]), _destination())],
    "RECOVERY-213": [
        ("continuous and copied", [instance(), *backup({"enable_continuous_backup": True})], GOOD["backup"]),
    ],
    "RECOVERY-214": [
        (
            "a tag that nothing has",
            [
                instance(),
                replica(),
                *backup(resources=None, selection_tag=[{"type": "STRINGEQUALS", "key": "backup", "value": "Yes"}]),
            ],
            GOOD["backup"],
        )
    ],
    "RECOVERY-215": [
        (
            "the restore block is gone",
            [
                {
                    **resource(
                        "aws_db_instance.db",
                        instance()["change"]["after"],
                        {
                            **instance()["change"]["after"],
                            "restore_to_point_in_time": [{"use_latest_restorable_time": True}],
                        },
                        replace=[["restore_to_point_in_time"]],
                    )
                }
            ],
            [instance(restore_to_point_in_time=[{"use_latest_restorable_time": True}])],
        )
    ],
    "RECOVERY-216": [("encrypted objects left out", _encrypted(), _encrypted(SELECTED))],
    "RECOVERY-301": [
        (
            "ten minutes",
            _destination(replication_time=[{"status": "Enabled", "time": [{"minutes": 10}]}]),
            _destination(),
        ),
        (
            "a threshold of ten minutes",
            _destination(metrics=[{"status": "Enabled", "event_threshold": [{"minutes": 10}]}]),
            _destination(),
        ),
    ],
    "RECOVERY-303": [
        ("no filter", replicated(rule={"filter": []}), replicated()),
        ("no delete markers", replicated(rule={"delete_marker_replication": []}), replicated()),
        (
            "two buckets in the former form",
            [*replicated(), _former("copy", "elsewhere")],
            [*replicated(), _former("copy", "copy")],
        ),
        (
            "a filter that is missing from the current form only",
            replicated(rule={"filter": []}),
            replicated(rule={"filter": [], "priority": 1, "delete_marker_replication": []}),
        ),
    ],
    "RECOVERY-304": [
        (
            "a teapot",
            [
                distribution(
                    origin_group=[
                        {
                            "origin_id": "both",
                            "failover_criteria": [{"status_codes": [418]}],
                            "member": [{"origin_id": "first"}, {"origin_id": "second"}],
                        }
                    ]
                )
            ],
            [distribution()],
        )
    ],
    "RECOVERY-305": [
        (
            "writes",
            [distribution(default_cache_behavior=[{"target_origin_id": "both", "allowed_methods": ["GET", "POST"]}])],
            [distribution(ordered_cache_behavior=[{"target_origin_id": "first", "allowed_methods": ["GET", "POST"]}])],
        )
    ],
    "RECOVERY-306": [
        (
            "five minutes",
            [
                distribution(
                    origin=[
                        {
                            **distribution()["change"]["after"]["origin"][0],
                            "custom_origin_config": [{"origin_read_timeout": 300}],
                        },
                        distribution()["change"]["after"]["origin"][1],
                    ]
                )
            ],
            [distribution()],
        )
    ],
    "RECOVERY-307": [
        ("no stream", [table(stream_enabled=False, stream_view_type="")], [table()]),
        ("keys only", [table(stream_view_type="KEYS_ONLY")], [table()]),
    ],
    "RECOVERY-308": [
        (
            "a period of nothing",
            [table(point_in_time_recovery=[{"enabled": False, "recovery_period_in_days": 7}])],
            [table(point_in_time_recovery=[{"enabled": True, "recovery_period_in_days": 7}])],
        )
    ],
    "RECOVERY-309": [
        (
            "both",
            [_cluster(backtrack_window=3600, global_cluster_identifier="world")],
            [_cluster(backtrack_window=3600)],
        )
    ],
    "RECOVERY-310": [
        ("36 days", [instance(), _replicated_backups(retention_period=36)], [instance(), _replicated_backups()]),
    ],
    "RECOVERY-311": [
        (
            "a source without backups",
            [instance(backup_retention_period=0), _replicated_backups()],
            [instance(), _replicated_backups()],
        )
    ],
    "RECOVERY-312": [
        ("every five minutes", [instance(), *backup({"schedule": "cron(0/5 * * * ? *)"})], GOOD["backup"]),
        (
            "a rate",
            [instance(), *backup({"schedule": "rate(30 minutes)"})],
            [instance(), *backup({"schedule": "rate(1 hour)"})],
        ),
        ("twice in one hour", [instance(), *backup({"schedule": "cron(0,30 * * * ? *)"})], GOOD["backup"]),
    ],
    "RECOVERY-313": [("ten minutes", [instance(), *backup({"start_window": 10})], GOOD["backup"])],
    "RECOVERY-314": [
        (
            "continuous for longer than it can be",
            [instance(), *backup({"enable_continuous_backup": True, "lifecycle": [{"delete_after": 36}]})],
            [instance(), *backup({"lifecycle": [{"delete_after": 36}]})],
        )
    ],
    "RECOVERY-315": [
        (
            "cold for ten days",
            [instance(), *backup({"lifecycle": [{"cold_storage_after": 30, "delete_after": 40}]})],
            [instance(), *backup({"lifecycle": [{"cold_storage_after": 30, "delete_after": 120}]})],
        )
    ],
    "RECOVERY-128": [
        ("another key of a replica", [_rekeyed(_key(AWAY))], [_rekeyed("")]),
        (
            "out of the global database",
            [_cluster(before={"global_cluster_identifier": "ledger"})],
            [_cluster(global_cluster_identifier="ledger", before={"global_cluster_identifier": "ledger"})],
        ),
    ],
    "RECOVERY-129": [("promoted, and made anew", [instance(), _promoted(replace=True)], [instance(), replica()])],
    "RECOVERY-130": [
        ("the only instance", [_cluster(), _cluster_instance(None)], [_cluster(), _cluster_instance(_MEMBER)]),
        (
            "one of two",
            [_cluster(), _cluster_instance(None)],
            [_cluster(), _cluster_instance(None), _cluster_instance(_MEMBER, "other")],
        ),
    ],
    "RECOVERY-316": [
        ("promoted, and to be a replica again", [instance(), _promoted()], [instance(), replica()]),
        (
            "another source",
            [instance(), instance("other"), _promoted(replicate_source_db="arn:aws:rds:eu-west-1:1:db:other")],
            [instance(), instance("other"), replica()],
        ),
        ("another routing policy", _routed("weighted_routing_policy"), _routed("failover_routing_policy")),
        (
            "into a global database",
            [_cluster(global_cluster_identifier="ledger", before={})],
            [_cluster(global_cluster_identifier="ledger")],
        ),
    ],
    "RECOVERY-217": [
        ("a pair AWS disagrees on", _backups_to("us-east-2", "us-west-2"), _backups_to("us-east-1", "us-west-2"))
    ],
    "RECOVERY-317": [
        (
            "a replica",
            _last_new([instance(storage_encrypted=True), replica()]),
            _last_new([instance(storage_encrypted=True), replica(kms_key_id=_key(AWAY))]),
        ),
        (
            "replicated backups",
            _last_new([instance(storage_encrypted=True), _replicated_backups()]),
            _last_new([instance(storage_encrypted=True), _replicated_backups(kms_key_id=_key(AWAY))]),
        ),
        ("a secondary cluster", _last_new(_global()), _last_new(_global(kms_key_id=_key(AWAY)))),
        ("a former primary, with the key that AWS took for it", _last_new(_global()), _global()),
        (
            "a secondary of what the global database encrypts",
            _last_new(_encrypted_as_a_whole()),
            _last_new(_encrypted_as_a_whole(kms_key_id=_key(AWAY))),
        ),
        ("a replica of a table", [_own_key("")], [_own_key(_key(AWAY))]),
    ],
    "RECOVERY-318": [
        (
            "a replica",
            [instance(manage_master_user_password=True), replica()],
            [instance(manage_master_user_password=True, engine="sqlserver-ee"), replica()],
        ),
        (
            "a global database",
            _global(primary={"manage_master_user_password": True}),
            _global(primary={"manage_master_user_password": None}),
        ),
        (
            "a secondary cluster of its own accord",
            _global(manage_master_user_password=True, master_username=None),
            _global(),
        ),
        (
            "a replica of a cluster in another Region",
            [_cluster(manage_master_user_password=True), _binlog(_CLUSTER_ARN)],
            [_cluster(), _binlog(_CLUSTER_ARN)],
        ),
    ],
    "RECOVERY-319": [
        (
            "an identifier",
            [instance(), instance("replica", AWAY, replicate_source_db="db")],
            [instance(), instance("replica", HOME, replicate_source_db="db")],
        ),
        ("of a cluster", [_cluster(), _binlog("main")], [_cluster(), _binlog(_CLUSTER_ARN)]),
    ],
    "RECOVERY-320": [
        (
            "existing objects",
            replicated(rule={"existing_object_replication": [{"status": "Enabled"}]}),
            replicated(rule={"existing_object_replication": []}),
        )
    ],
    "RECOVERY-321": [
        ("another minor version", _global(engine_version="16.1"), _global(engine_version="16.4")),
        ("another patch", _global(engine_version="16.1"), _global(engine_version="16")),
        ("one that begins like it", _global(engine_version="16.40"), _global(engine_version="16.4")),
    ],
    "RECOVERY-322": [
        ("provisioned", _scaled(), [table(billing_mode="PAY_PER_REQUEST")]),
        ("provisioned and scaled", _scaled(), _scaled(*_scales())),
        ("another table is scaled", _scaled(*_scales("table/others")), _scaled(*_scales())),
        ("only reads are scaled", _scaled(*_scales(what="table:Read")), _scaled(*_scales())),
        ("a target without a policy", _scaled(_scales()[0]), _scaled(*_scales())),
        (
            "an index that is not scaled",
            _scaled(*_scales(), global_secondary_index=_INDEX),
            _scaled(*_scales(), *_scales("table/orders/index/by_day", "index:Write"), global_secondary_index=_INDEX),
        ),
    ],
    "RECOVERY-323": [
        (
            "a pair that is not offered",
            _backups_to("eu-west-1", "ap-south-1"),
            _backups_to("eu-west-1", "eu-central-1"),
        )
    ],
    "RECOVERY-327": [
        ("a class", _made(instance(instance_class="db.nosuch.large")), _made(instance(instance_class="db.m6g.large"))),
        ("a size", _made(instance(instance_class="db.m6g.huge")), _made(instance(instance_class="db.m6g.large"))),
        (
            "a class of another engine",
            _made(instance(engine="sqlserver-se", instance_class="db.t3.small")),
            _made(instance(engine="sqlserver-se", instance_class="db.m5.large")),
        ),
        (
            "an engine that is not encrypted",
            _made(instance(engine="sqlserver-ex", instance_class="db.t3.large", storage_encrypted=True)),
            _made(instance(engine="sqlserver-ex", instance_class="db.t3.large", storage_encrypted=False)),
        ),
        ("a version", _made(instance(engine_version="99")), _made(instance(engine_version="16.6"))),
        ("one that is there", _made(instance(engine_version="99.1")), [instance(engine_version="99.1")]),
        (
            "a class that came later",
            _made(instance(engine="mysql", engine_version="8.0.28", instance_class="db.m8g.large")),
            _made(instance(engine="mysql", engine_version="8.0", instance_class="db.m8g.large")),
        ),
        (
            "of a replica's source",
            _sized("14.7", "db.r7g.large", "db.m8g.large"),
            _sized("14.9", "db.r7g.large", "db.m8g.large"),
        ),
        ("of its cluster", _member("13.3", "db.serverless"), _member("13.6", "db.serverless")),
        (
            "of a Multi-AZ cluster without local storage",
            _in_three_zones("db.m6g.large"),
            _in_three_zones("db.m6gd.large"),
        ),
        ("of one that came later", _in_three_zones("db.m8gd.large", "16.4"), _in_three_zones("db.m8gd.large", "16.6")),
        ("of a size there is not", _in_three_zones("db.m6gd.huge"), _in_three_zones("db.c6gd.medium")),
        ("of a cluster", _made(_cluster(engine_version="9.9")), _made(_cluster(engine_version="8.0"))),
        ("a family", [instance(), *_made(_group("postgres99"))], [instance(), *_made(_group("postgres16"))]),
    ],
    "RECOVERY-336": [
        ("a reserved name", _made(instance(username="admin")), _made(instance(username="postgres"))),
        ("a long one", _made(instance(username="a" * 64)), _made(instance(username="a" * 63))),
        (
            "of SQL Server",
            _made(instance(engine="sqlserver-se", username="sa")),
            _made(instance(engine="sqlserver-se", username="admin")),
        ),
        (
            "of a cluster",
            _made(_cluster(engine="aurora-postgresql", master_username="admin")),
            _made(_cluster(engine="aurora-mysql", master_username="admin")),
        ),
        ("one that is there", _made(instance(username="admin")), [instance(username="admin")]),
    ],
    "RECOVERY-337": [
        ("in one Region", _told_of(21), _told_of(20)),
        ("that are there", _told_of(21), _told_of(21, made=False)),
    ],
    "RECOVERY-333": [
        (
            "a zone",
            _made(instance(availability_zone="eu-west-1a")),
            _made(instance(availability_zone="eu-west-1a", multi_az=False)),
        ),
        (
            "one that is there",
            _made(instance(availability_zone="eu-west-1a")),
            [instance(availability_zone="eu-west-1a")],
        ),
    ],
    "RECOVERY-334": [
        ("delete markers by tag", _tagged("Enabled"), _tagged("Disabled")),
        ("a rule that is there", _tagged("Enabled"), replicated(rule={"filter": [{"tag": [_TAG]}]})),
        ("a key for replicas that are not selected", _keyed(_KEYED), _keyed({**_KEYED, **_SELECTED})),
        ("encrypted objects without a key for replicas", _keyed(_SELECTED), _keyed({})),
        ("two rules of one id", _two_rules("all"), _two_rules("other")),
        ("copies for another owner", _keyed(_owned(None)), _keyed(_owned("210987654321"))),
        ("a role by its name", _keyed_role("replication"), _keyed_role(f"arn:aws:iam::{ACCOUNT}:role/replication")),
        ("two rules of one name", _planned("often"), _planned("daily")),
        ("two copies in one vault", _backed_up(copy_action=[_AWAY, _AWAY]), _backed_up(copy_action=[_AWAY])),
        ("no cron", _backed_up(schedule="rate(1 hour)"), _backed_up(schedule="cron(0 * * * ? *)")),
        ("five fields", _backed_up(schedule="cron(0 5 * * ?)"), _backed_up(schedule="cron(0 5 * * ? *)")),
        ("a late start", _backed_up(start_window=480, completion_window=180), _backed_up(completion_window=180)),
        ("a replica of an old version", _replica_of("14.00.3223.3"), _replica_of("14.00.3281.6")),
        ("a replica of a former version", _replica_of("12.00.6449.1"), _replica_of("16.00")),
        ("an encrypted replica of an open one", _opened(False), _opened(True)),
        ("two secondaries in a Region", _made(*_global(), _second(AWAY)), _made(*_global(), _second("eu-west-2"))),
        ("a Region that is none", _made(table(replica=_NOWHERE)), _made(table())),
        (
            "a copy there that is there",
            _made(table(replica=_NOWHERE)),
            [table(before={**table()["change"]["after"], "replica": _NOWHERE}, replica=_NOWHERE)],
        ),
        (
            "a Region that is none, of a secret",
            _made(_secret("eu-central-3")),
            _made(_secret(AWAY)),
        ),
        ("one origin twice", _made(_grouped("first", "first")), _made(_grouped("first", "second"))),
        ("a member that is none", _made(_grouped("first", "third")), [_grouped("first", "third")]),
        (
            "a target that is none",
            _made(distribution(default_cache_behavior=[{"target_origin_id": "x"}])),
            [distribution()],
        ),
    ],
    "RECOVERY-331": [
        (
            "an instance of a cluster without a range",
            [_cluster(), *_made(_cluster_instance({**_MEMBER, "instance_class": "db.serverless"}))],
            [
                _cluster(serverlessv2_scaling_configuration=[{"min_capacity": 0.5, "max_capacity": 8}]),
                *_made(_cluster_instance({**_MEMBER, "instance_class": "db.serverless"})),
            ],
        ),
        *(
            (
                f"{least} to {most}",
                _made(
                    _cluster(serverlessv2_scaling_configuration=[{"min_capacity": least, "max_capacity": most}]),
                ),
                _made(_cluster(serverlessv2_scaling_configuration=[{"min_capacity": 0, "max_capacity": 256}])),
            )
            for least, most in ((8, 4), (0, 0.5), (0.25, 8), (8, 256.5))
        ),
    ],
    "RECOVERY-328": [
        (
            "Oracle in another Region",
            [instance(engine="oracle-ee"), *_made(replica(engine="oracle-ee", option_group_name="own"))],
            [instance(engine="oracle-ee"), *_made(replica(engine="oracle-ee"))],
        ),
        (
            "another engine",
            [instance(engine="oracle-ee"), *_made(replica(engine="oracle-ee", option_group_name="own"))],
            [instance(engine="mysql"), *_made(replica(engine="mysql", option_group_name="own"))],
        ),
    ],
    "RECOVERY-329": [
        ("a user", _made(*_global(master_username="owner")), _made(*_global())),
        ("a password that no plan shows", _made(*_global(master_password_wo_version=1)), _made(*_global())),
        ("a database", _made(*_global(database_name="shop")), _made(*_global(primary={"database_name": "shop"}))),
        ("it is there", _made(*_global(master_username="owner")), _global(master_username="owner")),
    ],
    "RECOVERY-330": [
        (
            "a reserved zone",
            [bucket("data"), *_made(_zone("shop.example.com"))],
            [bucket("data"), *_made(_zone("a.test"))],
        ),
        (
            "a private one",
            [bucket("data"), *_made(_zone("example.org"))],
            [bucket("data"), *_made(_zone("example.org", vpc=[{"vpc_id": "vpc-1"}]))],
        ),
        (
            "at itself",
            [bucket("data"), _cname("www.a.test", "WWW.a.test.")],
            [bucket("data"), _cname("www.a.test", "b.test")],
        ),
        (
            "the apex",
            [bucket("data"), _zone("a.test"), _cname("a.test", "b.test")],
            [bucket("data"), _zone("a.test"), _cname("www.a.test", "b.test")],
        ),
    ],
    "RECOVERY-501": [
        ("an alarm here", _check(), _check(cloudwatch_alarm_region="us-east-1")),
        ("silence is not failure", _check(), _check(insufficient_data_health_status="Unhealthy")),
        ("a record that is told all is well", _told("Healthy"), _told("Unhealthy")),
        ("followed alone", _followed("check"), _followed("check", "of-another-state")),
        ("a record alone", _told("LastKnownStatus")[1:], _told("Healthy", AWAY)[1:]),
    ],
    "RECOVERY-502": [
        ("a weight of 0", _records(100, 0), _records(50, 50)),
        ("no health check", _primary(), _primary(health_check_id="check")),
    ],
    "RECOVERY-503": [("both here", [instance(), replica()], [instance()])],
    "RECOVERY-504": [
        (
            "a bucket of states",
            [bucket("acme-terraform-state"), versioned("acme-terraform-state")],
            [bucket("acme-statements"), versioned("acme-statements")],
        )
    ],
}


@pytest.mark.parametrize(
    ("id", "bad", "good"),
    [pytest.param(id, bad, good, id=f"{id}-{name}") for id, cases in CASES.items() for name, bad, good in cases],
)
def test_a_finding_is_made_where_it_is_due_and_only_there(
    id: str, bad: list[dict[str, Any]], good: list[dict[str, Any]]
) -> None:
    assert id in ids(*bad)
    assert id not in ids(*good)


def test_what_is_lost_breaks_only_the_rows_that_it_is_about() -> None:
    off = [{"enabled": False, "recovery_period_in_days": 0}]
    result = found(table(table()["change"]["after"], point_in_time_recovery=off))

    rows = {
        str(item.disruption): item.after_verdict for item in result.components[0].disruptions if item.target is not None
    }
    assert "RECOVERY-116" in {item.id for item in result.errors}
    assert (rows["software"], rows["region"]) == ("breached", "met")


@pytest.mark.parametrize(
    "bad", [pytest.param(bad, id=f"{id}-{name}") for id, cases in CASES.items() for name, bad, _ in cases]
)
def test_no_row_of_a_component_says_that_all_is_met_beside_an_error_about_it(bad: list[dict[str, Any]]) -> None:
    result = found(*bad)

    for component in result.components:
        about = [item for item in result.errors if component.address in item.components]
        rows = {row.after_verdict for row in component.disruptions if row.target is not None}
        assert not about or component.after is None or "breached" in rows


@each("id", sorted(CASES))
def test_nothing_is_found_where_no_objective_is_declared(id: str) -> None:
    nothing = "version: 1\nworkloads: {shop: {objective: {rto: 4h, rpo: 4h}, components: [{match: nothing.here}]}}\n"

    untagged = [item for _, bad, _ in CASES[id] for item in bad if "health_check" not in item["address"]]

    seen = {item["address"]: item for item in untagged}
    # That the match finds nothing is said, and nothing else.
    assert ids(*seen.values(), objectives=nothing) <= {"RECOVERY-107", "RECOVERY-108"}


def test_a_promised_uptime_above_the_agreement_is_said() -> None:
    promised = EVERYTHING.replace("rto: 4h, rpo: 4h", "rto: 4h, rpo: 4h, uptime: 99.999%")

    assert "RECOVERY-105" in ids(*replicated(), objectives=promised)
    assert "RECOVERY-105" not in ids(*replicated(), objectives=promised.replace("99.999%", "99.9%"))


def test_tags_that_loosen_the_objective_are_said() -> None:
    tight = {"recovery:workload": "shop", "recovery:rto": "4h", "recovery:rpo": "4h"}
    loose = {**tight, "recovery:rpo": "1d"}
    values = table()["change"]["after"]
    no_declaration = "version: 1\n"

    def tagged(before: dict[str, str], after: dict[str, str]) -> set[str]:
        return ids(
            resource("aws_dynamodb_table.orders", {**values, "tags_all": after}, {**values, "tags_all": before}),
            objectives=no_declaration,
        )

    assert "RECOVERY-106" in tagged(tight, loose)
    assert "RECOVERY-106" in tagged(tight, {"team": "shop"})
    assert tagged(loose, tight) == set()


@pytest.mark.parametrize(
    ("before", "after", "declares", "missed"),
    [
        # Half a promise is none, and neither is one that nobody can read: what stood there before holds.
        ({"recovery:rto": "4h", "recovery:rpo": "4h"}, {"recovery:rto": "4h"}, False, True),
        ({"recovery:rto": "4h", "recovery:rpo": "4h"}, {"recovery:rto": "soon", "recovery:rpo": "4h"}, False, True),
        ({"recovery:rto": "soon", "recovery:rpo": "4h"}, {"recovery:rto": "4h", "recovery:rpo": "4h"}, False, False),
        # What is declared is the promise, whatever the tags say.
        ({"recovery:rto": "4h", "recovery:rpo": "4h"}, {"recovery:rto": "soon"}, True, False),
        ({"recovery:rto": "soon"}, {"recovery:rto": "soon"}, True, False),
    ],
)
def test_tags_that_cannot_be_read_let_no_promise_go(
    before: dict[str, str], after: dict[str, str], declares: bool, missed: bool
) -> None:
    old, new = (
        {**table()["change"]["after"], "tags_all": {"recovery:workload": "shop"} | tags} for tags in (before, after)
    )
    entry = resource("aws_dynamodb_table.orders", new, old)

    result = found(entry, objectives=EVERYTHING if declares else "version: 1\n")

    assert [item.address for item in result.components] == ["aws_dynamodb_table.orders"]
    assert [item.id for item in result.findings] == (["RECOVERY-106"] if missed else [])
    assert all("nothing that can be read" in item.message for item in result.findings)


def test_every_rule_has_a_test() -> None:
    """What the mutations and the tests above bring, with what only they can."""
    mutated = {101, 104, 110, 111, 115, 116, 117, 118, 119, 120, 122, 124, 127, 201, 202, 203, 204, 205, 220, 221}
    elsewhere = {
        *range(105, 110),
        131,
        132,
        133,
        218,
        219,
        222,
        223,
        224,
        *range(231, 244),
        324,
        325,
        332,
        335,
        *range(401, 410),
        505,
        506,
        507,
        601,
        602,
        603,
    }

    tested = CASES.keys() | {f"RECOVERY-{number}" for number in mutated | elsewhere}

    assert tested == load_findings().keys()


def test_what_is_weaker_and_still_kept_is_a_note() -> None:
    before = replica()["change"]["after"]
    weaker = [instance(), *backup(before=None), resource("aws_db_instance.replica", None, before, region=AWAY)]

    result = found(*weaker, objectives=LOOSE)

    assert {item.id for item in result.notes} == {"RECOVERY-104"}
    rows = {item.disruption: item.after_verdict for item in result.components[0].disruptions if item.target is not None}
    # That the copy is destroyed is an error all the same: neither its row nor the header calls that met.
    assert {name for name, verdict in rows.items() if verdict != "met"} == {"region"}
    assert "RECOVERY-113" in {item.id for item in result.errors}
    assert result.verdict == "breached"
