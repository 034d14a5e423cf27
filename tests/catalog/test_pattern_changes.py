"""Changes of pattern: for each pair it is known what happens to what runs."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.databases.engines import load_engines
from constructs_lib.catalog.kinds.pattern_changes import load_other_changes, load_pattern_changes, pattern_changes
from tests.each import each

PATTERNS = load_catalog().patterns
PAGE = Path(__file__).parents[2] / "docs" / "changing-patterns.md"
ENGINES = (*load_engines(), "dsql")
PAIRS = [
    (former, latter)
    for kind in dict.fromkeys(change.kind for change in load_pattern_changes())
    for former, latter in permutations(PATTERNS[kind], 2)
    # Another engine is another database, and not another pattern.
    if former.kind != "database" or any(former.exists_for(engine) and latter.exists_for(engine) for engine in ENGINES)
]


@each(("former", "latter"), PAIRS, ids=lambda pattern: pattern.name)
def test_each_mechanism_gained_or_lost_has_its_effect(former: object, latter: object) -> None:
    found = pattern_changes(former, latter)  # type: ignore[arg-type]
    had, has = ({part.mechanism for part in item.protections} for item in (former, latter))  # type: ignore[attr-defined]
    assert {item.gains for item in found if item.gains and "*" not in item.gains} == has - had
    assert {item.loses for item in found if item.loses and "*" not in item.loses} == had - has


def test_what_needs_a_step_says_which_and_what_is_refused_says_the_way_round() -> None:
    for change in load_pattern_changes():
        assert bool(change.step) == (change.effect != "in place")
        assert bool(change.gains) != bool(change.loses)


def test_a_table_never_becomes_strongly_consistent_nor_ceases_to_be() -> None:
    table = {pattern.name: pattern for pattern in PATTERNS["table"]}
    for former, latter in (("pitr", "global_table_strong"), ("global_table_strong", "global_table")):
        assert "refused" in {item.effect for item in pattern_changes(table[former], table[latter])}


def test_only_parameters_are_changed_in_place() -> None:
    bucket = {pattern.name: pattern for pattern in PATTERNS["bucket"]}
    assert pattern_changes(bucket["replication"], bucket["two_way_replication_rtc"]) == ()


def test_the_page_has_every_row() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for change in load_pattern_changes():
        assert f"| {change.effect} | {change.because} | {change.step} |" in page
    names = {
        "former": "the former",
        "latter": "the new one",
        "region": "that Region",
        "stack": "`<sites>-recovery`",
        "address": "its address",
    }
    for other in load_other_changes().values():
        assert f"| {other.effect} | {other.because.format(**names)}" in page
        assert f" | {other.step.format(**names)} |" in page
