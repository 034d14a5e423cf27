"""Components and their protections, as plain data."""

from __future__ import annotations

from constructs_lib.components.component import DEFAULT_SIZE_GB, Component, Kind
from constructs_lib.components.protection import Protection

__all__ = ["DEFAULT_SIZE_GB", "Component", "Kind", "Protection"]
