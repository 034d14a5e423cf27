"""Where Terraform keeps its own state, so that it outlives the Region it is about."""

from __future__ import annotations
