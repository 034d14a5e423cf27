"""The command `drctl`: parses, calls, renders, and has no judgement of its own."""

from __future__ import annotations

from constructs_lib.cli.main import main

__all__ = ["main"]
