"""Constructs: components that choose their pattern from an objective, then declare its resources.

The names are loaded on first use: they start the CDK engine.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_lib.constructs.acceptance import Acceptance
    from constructs_lib.constructs.attribute import Attribute
    from constructs_lib.constructs.behavior import Behavior
    from constructs_lib.constructs.bucket import Bucket
    from constructs_lib.constructs.database import Database
    from constructs_lib.constructs.distribution import Distribution
    from constructs_lib.constructs.documents import Documents
    from constructs_lib.constructs.failover_record import FailoverRecord
    from constructs_lib.constructs.lifecycle import Lifecycle
    from constructs_lib.constructs.network import Network
    from constructs_lib.constructs.object_lock import ObjectLock
    from constructs_lib.constructs.projection import Projection
    from constructs_lib.constructs.resiliency_policy import ResiliencyPolicy
    from constructs_lib.constructs.restored_database import RestoredDatabase
    from constructs_lib.constructs.routing import HealthCheckRouting
    from constructs_lib.constructs.secondary_index import GlobalSecondaryIndex, LocalSecondaryIndex
    from constructs_lib.constructs.settlement import Settlement
    from constructs_lib.constructs.sites import Sites
    from constructs_lib.constructs.table import StreamView, Table, TableClass
    from constructs_lib.constructs.table_billing import OnDemand, Provisioned
    from constructs_lib.constructs.vault_lock import VaultLock
    from constructs_lib.constructs.workload import Workload

__all__ = [
    "Acceptance",
    "Attribute",
    "Behavior",
    "Bucket",
    "Database",
    "Distribution",
    "Documents",
    "FailoverRecord",
    "GlobalSecondaryIndex",
    "HealthCheckRouting",
    "Lifecycle",
    "LocalSecondaryIndex",
    "Network",
    "ObjectLock",
    "OnDemand",
    "Projection",
    "Provisioned",
    "ResiliencyPolicy",
    "RestoredDatabase",
    "Settlement",
    "Sites",
    "StreamView",
    "Table",
    "TableClass",
    "VaultLock",
    "Workload",
]

_MODULE_OF = {
    "Acceptance": "acceptance",
    "Attribute": "attribute",
    "Behavior": "behavior",
    "Bucket": "bucket",
    "Database": "database",
    "Distribution": "distribution",
    "Documents": "documents",
    "FailoverRecord": "failover_record",
    "GlobalSecondaryIndex": "secondary_index",
    "HealthCheckRouting": "routing",
    "ResiliencyPolicy": "resiliency_policy",
    "Lifecycle": "lifecycle",
    "LocalSecondaryIndex": "secondary_index",
    "Network": "network",
    "ObjectLock": "object_lock",
    "OnDemand": "table_billing",
    "Projection": "projection",
    "Provisioned": "table_billing",
    "RestoredDatabase": "restored_database",
    "Settlement": "settlement",
    "Sites": "sites",
    "StreamView": "table",
    "Table": "table",
    "TableClass": "table",
    "VaultLock": "vault_lock",
    "Workload": "workload",
}


def __getattr__(name: str) -> object:
    module = _MODULE_OF.get(name)
    if module is None:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value: object = getattr(importlib.import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
