"""One objective, many targets: Resilience Hub in both forms, and OpenSLO; against the services' own models."""

from __future__ import annotations

import botocore.session
import pytest
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.availability import MONTH, MONTH_30D, PERIODS
from constructs_lib.errors import ObjectiveError
from constructs_lib.objectives import Objective, Target
from constructs_lib.objectives.exports.openslo import openslo_documents
from constructs_lib.objectives.exports.resilience_hub import policy_arguments, policy_v2

FULL = Objective(rto="1h", rpo=0, uptime="99.95%", software=Target("4h", "90s"))
SECONDS = st.integers(min_value=0, max_value=1_000_000)


def go_seconds(text: str) -> int:
    hours, _, rest = text.partition("h")
    minutes, _, seconds = rest.partition("m")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds.removesuffix("s"))


@given(rto=SECONDS, rpo=SECONDS)
def test_durations_of_the_first_form_are_exact_and_never_zero(rto: int, rpo: int) -> None:
    objective = Objective(rto=f"{rto}s", rpo=f"{rpo}s", software=Target("1h", "1h"))
    exported = policy_arguments("shop", objective)
    policy = exported.content["policy"]

    assert (go_seconds(policy["az"]["rto"]), go_seconds(policy["az"]["rpo"])) == (max(rto, 1), max(rpo, 1))
    assert any("became 1 second" in note for note in exported.notes) == (rto == 0 or rpo == 0)


def test_the_first_form_names_all_four_disruptions_in_its_own_words() -> None:
    assert list(policy_arguments("shop", FULL).content["policy"]) == ["software", "hardware", "az", "region"]


def test_an_undeclared_region_is_left_out_of_the_first_form() -> None:
    objective = FULL.with_targets(region=None)

    assert "region" not in policy_arguments("shop", objective).content["policy"]


def test_what_resilience_hub_requires_must_be_declared() -> None:
    with pytest.raises(ObjectiveError, match="declares no target for software, which Resilience Hub requires"):
        policy_arguments("shop", Objective(rto="1h", rpo="5m"))


@pytest.mark.parametrize("name", ["", "a", "x" * 61, "-shop", "shöp", "my shop"])
def test_a_name_that_resilience_hub_refuses_is_refused(name: str) -> None:
    with pytest.raises(ObjectiveError, match="cannot be the name of a policy"):
        policy_arguments(name, FULL)
    with pytest.raises(ObjectiveError, match="cannot be the name of a policy"):
        policy_v2(name, FULL)


def test_unknown_tiers_and_locations_are_refused() -> None:
    with pytest.raises(ObjectiveError, match="no tier 'Gold'"):
        policy_arguments("shop", FULL, tier="Gold")  # type: ignore[arg-type]
    with pytest.raises(ObjectiveError, match="no data location 'Moon'"):
        policy_arguments("shop", FULL, data_location="Moon")


@given(rto=SECONDS, rpo=SECONDS)
def test_minutes_of_the_second_form_never_promise_less_and_rounding_is_told(rto: int, rpo: int) -> None:
    exported = policy_v2("shop", Objective(region=Target.of_seconds(rto, rpo)))
    region = exported.content["multiRegion"]

    assert 0 <= rto - region["rtoInMinutes"] * 60 < 60
    assert 0 <= rpo - region["rpoInMinutes"] * 60 < 60
    assert len([note for note in exported.notes if "rounded down" in note]) == (rto % 60 > 0) + (rpo % 60 > 0)


def test_the_second_form_is_a_valid_input_of_createpolicy() -> None:
    shape = (
        botocore.session.get_session().get_service_model("resiliencehubv2").operation_model("CreatePolicy").input_shape
    )
    content = policy_v2("shop", FULL.with_targets(zone=Target("5m", "1m"))).content

    assert not ParamValidator().validate(content, shape).has_errors()
    assert content["multiAz"] == {"rtoInMinutes": 5, "rpoInMinutes": 0}
    assert content["dataRecovery"] == {"timeBetweenBackupsInMinutes": 1}
    assert content["availabilitySlo"] == {"target": 99.95}


def test_openslo_has_a_service_and_an_slo_with_the_exact_target() -> None:
    service, slo = openslo_documents("shop", FULL, MONTH_30D).content["documents"]

    assert (service["kind"], slo["kind"]) == ("Service", "SLO")
    assert slo["spec"]["objectives"][0]["target"] == 0.9995
    assert slo["spec"]["timeWindow"] == [{"duration": "30d", "isRolling": True}]
    assert slo["spec"]["service"] == service["metadata"]["name"]


def test_a_month_of_the_calendar_is_a_window_of_the_calendar() -> None:
    _, slo = openslo_documents("shop", FULL, MONTH).content["documents"]

    assert slo["spec"]["timeWindow"][0]["duration"] == "1M"
    assert slo["spec"]["timeWindow"][0]["isRolling"] is False


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: str(period.name))
def test_every_period_of_an_agreement_has_a_window(period: object) -> None:
    assert openslo_documents("shop", FULL, period).content  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("objective", "problem"),
    [(Objective(rto="1h", rpo="5m"), "promises no uptime"), (Objective(uptime="100%"), "a target below 1")],
)
def test_openslo_without_an_uptime_it_can_hold_is_refused(objective: Objective, problem: str) -> None:
    with pytest.raises(ObjectiveError, match=problem):
        openslo_documents("shop", objective, MONTH_30D)
