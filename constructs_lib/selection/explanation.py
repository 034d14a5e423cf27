"""Why a workload is built as it is: what it keeps, what sets each figure, what it costs, and who accepted what."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import msgspec

from constructs_lib.assessment import Verdict, WorkloadAssessment, assess_workload
from constructs_lib.assessment.silence import silence_promised
from constructs_lib.costs import MonthlyCost, monthly_cost, together, watching_cost
from constructs_lib.declaration.kinds import KINDS
from constructs_lib.objectives import format_duration
from constructs_lib.objectives.as_data import acceptance_as_data, objective_as_data
from constructs_lib.objectives.tags import HOLDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from constructs_lib.assessment import Assessment, Estimate, WorkloadEstimate
    from constructs_lib.costs.watching import Watched
    from constructs_lib.objectives import Disruption, Objective
    from constructs_lib.selection.decision import Decision

__all__ = [
    "ASSUMED",
    "SHARED",
    "WATCHING",
    "ComponentExplanation",
    "Explanation",
    "added_up",
    "estimate_as_data",
    "explain",
    "explain_all",
    "whole_as_data",
]


ASSUMED: Final = "assumed of the prices"
WATCHING: Final = "what watches, routes and connects all of it"
SHARED: Final = "what several of these need, such as the key of a Region, is paid for once"


class ComponentExplanation(msgspec.Struct, frozen=True, kw_only=True):
    """One component: what was decided for it, what that is worth, and what it costs.

    Attributes:
        decision: What was decided.
        cost: What it costs in a month at list prices; None where nothing bills its kind.
    """

    decision: Decision
    cost: MonthlyCost | None

    @property
    def usd(self) -> Decimal | None:
        """What that comes to, in USD."""
        return None if self.cost is None else self.cost.usd

    @property
    def assessment(self) -> Assessment:
        """Its estimates, their reasons and verdicts."""
        return self.decision.assessment

    @property
    def remarks(self) -> tuple[str, ...]:
        """What its owner is asked, and where nobody is told that what is promised stops."""
        silent = silence_promised(self.assessment)
        asked = (f"its owner: {question}" for question in self.decision.asked)
        return (*asked, *([] if silent is None else [silent]))


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """One workload.

    Attributes:
        name: Its name.
        objective: What it promises.
        components: What was decided for each component, in the order of their names.
        whole: What they keep together.
        watching: What watches it, its routing and its network cost in a month; no component has them.
    """

    name: str
    objective: Objective
    components: tuple[ComponentExplanation, ...]
    whole: WorkloadAssessment
    watching: MonthlyCost

    @property
    def usd(self) -> Decimal:
        """What all of it costs in a month at list prices, in USD: what is shared counts once."""
        return together(self._bills).usd

    @property
    def shared_usd(self) -> Decimal:
        """What is in several of the bills and paid for once: by so much they come to more than `usd`."""
        return sum((bill.usd for bill in self._bills), Decimal(0)) - self.usd

    @property
    def _bills(self) -> tuple[MonthlyCost, ...]:
        return (self.watching, *(item.cost for item in self.components if item.cost is not None))

    @property
    def assumed(self) -> tuple[str, ...]:
        """What was assumed of prices that are not known."""
        return together(self._bills).assumptions

    @property
    def not_counted(self) -> tuple[str, ...]:
        """What costs something and is in none of the bills, each in words that can be listed."""
        from constructs_lib.catalog.prices.billing import not_counted

        return not_counted(item.decision.component.kind for item in self.components)

    @property
    def verdict(self) -> Verdict:
        """The worst verdict: of the whole, and of each component on what it has to keep."""
        single = [verdict for item in self.components for verdict in item.assessment.verdicts.values()]
        return max([self.whole.verdict, *single], key=lambda verdict: verdict.rank)

    def lines(self) -> Iterator[str]:
        """Yield the explanation as a few lines of text."""
        strategy = self.whole.strategy or "no recovery from the loss of a Region"
        yield f"{self.name}: {self.verdict}; {strategy}; about USD {self.usd:,.2f} a month at list prices"
        for estimate in self.whole.estimates.values():
            if estimate.target is not None:
                yield f"  {estimate.disruption}: {said(estimate)}"
        for item in self.components:
            cost = "" if item.usd is None else f", USD {item.usd:,.2f}"
            routing = "" if item.decision.routing == "manual" else f", {item.decision.routing}"
            yield f"  {item.decision.name} ({item.decision.component.kind}): {item.decision.pattern}{routing}{cost}"
            if item.decision.accepted is not None:
                accepted = item.decision.accepted
                yield f"    {accepted.owner} accepts {item.decision.kept}: {accepted.reason}"
            yield from (f"    {remark}" for remark in item.remarks)
        if self.watching.lines:
            yield f"  {WATCHING}: USD {self.watching.usd:,.2f}"
        if self.shared_usd:
            yield f"  {SHARED}: USD {self.shared_usd:,.2f} less"
        yield from (f"  {ASSUMED}: {assumption}" for assumption in self.assumed)
        if not self.whole.serves:
            yield f"  about {self.whole.scope}"

    def as_data(self) -> dict[str, Any]:
        """Return the explanation as plain data, for JSON."""
        return {
            "name": self.name,
            "objective": objective_as_data(self.objective),
            "strategy": self.whole.strategy,
            "verdict": self.verdict.value,
            "scope": self.whole.scope,
            "monthly_cost_usd": float(round(self.usd, 2)),
            "watching_cost_usd": float(round(self.watching.usd, 2)),
            "shared_usd": float(round(self.shared_usd, 2)),
            "disruptions": {disruption.value: whole_as_data(item) for disruption, item in self.whole.estimates.items()},
            "components": [_component(item) for item in self.components],
            "cost_assumptions": list(self.assumed),
            "not_counted": list(self.not_counted),
        }


def explain(
    name: str, objective: Objective, decisions: Sequence[Decision], watched: Watched | None = None
) -> Explanation:
    """Return why the workload *name* is built as *decisions* say.

    Args:
        name: The workload.
        objective: What it promises.
        decisions: What was decided for its components.
        watched: How many of what is billed belong to it and to no component. Default: none.
    """
    ordered = sorted(decisions, key=lambda decision: decision.name)
    return Explanation(
        name=name,
        objective=objective,
        components=tuple(ComponentExplanation(decision=item, cost=_cost(item)) for item in ordered),
        # What only holds documents about the workload is no part of what it promises.
        whole=assess_workload([item.assessment for item in ordered if HOLDS not in item.tags], objective),
        watching=watching_cost(watched or {}),
    )


def explain_all(decisions: Iterable[Decision], watched: Mapping[str, Watched] | None = None) -> tuple[Explanation, ...]:
    """Return an explanation for each workload, in the order of their names.

    A workload's promise is that of its components, but for those that have one of their own.

    Args:
        decisions: What was decided for components.
        watched: By workload, how many of what is billed belong to it and to no component. Default: none.
    """
    watching = watched or {}
    by_workload: dict[str, list[Decision]] = {}
    for decision in decisions:
        by_workload.setdefault(decision.workload, []).append(decision)
    return tuple(
        explain(
            name,
            next((item for item in found if not item.own_objective), found[0]).objective,
            found,
            watching.get(name),
        )
        for name, found in sorted(by_workload.items())
    )


def whole_as_data(item: WorkloadEstimate) -> dict[str, Any]:
    """Return what a workload keeps in one disruption as plain data, for JSON."""
    return {
        "rto_seconds": item.rto_seconds,
        "rpo_seconds": item.rpo_seconds,
        "unbounded": item.lost,
        "verdict": item.verdict.value,
        "target": None if item.target is None else {"rto": item.target.rto, "rpo": item.target.rpo},
        "sets_rto": item.sets_rto,
        "sets_rpo": item.sets_rpo,
        "path": [leg._asdict() for leg in item.path],
        "automatic": item.automatic,
        "noticed_by": item.noticed_by,
    }


def said(estimate: WorkloadEstimate) -> str:
    """Return what a workload keeps in one disruption, and what sets it, in a sentence."""
    rto = _figure(estimate.rto_seconds, lost=estimate.lost, by=estimate.sets_rto)
    rpo = _figure(estimate.rpo_seconds, lost=estimate.lost, by=estimate.sets_rpo)
    promised = "" if estimate.target is None else f"; promised {estimate.target}"
    told = "" if estimate.automatic or estimate.lost else f"; told by {estimate.noticed_by or 'whoever notices'}"
    return f"{estimate.verdict}: RTO {rto}, RPO {rpo}{promised}{told}"


def added_up(estimate: WorkloadEstimate) -> str:
    """Return what the RTO of a workload in one disruption adds up from; empty where it is no time, or has no end."""
    return ", then ".join(leg.said(format_duration(leg.seconds)) for leg in estimate.path)


def _figure(seconds: int | None, *, lost: bool, by: str | None) -> str:
    figure = "no bound" if lost else "unknown" if seconds is None else format_duration(seconds)
    return figure if by is None else f"{figure} ({by})"


def _cost(decision: Decision) -> MonthlyCost | None:
    billed = decision.component.kind.value in KINDS and decision.component.region is not None
    return monthly_cost(decision.component, decision.usage) if billed else None


def _component(item: ComponentExplanation) -> dict[str, Any]:
    decision = item.decision
    return {
        "name": decision.name,
        "kind": decision.component.kind.value,
        "region": decision.component.region,
        "recovery_region": decision.recovery_region,
        "engine": decision.component.engine,
        "pattern": decision.pattern,
        "routing": decision.routing,
        "objective": objective_as_data(decision.kept),
        "estimates": {
            disruption.value: estimate_as_data(estimate, item.assessment, disruption)
            for disruption, estimate in item.assessment.estimates.items()
        },
        "monthly_cost_usd": None if item.usd is None else float(round(item.usd, 2)),
        "accepted": None if decision.accepted is None else acceptance_as_data(decision.accepted),
        "asked": list(decision.asked),
        "silent": silence_promised(item.assessment),
    }


def estimate_as_data(estimate: Estimate, assessment: Assessment, disruption: Disruption) -> dict[str, Any]:
    """Return what a component keeps in one disruption as plain data, for JSON."""
    return {
        "rto_seconds": estimate.rto_seconds,
        "rpo_seconds": estimate.rpo_seconds,
        "unbounded": estimate.lost,
        "confidence": estimate.confidence.value,
        "verdict": assessment.verdict(disruption).value,
        "mechanism": estimate.mechanism,
        "reasons": [str(reason) for reason in estimate.reasons],
    }
