"""Whose policy it is may come through a local value, which no plan shows: then it is open whether a role has it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.assessment import Verdict
from constructs_lib.plan import read_plan
from constructs_lib.review import review
from tests.review.made import RULE, backup, declared, plan, replicated, resource, table
from tests.review.recorded import TODAY

_DECLARED = """
version: 1
regions: {primary: eu-west-1, recovery: eu-central-1}
workloads: {shop: {objective: {region: {rto: 4h, rpo: 4h}}, components: [{match: "%s"}]}}
"""
_POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
_OF = {
    "aws_iam_role_policy": ("role", {"policy": _POLICY}),
    "aws_iam_role_policy_attachment": ("role", {"policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
    "aws_iam_policy_attachment": ("roles", {"policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
}


def _made(address: str, values: dict[str, Any], unknown: tuple[str, ...], **expressions: Any) -> tuple[Any, Any]:
    entry = resource(address, values, None, region=None, unknown=dict.fromkeys(unknown, True))
    type, _, name = address.partition(".")
    return entry, {"address": address, "mode": "managed", "type": type, "name": name, "expressions": expressions}


def _verdict(kept: list[dict[str, Any]], match: str, service: str, type: str, reference: str) -> Verdict:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    whose, values = _OF[type]
    parts = (
        *(
            _made(f"aws_iam_role.{name}", {"name": name, "assume_role_policy": _trusting(trust)}, ("id", "arn"))
            for name in ("copier", "other")
        ),
        _made(f"{type}.it", values, ("id", whose), **{whose: {"references": [reference]}}),
    )
    configuration = {"root_module": {"resources": [configured for _, configured in parts]}}
    document = plan(*kept, *(entry for entry, _ in parts), configuration=configuration)
    result = review(read_plan(json.dumps(document).encode()), declared(_DECLARED % match), today=TODAY)
    return next(item.verdict for item in result.components if item.address == match)


def _trusting(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


_ROLE = "arn:aws:iam::123456789012:role/copier"


@pytest.mark.parametrize(
    ("reference", "verdict"),
    [
        ("local.role", Verdict.UNKNOWN),
        ("aws_iam_role.copier.id", Verdict.MET),
        ("aws_iam_role.other.id", Verdict.BREACHED),
    ],
)
@pytest.mark.parametrize("type", _OF)
def test_a_policy_of_a_role_that_is_not_told_is_open(type: str, reference: str, verdict: Verdict) -> None:
    kept = replicated()
    kept[4]["change"]["after"]["role"] = kept[4]["change"]["before"]["role"] = _ROLE

    assert _verdict(kept, "aws_s3_bucket.data", "s3.amazonaws.com", type, reference) is verdict


@pytest.mark.parametrize(
    ("reference", "verdict"),
    [("local.role", Verdict.UNKNOWN), ("aws_iam_role.copier.id", Verdict.MET)],
)
@pytest.mark.parametrize("type", _OF)
def test_so_is_one_of_a_role_of_backups(type: str, reference: str, verdict: Verdict) -> None:
    kept = [table(replica=[]), *backup(iam_role_arn=_ROLE)]

    assert _verdict(kept, "aws_dynamodb_table.orders", "backup.amazonaws.com", type, reference) is verdict


_AWAY = "arn:aws:kms:eu-central-1:123456789012:key/0"


def _with_parts(*parts: tuple[Any, Any], **of_key: Any) -> tuple[Verdict, set[str]]:
    """Replication by a good role into a new bucket under a new key, with further parts."""
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "s3.amazonaws.com"}}
    role = _made(
        "aws_iam_role.copier", {"name": "copier", "id": "copier", "assume_role_policy": _trusting(statement)}, ("arn",)
    )
    policy = _made("aws_iam_role_policy.it", {"role": "copier", "policy": _POLICY}, ("id",))
    rule = {
        **RULE,
        "source_selection_criteria": [{"sse_kms_encrypted_objects": [{"status": "Enabled"}]}],
        "destination": [{"bucket": "arn:aws:s3:::copy", "encryption_configuration": [{"replica_kms_key_id": None}]}],
    }
    unknown = {"rule": [{"destination": [{"encryption_configuration": [{"replica_kms_key_id": True}]}]}]}
    key = {"references": ["aws_kms_key.copy.arn", "aws_kms_key.copy"]}
    copied = {"rule": [{"destination": [{"encryption_configuration": [{"replica_kms_key_id": key}]}]}]}
    replication = _made(
        "aws_s3_bucket_replication_configuration.it", {"bucket": "data", "role": _ROLE, "rule": [rule]}, (), **copied
    )
    replication[0]["change"]["after_unknown"] |= unknown
    kept = [
        *(
            _made(f"aws_s3_bucket_versioning.{name}", {"bucket": name, "versioning_configuration": [_ON]}, ())
            for name in ("data", "copy")
        ),
        _made("aws_s3_bucket.data", {"bucket": "data", "region": "eu-west-1"}, ("id", "arn")),
        _made("aws_s3_bucket.copy", {"bucket": "copy", "region": "eu-central-1"}, ("id", "arn")),
        _made("aws_kms_key.copy", {"region": "eu-central-1"}, ("id", "arn", "key_id", "policy"), **of_key),
        role,
        policy,
        replication,
        *parts,
    ]
    configuration = {"root_module": {"resources": [configured for _, configured in kept]}}
    document = plan(*(entry for entry, _ in kept), configuration=configuration)
    result = review(read_plan(json.dumps(document).encode()), declared(_DECLARED % "aws_s3_bucket.data"), today=TODAY)
    return result.components[0].verdict, {item.id for item in result.findings}


_ON = {"status": "Enabled"}
_DENIED = {"Effect": "Deny", "Principal": "*", "Action": "s3:ReplicateObject", "Resource": "*"}
_WITHOUT_TLS = {**_DENIED, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
_ADMIN = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/admin"}, "Action": "kms:*"}


@pytest.mark.parametrize(
    ("part", "argument", "statement", "verdict"),
    [
        (None, "", {}, Verdict.MET),
        ("aws_s3_bucket_policy", "bucket", _DENIED, Verdict.UNKNOWN),
        ("aws_s3_bucket_policy", "bucket", _WITHOUT_TLS, Verdict.MET),
        ("aws_kms_key_policy", "key_id", {**_ADMIN, "Resource": "*"}, Verdict.UNKNOWN),
    ],
)
def test_a_policy_that_does_not_tell_whose_it_is_may_deny(
    part: str | None, argument: str, statement: dict[str, Any], verdict: Verdict
) -> None:
    hidden = {argument: {"references": ["local.it"]}}
    values = {"policy": _trusting(statement), "region": "eu-central-1"}
    found = () if part is None else (_made(f"{part}.it", values, (argument,), **hidden),)

    assert _with_parts(*found)[0] is verdict


_OF_ROLE = {"references": ["aws_iam_role.copier.arn", "aws_iam_role.copier"]}


def test_what_a_policy_of_a_key_says_that_is_put_together_at_apply_is_open() -> None:
    owner = {"references": ["aws_kms_key.copy.id", "aws_kms_key.copy"]}
    of_its_own = _made("aws_kms_key_policy.it", {}, ("key_id", "policy"), key_id=owner, policy=_OF_ROLE)

    assert _with_parts(policy=_OF_ROLE) == (Verdict.UNKNOWN, {"RECOVERY-103", "RECOVERY-224", "RECOVERY-503"})
    assert _with_parts(of_its_own)[0] is Verdict.UNKNOWN


def _document(*statements: dict[str, Any]) -> tuple[Any, Any]:
    """A policy document about somebody who is known, or known only after apply."""
    blocks = [{"actions": ["kms:*"], "resources": ["*"], **one} for one in statements]
    hidden = [one["principals"][0]["identifiers"] == [None] for one in statements]
    unknown = [{"principals": [{"identifiers": [True]}]} if one else {} for one in hidden]
    entry, configured = _made("aws_iam_policy_document.key", {"statement": blocks}, ("json",))
    entry |= {"address": f"data.{entry['address']}", "mode": "data"}
    entry["change"] |= {"actions": ["read"], "after_unknown": {"json": True, "statement": unknown}}
    return entry, {**configured, "mode": "data"}


_ROOT = {"principals": [{"type": "AWS", "identifiers": ["arn:aws:iam::123456789012:root"]}]}
_SOMEBODY = {"principals": [{"type": "AWS", "identifiers": [None]}]}


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([_ROOT], Verdict.MET),
        ([_ROOT, _SOMEBODY], Verdict.MET),
        ([_SOMEBODY], Verdict.UNKNOWN),
        ([_ROOT, {**_SOMEBODY, "effect": "Deny"}], Verdict.UNKNOWN),
    ],
)
def test_a_statement_about_somebody_who_is_not_known_may_be_about_the_role(
    statements: list[dict[str, Any]], verdict: Verdict
) -> None:
    written = {"references": ["data.aws_iam_policy_document.key.json", "data.aws_iam_policy_document.key"]}

    assert _with_parts(_document(*statements), policy=written)[0] is verdict
