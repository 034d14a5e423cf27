"""The record of an operation, made from its journal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.assessment.evidence import (
    SCHEMA_VERSION,
    Checked,
    Evidence,
    EvidenceKind,
    Measured,
    Tried,
    design_of,
)
from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.components import Kind
from constructs_lib.documents.fingerprint import design_fingerprint
from constructs_lib.errors import InputError, RefusedError
from constructs_lib.objectives import Disruption
from constructs_lib.objectives.as_data import target_as_data
from constructs_lib.operations.ask import has_zone, moment_of
from constructs_lib.operations.objects import SAMPLE
from constructs_lib.procedures import Part
from constructs_lib.procedures.command import search

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from constructs_lib.documents.documented_workload import DocumentedComponent, DocumentedWorkload
    from constructs_lib.operations.journal import Journal
    from constructs_lib.operations.plan import ComponentPlan, Plan

__all__ = ["LASTS", "kind_of", "record_of", "tool"]

LASTS: Final = timedelta(days=365)
"""How long a record counts unless said otherwise: DORA and PCI DSS ask for a test a year."""

_STRONGEST: Final = {
    "drill": EvidenceKind.ISOLATED_RESTORE,
    "restore": EvidenceKind.ISOLATED_RESTORE,
    "failover": EvidenceKind.LIVE_FAILOVER,
    "failback": EvidenceKind.LIVE_SWITCHOVER,
}
_PARTS: Final = ("detect", "decide", "act", "propagate", "verify")
_MOMENTS: Final = ("lost", "detected", "decided", "served")
_RESTORABLE: Final = (
    ("source_backups", "LatestRestorableDateTime"),
    ("source", "LatestRestorableTime"),
)
"""Where a source says to which moment it can be restored."""
_AURORA: Final = "aurora"
_ALLOCATED: Final = "AllocatedStorage"
_SIZES: Final = (
    ("TableSizeBytes", 1024**3, "TableSizeBytes, which DynamoDB counts every six hours or so,"),
    (_ALLOCATED, 1, _ALLOCATED),
)


def kind_of(journal: Mapping[str, Any], claimed: str | None = None) -> EvidenceKind:
    """Return what an operation proves: what was claimed, if it is not more than the operation can prove.

    What answered decides first: anything that is not AWS itself, or of which that is not known, is simulated.

    Args:
        journal: What the journal holds.
        claimed: What it is to be called: a weaker kind, or an incident where the workload really was lost. Default:
            the strongest that it can be.

    Raises:
        RefusedError: If more is claimed than it proves.
        InputError: If there is no such kind.
    """
    strongest = _STRONGEST[journal["command"]]
    if journal.get("simulated", True):
        strongest = EvidenceKind.SIMULATED
    if claimed is None:
        return strongest
    try:
        kind = EvidenceKind(claimed)
    except ValueError:
        msg = f"there is no kind of evidence {claimed!r}; there are {', '.join(EvidenceKind)}"
        raise InputError(msg) from None
    allowed = kind.rank <= strongest.rank or (kind is EvidenceKind.INCIDENT and strongest is EvidenceKind.LIVE_FAILOVER)
    if not allowed or (kind is EvidenceKind.SIMULATED and strongest is not kind):
        msg = f"{journal['id']} is {strongest.value}, and cannot be recorded as {kind.value}"
        raise RefusedError(msg)
    return kind


def record_of(
    plan: Plan,
    journal: Journal,
    workload: DocumentedWorkload,
    disruption: Disruption,
    *,
    kind: EvidenceKind,
    previous: str | None,
    checks: Iterable[Checked] = (),
    deviations: Iterable[str] = (),
    not_covered: Iterable[str] = (),
    cleanup: Mapping[str, Any] | None = None,
    moments: Mapping[str, str] | None = None,
    people: Mapping[str, str] | None = None,
    lost: Mapping[str, tuple[float | None, str]] | None = None,
    lasts: timedelta = LASTS,
) -> Evidence:
    """Return the record of an operation.

    Args:
        plan: What it was to do.
        journal: What was done.
        workload: The workload as the stacks tell it.
        disruption: The disruption that it is about.
        kind: What it proves, from `kind_of`.
        previous: The digest of the newest record of the chain; None: there is none.
        checks: What was looked at in the data.
        deviations: What was otherwise than planned.
        not_covered: What was not tried, and why.
        cleanup: What was removed, and how that is proven.
        moments: `lost`, `detected`, `decided`, `served`: RFC 3339, where somebody or something noted them.
        people: `planned`, `decided`, `approved`: by whom.
        lost: What was measured otherwise to be lost at most, in seconds, and how, by component; None: not known.
        lasts: How long it counts.

    Raises:
        InputError: If a moment is none, cannot be, or comes before the one that it follows.
    """
    content = journal.content
    times = {"began": content["began"], **_moments(moments or {}, content["began"])}
    ended = content["closed"] or _last(content["components"].values())
    times["ended"] = ended or content["began"]
    by_name = {item.name: item for item in workload.components}
    checks = list(checks)
    tried = [_tried(item, by_name[item.name], content, times, checks, lost or {}) for item in plan.components]
    failed = content["closed"] is None or journal.given_up is not None or not all(check.passed for check in checks)
    measured = _whole(plan, tried)
    target = workload.objective.target(disruption)
    missing = [f"{name}: {why}" for name, why in plan.without.items()]
    if not checks:
        missing.append("the data: no check of the application was given")
    return Evidence(
        schema_version=SCHEMA_VERSION,
        id=journal.id,
        kind=kind,
        workload=plan.workload,
        disruption=disruption.value,
        fingerprint=design_fingerprint(workload),
        objective=None if target is None else target_as_data(target),
        times=times,
        measured=measured,
        checks=checks,
        deviations=[*deviations, *_deviations(content)],
        not_covered=[*not_covered, *missing],
        cleanup=None if cleanup is None else dict(cleanup),
        expires=(datetime.now(UTC) + lasts).date().isoformat(),
        previous_sha256=previous,
        verdict="failed"
        if failed
        else _verdict(kind, measured, target, _between(times.get("lost"), times.get("served"))),
        components=tried,
        people={"ran": str(content.get("by", "")), **(people or {})},
        account=next(
            (str(found) for part in content["components"].values() if (found := part["kept"].get("account"))), None
        ),
        regions=[region for region in (workload.primary, workload.recovery) if region is not None],
        tool=tool(),
    )


def tool() -> str:
    """Return what writes records, with its version."""
    return f"drctl {version('cdktf-dr')}"


# ---------------------------------------------------------------- one component


def _tried(
    item: ComponentPlan,
    documented: DocumentedComponent,
    content: Mapping[str, Any],
    times: Mapping[str, str],
    checks: Iterable[Checked],
    lost: Mapping[str, tuple[float | None, str]],
) -> Tried:
    written = content["components"].get(item.name, {"kept": {}, "steps": {}})
    rto, how = _parts(item, written, content["began"], times, checks)
    rpo, why = lost[item.name] if item.name in lost else _lost(item, written["kept"], content)
    size, size_from = _size(written["kept"], documented)
    main = types_that("placeholder")
    return Tried(
        name=item.name,
        kind=item.kind,
        address=next(
            (member.address for member in documented.members if (known := main.get(member.type)) and known.main), None
        ),
        mechanism=item.procedure.mechanism,
        design=design_of(documented.component, item.procedure.mechanism),
        size_gb=size,
        size_from=size_from,
        measured=Measured(rto_seconds=rto, rpo_seconds_at_most=rpo, how=[*how, why]),
        differences=content.get("differences", {}).get(item.name, []),
        steps=[
            {"id": step.id, "part": step.part.value, **_step(written["steps"].get(step.id, {}))} for step in item.steps
        ],
    )


def _step(entry: Mapping[str, Any]) -> dict[str, Any]:
    wanted = ("state", "call", "region", "began", "called", "ended", "attempts", "request_id", "observed", "error")
    return {name: entry[name] for name in wanted if entry.get(name) is not None}


def _parts(
    item: ComponentPlan,
    written: Mapping[str, Any],
    began: str,
    times: Mapping[str, str],
    checks: Iterable[Checked],
) -> tuple[dict[str, float | None], list[str]]:
    """Return the seconds of each part, and how they are known.

    A part is timed from the end of the one before it, retries and interruptions included, so that it is never shown
    shorter than it was.
    """
    ends: dict[Part, str] = {}
    for step in item.steps:
        ended = written["steps"].get(step.id, {}).get("ended")
        if ended and not (step.by_hand and step.part is Part.PROPAGATE):
            ends[step.part] = max(ended, ends.get(step.part, ended))
    unfinished = {
        step.part
        for step in item.steps
        if written["steps"].get(step.id, {}).get("state") not in ("done", "not needed", "not reached", "yours to do")
    }
    # Before a loss nobody waits for the fence; after one it is a part of what callers waited for.
    start = times.get("decided") or (began if "detected" in times else ends.get(Part.FENCE, began))
    back = Part.ACT if Part.ACT in ends else Part.BACK
    acted = None if back in unfinished else _between(start, ends.get(back))
    looked = None if Part.VERIFY in unfinished else _between(ends.get(back), ends.get(Part.VERIFY))
    checked = sum(check.seconds or 0 for check in checks if check.component in ("", item.name))
    parts = {
        "detect": _between(times.get("lost"), times.get("detected")),
        "decide": _between(times.get("detected"), times.get("decided") or (began if "detected" in times else None)),
        "act": acted,
        "propagate": _between(ends.get(back), times.get("served")),
        "verify": None if looked is None else round(looked + checked, 3),
    }
    how = [
        "act: from the decision, where one is noted, else from the operation's begin, or the end of its fence, to the "
        "end of its last step that acts"
    ]
    how += [f"{part}: not timed" for part, seconds in parts.items() if seconds is None]
    return parts, how


def _between(start: str | None, end: str | None) -> float | None:
    one, other = moment_of(start), moment_of(end)
    return None if one is None or other is None else round(max(0.0, (other - one).total_seconds()), 3)


def _lost(item: ComponentPlan, kept: Mapping[str, Any], content: Mapping[str, Any]) -> tuple[float | None, str]:
    """Return what was lost at most, and how that is known."""
    lag = content.get("lag_seconds", {}).get(item.name)
    if lag is not None:
        # The clocks of two Regions, or of this machine and AWS, are not one.
        return max(0.0, float(lag)), f"loss: the lag of the copy when {content['id']} began, as AWS told it"
    if "moment" in item.names:
        return None, "loss: not known: the moment was given"
    for name, path in _RESTORABLE:
        restorable = moment_of(search(path, kept.get(name) or {}))
        began = moment_of(content["began"])
        if restorable is not None and began is not None and item.names.get("latest"):
            seconds = max(0.0, (began - restorable).total_seconds())
            return round(seconds, 3), f"loss: {path} of the source was {restorable.isoformat()} when it began"
    return None, "loss: not known: AWS told no recovery point of it"


def _size(kept: Mapping[str, Any], documented: DocumentedComponent) -> tuple[float | None, str]:
    if kept.get(SAMPLE) is not None:
        return round(kept[SAMPLE]["bytes"] / 1024**3, 6), "the sample that was copied"
    for name, whose in (("source", "of the source"), ("source_restored", "of what was restored")):
        for path, unit, told in _SIZES:
            found = search(path, kept.get(name) or {})
            # Of Aurora AWS always tells 1, since its storage grows by itself.
            if found is not None and not (
                path == _ALLOCATED and (documented.component.engine or "").startswith(_AURORA)
            ):
                return round(float(found) / unit, 6), f"{told} {whose}"
    return None, f"not told by AWS; {documented.component.size_gb} GB are declared"


# ---------------------------------------------------------------- the whole


def _whole(plan: Plan, tried: Sequence[Tried]) -> Measured:
    """Return the worst of the components.

    With some AWS goes on by itself: nothing was done there that could be timed, and until when callers were not served
    is noted for the whole. What holds no data loses none.
    """
    kinds = load_catalog().kinds
    by_itself = {item.name for item in plan.components if item.procedure.automatic}
    acted = [item for item in tried if item.name not in by_itself] or tried
    holding = [item for item in tried if kinds[Kind(item.kind)].layer == "data"] or tried
    how = "each the worst of the components, which go side by side; not known where one is not"
    left = sorted(by_itself & {item.name for item in tried if item not in acted})
    if left:
        how += f"; AWS goes on by itself with {', '.join(left)}, where nothing was done that could be timed"
    return Measured(
        rto_seconds={part: _max([item.measured.rto_seconds[part] for item in acted]) for part in _PARTS},
        rpo_seconds_at_most=_max([item.measured.rpo_seconds_at_most for item in holding]),
        how=[how],
    )


def _max(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return max(known) if known and len(known) == len(values) else None


def _verdict(kind: EvidenceKind, measured: Measured, target: Any, whole: float | None) -> str:
    """Return the verdict of what was measured alone: what was not timed, or only simulated, is not met.

    Args:
        kind: What it proves.
        measured: What was measured.
        target: What was promised; None: nothing.
        whole: Seconds from the loss until callers were served again; None: one of both was not noted.
    """
    if target is None:
        return "undeclared"
    if not kind.counts:
        return "unknown"
    timed = [measured.rto_seconds[part] for part in ("detect", "decide", "act", "propagate")]
    if (
        max(sum(seconds or 0 for seconds in timed), whole or 0) > target.rto
        or (measured.rpo_seconds_at_most or 0) > target.rpo
    ):
        return "breached"
    return "unknown" if None in timed or measured.rpo_seconds_at_most is None else "met"


def _moments(given: Mapping[str, str], began: str) -> dict[str, str]:
    """Return the moments in UTC: in their order, and none that cannot be, as where a time zone is mistaken."""
    found: dict[str, str] = {}
    before: tuple[str, datetime] | None = None
    for name in _MOMENTS:
        if given.get(name) is None:
            continue
        moment = moment_of(given[name])
        if moment is None:
            msg = f"the moment {name!r} is {given[name]!r}; give one such as 2026-11-23T10:14:00Z"
            raise InputError(msg)
        if not has_zone(given[name]):
            msg = f"the moment {name!r} is {given[name]!r}, in no time zone; give one such as 2026-11-23T10:14:00Z"
            raise InputError(msg)
        if before is not None and moment < before[1]:
            msg = f"the moment {name!r} ({given[name]}) is before {before[0]!r}; give them in their order"
            raise InputError(msg)
        start = moment_of(began)
        if name != "served" and start is not None and moment > start:
            msg = (
                f"the moment {name!r} ({given[name]}) is after the operation began ({began}); give it in its time zone"
            )
            raise InputError(msg)
        if moment > datetime.now(UTC):
            msg = f"the moment {name!r} ({given[name]}) is still to come; give it in its time zone"
            raise InputError(msg)
        before = (name, moment)
        found[name] = moment.astimezone(UTC).isoformat()
    return found


def _deviations(content: Mapping[str, Any]) -> list[str]:
    """Return what the journal tells of calls made more than once, of what was not reached, and of who gave it up."""
    given_up = content.get("given_up")
    found = [f"given up at {given_up['at']} by {given_up['by']}"] if given_up else []
    for name, part in content["components"].items():
        for step, entry in part["steps"].items():
            if entry.get("attempts", 0) > 1:
                found.append(f"{name}: {step} was called {entry['attempts']} times")
            if entry["state"] not in ("done", "not needed", "yours to do"):
                found.append(f"{name}: {step} was left {entry['state']}")
    return found


def _last(components: Iterable[Mapping[str, Any]]) -> str | None:
    return max(
        (entry["ended"] for part in components for entry in part["steps"].values() if entry.get("ended")), default=None
    )
