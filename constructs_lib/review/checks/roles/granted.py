"""What a role in the plans is granted, and by whom it can be assumed. What is not in the plans is not guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.catalog.access.managed_policies import managed_policies
from constructs_lib.review.checks.roles.iam_policy import EVERYTHING, OPEN, lets_assume
from constructs_lib.review.checks.roles.policy_documents import policy_of, policy_statements
from constructs_lib.review.checks.roles.service_control import perhaps_denied

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.plan import Resource
    from constructs_lib.review.checks.roles.iam_policy import Answer
    from constructs_lib.review.checks.roles.lookups import Lookups

ROLE: Final = "aws_iam_role"
GRANTED_BY: Final = frozenset(
    {
        ROLE,
        "aws_iam_policy",
        "aws_iam_policy_attachment",
        "aws_iam_role_policy",
        "aws_iam_role_policy_attachment",
        "aws_iam_role_policy_attachments_exclusive",
    }
)
"""The types of resources that what a role is granted rests on."""

_EXCLUSIVE: Final = "aws_iam_role_policy_attachments_exclusive"
_ATTACHING: Final = (("aws_iam_role_policy_attachment", "role"), ("aws_iam_policy_attachment", "roles"))
_GRANTING: Final = (*_ATTACHING, ("aws_iam_role_policy", "role"))

_Statements = list[dict[str, Any]]


def assumable(under_review: Lookups, role: Resource, service: str) -> Answer | None:
    """Return whether a role's trust policy lets *service* assume it; None where the policy cannot be read."""
    read = policy_statements(under_review, role, "assume_role_policy")
    if read is None:
        return "open" if role.is_unknown("assume_role_policy") else None
    return lets_assume(read, service)


def granted(under_review: Lookups, role: Resource) -> _Statements | None:
    """Return every statement of the role's policies; None where some policy is not in the plans, or cannot be read."""
    return under_review.once(_granted, role)


def _granted(under_review: Lookups, role: Resource) -> _Statements | None:
    found: _Statements = []
    for read in (*_inline(under_review, role), *_managed(under_review, role)):
        if read is None:
            return None
        found += read
    if _may_have_more(under_review, role):
        found.append(OPEN)
    return found


def _may_have_more(under_review: Lookups, role: Resource) -> bool:
    """Whether some policy may be the role's: whose it is comes through a local value, or is told at apply."""
    return any(under_review.open_parts(type, attribute, role) for type, attribute in _GRANTING)


def boundary(under_review: Lookups, role: Resource) -> _Statements | None:
    """Return the statements of what bounds a role's permissions, open ones where they are elsewhere; None for none."""
    name = "permissions_boundary"
    arn = role.text(name)
    denied = perhaps_denied(under_review, role.text("arn"))
    if arn is None and (role.left_out(name) or not role.is_unknown(name)):
        return [EVERYTHING, *denied] if denied else None
    read = _of_policy(under_review, arn, [role], name)
    return [*([OPEN] if read is None else read), *denied]


def rests_on_aws(under_review: Lookups, role: Resource) -> bool:
    """Whether a policy that AWS manages, and may have changed since it was read, is attached to the role."""
    arns = {*(_exclusive(under_review, role) or ()), *_arns(role)}
    for type, attribute in _ATTACHING:
        arns |= {part.text("policy_arn") for part in of_role(under_review, type, attribute, role)}
    return any(arn in managed_policies() for arn in arns)


def is_bare(under_review: Lookups, role: Resource) -> bool:
    """Whether nothing in the plans says anything of the role's policies: they may be attached elsewhere."""
    if role.get("managed_policy_arns") or role.blocks("inline_policy"):
        return False
    parts = (*_GRANTING, (_EXCLUSIVE, "role_name"))
    if any(of_role(under_review, type, attribute, role) for type, attribute in parts):
        return False
    return not _may_have_more(under_review, role)


# ---------------------------------------------------------------- inline


def _inline(under_review: Lookups, role: Resource) -> Iterator[_Statements | None]:
    name = "inline_policy"
    if role.is_unknown(name) and not role.left_out(name):
        yield None
    blocks = role.blocks(name)
    apart = _names_apart(under_review, role) if blocks else frozenset()
    for index, block in enumerate(blocks):
        given = block.get("policy") is not None or role.is_unknown(name, index, "policy")
        # A policy with a resource of its own shows here as well, as it was before the plan.
        if given and role.text(name, index, "name") not in apart:
            read = policy_statements(under_review, role, name, index, "policy")
            yield [OPEN] if read is None and role.is_unknown(name, index, "policy") else read
    for policy in of_role(under_review, "aws_iam_role_policy", "role", role):
        yield _statements(under_review, policy)


def _statements(under_review: Lookups, policy: Resource) -> _Statements | None:
    """Return the statements of a policy in the plans, an open one where it is written only at apply."""
    read = policy_of(under_review, policy)
    return [OPEN] if read is None and policy.is_unknown("policy") else read


def _names_apart(under_review: Lookups, role: Resource) -> set[str | None]:
    """Return the names of the role's policies that are resources of their own, before or after."""
    found = {part.text("name") for part in of_role(under_review, "aws_iam_role_policy", "role", role)}
    return found | {
        part.text("name")
        for name in _names(role)
        for part in under_review.named(name, "aws_iam_role_policy", "role", after=False)
    }


def _names(role: Resource) -> set[str]:
    """Return what other resources call a role."""
    return {text for name in ("name", "id") if (text := role.text(name)) is not None}


def of_role(under_review: Lookups, type: str, attribute: str, role: Resource) -> list[Resource]:
    """Return the parts of a role: those that name it, or refer to it."""
    found = {part.address: part for part in under_review.parts_of(role.address, type, attribute)}
    for name in _names(role):
        for part in under_review.named(name, type, attribute):
            found[part.address] = part
    return [found[address] for address in sorted(found)]


# ---------------------------------------------------------------- managed


def _managed(under_review: Lookups, role: Resource) -> Iterator[_Statements | None]:
    """Yield the statements of each attached policy; None for one that is not in the plans, nor AWS's and known."""
    only = _exclusive(under_review, role)
    attachments = (
        *of_role(under_review, "aws_iam_role_policy_attachment", "role", role),
        *of_role(under_review, "aws_iam_policy_attachment", "roles", role),
    )
    for attachment in attachments:
        if only is None or attachment.text("policy_arn") in only:
            yield _of_policy(under_review, attachment.text("policy_arn"), [attachment], "policy_arn")
    for named in only or ():
        yield _of_policy(under_review, named)
    name = "managed_policy_arns"
    arns = _arns(role)
    if (role.is_unknown(name) or None in arns) and not role.left_out(name):
        referred = [item for item in under_review.referred(role, name) if item.type == "aws_iam_policy"]
        yield from [_statements(under_review, item) for item in referred] or (None,)
    apart = {
        part.text("policy_arn")
        for called in (_names(role) if arns else ())
        for part in under_review.named(called, "aws_iam_role_policy_attachment", "role", after=False)
    }
    for arn in arns:
        # One attached by a resource of its own shows here as well, as it was before the plan.
        if arn is not None and arn not in apart:
            yield _of_policy(under_review, arn)


def _exclusive(under_review: Lookups, role: Resource) -> list[str] | None:
    """Return the only policies that stay attached, where something in the plans says so and all are known."""
    name = "policy_arns"
    for part in of_role(under_review, _EXCLUSIVE, "role_name", role):
        given = part.get(name)
        if isinstance(given, list) and all(isinstance(item, str) for item in given) and not part.is_unknown(name):
            return given
    return None


def _arns(role: Resource) -> list[str | None]:
    """Return the policies that a role lists as attached; None for one that is not known yet."""
    given = role.get("managed_policy_arns")
    return [item for item in given if item is None or isinstance(item, str)] if isinstance(given, list) else []


def _of_policy(
    under_review: Lookups, arn: str | None, by: list[Resource] | None = None, attribute: str = ""
) -> _Statements | None:
    known = managed_policies().get(arn or "")
    if known is not None:
        return [statement.as_document() for statement in known.statement]
    policy = next(iter(under_review.named(str(arn), "aws_iam_policy", "arn")), None)
    for resource in by or ():
        policy = under_review.target(resource, attribute, "aws_iam_policy")
    return None if policy is None else _statements(under_review, policy)
