"""Forwarding: what goes in comes out, whichever emulator answers."""

from __future__ import annotations

import urllib.request
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from constructs_lib.emulator import EmulatedAws


@pytest.fixture(name="bucket", scope="module")
def _bucket(aws: EmulatedAws) -> str:
    aws.client("s3").create_bucket(Bucket="gateway", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return "gateway"


@pytest.mark.parametrize("key", ["plain", "a b/ü+%41?.txt", "a//b/../c"])
def test_an_object_keeps_its_key_and_its_bytes(aws: EmulatedAws, bucket: str, key: str) -> None:
    s3 = aws.client("s3")

    s3.put_object(Bucket=bucket, Key=key, Body=bytes(range(256)))

    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == bytes(range(256))
    assert key in [found["Key"] for found in s3.list_objects_v2(Bucket=bucket)["Contents"]]


def test_head_tells_the_size_of_an_object(aws: EmulatedAws, bucket: str) -> None:
    s3 = aws.client("s3")
    s3.put_object(Bucket=bucket, Key="sized", Body=b"x" * 5000)

    assert s3.head_object(Bucket=bucket, Key="sized")["ContentLength"] == 5000


def test_an_object_larger_than_one_part_arrives_whole(aws: EmulatedAws, bucket: str) -> None:
    s3 = aws.client("s3")
    upload = s3.create_multipart_upload(Bucket=bucket, Key="large")["UploadId"]
    parts = []
    for number in (1, 2):
        part = s3.upload_part(
            Bucket=bucket, Key="large", UploadId=upload, PartNumber=number, Body=bytes([number]) * 6_000_000
        )
        parts.append({"PartNumber": number, "ETag": part["ETag"]})

    s3.complete_multipart_upload(Bucket=bucket, Key="large", UploadId=upload, MultipartUpload={"Parts": parts})

    body = s3.get_object(Bucket=bucket, Key="large")["Body"].read()
    assert body == b"\x01" * 6_000_000 + b"\x02" * 6_000_000


def test_a_presigned_url_is_routed_by_its_query(aws: EmulatedAws, bucket: str) -> None:
    s3 = aws.client("s3")
    s3.put_object(Bucket=bucket, Key="presigned", Body=b"here")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "presigned"})

    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url) as answer:
        assert answer.read() == b"here"


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("backup", "list_backup_vaults"),
        ("cloudfront", "list_distributions"),
        ("cloudwatch", "describe_alarms"),
        ("dsql", "list_clusters"),
        ("dynamodb", "list_tables"),
        ("ec2", "describe_vpcs"),
        ("iam", "list_roles"),
        ("kms", "list_keys"),
        ("rds", "describe_db_instances"),
        ("route53", "list_hosted_zones"),
        ("secretsmanager", "list_secrets"),
        ("sns", "list_topics"),
    ],
)
def test_every_service_of_the_patterns_answers(aws: EmulatedAws, service: str, operation: str) -> None:
    assert getattr(aws.client(service), operation)()["ResponseMetadata"]["HTTPStatusCode"] == 200
