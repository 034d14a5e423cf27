"""Components and their protections, as plain data."""

from __future__ import annotations

from constructs_lib.components.component import DEFAULT_SIZE_GB, Component, Kind
from constructs_lib.components.protection import ENABLED, Protection

__all__ = ["DEFAULT_SIZE_GB", "ENABLED", "Component", "Kind", "Protection"]
