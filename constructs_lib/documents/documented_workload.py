"""What documents are made of: workloads, their components, and the resources these are called by."""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import attrs

from constructs_lib.assessment import assess
from constructs_lib.assessment.workload import assess_workload
from constructs_lib.catalog.resources.provider_constraint import DEFAULT_PROVIDER_CONSTRAINT
from constructs_lib.costs import Usage
from constructs_lib.declaration.sla_terms import SlaTerms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs_lib.assessment import Assessment
    from constructs_lib.assessment.workload import WorkloadAssessment
    from constructs_lib.components import Component
    from constructs_lib.costs.watching import Watched
    from constructs_lib.declaration.dependency import Dependency
    from constructs_lib.objectives import Assumptions, Objective
    from constructs_lib.objectives.acceptance import Acceptance

__all__ = ["DocumentedComponent", "DocumentedWorkload", "Latch", "Member"]


def _frozen(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(values))


@attrs.frozen(kw_only=True)
class Member:
    """One resource of a component.

    Attributes:
        type: Terraform's type.
        address: Its Terraform address.
        region: The Region it is built in; None where the source does not say.
        arguments: Its arguments, references resolved; what cannot be resolved is left out.
        stack: The stack that holds it; None where the source is a plan.
    """

    type: str
    address: str
    region: str | None
    arguments: Mapping[str, Any] = attrs.field(converter=_frozen, eq=False)
    stack: str | None = None


@attrs.frozen(kw_only=True)
class Latch:
    """What holds the traffic of a record in the recovery Region.

    Attributes:
        record: The name callers use.
        region: The Region of the alarm.
        alarm: The alarm that the record's health check follows.
        namespace: That of the metric that the alarm follows.
        metric: The metric.
        dimensions: Its dimensions.
    """

    record: str
    region: str
    alarm: str
    namespace: str
    metric: str
    dimensions: Mapping[str, str] = attrs.field(converter=_frozen, eq=False)


@attrs.define(kw_only=True, slots=False, frozen=True, eq=False)
class DocumentedComponent:
    """One component as the documents see it.

    Attributes:
        name: What the workload calls it.
        component: Its kind, Regions and protections.
        objective: What it is held against: its own, or the workload's with what was accepted.
        accepted: The looser promise, or None.
        usage: What its bill depends on.
        recovery_region: Where it is recovered; None where nowhere.
        routings: The routings it may count on, by name; None: unknown, all.
        members: The resources it is made of.
        features: What rules some patterns out.
        provider: The version constraint of the AWS provider.
        third_region: The witness's or third replica's Region, where one was named.
        restored_with: Arguments of what somebody else manages, as that was declared; its Region may be lost.
    """

    name: str
    component: Component
    objective: Objective
    accepted: Acceptance | None = None
    usage: Usage = attrs.field(factory=Usage)
    recovery_region: str | None = None
    routings: tuple[str, ...] | None = None
    members: tuple[Member, ...] = ()
    features: frozenset[str] = frozenset()
    provider: str = DEFAULT_PROVIDER_CONSTRAINT
    third_region: str | None = None
    restored_with: Mapping[str, Any] = attrs.field(factory=dict, converter=_frozen)

    @cached_property
    def assessment(self) -> Assessment:
        """The one judgement, made anew: no estimate is ever read from a file."""
        return assess(self.component, self.objective)


@attrs.define(kw_only=True, slots=False, frozen=True, eq=False)
class DocumentedWorkload:
    """One workload as the documents see it.

    Attributes:
        name: Its name.
        objective: What it promises.
        components: What it is made of.
        dependencies: Third parties it depends on.
        terms: What its agreement says beside the objectives.
        records: The DNS records that fail over, as (name, primary endpoint, recovery endpoint).
        latch: What holds the traffic of its record in the recovery Region; None: nothing does.
        stored: Where its documents are kept, as `s3://bucket/key` by Region.
        groups: The security groups its stacks declare, as (Region, name).
        health_checks: The ids of the Route 53 health checks that its uptime is read from.
        watched: How many of what is billed belong to it and to no component.
        holding: What holds documents about it: no part of what it promises, and on its bill all the same.
    """

    name: str
    objective: Objective
    components: tuple[DocumentedComponent, ...]
    dependencies: tuple[Dependency, ...] = ()
    terms: SlaTerms = attrs.field(factory=SlaTerms)
    records: tuple[tuple[str, str, str], ...] = ()
    latch: Latch | None = None
    stored: tuple[tuple[str, str], ...] = ()
    groups: frozenset[tuple[str, str]] = frozenset()
    health_checks: tuple[str, ...] = ()
    watched: Watched = attrs.field(factory=dict)
    holding: tuple[DocumentedComponent, ...] = ()

    @cached_property
    def whole(self) -> WorkloadAssessment:
        """What the components keep together, and whether anything among them runs code."""
        return assess_workload([item.assessment for item in self.components], self.objective)

    @property
    def assumptions(self) -> Assumptions:
        """What is taken for granted about people and monitoring."""
        return self.objective.assumptions

    @property
    def primary(self) -> str | None:
        """The Region most components live in."""
        return _most(item.component.region for item in self.components)

    @property
    def recovery(self) -> str | None:
        """The Region most components are recovered in."""
        return _most(item.recovery_region for item in self.components)


def _most(regions: Iterable[str | None]) -> str | None:
    found = [region for region in regions if region is not None]
    return max(sorted(set(found)), key=found.count, default=None)
