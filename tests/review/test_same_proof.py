"""What is proved of a replication after the plan serves the side before it, where nothing that it rests on differs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.plan import read_plan
from constructs_lib.review.both_sides import _as_it_was
from constructs_lib.review.checks.roles.replication_permissions import (
    PROVED_BY,
    ReplicationProof,
    replication_proofs,
    replication_proofs_before,
)
from constructs_lib.review.plan_under_review import PlanUnderReview
from tests.review.made import ACCOUNT, AWAY, HOME, bucket, declared, plan, resource

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_FOUND_BY = ("bucket", "role", "roles", "key_id", "policy_arn", "name", "id", "arn")
"""The arguments by which one resource finds another."""


def _policy(*actions: str, **more: Any) -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*", **more}]})


def _shop(name: str) -> list[dict[str, Any]]:
    """Return all that the proof of one replication can rest on."""
    data, copy, role = f"data-{name}", f"copy-{name}", f"role-{name}"
    iam, keys = (
        f"arn:aws:iam::{ACCOUNT}",
        {region: f"arn:aws:kms:{region}:{ACCOUNT}:key/{name}" for region in (HOME, AWAY)},
    )
    trust = _policy("sts:AssumeRole", Principal={"Service": "s3.amazonaws.com"})
    tags: dict[str, Any] = {"tags": {"team": "shop"}}
    rule = {
        "status": "Enabled",
        "filter": [{"prefix": ""}],
        "source_selection_criteria": [{"sse_kms_encrypted_objects": [{"status": "Enabled"}]}],
        "destination": [
            {
                "bucket": f"arn:aws:s3:::{copy}",
                "encryption_configuration": [{"replica_kms_key_id": keys[AWAY]}],
            }
        ],
    }
    return [
        bucket(data, **tags),
        bucket(copy, AWAY, **tags),
        resource(
            f"aws_iam_role.{role}",
            {"name": role, "id": role, "arn": f"{iam}:role/{role}", "assume_role_policy": trust, **tags},
            region=None,
        ),
        resource(
            f"aws_iam_role_policy.{role}",
            {"name": "own", "role": role, "policy": _policy("s3:*", "kms:*")},
            region=None,
        ),
        resource(
            f"aws_iam_policy.{name}",
            {"name": name, "arn": f"{iam}:policy/{name}", "policy": _policy("kms:Decrypt", Effect="Deny"), **tags},
            region=None,
        ),
        resource(
            f"aws_iam_role_policy_attachment.{name}",
            {"role": role, "policy_arn": f"{iam}:policy/{name}"},
            region=None,
        ),
        resource(
            f"aws_s3_bucket_policy.{name}",
            {"bucket": data, "policy": _policy("s3:ListBucket", Effect="Deny", Principal="*")},
        ),
        *(
            resource(
                f"aws_kms_key.{name}-{region}",
                {"arn": key, "id": f"{name}-{region}", "policy": _policy("kms:*", Principal={"AWS": f"{iam}:root"})},
                region=region,
            )
            for region, key in keys.items()
        ),
        resource(f"aws_kms_key_policy.{name}", {"key_id": f"{name}-{AWAY}", "policy": _policy("kms:*")}, region=AWAY),
        *(
            resource(
                f"aws_s3_bucket_server_side_encryption_configuration.{owner}",
                {
                    "bucket": owner,
                    "rule": [
                        {
                            "apply_server_side_encryption_by_default": [
                                {"kms_master_key_id": keys[region], "sse_algorithm": "aws:kms"}
                            ]
                        }
                    ],
                },
                region=region,
            )
            for owner, region in ((data, HOME), (copy, AWAY))
        ),
        resource(
            f"aws_s3_bucket_replication_configuration.{name}",
            {"bucket": data, "role": f"{iam}:role/{role}", "rule": [rule]},
        ),
    ]


def _proofs(
    resources: Sequence[dict[str, Any]], references: dict[str, Any] | None = None
) -> tuple[list[ReplicationProof], list[ReplicationProof], list[ReplicationProof]]:
    """Return what is proved of the side after, what serves the side before, and what is proved of that by itself."""
    configured = [
        {
            "address": item["address"],
            "mode": "managed",
            "type": item["type"],
            "name": item["name"],
            "expressions": (references or {}).get(item["address"], {}),
        }
        for item in resources
    ]
    made = plan(*resources, configuration={"root_module": {"resources": configured}})
    read = read_plan(json.dumps(made).encode())
    now = list(replication_proofs(PlanUnderReview(read, declared(), load_catalog())))
    was, again = (PlanUnderReview(_as_it_was(read), declared(), load_catalog()) for _ in range(2))
    return now, list(replication_proofs_before(was, read, now)), list(replication_proofs(again))


def _told(proofs: Sequence[ReplicationProof]) -> list[object]:
    return [(proof.address, proof.place, [(item.key, item.values) for item in proof.found]) for proof in proofs]


def _new(entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "change": {**entry["change"], "actions": ["create"], "before": None}}


def test_a_proof_rests_on_each_of_these_resources() -> None:
    assert {item["type"] for item in _shop("a")} <= PROVED_BY


def test_what_is_proved_of_one_replication_is_not_proved_again_where_another_is_new() -> None:
    now, before, by_itself = _proofs([*_shop("a"), *map(_new, _shop("b"))])

    assert [proof.same for proof in now] == [True, False]
    assert before == now[:1]
    assert _told(before) == _told(by_itself)


def _gone(entry: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**entry, "change": {**entry["change"], "actions": ["delete"], "after": None}}]


def _changed(entry: dict[str, Any]) -> list[dict[str, Any]]:
    change = entry["change"]
    before = {**change["before"], "bucket": "other", "role": "other", "policy": _policy("ec2:*"), "rule": [], "id": "x"}
    return [{**entry, "change": {**change, "actions": ["update"], "before": before}}]


def _doubled(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """Return two of one name, the new one without what AWS gives it."""
    more = _new({**entry, "address": f"{entry['address']}-more", "name": f"{entry['name']}-more"})
    after = {name: value for name, value in entry["change"]["after"].items() if name not in ("id", "arn")}
    more["change"] |= {"after": after, "after_unknown": {"id": True, "arn": True}}
    return [entry, more]


@pytest.mark.parametrize("index", range(len(_shop("a")) - 1))
@pytest.mark.parametrize("differs", [lambda entry: [_new(entry)], _gone, _changed])
def test_what_a_proof_rests_on_differs_and_it_is_proved_again(
    index: int, differs: Callable[[dict[str, Any]], list[dict[str, Any]]]
) -> None:
    resources = _shop("a")
    resources[index : index + 1] = differs(resources[index])

    now, before, by_itself = _proofs(resources)

    assert _told(before) == _told(by_itself)
    assert not any(proof in now for proof in before)


@pytest.mark.parametrize("index", range(len(_shop("a")) - 1))
def test_what_a_proof_rests_on_has_its_name_no_longer_for_itself(index: int) -> None:
    resources = _shop("a")
    resources[index : index + 1] = _doubled(resources[index])

    _, before, by_itself = _proofs(resources)

    assert _told(before) == _told(by_itself)


@settings(deadline=None)
@given(st.data())
def test_a_proof_that_serves_the_side_before_is_the_one_that_would_be_made_there(data: st.DataObject) -> None:
    resources = [*_shop("a"), *_shop("b")]
    resources += [
        {**item, "address": f"{item['address']}-more", "name": f"{item['name']}-more"}
        for item in data.draw(st.lists(st.sampled_from(resources), max_size=2, unique_by=lambda item: item["address"]))
    ]
    texts = sorted({text for item in resources for name in _FOUND_BY if (text := item["change"]["after"].get(name))})
    references: dict[str, Any] = {}
    chosen = st.lists(st.sampled_from(range(len(resources))), min_size=1, max_size=3, unique=True)
    for index in data.draw(chosen, label="new"):
        item = resources[index] = _new(resources[index])
        after, unknown = dict(item["change"]["after"]), {}
        for name in data.draw(st.lists(st.sampled_from(sorted(after.keys() & set(_FOUND_BY))), unique=True)):
            how = data.draw(st.sampled_from(("of its own", "another's", "unknown")))
            after[name] = f"{after[name]}-new" if how == "of its own" else data.draw(st.sampled_from(texts))
            if how == "unknown":
                del after[name]
                unknown[name] = True
                other = data.draw(st.sampled_from(resources))["address"]
                references.setdefault(item["address"], {})[name] = {"references": [f"{other}.id", other]}
        item["change"] |= {"after": after, "after_unknown": unknown}
    for index in data.draw(st.lists(st.sampled_from(range(len(resources))), max_size=2), label="with other tags"):
        change = resources[index]["change"]
        if change["before"] is not None and "tags" in change["after"]:
            resources[index]["change"] = {
                **change,
                "actions": ["update"],
                "after": {**change["after"], "tags": {"team": "other"}},
            }

    _, before, by_itself = _proofs(resources, references)

    assert _told(before) == _told(by_itself)
