"""RDS instances, clusters and global databases, Aurora DSQL, and automated backups that are replicated here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.live.found import Found
from constructs_lib.live.region import REFUSED
from constructs_lib.live.terraform_names import tags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.live.region import Region


def read_databases(region: Region) -> list[Found]:
    """Return the databases of *region*; a call for 100 of each sort, and one for each DSQL cluster."""
    found = [
        *(_instance(region, item) for item in region.pages("rds", "describe_db_instances", "DBInstances")),
        *(_cluster(region, item) for item in region.pages("rds", "describe_db_clusters", "DBClusters")),
        *_global_clusters(region),
        *_replicated_backups(region),
    ]
    identifiers = [str(item["identifier"]) for item in region.pages("dsql", "list_clusters", "clusters")]
    for items in region.each(identifiers, lambda identifier: list(_dsql(region, identifier))):
        found += items
    return found


def _instance(region: Region, given: dict[str, Any]) -> Found:
    name, cluster = str(given["DBInstanceIdentifier"]), given.get("DBClusterIdentifier")
    source = given.get("ReadReplicaSourceDBInstanceIdentifier")
    values = {
        "identifier": name,
        "id": given.get("DbiResourceId"),
        "arn": given.get("DBInstanceArn"),
        "engine": given.get("Engine"),
        "engine_version": given.get("EngineVersion"),
        "instance_class": given.get("DBInstanceClass"),
        "availability_zone": given.get("AvailabilityZone"),
        "promotion_tier": given.get("PromotionTier"),
        "kms_key_id": given.get("KmsKeyId"),
        "tags_all": tags(given.get("TagList")),
    }
    if cluster:
        return Found(
            type="aws_rds_cluster_instance",
            name=name,
            region=region.name,
            values={**values, "cluster_identifier": cluster},
        )
    return Found(
        type="aws_db_instance",
        name=name,
        region=region.name,
        values={
            **values,
            "db_name": given.get("DBName"),
            "username": given.get("MasterUsername"),
            "allocated_storage": given.get("AllocatedStorage"),
            "multi_az": given.get("MultiAZ"),
            "backup_retention_period": given.get("BackupRetentionPeriod"),
            "deletion_protection": given.get("DeletionProtection"),
            "storage_encrypted": given.get("StorageEncrypted"),
            "replicate_source_db": source,
        },
        observed=region.age(given.get("LatestRestorableTime"), "LatestRestorableTime"),
    )


def _cluster(region: Region, given: dict[str, Any]) -> Found:
    name = str(given["DBClusterIdentifier"])
    return Found(
        type="aws_rds_cluster",
        name=name,
        region=region.name,
        values={
            "cluster_identifier": name,
            "id": name,
            "arn": given.get("DBClusterArn"),
            "engine": given.get("Engine"),
            "engine_version": given.get("EngineVersion"),
            "database_name": given.get("DatabaseName"),
            "master_username": given.get("MasterUsername"),
            "backup_retention_period": given.get("BackupRetentionPeriod"),
            "deletion_protection": given.get("DeletionProtection"),
            "storage_encrypted": given.get("StorageEncrypted"),
            "kms_key_id": given.get("KmsKeyId"),
            "allocated_storage": given.get("AllocatedStorage"),
            "db_cluster_instance_class": given.get("DBClusterInstanceClass"),
            "db_cluster_parameter_group_name": given.get("DBClusterParameterGroup"),
            "replication_source_identifier": given.get("ReplicationSourceIdentifier") or None,
            "global_cluster_identifier": given.get("GlobalClusterIdentifier"),
            "tags_all": tags(given.get("TagList")),
        },
        observed=region.age(given.get("LatestRestorableTime"), "LatestRestorableTime"),
    )


def _global_clusters(region: Region) -> Iterator[Found]:
    for given in region.pages("rds", "describe_global_clusters", "GlobalClusters"):
        name = str(given["GlobalClusterIdentifier"])
        members = given.get("GlobalClusterMembers", ())
        writer = next((item["DBClusterArn"] for item in members if item.get("IsWriter")), None)
        yield Found(
            type="aws_rds_global_cluster",
            name=name,
            region=region.name,
            values={
                "global_cluster_identifier": name,
                "id": name,
                "arn": given.get("GlobalClusterArn"),
                "engine": given.get("Engine"),
                "engine_version": given.get("EngineVersion"),
                "source_db_cluster_identifier": writer,
                "global_cluster_members": [
                    {"db_cluster_arn": item.get("DBClusterArn"), "is_writer": item.get("IsWriter")} for item in members
                ],
            },
        )


def _replicated_backups(region: Region) -> Iterator[Found]:
    """Yield the automated backups that come from another Region; only here is seen whether they still do."""
    for given in region.pages("rds", "describe_db_instance_automated_backups", "DBInstanceAutomatedBackups"):
        source = str(given.get("DBInstanceArn") or "")
        if source.split(":")[3:4] in ([], [region.name]) or given.get("Status") not in ("replicating", "active", None):
            continue
        window = given.get("RestoreWindow", {})
        arn = given.get("DBInstanceAutomatedBackupsArn")
        yield Found(
            type="aws_db_instance_automated_backups_replication",
            name=str(given.get("DBInstanceIdentifier") or source),
            region=region.name,
            values={
                "id": arn,
                "source_db_instance_arn": source,
                "retention_period": given.get("BackupRetentionPeriod"),
                "kms_key_id": given.get("KmsKeyId"),
            },
            observed=region.age(window.get("LatestTime"), "RestoreWindow.LatestTime"),
        )


def _dsql(region: Region, identifier: str) -> Iterator[Found]:
    given = region.ask("dsql", "get_cluster", identifier, identifier=identifier)
    if given is REFUSED:
        yield Found(
            type="aws_dsql_cluster",
            name=identifier,
            region=region.name,
            values={"identifier": identifier, "id": identifier},
            unknown=("arn", "multi_region_properties"),
        )
        return
    peers = given.get("multiRegionProperties", {})
    yield Found(
        type="aws_dsql_cluster",
        name=identifier,
        region=region.name,
        values={
            "identifier": identifier,
            "id": identifier,
            "arn": given.get("arn"),
            "deletion_protection_enabled": given.get("deletionProtectionEnabled"),
            "kms_encryption_key": given.get("encryptionDetails", {}).get("kmsKeyArn"),
            "tags_all": dict(given.get("tags") or {}),
        },
    )
    others = [arn for arn in peers.get("clusters", ()) if arn != given.get("arn")]
    if others:
        yield Found(
            type="aws_dsql_cluster_peering",
            name=identifier,
            region=region.name,
            values={"identifier": identifier, "clusters": others, "witness_region": peers.get("witnessRegion")},
        )
