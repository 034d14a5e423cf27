"""What a dashboard of a Region draws of one copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """A metric of the Region, with what was promised.

    Attributes:
        title: What it shows, and in which unit.
        namespace: The metric's namespace.
        metric: Its name.
        dimensions: Its dimensions; a value of None stands for whatever there is.
        statistic: What of it.
        period: Seconds a data point covers.
        promised: What was promised, in the unit of the title.
        rings: Where an alarm rings; None where none does.
        since_last: Whether the metric counts what was completed, and the chart shows the hours since the last.
    """

    title: str
    namespace: str
    metric: str
    dimensions: Mapping[str, str | None]
    statistic: str
    period: int
    promised: float
    rings: float | None = None
    since_last: bool = False
