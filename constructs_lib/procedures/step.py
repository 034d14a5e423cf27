"""The words of a procedure: steps, the calls they make, and how to tell from AWS how far one is."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import attrs
import msgspec

from constructs_lib.objectives import Disruption

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.procedures.value import Value

__all__ = ["Call", "Each", "Fence", "Lag", "Part", "Prepared", "Probe", "Procedure", "Role", "Step"]


class Role(StrEnum):
    """The Region a call goes to. `HOME` is the component's own, the one that fails when a Region is lost."""

    HOME = "home"
    RECOVERY = "recovery"
    WORKING = "working"
    """The recovery Region where a Region is lost, and else the home Region."""

    @property
    def region_name(self) -> str:
        """What stands for the name of the Region until it is filled in."""
        return "{recovery_region}" if self is Role.RECOVERY else "{region}"


class Part(StrEnum):
    """The part of the estimate that a step is."""

    DETECT = "detect"
    DECIDE = "decide"
    FENCE = "fence"
    ACT = "act"
    PROPAGATE = "propagate"
    VERIFY = "verify"
    BACK = "back"
    """The way home, for which nothing is promised."""


class Fence(StrEnum):
    """How sure it is that the old side no longer writes."""

    COMPLETE = "complete"
    BEST_EFFORT = "best effort"
    NONE = "none"


def _frozen(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(values))


@attrs.frozen(kw_only=True)
class Call:
    """One call of AWS's API.

    Attributes:
        service: The service, as boto3 names it.
        operation: The operation, as AWS names it, such as `PromoteReadReplica`.
        region: The Region it goes to.
        parameters: Its parameters, by the members of its input shape. One that comes to nothing is left out.
    """

    service: str
    operation: str
    region: Role
    parameters: Mapping[str, Value] = attrs.field(factory=dict, converter=_frozen)


@attrs.frozen(kw_only=True)
class Probe:
    """How to tell from AWS how far a step is.

    Attributes:
        call: The call that is asked; it changes nothing.
        query: JMESPath that makes one word of the reply; `None` where it finds nothing.
        done: The word that says done.
        waiting: Words that say in progress. `*`: any that is not named here.
        absent: Words that say not begun.
        absent_errors: AWS's error codes that say not begun.
        failed: Words that say that it will never be done.
        ours: What must be found in the reply for it to be of this operation, by JMESPath; else it is somebody else's.
        keeps: Names for what later steps need of the reply, by JMESPath.
    """

    call: Call
    query: str
    done: str
    waiting: tuple[str, ...] = ("*",)
    absent: tuple[str, ...] = ()
    absent_errors: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    ours: Mapping[str, Value] = attrs.field(factory=dict, converter=_frozen)
    keeps: Mapping[str, str] = attrs.field(factory=dict, converter=_frozen)


class Lag(msgspec.Struct, frozen=True, kw_only=True):
    """How far behind a copy is, asked in the recovery Region.

    Attributes:
        call: The call that is asked; it may name `{now}` and `{lately}`, a quarter of an hour before.
        query: JMESPath that finds the figure in the reply.
        unit: What it is: `seconds`, `milliseconds`, or `since`, the moment of the newest that is there.
    """

    call: Call
    query: str
    unit: Literal["seconds", "milliseconds", "since"]


class Each(StrEnum):
    """What a step does for each of many objects of a bucket; each can be done twice without harm."""

    DELETED_SINCE = "delete markers that are newest, and as young as the damage"
    OVERWRITTEN_SINCE = "objects whose newest version is as young as the damage, and that have an older one"
    WRITTEN_THERE = "objects that were written in the recovery Region and are not at home"
    SAMPLED = "a bounded sample of the objects as they were at a moment, into a bucket of a drill"


@attrs.frozen(kw_only=True)
class Step:
    """One thing to do, to look at, or to know.

    Attributes:
        id: Unique within its procedure.
        title: What is done, in words.
        part: The part of the estimate it is.
        term: Which of several terms of that part, from 0.
        call: The call; None: it is done by hand, or by AWS alone.
        each: The call is made for each of these.
        otherwise: What the call is given besides where AWS does not do it without: a part of it that needs a Region
            which is lost.
        probe: How to tell how far it is. Every step that changes something has one, or is repeatable.
        guard: Asked before the call is first made: what it finds is somebody else's. For a call whose reply alone names
            what it makes, or which says no more of itself once it is done.
        taken: What to do where the guard finds something. Default: see whose it is, and remove it.
        repeatable: Why the call may be made twice without harm; the probe is then only waited for.
        keeps: Names for what later steps need of the call's reply, by JMESPath.
        expects: Of a step that only looks: JMESPath, and the word that it must find; it is asked for until then.
        limit: Seconds to wait where the step is no term of the estimate. Default: the estimate's.
        best_effort: Whether it may fail; then it is given 10 s.
        danger: What may be lost by it, where something may; then it needs `--allow-data-loss`.
        needs: Values without which there is nothing to do, such as the TTL of a table that has one.
        form: Another mechanism the component must have for the step to be part of the procedure; `!name`: must not.
        shell: What is typed besides, or instead of a call, such as a request of the application.
        console: Where to do the same in the AWS console.
        note: What to beware of.
        by_hand: Whether a human does it, and says so, before what follows.
    """

    id: str
    title: str
    part: Part = Part.ACT
    term: int = 0
    call: Call | None = None
    otherwise: Mapping[str, Value] = attrs.field(factory=dict, converter=_frozen)
    each: Each | None = None
    probe: Probe | None = None
    guard: Probe | None = None
    taken: str | None = None
    repeatable: str | None = None
    keeps: Mapping[str, str] = attrs.field(factory=dict, converter=_frozen)
    expects: tuple[str, str] | None = None
    limit: int | None = None
    best_effort: bool = False
    danger: str | None = None
    needs: tuple[Value, ...] = ()
    form: str | None = None
    shell: tuple[str, ...] = ()
    console: str | None = None
    note: str | None = None
    by_hand: bool = False

    @property
    def changes(self) -> bool:
        """Whether it changes anything in AWS."""
        return self.call is not None and not self.call.operation.startswith(("Describe", "Get", "List", "Head"))

    @property
    def waits_for_people(self) -> bool:
        """Whether what comes after it is not begun before somebody says that it is done."""
        return self.by_hand and self.part in (Part.FENCE, Part.BACK)

    def calls(self) -> Iterator[Call]:
        """Yield every call it may make."""
        if self.call is not None:
            yield self.call
        if self.probe is not None:
            yield self.probe.call
        if self.guard is not None:
            yield self.guard.call


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """What must be in the recovery Region before the day."""

    state: tuple[str, ...] = ()
    configuration: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Procedure:
    """How one mechanism recovers one kind of component from some disruptions, and the way home.

    Attributes:
        kind: The kind of component.
        mechanism: The mechanism.
        disruptions: The disruptions it is for.
        source: Where the steps come from (`sources.toml`).
        engines: Engine patterns it is for (`aurora-*`). Empty: all.
        form: Another mechanism the component must have, where the steps depend on it; `!name`: must not have.
        when: Parameters the protection must have.
        steps: The way there.
        back: The way home.
        rehearsal: What a drill does in place of `steps`, where these would change the workload itself. Empty: nothing.
        fence: How sure it is that the old side no longer writes.
        fence_because: Why so.
        prepared: What must be there beforehand.
        afterwards: What is missing until something more is done, such as a standby.
        lag: How far behind the copy is, where AWS tells.
    """

    kind: str
    mechanism: str
    disruptions: tuple[Disruption, ...]
    source: str
    steps: tuple[Step, ...]
    back: tuple[Step, ...] = ()
    rehearsal: tuple[Step, ...] = ()
    engines: tuple[str, ...] = ()
    form: str | None = None
    when: Mapping[str, object] = attrs.field(factory=dict, converter=_frozen)
    fence: Fence = Fence.COMPLETE
    fence_because: str = "nothing changes place"
    prepared: Prepared = attrs.field(factory=Prepared)
    afterwards: str | None = None
    lag: Lag | None = None

    @property
    def automatic(self) -> bool:
        """Whether AWS does everything by itself."""
        return not any(step.call or step.by_hand for step in self.steps if step.part is Part.ACT)

    def called(self) -> str:
        """Return its name for people and tests."""
        form = f" ({self.form})" if self.form else ""
        engines = f" of {', '.join(self.engines)}" if self.engines else ""
        return f"{self.kind} {self.mechanism}{engines}{form}: {', '.join(self.disruptions)}"
