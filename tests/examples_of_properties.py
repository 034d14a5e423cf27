"""How many examples a property is tried with: a number of its own would be the same in `make prove`."""

from __future__ import annotations

from hypothesis import settings

USUAL_EXAMPLES = 50
"""In each run of the tests; the next run tries others."""


def examples(count: int) -> int:
    """Return *count* where a property usually has `USUAL_EXAMPLES`, and as many times more where it has more."""
    return count * settings().max_examples // USUAL_EXAMPLES
