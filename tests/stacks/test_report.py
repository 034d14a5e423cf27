"""What `make demo` says of the reference workloads before it deploys them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console

from constructs_lib.terraform.engine import App
from stacks.application import build
from stacks.report import report

if TYPE_CHECKING:
    from pathlib import Path


def test_every_component_of_every_workload_is_told_of(tmp_path: Path) -> None:
    workloads = build(App(outdir=str(tmp_path)))
    console = Console(file=io.StringIO(), width=200)

    report(console, workloads)

    said = console.file.getvalue()  # type: ignore[attr-defined]
    assert [
        name for workload in workloads for item in workload.decisions if (name := f" {item.name}: ") not in said
    ] == []
    assert "external card-scheme: built by somebody else" in said
