"""Which thing belongs to which, where the plan does not tell: open is neither a protection nor the lack of one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.assessment import assess, outlook
from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.components import ENABLED
from constructs_lib.objectives import Assumptions, Disruption
from constructs_lib.plan import read_plan
from tests.plan.by_hand import expression, hand_made, resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.plan import Plan

_PROVIDERS = {"aws": {"constant_value": "eu-west-1"}, "aws.away": {"constant_value": "eu-central-1"}}
_HIDDEN = expression("local.of")


def _known_later(found: tuple[Any, Any], *names: str) -> tuple[Any, Any]:
    entry, configured = found
    change = {**entry["change"], "after_unknown": {**entry["change"]["after_unknown"], **dict.fromkeys(names, True)}}
    return {**entry, "change": change}, configured


def _made(*resources: tuple[Any, Any]) -> Plan:
    return hand_made(*resources, providers=_PROVIDERS)


def _open(plan: Plan, address: str) -> list[str]:
    component = next(item for item in plan.after if item.name == address)
    return [item.mechanism for item in component.protections if ENABLED in item.unknown]


_BACKED = {"engine": "postgres", "backup_retention_period": 7}
_INSTANCES = [resource(f"aws_db_instance.{name}", "aws", {**_BACKED, "identifier": name}) for name in ("one", "two")]
_TABLES = [
    resource(f"aws_dynamodb_table.{name}", "aws", {"name": name, "stream_enabled": True}) for name in ("one", "two")
]
_AURORA = {"engine": "aurora-mysql", "master_username": "root"}
_CLUSTERS = [resource(f"aws_rds_cluster.{name}", "aws", {**_AURORA, "cluster_identifier": name}) for name in "ab"]


def test_a_replica_whose_source_is_not_told_may_be_of_each_instance() -> None:
    replica = resource("aws_db_instance.copy", "aws.away", {}, replicate_source_db=_HIDDEN)
    plan = _made(*_INSTANCES, _known_later(replica, "replicate_source_db"))

    assert [_open(plan, f"aws_db_instance.{name}") for name in ("one", "two")] == [["read_replica"], ["read_replica"]]


def test_a_replica_whose_source_is_not_told_is_no_way_back_within_one_region() -> None:
    replica = resource("aws_db_instance.copy", "aws", {}, replicate_source_db=_HIDDEN)
    plan = _made(*_INSTANCES, _known_later(replica, "replicate_source_db"))

    assert _open(plan, "aws_db_instance.one") == []


def test_a_replica_that_names_its_source_is_of_no_other() -> None:
    source = expression("aws_db_instance.one.arn", "aws_db_instance.one")
    replica = resource("aws_db_instance.copy", "aws.away", {}, replicate_source_db=source)
    plan = _made(*_INSTANCES, _known_later(replica, "replicate_source_db"))

    assert _open(plan, "aws_db_instance.two") == []
    assert [item.mechanism for item in plan.after[0].protections] == ["automated_backups", "read_replica"]


@pytest.mark.parametrize(
    ("created", "block", "found"),
    [
        # A block that the provider computes for what is new may just be left out; of what is there it is dynamic.
        (True, "replica", ["global_table"]),
        (False, "replica", ["global_table"]),
        (True, "point_in_time_recovery", []),
        (False, "point_in_time_recovery", ["pitr"]),
    ],
)
def test_a_dynamic_block_of_a_table_that_is_told_only_at_apply_is_open(
    created: bool, block: str, found: list[str]
) -> None:
    entry, configured = _known_later(_TABLES[0], block)
    change = entry["change"] if created else {**entry["change"], "actions": ["update"], "before": {"name": "one"}}

    assert _open(_made(({**entry, "change": change}, configured)), "aws_dynamodb_table.one") == found


@pytest.mark.parametrize(
    ("block", "found"),
    [
        ("replication_configuration", ["replication"]),
        ("object_lock_configuration", ["object_lock"]),
        ("versioning", ["versioning"]),
        ("logging", []),
    ],
)
def test_a_dynamic_block_inside_a_bucket_that_is_told_only_at_apply_is_open(block: str, found: list[str]) -> None:
    entry, configured = resource("aws_s3_bucket.data", "aws", {})
    change = {**entry["change"], "before": {"bucket": "data"}, "actions": ["update"]}
    change["after_unknown"] = {block: [{"enabled": True}] if block == "versioning" else True}
    written = {**configured, "expressions": {block: _HIDDEN}}

    assert _open(_made(({**entry, "change": change}, written)), "aws_s3_bucket.data") == found


_BUCKETS = [resource("aws_s3_bucket.data", "aws", {}), resource("aws_s3_bucket.near", "aws", {})]
_FAR = resource("aws_s3_bucket.far", "aws.away", {})
_OF_DATA = expression("aws_s3_bucket.data.id", "aws_s3_bucket.data")


def _copying(**expressions: Any) -> tuple[Any, Any]:
    """Replication of the bucket `data`, to somewhere that the plan does not tell."""
    type = "aws_s3_bucket_replication_configuration"
    entry, configured = resource(f"{type}.all", "aws", {"rule": [{"status": "Enabled", "destination": [{}]}]})
    unknown = {"id": True, "bucket": True, "rule": [{"destination": [{"bucket": True}]}]}
    change = {**entry["change"], "after_unknown": unknown if expressions else {**unknown, "rule": True}}
    return {**entry, "change": change}, {**configured, "expressions": {"bucket": _OF_DATA, **expressions}}


@pytest.mark.parametrize("rule", [{}, {"rule": [{"destination": [{"bucket": _HIDDEN}]}]}])
def test_a_bucket_that_may_be_copied_to_may_need_no_copy(rule: dict[str, Any]) -> None:
    plan = _made(*_BUCKETS, _FAR, _copying(**rule))

    assert _open(plan, "aws_s3_bucket.far") == ["replication"]
    assert _open(plan, "aws_s3_bucket.near") == []


def test_a_bucket_is_not_copied_to_by_rules_that_name_another() -> None:
    other = expression("aws_s3_bucket.other.arn", "aws_s3_bucket.other")
    plan = _made(
        *_BUCKETS,
        _FAR,
        resource("aws_s3_bucket.other", "aws.away", {}),
        _copying(rule=[{"destination": [{"bucket": other}]}]),
    )

    assert _open(plan, "aws_s3_bucket.far") == []
    assert plan.copies_after == {"aws_s3_bucket.other": "aws_s3_bucket.data"}


_THROUGH = {
    "aws_s3_bucket_versioning.of": ["aws_s3_bucket_versioning.of.bucket", "aws_s3_bucket_versioning.of"],
    "its id": ["aws_s3_bucket_versioning.of.id", "aws_s3_bucket_versioning.of"],
    "by a key": ["aws_s3_bucket_versioning.of", "each.key"],
}


@pytest.mark.parametrize("references", _THROUGH.values(), ids=_THROUGH)
def test_what_another_resource_hands_on_is_what_it_names_itself(references: list[str]) -> None:
    versioning = resource(
        "aws_s3_bucket_versioning.of",
        "aws",
        {"versioning_configuration": [{"status": "Enabled"}]},
        bucket=_OF_DATA,
    )
    replication = _copying(
        rule=[{"destination": [{"bucket": expression("aws_s3_bucket.far.arn", "aws_s3_bucket.far")}]}]
    )
    entry, configured = replication
    configured["expressions"]["bucket"] = expression(*references)
    plan = _made(*_BUCKETS, _FAR, _known_later(versioning, "bucket"), (entry, configured))

    assert plan.copies_after == {"aws_s3_bucket.far": "aws_s3_bucket.data"}
    assert plan.resolve(entry["address"], "bucket") == ("aws_s3_bucket.data", "aws_s3_bucket_versioning.of")


def test_a_name_made_of_another_name_is_handed_on_by_nobody() -> None:
    """The bucket whose name is made of another one's is meant, and not that one."""
    derived = resource(
        "aws_s3_bucket.logs", "aws", {}, bucket=expression("aws_s3_bucket.data.id", "aws_s3_bucket.data")
    )
    versioning = resource(
        "aws_s3_bucket_versioning.of", "aws", {}, bucket=expression("aws_s3_bucket.logs.bucket", "aws_s3_bucket.logs")
    )
    plan = _made(*_BUCKETS, derived, _known_later(versioning, "bucket"))

    assert plan.resolve("aws_s3_bucket_versioning.of", "bucket") == ("aws_s3_bucket.logs",)


def test_what_is_named_by_something_of_another_type_may_be_any() -> None:
    made = expression("aws_kms_key.key.key_id", "aws_kms_key.key")
    entry, configured = _copying(rule=[{"destination": [{"bucket": made}]}])
    plan = _made(*_BUCKETS, _FAR, resource("aws_kms_key.key", "aws", {}), (entry, configured))

    assert _open(plan, "aws_s3_bucket.far") == ["replication"]


def test_a_bucket_that_there_is_already_has_a_name_that_rules_would_tell() -> None:
    entry, configured = _FAR
    there = {**entry, "change": {**entry["change"], "after_unknown": {}}}

    assert _open(_made(*_BUCKETS, (there, configured), _copying()), "aws_s3_bucket.far") == []


def test_a_bucket_that_is_passed_to_the_module_of_the_rules_may_be_copied_to() -> None:
    entries, configured = zip(*(_BUCKETS[0], _copying()), strict=True)
    inside = [
        {**item, "address": f"module.shop.{item['address']}", "module_address": "module.shop"} for item in entries
    ]
    passed = {"replication": expression("aws_s3_bucket.far.arn", "aws_s3_bucket.far")}
    others = [_FAR, resource("aws_s3_bucket.unrelated", "aws.away", {})]
    plan = hand_made(
        providers=_PROVIDERS,
        resource_changes=[*inside, *(item for item, _ in others)],
        root={
            "resources": [item for _, item in others],
            "module_calls": {"shop": {"expressions": passed, "module": {"resources": list(configured)}}},
        },
    )

    assert _open(plan, "aws_s3_bucket.far") == ["replication"]
    assert _open(plan, "aws_s3_bucket.unrelated") == []


@pytest.mark.parametrize(("given", "found"), [({"file_system_id": _HIDDEN}, ["replication"]), ({}, [])])
def test_a_file_system_that_may_be_replicated_to_may_need_no_copy(given: dict[str, Any], found: list[str]) -> None:
    systems = [resource("aws_efs_file_system.data", "aws", {}), resource("aws_efs_file_system.far", "aws.away", {})]
    source = expression("aws_efs_file_system.data.id", "aws_efs_file_system.data")
    entry, configured = resource(
        "aws_efs_replication_configuration.all",
        "aws",
        {"destination": [{"region": "eu-central-1"}]},
        source_file_system_id=source,
        destination=[given],
    )
    unknown = {"id": True, "source_file_system_id": True, "destination": [{"file_system_id": True}]}
    entry["change"]["after_unknown"] = unknown

    assert _open(_made(*systems, (entry, configured)), "aws_efs_file_system.far") == found


@pytest.mark.parametrize(("given", "found"), [({"availability_zone_name": _HIDDEN}, ["regional_storage"]), ({}, [])])
def test_a_file_system_whose_zone_is_not_told_may_be_of_several(given: dict[str, Any], found: list[str]) -> None:
    system = _known_later(resource("aws_efs_file_system.data", "aws", {}, **given), "availability_zone_name")

    assert _open(_made(system), "aws_efs_file_system.data") == found


def test_what_exists_already_is_not_the_source_of_what_is_not_known_yet() -> None:
    entry, configured = _INSTANCES[0]
    there = {**entry["change"], "after_unknown": {}}
    replica = resource("aws_db_instance.copy", "aws.away", {}, replicate_source_db=_HIDDEN)
    plan = _made(({**entry, "change": there}, configured), _known_later(replica, "replicate_source_db"))

    assert _open(plan, "aws_db_instance.one") == []


@pytest.mark.parametrize(
    ("originals", "part", "argument", "mechanism"),
    [
        (_TABLES, "aws_dynamodb_table_replica", "global_table_arn", "global_table"),
        (_INSTANCES, "aws_db_instance_automated_backups_replication", "source_db_instance_arn", "replicated_backups"),
    ],
)
def test_a_copy_of_something_not_told_is_open_for_each_it_may_be_of(
    originals: list[Any], part: str, argument: str, mechanism: str
) -> None:
    copy = _known_later(resource(f"{part}.copy", "aws.away", {}, **{argument: _HIDDEN}), argument)
    plan = _made(*originals, copy)

    assert [_open(plan, item[0]["address"]) for item in originals] == [[mechanism], [mechanism]]


def test_instances_of_a_cluster_not_told_may_be_its_readers() -> None:
    instances = [
        _known_later(
            resource(f"aws_rds_cluster_instance.{index}", "aws", {}, cluster_identifier=_HIDDEN), "cluster_identifier"
        )
        for index in range(2)
    ]
    plan = _made(*_CLUSTERS, *instances)

    assert [_open(plan, f"aws_rds_cluster.{name}") for name in "ab"] == [["aurora_reader"], ["aurora_reader"]]


def _in_module(found: tuple[Any, Any], name: str) -> tuple[Any, Any]:
    entry, configured = found
    return {**entry, "address": f"module.{name}.{entry['address']}", "module_address": f"module.{name}"}, configured


def test_a_module_named_as_a_whole_stands_for_what_is_in_it_under_the_same_key() -> None:
    """`module.db[each.key].arn` is a reference to `module.db` in a plan, without the output's name."""
    made = resource("aws_db_instance.main", "aws", {**_BACKED, "identifier": "main"})
    databases = [
        {**made[0], "address": f"{at}.aws_db_instance.main", "module_address": at}
        for at in ('module.db["a"]', 'module.db["b"]')
    ]
    copy = resource("aws_db_instance.copy", "aws.away", {}, replicate_source_db=expression("module.db", "each.key"))
    entry, configured = _known_later(copy, "replicate_source_db")
    entry |= {"address": 'aws_db_instance.copy["a"]', "index": "a"}
    call = {"expressions": {}, "module": {"resources": [made[1]]}}
    plan = hand_made(
        *((item, made[1]) for item in databases),
        (entry, configured),
        providers=_PROVIDERS,
        root={"module_calls": {"db": call}, "resources": [configured]},
    )

    copied = {item.name: [one.mechanism for one in item.protections if not one.unknown] for item in plan.after}
    assert ["read_replica" in copied[item["address"]] for item in databases] == [True, False]


_ON = {"status": "Enabled"}
_DEEP = {"status": "Enabled", "transition": [{"days": 0, "storage_class": "DEEP_ARCHIVE"}]}
_WARM = {"status": "Enabled", "transition": [{"days": 0, "storage_class": "STANDARD_IA"}]}
_BY_KMS = {"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms"}]}
_BY_S3 = {"apply_server_side_encryption_by_default": [{"sse_algorithm": "AES256"}]}


@pytest.mark.parametrize(
    ("part", "rule", "unknown"),
    [
        ("aws_s3_bucket_lifecycle_configuration", _DEEP, {"archive"}),
        ("aws_s3_bucket_lifecycle_configuration", _WARM, set()),
        ("aws_s3_bucket_server_side_encryption_configuration", _BY_KMS, {ENABLED}),
        ("aws_s3_bucket_server_side_encryption_configuration", _BY_S3, set()),
    ],
)
def test_what_may_slow_a_copy_down_or_stop_it_is_open_where_it_does_not_tell_whose_it_is(
    part: str, rule: dict[str, Any], unknown: set[str]
) -> None:
    copying = {"status": "Enabled", "destination": [{"bucket": "arn:aws:s3:::copy"}]}
    plan = _made(
        resource("aws_s3_bucket.data", "aws", {"bucket": "data"}),
        resource("aws_s3_bucket.copy", "aws.away", {"bucket": "copy"}),
        *(
            resource(f"aws_s3_bucket_versioning.{name}", "aws", {"bucket": name, "versioning_configuration": [_ON]})
            for name in ("data", "copy")
        ),
        resource("aws_s3_bucket_replication_configuration.it", "aws", {"bucket": "data", "rule": [copying]}),
        _known_later(resource(f"{part}.it", "aws", {"rule": [rule]}, bucket=_HIDDEN), "bucket"),
    )

    component = next(item for item in plan.after if item.name == "aws_s3_bucket.data")
    [copy] = [item for item in component.protections if item.mechanism == "replication"]
    assert set(copy.unknown) == unknown


_NOBODY = {"Effect": "Deny", "Principal": "*", "Action": "backup:CopyIntoBackupVault", "Resource": "*"}


@pytest.mark.parametrize(
    ("part", "values", "open_"),
    [
        ("aws_backup_vault_lock_configuration", {"min_retention_days": 365}, ["backup", "backup_copy"]),
        ("aws_backup_vault_lock_configuration", {"min_retention_days": 7}, []),
        ("aws_backup_vault_policy", {"policy": json.dumps({"Statement": [_NOBODY]})}, ["backup_copy"]),
    ],
)
def test_what_a_vault_may_refuse_is_open_where_a_lock_or_policy_does_not_tell_whose_it_is(
    part: str, values: dict[str, Any], open_: list[str]
) -> None:
    month = [{"delete_after": 30}]
    rule = {"rule_name": "daily", "schedule": "cron(0 5 * * ? *)", "target_vault_name": "home", "lifecycle": month}
    rule |= {"copy_action": [{"destination_vault_arn": None, "lifecycle": month}]}
    away = {"rule": [{"copy_action": [{"destination_vault_arn": expression("aws_backup_vault.away.arn")}]}]}
    entry, configured = resource("aws_backup_plan.it", "aws", {"name": "it", "rule": [rule]}, **away)
    entry["change"]["after_unknown"] |= {"rule": [{"copy_action": [{"destination_vault_arn": True}]}]}
    plan = _made(
        _INSTANCES[0],
        resource("aws_backup_vault.home", "aws", {"name": "home"}),
        resource("aws_backup_vault.away", "aws.away", {"name": "away"}),
        (entry, configured),
        _known_later(
            resource(
                "aws_backup_selection.it", "aws", {"resources": ["*"]}, plan_id=expression("aws_backup_plan.it.id")
            ),
            "plan_id",
        ),
        _known_later(resource(f"{part}.it", "aws", values, backup_vault_name=_HIDDEN), "backup_vault_name"),
    )

    assert _open(plan, "aws_db_instance.one") == open_


@pytest.mark.parametrize("where", ["alone", "a module below has one too", "the call passes one"])
def test_a_local_value_leads_to_the_only_one_there_is_unless_others_can_be_seen(where: str) -> None:
    readers = [
        _known_later(
            resource(f"aws_rds_cluster_instance.{index}", "aws", {}, cluster_identifier=_HIDDEN), "cluster_identifier"
        )
        for index in range(2)
    ]
    inner, outer = [_CLUSTERS[0], *readers], [_CLUSTERS[1]]
    if where == "the call passes one":
        inside, outside, passed = inner, outer, {"cluster": expression("aws_rds_cluster.b.id", "aws_rds_cluster.b")}
    else:
        inside, outside, passed = outer if where.startswith("a module") else [], inner, {}
    call = {"expressions": passed, "module": {"resources": [item[1] for item in inside], "variables": {"cluster": {}}}}
    entries = [*outside, *(_in_module(item, "shop") for item in inside)]
    plan = hand_made(*entries, providers=_PROVIDERS, root={"module_calls": {"shop": call}})

    cluster = next(item for item in plan.after if item.name.endswith("aws_rds_cluster.a"))
    readers_of_it = [item for item in cluster.protections if item.mechanism == "aurora_reader"]
    assert [ENABLED in item.unknown for item in readers_of_it] == [where != "alone"]


@pytest.mark.parametrize(
    ("given", "above", "open_"),
    [
        (expression("local.it"), {}, True),
        (expression("local.it"), {"cluster": expression("aws_rds_cluster.a.id", "aws_rds_cluster.a")}, True),
        ({"constant_value": "b"}, {"cluster": expression("aws_rds_cluster.a.id", "aws_rds_cluster.a")}, False),
    ],
)
@pytest.mark.parametrize("deep", [True, False])
def test_what_a_call_gives_by_a_local_value_may_be_what_can_be_seen_there_or_is_given_there(
    given: dict[str, Any], above: dict[str, Any], open_: bool, deep: bool
) -> None:
    """Through two modules, the outer of which is told of the cluster, or through one."""
    reader = resource("aws_rds_cluster_instance.r", "aws", {}, cluster_identifier=expression("var.it.id", "var.it"))
    entry, configured = _in_module(_known_later(reader, "cluster_identifier"), "shop.module.data" if deep else "data")
    inner: Any = {"data": {"expressions": {"it": given}, "module": {"resources": [configured]}}}
    calls = {"shop": {"expressions": above, "module": {"module_calls": inner}}} if deep else inner
    first = _known_later(
        resource("aws_rds_cluster_instance.first", "aws", {}, cluster_identifier=expression("aws_rds_cluster.a.id")),
        "cluster_identifier",
    )
    plan = hand_made(_CLUSTERS[0], first, (entry, configured), providers=_PROVIDERS, root={"module_calls": calls})

    seen = open_ and (bool(above) or not deep)
    assert _open(plan, "aws_rds_cluster.a") == (["aurora_reader"] if seen else [])


def test_clusters_of_a_global_database_not_told_may_be_of_one() -> None:
    member = expression("local.of")
    here = resource("aws_rds_cluster.here", "aws", {**_AURORA}, global_cluster_identifier=member)
    there = resource("aws_rds_cluster.there", "aws.away", {"engine": "aurora-mysql"}, global_cluster_identifier=member)
    plan = _made(*(_known_later(item, "global_cluster_identifier") for item in (here, there)))

    assert _open(plan, "aws_rds_cluster.here") == ["global_database"]


def _members(cluster: str, provider: str, *classes: str | None, tier: int = 0) -> Iterator[Any]:
    """Yield instances of a cluster, the first of tier 0; without a class, of one that is known at apply only."""
    for index, instance_class in enumerate(classes):
        values = {"instance_class": instance_class, "promotion_tier": tier if index else 0}
        made = resource(
            f"aws_rds_cluster_instance.{cluster}{index}",
            provider,
            values,
            cluster_identifier=expression(f"aws_rds_cluster.{cluster}.id", f"aws_rds_cluster.{cluster}"),
        )
        yield _known_later(made, "cluster_identifier", *(() if instance_class else ("instance_class",)))


@pytest.mark.parametrize(
    ("here", "there", "serverless"),
    [
        (["db.r6g.large"], ["db.r6g.large"], False),
        (["db.r6g.large"], ["db.serverless"], True),
        (["db.serverless"], ["db.r6g.large"], False),
        (["db.serverless"], [], True),
        (["db.r6g.large"], [], False),
        (["db.r6g.large"], [None], None),
    ],
)
def test_a_secondary_that_is_serverless_has_to_scale_up_first(
    here: list[str | None], there: list[str | None], serverless: bool | None
) -> None:
    """Without instances it gets, on the day, one like those of the primary cluster."""
    member = {"engine": "aurora-mysql", "global_cluster_identifier": "shop"}
    plan = _made(
        resource("aws_rds_cluster.here", "aws", {**member, **_AURORA}, master_username={"constant_value": "root"}),
        resource("aws_rds_cluster.there", "aws.away", member),
        *_members("here", "aws", *here),
        *_members("there", "aws.away", *there),
    )
    (component,) = plan.after
    secondary = component.protection("global_database")
    assert secondary is not None
    assert ("serverless" in secondary.unknown) == (serverless is None)
    assert secondary.parameters.get("serverless", False) == bool(serverless)
    seconds = assess(component).estimates[Disruption.REGION].rto_seconds
    alone = 27 * 60 + (0 if there else 15 * 60)
    assert seconds == (None if serverless is None else alone + (10 * 60 if serverless else 0))


@pytest.mark.parametrize(
    ("classes", "tier", "seconds"),
    [
        (["db.r6g.large", "db.r6g.large"], 15, 60),
        (["db.serverless", "db.serverless"], 1, 60),
        (["db.serverless", "db.r6g.large"], 0, 660),
        (["db.serverless", "db.serverless"], 2, 660),
        (["db.r6g.large", "db.serverless"], 0, 660),
        (["db.serverless", None], 2, None),
    ],
)
def test_a_serverless_reader_that_does_not_follow_the_writer_has_to_scale_up_first(
    classes: list[str | None], tier: int, seconds: int | None
) -> None:
    plan = _made(
        resource("aws_rds_cluster.here", "aws", {"engine": "aurora-mysql"}),
        *_members("here", "aws", *classes, tier=tier),
    )
    (component,) = plan.after
    ways = outlook(component, Assumptions(), load_catalog()).ways(Disruption.ZONE)
    assert [way.rto_seconds for way in ways if way.mechanism in ("aurora_reader", None)] == [seconds]


def test_a_cluster_keeps_a_day_of_backups_where_nothing_is_set() -> None:
    cluster = resource("aws_rds_cluster.main", "aws", {"engine": "mysql", "db_cluster_instance_class": "db.m6gd.large"})
    plan = _made(_known_later(cluster, "backup_retention_period"))
    (backups,) = (item for item in plan.after[0].protections if item.mechanism == "automated_backups")

    assert (backups.parameters["retention_days"], backups.unknown, backups.doubts) == (1, frozenset(), ())


def test_a_cluster_that_follows_by_the_binary_log_is_a_replica() -> None:
    source = "arn:aws:rds:eu-west-1:123456789012:cluster:a"
    copy = resource(
        "aws_rds_cluster.copy", "aws.away", {"engine": "aurora-mysql", "replication_source_identifier": source}
    )
    instance = resource("aws_rds_cluster_instance.copy", "aws.away", {"cluster_identifier": "copy"})
    named = (
        {**copy[0], "change": {**copy[0]["change"], "after": {**copy[0]["change"]["after"], "id": "copy"}}},
        copy[1],
    )
    plan, bare = _made(_CLUSTERS[0], named, instance), _made(_CLUSTERS[0], named)
    replicas = [
        next(one for one in item.after[0].protections if one.mechanism == "read_replica") for item in (plan, bare)
    ]

    assert plan.copies_after == {"aws_rds_cluster.copy": "aws_rds_cluster.a"}
    assert [(item.region, item.doubts) for item in replicas] == [
        ("eu-central-1", ()),
        ("eu-central-1", ("the replica has no instance, so nothing in it replicates",)),
    ]


def test_a_selection_whose_plan_is_not_told_may_be_of_each_plan() -> None:
    plans = [
        resource(f"aws_backup_plan.{name}", "aws", {"rule": [{"rule_name": name, "copy_action": [{}]}]})
        for name in "ab"
    ]
    selection = resource("aws_backup_selection.all", "aws", {"resources": ["*"]}, plan_id=_HIDDEN)
    plan = _made(_INSTANCES[0], *plans, _known_later(selection, "plan_id"))

    assert {item for item in _open(plan, "aws_db_instance.one") if item == "backup_copy"} == {"backup_copy"}


@pytest.mark.parametrize(
    ("providers", "states", "region", "open_"),
    [
        (("aws.away", "aws.away"), ("Enabled", "Enabled"), "eu-central-1", False),
        (("aws.away", "aws.away"), ("Enabled", "Suspended"), "eu-central-1", True),
        (("aws.away", "aws"), ("Enabled", "Enabled"), None, False),
    ],
)
def test_of_several_buckets_one_of_which_is_copied_to_it_is_told_what_they_have_in_common(
    providers: tuple[str, str], states: tuple[str, str], region: str | None, open_: bool
) -> None:
    """`aws_s3_bucket.copy[each.value].arn` names all instances in a plan, and not which of them is meant."""
    named = [f"aws_s3_bucket.{name}" for name in ("data", "one", "two")]
    buckets = [resource(address, key, {}) for address, key in zip(named, ("aws", *providers), strict=True)]
    versions = [
        resource(
            f"aws_s3_bucket_versioning.v{index}",
            "aws",
            {"versioning_configuration": [{"status": state}]},
            bucket=expression(f"{address}.id", address),
        )
        for index, (address, state) in enumerate(zip(named, ("Enabled", *states), strict=True))
    ]
    rule = {"status": "Enabled", "filter": [{}], "destination": [{}]}
    copies = resource(
        "aws_s3_bucket_replication_configuration.this",
        "aws",
        {"rule": [rule]},
        bucket=expression("aws_s3_bucket.data.id", "aws_s3_bucket.data"),
        rule=[{"destination": [{"bucket": expression(*(f"{name}.arn" for name in named[1:]))}]}],
    )
    copies[0]["change"]["after_unknown"] |= {"bucket": True, "rule": [{"destination": [{"bucket": True}]}]}
    plan = _made(*buckets, *(_known_later(item, "bucket") for item in versions), copies)

    replication = next(item for item in plan.after if item.name == named[0]).protection("replication")
    assert replication is not None
    assert (replication.region, ENABLED in replication.unknown) == (region, open_)


def test_a_replica_by_the_binary_log_of_a_cluster_that_is_made_with_it_is_its_copy() -> None:
    source = expression("aws_rds_cluster.a.arn", "aws_rds_cluster.a")
    values = {"engine": "aurora-mysql", "cluster_identifier": "copy"}
    copy = resource("aws_rds_cluster.copy", "aws.away", values, replication_source_identifier=source)
    plan = _made(*_CLUSTERS, _known_later(copy, "replication_source_identifier"))

    assert plan.copies_after["aws_rds_cluster.copy"] == "aws_rds_cluster.a"
    assert [item.name for item in plan.after] == ["aws_rds_cluster.a", "aws_rds_cluster.b"]


def test_a_replica_by_the_binary_log_of_a_cluster_that_is_not_told_is_open_for_each() -> None:
    values = {"engine": "aurora-mysql", "cluster_identifier": "copy"}
    copy = resource("aws_rds_cluster.copy", "aws.away", values, replication_source_identifier=_HIDDEN)
    plan = _made(*_CLUSTERS, _known_later(copy, "replication_source_identifier"))

    assert [_open(plan, f"aws_rds_cluster.{name}") for name in "ab"] == [["read_replica"], ["read_replica"]]


def test_rds_replicates_no_multi_az_cluster_to_another_region() -> None:
    values = {"engine": "postgres", "db_cluster_instance_class": "db.m6gd.large"}
    cluster = resource("aws_rds_cluster.all", "aws", values)
    source = expression("aws_rds_cluster.all.arn", "aws_rds_cluster.all")
    copy = resource("aws_db_instance.copy", "aws.away", {}, replicate_source_db=source)
    plan = _made(cluster, _known_later(copy, "replicate_source_db"))

    (component,) = plan.after
    replica = component.protection("read_replica")
    assert replica is not None
    assert replica.doubts == ("AWS does not offer read replicas of a Multi-AZ DB cluster in another Region",)


@pytest.mark.parametrize(("storage_class", "unknown"), [("INTELLIGENT_TIERING", {"archive"}), ("STANDARD_IA", set())])
def test_archive_tiers_that_do_not_tell_whose_they_are_are_open(storage_class: str, unknown: set[str]) -> None:
    copied = {"bucket": "arn:aws:s3:::copy", "storage_class": storage_class}
    copying = {"status": "Enabled", "destination": [copied]}
    tiers = {"status": "Enabled", "tiering": [{"access_tier": "ARCHIVE_ACCESS", "days": 90}]}
    plan = _made(
        resource("aws_s3_bucket.data", "aws", {"bucket": "data"}),
        resource("aws_s3_bucket.copy", "aws.away", {"bucket": "copy"}),
        *(
            resource(f"aws_s3_bucket_versioning.{name}", "aws", {"bucket": name, "versioning_configuration": [_ON]})
            for name in ("data", "copy")
        ),
        resource("aws_s3_bucket_replication_configuration.it", "aws", {"bucket": "data", "rule": [copying]}),
        _known_later(
            resource("aws_s3_bucket_intelligent_tiering_configuration.it", "aws", tiers, bucket=_HIDDEN), "bucket"
        ),
    )

    component = next(item for item in plan.after if item.name == "aws_s3_bucket.data")
    [copy] = [item for item in component.protections if item.mechanism == "replication"]
    assert set(copy.unknown) == unknown


def _deployed_in(account: str) -> dict[str, Any]:
    role = {"constant_value": f"arn:aws:iam::{account}:role/deploy"}
    return {"name": "aws", "expressions": {"assume_role": [{"role_arn": role}]}}


@pytest.mark.parametrize("apart", [True, False])
@pytest.mark.parametrize(
    ("type", "argument", "original"),
    [
        ("aws_db_instance", "replicate_source_db", "aws_db_instance"),
        ("aws_db_instance_automated_backups_replication", "source_db_instance_arn", "aws_db_instance"),
        ("aws_rds_cluster", "global_cluster_identifier", "aws_rds_cluster"),
    ],
)
def test_rds_replicates_within_one_account(type: str, argument: str, original: str, apart: bool) -> None:
    named = "identifier" if original == "aws_db_instance" else "cluster_identifier"
    values = {named: "home", "engine": "aurora-postgresql", "master_username": "owner", "backup_retention_period": 7}
    own = {"master_username": {"constant_value": "owner"}}
    together = {argument: expression("aws_rds_global_cluster.all.id", "aws_rds_global_cluster.all")}
    home = resource(
        f"{original}.home", "aws", values, **own, **(together if original == type == "aws_rds_cluster" else {})
    )
    link = together if type == "aws_rds_cluster" else {argument: expression(f"{original}.home.arn", f"{original}.home")}
    copy = resource(f"{type}.copy", "aws.away", {"cluster_identifier": "copy"}, **link)
    made = [_known_later(home, argument) if together == link else home, _known_later(copy, argument)]
    if type == "aws_rds_cluster":
        made.append(resource("aws_rds_global_cluster.all", "aws", {}))
    document = {
        "format_version": "1.2",
        "resource_changes": [item[0] for item in made],
        "configuration": {
            "provider_config": {
                "aws": _deployed_in("111111111111"),
                "aws.away": _deployed_in("222222222222" if apart else "111111111111"),
            },
            "root_module": {"resources": [item[1] for item in made]},
        },
    }
    plan = read_plan(json.dumps(document).encode())
    (item,) = (one for one in plan.after[0].protections if one.address == f"{type}.copy")

    assert any("another account" in doubt for doubt in item.doubts) is apart
