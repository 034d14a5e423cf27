from __future__ import annotations

from datetime import timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.errors import DurationError
from constructs_lib.objectives import Target
from constructs_lib.objectives.duration import LONGEST

SECONDS = st.integers(0, LONGEST)


def test_both_are_kept_in_seconds() -> None:
    target = Target(rto="1h", rpo=timedelta(minutes=15))
    assert (target.rto, target.rpo) == (3_600, 900)


def test_zero_is_legal_for_both() -> None:
    assert Target("0s", 0) == Target.of_seconds(0, 0)


def test_the_error_names_the_rto() -> None:
    with pytest.raises(DurationError, match=r"^RTO '5 parsecs'"):
        Target(rto="5 parsecs", rpo="1m")


def test_the_error_names_the_rpo() -> None:
    with pytest.raises(DurationError, match=r"^RPO 60 has no unit"):
        Target(rto="1m", rpo=60)  # type: ignore[arg-type]


def test_a_target_never_changes() -> None:
    target = Target("1h", "15m")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        target.rto = 1  # type: ignore[misc]


def test_targets_of_equal_times_are_equal_however_written() -> None:
    assert Target("60m", "PT15M") == Target("1h", "900s")
    assert hash(Target("60m", "PT15M")) == hash(Target("1h", "900s"))


def test_it_is_shown_with_its_units() -> None:
    assert str(Target("90m", "0s")) == "RTO 1h30m, RPO 0s"


@given(SECONDS, SECONDS)
def test_a_target_of_seconds_has_those_seconds(rto: int, rpo: int) -> None:
    target = Target.of_seconds(rto, rpo)
    assert (target.rto, target.rpo) == (rto, rpo)


@given(SECONDS, SECONDS)
def test_what_is_shown_is_read_back(rto: int, rpo: int) -> None:
    shown_rto, shown_rpo = str(Target.of_seconds(rto, rpo)).split(", ")
    assert Target(shown_rto.removeprefix("RTO "), shown_rpo.removeprefix("RPO ")) == Target.of_seconds(rto, rpo)
