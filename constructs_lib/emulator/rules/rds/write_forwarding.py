"""RDS: writes that a reader or a secondary cluster passes on, where the engine does so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.rds import databases
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_CLUSTERS: Final = "rds:CreateDBCluster ModifyDBCluster"
_GUIDE: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide"
_GLOBAL, _LOCAL = "EnableGlobalWriteForwarding", "EnableLocalWriteForwarding"
#: By major version of Aurora PostgreSQL, the least minor one; none is older, and of a newer one all do.
_SINCE: Final = {_GLOBAL: {13: None, 14: 9, 15: 4}, _LOCAL: {13: None, 14: 13, 15: 8, 16: 4}}


@rule(
    "rds.write-forwarding-of-another-engine",
    _CLUSTERS,
    code="InvalidParameterCombination",
    code_from="memory",
    source=f"botocore rds CreateDBCluster.{_GLOBAL} and {_LOCAL}: valid for Aurora DB clusters only; versions of Aurora"
    f" PostgreSQL in {_GUIDE}/aurora-global-database-write-forwarding-apg.html and aurora-postgresql-write-forwarding"
    ".html",
)
async def _engine(asked: Asked, inquiry: Inquiry) -> str | None:
    wanted = [name for name in (_GLOBAL, _LOCAL) if asked.parameters.get(name)]
    engine = await databases.engine(asked, inquiry) if wanted else None
    if not wanted or engine is None:
        return None
    if not engine.startswith("aurora"):
        return f"{wanted[0]} is not supported for engine {engine}"
    version = asked.parameters.get("EngineVersion")
    if asked.operation == "ModifyDBCluster" and not version:
        known = await databases.cluster(inquiry, asked.region, asked.parameters["DBClusterIdentifier"])
        version = (known or {}).get("EngineVersion")
    for name in wanted:
        if engine == "aurora-postgresql" and version and not _forwards(_SINCE[name], version):
            return f"{name} is not supported for engine {engine} {version}"
    return None


def _forwards(since: dict[int, int | None], version: str) -> bool:
    major, _, minor = version.partition(".")
    if not major.isdigit() or int(major) not in since:
        return not major.isdigit() or int(major) > max(since)
    least = since[int(major)]
    # Without a minor version it is the newest.
    return least is not None and (not minor or int(minor.partition(".")[0]) >= least)


@rule(
    "rds.write-forwarding-without-a-global-database",
    _CLUSTERS,
    code="InvalidParameterCombination",
    code_from="memory",
    source=f"botocore rds CreateDBCluster.{_GLOBAL}: of a secondary cluster of a global database; the message in"
    " https://github.com/badmintoncryer/cdk-preflight, rules/rds/pf-rds-global-write-forwarding-requires-global",
)
async def _alone(asked: Asked, inquiry: Inquiry) -> str | None:
    if not asked.parameters.get(_GLOBAL) or asked.parameters.get("GlobalClusterIdentifier"):
        return None
    if asked.operation == "ModifyDBCluster":
        known = await databases.cluster(inquiry, asked.region, asked.parameters["DBClusterIdentifier"])
        if known is None or await databases.global_cluster_of(inquiry, asked.region, known["DBClusterArn"]):
            return None
    return "Requested global functionality, but global cluster identifier is not specified"


RULES: Final = (_engine, _alone)
