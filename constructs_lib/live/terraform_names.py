"""AWS's answers under Terraform's names: `ReplicaKmsKeyID` is `replica_kms_key_id`, and a structure is a block."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["blocks", "snake", "tags"]

_WORD: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake(name: str) -> str:
    """Return `ReplicaKmsKeyID` as `replica_kms_key_id`."""
    return _WORD.sub("_", name).lower()


def blocks(value: Any, names: Mapping[str, str] | None = None) -> Any:
    """Return *value* with every structure as a list of one block, under Terraform's names.

    Args:
        value: What AWS answered.
        names: Terraform's name where it is another than AWS's in snake case.
    """
    other = names or {}
    if isinstance(value, dict):
        return {
            other.get(key, snake(key)): [blocks(item, other)] if isinstance(item, dict) else blocks(item, other)
            for key, item in value.items()
        }
    return [blocks(item, other) for item in value] if isinstance(value, list) else value


def tags(items: Iterable[Mapping[str, Any]] | None) -> dict[str, str]:
    """Return AWS's list of tags as a map."""
    return {
        str(item.get("Key", item.get("TagKey"))): str(item.get("Value", item.get("TagValue", "")))
        for item in items or ()
    }
