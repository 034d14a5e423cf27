"""What the checks find on both sides of a plan: what is new in it, and what was so before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Final

import attrs
import msgspec
from msgspec.structs import replace

from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.review.checks.answers_nobody import answers_nobody
from constructs_lib.review.checks.control_plane import control_plane
from constructs_lib.review.checks.copies import copies, expiring
from constructs_lib.review.checks.declared_and_missing import missing_promises
from constructs_lib.review.checks.lost.after_failover import after_failover, overwritten
from constructs_lib.review.checks.lost.alarms import alarms
from constructs_lib.review.checks.lost.changes_in_place import changes_in_place, undone
from constructs_lib.review.checks.lost.deletion_protection import deletion_protection
from constructs_lib.review.checks.lost.lost_parts import lost_parts
from constructs_lib.review.checks.lost.lost_paths import lost_paths
from constructs_lib.review.checks.lost.one_setting import one_setting
from constructs_lib.review.checks.lost.remade import remade
from constructs_lib.review.checks.lost_together import lost_together
from constructs_lib.review.checks.one_zone import one_zone
from constructs_lib.review.checks.promises import promises
from constructs_lib.review.checks.refused.engine_parameters import engine_parameters
from constructs_lib.review.checks.refused.keys import keys
from constructs_lib.review.checks.refused.not_made import not_made
from constructs_lib.review.checks.refused.offers import offers
from constructs_lib.review.checks.refused.parts_elsewhere import parts_elsewhere
from constructs_lib.review.checks.refused.provider_accepts import provider_accepts
from constructs_lib.review.checks.refused.refused_copies import refused, refused_copies
from constructs_lib.review.checks.refused.serverless_capacity import serverless_capacity
from constructs_lib.review.checks.refused.upgrades import upgrades
from constructs_lib.review.checks.registry import registry
from constructs_lib.review.checks.return_by_itself import return_by_itself
from constructs_lib.review.checks.roles.backup_role import backup_role, broken_backups
from constructs_lib.review.checks.roles.monitoring_role import monitoring_role
from constructs_lib.review.checks.roles.replication_permissions import (
    broken_replication,
    replication_proofs,
    replication_proofs_before,
)
from constructs_lib.review.checks.silent_alarms import silent_alarms
from constructs_lib.review.checks.standby_closure import standby_closure
from constructs_lib.review.checks.standby_size import standby_size
from constructs_lib.review.checks.state_location import state
from constructs_lib.review.checks.voided_paths import voided
from constructs_lib.review.finding import Found
from constructs_lib.review.plan_under_review import PlanUnderReview

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from constructs_lib.catalog.catalog import Catalog
    from constructs_lib.declaration.declaration import Declaration
    from constructs_lib.plan import Plan
    from constructs_lib.review.checks.roles.replication_permissions import ReplicationProof
    from constructs_lib.review.component_review import ComponentReview

__all__ = ["BothSides", "both_sides"]

_READ: Final = types_that("read")

_Check = Callable[[PlanUnderReview], Iterator[Found]]
_Proofs = Mapping[object, tuple[Found, ...]]
"""What can be proved of one side before anything is assessed, by what finds it."""


_REFUSED: Final[tuple[_Check, ...]] = (
    provider_accepts,
    not_made,
    parts_elsewhere,
    refused_copies,
    engine_parameters,
    offers,
    serverless_capacity,
    monitoring_role,
)
"""What finds that AWS refuses something, which takes nothing from what there is already."""

_VOIDING: Final[tuple[_Check, ...]] = (
    backup_role,
    changes_in_place,
    upgrades,
    after_failover,
    answers_nobody,
    one_setting,
    keys,
    lost_parts,
    expiring,
)
"""What finds that something does not work, on whichever side it stands."""


class BothSides(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What is reviewed, with doubts on what is proved not to work on either side.

    Attributes:
        under_review: The plan with its objectives.
        proved: What was proved before anything was assessed.
        was: Gives what there is before the plan, as if nothing were planned; None where there is nothing.
    """

    under_review: PlanUnderReview
    proved: tuple[Found, ...]
    was: Callable[[], PlanUnderReview | None]

    def found(self, outcome: Mapping[str, ComponentReview]) -> Iterator[Found]:
        """Yield everything that the checks find.

        Args:
            outcome: The assessed components, by address.
        """
        here = self.under_review
        for address, component in outcome.items():
            yield from promises(here.reviewed_components[address], component)
        yield from lost_paths(here)
        yield from alarms(here)
        yield from self.proved
        for now, then in zip(_of_one_side(outcome), _of_one_side({}), strict=True):
            found = list(now(here))
            before: set[tuple[object, ...]] = set()
            # Most checks find nothing, and what they find before the plan matters only to what they find after it.
            was = self.was() if any(item.standing is None for item in found) else None
            if was is not None:
                before = {item.key for item in then(was)}
            for item in found:
                yield replace(item, standing=True) if item.standing is None and item.key in before else item


def _of_one_side(outcome: Mapping[str, ComponentReview]) -> tuple[_Check, ...]:
    return (
        missing_promises,
        partial(copies, outcome=outcome),
        deletion_protection,
        control_plane,
        return_by_itself,
        silent_alarms,
        state,
        standby_closure,
        standby_size,
        registry,
        one_zone,
        lost_together,
    )


def both_sides(plan: Plan, declaration: Declaration | None, facts: Catalog) -> BothSides:
    """Return what is reviewed. Each proof is made once for each side, and once where nothing changes."""
    first = PlanUnderReview(plan, declaration, facts)
    proofs = list(replication_proofs(first))
    now: _Proofs = {replication_proofs: _all_of(proofs), **_found(first, *_REFUSED, *_VOIDING)}
    # What no check reads, as the code of a function, is most of what changes, and then one side is the other.
    alike = plan.before is plan.after and not any(change.type in _READ for change in plan.changes)

    @cache
    def was() -> PlanUnderReview | None:
        if plan.kind == "state" or alike:
            return first
        return PlanUnderReview(_as_it_was(plan), declaration, facts) if plan.before else None

    then: _Proofs = {}
    before: dict[tuple[str | None, ...], str] = {}
    # Where nothing is promised and nothing found, what was before matters to nobody.
    side = was() if first.reviewed_components or any(now.values()) else None
    if side is not None:
        then = now if side is first else _found_before(side, plan, now, proofs)
        before = _broken(side, then)
    after = {
        **_broken(first, now),
        **undone(first),
        **overwritten(first),
        **remade(first),
        **refused(first, _of(now, _REFUSED)),
    }
    doubted = first.doubting(before, after) if before or after else first
    return BothSides(under_review=doubted, proved=tuple(_told(doubted, now, then)), was=was)


def _found(side: PlanUnderReview, *checks: _Check) -> dict[object, tuple[Found, ...]]:
    return {check: tuple(check(side)) for check in checks}


def _found_before(
    was: PlanUnderReview, plan: Plan, now: _Proofs, proofs: Sequence[ReplicationProof]
) -> dict[object, tuple[Found, ...]]:
    return {
        # In most plans little is changed that a proof of replication rests on, and then it serves both sides.
        replication_proofs: _all_of(replication_proofs_before(was, plan, proofs)),
        **_refused_before(was, now),
        **_found(was, *_VOIDING),
    }


def _refused_before(was: PlanUnderReview, now: _Proofs) -> _Proofs:
    """Return what was refused before: it takes nothing from what there is, so only what is found now is asked for."""
    again = (check for check in _REFUSED if now[check] and check is not provider_accepts)
    accepted = {item.address for item in now[provider_accepts]}
    return {
        provider_accepts: tuple(provider_accepts(was, accepted)) if accepted else (),
        **_found(was, *again),
    }


def _all_of(proofs: Iterable[ReplicationProof]) -> tuple[Found, ...]:
    return tuple(item for proof in proofs for item in proof.found)


def _of(proofs: _Proofs, checks: Iterable[_Check]) -> Iterator[Found]:
    return (item for check in checks for item in proofs[check])


def _broken(side: PlanUnderReview, proofs: _Proofs) -> dict[tuple[str | None, ...], str]:
    return {
        **voided(side, _of(proofs, _VOIDING)),
        **broken_replication(proofs[replication_proofs]),
        **broken_backups(side),
    }


def _told(here: PlanUnderReview, now: _Proofs, then: _Proofs) -> Iterator[Found]:
    """Yield what is found now, about the components as they are reviewed, and whether it was so before."""
    for check, found in now.items():
        before = {item.key for item in then.get(check, ())} if found else frozenset()
        for item in found:
            reviewed = None if item.reviewed is None else here.reviewed_components.get(item.reviewed.address)
            yield replace(item, reviewed=reviewed, standing=item.key in before)


def _as_it_was(plan: Plan) -> Plan:
    """Return the plan with its first side on both, to prove what holds before it."""
    return attrs.evolve(
        plan,
        after=plan.before,
        resources_after=plan.resources_before,
        members_after=plan.members_before,
        copies_after=plan.copies_before,
        changes=(),
        after_side=plan._before,
    )
