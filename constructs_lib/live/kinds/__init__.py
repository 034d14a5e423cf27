"""One reader for each kind of component."""

from __future__ import annotations
