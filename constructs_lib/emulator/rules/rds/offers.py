"""RDS: engine versions, instance classes and parameter group families that exist.

The lists are those of cfn-lint, which AWS keeps from its own RDS and price APIs and which comes with moto. An engine or
a Region that is not in them is not judged.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.rules.rds import databases
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_SOURCE: Final = "cfn-lint (aws-cloudformation), data/schemas/extensions/aws_rds_dbinstance"
_SIZED: Final = (
    "rds:CreateDBInstance CreateDBInstanceReadReplica ModifyDBInstance RestoreDBInstanceToPointInTime CreateDBCluster"
)
#: A generation with disks of its own: db.m5d, db.r6gd, db.x2iedn.
_LOCAL: Final = re.compile(r"db\.[a-z]+\d+[a-z]*d[a-z]*\.")
#: Container databases have the classes of the others.
_CLASSES_OF: Final = {"oracle-ee-cdb": "oracle-ee", "oracle-se2-cdb": "oracle-se2"}


@cache
def _schema(name: str) -> Any:
    spec = importlib.util.find_spec("cfnlint")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    directory = Path(spec.submodule_search_locations[0], "data", "schemas", "extensions", "aws_rds_dbinstance")
    return json.loads((directory / f"{name}.json").read_bytes())


@cache
def versions() -> Mapping[str, frozenset[str]]:
    """Return the versions of each engine, down to the minor one."""
    return {
        entry["if"]["properties"]["Engine"]["const"]: frozenset(entry["then"]["properties"]["EngineVersion"]["enum"])
        for entry in _schema("engine_version")["allOf"]
        if "const" in entry["if"]["properties"]["Engine"]
    }


@cache
def _classes(region: str) -> Mapping[str, set[str]]:
    offered: dict[str, set[str]] = defaultdict(set)
    for entry in _schema("dbinstanceclass_enum").get(region, {"allOf": []})["allOf"]:
        offered[entry["if"]["properties"]["Engine"]["const"]] |= set(
            entry["then"]["properties"]["DBInstanceClass"]["enum"]
        )
    return offered


@rule(
    "rds.version-that-does-not-exist",
    "rds:CreateDBInstance CreateDBCluster CreateGlobalCluster ModifyDBInstance ModifyDBCluster ModifyGlobalCluster",
    code="InvalidParameterCombination",
    code_from="seen",
    source=f"{_SOURCE}/engine_version.json",
)
async def _version(asked: Asked, inquiry: Inquiry) -> str | None:
    version = asked.parameters.get("EngineVersion")
    engine = await databases.engine(asked, inquiry) if version else None
    known = versions().get(engine or "")
    if not version or not known or any(databases.same_version(version, one) for one in known):
        return None
    return f"Cannot find version {version} for {engine}"


def _wanted_class(asked: Asked) -> str | None:
    wanted: str | None = asked.parameters.get("DBInstanceClass") or asked.parameters.get("DBClusterInstanceClass")
    return wanted


@rule(
    "rds.class-that-does-not-exist",
    _SIZED,
    code="InvalidParameterValue",
    code_from="seen",
    source=f"{_SOURCE}/dbinstanceclass_enum.json",
)
async def _class(asked: Asked, _: Inquiry) -> str | None:
    wanted, offered = _wanted_class(asked), _classes(asked.region)
    if not wanted or not offered:
        return None
    if any(wanted in classes for classes in offered.values()):
        return None
    return f"Invalid DB Instance class: {wanted}"


@rule(
    "rds.class-not-for-the-engine",
    _SIZED,
    code="InvalidParameterCombination",
    code_from="seen",
    source=f"{_SOURCE}/dbinstanceclass_enum.json; of Multi-AZ clusters botocore rds CreateDBCluster"
    ".DBClusterInstanceClass and Concepts.DBInstanceClass.SupportAurora.html: classes with local storage; code and"
    " message in many public reports of CreateDBInstance",
)
async def _combination(asked: Asked, inquiry: Inquiry) -> str | None:
    given, wanted, offered = asked.parameters, _wanted_class(asked), _classes(asked.region)
    if not wanted or not any(wanted in classes for classes in offered.values()):
        return None
    engine = given.get("Engine")
    if engine is None:
        names = ("SourceDBInstanceIdentifier", "DBInstanceIdentifier")
        named = next((given[name] for name in names if given.get(name)), "")
        engine = (await databases.instance(inquiry, asked.region, named) or {}).get("Engine", "") if named else ""
    of_engine = offered.get(_CLASSES_OF.get(engine, engine))
    local = "DBClusterInstanceClass" not in given or _LOCAL.match(wanted)
    if of_engine is None or (wanted in of_engine and local):
        return None
    what = "DB cluster" if "DBClusterInstanceClass" in given else "DB instance"
    return (
        f"RDS does not support creating a {what} with the following combination: DBInstanceClass={wanted},"
        f" Engine={engine}"
    )


_CLUSTERS: Final = (
    "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/"
    "Concepts.RDS_Fea_Regions_DB-eng.Feature.MultiAZDBClusters.html"
)
_NO_CLUSTERS_IN: Final = ("us-west-1", "ap-southeast-6", "ap-southeast-7", "ap-east-2")
#: Of PostgreSQL 13 from 13.4, of 14 from 14.5 on.
_CLUSTERS_OF: Final = {"postgres": ("13", "14", "15", "16", "17", "18"), "mysql": ("8.0", "8.4")}


@rule(
    "rds.multi-az-cluster-that-is-not-offered",
    "rds:CreateDBCluster",
    code="InvalidParameterCombination",
    code_from="memory",
    source=f"{_CLUSTERS}: the Regions and versions that have them",
)
async def _cluster(asked: Asked, _: Inquiry) -> str | None:
    engine, wanted = asked.parameters.get("Engine", ""), asked.parameters.get("DBClusterInstanceClass")
    if not wanted or engine not in _CLUSTERS_OF:
        return None
    if asked.region in _NO_CLUSTERS_IN:
        return f"Multi-AZ DB clusters are not available in {asked.region}"
    version = asked.parameters.get("EngineVersion")
    if not version or databases.major(engine, version) in _CLUSTERS_OF[engine]:
        return None
    return f"The engine version {version} of {engine} does not support Multi-AZ DB clusters"


_NO_ENCRYPTION_ON: Final = re.compile(r"db\.(m1\..+|m2\..+|t2\.micro)")


@rule(
    "rds.encryption-that-is-not-offered",
    "rds:CreateDBInstance",
    code="InvalidParameterCombination",
    code_from="seen",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html#Overview.Encryption"
    ".Availability: not for SQL Server Express Edition, nor on these classes; both messages in public modules and"
    " reports, the code with that of the class",
)
async def _encryption(asked: Asked, _: Inquiry) -> str | None:
    engine, wanted = asked.parameters.get("Engine", ""), asked.parameters.get("DBInstanceClass", "")
    if not asked.parameters.get("StorageEncrypted"):
        return None
    if engine == "sqlserver-ex":
        return f"DB Engine {engine} does not support encryption at rest"
    if _NO_ENCRYPTION_ON.fullmatch(wanted):
        return f"DB Instance class {wanted} does not support encryption at rest"
    return None


#: Of 21c there are container databases only.
_OF_ORACLE: Final = re.compile(r"oracle-(ee|se2)(-19|-cdb-19|-cdb-21)")


@rule(
    "rds.family-that-does-not-exist",
    "rds:CreateDBParameterGroup CreateDBClusterParameterGroup",
    code="InvalidParameterValue",
    code_from="seen",
    source=f"{_SOURCE}/engine_version.json; a family is the engine and its major version; of Oracle botocore rds"
    " DescribeEngineDefaultParameters.DBParameterGroupFamily",
)
async def _family(asked: Asked, _: Inquiry) -> str | None:
    family = asked.parameters.get("DBParameterGroupFamily", "")
    if family.startswith("oracle-") and not _OF_ORACLE.fullmatch(family):
        return f"ParameterGroupFamily {family} is not a valid parameter group family"
    engine = max((engine for engine in versions() if family.startswith(engine)), key=len, default="")
    if not engine or _major_exists(engine, family.removeprefix(engine).removeprefix("-")):
        return None
    return f"ParameterGroupFamily {family} is not a valid parameter group family"


def _major_exists(engine: str, version: str) -> bool:
    # SQL Server's families end in ".0" where its versions end in ".00".
    spelled = f"{version}0" if engine.startswith("sqlserver") else version
    return engine.startswith("oracle") or spelled in {databases.major(engine, one) for one in versions()[engine]}


@rule(
    "rds.zone-of-a-multi-az-instance",
    "rds:CreateDBInstance RestoreDBInstanceToPointInTime",
    code="InvalidParameterCombination",
    code_from="seen",
    source="botocore rds CreateDBInstance.AvailabilityZone: not with MultiAZ; the message in"
    " https://github.com/badmintoncryer/cdk-preflight, rules/rds/pf-rds-multiaz-availability-zone, the code in tests"
    " of fog and moto",
)
async def _zone(asked: Asked, _: Inquiry) -> str | None:
    if not asked.parameters.get("MultiAZ") or not asked.parameters.get("AvailabilityZone"):
        return None
    return "Requesting a specific availability zone is not valid for Multi-AZ instances."


@rule(
    "rds.zone-of-another-region",
    "rds:CreateDBInstance CreateDBInstanceReadReplica CreateDBCluster RestoreDBInstanceToPointInTime",
    code="InvalidParameterValue",
    code_from="memory",
    source="botocore rds CreateDBInstance.AvailabilityZone: in the Region of the endpoint; CreateDBCluster"
    ".AvailabilityZones",
)
async def _elsewhere(asked: Asked, inquiry: Inquiry) -> str | None:
    given = [*asked.parameters.get("AvailabilityZones", []), asked.parameters.get("AvailabilityZone")]
    found = await inquiry("ec2", "DescribeAvailabilityZones", asked.region) if any(given) else None
    zones = {zone["ZoneName"] for zone in (found or {}).get("AvailabilityZones", [])}
    wrong = next((zone for zone in given if zone and zones and zone not in zones), None)
    return f"Invalid availability zone: {wrong}" if wrong else None


_UPGRADE: Final = "rds:ModifyDBInstance ModifyDBCluster"
_UPGRADES: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Upgrading.html"


async def _versions_of(asked: Asked, inquiry: Inquiry) -> tuple[str, str, str] | None:
    """Return engine, version and the version that is asked for; None where nothing is to change."""
    wanted = asked.parameters.get("EngineVersion")
    look = databases.cluster if asked.operation == "ModifyDBCluster" else databases.instance
    named = asked.parameters.get("DBClusterIdentifier") or asked.parameters.get("DBInstanceIdentifier", "")
    found = await look(inquiry, asked.region, named) if wanted else None
    if not wanted or found is None or databases.same_version(wanted, found["EngineVersion"]):
        return None
    return found["Engine"], found["EngineVersion"], wanted


@rule(
    "rds.major-upgrade-not-allowed",
    _UPGRADE,
    code="InvalidParameterCombination",
    code_from="seen",
    source="botocore rds ModifyDBInstance.AllowMajorVersionUpgrade; code and message in many public reports of it",
)
async def _major(asked: Asked, inquiry: Inquiry) -> str | None:
    change = None if asked.parameters.get("AllowMajorVersionUpgrade") else await _versions_of(asked, inquiry)
    if change is None:
        return None
    engine, *both = change
    if len({databases.major(engine, version) for version in both}) == 1:
        return None
    return "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version."


@rule(
    "rds.downgrade",
    _UPGRADE,
    code="InvalidParameterCombination",
    code_from="seen",
    source=f"{_UPGRADES}: an upgrade cannot be undone; code and message in public reports of `Cannot upgrade postgres"
    " from`",
)
async def _downgrade(asked: Asked, inquiry: Inquiry) -> str | None:
    change = await _versions_of(asked, inquiry)
    if change is None or _numbers(change[2]) >= _numbers(change[1])[: len(_numbers(change[2]))]:
        return None
    engine, version, wanted = change
    return f"Cannot upgrade {engine} from {version} to {wanted}"


@rule(
    "rds.upgrade-before-its-replicas",
    "rds:ModifyDBInstance",
    code="DBUpgradeDependencyFailure",
    code_from="seen",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.PostgreSQL.html: replicas"
    " are upgraded before their source, but for major versions, with which they are taken along; code and message in"
    " https://github.com/ministryofjustice/cloud-platform-environments/pull/46021",
)
async def _replicas_first(asked: Asked, inquiry: Inquiry) -> str | None:
    change = await _versions_of(asked, inquiry)
    source = await databases.instance(inquiry, asked.region, asked.parameters["DBInstanceIdentifier"])
    if change is None or source is None:
        return None
    engine, version, wanted = change
    along = engine == "postgres" and databases.major(engine, version) != databases.major(engine, wanted)
    older = []
    for named in source.get("ReadReplicaDBInstanceIdentifiers", []):
        found = await databases.instance(inquiry, asked.region, named)
        if found is not None and _numbers(found["EngineVersion"])[: len(_numbers(wanted))] < _numbers(wanted):
            older.append(found["DBInstanceIdentifier"])
    if along or not older:
        return None
    return f"One or more of the DB Instance's read replicas need to be upgraded: {', '.join(older)}"


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdecimal()]


RULES: Final = (
    _version,
    _class,
    _combination,
    _cluster,
    _encryption,
    _family,
    _zone,
    _elsewhere,
    _major,
    _downgrade,
    _replicas_first,
)
