"""What the constructs build is not called wrong once it is live: a plan's arguments are more than AWS tells."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.declaration.declaration import parse_declaration
from constructs_lib.operations.auditing.audit import audit
from tests.operations.seeded import HOME, RECOVERY
from tests.operations.test_audit import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.emulator import EmulatedAws

pytestmark = pytest.mark.emulator

LIVE: list[tuple[str, dict[str, Any]]] = [
    ("bucket", {"pattern": "two_way_replication"}),
    ("table", {"pattern": "global_table"}),
    ("table", {"pattern": "global_table_strong"}),
    ("table", {"pattern": "global_table_strong_witness"}),
    ("database", {"engine": "postgres", "pattern": "multi_az_cluster"}),
    ("database", {"engine": "postgres", "pattern": "multi_az_read_replica"}),
    ("database", {"engine": "aurora-postgresql", "pattern": "global_database"}),
    ("database", {"engine": "dsql", "pattern": "dsql_multi_region"}),
    ("filesystem", {"pattern": "replication"}),
    ("service", {"pattern": "in_full"}),
]


@pytest.mark.parametrize("case", LIVE, ids=lambda case: case[1]["pattern"])
def test_what_is_live_as_built_has_no_error(
    case: tuple[str, dict[str, Any]], aws: EmulatedAws, built: Callable[..., DocumentedWorkload]
) -> None:
    workload = built(case[0], **case[1])
    today = datetime.now(UTC).date()
    declaration = parse_declaration("version: 1\n", file="recovery.yaml", today=today)

    found = audit((HOME, RECOVERY), declaration, today=today, session=Session(aws))

    own = [item for item in found.review.findings if f"{workload.name}-" in item.address]
    assert [(item.id, item.message) for item in own if item.severity.value == "error"] == []
