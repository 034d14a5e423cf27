"""The game day from deployment to the way home."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from constructs_lib.assessment.evidence import Checked
from constructs_lib.documents.read.stacks import read_stacks
from constructs_lib.errors import EvaluationError
from constructs_lib.objectives import Disruption
from constructs_lib.operations.journal import Journal
from constructs_lib.operations.planning import plan_again
from constructs_lib.operations.rehearsing.chain import append, newest
from constructs_lib.operations.rehearsing.evidence import kind_of, record_of
from stacks.declared import PRIMARY, RECOVERY
from stacks.gameday.caller import Caller
from stacks.gameday.report import Count, GameDay, write_report
from stacks.gameday.workload import NAME
from stacks.gameday.writers import Writer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from constructs_lib.emulator import EmulatedAws
    from stacks.gameday.ground import Ground

__all__ = ["DELAY", "play"]

DELAY = 0.5
"""Seconds that a write takes to the other Region, so that some are on their way when the Region goes."""
_WRITES, _REFUSALS = 20, 3
_CLOCK = 30
"""Seconds that pass in one for alarms and health checks."""


def play(
    aws: EmulatedAws, ground: Ground, reports: Path, *, told: Callable[[str], None] = lambda _line: None
) -> GameDay:
    """Play the whole day, write its report and its record, and return what happened.

    Args:
        aws: The emulated AWS.
        ground: The workload on it.
        reports: Where `gameday.html` and the directory `evidence` are written.
        told: Gets a line for each thing that is done.

    Raises:
        EvaluationError: If a command fails; the text holds what it printed.
        TimeoutError: If a writer is not served.
    """
    # The latch is followed by an alarm that looks once a minute.
    aws.configure(replication_delay=DELAY, clock_speed=_CLOCK)
    writers = [Writer(component, places, PRIMARY) for component, places in ground.places.items()]
    caller = Caller(aws, ground.name)
    caller.start()
    for writer in writers:
        writer.start()
    try:
        return _play(aws, ground, reports, writers, caller, told)
    finally:
        caller.stop()
        for writer in writers:
            writer.stop()
        aws.configure(replication_delay=0, clock_speed=1)


def _play(
    aws: EmulatedAws,
    ground: Ground,
    reports: Path,
    writers: list[Writer],
    caller: Caller,
    told: Callable[[str], None],
) -> GameDay:
    caller.wait_for_answer(datetime.now(UTC))
    for writer in writers:
        writer.wait_for(_WRITES, PRIMARY)
    arrived = {writer.component: writer.wait_until_arrived(RECOVERY) for writer in writers}
    consent = [
        flag
        for writer in writers
        for flag in ("--allow-data-loss", writer.component, "--accept-split-brain", writer.component)
    ]
    # Both sides of the service run by design.
    consent += ["--accept-split-brain", "api"]
    going = datetime.now(UTC)
    with aws.fail_region(PRIMARY):
        gone = datetime.now(UTC)
        told(f"{PRIMARY} is gone, in mid-write")
        detected = max(writer.wait_for_refusals(_REFUSALS) for writer in writers)
        failover = _drctl(aws, ground, "failover", NAME, "--to", RECOVERY, "--execute", *consent)
        for writer in writers:
            writer.region = RECOVERY
        for writer in writers:
            writer.wait_for(_WRITES, RECOVERY)
        served = max(_first(writer, RECOVERY) for writer in writers)
        # Whoever answers now is in the other Region: nothing of this one does.
        answered = (caller.wait_for_answer(gone) - gone).total_seconds() * _CLOCK
        told(f"failed over by {failover['operation']}; callers are served in {RECOVERY}")
        missing = {writer.component: _missing(writer) for writer in writers}
    told(f"{PRIMARY} is back")
    # What a human does before the way home: the writers stop, and what is on its way arrives.
    for writer in writers:
        writer.stop()
    aws.let_arrive()
    failback = _drctl(aws, ground, "failback", NAME, "--execute", *consent)
    told(f"came home by {failback['operation']}")
    # It went at some moment between the two: each write is as old as it can have been at the first.
    counts = tuple(_count(writer, going, missing[writer.component], arrived[writer.component]) for writer in writers)
    moments = {
        name: moment.isoformat() for name, moment in (("lost", going), ("detected", detected), ("served", served))
    }
    journals = {outcome["operation"]: _journal(ground, outcome["operation"]) for outcome in (failover, failback)}
    day = GameDay(
        workload=NAME,
        delay=DELAY,
        counts=counts,
        name=ground.name,
        answered=answered,
        promised=ground.promised,
        bars=tuple(_bars(writers, gone, served, journals)),
        marks=tuple(moments.items()),
        plans=dict(ground.plans()),
        adopted={operation: _needs(_drctl(aws, ground, "adopt", operation)) for operation in journals},
    )
    reports.mkdir(parents=True, exist_ok=True)
    write_report(day, reports / "gameday.html")
    _record(ground, reports / "evidence", failover["operation"], counts, moments, answered)
    told(f"{reports / 'gameday.html'}: {'; '.join(day.troubles) or 'all held'}")
    return day


def _drctl(aws: EmulatedAws, ground: Ground, *arguments: str) -> dict[str, Any]:
    """Run `drctl` as one types it, and return what it says.

    Raises:
        EvaluationError: If it fails.
    """
    command = [
        *(sys.executable, "-m", "constructs_lib.cli", *arguments),
        *("--stacks", str(ground.stacks), "--state", str(ground.state), "--format", "json"),
        *(("--yes", "--poll", "0.1") if "--execute" in arguments else ()),
    ]
    done = subprocess.run(
        command, env=aws.environment(os.environ), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        msg = f"`drctl {' '.join(arguments)}` left with {done.returncode}: {done.stderr.strip()}"
        raise EvaluationError(msg)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def _needs(adopting: dict[str, Any]) -> tuple[str, ...]:
    """Return the options and blocks that the code lacks after an operation."""
    options = [f"{name}: {', '.join(given)}" for name, given in adopting["options"].items()]
    return (*options, *(f"blocks in {stack}" for stack in adopting["files"]))


def _first(writer: Writer, region: str) -> datetime:
    return next(moment for _, where, moment in writer.acknowledged if where == region)


def _missing(writer: Writer) -> list[tuple[str, datetime]]:
    """Return what was acknowledged in the primary Region and is not in the recovery Region."""
    there = writer.places[RECOVERY].keys()
    return [
        (key, moment) for key, region, moment in list(writer.acknowledged) if region == PRIMARY and key not in there
    ]


def _count(writer: Writer, going: datetime, missing: list[tuple[str, datetime]], arrived: set[str]) -> Count:
    home = writer.places[PRIMARY].keys()
    lost = {key for key, _ in missing}
    return Count(
        component=writer.component,
        before=sum(region == PRIMARY for _, region, _ in writer.acknowledged),
        missing=len(missing),
        arrived_missing=len(lost & arrived),
        loss_seconds=max(((going - moment).total_seconds() for _, moment in missing), default=0.0),
        during=len(writer.refused),
        there=sum(region == RECOVERY for _, region, _ in writer.acknowledged),
        missing_home=sum(key not in home and key not in lost for key, _, _ in writer.acknowledged),
    )


def _journal(ground: Ground, operation: str) -> Journal:
    return Journal.open(operation, ground.state, None)


def _bars(
    writers: list[Writer], lost: datetime, served: datetime, journals: dict[str, Journal]
) -> list[tuple[str, str, str, str]]:
    bars = []
    for writer in writers:
        for region, part in ((PRIMARY, "act"), (RECOVERY, "verify")):
            moments = [moment.isoformat() for _, where, moment in writer.acknowledged if where == region]
            bars.append((f"{writer.component}: writes in {region}", part, min(moments), max(moments)))
        bars.append((f"{writer.component}: nobody can write", "fence", lost.isoformat(), served.isoformat()))
    for name, journal in journals.items():
        bars.append((name, "other", str(journal.content["began"]), str(journal.content["closed"])))
    return bars


def _record(
    ground: Ground,
    directory: Path,
    operation: str,
    counts: tuple[Count, ...],
    moments: dict[str, str],
    answered: float,
) -> None:
    """Write the record of the failover: what it is, it is told by its journal."""
    (workload,) = read_stacks(ground.stacks, None)
    journal = _journal(ground, operation)
    record = record_of(
        plan_again(workload, journal.content),
        journal,
        workload,
        Disruption.REGION,
        kind=kind_of(journal.content),
        previous=newest(directory),
        moments=moments,
        checks=[
            Checked(
                component=item.component,
                what="acknowledged writes that had arrived in the recovery Region before the loss are there",
                expected=f"{item.before} written, of these none lost that had arrived",
                found=f"{item.missing} lost, the oldest {item.loss_seconds:.2f} s old, {item.arrived_missing} arrived",
                passed=not item.arrived_missing,
            )
            for item in counts
        ]
        + [
            Checked(
                component="api",
                what=f"a GET of https://{ground.name}/ is answered with 200 from the recovery Region",
                expected=f"within {ground.promised} s, which the workload promises",
                found=f"after {answered:.0f} s of the emulator's clock",
                passed=answered <= ground.promised,
            )
        ],
        not_covered=["durations, permissions, quotas, caches of DNS, and that AWS takes a parameter: this was no AWS"],
        lost={
            item.component: (round(item.loss_seconds, 3), "loss: the oldest acknowledged write that was missing")
            for item in counts
        },
    )
    append(directory, record)
