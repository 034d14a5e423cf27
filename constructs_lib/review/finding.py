"""One thing that the review found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from constructs_lib.catalog.findings import Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs_lib.declaration.waiver import Waiver
    from constructs_lib.objectives import Disruption
    from constructs_lib.review.reviewed_component import ReviewedComponent

__all__ = ["Finding", "Found", "Severity"]


class Found(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What a check found, before it is worded.

    Attributes:
        id: The rule.
        address: The resource to look at.
        values: What fills the places of the rule's texts. Never a value of a sensitive attribute.
        reviewed: The component it is about; None where it belongs to none in the plans given.
        disruptions: The disruptions it is about; none for all.
        more: What fills the places for each further disruption, in one finding: they have one cause.
        region: The Region of the copy it is about, where that matters.
        ruins: The addresses of the components that it leaves without their data, or without an answer.
        by: The mechanisms that work with what it is about, where they are known.
        standing: Whether it was so before the plan; None where the check that found it cannot tell.
    """

    id: str
    address: str
    values: Mapping[str, str] = msgspec.field(default_factory=dict)
    reviewed: ReviewedComponent | None = None
    disruptions: tuple[Disruption, ...] = ()
    more: tuple[Mapping[str, str], ...] = ()
    region: str | None = None
    ruins: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    standing: bool | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """What tells whether it is the same as one on the other side of the plan."""
        values = (
            self.values.items()
            if "change" not in self.values
            else self.values.items() - {("change", self.values["change"])}
        )
        return (self.id, self.address, self.disruptions, self.region, frozenset(values))


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the review found.

    Attributes:
        id: The rule, such as `RECOVERY-101`; it keeps its meaning.
        severity: How much it matters.
        title: What it is, the same for every finding of the rule.
        address: The resource to look at.
        components: The addresses of the components it is about; none where they are not in the plans given.
        workload: The workload of the components.
        disruptions: The disruptions it is about; none for all.
        message: What was found.
        fix: What to do.
        documentation: The page, and the place on it, that explains the rule.
        standing: Whether it was so before the plan, and no better.
        ruins: The addresses of the components that it leaves without their data, or without an answer.
        by: The mechanisms that work with what it is about, where they are known.
        waived_by: Who has accepted it, and until when; None where nobody has.
    """

    id: str
    severity: Severity
    title: str
    address: str
    components: tuple[str, ...]
    workload: str | None
    disruptions: tuple[Disruption, ...]
    message: str
    fix: str
    documentation: str
    standing: bool = False
    ruins: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    waived_by: Waiver | None = None

    @property
    def key(self) -> str:
        """What stays the same from run to run, to recognize the finding by."""
        return f"{self.id}|{self.address}|{' '.join(self.disruptions)}"

    @property
    def order(self) -> tuple[int, bool, str, str, str, str, str, str]:
        """The order to list findings in: the worst first, and what the plan does before what was so."""
        return (
            self.severity.rank,
            self.standing,
            self.id,
            self.address,
            " ".join(self.disruptions),
            " ".join(self.components),
            self.message,
            self.fix,
        )


def joined(findings: Iterable[Finding]) -> list[Finding]:
    """Return each finding once: one that says the same of several components of a workload is about all of them."""
    same: dict[tuple[object, ...], list[Finding]] = {}
    for item in findings:
        says = (item.id, item.address, item.workload, item.disruptions, item.message, item.fix)
        same.setdefault((*says, item.standing, item.waived_by), []).append(item)
    return [
        items[0]
        if not items[1:] and not items[0].ruins
        else replace(
            items[0],
            components=tuple(sorted({address for item in items for address in item.components})),
            ruins=tuple(sorted({address for item in items for address in item.ruins})),
        )
        for items in same.values()
    ]


def worded(found: Found, waived_by: Waiver | None) -> Finding:
    """Return *found* in words."""
    about = rule(found.id)
    values = {"address": found.address, **found.values}
    reviewed = found.reviewed
    said = [about.message.format_map({**values, **row}) for row in ({}, *found.more)]
    return Finding(
        id=about.id,
        severity=about.severity,
        title=about.title,
        address=found.address,
        components=() if reviewed is None else (reviewed.address,),
        workload=None if reviewed is None else reviewed.workload,
        disruptions=found.disruptions,
        message="; ".join(said),
        fix=about.fix.format_map(values),
        documentation=about.documentation,
        standing=bool(found.standing),
        ruins=found.ruins,
        by=found.by,
        waived_by=waived_by,
    )
