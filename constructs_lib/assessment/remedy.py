"""One change to one need, so that an uptime can be promised."""

from __future__ import annotations

from typing import Literal

import msgspec

from constructs_lib.availability import (
    Availability,
)


class Remedy(msgspec.Struct, frozen=True, kw_only=True):
    """One change to one need, and what the dependencies would allow after it.

    Attributes:
        need: The need's name.
        change: `non-critical`: the service does less without it; `redundant`: a second, independent provider, alike.
        allows: What all dependencies together then allow.
        suffices: Whether that leaves room for the promise.
    """

    need: str
    change: Literal["non-critical", "redundant"]
    allows: Availability
    suffices: bool
