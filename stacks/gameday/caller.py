"""A caller that asks for the service by its DNS name, again and again, and notes what was answered and when."""

from __future__ import annotations

import contextlib
import http.client
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from constructs_lib.emulator import EmulatedAws

__all__ = ["Caller"]

_PAUSE = 0.05
_SERVED = 200
_NOBODY = 0


class Caller:
    """Asks with GET in a thread, whatever is answered.

    Args:
        aws: The emulated AWS, which resolves the name and leads to what is there.
        name: The name that callers use.
    """

    def __init__(self, aws: EmulatedAws, name: str) -> None:
        self.name = name
        self.answers: list[tuple[int, datetime]] = []
        """Status of each answer, and when it was asked for; 0: nobody answered."""
        self._host = urlsplit(aws.endpoint).netloc
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._call, daemon=True)

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def stop(self) -> None:
        """Leave off, after the request that is under way."""
        self._end.set()
        self._thread.join()

    def wait_for_answer(self, after: datetime, timeout: float = 120) -> datetime:
        """Wait until the service has answered a request made after a moment, and return when that was.

        Raises:
            TimeoutError: If it has not within *timeout* seconds.
        """
        until = time.monotonic() + timeout
        while True:
            found = [moment for status, moment in list(self.answers) if status == _SERVED and moment > after]
            if found:
                return found[0]
            if time.monotonic() > until:
                said = self.answers[-1][0] if self.answers else _NOBODY
                msg = f"GET https://{self.name}/ is answered with {said} after {timeout:.0f} s"
                raise TimeoutError(msg)
            time.sleep(_PAUSE)

    def _call(self) -> None:
        while not self._end.is_set():
            status, began = _NOBODY, datetime.now(UTC)
            with (
                contextlib.suppress(OSError, http.client.HTTPException),
                contextlib.closing(http.client.HTTPConnection(self._host, timeout=20)) as connection,
            ):
                connection.request("GET", "/", headers={"Host": self.name})
                status = connection.getresponse().status
            self.answers.append((status, began))
            time.sleep(_PAUSE)
