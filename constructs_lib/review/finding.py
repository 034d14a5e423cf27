"""One thing that the review found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from constructs_lib.catalog.findings import Severity, rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.declaration.waiver import Waiver
    from constructs_lib.objectives import Disruption
    from constructs_lib.review.reviewed_component import ReviewedComponent

__all__ = ["Finding", "Found", "Severity"]


@attrs.frozen(kw_only=True, eq=False)
class Found:
    """What a check found, before it is worded.

    Attributes:
        id: The rule.
        address: The resource to look at.
        values: What fills the places of the rule's texts. Never a value of a sensitive attribute.
        reviewed: The component it is about; None where it belongs to none in the plans given.
        disruption: The disruption it is about; None for all.
        region: The Region of the copy it is about, where that matters.
        ruins: The addresses of the components that it leaves without their data, or without an answer.
        standing: Whether it was so before the plan; None where the check that found it cannot tell.
    """

    id: str
    address: str
    values: Mapping[str, str] = attrs.field(factory=dict)
    reviewed: ReviewedComponent | None = None
    disruption: Disruption | None = None
    region: str | None = None
    ruins: tuple[str, ...] = ()
    standing: bool | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """What tells whether it is the same as one on the other side of the plan."""
        values = ((name, value) for name, value in sorted(self.values.items()) if name != "change")
        return (self.id, self.address, self.disruption, self.region, *values)


@attrs.frozen(kw_only=True)
class Finding:
    """One thing that the review found.

    Attributes:
        id: The rule, such as `RECOVERY-101`; it keeps its meaning.
        severity: How much it matters.
        title: What it is, the same for every finding of the rule.
        address: The resource to look at.
        component: The address of the component it is about; None where that is not in the plans given.
        workload: The workload of the component.
        disruption: The disruption it is about; None for all.
        message: What was found.
        fix: What to do.
        documentation: The page, and the place on it, that explains the rule.
        standing: Whether it was so before the plan, and no better.
        ruins: The addresses of the components that it leaves without their data, or without an answer.
        waived_by: Who has accepted it, and until when; None where nobody has.
    """

    id: str
    severity: Severity
    title: str
    address: str
    component: str | None
    workload: str | None
    disruption: Disruption | None
    message: str
    fix: str
    documentation: str
    standing: bool = False
    ruins: tuple[str, ...] = ()
    waived_by: Waiver | None = None

    @property
    def key(self) -> str:
        """What stays the same from run to run, to recognize the finding by."""
        return f"{self.id}|{self.address}|{self.disruption or ''}"

    @property
    def order(self) -> tuple[int, bool, str, str, str, str, str, str]:
        """The order to list findings in: the worst first, and what the plan does before what was so."""
        return (
            self.severity.rank,
            self.standing,
            self.id,
            self.address,
            str(self.disruption or ""),
            self.component or "",
            self.message,
            self.fix,
        )


def worded(found: Found, waived_by: Waiver | None) -> Finding:
    """Return *found* in words."""
    about = rule(found.id)
    values = {"address": found.address, **found.values}
    reviewed = found.reviewed
    return Finding(
        id=about.id,
        severity=about.severity,
        title=about.title,
        address=found.address,
        component=None if reviewed is None else reviewed.address,
        workload=None if reviewed is None else reviewed.workload,
        disruption=found.disruption,
        message=about.message.format_map(values),
        fix=about.fix.format_map(values),
        documentation=about.documentation,
        standing=bool(found.standing),
        ruins=found.ruins,
        waived_by=waived_by,
    )
