"""The availability of a whole made of parts, some of whose loss may only degrade it.

A structure is one of four things, and they nest:

* `Part`: something with an availability of its own; made by `part`, or by giving an availability where a
  member is wanted;
* `Block`: works while at least `required` of its members work; made by `series` (all), `parallel` (one) and
  `k_of_n`;
* `Copies`: `count` copies of one structure, of which `required` are needed; made by `copies`;
* `Partial`: a core, and optional members whose loss reduces the service instead of stopping it; made by
  `partial`.

Assumption of every number here: distinct parts fail independently of each other, and are either up or down.
Parts that share a cause of failure (a Region, a deployment, a certificate) are down together more often than
that, and the whole is then less available than computed wherever it relies on redundancy. A shared cause can
be modeled as a part of its own: parts with the same name are the same part, up or down everywhere at once,
and are computed so, exactly. Members without a name are distinct.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, TypeAlias

from attrs import field, frozen

from constructs_lib.availability.availability import Availability, parse_availability
from constructs_lib.errors import AvailabilityError
from constructs_lib.refusal import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal

__all__ = [
    "Block",
    "Copies",
    "Part",
    "Partial",
    "ServiceAvailability",
    "Structure",
    "composite_availability",
    "copies",
    "k_of_n",
    "own_availability_needed",
    "parallel",
    "part",
    "partial",
    "series",
    "service_availability",
]

_DEEPEST = 100
_MOST_SHARED = 12
_MOST_COPIES = 1000


@frozen(kw_only=True)
class Part:
    """Something that has an availability of its own.

    `name` is None by default; parts with the same name are the same part, a part without one is distinct.
    """

    availability: Availability
    name: str | None = field(default=None)

    @name.validator
    def _is_none_or_says_something(self, _attribute: object, value: object) -> None:
        if value is not None and (not isinstance(value, str) or not value.strip()):
            raise AvailabilityError(
                f"a part needs a name that says something, not {shown(value)}; give one such as 'DNS provider'"
            )


@frozen(kw_only=True)
class Block:
    """Members of which at least `required` must work; `required` lies between 1 and their number."""

    required: int
    members: tuple[Structure, ...]

    def __attrs_post_init__(self) -> None:
        """Raise `AvailabilityError` for a block that cannot be computed."""
        if not self.members:
            raise AvailabilityError("a composite availability needs at least 1 member, not 0; give one such as '99.9%'")
        _check_required(self.required, len(self.members))


@frozen(kw_only=True)
class Copies:
    """`count` copies of one structure, failing independently, of which at least `required` must work."""

    of: Structure
    count: int
    required: int

    def __attrs_post_init__(self) -> None:
        """Raise `AvailabilityError` for copies that cannot be computed."""
        if isinstance(self.count, bool) or not isinstance(self.count, int) or not 1 <= self.count <= _MOST_COPIES:
            raise AvailabilityError(
                f"the number of copies must be a whole number from 1 to {_MOST_COPIES}, not "
                f"{shown(self.count)}; give one such as 2"
            )
        _check_required(self.required, self.count)


@frozen(kw_only=True)
class Partial:
    """A core that a service cannot do without, and optional members whose loss only reduces it."""

    core: Structure
    optional: tuple[Structure, ...]

    def __attrs_post_init__(self) -> None:
        """Raise `AvailabilityError` where there is nothing optional."""
        if not self.optional:
            raise AvailabilityError(
                "a partial service needs at least 1 optional member, not 0; give one, or use the core alone, "
                "which never degrades"
            )


Structure: TypeAlias = Part | Block | Copies | Partial
"""A part, or parts put together."""


@frozen(kw_only=True)
class ServiceAvailability:
    """How available a service is in full, and how available at least in its reduced form.

    `full`: every optional member works too. `at_least_reduced`: the core works, with or without the optional
    members.
    """

    full: Availability
    at_least_reduced: Availability

    @property
    def reduced_only(self) -> Availability:
        """The share of time in which the service works, but not in full."""
        return Availability(fraction=self.at_least_reduced.fraction - self.full.fraction)


def part(name: str, availability: str | Decimal | Availability) -> Part:
    """Return a part with a name; parts with the same name are the same part.

    Raises `AvailabilityError` for an empty name and for what `parse_availability` does not read.
    """
    return Part(name=name, availability=parse_availability(availability))


def series(*members: Structure | Availability | str) -> Block:
    """Return members that are all needed: the product of their availabilities.

    Source: AWS whitepaper "Availability and Beyond", "Availability with dependencies", equation 4,
    https://docs.aws.amazon.com/whitepapers/latest/availability-and-beyond-improving-resilience/availability-with-dependencies.html;
    the series system of a reliability block diagram. Assumes independent failures. Raises `AvailabilityError`
    without members.
    """
    return Block(required=len(members), members=_structures(members))


def parallel(*members: Structure | Availability | str) -> Block:
    """Return members of which one is enough: 1 minus the product of their unavailabilities.

    Source: AWS whitepaper "Availability and Beyond", "Availability with redundancy", equation 5,
    https://docs.aws.amazon.com/whitepapers/latest/availability-and-beyond-improving-resilience/availability-with-redundancy.html;
    the simple parallel system of a reliability block diagram. Assumes independent failures, and a switch-over
    that takes no time and never fails: a failover that takes time is downtime of its own
    (`ErrorBudget.failovers`). Raises `AvailabilityError` without members.
    """
    return Block(required=1, members=_structures(members))


def k_of_n(required: int, *members: Structure | Availability | str) -> Block:
    """Return members, alike or not, of which at least `required` must work.

    The probability that so many are up, exactly. Source: the k-out-of-n system of independent, identical or
    non-identical components of a reliability block diagram (ReliaSoft, System Analysis Reference, "RBDs and
    Analytical System Reliability"): the sum over all states with at least k members up. The AWS whitepaper
    "Availability and Beyond", "Availability with redundancy",
    https://docs.aws.amazon.com/whitepapers/latest/availability-and-beyond-improving-resilience/availability-with-redundancy.html,
    gives an approximation of it for identical members with spares. Assumes independent failures. Raises
    `AvailabilityError` without members, or where `required` is not between 1 and their number.
    """
    return Block(required=required, members=_structures(members))


def copies(of: Structure | Availability | str, *, count: int, required: int = 1) -> Copies:
    """Return `count` copies of one structure, of which at least `required` (default: 1) must work.

    Every part inside is copied with it, so a name inside must not be used outside. Formula, source and
    assumption as in `k_of_n`. Raises `AvailabilityError` for a count outside 1 to 1000, or a `required`
    outside 1 to `count`.
    """
    return Copies(of=_structure(of), count=count, required=required)


def partial(core: Structure | Availability | str, *optional: Structure | Availability | str) -> Partial:
    """Return a core with optional members, without which the service is reduced; without the core it is down.

    In full it is the series of core and optional members; at least reduced, the core alone. Source: AWS
    Well-Architected Framework, REL05-BP01 "Implement graceful degradation to transform applicable hard
    dependencies into soft dependencies",
    https://docs.aws.amazon.com/wellarchitected/latest/framework/rel05-bp01.html, with the series formula for
    each level. Assumes independent failures. Raises `AvailabilityError` without optional members.
    """
    return Partial(core=_structure(core), optional=_structures(optional))


def service_availability(structure: Structure | Availability | str) -> ServiceAvailability:
    """Compute how available a structure is in full, and at least in its reduced form.

    Both are the same without `partial`. Each level is a reliability block diagram of its own: the optional
    members count only for the full service. Formulas and sources: `series`, `parallel`, `k_of_n`, `partial`.
    Assumes that distinct parts fail independently. Parts that share a name are one part: the whole is
    computed for each of its states and summed with their probabilities (the decomposition method of "RBDs and
    Analytical System Reliability", named at `k_of_n`). Exact.

    Raises `AvailabilityError` for two availabilities under one name, a name used inside and outside of
    copies, more than 12 shared names, or more than 100 levels of nesting.
    """
    whole = _structure(structure)
    _check_names(whole)
    return ServiceAvailability(
        full=Availability(fraction=_exact_probability(whole, full=True)),
        at_least_reduced=Availability(fraction=_exact_probability(whole, full=False)),
    )


def composite_availability(structure: Structure | Availability | str) -> Availability:
    """Compute the availability of a structure: the share of time in which it works, in full or reduced.

    Formulas, sources, assumption of independence and errors as in `service_availability`.
    """
    whole = _structure(structure)
    _check_names(whole)
    return Availability(fraction=_exact_probability(whole, full=False))


def own_availability_needed(
    promise: str | Decimal | Availability, dependencies: Structure | Availability | str
) -> Availability | None:
    """Return how available one's own part must be for a promise to hold on top of its dependencies.

    None if no availability suffices, since the dependencies alone break the promise. Source: the formula of
    `series`, solved for one factor: promise / availability of the dependencies. Assumes that one's own part
    fails independently of them. Errors as in `service_availability`, and `AvailabilityError` for a promise
    that `parse_availability` does not read.
    """
    wanted = parse_availability(promise).fraction
    had = composite_availability(dependencies).fraction
    if wanted > had:
        return None
    return Availability(fraction=wanted / had if had else Fraction(0))


def _structure(member: Structure | Availability | str) -> Structure:
    if isinstance(member, (Part, Block, Copies, Partial)):
        return member
    return Part(availability=parse_availability(member))


def _structures(members: Sequence[Structure | Availability | str]) -> tuple[Structure, ...]:
    return tuple(_structure(member) for member in members)


def _check_required(required: object, members: int) -> None:
    if isinstance(required, bool) or not isinstance(required, int) or not 1 <= required <= members:
        raise AvailabilityError(
            f"the number of members required must be a whole number from 1 to their number, {members}, not "
            f"{shown(required)}; "
            "give one such as 1"
        )


def _check_names(whole: Structure) -> None:
    # The scope of a part is the innermost `Copies` around it, counted in the order of the walk.
    seen: dict[str, tuple[int, Availability]] = {}
    scopes = 0
    waiting: list[tuple[Structure, int, int]] = [(whole, 0, 1)]
    while waiting:
        node, scope, depth = waiting.pop()
        if depth > _DEEPEST:
            raise AvailabilityError(
                f"a structure of more than {_DEEPEST} levels cannot be computed; compute an inner part of it "
                "first and use its result"
            )
        if isinstance(node, Part):
            if node.name is None:
                continue
            known_scope, known = seen.setdefault(node.name, (scope, node.availability))
            if known != node.availability:
                raise AvailabilityError(
                    f"the part {shown(node.name)} has two availabilities, {known} and {node.availability}, "
                    "and one name is one part; "
                    "give it one availability, or two names"
                )
            if known_scope != scope:
                raise AvailabilityError(
                    f"the part {shown(node.name)} is used inside and outside of copies, or in two sets of "
                    "copies, "
                    "and cannot be both copied and the same; give each use a name of its own"
                )
        elif isinstance(node, Copies):
            scopes += 1
            waiting.append((node.of, scopes, depth + 1))
        else:
            waiting.extend((child, scope, depth + 1) for child in _children(node, full=True))


def _children(node: Block | Partial, *, full: bool) -> tuple[Structure, ...]:
    if isinstance(node, Block):
        return node.members
    return (node.core, *node.optional) if full else (node.core,)


def _named_parts(node: Structure, *, full: bool) -> Iterator[Part]:
    """Yield every use of a named part, but none inside copies, which are computed on their own."""
    if isinstance(node, Part):
        if node.name is not None:
            yield node
    elif not isinstance(node, Copies):
        for child in _children(node, full=full):
            yield from _named_parts(child, full=full)


def _exact_probability(structure: Structure, *, full: bool) -> Fraction:
    uses = Counter(_named_parts(structure, full=full))
    shared = [used for used, times in uses.items() if times > 1]
    if len(shared) > _MOST_SHARED:
        raise AvailabilityError(
            f"{len(shared)} parts are used in several places, and at most {_MOST_SHARED} can be computed "
            "exactly; "
            "give parts that fail together one common part"
        )
    total = Fraction(0)
    for states in product((False, True), repeat=len(shared)):
        weight = Fraction(1)
        known: dict[str | None, bool] = {}
        for used, up in zip(shared, states, strict=True):
            known[used.name] = up
            weight *= used.availability.fraction if up else used.availability.unavailability
        if weight:
            total += weight * _probability(structure, known, full=full)
    return total


def _probability(node: Structure, known: Mapping[str | None, bool], *, full: bool) -> Fraction:
    if isinstance(node, Part):
        return Fraction(known[node.name]) if node.name in known else node.availability.fraction
    if isinstance(node, Copies):
        return _at_least(node.required, [_exact_probability(node.of, full=full)] * node.count)
    parts = [_probability(child, known, full=full) for child in _children(node, full=full)]
    return _at_least(node.required if isinstance(node, Block) else len(parts), parts)


def _at_least(required: int, probabilities: Sequence[Fraction]) -> Fraction:
    """Return the probability that at least `required` of independent events happen.

    Builds the distribution of the number of failures over one common denominator, in whole numbers: with
    fractions, every step would reduce and most of the time would go there. More failures than can be afforded
    are never looked at.
    """
    afforded = len(probabilities) - required
    ways = [1]
    denominator = 1
    for probability in probabilities:
        up, scale = probability.numerator, probability.denominator
        down = scale - up
        denominator *= scale
        after = [ways[0] * up]
        after.extend(ways[i] * up + ways[i - 1] * down for i in range(1, len(ways)))
        if len(ways) <= afforded:
            after.append(ways[-1] * down)
        ways = after
    return Fraction(sum(ways), denominator)
