"""What an example of a rule is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.emulator.rules.account import Account


@attrs.frozen
class Example:
    """Two calls on a furnished account."""

    refused: Callable[[Account], object]
    accepted: Callable[[Account], object]
