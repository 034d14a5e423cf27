"""To which Region a provider configuration leads whose `region` a plan does not show.

A plan shows no local values and nothing of the environment. What else it holds is a witness: resources and data sources
of the same provider configuration whose ARN, Availability Zone or Region is known. Where nothing in the plan tells,
the declaration's two Regions do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.plan.document.arn import as_region, region_of_arn, region_of_zone
from constructs_lib.plan.document.resource import TELLS_OF_ANOTHER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs_lib.plan.document.resource import Resource

_MAIN: Final = types_that("main")
_ASKED: Final = 500
"""How many resources of types that are not read are asked in all; more would tell nothing new."""

_TELLS_OF_OTHERS: Final = frozenset({"aws_arn", "aws_s3_bucket"})
"""Data sources whose values may be about another Region than the one they are read in."""


class ProviderRegions:
    """Collects what tells the Region of the provider configurations of one plan.

    Args:
        unplaced: The configurations whose Region is not told by themselves, by key, each with what it comes from.
    """

    def __init__(self, unplaced: Mapping[str, object]) -> None:
        self._from = unplaced
        self._told: dict[str, set[str]] = {key: set() for key in unplaced}
        self._asked = 0

    def asks(self, key: str) -> bool:
        """Whether anything about the provider configuration *key* is still wanted."""
        return key in self._told and self._asked < _ASKED

    def hear(self, key: str, type: str, values: Mapping[str, object], *, data: bool = False) -> None:
        """Take the values of a resource, or of a data source, of the provider configuration *key* as a witness."""
        self._asked += 1
        if (data and type in _TELLS_OF_OTHERS) or type == TELLS_OF_ANOTHER:
            return
        zones = values.get("availability_zones") or values.get("names")
        region = (
            region_of_arn(values.get("arn"))
            or region_of_zone(values.get("availability_zone"))
            or region_of_zone(values.get("availability_zone_name"))
            or (region_of_zone(zones[0]) if isinstance(zones, list) and zones else None)
            or (as_region(values.get("name")) if data and type == "aws_region" else None)
        )
        if region is not None:
            self._told[key].add(region)

    def place(self, resources: Iterable[Resource], declared: tuple[str, str] | None) -> dict[str, str]:
        """Tell the *resources* their Region, and return which provider configurations *declared* Regions decided.

        Args:
            resources: Those that are read.
            declared: The primary and the recovery Region of the declaration.
        """
        silent = [item for item in resources if item.provider_region is None and item.provider_key in self._told]
        for item in silent:
            region = item.region if item.type in _MAIN else _told_by(item)
            if region is not None:
                self._told[item.provider_key].add(region)
        placed = {key: next(iter(told)) for key, told in self._told.items() if len(told) == 1}
        known = {item.provider_region for item in resources} | set(placed.values())
        open_ = {item.provider_key for item in silent} - placed.keys()
        # Two whose Region is written alike may be one, as where an alias is copied and its Region left.
        alike = len({self._from[key] for key in open_}) < len(open_)
        taken = {} if declared is None or alike else _from(declared, known, open_)
        for item in silent:
            region = placed.get(item.provider_key) or taken.get(item.provider_key)
            if region is not None:
                item.infer_region(region)
        return taken


def _told_by(resource: Resource) -> str | None:
    own = None if resource.type == TELLS_OF_ANOTHER else region_of_arn(resource.text("arn"))
    return own or region_of_zone(resource.get("availability_zone"))


def _from(declared: tuple[str, str], known: set[str | None], silent: set[str]) -> dict[str, str]:
    """Return which of the declared Regions the provider configurations that nothing tells of have.

    The one without an alias is where the workload runs, and a single one with an alias is the other. More than that is
    guesswork.
    """
    primary, recovery = declared
    plain = {key for key in silent if "." not in key.rpartition(":")[2]}
    free = [region for region in (primary, recovery) if region not in known]
    if len(silent) == 1 and len(free) == 1:
        return dict.fromkeys(silent, free[0])
    if len(free) == 2 and len(plain) == 1 and len(silent) <= 2:
        return {key: primary if key in plain else recovery for key in silent}
    return {}
