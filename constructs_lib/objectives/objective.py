"""What a workload promises: targets per disruption, an uptime, and the assumptions behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from constructs_lib.availability import Availability, parse_availability
from constructs_lib.errors import ObjectiveError
from constructs_lib.objectives.assumptions import Assumptions
from constructs_lib.objectives.disruption import INFRASTRUCTURE, Disruption
from constructs_lib.objectives.target import Target

if TYPE_CHECKING:
    from datetime import timedelta
    from decimal import Decimal
    from typing import Literal


@attrs.frozen(init=False)
class Objective:
    """A workload's targets per disruption, its uptime promise and its assumptions. Never changes once made.

    Args:
        rto: Shorthand: the RTO for region, zone and hardware. Needs *rpo*.
        rpo: Shorthand: the RPO for region, zone and hardware. Needs *rto*. Zero is legal.
        uptime: The share of a month the workload is up, as `"99.9%"`. Default: not promised.
        software: Target for corruption, operator error and ransomware. Default: undeclared. The shorthand does not
            set it, since replication, which meets the others, does nothing for it; a point-in-time layer is built all
            the same.
        hardware: Target for the loss of one component. Default: the shorthand.
        zone: Target for the loss of one Availability Zone. Default: the shorthand.
        region: Target for the loss of one Region. Default: the shorthand.
        assumptions: Detection and decision time. Default: 2 and 15 minutes.

    Raises:
        DurationError: If a duration cannot be read.
        AvailabilityError: If *uptime* is not an availability.
        ObjectiveError: If only one of *rto* and *rpo* is given, or nothing is promised at all.
    """

    software: Target | None
    hardware: Target | None
    zone: Target | None
    region: Target | None
    uptime: Availability | None
    assumptions: Assumptions
    # Choosing asks for them once for every candidate.
    _declared: tuple[tuple[Disruption, Target], ...] = attrs.field(eq=False, repr=False)

    def __init__(
        self,
        rto: str | timedelta | Literal[0] | None = None,
        rpo: str | timedelta | Literal[0] | None = None,
        uptime: str | Decimal | Availability | None = None,
        *,
        software: Target | None = None,
        hardware: Target | None = None,
        zone: Target | None = None,
        region: Target | None = None,
        assumptions: Assumptions | None = None,
    ) -> None:
        if (rto is None) != (rpo is None):
            given, missing = ("rto", "rpo") if rpo is None else ("rpo", "rto")
            msg = f"{given} is given without {missing}; an objective needs both, how long down and how much lost"
            raise ObjectiveError(msg)
        shorthand = None if rto is None or rpo is None else Target(rto, rpo)
        declared = {
            Disruption.SOFTWARE: software,
            Disruption.HARDWARE: hardware,
            Disruption.ZONE: zone,
            Disruption.REGION: region,
        }
        for disruption, target in declared.items():
            if target is not None and not isinstance(target, Target):
                msg = f'{disruption} is {target!r}; give a Target, for example Target(rto="1h", rpo="15m")'
                raise ObjectiveError(msg)
            if target is None and disruption in INFRASTRUCTURE:
                declared[disruption] = shorthand
        if uptime is None and not any(declared.values()):
            msg = 'an objective must promise something; give rto and rpo, for example rto="1h", rpo="15m"'
            raise ObjectiveError(msg)
        if assumptions is not None and not isinstance(assumptions, Assumptions):
            msg = f'assumptions is {assumptions!r}; give Assumptions(detection_time="2m", decision_time="15m")'
            raise ObjectiveError(msg)
        self.__attrs_init__(
            **{str(disruption): target for disruption, target in declared.items()},
            uptime=None if uptime is None else parse_availability(uptime),
            assumptions=Assumptions() if assumptions is None else assumptions,
            declared=tuple((disruption, target) for disruption, target in declared.items() if target is not None),
        )

    if TYPE_CHECKING:

        def __attrs_init__(
            self,
            *,
            uptime: Availability | None,
            assumptions: Assumptions,
            declared: tuple[tuple[Disruption, Target], ...],
            software: Target | None = None,
            hardware: Target | None = None,
            zone: Target | None = None,
            region: Target | None = None,
        ) -> None: ...

    def target(self, disruption: Disruption) -> Target | None:
        """Return the target for *disruption*, or None where it is undeclared."""
        target: Target | None = getattr(self, disruption.value)
        return target

    def targets(self) -> tuple[tuple[Disruption, Target], ...]:
        """Return the declared targets, in the order software, hardware, zone, region."""
        return self._declared

    def with_targets(self, **targets: Target | None) -> Objective:
        """Return the objective with the named disruptions' targets replaced."""
        return self._evolved(uptime=self.uptime, assumptions=self.assumptions, **targets)

    def with_uptime(self, uptime: Availability | None) -> Objective:
        """Return the objective with another uptime promise, or none."""
        return self._evolved(uptime=uptime, assumptions=self.assumptions)

    def _evolved(self, *, uptime: Availability | None, assumptions: Assumptions, **targets: Target | None) -> Objective:
        current = {disruption.value: self.target(disruption) for disruption in Disruption}
        unknown = set(targets) - set(current)
        if unknown:
            msg = f"there is no disruption {sorted(unknown)[0]!r}; there are {', '.join(current)}"
            raise ObjectiveError(msg)
        current.update(targets)
        return Objective(
            uptime=uptime,
            software=current["software"],
            hardware=current["hardware"],
            zone=current["zone"],
            region=current["region"],
            assumptions=assumptions,
        )

    @property
    def tightest(self) -> Target | None:
        """The shortest RTO and the shortest RPO of the infrastructure targets: what the shorthand would say."""
        targets = [target for target in map(self.target, INFRASTRUCTURE) if target is not None]
        if not targets:
            return None
        return Target.of_seconds(min(target.rto for target in targets), min(target.rpo for target in targets))

    def __str__(self) -> str:
        groups: dict[str, list[str]] = {}
        for disruption, target in self.targets():
            groups.setdefault(str(target), []).append(disruption.value)
        parts = [f"{', '.join(names)}: {target}" for target, names in groups.items()]
        if self.uptime is not None:
            parts.append(f"uptime {self.uptime}")
        return "; ".join(parts)
