"""Calls to the emulator's own interface, `control.py`."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import Final

from constructs_lib.errors import EvaluationError

PATH: Final = "/_emulated/"


def send(endpoint: str, method: str, path: str, body: bytes = b"") -> None:
    """Send a control call; raises `EvaluationError` where the emulator does not take it."""
    request = urllib.request.Request(
        endpoint + path, method=method, data=body, headers={"Content-Type": "application/json"}
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=30):
            pass
    except (urllib.error.URLError, OSError) as error:
        raise EvaluationError(
            f"the emulator at {endpoint} did not take {method} {path} ({error}); is it still running"
        ) from error
