"""One check for each kind of finding about a path."""

from __future__ import annotations
