"""Metrics of replication: they tell how late the data is that the other tests see being late."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from constructs_lib import InEachRegion
from constructs_lib.emulator import emulated_aws
from tests.constructs.test_service import build, one
from tests.emulator.regions import HERE, THERE, Region, create_instance, prepared
from tests.emulator.roles import make_roles
from tests.emulator.test_database_recovery import create_cluster
from tests.emulator.test_table_recovery import create_table, put

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from constructs_lib.emulator import EmulatedAws

DELAY = 40


@pytest.fixture(name="aws", scope="module")
def _aws(extra: None) -> Iterator[EmulatedAws]:
    # Its own, as what another test lets arrive is not late any more.
    with emulated_aws(region=HERE) as aws:
        make_roles(aws)
        yield aws


@pytest.fixture(name="here", scope="module")
def _here(aws: EmulatedAws) -> Region:
    return prepared(aws, HERE)


@pytest.fixture(name="there", scope="module")
def _there(aws: EmulatedAws) -> Region:
    return prepared(aws, THERE)


@pytest.fixture(name="delayed")
def _delayed(aws: EmulatedAws) -> Iterator[None]:
    aws.configure(replication_delay=DELAY)
    yield
    aws.configure(replication_delay=0)


def highest(aws: EmulatedAws, region: str, namespace: str, name: str, **dimensions: str) -> float | None:
    now = datetime.now(tz=UTC)
    points: list[dict[str, Any]] = aws.client("cloudwatch", region).get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=now - timedelta(minutes=5),
        EndTime=now + timedelta(minutes=1),
        Period=60,
        Statistics=["Maximum"],
    )["Datapoints"]
    return max((float(point["Maximum"]) for point in points), default=None)


def test_the_lag_of_a_replica_is_the_delay_and_grows_when_its_source_is_gone(
    aws: EmulatedAws, here: Region, there: Region, delayed: None
) -> None:
    arn = create_instance(here, "lag-source")["DBInstanceArn"]
    there.rds.create_db_instance_read_replica(
        DBInstanceIdentifier="lag-replica", SourceDBInstanceIdentifier=arn, KmsKeyId=there.key,
    )  # fmt: skip

    def lag() -> float:
        found = highest(aws, THERE, "AWS/RDS", "ReplicaLag", DBInstanceIdentifier="lag-replica")
        assert found is not None
        return found

    assert lag() == pytest.approx(DELAY, abs=1)
    with aws.fail_region(HERE):
        time.sleep(1)
        assert lag() > DELAY + 1
    assert highest(aws, HERE, "AWS/RDS", "ReplicaLag", DBInstanceIdentifier="lag-replica") is None


def test_the_lag_of_a_global_database_is_told_by_its_secondary_alone(
    aws: EmulatedAws, here: Region, there: Region, delayed: None
) -> None:
    primary = create_cluster(here, "metered-1")["DBClusterArn"]
    here.rds.create_global_cluster(GlobalClusterIdentifier="metered", SourceDBClusterIdentifier=primary)
    create_cluster(there, "metered-2", GlobalClusterIdentifier="metered")

    lag = highest(aws, THERE, "AWS/RDS", "AuroraGlobalDBRPOLag", DBClusterIdentifier="metered-2")

    assert lag == pytest.approx(DELAY * 1000, abs=1000)
    assert highest(aws, HERE, "AWS/RDS", "AuroraGlobalDBRPOLag", DBClusterIdentifier="metered-1") is None


def test_the_latency_of_a_table_is_known_once_something_was_written(aws: EmulatedAws, delayed: None) -> None:
    table = create_table(aws, "metered")
    table.update_table(TableName="metered", ReplicaUpdates=[{"Create": {"RegionName": THERE}}])
    metric = {"TableName": "metered", "ReceivingRegion": THERE}
    assert highest(aws, HERE, "AWS/DynamoDB", "ReplicationLatency", **metric) is None

    put(table, "metered", "one")
    time.sleep(0.5)

    latency = highest(aws, HERE, "AWS/DynamoDB", "ReplicationLatency", **metric)
    assert latency is not None
    assert 500 < latency < DELAY * 1000


def test_a_bucket_tells_what_is_pending_where_its_rule_asks_for_metrics(aws: EmulatedAws, delayed: None) -> None:
    names = {region: f"metered-{region}" for region in (HERE, THERE)}
    for region, name in names.items():
        s3 = aws.client("s3", region)
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    rule = {
        "ID": "all",
        "Priority": 1,
        "Status": "Enabled",
        "Filter": {},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {
            "Bucket": f"arn:aws:s3:::{names[THERE]}",
            "Metrics": {"Status": "Enabled"},
        },
    }
    here = aws.client("s3", HERE)
    here.put_bucket_replication(
        Bucket=names[HERE],
        ReplicationConfiguration={"Role": "arn:aws:iam::123456789012:role/replication", "Rules": [rule]},
    )

    here.put_object(Bucket=names[HERE], Key="one", Body=b"12345")

    metric = {"SourceBucket": names[HERE], "DestinationBucket": names[THERE], "RuleId": "all"}
    assert highest(aws, THERE, "AWS/S3", "BytesPendingReplication", **metric) == 5
    assert highest(aws, THERE, "AWS/S3", "OperationsPendingReplication", **metric) == 1


def test_a_file_system_tells_how_long_ago_its_replica_was_in_step(
    aws: EmulatedAws, there: Region, delayed: None
) -> None:
    files = aws.client("efs", HERE)
    source = files.create_file_system(Encrypted=True)["FileSystemId"]
    made = files.create_replication_configuration(
        SourceFileSystemId=source, Destinations=[{"Region": THERE, "KmsKeyId": there.key}]
    )
    copy = made["Destinations"][0]["FileSystemId"]

    since = highest(aws, HERE, "AWS/EFS", "TimeSinceLastSync", FileSystemId=source, DestinationFileSystemId=copy)

    assert since == pytest.approx(DELAY, abs=2)
    (shown,) = files.describe_replication_configurations(FileSystemId=source)["Replications"]
    # Nothing older than the replication itself can have been replicated.
    assert shown["Destinations"][0]["LastReplicatedTimestamp"] == shown["CreationTime"]
    aws.configure(replication_delay=0)
    (shown,) = files.describe_replication_configurations(FileSystemId=source)["Replications"]
    assert shown["Destinations"][0]["LastReplicatedTimestamp"] > shown["CreationTime"]


def _imported(aws: EmulatedAws, days: int) -> str:
    """Import a certificate of that many days into the other Region."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ends.test")])
    now = datetime.now(tz=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days, hours=12))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    arn: str = aws.client("acm", THERE).import_certificate(
        Certificate=made.public_bytes(Encoding.PEM), PrivateKey=private
    )["CertificateArn"]
    return arn


@pytest.mark.parametrize(("days", "state"), [(29, "ALARM"), (31, "OK")])
def test_the_alarm_on_the_certificate_that_stands_by_rings_before_it_ends(
    aws: EmulatedAws, tmp_path: Path, days: int, state: str
) -> None:
    arn = _imported(aws, days)
    assert highest(aws, THERE, "AWS/CertificateManager", "DaysToExpiry", CertificateArn=arn) == days
    certificates = InEachRegion(primary=arn.replace(THERE, HERE), recovery=arn)
    recovery = build(tmp_path, pattern="definitions", certificate_arn=certificates)["recovery"]
    given = one(recovery, "aws_cloudwatch_metric_alarm")
    watch = aws.client("cloudwatch", THERE)
    watch.put_metric_alarm(
        AlarmName=f"ends-{days}",
        Namespace=given["namespace"],
        MetricName=given["metric_name"],
        Dimensions=[{"Name": name, "Value": value} for name, value in given["dimensions"].items()],
        Statistic=given["statistic"],
        ComparisonOperator=given["comparison_operator"],
        Threshold=given["threshold"],
        Period=given["period"],
        EvaluationPeriods=given["evaluation_periods"],
        TreatMissingData=given["treat_missing_data"],
    )

    aws.let_pass(60)

    (alarm,) = watch.describe_alarms(AlarmNames=[f"ends-{days}"])["MetricAlarms"]
    assert alarm["StateValue"] == state
