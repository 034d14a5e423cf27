"""Regions that give no answers: asked about before anything is begun, each is waited for once."""

from __future__ import annotations

from collections import Counter
from typing import Final

from constructs_lib.operations.trouble import is_of_the_way, is_put_off

__all__ = ["Silence"]

_PUT_OFF: Final = 3
"""After how many questions in a row that a Region has put off no more are asked; each was tried for some time."""


class Silence:
    """The Regions that have not answered."""

    def __init__(self) -> None:
        self._regions: set[str] = set()
        self._put_off: Counter[str] = Counter()

    def __contains__(self, region: object) -> bool:
        """Tell whether *region* is not to be asked any more."""
        return region in self._regions

    def note(self, region: str, error: Exception | None) -> None:
        """Note how *region* has answered; None: as it should."""
        self._put_off[region] = self._put_off[region] + 1 if error is not None and is_put_off(error) else 0
        if self._put_off[region] >= _PUT_OFF or (error is not None and is_of_the_way(error)):
            self._regions.add(region)
