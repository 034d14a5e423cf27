"""AWS Backup: restore testing plans and their selections, which ministack does not have."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import attrs

from constructs_lib.emulator.calls.asked import Asked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.call import Call, Reply
    from constructs_lib.emulator.standins import Forward

_PLAN, _SELECTION = "RestoreTestingPlan", "RestoreTestingSelection"
_NAME: Final = re.compile(r"[A-Za-z0-9_]{1,50}")
#: Hours: what there is without one, and the most.
_START_HOURS, _MOST_HOURS = 24, 168
_LISTED: Final = {
    _PLAN: ("CreationTime", "LastUpdateTime", "ScheduleExpression", "ScheduleExpressionTimezone", "StartWindowHours"),
    _SELECTION: (
        "CreationTime",
        "IamRoleArn",
        "ProtectedResourceType",
        "ValidationWindowHours",
        "RestoreTestingPlanName",
    ),
}


@attrs.define
class _Plan:
    fields: dict[str, Any]
    tags: dict[str, str]
    selections: dict[str, dict[str, Any]] = attrs.field(factory=dict)


class _Refused(Exception):
    """Refuses a call; the error code, the message and the status."""


def _invalid(message: str) -> _Refused:
    return _Refused("InvalidParameterValueException", message, HTTPStatus.BAD_REQUEST)


def _absent(what: str) -> _Refused:
    return _Refused("ResourceNotFoundException", f"{what} was not found", HTTPStatus.NOT_FOUND)


class RestoreTesting:
    """Keeps plans by Region and name, with their selections and tags."""

    service = "backup"

    def __init__(self, account: str) -> None:
        self._account = account
        self._plans: dict[tuple[str, str], _Plan] = {}

    def plans(self) -> list[tuple[str, Mapping[str, Any], list[Mapping[str, Any]]]]:
        """Return every plan with its Region and its selections."""
        return [(region, plan.fields, [*plan.selections.values()]) for (region, _), plan in self._plans.items()]

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Answer for restore testing and the tags of its plans; pass on the rest."""
        if call.segments[0] in ("tags", "untag") and ":restore-testing-plan:" in call.path.replace("%3A", ":"):
            return self._tagged(Asked.of(call))
        if call.segments[:2] != ("restore-testing", "plans"):
            return await forward(call)
        asked = Asked.of(call)
        verb, _, what = asked.operation.partition("RestoreTesting")
        try:
            if what.startswith("Plan"):
                return asked.answered(self._plan(verb, asked))
            return asked.answered(self._selection(verb, asked))
        except _Refused as refused:
            code, message, status = refused.args
            return asked.refused(code, message, status)

    def _plan(self, verb: str, asked: Asked) -> Mapping[str, Any]:
        if verb == "List":
            plans = [plan for (region, _), plan in self._plans.items() if region == asked.region]
            return {f"{_PLAN}s": [_listed(_PLAN, plan.fields) for plan in plans]}
        given: Mapping[str, Any] = asked.parameters.get(_PLAN, {})
        name = asked.parameters.get(f"{_PLAN}Name") or given[f"{_PLAN}Name"]
        known = self._plans.get((asked.region, name))
        if verb == "Create":
            if known:
                raise _Refused("AlreadyExistsException", f"{name} exists already", HTTPStatus.BAD_REQUEST)
            _check_plan(name, given)
            arn = f"arn:aws:backup:{asked.region}:{self._account}:restore-testing-plan:{name}"
            fields = {"StartWindowHours": _START_HOURS, **given, f"{_PLAN}Arn": arn, "CreationTime": datetime.now(UTC)}
            self._plans[asked.region, name] = _Plan(fields=fields, tags=dict(asked.parameters.get("Tags") or {}))
            return fields
        if known is None:
            raise _absent(name)
        if verb == "Update":
            changed = {**known.fields, **given}
            _check_plan(name, changed)
            known.fields = changed | {"LastUpdateTime": datetime.now(UTC)}
        if verb == "Delete":
            if known.selections:
                raise _Refused("InvalidRequestException", f"{name} has selections", HTTPStatus.BAD_REQUEST)
            del self._plans[asked.region, name]
        return {_PLAN: known.fields} if verb == "Get" else _updated(known.fields)

    def _selection(self, verb: str, asked: Asked) -> Mapping[str, Any]:
        of = asked.parameters[f"{_PLAN}Name"]
        plan = self._plans.get((asked.region, of))
        if plan is None:
            raise _absent(of)
        if verb == "List":
            return {f"{_SELECTION}s": [_listed(_SELECTION, fields) for fields in plan.selections.values()]}
        given: Mapping[str, Any] = asked.parameters.get(_SELECTION, {})
        name = asked.parameters.get(f"{_SELECTION}Name") or given[f"{_SELECTION}Name"]
        known = plan.selections.get(name)
        if verb == "Create":
            if known:
                raise _Refused("AlreadyExistsException", f"{name} exists already", HTTPStatus.BAD_REQUEST)
            _check_selection(name, given)
            known = {**given, f"{_PLAN}Name": of, "CreationTime": datetime.now(UTC)}
            plan.selections[name] = known
        elif known is None:
            raise _absent(name)
        elif verb == "Update":
            changed = {**known, **given}
            _check_selection(name, changed)
            plan.selections[name] = known = changed
        elif verb == "Delete":
            del plan.selections[name]
        arn = {f"{_PLAN}Arn": plan.fields[f"{_PLAN}Arn"]}
        return {_SELECTION: known} if verb == "Get" else {**_updated(known), **arn}

    def _tagged(self, asked: Asked) -> Reply:
        arn = asked.parameters["ResourceArn"]
        plan = self._plans.get((arn.split(":")[3], arn.split(":")[6]))
        if plan is None:
            return asked.refused("ResourceNotFoundException", f"{arn} was not found", HTTPStatus.NOT_FOUND)
        plan.tags |= asked.parameters.get("Tags", {})
        for key in asked.parameters.get("TagKeyList", []):
            plan.tags.pop(key, None)
        return asked.answered({"Tags": plan.tags})


def _check_plan(name: str, plan: Mapping[str, Any]) -> None:
    # The messages are AWS's: https://github.com/badmintoncryer/cdk-preflight, rules/backup/pf-backup-restore-testing-*.
    if not _NAME.fullmatch(name):
        raise _invalid(f"{name} is not a name of letters, digits and underscores, 50 at most")
    if not 1 <= plan.get("StartWindowHours", _START_HOURS) <= _MOST_HOURS:
        raise _invalid(f"Start window hours must be between [1] and [{_MOST_HOURS}].")
    if not plan["RecoveryPointSelection"].get("IncludeVaults"):
        raise _invalid("IncludeVaults names no vault")


def _check_selection(name: str, selection: Mapping[str, Any]) -> None:
    if not _NAME.fullmatch(name):
        raise _invalid(f"{name} is not a name of letters, digits and underscores, 50 at most")
    if bool(selection.get("ProtectedResourceArns")) == bool(selection.get("ProtectedResourceConditions")):
        raise _invalid("give either ProtectedResourceArns or ProtectedResourceConditions")


def _listed(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    shown = (*_LISTED[kind], f"{kind}Name", f"{kind}Arn")
    return {name: value for name, value in fields.items() if name in shown}


def _updated(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {**fields, "UpdateTime": datetime.now(UTC)}
