"""Metrics of CloudWatch that exist only in one place, or only where something makes them: `metrics.toml`, typed."""

from __future__ import annotations

from functools import cache
from typing import Literal

import msgspec

from constructs_lib.catalog.document import read_document

_FILE = "metrics.toml"


class Metric(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Metrics that share what they need.

    Attributes:
        namespace: Their namespace.
        fix: What makes them, as an instruction.
        source: Its source, an id of `sources.toml`.
        names: Their names; none for all of the namespace.
        region: The one Region in which AWS publishes them; None for the Region of what they measure.
        made_by: What has to be there for them.
    """

    namespace: str
    fix: str
    source: str
    names: tuple[str, ...] = ()
    region: str | None = None
    made_by: (
        Literal["monitoring_subscription", "replication_metrics", "request_metrics", "secondary", "replica"] | None
    ) = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    metric: tuple[Metric, ...]


@cache
def metrics(namespace: str, name: str) -> tuple[Metric, ...]:
    """Return what is known of a metric that it needs."""
    found = read_document(_FILE, _File).metric
    return tuple(item for item in found if item.namespace == namespace and (not item.names or name in item.names))
