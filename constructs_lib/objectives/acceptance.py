"""A looser promise for one component, accepted in writing, in code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from constructs_lib.availability import Availability, parse_availability
from constructs_lib.errors import ConfigurationError
from constructs_lib.objectives import Disruption, Objective, Target
from constructs_lib.refusal import is_words, shown

if TYPE_CHECKING:
    from decimal import Decimal


def _uptime(value: str | Decimal | Availability | None) -> Availability | None:
    return None if value is None else parse_availability(value)


@attrs.frozen(kw_only=True)
class Acceptance:
    """Somebody's word that one component may promise less than its workload.

    Args:
        owner: Who accepts it: a person or a team.
        reason: Why that is all right.
        software: The looser target for corruption, operator error and ransomware. Default: the workload's.
        hardware: For the loss of one component. Default: the workload's.
        zone: For the loss of one Availability Zone. Default: the workload's.
        region: For the loss of one Region. Default: the workload's.
        uptime: The looser uptime. Default: the workload's.

    Raises:
        ConfigurationError: If owner or reason is empty, nothing is accepted, or a target is not one.
    """

    owner: str
    reason: str
    software: Target | None = None
    hardware: Target | None = None
    zone: Target | None = None
    region: Target | None = None
    uptime: Availability | None = attrs.field(default=None, converter=_uptime)

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            owner: str,
            reason: str,
            software: Target | None = None,
            hardware: Target | None = None,
            zone: Target | None = None,
            region: Target | None = None,
            uptime: str | Decimal | Availability | None = None,
        ) -> None: ...

    def __attrs_post_init__(self) -> None:
        for name in ("owner", "reason"):
            value = getattr(self, name)
            if not is_words(value):
                msg = (
                    f"an acceptance needs {name}, and has {shown(value)}: say who accepts the looser target, and why, "
                    f"without control characters"
                )
                raise ConfigurationError(msg)
        for disruption in Disruption:
            target = getattr(self, disruption.value)
            if target is not None and not isinstance(target, Target):
                msg = f'the accepted target for {disruption} is {target!r}; give Target("4h", "1h")'
                raise ConfigurationError(msg)
        if self.uptime is None and not any(getattr(self, disruption.value) for disruption in Disruption):
            msg = "an acceptance accepts nothing; name the looser target, for example region=Target(...)"
            raise ConfigurationError(msg)

    def targets(self) -> tuple[tuple[Disruption, Target], ...]:
        """Return the accepted targets, in the order software, hardware, zone, region."""
        found = ((disruption, getattr(self, disruption.value)) for disruption in Disruption)
        return tuple((disruption, target) for disruption, target in found if target is not None)

    def without(self, disruption: Disruption) -> Acceptance | None:
        """Return what is accepted besides *disruption*; None where that is nothing."""
        left = {other.value: target for other, target in self.targets() if other is not disruption}
        if not left and self.uptime is None:
            return None
        return Acceptance(owner=self.owner, reason=self.reason, uptime=self.uptime, **left)

    def loosen(self, objective: Objective) -> Objective:
        """Return *objective* with what is accepted in its place, for one that is promised as this is written.

        Raises:
            ConfigurationError: If a target is accepted that the objective does not declare, or one tighter than it.
        """
        for disruption, accepted in self.targets():
            declared = objective.target(disruption)
            if declared is None or accepted.rto < declared.rto or accepted.rpo < declared.rpo:
                promised = declared or "undeclared"
                msg = f"{disruption}: {accepted} is accepted, but the objective is {promised}; accept something looser"
                raise ConfigurationError(msg)
        loosened = objective.with_targets(**{disruption.value: target for disruption, target in self.targets()})
        return loosened if self.uptime is None else loosened.with_uptime(self.uptime)

    def loosen_where_looser(self, objective: Objective) -> Objective:
        """Return *objective* with what was accepted wherever that is looser, for one that may have changed since."""
        targets = {
            disruption.value: Target.of_seconds(max(now.rto, accepted.rto), max(now.rpo, accepted.rpo))
            for disruption, accepted in self.targets()
            if (now := objective.target(disruption)) is not None
        }
        loosened = objective.with_targets(**targets)
        if self.uptime is None or objective.uptime is None:
            return loosened
        return loosened.with_uptime(min(objective.uptime, self.uptime))
