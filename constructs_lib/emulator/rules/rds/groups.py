"""RDS: subnet groups and parameter groups that fit the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.rules.rds import databases
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

#: Their families are the engine's name and the major version.
_JUDGED: Final = ("postgres", "mysql", "mariadb", "aurora-postgresql", "aurora-mysql")
_SEEN: Final = "https://github.com/badmintoncryer/cdk-preflight,"
_LEAST_ZONES, _CLUSTER_ZONES = 2, 3


async def _zones(asked: Asked, inquiry: Inquiry, subnets: list[str]) -> set[str]:
    found = await inquiry("ec2", "DescribeSubnets", asked.region, SubnetIds=subnets)
    return {subnet["AvailabilityZone"] for subnet in (found or {}).get("Subnets", [])}


async def default_vpc(inquiry: Inquiry, region: str) -> str | None:
    """Return what RDS says where it is to take the default VPC of *region*, and that has no subnets; else None."""
    defaults = [{"Name": "default-for-az", "Values": ["true"]}]
    found = await inquiry("ec2", "DescribeSubnets", region, Filters=defaults)
    if found is None or found["Subnets"]:
        return None
    return "No default subnet detected in VPC. Please contact AWS Support to recreate default Subnets."


@rule(
    "rds.subnet-that-does-not-exist",
    "rds:CreateDBSubnetGroup ModifyDBSubnetGroup",
    code="InvalidSubnet",
    code_from="api",
    source="botocore rds InvalidSubnet: the subnet is invalid, or subnets are not all of one VPC",
)
async def _no_subnet(asked: Asked, inquiry: Inquiry) -> str | None:
    vpcs = set()
    for subnet in asked.parameters.get("SubnetIds", []):
        found = await inquiry("ec2", "DescribeSubnets", asked.region, SubnetIds=[subnet]) or {}
        if not found.get("Subnets"):
            return f"The subnet ID '{subnet}' does not exist"
        vpcs.add(found["Subnets"][0]["VpcId"])
    return "Subnets are not all of one VPC" if len(vpcs) > 1 else None


@rule(
    "rds.default-vpc-that-is-gone",
    "rds:CreateDBCluster CreateDBInstance RestoreDBClusterFromSnapshot RestoreDBInstanceFromDBSnapshot",
    code="InvalidSubnet",
    code_from="seen",
    source="botocore rds CreateDBInstance.DBSubnetGroupName: without one it is created in the default VPC; code and"
    " message: https://github.com/aws-samples/"
    "aws-system-manager-automation-unencrypted-to-encrypted-resources/issues/18",
)
async def _default_vpc(asked: Asked, inquiry: Inquiry) -> str | None:
    if asked.parameters.get("DBSubnetGroupName"):
        return None
    if asked.operation == "CreateDBInstance" and asked.parameters.get("DBClusterIdentifier"):
        return None
    return await default_vpc(inquiry, asked.region)


@rule(
    "rds.subnet-group-in-one-zone",
    "rds:CreateDBSubnetGroup ModifyDBSubnetGroup",
    code="DBSubnetGroupDoesNotCoverEnoughAZs",
    code_from="seen",
    source="botocore rds DBSubnetGroupDoesNotCoverEnoughAZs; code and message in many public reports of it",
)
async def _one_zone(asked: Asked, inquiry: Inquiry) -> str | None:
    zones = await _zones(asked, inquiry, asked.parameters["SubnetIds"])
    if not zones or len(zones) >= _LEAST_ZONES:
        return None
    return (
        "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage:"
        f" {', '.join(sorted(zones))}. Add subnets to cover at least {_LEAST_ZONES} AZs."
    )


@rule(
    "rds.multi-az-cluster-in-two-zones",
    "rds:CreateDBCluster",
    code="DBSubnetGroupDoesNotCoverEnoughAZs",
    code_from="api",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/create-multi-az-db-cluster.html: a subnet group that"
    " covers at least three Availability Zones",
)
async def _two_zones(asked: Asked, inquiry: Inquiry) -> str | None:
    name = asked.parameters.get("DBSubnetGroupName")
    if not name or not asked.parameters.get("DBClusterInstanceClass"):
        return None
    found = await inquiry("rds", "DescribeDBSubnetGroups", asked.region, DBSubnetGroupName=name)
    groups = (found or {}).get("DBSubnetGroups", [])
    zones = {subnet["SubnetAvailabilityZone"]["Name"] for group in groups for subnet in group["Subnets"]}
    if not groups or len(zones) >= _CLUSTER_ZONES:
        return None
    return (
        f"The subnet group {name} covers {', '.join(sorted(zones))}; a Multi-AZ DB cluster needs {_CLUSTER_ZONES} AZs"
    )


@rule(
    "rds.subnet-group-name-in-use",
    "rds:CreateDBSubnetGroup",
    code="DBSubnetGroupAlreadyExists",
    code_from="api",
    source="botocore rds DBSubnetGroupAlreadyExistsFault",
)
async def _group_twice(asked: Asked, inquiry: Inquiry) -> str | None:
    name = asked.parameters["DBSubnetGroupName"]
    found = await inquiry("rds", "DescribeDBSubnetGroups", asked.region, DBSubnetGroupName=name)
    return f"The DB subnet group '{name}' already exists." if found else None


def _fits(engine: str, version: str, family: str) -> bool:
    return family == f"{engine}{databases.major(engine, version)}" if version else _engine_of(family) == engine


def _engine_of(family: str) -> str:
    return family.rstrip("0123456789.")


async def _families(asked: Asked, inquiry: Inquiry) -> Iterable[tuple[str, str]]:
    """Return name and family of the parameter groups that the call names, where they are."""
    kinds = (
        ("DBParameterGroup", "DBParameterGroupName"),
        ("DBClusterParameterGroup", "DBClusterParameterGroupName"),
    )
    named = []
    for kind, parameter in kinds:
        if name := asked.parameters.get(parameter):
            found = await inquiry("rds", f"Describe{kind}s", asked.region, **{parameter: name})
            named += [(name, group["DBParameterGroupFamily"]) for group in (found or {}).get(f"{kind}s", [])]
    return named


@rule(
    "rds.parameter-group-of-another-family",
    "rds:CreateDBInstance CreateDBCluster CreateDBInstanceReadReplica ModifyDBInstance ModifyDBCluster",
    code="InvalidParameterCombination",
    code_from="seen",
    source=f"botocore rds CreateDBInstance.DBParameterGroupName; the message in {_SEEN}"
    " rules/rds/pf-rds-parameter-group-family-engine, the code in its api-probe of the same call for Neptune",
)
async def _other_family(asked: Asked, inquiry: Inquiry) -> str | None:
    families = await _families(asked, inquiry)
    database: Mapping[str, Any] | None = asked.parameters
    if families and asked.operation == "CreateDBInstanceReadReplica":
        source = asked.parameters.get("SourceDBInstanceIdentifier", "")
        database = await databases.instance(inquiry, asked.region, source) if source else None
    elif families and asked.operation == "ModifyDBInstance":
        database = await databases.instance(inquiry, asked.region, asked.parameters["DBInstanceIdentifier"])
    elif families and asked.operation == "ModifyDBCluster":
        database = await databases.cluster(inquiry, asked.region, asked.parameters["DBClusterIdentifier"])
    engine = (database or {}).get("Engine", "")
    # With an upgrade comes the group of the version that is to be.
    version = asked.parameters.get("EngineVersion") or (database or {}).get("EngineVersion", "")
    for name, family in families:
        if engine in _JUDGED and not _fits(engine, version, family):
            wanted = f"{engine}{databases.major(engine, version)}" if version else engine
            return (
                f"The parameter group {name} with DBParameterGroupFamily {family} can't be used for this instance. Use"
                f" a parameter group with DBParameterGroupFamily {wanted}."
            )
    return None


@rule(
    "rds.replica-parameter-group-of-postgres",
    "rds:CreateDBInstanceReadReplica",
    code="InvalidParameterCombination",
    code_from="seen",
    source="botocore rds CreateDBInstanceReadReplica.DBParameterGroupName: MySQL in another Region, and Oracle; code"
    " and message in https://github.com/hashicorp/terraform-provider-aws/issues/38056",
)
async def _replica_group(asked: Asked, inquiry: Inquiry) -> str | None:
    source = asked.parameters.get("SourceDBInstanceIdentifier", "")
    named = source if asked.parameters.get("DBParameterGroupName") else ""
    found = await databases.instance(inquiry, asked.region, named) if named else None
    if not found or found["Engine"] != "postgres":
        return None
    return "A parameter group can't be specified during Read Replica creation for the following DB engine: postgres"


RULES: Final = (_no_subnet, _default_vpc, _one_zone, _two_zones, _group_twice, _replica_group, _other_family)
