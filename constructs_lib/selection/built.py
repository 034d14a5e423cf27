"""A part, and a workload of parts, built in one way: its worth, its cost, and how far it is from its promise."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Final

import msgspec

from constructs_lib.assessment import Verdict, WorkloadAssessment, assess_workload
from constructs_lib.objectives import format_duration
from constructs_lib.selection.shortfall import beyond, readable, shortfall

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.assessment import Assessment, WorkloadEstimate
    from constructs_lib.costs import MonthlyCost
    from constructs_lib.objectives import Objective

__all__ = ["NO_REST", "BuiltPart", "BuiltWorkload", "Rest", "added"]

_NOT_KEPT: Final = (Verdict.BREACHED, Verdict.UNKNOWN)
_FINE: Final = 1_000_000
"""How finely distances are told apart. They are whole numbers, so that a sum is the same in whatever order."""


class BuiltPart(msgspec.Struct, frozen=True, kw_only=True, eq=False, dict=True):
    """One part, built in one way.

    Attributes:
        name: What the workload calls it.
        pattern: The pattern's name, with the routing where it is not by hand.
        active: Whether both Regions are written to, or the part has one writer.
        assessment: What it is worth.
        cost: What it costs in a month.
    """

    name: str
    pattern: str
    active: bool
    assessment: Assessment
    cost: MonthlyCost

    @cached_property
    def shortfall(self) -> tuple[int, float]:
        """How far it is from what is declared for it."""
        return shortfall(self.assessment)

    @cached_property
    def figures(self) -> tuple[float, ...]:
        """Everything that the workload's figures and its bill come from, each the worse the more it is."""
        found: list[float] = [*self.shortfall]
        for estimate in self.assessment.estimates.values():
            unknown = estimate.rto_seconds is None
            found += [unknown, estimate.rpo_seconds is None, estimate.rpo_seconds or 0, not estimate.automatic]
            found += [
                sum(reason.seconds for reason in estimate.reasons if reason.step == step and not unknown)
                for step in ("detect", "decide", "act", "propagate")
            ]
        return tuple(found)

    @cached_property
    def met(self) -> bool:
        """Whether it keeps what is declared for it."""
        return self.assessment.met

    @cached_property
    def own_usd(self) -> Decimal:
        """What it costs beside what the workload's parts share."""
        return sum((line.usd for line in self.cost.lines if not line.shared), Decimal(0))

    @cached_property
    def shared(self) -> Mapping[tuple[str, str], Decimal]:
        """What it needs of what the workload's parts share, and what that costs, in USD."""
        return {(line.price.dimension, line.price.region): line.usd for line in self.cost.lines if line.shared}

    def is_no_better_than(self, other: BuiltPart) -> bool:
        """Tell whether *other* is as good in everything, whatever the other parts are."""
        return (
            other.own_usd <= self.own_usd
            and all(mine >= theirs for mine, theirs in zip(self.figures, other.figures, strict=True))
            and all(self.shared.get(key, 0) >= usd for key, usd in other.shared.items())
        )


class Rest(msgspec.Struct, frozen=True, kw_only=True):
    """The least that parts which are not chosen yet come to, if they are to cost no more than *usd*.

    Attributes:
        usd: What they cost beside what the workload's parts share.
        apart: How far each is from what is declared for it, added up, as a number of promises and a distance.
        together: How far a workload of the farthest of them, and nothing else, is from what it promises, likewise.
    """

    usd: Decimal
    apart: tuple[int, int]
    together: tuple[int, int]

    def is_no_better_than(self, other: Rest) -> bool:
        """Tell whether *other* costs no more and is no farther from anything."""
        return other.usd <= self.usd and other.apart <= self.apart and other.together <= self.together


NO_REST: Final = (Rest(usd=Decimal(0), apart=(0, 0), together=(0, 0)),)


class BuiltWorkload(msgspec.Struct, frozen=True, kw_only=True, eq=False, dict=True):
    """A workload, each part built in one way.

    Attributes:
        objective: What it promises.
        routing: How traffic gets to the recovery Region.
        parts: Its parts.
        rests: What the parts that are not chosen yet come to at least, the cheapest first.
    """

    objective: Objective
    routing: str
    parts: tuple[BuiltPart, ...]
    rests: tuple[Rest, ...] = NO_REST

    @cached_property
    def whole(self) -> WorkloadAssessment:
        """What the parts keep together."""
        return assess_workload([part.assessment for part in self.parts], self.objective)

    @cached_property
    def usd(self) -> Decimal:
        """What all of it costs in a month at list prices, in USD: what is shared counts once, as in `together`."""
        return self.usd_with(self.rests[0])

    @property
    def shared_usd(self) -> Decimal:
        """What is in several of its parts' bills and paid for once: by so much they come to more than `usd`."""
        return sum((part.cost.usd for part in self.parts), Decimal(0)) - self.usd

    def usd_with(self, rest: Rest) -> Decimal:
        """Return what it costs with *rest* for the parts that are not chosen yet."""
        return (self._chosen_usd + rest.usd).quantize(Decimal("0.01"))

    @cached_property
    def _chosen_usd(self) -> Decimal:
        shared: dict[tuple[str, str], Decimal] = {}
        for part in self.parts:
            for key, usd in part.shared.items():
                shared[key] = max(usd, shared.get(key, usd))
        return sum((part.own_usd for part in self.parts), sum(shared.values(), Decimal(0)))

    @cached_property
    def apart(self) -> tuple[int, int]:
        """How many promises its parts cannot keep at any looseness, and how far the others are, added up."""
        return added(*((never, round(far * _FINE)) for never, far in (part.shortfall for part in self.parts)))

    @cached_property
    def together(self) -> tuple[int, int]:
        """The same of its own promises, which the parts keep together."""
        found = []
        for estimate in self.whole.estimates.values():
            if estimate.target is not None:
                figures = readable(estimate.rto_seconds, estimate.rpo_seconds)
                found.append((1, 0) if figures is None else (0, round(beyond(estimate.target, figures) * _FINE)))
        return added(*found)

    @property
    def met(self) -> bool:
        """Whether it keeps everything that is declared, and each part what is declared for it."""
        return all(part.met for part in self.parts) and all(
            item.verdict is Verdict.MET for item in self.whole.estimates.values() if item.target is not None
        )

    @property
    def missed(self) -> tuple[str, ...]:
        """What the whole does not keep, a part of a sentence for each disruption, with the part that sets it."""
        return tuple(_missed(item) for item in self.whole.estimates.values() if item.verdict in _NOT_KEPT)

    @property
    def needs_latch(self) -> tuple[str, ...]:
        """The parts with one writer, which traffic must not reach in the other Region before somebody fails them over.

        Empty where traffic is led by hand.
        """
        return () if self.routing == "manual" else tuple(part.name for part in self.parts if not part.active)


def added(*distances: tuple[int, int]) -> tuple[int, int]:
    """Return the sum of distances: how many promises cannot be kept at all, and how far the others are."""
    return sum(never for never, _ in distances), sum(far for _, far in distances)


def _missed(estimate: WorkloadEstimate) -> str:
    figures = readable(estimate.rto_seconds, estimate.rpo_seconds)
    if figures is None or estimate.target is None:
        how = "nothing recovers" if estimate.lost else "it is not known how to recover"
        return f"{estimate.disruption}: {how} {estimate.sets_rto}"
    asked = (estimate.target.rto, estimate.target.rpo)
    return f"{estimate.disruption}: " + " and ".join(
        f"{what} {format_duration(given)} in place of {format_duration(wanted)}, set by {part or 'all parts together'}"
        for what, given, wanted, part in zip(
            ("RTO", "RPO"), figures, asked, (estimate.sets_rto, estimate.sets_rpo), strict=True
        )
        if given > wanted
    )
