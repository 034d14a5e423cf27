"""Planning an operation from the synthesized stacks alone, before anything is asked of AWS."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import attrs
from msgspec.structs import replace

from constructs_lib.components.external import answers_for
from constructs_lib.documents.names import declared_by, latch_names, names_of
from constructs_lib.documents.runbook import answered_as, procedure_for
from constructs_lib.errors import InputError, RefusedError
from constructs_lib.objectives import Disruption
from constructs_lib.operations.ask import moment_of
from constructs_lib.operations.journal_form import check_told
from constructs_lib.procedures import PROCEDURES, Part
from constructs_lib.procedures.routing import LATCH
from constructs_lib.procedures.value import names_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from constructs_lib.documents.documented_workload import DocumentedComponent, DocumentedWorkload
    from constructs_lib.procedures import Procedure, Step

from constructs_lib.operations.plan import ComponentPlan, Plan

__all__ = [
    "LATEST",
    "keys_of",
    "names_given",
    "plan_again",
    "plan_failback",
    "plan_failover",
    "plan_procedures",
    "plan_restore",
    "recovered_by",
]

LATEST = "latest"
_BECOMES: Final = frozenset({"recovery_bucket", "recovery_instance", "replica_again", "restored", "returned"})
"""What a component is called, or what is made of it, where it is moved to."""
_TOLD: Final = {"restore": ("component", "to_time"), "failover": ("to",)}
"""What the journal of a command has to tell, so that it can be planned again."""
_BESIDE = (Part.FENCE, Part.PROPAGATE)
"""What a restore beside the original leaves out: nothing changes place."""


def plan_failover(
    workload: DocumentedWorkload,
    to: str,
    *,
    names: Mapping[str, Any] | None = None,
    without: Collection[str] = (),
) -> Plan:
    """Return how *workload* is moved to the Region *to*.

    Args:
        workload: The workload.
        to: The Region; the one its components are recovered in.
        names: What is settled otherwise than the files tell.
        without: The components that stay where they are.

    Raises:
        InputError: If it is not recovered there, or has no such component.
        RefusedError: If nothing is left to move.
    """
    regions = sorted({item.recovery_region for item in workload.components if item.recovery_region})
    if to not in regions:
        if to in {item.component.region for item in workload.components}:
            msg = f"{to!r} is where {workload.name} is; a failover goes to {', '.join(regions) or 'no other Region'}"
            raise InputError(msg)
        msg = f"{workload.name} is not recovered in {to!r}; it is in {', '.join(regions) or 'no other Region'}"
        raise InputError(msg)
    plan = plan_procedures("failover", workload, Disruption.REGION, {"to": to}, names or {})
    return _without(plan, without)


def plan_failback(
    workload: DocumentedWorkload,
    *,
    names: Mapping[str, Any] | None = None,
    recovered: Mapping[str, str] | None = None,
    without: Collection[str] = (),
) -> Plan:
    """Return the way home of *workload*.

    Args:
        workload: The workload.
        names: What is settled otherwise than the files tell.
        recovered: The ARNs that AWS gave to what the failover restored, by component; `recovered_by` reads them.
        without: The components that stay where they are.

    Raises:
        InputError: If it has no such component.
        RefusedError: If nothing is left to move.
    """
    found = dict(recovered or {})
    plan = plan_procedures("failback", workload, Disruption.REGION, {"recovered": found}, names or {})
    components = [
        replace(item, names={"recovered_arn": found[item.name], **item.names}) if item.name in found else item
        for item in plan.components
    ]
    return _without(replace(plan, components=tuple(components)), without)


def _without(plan: Plan, names: Collection[str]) -> Plan:
    """Return *plan* without the components that somebody leaves where they are."""
    there = sorted(item.name for item in plan.components)
    for name in names:
        if name not in there:
            msg = f"--without {name}: nothing of that name moves with {plan.workload}; there are {', '.join(there)}"
            raise InputError(msg)
    if not names:
        _check_apart(plan)
        return plan
    left = tuple(item for item in plan.components if item.name not in names)
    if not left:
        msg = f"nothing of {plan.workload} is left to move"
        raise RefusedError(msg)
    without = {**plan.without, **dict.fromkeys(names, "left where it is, by --without")}
    plan = replace(plan, components=left, without=without, arguments={**plan.arguments, "without": sorted(names)})
    _check_apart(plan)
    return plan


def _check_apart(plan: Plan) -> None:
    """Check that no two components are to become one thing: the second would take what the first made for its own.

    Raises:
        RefusedError: If two are, by a name that was given for all of them.
    """
    owners: dict[tuple[str, str], str] = {}
    for item in plan.components:
        changed = {
            name
            for step in item.steps
            for call in step.calls()
            if step.changes
            for value in call.parameters.values()
            for name in names_in(value)
        }
        for key in sorted(_BECOMES & changed & item.names.keys()):
            name = str(item.names[key])
            other = owners.setdefault((item.kind, name), item.name)
            if other != item.name:
                given = " ".join(f"--name {component}.{key}=NAME" for component in (other, item.name))
                msg = f"{other} and {item.name} would both be {name!r}: give each its own, with {given}"
                raise RefusedError(msg)


def recovered_by(workload: str, journals: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the ARN of what each component of *workload* was restored to by its newest failover that is finished.

    Args:
        workload: The workload.
        journals: What journals hold, oldest first.
    """
    done = [item for item in journals if (item["command"], item["workload"]) == ("failover", workload)]
    # One that gave way to another has done nothing, and one that was given up is where nobody knows.
    done = [item for item in done if item["closed"] is not None and item["components"] and "given_up" not in item]
    components = done[-1]["components"] if done else {}
    return {
        name: written["kept"]["restored_arn"]
        for name, written in components.items()
        if written["kept"].get("restored_arn")
    }


def names_given(workload: str, journals: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the names that the newest failover of *workload* was given: what it moved to is what comes home.

    Args:
        workload: The workload.
        journals: What journals hold, oldest first.
    """
    moved = [item for item in journals if (item["command"], item["workload"]) == ("failover", workload)]
    moved = [item for item in moved if item["components"]]
    return dict(moved[-1]["arguments"]["names"]) if moved else {}


def plan_restore(
    workload: DocumentedWorkload,
    component: str,
    *,
    to_time: str,
    as_name: str | None = None,
    names: Mapping[str, Any] | None = None,
) -> Plan:
    """Return how *component* is restored to a moment, beside the original; a bucket in place, version by version.

    Args:
        workload: The workload.
        component: The component.
        to_time: `latest`, or a moment in RFC 3339.
        as_name: What the new thing is called. Default: the original's name and `-restored`.
        names: What is settled otherwise than the files tell.

    Raises:
        InputError: If there is no such component, or the moment is none.
        RefusedError: If nothing restores it.
    """
    found = [item for item in workload.components if item.name == component]
    if not found:
        there = ", ".join(sorted(item.name for item in workload.components))
        msg = f"{workload.name} has no component {component!r}; it has {there}"
        raise InputError(msg)
    settled: dict[str, Any] = dict(names or {})
    arguments = {"component": component, "to_time": to_time, "as_name": as_name}
    if to_time != LATEST:
        moment = moment_of(to_time)
        if moment is None:
            msg = f"--to-time is {to_time!r}; give `latest`, or a moment such as 2026-11-23T10:14:00Z"
            raise InputError(msg)
        if moment > datetime.now(UTC):
            msg = f"--to-time is {to_time!r}, which is still to come; give `latest`, or a moment that has been"
            raise InputError(msg)
        settled["moment"] = settled["since"] = moment.astimezone(UTC).isoformat()
    else:
        settled["latest"] = True
    if as_name is not None:
        settled["restored"] = as_name
    only = attrs.evolve(workload, components=tuple(found))
    plan = plan_procedures("restore", only, Disruption.SOFTWARE, arguments, settled, names or {})
    if not plan.components:
        msg = f"{component} of {workload.name} cannot be restored: {plan.without[component]}"
        raise RefusedError(msg)
    (one,) = plan.components
    if one.kind == "bucket" and (to_time == LATEST or as_name is not None):
        msg = (
            f"{component} is a bucket, and is restored in place, to the moment before the damage: give that with "
            f"--to-time, such as 2026-11-23T10:14:00Z, and no --as"
        )
        raise InputError(msg)
    steps = tuple(step for step in one.steps if step.part not in _BESIDE)
    return replace(plan, components=(replace(one, steps=steps),))


def keys_of(workload: DocumentedWorkload) -> frozenset[str]:
    """Return what can be given a name for *workload*: what its resources are called, and what any step asks for."""
    own = {key for item in workload.components for key in names_of(workload, item, Disruption.REGION)}
    asked = {
        name
        for procedure in (*PROCEDURES, LATCH)
        for step in (*procedure.steps, *procedure.back, *procedure.rehearsal)
        for value in (
            step.title,
            *step.shell,
            *step.needs,
            *(given for call in step.calls() for given in call.parameters.values()),
        )
        for name in names_in(value)
    }
    return frozenset({"account", "as_of", "latest", "moment", "since"} | own | asked)


def plan_again(workload: DocumentedWorkload, journal: Mapping[str, Any]) -> Plan:
    """Return the plan of an operation that was begun, from its journal and the stacks.

    Args:
        workload: The workload, as the stacks tell it now.
        journal: What the journal holds.

    Raises:
        EvaluationError: If the journal does not tell what was asked for.
    """
    arguments = journal["arguments"]
    names = arguments["names"]
    check_told(journal, *_TOLD.get(journal["command"], ()))
    match journal["command"]:
        case "restore":
            return plan_restore(
                workload,
                arguments["component"],
                to_time=arguments["to_time"],
                as_name=arguments.get("as_name"),
                names=names,
            )
        case "failover":
            return plan_failover(workload, arguments["to"], names=names, without=arguments.get("without", ()))
        case "drill":
            msg = (
                f"{journal['id']} is a drill: `drctl drill {journal['workload']} --resume {journal['id']}` goes on, "
                f"and --clean beside it removes what it made"
            )
            raise InputError(msg)
        case _:
            recovered, without = arguments.get("recovered"), arguments.get("without", ())
            return plan_failback(workload, names=names, recovered=recovered, without=without)


def plan_procedures(
    command: str,
    workload: DocumentedWorkload,
    disruption: Disruption,
    arguments: Mapping[str, Any],
    settled: Mapping[str, Any],
    given: Mapping[str, Any] | None = None,
) -> Plan:
    """Return the procedures of all components of *workload* for one disruption, filled with what is settled.

    Args:
        command: The command.
        workload: The workload.
        disruption: The disruption.
        arguments: What was asked for.
        settled: Names that are settled otherwise than the files tell.
        given: Those among them that were given, for the journal. Default: all.
    """
    components: list[ComponentPlan] = []
    without: dict[str, str] = {}
    for item in workload.components:
        procedure = procedure_for(item, disruption)
        if procedure is None:
            elsewhere = answers_for(item.component)
            without[item.name] = elsewhere or f"nothing recovers it from the disruption {disruption.value!r}"
            continue
        steps = procedure.back if command == "failback" else procedure.steps
        component = _component(workload, item, disruption, procedure, steps, settled)
        if command != "failback":
            # Elsewhere a step reads the settings, or nobody answers.
            names = {name: told for name, told in component.names.items() if not name.startswith("described")}
            component = replace(component, names=names)
        components.append(component)
    return Plan(
        command=command,
        workload=workload.name,
        components=tuple(components),
        arguments={**arguments, "names": dict(settled if given is None else given)},
        without=without,
        latch=_latch(command, workload),
    )


def _latch(command: str, workload: DocumentedWorkload) -> ComponentPlan | None:
    if workload.latch is None or command not in ("failover", "failback"):
        return None
    return ComponentPlan(
        name=workload.latch.alarm,
        kind=LATCH.kind,
        procedure=LATCH,
        steps=LATCH.back if command == "failback" else LATCH.steps,
        seconds={},
        names=latch_names(workload, workload.latch),
        declared={},
        loses=0,
    )


def _component(
    workload: DocumentedWorkload,
    item: DocumentedComponent,
    disruption: Disruption,
    procedure: Procedure,
    steps: tuple[Step, ...],
    settled: Mapping[str, Any],
) -> ComponentPlan:
    settled = _settled_for(item.name, settled)
    estimate = item.assessment.estimates[disruption]
    acts = [reason.seconds for reason in estimate.reasons if reason.step == "act"]
    return ComponentPlan(
        name=item.name,
        kind=item.component.kind.value,
        procedure=procedure,
        steps=steps,
        seconds=dict(enumerate(acts)),
        names={**_without_latest(names_of(workload, item, answered_as(estimate, disruption)), settled), **settled},
        declared=declared_by(item),
        loses=estimate.rpo_seconds,
        addresses=tuple((member.stack, member.address) for member in item.members if member.stack and member.address),
        existing="existing" in item.features,
    )


def _settled_for(component: str, settled: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is settled for *component*: by all that is given for it alone, and what is given for all."""
    own = {key.partition(".")[2]: value for key, value in settled.items() if key.partition(".")[0] == component}
    return {**{key: value for key, value in settled.items() if "." not in key}, **own}


def _without_latest(names: Mapping[str, Any], settled: Iterable[str]) -> dict[str, Any]:
    """Return *names*; where a moment is settled, the latest is not wanted."""
    return {key: value for key, value in names.items() if not (key == "latest" and "moment" in settled)}
