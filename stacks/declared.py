"""The objectives of the reference workloads, as `recovery.yaml` beside this file declares them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from constructs_lib.declaration.declaration import load_declaration

if TYPE_CHECKING:
    from constructs_lib.declaration.declaration import Declaration
    from constructs_lib.objectives import Objective

PRIMARY = "eu-west-1"
RECOVERY = "eu-central-1"


@cache
def declaration() -> Declaration:
    """Return what `recovery.yaml` declares."""
    return load_declaration(Path(__file__).with_name("recovery.yaml"))


def objective(workload: str) -> Objective:
    """Return the objective of *workload*."""
    return declaration().objective_for(workload)
