from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOM = ROOT / "constructs_lib" / "objectives"
ALLOWED = {
    "attrs",
    "constructs_lib.availability",
    "constructs_lib.errors",
    "constructs_lib.objectives",
    "constructs_lib.refusal",
    "msgspec",
    "yaml",
}


def test_the_room_imports_nothing_from_the_rooms_above_it() -> None:
    sources = list(ROOM.glob("*.py"))
    assert sources
    for source in sources:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                standard = name.split(".")[0] in sys.stdlib_module_names
                assert standard or any(name == ok or name.startswith(f"{ok}.") for ok in ALLOWED), (source.name, name)


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("constructs_lib.objectives.objective", {"jsii", "boto3", "cdktf", "cdktn", "jinja2", "rich", "yaml"}),
        ("constructs_lib.declaration.declaration", {"jsii", "boto3", "cdktf", "cdktn", "jinja2", "rich"}),
    ],
)
def test_importing_loads_nothing_heavy(module: str, heavy: set[str]) -> None:
    """Those who only want an objective do not pay for YAML."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print(*set({sorted(heavy)}) & set(sys.modules))"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr, done.stdout.strip()) == (0, "", "")
