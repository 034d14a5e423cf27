"""The places to go on from that lists have given, so that one which none has given is known."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.call import Reply

_LIST: Final = re.compile(r"Describe|List|Get")
_NAME: Final = rb"(?:NextToken|NextMarker|Marker|NextContinuationToken|ContinuationToken|PaginationToken)"
_GIVEN: Final = re.compile(rb"<" + _NAME + rb">([^<]+)</" + rb"|\"" + _NAME + rb"\"\s*:\s*\"([^\"]+)\"", re.IGNORECASE)


class Markers:
    """What every answer of a service gave as its next page's beginning."""

    def __init__(self) -> None:
        self._given: set[tuple[str, str]] = set()

    def note(self, asked: Asked, reply: Reply) -> None:
        """Remember where an answer says that the next page begins."""
        if reply.succeeded and _LIST.match(asked.operation):
            for found in _GIVEN.finditer(reply.body):
                self._given.add((asked.service, unescape((found[1] or found[2]).decode())))

    def gave(self, service: str, marker: str) -> bool:
        """Tell whether an answer of `service` gave this one."""
        return (service, marker) in self._given
