"""Twice the plan is at most about twice the work, in calls of functions, which no load of the machine changes."""

from __future__ import annotations

import datetime
import io
import sys
from typing import TYPE_CHECKING, Any

from constructs_lib.declaration.declaration import load_declaration
from constructs_lib.plan import read_plans
from constructs_lib.review import review
from constructs_lib.review.checks.lost import after_failover, alarms, changes_in_place, lost_parts
from tests.benchmarks.plans import write_plan
from tests.review.made import AWAY, found, instance, resource

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import FrameType, ModuleType

    from constructs_lib.declaration.declaration import Declaration

_DECLARED = """\
version: 1
workloads:
  shop:
    objective: {rto: 4h, rpo: 1h}
    components: [{match: 'module.workload*'}]
"""


def test_twice_the_resources_are_read_and_judged_with_at_most_about_twice_the_calls(tmp_path: Path) -> None:
    written = tmp_path / "recovery.yaml"
    written.write_text(_DECLARED, encoding="utf-8")
    declaration = load_declaration(written)
    _calls(400, declaration)  # what is found out once for a process

    few, many = _calls(400, declaration), _calls(800, declaration)

    assert many < 2.1 * few


def test_twice_the_updates_that_end_something_are_looked_through_with_twice_the_lines() -> None:
    _lines(5)  # what is found out once for a process

    few, many = _lines(20), _lines(40)

    assert 0 < many < 2.1 * few


def test_roles_and_alarms_of_many_workloads_are_looked_up_and_not_searched_for() -> None:
    def lines(workloads: int) -> int:
        resources = []
        for number in range(workloads):
            tags = {"recovery:workload": f"w{number}", "recovery:rto": "4h", "recovery:rpo": "4h"}
            role, alarm = ({"id": f"{kind}{number}", "tags_all": tags} for kind in ("role", "alarm"))
            resources += [
                instance(f"db{number}", tags_all=tags),
                resource(f"aws_iam_role.r{number}", None, role, region=None),
                resource(f"aws_cloudwatch_metric_alarm.a{number}", None, alarm),
            ]
        return _lines_in((lost_parts, alarms), resources)

    lines(5)  # what is found out once for a process

    few, many = lines(20), lines(40)

    assert 0 < many < 2.1 * few


def test_twice_the_promoted_replicas_that_go_are_looked_up_among_twice_the_databases() -> None:
    def lines(pairs: int) -> int:
        resources = []
        for number in range(pairs):
            gone = instance(f"copy{number}", AWAY)
            gone["change"] |= {"actions": ["delete"], "after": None}
            resources += [instance(f"db{number}"), gone]
        return _lines_in((after_failover,), resources)

    lines(5)  # what is found out once for a process

    few, many = lines(20), lines(40)

    assert 0 < many < 2.1 * few


def _lines(pairs: int) -> int:
    """Return how many lines look for updates in place, of so many instances that are to be replicas again."""
    resources = []
    for number in range(pairs):
        source, copy = instance(f"db{number}"), instance(f"copy{number}", AWAY)
        values = copy["change"]["after"]
        copy = resource(copy["address"], {**values, "replicate_source_db": source["change"]["after"]["arn"]}, values)
        resources += [source, copy]
    return _lines_in((changes_in_place,), resources)


def _lines_in(modules: Sequence[ModuleType], resources: Sequence[dict[str, Any]]) -> int:
    """Return how many lines of *modules* are run to review a plan of these resources."""
    files, made = {item.__file__ for item in modules}, 0

    def count(frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal made
        made += event == "line"
        return count if frame.f_code.co_filename in files else None

    before = sys.gettrace()
    sys.settrace(count)
    try:
        found(*resources)
    finally:
        sys.settrace(before)
    return made


def _calls(resources: int, declaration: Declaration) -> int:
    """Return how many functions are called to review a plan of that many resources."""
    plan = io.BytesIO()
    write_plan(plan, resources)
    made = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal made
        made += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        review(read_plans({"plan": plan.getvalue()}), declaration, today=datetime.date(2026, 11, 26))
    finally:
        sys.setprofile(before)
    return made
