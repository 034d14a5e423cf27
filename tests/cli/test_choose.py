"""`drctl choose`: the ladder, its JSON, and what cannot be had."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_lib.objectives import Disruption
from constructs_lib.objectives.duration import format_duration
from tests.cli.run import drctl

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.run import Ran

REPORTING = ("choose", "--kind", "database", "--engine", "postgres", "--rto", "8h", "--rpo", "24h", "--size-gb", "500")
IMPOSSIBLE = ("choose", "--kind", "bucket", "--rto", "1h", "--rpo", "5m")


def as_json(ran: Ran) -> dict[str, Any]:
    content = json.loads(ran.out)
    assert isinstance(content, dict)
    return content


def test_the_json_of_a_choice_keeps_its_contract(capsys: pytest.CaptureFixture[str]) -> None:
    ran = drctl(capsys, *REPORTING, "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    content = as_json(ran)
    assert {"objective", "chosen", "monthly_cost_usd", "rejected", "nearest_feasible"} <= set(content)
    assert content["chosen"]["pattern"] == "replicated_backups"
    estimates = content["chosen"]["estimates"]
    assert list(estimates) == [disruption.value for disruption in Disruption]
    for estimate in estimates.values():
        assert {"rto_seconds", "rpo_seconds", "confidence", "verdict", "reasons"} <= set(estimate)
        assert estimate["confidence"] in ("measured", "enforced", "sla", "documented", "planning", "unknown")
        assert estimate["verdict"] in ("met", "breached", "unknown", "undeclared")
        assert all(isinstance(reason, str) for reason in estimate["reasons"])
    # 22 min by hand, 1 h, and 12 s for each of 500 GB.
    assert estimates["region"]["rto_seconds"] == 22 * 60 + 3_600 + 500 * 12
    assert estimates["region"]["rpo_seconds"] == 1_800
    assert estimates["region"]["verdict"] == "met"
    assert estimates["software"]["verdict"] == "undeclared"
    assert content["objective"]["rto_seconds"] == 8 * 3_600
    assert content["objective"]["rpo"] == "1d"
    assert content["nearest_feasible"] is None
    assert isinstance(content["monthly_cost_usd"], float)
    assert content["monthly_cost_usd"] == pytest.approx(sum(line["usd"] for line in content["cost"]), abs=0.1)
    for item in content["rejected"]:
        assert {"pattern", "because"} <= set(item)
        assert item["because"]


def test_the_json_of_what_cannot_be_had_keeps_its_contract(capsys: pytest.CaptureFixture[str]) -> None:
    ran = drctl(capsys, *IMPOSSIBLE, "--format", "json")
    assert ran.code == 1
    assert ran.err.count("\n") == 1
    assert "the nearest that can be had" in ran.err
    content = as_json(ran)
    assert content["chosen"] is None
    assert content["monthly_cost_usd"] is None
    assert content["objective"]["rpo_seconds"] == 300
    assert content["nearest_feasible"]["region"] == {
        "rto": "1h",
        "rpo": "15m",
        "rto_seconds": 3_600,
        "rpo_seconds": 900,
    }
    assert any("RPO 15m > 5m" in item["because"] for item in content["rejected"])


def again(nearest: dict[str, Any]) -> list[str]:
    """Return the nearest objective as options of the command line."""
    options = []
    for disruption in Disruption:
        if disruption.value in nearest:
            target = nearest[disruption.value]
            options += [f"--{disruption}-rto", target["rto"], f"--{disruption}-rpo", target["rpo"]]
    if nearest["uptime"] is not None:
        options += ["--uptime", nearest["uptime"]]
    return options


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(
        (
            ("bucket",), ("distribution",), ("table",), ("table", "--provider", ">= 6.22", "--feature", "ttl"),
            ("database",), ("database", "--engine", "postgres"), ("database", "--engine", "sqlserver-web"),
            ("database", "--engine", "aurora-mysql"), ("database", "--engine", "dsql"),
            ("database", "--engine", "oracle-ee", "--pattern", "multi_az_cluster"),
        )
    ),
    st.integers(0, 30_000),
    st.integers(0, 30_000),
    st.sampled_from((None, "99.9%", "99.99%", "99.99999%", "100%")),
)  # fmt: skip
def test_the_nearest_objective_is_accepted_when_it_is_typed_in(
    capsys: pytest.CaptureFixture[str], what: tuple[str, ...], rto: int, rpo: int, uptime: str | None
) -> None:
    asked = ["--rto", format_duration(rto), "--rpo", format_duration(rpo), *(["--uptime", uptime] if uptime else [])]
    ran = drctl(capsys, "choose", "--kind", *what, *asked, "--format", "json")
    assert ran.code in (0, 1)
    if ran.code == 0:
        return
    nearest = as_json(ran)["nearest_feasible"]
    same = what[: what.index("--pattern")] if "--pattern" in what and "had without" in ran.err else what
    accepted = drctl(capsys, "choose", "--kind", *same, *again(nearest), "--format", "json")
    assert accepted.code == 0, accepted.err
    # What builds the whole also keeps the shorthand that stands beside it.
    short = [*(f"--{name}={nearest[name]}" for name in ("rto", "rpo")), *again({"uptime": nearest["uptime"]})]
    assert drctl(capsys, "choose", "--kind", *same, *short).code == 0


def test_the_table_shows_what_was_chosen_and_why_not_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    ran = drctl(capsys, *REPORTING)
    assert (ran.code, ran.err) == (0, "")
    assert "chosen     replicated_backups" in ran.out
    assert "a month at list prices" in ran.out
    for word in ("software", "hardware", "zone", "region", "undeclared", "met", "planning", "detect", "decide"):
        assert word in ran.out
    assert "AWS does not offer it for postgres" in ran.out


def test_what_cannot_be_had_shows_the_ladder_and_says_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    ran = drctl(capsys, *IMPOSSIBLE)
    assert ran.code == 1
    assert "region: RPO 15m > 5m" in ran.out
    assert ran.err == (
        "drctl: no pattern keeps hardware, zone, region: RTO 1h, RPO 5m for a bucket in eu-west-1; "
        "the nearest that can be had: hardware, zone: RTO 1h, RPO 5m; region: RTO 1h, RPO 15m\n"
    )


def test_an_engine_with_a_pattern_it_does_not_have_is_infeasible_and_not_bad_input(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ran = drctl(
        capsys, "choose", "--kind", "database", "--engine", "oracle-ee", "--pattern", "multi_az_cluster",
        "--rto", "4h", "--rpo", "1h", "--format", "json",
    )  # fmt: skip
    assert ran.code == 1
    assert "AWS does not offer it for oracle-ee; it exists for postgres, mysql" in ran.err
    assert as_json(ran)["nearest_feasible"]["region"]["rto_seconds"] == 4 * 3_600


def test_one_region_is_infeasible_for_the_loss_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    ran = drctl(capsys, *REPORTING, "--single-region", "--format", "json")
    assert ran.code == 1
    assert "name a recovery Region" in ran.err
    assert as_json(ran)["nearest_feasible"] is None


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--tier", "mission-critical"), {"rto": "15m", "rpo": "1m"}),
        (("--tier", "non-critical"), {"rto": "2d", "rpo": "1d"}),
        (("--rto", "PT1H", "--rpo", "P1D"), {"rto": "1h", "rpo": "1d"}),
        (("--rto", "90 minutes", "--rpo", "1d12h"), {"rto": "1h30m", "rpo": "1d12h"}),
    ],
)
def test_an_objective_can_be_said_in_several_ways(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], expected: dict[str, str]
) -> None:
    ran = drctl(capsys, "choose", "--kind", "table", *arguments, "--format", "json")
    objective = as_json(ran)["objective"]
    assert {name: objective[name] for name in expected} == expected


def test_a_tier_can_be_sharpened_for_one_disruption(capsys: pytest.CaptureFixture[str]) -> None:
    software, zone = ("--software-rto", "4h", "--software-rpo", "1h"), ("--zone-rto", "5m", "--zone-rpo", "0")
    ran = drctl(capsys, "choose", "--kind", "table", "--tier", "important", *software, *zone, "--format", "json")
    objective = as_json(ran)["objective"]
    assert objective["software"]["rto"] == "4h"
    assert objective["zone"]["rpo"] == "0s"
    assert objective["region"]["rto"] == "4h"


def test_faster_people_make_a_tighter_objective_feasible_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("choose", "--kind", "table", "--rto", "10m", "--rpo", "1m", "--routing", "manual", "--format", "json")
    assert drctl(capsys, *arguments).code == 1
    assert drctl(capsys, *arguments, "--detection-time", "1m", "--decision-time", "4m").code == 0


def test_prices_of_ones_own_are_used(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(
        '[[sheet]]\nregions = ["global"]\nsource = "ours"\ndate = "2026-11"\nconfidence = "planning"\n'
        '[sheet.usd]\n"cloudfront.transfer.internet" = "0.01"\n',
        encoding="utf-8",
    )
    asked = ("choose", "--kind", "distribution", "--rto", "1h", "--rpo", "1h", "--format", "json")
    # 1,000 GB at 0.01 in place of 0.085, 50 million requests at 0.01 for each 10,000, and a key.
    assert as_json(drctl(capsys, *asked))["monthly_cost_usd"] == 136
    assert as_json(drctl(capsys, *asked, "--prices", str(file)))["monthly_cost_usd"] == 61


def test_more_gigabytes_take_longer_and_cost_more(capsys: pytest.CaptureFixture[str]) -> None:
    def asked(size: str) -> dict[str, Any]:
        return as_json(drctl(capsys, *REPORTING[:-1], size, "--format", "json"))

    small, large = asked("100"), asked("1000")
    assert large["monthly_cost_usd"] > small["monthly_cost_usd"]
    for content, size in ((small, 100), (large, 1000)):
        assert content["chosen"]["estimates"]["region"]["rto_seconds"] == 22 * 60 + 3_600 + 12 * size


@pytest.mark.parametrize("kind", ["bucket", "distribution", "table", "database"])
@pytest.mark.parametrize(
    "absurd",
    [
        ("--size-gb", "30000000"),
        ("--size-gb", "1000000000"),
        ("--size-gb", "30000000", "--engine", "sqlserver-web", "--single-region"),
        ("--size-gb", "30000000", "--engine", "db2-se"),
        ("--detection-time", "3650d", "--decision-time", "3650d"),
        ("--change-gb", "1000000000", "--writes-millions", "1000000000", "--reads-millions", "1000000000"),
    ],
)
def test_what_is_absurdly_large_is_infeasible_or_dear_and_never_bad_input(
    kind: str, absurd: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """Restores of such sizes last longer than any duration that can be declared; that is our number, not the user's."""
    if "--engine" in absurd and kind != "database":
        return
    for rto in ("1h", "365d"):
        ran = drctl(capsys, "choose", "--kind", kind, "--rto", rto, "--rpo", "5m", *absurd, "--format", "json")
        assert ran.code in (0, 1), ran.err
        assert "duration" not in ran.err


@pytest.mark.parametrize("kind", ["bucket", "table", "filesystem"])
def test_a_restore_that_lasts_longer_than_any_duration_is_near_to_nothing(
    kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ten years, the longest that can be declared, would not be kept either, so they are not offered."""
    software = ("--software-rto", "4h", "--software-rpo", "1h", "--size-gb")
    asked = ("choose", "--kind", kind, "--rto", "1h", "--rpo", "15m", *software)

    for size, near in (("1000000", True), ("1000000000", False)):
        ran = drctl(capsys, *asked, size)
        assert ran.code == 1
        assert ("the nearest that can be had" in ran.err) is near
        assert near or "software: RTO" in ran.err.rpartition("eu-west-1: ")[2]


def test_part_of_a_gigabyte_counts_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    ran = drctl(capsys, *REPORTING[:-1], "0.1", "--format", "json")
    assert as_json(ran)["chosen"]["estimates"]["region"]["rto_seconds"] == 22 * 60 + 3_600 + 12


def test_aurora_serverless_competes_where_the_load_is_declared(capsys: pytest.CaptureFixture[str]) -> None:
    """0.28 an hour for the 2 capacity units it keeps, where db.r5.large is 0.32."""
    asked = ("choose", "--kind", "database", "--engine", "aurora-mysql", "--rto", "8h", "--rpo", "1d")
    load = ("--average-acus", "1", "--most-acus", "8")
    plain, loaded = (as_json(drctl(capsys, *asked, *more, "--format", "json")) for more in ((), load))
    assert (plain["chosen"]["instance_class"], loaded["chosen"]["instance_class"]) == (None, "db.serverless")
    assert plain["monthly_cost_usd"] - loaded["monthly_cost_usd"] == pytest.approx(0.04 * 730)
    assert "engine aurora-mysql, on db.serverless" in " ".join(drctl(capsys, *asked, *load).out.split())
    half = drctl(capsys, *asked, "--most-acus", "8")
    assert (half.code, "give both" in half.err) == (2, True)


def test_the_help_says_what_the_catalog_assumes(capsys: pytest.CaptureFixture[str]) -> None:
    from constructs_lib.catalog.prices.usage import assumed_usage

    ran = drctl(capsys, "choose", "--help")
    shown = " ".join(ran.out.split())
    assumed = assumed_usage()
    assert f"--size-gb SIZE_GB default {assumed.size_gb}" in shown
    assert f"in a month; default {assumed.writes_millions}" in shown
    assert f"in a month; default {assumed.reads_millions}" in shown
    assert f"default {assumed.change_share:.0%} of the size".replace("%", " %") in shown


SHOP = """\
version: 1
regions: {primary: eu-west-1, recovery: eu-central-1}
workloads:
  reporting:
    objective: {rto: 8h, rpo: 24h}
    parts:
      warehouse: {kind: database, engine: postgres, size_gb: 100}
      reports: {kind: bucket}
      viewer: {kind: service}
      search: {external: {rto: 1h, rpo: 0, owner: search team, evidence: game day 7, expires: 2999-12-31}}
  notes:
    objective: {rto: 8h, rpo: 24h}
"""


def whole(tmp_path: Path, text: str = SHOP) -> tuple[str, ...]:
    (tmp_path / "recovery.yaml").write_text(text, encoding="utf-8")
    return ("choose", "--objectives", str(tmp_path / "recovery.yaml"), "--workload", "reporting")


def test_a_whole_workload_is_chosen_with_its_longest_path_and_neighbours(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    content = as_json(drctl(capsys, *whole(tmp_path), "--format", "json"))
    chosen = content["chosen"]
    region = chosen["disruptions"]["region"]
    assert (chosen["strategy"], region["verdict"], region["sets_rto"]) == ("backup and restore", "met", "warehouse")
    assert region["rto_seconds"] == sum(leg["seconds"] for leg in region["path"])
    assert [item["pattern"] for item in chosen["parts"]] == [
        "replicated_backups",
        "replication",
        "definitions",
        "declared",
    ]
    for built in (chosen, content["next_cheaper"], content["next_faster"]):
        parts = sum(item["monthly_cost_usd"] for item in built["parts"])
        assert built["monthly_cost_usd"] == pytest.approx(parts - built["shared_usd"])
    cheaper, faster = content["next_cheaper"], content["next_faster"]
    assert (cheaper["more_usd"] < 0, cheaper["keeps_objective"]) == (True, False)
    assert (faster["more_usd"] > 0, faster["keeps_objective"], faster["missed"]) == (True, True, [])
    assert {item["part"] for item in faster["changes"]} <= {"warehouse", "reports", "viewer"}

    ran = drctl(capsys, *whole(tmp_path))
    assert (ran.code, ran.err) == (0, "")
    paid_once = f"is paid for once: USD {chosen['shared_usd']:.2f} less"
    for words in (
        "The longest path back from the disruption region",
        "next cheaper USD",
        "not kept: region: nothing",
        paid_once,
    ):
        assert words in ran.out


def test_the_cost_of_a_whole_workload_says_where_prices_of_another_region_stand_in(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    there = SHOP.replace("regions: {primary: eu-west-1", "regions: {primary: sa-east-1")
    assert there != SHOP
    stand_in = "no price for sa-east-1; that of us-east-1 stands in"
    assert stand_in in as_json(drctl(capsys, *whole(tmp_path, there), "--format", "json"))["cost_assumptions"]
    assert f"assumed: {stand_in}" in drctl(capsys, *whole(tmp_path, there)).out


def test_a_workload_that_cannot_be_had_names_the_part_in_the_way(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    tight = SHOP.replace("rto: 8h, rpo: 24h}\n    parts", "rto: 15m, rpo: 5m}\n    parts")
    ran = drctl(capsys, *whole(tmp_path, tight), "--format", "json")
    assert ran.code == 1
    assert "warehouse of reporting stands in the way" in ran.err
    assert json.loads(ran.out)["chosen"] is None


@pytest.mark.parametrize(
    ("change", "more", "said"),
    [
        (("", ""), ("--engine", "mysql"), "--engine is said of one component"),
        (("", ""), ("--kind", "bucket"), "not allowed with argument"),
        (("  reporting:", "  other:"), (), "declares no workload 'reporting'"),
        (("size_gb: 100", "size_gb: 0"), (), "parts.warehouse: size_gb is 0"),
        (("kind: bucket", "kind: bucket, engine: mysql"), (), "parts.reports: a bucket has no engine"),
    ],
)
def test_a_workload_that_is_badly_asked_for_is_bad_input(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, change: tuple[str, str], more: tuple[str, ...], said: str
) -> None:
    ran = drctl(capsys, *whole(tmp_path, SHOP.replace(*change)), *more)
    assert ran.code == 2
    assert said in ran.err


def test_a_workload_without_parts_is_told_to_list_them(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    asked = whole(tmp_path)
    ran = drctl(capsys, *asked[:-1], "notes")
    assert ran.code == 2
    assert "declares no parts of notes" in ran.err
    assert drctl(capsys, "choose", "--kind", "bucket", "--rto", "8h", "--rpo", "1d", *asked[1:3]).code == 2


def test_a_class_that_is_not_the_usual_one_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("choose", "--kind", "database", "--engine", "postgres", "--software-rto", "30d", "--software-rpo", "30d")
    for region, told in (("mx-central-1", "(engine postgres, on db.m6i.large)"), ("eu-west-1", "(engine postgres)")):
        ran = drctl(capsys, *asked, "--single-region", "--region", region)
        assert ran.code == 0
        assert told in " ".join(ran.out.split())
