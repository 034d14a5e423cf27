"""What the steps of a component rest on, looked for before the first of them: half-way it would be too late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.operations.ask import State, ask
from constructs_lib.operations.facts import Asked, Facts
from constructs_lib.procedures import Part
from constructs_lib.procedures.command import search
from constructs_lib.procedures.fill import missing_in
from constructs_lib.procedures.value import Lookup, names_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.operations.clients import Clients
    from constructs_lib.operations.plan import ComponentPlan
    from constructs_lib.procedures import Step

__all__ = ["facts_beforehand", "first_looks", "make_room", "none_found", "not_told", "unexpected", "what_is_there"]

_ON_THE_WAY: Final = "(told on the way)"


def facts_beforehand(item: ComponentPlan, clients: Clients) -> Facts:
    """Return what is known of *item* before its operation has an id."""
    return Facts({**item.names, "operation": "(new)"}, item.declared, {}, clients)


def not_told(item: ComponentPlan) -> str | None:
    """Return what a step of *item* needs that nobody will tell, in words; None: there is nothing. AWS is not asked."""
    names, declared = (_as_if_told(dict(known)) for known in (item.names, item.declared))
    facts = Facts(names, declared, dict.fromkeys(("account", "operation"), _ON_THE_WAY), _NOBODY)
    missing: dict[str, str] = {}
    for step in item.steps:
        # What is done for each object is filled with what the objects tell.
        if step.best_effort or step.each is not None or not facts.is_needed(step):
            continue
        for call in step.calls():
            missing |= {key: missing.get(key, call.operation) for key in missing_in(call, facts)}
            # A call is filled before its reply is read, and its probe after.
            for name in (*step.keeps, *(step.probe.keeps if step.probe is not None else ())):
                facts.keep(name, _ON_THE_WAY)
    if not missing:
        return None
    calls, given = dict.fromkeys(missing.values()), " ".join(f"--name {key}=VALUE" for key in missing)
    return (
        f"{', '.join(calls)} {'needs' if len(calls) == 1 else 'need'} {', '.join(missing)}, which neither the stacks "
        f"nor AWS tell; give {given}"
    )


class _Nobody:
    """Clients for what asks nothing."""

    simulated = True

    def call(self, service: str, operation: str, region: str, parameters: object, *, changes: bool) -> Any:
        """Fail: everything was told."""
        raise AssertionError(operation)

    page = call_briefly = call


_NOBODY: Final[Any] = _Nobody()


def _as_if_told(value: Any) -> Any:
    """Return *value* with a text in place of everything that AWS would be asked for."""
    if isinstance(value, Lookup):
        return [_ON_THE_WAY] if value.many else _ON_THE_WAY
    if isinstance(value, list):
        return [_as_if_told(item) for item in value]
    return {name: _as_if_told(item) for name, item in value.items()} if hasattr(value, "items") else value


def first_looks(item: ComponentPlan) -> Iterator[Step]:
    """Yield the steps that only look at something, up to the first one that changes anything."""
    for step in item.steps:
        if step.changes or step.probe is not None:
            return
        if step.call is not None and step.part is Part.ACT:
            yield step


def what_is_there(step: Step, facts: Facts, clients: Clients) -> str | None:
    """Return AWS's word for what stands in the place of what *step* makes; None: nothing does, or it makes nothing.

    Raises:
        ClientError: If AWS refuses to tell.
        BotoCoreError: If AWS does not answer.
        RefusedError: If it cannot be asked before a step has told what about.
    """
    if step.guard is not None:
        found = ask(step.guard, facts, clients)
        return None if found.state is State.NOT_BEGUN else found.word
    if step.probe is None or not step.probe.ours or not step.changes:
        return None
    found = ask(step.probe, facts, clients)
    return found.word if found.state is State.FOREIGN else None


def none_found(step: Step, facts: Facts, asked: Asked) -> str:
    """Return that *step* has found nothing, and where it has looked."""
    given = ", ".join(f"{key} {value}" for key, value in asked.parameters.items())
    return (
        f"{facts.text(step.title)}: there is none ({asked.operation} in {asked.region}{': ' if given else ''}{given})"
    )


def unexpected(step: Step, reply: Mapping[str, Any]) -> str | None:
    """Return AWS's word for what *step* looks at, where it is not the one that the step expects."""
    if step.expects is None:
        return None
    query, expected = step.expects
    word = str(search(query, reply))
    return None if word == expected else word


def make_room(step: Step, facts: Facts, command: str) -> str:
    """Return what to do about what stands in the place of what *step* makes."""
    if step.taken is not None:
        return facts.text(step.taken)
    if command == "restore":
        return "take another name (--as), or remove it"
    named = {name for call in step.calls() for value in call.parameters.values() for name in names_in(value)}
    key = next((name for name in ("replica_again", "returned", "restored") if name in named), None)
    other = "" if key is None else f", or take another name (--name {facts.name('component')}.{key}=NAME)"
    return f"see whose it is, and remove it{other}"
