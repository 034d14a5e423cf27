"""The runbook of a workload: what is done, by whom and for how long, when something fails."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from constructs_lib.assessment.silence import silence
from constructs_lib.assessment.workload import ways_back
from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.kinds.kind import LAYERS
from constructs_lib.catalog.resources.container_needs import DEFINITIONS, REPOSITORY, containers_of, needs_of
from constructs_lib.components import Kind
from constructs_lib.components.external import answers_for
from constructs_lib.documents.names import declared_by, latch_names, names_of
from constructs_lib.documents.variables import hint_of
from constructs_lib.objectives import Disruption
from constructs_lib.procedures import Part, find_procedure
from constructs_lib.procedures.command import Printed
from constructs_lib.procedures.routing import ACTS_BY_ITSELF, DECIDE, DETECT, LATCH, PROPAGATES_BY_ITSELF, REPOINT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.assessment import Estimate, Reason, Verdict
    from constructs_lib.assessment.workload import WorkloadEstimate
    from constructs_lib.documents.documented_workload import DocumentedComponent, DocumentedWorkload
    from constructs_lib.objectives import Target
    from constructs_lib.procedures import Fence, Procedure, Step

__all__ = [
    "Action",
    "Preparation",
    "Recovery",
    "Runbook",
    "Scenario",
    "TimedAction",
    "layer_of",
    "procedure_for",
    "runbook",
]

AUTOMATIC = "automatic"
OPERATOR = "operator"
LEAD = "recovery lead"
OWNER = "its owner"
_PATH = ("detect", "decide", "act", "propagate")
_VARIABLE = re.compile(r"\$\{?([A-Z][A-Z_]*)")
_ASSIGNED = re.compile(r"\b([A-Z][A-Z_]*)=")
_OF_THE_SHELL = frozenset({"SECONDS"})


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do, with everything filled in."""

    title: str
    commands: tuple[str, ...] = ()
    console: str | None = None
    note: str | None = None


class TimedAction(msgspec.Struct, frozen=True, kw_only=True):
    """One numbered step on the critical path.

    Attributes:
        number: From 1, in the order of time.
        who: `automatic`, `operator` or `recovery lead`.
        seconds: How long it is expected to take: one part of the estimate.
        reason: Why so long, with how far that can be trusted and its source in the catalog.
        action: What is done.
    """

    number: int
    who: str
    seconds: int
    reason: Reason
    action: Action


class Recovery(msgspec.Struct, frozen=True, kw_only=True):
    """How one component comes back from one disruption.

    Attributes:
        name: The component.
        kind: What it is.
        way: What AWS calls the mechanism; None where nothing recovers it.
        estimate: What the assessment says.
        target: What is promised; None where nothing is.
        verdict: Whether the estimate keeps it.
        steps: The critical path; the durations add up to the estimate.
        verify: How to see that it works.
        failback: The way home.
        fence: How sure it is that the old side no longer writes, and why; None where nothing moves to the other Region.
        afterwards: What is missing once it is recovered.
        silent: Why nobody is told where the backups stop that a promise hangs on; None where somebody is.
    """

    name: str
    kind: str
    way: str | None
    estimate: Estimate
    target: Target | None
    verdict: Verdict
    steps: tuple[TimedAction, ...]
    verify: tuple[Action, ...]
    failback: tuple[Action, ...]
    fence: tuple[Fence, str] | None = None
    afterwards: str | None = None
    silent: str | None = None


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """One disruption: how each component comes back, and what that comes to for the workload."""

    disruption: Disruption
    recoveries: tuple[Recovery, ...]
    whole: WorkloadEstimate

    @property
    def moves(self) -> bool:
        """Whether the workload goes to the other Region, and traffic with it."""
        return self.disruption is Disruption.REGION or any(item.estimate.wider for item in self.recoveries)


class Preparation(msgspec.Struct, frozen=True, kw_only=True):
    """What must be in the recovery Region beforehand, under the headings of the seed."""

    state: tuple[str, ...]
    software: tuple[str, ...]
    configuration: tuple[str, ...]
    documentation: tuple[str, ...]


class Runbook(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a runbook states.

    Attributes:
        workload: The workload.
        scenarios: One for each disruption.
        preparation: What must be there beforehand.
        variables: What the shell must know, and what it is.
        hold: What holds the traffic of the record in the recovery Region, first of all; empty: it has no latch.
        release: What lets it go home, last of all.
    """

    workload: DocumentedWorkload
    scenarios: tuple[Scenario, ...]
    preparation: Preparation
    variables: tuple[tuple[str, str], ...]
    hold: tuple[Action, ...] = ()
    release: tuple[Action, ...] = ()


def runbook(workload: DocumentedWorkload) -> Runbook:
    """Return the runbook of *workload*; every duration is a part of an estimate made now."""
    # The loss of a Region first: it is what nobody has practice in.
    order = (Disruption.REGION, Disruption.SOFTWARE, Disruption.ZONE, Disruption.HARDWARE)
    in_order = sorted(workload.components, key=lambda item: layer_of(item.component.kind))
    scenarios = tuple(
        Scenario(
            disruption=disruption,
            recoveries=tuple(_recoveries(workload, in_order, disruption)),
            whole=workload.whole.estimates[disruption],
        )
        for disruption in order
    )
    return Runbook(
        workload=workload,
        scenarios=scenarios,
        preparation=_preparation(workload),
        variables=tuple(_variables(workload, scenarios)),
        hold=tuple(_latched(workload, LATCH.steps)),
        release=tuple(_latched(workload, LATCH.back)),
    )


def layer_of(kind: Kind) -> int:
    """Return the place of a component among the layers: code waits for data, and routes for code."""
    known = load_catalog().kinds.get(kind)
    return 0 if known is None else LAYERS.index(known.layer)


def _latched(workload: DocumentedWorkload, steps: tuple[Step, ...]) -> Iterator[Action]:
    if workload.latch is not None:
        printed = Printed(latch_names(workload, workload.latch), {})
        yield from (_action([step], printed, 0) for step in steps)


def answered_as(estimate: Estimate, disruption: Disruption) -> Disruption:
    """Return what is recovered from: where nothing narrower helps, the answer to the loss of the Region."""
    return Disruption.REGION if estimate.wider else disruption


def procedure_for(item: DocumentedComponent, disruption: Disruption) -> Procedure | None:
    """Return how the component is recovered from *disruption*; None where nothing does."""
    return _procedure(item, item.assessment.estimates[disruption], disruption)


def _procedure(item: DocumentedComponent, estimate: Estimate, disruption: Disruption) -> Procedure | None:
    if estimate.mechanism is None:
        return None
    protection = item.component.protection(estimate.mechanism)
    return find_procedure(
        load_catalog().mechanism(item.component.kind, estimate.mechanism),
        answered_as(estimate, disruption),
        kind=item.component.kind,
        parameters={} if protection is None else protection.parameters,
        engine=item.component.engine,
        mechanisms={part.mechanism for part in item.component.protections},
    )


def _printed(workload: DocumentedWorkload, item: DocumentedComponent, answered: Disruption) -> Printed:
    asked = {"moment"} if answered is Disruption.SOFTWARE else set()
    return Printed(names_of(workload, item, answered), declared_by(item), asked=asked)


def _recoveries(
    workload: DocumentedWorkload, components: Sequence[DocumentedComponent], disruption: Disruption
) -> Iterator[Recovery]:
    ways = ways_back([item.assessment for item in components], disruption)
    for item, estimate in zip(components, ways, strict=True):
        yield _recovery(workload, item, estimate, disruption)


def _recovery(
    workload: DocumentedWorkload, item: DocumentedComponent, estimate: Estimate, disruption: Disruption
) -> Recovery:
    procedure = _procedure(item, estimate, disruption)
    answered = answered_as(estimate, disruption)
    printed = _printed(workload, item, answered)
    away = item.assessment.estimates[Disruption.REGION].mechanism is not None
    target = item.objective.target(disruption)
    way = None
    if estimate.mechanism is not None:
        way = load_catalog().mechanism(item.component.kind, estimate.mechanism).title
    steps = procedure.steps if procedure else ()
    return Recovery(
        name=item.name,
        kind=item.component.kind.value,
        way=way,
        estimate=estimate,
        target=target,
        verdict=estimate.verdict(target),
        steps=tuple(_timed(estimate, steps, printed, answers_for(item.component))),
        verify=tuple(_action([step], printed, 0) for step in steps if step.part is Part.VERIFY),
        failback=tuple(
            _action([step], printed, 0) for step in (procedure.back if procedure else ()) if printed.is_needed(step)
        ),
        fence=(procedure.fence, procedure.fence_because) if procedure and answered is Disruption.REGION else None,
        afterwards=printed.text(procedure.afterwards) if procedure and procedure.afterwards and away else None,
        silent=silence(item.component, estimate.mechanism) if target else None,
    )


def _timed(
    estimate: Estimate, steps: tuple[Step, ...], printed: Printed, elsewhere: str | None
) -> Iterator[TimedAction]:
    """Yield one action for each part of the estimate; the steps that are part of it are its commands."""
    path = [reason for reason in estimate.reasons if reason.step in _PATH]
    term = -1
    for number, reason in enumerate(path, start=1):
        who = AUTOMATIC if estimate.automatic else OPERATOR
        match reason.step:
            case "detect":
                action = Action(title=reason.text) if estimate.automatic else _noticed(estimate.noticed_by, printed)
            case "decide":
                action, who = _action([DECIDE], printed, 0), LEAD
            case "act" if elsewhere is not None:
                action, who = Action(title=elsewhere), OWNER
            case "act":
                term += 1
                mine = [step for step in steps if step.part is Part.ACT and step.term == term]
                fences = [step for step in steps if step.part is Part.FENCE] if term == 0 else []
                ordered = sorted((*fences, *mine), key=steps.index)
                action = _action(ordered or [ACTS_BY_ITSELF], printed, reason.seconds)
            case _:
                switch = [step for step in steps if step.part is Part.PROPAGATE] or [REPOINT]
                action = _action([PROPAGATES_BY_ITSELF] if estimate.automatic else switch, printed, 0)
        yield TimedAction(number=number, who=who, seconds=reason.seconds, reason=reason, action=action)


def _noticed(by: str | None, printed: Printed) -> Action:
    look = _action([DETECT], printed, 0)
    return replace(look, title=f"{'somebody notices' if by is None else f'{by} tells'}; {look.title}")


def _action(steps: list[Step], printed: Printed, seconds: int) -> Action:
    """Return *steps* as one action, named after the first that changes something; the others are comments in it."""
    steps = [step for step in steps if printed.is_needed(step)]
    main = next((step for step in steps if step.changes and not step.best_effort), steps[0])
    commands: list[str] = []
    for step in steps:
        if step is not main or len(steps) > 1:
            commands.append(f"# {printed.text(step.title)}")
            if step.note and step is not main:
                commands.append(f"#   beware: {printed.text(step.note)}")
        commands += printed.commands(step, seconds)
    return Action(
        title=printed.text(main.title),
        commands=tuple(commands),
        console=None if main.console is None else printed.text(main.console),
        note=None if main.note is None else printed.text(main.note),
    )


def _preparation(workload: DocumentedWorkload) -> Preparation:
    state: list[str] = []
    software: list[str] = []
    configuration: list[str] = []
    documentation: list[str] = []
    for item in workload.components:
        procedure = procedure_for(item, Disruption.REGION)
        elsewhere = answers_for(item.component)
        if elsewhere is not None:
            state.append(f"{item.name}: built elsewhere; {elsewhere}")
            continue
        if procedure is None:
            state.append(f"{item.name}: nothing is prepared, and nothing recovers it from the loss of its Region")
            continue
        printed = _printed(workload, item, Disruption.REGION)
        for listed, into in ((procedure.prepared.state, state), (procedure.prepared.configuration, configuration)):
            into += [f"{item.name}: {printed.text(text)}" for text in listed]
        for member in item.members:
            if member.type == "aws_secretsmanager_secret" and member.arguments.get("replica"):
                configuration.append(f"{item.name}: secret {member.arguments.get('name')}, replicated")
    recovery = workload.recovery
    if recovery is not None:
        software += _software(workload, recovery)
        configuration += [
            f"a way to sign in without us-east-1: https://{recovery}.console.aws.amazon.com/ and a role or "
            "user made beforehand",
            *(f"DNS: {name} fails over from {first} to {second}" for name, first, second in workload.records),
        ]
    # Where the Region that fails keeps them, nobody reads them on the day.
    kept = [f"these pages at {place}" for region, place in workload.stored if region == (recovery or region)]
    documentation += kept or [
        "these pages are not stored by the stacks: use the construct DocumentStore, or keep them where the loss of "
        f"{workload.primary or 'the Region'} does not reach"
    ]
    return Preparation(
        state=tuple(dict.fromkeys(state)),
        software=tuple(dict.fromkeys(software)),
        configuration=tuple(dict.fromkeys(configuration)),
        documentation=tuple(dict.fromkeys(documentation)),
    )


def _software(workload: DocumentedWorkload, recovery: str) -> Iterator[str]:
    """Yield what runs in the recovery Region, and how to see that it is there."""
    standbys = [
        item
        for item in workload.components
        if item.component.kind is Kind.SERVICE and any(one.region == recovery for one in item.component.protections)
    ]
    if not standbys:
        yield (
            f"the application itself in {recovery}, in the version that serves: the files these pages are made from "
            "declare only what holds state and routes traffic, so see to it by hand"
        )
    for item in standbys:
        found = {
            need.name: str(container["image"]).rpartition("@")[2]
            for member in item.members
            if member.type == "aws_ecs_task_definition" and member.region == recovery
            for container in containers_of(member.arguments.get(DEFINITIONS))
            for need in needs_of(container, recovery)
            if need.type == REPOSITORY
        }
        for repository, digest in (found or {"REPOSITORY": "DIGEST"}).items():
            yield (
                f"{item.name}: its image in the registry of {recovery}; whether it is there tells "
                f"aws ecr describe-images --region {recovery} --repository-name {repository} "
                f"--image-ids imageDigest={digest}"
            )


def _variables(workload: DocumentedWorkload, scenarios: tuple[Scenario, ...]) -> Iterator[tuple[str, str]]:
    texts = [text for scenario in scenarios for item in scenario.recoveries for text in _texts(item)]
    assigned = {name for text in texts for name in _ASSIGNED.findall(text)}
    used = dict.fromkeys(name for text in texts for name in _VARIABLE.findall(text) if name not in assigned)
    region = workload.recovery or workload.primary or "REGION"
    for name in sorted(used):
        if name not in _OF_THE_SHELL:
            yield name, hint_of(name, region)


def _texts(item: Recovery) -> Iterator[str]:
    for action in (*(step.action for step in item.steps), *item.verify, *item.failback):
        yield from (action.title, *action.commands, action.note or "", action.console or "")
