"""A recovery time and a recovery point for one disruption."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from constructs_lib.objectives.duration import format_duration, parse_duration

if TYPE_CHECKING:
    from datetime import timedelta
    from typing import Literal


def _rto(value: str | timedelta | Literal[0]) -> int:
    return parse_duration(value, name="RTO")


def _rpo(value: str | timedelta | Literal[0]) -> int:
    return parse_duration(value, name="RPO")


@attrs.frozen(cache_hash=True)
class Target:
    """An RTO and an RPO for one disruption, kept in seconds.

    Args:
        rto: The longest time down: `"15m"`, `"PT15M"`, `timedelta(minutes=15)`. Zero is legal and rarely feasible.
        rpo: The most data that may be lost, as time. Zero is legal.

    Raises:
        DurationError: If either is not a duration.
    """

    rto: int = attrs.field(converter=_rto)
    rpo: int = attrs.field(converter=_rpo)

    if TYPE_CHECKING:

        def __init__(self, rto: str | timedelta | Literal[0], rpo: str | timedelta | Literal[0]) -> None: ...

    @classmethod
    def of_seconds(cls, rto: int, rpo: int) -> Target:
        """Return a target from whole seconds."""
        return cls(rto=f"{rto}s", rpo=f"{rpo}s")

    def __str__(self) -> str:
        return f"RTO {format_duration(self.rto)}, RPO {format_duration(self.rpo)}"
