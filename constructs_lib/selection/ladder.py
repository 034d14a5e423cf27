"""Each pattern's settings, from the cheapest to the tightest: what choosing climbs, whatever the objective is."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property, lru_cache
from itertools import product
from math import ceil
from typing import TYPE_CHECKING

import attrs
from msgspec.structs import replace

from constructs_lib.assessment import Outlook, outlook
from constructs_lib.catalog.databases.engines import load_engines, serverless
from constructs_lib.catalog.kinds.mechanism import days_to_reach, judged_parameters
from constructs_lib.catalog.regions import region_set
from constructs_lib.components import Component, Protection
from constructs_lib.costs import monthly_cost
from constructs_lib.selection.rules import engine_for, ruled_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from constructs_lib.catalog.catalog import Catalog, Routing
    from constructs_lib.catalog.databases.engines import Engine
    from constructs_lib.catalog.kinds.mechanism import Scalar
    from constructs_lib.catalog.kinds.pattern import Pattern
    from constructs_lib.catalog.prices import Prices
    from constructs_lib.costs.cost import MonthlyCost
    from constructs_lib.costs.usage import Usage
    from constructs_lib.objectives import Assumptions, Objective
    from constructs_lib.selection.request import Request, Settings

    Setting = tuple[tuple[int, ...], tuple[Protection, ...]]
    Fixed = tuple[tuple[str, tuple[tuple[str, Scalar], ...]], ...]
    Menu = tuple[tuple["Ladder", ...], tuple[tuple[Pattern, str], ...]]

_SECONDARY = "global_database"
"""The mechanism whose instances in the recovery Region may be serverless, whatever the others are."""

_PRESENT = ""
"""In place of a parameter's name: whether an optional part is there."""

Step = tuple[str, str]


@attrs.frozen(kw_only=True, eq=False)
class Rung:
    """One setting of a pattern: what the component is then, what it is worth, and what it costs.

    Attributes:
        component: The component as protected.
        position: Where each of the pattern's settings stands between its cheapest (0) and its tightest.
        usage: What its bill depends on, with the class of its instances where capacity units are declared.
    """

    component: Component
    position: tuple[int, ...]
    usage: Usage
    _assumptions: Assumptions = attrs.field(repr=False)
    _prices: Prices = attrs.field(repr=False)
    _catalog: Catalog = attrs.field(repr=False)

    @cached_property
    def outlook(self) -> Outlook:
        """What it is worth."""
        return outlook(self.component, self._assumptions, self._catalog)

    @cached_property
    def cost(self) -> MonthlyCost:
        """What it costs in a month."""
        return monthly_cost(self.component, self.usage, self._prices, catalog=self._catalog)

    def is_no_cheaper_than(self, other: Rung) -> bool:
        """Tell whether no setting is cheaper than in *other*: then the whole is not either."""
        return all(mine >= theirs for mine, theirs in zip(self.position, other.position, strict=True))


@attrs.frozen(kw_only=True, eq=False)
class Ladder:
    """A pattern under one routing, built of one class of instance; its last rung is the tightest in every setting.

    Attributes:
        pattern: The pattern.
        routing: The routing's name.
        third_region: The witness's or third replica's Region, where there is one.
        ordered: Whether the rungs go from the cheapest to the dearest. They do not where backups are kept as long as
            damage may go unnoticed: the rarer they are, the longer that is.
    """

    pattern: Pattern
    routing: str
    third_region: str | None
    ordered: bool
    _settings: tuple[Setting, ...] = attrs.field(repr=False)
    _make: Callable[[Setting], Rung] = attrs.field(repr=False)
    _made: dict[int, Rung] = attrs.field(init=False, factory=dict, repr=False)

    def rung(self, index: int) -> Rung:
        """Return one rung; it is made when somebody asks."""
        if index not in self._made:
            self._made[index] = self._make(self._settings[index])
        return self._made[index]

    @property
    def rungs(self) -> tuple[Rung, ...]:
        """Every rung, the cheapest first."""
        return tuple(map(self.rung, range(len(self._settings))))

    def cheapest(self, objective: Objective) -> Rung | None:
        """Return the cheapest rung that keeps *objective*, or None where not even the tightest does."""
        last = len(self._settings) - 1
        if not self.rung(last).outlook.keeps(objective):
            return None
        if not self.ordered:
            return min((rung for rung in self.rungs if rung.outlook.keeps(objective)), key=lambda rung: rung.cost.usd)
        if sum(at > 0 for at in self._settings[last][0]) < 2:
            # With one setting, what keeps the objective begins somewhere and goes on to the end.
            return self.rung(bisect_left(range(last), True, key=lambda at: self.rung(at).outlook.keeps(objective)))
        kept: list[Rung] = []
        for rung in self.rungs:
            # What is priced is no more than what may be the cheapest: a rung above one that does it is not.
            if not any(rung.is_no_cheaper_than(other) for other in kept) and rung.outlook.keeps(objective):
                kept.append(rung)
        return min(kept, key=lambda rung: rung.cost.usd)


@attrs.frozen(kw_only=True)
class _Asked:
    """A request without its targets: those who ask alike climb the same ladders."""

    key: tuple[object, ...]
    request: Request = attrs.field(eq=False)


def menu(request: Request, catalog: Catalog, prices: Prices) -> Menu:
    """Return every ladder that *request* may climb, and the patterns that a rule excludes, each with the rule."""
    settings = tuple((name, tuple(sorted(values.items()))) for name, values in sorted(request.settings.items()))
    key = (
        request.kind,
        request.region,
        request.recovery_region,
        request.engine,
        request.usage,
        request.provider,
        request.features,
        request.routings,
        request.pattern,
        request.third_region,
        settings,
        request.objective.assumptions,
    )
    return _menu(_Asked(key=key, request=request), catalog, prices)


@lru_cache
def _menu(asked: _Asked, catalog: Catalog, prices: Prices) -> Menu:
    request = asked.request
    patterns: Sequence[Pattern] = catalog.patterns[request.kind]
    if request.pattern is not None:
        patterns = (catalog.pattern(request.kind, request.pattern),)
    refused: list[tuple[Pattern, str]] = []
    ladders: list[Ladder] = []
    for pattern in patterns:
        rule = ruled_out(pattern, request, catalog)
        if rule is not None:
            refused.append((pattern, rule))
            continue
        for routing in _routings(pattern, request, catalog):
            for form in _forms(pattern, request):
                ladders.append(_ladder(pattern, routing, form, catalog, prices))
    return tuple(ladders), tuple(refused)


def _routings(pattern: Pattern, request: Request, catalog: Catalog) -> Iterator[Routing]:
    for routing in catalog.routings:
        allowed = request.routings is None or routing.name in request.routings
        if allowed if pattern.active else routing.name == "manual":
            yield routing


def _forms(pattern: Pattern, request: Request) -> Iterator[Request]:
    """Yield *request* with each class of instance it may be built of, here and in the recovery Region.

    There is one, unless it declares the capacity units that are needed and names no class. A secondary cluster without
    instances gets those of the primary one on the day.
    """
    usage, rules = request.usage, load_engines().get(engine_for(pattern, request) or "")
    regions = pattern.regions(request.region, request.recovery_region)
    if usage.most_acus is None or rules is None or not rules.serverless_majors:
        yield request if rules is None else _of_a_class_there(request, rules, pattern, regions)
        return
    secondary = next((part for part in pattern.protections if part.mechanism == _SECONDARY), None)
    named = usage.instance_class
    classes: Sequence[str] = (named,) if named is not None else (serverless().instance_class,)
    provisioned = serverless().class_holding_in(usage.most_acus, rules, *regions)
    if named is None and provisioned is not None:
        classes = (provisioned, *classes)
    # What stands beside a serverless cluster is of the usual class, whatever the Regions have.
    mixed = provisioned == serverless().class_holding(usage.most_acus)
    for here in classes:
        own = attrs.evolve(request, usage=attrs.evolve(usage, instance_class=here))
        alike = named is not None or secondary is None or secondary.parameters.get("headless") is True
        for there in (here,) if alike or not mixed else classes:
            if there != serverless().instance_class or secondary is None:
                yield own
            else:
                given = {**request.settings.get(_SECONDARY, {}), "serverless": True}
                yield attrs.evolve(own, settings={**request.settings, _SECONDARY: given})


def _of_a_class_there(request: Request, rules: Engine, pattern: Pattern, regions: tuple[str, ...]) -> Request:
    """Return *request* with a class of the Regions' own, where they lack the one that is built elsewhere."""
    cluster = pattern.instance_family is not None
    built = rules.class_in(*regions, cluster=cluster)
    usual = rules.cluster_class if cluster else rules.instance_class
    if request.usage.instance_class is not None or built in (usual, None):
        return request
    return attrs.evolve(request, usage=attrs.evolve(request.usage, instance_class=built))


def _ladder(pattern: Pattern, routing: Routing, request: Request, catalog: Catalog, prices: Prices) -> Ladder:
    third = _third_region(pattern, request)
    component = Component(
        name=request.kind.value,
        kind=request.kind,
        region=request.region,
        engine=engine_for(pattern, request),
        size_gb=ceil(request.usage.size_gb),
    )

    def make(setting: Setting) -> Rung:
        position, protections = setting
        return Rung(
            component=replace(component, protections=protections),
            position=position,
            usage=request.usage,
            assumptions=request.objective.assumptions,
            prices=prices,
            catalog=catalog,
        )

    fixed = tuple((name, tuple(sorted(values.items()))) for name, values in sorted(request.settings.items()))
    unnoticed = request.objective.assumptions.unnoticed_time
    settings = _settings(
        pattern.kind, pattern.name, routing.name, request.recovery_region, third, fixed, unnoticed, catalog
    )
    return Ladder(
        pattern=pattern,
        routing=routing.name,
        third_region=third,
        ordered=unnoticed is None,
        settings=settings,
        make=make,
    )


@lru_cache(maxsize=4_096)
def _settings(
    kind: str,
    pattern_name: str,
    routing_name: str,
    recovery_region: str | None,
    third: str | None,
    fixed: Fixed,
    unnoticed: int | None,
    catalog: Catalog,
) -> tuple[Setting, ...]:
    """Return every setting of a pattern under a routing: its position, and the protections it comes to."""
    pattern = catalog.pattern(kind, pattern_name)
    routing = next(item for item in catalog.routings if item.name == routing_name)
    given = {mechanism: dict(values) for mechanism, values in fixed}
    steps = _steps(pattern, given, catalog)
    found = []
    for position in product(*(range(len(values)) for values in steps.values())):
        chosen = {step: values[at] for (step, values), at in zip(steps.items(), position, strict=True)}
        protections = tuple(_protections(pattern, routing, recovery_region, given, chosen, third))
        if unnoticed is not None:
            protections = tuple(_kept_as_long(item, given, pattern, unnoticed, catalog) for item in protections)
        found.append((position, protections))
    return tuple(found)


def _kept_as_long(
    protection: Protection, given: Settings, pattern: Pattern, unnoticed: int, catalog: Catalog
) -> Protection:
    """Return *protection*, kept for the fewest days that reach back to before the damage, or the most there are."""
    mechanism = catalog.mechanism(pattern.kind, protection.mechanism)
    parameters = dict(protection.parameters)
    for cover in mechanism.covers:
        if cover.lasts is not None and cover.lasts not in given.get(protection.mechanism, {}):
            days = days_to_reach(cover, parameters, mechanism, unnoticed)
            parameters[cover.lasts] = days if cover.lasts_most is None else min(days, cover.lasts_most)
    return attrs.evolve(protection, parameters=parameters)


def _third_region(pattern: Pattern, request: Request) -> str | None:
    if pattern.region_set is None:
        return None
    if request.third_region is not None:
        return request.third_region
    members = region_set(pattern.region_set.name, request.region)
    taken = (request.region, request.recovery_region)
    return next((region for region in members.regions if region not in taken), None) if members else None


def _steps(pattern: Pattern, given: Settings, catalog: Catalog) -> dict[Step, tuple[Scalar, ...]]:
    """Return what may be set, each with its values from the cheapest to the tightest.

    What no estimate depends on stays at its cheapest, and what the caller fixes is not chosen at all.
    """
    steps: dict[Step, tuple[Scalar, ...]] = {
        (part.mechanism, _PRESENT): (False, True)
        for part in pattern.protections
        if part.optional and part.mechanism not in given
    }
    for option in pattern.options:
        if option.parameter not in given.get(option.mechanism, {}):
            judged = option.parameter in judged_parameters(catalog.mechanism(pattern.kind, option.mechanism))
            steps[option.mechanism, option.parameter] = option.values if judged else option.values[:1]
    return steps


def _protections(
    pattern: Pattern,
    routing: Routing,
    recovery_region: str | None,
    given: Settings,
    chosen: Mapping[Step, Scalar],
    third: str | None,
) -> Iterator[Protection]:
    for part in (*pattern.protections, *routing.protections):
        if chosen.get((part.mechanism, _PRESENT)) is False:
            continue
        parameters: dict[str, object] = dict(part.parameters)
        parameters.update(
            {name: value for (mechanism, name), value in chosen.items() if mechanism == part.mechanism and name}
        )
        parameters.update(given.get(part.mechanism, {}))
        if third is not None and part.where == "recovery":
            parameters["third_region"] = third
        yield Protection(
            mechanism=part.mechanism,
            region=recovery_region if part.where == "recovery" else None,
            parameters=parameters,
        )
