"""RDS: parameters that exist, their values, and when they can be applied.

Known are those of PostgreSQL, MySQL and MariaDB, and what AWS adds as `rds.` and, for MySQL, `aurora_`
(`parameter_families/`); the others are not judged, and no name with the prefix of an extension is.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import available_timezones

import msgspec

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_OPERATIONS: Final = "rds:ModifyDBParameterGroup ModifyDBClusterParameterGroup"
_ENGINE_OF: Final = {
    "postgres": "postgres",
    "aurora-postgresql": "postgres",
    "mysql": "mysql",
    "aurora-mysql": "mysql",
    "mariadb": "mariadb",
}
_ON_OR_OFF: Final = ("0", "1", "on", "off", "true", "false", "yes", "no")
_FORMULA: Final = re.compile(r"[{(]")
_MOST: Final = 20
#: What Aurora and RDS add without a dot in the name, and no list of ours has whole.
_NOT_JUDGED: Final = ("ansi_", "apg_", "aws_")
#: What they add, and `of_aws.toml` has.
_OF_AWS: Final = ("rds.", "aurora_", "server_audit_")
_UNICODE: Final = ("utf8", "utf8mb3", "utf8mb4", "ucs2", "utf16", "utf16le", "utf32")
_FIXED, _GONE = "fixed", "gone_in_8"
_EIGHT: Final = 8
#: MariaDB 11.4 takes MySQL's names with 0900 for its own: https://jira.mariadb.org/browse/MDEV-20912.
_LAST_WITHOUT_0900: Final = 10


class _Family(msgspec.Struct, frozen=True, kw_only=True):
    """The family of a group whose engine's parameters are known."""

    name: str
    engine: str
    version: int

    def adds(self, name: str) -> bool:
        """Tell whether AWS adds a parameter of this name to the engine's own; Aurora PostgreSQL's are not all known."""
        if self.name.startswith("aurora-postgresql") and not name.startswith("rds."):
            return True
        aurora = "aurora_mysql" if self.name.startswith("aurora-mysql") else ""
        return any(name in _read("of_aws").get(known, ()) for known in (self.engine, aurora))

    @property
    def names(self) -> Mapping[str, frozenset[str]]:
        """Its parameters by kind."""
        known = _table(self.engine)
        gone = known.get(_GONE, frozenset()) if self.version >= _EIGHT else frozenset()
        return {kind: names - gone for kind, names in known.items() if kind != _GONE}

    @property
    def choices(self) -> Mapping[str, list[str]]:
        """What those of its parameters can be that are chosen."""
        values = _values(self.engine)
        since = (
            choices for version, choices in values.get("choices_since", {}).items() if int(version) <= self.version
        )
        choices: dict[str, list[str]] = values["choices"]
        return choices | {name: allowed for newer in since for name, allowed in newer.items()}


@cache
def _table(engine: str) -> Mapping[str, frozenset[str]]:
    return {kind: frozenset(names) for kind, names in _read(engine).items()}


@cache
def _values(engine: str) -> dict[str, Any]:
    return _read(f"{engine}_values")


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "parameter_families" / f"{name}.toml").read_text())


async def _family(asked: Asked, inquiry: Inquiry) -> _Family | None:
    given = asked.parameters
    if asked.operation == "ModifyDBClusterParameterGroup":
        name = given["DBClusterParameterGroupName"]
        operation, key = "DescribeDBClusterParameterGroups", "DBClusterParameterGroups"
        found = await inquiry("rds", operation, asked.region, DBClusterParameterGroupName=name)
    else:
        operation, key = "DescribeDBParameterGroups", "DBParameterGroups"
        found = await inquiry("rds", operation, asked.region, DBParameterGroupName=given["DBParameterGroupName"])
    family = next((group["DBParameterGroupFamily"] for group in (found or {}).get(key, [])), "")
    named = re.fullmatch(r"(?P<engine>[a-z-]+?)(?P<version>\d+)[\d.]*", family)
    engine = _ENGINE_OF.get(named["engine"]) if named else None
    return _Family(name=family, engine=engine, version=int(named["version"])) if named and engine else None


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
    " parameter_families/*.toml"
    "; code and message in https://github.com/hashicorp/terraform-provider-aws/issues/522",
)
async def _unknown(asked: Asked, inquiry: Inquiry) -> str | None:
    family = await _family(asked, inquiry)
    for name in (parameter["ParameterName"] for parameter in _parameters(asked)):
        plain = _plain(name)
        of_aws = plain.startswith(_OF_AWS)
        if family is None or plain.startswith(_NOT_JUDGED) or ("." in plain and not of_aws):
            continue
        listed = any(plain in names for names in family.names.values())
        if not listed and not (of_aws and family.adds(plain)):
            return f"Could not find parameter with name: {name}"
    return None


@rule(
    "rds.parameter-that-is-fixed",
    _OPERATIONS,
    code="InvalidParameterValue",
    code_from="memory",
    source="botocore rds Parameter.IsModifiable, which is false of these: the AWS CLI's example of"
    " describe-db-parameters has auto_generate_certs; the others in parameter_families/*.toml",
)
async def _fixed(asked: Asked, inquiry: Inquiry) -> str | None:
    family = await _family(asked, inquiry)
    for name in (parameter["ParameterName"] for parameter in _parameters(asked)):
        if family and _plain(name) in family.names[_FIXED]:
            return f"The parameter {name} cannot be modified."
    return None


@rule(
    "rds.default-parameter-group",
    _OPERATIONS,
    code="InvalidParameterValue",
    code_from="seen",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/parameter-groups-overview.html: a default group"
    " cannot be changed; code and message in https://github.com/ankane/pghero/issues/66",
)
async def _default(asked: Asked, _: Inquiry) -> str | None:
    given = asked.parameters
    name = given.get("DBClusterParameterGroupName") or given.get("DBParameterGroupName", "")
    return "Cannot modify a default parameter group." if name.startswith("default.") else None


@rule(
    "rds.static-parameter-applied-immediately",
    _OPERATIONS,
    code="InvalidParameterCombination",
    code_from="seen",
    source="https://github.com/hashicorp/terraform/issues/8018; botocore rds ModifyDBParameterGroup: pending-reboot for"
    " static parameters; which they are in parameter_families/*.toml",
)
async def _static(asked: Asked, inquiry: Inquiry) -> str | None:
    family = await _family(asked, inquiry)
    for parameter in _parameters(asked):
        name = parameter["ParameterName"]
        if family and parameter.get("ApplyMethod") == "immediate" and _plain(name) in family.names["static"]:
            return f"cannot use immediate apply method for static parameter {name}; use pending-reboot"
    return None


@rule(
    "rds.parameter-value",
    _OPERATIONS,
    code="InvalidParameterValue",
    code_from="seen",
    source="the engines' own ranges and choices in parameter_families/*_values.toml, which RDS narrows here and there;"
    " code and message in public reports of log_connections and shared_preload_libraries. RDS takes numbers in the"
    " parameter's unit, and its formulas",
)
async def _value(asked: Asked, inquiry: Inquiry) -> str | None:
    family = await _family(asked, inquiry)
    if family is None:
        return None
    for name, given in ((one["ParameterName"], one.get("ParameterValue", "")) for one in _parameters(asked)):
        if given and (allowed := _wanted(family, _plain(name), given)):
            return f"Invalid parameter value: {given} for: {name} allowed values are: {allowed}"
    return None


def _wanted(family: _Family, name: str, given: str) -> str | None:
    """Return what a parameter may be and `given` is not, None where it may be that."""
    values, choices = _values(family.engine), family.choices
    if given.startswith("{"):
        return None
    if name in choices:
        parts = [part.strip() for part in given.lower().split(",")] if name in values["lists"] else [given.lower()]
        allowed = {*map(str.lower, choices[name]), *_other_spellings(choices[name], family.engine)}
        return None if allowed.issuperset(parts) else ", ".join(choices[name])
    if name in values["switches"]:
        return None if given.lower() in _ON_OR_OFF else "0, 1"
    if name in values["ranges"] and not _FORMULA.search(given):
        least, most = values["ranges"][name]
        number = _number(given)
        return None if number is not None and least <= number <= most else f"{least}-{most}"
    if name == "time_zone" and family.engine != "postgres":
        return None if given.lower() in _zones() else "those of the time zones that the engine knows"
    if name.startswith("collation_") and family.engine != "postgres":
        return None if _is_collation(family, given.lower()) else "the collations of the engine"
    return None


def _is_collation(family: _Family, given: str) -> bool:
    known = _read("collations")
    name, _, kind = given.partition("_")
    if family.engine == "mariadb":
        kind = kind.removeprefix("nopad_").replace("_nopad_", "_")
    if given == "binary" or given.isdigit() or kind in known["sets"].get(name, ()):
        return True
    if name not in _UNICODE:
        return False
    language, marked, _ = kind.rpartition("0900_")
    of_language = language.rstrip("_") in known["languages"] and kind.endswith(("0900_ai_ci", "0900_as_cs"))
    is_new = marked and name == "utf8mb4" and (of_language or kind in known["others_of_0900"])
    if family.engine == "mariadb":
        return kind in known["unicode"] or "uca1400" in kind or bool(is_new and family.version > _LAST_WITHOUT_0900)
    return kind in known["unicode"] or bool(is_new and family.version >= _EIGHT)


def _other_spellings(allowed: list[str], engine: str) -> set[str]:
    """Return what an engine takes besides: words for on and off, and, but for PostgreSQL, the number of a word."""
    spelled = set(_ON_OR_OFF) if {"on", "off"} <= set(allowed) else set()
    numbered = engine != "postgres" and not any(one.isdigit() for one in allowed)
    return spelled | ({str(number) for number in range(len(allowed))} if numbered else set())


@cache
def _zones() -> frozenset[str]:
    return frozenset(zone.lower() for zone in (*available_timezones(), "SYSTEM"))


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


@rule(
    "rds.cluster-parameter-group-in-use",
    "rds:DeleteDBClusterParameterGroup",
    code="InvalidDBParameterGroupState",
    code_from="api",
    source="botocore rds DeleteDBClusterParameterGroup: it can't be associated with any DB clusters",
)
async def _cluster_uses(asked: Asked, inquiry: Inquiry) -> str | None:
    name = asked.parameters["DBClusterParameterGroupName"]
    found = await inquiry("rds", "DescribeDBClusters", asked.region) or {}
    if name not in {cluster.get("DBClusterParameterGroup") for cluster in found.get("DBClusters", [])}:
        return None
    return "One or more database clusters are still members of this parameter group, so it cannot be deleted"


RULES: Final = (_default, _unknown, _fixed, _static, _value, _many, _in_use, _cluster_uses)
