"""RDS resources that a call names, looked up where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry


async def instance(inquiry: Inquiry, region: str, named: str) -> Mapping[str, Any] | None:
    """Return the instance that `named`, an ARN or an identifier in `region`, means."""
    identifier, where = _place(named, region)
    found = await inquiry("rds", "DescribeDBInstances", where, DBInstanceIdentifier=identifier)
    return next(iter((found or {}).get("DBInstances", [])), None)


async def cluster(inquiry: Inquiry, region: str, named: str) -> Mapping[str, Any] | None:
    """Return the cluster that `named`, an ARN or an identifier in `region`, means."""
    identifier, where = _place(named, region)
    found = await inquiry("rds", "DescribeDBClusters", where, DBClusterIdentifier=identifier)
    return next(iter((found or {}).get("DBClusters", [])), None)


async def global_cluster(inquiry: Inquiry, region: str, identifier: str) -> Mapping[str, Any] | None:
    """Return a global cluster, which every Region knows."""
    found = await inquiry("rds", "DescribeGlobalClusters", region, GlobalClusterIdentifier=identifier)
    return next(iter((found or {}).get("GlobalClusters", [])), None)


async def global_cluster_of(inquiry: Inquiry, region: str, arn: str) -> str | None:
    """Return the identifier of the global cluster that a cluster is a member of."""
    known = await inquiry("rds", "DescribeGlobalClusters", region)
    for found in (known or {}).get("GlobalClusters", []):
        if any(member.get("DBClusterArn") == arn for member in found.get("GlobalClusterMembers", [])):
            identifier: str = found["GlobalClusterIdentifier"]
            return identifier
    return None


async def engine(asked: Asked, inquiry: Inquiry) -> str | None:
    """Return the engine that a call names, or else of what it changes."""
    given = asked.parameters
    if "Engine" in given:
        named: str = given["Engine"]
        return named
    if "GlobalClusterIdentifier" in given:
        found = await global_cluster(inquiry, asked.region, given["GlobalClusterIdentifier"])
    elif "DBClusterIdentifier" in given:
        found = await cluster(inquiry, asked.region, given["DBClusterIdentifier"])
    else:
        found = await instance(inquiry, asked.region, given["DBInstanceIdentifier"])
    return found["Engine"] if found else None


async def writer_joined(asked: Asked, inquiry: Inquiry) -> Mapping[str, Any] | None:
    """Return the primary of the global cluster that a new cluster asks to join, None where it would be the first."""
    identifier = asked.parameters.get("GlobalClusterIdentifier")
    joined = await global_cluster(inquiry, asked.region, identifier) if identifier else None
    members = (joined or {}).get("GlobalClusterMembers", [])
    writer = next((member["DBClusterArn"] for member in members if member.get("IsWriter")), None)
    return await cluster(inquiry, asked.region, writer) if writer else None


def region_of(named: str, region: str) -> str:
    """Return the Region of an ARN, `region` for an identifier."""
    return _place(named, region)[1]


def same_version(asked: str, actual: str) -> bool:
    """Tell whether a version, given as exactly as the caller likes ("16"), is `actual` ("16.6")."""
    return actual == asked or actual.startswith(f"{asked}.")


def major(engine: str, version: str) -> str:
    """Return the major version: "16" of 16.6, "8.0" of 8.0.36 and of 8.0.mysql_aurora.3.08.0, "9.6" of 9.6.24."""
    parts = version.split(".")
    return ".".join(parts[: 1 if "postgres" in engine and parts[0] != "9" else 2])


def _place(named: str, region: str) -> tuple[str, str]:
    if not named.startswith("arn:"):
        return named, region
    parts = named.split(":")
    return parts[-1], parts[3]
