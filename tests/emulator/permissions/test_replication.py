"""S3 replicates what the role, the buckets and the keys let it; the rest is FAILED."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from botocore.exceptions import ClientError

from constructs_lib.emulator.rule_switch import REPLICATION
from tests.emulator.regions import HERE, THERE

if TYPE_CHECKING:
    from constructs_lib.emulator import EmulatedAws

TRUST = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}


@attrs.frozen(kw_only=True)
class Replicated:
    """Two encrypted buckets, the first replicated to the second with a role of its own."""

    aws: EmulatedAws
    source: str
    copy: str
    role: str
    keys: dict[str, str]

    @property
    def permissions(self) -> dict[str, dict[str, Any]]:
        """What AWS says that the role needs, by name."""
        source, copy = f"arn:aws:s3:::{self.source}", f"arn:aws:s3:::{self.copy}/*"
        return {
            "configuration": allow("s3:GetReplicationConfiguration", "s3:ListBucket", on=source),
            "source": allow("s3:GetObjectVersion*", on=f"{source}/*"),
            "replica": allow("s3:ReplicateObject", "s3:ReplicateTags", on=copy),
            "markers": allow("s3:ReplicateDelete", on=copy),
            "decrypt": allow("kms:Decrypt", on=self.keys[HERE]),
            "encrypt": allow("kms:Encrypt", on=self.keys[THERE]),
        }

    def may(self, *names: str) -> None:
        statements = [self.permissions[name] for name in names]
        self.aws.client("iam").put_role_policy(
            RoleName=self.role, PolicyName="replicate", PolicyDocument=json.dumps({"Statement": statements})
        )

    def trusted(self, **statement: Any) -> None:
        document = json.dumps({"Statement": [TRUST | statement]})
        self.aws.client("iam").update_assume_role_policy(RoleName=self.role, PolicyDocument=document)

    def status(self) -> str:
        """Return how the replication of a new object ended; only a completed one is there to be read."""
        s3, key = self.aws.client("s3", HERE), f"object-{time.time_ns()}"
        s3.put_object(Bucket=self.source, Key=key, Body=b"-")
        status: str = s3.head_object(Bucket=self.source, Key=key)["ReplicationStatus"]
        assert self.arrived(key) == (status == "COMPLETED")
        return status

    def marker_arrives(self) -> bool:
        """Tell whether a deletion is repeated on the copy."""
        s3, key = self.aws.client("s3", HERE), f"deleted-{time.time_ns()}"
        s3.put_object(Bucket=self.source, Key=key, Body=b"-")
        s3.delete_object(Bucket=self.source, Key=key)
        return not self.arrived(key)

    def arrived(self, key: str) -> bool:
        try:
            self.aws.client("s3", THERE).head_object(Bucket=self.copy, Key=key)
        except ClientError:
            return False
        return True


def allow(*actions: str, on: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": on}


@pytest.fixture(name="replicated", scope="module")
def _replicated(aws: EmulatedAws) -> Replicated:
    keys = {region: aws.client("kms", region).create_key()["KeyMetadata"]["Arn"] for region in (HERE, THERE)}
    names = {HERE: "permitted-source", THERE: "permitted-copy"}
    for region, name in names.items():
        s3 = aws.client("s3", region)
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": keys[region]}
        encryption = {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration=encryption)
    role = aws.client("iam").create_role(
        RoleName="permitted", AssumeRolePolicyDocument=json.dumps({"Statement": [TRUST]})
    )["Role"]["Arn"]
    rule = {
        "ID": "all",
        "Priority": 0,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Enabled"},
        "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
        "Destination": {
            "Bucket": f"arn:aws:s3:::{names[THERE]}",
            "EncryptionConfiguration": {"ReplicaKmsKeyID": keys[THERE]},
        },
    }
    aws.client("s3", HERE).put_bucket_replication(
        Bucket=names[HERE], ReplicationConfiguration={"Role": role, "Rules": [rule]}
    )
    return Replicated(aws=aws, source=names[HERE], copy=names[THERE], role="permitted", keys=keys)


@pytest.fixture(autouse=True)
def _permitted(replicated: Replicated) -> None:
    replicated.trusted()
    replicated.may(*replicated.permissions)


def test_with_all_that_aws_asks_for_objects_and_deletions_arrive(replicated: Replicated) -> None:
    assert replicated.status() == "COMPLETED"
    assert replicated.marker_arrives()


def test_a_replica_is_encrypted_with_the_key_that_the_rule_names(replicated: Replicated) -> None:
    """A key belongs to its Region; Terraform reads the replica's where it writes the same object there."""
    here, there = (replicated.aws.client("s3", region) for region in (HERE, THERE))
    here.put_object(
        Bucket=replicated.source,
        Key="keyed",
        Body=b"1",
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=replicated.keys[HERE],
    )

    shown = there.head_object(Bucket=replicated.copy, Key="keyed")
    assert shown["SSEKMSKeyId"] == replicated.keys[THERE]
    assert here.head_object(Bucket=replicated.source, Key="keyed")["SSEKMSKeyId"] == replicated.keys[HERE]


@pytest.mark.parametrize("missing", ["configuration", "source", "replica", "decrypt", "encrypt"])
def test_without_one_permission_objects_fail_until_it_is_back(replicated: Replicated, missing: str) -> None:
    replicated.may(*(name for name in replicated.permissions if name != missing))
    assert replicated.status() == "FAILED"

    replicated.may(*replicated.permissions)
    assert replicated.status() == "COMPLETED"


def test_without_the_permission_to_replicate_deletions_they_stay_away(replicated: Replicated) -> None:
    replicated.may(*(name for name in replicated.permissions if name != "markers"))

    assert replicated.status() == "COMPLETED"
    assert not replicated.marker_arrives()


def test_a_role_that_s3_may_not_take_replicates_nothing(replicated: Replicated) -> None:
    replicated.trusted(Principal={"Service": "backup.amazonaws.com"})

    assert replicated.status() == "FAILED"


def test_a_trust_that_demands_a_key_s3_is_not_documented_to_send_replicates_nothing(replicated: Replicated) -> None:
    replicated.trusted(Condition={"StringEquals": {"aws:SourceAccount": "123456789012"}})

    assert replicated.status() == "FAILED"


def test_a_bucket_that_denies_the_role_gets_nothing(replicated: Replicated) -> None:
    there = replicated.aws.client("s3", THERE)
    denial = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:Replicate*",
        "Resource": f"arn:aws:s3:::{replicated.copy}/*",
    }
    there.put_bucket_policy(Bucket=replicated.copy, Policy=json.dumps({"Statement": [denial]}))
    try:
        assert replicated.status() == "FAILED"
    finally:
        there.delete_bucket_policy(Bucket=replicated.copy)


def test_a_key_that_does_not_leave_it_to_iam_cannot_be_used_by_the_role(replicated: Replicated) -> None:
    kms, key = replicated.aws.client("kms", THERE), replicated.keys[THERE]
    before = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    closed = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "kms:*", "Resource": "*"}
    kms.put_key_policy(
        KeyId=key,
        PolicyName="default",
        Policy=json.dumps({"Statement": [closed]}),
        BypassPolicyLockoutSafetyCheck=True,
    )
    try:
        assert replicated.status() == "FAILED"
    finally:
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=before)


def test_a_disabled_key_stops_replication(replicated: Replicated) -> None:
    kms, key = replicated.aws.client("kms", HERE), replicated.keys[HERE].rpartition("/")[2]
    kms.disable_key(KeyId=key)
    try:
        assert replicated.status() == "FAILED"
    finally:
        kms.enable_key(KeyId=key)


def test_permissions_can_be_switched_off(replicated: Replicated) -> None:
    replicated.may("markers")

    with replicated.aws.without_rules(REPLICATION):
        assert replicated.status() == "COMPLETED"
    assert replicated.status() == "FAILED"


@pytest.mark.parametrize(("decrypts_in", "ends"), [(HERE, "COMPLETED"), (THERE, "FAILED")])
def test_a_key_is_used_through_s3_of_the_bucket_s_own_region(
    replicated: Replicated, decrypts_in: str, ends: str
) -> None:
    condition = {"StringEquals": {"kms:ViaService": f"s3.{decrypts_in}.amazonaws.com"}}
    statements = [
        statement | ({"Condition": condition} if name == "decrypt" else {})
        for name, statement in replicated.permissions.items()
    ]
    replicated.aws.client("iam").put_role_policy(
        RoleName=replicated.role, PolicyName="replicate", PolicyDocument=json.dumps({"Statement": statements})
    )

    assert replicated.status() == ends
