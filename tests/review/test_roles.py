"""Whether copying can really run: who may assume the role, what attached policies grant, and what keys leave to IAM."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.assessment import Verdict
from tests.review.made import ACCOUNT, AWAY, EVERYTHING, HOME, backup, found, replicated, resource, table

if TYPE_CHECKING:
    from constructs_lib.review import Review

_REGION = EVERYTHING.replace(", software: {rto: 1d, rpo: 1d}", "")
_S3, _BACKUP = "s3.amazonaws.com", "backup.amazonaws.com"


def _key_arn(region: str) -> str:
    return f"arn:aws:kms:{region}:{ACCOUNT}:key/00000000-0000-0000-0000-000000000000"


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _trust(service: str, effect: str = "Allow") -> str:
    return _document({"Effect": effect, "Action": "sts:AssumeRole", "Principal": {"Service": service}})


def _role(name: str, trust: str, **more: Any) -> dict[str, Any]:
    arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
    return resource(
        f"aws_iam_role.{name}", {"name": name, "id": name, "arn": arn, "assume_role_policy": trust, **more}, region=None
    )


_COPIES = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
_KEYS = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}


def _policy(*statements: dict[str, Any]) -> dict[str, Any]:
    values = {"role": "replication", "id": "replication:it", "name": "it", "policy": _document(*statements)}
    return resource("aws_iam_role_policy.replication", values, region=None)


def _verdict(result: Review, address: str = "aws_s3_bucket.data") -> Verdict:
    return {item.address: item.verdict for item in result.components}[address]


def _ids(result: Review) -> set[str]:
    return {item.id for item in result.findings}


@pytest.mark.parametrize(
    ("trust", "works"),
    [
        (_trust(_S3), True),
        (_trust("ec2.amazonaws.com"), False),
        (_trust(_S3, "Deny"), False),
        (_document(), False),
        ("not json", True),
    ],
)
def test_s3_must_be_let_assume_the_role(trust: str, works: bool) -> None:
    result = found(*replicated(), _role("replication", trust), _policy(_COPIES), objectives=_REGION)

    assert ("RECOVERY-218" in _ids(result)) is not works
    assert _verdict(result) is (Verdict.MET if works else Verdict.BREACHED)
    assert "RECOVERY-200" not in _ids(result)


@pytest.mark.parametrize(("service", "verdict"), [(_BACKUP, Verdict.MET), (_S3, Verdict.BREACHED)])
def test_aws_backup_must_be_let_assume_the_role(service: str, verdict: Verdict) -> None:
    plan = backup(iam_role_arn=f"arn:aws:iam::{ACCOUNT}:role/backup")
    resources = [table(replica=[]), *plan, _role("backup", _trust(service))]
    promised = _REGION.replace("rto: 4h, rpo: 4h", "rto: 12h, rpo: 12h")

    assert _verdict(found(*resources, objectives=promised), "aws_dynamodb_table.orders") is verdict


def _encrypted(policy: str | None = None) -> list[dict[str, Any]]:
    """Replication of encrypted objects; with *policy* the keys are in the plan, and have it."""
    selected = [{"sse_kms_encrypted_objects": [{"status": "Enabled"}]}]
    destination = {
        "bucket": "arn:aws:s3:::copy",
        "encryption_configuration": [{"replica_kms_key_id": _key_arn(AWAY)}],
    }
    by = [{"sse_algorithm": "aws:kms", "kms_master_key_id": _key_arn(HOME)}]
    encryption = {"bucket": "data", "rule": [{"apply_server_side_encryption_by_default": by}]}
    keys = [
        resource(f"aws_kms_key.{name}", {"arn": _key_arn(region), "id": name, "policy": policy}, region=region)
        for name, region in (("here", HOME), ("there", AWAY))
        if policy is not None
    ]
    return [
        *replicated(rule={"source_selection_criteria": selected, "destination": [destination]}),
        resource("aws_s3_bucket_server_side_encryption_configuration.data", encryption),
        _role("replication", _trust(_S3)),
        *keys,
    ]


def test_a_key_elsewhere_that_the_role_is_granted_nothing_on_leaves_it_open() -> None:
    result = found(*_encrypted(), _policy(_COPIES), objectives=_REGION)

    assert _verdict(result) is Verdict.UNKNOWN
    assert "RECOVERY-219" in {item.id for item in result.warnings}


def test_a_key_elsewhere_that_the_role_may_use_is_enough() -> None:
    assert _verdict(found(*_encrypted(), _policy(_COPIES, _KEYS), objectives=_REGION)) is Verdict.MET


def _allowed(principal: str) -> str:
    return _document({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "kms:*", "Resource": "*"})


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [
        (_allowed(f"arn:aws:iam::{ACCOUNT}:root"), Verdict.MET),
        (_allowed(ACCOUNT), Verdict.MET),
        (_allowed(f"arn:aws:iam::{ACCOUNT}:role/replication"), Verdict.MET),
        (_allowed(f"arn:aws:iam::{ACCOUNT}:role/keeper"), Verdict.BREACHED),
        ("", Verdict.MET),
    ],
)
def test_what_a_key_does_not_leave_to_iam_counts_for_nothing(policy: str, verdict: Verdict) -> None:
    assert _verdict(found(*_encrypted(policy), _policy(_COPIES, _KEYS), objectives=_REGION)) is verdict
