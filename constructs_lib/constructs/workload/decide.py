"""Deciding what is built for a component, and writing down what was decided.

A constructor reads in this order: check what needs no decision, `decide`, check what does, `commit`, build. What is
refused is refused before `commit`, so that it leaves nothing behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
from msgspec.structs import replace

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.components import DEFAULT_SIZE_GB, Kind, Protection
from constructs_lib.constructs.sites.component_name import check_component_name, claim_component_name
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.constructs.sites.tags import checked_tags
from constructs_lib.constructs.workload.closure import watch_closure
from constructs_lib.constructs.workload.summary import summarize
from constructs_lib.constructs.workload.workload import Workload
from constructs_lib.costs import Usage
from constructs_lib.errors import ConfigurationError, InfeasibleError
from constructs_lib.objectives import Disruption, Objective, format_duration
from constructs_lib.objectives.acceptance import Acceptance
from constructs_lib.objectives.tags import recovery_tags
from constructs_lib.refusal import check_type, refuse
from constructs_lib.selection import Request, choose
from constructs_lib.selection.decision import Decision, Place
from constructs_lib.terraform.kept import keep_below
from constructs_lib.terraform.written import note_with_stack

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs_lib.catalog.kinds.pattern import Pattern
    from constructs_lib.selection.request import Settings


def sites_of(place: object, what: str) -> Sites:
    """Return the sites of *place*; *what* is what the user builds there, as in `bucket 'files'`.

    Raises:
        ConfigurationError: If it is neither a workload nor sites.
    """
    if isinstance(place, Workload):
        return place.sites
    if isinstance(place, Sites):
        return place
    refuse(f"the place of {what}", place, "a Workload, or Sites together with objective=...")


def decide(
    place: Workload | Sites,
    name: str,
    kind: Kind,
    *,
    objective: Objective | None,
    accept: Acceptance | None,
    pattern: str | None,
    usage: Usage | None,
    tags: Mapping[str, str] | None,
    engine: str | None = None,
    features: Iterable[str] = (),
    third_region: str | None = None,
    settings: Settings | None = None,
) -> Decision:
    """Choose the pattern of one component; nothing is built, taken or written.

    Args:
        place: The workload, which gives sites, objective and routing; or sites alone, and then *objective* is needed.
        name: The component's id.
        kind: What it is.
        objective: A promise of its own. Default: the workload's.
        accept: A looser promise, accepted in writing. Default: none.
        pattern: The one pattern to use. It is assessed all the same. Default: the cheapest that keeps the objective.
        usage: What its bill depends on. Default: the assumptions of `Usage`.
        tags: Extra tags.
        engine: The engine of a database.
        features: What rules some patterns out.
        third_region: The witness's or third replica's Region, where a pattern needs one.
        settings: Parameters that the caller's options fix, by mechanism, such as how long versions stay.

    Raises:
        InfeasibleError: If nothing keeps the promise; its text names the component and the nearest that can be had.
        ConfigurationError: If there is no objective, an option is not allowed, or traffic moves by itself before the
            component can be written to in the other Region.
    """
    what = f"{kind} {name!r}"
    sites = sites_of(place, what)
    workload = place if isinstance(place, Workload) else None
    check_component_name(sites, name, kind.value)
    for value, class_, of, allowed in (
        (objective, Objective, "the objective", 'Objective(rto="1h", rpo="15m")'),
        (accept, Acceptance, "accept", "Acceptance(owner=..., reason=..., region=Target(...))"),
        (usage, Usage, "the usage", "Usage(size_gb=...)"),
        (pattern, str, "the pattern", "the name of one, or leave it out"),
    ):
        if value is not None:
            check_type(value, class_, f"{of} of {what}", allowed)
    own_tags = checked_tags(tags, what)
    promised = objective if objective is not None else (workload.objective if workload is not None else None)
    if promised is None:
        msg = f'{what} has no objective; give objective=Objective(rto="1h", rpo="15m"), or a Workload'
        raise ConfigurationError(msg)
    promised = sites.promised(promised)
    if accept is not None and not sites.promises_region:
        accept = accept.without(Disruption.REGION)
    request = Request(
        kind=kind,
        objective=promised if accept is None else accept.loosen(promised),
        region=sites.primary.region,
        recovery_region=sites.recovery_region,
        engine=engine,
        usage=Usage() if usage is None else usage,
        provider=sites.constraint,
        features=frozenset(features),
        routings=("manual",) if workload is None else workload.routings,
        pattern=pattern,
        third_region=third_region,
        settings={} if settings is None else settings,
    )
    try:
        choice = choose(request)
    except InfeasibleError as error:
        msg = f"{what} of {sites.name}: {error}{_routed(request)}{how_to_accept(request.objective, error.nearest)}"
        raise InfeasibleError(msg, nearest=error.nearest, rejected=error.rejected) from None
    if workload is not None:
        _check_writer(workload, what, kind, choice.chosen.pattern, accept)
    built = choice.chosen.rung.usage
    # Whoever reads the stack, a plan or the account back is to assess the same size; storage tells another one.
    told = built.size_gb == DEFAULT_SIZE_GB and built.storage_gb is None
    all_tags = recovery_tags(
        sites.name,
        name,
        request.objective,
        {**sites.primary.tags, **own_tags},
        size_gb=None if told else built.size_gb,
    )
    component = replace(choice.chosen.component, name=name)
    return Decision(
        workload=sites.name,
        component=component if workload is None else workload.noticing(component),
        pattern=choice.chosen.pattern.name,
        routing=choice.chosen.routing,
        objective=promised,
        own_objective=objective is not None,
        accepted=accept,
        recovery_region=sites.recovery_region,
        third_region=third_region,
        usage=built,
        features=request.features,
        provider=request.provider,
        tags=checked_tags(all_tags, what, kept="rds:" if kind is Kind.DATABASE else "aws:"),
        places={site.role: Place(f"{site.path}/{name}", site.region) for site in sites.all},
        choice=choice,
    )


def _check_writer(workload: Workload, what: str, kind: Kind, pattern: Pattern, accepted: Acceptance | None) -> None:
    """Refuse traffic that is, or moves by itself, where nobody can write, and returns from where somebody did.

    By weighted records traffic is in both Regions every day: what one Region alone serves or is written to is refused.
    """
    routing, recovery = workload.routing, workload.sites.recovery_region
    if routing is None or routing.by_latch or pattern.active or (accepted is not None and accepted.region is not None):
        return
    share = routing.recovery_share_percent
    accept = "accept it in writing with accept=Acceptance(owner=..., reason=..., region=Target(...))"
    if load_catalog().kinds[kind].one_writer:
        moves = f"{routing.record_name} moves to {recovery} by itself, before that can be done there"
        if share is not None:
            moves = f"{share} % of {routing.record_name} are answered with {recovery} every day"
        msg = (
            f"{what} of {workload.name} ({pattern.name}) is written to in one Region, and {moves}; have traffic wait "
            f"for the latch with HealthCheckRouting(..., by_latch=True), or {accept}"
        )
        raise ConfigurationError(msg)
    active = [item.name for item in load_catalog().patterns[kind] if item.active]
    if share is not None and active:
        msg = (
            f"{what} of {workload.name} ({pattern.name}) serves in one Region, and {share} % of {routing.record_name} "
            f"are answered with {recovery} every day; take the pattern {' or '.join(active)}, leave "
            f"recovery_share_percent out, or {accept}"
        )
        raise ConfigurationError(msg)


def commit(place: Workload | Sites, decision: Decision) -> None:
    """Write *decision* down, as the last step before building: after it nothing may be refused.

    The component's id is taken, the workload knows of it, and the primary Region's stack holds it as
    `//.recovery.<workload>/<component>`.
    """
    sites = sites_of(place, decision.name)
    claim_component_name(sites, decision.name)
    if isinstance(place, Workload):
        place.record(decision)
    _write_down(sites, decision)
    for site in sites.all:
        if site.role in decision.places:  # what is external has none
            keep_below(site.stack, decision.places[site.role].path)
    watch_closure(sites)


def notice_with(workload: Workload, detection: Protection) -> None:
    """Count *detection* for the components of *workload*, those that were built before it too."""
    for decision in workload.notice_with(detection):
        _write_down(workload.sites, decision)


def _write_down(sites: Sites, decision: Decision) -> None:
    note_with_stack(sites.primary.stack, "recovery", decision.key, decision.as_data())
    summarize(sites, decision)


def _routed(request: Request) -> str:
    """Return that routing would help, where callers are repointed by hand and that is what takes too long."""
    if request.recovery_region is None or request.routings != ("manual",):
        return ""
    try:
        found = choose(attrs.evolve(request, routings=None)).chosen
    except InfeasibleError:
        return ""
    return f"; a Workload with routing=HealthCheckRouting(...) keeps it, by {found.name}"


def how_to_accept(promised: Objective, nearest: object) -> str:
    """Return how to accept what can be had, for what is missed and nothing else; empty where accepting is no help."""
    if not isinstance(nearest, Objective):
        return ""
    looser = []
    for disruption, target in promised.targets():
        found = nearest.target(disruption)
        if found is not None and found != target:
            rto, rpo = (format_duration(max(getattr(one, name) for one in (target, found))) for name in ("rto", "rpo"))
            looser.append(f'{disruption}=Target("{rto}", "{rpo}")')
    if nearest.uptime != promised.uptime:
        looser.append(f'uptime="{nearest.uptime}"')
    if not looser:
        return ""
    return f"; accept it in writing with accept=Acceptance(owner=..., reason=..., {', '.join(looser)})"
