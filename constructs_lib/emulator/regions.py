"""The Regions there are, as botocore lists them."""

from __future__ import annotations

from functools import cache
from typing import Final

_PARTITIONS: Final = ("aws", "aws-cn", "aws-us-gov")


@cache
def regions() -> tuple[str, ...]:
    """Return the names of all Regions; empty where botocore, which comes with the extra `emulator`, is missing."""
    try:
        from botocore.session import Session
    except ModuleNotFoundError:
        return ()
    session = Session()
    return tuple(name for partition in _PARTITIONS for name in session.get_available_regions("ec2", partition))


def is_region(name: str) -> bool:
    """Tell whether there is such a Region; any name is, where none is known."""
    return not regions() or name in regions()
