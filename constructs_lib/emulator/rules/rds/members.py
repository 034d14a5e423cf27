"""RDS: what only a cluster says for its members, and calls that a member, a replica or its source does not take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.rds import databases
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_LAST_TIER, _MOST_MEMBERS = 15, 16
_OF_THE_CLUSTER: Final = {
    "BackupRetentionPeriod": "backup retention period",
    "DBName": "database name",
    "MasterUsername": "master user name",
    "MasterUserPassword": "master user password",
    "ManageMasterUserPassword": "master user password",
    "DeletionProtection": "deletion protection",
}


@rule(
    "rds.setting-of-the-cluster",
    "rds:CreateDBInstance",
    code="InvalidParameterCombination",
    code_from="seen",
    source="botocore rds CreateDBInstance, of each: managed by the DB cluster; code and message in public reports of"
    " backup retention, backup window and password",
)
async def _setting(asked: Asked, _: Inquiry) -> str | None:
    if not asked.parameters.get("DBClusterIdentifier"):
        return None
    if asked.parameters.get("MultiAZ"):
        return f"VPC Multi-AZ DB Instances are not available for engine: {asked.parameters.get('Engine')}"
    given = next((what for member, what in _OF_THE_CLUSTER.items() if asked.parameters.get(member)), None)
    return (
        f"The requested DB Instance will be a member of a DB Cluster. Set {given} for the DB Cluster."
        if given
        else None
    )


@rule(
    "rds.engine-of-the-cluster",
    "rds:CreateDBInstance",
    code="InvalidParameterCombination",
    code_from="memory",
    source="botocore rds CreateDBInstance.Engine and DBClusterIdentifier",
)
async def _engine(asked: Asked, inquiry: Inquiry) -> str | None:
    named, engine = asked.parameters.get("DBClusterIdentifier"), asked.parameters.get("Engine", "")
    if not named:
        if not engine.startswith("aurora"):
            return None
        return f"The engine {engine} requires a DB cluster: DBClusterIdentifier must be provided."
    cluster = await databases.cluster(inquiry, asked.region, named)
    if cluster is None or cluster["Engine"] == engine:
        return None
    return (
        f"The engine name requested for your DB instance ({engine}) doesn't match the engine name of your DB cluster"
        f" ({cluster['Engine']})."
    )


@rule(
    "rds.version-of-the-cluster",
    "rds:CreateDBInstance",
    code="InvalidParameterCombination",
    code_from="memory",
    source="botocore rds CreateDBInstance.EngineVersion: of Aurora managed by the DB cluster; the message in"
    " https://github.com/aws-cloudformation/rain, forecast F0006, and that it is refused in"
    " https://github.com/hashicorp/terraform-provider-aws/issues/4004. Of a major version alone the default one, as for"
    " rds.global-versions-differ",
)
async def _version(asked: Asked, inquiry: Inquiry) -> str | None:
    named, version = asked.parameters.get("DBClusterIdentifier"), asked.parameters.get("EngineVersion")
    cluster = await databases.cluster(inquiry, asked.region, named) if named and version else None
    if cluster is None or cluster["EngineVersion"] == version:
        return None
    return (
        f"The engine version that you requested for your DB instance ({version}) does not match the engine version of"
        f" your DB cluster ({cluster['EngineVersion']})"
    )


@rule(
    "rds.snapshot-of-a-member",
    "rds:CreateDBSnapshot",
    code="InvalidParameterValue",
    code_from="memory",
    source="botocore rds CreateDBClusterSnapshot and CreateDBSnapshot.DBInstanceIdentifier",
)
async def _snapshot(asked: Asked, inquiry: Inquiry) -> str | None:
    found = await databases.instance(inquiry, asked.region, asked.parameters["DBInstanceIdentifier"])
    if not (found or {}).get("DBClusterIdentifier"):
        return None
    return (
        "The specified instance is a member of a cluster and a snapshot cannot be created directly. Please use the"
        " CreateDBClusterSnapshot API instead."
    )


@rule(
    "rds.stop-of-a-replica-or-its-source",
    "rds:StopDBInstance",
    code="InvalidDBInstanceState",
    code_from="api",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_StopInstance.html, limitations: no instance"
    " that is or has a read replica",
)
async def _stop(asked: Asked, inquiry: Inquiry) -> str | None:
    found = await databases.instance(inquiry, asked.region, asked.parameters["DBInstanceIdentifier"]) or {}
    if found.get("ReadReplicaSourceDBInstanceIdentifier"):
        return f"Cannot stop {found['DBInstanceIdentifier']}: it is a read replica."
    return (
        f"Cannot stop {found['DBInstanceIdentifier']}: it has read replicas."
        if found.get("ReadReplicaDBInstanceIdentifiers")
        else None
    )


@rule(
    "rds.promotion-tier",
    "rds:CreateDBInstance ModifyDBInstance",
    code="InvalidParameterValue",
    code_from="memory",
    source="botocore rds CreateDBInstance.PromotionTier: valid values 0 to 15",
)
async def _tier(asked: Asked, _: Inquiry) -> str | None:
    tier = asked.parameters.get("PromotionTier", 0)
    return None if 0 <= tier <= _LAST_TIER else f"Invalid promotion tier {tier}: it must be from 0 to {_LAST_TIER}."


@rule(
    "rds.sixteen-members-of-a-cluster",
    "rds:CreateDBInstance",
    code="InstanceQuotaExceeded",
    code_from="api",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Replication.html: up to 15 Aurora"
    " Replicas beside the writer",
)
async def _sixteen(asked: Asked, inquiry: Inquiry) -> str | None:
    named = asked.parameters.get("DBClusterIdentifier")
    cluster = await databases.cluster(inquiry, asked.region, named) if named else None
    if len((cluster or {}).get("DBClusterMembers", [])) < _MOST_MEMBERS:
        return None
    return f"The cluster {named} has {_MOST_MEMBERS} instances already."


@rule(
    "rds.cluster-that-does-not-exist",
    "rds:ModifyDBCluster PromoteReadReplicaDBCluster",
    code="DBClusterNotFoundFault",
    status=404,
    code_from="api",
    source="botocore rds DBClusterNotFoundFault",
)
async def _gone(asked: Asked, inquiry: Inquiry) -> str | None:
    named = asked.parameters["DBClusterIdentifier"]
    return None if await databases.cluster(inquiry, asked.region, named) else f"DBCluster {named} not found."


@rule(
    "rds.stop-of-a-global-database",
    "rds:StopDBCluster",
    code="InvalidDBClusterStateFault",
    code_from="api",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-cluster-stop-start.html, limitations:"
    " no cluster of a global database",
)
async def _stop_global(asked: Asked, inquiry: Inquiry) -> str | None:
    named = asked.parameters["DBClusterIdentifier"]
    cluster = await databases.cluster(inquiry, asked.region, named) or {}
    found = await inquiry("rds", "DescribeGlobalClusters", asked.region) or {}
    joined = {
        member["DBClusterArn"] for one in found.get("GlobalClusters", []) for member in one["GlobalClusterMembers"]
    }
    return f"{named} is part of a global database." if cluster.get("DBClusterArn") in joined else None


RULES: Final = (_setting, _engine, _version, _snapshot, _stop, _tier, _sixteen, _gone, _stop_global)
