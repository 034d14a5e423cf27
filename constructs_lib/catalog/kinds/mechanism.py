"""What the catalog says about one mechanism: what it covers, how fast, how surely, by whose word."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

import msgspec

from constructs_lib.catalog.confidence import Confidence
from constructs_lib.objectives import Disruption

if TYPE_CHECKING:
    from collections.abc import Mapping

Scalar = str | int | bool


class Term(msgspec.Struct, frozen=True, eq=False, forbid_unknown_fields=True, kw_only=True):
    """One part of a recovery time or a recovery point, in seconds, with its reason and its source.

    Its value is `seconds` + `seconds_per_gb` x the component's size + the named `parameter` + the product of `product`,
    or the largest of `largest`. Parameters are those of the protection, else the mechanism's defaults. It counts only
    where they are what `when` says.
    """

    because: str
    source: str
    confidence: Confidence
    step: Literal["detect", "act", "propagate"] = "act"
    seconds: int = 0
    seconds_per_gb: int = 0
    parameter: str | None = None
    product: tuple[str, ...] = ()
    largest: tuple[tuple[str, ...], ...] = ()
    when: dict[str, Scalar] = {}


class Cover(msgspec.Struct, frozen=True, eq=False, forbid_unknown_fields=True, kw_only=True):
    """How a mechanism recovers from some disruptions.

    Attributes:
        disruptions: The disruptions it covers.
        when: Parameters the protection must have for this to apply.
        rpo: The parts that add up to the data lost.
        act: The parts that add up to the recovery itself, without detection, decision and routing.
        manual: Whether a human decides; then the objective's detection and decision times count.
        routing: `none`: the endpoint stays. `active`: the copy is live and only traffic must move. `endpoint`: the
            recovered thing has another endpoint, and callers must be pointed at it.
        lasts: The parameter that says for how many days back this works, if it is bounded.
        lasts_most: How many days it can reach back at most; None where AWS sets no bound that matters.
        cools: The parameter that says after how many days what is kept moves to cold storage, where it may be; terms
            count `when` it is `cold` on the day it is needed.
        rewinds: Whether everything goes back to one point in time, so that what is written between damage and stop is
            lost too.
    """

    disruptions: tuple[Disruption, ...]
    rpo: tuple[Term, ...]
    act: tuple[Term, ...]
    manual: bool
    routing: Literal["none", "active", "endpoint"] = "none"
    when: dict[str, Scalar] = {}
    lasts: str | None = None
    lasts_most: int | None = None
    cools: str | None = None
    rewinds: bool = False


Strategy = Literal["backup and restore", "pilot light", "warm standby", "multi-site active/active"]


Role = Literal[
    "service", "versions", "point in time", "backups", "copy", "peer", "standby", "lock", "routing", "detection"
]
"""What a mechanism is for.

`service` is what AWS does by itself; `versions`, `point in time` and `backups` are earlier states to go back to; `copy`
and `peer` are elsewhere, the peer serving as well; `standby` is beside it; `lock` guards what is kept; `routing` leads
traffic; `detection` tells that something is lost.
"""


class Mechanism(msgspec.Struct, frozen=True, eq=False, forbid_unknown_fields=True, kw_only=True):
    """One thing that can be done for a component of one kind.

    Attributes:
        kind: The kind of component, or `any`.
        name: Its name in protections.
        role: What it is for.
        title: What AWS calls it.
        covers: What it recovers from. Empty for one that only enables others.
        notices: What it tells somebody of, from where the disruption does not reach.
        defaults: Parameters where the protection does not say.
        strategy: The strategy that a component recovered by it from the loss of a Region follows.
        sla: The service level agreement a component with it enjoys (`catalog/sla.toml`).
        parallel: The parameter that says that both Regions serve, so that an outage needs both to fail.
        intrinsic: Whether every component of the kind has it; `engines` may narrow that.
        engines: Engine prefixes it applies to. Empty: all.
        pairs: The table of Region pairs (`regions.toml`) that says where AWS offers it. None: between any two.
    """

    kind: str
    name: str
    role: Role
    title: str
    covers: tuple[Cover, ...] = ()
    notices: tuple[Disruption, ...] = ()
    defaults: dict[str, Scalar] = {}
    strategy: Strategy | None = None
    sla: str | None = None
    parallel: str | None = None
    intrinsic: bool = False
    engines: tuple[str, ...] = ()
    pairs: Literal["rds_backup_replication"] | None = None

    def serves(self, engine: str | None) -> bool:
        """Tell whether the mechanism applies to *engine*; None is an engine not chosen yet."""
        return not self.engines or engine is None or any(matches_engine(engine, pattern) for pattern in self.engines)


@cache
def matches_engine(engine: str, pattern: str) -> bool:
    """Tell whether *engine* is *pattern*, or one of the family when *pattern* ends in `*`."""
    return engine.startswith(pattern[:-1]) if pattern.endswith("*") else engine == pattern


@cache
def depends_on_size(mechanism: Mechanism) -> bool:
    """Tell whether some figure of *mechanism* grows with the component's size."""
    return any(term.seconds_per_gb for cover in mechanism.covers for term in (*cover.rpo, *cover.act))


@cache
def judged_parameters(mechanism: Mechanism) -> frozenset[str]:
    """Return the parameters that some figure or verdict of *mechanism* depends on; others change its cost alone."""
    found = {mechanism.parallel or ""}
    for cover in mechanism.covers:
        found.update(cover.when, (cover.cools or "",))
        for term in (*cover.rpo, *cover.act):
            found.update((term.parameter or "", *term.product, *(name for group in term.largest for name in group)))
            found.update(term.when)
    return frozenset(found - {""})


def days_to_reach(cover: Cover, given: Mapping[str, object], mechanism: Mechanism, unnoticed: int) -> int:
    """Return for how many days *cover* must be kept to go back to before damage that went unnoticed so many seconds.

    What is taken by a schedule may have been taken an interval and a start window before the damage.
    """
    values = [parameter(term.parameter, given, mechanism) for term in cover.rpo if term.parameter is not None]
    before = sum(value for value in values if isinstance(value, int))
    return max(1, -(-(unnoticed + before) // 86_400))


def parameter(name: str, given: Mapping[str, object], mechanism: Mechanism) -> object:
    """Return the value of the parameter *name*: the protection's, else the mechanism's default, else None."""
    value = given.get(name)
    return mechanism.defaults.get(name) if value is None else value
