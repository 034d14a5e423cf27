"""One way back from one disruption: its critical path and what it loses."""

from __future__ import annotations

from functools import cache, lru_cache
from math import prod
from typing import TYPE_CHECKING

from constructs_lib.assessment.estimate import Estimate, Reason
from constructs_lib.catalog.confidence import Confidence, weakest
from constructs_lib.catalog.kinds.mechanism import days_to_reach, parameter
from constructs_lib.catalog.regions import rds_backup_replication, rds_backup_replication_because
from constructs_lib.components import ENABLED, Protection
from constructs_lib.objectives import Disruption, format_duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from constructs_lib.catalog.catalog import Catalog
    from constructs_lib.catalog.kinds.mechanism import Cover, Mechanism, Term
    from constructs_lib.components import Component
    from constructs_lib.objectives import Assumptions

    Settings = tuple[tuple[str, object], ...]

ROUTING = "health_check_failover"
"""The mechanism that makes traffic fail over by itself; alone it recovers nothing."""


def paths(
    component: Component, disruption: Disruption, assumptions: Assumptions, catalog: Catalog
) -> Iterator[Estimate]:
    """Yield an estimate for each way back from *disruption* that *component* has."""
    for mechanism in catalog.intrinsic.get(component.kind, ()):
        covers = _covers(mechanism, disruption)
        if covers and mechanism.serves(component.engine):
            for cover in covers:
                yield _estimate(component, _ITSELF, mechanism, cover, disruption, assumptions, catalog)
    for protection in component.protections:
        perhaps = ENABLED in protection.unknown
        if protection.mechanism == ROUTING or (protection.doubts and not perhaps):
            continue
        mechanism = catalog.mechanism(component.kind, protection.mechanism)
        for answers in _answers(disruption, assumptions):
            if answers is Disruption.REGION and protection.region == component.region is not None:
                continue
            for cover in _covers(mechanism, answers):
                if answers is not disruption and disruption in cover.disruptions:
                    continue  # what covers both is counted once, as what it is
                applies = None if perhaps else _applies(cover, protection, mechanism)
                if applies is None or (answers is Disruption.REGION and _somewhere_unknown(component, protection)):
                    yield _unknown(protection, mechanism)
                elif applies:
                    yield (
                        _not_between(component, protection, mechanism)
                        or _too_short(protection, mechanism, cover, disruption, assumptions)
                        or _estimate(component, protection, mechanism, cover, disruption, assumptions, catalog)
                    )


_ITSELF = Protection(mechanism="")
_COLD = "cold"
"""What terms count `when` it is so, of what moves to cold storage."""
_NARROWER = (Disruption.HARDWARE, Disruption.ZONE)
_ONLY = {disruption: (disruption,) for disruption in Disruption}
_WIDER = {**_ONLY, **{disruption: (disruption, Disruption.REGION) for disruption in _NARROWER}}


def _answers(disruption: Disruption, assumptions: Assumptions) -> tuple[Disruption, ...]:
    """Return the disruptions whose ways back are ways back from *disruption*."""
    return (_WIDER if assumptions.wider_recovery else _ONLY)[disruption]


@cache
def _covers(mechanism: Mechanism, disruption: Disruption) -> tuple[Cover, ...]:
    return tuple(cover for cover in mechanism.covers if disruption in cover.disruptions)


def _somewhere_unknown(component: Component, protection: Protection) -> bool:
    return component.region is None or protection.region is None


def _applies(cover: Cover, protection: Protection, mechanism: Mechanism) -> bool | None:
    for name, value in cover.when.items():
        if name in protection.unknown:
            return None
        if parameter(name, protection.parameters, mechanism) != value:
            return False
    return True


def _unknown(protection: Protection, mechanism: Mechanism) -> Estimate:
    if protection.doubts:
        return _without_figures(mechanism, f"{mechanism.title}: nothing is assumed of it", "plan")
    what = ", ".join(sorted(protection.unknown)) or "a Region"
    return _without_figures(
        mechanism, f"{mechanism.title}: {what} is not known before apply, so nothing is assumed of it", "plan"
    )


def _not_between(component: Component, protection: Protection, mechanism: Mechanism) -> Estimate | None:
    """Return what a mechanism is worth between Regions where AWS does not offer it, or may not; None where it does."""
    if mechanism.pairs is None or component.region is None or protection.region is None:
        return None
    support = rds_backup_replication(component.region, protection.region)
    if support == "supported":
        return None
    because = rds_backup_replication_because(component.region, protection.region)
    return _without_figures(mechanism, because, "rds-backup-replication-doc", lost=support == "unsupported")


def _too_short(
    protection: Protection, mechanism: Mechanism, cover: Cover, disruption: Disruption, assumptions: Assumptions
) -> Estimate | None:
    """Return that a mechanism does not reach back to before the damage; None where it does, or nobody says it must."""
    if disruption is not Disruption.SOFTWARE or cover.lasts is None or assumptions.unnoticed_time is None:
        return None
    days = parameter(cover.lasts, protection.parameters, mechanism)
    if cover.lasts in protection.unknown or isinstance(days, bool) or not isinstance(days, int):
        return _unknown(protection, mechanism)
    needed = days_to_reach(cover, protection.parameters, mechanism, assumptions.unnoticed_time)
    if days >= needed:
        return None
    text = (
        f"{mechanism.title}: kept for {days} d, and damage that goes unnoticed for "
        f"{format_duration(assumptions.unnoticed_time)} needs {needed} d"
    )
    return _without_figures(mechanism, text, "objective", lost=True)


def _without_figures(mechanism: Mechanism, text: str, source: str, *, lost: bool = False) -> Estimate:
    confidence = Confidence.DOCUMENTED if lost else Confidence.UNKNOWN
    note = Reason(step="note", seconds=0, text=text, confidence=confidence, source=source)
    return Estimate(
        rto_seconds=None,
        rpo_seconds=None,
        rto_confidence=confidence,
        rpo_confidence=confidence,
        reasons=(note,),
        mechanism=None if lost else mechanism.name,
        lost=lost,
    )


def _estimate(
    component: Component,
    protection: Protection,
    mechanism: Mechanism,
    cover: Cover,
    disruption: Disruption,
    assumptions: Assumptions,
    catalog: Catalog,
) -> Estimate:
    wider = disruption not in cover.disruptions
    routed = cover.routing == "active" and (wider or disruption is Disruption.REGION)
    router = component.protection(ROUTING) if routed else None
    if router is not None and router.doubts:
        router = None
    rewinds = cover.rewinds and disruption is Disruption.SOFTWARE
    manual = cover.manual and router is None
    settings, unknown = _cold(protection, mechanism, cover, disruption, assumptions)
    return _remembered(
        component.size_gb if _depends_on_size(cover) else 0,
        settings,
        unknown,
        None if router is None else (router.settings, router.unknown),
        mechanism,
        cover,
        wider,
        rewinds,
        _noticed_by(component, disruption, assumptions, catalog) if manual or rewinds else None,
        assumptions,
        catalog,
    )


def _cold(
    protection: Protection, mechanism: Mechanism, cover: Cover, disruption: Disruption, assumptions: Assumptions
) -> tuple[Settings, frozenset[str]]:
    """Return the settings, and what of them is not known, with whether what is gone back to is in cold storage by then.

    That is the last recovery point, or the last before damage that was noticed late.
    """
    if cover.cools in protection.unknown:
        return protection.settings, protection.unknown | {_COLD}
    days = None if cover.cools is None else protection.parameters.get(cover.cools)
    if not isinstance(days, int):
        return protection.settings, protection.unknown
    unnoticed = (assumptions.unnoticed_time or 0) if disruption is Disruption.SOFTWARE else 0
    cold = days_to_reach(cover, protection.parameters, mechanism, unnoticed) > days
    return (*protection.settings, (_COLD, cold)), protection.unknown


@cache
def _depends_on_size(cover: Cover) -> bool:
    return any(term.seconds_per_gb for term in (*cover.rpo, *cover.act))


@lru_cache(maxsize=8192)
def _remembered(
    size_gb: int,
    settings: Settings,
    unknown: frozenset[str],
    router: tuple[Settings, frozenset[str]] | None,
    mechanism: Mechanism,
    cover: Cover,
    wider: bool,
    rewound: bool,
    noticed_by: str | None,
    assumptions: Assumptions,
    catalog: Catalog,
) -> Estimate:
    """Return the estimate of one cover; many components share the same settings, so it is computed once for them."""

    def reasons(
        terms: Iterable[Term],
        owner: Mechanism,
        values: Settings,
        missing: frozenset[str],
        step: str | None = None,
    ) -> list[Reason]:
        given = dict(values)
        return [
            _reason(term, size_gb, given, missing, owner, step)
            for term in terms
            if missing.intersection(term.when)
            or all(parameter(name, given, owner) == value for name, value in term.when.items())
        ]

    rto = reasons(cover.act, mechanism, settings, unknown)
    automatic = not cover.manual
    if router is not None:
        automatic = True
        routing = catalog.mechanism("any", ROUTING)
        rto += reasons((term for part in routing.covers for term in part.act), routing, *router)
    elif cover.routing != "none":
        repoint = catalog.mechanism("any", "repoint")
        rto += reasons((term for part in repoint.covers for term in part.act), repoint, (), frozenset())
    if not automatic:
        rto = [*_human(assumptions, ("detect", _noticing(noticed_by)), _ORDERED), *rto]
    rto.sort(key=lambda reason: _STEPS.index(reason.step))
    rpo = reasons(cover.rpo, mechanism, settings, unknown, "lose")
    if rewound:
        rpo += _human(assumptions, *_UNNOTICED)
    return Estimate(
        rto_seconds=_sum(rto),
        rpo_seconds=_sum(rpo),
        rto_confidence=weakest(*(reason.confidence for reason in rto)),
        rpo_confidence=weakest(*(reason.confidence for reason in rpo)),
        reasons=(*rto, *rpo, *((_FAILOVER,) if wider else ())),
        mechanism=mechanism.name,
        automatic=automatic,
        wider=wider,
        noticed_by=None if automatic else noticed_by,
    )


def _noticed_by(component: Component, disruption: Disruption, assumptions: Assumptions, catalog: Catalog) -> str | None:
    """Return what tells people of *disruption*: what is built before what is declared; None where nothing does."""
    # The heartbeat, which rings in the recovery Region, stands after the alarm on an endpoint.
    for item in reversed(component.protections):
        mechanism = catalog.mechanism(component.kind, item.mechanism)
        rings_in = item.parameters.get("rings_in")
        if disruption in mechanism.notices and rings_in not in (component.region, None) and not item.doubts:
            return f"{mechanism.title} in {rings_in}"
    return assumptions.detected_by


def _noticing(noticed_by: str | None) -> str:
    if noticed_by is None:
        return "until somebody notices, as the objective assumes: no heartbeat or monitor counts for it"
    return f"until {noticed_by} tells, as the objective assumes"


_STEPS = ("detect", "decide", "act", "propagate")
"""The critical path, in the order of time."""


def _sum(reasons: list[Reason]) -> int | None:
    if any(reason.confidence is Confidence.UNKNOWN for reason in reasons):
        return None
    return sum(reason.seconds for reason in reasons)


_ORDERED = ("decide", "until a human orders the recovery, as the objective assumes")
_UNNOTICED = (
    ("lose", "what is written until somebody notices the damage goes with it, as the objective assumes"),
    ("lose", "what is written between that and a human's order to stop goes with it, as the objective assumes"),
)


def _human(assumptions: Assumptions, detect: tuple[str, str], decide: tuple[str, str]) -> list[Reason]:
    times = (assumptions.detection_time, assumptions.decision_time)
    return [
        Reason(step=step, seconds=seconds, text=text, confidence=Confidence.PLANNING, source="objective")
        for (step, text), seconds in zip((detect, decide), times, strict=True)
    ]


_FAILOVER = Reason(
    step="note",
    seconds=0,
    text="this is the failover to the recovery Region that answers the loss of the whole Region: the workload moves "
    "there, and a failback follows",
    confidence=Confidence.DOCUMENTED,
    source="ours",
)


def _reason(
    term: Term,
    size_gb: int,
    given: Mapping[str, object],
    unknown: frozenset[str],
    mechanism: Mechanism,
    step: str | None,
) -> Reason:
    names = [
        *filter(None, (term.parameter,)),
        *term.product,
        *(name for group in term.largest for name in group),
    ]
    values: dict[str, int] = {}
    for name in (*unknown.intersection(term.when), *names):
        value = parameter(name, given, mechanism)
        if name in unknown or isinstance(value, bool) or not isinstance(value, int):
            return Reason(
                step=step or term.step,
                seconds=0,
                text=f"{term.because}; {name} is not known",
                confidence=Confidence.UNKNOWN,
                source=term.source,
            )
        values[name] = value
    seconds = term.seconds + term.seconds_per_gb * size_gb
    if term.parameter is not None:
        seconds += values[term.parameter]
    if term.product:
        seconds += prod(values[name] for name in term.product)
    if term.largest:
        seconds += max(prod(values[name] for name in group) for group in term.largest)
    return Reason(
        step=step or term.step,
        seconds=seconds,
        text=term.because,
        confidence=term.confidence,
        source=term.source,
    )
