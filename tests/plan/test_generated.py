"""The plans generated for the benchmarks are shaped like real ones, and are read as what they are."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from constructs_lib.plan import read_plan
from tests.benchmarks.plans import PER_WORKLOAD, write_plan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _generated(resources: int) -> bytes:
    file = io.BytesIO()
    write_plan(file, resources)
    return file.getvalue()


def test_a_generated_plan_has_the_fields_of_a_real_one(document: Callable[..., dict[str, Any]]) -> None:
    real, made = document("modules"), json.loads(_generated(PER_WORKLOAD))
    assert made.keys() <= {*real, "prior_state"}
    one = next(item for item in real["resource_changes"] if item.get("module_address"))
    assert {*made["resource_changes"][0], "index"} == {*one, "index"}
    assert made["resource_changes"][0]["change"].keys() == one["change"].keys()
    assert made["prior_state"].keys() == document("changes")["prior_state"].keys()


def test_a_generated_plan_is_read_as_what_it_is() -> None:
    plan = read_plan(_generated(20 * PER_WORKLOAD))
    assert len(plan.after) == 20 * 4
    assert len(plan.before) == 19 * 4
    counted = Counter(item.mechanism for found in plan.after for item in found.protections if not item.doubts)
    assert counted == {
        "versioning": 40,
        "replication": 20,
        "global_table": 20,
        "pitr": 20,
        "automated_backups": 20,
        "multi_az_instance": 20,
        "read_replica": 20,
        "replicated_backups": 20,
    }
    actions = Counter(item.actions for item in plan.changes)
    assert actions[("create",)] == PER_WORKLOAD
    assert actions[("update",)] > 5
    assert plan.types["aws_lambda_function"] == 20


_YOUNG = """
import gc, pathlib, sys
from constructs_lib.plan import read_plan
gc.collect()
plan = read_plan(pathlib.Path(sys.argv[1]))
assert gc.isenabled()
print(len(gc.get_objects(generation=0)) + len(gc.get_objects(generation=1)), len(plan.after))
"""


def test_reading_leaves_nothing_for_the_next_round_of_the_garbage_collector(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(_generated(200 * PER_WORKLOAD))

    # Of its own, since the tests' process keeps what it has imported from the collector already.
    said = subprocess.run([sys.executable, "-c", _YOUNG, path], check=True, capture_output=True, text=True).stdout

    young, components = map(int, said.split())
    assert young < 10 * components  # they are made of some eighty times as many


def test_a_generated_plan_may_end_within_a_workload() -> None:
    assert len(json.loads(_generated(PER_WORKLOAD + 3))["resource_changes"]) == PER_WORKLOAD + 3
