"""RDS: identifiers that are none, that are taken, and what cannot go while something uses it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.rds import databases
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_IDENTIFIER: Final = re.compile(r"[A-Za-z](-?[A-Za-z0-9])*", re.ASCII)
_LONGEST: Final = 63
#: By operation the member that names what is to be made.
_NAMED: Final = {
    "CreateDBInstance": "DBInstanceIdentifier",
    "CreateDBInstanceReadReplica": "DBInstanceIdentifier",
    "CreateDBCluster": "DBClusterIdentifier",
    "CreateGlobalCluster": "GlobalClusterIdentifier",
    "CreateDBParameterGroup": "DBParameterGroupName",
    "CreateDBClusterParameterGroup": "DBClusterParameterGroupName",
    "CreateOptionGroup": "OptionGroupName",
    "RestoreDBInstanceToPointInTime": "TargetDBInstanceIdentifier",
    "RestoreDBInstanceFromDBSnapshot": "DBInstanceIdentifier",
    "RestoreDBClusterToPointInTime": "DBClusterIdentifier",
    "RestoreDBClusterFromSnapshot": "DBClusterIdentifier",
}
_GROUPS: Final = ("CreateDBParameterGroup", "CreateDBClusterParameterGroup", "CreateOptionGroup")


@rule(
    "rds.identifier-that-is-none",
    f"rds:{' '.join(_NAMED)}",
    code="InvalidParameterValue",
    code_from="seen",
    source="botocore rds CreateDBInstance.DBInstanceIdentifier and its like; code and message in public reports",
)
async def _identifier(asked: Asked, _: Inquiry) -> str | None:
    member = _NAMED[asked.operation]
    name = asked.parameters.get(member, "")
    longest = 255 if asked.operation in _GROUPS else _LONGEST
    if not name or (_IDENTIFIER.fullmatch(name) and len(name) <= longest):
        return None
    return (
        f"The parameter {member} is not a valid identifier. Identifiers must begin with a letter; must contain only"
        " ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens."
    )


@rule(
    "rds.subnet-group-name",
    "rds:CreateDBSubnetGroup",
    code="InvalidParameterValue",
    code_from="seen",
    source="botocore rds CreateDBSubnetGroup.DBSubnetGroupName: letters, numbers, periods, underscores, spaces or"
    " hyphens, and not default; code and message in public reports of it",
)
async def _subnet_group(asked: Asked, _: Inquiry) -> str | None:
    name = asked.parameters["DBSubnetGroupName"]
    if name.lower() != "default" and re.fullmatch(r"[A-Za-z0-9._ -]{1,255}", name):
        return None
    return f"The parameter DBSubnetGroupName is not valid: {name}. It must not be default."


@rule(
    "rds.instance-name-in-use",
    "rds:CreateDBInstanceReadReplica ModifyDBInstance",
    code="DBInstanceAlreadyExists",
    code_from="api",
    source="botocore rds DBInstanceAlreadyExistsFault: the user already has a DB instance with the given identifier",
)
async def _taken(asked: Asked, inquiry: Inquiry) -> str | None:
    given = asked.parameters
    wanted = (
        given.get("NewDBInstanceIdentifier") if asked.operation == "ModifyDBInstance" else given["DBInstanceIdentifier"]
    )
    if not wanted or (asked.operation == "ModifyDBInstance" and wanted == given["DBInstanceIdentifier"]):
        return None
    found = await databases.instance(inquiry, asked.region, wanted)
    return f"DB instance already exists: {wanted}" if found else None


@rule(
    "rds.subnet-group-in-use",
    "rds:DeleteDBSubnetGroup",
    code="InvalidDBSubnetGroupStateFault",
    code_from="api",
    source="botocore rds DeleteDBSubnetGroup: it must not be associated with any DB instances",
)
async def _used(asked: Asked, inquiry: Inquiry) -> str | None:
    name = asked.parameters["DBSubnetGroupName"]
    found = await inquiry("rds", "DescribeDBInstances", asked.region) or {}
    for instance in found.get("DBInstances", []):
        if instance.get("DBSubnetGroup", {}).get("DBSubnetGroupName") == name:
            return (
                f"Cannot delete the subnet group '{name}' because at least one database instance:"
                f" {instance['DBInstanceIdentifier']} is still using it."
            )
    return None


RULES: Final = (_identifier, _subnet_group, _taken, _used)
