from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.declaration.selector import AddressGlob, Selector, TagSelector
from constructs_lib.declaration.selector_index import SelectorIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TAGS = st.dictionaries(st.sampled_from("abc"), st.sampled_from("xy"))
SELECTORS: st.SearchStrategy[Selector] = st.one_of(
    st.text("ab.*?", min_size=1, max_size=6).map(AddressGlob),
    TAGS.filter(bool).map(TagSelector),
)


@given(st.lists(SELECTORS, max_size=12), st.text("ab.", max_size=8), TAGS)
def test_it_finds_exactly_what_asking_each_would(selectors: list[Selector], address: str, tags: dict[str, str]) -> None:
    assert SelectorIndex(selectors).find(address, tags) == [
        position for position, selector in enumerate(selectors) if selector.matches(address, tags)
    ]


@pytest.mark.parametrize("count", [10, 10_000])
def test_of_many_selectors_only_those_that_can_match_are_asked(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Selector] = []
    for kind in (AddressGlob, TagSelector):

        def watched(
            self: Selector, address: str, tags: Mapping[str, str], matches: Callable[..., bool] = kind.matches
        ) -> bool:
            asked.append(self)
            return matches(self, address, tags)

        monkeypatch.setattr(kind, "matches", watched)
    globs = [AddressGlob(f"module.workload{number:05}.*") for number in range(count)]
    tags = [TagSelector({"team": f"team{number:05}"}) for number in range(count)]
    index = SelectorIndex([*globs, *tags])

    assert index.find("module.workload00001.aws_s3_bucket.b", {"team": "team00002"}) == [1, count + 2]

    assert asked == [globs[1], tags[2]]
    assert len(index._prefix_lengths) == 1  # an address is looked up once for each
