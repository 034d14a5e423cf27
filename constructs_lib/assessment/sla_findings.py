"""What contradicts the promise of an uptime, and what to know about the figures behind it."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import attrs

from constructs_lib.assessment.needs import Need, aws_needs
from constructs_lib.availability import (
    MONTH_30D,
    Availability,
    Period,
    composite_availability,
    error_budget,
    series,
)
from constructs_lib.objectives import format_duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.assessment.assess import Assessment
    from constructs_lib.assessment.sla_feasibility import Remedy
    from constructs_lib.declaration.dependency import Dependency
    from constructs_lib.objectives import Objective

__all__ = ["SlaFinding", "period_text", "sla_findings"]

_DECIMALS = 4


@attrs.frozen(kw_only=True)
class SlaFinding:
    """Something that contradicts the promise.

    Attributes:
        id: Stable: 401 dependencies, 402 an RTO longer than the budget, 403 a component without an agreement, 404 an
            estimate longer than the budget, 405 AWS counted twice, 406 a dependency that covers more than AWS promises.
        severity: `error` breaks the promise by itself; `warning` may; a `note` is what to know about the figures.
        message: What contradicts what, with both numbers.
        fix: What to change.
    """

    id: str
    severity: Literal["error", "warning", "note"]
    message: str
    fix: str

    def __str__(self) -> str:
        return f"{self.id} {self.severity}: {self.message}; {self.fix}"


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
    """
    yield from _overlaps(needs, assessments, dependencies)
    if promise is None:
        return
    for need in needs:
        if need.availability is None:
            yield SlaFinding(
                id="RECOVERY-403",
                severity="warning",
                message=f"{need.name} has no service level agreement that the catalog knows, so {promise} is not "
                "supported by anything there",
                fix="accept a lower uptime for it in writing, or do not promise one",
            )
    if reduced is not None and reduced < promise:
        worst = "; ".join(
            f"{need.name}: {need.availability}"
            for need in sorted(needs, key=lambda need: need.availability or Availability(fraction=Fraction(1)))
            if need.critical and need.availability is not None and need.availability.unavailability
        )
        change = "; ".join(f"make {step.need} {step.change}" for step in plan)
        fix = change or (f"promise {safe} instead" if safe else "promise less")
        yield SlaFinding(
            id="RECOVERY-401",
            severity="error",
            message=f"the dependencies alone allow {reduced.rounded(decimals=_DECIMALS)}, less than the {promise} "
            f"promised (critical: {worst})",
            fix=fix if not change or safe is None else f"{change}; or promise {safe} instead",
        )
    budget = error_budget(promise, period)
    if objective is None:
        return
    allowed = _seconds_text(budget.allowed)
    too_long: dict[int, list[str]] = {}
    for disruption, target in objective.targets():
        if budget.failovers(target.rto) == 0:
            too_long.setdefault(target.rto, []).append(disruption.value)
    for rto, disruptions in too_long.items():
        yield SlaFinding(
            id="RECOVERY-402",
            severity="error",
            message=f"{promise} over {period_text(period)} allows {allowed} of downtime, and the RTO for "
            f"{', '.join(disruptions)} is {format_duration(rto)}: one recovery as long as that breaks the promise",
            fix=f"declare an RTO of at most {allowed}, promise less, or agree on which recoveries do not count",
        )
    for assessment in assessments:
        for disruption, estimate in assessment.estimates.items():
            target_here = objective.target(disruption)
            if target_here is None or estimate.rto_seconds is None or budget.failovers(target_here.rto) == 0:
                continue
            if budget.failovers(estimate.rto_seconds) == 0:
                yield SlaFinding(
                    id="RECOVERY-404",
                    severity="error",
                    message=f"{assessment.component.name} is estimated to be down "
                    f"{format_duration(estimate.rto_seconds)} in the {disruption} disruption, and {promise} over "
                    f"{period_text(period)} allows {allowed}",
                    fix="choose a faster pattern for it, or promise less",
                )


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
                yield SlaFinding(
                    id="RECOVERY-405",
                    severity="note",
                    message=f"the dependency {dependency.name!r} ({dependency.availability}) and "
                    f"{', '.join(need.name for need in twice)} may be the same thing, and both are counted",
                    fix=f"say what it covers in recovery.yaml, such as covers: "
                    f"[{', '.join(name for need in twice for name in need.components)}], or covers: [] where it is "
                    f"something else",
                )
    for dependency in dependencies:
        inside = aws_needs(item for item in assessments if dependency.covers_component(item.component.name))
        known = [need.availability for need in inside if need.availability is not None]
        if not (dependency.critical and known):
            continue
        together = composite_availability(series(*known))
        if together < dependency.availability:
            yield SlaFinding(
                id="RECOVERY-406",
                severity="note",
                message=f"{dependency.name!r} is declared at {dependency.availability}, and the agreements it covers "
                f"allow {together.rounded(decimals=_DECIMALS)} together "
                f"({'; '.join(f'{need.name}: {need.availability}' for need in inside)})",
                fix=f"declare {together.rounded(decimals=_DECIMALS)}, or let it cover less",
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
