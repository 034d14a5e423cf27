"""What contradicts the promise of an uptime, and what to know about the figures behind it."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec

from constructs_lib.assessment.estimate import Verdict
from constructs_lib.assessment.needs import Need, aws_needs
from constructs_lib.assessment.workload import assess_workload
from constructs_lib.availability import (
    MONTH_30D,
    Availability,
    Period,
    composite_availability,
    error_budget,
    series,
)
from constructs_lib.catalog.findings import Severity, rule
from constructs_lib.objectives import format_duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.assessment.assess import Assessment
    from constructs_lib.assessment.remedy import Remedy
    from constructs_lib.declaration.dependency import Dependency
    from constructs_lib.declaration.sla_terms import CreditStep
    from constructs_lib.objectives import Objective

__all__ = ["SlaFinding", "period_text", "sla_findings"]

_DECIMALS = 4


class SlaFinding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that contradicts the promise.

    Attributes:
        id: The rule in `catalog/findings.toml`; it keeps its meaning.
        severity: `error` breaks the promise by itself; `warning` may; a `note` is what to know about the figures.
        message: What contradicts what, with both numbers.
        fix: What to change.
    """

    id: str
    severity: Severity
    message: str
    fix: str

    def __str__(self) -> str:
        return f"{self.id} {self.severity}: {self.message}; {self.fix}"


def _worded(id: str, **values: object) -> SlaFinding:
    about = rule(id)
    return SlaFinding(
        id=id, severity=about.severity, message=about.message.format_map(values), fix=about.fix.format_map(values)
    )


def sla_findings(
    promise: Availability | None,
    needs: Sequence[Need],
    reduced: Availability | None,
    safe: Availability | None,
    plan: Sequence[Remedy],
    assessments: Sequence[Assessment],
    dependencies: Sequence[Dependency],
    objective: Objective | None,
    period: Period,
    credits: Sequence[CreditStep] = (),
) -> Iterator[SlaFinding]:
    """Find what contradicts *promise*, and what to know about the figures; the arguments are as of `sla_feasibility`.

    Args:
        promise: The uptime promised, or None.
        needs: What the service depends on.
        reduced: What they allow for the service at least in its reduced form.
        safe: What can be promised instead, or None.
        plan: The fewest changes that make the promise possible.
        assessments: The components.
        dependencies: The declared third parties.
        objective: Its RTOs are held against the budget.
        period: What the promise is counted over.
        credits: What is owed below which figure. Default: nothing.
    """
    yield from _overlaps(needs, assessments, dependencies)
    if objective is not None and assessments:
        yield from _commitments(assessments, objective)
    if promise is None:
        return
    if credits and credits[0].below > promise:
        yield _worded("RECOVERY-409", credit=f"{credits[0].credit:f} %", below=credits[0].below, promise=promise)
    for need in needs:
        if need.availability is None:
            yield _worded("RECOVERY-403", need=need.name, promise=promise)
    if reduced is not None and reduced < promise:
        worst = "; ".join(
            f"{need.name}: {need.availability}"
            for need in sorted(needs, key=lambda need: need.availability or Availability(fraction=Fraction(1)))
            if need.critical and need.availability is not None and need.availability.unavailability
        )
        change = "; ".join(f"make {step.need} {step.change}" for step in plan)
        instead = f"promise {safe} instead" if safe else "promise less"
        fix = change if change and safe is None else f"{change}; or {instead}" if change else instead
        allowed = reduced.rounded(decimals=_DECIMALS)
        yield _worded("RECOVERY-401", allowed=allowed, promise=promise, critical=worst, change=fix)
    budget = error_budget(promise, period)
    if objective is None:
        return
    about = {"promise": promise, "period": period_text(period), "allowed": _seconds_text(budget.allowed)}
    too_long: dict[int, list[str]] = {}
    for disruption, target in objective.targets():
        if budget.failovers(target.rto) == 0:
            too_long.setdefault(target.rto, []).append(disruption.value)
    for rto, disruptions in too_long.items():
        yield _worded("RECOVERY-402", rto=format_duration(rto), disruptions=", ".join(disruptions), **about)
    if not assessments:
        return
    whole = assess_workload(assessments, objective)
    for disruption, target in objective.targets():
        if budget.failovers(target.rto) == 0:
            continue
        single = [(item.component.name, item.estimates[disruption].rto_seconds) for item in assessments]
        late = [(name, rto) for name, rto in single if rto is not None and budget.failovers(rto) == 0]
        together = whole.estimates[disruption].rto_seconds
        if not late and together is not None and budget.failovers(together) == 0:
            # Each fits, and one layer after the other they do not.
            late = [("the workload as a whole", together)]
        for name, rto in late:
            yield _worded("RECOVERY-404", component=name, rto=format_duration(rto), disruption=disruption, **about)


def _commitments(assessments: Sequence[Assessment], objective: Objective) -> Iterator[SlaFinding]:
    """Find what is committed to and not kept as it is built, by the workload as a whole, else by one component."""
    whole = assess_workload(assessments, objective)
    for disruption, estimate in whole.estimates.items():
        by_itself = [item for item in assessments if item.verdict(disruption) is Verdict.BREACHED]
        for item in by_itself:
            promised = None if item.objective is None else item.objective.target(disruption)
            here = item.estimates[disruption]
            about = _figures(here.rto_seconds, here.rpo_seconds, lost=here.lost)
            yield _worded("RECOVERY-407", what=item.component.name, disruption=disruption, built=about, target=promised)
        if by_itself or estimate.target is None:
            continue
        built = _figures(estimate.rto_seconds, estimate.rpo_seconds, lost=estimate.lost)
        values = {"what": "the workload as a whole", "disruption": disruption, "built": built}
        if estimate.verdict is Verdict.BREACHED:
            yield _worded("RECOVERY-407", target=estimate.target, **values)
        elif estimate.verdict is Verdict.UNKNOWN:
            yield _worded("RECOVERY-408", target=estimate.target, **values)


def _figures(rto: int | None, rpo: int | None, *, lost: bool) -> str:
    if lost:
        return "never back"
    said = ("unknown" if seconds is None else format_duration(seconds) for seconds in (rto, rpo))
    return "RTO {}, RPO {}".format(*said)


_WORD = re.compile(r"[a-z0-9]+")
_AWS = frozenset({"aws", "amazon"})


def _overlaps(
    needs: Sequence[Need], assessments: Sequence[Assessment], dependencies: Sequence[Dependency]
) -> Iterator[SlaFinding]:
    """Find what is counted twice without a word about it, and what a dependency covers at more than AWS promises."""
    agreements = [need for need in needs if not need.third_party]
    services = {need.because.removeprefix("SLA ").partition(".")[0]: need for need in agreements}
    for dependency in dependencies:
        if dependency.covers is None and dependency.critical:
            words = set(_WORD.findall(dependency.name.lower()))
            twice = agreements if words & _AWS else [need for name, need in services.items() if name in words]
            if twice:
                yield _worded(
                    "RECOVERY-405",
                    dependency=repr(dependency.name),
                    availability=dependency.availability,
                    needs=", ".join(need.name for need in twice),
                    components=", ".join(name for need in twice for name in need.components),
                )
    for dependency in dependencies:
        inside = aws_needs(item for item in assessments if dependency.covers_component(item.component.name))
        known = [need.availability for need in inside if need.availability is not None]
        if not (dependency.critical and known):
            continue
        together = composite_availability(series(*known))
        if together < dependency.availability:
            yield _worded(
                "RECOVERY-406",
                dependency=repr(dependency.name),
                availability=dependency.availability,
                together=together.rounded(decimals=_DECIMALS),
                agreements="; ".join(f"{need.name}: {need.availability}" for need in inside),
            )


_PERIOD_NAMES = {
    "day": "a day",
    "week": "a week",
    MONTH_30D.name: "a month of 30 days",
    "month": "a mean calendar month",
    "quarter": "a mean calendar quarter",
    "year": "a mean calendar year",
}


def period_text(period: Period) -> str:
    """Return a period as people say it: `a month of 30 days`."""
    return _PERIOD_NAMES.get(period.name, period.name)


def _seconds_text(seconds: Fraction) -> str:
    whole = seconds.numerator // seconds.denominator
    if whole == 0 and seconds:
        return f"{float(seconds):.3g}s"
    return format_duration(whole)
