"""The documents kept by the reference stacks are those that would be made of them now."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from constructs_lib.documents.documents import check_documents
from constructs_lib.documents.read.gather import gather
from constructs_lib.terraform.engine import App
from stacks.application import build
from stacks.documents import DIRECTORY

if TYPE_CHECKING:
    from pathlib import Path


def test_the_kept_documents_are_true(tmp_path: Path) -> None:
    """After a change of stacks, catalog or templates, make them anew: `stacks/documents.py` says how."""
    app = App(outdir=str(tmp_path))
    build(app)
    app.synth()
    workloads = gather(DIRECTORY.parent / "recovery.yaml", stacks=tmp_path).workloads

    wanted, stale = check_documents(DIRECTORY, workloads)
    assert [str(item) for item in stale] == []
    assert len(wanted) == 17


def test_bash_can_read_every_command_of_the_runbooks() -> None:
    """What belongs to the workload, such as its latch, is in no component's procedure, where each command is tried."""
    for page in sorted(DIRECTORY.glob("*-runbook.md")):
        printed = re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
        assert printed
        found = subprocess.run(["bash", "-n"], input="\n".join(printed), capture_output=True, text=True, check=False)
        assert found.stderr == "", page.name
