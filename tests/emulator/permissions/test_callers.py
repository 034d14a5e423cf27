"""Callers that are held to policies: what they may do they can, the rest is refused as AWS refuses it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.emulator.regions import HERE

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.emulator import EmulatedAws

KEY = "HELD"


def allow(*actions: str, on: str, **more: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": on, **more}]}


def client(aws: EmulatedAws, service: str, key: str = KEY) -> Any:
    session = boto3.session.Session(aws_access_key_id=key, aws_secret_access_key="x", region_name=HERE)
    return session.client(service, endpoint_url=aws.endpoint)


REFUSED: list[tuple[str, Callable[[Any], Any], str, str]] = [
    ("rds", lambda a: a.describe_db_instances(), "AccessDenied", "rds:DescribeDBInstances on resource: {rds}:db:*"),
    ("ecs", lambda a: a.list_clusters(), "AccessDeniedException", "ecs:ListClusters on resource: *"),
    (
        "dynamodb",
        lambda a: a.describe_table(TableName="other"),
        "AccessDeniedException",
        "dynamodb:DescribeTable on resource: arn:aws:dynamodb:eu-west-1:123456789012:table/other",
    ),
    ("backup", lambda a: a.list_backup_vaults(), "AccessDeniedException", "backup:ListBackupVaults on resource: *"),
    ("s3", lambda a: a.list_buckets(), "AccessDenied", "s3:ListAllMyBuckets on resource: *"),
]


@pytest.mark.parametrize(("service", "call", "code", "what"), REFUSED, ids=[item[0] for item in REFUSED])
def test_what_no_policy_allows_is_refused_in_the_words_of_the_service(
    aws: EmulatedAws, service: str, call: Callable[[Any], Any], code: str, what: str
) -> None:
    aws.hold(KEY, allow("dynamodb:DescribeTable", on="arn:aws:dynamodb:eu-west-1:*:table/mine"))

    with pytest.raises(ClientError) as refused:
        call(client(aws, service))

    told = refused.value.response["Error"]
    assert told["Code"] == code
    assert what.format(rds="arn:aws:rds:eu-west-1:123456789012") in told["Message"]
    assert client(aws, "sts").get_caller_identity()["Account"] == aws.account


def test_the_key_of_a_bucket_is_asked_for_what_is_read_and_written(aws: EmulatedAws) -> None:
    key = aws.client("kms", HERE).create_key()["KeyMetadata"]["Arn"]
    aws.client("kms", HERE).create_alias(AliasName="alias/held", TargetKeyId=key)
    s3 = aws.client("s3", HERE)
    s3.create_bucket(Bucket="held-to-policies", CreateBucketConfiguration={"LocationConstraint": HERE})
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    s3.put_bucket_encryption(Bucket="held-to-policies", ServerSideEncryptionConfiguration={"Rules": [rule]})
    objects = allow("s3:PutObject", "s3:GetObject", on="arn:aws:s3:::held-to-policies/*")
    aliased = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/held"}}
    named = {"Bucket": "held-to-policies", "Key": "a"}

    aws.hold(KEY, objects, allow("kms:GenerateDataKey", on="*", Condition=aliased))
    client(aws, "s3").put_object(**named, Body=b"1")
    with pytest.raises(ClientError, match="kms:Decrypt on resource"):
        client(aws, "s3").get_object(**named)
    aws.hold(KEY, objects, allow("kms:Decrypt", on=key))
    assert client(aws, "s3").get_object(**named)["Body"].read() == b"1"
    with pytest.raises(ClientError, match="kms:GenerateDataKey on resource"):
        client(aws, "s3").put_object(**named, Body=b"2")
    # Who may not list is not told that something is missing.
    with pytest.raises(ClientError, match="s3:ListBucket on resource: arn:aws:s3:::held-to-policies "):
        client(aws, "s3").get_object(Bucket="held-to-policies", Key="nosuch")


def test_the_key_of_a_table_is_asked_for_all_that_a_restore_of_it_does(aws: EmulatedAws) -> None:
    key = aws.client("kms", HERE).create_key()["KeyMetadata"]["Arn"]
    dynamodb = aws.client("dynamodb", HERE)
    dynamodb.create_table(
        TableName="held",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key},
    )
    dynamodb.update_continuous_backups(
        TableName="held", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    needed = ["CreateGrant", "Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext"]
    needed += ["ReEncryptFrom", "ReEncryptTo"]

    for missing in needed:
        others = [f"kms:{action}" for action in needed if action != missing]
        aws.hold(KEY, allow("dynamodb:*", on="*"), allow(*others, on=key))
        with pytest.raises(ClientError, match=f"kms:{missing} on resource"):
            client(aws, "dynamodb").restore_table_to_point_in_time(
                SourceTableName="held",
                TargetTableName="held-restored",
                UseLatestRestorableTime=True,
                SSESpecificationOverride={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key},
            )


def test_whoever_makes_a_load_balancer_may_look_at_the_network(aws: EmulatedAws) -> None:
    looked_at = ["AccountAttributes", "Addresses", "InternetGateways", "SecurityGroups", "Subnets", "Vpcs"]
    for missing in looked_at:
        others = [f"ec2:Describe{what}" for what in looked_at if what != missing]
        aws.hold(KEY, allow("elasticloadbalancing:*", on="*"), allow(*others, on="*"))
        with pytest.raises(ClientError, match=rf"ec2:Describe{missing} on resource: \*"):
            client(aws, "elbv2").create_load_balancer(Name="held", Subnets=["subnet-1", "subnet-2"])


def test_a_role_is_passed_to_the_service_that_the_condition_names(aws: EmulatedAws) -> None:
    def start() -> Any:
        return client(aws, "backup").start_restore_job(
            RecoveryPointArn="arn:aws:backup:eu-west-1:123456789012:recovery-point:x",
            IamRoleArn="arn:aws:iam::123456789012:role/restore",
            Metadata={},
        )

    def passing(to: str) -> dict[str, Any]:
        return allow("iam:PassRole", on="*", Condition={"StringEquals": {"iam:PassedToService": to}})

    starting = allow("backup:StartRestoreJob", on="*")
    aws.hold(KEY, starting, passing("ecs-tasks.amazonaws.com"))
    with pytest.raises(ClientError, match="iam:PassRole on resource: arn:aws:iam::123456789012:role/restore"):
        start()
    aws.hold(KEY, starting, passing("backup.amazonaws.com"))
    with pytest.raises(ClientError) as refused:
        start()
    assert refused.value.response["Error"]["Code"] != "AccessDeniedException"


def test_a_denial_outdoes_what_is_allowed_and_what_was_asked_is_told(aws: EmulatedAws) -> None:
    denied = json.loads(json.dumps(allow("ecs:ListClusters", on="*")).replace("Allow", "Deny"))
    aws.hold(KEY, allow("ecs:*", on="*"), denied)
    ecs = client(aws, "ecs")

    ecs.describe_clusters()
    with pytest.raises(ClientError, match="explicit deny"):
        ecs.list_clusters()

    asked = {item["action"]: item["allowed"] for item in aws.asked_of(KEY)}
    assert asked == {"ecs:DescribeClusters": True, "ecs:ListClusters": False}
    # Whoever is held to nothing may ask.
    assert "clusterArns" in client(aws, "ecs", "another").list_clusters()
