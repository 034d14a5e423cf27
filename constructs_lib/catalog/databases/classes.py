"""Which instance classes RDS has for each engine, and where: `classes.json`, which `tests/catalog` makes."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec

from constructs_lib.catalog.sources import load_sources
from constructs_lib.errors import CatalogError

_FILE = "classes.json"


class _Offers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file.

    Attributes:
        source: Its source, an id of `sources.toml`.
        regions: The Regions it knows; of others nothing is refused.
        engines: By engine and the Regions that lack them, the classes of all others; each several in one text.
    """

    source: str
    regions: frozenset[str]
    engines: dict[str, dict[str, str]]


@cache
def _offers() -> _Offers:
    try:
        return msgspec.json.decode(files(__package__).joinpath(_FILE).read_bytes(), type=_Offers)
    except msgspec.DecodeError as error:
        msg = f"catalog file databases/{_FILE}: {error}"
        raise CatalogError(msg) from error


@cache
def _lacking(engine: str) -> dict[str, frozenset[str]]:
    """Return the Regions that lack it, by class."""
    groups = _offers().engines.get(engine, {})
    return {name: frozenset(lacking.split()) for lacking, names in groups.items() for name in names.split()}


@cache
def offers_class(engine: str, instance_class: str, *regions: str) -> bool:
    """Tell whether RDS has *instance_class* for *engine* in each of *regions*; without any, in some Region.

    A Region that the file does not know may have it.
    """
    lacking = _lacking(engine).get(instance_class)
    return lacking is not None and lacking.isdisjoint(regions) and lacking != _offers().regions


def has_family(engine: str, family: str) -> bool:
    """Tell whether anything is known of a family such as `m6gd` for *engine*: of those of clusters alone nothing is."""
    return any(name.startswith(f"db.{family}.") for name in _lacking(engine))


def missing_class(engine: str, instance_class: str, *regions: str) -> str | None:
    """Return where RDS has no *instance_class* for *engine*, and as of when; None where it has it in *regions*."""
    if offers_class(engine, instance_class, *regions):
        return None
    as_of = f"as of {load_sources()[_offers().source].read}"
    others = sorted(name for name in _offers().engines if instance_class in _lacking(name))
    if not others:
        return f"no Region has such a class, {as_of}"
    lacking = _lacking(engine).get(instance_class)
    if lacking is None:
        return f"it is a class of {', '.join(others)}, {as_of}"
    return f"it is not there in {' and '.join(region for region in regions if region in lacking)}, {as_of}"
