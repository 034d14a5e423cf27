"""Doubts on a way back that have a finding of their own: one cause, one finding."""

from __future__ import annotations

from typing import Final

from constructs_lib.plan.kinds.component_builder import TOO_LONG
from constructs_lib.plan.kinds.db_cluster import BACKTRACKS, NOT_JOINED
from constructs_lib.plan.kinds.table import HALF_STREAM, NO_STREAM
from constructs_lib.review.checks.lost.after_failover import OVERWRITTEN
from constructs_lib.review.checks.lost.changes_in_place import ENDED, REFUSED
from constructs_lib.review.checks.lost.remade import REMADE
from constructs_lib.review.checks.roles.backup_role import NOT_COPIED, NOT_GRANTED, NOT_TAKEN
from constructs_lib.review.checks.roles.replication_permissions import PROVED
from constructs_lib.review.checks.voided_paths import SEE

_APART: Final = PROVED | {
    *(ENDED, REFUSED, OVERWRITTEN, REMADE),
    *(NO_STREAM, HALF_STREAM, BACKTRACKS, NOT_JOINED),
    *(NOT_TAKEN, NOT_GRANTED, NOT_COPIED),
    TOO_LONG,
}


def found_apart(doubt: str) -> bool:
    """Whether what the doubt is about is found by a check of its own."""
    return doubt in _APART or SEE in doubt


def stays_at_home(doubt: str) -> bool:
    """Whether the doubt is that a copy is where its original is."""
    return "same Region" in doubt or "own Region" in doubt
