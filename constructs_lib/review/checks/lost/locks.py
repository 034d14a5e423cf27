"""What keeps versions and recovery points from being deleted, and the plan lifts: locks, MFA delete, denials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.plan.document.policy import acts, principals, statements
from constructs_lib.review.checks.lost.shorter_retention import in_days
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview

__all__ = ["locks"]

_OF_A_VAULT: Final = "aws_backup_vault_lock_configuration"
_OF_A_BUCKET: Final = "aws_s3_bucket_object_lock_configuration"
_VERSIONING: Final = "aws_s3_bucket_versioning"
_LEAST: Final = "min_retention_days"


def locks(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield what lets somebody delete versions or recovery points who could not before."""
    yield from _locks(under_review)
    yield from _deletable_versions(under_review)
    yield from _allowed_deletions(under_review)


def _locks(under_review: PlanUnderReview) -> Iterator[Found]:
    for resource in under_review.before(_OF_A_VAULT, _OF_A_BUCKET):
        change = under_review.changes.get(resource.address)
        concern, reviewed = under_review.concerns(resource.address)
        if not concern or change is None:
            continue
        of, after = resource.type == _OF_A_VAULT, under_review.plan.resources_after.get(resource.address)
        mechanism = f"the lock of a {'backup vault' if of else 'bucket'}, {resource.address},"
        lost = "removed" if of and change.deleted else None
        if after is not None and _can_be_lifted(after) and not _can_be_lifted(resource):
            lost = "one that some may lift"
        if lost is not None:
            values = {"mechanism": mechanism, "lost": lost}
            yield Found(id="RECOVERY-123", address=resource.address, reviewed=reviewed, values=values)
        was, now = (None if side is None else side.number(_LEAST) for side in (resource, after))
        if was is not None and now is not None and now < was:
            values = {"mechanism": mechanism.rstrip(","), "before": in_days(was), "after": in_days(now)}
            yield Found(id="RECOVERY-117", address=resource.address, reviewed=reviewed, values=values)


def _deletable_versions(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield versions that only the root user could delete, with a code (MFA delete), and others will."""
    path = ("versioning_configuration", 0, "mfa_delete")
    for resource in under_review.before(_VERSIONING):
        after = under_review.plan.resources_after.get(resource.address)
        if after is None or resource.text(*path) != "Enabled" or after.text(*path) == "Enabled":
            continue
        concern, reviewed = under_review.concerns(resource.address)
        if concern and not after.is_unknown(*path):
            values = {"mechanism": f"MFA delete, of {resource.address},", "lost": "removed"}
            yield Found(id="RECOVERY-123", address=resource.address, reviewed=reviewed, values=values)


_DENIALS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "aws_backup_vault_policy": ("backup_vault_name", ("backup:DeleteRecoveryPoint",)),
    "aws_s3_bucket_policy": ("bucket", ("s3:DeleteObject", "s3:DeleteObjectVersion")),
}
"""The policies by which nobody may delete, what says whose they are, and what they deny then."""

_WHO: Final = frozenset({"aws:principalarn", "aws:userid", "aws:multifactorauthpresent", "aws:multifactorauthage"})
"""The keys by which a condition excepts a few from what is denied to everybody."""


def _allowed_deletions(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield what a policy denied everybody to delete, and denies no more: that is a lock as well."""
    for type, (argument, actions) in _DENIALS.items():
        for policy in under_review.before(type):
            change = under_review.changes.get(policy.address)
            denied = _denied(policy, actions)
            if change is None or change.forgotten or not denied:
                continue
            now = under_review.parts(type, argument)
            whose = set(under_review.plan.resolve(policy.address, argument, "before"))
            left = [item for address in whose for item in now.get(address, ())]
            after = under_review.plan.resources_after.get(policy.address)
            left += [] if after is None else [after]
            gone = whose and not any(address in under_review.plan.resources_after for address in whose)
            if gone or any(item.text("policy") is None or denied <= _denied(item, actions) for item in left):
                continue
            concern, reviewed = under_review.concerns(policy.address)
            owners = [found for address in sorted(whose) for found in under_review.owners(address)]
            if concern or owners:
                mechanism = f"the denial of {', '.join(sorted(denied))} in {policy.address}"
                yield Found(
                    id="RECOVERY-123",
                    address=policy.address,
                    reviewed=reviewed or next(iter(owners), None),
                    values={"mechanism": mechanism, "lost": "removed"},
                )


def _denied(policy: Resource, actions: tuple[str, ...]) -> frozenset[str]:
    """Return which of the actions a policy denies everybody, but for whom a condition excepts."""
    found = [item for item in statements(policy.text("policy")) if item.get("Effect") == "Deny"]
    everybody = [item for item in found if "*" in principals(item, "AWS") and _asks_who(item.get("Condition"))]
    return frozenset(action for action in actions for item in everybody if acts(item, action.lower()))


def _asks_who(conditions: object) -> bool:
    """Whether conditions are about nothing but who it is; one on TLS keeps nobody from deleting."""
    asked = conditions.values() if isinstance(conditions, dict) else ()
    keys = {str(key).lower() for item in asked for key in (item if isinstance(item, dict) else (item,))}
    return keys <= _WHO


def _can_be_lifted(lock: Resource) -> bool:
    """Whether who has the right to may lift it: a governance mode, which a vault's lock without a date is."""
    if lock.type == _OF_A_VAULT:
        return not lock.is_unknown("changeable_for_days") and lock.number("changeable_for_days") is None
    return lock.text("rule", 0, "default_retention", 0, "mode") == "GOVERNANCE"
