"""What a printed policy allows and an operation did not ask for; each that may be so has a reason here."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_ON_THE_DAY = "asked where the source has the setting on the day, which no stack tells"
_FENCE = "a fence in the failed Region, which does not answer"
_REFERENCE = "the service authorization reference demands the statement, and does not say of which calls"
REASONS = {
    ("dynamodb:*TimeToLive", "*"): _ON_THE_DAY,
    ("secretsmanager:*", "*:secret:rds!*"): _ON_THE_DAY,
    ("kms:Decrypt", "*"): _ON_THE_DAY,
    ("kms:GenerateDataKey", "*"): _ON_THE_DAY,
    ("dynamodb:PutResourcePolicy", "*"): _FENCE,
    ("ecs:UpdateService", "*:eu-west-1:*"): _FENCE,
    ("rds:StopDB*", "*:eu-west-1:*"): _FENCE,
    ("dynamodb:[QS]*", "*/index/*"): _REFERENCE,
    ("rds:CreateDBInstance", "*"): _REFERENCE,
    ("rds:CreateDBInstanceReadReplica", "*:cluster:*"): _REFERENCE,
    ("rds:DescribeDBInstanceAutomatedBackups", "*"): _REFERENCE,
    ("rds:ModifyDBInstance", "*:db:*-[*]"): _REFERENCE,
    ("rds:StartDBInstanceAutomatedBackupsReplication", "*:auto-backup:*"): _REFERENCE,
    ("rds:DeleteDBInstanceAutomatedBackup", "*"): "for DeleteAutomatedBackups; the reference names no call of it",
    ("dynamodb:UpdateTable", "*drctl-drill-*"): "of a copy that is protected from deletion, as the source is",
    ("rds:ModifyDB*", "*drctl-drill-*"): "of a copy that is protected from deletion, as the source is",
    ("dsql:UpdateCluster", "*"): "of a copy that is protected from deletion, as the source is",
}


def unused(policy: Mapping[str, Any], asked: Iterable[Mapping[str, Any]], *, encrypts: bool = False) -> list[str]:
    """Return what *policy* allows, IAM was not *asked*, and has no reason.

    Args:
        policy: What was printed.
        asked: What the emulated IAM was asked.
        encrypts: Whether objects are read and written: then their keys have no excuse, but for those above 5 GB, whose
            parts are decrypted where they are written.
    """
    found = [(str(item["action"]), str(item["resource"])) for item in asked]
    return [
        f"{action} on {resource}"
        for action, resource in _allowed(policy)
        if not any(one == action and fnmatchcase(on, resource) for one, on in found)
        and not (encrypts and action == "kms:Decrypt" and ("kms:GenerateDataKey", resource) in found)
        and (
            (encrypts and action.startswith("kms:"))
            or not any(fnmatchcase(action, one) and fnmatchcase(resource, on) for one, on in REASONS)
        )
    ]


def _allowed(policy: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for statement in policy["Statement"]:
        for action in _listed(statement["Action"]):
            for resource in _listed(statement["Resource"]):
                yield action, resource


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
