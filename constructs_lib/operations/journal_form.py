"""What a journal has to hold to be read: somebody may have edited it, or restored a part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from constructs_lib.errors import EvaluationError
from constructs_lib.objectives import Disruption
from constructs_lib.operations.ask import moment_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["check_form", "check_told"]


class _Step(msgspec.Struct):
    """What is written about a step."""

    state: str
    began: str | None = None
    ended: str | None = None
    attempts: int = 0
    failures: int = 0
    call: str | None = None
    region: str | None = None
    parameters: dict[str, Any] | None = None
    objects: int | None = None
    error: str | None = None


class _Component(msgspec.Struct):
    """What is written about a component."""

    kept: dict[str, Any]
    steps: dict[str, _Step]


class _Left(msgspec.Struct):
    """Why a run has left off."""

    at: str
    why: str


class _GivenUp(msgspec.Struct):
    """Who has said that nobody goes on."""

    at: str
    by: str


class _Arguments(msgspec.Struct):
    """What was asked for, as far as all commands have it."""

    names: dict[str, Any] = {}
    to: str | None = None
    without: list[str] = []
    recovered: dict[str, str] = {}
    component: str | None = None
    to_time: str | None = None
    as_name: str | None = None
    disruption: Disruption | None = None
    token: str | None = None
    expires: str | None = None


class _Written(msgspec.Struct):
    """A journal."""

    id: str
    command: str
    workload: str
    began: str
    closed: str | None
    components: dict[str, _Component]
    revision: int
    result: str | None = None
    arguments: _Arguments = msgspec.field(default_factory=_Arguments)
    addresses: dict[str, list[tuple[str, str]]] = {}
    lag_seconds: dict[str, int | None] = {}
    left: _Left | None = None
    given_up: _GivenUp | None = None


def check_told(journal: Mapping[str, Any], *names: str) -> None:
    """Check that the journal tells what was asked for.

    Raises:
        EvaluationError: If it does not.
    """
    missing = [name for name in names if name not in journal["arguments"]]
    if missing:
        msg = (
            f"the journal of {journal['id']} does not tell {', '.join(missing)}, which was asked for; restore it from "
            f"an older version of the object"
        )
        raise EvaluationError(msg)


def check_form(content: object) -> None:
    """Check that *content*, read from JSON, is a journal.

    Raises:
        ValueError: If it is none, with what is wrong.
    """
    try:
        written = msgspec.convert(content, _Written)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error
    if moment_of(written.began) is None:
        msg = "`began` is no moment"
        raise ValueError(msg)
    for name, component in written.components.items():
        for step, entry in component.steps.items():
            if entry.call is not None and (entry.parameters is None or entry.region is None):
                msg = f"step {step!r} of {name!r} has a call without parameters or Region"
                raise ValueError(msg)
