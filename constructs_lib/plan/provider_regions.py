"""To which Region a provider configuration leads whose `region` a plan does not show.

A plan shows no local values and nothing of the environment. What else it holds is a witness: resources and data sources
of the same provider configuration whose ARN, Availability Zone or Region is known. Where a provider is told nothing of
its Region, the declaration's two Regions tell. What a plan does not show of a Region that is written may be any.
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
            or (as_region(values.get("name") or values.get("region")) if data and type == "aws_region" else None)
        )
        if region is not None:
            self._told[key].add(region)

    def _is_told(self, key: str) -> bool:
        """Whether the configuration tells the Region by something that a plan does not show."""
        origin = self._from[key]
        return not isinstance(origin, tuple) or origin[0] is not None

    def place(self, resources: Iterable[Resource], declared: tuple[str, str] | None) -> dict[str, str | None]:
        """Tell the *resources* their Region, and return which provider configurations *declared* Regions decided.

        Where the configuration tells one that the plan does not show, and nothing else does, that is None.

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
        told = {key for key in open_ if self._is_told(key)}
        taken = {} if declared is None else _from(declared, known, open_, told)
        for item in silent:
            region = placed.get(item.provider_key) or taken.get(item.provider_key)
            if region is not None:
                item.infer_region(region)
        hidden = {item.provider_key for item in silent if item.type in _MAIN and item.region is None} & told
        return {**taken, **dict.fromkeys(sorted(hidden))}


def _told_by(resource: Resource) -> str | None:
    own = None if resource.type == TELLS_OF_ANOTHER else region_of_arn(resource.text("arn"))
    return own or region_of_zone(resource.get("availability_zone"))


def _from(declared: tuple[str, str], known: set[str | None], silent: set[str], told: set[str]) -> dict[str, str]:
    """Return which of the declared Regions the provider configuration has that has it from the environment.

    The one without an alias is where the workload runs, and a single one beside what is known is what is left. Two may
    be in one Region, as where an alias is copied, and what is *told* and not shown may be in any.
    """
    asked = silent - told
    if len(asked) != 1:
        return {}
    (key,) = asked
    free = [region for region in declared if region not in known]
    if len(free) == 1 and not told:
        return {key: free[0]}
    return {key: declared[0]} if len(free) == 2 and "." not in key.rpartition(":")[2] else {}
