"""The one verdict: what the rows, the header, the JSON and the exit code all say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from constructs_lib.assessment import Verdict
from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.findings import Severity
from constructs_lib.objectives import Disruption
from constructs_lib.review.component_review import ComponentReview, worst
from constructs_lib.review.disruption_review import DisruptionReview

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.review.finding import Finding

__all__ = ["settled", "verdict"]

_BACKUP: Final = re.compile(r"(?:^|[./])aws_backup_\w+\.[^./]+$")
_BACKUPS: Final = ("backup", "backup_copy")


def settled(outcome: Mapping[str, ComponentReview], findings: Sequence[Finding]) -> dict[str, ComponentReview]:
    """Return the components with what the errors about them come to, but for those that somebody has waived.

    An error is about a component, so that is not in order; one that leaves it without its data breaks every promise. A
    warning that it may be so leaves every promise open.
    """
    standing = [item for item in findings if item.waived_by is None]
    errors = [item for item in standing if item.severity is Severity.ERROR]
    faulty: dict[str, list[Finding]] = {}
    for item in errors:
        for address in dict.fromkeys(item.components):
            faulty.setdefault(address, []).append(item)
    # Errors stand before warnings, and the first counts.
    ruined = {address: item for item in reversed(standing) for address in item.ruins}
    found = {}
    for address, component in outcome.items():
        why = ruined.get(address)
        if why is not None:
            rows = tuple(_ruined(item, why) for item in component.disruptions)
            component = replace(component, disruptions=rows)
        if address in faulty:
            component = replace(component, disruptions=_faulty(component, faulty[address]), faulty=True)
        found[address] = component
    return found


def _faulty(component: ComponentReview, errors: Sequence[Finding]) -> tuple[DisruptionReview, ...]:
    """Return the rows, at least one of which is broken: no row says met beside an error about what it is made of."""
    broken = {row.disruption for row in component.disruptions if row.after_verdict is Verdict.BREACHED}
    why = {
        disruption: error
        for error in reversed(errors)
        # What is broken already says it; an error that names no disruption is said by any.
        for disruption in (() if broken.intersection(error.disruptions or broken) else _about(component, error))
    }
    return tuple(
        row if row.target is None or row.after_verdict is None or error is None else _broken(row, error)
        for row in component.disruptions
        for error in (why.get(row.disruption),)
    )


def _about(component: ComponentReview, error: Finding) -> frozenset[Disruption]:
    """Return the disruptions that an error is about: its own, else what answers by the resource that it names.

    AWS Backup works with plan, selection and vault, whichever of them is named.
    """
    promised = frozenset(row.disruption for row in component.disruptions if row.target is not None)
    if error.disruptions or component.after is None:
        return promised.intersection(error.disruptions) or promised
    here = error.address == component.address
    by = (*error.by, *_BACKUPS) if _BACKUP.search(error.address) else error.by
    meant = {
        item.mechanism
        for item in component.after.component.protections
        if not here and (item.mechanism in by if by else item.address == error.address)
    }
    answers = promised & {
        disruption
        for mechanism in meant
        for cover in load_catalog().mechanism(component.kind, mechanism).covers
        for disruption in cover.disruptions
    }
    # What something else answers all the same is not broken.
    left = {item for item in answers if component.after.estimates[item].mechanism in (None, *meant)}
    # What is wrong elsewhere than with the component itself is wrong with what copies it to another Region.
    elsewhere = set() if here else {Disruption.REGION}
    return frozenset(left) or answers or promised & elsewhere or promised


def _broken(row: DisruptionReview, why: Finding) -> DisruptionReview:
    before = row.before_verdict
    return replace(
        row,
        before_verdict=Verdict.BREACHED if why.standing and before is not None else before,
        after_verdict=Verdict.BREACHED,
        changed=row.changed or not why.standing,
        reason=why.message,
    )


def _ruined(row: DisruptionReview, why: Finding) -> DisruptionReview:
    if row.target is None or row.after_verdict is None:
        return row
    if why.severity is Severity.ERROR:
        return replace(row, after_verdict=Verdict.BREACHED, changed=True, reason=why.message)
    if row.after_verdict is Verdict.BREACHED:
        return row
    return replace(row, after_verdict=Verdict.UNKNOWN, reason=why.message)


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
