"""What a measurement may say beside an estimate.

A measured value replaces only the part of a recovery time that was timed, at that size or smaller, of the same design;
the worst of the records that have not expired counts. One at a smaller size, and a measured loss of data, may only
worsen what is estimated. A simulated record replaces nothing, and choosing a pattern looks at none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import msgspec

from constructs_lib.assessment.estimate import Estimate, Reason
from constructs_lib.assessment.evidence import Evidence, Tried, design_of
from constructs_lib.catalog.confidence import Confidence, weakest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from constructs_lib.components import Component
    from constructs_lib.objectives import Disruption

__all__ = ["Beside", "measured_beside"]

_PARTS = ("detect", "decide", "act", "propagate")


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """An estimate in the light of the evidence.

    Attributes:
        estimate: The estimate, with what was measured in the place of what was timed.
        records: The ids of the records that counted.
        notes: Why others did not, and what to beware of.
    """

    estimate: Estimate
    records: tuple[str, ...]
    notes: tuple[str, ...]


def measured_beside(
    estimate: Estimate,
    component: Component,
    disruption: Disruption,
    evidence: Iterable[Evidence],
    *,
    workload: str,
    names: Iterable[str],
    today: date,
) -> Beside | None:
    """Return *estimate* in the light of *evidence*, or None where no record is about the component.

    Args:
        estimate: What is estimated.
        component: The component, with its protections and size as they are now.
        disruption: The disruption.
        evidence: The records.
        workload: Whose component.
        names: What it is called: its name, and the addresses of its resources.
        today: Decides which records have expired.
    """
    wanted = set(names)
    about = [
        (record, tried)
        for record in evidence
        if record.workload == workload and record.disruption == disruption.value
        for tried in record.components
        if tried.name in wanted or tried.address in wanted
    ]
    if not about:
        return None
    notes: list[str] = []
    counting = []
    for record, tried in about:
        because = _does_not_count(record, tried, estimate, component, today)
        if because is None:
            counting.append((record, tried))
        else:
            notes.append(f"{record.id} ({record.kind}) {because}")
    timed = [
        (record, part, seconds)
        for record, tried in counting
        for part, seconds in _timed(record, tried, estimate, component).items()
    ]
    for record, tried in counting:
        if _is_small(tried, component) and record not in [one for one, _, _ in timed]:
            size = "an unknown size" if tried.size_gb is None else f"{tried.size_gb:g} GB"
            notes.append(f"{record.id} ({record.kind}) was timed at {size}, not at the {component.size_gb} GB of today")
    reasons = tuple(_reasons(estimate, timed))
    rpo, worse = _rpo(estimate, counting)
    records = [record.id for record, _, _ in timed if reasons != estimate.reasons] + ([worse] if worse else [])
    replaced = attrs.evolve(
        estimate,
        reasons=reasons,
        rto_seconds=_rto(estimate, reasons),
        rto_confidence=weakest(
            *(
                [reason.confidence for reason in reasons if reason.step in _PARTS]
                if reasons != estimate.reasons
                else [estimate.rto_confidence]
            )
        ),
        rpo_seconds=rpo,
        rpo_confidence=Confidence.MEASURED if worse else estimate.rpo_confidence,
    )
    return Beside(estimate=replaced, records=tuple(dict.fromkeys(records)), notes=tuple(notes))


def _does_not_count(
    record: Evidence, tried: Tried, estimate: Estimate, component: Component, today: date
) -> str | None:
    if not record.kind.counts:
        return "is simulated, and replaces nothing"
    if not record.succeeded:
        return "failed, and shows no recovery"
    late = record.out_of_date(today)
    if late is not None:
        return f"{late}: rehearse again"
    if tried.mechanism != estimate.mechanism or tried.design != design_of(component, tried.mechanism):
        return "is of another design than today's: rehearse again"
    return None


def _is_small(tried: Tried, component: Component) -> bool:
    return tried.size_gb is None or tried.size_gb < component.size_gb


def _timed(record: Evidence, tried: Tried, estimate: Estimate, component: Component) -> dict[str, float]:
    """Return the seconds of each part that may stand in place of what is estimated for it.

    At a smaller size only what took longer all the same: it takes no less at the size of today.
    """
    found = {}
    for part in _PARTS:
        seconds = tried.measured.rto_seconds.get(part)
        reasons = [reason.seconds for reason in estimate.reasons if reason.step == part]
        if seconds is None or not reasons or not record.kind.times(part):
            continue
        if not _is_small(tried, component) or seconds > sum(reasons):
            found[part] = seconds
    return found


def _reasons(estimate: Estimate, measured: list[tuple[Evidence, str, float]]) -> Iterator[Reason]:
    """Yield the reasons, those of a part that was timed replaced by the worst time of that part."""
    replaced = set()
    for reason in estimate.reasons:
        timed = [(seconds, record) for record, part, seconds in measured if part == reason.step]
        if not timed:
            yield reason
        elif reason.step not in replaced:
            replaced.add(reason.step)
            seconds, record = max(timed, key=lambda item: item[0])
            yield Reason(
                step=reason.step,
                # Up to the next second: a bound must not be below what was seen.
                seconds=-int(-seconds // 1),
                text=f"measured in {record.id}, {record.kind}",
                confidence=Confidence.MEASURED,
                source=record.id,
            )


def _rto(estimate: Estimate, reasons: tuple[Reason, ...]) -> int | None:
    if estimate.rto_seconds is None or reasons == estimate.reasons:
        return estimate.rto_seconds
    before = sum(reason.seconds for reason in estimate.reasons if reason.step in _PARTS)
    after = sum(reason.seconds for reason in reasons if reason.step in _PARTS)
    return estimate.rto_seconds - before + after


def _rpo(estimate: Estimate, records: list[tuple[Evidence, Tried]]) -> tuple[int | None, str | None]:
    """Return the bound on what is lost, and the record that worsens it."""
    lost = [
        (bound, record.id) for record, tried in records if (bound := tried.measured.rpo_seconds_at_most) is not None
    ]
    if estimate.rpo_seconds is None or not lost:
        return estimate.rpo_seconds, None
    worst, record = max(lost)
    return (-int(-worst // 1), record) if worst > estimate.rpo_seconds else (estimate.rpo_seconds, None)
