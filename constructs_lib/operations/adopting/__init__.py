"""Terraform in order: import blocks, and what a recovery leaves to adopt."""

from __future__ import annotations
