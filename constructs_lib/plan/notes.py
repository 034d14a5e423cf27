"""What was seen and could not be judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from constructs_lib.plan.document.resource import Resource

_SHOWN: Final = 20


class Unjudged(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Resources of one type that could not be judged, for one reason.

    Attributes:
        type: Their type.
        reason: Why, in one sentence.
        count: How many.
        addresses: Where, at most 20, sorted.
    """

    type: str
    reason: str
    count: int
    addresses: tuple[str, ...] = ()


class Notes:
    """Collects what could not be judged; the same resource on both sides counts once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], set[str]] = {}

    def add(self, resource: Resource, reason: str) -> None:
        """Note that *resource* could not be judged, and why. The reason must not contain a value of the plan."""
        self.add_type(resource.type, resource.address, reason)

    def add_type(self, type: str, address: str, reason: str) -> None:
        """Note the same of a resource whose values are not read."""
        self._found.setdefault((type, reason), set()).add(address)

    def collected(self) -> tuple[Unjudged, ...]:
        """Return everything noted, sorted."""
        return tuple(
            Unjudged(type=type, reason=reason, count=len(where), addresses=tuple(sorted(where)[:_SHOWN]))
            for (type, reason), where in sorted(self._found.items())
        )
