"""Choosing for a whole workload: the cheapest way to build its parts that keeps what it promises as a whole.

What each part keeps alone, the workload may miss: one part waits for another, and hands are few.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Final

import attrs

from constructs_lib.assessment import Verdict, WorkloadAssessment, assess, assess_workload
from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.prices import load_prices
from constructs_lib.components.external import answers_for
from constructs_lib.costs import MonthlyCost
from constructs_lib.errors import ConfigurationError, InfeasibleError
from constructs_lib.objectives import Disruption, Objective, Target, format_duration
from constructs_lib.selection.choice import blocking
from constructs_lib.selection.choose import choose
from constructs_lib.selection.ladder import menu
from constructs_lib.selection.shortfall import beyond, readable, shortfall

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from constructs_lib.assessment import Assessment, WorkloadEstimate
    from constructs_lib.catalog.catalog import Catalog
    from constructs_lib.catalog.prices import Prices
    from constructs_lib.components import Component
    from constructs_lib.selection.request import Request

    Rank = tuple[float, ...]
    Judge = Callable[["BuiltWorkload"], Rank | None]
    """How good a workload is, the least best; None: not wanted. More parts never make it better or wanted."""
    _Best = tuple[Rank, "BuiltWorkload"] | None

__all__ = ["BuiltPart", "BuiltWorkload", "Elsewhere", "WorkloadChoice", "choose_workload"]

_NOT_KEPT: Final = (Verdict.BREACHED, Verdict.UNKNOWN)
_NOTHING: Final = MonthlyCost(lines=())
_FINE: Final = 1_000_000
"""How finely distances are told apart. They are whole numbers, so that a sum is the same in whatever order."""


@attrs.frozen(kw_only=True)
class Elsewhere:
    """A part that somebody else builds: *component* as its owner declares it, and what it has to keep."""

    component: Component
    objective: Objective


@attrs.frozen(kw_only=True, eq=False)
class BuiltPart:
    """One part, built in one way.

    Attributes:
        name: What the workload calls it.
        pattern: The pattern's name, with the routing where it is not by hand.
        active: Whether both Regions are written to, or the part has one writer.
        assessment: What it is worth.
        cost: What it costs in a month.
    """

    name: str
    pattern: str
    active: bool
    assessment: Assessment
    cost: MonthlyCost

    @cached_property
    def shortfall(self) -> tuple[int, float]:
        """How far it is from what is declared for it."""
        return shortfall(self.assessment)

    @cached_property
    def figures(self) -> tuple[float, ...]:
        """Everything that the workload's figures and its bill come from, each the worse the more it is."""
        found: list[float] = [*self.shortfall]
        for estimate in self.assessment.estimates.values():
            unknown = estimate.rto_seconds is None
            found += [unknown, estimate.rpo_seconds is None, estimate.rpo_seconds or 0, not estimate.automatic]
            found += [
                sum(reason.seconds for reason in estimate.reasons if reason.step == step and not unknown)
                for step in ("detect", "decide", "act", "propagate")
            ]
        return tuple(found)

    @cached_property
    def met(self) -> bool:
        """Whether it keeps what is declared for it."""
        return self.assessment.met

    @cached_property
    def own_usd(self) -> Decimal:
        """What it costs beside what the workload's parts share."""
        return sum((line.usd for line in self.cost.lines if not line.shared), Decimal(0))

    @cached_property
    def shared(self) -> Mapping[tuple[str, str], Decimal]:
        """What it needs of what the workload's parts share, and what that costs, in USD."""
        return {(line.price.dimension, line.price.region): line.usd for line in self.cost.lines if line.shared}

    def is_no_better_than(self, other: BuiltPart) -> bool:
        """Tell whether *other* is as good in everything, whatever the other parts are."""
        return (
            other.own_usd <= self.own_usd
            and all(mine >= theirs for mine, theirs in zip(self.figures, other.figures, strict=True))
            and all(self.shared.get(key, 0) >= usd for key, usd in other.shared.items())
        )


@attrs.frozen(kw_only=True)
class _Rest:
    """The least that parts which are not chosen yet come to, if they are to cost no more than *usd*.

    Attributes:
        usd: What they cost beside what the workload's parts share.
        apart: How far each is from what is declared for it, added up, as a number of promises and a distance.
        together: How far a workload of the farthest of them, and nothing else, is from what it promises, likewise.
    """

    usd: Decimal
    apart: tuple[int, int]
    together: tuple[int, int]

    def is_no_better_than(self, other: _Rest) -> bool:
        return other.usd <= self.usd and other.apart <= self.apart and other.together <= self.together


_NO_REST: Final = (_Rest(usd=Decimal(0), apart=(0, 0), together=(0, 0)),)


@attrs.frozen(kw_only=True, eq=False)
class BuiltWorkload:
    """A workload, each part built in one way.

    Attributes:
        objective: What it promises.
        routing: How traffic gets to the recovery Region.
        parts: Its parts.
        rests: What the parts that are not chosen yet come to at least, the cheapest first.
    """

    objective: Objective
    routing: str
    parts: tuple[BuiltPart, ...]
    rests: tuple[_Rest, ...] = _NO_REST

    @cached_property
    def whole(self) -> WorkloadAssessment:
        """What the parts keep together."""
        return assess_workload([part.assessment for part in self.parts], self.objective)

    @cached_property
    def usd(self) -> Decimal:
        """What all of it costs in a month at list prices, in USD: what is shared counts once, as in `together`."""
        return self.usd_with(self.rests[0])

    def usd_with(self, rest: _Rest) -> Decimal:
        """Return what it costs with *rest* for the parts that are not chosen yet."""
        return (self._chosen_usd + rest.usd).quantize(Decimal("0.01"))

    @cached_property
    def _chosen_usd(self) -> Decimal:
        shared: dict[tuple[str, str], Decimal] = {}
        for part in self.parts:
            for key, usd in part.shared.items():
                shared[key] = max(usd, shared.get(key, usd))
        return sum((part.own_usd for part in self.parts), sum(shared.values(), Decimal(0)))

    @cached_property
    def apart(self) -> tuple[int, int]:
        """How many promises its parts cannot keep at any looseness, and how far the others are, added up."""
        return _added(*((never, round(far * _FINE)) for never, far in (part.shortfall for part in self.parts)))

    @cached_property
    def together(self) -> tuple[int, int]:
        """The same of its own promises, which the parts keep together."""
        found = []
        for estimate in self.whole.estimates.values():
            if estimate.target is not None:
                figures = readable(estimate.rto_seconds, estimate.rpo_seconds)
                found.append((1, 0) if figures is None else (0, round(beyond(estimate.target, figures) * _FINE)))
        return _added(*found)

    @property
    def met(self) -> bool:
        """Whether it keeps everything that is declared, and each part what is declared for it."""
        return all(part.met for part in self.parts) and all(
            item.verdict is Verdict.MET for item in self.whole.estimates.values() if item.target is not None
        )

    @property
    def missed(self) -> tuple[str, ...]:
        """What the whole does not keep, a part of a sentence for each disruption, with the part that sets it."""
        return tuple(_missed(item) for item in self.whole.estimates.values() if item.verdict in _NOT_KEPT)

    @property
    def needs_latch(self) -> tuple[str, ...]:
        """The parts with one writer, which traffic must not reach in the other Region before somebody fails them over.

        Empty where traffic is led by hand.
        """
        return () if self.routing == "manual" else tuple(part.name for part in self.parts if not part.active)


@attrs.frozen(kw_only=True, eq=False)
class WorkloadChoice:
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
        _Menu(objective=promised, routing=routing.name, ways=_ways(parts, routing.name, facts, table))
        for routing in facts.routings
        if all(
            isinstance(item, Elsewhere) or item.routings is None or routing.name in item.routings
            for item in parts.values()
        )
    ]
    if not menus:
        msg = f"the parts of {name} allow no routing in common; allow one for all of them"
        raise ConfigurationError(msg)
    chosen = _best(menus, _cost_of_kept)
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
        cheaper=_best(menus, cheaper, chosen),
        faster=_best(menus, faster, chosen),
        losing_less=_best(menus, losing_less, chosen),
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


@attrs.frozen(kw_only=True, eq=False)
class _Menu:
    """Every way to build each part under one routing."""

    objective: Objective
    routing: str
    ways: tuple[tuple[BuiltPart, ...], ...]

    def built(self, parts: tuple[BuiltPart, ...]) -> BuiltWorkload:
        """Return the workload of *parts*, the first of those there are."""
        rests = self._rests[len(parts)]
        return BuiltWorkload(objective=self.objective, routing=self.routing, parts=parts, rests=rests)

    def alone(self, part: BuiltPart) -> BuiltWorkload:
        """Return a workload of *part* and nothing else."""
        return BuiltWorkload(objective=self.objective, routing=self.routing, parts=(part,))

    def wanted(self, judge: Judge) -> _Menu:
        """Return the menu without what is not even wanted alone."""
        ways = tuple(tuple(part for part in ways if judge(self.alone(part)) is not None) for ways in self.ways)
        return attrs.evolve(self, ways=ways)

    @cached_property
    def _rests(self) -> tuple[tuple[_Rest, ...], ...]:
        """By how many parts are chosen: what the others come to at least, whatever is chosen among them."""
        found: list[tuple[_Rest, ...]] = [_NO_REST]
        for ways in reversed(self.ways):
            alone = [self.alone(part) for part in ways]
            with_one_more = (
                _Rest(
                    usd=rest.usd + one.parts[0].own_usd,
                    apart=_added(rest.apart, one.apart),
                    together=max(rest.together, one.together),
                )
                for one in alone
                for rest in found[-1]
            )
            kept: list[_Rest] = []
            for rest in sorted(with_one_more, key=lambda rest: (rest.usd, rest.apart, rest.together)):
                if not any(rest.is_no_better_than(other) for other in kept):
                    kept.append(rest)
            found.append(tuple(kept))
        return tuple(reversed(found))


def _ways(
    parts: Mapping[str, Request | Elsewhere], routing: str, catalog: Catalog, prices: Prices
) -> tuple[tuple[BuiltPart, ...], ...]:
    return tuple(
        (_as_declared(item, catalog),) if isinstance(item, Elsewhere) else _built(name, item, routing, catalog, prices)
        for name, item in parts.items()
    )


def _as_declared(part: Elsewhere, catalog: Catalog) -> BuiltPart:
    return BuiltPart(
        name=part.component.name,
        pattern="declared",
        active=True,
        assessment=assess(part.component, part.objective, catalog),
        cost=_NOTHING,
    )


def _built(name: str, request: Request, routing: str, catalog: Catalog, prices: Prices) -> tuple[BuiltPart, ...]:
    """Return the ways to build a part under *routing* of which none is as good as another in everything."""
    ladders, _ = menu(attrs.evolve(request, routings=(routing,)), catalog, prices)
    found: list[BuiltPart] = []
    for ladder in ladders:
        if ladder.pattern.asks is not None and request.pattern != ladder.pattern.name:
            continue
        label = ladder.pattern.name if ladder.routing == "manual" else f"{ladder.pattern.name}+{ladder.routing}"
        for rung in ladder.rungs:
            assessment = rung.outlook.against(request.objective)
            found.append(
                BuiltPart(
                    name=name,
                    pattern=label,
                    active=ladder.pattern.active or not catalog.kinds[request.kind].one_writer,
                    assessment=attrs.evolve(assessment, component=attrs.evolve(rung.component, name=name)),
                    cost=rung.cost,
                )
            )
    found.sort(key=lambda part: (part.own_usd, part.figures))
    kept: list[BuiltPart] = []
    for part in found:
        if not any(part.is_no_better_than(other) for other in kept):
            kept.append(part)
    return tuple(kept)


def _best(menus: Sequence[_Menu], judge: Judge, near: BuiltWorkload | None = None) -> BuiltWorkload | None:
    """Return the best workload there is, or None; *near* is where to look first."""
    best: _Best = None
    menus = [one for one in (item.wanted(judge) for item in menus) if all(one.ways)]
    for one in menus:
        if near is not None and one.routing == near.routing:
            for at, ways in enumerate(one.ways):
                for part in ways:
                    best = _better(best, one.built((*near.parts[:at], part, *near.parts[at + 1 :])), judge)
    for one in menus:
        best = _search(one, (), judge, best)
    return None if best is None else best[1]


def _better(best: _Best, built: BuiltWorkload, judge: Judge) -> _Best:
    rank = judge(built)
    return best if rank is None or (best is not None and rank >= best[0]) else (rank, built)


def _search(one: _Menu, parts: tuple[BuiltPart, ...], judge: Judge, best: _Best) -> _Best:
    """Return the best workload that begins with *parts*, or *best* where none is better: branch and bound."""
    for part in one.ways[len(parts)]:
        found = _better(best, one.built((*parts, part)), judge)
        if found is not best and found is not None:
            best = found if len(parts) + 1 == len(one.ways) else _search(one, found[1].parts, judge, best)
    return best


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
        ranks.append((*_added(built.apart, rest.apart, max(built.together, rest.together)), float(usd)))
    return min(ranks, default=None)


def _added(*distances: tuple[int, int]) -> tuple[int, int]:
    return sum(never for never, _ in distances), sum(far for _, far in distances)


def _infeasible(name: str, objective: Objective, menus: Sequence[_Menu]) -> InfeasibleError:
    built = _best(menus, _distance)
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


def _missed(estimate: WorkloadEstimate) -> str:
    figures = readable(estimate.rto_seconds, estimate.rpo_seconds)
    if figures is None or estimate.target is None:
        how = "nothing recovers" if estimate.lost else "it is not known how to recover"
        return f"{estimate.disruption}: {how} {estimate.sets_rto}"
    asked = (estimate.target.rto, estimate.target.rpo)
    return f"{estimate.disruption}: " + " and ".join(
        f"{what} {format_duration(given)} in place of {format_duration(wanted)}, set by {part or 'all parts together'}"
        for what, given, wanted, part in zip(
            ("RTO", "RPO"), figures, asked, (estimate.sets_rto, estimate.sets_rpo), strict=True
        )
        if given > wanted
    )
