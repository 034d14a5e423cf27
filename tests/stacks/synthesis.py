"""Synthesizes an app in a process of its own, with the engine asked for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[2]


def synthesize(program: str, directory: Path, engine: str) -> Mapping[str, Any]:
    """Run *program* with *engine* in *directory*; return each stack's Terraform by name, without what varies.

    Left out are the engine's own version and the path of the local state, which is absolute.
    """
    environment = {**os.environ, "CDKTF_DR_ENGINE": engine, "CDKTF_DR_QUIET": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    manifest = json.loads((directory / "cdktf.out" / "manifest.json").read_text(encoding="utf-8"))
    return {name: _settled(directory / "cdktf.out" / "stacks" / name / "cdk.tf.json") for name in manifest["stacks"]}


def _settled(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for name in ("version", "overrides"):
        content["//"]["metadata"].pop(name, None)
    content["terraform"]["backend"]["local"].pop("path", None)
    for state in content.get("data", {}).get("terraform_remote_state", {}).values():
        state["config"].pop("path", None)
    return content
