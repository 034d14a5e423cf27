"""What the pages about review and CI say is what the command takes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

from constructs_lib.review.renderers import FORMATS
from tests.ci.steps import REVIEW, ROOT, loaded

if TYPE_CHECKING:
    from pathlib import Path

PAGES = [ROOT / "docs" / "review.md", ROOT / "docs" / "ci.md"]


def _blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"(?s)```{language}\n(.*?)```", page.read_text(encoding="utf-8"))


def _help() -> str:
    command = [sys.executable, "-c", "from constructs_lib.cli import main; main(['review', '--help'])"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_every_option_on_the_pages_is_one_of_the_command() -> None:
    known = set(re.findall(r"--[a-z-]+", _help()))
    used = {
        option
        for page in PAGES
        for line in re.findall(r"drctl review[^\n`|]*", page.read_text(encoding="utf-8"))
        for option in re.findall(r"--[a-z-]+", line)
    }

    assert used
    assert used <= known


def test_every_option_of_the_command_is_on_the_page() -> None:
    page = PAGES[0].read_text(encoding="utf-8")

    assert [option for option in set(re.findall(r"--[a-z-]+", _help())) - {"--help"} if option not in page] == []


def test_every_format_has_a_row() -> None:
    page = PAGES[0].read_text(encoding="utf-8")

    assert [format for format in ("table", "json", *FORMATS) if f"| `{format}` |" not in page] == []


def test_every_input_of_the_action_has_a_row() -> None:
    page = PAGES[1].read_text(encoding="utf-8")

    assert [name for name in loaded(REVIEW)["inputs"] if f"| `{name}` |" not in page] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_example_can_be_read(page: Path) -> None:
    examples = [yaml.safe_load(block) for block in _blocks(page, "yaml")]
    examples += [json.loads(block) for block in _blocks(page, "json")]

    assert examples
    assert all(examples)


def test_the_scripts_of_gitlab_and_atlantis_are_scripts() -> None:
    """Read by the shell, not run: they need the services."""
    gitlab = next(block for block in _blocks(PAGES[1], "yaml") if block.startswith("recovery-review:"))
    atlantis = next(block for block in _blocks(PAGES[1], "yaml") if "workflows:" in block)
    scripts = yaml.safe_load(gitlab)["recovery-review"]["script"]
    scripts += [
        step["run"]["command"] for step in yaml.safe_load(atlantis)["workflows"]["recovery"]["plan"]["steps"][2:]
    ]

    for script in scripts:
        checked = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr
