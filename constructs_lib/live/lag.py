"""How far copies lag, from the metrics that the services publish."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import attrs
import msgspec

from constructs_lib.live.found import Observed
from constructs_lib.live.region import REFUSED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.live.found import Found
    from constructs_lib.live.region import Region

__all__ = ["with_lag"]

_BATCH: Final = 500
"""The metrics that one GetMetricData may ask for (botocore's model)."""

_BACK: Final = timedelta(minutes=15)
_PERIOD: Final = 60


class _Metric(msgspec.Struct, frozen=True):
    namespace: str
    name: str
    dimensions: dict[str, str]
    per_second: int


def with_lag(region: Region, found: Sequence[Found]) -> list[Found]:
    """Return *found*, with the newest lag of each copy in the last 15 minutes where its service publishes one.

    Silence is no proof: without writes there is no figure, and then none is given.
    """
    asked = [(index, metric) for index, item in enumerate(found) for metric in _metrics(item)]
    newest: dict[int, Observed] = {}
    for start in range(0, len(asked), _BATCH):
        batch = asked[start : start + _BATCH]
        answer = region.ask(
            "cloudwatch",
            "get_metric_data",
            StartTime=region.now - _BACK,
            EndTime=region.now,
            ScanBy="TimestampDescending",
            MetricDataQueries=[_query(number, metric) for number, (_, metric) in enumerate(batch)],
        )
        if answer is REFUSED:
            continue
        for result in answer.get("MetricDataResults", ()):
            index, metric = batch[int(result["Id"][1:])]
            if result.get("Values"):
                seconds = -(-int(result["Values"][0]) // metric.per_second)
                worst = newest.get(index)
                if worst is None or seconds > worst.rpo_seconds:
                    newest[index] = Observed(rpo_seconds=seconds, as_of=result["Timestamps"][0], source=metric.name)
    return [attrs.evolve(item, observed=newest.get(index, item.observed)) for index, item in enumerate(found)]


def _query(number: int, metric: _Metric) -> dict[str, Any]:
    dimensions = [{"Name": name, "Value": value} for name, value in metric.dimensions.items()]
    named = {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions}
    return {"Id": f"m{number}", "MetricStat": {"Metric": named, "Period": _PERIOD, "Stat": "Maximum"}}


def _metrics(item: Found) -> Iterator[_Metric]:
    values = item.values
    if item.type == "aws_db_instance" and values.get("replicate_source_db"):
        yield _Metric("AWS/RDS", "ReplicaLag", {"DBInstanceIdentifier": item.name}, 1)
    elif item.type == "aws_rds_cluster" and values.get("global_cluster_identifier"):
        # Published in secondary Regions only, under the secondary's name.
        yield _Metric("AWS/RDS", "AuroraGlobalDBRPOLag", {"DBClusterIdentifier": item.name}, 1_000)
    elif item.type == "aws_dynamodb_table":
        for replica in values.get("replica", ()):
            dimensions = {"TableName": item.name, "ReceivingRegion": str(replica["region_name"])}
            yield _Metric("AWS/DynamoDB", "ReplicationLatency", dimensions, 1_000)
    elif item.type == "aws_s3_bucket_replication_configuration":
        for rule in values.get("rule", ()):
            for destination in rule.get("destination", ()):
                dimensions = {
                    "SourceBucket": item.name,
                    "DestinationBucket": str(destination.get("bucket", "")).rpartition(":")[2],
                    "RuleId": str(rule.get("id", "")),
                }
                yield _Metric("AWS/S3", "ReplicationLatency", dimensions, 1)
