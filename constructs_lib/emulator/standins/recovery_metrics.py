"""CloudWatch: how late replication is, measured when somebody asks. No emulator publishes metrics of its own."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import msgspec
from msgspec.structs import replace
from multidict import CIMultiDict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.emulator.calls.call import Call, Reply
    from constructs_lib.emulator.standins import Forward
    from constructs_lib.emulator.standins.rds.global_clusters import RdsGlobalClusters
    from constructs_lib.emulator.standins.rds.identities import RdsIdentities
    from constructs_lib.emulator.standins.rds.replicas import RdsReplicas
    from constructs_lib.emulator.world import World

_ASKING: Final = frozenset({"GetMetricData", "GetMetricStatistics", "ListMetrics", "DescribeAlarms"})
_MILLISECONDS: Final = 1000
_DAY: Final = 24 * 60 * 60


class _Point(msgspec.Struct, frozen=True, kw_only=True):
    region: str
    namespace: str
    name: str
    dimensions: Mapping[str, str]
    value: float


class RecoveryMetrics:
    """Publishes the lag of replicas, global databases, tables, buckets and file systems before it is read.

    So it does how many days certificates of the asked Region have left.

    The lag of a database is the delay that is set, and grows from the moment its source's Region is gone. A table and a
    bucket have data only where something was written; a bucket only where its rule asks for metrics.
    """

    service = "monitoring"

    def __init__(
        self, world: World, identities: RdsIdentities, replicas: RdsReplicas, databases: RdsGlobalClusters
    ) -> None:
        self._world = world
        self._identities = identities
        self._replicas = replicas
        self._databases = databases

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Publish what is known now where a call reads metrics or alarms; pass everything on."""
        if (call.operation or call.segments[-1]) in _ASKING:
            links = await forward(replace(call, method="GET", path="/_emulated/links", headers=CIMultiDict()))
            files = json.loads((await forward(_describing_files(call))).body).get("Replications", [])
            certificates = json.loads((await forward(_listing_certificates(call))).body)
            measured = [*self._lags(), *_latencies(json.loads(links.body)), *self._syncs(files)]
            for point in [*measured, *_left(call.region, certificates.get("CertificateSummaryList", []))]:
                await forward(_publishing(call, point))
        return await forward(call)

    def _lags(self) -> Iterator[_Point]:
        for replica, known in self._replicas.known.items():
            source = self._identities.place(known.source) if known.source else None
            own = self._identities.place(replica)
            if source and own:
                yield self._lag(own[0], source[0], "ReplicaLag", {"DBInstanceIdentifier": own[1]}, 1)
        for database in self._databases.known.values():
            for arn in database.members:
                if database.writer not in (None, arn):
                    region, identifier = arn.split(":")[3], arn.rpartition(":")[2]
                    source_region = (database.writer or arn).split(":")[3]
                    for name in ("AuroraGlobalDBRPOLag", "AuroraGlobalDBReplicationLag"):
                        dimensions = {"DBClusterIdentifier": identifier}
                        yield self._lag(region, source_region, name, dimensions, _MILLISECONDS)

    def _syncs(self, replications: list[dict[str, Any]]) -> Iterator[_Point]:
        for replication in replications:
            source = replication["SourceFileSystemRegion"]
            for destination in replication["Destinations"]:
                yield _Point(
                    region=source,
                    namespace="AWS/EFS",
                    name="TimeSinceLastSync",
                    dimensions={
                        "FileSystemId": replication["SourceFileSystemId"],
                        "DestinationFileSystemId": destination["FileSystemId"],
                    },
                    value=self._world.lag(source),
                )

    def _lag(self, region: str, source: str, name: str, dimensions: Mapping[str, str], factor: int) -> _Point:
        # Inside a Region nothing is delayed.
        lag = 0.0 if region == source else self._world.lag(source)
        return _Point(region=region, namespace="AWS/RDS", name=name, dimensions=dimensions, value=lag * factor)


def _describing_files(call: Call) -> Call:
    path = "/2015-02-01/file-systems/replication-configurations"
    scope = call.signed_for(call.region).headers["Authorization"].replace("/monitoring/", "/elasticfilesystem/")
    headers = CIMultiDict({"Authorization": scope})
    return replace(call, method="GET", path=path, query="", headers=headers, body=b"")


def _listing_certificates(call: Call) -> Call:
    scope = call.signed_for(call.region).headers["Authorization"].replace("/monitoring/", "/acm/")
    target = "CertificateManager.ListCertificates"
    headers = CIMultiDict(
        {"Authorization": scope, "X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
    )
    return replace(call, method="POST", path="/", query="", headers=headers, body=b"{}")


def _left(region: str, certificates: list[dict[str, Any]]) -> Iterator[_Point]:
    """Yield how many days certificates have left; of one that has ended nothing is published any more."""
    for certificate in certificates:
        days = (certificate.get("NotAfter", 0) - time.time()) // _DAY
        if days >= 0:
            dimensions = {"CertificateArn": certificate["CertificateArn"]}
            yield _Point(
                region=region,
                namespace="AWS/CertificateManager",
                name="DaysToExpiry",
                dimensions=dimensions,
                value=days,
            )


def _latencies(links: list[dict[str, Any]]) -> Iterator[_Point]:
    for link in links:
        if link["service"] == "dynamodb":
            yield _Point(
                region=link["source"],
                namespace="AWS/DynamoDB",
                name="ReplicationLatency",
                dimensions={"TableName": link["name"], "ReceivingRegion": link["destination"]},
                value=link["seconds"] * _MILLISECONDS,
            )
        elif link["metrics"]:
            dimensions = {"SourceBucket": link["name"], "DestinationBucket": link["copy"], "RuleId": link["rule"]}
            for name, value in (
                ("ReplicationLatency", link["seconds"]),
                ("BytesPendingReplication", link["bytes"]),
                ("OperationsPendingReplication", link["pending"]),
            ):
                yield _Point(
                    region=link["destination"], namespace="AWS/S3", name=name, dimensions=dimensions, value=value
                )


def _publishing(call: Call, point: _Point) -> Call:
    form = {
        "Action": "PutMetricData",
        "Version": "2010-08-01",
        "Namespace": point.namespace,
        "MetricData.member.1.MetricName": point.name,
        "MetricData.member.1.Value": str(point.value),
        "MetricData.member.1.Timestamp": datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    for number, (name, value) in enumerate(point.dimensions.items(), start=1):
        form[f"MetricData.member.1.Dimensions.member.{number}.Name"] = name
        form[f"MetricData.member.1.Dimensions.member.{number}.Value"] = value
    asked = call.signed_for(point.region)
    headers = CIMultiDict(
        {"Authorization": asked.headers["Authorization"], "Content-Type": "application/x-www-form-urlencoded"}
    )
    return replace(asked, method="POST", path="/", query="", headers=headers, body=urlencode(form).encode())
