"""A heartbeat: what is built in which Region, and that silence rings where somebody can hear it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.components import Kind
from constructs_lib.constructs.bucket.bucket import Bucket
from constructs_lib.constructs.detection.heartbeat import Heartbeat
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.constructs.workload.workload import Workload
from constructs_lib.costs import together
from constructs_lib.errors import ConfigurationError
from constructs_lib.objectives import Assumptions, Disruption, Objective
from constructs_lib.plan.stacks import read_decisions, read_stacks
from constructs_lib.selection.explanation import explain_all
from constructs_lib.terraform import engine
from constructs_lib.terraform.engine import App, TerraformStack
from tests.provider_schemas.check import PROVIDERS, unknown_in, unknown_references

if TYPE_CHECKING:
    from pathlib import Path

PRIMARY, RECOVERY, ACCOUNT = "eu-west-1", "eu-central-1", "111122223333"


def workload(layout: str = "per_region", *, detection: str = "2m", recovery: str | None = RECOVERY) -> Workload:
    app = engine.Testing.app()
    if layout == "per_region":
        sites = Sites.per_region(app, "shop", primary=PRIMARY, recovery=recovery, account_id=ACCOUNT)
    else:
        sites = Sites.in_one_stack(
            TerraformStack(app, "shop"), "shop", primary=PRIMARY, recovery=recovery, account_id=ACCOUNT
        )
    return Workload(sites, objective=Objective("1d", "1d", assumptions=Assumptions(detection_time=detection)))


def stacks(built: Workload) -> dict[str, dict[str, Any]]:
    sites = built.sites
    return {
        site.role: json.loads(engine.Testing.synth(site.stack))
        for site in (sites.primary, sites.recovery)
        if site is not None
    }


def only(configuration: dict[str, Any], type_: str) -> dict[str, Any]:
    (resource,) = configuration["resource"][type_].values()
    found: dict[str, Any] = resource
    return found


def test_the_primary_region_sends_an_event_each_minute_to_the_bus_of_the_recovery_region() -> None:
    built = workload()
    Heartbeat(built, "heartbeat")
    primary = stacks(built)["primary"]
    bus = f"arn:aws:events:{RECOVERY}:{ACCOUNT}:event-bus/default"
    assert only(primary, "aws_cloudwatch_event_rule")["schedule_expression"] == "rate(1 minute)"
    assert only(primary, "aws_cloudwatch_event_target")["arn"] == bus
    (statement,) = json.loads(only(primary, "aws_iam_role_policy")["policy"])["Statement"]
    assert (statement["Action"], statement["Resource"]) == ("events:PutEvents", bus)


def test_only_beats_of_that_schedule_are_counted() -> None:
    built = workload()
    Heartbeat(built, "heartbeat")
    primary, recovery = stacks(built)["primary"], stacks(built)["recovery"]
    pattern = json.loads(only(recovery, "aws_cloudwatch_event_rule")["event_pattern"])
    name = only(primary, "aws_cloudwatch_event_rule")["name"]
    assert pattern == {"source": ["aws.events"], "resources": [f"arn:aws:events:{PRIMARY}:{ACCOUNT}:rule/{name}"]}
    (statement,) = json.loads(only(recovery, "aws_sqs_queue")["policy"])["Statement"]
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": "${aws_cloudwatch_event_rule.heartbeat.arn}"}}


@pytest.mark.parametrize(("detection", "minutes"), [("30s", 2), ("2m", 2), ("10m", 10)])
def test_silence_rings_in_the_recovery_region_within_the_detection_time_that_is_assumed(
    detection: str, minutes: int
) -> None:
    built = workload(detection=detection)
    assert Heartbeat(built, "heartbeat").minutes == minutes
    alarm = only(stacks(built)["recovery"], "aws_cloudwatch_metric_alarm")
    assert (alarm["treat_missing_data"], alarm["comparison_operator"]) == ("breaching", "LessThanThreshold")
    assert (alarm["threshold"], alarm["period"] * alarm["evaluation_periods"]) == (1, 60 * minutes)
    assert "aws_cloudwatch_metric_alarm" not in stacks(built)["primary"]["resource"]


def test_it_is_counted_and_billed_for_what_is_built_before_it_and_after_it(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    sites = Sites.per_region(app, "shop", primary=PRIMARY, recovery=RECOVERY, account_id=ACCOUNT)
    built = Workload(sites, objective=Objective("1d", "1d"))
    Bucket(built, "before")
    Heartbeat(built, "heartbeat")
    after = Bucket(built, "after")
    assert after.decision.assessment.estimates[Disruption.REGION].noticed_by == f"the heartbeat's alarm in {RECOVERY}"
    app.synth()

    (explained,) = explain_all(read_decisions(tmp_path))
    assert explained.whole.estimates[Disruption.REGION].noticed_by == f"the heartbeat's alarm in {RECOVERY}"
    assert "told by the heartbeat's alarm" in "\n".join(explained.lines())
    bill = together(item.cost for item in explained.components if item.cost is not None)
    (line,) = (line for line in bill.lines if line.price.dimension == "eventbridge.custom_event")
    # A beat a minute for 30.4375 days, at USD 1 a million.
    assert (line.amount, line.usd) == (Decimal(43_830), Decimal("0.04"))
    plan = read_stacks(tmp_path)
    here = [item for item in plan.after if item.region == PRIMARY and item.kind is Kind.BUCKET]
    assert {item.protection("heartbeat") is not None for item in here} == {True}


def test_without_it_the_explanation_says_that_somebody_has_to_notice() -> None:
    built = workload()
    Bucket(built, "files")
    (explained,) = explain_all(built.decisions)
    assert "told by whoever notices" in "\n".join(explained.lines())


@pytest.mark.parametrize("layout", ["per_region", "in_one_stack"])
def test_its_arguments_exist_and_its_references_lead_somewhere(layout: str) -> None:
    built = workload(layout)
    Heartbeat(built, "heartbeat")
    for content in stacks(built).values():
        assert unknown_references(content) == []
        for provider in PROVIDERS:
            assert unknown_in(content, provider) == []


def to_validate() -> dict[str, Any]:
    built = workload("in_one_stack")
    Heartbeat(built, "heartbeat")
    return {"one": stacks(built)["primary"]}


def test_it_is_refused_without_a_region_that_could_miss_it_and_leaves_nothing_behind() -> None:
    built = workload(recovery=None)
    with pytest.raises(ConfigurationError, match="no recovery Region"):
        Heartbeat(built, "heartbeat")
    with pytest.raises(ConfigurationError, match="give a Workload"):
        Heartbeat(built.sites, "heartbeat")  # type: ignore[arg-type]
    assert "heartbeat" not in built.sites.names
