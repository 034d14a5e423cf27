"""RDS: classes of instances that an engine has from some version on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.rds import databases
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_GUIDES: Final = "https://docs.aws.amazon.com/AmazonRDS/latest"
_EIGHTH: Final = r"[mr]8g|[mr]7i"
_DISKS: Final = r"[mr]8gd"

#: By engine, generations and their first minor versions, which the pages give for each major one; a major version that
#: is older than all of them has none. Where it says too little for that here, nothing is refused.
_SINCE: Final = {
    "mysql": ((_EIGHTH, "8.0.32"), (_DISKS, "8.0.40 8.4.3"), (r"[mr][67]gd?|r6i|m6i|t4g|x2g", "8.0")),
    "mariadb": (
        (r"[mr]8g", "10.4.29 10.5.20 10.6.13 10.11.7 11.4.3 11.8.3"),
        (r"[mr][67]gd?|[mr]7i|t4g", "10.4"),
        (_DISKS, "10.5.27 10.6.19 10.11.9 11.4.3 11.8.3"),
    ),
    "postgres": (
        (_EIGHTH, "13.11 14.9 15.4 16.1 17.1"),
        (_DISKS, "13.18 14.17 15.10 16.6 17.2 18.1"),
        (r"[mr]7g", "13.4 14.5 15.0"),
        (r"[mr]6g|t4g|x2g|r5b", "12.7 13.0"),
        (r"r6gd", "13.4 14.5 15.0"),
        (r"[mr]6idn?", "13.7 14.5 15.0"),
    ),
    "aurora-postgresql": (
        (r"r8g|r7i", "13.15 14.12 15.7 16.3 17.4"),
        (r"r8gd", "14.12 15.7 16.3 17.4"),
        (r"r6gd", "14.9 15.4 16.1 17.4"),
        (r"r7g", "13.10 14.7 15.2 16.1 17.4"),
        (r"r6i", "12.9 13.5 14.3 15.2 16.1 17.4"),
        (r"r6g|x2g", "11.9 12.8 13.3 14.3 15.2 16.1 17.4"),
        (r"t3|t4g", "11.12 12.7 13.3 14.3 15.2 16.1 17.4"),
        (r"serverless", "13.6 14.3 15.2 16.1 17.4"),
    ),
    "aurora-mysql": ((r"r8g|r7i", "3.08.0"), (r"r7g", "2.12.0 3.03.1"), (r"serverless", "3.02.0")),
}


#: What moto says of an instance or cluster whose version AWS would have chosen.
_MOTOS: Final = ("", "9.3.3", "5.6.21", "10.1.23", "12.7", "8.0.23", "13.4", "5.7.mysql_aurora.2.07.2")


@rule(
    "rds.class-not-for-the-version",
    "rds:CreateDBInstance CreateDBInstanceReadReplica ModifyDBInstance RestoreDBInstanceToPointInTime CreateDBCluster"
    " ModifyDBCluster",
    code="InvalidParameterCombination",
    code_from="seen",
    source=f"{_GUIDES}/UserGuide/Concepts.DBInstanceClass.Support.html and {_GUIDES}/AuroraUserGuide/"
    "Concepts.DBInstanceClass.SupportAurora.html, as of 2026-04; code and message in many public reports of"
    " CreateDBInstance",
)
async def _version(asked: Asked, inquiry: Inquiry) -> str | None:
    given = asked.parameters
    names = ("SourceDBInstanceIdentifier", "DBInstanceIdentifier")
    named = next((given[name] for name in names if given.get(name)), "")
    found = None
    if given.get("DBClusterIdentifier"):
        found = await databases.cluster(inquiry, asked.region, given["DBClusterIdentifier"])
    elif asked.operation != "CreateDBInstance":
        found = await databases.instance(inquiry, asked.region, named)
    there = found or {}
    wanted = given.get("DBInstanceClass") or given.get("DBClusterInstanceClass") or there.get("DBInstanceClass")
    engine = given.get("Engine") or there.get("Engine") or ""
    version = given.get("EngineVersion") or there.get("EngineVersion") or ""
    if not wanted or version in _MOTOS or not _is_older(engine, wanted, version):
        return None
    what = "DB cluster" if given.get("DBClusterInstanceClass") else "DB instance"
    return (
        f"RDS does not support creating a {what} with the following combination: DBInstanceClass={wanted},"
        f" Engine={engine}, EngineVersion={version}"
    )


def _is_older(engine: str, wanted: str, version: str) -> bool:
    generation = wanted.split(".")[1]
    since = next((text for pattern, text in _SINCE.get(engine, ()) if re.fullmatch(pattern, generation)), None)
    own = version.removeprefix("8.0.mysql_aurora.").removeprefix("5.7.mysql_aurora.")
    if since is None or (engine == "aurora-mysql" and own == version):
        return False
    major = databases.major("postgres" if engine == "aurora-mysql" else engine, own)
    first = next((one for one in since.split() if one.startswith(f"{major}.")), None)
    asked_for = _numbers(own)
    if first is None:
        return asked_for < _numbers(since.split()[0])[: len(asked_for)]
    return asked_for < _numbers(first)[: len(asked_for)]


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.partition("-")[0].split(".") if part.isdecimal()]


RULES: Final = (_version,)
