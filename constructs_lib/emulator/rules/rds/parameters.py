"""RDS: parameters that exist, and when they can be applied.

Known are those of PostgreSQL, MySQL and MariaDB (`parameters/`); the others are not judged, and no name with a prefix
of an extension or of AWS is.
"""

from __future__ import annotations

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


RULES: Final = (_unknown, _static)
