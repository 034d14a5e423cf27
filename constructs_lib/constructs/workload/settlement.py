"""A component's promise settled: the pattern chosen for it, and what is written on everything it builds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from constructs_lib.constructs.sites.component_name import check_component_name, claim_component_name
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.constructs.sites.tags import checked_tags, recovery_tags
from constructs_lib.constructs.workload.decision import write_decision
from constructs_lib.constructs.workload.workload import Workload
from constructs_lib.costs import Usage
from constructs_lib.errors import ConfigurationError, InfeasibleError
from constructs_lib.objectives import Objective, format_duration
from constructs_lib.objectives.acceptance import Acceptance
from constructs_lib.selection import Request, choose

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs_lib.assessment import Assessment
    from constructs_lib.components import Kind, Protection
    from constructs_lib.selection import Choice
    from constructs_lib.selection.request import Settings


@attrs.frozen(kw_only=True)
class Settlement:
    """What was decided for one component before anything is built.

    Attributes:
        name: The component's id, and `<sites>-<id>` as the start of physical names in `full_name`.
        sites: Where it is built.
        objective: What the workload promises.
        accepted: The looser promise for this component, or None.
        choice: The pattern chosen, and what was rejected.
        tags: The tags of everything taggable.
    """

    name: str
    sites: Sites
    objective: Objective
    accepted: Acceptance | None
    choice: Choice
    tags: Mapping[str, str]

    @property
    def full_name(self) -> str:
        """The start of physical names: `<sites>-<component>`."""
        return f"{self.sites.name}-{self.name}"

    @property
    def pattern(self) -> str:
        """The name of the pattern chosen."""
        return self.choice.chosen.pattern.name

    @property
    def assessment(self) -> Assessment:
        """The estimates, their reasons and verdicts."""
        return self.choice.chosen.assessment

    def protection(self, mechanism: str) -> Protection | None:
        """Return the chosen protection by *mechanism*, or None where the pattern has none."""
        return self.assessment.component.protection(mechanism)


def settle(
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
) -> Settlement:
    """Choose the pattern of one component, and write down what was decided.

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
        ConfigurationError: If there is no objective, or an option is not allowed.
    """
    sites = sites_of(place, f"{kind} {name!r}")
    workload = place if isinstance(place, Workload) else None
    check_component_name(sites, name, kind.value)
    what = f"{kind} {name!r}"
    _check_option(objective, Objective, f"the objective of {what}", 'Objective(rto="1h", rpo="15m")')
    _check_option(accept, Acceptance, f"accept of {what}", "Acceptance(owner=..., reason=..., region=Target(...))")
    _check_option(usage, Usage, f"the usage of {what}", "Usage(size_gb=...)")
    _check_option(pattern, str, f"the pattern of {what}", "the name of one, or leave it out")
    own_tags = checked_tags(tags, what)
    promised = objective if objective is not None else (workload.objective if workload is not None else None)
    if promised is None:
        msg = f'{kind} {name!r} has no objective; give objective=Objective(rto="1h", rpo="15m"), or a Workload'
        raise ConfigurationError(msg)
    effective = promised if accept is None else accept.loosen(promised)
    extra: dict[str, object] = {} if usage is None else {"usage": usage}
    request = Request(
        kind=kind,
        objective=effective,
        region=sites.primary.region,
        recovery_region=sites.recovery_region,
        engine=engine,
        provider=sites.constraint,
        features=frozenset(features),
        routings=("manual",) if workload is None else workload.routings,
        pattern=pattern,
        third_region=third_region,
        settings={} if settings is None else settings,
        **extra,  # type: ignore[arg-type]
    )
    try:
        choice = choose(request)
    except InfeasibleError as error:
        msg = f"{kind} {name!r} of {sites.name}: {error}{_routed(request)}{_advice(effective, error.nearest)}"
        raise InfeasibleError(msg, nearest=error.nearest, rejected=error.rejected) from None
    settlement = Settlement(
        name=name,
        sites=sites,
        objective=promised,
        accepted=accept,
        choice=choice,
        tags=recovery_tags(sites.name, name, effective, {**sites.primary.tags, **own_tags}),
    )
    checked_tags(settlement.tags, what)
    claim_component_name(sites, name)
    write_decision(settlement, request, own_objective=objective is not None)
    if workload is not None:
        workload.record(settlement)
    return settlement


def sites_of(place: object, what: str) -> Sites:
    """Return the sites of *place*; *what* is what the user builds there, as in `bucket 'files'`.

    Raises:
        ConfigurationError: If it is neither a workload nor sites.
    """
    if isinstance(place, Workload):
        return place.sites
    if isinstance(place, Sites):
        return place
    msg = f"the place of {what} is {place!r}; give a Workload, or Sites together with objective=..."
    raise ConfigurationError(msg)


def _check_option(value: object, class_: type, what: str, allowed: str) -> None:
    if value is not None and not isinstance(value, class_):
        msg = f"{what} is {value!r}; give {allowed}"
        raise ConfigurationError(msg)


def _routed(request: Request) -> str:
    """Return that routing would help, where callers are repointed by hand and that is what takes too long."""
    if request.recovery_region is None or request.routings != ("manual",):
        return ""
    try:
        found = choose(attrs.evolve(request, routings=None)).chosen
    except InfeasibleError:
        return ""
    return f"; a Workload with routing=HealthCheckRouting(...) keeps it, by {found.name}"


def _advice(promised: Objective, nearest: object) -> str:
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
