"""Keys that a plan makes have no ARN yet: what a policy document names all the same tells them apart."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.assessment import Verdict
from constructs_lib.plan import read_plan
from constructs_lib.review import review
from tests.review.made import AWAY, HOME, declared, plan, resource
from tests.review.recorded import TODAY

_DECLARED = """
version: 1
regions: {primary: eu-west-1, recovery: eu-central-1}
workloads:
  shop:
    objective: {region: {rto: 4h, rpo: 4h}}
    components: [{match: "aws_s3_bucket.data"}]
"""
_TRUST = json.dumps(
    {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "s3.amazonaws.com"}}]}
)
_BY_NAME = ["arn:aws:s3:::data", "arn:aws:s3:::data/*", "arn:aws:s3:::copy/*"]
_OF_S3 = {"actions": ["s3:*"], "resources": _BY_NAME}
_HOME, _AWAY = "aws_kms_key.home", "aws_kms_key.away"


def _new(address: str, values: dict[str, Any], unknown: dict[str, Any], **expressions: Any) -> tuple[Any, Any]:
    entry = resource(address, values, None, region=None, unknown={"id": True, **unknown})
    type, _, name = address.partition(".")
    return entry, {"address": address, "mode": "managed", "type": type, "name": name, "expressions": expressions}


def _of(*names: str) -> dict[str, Any]:
    return {"references": [step for name in names for step in (name, name.rpartition(".")[0])]}


def _statement(action: str, *names: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A statement about what is not known yet, and what the configuration names in it."""
    return {"actions": [action], "resources": [None]}, {"resources": _of(*names)}


def _bucket(name: str, region: str, key: str) -> list[tuple[Any, Any]]:
    by = {"sse_algorithm": "aws:kms", "kms_master_key_id": None}
    values = {"bucket": name, "rule": [{"apply_server_side_encryption_by_default": [by], "bucket_key_enabled": False}]}
    open_ = {"rule": [{"apply_server_side_encryption_by_default": [{"kms_master_key_id": True}]}]}
    named = {"rule": [{"apply_server_side_encryption_by_default": [{"kms_master_key_id": _of(f"{key}.arn")}]}]}
    versions = {"bucket": name, "versioning_configuration": [{"status": "Enabled"}]}
    made = [
        _new(f"aws_s3_bucket.{name}", {"bucket": name, "region": region}, {"arn": True}),
        _new(f"aws_s3_bucket_versioning.{name}", versions, {}),
        _new(f"aws_s3_bucket_server_side_encryption_configuration.{name}", values, open_, **named),
        _new(key, {"region": region, "multi_region": False, "policy": None}, {"arn": True, "key_id": True}),
    ]
    made[-1][0]["change"]["after_unknown"]["policy"] = True
    return made


def _written(block: dict[str, Any], named: dict[str, Any]) -> dict[str, Any]:
    return {"actions": {"constant_value": block["actions"]}, **named}


def _verdict(*statements: tuple[dict[str, Any], dict[str, Any] | None], **of_keys: Any) -> Verdict:
    blocks = [_OF_S3, *(block for block, _ in statements)]
    document, configured = _new("aws_iam_policy_document.it", {"statement": blocks}, {"json": True})
    unknown = [{"resources": [item is None for item in block["resources"]]} for block in blocks]
    document |= {"address": f"data.{document['address']}", "mode": "data"}
    document["change"] |= {"actions": ["read"], "after_unknown": {"json": True, "statement": unknown}}
    written = [_written(block, named) for block, named in ((_OF_S3, {}), *statements) if named is not None]
    configured |= {"mode": "data", "expressions": {"statement": written}}
    rule = {
        "id": "all",
        "status": "Enabled",
        "priority": 0,
        "filter": [{"prefix": ""}],
        "delete_marker_replication": [{"status": "Enabled"}],
        "source_selection_criteria": [{"sse_kms_encrypted_objects": [{"status": "Enabled"}]}],
        "destination": [{"bucket": "arn:aws:s3:::copy", "encryption_configuration": [{}]}],
    }
    key = [{"destination": [{"encryption_configuration": [{"replica_kms_key_id": True}]}]}]
    named = [{"destination": [{"encryption_configuration": [{"replica_kms_key_id": _of(f"{_AWAY}.arn")}]}]}]
    kept = [
        *_bucket("data", HOME, _HOME),
        *_bucket("copy", AWAY, _AWAY),
        (document, configured),
        _new("aws_iam_role.it", {"name": "it", "assume_role_policy": _TRUST}, {"arn": True}),
        _new(
            "aws_iam_role_policy.it",
            {"role": "it"},
            {"policy": True},
            policy=_of("data.aws_iam_policy_document.it.json"),
        ),
        _new(
            "aws_s3_bucket_replication_configuration.it",
            {"bucket": "data", "rule": [rule]},
            {"role": True, "rule": key},
            role=_of("aws_iam_role.it.arn"),
            rule=named,
        ),
    ]
    for entry, _ in kept:
        if entry["type"] == "aws_kms_key":
            entry["change"]["after"] |= of_keys
    code = {"root_module": {"resources": [configured for _, configured in kept]}}
    whole = plan(*(entry for entry, _ in kept), configuration=code)
    (component,) = review(read_plan(json.dumps(whole).encode()), declared(_DECLARED), today=TODAY).components
    return component.verdict


_READS = _statement("kms:Decrypt", f"{_HOME}.arn")
_WRITES = _statement("kms:Encrypt", f"{_AWAY}.arn")


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([_READS, _WRITES], Verdict.MET),
        ([_statement("kms:*", f"{_HOME}.arn", f"{_AWAY}.arn")], Verdict.MET),
        ([_READS], Verdict.BREACHED),
        ([_WRITES], Verdict.BREACHED),
        # A key that is to be made is no other one.
        ([_READS, _statement("kms:Encrypt", f"{_HOME}.arn")], Verdict.BREACHED),
        ([_statement("kms:*", f"{_AWAY}.arn")], Verdict.BREACHED),
        # Nor does any text name it, but for one with a star.
        (
            [_READS, ({"actions": ["kms:Encrypt"], "resources": ["arn:aws:kms:eu-central-1:1:key/1"]}, {})],
            Verdict.BREACHED,
        ),
        ([_READS, ({"actions": ["kms:Encrypt"], "resources": ["arn:aws:kms:eu-central-1:1:key/*"]}, {})], Verdict.MET),
        ([_READS, ({"actions": ["kms:Encrypt"], "resources": ["*"]}, {})], Verdict.MET),
        # What a plan does not show may be any.
        ([_READS, _statement("kms:Encrypt", "local.keys")], Verdict.MET),
        ([_READS, _statement("kms:Encrypt", f"{_HOME}.arn", "local.keys")], Verdict.MET),
    ],
)
def test_a_role_may_use_the_new_keys_that_its_policy_names(
    statements: list[tuple[dict[str, Any], dict[str, Any]]], verdict: Verdict
) -> None:
    assert _verdict(*statements) is verdict


@pytest.mark.parametrize(
    ("name", "several", "verdict"),
    [("key_id", True, Verdict.MET), ("arn", True, Verdict.BREACHED), ("key_id", False, Verdict.BREACHED)],
)
def test_the_id_of_a_key_of_several_regions_may_name_its_replica(name: str, several: bool, verdict: Verdict) -> None:
    assert _verdict(_READS, _statement("kms:Encrypt", f"{_HOME}.{name}"), multi_region=several) is verdict


def test_a_dynamic_statement_is_none_of_those_that_are_written() -> None:
    """It shifts the others, and what it names is not shown."""
    shown = _statement("kms:Decrypt", f"{_HOME}.arn")
    hidden = ({"actions": ["kms:Encrypt"], "resources": [None]}, None)

    assert _verdict(hidden, shown) is Verdict.MET
    assert _verdict(shown, hidden) is Verdict.MET
    assert _verdict(({"actions": ["s3:GetBucketAcl"], "resources": ["*"]}, None), _READS) is Verdict.BREACHED
