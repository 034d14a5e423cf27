"""Selection: candidates from the catalog, and the cheapest that assesses as met."""

from __future__ import annotations

from constructs_lib.selection.choice import Candidate, Choice, Rejected, blocking
from constructs_lib.selection.choose import choose
from constructs_lib.selection.request import Request, recovery_standby

__all__ = ["Candidate", "Choice", "Rejected", "Request", "blocking", "choose", "recovery_standby"]
