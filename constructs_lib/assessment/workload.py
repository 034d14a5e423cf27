"""The workload's own verdict: a graph of parts, whose longest path is its recovery time."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

import attrs
import msgspec

from constructs_lib.assessment.estimate import Verdict
from constructs_lib.catalog.catalog import Catalog, load_catalog
from constructs_lib.catalog.kinds.kind import LAYERS
from constructs_lib.components import Kind
from constructs_lib.objectives import Disruption, Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.assessment.assess import Assessment
    from constructs_lib.assessment.estimate import Estimate
    from constructs_lib.objectives import Objective

__all__ = ["Leg", "WorkloadAssessment", "WorkloadEstimate", "assess_workload", "ways_back"]

_STRATEGIES: Final = ("backup and restore", "pilot light", "warm standby", "multi-site active/active")
"""From the slowest to the fastest: a workload is as fast as its slowest part."""


_GOES_BY: Final = {
    "detect": "to notice",
    "decide": "to decide",
    "act": "to bring back",
    "propagate": "until callers reach",
    "wait": "until its owner has brought back",
}


class Leg(NamedTuple):
    """A stretch of a workload's longest path.

    Attributes:
        step: `detect`, `decide`, `act`, `propagate`; or `wait`, for what is built elsewhere.
        part: The component that takes longest there.
        seconds: How long.
    """

    step: str
    part: str
    seconds: int

    def said(self, duration: str) -> str:
        """Return what its *duration*, which is given in words, goes by with."""
        whom = "" if self.step in ("detect", "decide") else f" {self.part}"
        return f"{duration} {_GOES_BY[self.step]}{whom}"


class WorkloadEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """What a workload would lose, and how long it would be down, in one disruption.

    Attributes:
        disruption: Which.
        target: What is promised, with what was accepted for single components; None where nothing is. Where the parts
            that promise less than some others miss that together, it is theirs.
        rto_seconds: Seconds down, of those parts where they miss it, else of all: detection and decision once, then one
            layer after the other, each as long as its slowest part, and what people do by hand one after the other;
            what is built elsewhere comes back beside the data. None is unknown, or without a bound.
        rpo_seconds: Seconds of data lost by the part that loses most. None is unknown, or without a bound.
        sets_rto: The component that takes longest on that path; None where nothing takes any time, or is declared.
        sets_rpo: The component that loses most; None where none loses anything.
        verdict: What that says about the target.
        lost: Whether some part is not recovered at all.
        automatic: Whether nobody has to decide or do anything.
        noticed_by: What tells the people who do; None where nothing tells them of some part, or nobody is needed.
        path: The stretches that add up to *rto_seconds*; none where that is None.
    """

    disruption: Disruption
    target: Target | None
    rto_seconds: int | None
    rpo_seconds: int | None
    sets_rto: str | None
    sets_rpo: str | None
    verdict: Verdict
    lost: bool
    automatic: bool
    noticed_by: str | None = None
    path: tuple[Leg, ...] = ()

    @property
    def people(self) -> str:
        """Whether people are needed, and what tells them, in words."""
        if self.automatic:
            return "no"
        return f"yes, told by {self.noticed_by or 'whoever notices'}"


class WorkloadAssessment(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What a workload promises as a whole, and whether it keeps it.

    Attributes:
        estimates: One for every disruption.
        strategy: What AWS calls a workload that recovers from the loss of a Region as this one does; None where it
            does not recover.
        serves: Whether something of it runs code. Without, the figures are about its data and how it is reached.
    """

    estimates: Mapping[Disruption, WorkloadEstimate]
    strategy: str | None
    serves: bool

    @property
    def verdict(self) -> Verdict:
        """The worst of the verdicts on what is declared."""
        found = [item.verdict for item in self.estimates.values()]
        return max(found, key=lambda verdict: verdict.rank, default=Verdict.UNDECLARED)

    @property
    def scope(self) -> str:
        """What the figures are about, in words."""
        if self.serves:
            return "the service: its data, what runs it, and how it is reached"
        return "the data, and how it is reached: no compute is declared, so nothing is promised for the service"


def assess_workload(
    assessments: Sequence[Assessment], objective: Objective | None, catalog: Catalog | None = None
) -> WorkloadAssessment:
    """Return what the components of *assessments* keep together.

    Args:
        assessments: One for each component, against its own objective: the workload's, or a looser one that was
            accepted for it.
        objective: The workload's. None: nothing is declared.
        catalog: The facts. Default: the shipped catalog.
    """
    facts = load_catalog() if catalog is None else catalog
    found = {item: _estimate(assessments, objective, item, facts) for item in Disruption}
    return WorkloadAssessment(
        estimates=MappingProxyType(found),
        strategy=_strategy(assessments, facts),
        serves=any(_layer(item, facts) == "compute" for item in assessments),
    )


def ways_back(assessments: Sequence[Assessment], disruption: Disruption) -> tuple[Estimate, ...]:
    """Return how each component comes back from *disruption* together with the others.

    Where one of them comes back in the other Region alone, the workload moves there, and each that has a way there
    takes it. What that way would lose is in the Region that still serves.
    """
    found = [item.estimates[disruption] for item in assessments]
    moving = next((estimate for estimate in found if estimate.wider), None)
    return tuple(found) if moving is None else tuple(_moved(item, disruption, moving) for item in assessments)


def _moved(assessment: Assessment, disruption: Disruption, moving: Estimate) -> Estimate:
    """Return the way to the other Region of what goes there with what is *moving*, and is noticed with it."""
    own, there = assessment.estimates[disruption], assessment.estimates[Disruption.REGION]
    if own.wider or there.lost or there.mechanism is None or assessment.component.kind is Kind.EXTERNAL:
        return own
    along = attrs.evolve(there, rpo_seconds=own.rpo_seconds, rpo_confidence=own.rpo_confidence, wider=True)
    if there.automatic or moving.automatic:
        return along
    noticed = tuple(reason for reason in moving.reasons if reason.step == "detect")
    rest = tuple(reason for reason in there.reasons if reason.step != "detect")
    later = sum(reason.seconds for reason in noticed + rest) - sum(reason.seconds for reason in there.reasons)
    rto = None if there.rto_seconds is None else there.rto_seconds + later
    return attrs.evolve(along, rto_seconds=rto, reasons=noticed + rest, noticed_by=moving.noticed_by)


_ELSEWHERE: Final = "elsewhere"
_NO_LEG: Final = Leg("", "", 0)


def _layer(assessment: Assessment, catalog: Catalog) -> str:
    if assessment.component.kind is Kind.EXTERNAL:
        return _ELSEWHERE
    kind = catalog.kinds.get(assessment.component.kind)
    return "data" if kind is None else kind.layer


class _Way(NamedTuple):
    """How one component comes back from the disruption looked at."""

    name: str
    layer: str
    promised: Target | None
    estimate: Estimate

    def seconds(self, step: str) -> int:
        """Return what a step of the critical path takes."""
        return sum(reason.seconds for reason in self.estimate.reasons if reason.step == step)


def _estimate(
    assessments: Sequence[Assessment], objective: Objective | None, disruption: Disruption, catalog: Catalog
) -> WorkloadEstimate:
    ways = [
        _Way(
            name=item.component.name,
            layer=_layer(item, catalog),
            promised=None if item.objective is None else item.objective.target(disruption),
            estimate=estimate,
        )
        for item, estimate in zip(assessments, ways_back(assessments, disruption), strict=True)
    ]
    counted, target = _held_to(ways, None if objective is None else objective.target(disruption))
    lost = next((way.name for way in ways if way.estimate.lost), None)
    rpo, sets_rpo = _most([(way.name, way.estimate.rpo_seconds) for way in ways])
    slowest = _most([(way.name, way.estimate.rto_seconds) for way in counted])[1]
    path = _path(counted)
    rto = None if path is None else sum(leg.seconds for leg in path)
    return WorkloadEstimate(
        disruption=disruption,
        target=target,
        rto_seconds=None if lost else rto,
        rpo_seconds=None if lost else rpo,
        sets_rto=lost or slowest,
        sets_rpo=lost or sets_rpo,
        verdict=_verdict(target, rto, rpo, lost=lost is not None, anything=bool(ways)),
        lost=lost is not None,
        automatic=all(way.estimate.automatic for way in ways),
        noticed_by=_noticed_by(ways),
        path=() if lost or path is None else path,
    )


def _noticed_by(ways: Sequence[_Way]) -> str | None:
    told = {way.estimate.noticed_by for way in ways if not (way.estimate.automatic or way.estimate.lost)}
    return None if None in told or not told else " or ".join(sorted(item for item in told if item is not None))


def _verdict(target: Target | None, rto: int | None, rpo: int | None, *, lost: bool, anything: bool) -> Verdict:
    if target is None:
        return Verdict.UNDECLARED
    if lost or (rto is not None and rto > target.rto) or (rpo is not None and rpo > target.rpo):
        return Verdict.BREACHED
    return Verdict.MET if anything and rto is not None and rpo is not None else Verdict.UNKNOWN


def _held_to(ways: Sequence[_Way], promised: Target | None) -> tuple[Sequence[_Way], Target | None]:
    """Return the parts whose time counts, and the workload's target, loosened to what was accepted for single ones.

    Until a part that promises more time is back the service answers without it. So those that promise less have to be
    back in that together, and where they are not, they are what counts.
    """
    if promised is None:
        return ways, None
    targets = [promised, *(way.promised for way in ways if way.promised is not None)]
    rpo = max(target.rpo for target in targets)
    levels = sorted({target.rto for target in targets})
    for rto in levels[:-1]:
        within = [way for way in ways if (way.promised or promised).rto <= rto]
        path = _path(within)
        if path is not None and sum(leg.seconds for leg in path) > rto:
            return within, Target.of_seconds(rto, rpo)
    return ways, Target.of_seconds(levels[-1], rpo)


def _most(figures: Sequence[tuple[str, int | None]]) -> tuple[int | None, str | None]:
    """Return the most, and whose it is; what is unknown goes before any figure, and nothing is nobody's."""
    unknown = next((name for name, seconds in figures if seconds is None), None)
    if unknown is not None or not figures:
        return None, unknown
    name, seconds = max(figures, key=lambda pair: pair[1] or 0)
    return seconds, name if seconds else None


def _path(ways: Sequence[_Way]) -> tuple[Leg, ...] | None:
    """Return the longest path; None where it is not known, or has no bound."""
    if not ways or any(way.estimate.rto_seconds is None for way in ways):
        return None
    legs = [_longest(step, ways) for step in ("detect", "decide")]
    legs.append(_longest("propagate", [way for way in ways if way.estimate.automatic]))
    for layer in LAYERS:
        here = [way for way in ways if way.layer == layer]
        legs.append(_longest("act", here))
        # Hands are few: what people repoint, they repoint one after the other.
        legs += [_longest("propagate", [way]) for way in here if not way.estimate.automatic]
        if layer == "data":
            # What is built elsewhere comes back by itself, from the first moment on; what runs code waits for it as for
            # data.
            elsewhere = _longest("act", [way for way in ways if way.layer == _ELSEWHERE])
            left = elsewhere.seconds - sum(leg.seconds for leg in legs)
            legs.append(Leg("wait", elsewhere.part, max(left, 0)))
    return tuple(leg for leg in legs if leg.seconds)


def _longest(step: str, ways: Sequence[_Way]) -> Leg:
    return max((Leg(step, way.name, way.seconds(step)) for way in ways), key=lambda leg: leg.seconds, default=_NO_LEG)


def _strategy(assessments: Sequence[Assessment], catalog: Catalog) -> str | None:
    """Return the slowest strategy among what recovers the state of the workload, which is its own."""
    found = list(_strategies(assessments, catalog))
    if not found or None in found:
        return None
    return min((item for item in found if item is not None), key=_STRATEGIES.index)


def _strategies(assessments: Sequence[Assessment], catalog: Catalog) -> Iterator[str | None]:
    for item in assessments:
        kind, way = catalog.kinds.get(item.component.kind), item.estimates[Disruption.REGION]
        if kind is None or kind.everywhere:
            continue
        mechanism = None if way.mechanism is None else catalog.mechanism(item.component.kind, way.mechanism)
        strategy = None if mechanism is None else mechanism.strategy
        yield (strategy and way.automatic and _routed(item, catalog)) or strategy


def _routed(assessment: Assessment, catalog: Catalog) -> str | None:
    """Return the strategy of what leads traffic by itself."""
    component = assessment.component
    found = [catalog.mechanism(component.kind, item.mechanism) for item in component.protections]
    return next((item.strategy for item in found if item.role == "routing" and item.strategy), None)
