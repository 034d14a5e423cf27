"""Where the catalog's facts come from: `sources.toml`, typed.

Every table of the catalog names its source by id. `load_sources` is the one place that turns an id into a
title, a link and the kind of trust it deserves.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, cast, get_args

import msgspec
import tomli

from constructs_lib.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SHIPPED_SOURCES", "Source", "SourceKind", "load_sources", "parse_source"]

SourceKind = Literal["sla", "doc", "api", "terraform", "secondary", "memory", "ours"]
"""How far a source can be trusted; the head of `sources.toml` says what each kind means."""

SHIPPED_SOURCES: Final = Path(__file__).with_name("sources.toml")
"""The file that ships with the library."""

_KINDS: Final[tuple[str, ...]] = get_args(SourceKind)
_FIELDS: Final = frozenset({"title", "url", "document", "date", "read", "kind"})
_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_DATE: Final = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One place where facts were read.

    `url` or `document` says where it is (at least one is given), `read` is the month it was read (`YYYY-MM`), `date` is
    when what it says was said: the month it was read, unless the source itself is older.
    """

    id: str
    title: str
    kind: SourceKind
    read: str
    date: str
    url: str | None = None
    document: str | None = None


def parse_source(source_id: str, table: object, *, file: str) -> Source:
    """Return the source that one TOML table describes.

    Raises `CatalogError`, naming `file` and the source's id, when the table is not well formed.
    """
    where = f"{file}: source {source_id!r}"
    if _ID.fullmatch(source_id) is None:
        raise CatalogError(f"{where} is no valid id; use lower-case letters, digits and single hyphens")
    if not isinstance(table, dict):
        raise CatalogError(f"{where} must be a table with title, read, kind and url or document, not {table!r}")
    fields = cast("dict[str, Any]", table)
    unknown = sorted(fields.keys() - _FIELDS)
    if unknown:
        raise CatalogError(f"{where} has unknown field {unknown[0]!r}; allowed are {', '.join(sorted(_FIELDS))}")
    for name in ("title", "read", "kind"):
        if name not in fields:
            raise CatalogError(f"{where} lacks {name!r}; add it")
    for name, value in fields.items():
        if not isinstance(value, str) or not value.strip():
            raise CatalogError(f"{where}: {name} must be a string that is not empty, not {value!r}")
    if fields["kind"] not in _KINDS:
        raise CatalogError(f"{where}: kind {fields['kind']!r} is not known; use one of {', '.join(_KINDS)}")
    if _MONTH.fullmatch(fields["read"]) is None:
        raise CatalogError(f"{where}: read {fields['read']!r} is no month; write it like '2026-11'")
    dated = fields.get("date", fields["read"])
    if _DATE.fullmatch(dated) is None:
        raise CatalogError(f"{where}: date {dated!r} is not YYYY, YYYY-MM or YYYY-MM-DD; correct it")
    url = fields.get("url")
    if url is not None and not url.startswith("https://"):
        raise CatalogError(f"{where}: url {url!r} does not start with https://; correct it or use document")
    if url is None and "document" not in fields:
        raise CatalogError(f"{where} has neither url nor document; give one of them")
    return Source(
        id=source_id,
        title=fields["title"],
        kind=fields["kind"],
        read=fields["read"],
        date=dated,
        url=url,
        document=fields.get("document"),
    )


@cache
def load_sources() -> Mapping[str, Source]:
    """Return every shipped source by id; read once.

    Raises `CatalogError` when the shipped file is not well formed.
    """
    name = SHIPPED_SOURCES.name
    try:
        tables = tomli.loads(SHIPPED_SOURCES.read_text(encoding="utf-8"))
    except tomli.TOMLDecodeError as error:
        raise CatalogError(f"{name} is not TOML: {error}") from error
    return MappingProxyType({key: parse_source(key, table, file=name) for key, table in tables.items()})
