"""What each covered thing is read as, in its good form and in its traps. The plans are real (`fixtures/*/main.tf`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constructs_lib.assessment import Verdict, assess
from constructs_lib.components import Kind
from constructs_lib.objectives import Disruption, Objective, Target
from constructs_lib.plan import assessable

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.plan import Plan

_FOREVER = 2147483647
_VERSIONED = f"versioning noncurrent_days={_FOREVER}"
_BOTH = "replication to eu-central-1 rtc=False two_way=False"
_OPEN = "whether it is on is not known before apply"
_HOST = "connection_attempts=3 connection_timeout_seconds=10 custom_origin=False"
_DAILY = f"backup interval_seconds=86400 retention_days={_FOREVER} start_window_seconds=3600"
_SIZED = "revisions cpu_units=512 memory_mb=1024 tasks=4"
_GOOD_COPY = "backup_copy to eu-central-1 interval_seconds=64800 retention_days=30 start_window_seconds=7200"
_GOOD_BACKUP = "backup interval_seconds=64800 retention_days=14 start_window_seconds=7200"

_CASES: dict[str, dict[str, list[str]]] = {
    "buckets": {
        "aws_s3_bucket.good": [
            "object_lock mode=COMPLIANCE retention_days=7",
            "replication to eu-central-1 rtc=True two_way=False",
            "versioning noncurrent_days=30",
        ],
        "aws_s3_bucket.good_copy": [_VERSIONED],
        "aws_s3_bucket.plain": [],
        "aws_s3_bucket.suspended": [
            f"{_BOTH} | it needs versioning, which is suspended on this bucket",
            f"{_VERSIONED} | versioning is suspended, so overwrites and deletes keep no version",
        ],
        "aws_s3_bucket.disabled": [f"{_BOTH} | its rule is disabled", _VERSIONED],
        "aws_s3_bucket.partial": [f"{_BOTH} | its rule covers only objects with certain prefixes or tags", _VERSIONED],
        "aws_s3_bucket.same_region": [
            "replication to eu-west-1 rtc=False two_way=False | the bucket it copies to is in the same Region",
            _VERSIONED,
        ],
        "aws_s3_bucket.unversioned_copy": [
            f"{_BOTH} | it needs versioning, which is not enabled on the bucket it copies to",
            _VERSIONED,
        ],
        "aws_s3_bucket.twin_a": ["replication to eu-central-1 rtc=False two_way=True", _VERSIONED],
        "aws_s3_bucket.twin_b": ["replication to eu-west-1 rtc=False two_way=True", _VERSIONED],
        "aws_s3_bucket.elsewhere": ["replication rtc=False two_way=False", _VERSIONED],
        "aws_s3_bucket.inline": [_BOTH, "versioning noncurrent_days=45"],
        "aws_s3_bucket.undecided": [f"{_VERSIONED} unknown: enabled | {_OPEN}"],
    },
    "services": {
        'aws_ecs_service.home["at_zero"]': [_SIZED, "service_at_zero to eu-central-1"],
        'aws_ecs_service.home["at_share"]': [_SIZED, "service_at_a_share to eu-central-1 share_percent=25"],
        'aws_ecs_service.home["in_full"]': [_SIZED, "service_in_full to eu-central-1"],
        'aws_ecs_service.there["more"]': [_SIZED, "service_at_a_share to eu-west-1 share_percent=50"],
        "aws_ecs_service.tagged": [
            "revisions cpu_units=512 memory_mb=1024 tasks=1",
            "service_in_full to eu-central-1",
        ],
        "aws_ecs_service.alone": ["revisions tasks=2"],
        "aws_ecs_service.twin_a": ["revisions tasks=2"],
        "aws_ecs_service.twin_b": ["revisions tasks=1"],
    },
    "tables": {
        "aws_dynamodb_table.good": ["global_table to eu-central-1 consistency=EVENTUAL", "pitr retention_days=14"],
        "aws_dynamodb_table.default_period": ["pitr"],
        "aws_dynamodb_table.apart": ["global_table to eu-central-1 consistency=EVENTUAL"],
        "aws_dynamodb_table.plain": [],
        "aws_dynamodb_table.no_stream": [
            "global_table to eu-central-1 consistency=EVENTUAL | the table has no stream, which replication needs"
        ],
        "aws_dynamodb_table.own_region": [
            "global_table to eu-west-1 consistency=EVENTUAL | the replica is in the table's own Region"
        ],
        "aws_dynamodb_table.undecided": [f"pitr unknown: enabled | {_OPEN}"],
    },
    "filesystems": {
        "aws_efs_file_system.alone": ["regional_storage"],
        "aws_efs_file_system.one_zone": ["backup interval_seconds=86400 retention_days=35"],
        "aws_efs_file_system.good": [
            "backup interval_seconds=86400 retention_days=35 start_window_seconds=3600",
            "backup_copy to eu-central-1 interval_seconds=86400 retention_days=35 start_window_seconds=3600",
            "regional_storage",
            "replication to eu-central-1",
        ],
        "aws_efs_file_system.made": ["regional_storage", "replication to eu-central-1"],
        "aws_efs_file_system.at_home": [
            "regional_storage",
            "replication to eu-west-1 | the replica is in the file system's own Region",
        ],
    },
    "instances": {
        "aws_db_instance.good": [
            "automated_backups retention_days=14",
            "multi_az_instance",
            "read_replica to eu-central-1",
            "read_replica to eu-central-1",
            "replicated_backups to eu-central-1 retention_days=20",
        ],
        "aws_db_instance.default": [
            "read_replica to eu-west-1 | the replica is in the same Region; "
            "the instance it copies has no automated backups, which a replica needs",
            "replicated_backups to eu-central-1 retention_days=7 | "
            "the instance keeps no automated backups, so there is nothing to copy",
        ],
        "aws_db_instance.restored": [
            f"automated_backups unknown: enabled, retention_days | {_OPEN}",
            f"multi_az_instance unknown: enabled | {_OPEN}",
        ],
        "aws_db_instance.undecided": [f"automated_backups unknown: enabled, retention_days | {_OPEN}"],
    },
    "clusters": {
        "aws_rds_cluster.multi_az": ["automated_backups retention_days=10", "multi_az_cluster"],
        "aws_rds_cluster.good": [
            "aurora_reader",
            "cluster_backups retention_days=21",
            "global_database to eu-central-1 enforced=True headless=False rpo_limit_seconds=60",
        ],
        "aws_rds_cluster.grown": [
            "aurora_reader | all instances are in one Availability Zone",
            "cluster_backups retention_days=1",
            "global_database to eu-central-1 enforced=False headless=True",
        ],
        "aws_rds_cluster.near": [
            "cluster_backups retention_days=1",
            "global_database to eu-west-1 enforced=False headless=True | the secondary cluster is in the same Region",
        ],
    },
    "dsql": {
        "aws_dsql_cluster.alone": [],
        "aws_dsql_cluster.good": [_DAILY, "dsql_multi_region to eu-central-1"],
        "aws_dsql_cluster.good_peer": [_DAILY, "dsql_multi_region to eu-west-1"],
        "aws_dsql_cluster.one_sided_peer": [],
        "aws_dsql_cluster.one_sided": [
            "dsql_multi_region to eu-central-1 | "
            "the other cluster has no peering back, and both sides must name each other"
        ],
    },
    "distributions": {
        "aws_cloudfront_distribution.good": [
            "origin_group to eu-central-1 connection_attempts=2 connection_timeout_seconds=3 custom_origin=False"
        ],
        "aws_cloudfront_distribution.reversed": [f"origin_group to eu-central-1 {_HOST}"],
        "aws_cloudfront_distribution.custom": [
            "origin_group to eu-central-1 connection_attempts=2 connection_timeout_seconds=3 custom_origin=True "
            "read_timeout_seconds=20"
        ],
        "aws_cloudfront_distribution.known_hosts": [f"origin_group to eu-central-1 {_HOST}"],
        "aws_cloudfront_distribution.nameless_hosts": [
            "origin_group connection_attempts=3 connection_timeout_seconds=10 custom_origin=True "
            "read_timeout_seconds=20"
        ],
        "aws_cloudfront_distribution.single": [],
        "aws_cloudfront_distribution.near": [
            f"origin_group to eu-west-1 {_HOST} | both its origins are in the same Region"
        ],
        "aws_cloudfront_distribution.only_some_paths": [
            f"origin_group to eu-central-1 {_HOST} | the default behavior does not use it, so only some paths fail over"
        ],
        "aws_cloudfront_distribution.unused_group": [],
    },
    "records": {
        "aws_route53_record.good_primary": ["health_check_failover failure_threshold=2 request_interval=10 ttl=30"],
        "aws_route53_record.alone": [
            "health_check_failover ttl=60 | there is no secondary record to fail over to; "
            "the primary record has no health check, so it never fails over"
        ],
        "aws_route53_record.disabled_primary": [
            "health_check_failover failure_threshold=3 request_interval=30 ttl=60 | "
            "its health check is disabled, which counts as healthy"
        ],
        "aws_route53_record.switch_primary": ["health_check_failover unknown: failure_threshold, request_interval"],
        "aws_dynamodb_table.shop": [
            "global_table to eu-central-1 consistency=EVENTUAL",
            "health_check_failover failure_threshold=2 request_interval=10 ttl=30",
        ],
        "aws_dynamodb_table.other": ["global_table to eu-central-1 consistency=EVENTUAL"],
    },
    "modules": {
        'aws_s3_bucket.chained["a"]': [_VERSIONED],
        "aws_s3_bucket.counted[0]": [_VERSIONED],
        "aws_s3_bucket.loose[0]": [f"{_VERSIONED} unknown: enabled | {_OPEN}"],
        "aws_s3_bucket.loose[1]": [f"{_VERSIONED} unknown: enabled | {_OPEN}"],
        "aws_s3_bucket.counted[1]": [
            f"{_VERSIONED} | versioning is suspended, so overwrites and deletes keep no version"
        ],
        "module.outer[1].aws_s3_bucket.this": ["versioning noncurrent_days=10"],
        'module.primary.aws_s3_bucket.this["orders"]': [_BOTH, _VERSIONED],
        'module.primary.aws_s3_bucket.this["users"]': [_BOTH, _VERSIONED],
        'module.recovery.aws_s3_bucket.this["users"]': [_VERSIONED],
    },
}


def test_every_component_of_the_fixtures_is_looked_at(planned: Callable[..., Plan]) -> None:
    for fixture, cases in _CASES.items():
        assert cases.keys() <= {item.name for item in planned(fixture).after}


@pytest.mark.parametrize(("fixture", "name"), [(fixture, name) for fixture, cases in _CASES.items() for name in cases])
def test_a_component_has_the_protections_its_configuration_gives_it(
    fixture: str, name: str, planned: Callable[..., Plan], shown: Callable[..., list[str]]
) -> None:
    assert shown(planned(fixture).after, name) == _CASES[fixture][name]


_BACKUPS = {
    "aws_dynamodb_table.good": [_GOOD_COPY],
    "aws_dynamodb_table.tagged": [
        f"backup_copy to eu-central-1 interval_seconds=604800 retention_days={_FOREVER} start_window_seconds=3600",
        f"backup_copy to eu-central-1 interval_seconds=86400 retention_days={_FOREVER} start_window_seconds=3600",
    ],
    "aws_dynamodb_table.far": [
        f"backup_copy to us-east-1 interval_seconds=3600 retention_days={_FOREVER} start_window_seconds=3600 | "
        "the backup plan is in another Region, and a plan backs up only its own"
    ],
    "aws_db_instance.good": [_GOOD_BACKUP, _GOOD_COPY],
    "aws_rds_cluster.multi_az": [
        _GOOD_BACKUP,
        f"{_GOOD_COPY} | AWS does not offer copies of backups of a Multi-AZ DB cluster",
        "multi_az_cluster",
    ],
}


@pytest.mark.parametrize("name", _BACKUPS)
def test_backups_reach_what_their_selections_select(
    name: str, planned: Callable[..., Plan], shown: Callable[..., list[str]]
) -> None:
    # What the catalog learns of later may be added by it.
    lines = shown(planned("backups").after, name)
    assert [line for line in lines if line in _BACKUPS[name]] == _BACKUPS[name]


def test_what_is_seen_and_not_judged_is_listed(planned: Callable[..., Plan]) -> None:
    reasons = {(item.type, item.reason): item.addresses for item in planned("backups").inventory}
    assert reasons["aws_backup_selection", "it selects nothing that is in this plan"] == (
        "aws_backup_selection.nothing",
    )
    assert reasons["aws_backup_plan", "no selection in this plan belongs to it"] == ("aws_backup_plan.idle",)
    stateful = next(item for item in planned("replicated").inventory if item.type == "aws_sqs_queue")
    assert stateful.count == 2
    assert planned("replicated").types == {"aws_sqs_queue": 2}
    local = [item.addresses for item in planned("modules").inventory]
    assert local == [("aws_s3_bucket_object_lock_configuration.by_local",), ("aws_s3_bucket_versioning.by_local",)]


def test_copies_are_told_from_what_they_copy(planned: Callable[..., Plan]) -> None:
    assert planned("instances").copies_after == {
        "aws_db_instance.good_replica": "aws_db_instance.good",
        "aws_db_instance.good_replica_of_replica": "aws_db_instance.good",
        "aws_db_instance.near_replica": "aws_db_instance.default",
        "aws_db_instance.replica_of_another_state": "arn:aws:rds:eu-west-1:123456789012:db:in-another-state",
    }
    assert planned("tables").copies_after["aws_dynamodb_table_replica.apart"] == "aws_dynamodb_table.apart"
    assert planned("clusters").copies_after["aws_rds_cluster.good_secondary"] == "aws_rds_cluster.good"
    copies = planned("buckets").copies_after
    assert copies["aws_s3_bucket.good_copy"] == "aws_s3_bucket.good"
    assert "aws_s3_bucket.twin_b" not in copies
    assert "aws_s3_bucket.disabled_copy" not in copies


def test_replicas_are_no_components(planned: Callable[..., Plan]) -> None:
    for fixture in ("instances", "tables", "clusters"):
        plan = planned(fixture)
        assert not {item.name for item in plan.after} & plan.copies_after.keys()


def test_members_name_every_resource_of_a_component(planned: Callable[..., Plan]) -> None:
    members = planned("clusters").members_after["aws_rds_cluster.good"]
    assert members[0] == "aws_rds_cluster.good"
    assert set(members[1:]) == {
        "aws_rds_cluster.good_secondary",
        "aws_rds_cluster_instance.good[0]",
        "aws_rds_cluster_instance.good[1]",
        "aws_rds_cluster_instance.good_secondary",
        "aws_rds_cluster_parameter_group.good",
        "aws_rds_global_cluster.good",
    }


def test_region_engine_size_and_tags_are_read(planned: Callable[..., Plan]) -> None:
    good = next(item for item in planned("instances").after if item.name == "aws_db_instance.good")
    assert (good.kind, good.region, good.engine, good.size_gb) == (Kind.DATABASE, "eu-west-1", "postgres", 250)
    table = next(item for item in planned("tables").after if item.name == "aws_dynamodb_table.good")
    assert dict(table.tags) == {"team": "shop"}
    assert planned("tables").regions == {"eu-west-1", "eu-central-1"}


@pytest.mark.parametrize("fixture", [*_CASES, "backups", "replicated", "changes"])
def test_every_component_can_be_assessed(fixture: str, planned: Callable[..., Plan]) -> None:
    for component in (*planned(fixture).before, *planned(fixture).after):
        assert assess(component).estimates.keys() == set(Disruption)


def test_kinds_the_catalog_has_no_mechanism_for_are_told(planned: Callable[..., Plan]) -> None:
    table = next(item for item in planned("tables").after)
    assert assessable(table)
    record = next(item for item in planned("records").after if item.kind is Kind.RECORD)
    assert not assessable(record)


_HOUR = Objective(region=Target("1h", "1h"))


@pytest.mark.parametrize(
    ("fixture", "name", "verdict"),
    [
        ("buckets", "aws_s3_bucket.good", Verdict.MET),
        ("buckets", "aws_s3_bucket.plain", Verdict.BREACHED),
        ("buckets", "aws_s3_bucket.same_region", Verdict.BREACHED),
        ("buckets", "aws_s3_bucket.partial", Verdict.BREACHED),
        ("buckets", "aws_s3_bucket.elsewhere", Verdict.UNKNOWN),
        ("tables", "aws_dynamodb_table.good", Verdict.MET),
        ("tables", "aws_dynamodb_table.apart", Verdict.MET),
        ("tables", "aws_dynamodb_table.no_stream", Verdict.BREACHED),
        ("instances", "aws_db_instance.good", Verdict.MET),
        ("instances", "aws_db_instance.default", Verdict.BREACHED),
        ("clusters", "aws_rds_cluster.good", Verdict.MET),
        ("clusters", "aws_rds_cluster.near", Verdict.BREACHED),
        ("dsql", "aws_dsql_cluster.good", Verdict.MET),
        ("dsql", "aws_dsql_cluster.one_sided", Verdict.BREACHED),
        ("distributions", "aws_cloudfront_distribution.good", Verdict.MET),
        ("distributions", "aws_cloudfront_distribution.near", Verdict.BREACHED),
        ("distributions", "aws_cloudfront_distribution.nameless_hosts", Verdict.UNKNOWN),
        ("backups", "aws_db_instance.good", Verdict.BREACHED),
    ],
)
def test_an_objective_for_the_loss_of_a_region_is_judged(
    fixture: str, name: str, verdict: Verdict, planned: Callable[..., Plan]
) -> None:
    component = next(item for item in planned(fixture).after if item.name == name)
    assert assess(component, _HOUR).verdict(Disruption.REGION) is verdict
