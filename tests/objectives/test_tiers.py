from __future__ import annotations

import itertools

import pytest

from constructs_lib.errors import ObjectiveError
from constructs_lib.objectives import INFRASTRUCTURE, TIERS, Disruption, tier


@pytest.mark.parametrize("name", list(TIERS))
def test_a_tier_sets_the_infrastructure_and_leaves_software_and_uptime_undeclared(name: str) -> None:
    objective = tier(name)
    assert {objective.target(disruption) for disruption in INFRASTRUCTURE} == {objective.tightest}
    assert objective.target(Disruption.SOFTWARE) is None
    assert objective.uptime is None


def test_each_tier_promises_less_than_the_one_before() -> None:
    targets = [objective.tightest for objective in TIERS.values()]
    for stricter, looser in itertools.pairwise(targets):
        assert stricter is not None
        assert looser is not None
        assert stricter.rto < looser.rto
        assert stricter.rpo < looser.rpo


@pytest.mark.parametrize("name", ["gold", "", "Critical", "critical ", "mission_critical", None, 1, []])
def test_a_tier_that_does_not_exist_is_refused_with_those_that_do(name: object) -> None:
    with pytest.raises(ObjectiveError) as caught:
        tier(name)  # type: ignore[arg-type]
    assert "mission-critical, critical, important, non-critical" in str(caught.value)


def test_the_tiers_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        TIERS["critical"] = TIERS["important"]  # type: ignore[index]
