"""Choosing for a whole workload: the cheapest way to build its parts that keeps what it promises as a whole.

What each part keeps alone, the workload may miss: one part waits for another, and hands are few.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from constructs_lib.assessment import Verdict, assess
from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.prices import load_prices
from constructs_lib.components.external import answers_for
from constructs_lib.errors import ConfigurationError, InfeasibleError
from constructs_lib.objectives import Disruption, Objective, Target
from constructs_lib.selection.built import added
from constructs_lib.selection.choice import blocking
from constructs_lib.selection.choose import choose
from constructs_lib.selection.shortfall import readable
from constructs_lib.selection.workload_menu import Elsewhere, WorkloadMenu, best_of, ways_to_build

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.catalog.catalog import Catalog
    from constructs_lib.catalog.prices import Prices
    from constructs_lib.selection.built import BuiltWorkload
    from constructs_lib.selection.request import Request
    from constructs_lib.selection.workload_menu import Rank

__all__ = ["WorkloadChoice", "choose_workload"]


class WorkloadChoice(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """The cheapest workload that keeps the objective, and its neighbours.

    Attributes:
        name: The workload's name.
        chosen: The cheapest that keeps it.
        measured: The disruption that cheaper and faster are told for: the loss of the Region, where that is declared.
        cheaper: Of all that cost less, and so keep less, the one that comes nearest; None where nothing costs less.
        faster: The cheapest that keeps the objective and is back sooner; None where nothing is.
        losing_less: The cheapest that keeps the objective and loses less; None where nothing does.
    """

    name: str
    chosen: BuiltWorkload
    measured: Disruption
    cheaper: BuiltWorkload | None
    faster: BuiltWorkload | None
    losing_less: BuiltWorkload | None


def choose_workload(
    name: str,
    objective: Objective,
    parts: Mapping[str, Request | Elsewhere],
    *,
    prices: Prices | None = None,
    catalog: Catalog | None = None,
) -> WorkloadChoice:
    """Return the cheapest way to build *parts* that keeps *objective* as a whole.

    Args:
        name: What the workload is called.
        objective: What it promises.
        parts: By name. Each request has the part's own objective, or the workload's. One routing leads the traffic of
            the whole workload: the routings that a request allows are those of all.
        prices: The price table. Default: the shipped one.
        catalog: The facts. Default: the shipped catalog.

    Raises:
        InfeasibleError: If no combination keeps it, with the part that stands in the way; `nearest` is an objective
            that can be had with the same parts, or None.
        ConfigurationError: If there is no part, or an engine or a pattern does not exist.
    """
    if not parts:
        msg = f"{name} has no parts; declare what it is made of"
        raise ConfigurationError(msg)
    facts = load_catalog() if catalog is None else catalog
    table = load_prices() if prices is None else prices
    for part, item in parts.items():
        _check_alone(name, part, item, table, facts)
    promised = _loosened(objective, [item.objective for item in parts.values()])
    menus = [
        WorkloadMenu(objective=promised, routing=routing.name, ways=ways_to_build(parts, routing.name, facts, table))
        for routing in facts.routings
        if all(
            isinstance(item, Elsewhere) or item.routings is None or routing.name in item.routings
            for item in parts.values()
        )
    ]
    if not menus:
        msg = f"the parts of {name} allow no routing in common; allow one for all of them"
        raise ConfigurationError(msg)
    chosen = best_of(menus, _cost_of_kept)
    if chosen is None:
        raise _infeasible(name, objective, menus)
    order = (Disruption.REGION, Disruption.ZONE, Disruption.HARDWARE, Disruption.SOFTWARE)
    measured = next((item for item in order if objective.target(item) is not None), Disruption.REGION)
    now = chosen.whole.estimates[measured]

    def faster(built: BuiltWorkload) -> Rank | None:
        rto = built.whole.estimates[measured].rto_seconds
        return _cost_of_kept(built) if rto is not None and rto < (now.rto_seconds or 0) else None

    def losing_less(built: BuiltWorkload) -> Rank | None:
        rpo = built.whole.estimates[measured].rpo_seconds
        return _cost_of_kept(built) if rpo is not None and rpo < (now.rpo_seconds or 0) else None

    def cheaper(built: BuiltWorkload) -> Rank | None:
        return _distance(built, below=chosen.usd)

    return WorkloadChoice(
        name=name,
        chosen=chosen,
        measured=measured,
        cheaper=best_of(menus, cheaper, chosen),
        faster=best_of(menus, faster, chosen),
        losing_less=best_of(menus, losing_less, chosen),
    )


def _check_alone(name: str, part: str, item: Request | Elsewhere, prices: Prices, catalog: Catalog) -> None:
    """Refuse what one part cannot keep alone, in the words of its own choice."""
    if isinstance(item, Elsewhere):
        missed = blocking(assess(item.component, item.objective, catalog))
        if missed:
            msg = f"{part} of {name} stands in the way: {missed}, as {answers_for(item.component)}"
            raise InfeasibleError(msg)
        return
    try:
        choose(item, prices=prices, catalog=catalog)
    except InfeasibleError as error:
        msg = f"{part} of {name} stands in the way: {error}"
        raise InfeasibleError(msg, nearest=error.nearest, rejected=error.rejected) from None


def _loosened(objective: Objective, parts: Sequence[Objective]) -> Objective:
    """Return *objective*, loosened to what is declared for single parts: fewer parts never make it tighter."""
    targets = {}
    for disruption, target in objective.targets():
        found = [target, *filter(None, (part.target(disruption) for part in parts))]
        targets[disruption.value] = Target.of_seconds(max(one.rto for one in found), max(one.rpo for one in found))
    return objective.with_targets(**targets)


def _cost_of_kept(built: BuiltWorkload) -> Rank | None:
    return (float(built.usd),) if built.met else None


def _distance(built: BuiltWorkload, *, below: Decimal | None = None) -> Rank | None:
    """Return what can be had at no looseness, and how far the rest is from what is promised; then the cost.

    None where nothing costs less than *below*.
    """
    ranks = []
    for rest in built.rests:
        usd = built.usd_with(rest)
        if below is not None and usd >= below:
            break
        # More parts are no nearer together than some of them are, or one of them is.
        ranks.append((*added(built.apart, rest.apart, max(built.together, rest.together)), float(usd)))
    return min(ranks, default=None)


def _infeasible(name: str, objective: Objective, menus: Sequence[WorkloadMenu]) -> InfeasibleError:
    built = best_of(menus, _distance)
    assert built is not None, "each part alone can be had"
    looser = {}
    for disruption, estimate in built.whole.estimates.items():
        figures = readable(estimate.rto_seconds, estimate.rpo_seconds)
        if estimate.target is not None and estimate.verdict is Verdict.BREACHED and figures is not None:
            rto, rpo = (max(pair) for pair in zip(figures, (estimate.target.rto, estimate.target.rpo), strict=True))
            looser[disruption.value] = Target.of_seconds(rto, rpo)
    nearest = objective.with_targets(**looser) if looser else None
    msg = f"each part of {name} keeps {objective} alone, and together they do not: {'; '.join(built.missed)}"
    if nearest is not None:
        msg += f"; the nearest that can be had: {nearest}"
    return InfeasibleError(msg, nearest=nearest)
