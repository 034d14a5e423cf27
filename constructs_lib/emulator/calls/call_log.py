"""A line of JSON for each call: when, where, what, and how it ended; and what was refused, in sum."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.call import Reply

OK: Final = "ok"
#: AWS would say no as well, whoever says it here: a rule, a stand-in or an emulator below.
REFUSED: Final = "refused"
FAILED: Final = "failed region"
#: The emulator broke, or does not know the call: of AWS that says nothing.
ERROR: Final = "error"

_UNIMPLEMENTED: Final = frozenset({"InvalidAction", "UnknownOperationException", "NotImplemented"})
_QUESTION: Final = re.compile(r"Describe|Get|Head|List")
_NOT_THERE: Final = re.compile(r"NotFound|NoSuch|NotExist|404")


def outcome(reply: Reply) -> str:
    """Return how a call ended that no rule refused and no failed Region."""
    if reply.status < HTTPStatus.BAD_REQUEST:
        return OK
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR or reply.error_code in _UNIMPLEMENTED:
        return ERROR
    return REFUSED


class CallLog(msgspec.Struct, frozen=True, kw_only=True):
    """Writes to `path`, or nowhere."""

    path: Path | None

    def write(self, asked: Asked, outcome: str, status: int, *, started: float, code: str = "", rule: str = "") -> None:
        """Append one call; `started` is its `time.time()`, `code` the error's."""
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
        line |= {name: told for name, told in (("code", code), ("rule", rule)) if told}
        with self.path.open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")


def refusals(path: Path) -> list[str]:
    """Return one line for each thing that was refused in a log, with how often, most often first.

    A question about what is not there, of which Terraform asks dozens, has its answer and is not counted.
    """
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    counted = Counter(
        (call["service"], call["operation"], call["region"], call.get("rule") or call.get("code") or call["status"])
        for call in lines
        if call["outcome"] == REFUSED and not _is_absent(call)
    )
    return [
        f"{count} x {service} {operation} in {region}: {why}"
        for (service, operation, region, why), count in counted.most_common()
    ]


def _is_absent(call: Mapping[str, Any]) -> bool:
    said = call.get("code") or str(call["status"])
    return "rule" not in call and bool(_QUESTION.match(call["operation"]) and _NOT_THERE.search(said))
