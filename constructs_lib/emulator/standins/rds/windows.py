"""RDS: from when until when a database can be restored, and the refusals outside of that."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from constructs_lib.emulator.standins.rds import reply as rds_reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.call import Reply


class RestoreWindow(msgspec.Struct, frozen=True, kw_only=True):
    """The moments a database can be restored to."""

    earliest: datetime
    latest: datetime

    @classmethod
    def of(cls, *, since: str, retention_days: str, until: float | None = None) -> RestoreWindow:
        """Return the window of backups kept since a moment for some days, up to `until` (default: now)."""
        latest = datetime.fromtimestamp(time.time() if until is None else until, tz=UTC)
        begun = datetime.fromisoformat(since)
        begun = begun if begun.tzinfo else begun.replace(tzinfo=UTC)
        return cls(earliest=max(begun, latest - timedelta(days=int(retention_days))), latest=max(begun, latest))

    def moment(self, form: Mapping[str, str], time_parameter: str) -> datetime | Reply:
        """Return the moment a restore asks for, or the error AWS answers it with."""
        asked, latest = form.get(time_parameter), form.get("UseLatestRestorableTime") == "true"
        if latest == bool(asked):
            message = f"Give either {time_parameter} or UseLatestRestorableTime."
            return rds_reply.failure("InvalidParameterCombination", message)
        if not asked:
            return self.latest
        moment = datetime.fromisoformat(asked)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if moment > self.latest:
            return _outside("later", self.latest)
        # An answer shows whole seconds of the earliest moment.
        if moment < self.earliest.replace(microsecond=0):
            return _outside("earlier", self.earliest)
        return moment


def _outside(direction: str, limit: datetime) -> Reply:
    message = f"The specified instance cannot be restored to a time {direction} than {shown(limit)}."
    return rds_reply.failure("InvalidParameterValue", message)


def shown(moment: datetime) -> str:
    """Return a time as the service writes it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
