"""Two Regions that one event took are no two sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.review.made import bucket, found, replication, resource, versioned

if TYPE_CHECKING:
    from collections.abc import Sequence

_DECLARED = """
version: 1
workloads: {shop: {objective: {region: {rto: 1h, rpo: 1d}}, components: [{match: "*data*"}]}}
"""
_TOGETHER = ("me-central-1", "me-south-1")


def _copied(name: str, home: str, away: Sequence[str]) -> list[dict[str, Any]]:
    copies = [f"copy{number}of{name[:1]}" for number, _ in enumerate(away)]
    rules = [
        {**replication()["change"]["after"]["rule"][0], "id": copy, "destination": [{"bucket": f"arn:aws:s3:::{copy}"}]}
        for copy in copies
    ]
    values = {"bucket": name, "role": "arn:aws:iam::123456789012:role/replication", "rule": rules}
    return [
        bucket(name, home),
        versioned(name, home),
        resource(f"aws_s3_bucket_replication_configuration.{name}", values, region=home),
        *(
            item
            for copy, region in zip(copies, away, strict=True)
            for item in (bucket(copy, region), versioned(copy, region))
        ),
    ]


@pytest.mark.parametrize(
    ("home", "away", "warned"),
    [
        ("me-central-1", ["me-south-1"], True),
        ("me-south-1", ["me-central-1"], True),
        ("me-central-1", ["eu-central-1"], False),
        ("me-central-1", ["me-south-1", "eu-central-1"], False),
        ("me-central-1", [], False),
        ("cn-north-1", ["cn-northwest-1"], False),
    ],
)
def test_copies_that_one_event_took_with_the_original_are_warned_of(home: str, away: list[str], warned: bool) -> None:
    told = [
        item for item in found(*_copied("data", home, away), objectives=_DECLARED).findings if item.id == "RECOVERY-507"
    ]
    assert bool(told) is warned
    for item in told:
        assert "were lost together on 2026-03-01" in item.message
        assert item.fix == "keep a copy further away, such as in ap-south-1"
        assert item.standing


def test_it_is_said_once_for_a_workload_and_not_where_the_loss_of_a_region_is_not_promised() -> None:
    plan = [item for name in ("data", "more-data") for item in _copied(name, "me-central-1", ["me-south-1"])]
    [told] = [item for item in found(*plan, objectives=_DECLARED).findings if item.id == "RECOVERY-507"]
    assert told.components == ("aws_s3_bucket.data", "aws_s3_bucket.more-data")
    narrower = _DECLARED.replace("region:", "zone:")
    assert "RECOVERY-507" not in {item.id for item in found(*plan, objectives=narrower).findings}
