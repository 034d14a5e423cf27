"""RDS: read replicas in another Region, and their promotion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.rds import databases
from constructs_lib.emulator.rules.rds.offers import versions
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_CREATE: Final = "rds:CreateDBInstanceReadReplica"
_GUIDE: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide"
_MOST_REPLICAS: Final = {"oracle": 5, "sqlserver": 5, "db2": 3}
_MOST_OF_OTHERS: Final = 15
#: The oldest major version first; what is newer than all of them has replicas from its first version on. PostgreSQL 9
#: and MySQL 5.6 have none either, but an instance of which no version is asked for is of such a one here.
_REPLICAS_FROM: Final = {
    "sqlserver-ee": ((13, 0, 6300, 2), (14, 0, 3281, 6), (15, 0, 4073, 23)),
    "mariadb": ((10, 4),),
}
_WITHOUT_REPLICAS: Final = ("oracle-se2", "oracle-se2-cdb", "sqlserver-se", "sqlserver-web", "sqlserver-ex")


@rule(
    "rds.replica-source-needs-arn",
    _CREATE,
    code="DBInstanceNotFound",
    status=404,
    code_from="api",
    source="botocore rds CreateDBInstanceReadReplica.SourceDBInstanceIdentifier: an ARN for a source of another Region",
)
async def _source_by_identifier(asked: Asked, inquiry: Inquiry) -> str | None:
    source = asked.parameters.get("SourceDBInstanceIdentifier", "")
    if not source or source.startswith("arn:") or await databases.instance(inquiry, asked.region, source):
        return None
    return f"DBInstance {source} not found in {asked.region}; name a source in another Region by its ARN"


@rule(
    "rds.replica-of-source-without-backups",
    _CREATE,
    code="InvalidDBInstanceState",
    code_from="api",
    source="botocore rds CreateDBInstanceReadReplica.SourceDBInstanceIdentifier: backup retention greater than 0",
)
async def _without_backups(asked: Asked, inquiry: Inquiry) -> str | None:
    source = asked.parameters.get("SourceDBInstanceIdentifier", "")
    found = await databases.instance(inquiry, asked.region, source) if source else None
    if found is None or found.get("BackupRetentionPeriod", 0) > 0:
        return None
    return f"Automated backups are not enabled for {source}; set a backup retention period to enable read replicas"


@rule(
    "rds.replica-of-managed-password",
    f"{_CREATE} ModifyDBInstance",
    code="InvalidParameterValue",
    code_from="seen",
    source=f"{_GUIDE}/rds-secrets-manager.html, limitations: no read replica of a source that manages its credentials"
    " with Secrets Manager, for all engines but SQL Server"
    "; code and message in https://github.com/terraform-aws-modules/terraform-aws-rds/issues/532",
)
async def _managed_password(asked: Asked, inquiry: Inquiry) -> str | None:
    if asked.operation == "ModifyDBInstance":
        return await _managed_from_now_on(asked, inquiry)
    source = asked.parameters.get("SourceDBInstanceIdentifier", "")
    found = await databases.instance(inquiry, asked.region, source) if source else None
    if found is None or "MasterUserSecret" not in found or found["Engine"].startswith("sqlserver"):
        return None
    return f"{source} manages its master password with Secrets Manager, so it cannot have a read replica"


async def _managed_from_now_on(asked: Asked, inquiry: Inquiry) -> str | None:
    named = asked.parameters["DBInstanceIdentifier"] if asked.parameters.get("ManageMasterUserPassword") else ""
    found = await databases.instance(inquiry, asked.region, named) if named else None
    if not found or not found.get("ReadReplicaDBInstanceIdentifiers") or found["Engine"].startswith("sqlserver"):
        return None
    return f"{named} has a read replica, so Secrets Manager cannot manage its master password"


@rule(
    "rds.oracle-replica-option-group",
    _CREATE,
    code="InvalidParameterCombination",
    code_from="memory",
    source=f"{_GUIDE}/oracle-read-replicas.limitations.html: RDS makes a dedicated option group for a cross-Region"
    " replica, which cannot be left",
)
async def _oracle_options(asked: Asked, inquiry: Inquiry) -> str | None:
    source = asked.parameters.get("SourceDBInstanceIdentifier", "")
    if databases.region_of(source, asked.region) == asked.region or not asked.parameters.get("OptionGroupName"):
        return None
    found = await databases.instance(inquiry, asked.region, source)
    if found is None or not found["Engine"].startswith("oracle"):
        return None
    return "A cross-Region Oracle replica has an option group that RDS makes for it; give none"


@rule(
    "rds.replica-of-an-edition-without",
    _CREATE,
    code="InvalidParameterCombination",
    code_from="memory",
    source=f"{_GUIDE}/oracle-read-replicas.limitations.html: Oracle Enterprise Edition only; of SQL"
    " Server https://docs.aws.amazon.com/prescriptive-guidance/latest/migration-sql-server/rds-sql.html: read replicas"
    " for SQL Server Enterprise edition",
)
async def _edition(asked: Asked, inquiry: Inquiry) -> str | None:
    source = asked.parameters.get("SourceDBInstanceIdentifier", "")
    found = await databases.instance(inquiry, asked.region, source) if source else None
    if found is None or found["Engine"] not in _WITHOUT_REPLICAS:
        return None
    return f"{source} cannot have a read replica: {found['Engine']} is not the Enterprise Edition"


@rule(
    "rds.replica-of-a-version-without",
    _CREATE,
    code="InvalidParameterCombination",
    code_from="memory",
    source=f"{_GUIDE}/Concepts.RDS_Fea_Regions_DB-eng.Feature.CrossRegionReadReplicas.html: which versions have"
    " replicas in another Region",
)
async def _version(asked: Asked, inquiry: Inquiry) -> str | None:
    source = asked.parameters.get("SourceDBInstanceIdentifier", "")
    if not source or databases.region_of(source, asked.region) == asked.region:
        return None
    found = await databases.instance(inquiry, asked.region, source)
    least = None if found is None else _REPLICAS_FROM.get(found["Engine"])
    # A major version alone is one of AWS's choice.
    if found is None or least is None or found["EngineVersion"] not in versions()[found["Engine"]]:
        return None
    version = tuple(int(part) for part in found["EngineVersion"].partition("-")[0].split(".") if part.isdigit())
    beside = next((one for one in least if one[:2] == version[:2]), least[0])
    if version[:2] > beside[:2] or version >= beside:
        return None
    return f"{source} is {found['Engine']} {found['EngineVersion']}, of which there are no replicas in another Region"


@rule(
    "rds.more-replicas-than-the-engine-admits",
    "rds:CreateDBInstanceReadReplica",
    code="InstanceQuotaExceeded",
    code_from="api",
    source=f"{_GUIDE}/USER_ReadRepl.html: up to 15 replicas of a source; of Oracle and SQL Server 5, of Db2 3; botocore"
    " rds InstanceQuotaExceededFault",
)
async def _many(asked: Asked, inquiry: Inquiry) -> str | None:
    source = asked.parameters.get("SourceDBInstanceIdentifier", "")
    found = await databases.instance(inquiry, asked.region, source) if source else None
    if found is None:
        return None
    most = _MOST_REPLICAS.get(found["Engine"].partition("-")[0], _MOST_OF_OTHERS)
    if len(found.get("ReadReplicaDBInstanceIdentifiers", [])) < most:
        return None
    return f"{source} has {most} read replicas already, the most of {found['Engine']}."


@rule(
    "rds.promotion-of-no-replica",
    "rds:PromoteReadReplica",
    code="InvalidDBInstanceState",
    code_from="api",
    source="botocore rds PromoteReadReplica: promotes a read replica to a standalone instance",
)
async def _second_promotion(asked: Asked, inquiry: Inquiry) -> str | None:
    identifier = asked.parameters["DBInstanceIdentifier"]
    found = await databases.instance(inquiry, asked.region, identifier)
    replica = ("ReadReplicaSourceDBInstanceIdentifier", "ReadReplicaSourceDBClusterIdentifier")
    if found is None or any(found.get(name) for name in replica):
        return None
    return f"DB instance {identifier} is not a read replica"


RULES: Final = (
    _source_by_identifier,
    _without_backups,
    _managed_password,
    _edition,
    _version,
    _many,
    _oracle_options,
    _second_promotion,
)
