"""One Region of an account, asked through boto3: bounded, adaptive, and with every refusal written down."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from constructs_lib.live.found import Observed, Unasked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["REFUSED", "Region"]

_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")

_AT_ONCE: Final = 8
"""Calls on their way at once in one Region; boto3 slows down further where AWS throttles."""

_ATTEMPTS: Final = 4
_GIVEN_UP: Final = 2
"""Calls that fail before anything was answered, after which a Region is taken to be lost, and asked no more."""

_PATIENCE: Final = 10
"""Seconds until a Region that does not answer is given up on; it may be the one that is lost."""

_SILENT: Final = "not asked, since the Region does not answer"

_SLOW: Final = {"describe_continuous_backups": 0.1, "list_tags_of_resource": 0.1}
"""Seconds between two calls of operations that AWS allows ten of in a second for an account (botocore's models)."""


class _Refused:
    """Stands for an answer that AWS, or the way to it, refused."""


REFUSED: Final = _Refused()


class Region:
    """What is asked of one Region.

    Args:
        session: A boto3 session.
        name: The Region.
        now: The time that ages are counted to. Default: when the Region is made.
    """

    def __init__(self, session: Any, name: str, now: datetime | None = None) -> None:
        self.name = name
        self.now = datetime.now(UTC) if now is None else now
        self.unasked: list[Unasked] = []
        self.answers = 0
        self._session = session
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}

    def client(self, service: str) -> Any:
        """Return the client of *service*, made once."""
        from botocore.config import Config

        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._session.client(
                    service,
                    region_name=self.name,
                    config=Config(
                        retries={"mode": "adaptive", "total_max_attempts": _ATTEMPTS},
                        connect_timeout=_PATIENCE,
                        read_timeout=_PATIENCE,
                        max_pool_connections=_AT_ONCE,
                    ),
                )
            return self._clients[service]

    def ask(self, service: str, operation: str, about: str = "", *, absent: Iterable[str] = (), **given: Any) -> Any:
        """Return the answer to one call; None where one of the error codes *absent* says that there is nothing.

        Returns:
            `REFUSED` where the call failed otherwise; what failed is in `unasked`.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        if self._lost:
            return self._refuse(service, operation, about, _SILENT)
        self._wait(operation)
        try:
            answer = getattr(self.client(service), operation)(**given)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", "unknown"))
            if code in absent:
                self.answers += 1
                return None
            return self._refuse(service, operation, about, code)
        except BotoCoreError as error:
            return self._refuse(service, operation, about, _named(error))
        self.answers += 1
        return answer

    def pages(self, service: str, operation: str, key: str, **given: Any) -> list[dict[str, Any]]:
        """Return all items of a listing, over its pages; what comes after a page that fails is not there."""
        if self._lost:
            self._refuse(service, operation, "", _SILENT)
            return []
        client = self.client(service)
        if not client.can_paginate(operation):
            answer = self.ask(service, operation, **given)
            return [] if answer is REFUSED or answer is None else list(_at(answer, key))
        from botocore.exceptions import BotoCoreError, ClientError

        found: list[dict[str, Any]] = []
        try:
            for page in client.get_paginator(operation).paginate(**given):
                self.answers += 1
                found += _at(page, key)
        except ClientError as error:
            self._refuse(service, operation, "", str(error.response.get("Error", {}).get("Code", "unknown")))
        except BotoCoreError as error:
            self._refuse(service, operation, "", _named(error))
        return found

    def each(self, items: Iterable[_Item], read: Callable[[_Item], _Answer]) -> list[_Answer]:
        """Return what *read* makes of each item, several at once, in their order."""
        with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
            return list(pool.map(read, items))

    @property
    def _lost(self) -> bool:
        return not self.answers and len(self.unasked) >= _GIVEN_UP

    def age(self, moment: object, source: str) -> Observed | None:
        """Return how old *moment* is; None where AWS gave none."""
        if not isinstance(moment, datetime):
            return None
        seconds = max(0, int((self.now - moment).total_seconds()))
        return Observed(rpo_seconds=seconds, as_of=self.now, source=source)

    def _refuse(self, service: str, operation: str, about: str, code: str) -> _Refused:
        name = "".join(part.capitalize() for part in operation.split("_"))
        what = " ".join(filter(None, (f"{service}:{name}", about, f"in {self.name}")))
        with self._lock:
            self.unasked.append(Unasked(what=what, error=code))
        return REFUSED

    def _wait(self, operation: str) -> None:
        pause = _SLOW.get(operation)
        if pause is None:
            return
        with self._lock:
            start = max(time.monotonic(), self._next.get(operation, 0.0))
            self._next[operation] = start + pause
        time.sleep(max(0.0, start - time.monotonic()))


def _named(error: Exception) -> str:
    """Return what went wrong on the way to AWS; not its text, which may hold what was sent."""
    name = type(error).__name__
    return "there are no credentials" if name == "NoCredentialsError" else name


def _at(page: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    found: Any = page
    for step in key.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return [item if isinstance(item, dict) else {"": item} for item in found or []]
