"""AWS Regions, where they lie, and the sets of Regions that some features are confined to.

The facts are in `regions.toml`, which names the source of each group. Only the commercial partition is
supported.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
import tomli

from constructs_lib.catalog.confidence import Confidence
from constructs_lib.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "LocationConstraint",
    "PairSupport",
    "Region",
    "RegionFeature",
    "RegionSet",
    "SharedDisaster",
    "global_services_region",
    "load_regions",
    "location_allows",
    "mrap_allows",
    "mrap_failover_endpoints",
    "partition_of",
    "rds_backup_replication",
    "rds_backup_replication_because",
    "recommended_recovery_region",
    "region",
    "region_set",
    "region_sets",
    "same_continent",
    "same_country",
    "shared_disaster",
]

LocationConstraint = Literal["AnyLocation", "SameContinent", "SameCountry"]
"""Where data may go, in the words of AWS Resilience Hub."""

RegionFeature = Literal["mrsc", "dsql"]
"""Features confined to sets of Regions: DynamoDB strong consistency and Aurora DSQL, both across Regions."""

PairSupport = Literal["supported", "unsupported", "unknown"]
"""Whether a feature works between two Regions; `unknown`: AWS contradicts itself and must be asked."""

_FILE: Final = Path(__file__).with_name("regions.toml")


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """One AWS Region.

    Attributes:
        code: `eu-west-1`.
        place: AWS's name for it, `Europe (Ireland)`.
        country: ISO 3166-1 code of the country it lies in.
        continent: The continent; Oceania is one.
        opt_in: Whether an account must enable the Region before it can be used.
        zones: The number of Availability Zones, or None where it is not known.
        recovery: The code of the Region we recommend to recover in. Ours, not AWS's.
    """

    code: str
    place: str
    country: str
    continent: str
    recovery: str
    opt_in: bool = False
    zones: int | None = None


class RegionSet(msgspec.Struct, frozen=True, kw_only=True):
    """Regions that can be combined in one feature, by whose word, and how sure that is."""

    name: str
    regions: tuple[str, ...]
    source: str
    confidence: Confidence


class SharedDisaster(msgspec.Struct, frozen=True, kw_only=True):
    """An event that took several Regions together.

    Attributes:
        regions: The Regions it took.
        date: When, `YYYY-MM-DD`.
        because: What happened.
        source: Id of the source.
    """

    regions: tuple[str, ...]
    date: str
    because: str
    source: str


@cache
def _facts() -> dict[str, Any]:
    return tomli.loads(_FILE.read_text(encoding="utf-8"))


@cache
def load_regions() -> Mapping[str, Region]:
    """Return every supported Region by code; read once."""
    return MappingProxyType({code: Region(code=code, **fields) for code, fields in _facts()["regions"].items()})


def region(code: str) -> Region:
    """Return the Region with this code.

    Raises `ConfigurationError` for anything else, with what is close to it.
    """
    known = load_regions()
    found = known.get(code) if isinstance(code, str) else None
    if found is None:
        raise ConfigurationError(f"region {code!r} {_what_is_wrong(code, known)}")
    return found


@cache
def partition_of(code: str | None) -> str:
    """Return the partition that a Region is in, as ARNs there begin; the commercial one where nothing else is known."""
    others = _facts()["other_partitions"].items()
    return next((partition for partition, codes in others if code in codes), "aws")


def _what_is_wrong(code: object, known: Mapping[str, Region]) -> str:
    if not isinstance(code, str):
        return "is not a string; write a region code like 'eu-west-1'"
    for partition, codes in _facts()["other_partitions"].items():
        if code in codes:
            return f"is in partition {partition}; only regions of the commercial partition aws are supported"
    by_place = {found.place.lower(): found.code for found in known.values()}
    named = by_place.get(code.strip().lower()) or next(
        (c for c in known if c == code.strip().lower().replace("_", "-")), None
    )
    close = [named] if named else get_close_matches(code.strip().lower(), known, n=3, cutoff=0.75)
    if close:
        return f"is not an AWS region; did you mean {' or '.join(close)}?"
    return f"is not an AWS region known to this release; known are {', '.join(sorted(known))}"


def same_continent(first: str, second: str) -> bool:
    """Tell whether two Regions lie on one continent; raises `ConfigurationError` for an unknown Region."""
    return region(first).continent == region(second).continent


def same_country(first: str, second: str) -> bool:
    """Tell whether two Regions lie in one country; raises `ConfigurationError` for an unknown Region."""
    return region(first).country == region(second).country


def location_allows(constraint: LocationConstraint, primary: str, recovery: str) -> bool:
    """Tell whether data of `primary` may be kept in `recovery` under a data-location constraint.

    Raises `ConfigurationError` for an unknown constraint or Region.
    """
    first, second = region(primary), region(recovery)
    if constraint == "AnyLocation":
        return True
    if constraint == "SameContinent":
        return first.continent == second.continent
    if constraint == "SameCountry":
        return first.country == second.country
    raise ConfigurationError(
        f"data location constraint {constraint!r} is not known; use AnyLocation, SameContinent or SameCountry"
    )


def recommended_recovery_region(primary: str) -> str:
    """Return the code of the Region we recommend to recover `primary` in.

    Our choice, not AWS's: another Region of the same country where there is one, else of the same
    continent, with the same features where possible; Africa, South America and Israel leave theirs. It
    may need opting in. Raises `ConfigurationError` for an unknown Region.
    """
    return region(primary).recovery


@cache
def region_sets(feature: RegionFeature) -> tuple[RegionSet, ...]:
    """Return the sets of Regions a feature is confined to.

    Raises `ConfigurationError` for a feature that is not confined to sets.
    """
    if feature not in ("mrsc", "dsql"):
        raise ConfigurationError(f"feature {feature!r} has no region sets; use mrsc or dsql")
    facts = _facts()[feature]
    return tuple(
        RegionSet(
            name=name,
            regions=tuple(codes),
            source=facts["source"],
            confidence=Confidence(facts["confidence"]),
        )
        for name, codes in facts["sets"].items()
    )


def region_set(feature: RegionFeature, code: str) -> RegionSet | None:
    """Return the set `code` belongs to for this feature, or None where the feature is not to be had there.

    Raises `ConfigurationError` for an unknown Region or feature.
    """
    region(code)
    return next((found for found in region_sets(feature) if code in found.regions), None)


def global_services_region() -> str:
    """Return the Region where CloudFront and Route 53 have their metrics."""
    return str(_facts()["global_services"]["region"])


def mrap_failover_endpoints() -> tuple[str, ...]:
    """Return the Regions where S3 answers failover calls of Multi-Region Access Points; any one will do."""
    return tuple(_facts()["mrap"]["failover_endpoints"])


def mrap_allows(code: str) -> bool:
    """Tell whether a bucket in this Region can be part of a Multi-Region Access Point.

    Raises `ConfigurationError` for an unknown Region.
    """
    return not region(code).opt_in or code in _facts()["mrap"]["opt_in_regions"]


def rds_backup_replication(source: str, destination: str) -> PairSupport:
    """Tell whether RDS replicates automated backups from `source` to `destination`.

    `unknown` where two pages of AWS's disagree; `rds_backup_replication_because` says which call tells then. A Region
    does not replicate to itself. Raises `ConfigurationError` for an unknown Region.
    """
    pair = [region(source).code, region(destination).code]
    facts = _facts()["rds_backup_replication"]
    if destination not in facts["destinations"].get(source, ()):
        return "unsupported"
    return "unknown" if pair in facts["disputed"]["pairs"] else "supported"


def rds_backup_replication_because(source: str, destination: str) -> str:
    """Return what AWS says about the pair, as a sentence's end for an error, a caution or a finding.

    Raises `ConfigurationError` for an unknown Region.
    """
    pair = f"from {source} to {destination}"
    match rds_backup_replication(source, destination):
        case "supported":
            return f"RDS replicates automated backups {pair}"
        case "unsupported":
            others = ", ".join(_facts()["rds_backup_replication"]["destinations"].get(source, ())) or "none"
            return f"RDS does not replicate automated backups {pair}; it does to: {others}"
        case "unknown":
            call = f"`aws rds describe-source-regions --region {destination}`"
            return f"AWS's pages disagree on whether RDS replicates automated backups {pair}; {call} tells"


def shared_disaster(first: str, second: str) -> SharedDisaster | None:
    """Return the latest event that took both Regions, or None where none is known.

    Raises `ConfigurationError` for an unknown Region.
    """
    both = {region(first).code, region(second).code}
    known = (SharedDisaster(**{**facts, "regions": tuple(facts["regions"])}) for facts in _facts()["shared_disaster"])
    hit = (event for event in known if len(both) == 2 and both <= set(event.regions))
    return max(hit, key=lambda event: event.date, default=None)
