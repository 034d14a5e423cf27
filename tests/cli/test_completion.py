"""Completion: the script holds every command and option, and bash really completes with it."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from constructs_lib.cli.commands import COMMANDS
from tests.cli.run import drctl


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_names_every_command(capsys: pytest.CaptureFixture[str], shell: str) -> None:
    out = drctl(capsys, "completion", shell).out

    assert [command.name for command in COMMANDS if command.name not in out] == []
    assert "fail-on" in out


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize(
    ("line", "completed"),
    [
        (("drctl", "rev"), {"review"}),
        (("drctl", "review", "--fail"), {"--fail-on"}),
        (("drctl", "docs", "run"), {"runbook"}),
        (("drctl", "docs", "runbook", "--form"), {"--format"}),
        (("drctl", "review", "plan.json", "--obj"), {"--objectives"}),
        (("drctl", "nonsense", "rev"), {"review"}),
        (("drctl", "help", "rev"), {"review"}),
        (("drctl", "review", "--format", "j"), {"json", "junit"}),
        (("drctl", "review", "plan.json", "--fail-on", ""), {"breached", "unknown", "warning", "worse", "never"}),
        (("drctl", "review", "--stacks", ""), set()),
    ],
)
def test_bash_completes(capsys: pytest.CaptureFixture[str], line: tuple[str, ...], completed: set[str]) -> None:
    script = drctl(capsys, "completion", "bash").out
    words = " ".join(f"'{word}'" for word in line)
    asked = f"{script}\nCOMP_WORDS=({words}); COMP_CWORD={len(line) - 1}; _drctl; printf '%s\\n' \"${{COMPREPLY[@]}}\""

    ran = subprocess.run(["bash", "--norc", "-c", asked], capture_output=True, text=True, check=True)

    assert set(ran.stdout.split()) == completed


def test_zsh_can_read_what_bash_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """A slice whose length begins with a letter is an unknown modifier there, and `path` is where programs are."""
    script = drctl(capsys, "completion", "zsh").out

    assert script.startswith("#compdef drctl\n")
    assert re.search(r"\$\{[^}]*:\d+:[A-Za-z]", script) is None
    assert re.search(r"\bpath=", script) is None
