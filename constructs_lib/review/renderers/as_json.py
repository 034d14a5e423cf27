"""The review as JSON, whose schema is `docs/review.schema.json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from constructs_lib.assessment import Verdict
from constructs_lib.objectives.as_data import objective_as_data

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.assessment import Assessment
    from constructs_lib.review.component_review import ComponentReview
    from constructs_lib.review.disruption_review import DisruptionReview
    from constructs_lib.review.evidence import BesideReview
    from constructs_lib.review.finding import Finding
    from constructs_lib.review.link import Link
    from constructs_lib.review.review import Review

__all__ = ["render_json", "render_with_measured", "review_as_data"]


def render_json(review: Review) -> str:
    """Return the review as JSON text, the same for the same review."""
    return render_with_measured(review, ())


def render_with_measured(review: Review, measured: Sequence[BesideReview]) -> str:
    """Return the review as JSON text; each component has what was *measured* of it."""
    # The encoder of the standard library that indents is written in Python, and took as long as the review.
    return f"{msgspec.json.format(msgspec.json.encode(review_as_data(review, measured)), indent=2).decode()}\n"


def review_as_data(review: Review, measured: Sequence[BesideReview] = ()) -> dict[str, Any]:
    """Return the review as plain data."""
    beside: dict[str, dict[str, Any]] = {}
    for row in measured:
        beside.setdefault(row.address, {})[row.disruption.value] = row.as_data()
    return {
        "schema_version": review.schema_version,
        "verdict": review.verdict.value,
        "plans": [
            {
                "name": plan.name,
                "kind": plan.kind,
                "format_version": plan.format_version,
                "terraform_version": plan.terraform_version,
                "complete": plan.complete,
                "errored": plan.errored,
                "components": plan.components,
            }
            for plan in review.plans
        ],
        "changes": review.changes,
        "components": [
            _component(item) | ({"measured": beside[item.address]} if item.address in beside else {})
            for item in review.components
        ],
        "findings": [_finding(item) for item in review.findings],
        "inventory": [
            {
                "subject": item.subject,
                "reason": item.reason,
                "count": item.count,
                "addresses": list(item.addresses),
            }
            for item in review.inventory
        ],
    }


def _component(item: ComponentReview) -> dict[str, Any]:
    return {
        "address": item.address,
        "kind": item.kind.value,
        "workload": item.workload,
        "name": item.name,
        "engine": item.engine,
        "region": item.region,
        "region_before": item.region_before,
        "region_after": item.region_after,
        "status": item.status,
        "replaced": item.replaced,
        "verdict": item.verdict.value,
        "objective": objective_as_data(item.objective),
        "before": None if item.before is None else _side(item.before, item.disruptions, after=False),
        "after": None if item.after is None else _side(item.after, item.disruptions, after=True),
        "elsewhere": item.elsewhere,
        "cheapest_change": item.cheapest_change,
        "protections": {
            "before": [_link(link) for link in item.links_before],
            "after": [_link(link) for link in item.links_after],
        },
        "members": list(item.members),
    }


def _side(side: Assessment, disruptions: tuple[DisruptionReview, ...], *, after: bool) -> dict[str, Any]:
    found = {}
    for item in disruptions:
        estimate = side.estimates[item.disruption]
        verdict = item.after_verdict if after else item.before_verdict
        # What Terraform lets go of was there before, and known.
        hidden = item.elsewhere and (after or not item.let_go)
        # An error about what answers there breaks the promise, whatever the figures are.
        proved = after and verdict is Verdict.BREACHED and estimate.verdict(item.target) is not Verdict.BREACHED
        because = [item.reason] if hidden or proved else []
        found[item.disruption.value] = {
            "rto_seconds": None if hidden else estimate.rto_seconds,
            "rpo_seconds": None if hidden else estimate.rpo_seconds,
            "confidence": "unknown" if hidden else estimate.confidence.value,
            "verdict": None if verdict is None else verdict.value,
            "unbounded": estimate.lost and not hidden,
            "automatic": estimate.automatic,
            "mechanism": estimate.mechanism,
            "reasons": because if hidden else [*because, *(str(reason) for reason in estimate.reasons)],
        }
    return found


def _link(link: Link) -> dict[str, Any]:
    return {
        "mechanism": link.mechanism,
        "title": link.title,
        "region": link.region,
        "address": link.address,
        "counted": link.counted,
        "uncertain": link.uncertain,
        "doubts": list(link.doubts),
        "change": link.change,
    }


def _finding(item: Finding) -> dict[str, Any]:
    waiver = item.waived_by
    return {
        "id": item.id,
        "severity": item.severity.value,
        "title": item.title,
        "address": item.address,
        "component": next(iter(item.components), None),
        "components": list(item.components),
        "workload": item.workload,
        "disruption": item.disruptions[0].value if len(item.disruptions) == 1 else None,
        "disruptions": [disruption.value for disruption in item.disruptions],
        "message": item.message,
        "fix": item.fix,
        "documentation": item.documentation,
        "standing": item.standing,
        "waived_by": None
        if waiver is None
        else {"owner": waiver.owner, "expires": waiver.expires.isoformat(), "reason": waiver.reason},
    }
