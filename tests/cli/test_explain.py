"""`drctl explain`: why synthesized stacks are built as they are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from constructs_lib.catalog.prices.billing import not_counted
from constructs_lib.components import Component, Kind, Protection
from constructs_lib.objectives import Objective, Target
from constructs_lib.objectives.acceptance import Acceptance
from constructs_lib.objectives.tags import HOLDS
from constructs_lib.selection.decision import Decision
from tests.cli.run import drctl

if TYPE_CHECKING:
    from pathlib import Path

HOME, AWAY = "eu-west-1", "eu-central-1"
PROMISE = Objective(rto="1h", rpo="3h")


def decision(name: str, *protections: Protection, **more: Any) -> Decision:
    component = Component(name=name, kind=Kind.BUCKET, region=HOME, protections=protections)
    options = {"workload": "shop", "pattern": "replication", "objective": PROMISE, "recovery_region": AWAY, **more}
    return Decision(component=component, provider=">= 5.100, < 7.0", **options)


KEPT = (Protection(mechanism="versioning"), Protection(mechanism="replication", region=AWAY))


def _write(directory: Path, *decisions: Decision) -> str:
    stack = directory / "cdktf.out" / "stacks" / "shop-primary"
    stack.mkdir(parents=True)
    written = {f"{item.workload}/{item.name}": item.as_data() for item in decisions}
    (stack / "cdk.tf.json").write_text(json.dumps({"//": {"recovery": written}}), encoding="utf-8")
    return str(directory / "cdktf.out")


def test_the_json_is_what_the_design_promises(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    accepted = Acceptance(owner="web", reason="made anew", region=Target("4h", "4h"))
    stacks = _write(tmp_path, decision("files", *KEPT), decision("thumbs", *KEPT, accepted=accepted))

    ran = drctl(capsys, "explain", stacks, "--format", "json")

    (shop,) = json.loads(ran.out)["workloads"]
    assert {"name", "objective", "strategy", "verdict", "monthly_cost_usd", "disruptions", "components"} <= shop.keys()
    assert (ran.code, shop["name"], shop["verdict"], shop["strategy"]) == (0, "shop", "met", "warm standby")
    region = shop["disruptions"]["region"]
    assert (region["verdict"], region["sets_rpo"], region["rpo_seconds"]) == ("met", "files", 7200)
    files, thumbs = shop["components"]
    assert {"name", "kind", "pattern", "estimates", "monthly_cost_usd", "accepted"} <= files.keys()
    assert (files["accepted"], thumbs["accepted"]["owner"]) == (None, "web")
    # The keys of both Regions, a dollar each, are in the bill of either component, and are paid for once.
    alone = files["monthly_cost_usd"] + thumbs["monthly_cost_usd"]
    assert shop["monthly_cost_usd"] == pytest.approx(alone - 2)
    assert shop["shared_usd"] == 2


def test_a_promise_that_is_not_kept_exits_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stacks = _write(tmp_path, decision("files", Protection(mechanism="versioning"), pattern="versioning"))

    ran = drctl(capsys, "explain", stacks)

    assert ran.code == 1
    assert "region: breached: RTO no bound (files), RPO no bound (files)" in ran.out


@pytest.mark.parametrize("format", ["table", "markdown", "html", "json"])
def test_a_bill_says_where_prices_of_another_region_stand_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], format: str
) -> None:
    """A bill of Sao Paulo was one at prices of Virginia, without a word."""
    there = Component(name="files", kind=Kind.BUCKET, region="sa-east-1", protections=KEPT)
    kept = decision("files")
    far, near = tmp_path / "far", tmp_path / "near"
    stand_in = "no price for sa-east-1; that of us-east-1 stands in"

    assert (
        stand_in in drctl(capsys, "explain", _write(far, attrs.evolve(kept, component=there)), "--format", format).out
    )
    assert "stands in" not in drctl(capsys, "explain", _write(near, kept), "--format", format).out


@pytest.mark.parametrize("format", ["table", "markdown", "html", "json"])
def test_a_bill_says_what_it_leaves_out(tmp_path: Path, capsys: pytest.CaptureFixture[str], format: str) -> None:
    ran = drctl(capsys, "explain", _write(tmp_path, decision("files", *KEPT)), "--format", format)

    assert all(what in ran.out for what in not_counted((Kind.BUCKET,)))
    assert "images in repositories" not in ran.out


@pytest.mark.parametrize("format", ["table", "markdown", "html"])
def test_the_figures_add_up_with_what_is_paid_for_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], format: str
) -> None:
    stacks = _write(tmp_path, decision("files", *KEPT), decision("thumbs", *KEPT))
    endpoint = {
        "vpc_endpoint_type": "Interface",
        "service_name": f"com.amazonaws.{HOME}.logs",
        "subnet_ids": ["a", "b"],
    }
    file = tmp_path / "cdktf.out" / "stacks" / "shop-primary" / "cdk.tf.json"
    tagged = {**endpoint, "tags": {"recovery:workload": "shop"}}
    text = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**text, "resource": {"aws_vpc_endpoint": {"logs": tagged}}}), encoding="utf-8")

    out = drctl(capsys, "explain", stacks, "--format", format).out

    shared = "hat several of these need, such as the key of a Region, is paid for once: USD 2.00"
    assert shared in out
    # Two endpoints, 730 hours each: they were called 1460 endpoints.
    assert "hat watches, routes and connects all of it: USD 16.06" in out
    assert "1460" not in out


def test_what_holds_documents_is_no_part_of_the_promise(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lonely = decision("runbooks", Protection(mechanism="versioning"), tags={HOLDS: "documents"}, own_objective=True)
    lonely = Decision.from_data({**lonely.as_data(), "objective": {"uptime": "99%", "assumptions": {}}})
    stacks = _write(tmp_path, decision("files", *KEPT), lonely)

    ran = drctl(capsys, "explain", stacks, "--format", "json")

    assert json.loads(ran.out)["workloads"][0]["disruptions"]["region"]["verdict"] == "met"


@pytest.mark.parametrize("format", ["table", "markdown", "html"])
def test_every_format_says_pattern_figures_and_scope(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], format: str
) -> None:
    stacks = _write(tmp_path, decision("files", *KEPT))

    out = drctl(capsys, "explain", stacks, "--format", format).out

    for said in ("files", "replication", "22m", "2h", "no compute is declared"):
        assert said in out, said


@pytest.mark.parametrize("format", ["table", "markdown", "html"])
def test_the_time_of_the_whole_is_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str], format: str) -> None:
    """27 min stood above a table in which each component took 22, and nothing said why."""
    stacks = _write(tmp_path, decision("files", *KEPT), decision("orders", *KEPT))

    out = drctl(capsys, "explain", stacks, "--format", format).out

    assert (
        "2m to notice, then 15m to decide, then 5m until callers reach files, then 5m until callers reach orders" in out
    )


def test_each_table_of_the_page_is_a_table_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second began in the line below the first, and Markdown took it for more rows of it."""
    out = drctl(capsys, "explain", _write(tmp_path, decision("files", *KEPT)), "--format", "markdown").out

    lines = out.splitlines()
    heads = [number - 1 for number, line in enumerate(lines) if line.startswith("| ---")]
    assert len(heads) > 1
    assert all(lines[number - 1] == "" for number in heads)


def test_stacks_without_a_decision_are_no_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stacks = _write(tmp_path)

    assert drctl(capsys, "explain", str(tmp_path / "nowhere")).code == 2
    assert drctl(capsys, "explain", stacks).code == 3


def test_a_workload_that_is_not_there_is_told_which_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stacks = _write(tmp_path, decision("files", *KEPT))

    ran = drctl(capsys, "explain", stacks, "--workload", "shopp")

    assert (ran.code, ran.err) == (2, f"drctl: {stacks} holds no workload 'shopp'; it holds shop\n")


def test_a_promise_that_hangs_on_a_schedule_nobody_misses_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weekly = {"interval_seconds": 7 * 24 * 3600, "start_window_seconds": 3600}
    copied = Protection(mechanism="backup_copy", region=AWAY, parameters=weekly)
    loose = Objective(region=Target("30d", "30d"))
    stacks = _write(tmp_path, decision("files", Protection(mechanism="versioning"), copied, objective=loose))

    for chosen in (), ("--format", "markdown"):
        assert "files: nothing rings where its backup schedule" in drctl(capsys, "explain", stacks, *chosen).out
    (shop,) = json.loads(drctl(capsys, "explain", stacks, "--format", "json").out)["workloads"]
    assert "nothing rings" in shop["components"][0]["silent"]
