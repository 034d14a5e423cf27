"""The schema of `docs/`, and YAML as an editor that checks it reads it."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

SCHEMA: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "docs" / "recovery.schema.json").read_text(encoding="utf-8")
)


class EditorLoader(yaml.SafeLoader):
    """Reads YAML as editors do: by the core schema of YAML 1.2, which knows no dates, no `yes` and no `1:30`."""


EditorLoader.yaml_implicit_resolvers = {}
for _tag, _expression, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    (
        "float",
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        "-+0123456789.",
    ),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
):
    EditorLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_expression})$"), list(_first))


@cache
def validator(*, part: str = "") -> Draft202012Validator:
    """Return what checks a declaration, or the definition named *part*."""
    return Draft202012Validator({"$defs": SCHEMA["$defs"], "$ref": f"#/$defs/{part}"} if part else SCHEMA)
