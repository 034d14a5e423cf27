"""Arguments of a Terraform block as plain JSON values: normalized when given, edited by path until synth.

What the engine cannot carry is refused here, in Python, in the user's words. Past this point a bad value
surfaces in a callback from Node.js, as a RuntimeError without a place.
"""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import json
import math
from collections.abc import Mapping, Sequence, Set
from typing import Any, Final

import attrs

from constructs_lib.errors import ConfigurationError
from constructs_lib.plural import plural
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.placement import is_of_the_engine

__all__ = ["META_ARGUMENTS", "copied", "edit", "normalized_arguments", "parse_path"]

META_ARGUMENTS: Final = frozenset(
    {"connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"}
)
"""Names Terraform keeps for itself in every resource and data block."""

_LARGEST_EXACT_INTEGER: Final = 2**53
"""Node.js holds numbers as doubles; beyond this it would round an integer silently."""

Path = tuple[str | int, ...]


def normalized_arguments(arguments: object, *, where: str) -> dict[str, Any]:
    """Turn *arguments* into plain dicts, lists and scalars that share nothing with what was given.

    `None` is dropped, in mappings and in lists. Tuples and sets become lists (sets sorted), enums their
    values, attrs and dataclass instances mappings, decimals numbers, aware datetimes RFC 3339 text. Tokens
    and other values the engine resolves at synth pass through.

    Args:
        arguments: Names as Terraform writes them, snake_case.
        where: What the arguments belong to, for error messages.

    Raises:
        ConfigurationError: A value Terraform or the engine cannot carry, or a meta-argument among the
            arguments.
    """
    if not isinstance(arguments, Mapping):
        msg = f"{where}: arguments are a mapping of Terraform names to values, not {arguments!r}"
        raise ConfigurationError(msg)
    reserved = sorted(META_ARGUMENTS.intersection(arguments))
    if reserved:
        msg = (
            f"{where}: {reserved[0]} is not an argument of the resource but of Terraform; give provider, "
            f"depends_on and lifecycle as keyword arguments of their own, and set the others on the resource "
            f"object"
        )
        raise ConfigurationError(msg)
    return _mapping(arguments, where)


def _mapping(value: Mapping[Any, object], where: str) -> dict[str, Any]:
    result = {}
    for raw_key, item in value.items():
        key = raw_key.value if isinstance(raw_key, enum.Enum) else raw_key
        if not isinstance(key, str):
            msg = f"{where}: the key {raw_key!r} is not text; Terraform's names and map keys are text"
            raise ConfigurationError(msg)
        if item is None:
            continue
        normalized = normalize(item, where=f"{where}.{key}")
        if normalized is not None:
            result[str(key)] = normalized
    return result


def _items(values: Sequence[object] | Set[object], where: str) -> list[Any]:
    normalized = (normalize(item, where=f"{where}[{index}]") for index, item in enumerate(values))
    return [item for item in normalized if item is not None]


def normalize(value: object, *, where: str) -> Any:
    """Turn one value into its plain form; see `normalized_arguments`."""
    kind = type(value)
    if value is None or kind is str or kind is bool:
        return value
    if kind is dict:
        return _mapping(value, where)  # type: ignore[arg-type]
    if kind is list or kind is tuple:
        return _items(value, where)  # type: ignore[arg-type]
    if isinstance(value, enum.Enum):
        return normalize(value.value, where=where)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, (int, float, decimal.Decimal)):
        return _number(value, where)
    if isinstance(value, (datetime.datetime, datetime.date, datetime.timedelta)):
        return _moment(value, where)
    if isinstance(value, Construct):
        msg = f'{where}: {value!r} is a construct, not a value; pass one of its attributes, as in resource.ref("arn")'
        raise ConfigurationError(msg)
    if is_of_the_engine(value):
        return value
    if hasattr(kind, "__jsii_type__"):
        msg = (
            f"{where}: a {kind.__name__} is a configuration object of a provider binding, whose names are "
            f"not Terraform's; give a mapping with Terraform's argument names"
        )
        raise ConfigurationError(msg)
    if isinstance(value, Mapping):
        return _mapping(value, where)
    if attrs.has(kind):
        return _mapping({field.name: getattr(value, field.name) for field in attrs.fields(kind)}, where)
    if dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        return _mapping({field.name: getattr(value, field.name) for field in fields}, where)
    if isinstance(value, Set):
        return sorted(_items(value, where), key=_sort_key)
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray, memoryview)):
        return _items(value, where)
    msg = (
        f"{where}: {value!r} is a {kind.__name__}, which has no form in Terraform; give text, a number, a "
        f"boolean, a list, a mapping or a token"
    )
    raise ConfigurationError(msg)


def _number(value: float | decimal.Decimal, where: str) -> int | float:
    if not math.isfinite(value):
        msg = f"{where}: {value} is not a number Terraform can hold; give a finite one"
        raise ConfigurationError(msg)
    if isinstance(value, decimal.Decimal):
        value = int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, int) and abs(value) > _LARGEST_EXACT_INTEGER:
        msg = f"{where}: {value} is beyond 2^53 and would be rounded; give it as text"
        raise ConfigurationError(msg)
    return value


def _moment(value: datetime.date | datetime.timedelta, where: str) -> str:
    if isinstance(value, datetime.timedelta):
        msg = (
            f"{where}: {value!r} is a duration, and Terraform has none; give the number in the unit of the "
            f"argument, in seconds {value.total_seconds():g}"
        )
        raise ConfigurationError(msg)
    if not isinstance(value, datetime.datetime) or value.tzinfo is None:
        msg = (
            f"{where}: {value!r} does not name one moment; give a datetime with a time zone, "
            f"or the text the argument expects"
        )
        raise ConfigurationError(msg)
    return value.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")


def _sort_key(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def copied(value: Any) -> Any:
    """A copy of a normalized value that shares no mapping or list with it; tokens stay the same objects."""
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    if isinstance(value, list):
        return [copied(item) for item in value]
    return value


def parse_path(path: str | Sequence[str | int], *, where: str) -> Path:
    """Split `"rule.0.filter.prefix"` at its dots; a sequence is taken as it is, so its keys may hold dots.

    Raises:
        ConfigurationError: An empty path, or one with an empty part.
    """
    parts: Path = tuple(path.split(".")) if isinstance(path, str) else tuple(path)
    if not parts or not all(isinstance(part, (str, int)) and part != "" for part in parts):
        msg = (
            f'{where}: {path!r} is not a path to an argument; write "versioning_configuration.status", '
            f'"rule.0.status", or a sequence such as ("tags", "a.b")'
        )
        raise ConfigurationError(msg)
    return parts


def edit(arguments: dict[str, Any], path: Path, value: object, *, where: str) -> None:
    """Set the argument at *path*, or remove it where *value* is None.

    Missing mappings on the way are made. A list is entered by index, its length appends; the only block of a
    list may be entered without one.

    Raises:
        ConfigurationError: The path leads through a scalar, or to a list item that is not there.
    """
    normalized = normalize(value, where=f"{where}.{'.'.join(map(str, path))}")
    *parents, last = path
    container: Any = arguments
    for depth, part in enumerate(parents):
        container = _entered(container, part, removing=normalized is None, at=path[:depth], where=where)
        if container is None:
            return
    container = _only_block(container, last)
    if isinstance(container, list):
        index = _index(container, last, at=path[:-1], where=where, may_append=normalized is not None)
        if normalized is None:
            del container[index]
        else:
            container[index : index + 1] = [normalized]
    elif isinstance(container, dict):
        if normalized is None:
            container.pop(str(last), None)
        else:
            container[str(last)] = normalized
    else:
        raise ConfigurationError(_not_a_block(container, path[:-1], where))


def _entered(container: Any, part: str | int, *, removing: bool, at: Path, where: str) -> Any:
    container = _only_block(container, part)
    if isinstance(container, list):
        index = _index(container, part, at=at, where=where, may_append=not removing)
        if index == len(container):
            container.append({})
        return container[index]
    if isinstance(container, dict):
        key = str(part)
        if key not in container:
            if removing:
                return None
            container[key] = {}
        return container[key]
    raise ConfigurationError(_not_a_block(container, at, where))


def _only_block(container: Any, part: str | int) -> Any:
    if isinstance(container, list) and not _is_index(part) and len(container) == 1:
        return container[0]
    return container


def _is_index(part: str | int) -> bool:
    return isinstance(part, int) or part.isdecimal()


def _index(container: list[Any], part: str | int, *, at: Path, where: str, may_append: bool) -> int:
    place = ".".join(map(str, at))
    if not _is_index(part):
        msg = (
            f"{where}: {place} holds {plural(len(container), 'item')}, so {part!r} needs an index before it, as in "
            f"{place}.0.{part}"
        )
        raise ConfigurationError(msg)
    index = int(part)
    highest = len(container) if may_append else len(container) - 1
    if not 0 <= index <= highest:
        items = plural(len(container), "item")
        msg = f"{where}: {place} holds {items}, so there is no item {index}; give 0 to {highest}"
        raise ConfigurationError(msg)
    return index


def _not_a_block(value: object, at: Path, where: str) -> str:
    place = ".".join(map(str, at))
    return f"{where}: {place} is {value!r}, not a block, so nothing below it can be set; override {place} itself"
