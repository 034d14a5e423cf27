"""The recorded plans of the reference stacks, and how to change them."""

from __future__ import annotations

import copy
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from constructs_lib.declaration.declaration import load_declaration
from constructs_lib.plan import read_plans
from constructs_lib.review import review

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.declaration.declaration import Declaration
    from constructs_lib.review import ComponentReview, Review

PLANS = Path(__file__).with_name("plans")
TODAY = date(2026, 11, 23)
WORKLOADS = ("payments", "storefront", "reporting", "archive")
FORMER = "backups"
"""The stacks of reporting as they were when its warehouse had replicated backups, which no other workload has."""
ROLES = ("primary", "recovery", "global")

Plans = dict[str, Any]
"""Plans by the name of their stack, as decoded JSON; as bytes, those that a test leaves as they were recorded."""


@cache
def declaration() -> Declaration:
    return load_declaration(Path(__file__).parents[2] / "stacks" / "recovery.yaml")


@cache
def _text(name: str) -> bytes:
    return (PLANS / name).read_bytes()


def recorded(
    workload: str, moment: str = "deployed", roles: Sequence[str] = ROLES, changing: str | None = None
) -> Plans:
    """Return fresh copies of the plans of a workload's stacks; a stack that was not recorded then is left out.

    Decoded are all, or the one that the test is going to change: to decode and encode them takes as long as a review.
    """
    names = [f"{workload}-{role}" for role in roles if (PLANS / f"{workload}-{role}.{moment}.json").exists()]
    texts = {name: _text(f"{name}.{moment}.json") for name in names}
    return {name: msgspec.json.decode(text) if changing in (None, name) else text for name, text in texts.items()}


def reviewed(plans: Mapping[str, Any], declared: Declaration | None = None) -> Review:
    """Review plans together."""
    sources: dict[str, Path | bytes] = {
        name: plan if isinstance(plan, bytes) else msgspec.json.encode(plan) for name, plan in plans.items()
    }
    return review(read_plans(sources), declared or declaration(), today=TODAY, names=sorted(sources))


def change_of(plans: Plans, stack: str, address: str) -> dict[str, Any]:
    """Return the entry of a resource."""
    return next(item for item in plans[stack]["resource_changes"] if item["address"] == address)


def alter(plans: Plans, stack: str, address: str) -> dict[str, Any]:
    """Mark a resource as changed in place, and return its attributes after, to be changed."""
    change = change_of(plans, stack, address)["change"]
    change["actions"] = ["update"]
    change["after"] = copy.deepcopy(change["after"])
    after: dict[str, Any] = change["after"]
    return after


def destroy(plans: Plans, stack: str, address: str) -> None:
    """Take a resource out of the configuration, so that the plan destroys it."""
    item = change_of(plans, stack, address)
    item["change"].update(actions=["delete"], after=None, after_unknown={}, after_sensitive=False)
    resources = plans[stack]["configuration"]["root_module"]["resources"]
    resources[:] = [entry for entry in resources if (entry["type"], entry["name"]) != (item["type"], item["name"])]


def replace(plans: Plans, stack: str, address: str, because: str) -> None:
    """Let the plan destroy a resource and create it anew."""
    change_of(plans, stack, address)["change"].update(actions=["delete", "create"], replace_paths=[[because]])


def component(found: Review, name: str, region: str) -> ComponentReview:
    """Return the component with a name of its own in a Region."""
    return next(item for item in found.components if item.name == name and item.region == region)
