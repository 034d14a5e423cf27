"""Whether AWS Backup may take the role that a selection gives it, and back up, and copy, with it what is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.catalog.access.managed_policies import backup_needs
from constructs_lib.review.checks.roles.granted import ROLE, assumable, boundary, granted, is_bare, rests_on_aws
from constructs_lib.review.checks.roles.iam_policy import EVERYTHING, about, allows
from constructs_lib.review.checks.roles.policy_documents import policy_of
from constructs_lib.review.doubts import NOT_TOLD
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.catalog.access.managed_policies import BackupNeed
    from constructs_lib.components import Component, Protection
    from constructs_lib.plan import Resource
    from constructs_lib.review.checks.roles.iam_policy import Answer
    from constructs_lib.review.doubts import Broken
    from constructs_lib.review.plan_under_review import PlanUnderReview
    from constructs_lib.review.reviewed_component import ReviewedComponent

_SELECTION: Final = "aws_backup_selection"
_PLAN: Final = "aws_backup_plan"
_VAULTS: Final = ("aws_backup_vault", "aws_backup_logically_air_gapped_vault")
_VAULT_POLICY: Final = "aws_backup_vault_policy"
_SERVICE: Final = "backup.amazonaws.com"
_COPY: Final = "backup_copy"
_INTO: Final = "backup:CopyIntoBackupVault"
_FOR_COPIES: Final = "AWSBackupServiceRolePolicyForBackup"

NOT_TAKEN: Final = "AWS Backup may not assume its role"
NOT_GRANTED: Final = "the role of the backups is not allowed to make them"
NOT_COPIED: Final = "the role of the backups is not allowed to copy them into the vault"
OPEN: Final = f"whether the role of the backups may make them is {NOT_TOLD}"
OPEN_COPIES: Final = f"whether the role of the backups may copy them into the vault is {NOT_TOLD}"


def backup_role(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield the selections whose role AWS Backup may not assume, or may not back up or copy with what they select."""
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
            if owner.after is None:
                continue
            need, answer = _need(under_review, owner.after, role)
            if need is None or answer == "allowed":
                yield from _uncopied(under_review, selection, role, owner, owner.after)
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


def _uncopied(
    under_review: PlanUnderReview, selection: Resource, role: Resource, owner: ReviewedComponent, after: Component
) -> Iterator[Found]:
    """Yield the Regions that the role may not copy the backups of a component to."""
    plan = under_review.target(selection, "plan_id", _PLAN)
    for item in after.protections:
        if item.mechanism != _COPY or item.region is None or plan is None or item.address != plan.address:
            continue
        answer = _may_copy(under_review, after, item, role)
        if answer != "allowed":
            where = f"{owner.address} in {item.region}"
            values = {"role": role.address, "actions": _INTO, "policy": _FOR_COPIES, "component": where}
            id = "RECOVERY-221" if answer == "denied" else "RECOVERY-223"
            yield Found(id=id, address=selection.address, reviewed=owner, values=values)


def broken_backups(under_review: PlanUnderReview) -> Broken:
    """Return the backups, and copies, of which no selection that takes a component has a role that can make them."""
    roles = {selection.address: role for selection, role in _roles(under_review)}
    plans: dict[str, list[Resource]] = {}
    for selection in under_review.after(_SELECTION) if roles else ():
        plan = under_review.target(selection, "plan_id", _PLAN)
        if plan is not None:
            plans.setdefault(plan.address, []).append(selection)
    found: dict[tuple[str | None, ...], str] = {}
    for component in under_review.plan.after if roles else ():
        # What is managed elsewhere has no resources here, and so no selection that is known to take it.
        members = under_review.plan.members_after.get(component.name, ())
        for item in component.protections:
            selections = [one for one in plans.get(item.address or "", ()) if one.address in members]
            why = [_why_not(under_review, component, item, roles.get(one.address)) for one in selections]
            if why and None not in why:
                found[item.address, item.region, component.name] = str(why[0])
    return found


def _roles(under_review: PlanUnderReview) -> Iterator[tuple[Resource, Resource]]:
    for selection in under_review.after(_SELECTION):
        role = under_review.target(selection, "iam_role_arn", ROLE)
        if role is not None:
            yield selection, role


def _why_not(
    under_review: PlanUnderReview, component: Component, item: Protection, role: Resource | None
) -> str | None:
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
    if answer != "allowed" and is_bare(under_review, role) and _is_new(under_review, role):
        return OPEN
    if answer != "allowed" and not is_bare(under_review, role):
        return OPEN if rests_on_aws(under_review, role) else NOT_GRANTED
    copied: Answer = "allowed"
    if item.mechanism == _COPY and item.region is not None:
        copied = _may_copy(under_review, component, item, role)
    if copied == "allowed" or is_bare(under_review, role):
        return None
    return NOT_COPIED if copied == "denied" else OPEN_COPIES


def _is_new(under_review: PlanUnderReview, role: Resource) -> bool:
    """Whether the plan makes the role: to one that nobody has seen yet nobody has attached anything elsewhere."""
    change = under_review.changes.get(role.address)
    return change is not None and change.created


def _need(under_review: PlanUnderReview, component: Component, role: Resource) -> tuple[BackupNeed | None, Answer]:
    """Return what AWS Backup needs for the component, and whether the role may do it."""
    main = under_review.plan.resources_after.get(component.name)
    need = None if main is None else backup_needs().get(main.type)
    if need is None:
        return None, "allowed"
    answers = {_may_do(under_review, role, action, component.region) for action in need.any}
    return need, "allowed" if "allowed" in answers else "open" if "open" in answers else "denied"


def _may_do(under_review: PlanUnderReview, role: Resource, action: str, region: str | None) -> Answer:
    """Return whether the role may do it, as far as its policies are in the plans: what is elsewhere may allow it."""
    allowed, within = granted(under_review, role), boundary(under_review, role)
    return _may([EVERYTHING] if allowed is None else allowed, within, action, region)


def _may_copy(under_review: PlanUnderReview, component: Component, item: Protection, role: Resource) -> Answer:
    """Return whether the role may copy into the vault that a copy goes to.

    In one account the role's policy or the vault's allows it. A vault that is not in the plans may have a policy; a
    role may have one that nothing in the plans tells of, or by now more in one that AWS manages.
    """
    mine = _may_do(under_review, role, _INTO, item.region)
    if mine != "denied" or _denied(under_review, role, _INTO):
        return mine
    members = (under_review.plan.resources_after.get(name) for name in under_review.plan.members_after[component.name])
    vaults = [one for one in members if one is not None and one.type in _VAULTS and one.region == item.region]
    policies = under_review.parts(_VAULT_POLICY, "backup_vault_name")
    answers = {_lets_in(under_review, policy, role) for one in vaults for policy in policies.get(one.address, ())}
    if "allowed" in answers:
        return "allowed"
    elsewhere = not vaults or is_bare(under_review, role) or rests_on_aws(under_review, role)
    # What AWS Backup backs up with its own role as well it may copy with that.
    return "open" if elsewhere or "open" in answers or _need(under_review, component, role)[0] is None else "denied"


def _lets_in(under_review: PlanUnderReview, policy: Resource, role: Resource) -> Answer:
    """Return whether the policy of a vault lets the role copy into it, open where it is not known before apply."""
    read = policy_of(under_review, policy)
    if read is None:
        return "open"
    named = [item for item in read if about(item, role.text("name"), role.text("arn"))]
    return _may(named, None, _INTO)


def _hopeless(under_review: PlanUnderReview, need: BackupNeed, role: Resource) -> bool:
    """Whether something denies it, whatever else the role may be granted elsewhere."""
    return all(_denied(under_review, role, action) for action in need.any)


def _denied(under_review: PlanUnderReview, role: Resource, action: str) -> bool:
    known, within = granted(under_review, role) or [], boundary(under_review, role)
    return _may([*known, EVERYTHING], within, action) == "denied"


def _may(
    allowed: Sequence[dict[str, Any]],
    within: Sequence[dict[str, Any]] | None,
    action: str,
    region: str | None = None,
) -> Answer:
    # Which resources a statement names is not held against it: not all ARNs are known before apply. So only what is
    # denied of everything is.
    anywhere, bound = (
        [{**item, "Resource": "*"} for item in found if item.get("Effect") == "Allow" or item.get("Resource") == "*"]
        for found in (allowed, within or ())
    )
    return allows(anywhere, action, "*", within=None if within is None else bound, region=region)
