"""Recoveries of a database that somebody else has made: what no stack tells of it, AWS does, at home and on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pytest

from constructs_lib.operations.planning import plan_failback, plan_failover, plan_restore
from tests.operations.seeded import HOME, RECOVERY
from tests.operations.test_interruption import run as perform

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from constructs_lib.documents.documented_workload import DocumentedComponent, DocumentedWorkload
    from constructs_lib.emulator import EmulatedAws
    from tests.operations.conftest import Recorded
    from tests.operations.test_recovery import Built

pytestmark = pytest.mark.emulator

PARTS = (
    "aws_db_option_group",
    "aws_db_parameter_group",
    "aws_db_subnet_group",
    "aws_rds_cluster_instance",
    "aws_rds_cluster_parameter_group",
)
MAIN = {"aws_db_instance": "identifier", "aws_rds_cluster": "cluster_identifier"}


def beside(workload: DocumentedWorkload) -> DocumentedWorkload:
    """Return the workload as it is where the stacks know of its database no more than its identifier."""

    def known(item: DocumentedComponent) -> DocumentedComponent:
        members = (
            attrs.evolve(member, arguments={MAIN[member.type]: member.arguments[MAIN[member.type]]})
            if member.region == HOME and member.type in MAIN
            else member
            for member in item.members
            if member.region == RECOVERY or member.type not in PARTS
        )
        return attrs.evolve(item, members=tuple(members), features=item.features | {"existing"})

    return attrs.evolve(workload, components=tuple(map(known, workload.components)))


def settings(aws: EmulatedAws, identifier: str) -> Mapping[str, Any]:
    rds = aws.client("rds", HOME)
    clusters = [item for item in rds.describe_db_clusters()["DBClusters"] if item["DBClusterIdentifier"] == identifier]
    (found,) = clusters or rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"]
    subnets = found["DBSubnetGroup"]
    return {
        "subnets": subnets if clusters else subnets["DBSubnetGroupName"],
        "groups": [group["VpcSecurityGroupId"] for group in found["VpcSecurityGroups"]],
        "parameters": [group["DBParameterGroupName"] for group in found.get("DBParameterGroups", ())]
        or [found["DBClusterParameterGroup"]],
        "options": [group["OptionGroupName"] for group in found.get("OptionGroupMemberships", ())],
        "key": found["KmsKeyId"],
        **{name: found.get(name) for name in ("BackupRetentionPeriod", "DeletionProtection", "MultiAZ", "StorageType")},
        "classes": sorted(
            one["DBInstanceClass"]
            for one in rds.describe_db_instances()["DBInstances"]
            if identifier in (one["DBInstanceIdentifier"], one.get("DBClusterIdentifier"))
        ),
    }


@pytest.mark.parametrize(
    ("engine", "pattern"),
    [
        ("postgres", "read_replica"),
        ("postgres", "replicated_backups"),
        ("postgres", "backup_copy"),
        ("oracle-ee", "backup_copy"),
        ("aurora-postgresql", "aurora_backup_copy"),
    ],
)
def test_somebody_elses_database_is_restored_and_comes_home_with_what_its_description_tells(
    aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path, engine: str, pattern: str
) -> None:
    """A restore gave it the default parameter group, and it asked for one name after the other on the way home."""
    workload = beside(built("database", engine=engine, pattern=pattern))
    theirs = settings(aws, f"{workload.name}-ledger")
    assert not theirs["parameters"][0].startswith("default.")

    restore = plan_restore(workload, "ledger", to_time="latest")
    perform(restore, clients, tmp_path / "restore")
    assert settings(aws, restore.components[0].names["restored"]) == theirs

    # Of what stands in a Region that is lost nobody tells the class; RDS wants one of an instance of a cluster.
    class_ = {"instance_class": "db.r6g.large"} if engine.startswith("aurora") else {}
    perform(plan_failover(workload, RECOVERY, names=class_), clients, tmp_path / "failover")
    perform(plan_failback(workload), clients, tmp_path / "failback")
    assert settings(aws, f"{workload.name}-ledger-home") == theirs


def test_what_is_declared_of_somebody_elses_database_is_given_to_what_takes_its_place(
    aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    """Without its Region nobody tells; it had one zone, no protection and the shortest backups until the way home."""
    workload = beside(built("database", engine="postgres", pattern="multi_az_replicated_backups"))
    told = {"multi_az": True, "deletion_protection": True, "backup_retention_period": 14}
    (item,) = workload.components
    workload = attrs.evolve(workload, components=(attrs.evolve(item, restored_with=told),))

    with aws.fail_region(HOME):
        perform(plan_failover(workload, RECOVERY), clients, tmp_path)

    rds = aws.client("rds", RECOVERY)
    (made,) = rds.describe_db_instances(DBInstanceIdentifier=f"{workload.name}-ledger")["DBInstances"]
    assert (made["MultiAZ"], made["DeletionProtection"], made["BackupRetentionPeriod"]) == (True, True, 14)
