from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from constructs_lib import availability
from constructs_lib.availability import (
    PERIODS,
    allowed_downtime,
    composite_availability,
    copies,
    error_budget,
    k_of_n,
    parallel,
    parse_availability,
    parse_period,
    partial,
    series,
    service_availability,
)

PAGE = (Path(__file__).parents[2] / "docs" / "availability.md").read_text(encoding="utf-8")
UNITS = {"d": 86_400, "h": 3600, "min": 60, "s": 1}


def table(heading: str, *, number: int = 0) -> list[list[str]]:
    """Return the rows of a table under a heading, without its head, without the backticks of its cells."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    found = re.findall(r"(?:^\|.*\n)+", section, re.MULTILINE)[number]
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in found.splitlines()]
    assert len(rows) > 2, f"the table under {heading!r} is empty"
    return rows[2:]


def seconds(text: str) -> Fraction:
    """Read a duration such as `8 h 45 min 56.952 s`."""
    parts = re.findall(r"([0-9.]+) (d|h|min|s)\b", text)
    assert " ".join(f"{amount} {unit}" for amount, unit in parts) == text
    return sum((Fraction(amount) * UNITS[unit] for amount, unit in parts), Fraction(0))


def test_every_period_has_the_documented_length() -> None:
    rows = table("Periods")
    assert [row[0].strip("`") for row in rows[: len(PERIODS)]] == [period.name for period in PERIODS]
    for name, length, _ in rows:
        assert parse_period(name.strip("`")).seconds == int(length)


def test_every_figure_in_the_table_of_nines_is_exact() -> None:
    rows = table("Nines and the downtime they allow")
    assert len(rows) >= 8
    for percent, nines, *downtimes in rows:
        exact = parse_availability(percent)
        assert exact.nines.quantize(Decimal("0.0001")).normalize() == Decimal(nines).normalize()
        assert [seconds(text) for text in downtimes] == [allowed_downtime(exact, period) for period in PERIODS]


def test_the_seeds_figure_and_the_right_one_are_recomputed() -> None:
    rows = {
        name.strip("`"): (Fraction(hours), Fraction(down)) for name, hours, down in table("The figure of 7.3 hours")
    }
    assert rows["month_30d"][1] == Fraction("7.2")
    for name, (hours, down) in rows.items():
        period = parse_period(name)
        assert hours * 3600 == period.seconds
        assert down * 3600 == allowed_downtime("99%", period)


def test_every_composite_is_what_its_own_expression_computes() -> None:
    makers = {"series": series, "parallel": parallel, "k_of_n": k_of_n, "copies": copies}
    rows = table("Composites")
    assert len(rows) >= 5
    for structure, shown in rows:
        expression = re.match(r"`(.*)`", structure)
        assert expression is not None
        # The expressions are those of our own page.
        computed = eval(expression[1], {"__builtins__": {}}, dict(makers))
        assert composite_availability(computed).rounded(decimals=4) == shown


def test_the_levels_of_the_partial_service_are_recomputed() -> None:
    code = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert code is not None
    names: dict[str, object] = {}
    exec(code[1], names)
    expected = service_availability(partial(series("99.99%", "99.9%", "99.9%"), "99.9%", "99%"))
    assert names["service"] == expected
    shown = {level.split("`")[1]: value for level, value in table("Composites", number=1)}
    assert shown == {
        level: getattr(expected, level).rounded(decimals=4) for level in ("full", "at_least_reduced", "reduced_only")
    }


def test_every_contradiction_is_recomputed() -> None:
    rows = table("A contradiction: the promise against the RTO")
    assert ["99.95%", "`month_30d`", "21 min 36 s", "1 h", "0"] in rows
    for promise, name, allowed, rto, fit in rows:
        budget = error_budget(promise, parse_period(name.strip("`")))
        assert budget.allowed == seconds(allowed)
        assert budget.failovers(seconds(rto)) == int(fit)


@pytest.mark.parametrize("text", ["99.9%", "99.9 %", "99,9%", "99.9 percent", "three nines", "3 nines", "3 9s"])
def test_every_documented_way_of_writing_is_read(text: str) -> None:
    assert f"`{text}`" in PAGE.split("## Formulas")[0]
    assert parse_availability(text) == parse_availability("99.9%")


def test_every_source_on_the_page_has_its_link() -> None:
    used = set(re.findall(r"\]\[([a-z]+)\]", PAGE))
    defined = set(re.findall(r"^\[([a-z]+)\]: https://", PAGE, re.MULTILINE))
    assert used == defined


def test_the_public_names_are_sorted_and_documented() -> None:
    assert availability.__all__ == sorted(
        availability.__all__, key=lambda name: (not name.isupper(), not name[0].isupper(), name)
    )
    for name in availability.__all__:
        value = getattr(availability, name)
        if callable(value):
            assert value.__doc__
