"""The tags of components, read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.errors import ObjectiveError
from constructs_lib.objectives import Objective, Target
from constructs_lib.objectives.tags import read_recovery_tags, recovery_tags

_TARGETS = st.none() | st.builds(
    Target.of_seconds, st.integers(min_value=0, max_value=10**7), st.integers(min_value=0, max_value=10**7)
)


@given(st.tuples(_TARGETS, _TARGETS, _TARGETS, _TARGETS).filter(any), st.booleans())
def test_what_is_written_is_read_back(targets: tuple[Target | None, ...], same: bool) -> None:
    software, hardware, zone, region = targets
    if same and region is not None:
        hardware = zone = region
    objective = Objective(software=software, hardware=hardware, zone=zone, region=region)

    read = read_recovery_tags(recovery_tags("shop", "orders", objective, {"team": "web"}))

    assert read is not None
    assert (read.workload, read.component, read.objective) == ("shop", "orders", objective)


def test_other_tags_are_not_ours() -> None:
    assert read_recovery_tags({"team": "web"}) is None


def test_a_workload_alone_declares_no_objective() -> None:
    read = read_recovery_tags({"recovery:workload": "shop"})

    assert read is not None
    assert read.objective is None


@pytest.mark.parametrize(
    "tags",
    [
        {"recovery:rto": "1h"},
        {"recovery:rpo": "1h"},
        {"recovery:rto": "", "recovery:rpo": "1h"},
        {"recovery:rto": "soon", "recovery:rpo": "1h"},
        {"recovery:rto": "region=1h", "recovery:rpo": "zone=1h"},
        {"recovery:rto": "region=1h", "recovery:rpo": "1h"},
        {"recovery:rto": "planet=1h", "recovery:rpo": "planet=1h"},
        {"recovery:rto": "region=1h region=2h", "recovery:rpo": "region=1h"},
        {"recovery:rto": "region=", "recovery:rpo": "region="},
    ],
)
def test_what_is_no_objective_is_refused_without_its_text(tags: dict[str, str]) -> None:
    with pytest.raises(ObjectiveError) as caught:
        read_recovery_tags(tags)

    assert "recovery:" in str(caught.value)
    assert "soon" not in str(caught.value)
    assert "planet" not in str(caught.value)
