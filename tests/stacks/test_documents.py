"""The documents kept by the reference stacks are those that would be made of them now."""

from __future__ import annotations

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
