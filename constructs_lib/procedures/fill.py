"""Values filled: what a call is really given, once names and settings are known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import attrs

from constructs_lib.procedures.value import Carried, Json, Metadata, Name, Tags, fields_of, filled_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.procedures.step import Call
    from constructs_lib.procedures.value import Value

__all__ = ["DRILL_TAGS", "EXPIRES_TAG", "NAME_TAG", "OPERATION_TAG", "Known", "fill", "missing_in", "parameters_of"]

OPERATION_TAG = "drctl:operation"
"""The tag by which an operation knows what it made."""
EXPIRES_TAG = "drctl:expires"
"""The tag that says after which day anybody may remove what a drill made."""
NAME_TAG = "Name"
"""The tag that has the drill's name where AWS names the thing itself."""
DRILL_TAGS = ({"Key": OPERATION_TAG, "Value": "{operation}"}, {"Key": EXPIRES_TAG, "Value": "{expires}"})
"""The tags of what a drill makes."""

_NOT_OURS = "aws:"


class Known(Protocol):
    """Who knows names and settings."""

    def name(self, key: str) -> Any:
        """Return what *key* stands for, or None."""

    def carried(self, setting: Carried) -> Any:
        """Return the setting of the source, or None."""

    def as_json(self, value: Any) -> str:
        """Return *value* as a JSON text."""


def fill(value: Value, known: Known) -> Any:
    """Return *value* with everything filled, or None where it comes to nothing and is left out of the call.

    Raises:
        KeyError: If a name that the call makes no sense without is not known.
    """
    match value:
        case str():
            return filled_text(value, lambda key: _text(known.name(key)))
        case Name(key=key, required=required):
            found = known.name(key)
            if found is None and required:
                raise KeyError(key)
            return found
        case Carried(name=name):
            found = known.carried(value)
            return fill(Name(name, required=True), known) if found is None and name else found
        case Tags(carried=carried, lower=lower):
            words = ("key", "value") if lower else ("Key", "Value")
            return _tags(known.carried(carried), known.name("operation"), *words)
        case Metadata(content=content):
            found = {name: fill(item, known) for name, item in content.items()}
            return {name: _plain(item, known) for name, item in found.items() if item is not None}
        case Json(content=content):
            return known.as_json(fill(content, known))
        case Mapping():
            if any(isinstance(item, Name) and item.decides and known.name(item.key) is None for item in value.values()):
                return None
            filled = {name: fill(item, known) for name, item in value.items()}
            return {name: item for name, item in filled.items() if item is not None} or None
        case tuple():
            return [item for item in (fill(item, known) for item in value) if item is not None]
        case _:
            return value


def parameters_of(call: Call, known: Known) -> dict[str, Any]:
    """Return the parameters of *call*, filled.

    Raises:
        KeyError: If a name that the call makes no sense without is not known.
    """
    found = {member: fill(value, known) for member, value in call.parameters.items()}
    for member, value in call.parameters.items():
        if found[member] is None and isinstance(value, str):
            raise KeyError(next(name for name in fields_of(value) if known.name(name) is None))
    return {member: value for member, value in found.items() if value is not None}


def missing_in(call: Call, known: Known) -> Iterator[str]:
    """Yield the names without which *call* makes no sense and that nobody knows, the first of each of its members."""
    for member, value in call.parameters.items():
        parts = value.content.items() if isinstance(value, Metadata) else [(member, value)]
        for name, part in parts:
            try:
                parameters_of(attrs.evolve(call, parameters={name: part}), known)
            except KeyError as error:
                yield str(error.args[0])


def _text(found: Any) -> str | None:
    return None if found is None else str(found)


def _plain(value: Any, known: Known) -> str:
    """Return one text of AWS Backup's metadata."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if type(value) is str else known.as_json(value) if isinstance(value, list | str) else str(value)


def _tags(found: Any, operation: str | None, key: str, value: str) -> list[dict[str, str]] | None:
    """Return tags as a list; what AWS has set itself cannot be set by others."""
    if not isinstance(found, Mapping):
        found = {item[key]: item.get(value, "") for item in found or ()}
    kept = {name: text for name, text in found.items() if not name.startswith(_NOT_OURS) and name != OPERATION_TAG}
    if operation:
        kept[OPERATION_TAG] = operation
    return [{key: name, value: text} for name, text in kept.items()] or None


def as_json(value: Any) -> str:
    """Return *value* as AWS Backup and policies want it."""
    return json.dumps(value, separators=(",", ":"))
