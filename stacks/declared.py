"""The objectives of the reference workloads, as `recovery.yaml` beside this file declares them."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from constructs_lib.declaration.declaration import load_declaration

if TYPE_CHECKING:
    from constructs_lib.declaration.declaration import Declaration
    from constructs_lib.objectives import Objective

PRIMARY = "eu-west-1"
RECOVERY = "eu-central-1"

ZONE_ID, DOMAIN, ACCOUNT = "STACKS_ZONE_ID", "STACKS_DOMAIN", "STACKS_ACCOUNT"
"""The environment variables that say which hosted zone of yours gets the records, its name, and your account's id.

Route 53 makes no zone below `example.com`, and an image is named by the account: this is what a deployment of these
stacks has to be given.
"""


@cache
def declaration() -> Declaration:
    """Return what `recovery.yaml` declares."""
    return load_declaration(Path(__file__).with_name("recovery.yaml"))


def objective(workload: str) -> Objective:
    """Return the objective of *workload*."""
    return declaration().objective_for(workload)


def hosted_zone() -> tuple[str, str]:
    """Return the id and the name of the hosted zone; without an input those of an example, which cannot be deployed."""
    return os.environ.get(ZONE_ID, "Z0EXAMPLE"), os.environ.get(DOMAIN, "example.com")


def account() -> str:
    """Return the id of the account; without an input that of an example."""
    return os.environ.get(ACCOUNT, "123456789012")
