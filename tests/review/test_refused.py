"""What AWS refuses is no way back: the verdict says so as well as the finding."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.assessment import Verdict
from constructs_lib.review.renderers import render
from tests.review.made import AWAY, EVERYTHING, HOME, found, instance, replica, replicated, table

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
    assert all(item.after_verdict is Verdict.MET for item in data.disruptions if item.target)
    # The finding is an error all the same, and was there before.
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
