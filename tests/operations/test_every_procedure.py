"""Every procedure, killed at every moment and faulted at every call, over an AWS that is only what probes say of it."""

from __future__ import annotations

import itertools
import json
import time
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    HTTPClientError,
    ReadTimeoutError,
)

from constructs_lib.assessment.evidence import EvidenceKind
from constructs_lib.errors import UnfinishedError
from constructs_lib.operations import journal as journals
from constructs_lib.operations import run as running
from constructs_lib.operations.ask import Found, State
from constructs_lib.operations.facts import Facts
from constructs_lib.operations.journal import Journal
from constructs_lib.operations.rehearsing.evidence import kind_of
from constructs_lib.operations.run import ComponentRun, Pace
from constructs_lib.procedures import PROCEDURES, Probe, Procedure, Step
from constructs_lib.procedures.routing import LATCH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

WAYS = [
    pytest.param(procedure, way, id=f"{procedure.called()} {way}")
    for procedure in (*PROCEDURES, LATCH)
    for way in ("steps", "back", "rehearsal")
    if any(step.changes and step.each is None for step in getattr(procedure, way))
]
PACE = Pace(poll=0, grace=0.001, patience=1)
POLLS = 2
NOWHERE = Path("/dev/null/nowhere")


class Known(dict[str, Any]):
    """Knows every name."""

    def get(self, key: str, default: Any = None) -> Any:
        return ["sg-1"] if key.endswith(("_groups", "_subnets")) else {"a": "b"} if key == "tags" else f"some-{key}"

    def __contains__(self, key: object) -> bool:
        return True

    def __getitem__(self, key: str) -> Any:
        return self.get(key)


class KilledError(BaseException):
    """As SIGKILL."""


class World:
    """What AWS has taken, and how often it was asked since; outlives every run."""

    def __init__(self, steps: tuple[Step, ...]) -> None:
        self.by_probe = {id(step.probe): step for step in steps if step.probe is not None}
        self.by_guard = {id(step.guard): step for step in steps if step.guard is not None}
        self.order = [step.id for step in steps]
        self.taken: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()

    def ask(self, probe: Probe, facts: Facts, clients: Clients) -> Found:
        clients.tick()
        if id(probe) in self.by_guard:
            # Whatever is there by that name counts, this operation's own as well: it is asked before the call alone.
            there = self.taken[self.by_guard[id(probe)].id] > 0
            return Found(state=State.DONE if there else State.NOT_BEGUN, word="guarded", reply={})
        step = self.by_probe[id(probe)]
        if step.call is not None and not self.taken[step.id]:
            return Found(state=State.NOT_BEGUN, word="absent", reply={})
        self.asked[step.id] += 1
        later = self.order[self.order.index(step.id) + 1 :]
        # A later step has changed what this one had brought about: it is not again what it was.
        over = any(self.taken[id_] for id_ in later)
        state = State.DONE if self.asked[step.id] > POLLS and not over else State.IN_PROGRESS
        clients.tick()
        return Found(state=state, word=state.value, reply={})


class Clients:
    """Takes every call; dies or fails at one moment."""

    simulated = True

    def __init__(self, world: World, steps: tuple[Step, ...], at: int, trouble: Callable[[], BaseException]) -> None:
        self._world, self._at, self._trouble = world, at, trouble
        self._steps = steps
        self._moments = itertools.count()
        self.spent = False

    def tick(self) -> None:
        if next(self._moments) == self._at:
            self.spent = True
            raise self._trouble()

    def call(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any], *, changes: bool
    ) -> Mapping[str, Any]:
        if operation == "GetCallerIdentity":
            return {"Account": "123456789012"}
        self.tick()
        if changes:
            for step in self._steps:
                # What may fail is called in another way, and is not among these.
                made = step.call is not None and not step.best_effort and step.call.operation == operation
                if made and self._is_next(step):
                    self._world.taken[step.id] += 1
                    break
        self.tick()
        return {}

    def _is_next(self, step: Step) -> bool:
        """Several steps may make the same call; the first that is not done is meant."""
        return self._world.asked[step.id] <= POLLS or step.probe is None

    def page(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        self.tick()
        return {}

    def call_briefly(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        return {}


class Shelf:
    """A place for one journal that outlives every run, as a bucket does: written 46,000 times, without a disk."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def read(self, id_: str) -> tuple[str, str] | None:
        return (self._texts[-1], str(len(self._texts))) if self._texts else None

    def write(self, id_: str, text: str, mark: str | None) -> str:
        assert mark == (str(len(self._texts)) if self._texts else None)
        self._texts.append(text)
        return str(len(self._texts))

    def ids(self) -> tuple[str, ...]:
        return ("one",) if self._texts else ()


@pytest.fixture(autouse=True)
def _simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    # Indented, a journal is written by Python's slow encoder.
    quick = SimpleNamespace(loads=json.loads, dumps=lambda content, **_: json.dumps(content))
    monkeypatch.setattr(journals, "json", quick)
    # It is read from the distribution's metadata each time, which takes as long as all else that a run does.
    monkeypatch.setattr(journals, "version", lambda _: "0")
    monkeypatch.setattr(running, "search", lambda query, reply: f"found-{len(query)}")
    monkeypatch.setattr(running, "unexpected", lambda step, reply: None)
    monkeypatch.setattr(running, "for_each_object", lambda step, facts, clients, save: iter(()))


def drive(world: World, steps: tuple[Step, ...], journal: Journal, clients: Clients) -> None:
    facts = Facts(Known(), {}, journal.component("it")["kept"], clients)
    run = ComponentRun(
        name="it",
        steps=steps,
        seconds=dict.fromkeys(range(4), 60),
        facts=facts,
        clients=clients,
        journal=journal,
        pace=PACE,
    )
    for number, _ in enumerate(run.go()):
        assert number < 10_000
        # What is called beside it is to get its turn: Python 3.13 counted to ten thousand before.
        time.sleep(0)


def opened(shelf: Shelf) -> Journal:
    if shelf.ids():
        return Journal.open("one", NOWHERE, shelf)
    return Journal.begin("one", NOWHERE, shelf, design="d", facts={"command": "failover", "workload": "shop"})


def outcomes(
    steps: tuple[Step, ...], trouble: Callable[[], BaseException], monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """Yield the world after each possible moment of trouble, and a run that goes on after it."""
    for at in itertools.count():
        world = World(steps)
        monkeypatch.setattr(running, "ask", world.ask)
        shelf, first = Shelf(), Clients(world, steps, at, trouble)
        try:
            drive(world, steps, opened(shelf), first)
        except (KilledError, UnfinishedError, ClientError, BotoCoreError):
            journal = opened(shelf)
            assert journal.is_open
            drive(world, steps, journal, Clients(world, steps, -1, trouble))
        yield world
        if not first.spent:
            return


def assert_nothing_twice(world: World, steps: tuple[Step, ...]) -> None:
    for step in steps:
        if step.call is None or not step.changes or step.best_effort or step.each is not None:
            continue
        assert world.taken[step.id] >= 1, step.id
        if not step.repeatable:
            assert world.taken[step.id] == 1, step.id


@pytest.mark.parametrize(("procedure", "way"), WAYS)
def test_killed_at_any_moment_it_goes_on_and_does_nothing_twice(
    procedure: Procedure, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = tuple(step for step in getattr(procedure, way) if not step.needs)
    moments = 0
    for world in outcomes(steps, KilledError, monkeypatch):
        assert_nothing_twice(world, steps)
        moments += 1
    assert moments > 4


def _refused(code: str, status: int) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": "-"}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Operation"
    )


TROUBLES: dict[str, Callable[[], BaseException]] = {
    "throttled": lambda: _refused("Throttling", 400),
    "broken": lambda: _refused("InternalFailure", 500),
    "silent": lambda: ReadTimeoutError(endpoint_url="https://aws"),
    "reset": lambda: ConnectionClosedError(endpoint_url="https://aws"),
    # As `AwsClients` tells of a reply that is cut off.
    "truncated": lambda: HTTPClientError(error="the reply cannot be read"),
    "expired": lambda: _refused("ExpiredToken", 400),
    "expired there": lambda: _refused("ExpiredTokenException", 403),
    "skewed or expired": lambda: _refused("RequestExpired", 400),
    "not known": lambda: _refused("UnrecognizedClientException", 400),
    "skewed": lambda: _refused("RequestTimeTooSkewed", 403),
    "denied": lambda: _refused("AccessDenied", 403),
}


@pytest.mark.parametrize(
    ("procedure", "way", "trouble"),
    [
        pytest.param(*item.values, trouble, id=f"{item.id} {trouble}")
        for number, trouble in enumerate(TROUBLES)
        # Each of them meets others of the procedures.
        for item in WAYS[number::11]
    ],
)
def test_a_fault_at_any_call_whether_taken_or_not_leads_to_nothing_twice(
    procedure: Procedure, way: str, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = tuple(step for step in getattr(procedure, way) if not step.needs)
    for world in outcomes(steps, TROUBLES[trouble], monkeypatch):
        assert_nothing_twice(world, steps)


def test_what_was_begun_against_anything_else_than_aws_stays_simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what ended before an interruption keeps its time: no part of it may look shorter afterwards."""
    (steps,) = (item.steps for item in PROCEDURES if (item.kind, item.mechanism) == ("table", "pitr"))
    for at in itertools.count(3):
        world = World(steps)
        monkeypatch.setattr(running, "ask", world.ask)
        shelf = Shelf()
        first, second = (Clients(world, steps, moment, KilledError) for moment in (at, -1))
        second.simulated = False
        try:
            drive(world, steps, opened(shelf), first)
        except KilledError:
            journal = opened(shelf)
            begun = journal.component("it")["steps"]
            ended = {name: entry["ended"] for name, entry in begun.items() if entry["state"] == "done"}
            answered = any("called" in entry or "observed" in entry for entry in begun.values())
            drive(world, steps, journal, second)
            if answered:
                assert kind_of(journal.content) is EvidenceKind.SIMULATED
            after = journal.component("it")["steps"]
            assert {name: after[name]["ended"] for name in ended} == ended
        else:
            break


def test_every_line_of_the_journal_may_be_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies before a line is written, or right after."""
    save = Journal.save
    for procedure, way in (item.values for item in WAYS[::12]):
        steps = tuple(step for step in getattr(procedure, str(way)) if not step.needs)
        for line, after in ((number // 2, bool(number % 2)) for number in itertools.count(4)):
            world = World(steps)
            monkeypatch.setattr(running, "ask", world.ask)
            lines = itertools.count(1)
            died = False

            def dying(journal: Journal, line: int = line, after: bool = after, lines: Iterator[int] = lines) -> None:
                nonlocal died
                if next(lines) != line:
                    save(journal)
                    return
                died = True
                if after:
                    save(journal)
                raise KilledError

            monkeypatch.setattr(Journal, "save", dying)
            shelf = Shelf()
            journal = opened(shelf)
            calm = Clients(world, steps, -1, KilledError)
            try:
                drive(world, steps, journal, calm)
            except KilledError:
                monkeypatch.setattr(Journal, "save", save)
                drive(world, steps, opened(shelf), Clients(world, steps, -1, KilledError))
            assert_nothing_twice(world, steps)
            if not died:
                break
