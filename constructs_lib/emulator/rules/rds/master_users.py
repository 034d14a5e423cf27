"""RDS: the master user's name and password."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.rds import databases
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_SHORTEST: Final = 8
#: What a password may not hold, of printable ASCII.
_NOT_IN_IT: Final = '/@" '
_RESERVED: Final = {"postgres": ("rdsadmin", "admin"), "aurora-postgresql": ("rdsadmin", "admin")}
_LONGEST: Final = {"postgres": 63, "mysql": 32, "mariadb": 16}
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_RESERVED_BY_ALL: Final = ("rdsadmin",)


@rule(
    "rds.master-password",
    "rds:CreateDBInstance ModifyDBInstance CreateDBCluster ModifyDBCluster",
    code="InvalidParameterValue",
    code_from="seen",
    source="botocore rds CreateDBInstance.MasterUserPassword: 8 characters or more, printable ASCII; code and messages"
    " in https://github.com/crossplane/crossplane/issues/88 and in moto's tests of a password that is too short",
)
async def _password(asked: Asked, _: Inquiry) -> str | None:
    password = asked.parameters.get("MasterUserPassword")
    if not password:
        return None
    refused = "The parameter MasterUserPassword is not a valid password"
    if len(password) < _SHORTEST:
        return f"{refused} because it is shorter than {_SHORTEST} characters."
    if all(character.isascii() and character.isprintable() and character not in _NOT_IN_IT for character in password):
        return None
    return f"{refused}. Only printable ASCII characters besides '/', '@', '\"', ' ' may be used."


@rule(
    "rds.master-user-reserved",
    "rds:CreateDBInstance CreateDBCluster",
    code="InvalidParameterValue",
    code_from="seen",
    source="botocore rds CreateDBInstance.MasterUsername: no reserved word of the engine; which were refused to"
    " https://github.com/aws-cloudformation/cfn-lint/pull/4425, code and message in"
    " https://github.com/aws/aws-cdk/issues/10579",
)
async def _user(asked: Asked, _: Inquiry) -> str | None:
    user, engine = asked.parameters.get("MasterUsername", ""), asked.parameters.get("Engine", "")
    if user.lower() not in _RESERVED.get(engine, _RESERVED_BY_ALL):
        return None
    return f"MasterUsername {user} cannot be used as it is a reserved word used by the engine"


@rule(
    "rds.master-user-name",
    "rds:CreateDBInstance",
    code="InvalidParameterValue",
    code_from="seen",
    source="https://github.com/floci-io/floci/pull/3730: what a live account answered for postgres, mysql and mariadb",
)
async def _name(asked: Asked, _: Inquiry) -> str | None:
    user, longest = asked.parameters.get("MasterUsername", ""), _LONGEST.get(asked.parameters.get("Engine", ""))
    if not user or (_NAME.fullmatch(user) and (longest is None or len(user) <= longest)):
        return None
    return "MasterUsername must begin with a letter and contain only alphanumeric characters or underscores."


@rule(
    "rds.master-user-not-given",
    "rds:CreateDBInstance CreateDBCluster",
    code="InvalidParameterValue",
    code_from="seen",
    source="botocore rds CreateDBInstance.MasterUsername and MasterUserPassword; code and message in public reports",
)
async def _not_given(asked: Asked, inquiry: Inquiry) -> str | None:
    given = asked.parameters
    if (joined := given.get("GlobalClusterIdentifier")) and not await databases.global_cluster(
        inquiry, asked.region, joined
    ):
        return None  # another rule's
    follows = given.get("ReplicationSourceIdentifier") or await databases.writer_joined(asked, inquiry)
    if follows or (asked.operation == "CreateDBInstance" and given.get("DBClusterIdentifier")):
        return None
    if not given.get("MasterUsername"):
        return "The parameter MasterUsername must be provided and must not be blank."
    if (
        given.get("MasterUserPassword")
        or given.get("ManageMasterUserPassword")
        or given.get("MasterUserAuthenticationType")
    ):
        return None
    return "The parameter MasterUserPassword must be provided and must not be blank."


@rule(
    "rds.two-passwords",
    "rds:CreateDBInstance ModifyDBInstance CreateDBCluster ModifyDBCluster",
    code="InvalidParameterCombination",
    code_from="seen",
    source="botocore rds CreateDBInstance.ManageMasterUserPassword and MasterUserSecretKmsKeyId; the message in"
    " https://github.com/badmintoncryer/cdk-preflight, rules/rds/pf-rds-manage-master-password-exclusive",
)
async def _two(asked: Asked, _: Inquiry) -> str | None:
    given = asked.parameters
    if given.get("ManageMasterUserPassword") and given.get("MasterUserPassword"):
        return "MasterUserPassword and ManageMasterUserPassword are mutually exclusive."
    if (
        given.get("MasterUserSecretKmsKeyId")
        and asked.operation.startswith("Create")
        and not given.get("ManageMasterUserPassword")
    ):
        return "MasterUserSecretKmsKeyId is for a password that is managed: set ManageMasterUserPassword."
    return None


RULES: Final = (_password, _user, _name, _not_given, _two)
