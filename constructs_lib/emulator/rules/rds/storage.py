"""RDS: how much storage a database has, of which type, and how fast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.rds import databases
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_GUIDE: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html"
_SEEN: Final = "https://github.com/badmintoncryer/cdk-preflight, rules/rds/pf-rds-"
_TYPES: Final = ("standard", "gp2", "gp3", "io1", "io2")
_OF_AURORA: Final = ("aurora", "aurora-iopt1")
_PROVISIONED: Final = ("io1", "io2")
_JUDGED: Final = ("postgres", "mysql", "mariadb")
_LEAST_GB, _LEAST_PROVISIONED_GB = 20, 100
_IO1_RATIO: Final = 50


@rule(
    "rds.storage-type",
    "rds:CreateDBInstance ModifyDBInstance CreateDBCluster",
    code="InvalidParameterValue",
    code_from="seen",
    source=f"botocore rds CreateDBInstance.StorageType; {_SEEN}cluster-storage-type; both in public reports",
)
async def _type(asked: Asked, _: Inquiry) -> str | None:
    kind = asked.parameters.get("StorageType")
    if not kind:
        return None
    aurora = asked.parameters.get("Engine", "").startswith("aurora")
    known = _OF_AURORA if aurora else _TYPES if "Engine" in asked.parameters else (*_TYPES, *_OF_AURORA)
    return None if kind in known else f"Invalid storage type: {kind}"


@rule(
    "rds.size-of-the-storage",
    "rds:CreateDBInstance",
    code="InvalidParameterCombination",
    code_from="seen",
    source=f"botocore rds CreateDBInstance.AllocatedStorage, {_GUIDE}; code and message in public reports of"
    " Terraform's provider: `Invalid storage size for engine name postgres and storage type gp2: 6490`",
)
async def _size(asked: Asked, _: Inquiry) -> str | None:
    given = asked.parameters
    engine, size, kind = given.get("Engine"), given.get("AllocatedStorage"), given.get("StorageType", "gp2")
    if engine not in _JUDGED or not size or kind == "standard" or given.get("DBClusterIdentifier"):
        return None
    if size >= (_LEAST_PROVISIONED_GB if kind in _PROVISIONED else _LEAST_GB):
        return None
    return f"Invalid storage size for engine name {engine} and storage type {kind}: {size}"


@rule(
    "rds.performance-of-the-storage",
    "rds:CreateDBInstance",
    code="InvalidParameterCombination",
    code_from="seen",
    source=f"{_GUIDE}; {_SEEN}iops-required and -io1-iops-ratio",
)
async def _iops(asked: Asked, _: Inquiry) -> str | None:
    given = asked.parameters
    kind, iops, size = given.get("StorageType", ""), given.get("Iops"), given.get("AllocatedStorage")
    if kind in _PROVISIONED and not iops:
        return f"You must specify IOPS for storage type {kind}."
    if kind in ("gp2", "standard") and iops:
        return f"You can't specify IOPS for storage type {kind}."
    if kind == "io1" and size and iops and iops > _IO1_RATIO * size:
        return f"The IOPS to GiB ratio must be between 0.5 and {_IO1_RATIO}.0, and is {iops / size:g}."
    return None


@rule(
    "rds.limit-of-storage-scaling",
    "rds:CreateDBInstance CreateDBInstanceReadReplica ModifyDBInstance",
    code="InvalidParameterCombination",
    code_from="seen",
    source="botocore rds CreateDBInstance.MaxAllocatedStorage; code and message in public reports of ModifyDBInstance;"
    " of a replica, CreateDBInstanceReadReplica: what is not given is that of its source",
)
async def _limit(asked: Asked, inquiry: Inquiry) -> str | None:
    size, most = asked.parameters.get("AllocatedStorage"), asked.parameters.get("MaxAllocatedStorage")
    there = asked.parameters.get("SourceDBInstanceIdentifier") or asked.parameters.get("DBInstanceIdentifier")
    if most and not size and there and asked.operation != "CreateDBInstance":
        size = ((await databases.instance(inquiry, asked.region, there)) or {}).get("AllocatedStorage")
    return "Max storage size must be greater than storage size" if size and most and most < size else None


@rule(
    "rds.storage-that-shrinks",
    "rds:ModifyDBInstance",
    code="InvalidParameterCombination",
    code_from="seen",
    source=f"{_GUIDE}: storage is not made less; code and message in public reports of Terraform's provider, where"
    " 30 GB were asked for in place of more",
)
async def _shrinks(asked: Asked, inquiry: Inquiry) -> str | None:
    size = asked.parameters.get("AllocatedStorage")
    found = await databases.instance(inquiry, asked.region, asked.parameters["DBInstanceIdentifier"]) if size else None
    now = (found or {}).get("AllocatedStorage", 0)
    if not size or not now or size >= now or (found or {}).get("DBClusterIdentifier"):
        return None
    kind = (found or {}).get("StorageType", "")
    return f"Invalid storage size for engine name {(found or {}).get('Engine')} and storage type {kind}: {size}"


@rule(
    "rds.storage-of-a-cluster",
    "rds:CreateDBCluster",
    code="InvalidParameterCombination",
    code_from="seen",
    source=f"{_SEEN}cluster-allocated-storage-aurora, -cluster-instance-class-aurora; botocore rds"
    " CreateDBCluster.AllocatedStorage and Iops: of Multi-AZ DB clusters, and there required",
)
async def _cluster(asked: Asked, _: Inquiry) -> str | None:
    given = asked.parameters
    engine = given.get("Engine", "")
    for member in ("AllocatedStorage", "Iops", "DBClusterInstanceClass") if engine.startswith("aurora") else ():
        if given.get(member):
            return f"{member} isn't supported for DB engine {engine}."
    if not engine.startswith("aurora") and given.get("StorageType") in _PROVISIONED and not given.get("Iops"):
        return f"You must specify IOPS for storage type {given['StorageType']}."
    return None


RULES: Final = (_type, _size, _iops, _limit, _shrinks, _cluster)
