"""What is built elsewhere counts in the workload's verdict, by its owner's word and as long as there is evidence."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib import (
    Acceptance,
    Bucket,
    External,
    Heartbeat,
    Objective,
    Service,
    ServiceNetwork,
    Sites,
    Target,
    Workload,
)
from constructs_lib.assessment import Verdict
from constructs_lib.documents.read.stacks import read_stacks
from constructs_lib.documents.runbook import runbook
from constructs_lib.errors import ConfigurationError, InfeasibleError
from constructs_lib.objectives import Disruption
from constructs_lib.operations.planning import plan_failover
from constructs_lib.selection.decision import Decision
from constructs_lib.terraform.engine import App
from constructs_lib.testing import explanation_of

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.assessment import WorkloadEstimate

SOON = (datetime.now(UTC) + timedelta(days=30)).date()
GIVEN: dict[str, Any] = {
    "rto": "2h",
    "rpo": "3h",
    "owner": "search team",
    "evidence": "game day of March",
    "expires": SOON,
}


def workload(app: App | None = None, **objective: Any) -> Workload:
    sites = Sites.per_region(App() if app is None else app, "shop", primary="eu-west-1", recovery="eu-central-1")
    return Workload(sites, objective=Objective(**{"rto": "4h", "rpo": "4h", **objective}))


def region(shop: Workload) -> WorkloadEstimate:
    return explanation_of(shop).whole.estimates[Disruption.REGION]


def test_its_figures_are_those_of_the_workload_where_they_are_the_worst() -> None:
    shop = workload()
    Bucket(shop, "files")
    External(shop, "search", **GIVEN)

    found = region(shop)
    assert (found.rto_seconds, found.rpo_seconds) == (7200, 10800)
    assert (found.sets_rto, found.sets_rpo, found.verdict) == ("search", "search", Verdict.MET)


def test_it_recovers_beside_the_data_and_adds_nothing_where_it_is_faster() -> None:
    alone, both = workload(), workload()
    Bucket(alone, "files")
    Bucket(both, "files")
    External(both, "search", **{**GIVEN, "rto": "5m"})

    assert region(both).rto_seconds == region(alone).rto_seconds
    assert region(both).sets_rto == "files"


def test_what_runs_code_waits_for_it() -> None:
    shop = workload()
    here, there = (
        ServiceNetwork(
            vpc_id=f"vpc-{name}",
            load_balancer_subnet_ids=[f"subnet-{name}1", f"subnet-{name}2"],
            load_balancer_security_group_ids=[f"sg-{name}1"],
            task_subnet_ids=[f"subnet-{name}1"],
            task_security_group_ids=[f"sg-{name}1"],
        )
        for name in ("a", "b")
    )
    service = Service(
        shop,
        "web",
        image=f"111122223333.dkr.ecr.eu-west-1.amazonaws.com/web@sha256:{'0' * 64}",
        port=8080,
        network=here,
        recovery_network=there,
        certificate_arn="arn:aws:iam::111122223333:server-certificate/shop",
    )
    External(shop, "search", **GIVEN)

    reasons = service.decision.assessment.estimates[Disruption.REGION].reasons
    own = sum(item.seconds for item in reasons if item.step in ("act", "propagate"))
    assert own > 0
    assert region(shop).rto_seconds == 7200 + own


@pytest.mark.parametrize("expires", ["2024-01-31", datetime(2024, 1, 31, tzinfo=UTC).date()])
def test_evidence_that_has_expired_is_a_doubt_and_the_verdict_is_unknown(expires: object) -> None:
    shop = workload()
    Bucket(shop, "files")
    external = External(shop, "search", **{**GIVEN, "expires": expires})

    assert region(shop).verdict is Verdict.UNKNOWN
    assert region(shop).sets_rto == "search"
    reasons = " ".join(map(str, external.decision.assessment.estimates[Disruption.REGION].reasons))
    assert "game day of March, expired on 2024-01-31; search team has to show it anew" in reasons


def test_evidence_expires_although_nobody_synthesizes_anew() -> None:
    data = External(workload(), "search", **GIVEN).decision.as_data()
    for item in data["protections"]:
        item["parameters"]["expires"] = "2024-01-31"

    read = Decision.from_data(json.loads(json.dumps({key: item for key, item in data.items() if item is not None})))

    assert read.assessment.verdict(Disruption.REGION) is Verdict.UNKNOWN


def test_it_is_read_back_where_a_heartbeat_notices_the_loss_of_the_region(tmp_path: Path) -> None:
    """It was written, and no command could read it."""
    app = App(outdir=str(tmp_path))
    shop = workload(app)
    External(shop, "search", **GIVEN)
    Heartbeat(shop, "heartbeat")
    app.synth()

    (read,) = read_stacks(tmp_path, None)
    assert "heartbeat" in {item.mechanism for item in read.components[0].component.protections}
    assert explanation_of(shop).whole.verdict is Verdict.MET


def test_less_than_is_promised_is_refused_unless_somebody_accepts_it() -> None:
    shop = workload()
    with pytest.raises(
        InfeasibleError, match=r"external 'search' of shop declares less.*region=Target\(\"6h\", \"4h\"\)"
    ) as caught:
        External(shop, "search", **{**GIVEN, "rto": "6h"})
    assert isinstance(caught.value.nearest, Objective)
    assert shop.decisions == ()

    six = Target("6h", "4h")
    accept = Acceptance(owner="shop team", reason="pages without search", hardware=six, zone=six, region=six)
    External(shop, "search", **{**GIVEN, "rto": "6h", "accept": accept})

    assert region(shop).verdict is Verdict.MET


def test_damage_is_declared_where_it_is_promised() -> None:
    shop = workload(software=Target("8h", "8h"))
    with pytest.raises(InfeasibleError, match=r"declares nothing for software.*give software=Target"):
        External(shop, "search", **GIVEN)

    External(shop, "search", **GIVEN, software=Target("6h", "1h"))

    assert explanation_of(shop).whole.estimates[Disruption.SOFTWARE].verdict is Verdict.MET


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"owner": " "}, "the owner of external 'search'"),
        ({"evidence": None}, "the evidence of external 'search'"),
        ({"expires": "2027-02-30"}, "expires of external 'search'"),
        ({"expires": "soon"}, "expires of external 'search'"),
        ({"expires": datetime(2027, 1, 1, tzinfo=UTC)}, "expires of external 'search'"),
        ({"software": "1h"}, "software of external 'search'"),
    ],
)
def test_what_is_no_declaration_is_refused(wrong: dict[str, object], said: str) -> None:
    shop = workload()
    with pytest.raises(ConfigurationError, match=said):
        External(shop, "search", **{**GIVEN, **wrong})
    External(shop, "search", **GIVEN)


def test_pages_and_operations_say_who_brings_it_back(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    shop = workload(app)
    Bucket(shop, "files")
    External(shop, "search", **GIVEN)
    app.synth()

    (read,) = read_stacks(tmp_path, None)
    said = f"search team brings it back: game day of March, good until {SOON}"
    scenario = next(item for item in runbook(read).scenarios if item.disruption is Disruption.REGION)
    (step,) = next(item for item in scenario.recoveries if item.name == "search").steps
    assert (step.action.title, step.who) == (said, "its owner")
    assert f"search: built elsewhere; {said}" in runbook(read).preparation.state
    assert plan_failover(read, "eu-central-1").without == {"search": said}
