"""What no provider writes is reviewed or refused in one line, whatever stands in its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.errors import RecoveryError
from constructs_lib.plan import read_plan
from constructs_lib.review import review
from constructs_lib.review.renderers.as_json import render_json
from tests.review.made import ACCOUNT, HOME, declared, plan, replicated, resource, table
from tests.review.recorded import TODAY

if TYPE_CHECKING:
    from collections.abc import Callable

_FIXTURES: Final = Path(__file__).parents[1] / "plan" / "fixtures"
_NAMES: Final = ("backups", "buckets", "clusters", "distributions", "instances", "modules", "records", "tables")


def _reviewed(document: object) -> str | None:
    """Return the review as JSON; None where the plan is refused in one line."""
    try:
        found = review(read_plan(msgspec.json.encode(document)), declared(), today=TODAY)
    except RecoveryError as error:
        refusal = str(error)
    else:
        shown = render_json(found)
        json.loads(shown)
        return shown
    assert "\n" not in refusal
    assert len(refusal) < 500
    return None


def _places(value: object) -> list[tuple[Any, Any]]:
    """Return what holds something, and its key or index there, for everything in *value*."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        here = waiting.pop()
        pairs = here.items() if isinstance(here, dict) else enumerate(here) if isinstance(here, list) else ()
        for key, inner in pairs:
            found.append((here, key))
            waiting.append(inner)
    return found


_JUNK: Final = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


@given(
    name=st.sampled_from(_NAMES),
    changes=st.lists(
        st.tuples(st.integers(0, 10**6), st.integers(0, 10**6), st.booleans(), _JUNK), min_size=1, max_size=5
    ),
)
def test_a_plan_with_anything_anywhere_is_reviewed_or_refused_in_one_line(
    name: str, changes: list[tuple[int, int, bool, Any]]
) -> None:
    document = msgspec.json.decode((_FIXTURES / name / "plan.json").read_bytes())
    for at, other, moved, junk in changes:
        places = _places({key: document[key] for key in ("resource_changes", "configuration")})
        (holder, key), (giver, place) = places[at % len(places)], places[other % len(places)]
        holder[key] = giver[place] if moved and isinstance(giver[place], (str, int)) else junk

    _reviewed(document)


def _role(junk: Any) -> list[dict[str, Any]]:
    arn = f"arn:aws:iam::{ACCOUNT}:role/r"
    values = {
        "id": "r",
        "name": "r",
        "arn": arn,
        "assume_role_policy": "{}",
        "managed_policy_arns": [junk],
        "inline_policy": [{"name": junk, "policy": "{}"}],
    }
    policy = {"id": "r:p", "role": "r", "name": junk, "policy": "{}"}
    *rest, rules = replicated()
    for side in ("before", "after"):
        rules["change"][side]["role"] = arn
    return [*rest, rules, resource("aws_iam_role.r", values), resource("aws_iam_role_policy.r", policy)]


def _destination(junk: Any) -> list[dict[str, Any]]:
    found = replicated()
    for item in found:
        if item["type"] == "aws_s3_bucket_replication_configuration":
            for side in ("before", "after"):
                item["change"][side]["rule"] = [{"status": "Enabled", "destination": [{"bucket": junk}]}] * 2
    return found


def _origins(junk: Any) -> list[dict[str, Any]]:
    values = {
        "id": "d",
        "origin_group": [{"origin_id": junk, "member": [{"origin_id": junk}]}],
        "default_cache_behavior": [{"target_origin_id": junk}],
    }
    return [resource("aws_cloudfront_distribution.d", values, region=None), table(replica=[{"region_name": junk}])]


def _lists(junk: Any) -> list[dict[str, Any]]:
    codes = {"id": "d", "origin_group": [{"origin_id": "o", "failover_criteria": [{"status_codes": junk}]}]}
    check = {"id": "h", "type": "CALCULATED", "child_healthchecks": [junk, "h"]}
    record = {"name": "a", "zone_id": "Z", "records": junk, "failover_routing_policy": [{"type": "PRIMARY"}]}
    return [
        *replicated(),
        resource("aws_cloudfront_distribution.d", codes, region=None),
        resource("aws_route53_record.a", {**record, "health_check_id": "h"}, region=None),
        resource("aws_route53_health_check.h", check, region=None),
    ]


def _changed(junk: Any) -> list[dict[str, Any]]:
    found = replicated()
    for item in found:
        if item["type"] == "aws_s3_bucket_replication_configuration":
            item["change"]["after"]["rule"][0]["destination"] = [{"bucket": "arn:aws:s3:::copy", "storage_class": junk}]
    before = table(replica=[{"region_name": junk}])["change"]["after"]
    moved = {"bucket": "copy", "rule": [{"status": "Enabled", "transition": [{"storage_class": junk}]}]}
    lifecycle = resource("aws_s3_bucket_lifecycle_configuration.copy", moved, region="eu-central-1")
    return [*found, lifecycle, table(before, replica=[{"region_name": junk}, {"region_name": "nowhere"}])]


@pytest.mark.parametrize("made", [_role, _destination, _origins, _lists, _changed])
@pytest.mark.parametrize("junk", [["x", []], {"a": []}, [[None]], 7], ids=str)
def test_what_is_not_what_belongs_there_is_taken_for_nothing(
    made: Callable[[Any], list[dict[str, Any]]], junk: Any
) -> None:
    assert _reviewed(plan(*made(junk))) is not None


def test_health_checks_that_follow_each_other_in_a_circle_end() -> None:
    checks = [
        resource(
            f"aws_route53_health_check.{name}",
            {"id": name, "type": "CALCULATED", "child_healthchecks": [other]},
            region=None,
        )
        for name, other in (("a", "b"), ("b", "a"))
    ]
    policy = [{"type": "PRIMARY"}]
    values = {"name": "www", "zone_id": "Z", "health_check_id": "a", "failover_routing_policy": policy}

    assert _reviewed(plan(*checks, resource("aws_route53_record.a", values, region=None))) is not None


_FUNCTION: Final = {"function_name": "f", "source_code_hash": "a", "region": HOME}


def _without_count(shown: str | None) -> dict[str, Any]:
    assert shown is not None
    found: dict[str, Any] = json.loads(shown)
    for name in ("summary", "changes", "inventory"):
        found.pop(name, None)
    return found


def test_the_code_of_a_function_changes_nothing_that_is_found() -> None:
    same = resource("aws_lambda_function.f", _FUNCTION)
    other = resource("aws_lambda_function.f", {**_FUNCTION, "source_code_hash": "b"}, _FUNCTION)
    broken = replicated()[:-1]

    quiet, changed = (_reviewed(plan(*broken, item)) for item in (same, other))

    assert _without_count(quiet)["findings"]
    assert _without_count(quiet) == _without_count(changed)
