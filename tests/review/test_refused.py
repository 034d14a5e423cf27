"""What AWS refuses is no way back: the verdict says so as well as the finding."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.assessment import Verdict
from constructs_lib.plan import read_plan
from constructs_lib.review import review
from constructs_lib.review.renderers import render
from tests.review.made import (
    AWAY,
    EVERYTHING,
    HOME,
    declared,
    found,
    instance,
    plan,
    replica,
    replicated,
    resource,
    table,
)
from tests.review.recorded import TODAY

_REGION = EVERYTHING.replace(", software: {rto: 1d, rpo: 1d}", "")
_KEY = f"arn:aws:kms:{HOME}:123456789012:key/1"
_SHORT = [{"status": "Enabled", "time": [{"minutes": 10}]}]


def _created(resources: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for item in resources:
        item["change"] |= {"actions": ["create"], "before": None}
    return resources


def _timed() -> list[dict[str, Any]]:
    metrics = [{"status": "Enabled", "event_threshold": [{"minutes": 15}]}]
    destination = {"bucket": "arn:aws:s3:::copy", "replication_time": _SHORT, "metrics": metrics}
    return replicated(rule={"destination": [destination]})


def _table() -> list[dict[str, Any]]:
    encryption = [{"enabled": True, "kms_key_arn": _KEY}]
    return [table(server_side_encryption=encryption, replica=[{"region_name": AWAY, "kms_key_arn": ""}])]


@pytest.mark.parametrize(
    ("id", "address", "resources"),
    [
        ("RECOVERY-301", "aws_s3_bucket.data", _timed),
        ("RECOVERY-317", "aws_db_instance.db", lambda: [instance(storage_encrypted=True), replica()]),
        ("RECOVERY-317", "aws_dynamodb_table.orders", _table),
    ],
)
def test_what_aws_refuses_does_not_keep_an_objective(id: str, address: str, resources: Any) -> None:
    result = found(*_created(resources()), objectives=_REGION)
    verdicts = {item.address: item.verdict for item in result.components}

    assert id in {item.id for item in result.errors}
    assert verdicts[address] is Verdict.BREACHED
    # One cause, one finding: that the protection does not count is not said once more.
    assert "RECOVERY-200" not in {item.id for item in result.findings}


def test_what_is_there_already_was_not_refused() -> None:
    result = found(*_timed(), objectives=_REGION)

    data = next(item for item in result.components if item.address == "aws_s3_bucket.data")
    rows = [item for item in data.disruptions if item.after_verdict is Verdict.BREACHED]
    # The way back counts, and so the figures stay; the finding is an error all the same, on both sides of the plan.
    assert data.after is not None
    assert all(estimate.rto_seconds is not None for estimate in data.after.estimates.values())
    assert {row.before_verdict for row in rows} == {Verdict.BREACHED}
    assert not any(row.changed for row in rows)
    assert result.errors
    assert not result.worse


@pytest.mark.parametrize("better", [True, False])
def test_what_changes_where_nothing_is_declared_is_shown_either_way(better: bool) -> None:
    plain = {**table()["change"]["after"], "point_in_time_recovery": [], "replica": []}
    orders = {**plain, "point_in_time_recovery": [{"enabled": True}]}
    changed = table(before=plain, **{"replica": [], "point_in_time_recovery": [{"enabled": True}]})
    if not better:
        changed = table(before=orders, replica=[], point_in_time_recovery=[])
    promised = _REGION.replace("{rto: 4h, rpo: 4h}", "{hardware: {rto: 4h, rpo: 4h}}")

    assert "| software |" in render(found(changed, objectives=promised), "markdown", name=None)


def test_of_clusters_that_one_module_makes_the_one_with_data_of_its_own_is_the_primary() -> None:
    """The module gives each a user, which is null for a secondary; a plan shows that as known only after apply."""
    both = {"engine": "aurora-mysql", "global_cluster_identifier": "all", "backup_retention_period": 7}
    home = resource("aws_rds_cluster.home", {**both, "cluster_identifier": "home", "master_username": "owner"}, None)
    unknown = {"master_username": True}
    away = resource("aws_rds_cluster.away", {**both, "cluster_identifier": "away"}, None, region=AWAY, unknown=unknown)
    given = {"master_username": {"references": ["local.primary", "var.user"]}}
    configured = [
        {"address": f"aws_rds_cluster.{name}", "mode": "managed", "type": "aws_rds_cluster", "name": name}
        | {"expressions": given}
        for name in ("home", "away")
    ]
    holder = resource("aws_rds_global_cluster.all", {"global_cluster_identifier": "all", "id": "all"})
    document = plan(holder, home, away, configuration={"root_module": {"resources": configured}})

    read = read_plan(json.dumps(document).encode())

    assert read.copies_after == {"aws_rds_cluster.away": "aws_rds_cluster.home"}
    # What a local value hides may be null, so it is no error.
    assert "RECOVERY-329" not in {item.id for item in review(read, declared(_REGION), today=TODAY).findings}


_GIVEN = {"references": ["aws_kms_key.away.arn", "aws_kms_key.away"]}
_NULL = {"references": ["var.key"]}


@pytest.mark.parametrize(
    ("encryption", "enabled", "replica", "keys", "refused"),
    [
        (_GIVEN, True, [{"region_name": {"constant_value": AWAY}}], [AWAY], True),
        (_GIVEN, True, [{"region_name": {"constant_value": AWAY}, "kms_key_arn": _GIVEN}], [], False),
        # A dynamic block is in no configuration: it may give a key there is in that Region.
        (_GIVEN, True, None, [AWAY], False),
        (_GIVEN, True, None, [HOME, AWAY], False),
        (_GIVEN, True, None, [HOME], True),
        # A module gives the key by a variable, which is null, or does not switch it on.
        (_NULL, True, [{"region_name": {"constant_value": AWAY}}], [], False),
        (_GIVEN, False, [{"region_name": {"constant_value": AWAY}}], [], False),
    ],
)
def test_a_key_that_a_block_may_be_given_is_not_missing(
    encryption: dict[str, Any], enabled: bool, replica: list[dict[str, Any]] | None, keys: list[str], refused: bool
) -> None:
    unknown = {"replica": [{"kms_key_arn": True}], "server_side_encryption": [{"kms_key_arn": True}]}
    blocks = {"replica": [{"region_name": AWAY}], "server_side_encryption": [{"enabled": enabled}]}
    orders = resource("aws_dynamodb_table.orders", {**table()["change"]["after"], **blocks}, None, unknown=unknown)
    expressions = {"server_side_encryption": [{"enabled": {"constant_value": enabled}, "kms_key_arn": encryption}]}
    configured = {
        "address": "aws_dynamodb_table.orders",
        "mode": "managed",
        "type": "aws_dynamodb_table",
        "name": "orders",
        "expressions": expressions if replica is None else {**expressions, "replica": replica},
    }
    root = {"resources": [configured], "variables": {"key": {"default": None}}}
    made = [
        resource(f"aws_kms_key.{region}", {}, None, region=region, unknown={"arn": True, "id": True}) for region in keys
    ]

    result = review(
        read_plan(json.dumps(plan(orders, *made, configuration={"root_module": root})).encode()),
        declared(_REGION),
        today=TODAY,
    )

    assert ("RECOVERY-317" in {item.id for item in result.findings}) is refused
