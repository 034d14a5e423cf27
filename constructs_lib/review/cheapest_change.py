"""The cheapest change that would keep an objective."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import attrs
from msgspec.structs import replace

from constructs_lib.assessment import assess
from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.prices import load_prices
from constructs_lib.catalog.regions import recommended_recovery_region
from constructs_lib.components import ENABLED, Component, Kind
from constructs_lib.costs import Usage
from constructs_lib.declaration.kinds import KINDS
from constructs_lib.errors import InfeasibleError, InputError
from constructs_lib.objectives import Objective
from constructs_lib.plan.kinds.component_builder import NOT_OFFERED
from constructs_lib.review.reviewed_component import counted, leaves_region
from constructs_lib.selection import Request, choose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.catalog.catalog import Catalog
    from constructs_lib.catalog.prices import Prices
    from constructs_lib.components import Protection
    from constructs_lib.declaration.declaration import Declaration
    from constructs_lib.selection import Candidate

_AUTOMATIC: Final = "aws_efs_backup_policy."
"""What makes backups that nobody can set anything of: others are added."""
_STANDBYS: Final = "multi_az_cluster"
_HEADLESS: Final = "headless"
_COLD: Final = "cold_after_days"
_INTERNAL: Final = frozenset({"two_way", _HEADLESS, "custom_origin", "standby", "instances"})
_ANY: Final = frozenset({*_INTERNAL, "third_region"})
"""What is as good with another value: a witness elsewhere is one too, and one that cannot be has a doubt."""


def cheapest_change(
    component: Component,
    objective: Objective,
    *,
    catalog: Catalog,
    declaration: Declaration | None = None,
    prices: Prices | None = None,
    instance_class: str | None = None,
) -> str:
    """Return what would keep *objective* for *component* at the lowest cost, in words, or that nothing would.

    The Region stays, and so does the engine of a database. The recovery Region is the declared one, else the one that
    some copy is in already, else the one we recommend.

    Args:
        component: As the plan leaves it.
        objective: What it must keep.
        catalog: The facts.
        declaration: Where it names a recovery Region.
        prices: The price table. Default: the shipped one.
        instance_class: Of a database. Default, and where nothing can be had with it: what its engine is priced on.
    """
    if component.kind.value not in KINDS:
        return f"the catalog has no patterns for a {component.kind}; compare with docs/choosing.md by hand"
    if component.region is None:
        return "the Region it lives in is not known in the plan, so nothing can be chosen"
    recovery = _recovery_region(component, declaration)
    wanted = (component.kind, objective, component.region, recovery, component.engine, component.size_gb, prices)
    try:
        found = _with_class(wanted, instance_class)
    except InfeasibleError as error:
        where = component.region if recovery is None else f"{component.region} and {recovery}"
        if isinstance(error.nearest, Objective):
            return f"no pattern keeps it for this {component.kind} in {where}; the nearest is: {error.nearest}"
        return f"no pattern keeps it for this {component.kind} in {where}"
    except InputError:
        return f"the catalog does not know this {component.kind}'s engine or Region, so nothing can be chosen"
    return _said(component, found, catalog, recovery)


def repair(component: Component, objective: Objective, *, catalog: Catalog) -> str | None:
    """Return what to repair of what is declared and does not count, where that alone keeps *objective*; else None."""
    if (warm := _warm(component, objective, catalog)) is not None:
        return warm
    doubted = [item for item in component.protections if _repairable(item)]
    if not doubted:
        return None
    sound = tuple(attrs.evolve(item, doubts=()) if item in doubted else item for item in component.protections)
    if not assess(replace(component, protections=sound), objective, catalog).met:
        return None
    steps = [
        f"repair {catalog.mechanism(component.kind, item.mechanism).title}: {doubt}"
        for item in doubted
        for doubt in item.doubts
    ]
    return "; ".join(dict.fromkeys(steps))


def _warm(component: Component, objective: Objective, catalog: Catalog) -> str | None:
    """Return which recovery points to keep out of cold storage for longer, where that alone keeps *objective*."""
    cold = [item for item in component.protections if _COLD in item.parameters]
    if not cold:
        return None
    sound = tuple(
        attrs.evolve(item, parameters={name: value for name, value in item.parameters.items() if name != _COLD})
        if item in cold
        else item
        for item in component.protections
    )
    if not assess(replace(component, protections=sound), objective, catalog).met:
        return None
    steps = [
        f"keep what {catalog.mechanism(component.kind, item.mechanism).title} makes out of cold storage for longer "
        f"than {item.parameters[_COLD]} d"
        for item in cold
    ]
    return "; ".join(dict.fromkeys(steps))


def _repairable(item: Protection) -> bool:
    hopeless = any(doubt.startswith(NOT_OFFERED) for doubt in item.doubts)
    return bool(item.doubts) and ENABLED not in item.unknown and not hopeless


def _with_class(
    wanted: tuple[Kind, Objective, str, str | None, str | None, int, Prices | None], instance_class: str | None
) -> Candidate:
    try:
        return _chosen(*wanted, instance_class)
    except InfeasibleError:
        if instance_class is None:
            raise
    return _chosen(*wanted, None)


@lru_cache(maxsize=4096)
def _chosen(
    kind: Kind,
    objective: Objective,
    region: str,
    recovery: str | None,
    engine: str | None,
    size_gb: int,
    prices: Prices | None,
    instance_class: str | None,
) -> Candidate:
    request = Request(
        kind=kind,
        objective=objective,
        region=region,
        recovery_region=recovery,
        engine=engine if load_catalog().kinds[kind].has_engine else None,
        usage=Usage(size_gb=size_gb, instance_class=instance_class),
    )
    return choose(request, prices=prices or load_prices()).chosen


def _recovery_region(component: Component, declaration: Declaration | None) -> str | None:
    declared = None if declaration is None else declaration.regions
    if declared is not None:
        if component.region == declared.primary:
            return declared.recovery
        if component.region == declared.recovery:
            return declared.primary
    for protection in component.protections:
        if leaves_region(component, protection):
            return protection.region
    try:
        return recommended_recovery_region(component.region or "")
    except InputError:
        return None


def _said(component: Component, chosen: Candidate, catalog: Catalog, recovery: str | None) -> str:
    present = list(counted(component))
    steps = []
    for wanted in chosen.component.protections:
        title = catalog.mechanism(component.kind, wanted.mechanism).title
        have = [item for item in present if item.mechanism == wanted.mechanism and _AUTOMATIC not in str(item.address)]
        where = f" to {wanted.region}" if wanted.region is not None else ""
        settings = _settings(wanted.parameters)
        declared = _declared(component, wanted)
        if not any(item.region == wanted.region or wanted.region is None for item in have) and declared is not None:
            there, doubt = declared
            more = f"; and set it to {settings}" if settings and not _as_good(there, wanted) else ""
            steps.append(f"make {title}{where} work: {doubt}{more}")
        elif not any(item.region == wanted.region or wanted.region is None for item in have):
            steps.append(f"add {title}{where}{f' ({settings})' if settings else ''}")
        elif not any(_as_good(item, wanted) for item in have):
            steps.append(f"set {title}{where} to {settings}")
        if wanted.parameters.get(_HEADLESS) is False and any(item.parameters.get(_HEADLESS) is True for item in have):
            steps.append(f"give the cluster in {wanted.region} an instance")
        steps += [
            f"keep what {title} copies{where} out of {archive}"
            for archive in dict.fromkeys(item.parameters.get("archive") for item in have)
            if archive is not None
        ]
    cost = f"{chosen.pattern.title}, about USD {chosen.cost.usd:,.0f} a month in all at list prices"
    if not steps:
        return f"what works is {cost}; look at the reasons for what does not count of it now"
    clusters = [any(item.mechanism == _STANDBYS for item in one.protections) for one in (component, chosen.component)]
    # Of such a cluster AWS copies nothing to another Region by itself.
    instead = "an instance in place of the Multi-AZ DB cluster, and with it: " if clusters == [True, False] else ""
    return f"{instead}{'; '.join(steps)} ({cost})"


def _declared(component: Component, wanted: Protection) -> tuple[Protection, str] | None:
    """Return what is wanted and declared already, and why it does not count; None where it is not declared.

    A copy that does not leave the Region is the one that is wanted elsewhere.
    """
    for item in component.protections:
        there = wanted.region in (None, item.region) or item.region == component.region
        if item.mechanism == wanted.mechanism and there:
            if _repairable(item):
                return item, "; ".join(item.doubts)
            if ENABLED in item.unknown:
                return item, "it is declared, and whether it is made for this is not known before apply"
    return None


def _settings(parameters: Mapping[str, object]) -> str:
    shown = []
    for name, value in sorted(parameters.items()):
        if value in (None, False) or name in _INTERNAL:
            continue
        shown.append(name if value is True else f"{name} {value}")
    return ", ".join(shown)


def _as_good(item: Protection, wanted: Protection) -> bool:
    return all(item.parameters.get(name) == value for name, value in wanted.parameters.items() if name not in _ANY)
