"""What is not known before apply breaks a promise where even the best of it would not keep that."""

from __future__ import annotations

from typing import Any

import pytest

from tests.review.made import backup, found, instance, table

_PROMISED = """
version: 1
workloads: {shop: {objective: {region: {rto: 1d, rpo: %s}}, components: [{match: aws_db_instance.db}]}}
"""


def _copied(schedule: str) -> list[dict[str, Any]]:
    """Copies to a vault that is told at apply only."""
    plan, selection = backup({"schedule": schedule, "copy_action": [{"lifecycle": []}]})
    plan["change"]["after_unknown"] = {"rule": [{"copy_action": [{"destination_vault_arn": True}]}]}
    return [instance(), plan, selection]


@pytest.mark.parametrize(
    ("schedule", "rpo", "verdict"),
    [
        ("cron(0 5 ? * SUN *)", "1d", "breached"),
        ("cron(0 5 ? * SUN *)", "10d", "unknown"),
        ("cron(0 * * * ? *)", "1d", "unknown"),
    ],
)
def test_a_copy_to_somewhere_is_no_more_often_than_its_schedule(schedule: str, rpo: str, verdict: str) -> None:
    result = found(*_copied(schedule), objectives=_PROMISED % rpo)

    assert result.verdict == verdict
    if verdict == "breached":
        assert "interval between backups" in result.errors[0].message


def test_a_replica_that_may_be_there_would_be_enough() -> None:
    entry = table()
    entry["change"]["after_unknown"] = {"replica": True}
    promised = (_PROMISED % "1h").replace("aws_db_instance.db", "aws_dynamodb_table.orders")

    assert found(entry, objectives=promised).verdict == "unknown"
    assert found(entry, objectives=promised.replace("rpo: 1h", "rpo: 0s")).verdict == "unknown"
