"""A component's procedure, run: ask, write down what is meant, call, write down what came of it, wait, ask.

Running and resuming are the same thing. Before every call AWS is asked how far the step is, whatever the journal says;
so a run that died anywhere goes on where AWS is, and nothing that is under way is begun twice.
"""

from __future__ import annotations

import itertools
import threading
import time
from typing import TYPE_CHECKING, Any, Final

import attrs
import msgspec
from msgspec.structs import replace

from constructs_lib.errors import RefusedError, UnfinishedError
from constructs_lib.operations.ask import Found, State, ask
from constructs_lib.operations.facts import may_be_none
from constructs_lib.operations.journal import now
from constructs_lib.operations.needed import make_room, none_found, unexpected
from constructs_lib.operations.objects import for_each_object
from constructs_lib.operations.trouble import code_of, is_refusal, may_be_taken, passes, put_right, said, said_to
from constructs_lib.plural import plural
from constructs_lib.procedures.command import search
from constructs_lib.procedures.value import names_in

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping

    from constructs_lib.operations.clients import Clients
    from constructs_lib.operations.facts import Asked, Facts
    from constructs_lib.operations.journal import Journal
    from constructs_lib.procedures import Probe, Step

__all__ = ["YOURS", "ComponentRun", "Pace"]

YOURS: Final = "yours to do"
"""The state of what people do, and nobody waits for."""
_TRIES: Final = 4
"""How often a call is made whose answer was lost or put off; before each AWS is asked again."""
_SOON: Final = 0.05
"""Seconds between looks whether a brief call has come back."""
_LOOKED: Final = 300
"""Seconds that what a step looks for is waited for, where the step does not say."""
_SILENT: Final = 900.0
"""Seconds after which nobody goes on asking where no question has an answer: a network that is gone, or a Region that
puts everything off. What AWS works on goes on, and so does whoever resumes."""
_WHY: Final = "StatusMessage || CopyJob.StatusMessage"
"""Where jobs of AWS Backup say why they failed."""
_TOKEN: Final = "IdempotencyToken"
_THERE_ALREADY: Final = ("AlreadyExists", "ResourceInUse", "TableAlreadyExists")


class _Aside(threading.Thread):
    """A call beside everything else; an interrupted run does not wait for it.

    Args:
        call: What is called.
    """

    def __init__(self, call: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self._call = call
        self._error: BaseException | None = None

    def run(self) -> None:
        """Call, and keep what goes wrong."""
        try:
            self._call()
        except BaseException as error:
            self._error = error

    def end(self) -> None:
        """Raise what has gone wrong."""
        if self._error is not None:
            raise self._error


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How fast an operation asks.

    Attributes:
        poll: Seconds between questions while AWS works.
        grace: Seconds until AWS must show what it has taken: how long to look before a call is made again.
        patience: How many times the estimate is waited for.
    """

    poll: float = 15
    grace: float = 60
    patience: float = 1


@attrs.define(kw_only=True)
class ComponentRun:
    """One component's steps.

    Attributes:
        name: The component.
        steps: What is to be done.
        seconds: How long each term of the estimate may take.
        facts: What is known.
        clients: What calls.
        journal: What is written.
        pace: How fast it asks.
        confirm: Asked whether a step that a human does is done; None where there is nobody: then it is taken as told.
        stop: Asked whether to leave off.
        tell: Told what somebody who looks on has to know before the end.
    """

    name: str
    steps: tuple[Step, ...]
    seconds: Mapping[int, int]
    facts: Facts
    clients: Clients
    journal: Journal
    pace: Pace
    confirm: Callable[[str, str], bool] | None = None
    stop: Callable[[], bool] = bool
    tell: Callable[[str], None] = lambda text: None

    def go(self) -> Iterator[float]:
        """Do the steps; yield the seconds after which it wants to go on, so that components run side by side.

        Raises:
            RefusedError: If something is somebody else's, or AWS refuses for good.
            UnfinishedError: If it takes longer than is planned, or cannot go on.
        """
        for step in self.steps:
            if self.stop():
                self._unfinished(step, "interrupted")
            entry = self.journal.step(self.name, step.id)
            if not self.facts.is_needed(step):
                self._write(entry, state="not needed")
            elif step.by_hand:
                self._by_hand(step, entry)
            elif step.best_effort:
                yield from self._try_briefly(step, entry)
            elif step.each is not None:
                self._write(entry, state="in progress", began=now())
                count = 0
                for changed in for_each_object(step, self.facts, self.clients, self.journal.save):
                    count += changed
                    if self.stop():
                        self._unfinished(step, f"interrupted after {plural(count, 'object')}")
                    yield 0
                self._answered(entry, state="done", ended=now(), objects=count)
            elif step.changes or step.probe is not None:
                yield from self._change(step, entry)
            elif step.call is not None:
                yield from self._look(step, entry)
            else:
                # What is typed to see something shows it to people alone.
                self._write(entry, state=YOURS if step.shell else "done")

    # ------------------------------------------------------------ kinds of steps

    def _by_hand(self, step: Step, entry: dict[str, Any]) -> None:
        if entry["state"] == "done":
            return
        waits = step.waits_for_people
        if waits and self.confirm is not None and not self.confirm(self.name, self._told(step)):
            self._unfinished(step, "it is for you to do")
        self._write(entry, state="done" if waits else YOURS, ended=now())

    def _told(self, step: Step) -> str:
        """Return what somebody is asked to do: what to beware of, and what to type for it."""
        beware = f"; beware: {self.facts.text(step.note)}" if step.note else ""
        typed = "".join(f"\n    {self.facts.line(line)}" for line in step.shell)
        return f"{self.facts.text(step.title)}{beware}{typed}" + ("\n" if typed else "")

    def _try_briefly(self, step: Step, entry: dict[str, Any]) -> Iterator[float]:
        """Call where nobody may answer; the other components go on meanwhile."""
        from botocore.exceptions import BotoCoreError, ClientError

        from constructs_lib.operations.clients import TakesTooLongError

        assert step.call is not None
        if entry["state"] in ("done", "not reached"):
            return
        asked = self.facts.asked(step.call)
        self._intend(entry, asked)
        trial = _Aside(
            lambda: self.clients.call_briefly(asked.service, asked.operation, asked.region, asked.parameters)
        )
        trial.start()
        while trial.is_alive():
            yield _SOON
        try:
            trial.end()
        except (BotoCoreError, ClientError, TakesTooLongError) as error:
            self._write(entry, state="not reached", ended=now(), error=said_to(error, self.clients))
        else:
            self._answered(entry, state="done", ended=now())

    def _look(self, step: Step, entry: dict[str, Any]) -> Iterator[float]:
        assert step.call is not None
        if entry["state"] == "done" and all(name in self._kept for name in step.keeps):
            return
        from botocore.exceptions import BotoCoreError, ClientError

        asked = self.facts.asked(step.call)
        until = time.monotonic() + (step.limit or _LOOKED) * self.pace.patience
        tries = 0
        while True:
            try:
                reply = self.clients.call(asked.service, asked.operation, asked.region, asked.parameters, changes=False)
            except (BotoCoreError, ClientError) as error:
                tries += 1
                if not passes(error) or tries >= _TRIES or self.stop():
                    self._cannot(step, error)
                yield min(self.pace.poll, 2**tries)
                continue
            word = unexpected(step, reply)
            if word is None:
                break
            if self.stop():
                self._unfinished(step, "interrupted")
            if time.monotonic() > until:
                self._write(entry, state="in progress", observed=word)
                self._unfinished(step, f"AWS says {word}; look why")
            yield self.pace.poll
        self._keep(step.keeps, reply, missing=step)
        self._answered(entry, state="done", ended=now())

    def _change(self, step: Step, entry: dict[str, Any]) -> Iterator[float]:
        """Ask, call where AWS says that it is not begun, and wait."""
        begun = time.monotonic()
        if entry["state"] == "done" and (step.call is None or self._is_past(step)):
            # It was waited for so that the next step could begin, which may have ended it.
            return
        if step.guard is not None and (entry["state"] == State.FAILED.value or not entry.get("attempts")):
            # After a call what is there may be its own, whatever AWS has said.
            yield from self._guarded(step, step.guard, entry)
        if step.repeatable and entry["state"] not in ("in progress", "done"):
            yield from self._call(step, entry)
        elif not step.repeatable:
            found = yield from self._settled(step, entry)
            if found.state is State.NOT_BEGUN and step.call is not None:
                yield from self._call(step, entry)
        if step.probe is None:
            if entry["state"] != "done":
                self._write(entry, state="done", ended=now())
            return
        limit = self._limit(step)
        while True:
            found = yield from self._asked(step, limit, begun)
            match found.state:
                case State.DONE:
                    self._keep(step.probe.keeps, found.reply)
                    # What a run before has seen to end did not end just now.
                    ended = entry["ended"] if entry["state"] == "done" else now()
                    self._answered(entry, state="done", ended=ended, observed=found.word)
                    return
                case State.FOREIGN:
                    self._foreign(step, entry, found)
                case State.FAILED:
                    failures = entry.get("failures", 0) + 1
                    self._write(entry, state="failed", observed=found.word, failures=failures)
                    why = search(_WHY, found.reply)
                    told = f"{found.word}{f' ({why})' if why else ''}"
                    what = f"{self._step(step)}: AWS says {told}"
                    raise UnfinishedError(what, f"put that right, then `{self.journal.resume}`")
            if self.stop():
                self._unfinished(step, "interrupted")
            if time.monotonic() - begun > limit:
                if step.otherwise:
                    self._write(entry, otherwise=True)  # whoever goes on does not wait for the same again
                what = f"{self._step(step)} is {found.word!r} and has taken longer than the {limit:.0f} s planned"
                raise UnfinishedError(what, f"`{self.journal.resume}` goes on waiting")
            yield self.pace.poll

    # ------------------------------------------------------------ asking and calling

    def _guarded(self, step: Step, guard: Probe, entry: dict[str, Any]) -> Generator[float, None, None]:
        found = yield from self._asked(step, self.pace.grace, time.monotonic(), guard)
        if found.state is not State.NOT_BEGUN:
            self._foreign(step, entry, found)

    def _settled(self, step: Step, entry: dict[str, Any]) -> Generator[float, None, Found]:
        """Return what AWS says before a call; after one without an answer AWS is given time to show it."""
        until = time.monotonic() + (self.pace.grace if entry["state"] == "begun" else 0)
        while True:
            found = yield from self._asked(step, self.pace.grace, time.monotonic())
            if found.state is State.FOREIGN:
                self._foreign(step, entry, found)
            if found.state is not State.NOT_BEGUN or time.monotonic() >= until:
                return found
            yield min(self.pace.poll, self.pace.grace / 4)

    def _asked(
        self, step: Step, limit: float, begun: float, other: Probe | None = None
    ) -> Generator[float, None, Found]:
        """Return what AWS says of the step; a question that has no answer is asked again, as long as there is time."""
        from botocore.exceptions import BotoCoreError, ClientError

        probe = other or step.probe
        assert probe is not None
        tries, silent = 0, 0.0
        while True:
            try:
                return ask(probe, self.facts, self.clients)
            except (BotoCoreError, ClientError) as error:
                if not passes(error):
                    self._cannot(step, error)
                trouble: Exception = error
            tries += 1
            silent = silent or time.monotonic()
            late = time.monotonic() - begun > limit or time.monotonic() - silent > _SILENT * self.pace.patience
            if self.stop() or (tries >= _TRIES and late):
                self._cannot(step, trouble)
            if tries == _TRIES:
                self.tell(f"{self._step(step)}: {said(trouble)}; it is asked again for a quarter of an hour at most")
            yield min(self.pace.poll, 2**tries)

    def _call(self, step: Step, entry: dict[str, Any]) -> Iterator[float]:
        """Make the call once; again only where AWS shows nothing of it."""
        from botocore.exceptions import BotoCoreError, ClientError

        assert step.call is not None
        asked = _anew(self.facts.asked(step.call), entry.get("failures", 0))
        begun = time.monotonic()
        until = begun + _TRIES * self.pace.grace
        began = entry.get("began")
        for attempt in itertools.count(1):
            if entry.get("otherwise"):
                asked = replace(asked, parameters={**asked.parameters, **step.otherwise})
            self._intend(entry, asked)
            try:
                reply = self.clients.call(asked.service, asked.operation, asked.region, asked.parameters, changes=True)
            except (BotoCoreError, ClientError) as error:
                there = any(word in code_of(error) for word in _THERE_ALREADY)
                # Unless AWS has said no, it may have taken the call: the intent stands, and AWS has time to show it.
                taken = there or may_be_taken(error)
                began = entry["began"] if taken else began
                if began is None:
                    del entry["began"]
                self._write(entry, error=said(error), state="begun" if taken else State.NOT_BEGUN.value)
                if not (passes(error) or there or self._goes_otherwise(step, entry, error)):
                    self._cannot(step, error)
                if not step.repeatable:
                    found = yield from self._settled(step, entry)
                    if found.state is not State.NOT_BEGUN:
                        return
                elif not taken and _can_be_asked(step) and time.monotonic() - begun < self._limit(step):
                    # What is at work on something else, as its first backup, takes the call when that is done.
                    found = yield from self._asked(step, self.pace.grace, time.monotonic())
                    if found.state is State.IN_PROGRESS:
                        until = time.monotonic() + self.pace.grace
                late = attempt >= _TRIES and (taken or time.monotonic() >= until)
                if late and not self._goes_otherwise(step, entry, error):
                    self._cannot(step, error)
                if self.stop():
                    self._unfinished(step, "interrupted")
                yield min(self.pace.poll, 2**attempt)
            else:
                self._keep(step.keeps, reply, missing=step)
                request = reply.get("ResponseMetadata", {}).get("RequestId")
                self._answered(entry, state="in progress", called=now(), request_id=request, error=None)
                return

    def _goes_otherwise(self, step: Step, entry: dict[str, Any], error: Exception) -> bool:
        """Tell whether what AWS does not do can be called in another way, and note that it is from now on."""
        if not step.otherwise or entry.get("otherwise") or not (passes(error) or is_refusal(error)):
            return False
        entry["otherwise"] = True
        return True

    def _limit(self, step: Step) -> float:
        """Return how many seconds what *step* does is waited for."""
        return (step.limit or self.seconds.get(step.term, 0)) * self.pace.patience

    def _is_past(self, step: Step) -> bool:
        """Tell whether a later step was begun, after which AWS may say something else of this one."""
        written = self.journal.component(self.name)["steps"]
        later = self.steps[self.steps.index(step) + 1 :]
        return any(written.get(item.id, {}).get("attempts") for item in later)

    # ------------------------------------------------------------ writing

    @property
    def _kept(self) -> dict[str, Any]:
        kept: dict[str, Any] = self.journal.component(self.name)["kept"]
        return kept

    def _keep(self, keeps: Mapping[str, str], reply: Any, missing: Step | None = None) -> None:
        for name, query in keeps.items():
            found = search(self.facts.query(query), reply)
            if found is None and missing is not None and not may_be_none(name):
                assert missing.call is not None
                msg = f"{self.name}: {none_found(missing, self.facts, self.facts.asked(missing.call))}"
                raise RefusedError(msg)
            self._kept[name] = found

    def _intend(self, entry: dict[str, Any], asked: Asked) -> None:
        self._write(
            entry,
            state="begun",
            began=now(),
            attempts=entry.get("attempts", 0) + 1,
            call=f"{asked.service}:{asked.operation}",
            region=asked.region,
            parameters=dict(asked.parameters),
        )

    def _answered(self, entry: dict[str, Any], **facts: Any) -> None:
        """Write what came of a call, and who answered: a run that ends here is gone on with perhaps elsewhere."""
        self.journal.note_who_answers(self.clients.simulated)
        self._write(entry, **facts)

    def _write(self, entry: dict[str, Any], **facts: Any) -> None:
        entry.update(facts)
        self.journal.save()

    def _foreign(self, step: Step, entry: dict[str, Any], found: Found) -> None:
        self._write(entry, state=State.FOREIGN.value, observed=found.word)
        way = make_room(step, self.facts, self.journal.content["command"])
        msg = (
            f"{self._step(step)}: what is there already ({found.word}) was not made by operation {self.journal.id}; "
            f"{way}"
        )
        raise RefusedError(msg)

    def _cannot(self, step: Step, error: Exception) -> None:
        what = f"{self._step(step)}: {said_to(error, self.clients)}"
        if is_refusal(error):
            raise RefusedError(what) from error
        raise UnfinishedError(what, f"{put_right(error)}, then `{self.journal.resume}` goes on") from error

    def _unfinished(self, step: Step, why: str) -> None:
        raise UnfinishedError(f"{self._step(step)}: {why}", f"`{self.journal.resume}` goes on")

    def _step(self, step: Step) -> str:
        return f"{self.name}: {self.facts.text(step.title)}"


def _can_be_asked(step: Step) -> bool:
    """Tell whether AWS can be asked about *step* before it has answered the call: a job has no id until then."""
    return step.probe is not None and step.keeps.keys().isdisjoint(names_in(step.probe.call.parameters))


def _anew(asked: Asked, failures: int) -> Asked:
    """Return the call under another token where what the one before began is known to have failed.

    Under the same token AWS Backup answers with the job that failed, for good.
    """
    if not failures or _TOKEN not in asked.parameters:
        return asked
    token = f"{asked.parameters[_TOKEN]}-{failures + 1}"
    return replace(asked, parameters={**asked.parameters, _TOKEN: token})
