"""What was chosen, what was not, and why."""

from __future__ import annotations

from decimal import Decimal

import attrs

from constructs_lib.assessment import Assessment
from constructs_lib.catalog.pattern import Pattern
from constructs_lib.components import Component
from constructs_lib.costs.cost import MonthlyCost
from constructs_lib.objectives import Objective


@attrs.frozen(kw_only=True)
class Candidate:
    """A pattern with its parameters settled, assessed and priced."""

    pattern: Pattern
    routing: str
    assessment: Assessment
    cost: MonthlyCost
    third_region: str | None = None

    @property
    def component(self) -> Component:
        """The component as the pattern protects it."""
        return self.assessment.component

    @property
    def name(self) -> str:
        """The pattern's name, with the routing where it is not by hand."""
        return self.pattern.name if self.routing == "manual" else f"{self.pattern.name}+{self.routing}"


@attrs.frozen(kw_only=True)
class Rejected:
    """A candidate that was not chosen, and the number or the rule that blocked it."""

    name: str
    because: str
    monthly_cost_usd: Decimal | None = None


@attrs.frozen(kw_only=True)
class Choice:
    """The cheapest candidate that keeps the objective, and every other with its reason."""

    objective: Objective
    chosen: Candidate
    rejected: tuple[Rejected, ...]
