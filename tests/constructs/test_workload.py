"""A workload gives its components sites, objective and routing; what cannot be had is refused or accepted."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.constructs.acceptance import Acceptance
from constructs_lib.constructs.bucket import Bucket
from constructs_lib.constructs.routing import HealthCheckRouting
from constructs_lib.constructs.sites import Sites
from constructs_lib.constructs.tags import recovery_tags
from constructs_lib.constructs.workload import Workload
from constructs_lib.errors import ConfigurationError, InfeasibleError
from constructs_lib.objectives import Objective, Target
from constructs_lib.terraform.engine import App

ROUTING = HealthCheckRouting(
    zone_id="Z0123",
    record_name="api.example.com",
    primary_endpoint="api-1.example.com",
    recovery_endpoint="api-2.example.com",
)
ACCEPTED = Acceptance(owner="web team", reason="rendered again", region=Target("5m", "15m"))


def _sites() -> Sites:
    return Sites.per_region(App(), "shop", primary="eu-west-1", recovery="eu-central-1")


def test_a_component_takes_the_workloads_objective() -> None:
    workload = Workload(_sites(), objective=Objective("8h", "24h"))
    Bucket(workload, "files")

    (settlement,) = workload.settlements
    assert settlement.pattern == "replication"
    assert settlement.tags["recovery:rto"] == "8h"


def test_what_cannot_be_had_is_refused_with_the_component_and_the_nearest_objective() -> None:
    workload = Workload(_sites(), objective=Objective("5m", 0), routing=ROUTING)

    with pytest.raises(InfeasibleError, match=r"bucket 'receipts' of shop: .*nearest.*RPO 15m") as caught:
        Bucket(workload, "receipts")
    assert isinstance(caught.value.nearest, Objective)
    assert caught.value.nearest.region == Target("5m", "15m")
    assert workload.settlements == ()


def test_a_looser_target_is_accepted_in_writing() -> None:
    workload = Workload(_sites(), objective=Objective("5m", 0), routing=ROUTING)
    bucket = Bucket(workload, "receipts", accept=ACCEPTED)

    assert bucket.settlement.accepted is ACCEPTED
    assert bucket.settlement.assessment.met
    assert bucket.settlement.pattern == "two_way_replication_rtc"


@pytest.mark.parametrize(
    "arguments",
    [
        {"owner": "", "reason": "x", "region": Target("1h", "1h")},
        {"owner": "team", "reason": "  ", "region": Target("1h", "1h")},
        {"owner": "team", "reason": "x"},
    ],
)
def test_an_acceptance_names_somebody_a_reason_and_a_target(arguments: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="acceptance"):
        Acceptance(**arguments)


def test_an_acceptance_cannot_tighten_an_objective() -> None:
    accept = Acceptance(owner="team", reason="x", region=Target("1m", "1m"))

    with pytest.raises(ConfigurationError, match="accept something looser"):
        accept.loosen(Objective("1h", "15m"))


def test_without_routing_an_rto_of_minutes_is_refused_since_a_human_must_decide() -> None:
    workload = Workload(_sites(), objective=Objective("10m", "15m"))

    with pytest.raises(InfeasibleError, match="RTO 22m"):
        Bucket(workload, "files")


def test_routing_builds_a_health_check_a_record_pair_and_an_alarm_in_the_global_site() -> None:
    sites = _sites()
    Workload(sites, objective=Objective("10m", "15m"), routing=ROUTING)
    sites.global_.stack.prepare_stack()
    resources = sites.global_.stack.to_terraform()["resource"]

    records = {item["set_identifier"]: item for item in resources["aws_route53_record"].values()}
    (check,) = resources["aws_route53_health_check"].values()
    (alarm,) = resources["aws_cloudwatch_metric_alarm"].values()
    assert (check["request_interval"], check["failure_threshold"]) == (30, 3)
    assert records["primary"]["failover_routing_policy"] == {"type": "PRIMARY"}
    assert "health_check_id" in records["primary"]
    # A check on the secondary could keep both from being answered.
    assert "health_check_id" not in records["recovery"]
    assert {item["ttl"] for item in records.values()} == {60}
    assert alarm["metric_name"] == "HealthCheckStatus"


def test_fast_routing_checks_every_ten_seconds() -> None:
    sites = _sites()
    workload = Workload(
        sites,
        objective=Objective("2m", "15m"),
        routing=HealthCheckRouting(
            zone_id="Z0123",
            record_name="api.example.com",
            primary_endpoint="api-1.example.com",
            recovery_endpoint="api-2.example.com",
            fast=True,
        ),
    )
    Bucket(workload, "files")

    assert workload.routings == ("fast_health_check",)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"record_name": "not a name"}, "DNS name"),
        ({"primary_endpoint": ""}, "DNS name"),
        ({"recovery_endpoint": "api-1.example.com"}, "both endpoints"),
        ({"path": "health"}, 'start it with "/"'),
    ],
)
def test_routing_refuses_names_that_cannot_be(changed: dict[str, str], message: str) -> None:
    given: dict[str, Any] = {
        "zone_id": "Z0123",
        "record_name": "api.example.com",
        "primary_endpoint": "api-1.example.com",
        "recovery_endpoint": "api-2.example.com",
    }
    with pytest.raises(ConfigurationError, match=message):
        HealthCheckRouting(**{**given, **changed})


def test_routing_needs_a_recovery_region() -> None:
    sites = Sites.per_region(App(), "shop", primary="eu-west-1")

    with pytest.raises(ConfigurationError, match="no recovery Region"):
        Workload(sites, objective=Objective("10m", "15m"), routing=ROUTING)


def test_a_workload_needs_an_objective() -> None:
    with pytest.raises(ConfigurationError, match="objective of shop"):
        Workload(_sites(), objective="1h")  # type: ignore[arg-type]


def test_a_component_on_sites_alone_needs_an_objective_of_its_own() -> None:
    with pytest.raises(ConfigurationError, match="has no objective"):
        Bucket(_sites(), "files")


@pytest.mark.parametrize(
    ("objective", "rto", "rpo"),
    [
        (Objective("1h", "15m"), "1h", "15m"),
        (Objective(region=Target("4h", "5m"), zone=Target("5m", 0)), "region=4h zone=5m", "region=5m zone=0s"),
        (
            Objective("1h", "15m", software=Target("4h", "1h")),
            "region=1h zone=1h hardware=1h software=4h",
            "region=15m zone=15m hardware=15m software=1h",
        ),
    ],
)
def test_tags_say_what_is_promised(objective: Objective, rto: str, rpo: str) -> None:
    assert recovery_tags("shop", "orders", objective, {"team": "web", "recovery:rto": "never"}) == {
        "team": "web",
        "recovery:workload": "shop",
        "recovery:component": "orders",
        "recovery:rto": rto,
        "recovery:rpo": rpo,
    }
