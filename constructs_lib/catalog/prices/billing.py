"""What of the resource types that the constructs write is in a bill: `billing.toml`, typed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import msgspec

from constructs_lib.catalog.document import read_document

if TYPE_CHECKING:
    from collections.abc import Iterable

_FILE = "prices/billing.toml"


class LeftOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something that costs money and is in no bill, in words, and the resource types it is about.

    *kinds* are the kinds of component whose bill lacks it; none, where every bill does.
    """

    what: str
    types: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset()


class Free(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The types that AWS bills nothing for."""

    types: frozenset[str]


class Billing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is billed, by resource type with its dimensions; what is free; and what is left out.

    A dimension that ends in a dot stands for all that begin so.
    """

    billed: dict[str, tuple[str, ...]]
    free: Free
    left_out: tuple[LeftOut, ...]


@cache
def load_billing() -> Billing:
    """Return the content of the file; it is read once for the process.

    Raises:
        CatalogError: If the file is not well formed.
    """
    return read_document(_FILE, Billing)


def not_counted(kinds: Iterable[str]) -> tuple[str, ...]:
    """Return what is in no bill of components of these *kinds*, each in words that can be listed."""
    asked = frozenset(kinds)
    return tuple(item.what for item in load_billing().left_out if not item.kinds or item.kinds & asked)
