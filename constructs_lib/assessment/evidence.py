"""Evidence: the record of a drill, a failover or an incident, and the chain that records make.

A record is one JSON file. Each names the SHA-256 of the one before it, so that none can be changed, taken out or put
in unseen, and a file beside them names the newest one, which no other does. Records are not signed: whoever keeps the
digest of the newest one elsewhere can also tell that not all of it was written anew.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import msgspec

from constructs_lib.errors import EvaluationError, InputError
from constructs_lib.objectives import Disruption

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from constructs_lib.components import Component

__all__ = [
    "NEWEST",
    "Checked",
    "Evidence",
    "EvidenceKind",
    "Measured",
    "Tried",
    "design_of",
    "digest_of",
    "named_newest",
    "read_evidence",
]

NEWEST = "newest.sha256"
"""The file that names the newest record by its digest, as `sha256sum --check` reads it."""
SCHEMA_VERSION = 1
_DIGITS = 12
_VERDICTS: Final = ("met", "breached", "unknown", "undeclared", "failed")
_TIMED: Final = ("detect", "decide", "act", "propagate", "verify")
_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class EvidenceKind(StrEnum):
    """What a record proves, from the weakest on. A weaker kind never counts as a stronger one."""

    SIMULATED = "simulated"
    """Against an emulator: order of calls, data and settings; no duration, and nothing that an auditor may count."""
    ISOLATED_RESTORE = "isolated restore"
    LIVE_SWITCHOVER = "live switchover"
    LIVE_FAILOVER = "live failover"
    INCIDENT = "incident"

    @property
    def rank(self) -> int:
        """How strong it is, from 0."""
        return list(EvidenceKind).index(self)

    @property
    def counts(self) -> bool:
        """Whether its figures may stand in place of an estimate."""
        return self is not EvidenceKind.SIMULATED

    def times(self, part: str) -> bool:
        """Whether the time of *part* may stand in place of an estimate: an isolated restore waits for nobody."""
        return self.counts and (part == "act" or self is not EvidenceKind.ISOLATED_RESTORE)


class Measured(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was measured.

    Attributes:
        rto_seconds: Seconds by part (`detect`, `decide`, `act`, `propagate`, `verify`); None: not timed.
        rpo_seconds_at_most: No more than this was lost; None: not known.
        how: How each figure was known.
    """

    rto_seconds: dict[str, float | None]
    rpo_seconds_at_most: float | None
    how: list[str]


class Tried(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One component that was recovered.

    Attributes:
        name: What the workload calls it.
        kind: What it is.
        address: The Terraform address of its main resource; None where it is not known.
        mechanism: The mechanism it was recovered by.
        design: A digest of what it is and of the mechanism, from `design_of`.
        size_gb: How large it was; None: not known, and its time then stands for no size.
        size_from: Where that is from.
        measured: What was measured.
        differences: Settings in which what was restored is not as its source.
        steps: Each step with its call, Region, state, times and AWS's request id.
    """

    name: str
    kind: str
    address: str | None
    mechanism: str
    design: str
    size_gb: float | None
    size_from: str
    measured: Measured
    differences: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []


class Checked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One check of the data.

    Attributes:
        component: The component; empty: the workload.
        what: What was run or compared.
        expected: What should be there.
        found: What was there.
        passed: Whether it held.
        seconds: How long it took; None: not timed.
    """

    component: str
    what: str
    expected: str
    found: str
    passed: bool
    seconds: float | None = None


class Evidence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A record, as it is written.

    Attributes:
        schema_version: 1.
        id: The operation.
        kind: What it proves.
        workload: The workload.
        disruption: The disruption that was recovered from, or that was rehearsed.
        fingerprint: What the workload was made from.
        objective: What was promised for that disruption; None: nothing.
        times: Moments in UTC by name: `began` and `ended` always; `lost`, `detected`, `decided`, `served` where known.
        measured: The worst of the components.
        checks: What was looked at in the data.
        deviations: What was otherwise than planned.
        not_covered: What was not tried, and why.
        cleanup: What was removed and how that is proven; None: nothing was made that had to go.
        expires: The day from which it no longer counts.
        previous_sha256: The digest of the record before it; None: it is the first.
        verdict: `met`, `breached`, `unknown` (of a simulation always) or `undeclared` for the objective; `failed`
            where it did not come to its end, or a check did not pass.
        components: What was recovered.
        people: Who ran it, and who planned, decided and approved where that was told.
        account: The account; None: not asked.
        regions: The Regions, the primary one first.
        tool: The version of this program.
        clock: What clock the times are from.
    """

    schema_version: int
    id: str
    kind: EvidenceKind
    workload: str
    disruption: str
    fingerprint: str
    objective: dict[str, Any] | None
    times: dict[str, str]
    measured: Measured
    checks: list[Checked]
    deviations: list[str]
    not_covered: list[str]
    cleanup: dict[str, Any] | None
    expires: str
    previous_sha256: str | None
    verdict: str
    components: list[Tried]
    people: dict[str, str]
    account: str | None
    regions: list[str]
    tool: str
    clock: str = "this machine's, in UTC"

    @property
    def succeeded(self) -> bool:
        """Whether it came to its end, and every check passed."""
        return self.verdict != "failed"

    def out_of_date(self, today: date) -> str | None:
        """Return why it does not count on *today*, as the end of a sentence; None where it does."""
        if self.expires <= today.isoformat():
            return f"expired on {self.expires}"
        began = datetime.fromisoformat(self.times["began"]).astimezone(UTC).date()
        return f"began on {began}, which is still to come" if began > today else None


def design_of(component: Component, mechanism: str) -> str:
    """Return a digest of what a component is, and of *mechanism*, by which it is recovered; whatever it is called."""
    protections = sorted(
        f"{item.mechanism}@{item.region}" for item in component.protections if item.mechanism == mechanism
    )
    text = "|".join([component.kind.value, component.engine or "", component.region or "", *protections])
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of a record's file."""
    return hashlib.sha256(content).hexdigest()


def read_evidence(directory: Path) -> tuple[tuple[Evidence, str], ...]:
    """Return the records in *directory* with their digests, in the order of the chain.

    Raises:
        InputError: If there is no such directory, a record is none, or the chain is broken.
        EvaluationError: If a file cannot be read.
    """
    if not directory.is_dir():
        msg = f"there is no directory of evidence {str(directory)!r}; `drctl drill --evidence` makes one"
        raise InputError(msg)
    found: dict[str, Evidence] = {}
    names: dict[str, str] = {}
    for path in sorted(directory.glob("*.json")):
        try:
            content = path.read_bytes()
        except OSError as error:
            msg = f"{path} cannot be read: {error.strerror or error}"
            raise EvaluationError(msg) from error
        digest = digest_of(content)
        found[digest], names[digest] = _decoded(content, str(path)), path.name
    order = _in_order(found, names)
    _check_newest(directory / NEWEST, found)
    return tuple((found[digest], digest) for digest in order)


def named_newest(directory: Path) -> str | None:
    """Return the digest of the record that is said to be the newest in *directory*; None: nothing says."""
    path = directory / NEWEST
    return _told(path)[0] if path.is_file() else None


def _told(path: Path) -> tuple[str, str]:
    digest, _, name = path.read_text(encoding="utf-8", errors="replace").strip().partition("  ")
    return digest, name


def _check_newest(path: Path, found: Collection[str]) -> None:
    """Refuse where the record that was the newest is no longer what it was: none after it would show that."""
    if not path.is_file():
        return
    digest, name = _told(path)
    if digest not in found:
        msg = (
            f"the chain of evidence is broken at its end: {path} names {name or 'a record'} with the digest {digest}, "
            f"which no record has; it was changed, or cut off"
        )
        raise InputError(msg)


def _decoded(content: bytes, name: str) -> Evidence:
    try:
        record = msgspec.json.decode(content, type=Evidence)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        msg = f"{name} is no record of evidence ({error}); take it out of the directory, or restore it"
        raise InputError(msg) from error
    if record.schema_version != SCHEMA_VERSION:
        msg = f"{name} has schema version {record.schema_version}, and this program reads {SCHEMA_VERSION}; update it"
        raise InputError(msg)
    if record.kind is EvidenceKind.SIMULATED and record.verdict in ("met", "breached"):
        msg = f"{name} is simulated, and says {record.verdict!r}, which drctl writes of none: somebody else did"
        raise InputError(msg)
    for wrong in _amiss(record):
        msg = f"{name} is no record that drctl writes: {wrong}; take it out of the directory, or restore it"
        raise InputError(msg)
    return record


def _amiss(record: Evidence) -> Iterator[str]:
    """Yield what is wrong with a record whose values have the right types: it would count for ever, or for too much."""
    if not f"{record.id}{record.workload}".isprintable():
        yield "its id, or the name of its workload, holds characters that cannot be seen"
    if not _is_day(record.expires):
        yield f"it expires on {record.expires!r}, which is no day"
    for name in ("began", "ended"):
        if name not in record.times:
            yield f"it does not say when it {name}"
    moments = list(record.times.items())
    for item in record.components:
        for step in item.steps:
            if not {"id", "part"} <= step.keys() or (step.get("ended") and "state" not in step):
                yield f"a step of {item.name} has no id, part or state"
            moments += [(str(step.get("id")), step[name]) for name in ("began", "ended") if step.get(name)]
        if any(not {"setting", "restored", "source"} <= row.keys() for row in item.differences):
            yield f"a difference of {item.name} does not name setting, restored and source"
        if item.size_gb is not None and item.size_gb < 0:
            yield f"the size of {item.name} is {item.size_gb:g} GB"
    for name, moment in moments:
        if not _is_moment(moment):
            yield f"the moment {name!r} is {moment!r}, and not one such as 2026-11-23T10:14:00+00:00"
            return
    for measured in (record.measured, *(item.measured for item in record.components)):
        timed = measured.rto_seconds
        unknown = [part for part in timed if part not in _TIMED]
        if unknown or any(seconds is not None and seconds < 0 for seconds in timed.values()):
            yield f"it measured {unknown[0]!r}, which is no part" if unknown else "it measured less than no time"
    if record.disruption not in list(Disruption) or record.verdict not in _VERDICTS:
        yield f"the disruption is {record.disruption!r}, and the verdict {record.verdict!r}"
    if record.cleanup is not None and not {"removed", "left"} <= record.cleanup.keys():
        yield "its cleanup does not say what was removed, and what is left"


def _is_day(text: str) -> bool:
    try:
        return bool(_DAY.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False


def _is_moment(text: object) -> bool:
    try:
        return datetime.fromisoformat(str(text)).tzinfo is not None
    except ValueError:
        return False


def _in_order(found: dict[str, Evidence], names: dict[str, str]) -> Sequence[str]:
    """Return the digests from the first to the newest.

    Raises:
        InputError: If they are not one chain.
    """
    after: dict[str | None, list[str]] = {}
    for digest, record in found.items():
        after.setdefault(record.previous_sha256, []).append(digest)
    for previous, following in after.items():
        if len(following) > 1:
            which = _listed(names[digest] for digest in following)
            before = "are both the first" if previous is None else "follow the same record"
            msg = f"the chain of evidence is broken: {which} {before}; one of them was put in, or written at once"
            raise InputError(msg)
        if previous is not None and previous not in found:
            msg = (
                f"the chain of evidence is broken before {names[following[0]]}: no record has the digest {previous}; "
                f"the one before it was changed or taken out"
            )
            raise InputError(msg)
    order: list[str] = []
    here = after.get(None)
    while here:
        order += here
        here = after.get(here[0])
    if len(order) != len(found):
        msg = "the chain of evidence is broken: some records follow no first one"
        raise InputError(msg)
    return order


def _listed(names: Iterable[str]) -> str:
    return " and ".join(sorted(names))
