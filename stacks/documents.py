"""The documents of the reference workloads, kept in both Regions.

They lie in `documents/` beside this file; `make documents` makes them anew, and `drctl docs check` says whether that is
due: after a change of an objective, a stack, the catalog or a template.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from constructs_lib.constructs.evidence.document_store import DocumentStore

if TYPE_CHECKING:
    from constructs_lib import Workload

DIRECTORY = Path(__file__).with_name("documents")


def keep_documents(workload: Workload) -> DocumentStore:
    """Put the workload's runbook and agreement into a bucket of each Region."""
    files = [DIRECTORY / f"{workload.name}-{kind}.md" for kind in ("runbook", "sla")]
    return DocumentStore(workload, "runbooks", files=files)
