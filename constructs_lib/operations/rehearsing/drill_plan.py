"""What a drill is to do: a workload's components restored beside themselves, under names that nothing uses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import attrs
from msgspec.structs import replace

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.components import Kind
from constructs_lib.constructs.sites.fitted_name import fitted_name
from constructs_lib.errors import InputError, RefusedError
from constructs_lib.objectives import Disruption
from constructs_lib.operations.ask import moment_of
from constructs_lib.operations.journal_form import check_told
from constructs_lib.operations.planning import LATEST, plan_procedures
from constructs_lib.procedures import Part
from constructs_lib.procedures.fill import DRILL_TAGS, EXPIRES_TAG, NAME_TAG, OPERATION_TAG
from constructs_lib.procedures.value import Name, Tags, names_in

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.operations.plan import ComponentPlan, Plan
    from constructs_lib.procedures import Step
    from constructs_lib.procedures.value import Value

__all__ = ["DRILLED", "plan_drill", "plan_drill_again", "prefix_of"]

DRILLED: Final = (Disruption.SOFTWARE, Disruption.REGION)
_NEVER_IN: Final = (Part.FENCE, Part.PROPAGATE)
"""What a drill leaves out: it stops nobody, and points nobody anywhere."""
_OURS: Final = frozenset({"restored", "restored_arn"})
"""Names that only the drill's own things have: its own, and what AWS says that it has made."""
_NAMED_BY_AWS: Final = "DSQL"
"""What AWS Backup calls that of which a restore always makes a new one, whose name AWS gives."""
_NO_LOCATION: Final = "us-east-1"
"""The Region that S3 does not want to be told."""
_EXPIRES: Final = timedelta(days=1)
_LONGEST: Final = 63
"""Characters that RDS takes in an identifier; DynamoDB takes more."""
_MEMBER: Final = len("-12")
_TOKEN: Final = 8


def prefix_of(token: str) -> str:
    """Return what the names of everything begin with that the drill *token* makes."""
    return f"drctl-drill-{token}-"


def plan_drill(
    workload: DocumentedWorkload,
    disruption: Disruption,
    *,
    token: str,
    only: Collection[str] = (),
    names: Mapping[str, Any] | None = None,
    expires: str | None = None,
    as_of: str | None = None,
) -> Plan:
    """Return how the components of *workload* are restored beside themselves as after *disruption*.

    Only what makes new things under the drill's own names is part of it. What could touch the workload is left out,
    and said to be: a promotion, a switchover, a restore in place.

    Args:
        workload: The workload.
        disruption: `software`: in its Region. `region`: in the recovery Region, from what is there.
        token: What tells this drill's names from those of others: eight hexadecimal digits.
        only: The components. Default: all.
        names: What is settled otherwise than the files tell, such as an isolated `subnet_group`.
        expires: The day after which what it made may be removed by anybody. Default: tomorrow.
        as_of: The moment as of which objects are sampled. Default: the `moment` among the names, or now.

    Raises:
        InputError: If there is no such component, or no drill for the disruption.
        RefusedError: If nothing can be tried so.
    """
    if disruption not in DRILLED:
        msg = f"there is no drill for {disruption.value!r}; there is one for {' and '.join(DRILLED)}"
        raise InputError(msg)
    there = {item.name for item in workload.components}
    for name in only:
        if name not in there:
            msg = f"{workload.name} has no component {name!r}; it has {', '.join(sorted(there))}"
            raise InputError(msg)
    chosen = attrs.evolve(
        workload, components=tuple(item for item in workload.components if not only or item.name in only)
    )
    expires = expires or (datetime.now(UTC) + _EXPIRES).date().isoformat()
    as_of = as_of or (names or {}).get("moment") or datetime.now(UTC).isoformat()
    if moment_of(as_of) is None:
        msg = f"the moment is {as_of!r}; give one such as 2026-11-23T10:14:00Z"
        raise InputError(msg)
    arguments = {
        "disruption": disruption.value,
        "token": token,
        "only": sorted(only),
        "expires": expires,
        "as_of": as_of,
    }
    plan = plan_procedures("drill", chosen, disruption, arguments, {LATEST: True, **(names or {})}, names or {})
    without = dict(plan.without)
    components = []
    for planned in plan.components:
        whole = planned.procedure.rehearsal or planned.steps
        # What people do once it serves is for what stays.
        steps = tuple(step for step in whole if not (step.by_hand and step.part is Part.VERIFY))
        item = replace(planned, steps=steps)
        because = _cannot_be_tried(item)
        if because is None:
            components.append(_isolated(item, token, expires, as_of))
        else:
            without[item.name] = because
    if not components:
        msg = f"nothing of {workload.name} can be tried beside it: " + "; ".join(
            f"{name}: {why}" for name, why in without.items()
        )
        raise RefusedError(msg)
    return replace(plan, components=tuple(components), without=without)


def _cannot_be_tried(item: ComponentPlan) -> str | None:
    if load_catalog().kinds[Kind(item.kind)].layer != "data":
        return (
            f"a {item.kind} holds no data, and AWS restores none beside it: the plan of a failover asks whether it can "
            f"take over, and the failover itself, live or by `make gameday`, shows that it does"
        )
    acting = [step for step in item.steps if step.part not in _NEVER_IN and (step.changes or step.by_hand)]
    if not acting:
        return "AWS goes on by itself, and nothing is restored: see it in a failover"
    for step in acting:
        if step.call is None:
            return f"{step.title!r} is for people to do: see it in a failover"
        if (
            not _OURS & set(names_in(step.call.parameters))
            and step.call.parameters.get("ResourceType") != _NAMED_BY_AWS
        ):
            return f"{step.title!r} would change the workload itself: see it in a failover, or on the emulator"
    return None


def _isolated(item: ComponentPlan, token: str, expires: str, as_of: str) -> ComponentPlan:
    # The policy of drills names them under any token, so it is the component's name that is fitted.
    name = fitted_name(item.name, _LONGEST - _MEMBER - len(prefix_of(token.ljust(_TOKEN))))
    steps = tuple(_with_own_tags(step) for step in item.steps if step.part not in _NEVER_IN)
    own = {"restored": f"{prefix_of(token)}{name}", "expires": expires}
    if item.procedure.rehearsal:
        own["as_of"] = as_of
        if item.names["working_region"] != _NO_LOCATION:
            own["location"] = item.names["working_region"]
    return replace(item, steps=steps, names={**item.names, **own})


def _with_own_tags(step: Step) -> Step:
    """Return *step* without the workload's tags: by these backup plans, dashboards and audits would find a copy."""
    if step.call is None:
        return step
    parameters = {name: _own_tags(value) for name, value in step.call.parameters.items()}
    return attrs.evolve(step, call=attrs.evolve(step.call, parameters=parameters))


def _own_tags(value: Value) -> Value:
    if isinstance(value, Tags):
        return DRILL_TAGS
    if value == Name("tags", required=True):
        # What AWS names itself is found by this one.
        return {NAME_TAG: "{restored}", OPERATION_TAG: "{operation}", EXPIRES_TAG: "{expires}"}
    return value


def plan_drill_again(workload: DocumentedWorkload, journal: Mapping[str, Any]) -> Plan:
    """Return the plan of a drill that was begun, from its journal and the stacks.

    Raises:
        InputError: If the journal is of something else.
    """
    arguments = journal["arguments"]
    if journal["command"] != "drill":
        msg = f"{journal['id']} is a {journal['command']}, no drill; go on with `drctl resume {journal['id']}`"
        raise InputError(msg)
    check_told(journal, "disruption", "token", "only", "expires")
    return plan_drill(
        workload,
        Disruption(arguments["disruption"]),
        token=arguments["token"],
        only=arguments["only"],
        names=arguments["names"],
        expires=arguments["expires"],
        as_of=arguments.get("as_of"),
    )
