"""What was decided for a component: what was chosen, for what, and who accepted what.

A construct writes it into the synthesized stack as data; whoever reads the stack reads it with this module. A stack
holds resources, and from resources alone nobody can tell what was assumed of a component's size and use, or who
accepted a looser promise and why. No estimate and no verdict is written down: what is read is assessed again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property
from math import ceil
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import attrs
import msgspec
from msgspec.structs import asdict

from constructs_lib.assessment import assess
from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.confidence import Confidence
from constructs_lib.catalog.kinds.mechanism import parameter
from constructs_lib.components import Component, Kind, Protection
from constructs_lib.components.external import held_on
from constructs_lib.costs.usage import Usage
from constructs_lib.errors import ConfigurationError, EvaluationError, InputError, PlanError
from constructs_lib.objectives import Disruption
from constructs_lib.objectives.as_data import (
    acceptance_as_data,
    acceptance_from_data,
    objective_as_data,
    objective_from_data,
)
from constructs_lib.selection.lag_alarm import lag_alarm_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.assessment import Assessment
    from constructs_lib.objectives import Objective
    from constructs_lib.objectives.acceptance import Acceptance
    from constructs_lib.selection.choice import Choice

__all__ = ["Decision", "Place"]

_BY_HAND = "manual"


class Place(msgspec.Struct, frozen=True):
    """Where a component's resources stand in one Region.

    Attributes:
        path: The construct path they start with.
        region: The Region.
    """

    path: str
    region: str


def _frozen(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(values))


@attrs.frozen(kw_only=True)
class Decision:
    """What was decided for one component before anything is built.

    Attributes:
        workload: The name of its workload, which is that of the sites.
        component: What it is and where, with the protections chosen.
        pattern: The pattern chosen, by its name in the catalog.
        routing: The routing it counts on, by its name in the catalog; `manual` where people repoint the callers.
        objective: What the workload promises, or the component itself.
        own_objective: Whether the component has an objective of its own.
        accepted: The looser promise for this component, or None.
        recovery_region: Where it is recovered; None where the workload has one Region.
        third_region: The Region of a witness or a third replica, where the caller named one.
        usage: What its bill depends on.
        features: What it has that rules some patterns out.
        provider: The version constraint of the AWS provider.
        tags: The tags of everything taggable.
        places: Where its resources stand, by the role of the site: `primary`, `recovery`, `global`.
        asked: What the owner of a resource that exists is asked to change, so that the promise is kept.
    """

    workload: str
    component: Component
    pattern: str
    routing: str = _BY_HAND
    objective: Objective
    own_objective: bool = False
    accepted: Acceptance | None = None
    recovery_region: str | None = None
    third_region: str | None = None
    usage: Usage = attrs.field(factory=Usage)
    features: frozenset[str] = frozenset()
    provider: str
    tags: Mapping[str, str] = attrs.field(factory=dict, converter=_frozen, hash=False)
    places: Mapping[str, Place] = attrs.field(factory=dict, converter=_frozen, hash=False)
    asked: tuple[str, ...] = ()
    _choice: Choice | None = attrs.field(default=None, eq=False, repr=False)

    @property
    def key(self) -> str:
        """Its name in a stack's data; the engine splits paths at dots, and a component's id may hold one."""
        return f"{self.workload}/{self.name}".replace("%", "%25").replace(".", "%2E")

    @property
    def name(self) -> str:
        """The component's id."""
        return self.component.name

    @property
    def full_name(self) -> str:
        """The start of physical names: `<workload>-<component>`."""
        return f"{self.workload}-{self.name}"

    @property
    def choice(self) -> Choice:
        """What else there was, and why it was not taken.

        Raises:
            EvaluationError: If the decision was read from a stack, which does not hold what was not chosen.
        """
        if self._choice is None:
            msg = f"what else there was for {self.full_name} is not written in a stack; choose anew to see it"
            raise EvaluationError(msg)
        return self._choice

    @property
    def kept(self) -> Objective:
        """What the component has to keep: the objective, with what was accepted wherever that is looser."""
        return self.objective if self.accepted is None else self.accepted.loosen_where_looser(self.objective)

    @cached_property
    def assessment(self) -> Assessment:
        """The estimates, their reasons and verdicts."""
        return assess(self.component, self.kept)

    def protection(self, mechanism: str) -> Protection | None:
        """Return the chosen protection by *mechanism*, or None where the pattern has none."""
        return self.component.protection(mechanism)

    def uses(self, mechanism: str) -> bool:
        """Tell whether the pattern has *mechanism*."""
        return self.protection(mechanism) is not None

    def setting(self, mechanism: str, name: str) -> object:
        """Return what the parameter *name* of *mechanism* is set to, or the catalog's default.

        None where the pattern does not have the mechanism, or nobody says.
        """
        protection = self.protection(mechanism)
        if protection is None:
            return None
        return parameter(name, protection.parameters, load_catalog().mechanism(self.component.kind, mechanism))

    def number(self, mechanism: str, name: str) -> int:
        """Return `setting`, which has to be a whole number.

        Raises:
            ConfigurationError: If it is none.
        """
        value = self.setting(mechanism, name)
        if isinstance(value, bool) or not isinstance(value, int):
            msg = f"{name} of {mechanism} is {value!r}; the catalog or the protection must give a whole number"
            raise ConfigurationError(msg)
        return value

    @property
    def lag_alarm_seconds(self) -> int:
        """How far behind the copy in the recovery Region may be before the alarm on its lag rings, in seconds."""
        estimate, promised = self.assessment.estimates[Disruption.REGION], self.promised_lag_seconds
        planned = estimate.rpo_seconds or 0
        bounds = [] if promised is None else [promised]
        if estimate.rpo_confidence is Confidence.ENFORCED:
            bounds.append(planned)
        # What a service says that it is designed for is how it usually runs: EFS syncs as seldom as that.
        least = planned if estimate.rpo_confidence is Confidence.DOCUMENTED else 1
        return lag_alarm_seconds(planned, most=min(bounds, default=None), least=least)

    @property
    def promised_lag_seconds(self) -> int | None:
        """How far behind the copy in the recovery Region may be at most, in seconds; None where nothing is promised."""
        target = self.kept.target(Disruption.REGION)
        return None if target is None else target.rpo

    def as_data(self) -> dict[str, Any]:
        """Return the decision as plain data, for JSON; without `choice`. The engine leaves out what is None."""
        component = self.component
        return {
            "workload": self.workload,
            "component": self.name,
            "kind": component.kind.value,
            "region": component.region,
            "recovery_region": self.recovery_region,
            "engine": component.engine,
            "pattern": self.pattern if self.routing == _BY_HAND else f"{self.pattern}+{self.routing}",
            "tags": dict(self.tags),
            "protections": [
                {"mechanism": item.mechanism, "region": item.region, "parameters": dict(item.parameters)}
                for item in component.protections
            ],
            "usage": self.usage.as_data(),
            "features": sorted(self.features),
            "provider": self.provider,
            "third_region": self.third_region,
            "objective": objective_as_data(self.objective),
            "own_objective": self.own_objective,
            "accepted": None if self.accepted is None else acceptance_as_data(self.accepted),
            "places": {role: asdict(place) for role, place in self.places.items()},
            "asked": list(self.asked) or None,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Decision:
        """Return the decision that `as_data` wrote.

        Raises:
            PlanError: If it is none.
        """
        try:
            return cls._read(data)
        except (KeyError, TypeError, ValueError, AttributeError, InputError) as error:
            why = f"it has no {error}" if isinstance(error, KeyError) else str(error)
            msg = f"a decision in a stack cannot be read ({why}); run `cdktf synth` again"
            raise PlanError(msg) from error

    @classmethod
    def _read(cls, data: Mapping[str, Any]) -> Decision:
        places = [place["path"] for place in data["places"].values()]
        if not all(isinstance(text, str) for text in (data["workload"], data["component"], *places)):
            msg = "a name or a place is no text"
            raise TypeError(msg)
        usage = Usage(**data["usage"])
        accepted = data.get("accepted")
        pattern, _, routing = data["pattern"].partition("+")
        component = Component(
            name=data["component"],
            kind=Kind(data["kind"]),
            region=data.get("region"),
            protections=tuple(Protection(**item) for item in data["protections"]),
            engine=data.get("engine"),
            size_gb=ceil(usage.size_gb),
        )
        hash(component)  # what is assessed is kept by what it is: a list or a mapping in it fails here, and not there
        return cls(
            workload=data["workload"],
            component=held_on(component, datetime.now(UTC).date()),
            pattern=pattern,
            routing=routing or _BY_HAND,
            objective=objective_from_data(data["objective"]),
            own_objective=data["own_objective"],
            accepted=None if accepted is None else acceptance_from_data(accepted),
            recovery_region=data.get("recovery_region"),
            third_region=data.get("third_region"),
            usage=usage,
            features=frozenset(data["features"]),
            provider=data["provider"],
            tags=data["tags"],
            places={role: Place(**place) for role, place in data["places"].items()},
            asked=tuple(data.get("asked") or ()),
        )

    def __str__(self) -> str:
        routed = "" if self.routing == _BY_HAND else f" with {self.routing}"
        cost = "" if self._choice is None else f" for USD {self._choice.chosen.cost.usd:,.2f} a month"
        kept = "keeps" if self.assessment.met else "does not keep"
        what = f"{self.component.kind} {self.name!r} of {self.workload}: {self.pattern}{routed}"
        said = f"{what} {kept} {self.kept}{cost}."
        if self.accepted is None:
            return said
        return f"{said} {self.accepted.owner} accepts less than {self.objective}: {self.accepted.reason}"
