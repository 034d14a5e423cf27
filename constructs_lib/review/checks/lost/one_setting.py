"""Settings of something else whose replacement, created first, is what the provider destroys last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.resource_types import types_that
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.plan_under_review import PlanUnderReview

_SETTINGS: Final = types_that("setting_of")
_CREATED_FIRST: Final = ("create", "delete")


def one_setting(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield what is created anew and then destroyed with the old one, because both are the same."""
    for before in under_review.before(*_SETTINGS):
        change = under_review.changes.get(before.address)
        after = under_review.plan.resources_after.get(before.address)
        if change is None or after is None or tuple(change.actions) != _CREATED_FIRST:
            continue
        argument = str(_SETTINGS[before.type].setting_of)
        was, now = before.text(argument), after.text(argument)
        concern, reviewed = under_review.concerns(before.address)
        if concern and (now is None or was == now):
            values = {"address": before.address, "owner": reviewed.address if reviewed is not None else str(was)}
            yield Found(id="RECOVERY-132", address=before.address, reviewed=reviewed, values=values)
