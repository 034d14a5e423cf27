"""One thing that is looked at before an operation begins, and what was found."""

from __future__ import annotations

from typing import Final

import msgspec

__all__ = ["ASSUMED", "BEWARE", "OK", "REFUSED", "Check"]

OK: Final = "ok"
ASSUMED: Final = "assumed"
BEWARE: Final = "beware"
REFUSED: Final = "refused"


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at.

    Attributes:
        component: The component; the workload where it is about none of them.
        what: What was looked at: `names`, `look`, `taken`, `key`, `versions`, `quota`, `capacity`, `image`,
            `certificate`, `moment`, `settings` or `credentials`.
        state: `ok`, `refused`, `beware` where what was found will keep something from working but nothing from moving,
            or `assumed` where AWS has no call for it or does not answer.
        found: What was found, in words.
        fix: What to do about it; None: nothing.
    """

    component: str
    what: str
    state: str
    found: str
    fix: str | None = None
