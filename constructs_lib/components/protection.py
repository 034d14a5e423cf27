"""One mechanism applied to one component, with its parameters."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping


ENABLED = "enabled"
"""Among a protection's unknown parameters: whether it is on at all is not known before apply."""


def _frozen(values: Mapping[str, object]) -> Mapping[str, object]:
    return MappingProxyType(dict(values))


@attrs.frozen(kw_only=True)
class Protection:
    """One mechanism applied to one component.

    Args:
        mechanism: Its name in the catalog, such as `versioning` or `global_table`.
        region: Where the copy it makes lives; None where it makes none outside the component's own Region.
        parameters: What the catalog's terms and conditions refer to, such as `rtc` or `interval_seconds`.
        address: The Terraform address that declares it, where it was read from a plan.
        doubts: Why it may not work although it is declared. A protection with a doubt is never counted.
        unknown: Parameters whose value is not known before apply. What depends on them is unknown.

    Attributes:
        settings: The parameters as a sorted tuple, for what needs to be hashed.
    """

    mechanism: str
    region: str | None = None
    parameters: Mapping[str, object] = attrs.field(factory=dict, converter=_frozen, eq=False)
    address: str | None = None
    doubts: tuple[str, ...] = ()
    unknown: frozenset[str] = frozenset()
    settings: tuple[tuple[str, object], ...] = attrs.field(init=False, repr=False)

    @settings.default
    def _hashable_parameters(self) -> tuple[tuple[str, object], ...]:
        return tuple(sorted(self.parameters.items()))

    def __str__(self) -> str:
        return self.mechanism if self.region is None else f"{self.mechanism} to {self.region}"
