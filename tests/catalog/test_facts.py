"""Facts: every one has a source and a date, and what is old or from memory is said to be."""

from __future__ import annotations

from datetime import date

import pytest

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.facts import Fact, doubt, doubts, load_facts
from constructs_lib.catalog.limits import load_limits
from constructs_lib.catalog.prices import load_prices
from constructs_lib.catalog.sla import load_slas
from constructs_lib.catalog.sources import load_sources
from constructs_lib.declaration.kinds import KINDS

SOURCES = load_sources()
OURS, MEMORY = SOURCES["ours"], SOURCES["memory"]


def _of(file: str) -> list[Fact]:
    return [fact for fact in load_facts() if fact.where.startswith(f"{file}:")]


def test_every_fact_has_a_source_and_a_date() -> None:
    assert all(fact.source in SOURCES for fact in load_facts())
    for fact in load_facts():
        date.fromisoformat((fact.dated + "-01-01")[:10])


def test_the_facts_are_all_that_the_catalog_reads() -> None:
    mechanisms = load_catalog().mechanisms.values()
    terms = sum(len(cover.rpo) + len(cover.act) for item in mechanisms for cover in item.covers)
    patterns = sum(map(len, load_catalog().patterns.values()))
    files = [f"kinds/{name}.toml" for name in (*KINDS, "routing", "external")]
    assert sum(len(_of(file)) for file in files) == terms + patterns
    assert len(_of("limits.toml")) == len(load_limits())
    assert len(_of("sla.toml")) == len(load_slas())
    dated = {(price.region, price.source, price.date) for price in load_prices().rows()}
    listed = {
        (fact.source, fact.dated)
        for fact in load_facts()
        if fact.where.startswith(("prices/prices.toml", "prices/by_region/"))
    }
    assert {(source, said) for _, source, said in dated} == listed
    assert {fact.where.split(": ")[1] for fact in _of("regions.toml")} >= {"zones", "dsql", "rds_backup_replication"}


@pytest.mark.parametrize(
    ("said", "today", "old"),
    [
        ("2025-11-25", date(2026, 11, 25), False),
        ("2025-11-25", date(2026, 11, 26), True),
        ("2025-11", date(2026, 11, 30), False),
        ("2025-11", date(2026, 12, 1), True),
        ("2025", date(2026, 12, 31), False),
        ("2025", date(2027, 1, 1), True),
        ("2024-02-29", date(2025, 2, 28), False),
        ("2024-02-29", date(2025, 3, 1), True),
    ],
)
def test_a_fact_is_old_when_a_year_has_passed_since_the_last_day_that_its_date_can_mean(
    said: str, today: date, old: bool
) -> None:
    assert (doubt(OURS, said, today) == f"of {said}, older than a year") is old
    assert doubt(MEMORY, said, today) == "from memory"


def test_what_something_rests_on_is_said_once_for_each_source_and_date() -> None:
    today = date(2026, 11, 26)
    used = [(OURS, "2026-11"), (MEMORY, "2026-11"), (MEMORY, "2020"), (SOURCES["rds-sla"], "2024-01-22")]
    assert doubts(used, today) == (
        "Amazon RDS SLA, 2024-01-22: of 2024-01-22, older than a year",
        "general knowledge of AWS; no source found: from memory",
    )
