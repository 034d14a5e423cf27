"""Whether AWS Backup may take the role that a selection gives it, and back up with it what is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.catalog.managed_policies import backup_needs
from constructs_lib.review.checks.roles.granted import ROLE, assumable, boundary, granted, is_bare, rests_on_aws
from constructs_lib.review.checks.roles.iam_policy import EVERYTHING, allows
from constructs_lib.review.finding import Found
from constructs_lib.review.plan_under_review import NOT_TOLD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.catalog.managed_policies import BackupNeed
    from constructs_lib.components import Component
    from constructs_lib.plan import Resource
    from constructs_lib.review.checks.roles.iam_policy import Answer
    from constructs_lib.review.plan_under_review import Broken, PlanUnderReview

_SELECTION: Final = "aws_backup_selection"
_PLAN: Final = "aws_backup_plan"
_SERVICE: Final = "backup.amazonaws.com"

NOT_TAKEN: Final = "AWS Backup may not assume its role"
NOT_GRANTED: Final = "the role of the backups is not allowed to make them"
OPEN: Final = f"whether the role of the backups may make them is {NOT_TOLD}"


def backup_role(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield the selections whose role AWS Backup may not assume, or may not back up with what they select."""
    for selection, role in _roles(under_review):
        concern, reviewed = under_review.concerns(selection.address)
        if not concern:
            continue
        assumed = assumable(under_review, role, _SERVICE)
        if assumed == "denied":
            values = {"role": role.address, "service": _SERVICE}
            yield Found(id="RECOVERY-218", address=selection.address, reviewed=reviewed, values=values)
            continue
        if assumed == "open":
            values = {"role": role.address, "may": f"may be assumed by {_SERVICE}"}
            yield Found(id="RECOVERY-224", address=selection.address, reviewed=reviewed, values=values)
        for owner in under_review.owners(selection.address):
            need, answer = (None, "allowed") if owner.after is None else _need(under_review, owner.after, role)
            if need is None or answer == "allowed":
                continue
            if answer == "open":
                values = {"role": role.address, "may": f"may do {' or '.join(need.any)} for {owner.address}"}
                yield Found(id="RECOVERY-224", address=selection.address, reviewed=owner, values=values)
            else:
                values = {"role": role.address, "actions": " or ".join(need.any), "policy": need.policy}
                open_ = not _hopeless(under_review, need, role) and (
                    is_bare(under_review, role) or rests_on_aws(under_review, role)
                )
                id = "RECOVERY-223" if open_ else "RECOVERY-221"
                values["component"] = owner.address
                yield Found(id=id, address=selection.address, reviewed=owner, values=values)


def broken_backups(under_review: PlanUnderReview) -> Broken:
    """Return the backups of plans of which no selection that takes a component has a role that can make them."""
    roles = {selection.address: role for selection, role in _roles(under_review)}
    plans: dict[str, list[Resource]] = {}
    for selection in under_review.after(_SELECTION) if roles else ():
        plan = under_review.target(selection, "plan_id", _PLAN)
        if plan is not None:
            plans.setdefault(plan.address, []).append(selection)
    found: dict[tuple[str | None, ...], str] = {}
    for component in under_review.plan.after if roles else ():
        members = under_review.plan.members_after[component.name]
        for item in component.protections:
            selections = [one for one in plans.get(item.address or "", ()) if one.address in members]
            why = [_why_not(under_review, component, roles.get(one.address)) for one in selections]
            if why and None not in why:
                found[item.address, item.region, component.name] = str(why[0])
    return found


def _roles(under_review: PlanUnderReview) -> Iterator[tuple[Resource, Resource]]:
    for selection in under_review.after(_SELECTION):
        role = under_review.target(selection, "iam_role_arn", ROLE)
        if role is not None:
            yield selection, role


def _why_not(under_review: PlanUnderReview, component: Component, role: Resource | None) -> str | None:
    if role is None:
        return None
    assumed = assumable(under_review, role, _SERVICE)
    if assumed == "denied":
        return NOT_TAKEN
    need, answer = _need(under_review, component, role)
    if "open" in (assumed, answer):
        return OPEN
    if answer != "allowed" and need is not None and _hopeless(under_review, need, role):
        return NOT_GRANTED
    if answer == "allowed" or is_bare(under_review, role):
        return None
    return OPEN if rests_on_aws(under_review, role) else NOT_GRANTED


def _need(under_review: PlanUnderReview, component: Component, role: Resource) -> tuple[BackupNeed | None, Answer]:
    """Return what AWS Backup needs for the component, and whether the role may do it."""
    main = under_review.plan.resources_after.get(component.name)
    need = None if main is None else backup_needs().get(main.type)
    allowed, within = granted(under_review, role), boundary(under_review, role)
    if need is None or (allowed is None and within is None):
        return need, "allowed"
    answers = {_may([EVERYTHING] if allowed is None else allowed, within, action) for action in need.any}
    return need, "allowed" if "allowed" in answers else "open" if "open" in answers else "denied"


def _hopeless(under_review: PlanUnderReview, need: BackupNeed, role: Resource) -> bool:
    """Whether something denies it, whatever else the role may be granted elsewhere."""
    known, within = granted(under_review, role) or [], boundary(under_review, role)
    return all(_may([*known, EVERYTHING], within, action) == "denied" for action in need.any)


def _may(allowed: Sequence[dict[str, Any]], within: Sequence[dict[str, Any]] | None, action: str) -> Answer:
    # Which resources a statement names is not held against it: not all ARNs are known before apply. So only what is
    # denied of everything is.
    anywhere, bound = (
        [{**item, "Resource": "*"} for item in found if item.get("Effect") == "Allow" or item.get("Resource") == "*"]
        for found in (allowed, within or ())
    )
    return allows(anywhere, action, "*", within=None if within is None else bound)
