"""The app of the reference workloads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib import Dashboard, RecoveryAtRisk
from stacks.archive import archive
from stacks.documents import keep_documents
from stacks.payments import payments
from stacks.reporting import reporting
from stacks.storefront import storefront

if TYPE_CHECKING:
    from constructs_lib import Workload
    from constructs_lib.terraform.engine import App


def build(app: App) -> tuple[Workload, ...]:
    """Build all four in *app*, from the strictest to the loosest, each with its documents and what shows its state."""
    workloads = payments(app), storefront(app), reporting(app), archive(app)
    for workload in workloads:
        keep_documents(workload)
        Dashboard(workload, "dashboard")
        RecoveryAtRisk(workload, "at-risk")
    return workloads
