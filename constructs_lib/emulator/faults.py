"""Region failures: while one lasts, every call signed for that Region fails the way microburst renders it."""

from __future__ import annotations

import contextlib
import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Literal, TypeAlias

from constructs_lib.errors import ConfigurationError, EvaluationError

if TYPE_CHECKING:
    from collections.abc import Iterator

#: "error": AWS's own ServiceUnavailable (HTTP 503), in the protocol of the service; "reset": the connection dies.
FailureMode: TypeAlias = Literal["error", "reset"]

_CONTROL = "/_microburst/rules"


@contextlib.contextmanager
def failing_region(endpoint: str, region: str, mode: FailureMode) -> Iterator[None]:
    """Make every call signed for `region` fail inside the block; calls to other Regions go on working."""
    rule = _rule(region, mode)
    _control(endpoint, "PATCH", rule)
    try:
        yield
    finally:
        _control(endpoint, "DELETE", {"service": "*", "region": region})


def _rule(region: str, mode: FailureMode) -> dict[str, object]:
    if mode == "reset":
        return {"service": "*", "region": region, "reset": True}
    if mode == "error":
        message = f"The service is unavailable in {region}. Please try again."
        return {
            "service": "*",
            "region": region,
            "error": {"code": "ServiceUnavailable", "status": 503, "message": message},
        }
    raise ConfigurationError(f"unknown failure mode {mode!r}; use 'error' or 'reset'")


def _control(endpoint: str, method: str, rule: dict[str, object]) -> None:
    request = urllib.request.Request(
        endpoint + _CONTROL,
        method=method,
        data=json.dumps([rule]).encode(),
        headers={"Content-Type": "application/json"},
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=30):
            pass
    except (urllib.error.URLError, OSError) as error:
        raise EvaluationError(
            f"the emulator at {endpoint} did not take the failure of {rule['region']} ({error}); is it still running"
        ) from error
