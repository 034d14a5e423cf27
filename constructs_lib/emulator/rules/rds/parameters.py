"""RDS: parameters that exist, their values, and when they can be applied.

Known are those of PostgreSQL, MySQL and MariaDB (`parameters/`); the others are not judged, and no name with a prefix
of an extension or of AWS is.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_OPERATIONS: Final = "rds:ModifyDBParameterGroup ModifyDBClusterParameterGroup"
_TABLE_OF: Final = {
    "postgres": "postgres",
    "aurora-postgresql": "postgres",
    "mysql": "mysql",
    "aurora-mysql": "mysql",
    "mariadb": "mariadb",
}
_ON_OR_OFF: Final = ("0", "1", "on", "off", "true", "false", "yes", "no")
_FORMULA: Final = re.compile(r"[{(]")
_MOST: Final = 20
#: What Aurora and RDS add without a dot in the name.
_NOT_JUDGED: Final = ("ansi_", "apg_", "aurora_", "aws_", "server_audit_")


@cache
def _table(name: str) -> Mapping[str, frozenset[str]]:
    known = tomllib.loads((Path(__file__).parent / "parameter_families" / f"{name}.toml").read_text())
    return {kind: frozenset(names) for kind, names in known.items()}


async def _known(asked: Asked, inquiry: Inquiry) -> Mapping[str, frozenset[str]] | None:
    given = asked.parameters
    if asked.operation == "ModifyDBClusterParameterGroup":
        name = given["DBClusterParameterGroupName"]
        operation, key = "DescribeDBClusterParameterGroups", "DBClusterParameterGroups"
        found = await inquiry("rds", operation, asked.region, DBClusterParameterGroupName=name)
    else:
        operation, key = "DescribeDBParameterGroups", "DBParameterGroups"
        found = await inquiry("rds", operation, asked.region, DBParameterGroupName=given["DBParameterGroupName"])
    family = next((group["DBParameterGroupFamily"] for group in (found or {}).get(key, [])), "")
    table = _TABLE_OF.get(family.rstrip("0123456789."))
    return _table(table) if table else None


def _parameters(asked: Asked) -> list[Mapping[str, Any]]:
    parameters: list[Mapping[str, Any]] = asked.parameters.get("Parameters", [])
    return parameters


def _plain(name: str) -> str:
    return name.lower().replace("-", "_")


@rule(
    "rds.parameter-that-does-not-exist",
    _OPERATIONS,
    code="InvalidParameterValue",
    code_from="seen",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithDBInstanceParamGroups.html; names in"
    " parameters/*.toml"
    "; code and message in https://github.com/hashicorp/terraform-provider-aws/issues/522",
)
async def _unknown(asked: Asked, inquiry: Inquiry) -> str | None:
    known = await _known(asked, inquiry)
    for name in (parameter["ParameterName"] for parameter in _parameters(asked)):
        plain = _plain(name)
        if known is None or "." in plain or plain.startswith(_NOT_JUDGED):
            continue
        if not any(plain in names for names in known.values()):
            return f"Could not find parameter with name: {name}"
    return None


@rule(
    "rds.static-parameter-applied-immediately",
    _OPERATIONS,
    code="InvalidParameterCombination",
    code_from="seen",
    source="https://github.com/hashicorp/terraform/issues/8018; botocore rds ModifyDBParameterGroup: pending-reboot for"
    " static parameters; which they are in parameters/*.toml",
)
async def _static(asked: Asked, inquiry: Inquiry) -> str | None:
    known = await _known(asked, inquiry)
    for parameter in _parameters(asked):
        name = parameter["ParameterName"]
        if known and parameter.get("ApplyMethod") == "immediate" and _plain(name) in known["static"]:
            return f"cannot use immediate apply method for static parameter {name}; use pending-reboot"
    return None


@rule(
    "rds.parameter-value",
    _OPERATIONS,
    code="InvalidParameterValue",
    code_from="seen",
    source="PostgreSQL's own ranges in parameter_families/postgres_values.toml, which RDS narrows here and there; code"
    " and message in public reports. RDS takes numbers in the parameter's unit, and its formulas",
)
async def _value(asked: Asked, inquiry: Inquiry) -> str | None:
    if await _known(asked, inquiry) is not _table("postgres"):
        return None
    values = _values()
    for name, given in ((one["ParameterName"], one.get("ParameterValue", "")) for one in _parameters(asked)):
        allowed, plain = None, _plain(name)
        if plain in values["switches"] or plain == "rds.force_ssl":
            allowed = None if given.lower() in _ON_OR_OFF else "0, 1"
        elif plain in values["ranges"] and not _FORMULA.search(given):
            least, most = values["ranges"][plain]
            allowed = None if _number(given) is not None and least <= float(given) <= most else f"{least}-{most}"
        if allowed:
            return f"Invalid parameter value: {given} for: {name} allowed values are: {allowed}"
    return None


@cache
def _values() -> Mapping[str, Any]:
    return tomllib.loads((Path(__file__).parent / "parameter_families" / "postgres_values.toml").read_text())


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


@rule(
    "rds.twenty-parameters-at-a-time",
    _OPERATIONS,
    code="InvalidParameterValue",
    code_from="seen",
    source="botocore rds ModifyDBParameterGroup: at most 20 parameters in a single request; code and message in public"
    " reports of it",
)
async def _many(asked: Asked, _: Inquiry) -> str | None:
    return f"Cannot modify more than {_MOST} parameters at a time" if len(_parameters(asked)) > _MOST else None


@rule(
    "rds.parameter-group-in-use",
    "rds:DeleteDBParameterGroup",
    code="InvalidDBParameterGroupState",
    code_from="api",
    source="botocore rds InvalidDBParameterGroupStateFault; the message in public reports of it",
)
async def _in_use(asked: Asked, inquiry: Inquiry) -> str | None:
    name = asked.parameters["DBParameterGroupName"]
    found = await inquiry("rds", "DescribeDBInstances", asked.region) or {}
    for instance in found.get("DBInstances", []):
        if any(group["DBParameterGroupName"] == name for group in instance.get("DBParameterGroups", [])):
            return "One or more database instances are still members of this parameter group, so it cannot be deleted"
    return None


RULES: Final = (_unknown, _static, _value, _many, _in_use)
