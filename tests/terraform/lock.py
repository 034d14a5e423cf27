"""Terraform's lock file without the provider's checksum."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def trust_provider(directory: Path) -> None:
    """Leave out of the lock file of *directory* what `terraform init` has just compared.

    Every command would read the provider's 700 MB anew to compare it again: half a second of a processor each time.
    """
    lock = directory / ".terraform.lock.hcl"
    lock.write_text(re.sub(r"  hashes = \[.*?\]\n", "", lock.read_text(encoding="utf-8"), flags=re.DOTALL), "utf-8")
