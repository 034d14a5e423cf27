"""A finding that somebody has accepted, for a time."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

import attrs

from constructs_lib.declaration.selector import AddressGlob, read_address_glob
from constructs_lib.errors import InputError

if TYPE_CHECKING:
    from constructs_lib.declaration.yaml_document import YamlField

__all__ = ["Waiver", "read_date", "read_waivers"]

_FINDING = re.compile(r"RECOVERY-[0-9]+")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_KEYS = ("finding", "address", "owner", "expires", "reason")


@attrs.frozen(kw_only=True)
class Waiver:
    """A finding that its owner has accepted, for a time.

    Args:
        finding: The id of the finding, such as `RECOVERY-102`.
        address: Of which resources: a Terraform address, or a glob as in `AddressGlob`.
        owner: Who answers for it.
        expires: The last day on which it holds.
        reason: Why it may be.
        line: Where it stands in the file, from 1.
    """

    finding: str
    address: str
    owner: str
    expires: date
    reason: str
    line: int
    _glob: AddressGlob = attrs.field(
        init=False,
        eq=False,
        repr=False,
        default=attrs.Factory(lambda waiver: AddressGlob(waiver.address), takes_self=True),
    )

    def covers(self, finding: str, address: str) -> bool:
        """Say whether the finding with the id *finding* is waived for the resource at *address*."""
        return finding == self.finding and self._glob.matches(address, {})

    def expired(self, today: date) -> bool:
        """Say whether *today* is after the last day on which the waiver holds."""
        return self.expires < today


def read_waivers(field: YamlField, *, today: date) -> tuple[Waiver, ...]:
    """Read the list of waivers; one that has expired by *today* is an error, since nobody may forget it."""
    waivers: dict[tuple[str, str], Waiver] = {}
    for item in field.items():
        members = item.members(*_KEYS, required=_KEYS)
        waiver = Waiver(
            finding=members["finding"].parsed(_finding, wanted="the id of a finding"),
            address=read_address_glob(members["address"]).pattern,
            owner=members["owner"].text(),
            expires=members["expires"].parsed(read_date, wanted="a date"),
            reason=members["reason"].text(),
            line=item.line,
        )
        first = waivers.setdefault((waiver.finding, waiver.address), waiver)
        if first is not waiver:
            raise item.error(
                f"{waiver.finding} at {waiver.address} is waived twice, first on line {first.line}; keep one of the two"
            )
        if waiver.expired(today):
            raise members["expires"].error(
                f"the waiver of {waiver.finding} at {waiver.address} by {waiver.owner} expired on {waiver.expires}, "
                f"and today is {today}; repair the finding and remove the waiver, or have its owner extend it"
            )
    return tuple(waivers.values())


def _finding(text: str) -> str:
    if not _FINDING.fullmatch(text):
        raise InputError(f"{text!r} is not the id of a finding; write one like RECOVERY-102")
    return text


def read_date(text: str) -> date:
    """Return the day that *text* names.

    Raises:
        InputError: If it is none of the calendar.
    """
    if _DATE.fullmatch(text):
        with suppress(ValueError):
            return date.fromisoformat(text)
    raise InputError(f"{text!r} is not a date of the calendar; write year-month-day, like 2027-01-31")
