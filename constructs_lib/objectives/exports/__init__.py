"""Objectives in the formats of others."""

from __future__ import annotations
