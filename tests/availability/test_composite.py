from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import comb, prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.availability import (
    Availability,
    Block,
    Copies,
    Part,
    Partial,
    Structure,
    composite_availability,
    copies,
    k_of_n,
    own_availability_needed,
    parallel,
    parse_availability,
    part,
    partial,
    series,
    service_availability,
)
from constructs_lib.errors import AvailabilityError

SHARES = st.sampled_from(
    [Fraction(0), Fraction(1), Fraction(1, 3), Fraction(9, 10), Fraction(99, 100), Fraction(999, 1000)]
)
LETTERS = {"A": Fraction(9, 10), "B": Fraction(2, 3), "C": Fraction(99, 100), "D": Fraction(1, 2)}


def fraction_of(structure: Structure) -> Fraction:
    return composite_availability(structure).fraction


# The oracle: every state of every part is visited, and the structure is asked whether it works in it.


def slots(structure: Structure, path: tuple[int, ...] = (), copy: tuple[int, ...] = ()) -> dict[object, Fraction]:
    """Return the parts of a structure: by their name and copy where they have one, by their place where
    not."""
    if isinstance(structure, Part):
        key = (structure.name, copy) if structure.name else path
        return {key: structure.availability.fraction}
    found: dict[object, Fraction] = {}
    if isinstance(structure, Copies):
        for number in range(structure.count):
            found |= slots(structure.of, (*path, number), (*copy, *path, number))
        return found
    children = structure.members if isinstance(structure, Block) else (structure.core, *structure.optional)
    for number, child in enumerate(children):
        found |= slots(child, (*path, number), copy)
    return found


def works(
    structure: Structure,
    up: dict[object, bool],
    *,
    full: bool,
    path: tuple[int, ...] = (),
    copy: tuple[int, ...] = (),
) -> bool:
    if isinstance(structure, Part):
        return up[(structure.name, copy) if structure.name else path]
    if isinstance(structure, Copies):
        return structure.required <= sum(
            works(structure.of, up, full=full, path=(*path, number), copy=(*copy, *path, number))
            for number in range(structure.count)
        )
    children = structure.members if isinstance(structure, Block) else (structure.core, *structure.optional)
    working = [works(child, up, full=full, path=(*path, number), copy=copy) for number, child in enumerate(children)]
    if isinstance(structure, Block):
        return sum(working) >= structure.required
    return all(working) if full else working[0]


def enumerated(structure: Structure, *, full: bool) -> Fraction:
    parts = slots(structure)
    total = Fraction(0)
    for states in product((False, True), repeat=len(parts)):
        up = dict(zip(parts, states, strict=True))
        if works(structure, up, full=full):
            total += prod(parts[key] if state else 1 - parts[key] for key, state in up.items())
    return total


def blocks(members: list[Structure], required: int) -> Structure:
    return Block(required=1 + required % len(members), members=tuple(members))


def extended(inner: st.SearchStrategy[Structure]) -> st.SearchStrategy[Structure]:
    some = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        st.builds(blocks, some, st.integers(0, 5)),
        st.builds(lambda core, optional: Partial(core=core, optional=tuple(optional)), inner, some),
    )


UNNAMED: st.SearchStrategy[Structure] = st.builds(lambda share: Part(availability=Availability(fraction=share)), SHARES)
SHARED: st.SearchStrategy[Structure] = st.sampled_from(sorted(LETTERS)).map(
    lambda name: Part(name=name, availability=Availability(fraction=LETTERS[name]))
)
COPIED: st.SearchStrategy[Structure] = st.builds(
    lambda of, count, required: Copies(of=of, count=count, required=1 + required % count),
    st.recursive(UNNAMED, extended, max_leaves=2),
    st.integers(1, 2),
    st.integers(0, 5),
)


@given(st.recursive(st.one_of(UNNAMED, SHARED, COPIED), extended, max_leaves=5))
def test_any_nested_structure_agrees_with_the_enumeration_of_all_states(structure: Structure) -> None:
    service = service_availability(structure)
    assert service.full.fraction == enumerated(structure, full=True)
    assert service.at_least_reduced.fraction == enumerated(structure, full=False)
    assert composite_availability(structure) == service.at_least_reduced
    assert service.full <= service.at_least_reduced


@given(st.lists(SHARES, min_size=1, max_size=7), st.integers(0, 6))
def test_k_of_n_unlike_members_agrees_with_the_enumeration_of_all_states(shares: list[Fraction], more: int) -> None:
    required = 1 + more % len(shares)
    structure = k_of_n(required, *(Availability(fraction=share) for share in shares))
    assert fraction_of(structure) == enumerated(structure, full=True)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 20])
def test_k_of_n_like_members_is_the_binomial_sum(count: int) -> None:
    share = Fraction(999, 1000)
    for required in range(1, count + 1):
        binomial = sum(comb(count, up) * share**up * (1 - share) ** (count - up) for up in range(required, count + 1))
        assert fraction_of(copies("99.9%", count=count, required=required)) == binomial
        assert fraction_of(k_of_n(required, *["99.9%"] * count)) == binomial


def test_series_is_the_product() -> None:
    assert fraction_of(series("99.9%", "99.99%", "99%")) == Fraction("0.999") * Fraction("0.9999") * Fraction("0.99")


def test_parallel_is_1_minus_the_product_of_the_unavailabilities() -> None:
    assert fraction_of(parallel("99%", "99%")) == Fraction("0.9999")
    assert fraction_of(parallel("99%", "99.9%")) == 1 - Fraction("0.01") * Fraction("0.001")


def test_one_member_alone_is_itself() -> None:
    for structure in (series("99.9%"), parallel("99.9%"), k_of_n(1, "99.9%"), copies("99.9%", count=1)):
        assert composite_availability(structure) == parse_availability("99.9%")
    assert composite_availability("99.9%") == parse_availability("99.9%")


def test_the_dependencies_of_the_seed_do_not_allow_its_promise() -> None:
    critical = series("99.9%", "99.99%", "99.9%", "99.9%")
    assert fraction_of(critical) == Fraction("0.999") ** 3 * Fraction("0.9999")
    assert fraction_of(series(critical, "99%")) == Fraction("0.999") ** 3 * Fraction("0.9999") * Fraction("0.99")
    assert composite_availability(critical) < parse_availability("99.9%")
    assert own_availability_needed("99.9%", critical) is None


def test_an_optional_member_reduces_the_service_and_does_not_stop_it() -> None:
    service = service_availability(partial("99.9%", "99%"))
    assert service.full.fraction == Fraction("0.999") * Fraction("0.99")
    assert service.at_least_reduced == parse_availability("99.9%")
    assert service.reduced_only.fraction == Fraction("0.999") * Fraction("0.01")


def test_without_optional_members_the_service_is_never_only_reduced() -> None:
    assert service_availability(series("99.9%", "99%")).reduced_only == parse_availability("0%")


def test_an_optional_member_of_an_inner_structure_counts_only_for_the_full_service() -> None:
    service = service_availability(parallel(partial("90%", "50%"), "80%"))
    assert service.at_least_reduced.fraction == 1 - Fraction("0.1") * Fraction("0.2")
    assert service.full.fraction == 1 - (1 - Fraction("0.9") * Fraction("0.5")) * Fraction("0.2")


def test_a_part_named_twice_is_one_part() -> None:
    dns = part("DNS provider", "99%")
    two_regions = parallel(series(dns, "99.9%"), series(dns, "99.9%"))
    assert fraction_of(two_regions) == Fraction("0.99") * (1 - Fraction("0.001") ** 2)
    assert fraction_of(series(dns, dns)) == Fraction("0.99")
    assert fraction_of(parallel(dns, dns)) == Fraction("0.99")


def test_parts_without_a_name_are_distinct() -> None:
    unnamed = parse_availability("99%")
    assert fraction_of(parallel(unnamed, unnamed)) == Fraction("0.9999")


def test_copies_of_a_named_part_are_distinct() -> None:
    assert fraction_of(copies(part("web server", "90%"), count=2)) == Fraction("0.99")


def test_a_part_shared_inside_each_copy_is_one_part_of_that_copy() -> None:
    inner = series(part("switch", "90%"), parallel(part("switch", "90%"), "50%"))
    assert fraction_of(copies(inner, count=2)) == 1 - (1 - Fraction("0.9")) ** 2


def test_a_name_inside_and_outside_of_copies_is_refused() -> None:
    server = part("server", "90%")
    for structure in (
        series(server, copies(server, count=2)),
        series(copies(server, count=2), copies(server, count=3)),
    ):
        with pytest.raises(AvailabilityError, match="'server' is used inside and outside of copies"):
            composite_availability(structure)


def test_two_availabilities_under_one_name_are_refused() -> None:
    with pytest.raises(AvailabilityError, match=r"'DNS' has two availabilities, 99.*%, and one name is one part"):
        service_availability(series(part("DNS", "99%"), part("DNS", "99.9%")))


def test_more_shared_parts_than_can_be_computed_are_refused() -> None:
    shared = [part(f"part {number}", "99%") for number in range(13)]
    assert fraction_of(series(*shared[:12], *shared[:12])) == Fraction("0.99") ** 12
    with pytest.raises(AvailabilityError, match="13 parts are used in several places, and at most 12"):
        composite_availability(series(*shared, *shared))


def test_a_structure_nested_without_end_is_refused() -> None:
    structure: Structure = series("99%")
    for _ in range(5000):
        structure = series(structure)
    with pytest.raises(AvailabilityError, match="more than 100 levels"):
        composite_availability(structure)


def test_a_composite_of_nothing_is_refused() -> None:
    with pytest.raises(AvailabilityError, match="at least 1 member, not 0"):
        series()
    with pytest.raises(AvailabilityError, match="at least 1 member, not 0"):
        parallel()
    with pytest.raises(AvailabilityError, match="at least 1 member, not 0"):
        k_of_n(1)
    with pytest.raises(AvailabilityError, match="at least 1 optional member, not 0"):
        partial("99.9%")


@pytest.mark.parametrize("required", [0, -1, 4, 1.0, True, None, "2"])
def test_a_number_required_that_cannot_be_had_is_refused(required: object) -> None:
    with pytest.raises(AvailabilityError, match="from 1 to their number, 3"):
        k_of_n(required, "99%", "99%", "99%")  # type: ignore[arg-type]
    with pytest.raises(AvailabilityError, match="from 1 to their number, 3"):
        copies("99%", count=3, required=required)  # type: ignore[arg-type]


@pytest.mark.parametrize("count", [0, -1, 1001, 2.0, True, None])
def test_a_strange_number_of_copies_is_refused(count: object) -> None:
    with pytest.raises(AvailabilityError, match="from 1 to 1000"):
        copies("99%", count=count)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["", "  ", 5])
def test_a_name_that_says_nothing_is_refused(name: object) -> None:
    with pytest.raises(AvailabilityError, match="needs a name"):
        part(name, "99%")  # type: ignore[arg-type]


def test_a_member_that_is_no_availability_is_refused() -> None:
    for bad in ("101%", "99.9", 0.999, None):
        with pytest.raises(AvailabilityError):
            series("99.9%", bad)  # type: ignore[arg-type]


def test_what_is_needed_of_the_own_part_makes_the_promise_hold_exactly() -> None:
    dependencies = series("99.99%", "99.95%")
    needed = own_availability_needed("99.9%", dependencies)
    assert needed is not None
    assert fraction_of(series(needed, dependencies)) == Fraction("0.999")


@pytest.mark.parametrize(
    ("promise", "dependencies", "needed"),
    [
        ("99.9%", "99.9%", "100%"),
        ("99.9%", "100%", "99.9%"),
        ("0%", "0%", "0%"),
        ("0%", "99%", "0%"),
        ("1%", "0%", None),
    ],
)
def test_what_is_needed_of_the_own_part_at_the_edges(promise: str, dependencies: str, needed: str | None) -> None:
    expected = None if needed is None else parse_availability(needed)
    assert own_availability_needed(promise, dependencies) == expected
