"""The two Regions of a declaration."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs

from constructs_lib.errors import InputError

if TYPE_CHECKING:
    from constructs_lib.declaration.yaml_document import YamlField

__all__ = ["Regions", "read_regions"]

# The shape only: which Regions there are is for the catalogue to say.
_SHAPE = re.compile(r"[a-z]+(?:-[a-z]+)+-[0-9]+")


@attrs.frozen(kw_only=True)
class Regions:
    """Where workloads run, and where they recover; never the same.

    Raises:
        InputError: If both are the same Region, or one does not have the shape of a Region's name.
    """

    primary: str = attrs.field()
    recovery: str = attrs.field()

    @primary.validator
    @recovery.validator
    def _has_the_shape_of_a_region(self, _attribute: object, value: str) -> None:
        _check_shape(value)

    def __attrs_post_init__(self) -> None:
        """Refuse a recovery in the Region that is lost."""
        if self.primary == self.recovery:
            raise InputError(
                f"primary and recovery are both {self.primary}; name two Regions, since one can be lost as a whole"
            )


def read_regions(field: YamlField) -> Regions:
    """Read `{primary: eu-west-1, recovery: eu-central-1}`."""
    members = field.members("primary", "recovery", required=("primary", "recovery"))
    primary, recovery = (
        members[name].parsed(_check_shape, wanted="the name of a Region") for name in ("primary", "recovery")
    )
    try:
        return Regions(primary=primary, recovery=recovery)
    except InputError as error:
        raise field.error(str(error)) from None


def _check_shape(value: str) -> str:
    if not _SHAPE.fullmatch(value):
        raise InputError(f"{value!r} is not the name of a Region; write one like eu-west-1")
    return value
