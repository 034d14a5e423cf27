"""What policies of AWS Organizations may deny a role, whatever it is granted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.plan.document.arn import parse_arn
from constructs_lib.review.checks.roles.iam_policy import OPEN
from constructs_lib.review.checks.roles.policy_documents import policy_statements

if TYPE_CHECKING:
    from constructs_lib.plan import Resource
    from constructs_lib.review.checks.roles.lookups import Lookups

CONTROLLED_BY: Final = ("aws_organizations_policy", "aws_organizations_policy_attachment")
"""The types of resources that it rests on."""

_KINDS: Final = (None, "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")
"""The first is what the provider takes where nobody names any."""


def perhaps_denied(under_review: Lookups, arn: str | None) -> list[dict[str, Any]]:
    """Return the statements that deny something, as open ones: to which accounts they apply no plan tells.

    Args:
        under_review: The plan.
        arn: The ARN of the role, where it is known: a policy that is attached to other accounts alone is not about it.
    """
    found = []
    for policy in under_review.after(CONTROLLED_BY[0]):
        if policy.text("type") in _KINDS and not _of_others(under_review, policy, arn):
            read = policy_statements(under_review, policy, "content") or []
            found += [item for item in read if item.get("Effect") == "Deny"]
    return [{**item, "Condition": {**_conditions(item), **OPEN["Condition"]}} for item in found]


def _conditions(statement: dict[str, Any]) -> dict[str, Any]:
    given = statement.get("Condition")
    return given if isinstance(given, dict) else {}


def _of_others(under_review: Lookups, policy: Resource, arn: str | None) -> bool:
    role = parse_arn(arn)
    attached = under_review.parts_of(policy.address, CONTROLLED_BY[1], "policy_id")
    targets = [item.text("target_id") for item in attached]
    return role is not None and bool(targets) and all(one and one.isdigit() and one != role.account for one in targets)
