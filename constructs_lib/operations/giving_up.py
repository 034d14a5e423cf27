"""An operation that nobody goes on with: what it did and what stays so, and its journal closed."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.catalog.access.authorization import load_authorization
from constructs_lib.catalog.resources.adoption import load_adoption
from constructs_lib.errors import InputError, RefusedError
from constructs_lib.plural import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.operations.journal import Journal

__all__ = ["check_can_be_given_up", "give_up", "what_stays"]

_STAYS: Final = {
    "begun": "called, and AWS has not answered: it may be done",
    "in progress": "under way: what AWS has taken goes on",
    "done": "done",
    "failed": "failed",
}
"""What becomes of a step, by its state in the journal; others have changed nothing."""


def what_stays(journal: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what the operation has changed, and nobody undoes: `component`, `step`, `stays` and `what`.

    Args:
        journal: What the journal holds.
    """
    for name, component in journal["components"].items():
        for step, entry in component["steps"].items():
            what = _called(entry) if "call" in entry else _counted(entry)
            if what is not None and entry["state"] in _STAYS:
                yield {"component": name, "step": step, "stays": _STAYS[entry["state"]], "what": what}


def check_can_be_given_up(journal: Journal) -> None:
    """Check that there is something to give up.

    Raises:
        InputError: If it is a drill, whose things can be removed.
        RefusedError: If it is not open.
    """
    if journal.content["command"] == "drill":
        msg = f"{journal.id} is a drill: `{journal.giving_up}` gives it up, and removes what it made"
        raise InputError(msg)
    if not journal.is_open:
        msg = f"{journal.id} is not open: {journal.content['result']} at {journal.content['closed']}"
        raise RefusedError(msg)


def give_up(journal: Journal) -> None:
    """Close the journal of an operation that nobody goes on with; nothing in AWS is touched.

    Raises:
        InputError: If it is a drill.
        RefusedError: If it is not open, or somebody goes on with it just now.
    """
    check_can_be_given_up(journal)
    with journal.held():
        journal.give_up(getpass.getuser())


def _called(entry: Mapping[str, Any]) -> str:
    """Return a call with what it names."""
    service, _, operation = entry["call"].partition(":")
    given = {**entry["parameters"], **entry["parameters"].get("Metadata", {})}
    known, made = load_authorization(), load_adoption()
    maker = made.made_by.get(entry["call"]) or made.made_by_backup.get(given.get("ResourceType", ""))
    types = known.types.get(known.services.get(service, service), {})
    naming = (
        [maker.named_by] if maker is not None else sorted({name for type_ in types.values() for name in type_.named_by})
    )
    named = ", ".join(f"{name}={given[name]}" for name in naming if name and isinstance(given.get(name), str))
    return f"{service} {operation} in {entry['region']}{' of ' + named if named else ''}"


def _counted(entry: Mapping[str, Any]) -> str | None:
    count = entry.get("objects")
    if count is None:
        return "some objects" if "began" in entry else None
    return plural(count, "object")
