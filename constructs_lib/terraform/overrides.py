"""What `add_override` asks for, kept in Python and merged the way the engine merges it.

The engine keeps overrides beside each resource. Our arguments are written by another element (see `written`), whose
part of the file may be merged before or after the resource's own, so overrides of arguments have to be settled here.
"""

from __future__ import annotations

from typing import Any

from constructs_lib.errors import ConfigurationError
from constructs_lib.terraform.arguments import copied, normalize

__all__ = ["merge", "note"]


def note(overrides: dict[str, Any], path: str, value: object, *, where: str) -> None:
    """Add to *overrides* that *value* is wanted at *path*, whose parts dots divide; None is to remove.

    Raises:
        ConfigurationError: Terraform cannot hold the value.
    """
    *parents, last = path.split(".")
    for part in parents:
        if not isinstance(overrides.get(part), dict):
            overrides[part] = {}
        overrides = overrides[part]
    overrides[last] = normalize(value, where=f"{where}.{path}")


def merge(target: dict[str, Any], overrides: dict[str, Any], *, where: str) -> dict[str, Any]:
    """Write *overrides* over *target*, in place: None removes, a list is added to a list, a number enters one.

    Raises:
        ConfigurationError: Something inside a token is to be overridden.
    """
    for key, value in overrides.items():
        if value is None:
            target.pop(key, None)
        elif isinstance(value, dict):
            target[key] = _entered(target.get(key), value, where=f"{where}.{key}")
        elif isinstance(value, list) and isinstance(target.get(key), list):
            target[key] = [*target[key], *copied(value)]
        else:
            target[key] = copied(value)
    return target


def _entered(there: Any, overrides: dict[str, Any], *, where: str) -> Any:
    if isinstance(there, list):
        items = {str(index): item for index, item in enumerate(there)}
        merge(items, overrides, where=where)
        return [items[index] for index in sorted(filter(str.isdecimal, items), key=int)]
    if there is None or isinstance(there, (str, int, float)):
        return merge({}, overrides, where=where)
    if not isinstance(there, dict):
        msg = f"{where} is a token, so nothing inside it can be overridden; override {where} itself"
        raise ConfigurationError(msg)
    return merge(there, overrides, where=where)
