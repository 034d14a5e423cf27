"""Many selectors, asked at once: a plan may hold 100,000 resources, and a declaration thousands of selectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.declaration.selector import AddressGlob

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs_lib.declaration.selector import Selector

__all__ = ["SelectorIndex"]


class SelectorIndex:
    """Finds which of many selectors match, asking only those that can.

    Globs are found by the text before their first wildcard, tag selectors by one of their tags.
    """

    __slots__ = ("_by_prefix", "_by_tag", "_prefix_lengths")

    def __init__(self, selectors: Iterable[Selector]) -> None:
        self._by_prefix: dict[str, list[tuple[int, Selector]]] = {}
        self._by_tag: dict[tuple[str, str], list[tuple[int, Selector]]] = {}
        for position, selector in enumerate(selectors):
            if isinstance(selector, AddressGlob):
                self._by_prefix.setdefault(selector.literal_prefix, []).append((position, selector))
            else:
                # Any one of its tags will do: a resource that lacks it cannot match.
                self._by_tag.setdefault(next(iter(selector.tags.items())), []).append((position, selector))
        self._prefix_lengths = sorted({len(prefix) for prefix in self._by_prefix})

    def find(self, address: str, tags: Mapping[str, str]) -> list[int]:
        """Return the positions of all selectors that match, in rising order."""
        candidates: list[tuple[int, Selector]] = []
        for length in self._prefix_lengths:
            if length > len(address):
                break
            candidates += self._by_prefix.get(address[:length], ())
        if self._by_tag:
            for tag in tags.items():
                candidates += self._by_tag.get(tag, ())
        return sorted(position for position, selector in candidates if selector.matches(address, tags))
