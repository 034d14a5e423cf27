"""The one judgement: what a component's protections are worth against an objective."""

from __future__ import annotations

from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import attrs
import msgspec

from constructs_lib.assessment.estimate import Estimate, Reason, Verdict
from constructs_lib.assessment.path import paths
from constructs_lib.assessment.uptime import Uptime, uptime_of
from constructs_lib.catalog.catalog import Catalog, load_catalog
from constructs_lib.catalog.confidence import Confidence
from constructs_lib.catalog.kinds.mechanism import depends_on_size
from constructs_lib.objectives import Assumptions, Disruption

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.components import Component
    from constructs_lib.objectives import Objective, Target

_KEPT = (Verdict.MET, Verdict.UNDECLARED)
_NEVER = 1 << 62


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """What a component would lose in each disruption, and whether its objective is kept.

    Attributes:
        component: What was assessed.
        objective: Against what; None where nothing is declared.
        estimates: One for every disruption.
        uptime: The availability its service level agreements support.
    """

    component: Component
    objective: Objective | None
    estimates: Mapping[Disruption, Estimate]
    uptime: Uptime

    def verdict(self, disruption: Disruption) -> Verdict:
        """Return the verdict for one disruption."""
        target = None if self.objective is None else self.objective.target(disruption)
        return self.estimates[disruption].verdict(target)

    @property
    def uptime_verdict(self) -> Verdict:
        """Whether the service level agreements support the promised uptime."""
        promised = None if self.objective is None else self.objective.uptime
        return self.uptime.verdict(promised)

    @property
    def verdicts(self) -> Mapping[Disruption, Verdict]:
        """The verdict for every disruption."""
        return {disruption: self.verdict(disruption) for disruption in Disruption}

    @property
    def met(self) -> bool:
        """Whether everything declared is met; unknown is not."""
        if self.objective is None:
            return True
        return self.uptime_verdict in _KEPT and all(
            self.estimates[disruption].verdict(target) is Verdict.MET for disruption, target in self.objective.targets()
        )


def assess(component: Component, objective: Objective | None = None, catalog: Catalog | None = None) -> Assessment:
    """Return what *component* would lose and how long it would be down, against *objective*.

    Of several ways back from a disruption the best counts: one that meets the target, of those one within the Region,
    then the shortest recovery. What answers the loss of the Region answers the loss of less too, at the price of a
    failover and a failback, unless the objective's assumptions forbid it.
    A protection with a doubt does not count; one whose decisive parameter is not known yet makes the answer unknown.

    Args:
        component: What to assess; its protections may come from a construct, a plan or a live account.
        objective: The promise. None: estimates with default assumptions, and every verdict undeclared.
        catalog: The facts. Default: the shipped catalog.

    Raises:
        CatalogError: If the component has a protection that the catalog does not know.
    """
    assumptions = Assumptions() if objective is None else objective.assumptions
    return outlook(component, assumptions, load_catalog() if catalog is None else catalog).against(objective)


class Outlook(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What a component is worth whatever is promised: every way back from every disruption, and the uptime.

    Attributes:
        component: What was assessed.
    """

    component: Component
    _ways: _Ways

    def ways(self, disruption: Disruption) -> tuple[Estimate, ...]:
        """Return the ways back; where there is none, one that says so."""
        return self._ways.back_from(disruption)

    def against(self, objective: Objective | None) -> Assessment:
        """Return the assessment against *objective*, which has the assumptions that the outlook was made with."""
        return Assessment(
            component=self.component,
            objective=objective,
            estimates=_best(self._ways, objective),
            uptime=self._ways.uptime,
        )

    def keeps(self, objective: Objective) -> bool:
        """Tell whether everything that *objective* declares is met, as `against` would."""
        # The loss of a Region first: it is what most fail at, and then nothing else is looked at.
        return all(
            any(rto <= target.rto and rpo <= target.rpo for rto, rpo in self._ways.figures(disruption))
            for disruption, target in reversed(objective.targets())
        ) and (objective.uptime is None or self._ways.uptime.verdict(objective.uptime) in _KEPT)


def outlook(component: Component, assumptions: Assumptions, catalog: Catalog) -> Outlook:
    """Return what *component* is worth under *assumptions*."""
    return Outlook(component=component, _ways=_ways(_alike(component, catalog), assumptions, catalog))


@attrs.frozen(kw_only=True, eq=False)
class _Ways:
    """What does not depend on the targets; each part is looked for when somebody asks."""

    component: Component
    assumptions: Assumptions
    catalog: Catalog
    _found: dict[Disruption, tuple[Estimate, ...]] = attrs.field(init=False, factory=dict)
    _figures: dict[Disruption, tuple[tuple[int, int], ...]] = attrs.field(init=False, factory=dict)

    def back_from(self, disruption: Disruption) -> tuple[Estimate, ...]:
        if disruption not in self._found:
            self._found[disruption] = self._look(disruption)
        return self._found[disruption]

    def _look(self, disruption: Disruption) -> tuple[Estimate, ...]:
        component = self.component
        found = tuple(paths(component, disruption, self.assumptions, self.catalog))
        found = found or (_nothing(component, disruption),)
        doubts = _doubts(component)
        if doubts:
            found = tuple(attrs.evolve(path, reasons=(*path.reasons, *doubts)) for path in found)
        return found

    def figures(self, disruption: Disruption) -> tuple[tuple[int, int], ...]:
        """Return the recovery time and point, in seconds, of each way back that can meet a target."""
        if disruption not in self._figures:
            found = (path.figures for path in self.back_from(disruption))
            self._figures[disruption] = tuple(figures for figures in found if figures is not None)
        return self._figures[disruption]

    @cached_property
    def uptime(self) -> Uptime:
        return uptime_of(self.component, self.back_from(Disruption.REGION), self.catalog)


@lru_cache(maxsize=4096)
def _best(ways: _Ways, objective: Objective | None) -> Mapping[Disruption, Estimate]:
    """Return the way back from each disruption that counts."""
    estimates = {}
    for disruption in Disruption:
        found = ways.back_from(disruption)
        target = None if objective is None else objective.target(disruption)
        estimates[disruption] = found[0] if len(found) == 1 else min(found, key=lambda path: _order(path, target))
    return MappingProxyType(estimates)


@attrs.frozen
class _Alike:
    """A component by what its ways back depend on, so that components alike are assessed once."""

    by: tuple[object, ...]
    component: Component = attrs.field(eq=False)


@lru_cache(maxsize=4096)
def _ways(alike: _Alike, assumptions: Assumptions, catalog: Catalog) -> _Ways:
    return _Ways(component=alike.component, assumptions=assumptions, catalog=catalog)


def _alike(component: Component, catalog: Catalog) -> _Alike:
    """Leave out the name, the tags and the addresses, and the size where no figure grows with it."""
    kind, protections = component.kind, component.protections
    sized = any(depends_on_size(catalog.mechanism(kind, item.mechanism)) for item in protections)
    protected = tuple([(item.mechanism, item.region, item.settings, item.doubts, item.unknown) for item in protections])
    by = (kind, component.region, component.engine, component.size_gb if sized else None, protected)
    return _Alike(by, component)


def _order(path: Estimate, target: Target | None) -> tuple[int, bool, int, int, int]:
    verdict = path.verdict(target)
    return (
        verdict.rank,
        path.lost or (path.wider and verdict in _KEPT),
        _NEVER if path.rto_seconds is None else path.rto_seconds,
        _NEVER if path.rpo_seconds is None else path.rpo_seconds,
        path.confidence.rank,
    )


def _nothing(component: Component, disruption: Disruption) -> Estimate:
    where = f"the loss of {component.region}" if disruption is Disruption.REGION and component.region else None
    text = f"nothing recovers it from {where or _NAMED[disruption]}"
    return Estimate(
        rto_seconds=None,
        rpo_seconds=None,
        rto_confidence=Confidence.DOCUMENTED,
        rpo_confidence=Confidence.DOCUMENTED,
        reasons=(Reason(step="note", seconds=0, text=text, confidence=Confidence.DOCUMENTED, source="ours"),),
        lost=True,
    )


_NAMED = {
    Disruption.SOFTWARE: "corruption or deletion",
    Disruption.HARDWARE: "the loss of a component",
    Disruption.ZONE: "the loss of an Availability Zone",
    Disruption.REGION: "the loss of its Region",
}


def _doubts(component: Component) -> tuple[Reason, ...]:
    return tuple(
        Reason(
            step="note",
            seconds=0,
            text=f"{protection.mechanism} is declared and not counted: {doubt}",
            confidence=Confidence.DOCUMENTED,
            source="plan",
        )
        for protection in component.protections
        for doubt in protection.doubts
    )
