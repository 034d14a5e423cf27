"""Whether AWS Backup may take the role that a selection gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.review.checks.roles.iam_policy import assumable
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview

_SELECTION: Final = "aws_backup_selection"
_PLAN: Final = "aws_backup_plan"
_SERVICE: Final = "backup.amazonaws.com"

NOT_TAKEN: Final = "AWS Backup may not assume its role"


def backup_role(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield the selections whose role AWS Backup may not assume."""
    for selection, role in _refused(under_review):
        concern, reviewed = under_review.concerns(selection.address)
        if concern:
            values = {"role": role.address, "service": _SERVICE}
            yield Found(id="RECOVERY-218", address=selection.address, reviewed=reviewed, values=values)


def broken_backups(under_review: PlanUnderReview) -> dict[tuple[str | None, str | None], str]:
    """Return the backups of plans of which no selection has a role that works."""
    refused = {selection.address for selection, _ in _refused(under_review)}
    works: dict[str, bool] = {}
    for selection in under_review.after(_SELECTION) if refused else ():
        plan = under_review.target(selection, "plan_id", _PLAN)
        if plan is not None:
            works[plan.address] = works.get(plan.address, False) or selection.address not in refused
    return {
        (item.address, item.region): NOT_TAKEN
        for component in (under_review.plan.after if refused else ())
        for item in component.protections
        if works.get(item.address or "") is False
    }


def _refused(under_review: PlanUnderReview) -> Iterator[tuple[Resource, Resource]]:
    for selection in under_review.after(_SELECTION):
        role = under_review.target(selection, "iam_role_arn", "aws_iam_role")
        if role is not None and assumable(role, _SERVICE) is False:
            yield selection, role
