"""From which version of an engine on AWS has a class of instances: `class_versions.toml`, typed."""

from __future__ import annotations

from functools import cache
from typing import Final

import msgspec

from constructs_lib.catalog.document import read_document
from constructs_lib.catalog.sources import load_sources

_FILE: Final = "databases/class_versions.toml"
_AURORA: Final = "aurora-"
_OF_AURORA_MYSQL: Final = "mysql_aurora."


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file.

    Attributes:
        source: Its source for the engines of RDS, an id of `sources.toml`.
        aurora_source: The same for those of Aurora.
        least: By engine and the beginnings of classes, the least version of each major one.
    """

    source: str
    aurora_source: str
    least: dict[str, dict[str, tuple[str, ...]]]


@cache
def _file() -> _File:
    return read_document(_FILE, _File)


@cache
def _least(engine: str) -> dict[str, tuple[str, ...]]:
    """Return the least versions, by what classes begin with."""
    groups = _file().least.get(engine, {})
    return {start: versions for starts, versions in groups.items() for start in starts.split()}


def version_without_class(engine: str, instance_class: str, version: str, *, version_parts: int) -> str | None:
    """Return why *version* of *engine* has no *instance_class*; None where it has it, or nothing says.

    Args:
        engine: What AWS calls the engine.
        instance_class: Such as `db.m8g.large`.
        version: The version, as exactly as it is known: a major one alone may still become one that has the class.
        version_parts: How many parts of a version are the major one.
    """
    least = _least(engine).get(instance_class.removeprefix("db.").split(".")[0])
    own = version.partition(_OF_AURORA_MYSQL)[2] if engine == "aurora-mysql" else version
    # Under extended support AWS's own date follows: 5.7.44-rds.20260902.
    own = own.partition("-")[0]
    if least is None or not own or not all(part.isascii() and part.isdigit() for part in own.split(".")):
        return None
    parts = 1 if engine == "aurora-mysql" else version_parts
    given, known = _numbers(own), [_numbers(one) for one in least]
    beside = next((one for one in known if one[:parts] == given[:parts]), None)
    # What is given less exactly ("8.0" of 8.0.32) becomes a version of AWS's choice.
    too_old = given < known[0][: len(given)] if beside is None else given < beside[: len(given)]
    if not too_old:
        return None
    source = load_sources()[_file().aurora_source if engine.startswith(_AURORA) else _file().source]
    having = ", ".join(f"{one} and higher" for one in least)
    return f"{version} is older than what has it, {engine} {having}, as of {source.date}"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
