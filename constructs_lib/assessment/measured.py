"""What a measurement may say beside an estimate.

A measured value replaces only the part of a recovery time that was timed, at that size or smaller, of the same design;
the worst of the records that have not expired counts. A measured loss of data may only worsen a bound. A simulated
record replaces nothing, and choosing a pattern looks at none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

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


@attrs.frozen(kw_only=True)
class Beside:
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
    sized = []
    for record, tried in counting:
        if tried.size_gb is None or tried.size_gb < component.size_gb:
            size = "an unknown size" if tried.size_gb is None else f"{tried.size_gb:g} GB"
            notes.append(f"{record.id} ({record.kind}) was timed at {size}, not at the {component.size_gb} GB of today")
        else:
            sized.append((record, tried))
    reasons = tuple(_reasons(estimate, sized))
    rpo, worse = _rpo(estimate, counting)
    records = [record.id for record, _ in sized if reasons != estimate.reasons] + ([worse] if worse else [])
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
    if record.expires <= today.isoformat():
        return f"expired on {record.expires}: rehearse again"
    if tried.mechanism != estimate.mechanism or tried.design != design_of(component, tried.mechanism):
        return "is of another design than today's: rehearse again"
    return None


def _reasons(estimate: Estimate, records: list[tuple[Evidence, Tried]]) -> Iterator[Reason]:
    """Yield the reasons, those of a part that was timed replaced by the worst time of that part."""
    replaced = set()
    for reason in estimate.reasons:
        timed = [
            (seconds, record)
            for record, tried in records
            if (seconds := tried.measured.rto_seconds.get(reason.step)) is not None
        ]
        if reason.step not in _PARTS or not timed:
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
