"""Every way to build the parts of a workload, and the search for the best workload of them: branch and bound."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import attrs
import msgspec
from msgspec.structs import replace

from constructs_lib.assessment import assess
from constructs_lib.components.component import Component
from constructs_lib.costs import MonthlyCost
from constructs_lib.selection.built import NO_REST, BuiltPart, BuiltWorkload, Rest, added
from constructs_lib.selection.ladder import menu

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from constructs_lib.catalog.catalog import Catalog
    from constructs_lib.catalog.prices import Prices
    from constructs_lib.objectives import Objective
    from constructs_lib.selection.request import Request

    Rank = tuple[float, ...]
    Judge = Callable[[BuiltWorkload], Rank | None]
    """How good a workload is, the least best; None: not wanted. More parts never make it better or wanted."""
    _Best = tuple[Rank, BuiltWorkload] | None

__all__ = ["Elsewhere", "WorkloadMenu", "best_of", "ways_to_build"]

_NOTHING: Final = MonthlyCost(lines=())


class Elsewhere(msgspec.Struct, frozen=True, kw_only=True):
    """A part that somebody else builds: *component* as its owner declares it, and what it has to keep."""

    component: Component
    objective: Objective


class WorkloadMenu(msgspec.Struct, frozen=True, kw_only=True, eq=False, dict=True):
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

    def wanted(self, judge: Judge) -> WorkloadMenu:
        """Return the menu without what is not even wanted alone."""
        ways = tuple(tuple(part for part in ways if judge(self.alone(part)) is not None) for ways in self.ways)
        return replace(self, ways=ways)

    @cached_property
    def _rests(self) -> tuple[tuple[Rest, ...], ...]:
        """By how many parts are chosen: what the others come to at least, whatever is chosen among them."""
        found: list[tuple[Rest, ...]] = [NO_REST]
        for ways in reversed(self.ways):
            alone = [self.alone(part) for part in ways]
            with_one_more = (
                Rest(
                    usd=rest.usd + one.parts[0].own_usd,
                    apart=added(rest.apart, one.apart),
                    together=max(rest.together, one.together),
                )
                for one in alone
                for rest in found[-1]
            )
            kept: list[Rest] = []
            for rest in sorted(with_one_more, key=lambda rest: (rest.usd, rest.apart, rest.together)):
                if not any(rest.is_no_better_than(other) for other in kept):
                    kept.append(rest)
            found.append(tuple(kept))
        return tuple(reversed(found))


def ways_to_build(
    parts: Mapping[str, Request | Elsewhere], routing: str, catalog: Catalog, prices: Prices
) -> tuple[tuple[BuiltPart, ...], ...]:
    """Return, for each part, the ways to build it under *routing* that are worth a look."""
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
                    assessment=replace(assessment, component=replace(rung.component, name=name)),
                    cost=rung.cost,
                )
            )
    found.sort(key=lambda part: (part.own_usd, part.figures))
    kept: list[BuiltPart] = []
    for part in found:
        if not any(part.is_no_better_than(other) for other in kept):
            kept.append(part)
    return tuple(kept)


def best_of(menus: Sequence[WorkloadMenu], judge: Judge, near: BuiltWorkload | None = None) -> BuiltWorkload | None:
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


def _search(one: WorkloadMenu, parts: tuple[BuiltPart, ...], judge: Judge, best: _Best) -> _Best:
    """Return the best workload that begins with *parts*, or *best* where none is better: branch and bound."""
    for part in one.ways[len(parts)]:
        found = _better(best, one.built((*parts, part)), judge)
        if found is not best and found is not None:
            best = found if len(parts) + 1 == len(one.ways) else _search(one, found[1].parts, judge, best)
    return best
