"""What the catalog says about a kind of component as such: the `[kind]` head of its file."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from constructs_lib.catalog.kinds.mechanism import Scalar

Layer = Literal["data", "compute", "traffic"]
LAYERS: Final[tuple[Layer, ...]] = ("data", "compute", "traffic")
"""What has to be there before what, when a workload is recovered."""


class KindFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One kind.

    Attributes:
        name: Its name, such as `bucket`.
        title: What AWS calls it.
        features: What a component of the kind may have that rules some patterns out.
        has_engine: Whether there is an engine to choose, and then an instance class.
        layer: What it is to a workload: its data, what runs code on it, or how that is reached.
        everywhere: Whether it serves from no Region in particular.
        one_writer: Whether its copy takes no writes until somebody fails over, unless both Regions are active.
        recovery_standby: Parameters, by mechanism, that give the copy in the recovery Region a standby before it
            takes over.
        usage: What its bill depends on, as documents say it; each place in braces is an amount of `Usage`.
    """

    name: str
    title: str
    usage: tuple[str, ...]
    layer: Layer = "data"
    features: tuple[str, ...] = ()
    has_engine: bool = False
    everywhere: bool = False
    one_writer: bool = False
    recovery_standby: dict[str, dict[str, Scalar]] = {}
