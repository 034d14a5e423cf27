"""The figures of `docs/sla.md`, recomputed."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

from constructs_lib.assessment.sla_feasibility import sla_feasibility
from constructs_lib.availability import MONTH_30D, allowed_downtime, composite_availability, series
from constructs_lib.declaration.declaration import Declaration, parse_declaration

PAGE = (Path(__file__).parents[2] / "docs" / "sla.md").read_text(encoding="utf-8")


def declared() -> Declaration:
    return parse_declaration(re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0])


def test_the_declaration_of_the_page_can_be_read() -> None:
    assert list(declared().workloads) == ["platform"]


def test_the_products_are_right() -> None:
    found = sla_feasibility(declared().objective_for("platform").uptime, dependencies=declared().dependencies)

    assert found.reduced is not None
    assert found.full is not None
    assert f"**{found.reduced.rounded(decimals=4)[:-1]} %**" in PAGE
    assert f"in full {found.full.rounded(decimals=4)[:-1]} %" in PAGE
    assert found.promise is not None
    together = composite_availability(series(found.promise, found.reduced))
    assert f"**{together.rounded(decimals=4)[:-1]} %**" in PAGE


def test_the_changes_are_those_that_are_computed() -> None:
    plan = sla_feasibility(declared().objective_for("platform").uptime, dependencies=declared().dependencies).plan
    rows = re.findall(r"\| (?:and )?a second .*? \| (\S+%) \|", PAGE)

    assert rows == [step.allows.rounded(decimals=4) for step in plan]


def test_the_budgets_are_those_of_a_month_of_30_days() -> None:
    budgets = {item.name: allowed_downtime(item.availability, MONTH_30D) for item in declared().dependencies}

    for name, shown in (
        ("e-mail", 43 * 60 + 12),
        ("DNS", 4 * 60 + 19),
        ("AWS", 43 * 60 + 12),
        ("Twitter feed", 432 * 60),
    ):
        assert int(budgets[name]) == shown
    assert int(sum(value for name, value in budgets.items() if name != "Twitter feed")) == 2 * 3600 + 13 * 60 + 55
    assert "2 h 13 min 55 s" in PAGE
    assert allowed_downtime("99.95%", MONTH_30D) == Fraction(21 * 60 + 36)
