"""The rights of an operation are its calls', named as IAM names them, on what the operation has to do with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib import (
    KeyAttribute,
    Sites,
    Table,
    Workload,
)
from constructs_lib.catalog.access.authorization import load_authorization
from constructs_lib.documents.read.stacks import read_stacks
from constructs_lib.objectives import Disruption
from constructs_lib.operations.planning import plan_failback, plan_failover, plan_restore
from constructs_lib.operations.rehearsing.drill_plan import DRILLED, plan_drill
from constructs_lib.operations.rehearsing.drill_rights import drill_policy_of
from constructs_lib.operations.rights import policy_of
from constructs_lib.procedures import PROCEDURES
from constructs_lib.procedures.routing import LATCH
from constructs_lib.procedures.value import Metadata
from constructs_lib.terraform.engine import App, TerraformStack
from tests.each import each
from tests.operations.seeded import HOME, RECOVERY
from tests.operations.workloads import LOOSE, workload

if TYPE_CHECKING:
    from pathlib import Path


CALLED = sorted(
    {
        f"{load_authorization().services.get(call.service, call.service)}:{call.operation}"
        for item in (*PROCEDURES, LATCH)
        for step in (*item.steps, *item.back, *item.rehearsal)
        if step.each is None
        for call in step.calls()
    }
)


@each("called", CALLED)
def test_every_call_is_an_action_that_is_known(called: str) -> None:
    known = load_authorization()

    assert known.operations.get(called, called) in known.actions


def named(policy: dict[str, Any], action: str) -> list[str]:
    """Return what *action* is allowed on, without `arn:aws:` and with any account."""
    found: list[str] = []
    for statement in policy["Statement"]:
        if action in statement["Action"]:
            resources = statement["Resource"]
            found += [resources] if isinstance(resources, str) else resources
    return sorted(arn.removeprefix("arn:aws:") for arn in found)


POSTGRES = {"engine": "postgres"}
AURORA = {"engine": "aurora-postgresql"}
BACKUPS = {"pattern": "multi_az_backup_copy", **POSTGRES}
CASES: list[tuple[str, dict[str, Any], str, dict[str, list[str]]]] = [
    (
        "bucket",
        {"pattern": "replication"},
        "restore",
        {
            "s3:DeleteObjectVersion": ["s3:::shop-it-eu-central-1-*/*", "s3:::shop-it-eu-west-1-*/*"],
            "s3:PutObject": ["s3:::shop-it-eu-west-1-*/*"],
            "kms:GenerateDataKey": ["kms:eu-west-1:123456789012:key/k"],
        },
    ),
    (
        "bucket",
        {"pattern": "replication"},
        "failback",
        {
            "s3:GetObjectTagging": ["s3:::shop-it-eu-central-1-*/*"],
            "s3:PutObject": ["s3:::shop-it-eu-west-1-*/*"],
            "s3:ListBucket": ["s3:::shop-it-eu-central-1-*", "s3:::shop-it-eu-west-1-*"],
            "kms:Decrypt": ["kms:eu-central-1:123456789012:key/k", "kms:eu-west-1:123456789012:key/k"],
        },
    ),
    (
        "table",
        {"pattern": "pitr"},
        "restore",
        {
            "dynamodb:RestoreTableToPointInTime": [
                "dynamodb:eu-west-1:*:table/shop-it",
                "dynamodb:eu-west-1:*:table/shop-it-restored",
            ],
            "dynamodb:UpdateTable": ["dynamodb:eu-west-1:*:table/shop-it-restored"],
            "dynamodb:Scan": [
                "dynamodb:eu-west-1:*:table/shop-it",
                "dynamodb:eu-west-1:*:table/shop-it-restored",
                "dynamodb:eu-west-1:*:table/shop-it-restored/index/*",
                "dynamodb:eu-west-1:*:table/shop-it/index/*",
            ],
            "kms:CreateGrant": ["kms:eu-west-1:123456789012:key/k"],
            "kms:Decrypt": ["kms:eu-west-1:123456789012:key/k"],
            "kms:ReEncryptFrom": ["kms:eu-west-1:123456789012:key/k"],
        },
    ),
    (
        "database",
        {"pattern": "multi_az_read_replica", **POSTGRES},
        "failover",
        {
            "rds:PromoteReadReplica": ["rds:eu-central-1:*:db:shop-it-recovery"],
            "rds:StopDBInstance": ["rds:eu-west-1:*:db:shop-it"],
            "cloudwatch:GetMetricStatistics": ["*"],
            "iam:PassRole": [],
        },
    ),
    (
        "database",
        BACKUPS,
        "failover",
        {
            "backup:ListRecoveryPointsByBackupVault": ["backup:eu-central-1:*:backup-vault:shop-it"],
            "backup:StartRestoreJob": ["*:eu-central-1:*:*"],
            "rds:ModifyDBInstance": ["rds:eu-central-1:*:db:shop-it"],
            "secretsmanager:CreateSecret": ["secretsmanager:eu-central-1:*:secret:rds!*"],
        },
    ),
    (
        "database",
        {"pattern": "global_database", **AURORA},
        "failover",
        {
            "rds:FailoverGlobalCluster": [
                "rds::*:global-cluster:shop-it",
                "rds:eu-central-1:*:cluster:shop-it-recovery",
            ],
        },
    ),
    (
        "database",
        {"pattern": "aurora_multi_az", **AURORA},
        "restore",
        {
            "rds:RestoreDBClusterToPointInTime": [
                "rds:eu-west-1:*:cluster-pg:shop-it-aurora-postgresql16",
                "rds:eu-west-1:*:cluster:shop-it",
                "rds:eu-west-1:*:cluster:shop-it-restored",
                "rds:eu-west-1:*:og:*",
                "rds:eu-west-1:*:subgrp:shop-it",
            ],
            "iam:PassRole": ["iam::*:role/shop-database-monitoring-eu-west-1"],
        },
    ),
    (
        "database",
        {"engine": "dsql", "pattern": "dsql_multi_region"},
        "failover",
        {"dsql:GetCluster": ["dsql:eu-central-1:*:cluster/*"], "dsql:ListClusters": ["*"]},
    ),
    (
        "service",
        {"pattern": "definitions"},
        "failover",
        {
            # AWS ends the names of load balancers and listeners with ids of its own.
            "elasticloadbalancing:CreateLoadBalancer": [
                "elasticloadbalancing:eu-central-1:*:loadbalancer/app/shop-it/*"
            ],
            "elasticloadbalancing:CreateListener": ["elasticloadbalancing:eu-central-1:*:loadbalancer/app/shop-it/*"],
            "elasticloadbalancing:AddTags": [
                "elasticloadbalancing:eu-central-1:*:listener/app/shop-it/*/*",
                "elasticloadbalancing:eu-central-1:*:loadbalancer/app/shop-it/*",
            ],
            "ec2:DescribeSubnets": ["*"],
            "ecs:CreateService": ["ecs:eu-central-1:*:service/shop-it/shop-it"],
            "ecs:DescribeClusters": ["ecs:eu-central-1:*:cluster/shop-it"],
        },
    ),
    (
        "service",
        {"pattern": "at_zero"},
        "failover",
        {
            "ecs:UpdateService": [
                "ecs:eu-central-1:*:service/shop-it/shop-it",
                "ecs:eu-west-1:*:service/shop-it/shop-it",
            ],
        },
    ),
    (
        "filesystem",
        {"pattern": "replication"},
        "failover",
        {
            "elasticfilesystem:DeleteReplicationConfiguration": [
                "elasticfilesystem:eu-central-1:*:file-system/*",
            ],
        },
    ),
]


@pytest.mark.parametrize(
    ("kind", "options", "command", "wanted"), CASES, ids=lambda item: str(item)[:50] if item else "-"
)
def test_what_an_operation_may_do_is_named(
    tmp_path: Path, kind: str, options: dict[str, Any], command: str, wanted: dict[str, list[str]]
) -> None:
    found = workload(tmp_path, kind, **options)
    plan = {
        "restore": lambda: plan_restore(found, "it", to_time="2026-11-01T00:00:00Z"),
        "failover": lambda: plan_failover(found, RECOVERY),
        "failback": lambda: plan_failback(found),
    }[command]()

    policy = policy_of(plan)

    assert {action: named(policy, action) for action in wanted} == wanted


def test_a_role_is_passed_to_the_service_that_takes_it_alone(tmp_path: Path) -> None:
    policy = policy_of(plan_failover(workload(tmp_path, "database", **BACKUPS), RECOVERY))
    passed = {
        statement["Resource"]: statement["Condition"]["StringEquals"]["iam:PassedToService"]
        for statement in policy["Statement"]
        if "iam:PassRole" in statement["Action"]
    }

    assert passed == {
        "arn:aws:iam::*:role/shop-it-restore-eu-west-1": "backup.amazonaws.com",
        "arn:aws:iam::*:role/shop-database-monitoring-eu-west-1": "monitoring.rds.amazonaws.com",
    }


def test_a_key_that_is_known_by_its_alias_is_narrowed_by_it(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    sites = Sites.in_one_stack(TerraformStack(app, "shop"), "shop", primary=HOME, recovery=RECOVERY)
    Table(Workload(sites, objective=LOOSE), "it", partition_key=KeyAttribute("id"), pattern="pitr")
    app.synth()
    (found,) = read_stacks(tmp_path, None)

    policy = policy_of(plan_restore(found, "it", to_time="latest"))

    (granting,) = [item for item in policy["Statement"] if "kms:CreateGrant" in item["Action"]]
    assert granting["Resource"] == "arn:aws:kms:eu-west-1:*:key/*"
    assert granting["Condition"] == {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/shop"}}


CHANGED = ("rds:AddTagsToResource", "rds:DeleteDBInstance", "rds:ModifyDBInstance")


@pytest.mark.parametrize("disruption", DRILLED)
def test_a_drill_may_make_only_what_drills_are_called_whatever_its_number(tmp_path: Path, disruption: Any) -> None:
    found = workload(tmp_path, "database", **BACKUPS)

    policy = drill_policy_of(plan_drill(found, disruption, token="*"))

    changed = {arn for action in CHANGED for arn in named(policy, action) if ":db:" in arn}
    assert changed
    assert all(arn.split(":db:")[1].startswith("drctl-drill-*-") for arn in changed)


BUCKET = {
    "s3:CreateBucket": ["s3:::drctl-drill-*-it"],
    "s3:PutBucketTagging": ["s3:::drctl-drill-*-it"],
    "s3:PutObject": ["s3:::drctl-drill-*-it/*"],
    "s3:ListAllMyBuckets": ["*"],
    "s3:DeleteObject": [],
}
DRILLS: list[tuple[str, dict[str, Any], str, dict[str, list[str]]]] = [
    (
        "bucket",
        {"pattern": "replication"},
        "software",
        {
            **BUCKET,
            "s3:GetObjectVersion": ["s3:::shop-it-eu-west-1-*/*"],
            "kms:Decrypt": ["kms:eu-west-1:123456789012:key/k"],
            "kms:GenerateDataKey": ["kms:eu-west-1:123456789012:key/k"],
        },
    ),
    (
        "bucket",
        {"pattern": "replication"},
        "region",
        {
            **BUCKET,
            "s3:GetObjectVersion": ["s3:::shop-it-eu-central-1-*/*"],
            "kms:Decrypt": ["kms:eu-central-1:123456789012:key/k"],
        },
    ),
    (
        "database",
        {"engine": "dsql", "pattern": "dsql_backup_copy"},
        "region",
        {
            "backup:ListRecoveryPointsByBackupVault": ["backup:eu-central-1:*:backup-vault:shop-it"],
            "backup:DescribeRestoreJob": ["*"],
            "dsql:DeleteCluster": ["dsql:*:*:cluster/*"],
            "dsql:TagResource": ["dsql:eu-central-1:*:cluster/*"],
            "s3:DeleteBucket": [],
        },
    ),
    (
        "filesystem",
        {"pattern": "backup_copy"},
        "region",
        {
            "elasticfilesystem:DeleteFileSystem": ["elasticfilesystem:*:*:file-system/*"],
            "elasticfilesystem:TagResource": ["elasticfilesystem:eu-central-1:*:file-system/*"],
            "dsql:DeleteCluster": [],
        },
    ),
]


@pytest.mark.parametrize(("kind", "options", "disruption", "wanted"), DRILLS)
def test_a_drill_of_a_bucket_or_of_dsql_may_write_to_what_is_its_own_alone(
    tmp_path: Path, kind: str, options: dict[str, Any], disruption: str, wanted: dict[str, list[str]]
) -> None:
    policy = drill_policy_of(plan_drill(workload(tmp_path, kind, **options), Disruption(disruption), token="*"))

    assert {action: named(policy, action) for action in wanted} == wanted
    for statement in policy["Statement"]:
        if "s3:DeleteObjectVersion" in statement["Action"]:
            assert "drctl-drill-*-" in statement["Resource"]
        if statement["Sid"] in ("RemoveDsqls", "RemoveFileSystems"):
            assert statement["Condition"] == {"StringLike": {"aws:ResourceTag/Name": "drctl-drill-*-*"}}


def test_a_bucket_that_aws_backup_keeps_is_restored_to_a_bucket_of_the_drill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No pattern of ours backs a bucket up; plans of others do."""
    found = workload(tmp_path, "bucket", pattern="versioning")
    (backed_up,) = [item for item in PROCEDURES if (item.kind, item.mechanism) == ("bucket", "backup")]
    monkeypatch.setattr("constructs_lib.operations.planning.procedure_for", lambda item, disruption: backed_up)

    plan = plan_drill(found, Disruption.SOFTWARE, token="*")
    policy = drill_policy_of(plan)

    steps = {step.id: step for step in plan.components[0].steps}
    assert list(steps) == ["find-point", "restore", "verify"]
    call = steps["restore"].call
    assert call is not None
    assert call.parameters["Metadata"] == Metadata(
        {"DestinationBucketName": "{restored}", "NewBucket": "true", "Encrypted": "true", "EncryptionType": "original"}
    )
    assert plan.components[0].names["restored"] == "drctl-drill-*-it"
    assert named(policy, "s3:DeleteBucket") == ["s3:::drctl-drill-*-*"]


def test_a_journal_beside_the_documents_is_written_with_the_key_of_the_recovery_region(tmp_path: Path) -> None:
    plan = plan_failover(workload(tmp_path, "table", pattern="global_table"), RECOVERY)

    policy = policy_of(plan, "s3://b-$ACCOUNT/x", beside_documents=True)

    assert named(policy, "kms:GenerateDataKey") == ["kms:eu-central-1:123456789012:key/k"]


def test_a_kit_in_a_bucket_may_be_read(tmp_path: Path) -> None:
    plan = plan_failover(workload(tmp_path, "table", pattern="global_table"), RECOVERY)

    policy = policy_of(plan, "s3://b-$ACCOUNT/x", beside_documents=True, kit="s3://b-123456789012/kit/")
    elsewhere = policy_of(plan, kit="s3://other/kit")

    assert named(policy, "s3:GetObject") == ["s3:::b-*/x/*", "s3:::b-123456789012/kit/*"]
    assert named(policy, "kms:Decrypt") == ["kms:eu-central-1:123456789012:key/k"]
    # Its key is told nowhere.
    (key,) = [item for item in elsewhere["Statement"] if "kms:Decrypt" in item["Action"]]
    assert "kms:ViaService" in key["Condition"]["StringLike"]


def test_the_journal_is_the_only_place_besides(tmp_path: Path) -> None:
    policy = policy_of(
        plan_failover(workload(tmp_path, "table", pattern="global_table"), RECOVERY), "s3://b-$ACCOUNT/x"
    )

    assert named(policy, "s3:PutObject") == ["s3:::b-*/x/*"]
    # Of a bucket of one's own nobody tells the key, and without it every write of the journal is refused.
    (key,) = [item for item in policy["Statement"] if "kms:GenerateDataKey" in item["Action"]]
    assert key["Condition"] == {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}
    assert len(json.dumps(policy)) < 6144, "a managed policy takes no more"
