"""Pictures of what `drctl` says: its own output, drawn as SVG that loads nothing from anywhere."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.markdown import Markdown
from rich.terminal_theme import SVG_EXPORT_THEME
from rich.text import Text

from constructs_lib.declaration.declaration import load_declaration
from constructs_lib.plan import read_plans
from constructs_lib.review import review
from constructs_lib.review.renderers import render

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import RenderableType

ROOT = Path(__file__).resolve().parents[2]
DIRECTORY = ROOT / "docs" / "pictures"

# Without the fonts that rich would have a browser fetch.
_FORMAT = re.sub(r"(?s)@font-face \{\{.*?\}\}\n?", "", CONSOLE_SVG_FORMAT).replace(
    "font-family: Fira Code, monospace", "font-family: ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace"
)
_WIDTH = 136


def sample() -> str:
    """Return the app of the README."""
    (found,) = re.findall(r"(?s)```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"))
    return str(found)


def explained() -> str:
    """Return what `drctl explain` says of the README's app, without what it says of bills in general."""
    with TemporaryDirectory() as directory:
        python = {"cwd": directory, "check": True, "capture_output": True, "text": True}
        subprocess.run([sys.executable, "-c", sample()], **python)  # type: ignore[call-overload]
        drctl = "from constructs_lib.cli import main; raise SystemExit(main(['explain', 'cdktf.out']))"
        said = subprocess.run([sys.executable, "-c", drctl], **python).stdout  # type: ignore[call-overload]
    # What is in no bill is a list of a dozen lines, which explain nothing of what is seen.
    shown = said.partition("not counted:")[0]
    return _drawn(Text("\n".join(line.rstrip() for line in shown.splitlines())), "drctl explain", width=162)


def reviewed() -> str:
    """Return the comment on a pull request that takes the replication of the archive's bucket away."""
    with TemporaryDirectory() as directory:
        plans = {}
        for file in sorted((ROOT / "tests" / "review" / "plans").glob("archive-*.deployed.json")):
            plan = json.loads(file.read_text(encoding="utf-8"))
            for change in plan.get("resource_changes", []):
                if change["type"] == "aws_s3_bucket_replication_configuration" and change["name"].startswith(
                    "documents"
                ):
                    change["change"] |= {"actions": ["delete"], "after": None, "after_unknown": {}}
            stack = file.name.removesuffix(".deployed.json")
            plans[stack] = Path(directory) / file.name
            plans[stack].write_text(json.dumps(plan), encoding="utf-8")
        declaration = load_declaration(ROOT / "stacks" / "recovery.yaml")
        found = review(read_plans(plans), declaration, today=date(2026, 11, 26), names=sorted(plans))
        comment = render(found, "markdown", name=None)
    return _drawn(Markdown(_as_shown(comment)), "github-actions bot commented", width=_WIDTH)


def _as_shown(comment: str) -> str:
    """Return the comment with its folded parts folded, as a browser shows them first."""
    folded = re.sub(r"(?s)<details><summary>(.*?)</summary>.*?</details>", r"▸ \1", comment)
    return re.sub(r"<!--.*?-->|</?sub>", "", folded).replace("<br>", " · ")


def _drawn(what: RenderableType, title: str, *, width: int) -> str:
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(what)
    drawn = console.export_svg(title=title, theme=SVG_EXPORT_THEME, code_format=_FORMAT, unique_id="drctl")
    return "\n".join(line.rstrip() for line in drawn.splitlines()) + "\n"


PICTURES: dict[str, Callable[[], str]] = {"explain": explained, "review": reviewed}
