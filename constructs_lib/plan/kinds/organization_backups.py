"""Backup policies of AWS Organizations: plans that AWS Backup has in every account they are attached to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.components import ENABLED
from constructs_lib.plan.kinds.backup import needs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.plan.document.resource import Resource
    from constructs_lib.plan.kinds.component_builder import ComponentBuilder
    from constructs_lib.plan.side import Side

_POLICY: Final = "aws_organizations_policy"
_TYPES: Final = types_that("backup")
_ASSIGN: Final = "@@assign"
_ANYTHING: Final = object()
"""A value that another policy adds to, or takes from: what is in force is told by the account alone."""


def add_organization_backups(side: Side, builders: Sequence[ComponentBuilder]) -> None:
    """Leave open whether a component is backed up, where a policy may have it backed up.

    To which accounts a policy applies, and what the others above it add, no plan tells.
    """
    for policy in side.of(_POLICY):
        if policy.text("type") != "BACKUP_POLICY":
            continue
        plans = list(_plans(policy))
        for builder in builders:
            if builder.main.type in _TYPES:
                taken, doubts = [plan for plan in plans if _may_take(plan, builder.main)], needs(side, builder)
                if taken:
                    builder.protect(side.notes, "backup", policy, doubts=doubts, unknown=[ENABLED])
                if any(_copies(plan) for plan in taken):
                    builder.protect(side.notes, "backup_copy", policy, doubts=doubts, unknown=[ENABLED])


def _plans(policy: Resource) -> Iterator[object]:
    """Yield the plans of a policy; one of which everything is open, where its content is."""
    try:
        content = json.loads(policy.text("content") or "")
    except ValueError:
        content = None
    plans = content.get("plans") if isinstance(content, dict) else None
    yield from plans.values() if isinstance(plans, dict) else [_ANYTHING]


def _may_take(plan: object, main: Resource) -> bool:
    regions = _assigned(_member(plan, "regions"))
    if isinstance(regions, list) and main.region is not None and main.region not in regions:
        return False
    # Besides tags, a plan may select resources by other means, which are not looked at here.
    if not isinstance(plan, dict) or set(_dict(_member(plan, "selections"))) != {"tags"} or main.tags_unknown:
        return True
    return any(_tagged(item, main) for item in _dict(_member(_member(plan, "selections"), "tags")).values())


def _tagged(selection: object, main: Resource) -> bool:
    key, values = (_assigned(_member(selection, name)) for name in ("tag_key", "tag_value"))
    if not isinstance(key, str) or not isinstance(values, list):
        return True
    return main.tags.get(key) in values


def _copies(plan: object) -> bool:
    rules = _member(plan, "rules")
    return not isinstance(rules, dict) or any(_member(rule, "copy_actions") for rule in rules.values())


def _assigned(value: object) -> object:
    """Return what `@@assign` gives, where nothing else is said of it."""
    return value[_ASSIGN] if isinstance(value, dict) and set(value) == {_ASSIGN} else _ANYTHING


def _member(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else _ANYTHING


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
