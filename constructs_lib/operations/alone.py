"""One operation at a time: two that do the same would each make their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.errors import EvaluationError, RefusedError
from constructs_lib.operations.journal import journals
from constructs_lib.operations.plan import MOVES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from constructs_lib.operations.journal import Journal
    from constructs_lib.operations.journal_store import Store
    from constructs_lib.operations.plan import Plan

__all__ = ["check_alone", "give_way"]


def check_alone(plan: Plan, directory: Path, store: Store | None, beside: Collection[str], *, typed: str = "") -> None:
    """Refuse to begin what somebody has begun and not finished, or the opposite of it.

    Args:
        plan: What is to be begun.
        directory: Where journals are on this machine.
        store: Where they are in the recovery Region.
        beside: Operations that this one may go beside.
        typed: The options that the command that goes on needs as well, each after a space.

    Raises:
        RefusedError: If there is such an operation.
    """
    for journal in _open(plan, directory, store, beside):
        journal.typed = typed
        msg = (
            f"{journal.id} {'does the same' if journal.content['command'] == plan.command else 'moves the same'}, and "
            f"is open: begun by {journal.content.get('by')} at {journal.content['began']}; `{journal.resume}` goes on "
            f"with it, `{journal.giving_up}` leaves it as it is, and --beside {journal.id} begins another"
        )
        raise RefusedError(msg)


def give_way(own: Journal, plan: Plan, directory: Path, store: Store | None, beside: Collection[str]) -> None:
    """Close *own*, of which nothing is done yet, where somebody has begun the same in the same moment.

    Each of the two has been written before it looks, so that one of them at least sees the other. Which of them has
    looked already is not known: whoever sees another one gives way.

    Raises:
        RefusedError: If there is another.
    """
    for journal in _open(plan, directory, store, {*beside, own.id}):
        msg = f"{journal.id} was begun in the same moment by {journal.content.get('by')}, and does the same"
        own.close_unbegun(msg)
        raise RefusedError(f"{msg}: nothing was done; see `drctl operations`, and let one of you begin again")


def _open(plan: Plan, directory: Path, store: Store | None, beside: Collection[str]) -> list[Journal]:
    wanted = _what({"command": plan.command, "workload": plan.workload, "arguments": plan.arguments})
    try:
        found = journals(directory, store, beginning=plan.ids_begin_of_same)
        return [item for item in found if item.is_open and item.id not in beside and _what(item.content) == wanted]
    except EvaluationError:
        # On the day nothing waits for a bucket that does not answer; that it does not is said in the end.
        return []


def _what(content: Mapping[str, Any]) -> tuple[object, ...]:
    command = content["command"]
    # A way home beside a way there: each would wait for what the other takes away.
    same = MOVES if command in MOVES else (command,)
    return same, content["workload"], content.get("arguments", {}).get("component")
