"""The review as a whole: the same answer twice, no secret in it, waivers, several states."""

from __future__ import annotations

import copy
import json
import random
import re
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_lib.assessment import Verdict
from constructs_lib.plan import read_plan, read_plans
from constructs_lib.review import Review, exit_code, review
from constructs_lib.review.renderers import FORMATS, render
from constructs_lib.review.renderers.as_json import render_json
from constructs_lib.review.renderers.terminal import render_table
from tests.examples_of_properties import examples
from tests.review.made import (
    AWAY,
    EVERYTHING,
    backup,
    bucket,
    declared,
    distribution,
    found,
    instance,
    plan,
    replica,
    replicated,
    resource,
    table,
    versioned,
)
from tests.review.recorded import TODAY, WORKLOADS, alter, change_of, destroy, recorded, reviewed

if TYPE_CHECKING:
    from tests.review.recorded import Plans

SECRET = "hunter2-do-not-show"


def _everything() -> list[dict[str, Any]]:
    return [
        *replicated(),
        table(),
        instance(),
        replica(deletion_protection=False),
        *backup({"start_window": 10}),
        distribution(),
    ]


# ---------------------------------------------------------------- the same answer


@given(st.randoms(use_true_random=False))
@settings(max_examples=examples(30))
def test_the_order_of_resources_does_not_matter(shuffle: random.Random) -> None:
    resources = _everything()
    expected = render_json(found(*resources))
    shuffle.shuffle(resources)

    assert render_json(found(*resources)) == expected


@pytest.mark.parametrize("workload", WORKLOADS)
def test_the_order_of_resources_and_plans_does_not_matter(workload: str) -> None:
    plans = recorded(workload)
    expected = render_json(reviewed(plans))
    for content in plans.values():
        content["resource_changes"].reverse()

    assert render_json(reviewed(dict(reversed(plans.items())))) == expected


def test_two_runs_are_the_same_to_the_byte() -> None:
    first, second = (found(*_everything()) for _ in range(2))

    for write in (render_json, render_table, *(lambda item, name=name: render(item, name) for name in FORMATS)):
        assert write(first) == write(second)


# ---------------------------------------------------------------- no secret


def _poisoned(value: Any) -> Any:
    """Put the secret into every text, key of a map and list, and keep what makes it a plan of these resources."""
    if isinstance(value, dict):
        return {name: _poisoned(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_poisoned(item) for item in value]
    return SECRET if isinstance(value, str) else value


def _marked(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _marked(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_marked(item) for item in value]
    return True


def _outputs(result: Review) -> str:
    return "".join([render_json(result), render_table(result), *(render(result, name) for name in FORMATS)])


@pytest.mark.parametrize("side", ["before", "after", "both"])
@pytest.mark.parametrize("whole", [True, False])
def test_nothing_of_a_plan_full_of_secrets_is_shown(side: str, whole: bool) -> None:
    resources = copy.deepcopy(_everything())
    for item in resources:
        change = item["change"]
        change["before"] = copy.deepcopy(change["before"])
        change["actions"] = ["update"]
        for name in ("before", "after"):
            if side in (name, "both"):
                change[name] = _poisoned(change[name])
            change[f"{name}_sensitive"] = True if whole else _marked(change[name])

    assert SECRET not in _outputs(found(*resources))


@given(st.data())
def test_no_single_sensitive_value_is_shown(data: st.DataObject) -> None:
    """Each text in turn, marked as sensitive, with all the others as they are."""
    resources = copy.deepcopy(_everything())
    change = data.draw(st.sampled_from(resources))["change"]
    change["before"] = copy.deepcopy(change["before"])
    paths = list(_texts(change["after"], ()))
    path = data.draw(st.sampled_from(paths))
    holder, mark = change["after"], _unmarked(change["after"])
    change["after_sensitive"] = change["before_sensitive"] = mark
    for step in path[:-1]:
        holder, mark = holder[step], mark[step]
    holder[path[-1]], mark[path[-1]] = SECRET, True
    change["actions"] = ["update"]

    assert SECRET not in _outputs(found(*resources))


def _texts(value: Any, path: tuple[Any, ...]) -> Any:
    if isinstance(value, str):
        yield path
    for step, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _texts(item, (*path, step))


def _unmarked(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _unmarked(item) for name, item in value.items()}
    return [_unmarked(item) for item in value] if isinstance(value, list) else False


@pytest.mark.parametrize("workload", WORKLOADS)
def test_no_sensitive_value_of_the_reference_stacks_is_shown(workload: str) -> None:
    plans = recorded(workload)
    for content in plans.values():
        for item in content["resource_changes"]:
            for name in ("password", "master_password", "secret_string", "policy", "description"):
                for side in ("before", "after"):
                    if isinstance(item["change"].get(side), dict):
                        item["change"][side][name] = SECRET
                        marks = item["change"].get(f"{side}_sensitive")
                        item["change"][f"{side}_sensitive"] = {**(marks if isinstance(marks, dict) else {}), name: True}

    assert SECRET not in _outputs(reviewed(plans))


# ---------------------------------------------------------------- waivers


WAIVED = """
waivers:
  - {finding: RECOVERY-102, address: aws_s3_bucket.data, owner: web team, expires: 2027-01-31, reason: rebuilt}
"""


def test_a_waived_breach_fails_nothing_and_is_still_told() -> None:
    resources = (bucket("data"), versioned("data"))
    open_, waived = (found(*resources, objectives=text) for text in (EVERYTHING, EVERYTHING + WAIVED))

    assert (open_.verdict, exit_code(open_)) == (Verdict.BREACHED, 1)
    assert (waived.verdict, exit_code(waived)) == (Verdict.MET, 0)
    assert [item.waived_by.owner for item in waived.waived if item.waived_by] == ["web team"]


def test_a_waiver_that_has_expired_is_none() -> None:
    declaration = declared(EVERYTHING + WAIVED)
    later = attrs.evolve(declaration.waivers[0], expires=TODAY.replace(year=2026, month=1))
    declaration = attrs.evolve(declaration, waivers=(later,))
    content = json.dumps(plan(bucket("data"), versioned("data"))).encode()

    result = review(read_plan(content), declaration, today=TODAY)

    assert (result.verdict, exit_code(result), result.waived) == (Verdict.BREACHED, 1, ())


def test_a_waiver_names_the_address_in_its_own_plan() -> None:
    """Joined, two stacks have the same address, and the name of the stack stands before it."""
    plans = recorded("archive")
    destroy(plans, "archive-global", "aws_s3_bucket_replication_configuration.documents")
    waiver = "{{finding: {}, address: aws_s3_bucket.documents, owner: a, expires: 2027-01-31, reason: b}}"
    waivers = ", ".join(waiver.format(name) for name in ("RECOVERY-101", "RECOVERY-114"))

    result = reviewed(plans, declared(f"version: 1\nwaivers: [{waivers}]\n"))

    assert {item.id for item in result.waived} == {"RECOVERY-101", "RECOVERY-114"}
    assert result.errors == ()


# ---------------------------------------------------------------- objectives


def test_a_component_without_objective_is_a_line_in_the_inventory() -> None:
    result = found(bucket("data"), objectives="version: 1\n")

    assert (result.verdict, result.components, result.findings) == (Verdict.UNDECLARED, (), ())
    line = next(item for item in result.inventory if item.subject == "bucket")
    assert (line.count, line.addresses) == (1, ("aws_s3_bucket.data",))
    assert exit_code(result) == 0


def test_tags_that_cannot_be_read_are_a_line_in_the_inventory() -> None:
    tags = {"recovery:workload": "shop", "recovery:rto": "soon", "recovery:rpo": "1h"}

    result = found(bucket("data", tags_all=tags), objectives="version: 1\n")

    assert result.components == ()
    assert any("tags cannot be read" in item.reason for item in result.inventory)


def test_the_declaration_goes_before_the_tags() -> None:
    tags = {"recovery:workload": "other", "recovery:rto": "1s", "recovery:rpo": "0s"}
    resources = [bucket("data", tags_all=tags), *replicated()[1:]]

    result = found(*resources)

    assert result.components[1].workload == "shop"
    assert result.verdict == "met"


def test_the_assumptions_of_a_tagged_component_are_the_declarations() -> None:
    tags = {"recovery:workload": "shop", "recovery:rto": "20m", "recovery:rpo": "4h"}
    resources = [bucket("data", tags_all=tags), *replicated()[1:]]
    slow, fast = (
        found(*resources, objectives=f"version: 1\nassumptions: {{decision_time: {time}}}\n") for time in ("15m", "5m")
    )

    assert (slow.verdict, fast.verdict) == ("breached", "met")


# ---------------------------------------------------------------- exit codes


def test_a_plan_that_is_not_whole_cannot_be_evaluated() -> None:
    for name, value in (("errored", True), ("complete", False)):
        content = json.dumps(plan(*replicated(), **{name: value})).encode()
        result = review(read_plan(content), declared(), today=TODAY)

        assert exit_code(result) == 3
        assert exit_code(result, "never") == 0


def test_a_plan_that_failed_half_way_is_not_judged_whatever_is_found() -> None:
    content = json.dumps(plan(bucket("data"), versioned("data"), errored=True)).encode()

    assert exit_code(review(read_plan(content), declared(), today=TODAY)) == 3


def test_a_replication_that_cannot_work_does_not_count() -> None:
    """The role may do nothing at all, before and after: the promise was broken already."""
    role = {"name": "replication", "id": "replication", "arn": "arn:aws:iam::123456789012:role/replication"}

    result = found(*replicated(), resource("aws_iam_role.replication", role, region=None))

    assert {item.id for item in result.errors} == {"RECOVERY-102", "RECOVERY-220"}
    data = next(item for item in result.components if item.address == "aws_s3_bucket.data")
    assert data.disruptions[3].before_verdict == data.disruptions[3].after_verdict == "breached"


def test_what_fails_a_run_can_be_chosen() -> None:
    unknown = found(
        bucket("data"),
        resource(
            "aws_s3_bucket_versioning.data",
            {"bucket": "data", "versioning_configuration": [{}]},
            unknown={"versioning_configuration": [{"status": True}]},
        ),
        objectives=EVERYTHING.replace("rto: 4h, rpo: 4h, ", ""),
    )
    warned = found(instance(), replica(deletion_protection=False))

    assert unknown.verdict == "unknown"
    assert [exit_code(unknown, level) for level in ("breached", "unknown", "warning", "never")] == [0, 1, 1, 0]
    assert [exit_code(warned, level) for level in ("breached", "unknown", "warning", "never")] == [0, 0, 1, 0]


# ---------------------------------------------------------------- what is said


def test_the_cheapest_change_says_what_to_add() -> None:
    result = found(bucket("data"), versioned("data"))

    change = result.components[0].cheapest_change
    assert change is not None
    assert "add S3 Cross-Region Replication to eu-central-1" in change
    assert "USD" in change


def test_what_nothing_keeps_is_said_to_be_so() -> None:
    strict = EVERYTHING.replace("rto: 4h, rpo: 4h", "rto: 1m, rpo: 0")

    change = found(bucket("data"), versioned("data"), objectives=strict).components[0].cheapest_change

    assert change is not None
    assert change.startswith("no pattern keeps it for this bucket in eu-west-1 and eu-central-1")


def test_what_is_destroyed_is_not_assessed_after() -> None:
    result = found(bucket("data") | {"change": {**bucket("data")["change"], "actions": ["delete"], "after": None}})

    assert result.components[0].after is None
    assert result.components[0].verdict == "breached"
    assert exit_code(result) == 1


def test_a_copy_of_a_bucket_needs_no_copy_of_its_own() -> None:
    result = found(*replicated())

    away = next(item for item in result.components if item.region == AWAY)
    assert away.objective.region is None
    assert away.verdict == "met"


def test_several_plans_are_one() -> None:
    """A bucket in one state, its copy in another, and what links them in a third."""
    data, versions, copied, copied_versions, rule = replicated()
    states = {"home": [data, versions], "away": [copied, copied_versions], "links": [rule]}
    sources: dict[str, Any] = {name: json.dumps(plan(*items)).encode() for name, items in states.items()}

    result = review(read_plans(sources), declared(), today=TODAY, names=sorted(sources))

    assert (result.verdict, result.findings) == (Verdict.MET, ())
    assert [item.name for item in result.plans] == ["away", "home", "links"]


def test_a_state_is_reviewed_as_it_is() -> None:
    values = {"root_module": {"resources": [_in_state(item) for item in replicated()]}}
    content = json.dumps({"format_version": "1.0", "terraform_version": "1.11.4", "values": values}).encode()

    result = review(read_plan(content), declared(), today=TODAY)

    assert result.verdict == "met"
    assert {item.kind for item in result.plans} == {"state"}


def _in_state(item: dict[str, Any]) -> dict[str, Any]:
    kept = {name: item[name] for name in ("address", "mode", "type", "name", "provider_name")}
    return {**kept, "values": item["change"]["after"], "sensitive_values": {}}


def test_removing_one_direction_of_two_breaks_the_promise_of_the_source() -> None:
    plans: Plans = recorded("payments")
    destroy(plans, "payments-global", "aws_s3_bucket_replication_configuration.receipts")

    result = reviewed(plans)

    home = next(item for item in result.components if item.name == "receipts" and item.region == "eu-west-1")
    assert home.verdict == "breached"
    assert "RECOVERY-114" in {item.id for item in result.errors if home.address in item.components}


def test_a_protection_that_terraform_lets_go_of_is_unknown_and_not_lost() -> None:
    plans = recorded("archive")
    change = change_of(plans, "archive-global", "aws_s3_bucket_replication_configuration.documents")["change"]
    change.update(actions=["forget"], after=None)

    result = reviewed(plans)

    assert {item.id for item in result.findings} == {"RECOVERY-103"}
    documents = next(item for item in result.components if item.name == "documents" and item.region == "eu-west-1")
    region = documents.disruptions[3]
    assert (region.before, region.after) == ("RTO 22m, RPO 2h", "RTO unknown, RPO unknown")
    assert (region.before_verdict, region.after_verdict) == ("met", "unknown")
    assert "lets go of" in region.reason


def test_a_change_that_touches_no_protection_is_quiet() -> None:
    plans = recorded("reporting")
    alter(plans, "reporting-primary", "aws_db_instance.warehouse")["instance_class"] = "db.m6g.xlarge"

    assert reviewed(plans).quiet


@pytest.mark.parametrize(
    ("before", "verdict"), [(None, Verdict.UNKNOWN), ({"replica": []}, Verdict.UNKNOWN), ({}, Verdict.BREACHED)]
)
def test_what_a_plan_of_some_targets_leaves_out_is_not_missing_but_what_it_takes_away_is(
    before: dict[str, Any] | None, verdict: Verdict
) -> None:
    whole = table()["change"]["after"]
    orders = resource(
        "aws_dynamodb_table.orders", {**whole, "replica": []}, None if before is None else {**whole, **before}
    )

    read = read_plan(json.dumps(plan(orders, complete=False)).encode())

    assert review(read, declared(), today=TODAY).verdict is verdict


def test_the_cheapest_change_costs_what_the_class_in_the_plan_does() -> None:
    """Of each database it was the price of the smallest, whatever the plan builds."""
    promised = EVERYTHING.replace("rto: 4h, rpo: 4h", "rto: 4h, rpo: 4h, zone: {rto: 4h, rpo: 4h}")
    changes = [
        str(found(instance(instance_class=name), objectives=promised).components[0].cheapest_change)
        for name in ("db.m6g.large", "db.m6g.4xlarge", "db.serverless", "db.nosuch.huge")
    ]
    usd = [int(re.findall(r"about USD ([\d,]+) a month", text)[0].replace(",", "")) for text in changes]

    assert usd[1] > 5 * usd[0]
    assert usd[2] == usd[3] < usd[1]
