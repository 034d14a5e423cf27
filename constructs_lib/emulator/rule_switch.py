"""Rules of the emulator that are off: from the start, or for the length of a block. None is unless it is named."""

from __future__ import annotations

import contextlib
import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Final, Literal

from constructs_lib.emulator.control_client import PATH
from constructs_lib.errors import ConfigurationError, EvaluationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: What can be off like a rule, though it refuses no call.
REPLICATION: Final = "s3.replication-permissions"
SWITCHES: Final[Mapping[str, str]] = {
    REPLICATION: "an object whose replication the role, a bucket's or a key's policy does not allow is FAILED",
}

CONTROL: Final = f"{PATH}rules"


@contextlib.contextmanager
def rules_off(endpoint: str, rules: Iterable[str]) -> Iterator[None]:
    """Keep `rules` from refusing anything inside the block."""
    named = sorted(set(rules))
    switch(endpoint, "DELETE", named)
    try:
        yield
    finally:
        switch(endpoint, "PUT", named)


def switch(endpoint: str, method: Literal["DELETE", "PUT"], rules: list[str]) -> None:
    """Put `rules` in force, or take them out of it; raise `ConfigurationError` where there is no such rule."""
    request = urllib.request.Request(
        endpoint + CONTROL,
        method=method,
        data=json.dumps(rules).encode(),
        headers={"Content-Type": "application/json"},
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=30):
            pass
    except urllib.error.HTTPError as error:
        raise ConfigurationError(error.read().decode()) from None
    except (urllib.error.URLError, OSError) as error:
        raise EvaluationError(
            f"the emulator at {endpoint} did not switch its rules ({error}); is it still running"
        ) from error
