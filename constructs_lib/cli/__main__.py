"""`python -m constructs_lib.cli`: `drctl` where no script is installed."""

from __future__ import annotations

from constructs_lib.cli import command

command()
