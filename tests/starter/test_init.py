"""`drctl init`: the repository it writes works as it is, on both engines, and nothing of anybody's is overwritten."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
import yaml

from constructs_lib.starter import starter
from constructs_lib.starter.starter import ENGINES, EXAMPLES, Engine, Example, starter_files
from tests.cli.run import assert_one_line_of_trouble, drctl
from tests.terraform.child_process import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence


def _run(directory: Path, command: Sequence[str], **extra: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **extra}
    return subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.programs
@pytest.mark.parametrize(
    ("engine", "example"),
    [
        pytest.param(
            engine, example, marks=[pytest.mark.exhaustive] if (engine == "cdktn") != (example == "data") else []
        )
        for engine in ENGINES
        for example in EXAMPLES
    ],
)
def test_the_repository_tests_synthesizes_and_reviews_itself(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    engine: Engine,
    example: Example,
) -> None:
    ran = drctl(capsys, "init", "shop", "--engine", engine, "--example", example, "--directory", str(tmp_path / "shop"))
    assert (ran.code, ran.err) == (0, "")
    here = tmp_path / "shop"

    # Without the plugins of these tests, which take as long to load as its tests to run.
    alone = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    tested = _run(here, [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"], **alone)
    assert tested.returncode == 0, tested.stdout + tested.stderr
    synthesized = _run(here, [sys.executable, "main.py"])
    assert synthesized.returncode == 0, synthesized.stderr
    assert "shop: met" in synthesized.stderr
    monkeypatch.chdir(here)
    reviewed = drctl(capsys, "review", "--stacks", "cdktf.out")
    assert reviewed.code == 0, reviewed.out
    declared = drctl(capsys, "objectives")
    assert declared.code == 0, declared.err


def test_state_is_kept_in_s3_with_a_lock_where_a_bucket_is_named(tmp_path: Path) -> None:
    for name, text in starter_files("shop").items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    ran = _run(tmp_path, [sys.executable, "main.py"], STATE_BUCKET="states", STATE_REGION="eu-west-3")

    assert ran.returncode == 0, ran.stderr
    for stack in ("primary", "recovery", "global"):
        text = (tmp_path / "cdktf.out" / "stacks" / f"shop-{stack}" / "cdk.tf.json").read_text(encoding="utf-8")
        backend = yaml.safe_load(text)["terraform"]["backend"]
        assert list(backend) == ["s3"]
        assert (backend["s3"]["use_lockfile"], backend["s3"]["key"]) == (True, f"shop-{stack}.tfstate")


@pytest.mark.parametrize(
    ("written", "required"),
    [
        (
            '{"url": "https://git.example/dr", "vcs_info": {"vcs": "git", "commit_id": "0a1b"}}',
            "cdktf-dr @ git+https://git.example/dr@0a1b",
        ),
        (
            '{"url": "https://files.example/cdktf_dr-1-py3-none-any.whl", "archive_info": {}}',
            "cdktf-dr @ https://files.example/cdktf_dr-1-py3-none-any.whl",
        ),
        ('{"url": "file:///srv/dr", "dir_info": {"editable": true}}', None),
        ('{"url": "file:///srv/dr", "vcs_info": {"vcs": "git", "commit_id": "0a1b"}}', None),
        (None, None),
    ],
)
def test_others_install_this_library_from_where_it_was_installed_here(
    written: str | None,
    required: str | None,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(starter, "distribution", lambda _: SimpleNamespace(read_text=lambda _: written))

    said = drctl(capsys, "init", "shop", "--directory", str(tmp_path / "shop")).out

    lines = (tmp_path / "shop" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("cdktf-dr")] == [required or f"cdktf-dr=={version('cdktf-dr')}"]
    assert ("is not on the package index" in "".join(lines)) == (required is None)
    assert ("lacks a place that others can install cdktf-dr from" in said) == (required is None)


@pytest.mark.parametrize(("engine", "node"), [("cdktf", "20 or 22"), ("cdktn", "22.19 or later")])
def test_the_readme_names_the_command_and_the_node_of_its_engine(engine: Engine, node: str) -> None:
    readme = starter_files("shop", engine=engine)["README.md"]

    assert re.search(rf"npx --yes {engine}-cli@\d+\.\d+\.\d+ deploy ", readme)
    assert f"Needed on the PATH: Node.js {node}, on which" in readme
    assert "First name in `requirements.txt`" in readme


def test_a_second_time_overwrites_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = str(tmp_path / "shop")
    drctl(capsys, "init", "shop", "--directory", here)
    (tmp_path / "shop" / "main.py").write_text("mine", encoding="utf-8")
    (tmp_path / "shop" / "recovery.yaml").unlink()

    ran = drctl(capsys, "init", "shop", "--directory", here)

    assert (tmp_path / "shop" / "main.py").read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "shop" / "recovery.yaml").exists()
    assert "main.py is there already" in ran.err


@pytest.mark.parametrize("name", ["Shop", "a", "x" * 40, "shop_1", "größe", "../shop", "", "1shop", "shop-"])
def test_a_name_that_cannot_start_a_bucket_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    ran = drctl(capsys, "init", name, "--directory", str(tmp_path / "x"))

    assert ran.code == 2
    assert_one_line_of_trouble(ran)
    assert not (tmp_path / "x").exists()


def test_a_directory_that_cannot_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    ran = drctl(capsys, "init", "shop", "--directory", str(tmp_path / "file"))

    assert ran.code == 2
    assert "cannot be written" in ran.err


def test_the_workflow_is_yaml_and_holds_no_credentials() -> None:
    text = starter_files("shop")[".github/workflows/recovery-review.yml"]

    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {"contents": "read"}
    assert "id-token" not in text


@pytest.mark.parametrize("code", [0, 1, 2])
def test_the_workflow_fails_as_the_review_does_also_where_there_is_no_report(tmp_path: Path, code: int) -> None:
    steps = yaml.safe_load(starter_files("shop")[".github/workflows/recovery-review.yml"])["jobs"]["review"]["steps"]
    (script,) = [step["run"] for step in steps if step.get("name") == "Review"]
    report = "" if code == 2 else f'echo report > "{tmp_path}/review.md"; '
    (tmp_path / "drctl").write_text(f"#!/bin/sh\n{report}exit {code}\n", encoding="utf-8")
    (tmp_path / "drctl").chmod(0o755)
    settings = {"RUNNER_TEMP": str(tmp_path), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}

    ran = _run(tmp_path, ["bash", "-e", "-c", script], PATH=f"{tmp_path}:{os.environ['PATH']}", **settings)

    assert (ran.returncode, ran.stderr) == (code, "")
    assert (tmp_path / "summary").exists() == (code != 2)


def test_the_workflow_compares_with_what_the_merge_was_made_from(tmp_path: Path) -> None:
    """The branch may have moved on since: what others have added meanwhile would look as if it were taken away."""
    steps = yaml.safe_load(starter_files("shop")[".github/workflows/recovery-review.yml"])["jobs"]["review"]["steps"]
    (script,) = [step["run"] for step in steps if step.get("name") == "Synthesize both revisions"]
    origin, here = tmp_path / "origin", tmp_path / "here"
    app = "import pathlib; pathlib.Path('cdktf.out/stacks/{}').mkdir(parents=True)"

    def git(place: Path, *arguments: str) -> None:
        identity = ["-c", "user.name=octocat", "-c", "user.email=octocat@example.com"]
        subprocess.run(["git", *identity, *arguments], cwd=place, check=True, capture_output=True)

    def commit(place: Path, text: str) -> None:
        (place / "main.py").write_text(text, encoding="utf-8")
        git(place, "add", ".")
        git(place, "commit", "-qm", "change")

    origin.mkdir()
    git(origin, "init", "-q", "-b", "main")
    commit(origin, app.format("before"))
    git(tmp_path, "clone", "-q", str(origin), str(here))
    commit(here, app.format("now"))
    commit(origin, app.format("moved-on"))
    git(here, "fetch", "-q", "origin")

    ran = _run(here, ["bash", "-e", "-c", script], GITHUB_BASE_REF="main")

    assert ran.returncode == 0, ran.stderr
    assert [path.name for path in (tmp_path / "base" / "cdktf.out" / "stacks").iterdir()] == ["before"]


def test_half_a_revision_before_is_none(tmp_path: Path) -> None:
    steps = yaml.safe_load(starter_files("shop")[".github/workflows/recovery-review.yml"])["jobs"]["review"]["steps"]
    (script,) = [step["run"] for step in steps if step.get("name") == "Synthesize both revisions"]
    made = tmp_path / "base" / "cdktf.out" / "stacks"
    (tmp_path / "here").mkdir()
    git = f'#!/bin/sh\nmkdir -p "{made}"\n'
    python = "#!/bin/sh\ncase $PWD in */base) exit 1;; esac\n"
    for name, text in (("git", git), ("python", python)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / name).chmod(0o755)

    ran = _run(tmp_path / "here", ["bash", "-e", "-c", script], PATH=f"{tmp_path}:{os.environ['PATH']}")

    assert ran.returncode == 0, ran.stderr
    assert "everything counts as new" in ran.stdout
    assert not made.exists()
