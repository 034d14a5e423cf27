"""Disaster-recovery patterns on AWS, chosen from a declared RTO and RPO, as CDKTF constructs.

Importing this package loads neither the CDK engine nor boto3: the public names are loaded on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_lib.assessment import Assessment, Estimate, Verdict, assess
    from constructs_lib.availability import Availability, parse_availability
    from constructs_lib.components import Component, Kind, Protection
    from constructs_lib.constructs import (
        Acceptance,
        Attribute,
        Behavior,
        Bucket,
        Database,
        Distribution,
        Documents,
        GlobalSecondaryIndex,
        HealthCheckRouting,
        Lifecycle,
        LocalSecondaryIndex,
        Network,
        ObjectLock,
        OnDemand,
        Projection,
        Provisioned,
        RestoredDatabase,
        Sites,
        Table,
        VaultLock,
        Workload,
    )
    from constructs_lib.costs import Usage, monthly_cost
    from constructs_lib.errors import InfeasibleError, InputError, RecoveryError
    from constructs_lib.objectives import TIERS, Assumptions, Disruption, Objective, Target, tier
    from constructs_lib.selection import Choice, Request, choose

__all__ = [
    "TIERS",
    "Acceptance",
    "Assessment",
    "Assumptions",
    "Attribute",
    "Availability",
    "Behavior",
    "Bucket",
    "Choice",
    "Component",
    "Database",
    "Disruption",
    "Distribution",
    "Documents",
    "Estimate",
    "GlobalSecondaryIndex",
    "HealthCheckRouting",
    "InfeasibleError",
    "InputError",
    "Kind",
    "Lifecycle",
    "LocalSecondaryIndex",
    "Network",
    "ObjectLock",
    "Objective",
    "OnDemand",
    "Projection",
    "Protection",
    "Provisioned",
    "RecoveryError",
    "Request",
    "RestoredDatabase",
    "Sites",
    "Table",
    "Target",
    "Usage",
    "VaultLock",
    "Verdict",
    "Workload",
    "assess",
    "choose",
    "monthly_cost",
    "parse_availability",
    "tier",
]

_ROOMS = {
    "assessment": ("Assessment", "Estimate", "Verdict", "assess"),
    "availability": ("Availability", "parse_availability"),
    "components": ("Component", "Kind", "Protection"),
    "constructs": (
        "Acceptance",
        "Attribute",
        "Behavior",
        "Bucket",
        "Database",
        "Distribution",
        "Documents",
        "GlobalSecondaryIndex",
        "HealthCheckRouting",
        "Lifecycle",
        "LocalSecondaryIndex",
        "Network",
        "ObjectLock",
        "OnDemand",
        "Projection",
        "Provisioned",
        "RestoredDatabase",
        "Sites",
        "Table",
        "VaultLock",
        "Workload",
    ),
    "costs": ("Usage", "monthly_cost"),
    "errors": ("InfeasibleError", "InputError", "RecoveryError"),
    "objectives": ("TIERS", "Assumptions", "Disruption", "Objective", "Target", "tier"),
    "selection": ("Choice", "Request", "choose"),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> object:
    room = _ROOM_OF.get(name)
    if room is None:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value: object = getattr(importlib.import_module(f"{__name__}.{room}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
