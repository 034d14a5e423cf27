"""Whether AWS Backup may take the role that a selection gives it, and back up with it what is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.catalog.managed_policies import backup_needs
from constructs_lib.review.checks.roles.granted import ROLE, assumable, granted, is_bare, rests_on_aws
from constructs_lib.review.checks.roles.iam_policy import allows
from constructs_lib.review.finding import Found
from constructs_lib.review.plan_under_review import NOT_TOLD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.catalog.managed_policies import BackupNeed
    from constructs_lib.components import Component
    from constructs_lib.plan import Resource
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
        if assumable(under_review, role, _SERVICE) is False:
            values = {"role": role.address, "service": _SERVICE}
            yield Found(id="RECOVERY-218", address=selection.address, reviewed=reviewed, values=values)
            continue
        allowed = granted(under_review, role)
        for owner in under_review.owners(selection.address):
            need = None if allowed is None or owner.after is None else _lacking(under_review, owner.after, allowed)
            if need is not None:
                values = {"role": role.address, "actions": " or ".join(need.any), "policy": need.policy}
                open_ = is_bare(under_review, role) or rests_on_aws(under_review, role)
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
    if assumable(under_review, role, _SERVICE) is False:
        return NOT_TAKEN
    allowed = granted(under_review, role)
    lacks = allowed is not None and _lacking(under_review, component, allowed) is not None
    if not lacks or is_bare(under_review, role):
        return None
    return OPEN if rests_on_aws(under_review, role) else NOT_GRANTED


def _lacking(
    under_review: PlanUnderReview, component: Component, allowed: Sequence[dict[str, Any]]
) -> BackupNeed | None:
    """Return what AWS Backup needs for the component and the statements do not allow; None where they do."""
    main = under_review.plan.resources_after.get(component.name)
    need = None if main is None else backup_needs().get(main.type)
    if need is None:
        return None
    # Which resources a statement names is not held against it: not all ARNs are known before apply.
    anywhere = [{**item, "Resource": "*"} for item in allowed if item.get("Effect") == "Allow"]
    return None if any(allows(anywhere, action, "*") == "allowed" for action in need.any) else need
