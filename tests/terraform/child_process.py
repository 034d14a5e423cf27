"""Run Python in a process of its own: an engine, once loaded, stays for the life of a process."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run_python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run this interpreter in the repository's root; `CDKTF_DR_ENGINE` is unset unless given."""
    inherited = {name: value for name, value in os.environ.items() if name != "CDKTF_DR_ENGINE"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**inherited, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def printed(code: str, **environment: str) -> str:
    """What *code* prints, once it has run without a fault."""
    result = run_python("-c", code, **environment)

    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def require_engines(*engines: str) -> None:
    """Skip the test where one of the engines is not installed."""
    for engine in engines:
        if importlib.util.find_spec(engine) is None:
            pytest.skip(f"needs {engine} installed")
