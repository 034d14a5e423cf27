"""`drctl facts`: what is old or from memory, as a table and as JSON; and the choice that rests on it says so."""

from __future__ import annotations

import json
from datetime import date

import pytest

from constructs_lib.catalog.facts import load_facts
from tests.cli.run import drctl


def test_the_table_lists_what_is_from_memory_and_counts_it(capsys: pytest.CaptureFixture[str]) -> None:
    ran = drctl(capsys, "facts")
    assert ran.code == 0
    assert "limit s3.object_lock_days" in ran.out
    assert "from memory" in ran.out
    assert f"of {len(load_facts())} facts are in doubt" in ran.out
    assert ran.out.count("Replication Time Control: 99.9 %") == 1


def test_the_json_names_place_source_and_date(capsys: pytest.CaptureFixture[str]) -> None:
    listed = json.loads(drctl(capsys, "facts", "--format", "json").out)
    today = date.fromisoformat(listed["as_of"])
    assert [item["where"] for item in listed["facts"]] == [fact.where for fact in load_facts() if fact.doubt(today)]
    old = next(item for item in listed["facts"] if item["where"] == "sla.toml: lambda")
    assert (old["source"], old["date"], old["doubt"]) == ("lambda-sla-cn", "2021", "of 2021, older than a year")


def test_all_lists_every_fact(capsys: pytest.CaptureFixture[str]) -> None:
    listed = json.loads(drctl(capsys, "facts", "--all", "--format", "json").out)
    assert len(listed["facts"]) == len(load_facts())
    assert any(item["doubt"] is None for item in listed["facts"])


def test_a_choice_names_the_old_facts_that_it_rests_on(capsys: pytest.CaptureFixture[str]) -> None:
    options = ("choose", "--kind", "bucket", "--rto", "1h", "--rpo", "15m")
    rests_on = json.loads(drctl(capsys, *options, "--format", "json").out)["doubtful_facts"]
    assert "Amazon S3 Replication Time Control SLA, 2022-05-04: of 2022-05-04, older than a year" in rests_on
    table = drctl(capsys, *options).out
    assert "look up" in table
    assert "older than a year" in table
