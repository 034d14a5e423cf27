"""What was decided for a component, written into the synthesized stack as data.

`cdk.tf.json` holds resources, and from resources alone nobody can tell what was assumed of a component's size and use,
or who accepted a looser promise and why. Terraform's JSON syntax has a place for what is not its own: the property
`//` of the root object is a comment. Each decision is written there, in the primary Region's stack, so it shows up in
no plan, in no state and in no output, and the documents can be made from the files alone. They assess it again: no
estimate and no verdict is written down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.objectives import Disruption
from constructs_lib.objectives.as_data import objective_as_data, target_as_data

if TYPE_CHECKING:
    from constructs_lib.constructs.workload.settlement import Settlement
    from constructs_lib.objectives.acceptance import Acceptance
    from constructs_lib.selection import Request

__all__ = ["HOLDS", "write_decision"]

HOLDS = "recovery:holds"
"""The tag of what is no component of the workload, but serves it: the documents about it."""

_AMOUNTS = ("size_gb", "change_gb", "writes_millions", "reads_millions", "transfer_gb")


def write_decision(settlement: Settlement, request: Request, *, own_objective: bool) -> None:
    """Write *settlement* as `//.recovery.<workload>/<component>` into the stack of the primary site.

    Args:
        settlement: What was decided.
        request: What the pattern was chosen for.
        own_objective: Whether the component has an objective of its own, rather than its workload's.
    """
    component, sites = settlement.assessment.component, settlement.sites
    places = {"primary": sites.primary, "recovery": sites.recovery, "global": sites.global_}
    accepted = settlement.accepted
    decision = {
        "workload": sites.name,
        "component": settlement.name,
        "kind": component.kind.value,
        "region": component.region,
        "recovery_region": sites.recovery_region,
        "engine": component.engine,
        "pattern": settlement.choice.chosen.name,
        "tags": dict(settlement.tags),
        "protections": [
            {"mechanism": item.mechanism, "region": item.region, "parameters": dict(item.parameters)}
            for item in component.protections
        ],
        "usage": {
            **{name: str(getattr(request.usage, name)) for name in _AMOUNTS},
            "instance_class": request.usage.instance_class,
        },
        "features": sorted(request.features),
        "provider": request.provider,
        "third_region": request.third_region,
        "objective": objective_as_data(settlement.objective),
        "own_objective": own_objective,
        "accepted": None if accepted is None else _plain_acceptance(accepted),
        "places": {
            role: {"path": f"{site.path}/{settlement.name}", "region": site.region}
            for role, site in places.items()
            if site is not None
        },
    }
    # The engine splits the path at dots; a component's id may hold one.
    key = f"{sites.name}/{settlement.name}".replace("%", "%25").replace(".", "%2E")
    sites.primary.stack.add_override(f"//.recovery.{key}", decision)


def _plain_acceptance(accepted: Acceptance) -> dict[str, object]:
    targets = {disruption.value: getattr(accepted, disruption.value) for disruption in Disruption}
    return {
        "owner": accepted.owner,
        "reason": accepted.reason,
        "targets": {name: target_as_data(target) for name, target in targets.items() if target is not None},
        "uptime": None if accepted.uptime is None else str(accepted.uptime),
    }
