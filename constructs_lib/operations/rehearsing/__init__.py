"""Drills, what they leave behind, and the evidence of both."""

from __future__ import annotations
