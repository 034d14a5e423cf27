"""What an operation is to do: for each component, in which order, and with whose consent."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from constructs_lib.components import Kind
from constructs_lib.documents.runbook import layer_of
from constructs_lib.errors import InputError, RefusedError
from constructs_lib.procedures import Fence

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from constructs_lib.procedures import Procedure, Step

__all__ = ["MOVES", "ComponentPlan", "Plan"]

MOVES = ("failover", "failback")
"""The commands that move a whole workload: each takes back what the other does."""


class ComponentPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done for one component.

    Attributes:
        name: The component.
        kind: What it is.
        procedure: The procedure.
        steps: The steps of it.
        seconds: How long each term of the estimate may take.
        names: What its resources are called, with what was settled.
        declared: The Terraform arguments of its resources.
        loses: How much may be lost, by the estimate; None: unknown or unbounded.
        addresses: Stack and address of each of its resources.
        existing: Whether somebody else manages it: the stacks tell few of its settings.
    """

    name: str
    kind: str
    procedure: Procedure
    steps: tuple[Step, ...]
    seconds: Mapping[int, int]
    names: Mapping[str, Any]
    declared: Mapping[str, Mapping[str, Any]]
    loses: int | None
    addresses: tuple[tuple[str, str], ...] = ()
    existing: bool = False

    @property
    def is_dangerous(self) -> bool:
        """Whether data may be lost by it."""
        return any(step.danger for step in self.steps)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What an operation is to do.

    Attributes:
        command: `restore`, `failover` or `failback`.
        workload: The workload.
        components: What is to be done for each; side by side.
        arguments: What was asked for, so that it can be resumed.
        without: The components for which nothing can be done, and why.
        latch: What is to be done to the latch of the workload's record; None: it has none, or nothing changes place.
    """

    command: str
    workload: str
    components: tuple[ComponentPlan, ...]
    latch: ComponentPlan | None = None
    arguments: Mapping[str, Any] = msgspec.field(default_factory=dict)
    without: Mapping[str, str] = msgspec.field(default_factory=dict)

    @property
    def stages(self) -> tuple[tuple[ComponentPlan, ...], ...]:
        """What goes side by side, one after the other: traffic is held first of all, and goes home last.

        On the way home a service starts where its data is, and not before: until then it would write to what is old,
        and the one that serves would be stopped. On the way there nothing else serves, and nothing waits.
        """
        latch = () if self.latch is None else (self.latch,)
        if self.command != "failback":
            return ((*latch, *self.components),)
        layers: dict[int, tuple[ComponentPlan, ...]] = {}
        for item in sorted(self.components, key=lambda item: layer_of(Kind(item.kind))):
            layer = layer_of(Kind(item.kind))
            layers[layer] = (*layers.get(layer, ()), item)
        return tuple(stage for stage in (*layers.values(), latch) if stage)

    @property
    def design(self) -> str:
        """A digest of what it is planned from: another one is another plan."""
        content = [
            [item.name, item.procedure.called(), dict(item.names), dict(item.declared)]
            for stage in self.stages
            for item in stage
        ]
        text = json.dumps(content, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def ids_begin(self) -> str:
        """What the ids of its runs begin with; those of another workload may, too."""
        return f"{self.command}-{self.workload}-"

    @property
    def ids_begin_of_same(self) -> tuple[str, ...]:
        """What the ids of operations begin with that do the same to the workload, or the opposite."""
        commands = MOVES if self.command in MOVES else (self.command,)
        return tuple(f"{command}-{self.workload}-" for command in commands)

    def new_id(self) -> str:
        """Return an id for a run of it: what it does, to what, and when, unlike that of any other."""
        moment = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
        return f"{self.ids_begin}{moment}-{secrets.token_hex(2)}"

    def check_consent(self, losing: Collection[str], splitting: Collection[str]) -> None:
        """Refuse where something may be lost, or may still be written on the old side, and nobody has said yes.

        Args:
            losing: Components for which data may be lost.
            splitting: Components whose old side may still write.

        Raises:
            RefusedError: If consent is missing.
            InputError: If consent is given for what is not there.
        """
        names = {item.name for item in self.components}
        for given in (*losing, *splitting):
            if given not in names:
                msg = f"there is no component {given!r} in this operation; there are {', '.join(sorted(names))}"
                raise InputError(msg)
        missing = [f"--allow-data-loss {item.name}" for item in self.components if item.is_dangerous]
        missing = [text for text in missing if text.split()[1] not in losing]
        if self.command == "failover":
            missing += [
                f"--accept-split-brain {item.name}"
                for item in self.components
                if item.procedure.fence is Fence.NONE and item.name not in splitting
            ]
        if missing:
            msg = (
                "data may be lost, or still be written on the old side, as the plan says that is printed without "
                f"--execute; say yes with {' '.join(missing)}"
            )
            raise RefusedError(msg)
