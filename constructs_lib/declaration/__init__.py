"""The declaration `recovery.yaml`: workloads, selectors, waivers, dependencies."""

from __future__ import annotations
