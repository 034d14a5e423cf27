"""Copies of a bucket that expire before what they are copies of does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.review.made import AWAY, HOME, bucket, ids, replicated, resource

_Rule = dict[str, Any]


def _expires(prefix: str = "", **when: Any) -> _Rule:
    return {"status": "Enabled", "filter": [{"prefix": prefix}], "expiration": [when]}


def _lifecycle(name: str, *rules: _Rule, region: str = HOME) -> dict[str, Any]:
    values = {"bucket": name, "id": name, "rule": list(rules)}
    return resource(f"aws_s3_bucket_lifecycle_configuration.{name}", values, region=region)


@pytest.mark.parametrize(
    ("copy", "source", "found"),
    [
        (_expires(days=30), None, True),
        (_expires(days=30), _expires(days=30), False),
        (_expires(days=30), _expires(days=60), True),
        (_expires(days=30), _expires("logs/", days=1), True),
        (_expires("logs/", days=30), _expires("logs/", days=30), False),
        (_expires("logs/a/", days=30), _expires("logs/", days=7), False),
        (_expires("logs/", days=30), _expires("data/", days=7), True),
        (_expires(date="2027-01-01T00:00:00Z"), None, True),
        (_expires(date="2027-01-01T00:00:00Z"), _expires(date="2027-01-01T00:00:00Z"), False),
    ],
)
def test_a_copy_keeps_what_the_original_keeps(copy: _Rule, source: _Rule | None, found: bool) -> None:
    there = _lifecycle("copy", copy, region=AWAY)
    here = [] if source is None else [_lifecycle("data", source)]

    assert ("RECOVERY-125" in ids(*replicated(), there, *here)) is found


def test_a_rule_inside_the_copy_counts_where_it_has_none_apart() -> None:
    rules = [{"enabled": True, "prefix": "", "expiration": [{"days": 1}]}]
    entries = [item for item in replicated() if item["address"] != "aws_s3_bucket.copy"]

    assert "RECOVERY-125" in ids(*entries, bucket("copy", AWAY, lifecycle_rule=rules))
    kept = _lifecycle("copy", {"status": "Disabled"}, region=AWAY)
    assert "RECOVERY-125" not in ids(*entries, bucket("copy", AWAY, lifecycle_rule=rules), kept)
