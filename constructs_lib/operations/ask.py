"""How far a step is, asked of AWS."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec

from constructs_lib.procedures.command import search
from constructs_lib.procedures.fill import fill

if TYPE_CHECKING:
    from constructs_lib.operations.clients import Clients
    from constructs_lib.operations.facts import Facts
    from constructs_lib.procedures import Probe

__all__ = ["Found", "State", "ask", "has_zone", "moment_of"]


class State(StrEnum):
    """How far a step is."""

    NOT_BEGUN = "not begun"
    IN_PROGRESS = "in progress"
    DONE = "done"
    FOREIGN = "somebody else's"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a probe found.

    Attributes:
        state: How far the step is.
        word: AWS's word for it.
        reply: What AWS said; None where it said that there is no such thing.
    """

    state: State
    word: str
    reply: Any = None


def ask(probe: Probe, facts: Facts, clients: Clients) -> Found:
    """Ask AWS how far a step is.

    Raises:
        ClientError: If AWS refuses to tell.
        BotoCoreError: If AWS does not answer.
    """
    from botocore.exceptions import ClientError

    asked = facts.asked(probe.call)
    try:
        reply = clients.call(asked.service, asked.operation, asked.region, asked.parameters, changes=False)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in probe.absent_errors:
            return Found(state=State.NOT_BEGUN, word=code)
        raise
    word = str(search(facts.query(probe.query), reply))
    state = _state(probe, word)
    if state in (State.DONE, State.IN_PROGRESS) and not _is_ours(probe, reply, facts):
        state = State.FOREIGN
    return Found(state=state, word=word, reply=reply)


def _state(probe: Probe, word: str) -> State:
    if word == probe.done:
        return State.DONE
    if word in probe.failed:
        return State.FAILED
    if word in probe.absent:
        return State.NOT_BEGUN
    if word in probe.waiting or "*" in probe.waiting:
        return State.IN_PROGRESS
    return State.UNKNOWN


def _is_ours(probe: Probe, reply: Any, facts: Facts) -> bool:
    for query, value in probe.ours.items():
        wanted = fill(value, facts)
        if wanted is not None and not _same(search(query, reply), wanted):
            return False
    return True


def _same(found: Any, wanted: Any) -> bool:
    """Tell whether two values are the same; moments are compared to the second, in whatever zone."""
    if found == wanted:
        return True
    one, other = moment_of(found), moment_of(wanted)
    return one is not None and other is not None and abs((one - other).total_seconds()) < 1


def moment_of(text: Any) -> datetime | None:
    """Return the moment that *text* is, or None."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def has_zone(text: str) -> bool:
    """Tell whether a moment that somebody typed says in which time zone it is; what is no moment needs none."""
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return True
