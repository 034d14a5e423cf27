"""What the catalog says about a kind of component as such: the `[kind]` head of its file."""

from __future__ import annotations

import msgspec


class KindFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One kind.

    Attributes:
        name: Its name, such as `bucket`.
        title: What AWS calls it.
        features: What a component of the kind may have that rules some patterns out.
        has_engine: Whether there is an engine to choose, and then an instance class.
        everywhere: Whether it serves from no Region in particular.
        usage: What its bill depends on, as documents say it; each place in braces is an amount of `Usage`.
    """

    name: str
    title: str
    usage: tuple[str, ...]
    features: tuple[str, ...] = ()
    has_engine: bool = False
    everywhere: bool = False
