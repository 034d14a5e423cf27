"""The steps of a workflow or a composite action, taken from its YAML and run as GitHub's runner would run them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "recovery-review.yml"
REVIEW = ROOT / ".github" / "actions" / "review" / "action.yml"
COMMENT = ROOT / ".github" / "actions" / "comment" / "action.yml"

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


def loaded(file: Path) -> dict[str, Any]:
    """Return what a YAML file says."""
    found: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found


def steps(file: Path, job: str | None = None) -> dict[str, dict[str, Any]]:
    """Return the named steps of a job of a workflow, or of a composite action."""
    content = loaded(file)
    found = content["runs"]["steps"] if job is None else content["jobs"][job]["steps"]
    return {step["name"]: step for step in found if "name" in step}


@attrs.frozen
class Ran:
    """What a step did."""

    code: int
    output: str
    outputs: Mapping[str, str]
    summary: str


@attrs.frozen
class Runner:
    """A place to run steps in: a checkout, a directory for what is temporary, and commands that stand in for others."""

    directory: Path

    @property
    def workspace(self) -> Path:
        return self.directory / "workspace"

    @property
    def temporary(self) -> Path:
        return self.directory / "temporary"

    @property
    def commands(self) -> Path:
        return self.directory / "commands"

    def __attrs_post_init__(self) -> None:
        for path in (self.workspace, self.temporary, self.commands):
            path.mkdir(parents=True, exist_ok=True)

    def stand_in(self, name: str, program: str) -> None:
        """Put a program on the path under a command's name."""
        path = self.commands / name
        path.write_text(program, encoding="utf-8")
        path.chmod(0o755)

    def run(self, step: Mapping[str, Any], values: Mapping[str, str], **environment: str) -> Ran:
        """Run a step; every expression in its environment must be among *values*."""
        script = str(step["run"])
        assert "${{" not in script, "an expression inside a script would let its value be run"
        output, summary = self.temporary / "output", self.temporary / "summary"
        output.write_text("", encoding="utf-8")
        summary.write_text("", encoding="utf-8")
        given = {
            name: _EXPRESSION.sub(lambda found: values[found[1]], str(text))
            for name, text in step.get("env", {}).items()
        }
        path = os.pathsep.join([str(self.commands), str(Path(sys.executable).parent), os.environ["PATH"]])
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.workspace,
            env={
                **{name: text for name, text in os.environ.items() if not name.startswith(("GITHUB_", "GH_"))},
                "PATH": path,
                "PYTHONPATH": str(ROOT),
                "RUNNER_TEMP": str(self.temporary),
                "GITHUB_OUTPUT": str(output),
                "GITHUB_STEP_SUMMARY": str(summary),
                "GITHUB_ACTION_PATH": str(REVIEW.parent),
                "GITHUB_REPOSITORY": "acme/shop",
                **given,
                **environment,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        said = dict(line.split("=", 1) for line in output.read_text(encoding="utf-8").splitlines())
        return Ran(done.returncode, done.stdout, said, summary.read_text(encoding="utf-8"))
