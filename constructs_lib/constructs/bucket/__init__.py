"""Buckets: one in a Region, replication between two, and what keeps their objects."""

from __future__ import annotations
