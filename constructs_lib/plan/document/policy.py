"""The statements of a resource's policy, as a plan writes it."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any


def statements(document: str | None) -> list[dict[str, Any]]:
    """Return the statements of a policy in JSON; none where it cannot be read."""
    try:
        found = json.loads(document or "").get("Statement", [])
    except (ValueError, AttributeError):
        return []
    return [item for item in (found if isinstance(found, list) else [found]) if isinstance(item, dict)]


def listed(statement: dict[str, Any], key: str) -> list[str]:
    """Return the texts of an element of a statement that may be one or many."""
    value = statement.get(key, [])
    return [str(item) for item in (value if isinstance(value, list) else [value])]


def acts(statement: dict[str, Any], action: str) -> bool:
    """Whether a statement is about an action, given in lower case."""
    if "NotAction" in statement:
        return not any(fnmatchcase(action, item.lower()) for item in listed(statement, "NotAction"))
    return any(fnmatchcase(action, item.lower()) for item in listed(statement, "Action"))


def principals(statement: dict[str, Any], kind: str) -> list[str]:
    """Return the principals of a kind, `AWS` or `Service`, in a statement; everybody is `*` of either."""
    named = statement.get("Principal")
    if not isinstance(named, dict):
        return ["*"] if named == "*" else []
    return [*listed(named, kind), *(["*"] if "*" in listed(named, "AWS") else [])]
