"""The failover records of a workload, counted for what the declaration names beside them in the same workload."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from constructs_lib.assessment.path import ROUTING
from constructs_lib.components import Kind
from constructs_lib.plan.kinds.failover_record import ROUTED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.components import Component, Protection
    from constructs_lib.review.reviewed_component import ReviewedComponent

__all__ = ["routed"]


def routed(components: Mapping[str, ReviewedComponent]) -> dict[str, ReviewedComponent]:
    """Return *components*, those of a workload of the declaration with the failover records that it names as well.

    The tags of a health check say whose it is; a declaration that names records and database in one workload does too.
    """
    records: dict[str | None, list[ReviewedComponent]] = {}
    for item in components.values():
        if item.either.kind is Kind.RECORD and item.declared_by == "declaration":
            records.setdefault(item.workload, []).append(item)
    if not records:
        return dict(components)
    return {
        address: replace(
            item,
            before=_with(item.before, [record.before for record in records[item.workload]]),
            after=_with(item.after, [record.after for record in records[item.workload]]),
        )
        if item.workload in records and item.either.kind in ROUTED and item.declared_by == "declaration"
        else item
        for address, item in components.items()
    }


def _with(component: Component | None, records: Sequence[Component | None]) -> Component | None:
    if component is None or any(item.mechanism == ROUTING for item in component.protections):
        return component
    turned: tuple[Protection, ...] = tuple(
        item for record in records if record is not None for item in record.protections if item.mechanism == ROUTING
    )
    return replace(component, protections=(*component.protections, *turned)) if turned else component
