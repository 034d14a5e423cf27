"""Operations: planned, run side by side, resumed, listed; and what they come to."""

from __future__ import annotations

import getpass
import time
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import asdict, replace

from constructs_lib.errors import RecoveryError, RefusedError, UnfinishedError
from constructs_lib.operations.alone import give_way
from constructs_lib.operations.ask import State, ask
from constructs_lib.operations.differences import differences
from constructs_lib.operations.facts import Facts
from constructs_lib.operations.journal import Journal
from constructs_lib.operations.lag import lag_of
from constructs_lib.operations.preflight import check_preflight, preflight
from constructs_lib.operations.run import YOURS, ComponentRun, Pace
from constructs_lib.operations.silence import Silence
from constructs_lib.operations.trouble import is_refusal, put_right, said_to
from constructs_lib.procedures import Part
from constructs_lib.procedures.value import Name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from pathlib import Path

    from constructs_lib.operations.check import Check
    from constructs_lib.operations.clients import Clients
    from constructs_lib.operations.journal_store import Store
    from constructs_lib.operations.plan import ComponentPlan, Plan
    from constructs_lib.procedures import Step

__all__ = ["Manner", "Outcome", "begin", "go_on", "look"]


class Manner(msgspec.Struct, frozen=True, kw_only=True):
    """How an operation runs.

    Attributes:
        pace: How fast it asks.
        confirm: Asked whether a step that a human does is done; None: it is taken as done.
        stop: Asked whether to leave off.
        progress: Told whenever something has changed.
        sleep: What waits.
        typed: The options that the command that goes on needs as well, each after a space.
        tell: Told what somebody who looks on has to know before the end.
    """

    pace: Pace = msgspec.field(default_factory=Pace)
    confirm: Callable[[str, str], bool] | None = None
    stop: Callable[[], bool] = bool
    progress: Callable[[Plan, Journal], None] | None = None
    sleep: Callable[[float], None] = time.sleep
    typed: str = ""
    tell: Callable[[str], None] = lambda text: None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What an operation came to, or would.

    Attributes:
        operation: Its id; None where nothing was begun.
        dry_run: Whether nothing was changed.
        steps: What was done or is to be done, with `id`, `component`, `title`, `service`, `operation`, `region`,
            `seconds`, `state`; of a step that is done for each of many `objects`, of one that is for people `note` and
            `commands`, and of one that was not reached `error`.
        fences: How sure it is that the old side of each component no longer writes.
        data_loss: Seconds that may be lost, by component; None: unknown or unbounded.
        data_loss_from: Where that is from: `measured` now by AWS, or `estimated`.
        differences: Settings in which what was restored is not as its source, by component.
        preflight: What was looked at before a failover.
        result: In words.
        trouble: Why the journal is not where it should be; None: it is.
        exit_code: That of `drctl`.
    """

    operation: str | None
    dry_run: bool
    steps: tuple[Mapping[str, Any], ...]
    fences: Mapping[str, str]
    data_loss: Mapping[str, int | None]
    data_loss_from: Mapping[str, str]
    result: str
    differences: Mapping[str, tuple[Mapping[str, Any], ...]] = msgspec.field(default_factory=dict)
    preflight: tuple[Check, ...] = ()
    trouble: str | None = None
    exit_code: int = 0


def look(plan: Plan, clients: Clients) -> Outcome:
    """Return what *plan* would do, and how far AWS says that each step is; nothing is changed."""
    steps = []
    silent = Silence()
    for item in (item for stage in plan.stages for item in stage):
        facts = Facts({**item.names, "operation": "(new)"}, item.declared, {}, clients)
        reached = True
        for step in item.steps:
            # What comes after a step that is not done is not begun, and may not even be there to be asked.
            if _is_ruled_out(step, item):
                steps.append(_row(item, step, facts, "not needed"))
                continue
            state = _seen(step, facts, clients, silent) if reached or step.by_hand else State.NOT_BEGUN.value
            reached = reached and not (step.changes and state != State.DONE.value)
            steps.append(_row(item, step, facts, state))
    checks = preflight(plan, clients, silent)
    found = _outcome(plan, None, steps, _lags(plan, clients), result="planned; nothing was changed", dry_run=True)
    return replace(found, preflight=checks)


def begin(
    plan: Plan,
    clients: Clients,
    *,
    directory: Path,
    store: Store | None,
    losing: Collection[str] = (),
    splitting: Collection[str] = (),
    beside: Collection[str] = (),
    manner: Manner | None = None,
) -> Outcome:
    """Begin an operation and run it to its end.

    Args:
        plan: What to do.
        clients: What calls.
        directory: Where the journal is kept on this machine.
        store: Where it is kept in the recovery Region; None: nowhere.
        losing: Components for which data may be lost.
        splitting: Components whose old side may still write.
        beside: Operations that do the same, are not finished, and may go on beside it.
        manner: How it runs.

    Raises:
        RefusedError: If it must not begin, or another that does the same was begun in the same moment.
        UnfinishedError: If it does not come to its end; it can be resumed.
    """
    manner = manner or Manner()
    plan.check_consent(losing, splitting)
    checks = preflight(plan, clients)
    check_preflight(checks)
    lags = _lags(plan, clients)
    if manner.stop():
        msg = "interrupted before anything was begun"
        raise RefusedError(msg)
    journal = Journal.begin(
        plan.new_id(),
        directory,
        store,
        design=plan.design,
        facts={
            "command": plan.command,
            "workload": plan.workload,
            "arguments": dict(plan.arguments),
            "by": getpass.getuser(),
            "allowed_data_loss": sorted(losing),
            "accepted_split_brain": sorted(splitting),
            "lag_seconds": lags,
            "preflight": [asdict(check) for check in checks],
            # What Terraform has now, for `drctl adopt`.
            "addresses": {item.name: [list(pair) for pair in item.addresses] for item in plan.components},
        },
    )
    if plan.command != "drill":  # a drill makes things under names of its own
        give_way(journal, plan, directory, store, beside)
    return go_on(plan, journal, clients, manner)


def go_on(plan: Plan, journal: Journal, clients: Clients, manner: Manner | None = None) -> Outcome:
    """Run an operation from wherever it is to its end.

    Args:
        plan: What it does; the same as when it began.
        journal: Its journal.
        clients: What calls.
        manner: How it runs.

    Raises:
        RefusedError: If the stacks are no longer those it began with, somebody else goes on with it, or something is
            somebody else's.
        UnfinishedError: If it does not come to its end.
    """
    if not (journal.is_open or journal.content["components"]):
        msg = f"operation {journal.id} was {journal.content['result']}"
        raise RefusedError(msg)
    if journal.given_up is not None:
        msg = f"operation {journal.id} was {journal.given_up}; begin a new one"
        raise RefusedError(msg)
    if journal.content["design"] != plan.design:
        raise RefusedError(_planned_otherwise(journal))
    manner = manner or Manner()
    journal.typed = manner.typed
    with journal.held():
        return _go_on(plan, journal, clients, manner)


def _planned_otherwise(journal: Journal) -> str:
    """Return why nobody goes on with an operation that would be another one now, and what to type."""
    otherwise = f"or `{journal.giving_up}` and begin a new one under other names"
    begun = journal.other_version
    if begun is None:
        return f"operation {journal.id} was begun with other stacks than these; take those of that time, {otherwise}"
    return (
        f"operation {journal.id} was begun by version {begun}, and this is {version('cdktf-dr')}, which plans it "
        f"otherwise: install that one from the kit of that time (`pip install --no-index --find-links kit/wheelhouse "
        f"cdktf-dr=={begun}`) and go on with it and the stacks of that time, {otherwise}"
    )


def _go_on(plan: Plan, journal: Journal, clients: Clients, manner: Manner) -> Outcome:
    journal.content.pop("left", None)
    facts = {item.name: _facts(item, journal, clients) for stage in plan.stages for item in stage}
    troubles: list[RecoveryError] = []
    for stage in plan.stages:
        runs = {
            item.name: ComponentRun(
                name=item.name,
                steps=item.steps,
                seconds=item.seconds,
                facts=facts[item.name],
                clients=clients,
                journal=journal,
                pace=manner.pace,
                confirm=manner.confirm,
                stop=manner.stop,
                tell=manner.tell,
            ).go()
            for item in stage
        }
        troubles = _side_by_side(runs, plan, journal, manner, clients)
        if troubles:
            break
    journal.note_who_answers(clients.simulated)
    if troubles:
        worst = _worst(troubles, journal)
        if isinstance(worst, RefusedError) and plan.command != "drill":
            journal.close_unbegun(str(worst))  # nothing to go on with, and nothing that another has to wait for
        else:
            journal.leave(str(worst))
        raise worst
    found = {item.name: differences(item, facts[item.name]) for item in plan.components}
    found = {name: rows for name, rows in found.items() if rows}
    result = "done" if not found else "done, and some settings are not as the source's"
    journal.close(result, found)
    steps = [
        _row(item, step, facts[item.name], entry["state"], entry)
        for stage in plan.stages
        for item in stage
        for step in item.steps
        for entry in (journal.step(item.name, step.id),)
    ]
    lags = journal.content["lag_seconds"]
    outcome = _outcome(plan, journal.id, steps, lags, result=result, found=found, exit_code=1 if found else 0)
    return replace(outcome, trouble=journal.trouble)


def _lags(plan: Plan, clients: Clients) -> dict[str, int | None]:
    """Return how far behind the copies are now, where something may be lost."""
    return {item.name: lag_of(item, clients) for item in plan.components if item.is_dangerous}


def _facts(item: ComponentPlan, journal: Journal, clients: Clients) -> Facts:
    written = journal.component(item.name)
    return Facts({**item.names, "operation": journal.id}, item.declared, written["kept"], clients)


def _side_by_side(
    runs: Mapping[str, Iterator[float]], plan: Plan, journal: Journal, manner: Manner, clients: Clients
) -> list[RecoveryError]:
    """Drive all components at once in one thread; one that cannot go on does not keep the others from it."""
    from botocore.exceptions import BotoCoreError, ClientError

    due = dict.fromkeys(runs, 0.0)
    troubles: list[RecoveryError] = []
    while due:
        name = min(due, key=lambda item: due[item])
        wait = due[name] - time.monotonic()
        if wait > 0:
            manner.sleep(wait)
        try:
            due[name] = time.monotonic() + next(runs[name])
        except StopIteration:
            del due[name]
        except (RecoveryError, BotoCoreError, ClientError) as error:
            del due[name]
            troubles.append(_trouble(name, error, journal, clients))
            if due:
                # They may take hours, and this one waits for somebody.
                manner.tell(f"{troubles[-1]}; the others go on")
        if manner.progress is not None:
            manner.progress(plan, journal)
    return troubles


def _trouble(name: str, error: Exception, journal: Journal, clients: Clients) -> RecoveryError:
    """Return what keeps the component *name* from going on."""
    if isinstance(error, RecoveryError):
        return error
    what = f"{name}: {said_to(error, clients)}"
    if is_refusal(error):
        return RefusedError(what)
    return UnfinishedError(what, f"{put_right(error)}, then `{journal.resume}` goes on")


def _worst(troubles: list[RecoveryError], journal: Journal) -> RecoveryError:
    """Return one error for all: begun and not finished is what must be known first, and where that is written."""
    ways: dict[str, list[str]] = {}
    for error in troubles:
        what, way = (error.what, error.way) if isinstance(error, UnfinishedError) else (str(error), "")
        ways.setdefault(way, []).append(what)
    texts = [text for way, whats in ways.items() for text in (*whats, way) if text]
    texts += [journal.trouble] if journal.trouble else []
    if any(isinstance(error, UnfinishedError) for error in troubles):
        return UnfinishedError("; ".join(texts))
    if not (journal.has_begun or journal.content["command"] == "drill"):
        return RefusedError("; ".join(texts))
    again = f"once that is put right, `{journal.resume}` goes on, or `{journal.giving_up}`"
    if journal.has_begun:
        again = f"other steps were done: {again}"
    return UnfinishedError("; ".join([*texts, again]))


def _is_ruled_out(step: Step, item: ComponentPlan) -> bool:
    """Tell whether the stacks say already that there is nothing to do for *step*, which the runbook leaves out then."""
    told_later = {name for one in item.steps for name in (*one.keeps, *(one.probe.keeps if one.probe else ()))}
    return any(
        isinstance(value, Name) and value.key not in told_later and item.names.get(value.key) in (None, False)
        for value in step.needs
    )


def _seen(step: Step, facts: Facts, clients: Clients, silent: Silence) -> str:
    """Return how far AWS says that *step* is, as far as that can be told before anything is begun.

    Args:
        step: The step.
        facts: What is known of its component.
        clients: What asks.
        silent: The Regions that have not answered, which are waited for once; changed in place.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    if step.by_hand:
        return YOURS
    if step.probe is None or step.repeatable or (step.part is Part.BACK and step.call is None):
        return State.NOT_BEGUN.value
    region = None
    try:
        region = facts.region(step.probe.call.region)
        if region in silent:
            return State.UNKNOWN.value
        return ask(step.probe, facts, clients).state.value
    except (BotoCoreError, ClientError) as error:
        silent.note(str(region), error)
        return State.UNKNOWN.value
    except RefusedError:
        return State.UNKNOWN.value


def _row(
    item: ComponentPlan, step: Step, facts: Facts, state: str, entry: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    call = step.call
    region = None if call is None else facts.region(call.region)
    return {
        "id": step.id,
        "component": item.name,
        "title": facts.text(step.title),
        "service": None if call is None else call.service,
        "operation": None if call is None else call.operation,
        "region": region,
        "seconds": step.limit or (item.seconds.get(step.term) if step.part is Part.ACT else None),
        "state": state,
        **{name: entry[name] for name in ("objects",) if entry and name in entry},
        # What is not reached may be denied: then the old side answers, and goes on.
        **({"error": entry["error"]} if entry and state == "not reached" else {}),
        # Whoever does it by hand reads no runbook beside it.
        **({"note": facts.text(step.note)} if step.by_hand and step.note else {}),
        **({"commands": [facts.line(line) for line in step.shell]} if state == YOURS and step.shell else {}),
    }


def _outcome(
    plan: Plan,
    operation: str | None,
    steps: list[dict[str, Any]],
    lags: Mapping[str, int | None],
    *,
    result: str,
    dry_run: bool = False,
    found: Mapping[str, tuple[Mapping[str, Any], ...]] | None = None,
    exit_code: int = 0,
) -> Outcome:
    return Outcome(
        operation=operation,
        dry_run=dry_run,
        steps=tuple(steps),
        fences={item.name: item.procedure.fence.value for item in plan.components},
        data_loss={
            item.name: (item.loses if lags.get(item.name) is None else lags[item.name]) if item.is_dangerous else 0
            for item in plan.components
        },
        data_loss_from={
            item.name: "estimated" if lags.get(item.name) is None else "measured"
            for item in plan.components
            if item.is_dangerous
        },
        result=result,
        differences=found or {},
        exit_code=exit_code,
    )
