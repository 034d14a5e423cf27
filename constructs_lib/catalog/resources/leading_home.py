"""What of a resource's arguments leads to a Region: by an ARN there, or by the name of one of AWS's hosts there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from constructs_lib.catalog.resources.resource_types import types_that

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

__all__ = ["Leading", "leading_home"]

_COPIES: Final = types_that("copies_from")


class Leading(NamedTuple):
    """One argument that leads to the primary Region.

    Attributes:
        path: Its names and positions, joined by dots.
        text: What leads there: an ARN, or the name of a host.
    """

    path: str
    text: str


def leading_home(type_: str, arguments: Mapping[str, Any], home: str, external: Collection[str] = ()) -> list[Leading]:
    """Return what of a resource's arguments leads to the Region *home*, by an ARN or by the name of one of AWS's hosts.

    Args:
        type_: Terraform's type. What it copies from there, or listens to, is meant to lead there.
        arguments: The arguments.
        home: The primary Region.
        external: Texts that may lead there, as declared.
    """
    short = _short(home)
    region = re.escape(home)
    # A host is looked for where a word begins, and not from each letter of it: a value may be a page of one long word.
    pattern = re.compile(
        rf"arn:aws[a-z-]*:[a-z0-9-]+:{region}:[^\s\"',]*"
        rf"|(?<![\w.-])[\w.-]*(?<=[.-]){region}\.(?:[\w.-]*amazonaws\.com|(?:[\w-]+\.)*(?:on\.aws|api\.aws|awsapprunner\.com))"
        rf"|(?<![\w.-])[\w.-]+\.{short}\.cache\.amazonaws\.com"
    )
    known = _COPIES.get(type_)
    meant = () if known is None else known.copies_from
    return [
        Leading(path, found[0])
        for path, text in _texts(arguments, "")
        # Most texts name no Region, and to look for the pattern in a long one takes longer than all else.
        if (home in text or short in text) and path.partition(".")[0] not in meant
        for found in pattern.finditer(text)
        if not any(item in found[0] for item in external)
    ]


def _short(region: str) -> str:
    """Return what ElastiCache calls a Region in its hosts: `euw1`, `apne1`."""
    area, *words, number = region.split("-")
    return (
        area
        + "".join(re.sub(r"(north|south|east|west|central)", lambda found: found[0][0], word) for word in words)
        + number
    )


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(item, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _texts(item, f"{path}.{number}")
