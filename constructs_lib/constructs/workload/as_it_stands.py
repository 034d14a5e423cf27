"""A decision about what exists already: judged by what stands in it, with what its owner is asked to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
from msgspec.structs import replace

from constructs_lib.components import Protection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.catalog.kinds.mechanism import Scalar
    from constructs_lib.selection.decision import Decision

__all__ = ["as_it_stands"]


def as_it_stands(
    decision: Decision, inside: Mapping[str, Mapping[str, Scalar] | None], asks: Mapping[str, str]
) -> Decision:
    """Return *decision* about the component as it is, asking its owner for what it lacks where a promise is not kept.

    Args:
        decision: What was decided, as if all of it could be built.
        inside: What stands in the resource itself: the parameters of each mechanism, None for one that is not there.
            The other mechanisms are resources of their own, and are built.
        asks: What its owner does for each mechanism that may be missing.
    """
    wanted = decision.component
    built = [item for item in wanted.protections if item.mechanism not in inside]
    there = [
        Protection(mechanism=mechanism, parameters=parameters)
        for mechanism, parameters in inside.items()
        if parameters is not None
    ]
    standing = attrs.evolve(decision, component=replace(wanted, protections=(*there, *built)))
    if standing.assessment.met:
        return standing
    lacking = [
        mechanism
        for mechanism, parameters in inside.items()
        if decision.uses(mechanism)
        and (
            parameters is None
            or any(standing.setting(mechanism, name) != decision.setting(mechanism, name) for name in parameters)
        )
    ]
    return attrs.evolve(standing, asked=tuple(asks[mechanism] for mechanism in lacking))
