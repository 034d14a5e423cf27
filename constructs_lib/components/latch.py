"""The metric by which people hold traffic in the recovery Region: nothing else publishes it."""

from __future__ import annotations

from typing import Final

__all__ = ["LATCH_METRIC", "LATCH_NAMESPACE"]

LATCH_NAMESPACE: Final = "Recovery"
LATCH_METRIC: Final = "Latch"
