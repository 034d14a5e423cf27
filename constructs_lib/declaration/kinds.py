"""The kinds of component that there are patterns to choose from for."""

from __future__ import annotations

KINDS = ("bucket", "distribution", "table", "database", "filesystem", "service")
"""Each has a file with a `[kind]` head in `catalog/kinds/`."""
