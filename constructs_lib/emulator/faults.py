"""Region failures: while one lasts, the Region's calls fail the way microburst renders it, and its data is gone."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from constructs_lib.emulator import control_client
from constructs_lib.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FailureMode: TypeAlias = Literal["error", "reset", "calls"]

FAILURE_MODES: Final[Mapping[FailureMode, str]] = {
    "error": "calls are answered with AWS's ServiceUnavailable (HTTP 503), and the data is gone",
    "reset": "connections die, and the data is gone",
    "calls": "as error, but the data stays: replication goes on, buckets can be read through other Regions",
}

_RULES: Final = "/_microburst/rules"


@contextlib.contextmanager
def failing_region(endpoint: str, region: str, mode: FailureMode) -> Iterator[None]:
    """Take a Region away inside the block; calls to other Regions go on working."""
    rule = _rule(region, mode)
    lost = f"{control_client.PATH}lost/{region}"
    control_client.send(endpoint, "PATCH", _RULES, json.dumps([rule]).encode())
    try:
        if mode != "calls":
            control_client.send(endpoint, "PUT", lost)
        yield
    finally:
        if mode != "calls":
            control_client.send(endpoint, "DELETE", lost)
        control_client.send(endpoint, "DELETE", _RULES, json.dumps([{"service": "*", "region": region}]).encode())


def _rule(region: str, mode: FailureMode) -> dict[str, object]:
    if mode == "reset":
        return {"service": "*", "region": region, "reset": True}
    if mode in ("error", "calls"):
        message = f"The service is unavailable in {region}. Please try again."
        return {
            "service": "*",
            "region": region,
            "error": {"code": "ServiceUnavailable", "status": 503, "message": message},
        }
    raise ConfigurationError(f"unknown failure mode {mode!r}; use {' or '.join(map(repr, FAILURE_MODES))}")
