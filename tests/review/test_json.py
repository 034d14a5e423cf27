"""The JSON of a review keeps its contract and its published schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from constructs_lib.review.renderers.as_json import render_json, review_as_data
from tests.review.made import EVERYTHING, bucket, found, instance, replica, versioned
from tests.review.recorded import ROLES, WORKLOADS, destroy, recorded, reviewed

SCHEMA: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "docs" / "review.schema.json").read_text(encoding="utf-8")
)
WAIVED = """
waivers:
  - {finding: RECOVERY-102, address: aws_s3_bucket.data, owner: web team, expires: 2027-01-31, reason: rebuilt}
"""


def _check(text: str) -> dict[str, Any]:
    content = json.loads(text)
    Draft202012Validator(SCHEMA).validate(content)
    assert isinstance(content, dict)
    return content


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("workload", WORKLOADS)
def test_the_reference_stacks_keep_the_schema(workload: str) -> None:
    _check(render_json(reviewed(recorded(workload))))
    for role in ROLES:
        for moment in ("created", "deployed"):
            plans = recorded(workload, moment, [role])
            if plans:
                _check(render_json(reviewed(plans)))


def test_what_is_found_and_what_is_waived_keep_the_schema() -> None:
    _check(render_json(found(instance(), replica(deletion_protection=False))))
    _check(render_json(found(bucket("data"), versioned("data"), objectives=EVERYTHING + WAIVED)))
    _check(render_json(found(bucket("data"), objectives="version: 1\n")))


def test_what_is_destroyed_has_no_after() -> None:
    plans = recorded("reporting")
    destroy(plans, "reporting-primary", "aws_db_instance.warehouse")

    content = _check(render_json(reviewed(plans)))

    address = "reporting-primary/aws_db_instance.warehouse"
    warehouse = next(item for item in content["components"] if item["address"] == address)
    assert warehouse["after"] is None
    assert warehouse["before"]["region"]["verdict"] == "met"
    assert "RECOVERY-110" in {item["id"] for item in content["findings"]}


def test_the_contract_of_the_design_is_kept() -> None:
    content = review_as_data(found(bucket("data"), versioned("data")))

    assert {"schema_version", "verdict", "components", "findings"} <= content.keys()
    component = content["components"][0]
    assert {"address", "kind", "workload", "before", "after"} <= component.keys()
    region = component["after"]["region"]
    assert {"rto_seconds", "rpo_seconds", "confidence", "verdict", "reasons"} <= region.keys()
    assert (region["rto_seconds"], region["rpo_seconds"], region["verdict"]) == (None, None, "breached")
    assert {"id", "severity", "address", "message", "fix"} <= content["findings"][0].keys()


def test_what_another_state_may_hold_is_unknown_in_json_too() -> None:
    content = review_as_data(reviewed(recorded("archive", roles=["primary"])))

    documents = next(item for item in content["components"] if item["name"] == "documents")
    assert documents["verdict"] == "unknown"
    assert documents["after"]["region"]["verdict"] == "unknown"
    assert documents["after"]["region"]["confidence"] == "unknown"
    assert documents["elsewhere"] is not None
