"""What was chosen, what was not, and why."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property

import attrs
import msgspec

from constructs_lib.assessment import Assessment, Verdict
from constructs_lib.catalog.confidence import Confidence
from constructs_lib.catalog.kinds.pattern import Pattern
from constructs_lib.components import Component
from constructs_lib.costs.cost import MonthlyCost
from constructs_lib.objectives import Objective, format_duration
from constructs_lib.selection.ladder import Ladder, Rung
from constructs_lib.selection.shortfall import shortfall


class Candidate(msgspec.Struct, frozen=True, kw_only=True, eq=False, dict=True):
    """A pattern with its settings chosen for an objective.

    Attributes:
        ladder: The pattern, and what it can be set to.
        objective: What it is chosen for.
        kept: The cheapest setting that keeps the objective, or None.
    """

    ladder: Ladder
    objective: Objective
    kept: Rung | None

    @property
    def pattern(self) -> Pattern:
        """The pattern."""
        return self.ladder.pattern

    @property
    def routing(self) -> str:
        """How traffic gets to the recovery Region."""
        return self.ladder.routing

    @property
    def third_region(self) -> str | None:
        """The witness's or third replica's Region, where there is one."""
        return self.ladder.third_region

    @cached_property
    def rung(self) -> Rung:
        """The setting: the cheapest that keeps the objective, else the cheapest of those that come nearest to it."""
        if self.kept is not None:
            return self.kept
        return min(self.ladder.rungs, key=lambda rung: (shortfall(rung.outlook.against(self.objective)), rung.cost.usd))

    @cached_property
    def assessment(self) -> Assessment:
        """What it is worth against the objective."""
        return self.rung.outlook.against(self.objective)

    @property
    def cost(self) -> MonthlyCost:
        """What it costs in a month."""
        return self.rung.cost

    @property
    def component(self) -> Component:
        """The component as the pattern protects it."""
        return self.rung.component

    @property
    def name(self) -> str:
        """The pattern's name, with the routing where it is not by hand."""
        return self.pattern.name if self.routing == "manual" else f"{self.pattern.name}+{self.routing}"


class Rejected(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate that was not chosen, and the number or the rule that blocked it."""

    name: str
    because: str
    monthly_cost_usd: Decimal | None = None


@attrs.frozen(kw_only=True, eq=False)
class Choice:
    """The cheapest candidate that keeps the objective.

    Attributes:
        objective: What it keeps.
        chosen: The cheapest that keeps it.
        candidates: All that were assessed, the chosen one among them.
        refused: Those a rule excluded before they were assessed.
        cautions: What to know about the chosen one before building it, a sentence each.
    """

    objective: Objective
    chosen: Candidate
    cautions: tuple[str, ...]
    candidates: tuple[Candidate, ...] = attrs.field(repr=False)
    refused: tuple[Rejected, ...] = attrs.field(repr=False)

    @cached_property
    def rejected(self) -> tuple[Rejected, ...]:
        """Every other, from the cheapest to the dearest, with the number or the rule that blocked it."""
        others = sorted(
            (item for item in self.candidates if item is not self.chosen), key=lambda candidate: candidate.cost.usd
        )
        assessed = [
            Rejected(name=item.name, because=_because(item, self.chosen), monthly_cost_usd=item.cost.usd)
            for item in others
        ]
        return (*assessed, *self.refused)


def blocking(assessment: Assessment) -> str:
    """Return every number by which *assessment* misses its objective, or an empty text."""
    objective = assessment.objective
    if objective is None:
        return ""
    parts = []
    for disruption, target in objective.targets():
        verdict = assessment.verdict(disruption)
        estimate = assessment.estimates[disruption]
        if verdict is Verdict.MET:
            continue
        if estimate.lost:
            parts.append(f"{disruption}: {estimate.reasons[0].text}")
        elif verdict is Verdict.UNKNOWN:
            why = [str(reason) for reason in estimate.reasons if reason.confidence is Confidence.UNKNOWN]
            parts.append(f"{disruption}: unknown ({'; '.join(why)})")
        else:
            for name, seconds, limit in (
                ("RTO", estimate.rto_seconds, target.rto),
                ("RPO", estimate.rpo_seconds, target.rpo),
            ):
                if seconds is not None and seconds > limit:
                    parts.append(f"{disruption}: {name} {format_duration(seconds)} > {format_duration(limit)}")
    if assessment.uptime_verdict is not Verdict.MET and objective.uptime is not None:
        parts.append(f"uptime: {assessment.uptime} < {objective.uptime}")
    return "; ".join(parts)


def _because(candidate: Candidate, chosen: Candidate) -> str:
    missed = blocking(candidate.assessment)
    if missed:
        return missed
    if candidate.pattern.asks is not None:
        return f"built only where it is named: {candidate.pattern.asks}"
    more = candidate.cost.usd - chosen.cost.usd
    if more == 0:
        return f"meets the objective at the same cost; {chosen.name} comes first in the catalog"
    return f"meets the objective, and costs USD {more:,.2f} a month more"
