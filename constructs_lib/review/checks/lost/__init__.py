"""What the plan takes away."""

from __future__ import annotations
