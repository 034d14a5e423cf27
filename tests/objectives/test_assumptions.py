from __future__ import annotations

from datetime import timedelta

import attrs
import pytest

from constructs_lib.errors import DurationError, ObjectiveError
from constructs_lib.objectives import Assumptions


def test_two_minutes_to_detect_and_a_quarter_of_an_hour_to_decide_unless_declared() -> None:
    assert attrs.asdict(Assumptions()) == {
        "detection_time": 120,
        "decision_time": 900,
        "wider_recovery": True,
        "unnoticed_time": None,
        "detected_by": None,
    }


def test_both_are_read_as_durations() -> None:
    assumptions = Assumptions(detection_time="PT30S", decision_time=timedelta(hours=1))
    assert (assumptions.detection_time, assumptions.decision_time) == (30, 3_600)


def test_nothing_may_take_no_time() -> None:
    assert Assumptions(detection_time="0", decision_time="0s").decision_time == 0


@pytest.mark.parametrize("name", ["detection_time", "decision_time"])
def test_the_error_names_the_assumption(name: str) -> None:
    with pytest.raises(DurationError, match=f"^{name} 'soon' is not a duration"):
        Assumptions(**{name: "soon"})


@pytest.mark.parametrize("value", [0, 1, None, "no", "false"])
def test_a_wider_recovery_is_allowed_or_not(value: object) -> None:
    with pytest.raises(ObjectiveError, match=r"^wider_recovery is .*; give True or False"):
        Assumptions(wider_recovery=value)


def test_they_are_given_by_name_only() -> None:
    with pytest.raises(TypeError):
        Assumptions("2m", "15m")  # type: ignore[call-arg]


@pytest.mark.parametrize("who", ["", " "])
def test_nobody_is_not_who_notices(who: str) -> None:
    with pytest.raises(ObjectiveError, match="say what or who notices"):
        Assumptions(detected_by=who)


def test_they_are_shown_in_words() -> None:
    assert str(Assumptions(unnoticed_time="10d")).endswith(", damage unnoticed for 10d")
    assert str(Assumptions()) == "detection 2m, a human's decision 15m"
    assert str(Assumptions(detected_by="our monitor")).startswith("detection 2m by our monitor, ")
    assert str(Assumptions(wider_recovery=False)).endswith(
        ", no failover to another Region for the loss of less than one"
    )
