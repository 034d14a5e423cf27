"""`drctl review`: plans in, formats out, and what makes it fail."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.cli.review import _FORMATS
from constructs_lib.review.renderers import FORMATS
from tests.cli.run import assert_one_line_of_trouble, drctl, process
from tests.review.made import bucket, plan, replicated, versioned

if TYPE_CHECKING:
    from tests.cli.run import Ran

PLANS = Path(__file__).parents[1] / "review" / "plans"
OBJECTIVES = Path(__file__).parents[2] / "stacks" / "recovery.yaml"
DECLARED = """
version: 1
workloads: {shop: {objective: {rto: 4h, rpo: 4h}, components: [{match: "*"}]}}
"""


@pytest.fixture(name="work")
def _work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "recovery.yaml").write_text(DECLARED, encoding="utf-8")
    _write(tmp_path / "good.json", plan(*replicated()))
    _write(tmp_path / "bad.json", plan(bucket("data"), versioned("data")))
    return tmp_path


def _write(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def test_a_promise_kept_is_quiet(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stacks = [str(PLANS / f"payments-{role}.deployed.json") for role in ("primary", "recovery", "global")]

    ran = drctl(capsys, "review", *stacks, "--objectives", str(OBJECTIVES))

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("recovery: met (7 components with an objective)\n")
    assert len(ran.out.splitlines()) <= 3


def test_a_promise_broken_fails(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = drctl(capsys, "review", "bad.json")

    assert (ran.code, ran.err) == (1, "")
    assert "RECOVERY-102 aws_s3_bucket.data" in ran.out
    assert "fix: add S3 Cross-Region Replication" in ran.out


@pytest.mark.parametrize("columns", [100, 220])
def test_the_table_is_as_wide_as_the_terminal_says(
    work: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

    lines = drctl(capsys, "review", "bad.json").out.splitlines()

    assert max(map(len, lines)) <= columns
    assert ("because" in lines[2]) == (columns == 220)


def test_recovery_yaml_here_is_read_by_default(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (work / "recovery.yaml").unlink()

    ran = drctl(capsys, "review", "bad.json", "--format", "json")

    assert ran.code == 0
    assert json.loads(ran.out)["verdict"] == "undeclared"


def test_never_fails_when_told_so(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert drctl(capsys, "review", "bad.json", "--fail-on", "never").code == 0


def test_several_formats_are_written_at_once(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outputs = [f"--output={name}={name}.out" for name in _FORMATS]

    ran = drctl(capsys, "review", "bad.json", *outputs)

    assert ran.code == 1
    assert ran.out.startswith("recovery: breached")
    assert all((work / f"{name}.out").stat().st_size for name in _FORMATS)
    assert json.loads((work / "json.out").read_text(encoding="utf-8"))["verdict"] == "breached"


def test_the_formats_offered_are_all_there_are() -> None:
    assert set(_FORMATS) == {"table", "json", *FORMATS}


def test_plans_of_the_same_name_in_different_directories_are_told_apart(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, versions, copied, copied_versions, rule = replicated()
    _write(work / "home" / "plan.json", plan(data, versions, rule))
    _write(work / "away" / "plan.json", plan(copied, copied_versions))

    ran = drctl(capsys, "review", "home/plan.json", "away/plan.json", "--format", "json")

    assert ran.code == 0
    assert [item["name"] for item in json.loads(ran.out)["plans"]] == ["away/plan", "home/plan"]


def test_a_plan_from_standard_input_is_read(work: Path) -> None:
    import subprocess
    import sys

    program = "from constructs_lib.cli import command; command()"
    done = subprocess.run(
        [sys.executable, "-c", program, "review", "-", "--format", "json"],
        input=(work / "bad.json").read_bytes(),
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 1
    assert json.loads(done.stdout)["plans"][0]["name"] == "stdin"


def test_two_processes_write_the_same_bytes() -> None:
    arguments = ("review", str(PLANS / "storefront-primary.deployed.json"), "--format", "json")

    assert process(*arguments).out == process(*arguments, env={"PYTHONHASHSEED": "7", "PATH": ""}).out


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty", b""),
        ("text", b"Terraform will perform the following actions"),
        ("cut", json.dumps(plan(*replicated())).encode()[:-40]),
        ("list", b"[]"),
        ("wide", json.dumps(plan(*replicated())).encode("utf-16")),
        ("newer", json.dumps({**plan(), "format_version": "9.0"}).encode()),
        ("other", b'{"apiVersion": "v1", "kind": "List", "items": []}'),
        ("zip", b"PK\x03\x04tfplan"),
    ],
)
def test_what_is_no_plan_is_one_line_of_trouble(
    work: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes
) -> None:
    (work / "given.json").write_bytes(content)

    assert_one_line_of_trouble(drctl(capsys, "review", "given.json"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("review",),
        ("review", "nothing.json"),
        ("review", "good.json", "good.json"),
        ("review", "good.json", "--objectives", "nothing.yaml"),
        ("review", "good.json", "--output", "markdown"),
        ("review", "good.json", "--output", "pdf=a.pdf"),
        ("review", "good.json", "--output", "json="),
        ("review", "good.json", "--format", "pdf"),
        ("review", "good.json", "--fail-on", "sometimes"),
    ],
)
def test_what_is_asked_wrongly_is_one_line_of_trouble(
    work: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert_one_line_of_trouble(drctl(capsys, *arguments))


def test_an_expired_waiver_fails(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    waiver = "{finding: RECOVERY-102, address: aws_s3_bucket.data, owner: a, expires: 2020-01-31, reason: b}"
    (work / "recovery.yaml").write_text(f"{DECLARED}waivers: [{waiver}]\n", encoding="utf-8")

    assert_one_line_of_trouble(drctl(capsys, "review", "bad.json"))


@pytest.mark.parametrize(("key", "value"), [("errored", True), ("complete", False)])
def test_a_plan_that_is_not_whole_is_not_judged(
    work: Path, capsys: pytest.CaptureFixture[str], key: str, value: bool
) -> None:
    _write(work / "half.json", plan(*replicated(), **{key: value}))

    ran: Ran = drctl(capsys, "review", "half.json")

    assert ran.code == 3
    assert ran.err.count("\n") == 1


def test_stacks_are_reviewed_without_a_plan(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bucket_of = {"aws_s3_bucket": {"data": {"bucket": "data", "provider": "aws"}}}
    _write_stack(work / "cdktf.out", {"resource": bucket_of, "provider": {"aws": [{"region": "eu-west-1"}]}})

    ran = drctl(capsys, "review", "--stacks", "cdktf.out")

    assert ran.code == 1
    assert "aws_s3_bucket.data: region" in ran.out


def test_a_review_of_stacks_names_them_and_knows_where_their_state_is(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = {
        "resource": {"aws_s3_bucket": {"data": {"bucket": "data", "provider": "aws"}}},
        "provider": {"aws": [{"region": "eu-west-1"}]},
    }
    _write_stack(work / "before", content)
    kept = {"terraform": {"backend": {"s3": {"bucket": "states", "key": "shop", "region": "eu-west-2"}}}}
    _write_stack(work / "cdktf.out", {**content, **kept})

    comment = drctl(capsys, "review", "--stacks", "cdktf.out", "--before", "before", "--format", "markdown").out
    found = json.loads(drctl(capsys, "review", "--stacks", "cdktf.out", "--format", "json").out)
    local = json.loads(drctl(capsys, "review", "--stacks", "before", "--format", "json").out)

    assert "Read: `shop`" in comment
    assert [item["name"] for item in found["plans"]] == ["shop"]
    assert [item["subject"] for item in found["inventory"]] == []
    assert [item["subject"] for item in local["inventory"]] == ["terraform state"]


def _write_stack(directory: Path, content: dict[str, Any]) -> None:
    (directory / "stacks" / "shop").mkdir(parents=True)
    _write(directory / "stacks" / "shop" / "cdk.tf.json", content)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "nothing to review"),
        (("good.json", "--stacks", "."), "give plans, or stacks"),
        (("good.json", "--before", "."), "--before goes with --stacks"),
        (("--stacks", "nowhere"), "run cdktf synth"),
    ],
)
def test_what_cannot_be_reviewed_is_said(
    work: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    ran = drctl(capsys, "review", *arguments)

    assert ran.code == 2
    assert message in ran.err


@pytest.mark.parametrize(("one", "other", "said"), [("out", "out", "out"), ("out", "./out", "./out"),
                                                    ("-", "-", "standard output")])  # fmt: skip
def test_two_outputs_into_one_file_are_refused(
    work: Path, capsys: pytest.CaptureFixture[str], one: str, other: str, said: str
) -> None:
    ran = drctl(capsys, "review", "good.json", "--output", f"json={one}", "--output", f"html={other}")

    assert (ran.code, ran.out) == (2, "")
    assert f"drctl: {said} is named for two outputs" in ran.err
    assert not (work / "out").exists()


def test_reports_are_written_together_or_not_at_all(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = drctl(capsys, "review", "good.json", "--output", "json=a.json", "--output", "markdown=no/such/place.md")

    assert_one_line_of_trouble(ran, 3)
    assert not (work / "a.json").exists()


@pytest.mark.parametrize(("variable", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_no_color_where_it_is_not_wanted_or_not_understood(
    work: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    assert "\x1b[" in drctl(capsys, "review", "bad.json").out

    monkeypatch.setenv(variable, value)
    assert "\x1b[" not in drctl(capsys, "review", "bad.json").out
