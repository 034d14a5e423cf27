"""How traffic finds the Region that can serve it."""

from __future__ import annotations
