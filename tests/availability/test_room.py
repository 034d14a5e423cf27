from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

ROOM = Path(__file__).parents[2] / "constructs_lib" / "availability"
ALLOWED = {"attrs", "constructs_lib.availability", "constructs_lib.errors", "constructs_lib.refusal"}


def test_the_room_imports_the_standard_library_attrs_and_the_errors_only() -> None:
    sources = list(ROOM.glob("*.py"))
    assert sources
    for source in sources:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                standard = name.split(".")[0] in sys.stdlib_module_names
                assert standard or any(name == ok or name.startswith(f"{ok}.") for ok in ALLOWED), (
                    source.name,
                    name,
                )


def test_importing_the_room_loads_nothing_heavy() -> None:
    code = (
        "import sys, constructs_lib.availability;"
        "print(*{'jsii', 'boto3', 'cdktf', 'cdktn', 'yaml', 'jinja2', 'rich'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOM.parents[1],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == ""
