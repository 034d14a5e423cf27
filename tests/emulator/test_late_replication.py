"""Data that is late, and lost with its Region: buckets and tables whose writes take a while to the other side."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.emulator.regions import HERE, THERE, Region, code, create_instance
from tests.emulator.test_table_recovery import create_table, keys, put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.emulator import EmulatedAws

WRITES = 1000


@pytest.fixture(name="delay")
def _delay(aws: EmulatedAws) -> Iterator[float]:
    aws.configure(replication_delay=30)
    yield 30
    aws.configure(replication_delay=0)


def table_in_both(aws: EmulatedAws, name: str) -> tuple[Any, Any]:
    table = create_table(aws, name)
    table.update_table(TableName=name, ReplicaUpdates=[{"Create": {"RegionName": THERE}}])
    return table, aws.client("dynamodb", THERE)


def listed(s3: Any, bucket: str) -> list[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [found["Key"] for page in pages for found in page.get("Contents", [])]


def test_a_lost_region_takes_the_writes_of_the_last_seconds_and_no_more(aws: EmulatedAws) -> None:
    here, there = table_in_both(aws, "lossy")
    early = [f"early-{number}" for number in range(WRITES // 2)]
    late = [f"late-{number}" for number in range(WRITES // 2)]

    def write(names: list[str]) -> None:
        for start in range(0, len(names), 25):
            puts = [{"PutRequest": {"Item": {"pk": {"S": name}}}} for name in names[start : start + 25]]
            here.batch_write_item(RequestItems={"lossy": puts})

    write(early)
    aws.configure(replication_delay=30)
    try:
        write(late)
        with aws.fail_region(HERE):
            assert keys(there, "lossy") == sorted(early)
            aws.let_arrive()
            assert keys(there, "lossy") == sorted(early)
    finally:
        aws.configure(replication_delay=0)


def test_a_write_arrives_when_the_delay_has_passed(aws: EmulatedAws) -> None:
    here, there = table_in_both(aws, "timed")
    aws.configure(replication_delay=0.5)
    try:
        begun = time.monotonic()
        put(here, "timed", "one")
        while not keys(there, "timed"):
            assert time.monotonic() < begun + 20
        arrived = time.monotonic()
    finally:
        aws.configure(replication_delay=0)

    assert arrived - begun > 0.5


def test_what_was_in_flight_arrives_once_the_region_is_back(aws: EmulatedAws) -> None:
    here, there = table_in_both(aws, "returning")
    aws.configure(replication_delay=3600)
    try:
        put(here, "returning", "before")
        with aws.fail_region(HERE):
            put(there, "returning", "meanwhile")
            aws.let_arrive()
            assert keys(there, "returning") == ["meanwhile"]
        aws.let_arrive()
        assert keys(there, "returning") == keys(here, "returning") == ["before", "meanwhile"]
    finally:
        aws.configure(replication_delay=0)


def test_the_last_writer_wins_whichever_write_arrives_last(aws: EmulatedAws) -> None:
    here, there = table_in_both(aws, "contested")
    aws.configure(replication_delay=3600)
    try:
        put(here, "contested", "one", "stale")
        with aws.fail_region(HERE):
            put(there, "contested", "one", "newest")
            aws.let_arrive()
        values = [client.get_item(TableName="contested", Key={"pk": {"S": "one"}})["Item"] for client in (here, there)]
    finally:
        aws.configure(replication_delay=0)

    assert [value["value"]["S"] for value in values] == ["newest", "newest"]


def test_what_a_statement_writes_is_replicated_too(aws: EmulatedAws) -> None:
    here, there = table_in_both(aws, "stated")

    here.execute_statement(Statement="INSERT INTO stated VALUE {'pk': 'by-statement'}")

    assert keys(there, "stated") == ["by-statement"]


def test_a_strongly_consistent_table_loses_nothing(aws: EmulatedAws, delay: float) -> None:
    here = create_table(aws, "strong")
    here.update_table(
        TableName="strong",
        ReplicaUpdates=[{"Create": {"RegionName": THERE}}],
        GlobalTableWitnessUpdates=[{"Create": {"RegionName": "eu-west-3"}}],
        MultiRegionConsistency="STRONG",
    )
    put(here, "strong", "one")

    with aws.fail_region(HERE):
        there = aws.client("dynamodb", THERE)
        assert keys(there, "strong") == ["one"]
        shown = there.describe_table(TableName="strong")["Table"]

    assert shown["MultiRegionConsistency"] == "STRONG"
    assert [one["RegionName"] for one in shown["GlobalTableWitnesses"]] == ["eu-west-3"]


def test_an_object_is_pending_until_it_has_arrived_as_the_same_version(
    aws: EmulatedAws, buckets: dict[str, str]
) -> None:
    here, there = aws.client("s3", HERE), aws.client("s3", THERE)
    aws.configure(replication_delay=3600)
    try:
        version = here.put_object(Bucket=buckets[HERE], Key="one", Body=b"-", Tagging="team=shop")["VersionId"]
        pending = here.head_object(Bucket=buckets[HERE], Key="one")["ReplicationStatus"]
        nothing = listed(there, buckets[THERE])
        aws.let_arrive()
        arrived = there.head_object(Bucket=buckets[THERE], Key="one")
        completed = here.head_object(Bucket=buckets[HERE], Key="one", VersionId=version)["ReplicationStatus"]
        tags = there.get_object_tagging(Bucket=buckets[THERE], Key="one")["TagSet"]
        marker = here.delete_object(Bucket=buckets[HERE], Key="one")["VersionId"]
        still = listed(there, buckets[THERE])
        aws.let_arrive()
        markers = there.list_object_versions(Bucket=buckets[THERE])["DeleteMarkers"]
    finally:
        aws.configure(replication_delay=0)

    assert (pending, nothing, completed) == ("PENDING", [], "COMPLETED")
    assert (arrived["ReplicationStatus"], arrived["VersionId"]) == ("REPLICA", version)
    assert tags == [{"Key": "team", "Value": "shop"}]
    assert still == ["one"]
    assert [one["VersionId"] for one in markers] == [marker]


def test_objects_written_before_the_loss_are_lost_to_the_other_side_until_the_region_returns(
    aws: EmulatedAws, buckets: dict[str, str]
) -> None:
    here, there = aws.client("s3", HERE), aws.client("s3", THERE)
    here.put_object(Bucket=buckets[HERE], Key="arrived", Body=b"-")
    aws.configure(replication_delay=3600)
    try:
        here.put_object(Bucket=buckets[HERE], Key="in-flight", Body=b"-")
        with aws.fail_region(HERE):
            aws.let_arrive()
            assert listed(there, buckets[THERE]) == ["arrived"]
        assert listed(there, buckets[THERE]) == ["arrived", "in-flight"]
    finally:
        aws.configure(replication_delay=0)


def test_a_lost_bucket_cannot_be_read_by_anybody(aws: EmulatedAws, buckets: dict[str, str]) -> None:
    here, there = aws.client("s3", HERE), aws.client("s3", THERE)
    here.put_object(Bucket=buckets[HERE], Key="one", Body=b"-")
    url = f"{aws.endpoint}/{buckets[HERE]}/one"
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    assert direct.open(url).read() == b"-"

    with aws.fail_region(HERE):
        with pytest.raises(ClientError, match="ServiceUnavailable"):
            there.get_object(Bucket=buckets[HERE], Key="one")
        with pytest.raises(ClientError, match="ServiceUnavailable"):
            there.copy_object(Bucket=buckets[THERE], Key="copy", CopySource={"Bucket": buckets[HERE], "Key": "one"})
        with pytest.raises(urllib.error.HTTPError, match="503"):
            direct.open(url)
        assert there.get_object(Bucket=buckets[THERE], Key="one")["Body"].read() == b"-"
    with aws.fail_region(HERE, mode="reset"), pytest.raises(ConnectionClosedError):
        there.get_object(Bucket=buckets[HERE], Key="one")
    with aws.fail_region(HERE, mode="calls"):
        assert direct.open(url).read() == b"-"


def test_a_replica_cannot_be_made_of_a_database_whose_region_is_gone(
    aws: EmulatedAws, here: Region, there: Region
) -> None:
    arn = create_instance(here, "unreachable")["DBInstanceArn"]

    with aws.fail_region(HERE), pytest.raises(ClientError) as failure:
        there.rds.create_db_instance_read_replica(
            DBInstanceIdentifier="copy-of-unreachable", SourceDBInstanceIdentifier=arn, KmsKeyId=there.key
        )

    assert code(failure) == "ServiceUnavailable"
