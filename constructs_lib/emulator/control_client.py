"""Calls to the emulator's own interface, `control.py`."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import Final

from constructs_lib.errors import EvaluationError

PATH: Final = "/_emulated/"
#: A clock that is put forward by an hour lets hundreds of health checks be asked.
_SECONDS: Final = 120


def send(endpoint: str, method: str, path: str, body: bytes = b"") -> bytes:
    """Send a control call and return its answer; raises `EvaluationError` where the emulator does not take it."""
    request = urllib.request.Request(
        endpoint + path, method=method, data=body, headers={"Content-Type": "application/json"}
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=_SECONDS) as answer:
            said: bytes = answer.read()
            return said
    except (urllib.error.URLError, OSError) as error:
        raise EvaluationError(
            f"the emulator at {endpoint} did not take {method} {path} ({error}); is it still running"
        ) from error
