"""EFS file systems."""

from __future__ import annotations
