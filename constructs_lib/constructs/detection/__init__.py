"""Noticing that a Region is lost, where somebody can hear it."""

from __future__ import annotations
