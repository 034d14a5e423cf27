"""A workload, and what is decided for each of its components before anything is built."""

from __future__ import annotations
