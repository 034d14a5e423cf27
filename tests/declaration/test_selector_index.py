from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.declaration.selector import AddressGlob, Selector, TagSelector
from constructs_lib.declaration.selector_index import SelectorIndex

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


def test_ten_thousand_selectors_take_about_as_long_as_ten() -> None:
    """A ratio with room for a busy machine: without an index it is a thousand."""

    def taken(count: int) -> float:
        index = SelectorIndex(AddressGlob(f"module.workload{number:05}.*") for number in range(count))
        index.find("module.workload00001.aws_s3_bucket.b", {})
        best = float("inf")
        for _ in range(5):
            started = time.perf_counter()
            for _ in range(200):
                index.find("module.workload00001.aws_s3_bucket.b", {"team": "shop"})
            best = min(best, time.perf_counter() - started)
        return best

    assert taken(10_000) < 50 * taken(10)
