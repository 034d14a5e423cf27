"""What recovery works with, and the plan destroys: roles, vaults, global databases, zones, standbys of copies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.plan import Resource
    from constructs_lib.review.case import Case
    from constructs_lib.review.subject import Subject

_HOLDERS: Final = {
    "aws_backup_vault": "{}, and the recovery points in it",
    "aws_rds_global_cluster": "{}, which joins the clusters of a global database",
    "aws_route53_zone": "{}, in which the records fail over",
}
"""What holds copies or links, and what of it a message says."""

_ROLE: Final = "aws_iam_role"
_USERS: Final = {
    "aws_s3_bucket_replication_configuration": ("role", "replication"),
    "aws_backup_selection": ("iam_role_arn", "backups"),
}
"""What works with a role, the argument that names the role, and what it is for."""

_ATTACHED: Final = ("aws_iam_role_policy_attachment", "aws_iam_role_policy")
_INSTANCE: Final = "aws_rds_cluster_instance"


def lost_parts(case: Case) -> Iterator[Found]:
    """Yield the parts of the recovery that the plan destroys."""
    yield from _holders(case)
    yield from _roles(case)
    yield from _standbys(case)


def _does(case: Case, resource: Resource) -> str | None:
    change = case.changes.get(resource.address)
    if change is None or not (change.deleted or change.replaced):
        return None
    return "destroys" if change.deleted else "destroys and creates anew"


def _holders(case: Case) -> Iterator[Found]:
    for resource in case.before(*_HOLDERS):
        does = _does(case, resource)
        if does is None:
            continue
        concern, subject = case.concerns(resource.address)
        if concern:
            values = {"does": does, "what": _HOLDERS[resource.type].format(resource.address)}
            yield Found(id="RECOVERY-127", address=resource.address, subject=subject, values=values)


# ---------------------------------------------------------------- roles


def _roles(case: Case) -> Iterator[Found]:
    used = _used_roles(case)
    names: dict[str, tuple[str, Subject | None]] = {}
    for role in case.before(_ROLE):
        text = {value for name in ("arn", "name", "id") if (value := role.text(name)) is not None}
        found = next((used[value] for value in (role.address, *sorted(text)) if value in used), None)
        if found is None and "recovery:workload" in role.tags:
            found = ("recovery", _of_workload(case, role.tags["recovery:workload"]))
        if found is None:
            continue
        names.update(dict.fromkeys((*text, role.address), found))
        if (does := _does(case, role)) is not None and case.declared:
            what = f"{role.address}, the role for {found[0]}"
            yield Found(id="RECOVERY-127", address=role.address, subject=found[1], values={"does": does, "what": what})
    for part in case.before(*_ATTACHED):
        found = names.get(part.text("role") or "")
        does = _does(case, part)
        # What a replication role may still do is proved from its policies.
        if found is not None and does is not None and found[0] != "replication" and case.declared:
            what = f"{part.address}, what lets the role for {found[0]} work"
            yield Found(id="RECOVERY-127", address=part.address, subject=found[1], values={"does": does, "what": what})


def _used_roles(case: Case) -> dict[str, tuple[str, Subject | None]]:
    """Return what each role is for, by its ARN or its address; only roles that are anybody's concern."""
    found: dict[str, tuple[str, Subject | None]] = {}
    for user in case.before(*_USERS):
        argument, purpose = _USERS[user.type]
        concern, subject = case.concerns(user.address)
        if concern:
            named = (user.text(argument), *case.plan.resolve(user.address, argument, "before"))
            found.update({name: (purpose, subject) for name in named if name})
    return found


def _of_workload(case: Case, workload: str) -> Subject | None:
    return next((item for item in case.subjects.values() if item.workload == workload), None)


# ---------------------------------------------------------------- standbys of copies


def _standbys(case: Case) -> Iterator[Found]:
    """An instance of a copy: the copy itself stays, and has a standby less when it is the original."""
    for instance in case.before(_INSTANCE):
        if _does(case, instance) != "destroys":
            continue
        for address in case.plan.resolve(instance.address, "cluster_identifier", "before"):
            subject = case.subjects.get(case.plan.copies_before.get(address, ""))
            if subject is not None:
                values = {"mechanism": f"{instance.address}, an instance of the copy {address},", "lost": "removed"}
                yield Found(id="RECOVERY-118", address=instance.address, subject=subject, values=values)
