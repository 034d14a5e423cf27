"""The AWS accounts in which a declaration lets drills be made."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_lib.declaration.yaml_document import YamlField

__all__ = ["read_accounts"]

_SHAPE = re.compile(r"[0-9]{12}")


def read_accounts(field: YamlField) -> tuple[str, ...]:
    """Read `["123456789012"]`."""
    return tuple(_read_account(item) for item in field.items())


def _read_account(field: YamlField) -> str:
    account = field.verbatim()
    if not _SHAPE.fullmatch(account):
        raise field.error(f"is {account!r}, which is no account; write its 12 digits, in quotes")
    return account
