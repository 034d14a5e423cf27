"""The emulators as child processes: which serves what, how they start, and that none outlives its parent."""

from __future__ import annotations
