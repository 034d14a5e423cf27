"""Amazon Resource Names and Regions, as they stand in plans."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

ACCOUNT: Final = "000000000000"
"""The account in made-up ARNs: a synthesized stack does not say where it is deployed."""

_REGION: Final = re.compile(r"[a-z]{2}(?:-[a-z]+){1,3}-[0-9]{1,2}")
_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_IN_HOST: Final = re.compile(
    r"(?:^|[.-])([a-z]{2}(?:-[a-z]+){1,3}-[0-9]{1,2})\.(?:[a-z0-9-]+\.)*(?:amazonaws\.com|on\.aws)"
)


class Arn(NamedTuple):
    """The parts of an ARN; an empty part is one the service leaves out."""

    partition: str
    service: str
    region: str
    account: str
    resource: str


def parse_arn(text: object) -> Arn | None:
    """Return the parts of *text*, or None if it is not an ARN."""
    if not isinstance(text, str) or not text.startswith("arn:"):
        return None
    parts = text.split(":", 5)
    return Arn(*parts[1:]) if len(parts) == 6 else None


def region_of_arn(text: object) -> str | None:
    """Return the Region an ARN names, or None."""
    arn = parse_arn(text)
    return as_region(arn.region) if arn is not None else None


def account_of_arn(text: object) -> str | None:
    """Return the account an ARN names, or None."""
    arn = parse_arn(text)
    return arn.account if arn is not None and _ACCOUNT.fullmatch(arn.account) else None


def as_region(text: object) -> str | None:
    """Return *text* if it has the shape of a Region's code, else None."""
    return text if isinstance(text, str) and _is_region(text) else None


@lru_cache(maxsize=4096)
def _is_region(text: str) -> bool:
    return _REGION.fullmatch(text) is not None


def region_of_zone(text: object) -> str | None:
    """Return the Region of an Availability Zone such as `eu-west-1a`, or None."""
    return as_region(text[:-1]) if isinstance(text, str) and text[-1:].isalpha() else None


def region_of_host(text: object) -> str | None:
    """Return the Region that a host name of AWS names, such as `name.s3.eu-west-1.amazonaws.com`, or None."""
    found = _IN_HOST.search(text) if isinstance(text, str) else None
    return found.group(1) if found is not None else None
