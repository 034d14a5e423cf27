"""Review: what a plan does to recovery, before and after, with findings."""

from __future__ import annotations

from constructs_lib.catalog.findings import Rule, Severity
from constructs_lib.review.component_review import ComponentReview
from constructs_lib.review.disruption_review import DisruptionReview
from constructs_lib.review.finding import Finding
from constructs_lib.review.link import Link
from constructs_lib.review.review import (
    SCHEMA_VERSION,
    FailOn,
    InventoryLine,
    PlanInfo,
    Review,
    exit_code,
    review,
)
from constructs_lib.review.rules import rules

__all__ = [
    "SCHEMA_VERSION",
    "ComponentReview",
    "DisruptionReview",
    "FailOn",
    "Finding",
    "InventoryLine",
    "Link",
    "PlanInfo",
    "Review",
    "Rule",
    "Severity",
    "exit_code",
    "review",
    "rules",
]
