"""The runbook of a workload: what is done, by whom and for how long, when something fails."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.procedures import ProcedureStep, filled, load_procedures
from constructs_lib.documents.placeholders import names_of
from constructs_lib.objectives import Disruption

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.assessment import Estimate, Reason, Verdict
    from constructs_lib.catalog.procedures import Procedure
    from constructs_lib.documents.documented_workload import DocumentedComponent, DocumentedWorkload
    from constructs_lib.objectives import Target

__all__ = ["Action", "Preparation", "Recovery", "Runbook", "Scenario", "TimedAction", "runbook"]

AUTOMATIC = "automatic"
OPERATOR = "operator"
LEAD = "recovery lead"
_PATH = ("detect", "decide", "act", "propagate")
_VARIABLE = re.compile(r"\$([A-Z][A-Z_]*)")
_ASSIGNED = re.compile(r"\b([A-Z][A-Z_]*)=")


@attrs.frozen(kw_only=True)
class Action:
    """One thing to do, with everything filled in."""

    title: str
    commands: tuple[str, ...] = ()
    console: str | None = None
    note: str | None = None


@attrs.frozen(kw_only=True)
class TimedAction:
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


@attrs.frozen(kw_only=True)
class Recovery:
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


@attrs.frozen(kw_only=True)
class Scenario:
    """One disruption, and how each component comes back.

    Components are recovered side by side, so the workload is back when the slowest is.
    """

    disruption: Disruption
    recoveries: tuple[Recovery, ...]

    @property
    def rto_seconds(self) -> int | None:
        """How long the workload is down: the longest of its components; None where one has no bound."""
        times = [item.estimate.rto_seconds for item in self.recoveries]
        return None if None in times else max((time for time in times if time is not None), default=None)

    @property
    def rpo_seconds(self) -> int | None:
        """How much is lost: the most of its components; None where one has no bound."""
        times = [item.estimate.rpo_seconds for item in self.recoveries]
        return None if None in times else max((time for time in times if time is not None), default=None)

    @property
    def slowest(self) -> Recovery | None:
        """The component that decides when the workload is back."""
        return max(self.recoveries, key=lambda item: item.estimate.rto_seconds or 0, default=None)

    @property
    def automatic(self) -> bool:
        """Whether no human is needed."""
        return all(item.estimate.automatic for item in self.recoveries)


@attrs.frozen(kw_only=True)
class Preparation:
    """What must be in the recovery Region beforehand, under the headings of the seed."""

    state: tuple[str, ...]
    software: tuple[str, ...]
    configuration: tuple[str, ...]
    documentation: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Runbook:
    """Everything a runbook states."""

    workload: DocumentedWorkload
    scenarios: tuple[Scenario, ...]
    preparation: Preparation
    variables: tuple[tuple[str, str], ...]


def runbook(workload: DocumentedWorkload) -> Runbook:
    """Return the runbook of *workload*; every duration is a part of an estimate made now."""
    # The loss of a Region first: it is what nobody has practice in.
    order = (Disruption.REGION, Disruption.SOFTWARE, Disruption.ZONE, Disruption.HARDWARE)
    scenarios = tuple(
        Scenario(
            disruption=disruption,
            recoveries=tuple(_recovery(workload, item, disruption) for item in workload.components),
        )
        for disruption in order
    )
    return Runbook(
        workload=workload,
        scenarios=scenarios,
        preparation=_preparation(workload),
        variables=tuple(_variables(workload, scenarios)),
    )


def _procedure(item: DocumentedComponent, estimate: Estimate, disruption: Disruption) -> Procedure | None:
    if estimate.mechanism is None:
        return None
    mechanism = load_catalog().mechanism(item.component.kind, estimate.mechanism)
    protection = item.component.protection(estimate.mechanism)
    parameters = {} if protection is None else protection.parameters
    answered = Disruption.REGION if estimate.wider else disruption
    return load_procedures().find(mechanism, answered, parameters, item.component.kind)


def _recovery(workload: DocumentedWorkload, item: DocumentedComponent, disruption: Disruption) -> Recovery:
    assessment = item.assessment
    estimate = assessment.estimates[disruption]
    procedure = _procedure(item, estimate, disruption)
    names = names_of(workload, item)
    working = names.get("recovery_region") if disruption is Disruption.REGION or estimate.wider else names.get("region")
    if working is not None:
        names["working_region"] = working
    way = None
    if estimate.mechanism is not None:
        way = load_catalog().mechanism(item.component.kind, estimate.mechanism).title
    return Recovery(
        name=item.name,
        kind=item.component.kind.value,
        way=way,
        estimate=estimate,
        target=item.objective.target(disruption),
        verdict=assessment.verdict(disruption),
        steps=tuple(_steps(estimate, procedure, names)),
        verify=_actions(procedure.verify if procedure else (), names),
        failback=_actions(procedure.failback if procedure else (), names),
    )


def _steps(estimate: Estimate, procedure: Procedure | None, names: Mapping[str, str]) -> Iterator[TimedAction]:
    shared = load_procedures().shared
    acts = iter(procedure.act if procedure else ())
    switches = procedure.switch if procedure else ()
    path = [reason for reason in estimate.reasons if reason.step in _PATH]
    for number, reason in enumerate(path, start=1):
        who = AUTOMATIC if estimate.automatic else OPERATOR
        match reason.step:
            case "detect":
                step = ProcedureStep(title=reason.text) if estimate.automatic else shared["detect"]
            case "decide":
                step, who = shared["decide"], LEAD
            case "act":
                step = next(acts, None) or shared["act_automatically"]
            case _:
                step = _switched(switches, estimate.automatic, shared)
        yield TimedAction(number=number, who=who, seconds=reason.seconds, reason=reason, action=_action(step, names))


def _switched(
    switches: tuple[ProcedureStep, ...], automatic: bool, shared: Mapping[str, ProcedureStep]
) -> ProcedureStep:
    if automatic:
        return shared["propagate_automatically"]
    return switches[0] if switches else shared["propagate_by_hand"]


def _action(step: ProcedureStep, names: Mapping[str, str]) -> Action:
    return Action(
        title=filled(step.title, names),
        commands=tuple(filled(command, names) for command in step.commands),
        console=None if step.console is None else filled(step.console, names),
        note=None if step.note is None else filled(step.note, names),
    )


def _actions(steps: tuple[ProcedureStep, ...], names: Mapping[str, str]) -> tuple[Action, ...]:
    return tuple(_action(step, names) for step in steps)


def _preparation(workload: DocumentedWorkload) -> Preparation:
    state: list[str] = []
    software: list[str] = []
    configuration: list[str] = []
    documentation: list[str] = []
    for item in workload.components:
        procedure = _procedure(item, item.assessment.estimates[Disruption.REGION], Disruption.REGION)
        if procedure is None:
            state.append(f"{item.name}: nothing is prepared, and nothing recovers it from the loss of its Region")
            continue
        names = names_of(workload, item)
        for listed, into in (
            (procedure.prepared.state, state),
            (procedure.prepared.software, software),
            (procedure.prepared.configuration, configuration),
            (procedure.prepared.documentation, documentation),
        ):
            into += [f"{item.name}: {filled(text, names)}" for text in listed]
        for member in item.members:
            if member.type == "aws_secretsmanager_secret" and member.arguments.get("replica"):
                configuration.append(f"{item.name}: secret {member.arguments.get('name')}, replicated")
    recovery = workload.recovery
    if recovery is not None:
        software.append(
            f"the application itself in {recovery}, in the version that serves: the files these pages are made from "
            "declare only what holds state and routes traffic, so see to it by hand"
        )
        configuration += [
            f"a way to sign in without us-east-1: https://{recovery}.console.aws.amazon.com/ and a role or "
            "user made beforehand",
            *(f"DNS: {name} fails over from {first} to {second}" for name, first, second in workload.records),
        ]
    kept = [f"these pages at {place} in {region}" for region, place in workload.stored]
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


def _variables(workload: DocumentedWorkload, scenarios: tuple[Scenario, ...]) -> Iterator[tuple[str, str]]:
    texts = [text for scenario in scenarios for item in scenario.recoveries for text in _texts(item)]
    assigned = {name for text in texts for name in _ASSIGNED.findall(text)}
    used = dict.fromkeys(name for text in texts for name in _VARIABLE.findall(text) if name not in assigned)
    hints = load_procedures().variables
    names = {"recovery_region": workload.recovery or workload.primary or "REGION"}
    for name in sorted(used):
        words = name.lower().replace("_", " ")
        yield name, filled(hints.get(name, f"the {words}, which the files do not tell: write it down"), names)


def _texts(item: Recovery) -> Iterator[str]:
    for action in (*(step.action for step in item.steps), *item.verify, *item.failback):
        yield from (action.title, *action.commands, action.note or "", action.console or "")
