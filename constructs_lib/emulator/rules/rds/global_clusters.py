"""RDS: Aurora clusters and the global clusters they are members of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.rds import databases
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_AURORA: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide"
_NOT_IN: Final = ("ap-southeast-6", "ap-southeast-7", "ap-east-2")
_BURSTABLE: Final = ("db.t2.", "db.t3.", "db.t4g.")
_UPGRADE: Final = (
    "https://github.com/hashicorp/terraform-provider-aws, internal/service/rds/global_cluster.go, quotes the error"
)


@rule(
    "rds.cluster-source-needs-arn",
    "rds:CreateDBCluster CreateGlobalCluster",
    code="InvalidParameterValue",
    code_from="seen",
    source="botocore rds CreateDBCluster.ReplicationSourceIdentifier, CreateGlobalCluster.SourceDBClusterIdentifier:"
    " the Amazon Resource Name; code and message in moto's tests/test_rds/test_rds_clusters_global.py, which were run"
    " on AWS",
)
async def _source_by_identifier(asked: Asked, _: Inquiry) -> str | None:
    for name in ("ReplicationSourceIdentifier", "SourceDBClusterIdentifier"):
        source = asked.parameters.get(name, "")
        if source and not source.startswith("arn:"):
            return f"Malformed db cluster arn {source}; {name} is an ARN"
    return None


@rule(
    "rds.managed-password-in-global",
    "rds:CreateDBCluster CreateGlobalCluster ModifyDBCluster",
    code="InvalidParameterCombination",
    code_from="memory",
    source=f"{_AURORA}/rds-secrets-manager.html, limitations: not for clusters of an Aurora global database",
)
async def _managed_password(asked: Asked, inquiry: Inquiry) -> str | None:
    wanted = bool(asked.parameters.get("ManageMasterUserPassword"))
    if asked.operation == "CreateGlobalCluster":
        named = asked.parameters.get("SourceDBClusterIdentifier", "")
        source = await databases.cluster(inquiry, asked.region, named) if named else None
        joins = source is not None and "MasterUserSecret" in source
    elif asked.operation == "ModifyDBCluster":
        joins = wanted and await _is_member(asked, inquiry)
    else:
        joins = wanted and bool(asked.parameters.get("GlobalClusterIdentifier"))
    return "A cluster of a global database cannot have its password managed by Secrets Manager" if joins else None


async def _is_member(asked: Asked, inquiry: Inquiry) -> bool:
    found = await databases.cluster(inquiry, asked.region, asked.parameters["DBClusterIdentifier"])
    return (
        found is not None
        and await databases.global_cluster_of(inquiry, asked.region, found["DBClusterArn"]) is not None
    )


@rule(
    "rds.class-of-a-global-database",
    "rds:CreateDBInstance",
    code="InvalidParameterCombination",
    code_from="seen",
    source="https://github.com/hashicorp/terraform-provider-aws/issues/27736 quotes code and message;"
    f" {_AURORA}/aurora-global-database-getting-started.html: memory-optimized classes",
)
async def _class(asked: Asked, inquiry: Inquiry) -> str | None:
    wanted = asked.parameters.get("DBInstanceClass", "")
    if not asked.parameters.get("DBClusterIdentifier") or not wanted.startswith(_BURSTABLE):
        return None
    if not await _is_member(asked, inquiry):
        return None
    return f"The requested instance class is not supported by global databases: {wanted}"


@rule(
    "rds.global-versions-differ",
    "rds:CreateDBCluster",
    code="InvalidParameterValue",
    code_from="seen",
    source=f"{_AURORA}/aurora-global-database-getting-started.html, adding a Region: the engine version of the primary"
    "; code and message in https://github.com/aws/aws-cli/issues/8139. botocore rds CreateDBCluster.EngineVersion: of a"
    " major version it takes the default one, which is that of a primary only until one of the two has changed",
)
async def _versions(asked: Asked, inquiry: Inquiry) -> str | None:
    version = asked.parameters.get("EngineVersion")
    writer = await databases.writer_joined(asked, inquiry)
    if not version or writer is None or version == writer["EngineVersion"]:
        return None
    identifier = asked.parameters["GlobalClusterIdentifier"]
    return f"Value for engineVersion should match setting for global cluster {identifier}"


@rule(
    "rds.global-database-that-is-not-offered",
    "rds:CreateGlobalCluster CreateDBCluster",
    code="InvalidParameterValue",
    code_from="seen",
    source=f"{_AURORA}/Concepts.Aurora_Fea_Regions_DB-eng.Feature.GlobalDatabase.html: the Regions that have them; code"
    " and message, of a version without them, in https://github.com/hashicorp/terraform-provider-aws/issues/30131",
)
async def _not_offered(asked: Asked, _: Inquiry) -> str | None:
    if asked.region not in _NOT_IN or not asked.parameters.get("GlobalClusterIdentifier"):
        return None
    return "The requested engine version was not found or does not support global functionality"


@rule(
    "rds.cluster-already-in-a-global",
    "rds:CreateGlobalCluster",
    code="InvalidDBClusterStateFault",
    code_from="api",
    source="botocore rds CreateGlobalCluster: SourceDBClusterIdentifier becomes the primary; a cluster has one global"
    " cluster, and no call adds an existing cluster to an existing one",
)
async def _already_member(asked: Asked, inquiry: Inquiry) -> str | None:
    source = asked.parameters.get("SourceDBClusterIdentifier", "")
    joined = await databases.global_cluster_of(inquiry, asked.region, source) if source.startswith("arn:") else None
    return f"{source} is already a member of the global cluster {joined}" if joined else None


@rule(
    "rds.global-second-primary",
    "rds:CreateDBCluster",
    code="InvalidParameterCombination",
    code_from="seen",
    source=f"{_AURORA}/aurora-global-database-getting-started.html: one primary; a secondary is made without master"
    " user and database name"
    "; the code in https://github.com/pulumi/pulumi-aws/issues/3751",
)
async def _second_primary(asked: Asked, inquiry: Inquiry) -> str | None:
    given = [name for name in ("MasterUsername", "MasterUserPassword", "DatabaseName") if asked.parameters.get(name)]
    if not given or await databases.writer_joined(asked, inquiry) is None:
        return None
    return f"The global cluster has a primary; a secondary takes its {', '.join(given)} from it"


@rule(
    "rds.major-version-unchanged",
    "rds:ModifyGlobalCluster",
    code="InvalidParameterValue",
    code_from="seen",
    source=_UPGRADE,
)
async def _major_unchanged(asked: Asked, inquiry: Inquiry) -> str | None:
    version = asked.parameters.get("EngineVersion")
    found = await databases.global_cluster(inquiry, asked.region, asked.parameters["GlobalClusterIdentifier"])
    if not version or found is None:
        return None
    engine = found["Engine"]
    if databases.major(engine, version) != databases.major(engine, found["EngineVersion"]):
        return None
    return (
        "ModifyGlobalCluster only supports Major Version Upgrades. To patch the members of your global cluster to a"
        " newer minor version you need to call ModifyDbCluster in each one of them."
    )


@rule(
    "rds.backtrack-in-global",
    "rds:CreateDBCluster ModifyDBCluster",
    code="InvalidParameterCombination",
    code_from="memory",
    source=f"{_AURORA}/aurora-global-database.html, limitations: backtracking is not supported",
)
async def _backtrack(asked: Asked, inquiry: Inquiry) -> str | None:
    if not asked.parameters.get("BacktrackWindow"):
        return None
    if asked.operation == "ModifyDBCluster":
        joins = await _is_member(asked, inquiry)
    else:
        joins = bool(asked.parameters.get("GlobalClusterIdentifier"))
    return "Backtrack is not supported for a cluster of a global database" if joins else None


@rule(
    "rds.promotion-of-no-cluster-replica",
    "rds:PromoteReadReplicaDBCluster",
    code="InvalidDBClusterStateFault",
    code_from="api",
    source="botocore rds PromoteReadReplicaDBCluster: promotes a read replica DB cluster",
)
async def _second_promotion(asked: Asked, inquiry: Inquiry) -> str | None:
    identifier = asked.parameters["DBClusterIdentifier"]
    found = await databases.cluster(inquiry, asked.region, identifier)
    if found is None or found.get("ReplicationSourceIdentifier"):
        return None
    return f"DB cluster {identifier} is not a read replica"


@rule(
    "rds.global-of-nothing",
    "rds:CreateDBCluster",
    code="GlobalClusterNotFoundFault",
    status=404,
    code_from="api",
    source="botocore rds GlobalClusterNotFoundFault: The GlobalClusterIdentifier doesn't refer to an existing global"
    " database cluster",
)
async def _nothing(asked: Asked, inquiry: Inquiry) -> str | None:
    identifier = asked.parameters.get("GlobalClusterIdentifier")
    if not identifier or await databases.global_cluster(inquiry, asked.region, identifier):
        return None
    return f"Global cluster {identifier} not found"


@rule(
    "rds.global-engine-beside-a-source",
    "rds:CreateGlobalCluster",
    code="InvalidParameterCombination",
    code_from="seen",
    source="botocore rds CreateGlobalCluster.Engine: can't be specified with SourceDBClusterIdentifier; code and"
    " message in https://github.com/badmintoncryer/cdk-preflight, api-probe of CreateGlobalCluster",
)
async def _inherited(asked: Asked, _: Inquiry) -> str | None:
    if not asked.parameters.get("SourceDBClusterIdentifier") or not asked.parameters.get("Engine"):
        return None
    return (
        "When creating global cluster from existing db cluster, value for engineName should not be specified since it"
        " will be inherited from source cluster"
    )


@rule(
    "rds.cluster-name-in-use",
    "rds:CreateDBCluster RestoreDBClusterToPointInTime RestoreDBClusterFromSnapshot",
    code="DBClusterAlreadyExistsFault",
    code_from="api",
    source="botocore rds DBClusterAlreadyExistsFault: The user already has a DB cluster with the given identifier",
)
async def _in_use(asked: Asked, inquiry: Inquiry) -> str | None:
    identifier = asked.parameters["DBClusterIdentifier"]
    return "DB Cluster already exists" if await databases.cluster(inquiry, asked.region, identifier) else None


@rule(
    "rds.global-second-member-in-a-region",
    "rds:CreateDBCluster",
    code="InvalidGlobalClusterStateFault",
    code_from="api",
    source=f"{_AURORA}/aurora-global-database.configuration.requirements.html: no two clusters of an Aurora global"
    " database can be in the same Region",
)
async def _twice(asked: Asked, inquiry: Inquiry) -> str | None:
    identifier = asked.parameters.get("GlobalClusterIdentifier")
    joined = await databases.global_cluster(inquiry, asked.region, identifier) if identifier else None
    for member in (joined or {}).get("GlobalClusterMembers", []):
        if databases.region_of(member["DBClusterArn"], "") == asked.region:
            return f"{identifier} has a cluster in {asked.region} already, {member['DBClusterArn']}"
    return None


RULES: Final = (
    _in_use,
    _nothing,
    _inherited,
    _not_offered,
    _source_by_identifier,
    _managed_password,
    _class,
    _versions,
    _already_member,
    _second_primary,
    _major_unchanged,
    _backtrack,
    _second_promotion,
    _twice,
)
