"""The one verdict: what the rows, the header, the JSON and the exit code all say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from constructs_lib.assessment import Verdict
from constructs_lib.catalog.findings import Severity
from constructs_lib.review.component_review import ComponentReview, worst
from constructs_lib.review.disruption_review import DisruptionReview

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.review.finding import Finding

__all__ = ["settled", "verdict"]


def settled(outcome: Mapping[str, ComponentReview], findings: Sequence[Finding]) -> dict[str, ComponentReview]:
    """Return the components with what the errors about them come to, but for those that somebody has waived.

    An error is about a component, so that is not in order; one that leaves it without its data breaks every promise. A
    warning that it may be so leaves every promise open.
    """
    standing = [item for item in findings if item.waived_by is None]
    errors = [item for item in standing if item.severity is Severity.ERROR]
    faulty = {address for item in errors for address in item.components}
    # Errors stand before warnings, and the first counts.
    ruined = {address: item for item in reversed(standing) for address in item.ruins}
    found = {}
    for address, component in outcome.items():
        why = ruined.get(address)
        if why is not None:
            rows = tuple(_ruined(item, why) for item in component.disruptions)
            component = attrs.evolve(component, disruptions=rows)
        found[address] = attrs.evolve(component, faulty=True) if address in faulty else component
    return found


def _ruined(row: DisruptionReview, why: Finding) -> DisruptionReview:
    if row.target is None or row.after_verdict is None:
        return row
    if why.severity is Severity.ERROR:
        return attrs.evolve(row, after_verdict=Verdict.BREACHED, changed=True, reason=why.message)
    if row.after_verdict is Verdict.BREACHED:
        return row
    return attrs.evolve(row, after_verdict=Verdict.UNKNOWN, reason=why.message)


def verdict(outcome: Mapping[str, ComponentReview], findings: Sequence[Finding]) -> Verdict:
    """Return the worst verdict after the plan: breached where any error stands, and what is waived does not count.

    Args:
        outcome: The settled components, by address.
        findings: What was found.
    """
    if any(item.severity is Severity.ERROR and item.waived_by is None for item in findings):
        return Verdict.BREACHED
    waived = {
        (address, disruption)
        for item in findings
        for address in item.components
        for disruption in item.disruptions
        if item.waived_by is not None and item.id in ("RECOVERY-101", "RECOVERY-102", "RECOVERY-103")
    }
    gone = {
        address
        for item in findings
        if item.waived_by is not None and item.id == "RECOVERY-110"
        for address in item.components
    }
    verdicts = []
    for address, component in outcome.items():
        if component.after is None:
            verdicts.append(Verdict.UNDECLARED if address in gone else component.verdict)
        verdicts += [
            item.after_verdict
            for item in component.disruptions
            if item.after_verdict is not None and (address, item.disruption) not in waived
        ]
    return worst(*verdicts)
