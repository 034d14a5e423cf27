"""Which objective a component has: `recovery.yaml` by address or tag, that of its copies, or its own tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.errors import ObjectiveError
from constructs_lib.objectives import Assumptions, Disruption
from constructs_lib.objectives.tags import RPO, RTO, TaggedObjective, read_recovery_tags
from constructs_lib.review.reviewed_component import ReviewedComponent, counted, leaves_region

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs_lib.catalog.catalog import Catalog
    from constructs_lib.catalog.kinds.mechanism import Role
    from constructs_lib.components import Component, Protection
    from constructs_lib.declaration.declaration import Declaration
    from constructs_lib.objectives import Objective
    from constructs_lib.plan import Change
    from constructs_lib.review.plan_resources import PlanResources

__all__ = ["UNDECLARED", "UNREADABLE", "PromisedObjectives", "tags_now"]

UNREADABLE: Final = "its recovery tags cannot be read as an objective"
UNDECLARED: Final = "no objective is declared for it"
_BROKEN: Final = TaggedObjective(workload="", component=None, objective=None)


class PromisedObjectives:
    """What is promised for the components of a plan.

    Attributes:
        matched: The positions of the declaration's components that match something.
        former: The former addresses, by address, of components that are promised something by that only.
    """

    def __init__(
        self,
        resources: PlanResources,
        changes: Mapping[str, Change],
        declaration: Declaration | None,
        catalog: Catalog,
    ) -> None:
        self.matched: set[int] = set()
        self.former: dict[str, str] = {}
        self._resources, self._plan = resources, resources.plan
        self._changes = changes
        self._declaration = declaration
        self._twins = _twins(self._plan.before, catalog) | _twins(self._plan.after, catalog)
        self._spared: dict[tuple[Objective, Disruption], Objective] = {}
        self._copies_of: dict[str, list[str]] = {}
        for copies in (self._plan.copies_before, self._plan.copies_after):
            for address, original in copies.items():
                self._copies_of.setdefault(original, []).append(address)

    def of(self, address: str, before: Component | None, after: Component | None) -> ReviewedComponent | str:
        """Return the component at *address* with what is promised for it, or why nothing is."""
        now = None if after is None else dict(after.tags)
        was = now if before is after else None if before is None else dict(before.tags)
        declared = self._declared(address, now, was)
        tagged = self._tagged(now)
        earlier = tagged if now == was else self._tagged(was)
        unreadable = _BROKEN in (tagged, earlier)
        tagged, earlier = (None if item is _BROKEN else item for item in (tagged, earlier))
        ours = tagged or earlier
        by_copy = None
        if declared is None and (ours is None or ours.objective is None):
            by_copy = self._by_its_copies(address)
        if declared is not None:
            workload, objective = declared
        elif by_copy is not None:
            workload, objective = by_copy
        else:
            by_tags = next(
                (item for item in (tagged, earlier) if item is not None and item.objective is not None), None
            )
            if by_tags is None or by_tags.objective is None:
                return UNREADABLE if unreadable else UNDECLARED
            workload, objective = by_tags.workload, by_tags.objective
        copy_of = self._original(address, before)
        spared = None
        if copy_of is not None:
            # A copy is what the other Region has; nobody asks for a copy of the copy.
            spared = Disruption.REGION
        elif address in self._twins:
            # Both are one database; what its twin's backups bring back is brought back here as well.
            spared = Disruption.SOFTWARE
        if spared is not None:
            if objective.uptime is None and all(disruption is spared for disruption, _ in objective.targets()):
                return "it is a copy, and nothing else is declared for it"
            objective = self._without(objective, spared)
        change = self._changes.get(address)
        return ReviewedComponent(
            address=address,
            local=self._resources.local(address),
            workload=workload,
            name=None if ours is None else ours.component,
            objective=objective,
            declared_by="tags" if declared is None and by_copy is None else "declaration",
            before=before,
            after=after,
            members=self.members(address),
            copy_of=copy_of,
            tagged_before=_loosened(earlier, tagged) if declared is None and before and after else None,
            replaced=change is not None and change.replaced,
            forgotten=change is not None and change.forgotten,
        )

    def _without(self, objective: Objective, spared: Disruption) -> Objective:
        """Return the objective without a target for one disruption; made once, as most components share theirs."""
        found = self._spared.get((objective, spared))
        if found is None:
            found = self._spared[objective, spared] = objective.with_targets(**{spared.value: None})
        return found

    def members(self, address: str) -> tuple[str, ...]:
        """Return the addresses of all that makes up a component, on either side."""
        was, now = self._plan.members_before.get(address, ()), self._plan.members_after.get(address, ())
        return tuple(sorted({*was, *now, address}))

    def _original(self, address: str, before: Component | None) -> str | None:
        """Return what a component is a copy of, or None.

        Of two buckets that copy each other neither is a copy. Where the plan takes one direction away, the other makes
        the source look like a copy, and it is still what was promised.
        """
        now, was = self._plan.copies_after.get(address), self._plan.copies_before.get(address)
        if now is None and was is None:
            return None
        if was is None and before is not None and any(leaves_region(before, item) for item in counted(before)):
            return None
        return now or was

    def _declared(
        self, address: str, now: Mapping[str, str] | None, was: Mapping[str, str] | None
    ) -> tuple[str, Objective] | None:
        if self._declaration is None:
            return None
        # People write the address as it is in the stack's own plan; joined, a stack's name may stand before it.
        local = self._resources.local(address)
        names = (address,) if local == address else (local, address)
        found = None
        for tags in (now,) if now == was else (now, was):
            for name in () if tags is None else names:
                # All are asked, so that it is known of each match whether it finds something.
                match = self._declaration.match(name, tags, matched=self.matched)
                found = found or match
        if found is None and (former := self._resources.former_address(address)) is not None:
            found = self._declaration.match(former, {}, matched=self.matched)
            if found is not None:
                self.former[address] = former
        return found

    def _by_its_copies(self, address: str) -> tuple[str, Objective] | None:
        """Return what is promised for a copy: it holds for what is written to, on either side.

        After a failover the code still names the former original, and that is the copy now.
        """
        if self._declaration is None:
            return None
        for name in self._copies_of.get(address, ()):
            resource = self._resources.resource(name)
            found = (
                None
                if resource is None
                else self._declaration.match(self._resources.local(name), resource.tags, matched=self.matched)
            )
            if found is not None:
                return found
        return None

    def _tagged(self, tags: Mapping[str, str] | None) -> TaggedObjective | None:
        """Return what tags promise; `_BROKEN` where they cannot be read."""
        try:
            return None if tags is None else read_recovery_tags(tags, self._assumptions(tags.get("recovery:workload")))
        except ObjectiveError:
            return _BROKEN

    def _assumptions(self, workload: str | None) -> Assumptions:
        if self._declaration is None:
            return Assumptions()
        declared = self._declaration.workloads.get(workload or "")
        return self._declaration.assumptions if declared is None else declared.objective.assumptions


def _twins(components: Iterable[Component], catalog: Catalog) -> frozenset[str]:
    """Return the clusters whose peer in another Region has the backups of both.

    Peers hold the same data at any moment, so one of them is backed up, and that is enough.
    """

    def has(item: Component, role: Role) -> list[Protection]:
        return [one for one in counted(item) if catalog.mechanism(item.kind, one.mechanism).role == role]

    peers = {name for (_, name), mechanism in catalog.mechanisms.items() if mechanism.role == "peer"}
    peered = [
        item
        for item in components
        if any(
            one.mechanism in peers and catalog.mechanism(item.kind, one.mechanism).role == "peer"
            for one in item.protections
        )
    ]
    backed = {item.region for item in peered if has(item, "backups")}
    return frozenset(
        item.name
        for item in peered
        if item.region not in backed and any(one.region in backed for one in has(item, "peer"))
    )


def _loosened(before: TaggedObjective | None, after: TaggedObjective | None) -> str | None:
    """Return what was promised before, where the tags now promise less."""
    if before is None or before.objective is None:
        return None
    now = None if after is None else after.objective
    for disruption, target in before.objective.targets():
        other = None if now is None else now.target(disruption)
        if other is None or other.rto > target.rto or other.rpo > target.rpo:
            return str(before.objective)
    return None


def tags_now(reviewed: ReviewedComponent) -> str:
    """Return what the tags of a component promise after the plan, in words."""
    tags = dict(reviewed.either.tags) if reviewed.after is not None else {}
    if RTO not in tags and RPO not in tags:
        return "nothing"
    try:
        read_recovery_tags(tags)
    except ObjectiveError:
        return "nothing that can be read"
    return str(reviewed.objective)
