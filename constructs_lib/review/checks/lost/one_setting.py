"""Settings of something else: whose replacement, created first, is destroyed last, or which two resources write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview
    from constructs_lib.review.reviewed_component import ReviewedComponent

_SETTINGS: Final = types_that("setting_of")
_HIDDEN: Final = "something with a sensitive name"
_BUCKET: Final = "bucket"
_CREATED_FIRST: Final = ("create", "delete")
_KEEP_THE_ORDER: Final = "drop create_before_destroy from its lifecycle, or undo the change that forces the replacement"


def one_setting(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield what is created and destroyed with the old one, because both are the same, and what two write."""
    yield from _replaced(under_review)
    yield from _under_another_name(under_review)
    yield from _written_twice(under_review)


def _replaced(under_review: PlanUnderReview) -> Iterator[Found]:
    for before in under_review.before(*_SETTINGS):
        change = under_review.changes.get(before.address)
        after = under_review.plan.resources_after.get(before.address)
        if change is None or after is None or tuple(change.actions) != _CREATED_FIRST:
            continue
        argument = str(_SETTINGS[before.type].setting_of)
        was, now = before.text(argument), after.text(argument)
        concern, reviewed = under_review.concerns(before.address)
        if concern and (now is None or was == now):
            values = {
                "does": f"creates {before.address} anew before it destroys the old one",
                "owner": _shown(before, argument, reviewed),
                "end": "what it destroys last is the new one",
                "change": _KEEP_THE_ORDER,
            }
            yield Found(id="RECOVERY-132", address=before.address, reviewed=reviewed, values=values)


def _under_another_name(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield what is created under another address than what is destroyed: Terraform does the two in no order."""
    created: dict[tuple[object, ...], Resource] = {}
    for after in under_review.after(*_SETTINGS):
        change = under_review.changes.get(after.address)
        if change is not None and change.created:
            created[after.type, after.document, after.text(str(_SETTINGS[after.type].setting_of))] = after
    for before in under_review.before(*_SETTINGS) if created else ():
        change, argument = under_review.changes.get(before.address), str(_SETTINGS[before.type].setting_of)
        new = created.get((before.type, before.document, before.text(argument)))
        if change is None or not change.deleted or new is None or before.text(argument) is None:
            continue
        # A bucket's name is no other's; a vault of that name may be in another Region, or another account.
        same = argument == _BUCKET or before.same_region(new) is not False
        concern, reviewed = under_review.concerns(new.address)
        if concern and same:
            values = {
                "does": f"creates {new.address} and destroys {before.address}, in no order",
                "owner": _shown(new, argument, reviewed),
                "end": "the new one may be destroyed with the old",
                "change": f"add a moved block, from {before.address} to {new.address}",
            }
            yield Found(id="RECOVERY-132", address=new.address, reviewed=reviewed, values=values)


def _shown(setting: Resource, argument: str, reviewed: ReviewedComponent | None) -> str:
    if reviewed is not None:
        return reviewed.address
    return _HIDDEN if setting.is_sensitive(argument) else str(setting.text(argument))


def _written_twice(under_review: PlanUnderReview) -> Iterator[Found]:
    for type, known in _SETTINGS.items():
        writers: dict[tuple[object, ...], list[str]] = {}
        hidden: set[str] = set()
        for setting in under_review.after(type):
            argument = str(known.setting_of)
            text = setting.text(argument)
            # A name that is not told yet is that of a resource here; what it is put together of does not tell it.
            owners = [
                item.address
                for address in ([] if text else under_review.plan.resolve(setting.address, argument))
                if (item := under_review.plan.resources_after.get(address)) is not None
            ]
            if text or len(owners) == 1:
                # A bucket's name is no other's; that of a vault is another one's in each account, which no plan tells.
                account = () if argument == _BUCKET else (setting.document, setting.provider_key)
                writers.setdefault((text or owners[0], setting.region, *account), []).append(setting.address)
                hidden |= {str(text)} if setting.is_sensitive(argument) else set()
        for (name, *_), addresses in writers.items():
            owner = _HIDDEN if name in hidden else str(name)
            for address in addresses[1:]:
                concern, reviewed = under_review.concerns(address)
                if concern:
                    values = {"address": address, "other": addresses[0], "owner": owner}
                    yield Found(id="RECOVERY-236", address=address, reviewed=reviewed, values=values)
