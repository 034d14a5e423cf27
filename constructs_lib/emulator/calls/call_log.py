"""A line of JSON for each call: when, where, what, and how it ended; and what was refused, in sum."""

from __future__ import annotations

import json
import time
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import attrs

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.emulator.calls.asked import Asked

OK: Final = "ok"
#: A rule or a permission of ours said no; the emulators' own refusals are `error`.
REFUSED: Final = "refused"
FAILED: Final = "failed region"
ERROR: Final = "error"


@attrs.frozen(kw_only=True)
class CallLog:
    """Writes to `path`, or nowhere."""

    path: Path | None

    def write(self, asked: Asked, outcome: str, status: int, *, started: float, rule: str = "") -> None:
        """Append one call; `started` is its `time.time()`."""
        if self.path is None:
            return
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(started, UTC).isoformat(timespec="milliseconds"),
            "region": asked.region,
            "service": asked.service,
            "operation": asked.operation,
            "outcome": outcome,
            "status": status,
            "seconds": round(time.time() - started, 4),
        }
        if rule:
            line["rule"] = rule
        with self.path.open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")


def refusals(path: Path) -> list[str]:
    """Return one line for each thing that was refused in a log, with how often, most often first."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    counted = Counter(
        (call["service"], call["operation"], call["region"], call["rule"])
        for call in lines
        if call["outcome"] == REFUSED
    )
    return [
        f"{count} x {service} {operation} in {region}: {rule}"
        for (service, operation, region, rule), count in counted.most_common()
    ]
