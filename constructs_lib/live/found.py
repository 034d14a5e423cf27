"""What was found in an account, and what could not be asked."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import attrs
import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["Found", "Observed", "Unasked"]


def _frozen(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(values))


class Observed(msgspec.Struct, frozen=True, kw_only=True):
    """How old a copy, or the newest point to go back to, was when it was looked at.

    Attributes:
        rpo_seconds: Its age, in seconds: what a disaster at that moment would have lost.
        as_of: When that was, in UTC.
        source: What told, as AWS calls it, such as `LatestRestorableTime`.
    """

    rpo_seconds: int
    as_of: datetime
    source: str


@attrs.frozen(kw_only=True)
class Found:
    """One resource, as Terraform's provider would show it.

    Attributes:
        type: Terraform's type.
        name: What AWS knows it by; unique for its type and Region.
        region: The Region it was asked in.
        values: Its arguments and attributes, under Terraform's names.
        unknown: The arguments that could not be asked; `block.argument` for one of each block that lacks it.
        observed: How far behind it is, for a copy, or for what has points to go back to.
    """

    type: str
    name: str
    region: str
    values: Mapping[str, Any] = attrs.field(converter=_frozen, eq=False)
    unknown: tuple[str, ...] = ()
    observed: Observed | None = None


class Unasked(msgspec.Struct, frozen=True, kw_only=True):
    """Something that could not be asked.

    Attributes:
        what: The service, the operation, what it was about, and the Region.
        error: AWS's error code, or what went wrong before AWS could answer.
    """

    what: str
    error: str
