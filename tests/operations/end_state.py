"""What is there of a workload in both Regions, in words that are the same for two workloads built alike."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tests.operations.seeded import HOME, RECOVERY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.emulator import EmulatedAws

_KEY = re.compile(r"arn:aws:kms:[a-z0-9-]+:\d+:key/[0-9a-f-]+")
_PLACED = re.compile(r"\b(?:subnet|sg|vpc)-[0-9a-f]{8,}")
_MADE_UP = (
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00:00|Z)?"), "a moment"),
    (re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "an id"),
    (re.compile(r"\b(?:ab|eni|fs|fsmt|rds|vpc)-[0-9a-f]+"), "an id"),
    (re.compile(r"(?<=\.global-)[0-9a-f]{12}|(?<=localhost:)\d+"), "an id"),
    (re.compile(r"\b(?:cluster|db)-[A-Z0-9]{16,}"), "an id"),
    (re.compile(r"\b[a-z0-9]{26}\b"), "an id"),
    (re.compile(r"(?<=[.:!-])[0-9a-zA-Z]{6,12}(?=\.[a-z]{2}-[a-z]+-\d)"), "an id"),
    (re.compile(r"(?<=:secret:)[^\"]*"), "an id"),
    (re.compile(r"\b[0-9a-f]{16,17}\b"), "an id"),
)
_OF_THE_MOMENT = {
    "DbiResourceId",
    "DbClusterResourceId",
    "GlobalClusterResourceId",
    "LatestStreamLabel",
    "TableSizeBytes",
    "ItemCount",
    "SizeInBytes",
    "LastReplicatedTimestamp",
    # `drctl` leaves mount targets to people.
    "NumberOfMountTargets",
    "Port",
    "HostedZoneId",
}
"""What differs between any two things, or by when it is asked."""


def end_state(aws: EmulatedAws, workload: DocumentedWorkload, *operations: str) -> dict[str, Any]:
    """Return everything of *workload* that is there, by its path; *operations* have made some of it."""
    texts = json.dumps(dict(_everything(aws, workload.name)), default=str, sort_keys=True)
    declared = json.dumps([dict(member.arguments) for item in workload.components for member in item.members])
    for pattern in (_KEY, _PLACED):
        # The order is that of the stacks, which are alike.
        for number, found in enumerate(dict.fromkeys(pattern.findall(declared))):
            texts = texts.replace(found, f"declared {number}")
    for number, operation in enumerate(operations):
        texts = texts.replace(operation, f"operation {number}")
    texts = re.sub(rf"\b{workload.name}\b", "the workload", texts)
    for pattern, word in _MADE_UP:
        texts = pattern.sub(word, texts)
    return dict(_flat("", json.loads(texts, object_hook=_lasting)))


def _flat(path: str, found: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(found, dict | list) and found:
        for key, value in found.items() if isinstance(found, dict) else enumerate(found):
            yield from _flat(f"{path}/{key}", value)
    else:
        yield path, found


def assert_same_end(printed: dict[str, Any], executed: dict[str, Any]) -> None:
    """Compare two end states, and say in what they differ, not what they are."""
    pairs = {path: (printed.get(path), executed.get(path)) for path in sorted({*printed, *executed})}
    differing = {path: pair for path, pair in pairs.items() if pair[0] != pair[1]}
    assert differing == {}, differing
    assert executed, "there is something to compare"


def _lasting(found: dict[str, Any]) -> dict[str, Any]:
    return {
        name: sorted(value, key=str) if isinstance(value, list) else value
        for name, value in found.items()
        if name not in _OF_THE_MOMENT
    }


def _everything(aws: EmulatedAws, name: str) -> Iterator[tuple[str, Any]]:
    for region in (HOME, RECOVERY):
        yield f"tables of {region}", list(_tables(aws, region, name))
        yield f"databases of {region}", list(_databases(aws, region, name))
        yield f"buckets of {region}", list(_buckets(aws, region, name))
        yield f"file systems of {region}", list(_file_systems(aws, region, name))
        yield f"services of {region}", list(_services(aws, region, name))
        yield f"load balancers of {region}", list(_load_balancers(aws, region, name))
        dsql = aws.client("dsql", region)
        clusters = [dsql.get_cluster(identifier=item["identifier"]) for item in dsql.list_clusters()["clusters"]]
        yield f"clusters of DSQL of {region}", [_said(one) for one in clusters if name in one["tags"].values()]


def _said(reply: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in reply.items() if key != "ResponseMetadata"}


def _is_of(name: str, text: str) -> bool:
    return re.match(rf"{name}\b", text) is not None


def _tables(aws: EmulatedAws, region: str, name: str) -> Iterator[Any]:
    dynamodb = aws.client("dynamodb", region)
    for table in dynamodb.list_tables()["TableNames"]:
        if _is_of(name, table):
            described = dynamodb.describe_table(TableName=table)["Table"]
            yield (
                table,
                {key: value for key, value in described.items() if key != "RestoreSummary"},
                dynamodb.list_tags_of_resource(ResourceArn=described["TableArn"])["Tags"],
                dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"],
                _recoverable(dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]),
                dynamodb.scan(TableName=table)["Items"],
            )


def _recoverable(described: dict[str, Any]) -> Any:
    found = described["PointInTimeRecoveryDescription"]
    return found["PointInTimeRecoveryStatus"], found.get("RecoveryPeriodInDays")


def _databases(aws: EmulatedAws, region: str, name: str) -> Iterator[Any]:
    rds = aws.client("rds", region)
    for item in rds.describe_db_instances()["DBInstances"]:
        if _is_of(name, item["DBInstanceIdentifier"]):
            yield item["DBInstanceIdentifier"], item
    for item in rds.describe_db_clusters()["DBClusters"]:
        if _is_of(name, item["DBClusterIdentifier"]):
            yield item["DBClusterIdentifier"], item
    for item in rds.describe_global_clusters()["GlobalClusters"]:
        if _is_of(name, item["GlobalClusterIdentifier"]):
            yield item["GlobalClusterIdentifier"], item


def _buckets(aws: EmulatedAws, region: str, name: str) -> Iterator[Any]:
    s3 = aws.client("s3", region)
    for item in s3.list_buckets(BucketRegion=region)["Buckets"]:
        bucket = item["Name"]
        if _is_of(name, bucket):
            objects = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket).get("Contents", ())]
            read = {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode() for key in objects}
            yield bucket, read, _said(s3.get_bucket_versioning(Bucket=bucket))


def _file_systems(aws: EmulatedAws, region: str, name: str) -> Iterator[Any]:
    efs = aws.client("efs", region)
    for item in efs.describe_file_systems()["FileSystems"]:
        if _is_of(name, item["CreationToken"]):
            try:
                found = efs.describe_replication_configurations(FileSystemId=item["FileSystemId"])["Replications"]
            except efs.exceptions.ReplicationNotFound:
                found = []
            yield item["CreationToken"], item, found
            yield efs.describe_backup_policy(FileSystemId=item["FileSystemId"])["BackupPolicy"]


def _services(aws: EmulatedAws, region: str, name: str) -> Iterator[Any]:
    ecs = aws.client("ecs", region)
    for cluster in ecs.list_clusters()["clusterArns"]:
        if _is_of(name, cluster.rpartition("/")[2]):
            services = ecs.list_services(cluster=cluster)["serviceArns"]
            asked = {"cluster": cluster, "services": services, "include": ["TAGS"]}
            for item in ecs.describe_services(**asked)["services"] if services else ():
                yield item["serviceName"], item["desiredCount"], item["runningCount"], item["status"]
                yield item.get("networkConfiguration"), item.get("loadBalancers"), item.get("deploymentConfiguration")
                yield item.get("healthCheckGracePeriodSeconds"), item.get("propagateTags"), item.get("tags")


def _load_balancers(aws: EmulatedAws, region: str, name: str) -> Iterator[Any]:
    elb = aws.client("elbv2", region)
    for item in elb.describe_load_balancers()["LoadBalancers"]:
        if _is_of(name, item["LoadBalancerName"]):
            arn = item["LoadBalancerArn"]
            yield item, elb.describe_listeners(LoadBalancerArn=arn)["Listeners"]
            yield elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
            yield elb.describe_tags(ResourceArns=[arn])["TagDescriptions"]
