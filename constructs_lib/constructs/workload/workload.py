"""A workload: one objective, its sites, its routing, and the components that keep it together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
from msgspec.structs import replace

from constructs_lib.components import Protection
from constructs_lib.constructs.routing.failover_record import FailoverRecord
from constructs_lib.constructs.routing.health_check_routing import HealthCheckRouting
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.errors import ConfigurationError
from constructs_lib.objectives import Objective
from constructs_lib.refusal import refuse
from constructs_lib.terraform.placement import find_child

if TYPE_CHECKING:
    from constructs_lib.components import Component
    from constructs_lib.selection.decision import Decision


class Workload:
    """What a business promises as one: components are built in it and take its sites, objective and routing.

    ```python
    sites = Sites.per_region(app, "storefront", primary="eu-west-1", recovery="eu-central-1")
    shop = Workload(sites, objective=Objective(rto="15m", rpo="5m"), routing=HealthCheckRouting(...))
    assets = Bucket(shop, "assets")
    Distribution(shop, "site", bucket=assets)
    ```

    Args:
        sites: Where it is built. Its name is the workload's.
        objective: What every component promises unless it has an objective of its own.
        routing: How traffic gets to the recovery Region. Default: callers are repointed by hand, which costs the
            objective's decision time, so that an RTO of some minutes needs `HealthCheckRouting`. `Sites.single_region`
            does without.

    Raises:
        ConfigurationError: If sites, objective or routing is not one, there is a routing and no recovery Region, or the
            sites have a workload with a routing already.
    """

    def __init__(self, sites: Sites, *, objective: Objective, routing: HealthCheckRouting | None = None) -> None:
        if not isinstance(sites, Sites):
            msg = f"a workload is built over sites, not {sites!r}; give Sites.per_region(...)"
            raise ConfigurationError(msg)
        if not isinstance(objective, Objective):
            refuse(f"the objective of {sites.name}", objective, 'Objective(rto="1h", rpo="15m")')
        if routing is not None and not isinstance(routing, HealthCheckRouting):
            refuse(f"the routing of {sites.name}", routing, "HealthCheckRouting(...), or leave it out")
        if not sites.promises_region:
            routing = None
        if routing is not None and sites.recovery is None:
            msg = f"{sites.name} has a routing but no recovery Region; name one in Sites, or leave the routing out"
            raise ConfigurationError(msg)
        if routing is not None and find_child(sites.global_.scope, "FailoverRecord") is not None:
            msg = f"{sites.name} has a routing already; a workload moves as one, give other sites to another"
            raise ConfigurationError(msg)
        if routing is not None:
            sites.global_.check_providers()
            if sites.recovery is not None:
                sites.recovery.check_providers()
        self.sites = sites
        self.objective = sites.promised(objective)
        self.routing = routing
        self._decisions: list[Decision] = []
        self._detection: tuple[Protection, ...] = ()
        self.failover_record = None if routing is None else FailoverRecord(sites, routing)
        if self.failover_record is not None and self.failover_record.alarm is not None:
            self.notice_with(Protection(mechanism="endpoint_alarm", parameters={"rings_in": sites.global_.region}))

    @property
    def name(self) -> str:
        """The workload's name."""
        return self.sites.name

    @property
    def routings(self) -> tuple[str, ...]:
        """The routings of the catalog that components may count on."""
        return ("manual",) if self.routing is None else (self.routing.name,)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """What was decided for each component, in the order they were built."""
        return tuple(self._decisions)

    def noticing(self, component: Component) -> Component:
        """Return *component* with what notices the loss of its Region."""
        if component.region != self.sites.primary.region:
            return component
        known = {item.mechanism for item in component.protections}
        new = tuple(item for item in self._detection if item.mechanism not in known)
        return replace(component, protections=(*component.protections, *new))

    def notice_with(self, detection: Protection) -> tuple[Decision, ...]:
        """Count *detection* for every component, and return what was decided before, which now has it."""
        self._detection += (detection,)
        self._decisions = [attrs.evolve(item, component=self.noticing(item.component)) for item in self._decisions]
        return self.decisions

    def record(self, decision: Decision) -> None:
        """Add what was decided for a component; `commit` calls it."""
        self._decisions.append(decision)
