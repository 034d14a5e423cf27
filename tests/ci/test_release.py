"""What ships: the release workflow's own checks, and the hooks that other repositories use."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest
import yaml

from constructs_lib.cli.program import parser_of_all
from tests.ci.steps import ROOT, Runner, loaded, steps

if TYPE_CHECKING:
    from pathlib import Path

WORKFLOW = ROOT / ".github" / "workflows" / "release.yml"


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    if shutil.which("bash") is None:
        pytest.skip("needs bash on PATH")
    made = Runner(tmp_path)
    (made.workspace / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    return made


@pytest.mark.parametrize(
    ("tag", "changelog", "said"),
    [
        ("v{}", "## Unreleased\n\n- next\n\n## {} (2026-12-01)\n\n- this\n\n## 0.0.1\n\n- old\n", None),
        ("v{}", "## {}\n\n- this\n", None),
        ("v9.9.9", "## {}\n\n- this\n", "the tag is v9.9.9"),
        ("v{}", "## Unreleased\n\n- next\n", "has no section"),
        ("v{}", "## {}\n\n## 0.0.1\n\n- old\n", "has no section"),
        ("v{}", "## {}.1\n\n- another\n", "has no section"),
    ],
)
def test_a_release_needs_its_tag_its_version_and_its_changelog(
    runner: Runner, tag: str, changelog: str, said: str | None
) -> None:
    now = version("cdktf-dr")
    (runner.workspace / "CHANGELOG.md").write_text(changelog.replace("{}", now), encoding="utf-8")

    ran = runner.run(
        steps(WORKFLOW, "build")["Tag, version and changelog say the same"], {}, GITHUB_REF_NAME=tag.format(now)
    )

    assert (ran.code == 0) is (said is None), ran.output
    assert said is None or said in ran.output
    if said is None:
        assert (runner.workspace / "notes.md").read_text(encoding="utf-8").split() == ["-", "this"]


def test_only_the_job_that_publishes_may_ask_for_a_token_and_it_runs_nothing_of_the_repository() -> None:
    jobs = loaded(WORKFLOW)["jobs"]

    assert loaded(WORKFLOW)["permissions"] == {}
    assert {name: job["permissions"] for name, job in jobs.items()} == {
        "build": {"contents": "read"},
        "publish": {"id-token": "write"},
        "announce": {"contents": "write"},
    }
    assert [step for step in jobs["publish"]["steps"] if "run" in step] == []
    uses = [step["uses"] for job in jobs.values() for step in job["steps"] if "uses" in step]
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", name) for name in uses)


def _said(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_the_version_is_written_in_one_place() -> None:
    written = version("cdktf-dr")

    # TOML, since other packages' versions may stand in Python as well.
    assert _said("git", "grep", "-lF", f'version = "{written}"', "--", "*.py", "*.toml").split() == ["pyproject.toml"]
    assert _said(sys.executable, "-m", "constructs_lib.cli", "--version") == f"drctl {written}\n"


def test_every_hook_runs_a_command_that_drctl_takes() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    for hook in hooks:
        program, *words = str(hook["entry"]).split() + list(hook.get("args", []))
        files = [] if hook.get("pass_filenames") is False else ["recovery.yaml"]

        assert program == "drctl"
        assert parser_of_all().parse_args([*words, *files]).run is not None
        assert hook["language"] == "python"
        assert re.search(hook["files"], "recovery.yaml")
