"""The numbers of a promise that a database's alarms ring at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.objectives import Disruption

if TYPE_CHECKING:
    from constructs_lib.constructs.workload.settlement import Settlement


def region_rpo_seconds(settlement: Settlement) -> int:
    """Return how far the copy in the recovery Region may lag: the RPO promised for a Region, else the one estimated.

    A promise of zero is never kept by a copy that lags at all; then the estimate counts too.
    """
    target = _target(settlement, Disruption.REGION)
    promised = None if target is None else target[1]
    return promised or settlement.assessment.estimates[Disruption.REGION].rpo_seconds or 0


def zone_rto_seconds(settlement: Settlement) -> int:
    """Return how long the loss of a zone may be felt: the RTO promised, else the one estimated."""
    target = _target(settlement, Disruption.ZONE)
    promised = None if target is None else target[0]
    return promised or settlement.assessment.estimates[Disruption.ZONE].rto_seconds or 0


def _target(settlement: Settlement, disruption: Disruption) -> tuple[int, int] | None:
    objective = settlement.assessment.objective
    target = None if objective is None else objective.target(disruption)
    return None if target is None else (target.rto, target.rpo)
