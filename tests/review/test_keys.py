"""Keys that nobody can use: disabled, or denied to everybody by their own policy."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.assessment import Verdict
from constructs_lib.plan import read_plan
from constructs_lib.review import review
from tests.review.made import ACCOUNT, AWAY, HOME, backup, declared, ids, instance, plan, replica, resource, table
from tests.review.recorded import TODAY

_PROMISED = """
version: 1
regions: {primary: eu-west-1, recovery: eu-central-1}
workloads:
  shop:
    objective: {%s}
    components: [{match: "%s"}]
"""
_REGION = "region: {rto: 4h, rpo: 4h}"
_ARN = f"arn:aws:kms:{AWAY}:{ACCOUNT}:key/away"
_ALLOWED = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}
_REFERENCE = {"references": ["aws_kms_key.away.arn", "aws_kms_key.away"]}


def _denying(action: str = "kms:Decrypt", principal: Any = "*", **more: Any) -> dict[str, Any]:
    denial = {"Effect": "Deny", "Principal": principal, "Action": action, "Resource": "*", **more}
    return {"policy": json.dumps({"Version": "2012-10-17", "Statement": [_ALLOWED, denial]})}


def _key(*, made: bool, **values: Any) -> dict[str, Any]:
    if made:
        return resource(
            "aws_kms_key.away", values, None, region=AWAY, unknown={"arn": True, "id": True, "key_id": True}
        )
    return resource("aws_kms_key.away", {"id": "away", "key_id": "away", "arn": _ARN, **values}, region=AWAY)


def _database(*, made: bool) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    copied = replica(**({} if made else {"kms_key_id": _ARN}))
    copied["change"]["after_unknown"] = {"kms_key_id": made}
    return [instance(storage_encrypted=True), copied], {"aws_db_instance.replica": {"kms_key_id": _REFERENCE}}


def _table(*, made: bool) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    own = {"enabled": True, "kms_key_arn": f"arn:aws:kms:{HOME}:{ACCOUNT}:key/1"}
    copied = {"region_name": AWAY, "point_in_time_recovery": True, "kms_key_arn": None if made else _ARN}
    item = table(server_side_encryption=[own], replica=[copied])
    item["change"]["after_unknown"] = {"replica": [{"kms_key_arn": made}]}
    return [item], {"aws_dynamodb_table.orders": {"replica": [{"kms_key_arn": _REFERENCE}]}}


_UNUSABLE: list[tuple[dict[str, Any], str | None]] = [
    ({"is_enabled": True}, None),
    ({"is_enabled": False}, "RECOVERY-120"),
    (_denying(), "RECOVERY-243"),
    (_denying("kms:*", {"AWS": ["*"]}), "RECOVERY-243"),
    (_denying("kms:ScheduleKeyDeletion"), None),
    (_denying(principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/other"}), None),
    (_denying("kms:*", Condition={"StringNotEquals": {"kms:CallerAccount": ACCOUNT}}), None),
]


@pytest.mark.parametrize("made", [False, True])
@pytest.mark.parametrize(("values", "told"), _UNUSABLE)
@pytest.mark.parametrize("using", [_database, _table])
def test_a_copy_whose_key_nobody_can_use_is_no_way_back(
    using: Any, values: dict[str, Any], told: str | None, made: bool
) -> None:
    resources, expressions = using(made=made)
    resources.append(_key(made=made, **values))
    configured = [
        {
            "address": item["address"],
            "mode": "managed",
            "type": item["type"],
            "name": item["address"].partition(".")[2],
            "expressions": expressions.get(item["address"], {}),
        }
        for item in resources
    ]
    whole = plan(*resources, configuration={"root_module": {"resources": configured}})
    objectives = declared(_PROMISED % (_REGION, "aws_d*"))

    result = review(read_plan(json.dumps(whole).encode()), objectives, today=TODAY)

    assert {item.id for item in result.errors} & {"RECOVERY-120", "RECOVERY-243"} == ({told} if told else set())
    assert result.verdict is (Verdict.BREACHED if told else Verdict.MET)


def test_each_database_whose_replica_has_the_key_is_told_of() -> None:
    resources = [_key(made=False, is_enabled=False)]
    for name in ("one", "two"):
        source = instance(name, storage_encrypted=True)
        arn = source["change"]["after"]["arn"]
        resources += [source, instance(f"{name}-away", AWAY, replicate_source_db=arn, kms_key_id=_ARN)]
    objectives = declared(_PROMISED % (_REGION, "aws_db_instance.*"))

    result = review(read_plan(json.dumps(plan(*resources)).encode()), objectives, today=TODAY)

    (said,) = [item for item in result.errors if item.id == "RECOVERY-120"]
    assert said.components == ("aws_db_instance.one", "aws_db_instance.two")
    assert {item.verdict for item in result.components if item.address in said.components} == {Verdict.BREACHED}


@pytest.mark.parametrize(("source", "told"), [(instance(), False), (table(replica=[]), True)])
def test_the_key_of_a_vault_at_home_is_for_what_aws_backup_manages_whole(source: dict[str, Any], told: bool) -> None:
    arn = f"arn:aws:kms:{HOME}:{ACCOUNT}:key/1"
    key = resource("aws_kms_key.vault", {"id": "1", "key_id": "1", "arn": arn, "is_enabled": False})
    named = {"id": "here", "name": "here", "arn": f"arn:aws:backup:{HOME}:{ACCOUNT}:backup-vault:here"}
    vault = resource("aws_backup_vault.here", {**named, "kms_key_arn": arn})
    objectives = _PROMISED % ("software: {rto: 12h, rpo: 12h}", source["address"])

    assert ("RECOVERY-120" in ids(source, vault, *backup(), key, objectives=objectives)) is told


@pytest.mark.parametrize(
    ("primary", "region", "unknown", "told"),
    [
        ({"multi_region": True}, AWAY, False, None),
        ({"multi_region": False}, AWAY, False, "no multi-Region key"),
        ({}, AWAY, True, None),
        ({"multi_region": True}, HOME, False, "in the Region of that key"),
    ],
)
def test_a_replica_of_a_key_that_kms_does_not_make_encrypts_nothing(
    primary: dict[str, Any], region: str, unknown: bool, told: str | None
) -> None:
    arn = f"arn:aws:kms:{HOME}:{ACCOUNT}:key/mrk-1"
    resources, _ = _database(made=True)
    made = {"primary_key_arn": arn}
    key = resource("aws_kms_key.home", {"arn": arn, "id": "mrk-1", **primary}, unknown={"multi_region": unknown})
    away = resource("aws_kms_replica_key.away", made, None, region=region, unknown={"arn": True, "id": True})
    names = ["aws_kms_replica_key.away.arn", "aws_kms_replica_key.away"]
    configured = [
        {
            "address": "aws_db_instance.replica",
            "mode": "managed",
            "type": "aws_db_instance",
            "name": "replica",
            "expressions": {"kms_key_id": {"references": names}},
        }
    ]
    whole = plan(*resources, key, away, configuration={"root_module": {"resources": configured}})
    objectives = declared(_PROMISED % (_REGION, "aws_db_instance.db"))

    result = review(read_plan(json.dumps(whole).encode()), objectives, today=TODAY)

    said = [item.message for item in result.errors if item.id == "RECOVERY-334"]
    assert [told in item for item in said if told is not None] == ([True] if told else [])
    assert (result.components[0].verdict is Verdict.BREACHED) is (told is not None)


def _letting(*actions: str) -> str:
    return json.dumps({"Statement": [{**_ALLOWED, "Action": list(actions)}]})


@pytest.mark.parametrize(
    ("made", "values", "refused"),
    [
        (True, {"policy": _letting("kms:*")}, False),
        (True, {"policy": _letting("kms:Put*", "kms:Decrypt", "kms:CreateGrant")}, False),
        (True, {"policy": _letting("kms:Decrypt", "kms:CreateGrant")}, True),
        (
            True,
            {"policy": _letting("kms:Decrypt", "kms:CreateGrant"), "bypass_policy_lockout_safety_check": True},
            False,
        ),
        (True, {}, False),
        # One that is there was not refused.
        (False, {"policy": _letting("kms:Decrypt", "kms:CreateGrant")}, False),
    ],
)
def test_a_key_whose_policy_nobody_may_change_is_not_made(made: bool, values: dict[str, Any], refused: bool) -> None:
    resources, expressions = _database(made=made)
    configured = [
        {"address": address, "mode": "managed", "type": "aws_db_instance", "name": "replica", "expressions": found}
        for address, found in expressions.items()
    ]
    whole = plan(*resources, _key(made=made, **values), configuration={"root_module": {"resources": configured}})
    objectives = declared(_PROMISED % (_REGION, "aws_db_instance.db"))

    result = review(read_plan(json.dumps(whole).encode()), objectives, today=TODAY)

    assert ("RECOVERY-334" in {item.id for item in result.errors}) is refused
    assert result.verdict is (Verdict.BREACHED if refused else Verdict.MET)


def test_a_new_database_needs_a_grant_on_its_key() -> None:
    resources, expressions = _database(made=True)
    key = _key(made=True, **_denying("kms:CreateGrant"))
    configured = [
        {"address": address, "mode": "managed", "type": "aws_db_instance", "name": "replica", "expressions": found}
        for address, found in expressions.items()
    ]
    whole = plan(*resources, key, configuration={"root_module": {"resources": configured}})
    objectives = declared(_PROMISED % (_REGION, "aws_db_instance.db"))

    result = review(read_plan(json.dumps(whole).encode()), objectives, today=TODAY)

    assert "RECOVERY-243" in {item.id for item in result.errors}
