"""The document itself: its format, its resources, and what refers to what."""

from __future__ import annotations
