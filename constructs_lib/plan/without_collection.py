"""Reading and judging without rounds of the garbage collector."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_MANY: Final = 50_000
"""Objects that take longer to visit than to ask whether anything is frozen, which counts all that is."""
_FROZEN_BY_PYTHON: Final = 1_000
"""More than Python itself freezes when it starts, some hundreds in 3.12; beyond that somebody wants it so."""


@contextmanager
def without_collection() -> Iterator[None]:
    """Pause the garbage collector: reading makes many objects and no cycles, and each round would visit them all."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if gc.get_count()[0] > _MANY and gc.get_freeze_count() < _FROZEN_BY_PYTHON:
                # What was made is old now: the next round is to visit what comes after it, not all of it at once.
                gc.freeze()
                gc.unfreeze()
            gc.enable()
