"""One operation at a time: two that do the same would each make their own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.errors import EvaluationError, RefusedError
from constructs_lib.operations.journal import journals
from constructs_lib.operations.plan import MOVES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from constructs_lib.operations.journal import Journal
    from constructs_lib.operations.journal_store import Store
    from constructs_lib.operations.plan import ComponentPlan, Plan

__all__ = ["check_alone", "give_way", "not_taken_over"]


def check_alone(
    plan: Plan,
    directory: Path,
    store: Store | None,
    beside: Collection[str],
    *,
    typed: str = "",
    simulated: bool | None = None,
) -> str | None:
    """Refuse to begin what somebody has begun and not finished, or the opposite of it, or a move that is done already.

    Return why others may have begun it all the same; None: nobody has.

    Args:
        plan: What is to be begun.
        directory: Where journals are on this machine.
        store: Where they are in the recovery Region.
        beside: Operations that this one may go beside.
        typed: The options that the command that goes on needs as well, each after a space.
        simulated: Whether something else than AWS answers now: what was done there is not done here. None: not known.

    Raises:
        RefusedError: If there is such an operation.
    """
    found, trouble = _alike(plan, directory, store)
    for journal in found:
        if not journal.is_open or journal.id in beside:
            continue
        journal.typed = typed
        msg = (
            f"{journal.id} {'does the same' if journal.content['command'] == plan.command else 'moves the same'}, and "
            f"is open: begun by {journal.content.get('by')} at {journal.content['began']}; `{journal.resume}` goes on "
            f"with it, `{journal.giving_up}` leaves it as it is, and --beside {journal.id} begins another"
        )
        raise RefusedError(msg)
    done = _last_move(found, simulated) if plan.command in MOVES else None
    if done is not None and done.id not in beside and _does_the_same(done, plan):
        # A way home for the second time would bring back what was left there after the first: older data.
        other = "failback" if plan.command == "failover" else "failover"
        msg = (
            f"{done.id} has done the same, was finished at {done.content['closed']}, and no {other} has followed; "
            f"--beside {done.id} begins another all the same"
        )
        raise RefusedError(msg)
    return trouble and f"whether somebody else has begun it cannot be told: {trouble}"


def _last_move(found: Sequence[Journal], simulated: bool | None) -> Journal | None:
    """Return the newest move that came to an end, here where the same answers; one that gave way has moved nothing."""
    moves = [item for item in found if not item.is_open and item.content["components"]]
    moves = [item for item in moves if simulated is None or item.content.get("simulated", False) == simulated]
    return moves[-1] if moves else None


def _does_the_same(journal: Journal, plan: Plan) -> bool:
    """Tell whether *journal* has moved the workload to where *plan* would move it."""
    if journal.given_up is not None:
        return False  # where the workload is nobody knows
    to = journal.content.get("arguments", {}).get("to")
    return bool(journal.content["command"] == plan.command and to == plan.arguments.get("to"))


def not_taken_over(plan: Plan, directory: Path, store: Store | None) -> Iterator[str]:
    """Yield what a way home has made and the stacks do not name yet: whatever is done now is done with the old one.

    Args:
        plan: What is to be done.
        directory: Where journals are on this machine.
        store: Where they are in the recovery Region.
    """
    try:
        found = list(journals(directory, store, beginning=f"failback-{plan.workload}-"))
    except EvaluationError:
        return
    # One that was given up has brought home what had come to its end.
    closed = [item for item in found if item.content["workload"] == plan.workload and not item.is_open]
    brought: dict[str, list[str]] = {}
    for item in plan.components:
        moved = [journal for journal in closed if item.name in journal.content["components"]]
        home = None if not moved else _home(moved[-1], item)
        if home is not None:
            brought.setdefault(moved[-1].id, []).append(f"{item.name} home as {home}")
    for operation, things in brought.items():
        yield (
            f"{operation} has brought {', '.join(things)}, which the stacks do not name: this is done with what was "
            f"before it; `drctl adopt {operation}` says what the code needs"
        )


def _home(journal: Journal, item: ComponentPlan) -> str | None:
    """Return what *journal* has made of *item* at home; None where nothing, or where the stacks have taken it over."""
    written = journal.content["components"][item.name]
    returned = item.names.get("returned")
    # Once the code has taken it over, the next one would be called otherwise.
    # An instance of a cluster may be called as the next cluster is: `shop-home-2`.
    steps = [step for step in written["steps"].values() if step.get("call") != "rds:CreateDBInstance"]
    if returned and f'"{returned}"' in json.dumps(steps):
        return str(returned)
    # AWS names a cluster of DSQL; the code takes it over at another address.
    before = [tuple(one) for one in journal.content.get("addresses", {}).get(item.name, ())]
    stays = any(
        address.startswith("aws_dsql_cluster.") for stack, address in item.addresses if (stack, address) in before
    )
    return written["kept"].get("restored_cluster") if stays else None


def give_way(own: Journal, plan: Plan, directory: Path, store: Store | None, beside: Collection[str]) -> None:
    """Close *own*, of which nothing is done yet, where somebody has begun the same in the same moment.

    Each of the two has been written before it looks, so that one of them at least sees the other. Which of them has
    looked already is not known: whoever sees another one gives way.

    Raises:
        RefusedError: If there is another.
    """
    for journal in _alike(plan, directory, store)[0]:
        if not journal.is_open or journal.id in {*beside, own.id}:
            continue
        does = "does the same" if journal.content["command"] == plan.command else "moves the same"
        msg = f"{journal.id} was begun in the same moment by {journal.content.get('by')}, and {does}"
        own.close_unbegun(msg)
        raise RefusedError(f"{msg}: nothing was done; see `drctl operations`, and let one of you begin again")


def _alike(plan: Plan, directory: Path, store: Store | None) -> tuple[list[Journal], str | None]:
    """Return the journals of what does the same or the opposite, oldest first, and why there may be others."""
    wanted = _what({"command": plan.command, "workload": plan.workload, "arguments": plan.arguments})
    try:
        found = list(journals(directory, store, beginning=plan.ids_begin_of_same))
    except EvaluationError as error:
        # On the day nothing waits for a bucket that does not answer.
        return [], str(error)
    trouble = next((item.trouble for item in found if item.trouble), None)
    return [item for item in found if _what(item.content) == wanted], trouble


def _what(content: Mapping[str, Any]) -> tuple[object, ...]:
    command = content["command"]
    # A way home beside a way there: each would wait for what the other takes away.
    same = MOVES if command in MOVES else (command,)
    return same, content["workload"], content.get("arguments", {}).get("component")
