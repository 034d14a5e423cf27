"""What AWS's service level agreements promise: `sla.toml`, typed.

A promise is a contract about credits, not a technical guarantee, and never an RTO.
"""

from __future__ import annotations

from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import msgspec
import tomli

from constructs_lib.catalog.confidence import Confidence
from constructs_lib.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ServiceCredit", "Sla", "load_slas", "sla"]

_FILE: Final = Path(__file__).with_name("sla.toml")


class ServiceCredit(msgspec.Struct, frozen=True, kw_only=True):
    """What AWS credits, in percent of the month's bill, when the attained percentage is `below` this one."""

    below: Decimal
    credit: Decimal


class Sla(msgspec.Struct, frozen=True, kw_only=True):
    """One promise of one service in one configuration.

    Attributes:
        id: `rds.multi_az`.
        percent: The promise in percent over one month, exactly as written.
        measures: What the percentage is of; monthly uptime unless it says otherwise. Compose uptimes only.
        source: Id of the source in `sources.toml`.
        date: Date of the agreement, or of the page that quoted it, as exactly as is known.
        confidence: `sla` where the agreement itself was read.
        credits: The tiers of service credits, highest threshold first; empty where the source had none.
        note: What to say beside the figure.
    """

    id: str
    percent: Decimal
    source: str
    date: str
    confidence: Confidence
    measures: str = "monthly uptime"
    credits: tuple[ServiceCredit, ...] = ()
    note: str | None = None


def _parse(sla_id: str, fields: dict[str, Any]) -> Sla:
    tiers = tuple(
        ServiceCredit(below=Decimal(below), credit=Decimal(credit)) for below, credit in fields.pop("credits", ())
    )
    percent, confidence = Decimal(fields.pop("percent")), Confidence(fields.pop("confidence"))
    return Sla(id=sla_id, percent=percent, confidence=confidence, credits=tiers, **fields)


@cache
def load_slas() -> Mapping[str, Sla]:
    """Return every promise by id; read once."""
    tables = tomli.loads(_FILE.read_text(encoding="utf-8"))
    return MappingProxyType({sla_id: _parse(sla_id, fields) for sla_id, fields in tables.items()})


def sla(sla_id: str) -> Sla:
    """Return the promise with this id.

    Raises `CatalogError` when the catalog has none, with what is close to it.
    """
    known = load_slas()
    if sla_id not in known:
        close = get_close_matches(sla_id, known, n=3)
        hint = f"did you mean {' or '.join(close)}?" if close else f"known are {', '.join(known)}"
        raise CatalogError(f"no SLA {sla_id!r} in the catalog; {hint}")
    return known[sla_id]
