"""Whether RDS may take the role that its Enhanced Monitoring is given: it makes no database with another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.review.checks.roles.granted import ROLE, assumable
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.plan_under_review import PlanUnderReview

_MONITORED: Final = ("aws_db_instance", "aws_rds_cluster_instance", "aws_rds_cluster")
_SERVICE: Final = "monitoring.rds.amazonaws.com"


def monitoring_role(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield the databases that the plan makes, or changes, with a role that RDS may not assume."""
    for database in under_review.after(*_MONITORED):
        if database.address not in under_review.changes:
            continue
        role = under_review.target(database, "monitoring_role_arn", ROLE)
        concern, reviewed = under_review.concerns(database.address)
        if concern and role is not None and assumable(under_review, role, _SERVICE) == "denied":
            values = {"role": role.address, "service": _SERVICE}
            yield Found(id="RECOVERY-218", address=database.address, reviewed=reviewed, values=values)
