"""Whether what is encrypted can be read: the states of the KMS keys that resources and backups name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.live.region import REFUSED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from constructs_lib.live.region import Region

__all__ = ["keys_in", "locked_keys"]

_KEY: Final = re.compile(r"arn:[^:]+:kms:([^:]+):[0-9]+:(?:key|alias)/.+")
"""The ARN of a key, or of its alias: a value may look like one and be anything, as that of a tag."""
_LOCKED: Final = ("Disabled", "PendingDeletion", "PendingImport", "PendingReplicaDeletion", "Unavailable")
"""States in which KMS neither encrypts nor decrypts (AWS's developer guide, "Key states")."""


def keys_in(values: Any) -> Iterator[str]:
    """Yield the ARNs of the keys that *values* name, at any depth."""
    if isinstance(values, dict):
        for value in values.values():
            yield from keys_in(value)
    elif isinstance(values, list | tuple):
        for value in values:
            yield from keys_in(value)
    elif isinstance(values, str) and _KEY.fullmatch(values):
        yield values


def locked_keys(region: Region, arns: Iterable[str]) -> Mapping[str, str]:
    """Return the state of each key of *region* with which nothing can be read now; what may not be asked is unasked.

    Args:
        region: The Region.
        arns: ARNs of keys and of their aliases; those of other Regions are passed over.
    """
    found = (_KEY.fullmatch(arn) for arn in arns)
    here = sorted({item[0] for item in found if item is not None and item[1] == region.name})
    states = dict(zip(here, region.each(here, lambda arn: _state(region, arn)), strict=True))
    return {arn: state for arn, state in states.items() if state is not None}


def _state(region: Region, arn: str) -> str | None:
    answer = region.ask("kms", "describe_key", arn, absent=("NotFoundException",), KeyId=arn)
    if answer is REFUSED:
        return None
    if answer is None:
        return "gone"
    state = str(answer["KeyMetadata"]["KeyState"])
    return state if state in _LOCKED else None
