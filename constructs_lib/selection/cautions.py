"""What to know about a choice before building it: what its verdicts do not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.assessment.silence import silence_promised
from constructs_lib.catalog.limits import limit
from constructs_lib.catalog.regions import shared_disaster
from constructs_lib.objectives import Disruption, format_duration
from constructs_lib.selection.request import recovery_standby

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.selection.choice import Candidate
    from constructs_lib.selection.request import Request


def cautions(request: Request, chosen: Candidate) -> Iterator[str]:
    """Yield one sentence for each thing to know about *chosen*."""
    if chosen.pattern.caution is not None:
        yield chosen.pattern.caution
    yield from _undeclared_software(chosen)
    yield from _wider(request, chosen)
    yield from _alone_after_failover(request, chosen)
    yield from _scales_up(request, chosen)
    yield from _shared_disaster(request, chosen)
    yield from _quota(request, chosen)
    if (silent := silence_promised(chosen.assessment)) is not None:
        yield silent


def _undeclared_software(chosen: Candidate) -> Iterator[str]:
    """Corruption is in no shorthand; whoever asks for an RPO of 0 should not find weekly backups later."""
    objective = chosen.assessment.objective
    if objective is None or objective.software is not None or not objective.targets():
        return
    promised = max(target.rpo for _, target in objective.targets())
    estimate = chosen.assessment.estimates[Disruption.SOFTWARE]
    if estimate.lost:
        lost = "nothing would bring the data back"
    elif estimate.rpo_seconds is None:
        lost = "how much they would lose is not known"
    elif estimate.rpo_seconds > promised:
        lost = f"they would lose up to {format_duration(estimate.rpo_seconds)}"
    else:
        return
    yield (
        f"no target for corruption and deletion (software) is declared, and {lost}, where the RPO declared for the "
        f"rest is at most {format_duration(promised)}; declare one to choose for it too"
    )


def _wider(request: Request, chosen: Candidate) -> Iterator[str]:
    narrower = [
        disruption.value
        for disruption, _ in request.objective.targets()
        if chosen.assessment.estimates[disruption].wider
    ]
    if narrower:
        yield (
            f"the loss of less than the Region ({', '.join(narrower)}) is answered by a failover to "
            f"{request.recovery_region}, and a failback afterwards; the assumption wider_recovery, set to false, rules "
            f"that out"
        )


def _alone_after_failover(request: Request, chosen: Candidate) -> Iterator[str]:
    """Targets for the loss of less than a Region are kept where the writer is now; after a failover it is elsewhere."""
    protections = ((chosen.component.protection(name), wanted) for name, wanted in recovery_standby().items())
    one = any(
        part is not None and any(part.parameters.get(name, value) != value for name, value in wanted.items())
        for part, wanted in protections
    )
    if one and (request.objective.zone or request.objective.hardware):
        yield (
            f"one instance takes over in {request.recovery_region}: after a failover the loss of a zone there is not "
            f"answered as it is here, until a standby is added; ask for a recovery standby to have one beforehand"
        )


def _scales_up(request: Request, chosen: Candidate) -> Iterator[str]:
    """What is new or idle has the least capacity first, however much the writer had."""
    usage, secondary = chosen.rung.usage, chosen.component.protection("global_database")
    if usage.is_serverless:
        least = usage.least_capacity(global_primary=secondary is not None)
        yield (
            f"it is built on Aurora Serverless v2, {least:f} to {usage.most_acus:f} capacity units (ACU), as "
            f"{usage.average_acus:f} are declared on average: a writer that is made anew, and a restore, start at the "
            f"least and scale up, which the planned times of 15 min and more are taken to hold"
        )
    if secondary is not None and secondary.parameters.get("serverless"):
        least = usage.least_capacity(global_primary=False)
        idle = "is given an instance that starts at" if secondary.parameters.get("headless") else "is billed at"
        yield (
            f"what takes over in {request.recovery_region} is on Aurora Serverless v2 and {idle} {least:f} ACU: to "
            f"follow the writes may take more, and after a failover it scales up, to {usage.most_acus:f} at most"
        )


def _shared_disaster(request: Request, chosen: Candidate) -> Iterator[str]:
    """Two Regions that were lost together are no two sites."""
    for region in sorted({item.region for item in chosen.component.protections if item.region is not None}):
        event = shared_disaster(request.region, region)
        if event is not None:
            yield (
                f"{request.region} and {region} were lost together on {event.date}: {event.because}; a recovery Region "
                f"further away survives what takes both"
            )


def _quota(request: Request, chosen: Candidate) -> Iterator[str]:
    default = limit("dsql.storage_default_gb")
    if chosen.component.engine == "dsql" and request.usage.size_gb > (default.most or 0):
        yield f"DSQL holds at most {default.most:,} GB ({default.because}); ask for it before building"
