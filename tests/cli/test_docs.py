"""`drctl docs`, `sla`, `export` and `prices`: exit codes, one line for what is wrong, and files that are true."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.cli.run import assert_one_line_of_trouble, drctl
from tests.documents.reference import DECLARATION, write_shop

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(name="place")
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with a recovery.yaml and synthesized stacks, as the commands expect them by default."""
    (tmp_path / "recovery.yaml").write_text(DECLARATION, encoding="utf-8")
    write_shop(tmp_path / "cdktf.out")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("kind", ["sla", "runbook", "cost", "summary"])
def test_a_document_is_written_in_both_formats(kind: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = drctl(capsys, "docs", kind, "--output", "docs")

    assert ran.code == 0
    assert ran.err == ""
    assert sorted(path.name for path in (place / "docs").iterdir()) == [f"shop-{kind}.html", f"shop-{kind}.md"]


def test_a_name_may_be_as_long_as_it_likes(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    long = "a" * 300
    (place / "recovery.yaml").write_text(DECLARATION.replace("shop", long), encoding="utf-8")
    (place / "cdktf.out").rename(place / "elsewhere")
    ran = drctl(capsys, "docs", "sla", "--output", "docs")

    assert ran.code == 0, ran.err
    assert all(long[:60] in path.name and len(path.name) < 100 for path in (place / "docs").iterdir())


def test_check_is_0_then_1_after_a_change_then_0_again(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drctl(capsys, "docs", "all", "--output", "docs")
    assert drctl(capsys, "docs", "check", "--output", "docs").code == 0

    (place / "recovery.yaml").write_text(DECLARATION.replace("rto: 2h", "rto: 3h"), encoding="utf-8")
    ran = drctl(capsys, "docs", "check", "--output", "docs")
    assert ran.code == 1
    assert "shop-sla.md: was made from other declaration\n" in ran.out

    drctl(capsys, "docs", "all", "--output", "docs")
    assert drctl(capsys, "docs", "check", "--output", "docs").code == 0


def test_what_is_built_as_its_environments_is_not_missed(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command said that `shop` is not in the stacks, where its environments are."""
    declared = DECLARATION.replace("  shop:", "  blog: {objective: {rto: 2h, rpo: 4h}}\n  shop:").replace(
        "  shop:\n", "  shop:\n    environments: {prod: {}, dev: {}}\n"
    )
    (place / "recovery.yaml").write_text(declared, encoding="utf-8")
    file = place / "cdktf.out" / "stacks" / "shop-primary" / "cdk.tf.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    for item in content["//"]["recovery"].values():
        item["workload"] = "shop-prod"
    file.write_text(json.dumps(content), encoding="utf-8")

    ran = drctl(capsys, "docs", "summary", "--output", "docs")

    missed = [line.partition("note: ")[2].partition(" ")[0] for line in ran.err.splitlines()]
    assert (ran.code, sorted(missed)) == (0, ["blog", "shop-dev"])


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        (("docs", "sla", "--output", "docs", "--format", "pdf"), 2, "there is no format 'pdf'"),
        (("docs", "sla", "--output", "docs", "--workload", "nope"), 2, "no workload 'nope' is found; there is shop\n"),
        (("docs", "sla", "--output", "docs", "--objectives", "nope.yaml"), 2, "there is no such file"),
        (("docs", "sla", "--output", "docs", "--stacks", "nope"), 2, "there are no synthesized stacks under nope"),
        (("docs", "sla", "--output", "docs", "--templates", "nope"), 2, "there is no directory of templates 'nope'"),
        (("docs", "cost", "--output", "docs", "--prices", "nope.toml"), 2, "price file 'nope.toml' cannot be read"),
        (("docs", "sla", "--output", "recovery.yaml"), 3, "recovery.yaml: is a file, where a directory is wanted"),
        (("docs", "check", "--output", "docs"), 3, "holds no document"),
        (("docs", "sla", "--output", "docs", "--stacks", "cdktf.out", "--plan", "p.json"), 2, "give one of them"),
        (("docs",), 2, "DOCUMENT"),
        (("sla", "--promise", "101%"), 2, "lies between 0% and 100%"),
        (("export", "resiliencehub"), 2, "declares no target for software"),
        (("export", "openslo", "--workload", "nope"), 2, "declares no workload 'nope'"),
        (
            ("prices", "refresh", "--output", "p", "--region", "eu-west-1", "--instance", "x"),
            2,
            "write them like postgres",
        ),
    ],
)
def test_what_is_wrong_is_one_line(
    arguments: tuple[str, ...], code: int, problem: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = drctl(capsys, *arguments)

    assert ran.code == code
    assert problem in ran.err
    assert ran.err.count("\n") == 1


def test_a_wrong_template_is_one_line_with_its_place(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "mine").mkdir()
    (place / "mine" / "sla.j2").write_text("{{ wokload }}", encoding="utf-8")
    ran = drctl(capsys, "docs", "sla", "--output", "docs", "--templates", "mine")

    assert ran.code == 2
    assert ran.err.startswith("drctl: mine/sla.j2:1: 'wokload' is undefined")
    assert not (place / "docs").exists()


def test_sla_exits_with_1_where_the_promise_is_contradicted(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = drctl(capsys, "sla", "--format", "json")
    shop = json.loads(ran.out)["workloads"]["shop"]

    assert ran.code == 1
    assert shop["verdict"] == "breached"
    assert {finding["id"] for finding in shop["findings"]} >= {"RECOVERY-401", "RECOVERY-402"}


def test_sla_exits_with_0_where_nothing_contradicts(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = drctl(capsys, "sla", "--promise", "90%")

    assert ran.code == 0
    assert "90% is promised" in ran.out
    assert "not critical" in ran.out


def test_sla_exits_with_3_where_nothing_is_known_that_could_support_a_promise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    alone = "version: 1\nworkloads: {shop: {objective: {rto: 1h, rpo: 15m}}}\n"
    (tmp_path / "recovery.yaml").write_text(alone, encoding="utf-8")
    for options in ((), ("--promise", "50%")):
        ran = drctl(capsys, "sla", *options)
        assert ran.code == 3
        assert "what can be promised is unknown: no component is assessed and no dependency is declared" in ran.out
        assert "safe to promise" not in ran.out


def test_openslo_is_yaml_of_two_documents(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = drctl(capsys, "export", "openslo")

    assert ran.code == 0
    assert [document["kind"] for document in yaml.safe_load_all(ran.out)] == ["Service", "SLO"]


ENVIRONMENTS = """
version: 1
workloads:
  shop:
    objective: {rto: 1h, rpo: 1h, uptime: 99%}
    environments: {dev: {objective: {uptime: 95%}}, prod: {health_checks: [0a1b-22]}}
  blog: {objective: {rto: 1h, rpo: 1h}}
"""


def test_a_workload_is_exported_and_promised_as_the_environments_it_is_built_as(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By its own name it is nowhere; and one that has no place in the other form kept all others from it."""
    (place / "recovery.yaml").write_text(ENVIRONMENTS, encoding="utf-8")
    (place / "cdktf.out").rename(place / "elsewhere")
    ran = drctl(capsys, "export", "openslo")
    sla = json.loads(drctl(capsys, "sla", "--format", "json").out)

    named = [item["metadata"]["name"] for item in yaml.safe_load_all(ran.out) if item["kind"] == "Service"]
    assert (ran.code, named) == (0, ["shop-dev", "shop-prod"])
    assert "note: not exported: blog promises no uptime" in ran.err
    assert list(sla["workloads"]) == ["blog", "shop-dev", "shop-prod"]
    assert drctl(capsys, "export", "openslo", "--workload", "shop").code == 0
    assert list(json.loads(drctl(capsys, "sla", "--workload", "shop", "--format", "json").out)["workloads"]) == ["shop"]


@pytest.mark.parametrize("target", ["openslo", "resiliencehub", "resiliencehubv2"])
def test_nothing_to_export_is_no_success(target: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "recovery.yaml").write_text("version: 1\n", encoding="utf-8")

    assert_one_line_of_trouble(drctl(capsys, "export", target))


def test_two_policies_of_one_name_are_refused(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second replaced the first without a word."""
    objective = "{objective: {rto: 1h, rpo: 1h, software: {rto: 1h, rpo: 1h}}}"
    text = f"version: 1\nworkloads:\n  0-shop: {objective}\n  shop-eu: {objective}\n"
    (place / "recovery.yaml").write_text(text, encoding="utf-8")
    ran = drctl(capsys, "export", "resiliencehub")
    assert list(json.loads(ran.out)["resource"]["aws_resiliencehub_resiliency_policy"]) == ["_0_shop", "shop_eu"]

    (place / "recovery.yaml").write_text(f"{text}  shop_eu: {objective}\n", encoding="utf-8")
    assert_one_line_of_trouble(drctl(capsys, "export", "resiliencehub"))


def test_resilience_hubs_second_form_is_json_and_tells_its_rounding(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "recovery.yaml").write_text(DECLARATION.replace("rpo: 4h", "rpo: 90s"), encoding="utf-8")
    ran = drctl(capsys, "export", "resiliencehubv2", "--workload", "shop")

    assert json.loads(ran.out)["multiRegion"] == {"rtoInMinutes": 120, "rpoInMinutes": 1}
    assert "rounded down to 1 min" in ran.err


def test_uptime_tells_what_is_left_and_how_many_failovers_fit(capsys: pytest.CaptureFixture[str]) -> None:
    ran = drctl(capsys, "uptime", "99.95%", "--downtime", "5m", "--rto", "15m", "--format", "json")
    budget = json.loads(ran.out)["budget"]

    assert budget == {
        "period": "month_30d",
        "period_seconds": 2_592_000,
        "allowed_seconds": 1296,
        "spent_seconds": 300,
        "left_seconds": 996,
        "kept": True,
        "attained": "99.988425925925%",
        "rto_seconds": 900,
        "failovers_that_fit": 1,
    }


def test_uptime_of_a_service_made_of_parts(capsys: pytest.CaptureFixture[str]) -> None:
    """The seed's platform, with a second authentication provider: 99.9 x 99.99 x 99.9 x (1 - 10^-6)."""
    arguments = ("uptime", "--needs", "99.9%", "99.99%", "99.9%", "--any-of", "99.9%", "99.9%", "--optional", "99%")
    ran = drctl(capsys, *arguments, "--format", "json")

    assert json.loads(ran.out)["composite"]["at_least_reduced"].startswith("99.7900")


@pytest.mark.parametrize(
    "arguments",
    [(), ("99%", "--needs", "99%"), ("--optional", "99%"), ("--k-of-n", "x", "99%"), ("--k-of-n", "3", "99%")],
)
def test_uptime_of_nonsense_is_one_line(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    ran = drctl(capsys, "uptime", *arguments)

    assert ran.code == 2
    assert ran.err.count("\n") == 1
