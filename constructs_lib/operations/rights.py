"""The IAM policy that an operation needs: the calls of its procedures, and what AWS says these imply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.operations.preflight import preflight_calls
from constructs_lib.operations.rehearsing.drill import prefix_of
from constructs_lib.procedures import Each
from constructs_lib.procedures.value import Lookup

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.operations.plan import Plan
    from constructs_lib.procedures import Call, Step

__all__ = ["drill_policy_of", "policy_of"]

_NAMED: Final = {
    ("s3", "HeadBucket"): ("s3:ListBucket",),
    ("s3", "DeleteObject"): ("s3:DeleteObjectVersion",),
}
"""Operations whose permission has another name than they have."""

_SERVICE: Final = {"efs": "elasticfilesystem"}
"""Services that IAM has another name for than boto3."""

_EACH: Final = {
    Each.DELETED_SINCE: ("s3:ListBucketVersions", "s3:DeleteObjectVersion"),
    Each.OVERWRITTEN_SINCE: (
        "s3:ListBucketVersions",
        "s3:GetObjectVersion",
        "s3:GetObjectVersionTagging",
        "s3:PutObject",
        "s3:PutObjectTagging",
        "kms:Decrypt",
        "kms:GenerateDataKey",
    ),
    Each.WRITTEN_THERE: (
        "s3:ListBucket",
        "s3:GetObject",
        "s3:GetObjectTagging",
        "s3:PutObject",
        "s3:PutObjectTagging",
        "kms:Decrypt",
        "kms:GenerateDataKey",
    ),
}

_KEY: Final = ("kms:DescribeKey", "kms:CreateGrant")
_TABLE: Final = (
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:UpdateItem",
)
_SECRET: Final = ("secretsmanager:CreateSecret", "secretsmanager:TagResource")
_IMPLIED: Final = {
    # rds: tags and keys in a call that makes something; a role that it is given; a secret that it makes.
    "RestoreDBInstanceToPointInTime": ("rds:AddTagsToResource", *_KEY),
    "RestoreDBClusterToPointInTime": ("rds:AddTagsToResource", "iam:PassRole", *_KEY),
    "CreateDBInstance": ("rds:AddTagsToResource", "iam:PassRole", *_KEY),
    "CreateDBInstanceReadReplica": ("rds:AddTagsToResource", "iam:PassRole", *_KEY),
    "ModifyDBInstance": ("iam:PassRole", *_KEY, *_SECRET),
    "ModifyDBCluster": (*_KEY, *_SECRET),
    "StartDBInstanceAutomatedBackupsReplication": _KEY,
    "CopyDBClusterSnapshot": ("rds:AddTagsToResource", *_KEY),
    # A restored table is written in the name of whoever restores it.
    "RestoreTableToPointInTime": (*_TABLE, *_KEY),
    # AWS Backup takes a role of its own for what it does.
    "StartRestoreJob": ("iam:PassRole",),
    "StartBackupJob": ("iam:PassRole",),
    "StartCopyJob": ("iam:PassRole",),
}
"""What a call needs beside its own permission, by AWS's service authorization reference."""


def policy_of(plan: Plan, journal: str | None = None) -> dict[str, Any]:
    """Return the IAM policy document that running *plan* needs.

    Args:
        plan: What is to be done.
        journal: Where the journal is kept, as `s3://BUCKET/PREFIX`; None: on the machine alone.

    Resources are named where a name or a tag can name them: what an operation makes does not exist yet, and AWS has no
    resource for most questions.
    """
    actions = {action for item in plan.components for step in item.steps for action in _actions(step)}
    actions |= {action for call in preflight_calls(plan) for action in _of(call)}
    lags = (item.procedure.lag for item in plan.components)
    actions |= {action for lag in lags if lag is not None for action in _of(lag.call)}
    passes = "iam:PassRole" in actions
    statements: list[dict[str, Any]] = [
        {
            "Sid": "Operate",
            "Effect": "Allow",
            "Action": sorted((actions | {*_lookups(plan)}) - {"iam:PassRole"}),
            "Resource": "*",
        }
    ]
    if passes:
        statements.append(
            {
                "Sid": "PassRoles",
                "Effect": "Allow",
                "Action": "iam:PassRole",
                "Resource": "arn:aws:iam::*:role/*",
                "Condition": {
                    "StringEquals": {"iam:PassedToService": ["backup.amazonaws.com", "monitoring.rds.amazonaws.com"]}
                },
            }
        )
    if journal is not None:
        bucket, _, prefix = journal.removeprefix("s3://").partition("/")
        statements.append(
            {
                "Sid": "Journal",
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:PutObject"],
                "Resource": f"arn:aws:s3:::{bucket}/{prefix}/*",
            }
        )
        statements.append(
            {"Sid": "Journals", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{bucket}"}
        )
    return {"Version": "2012-10-17", "Statement": statements}


def drill_policy_of(plan: Plan, journal: str | None = None) -> dict[str, Any]:
    """Return the IAM policy document that a drill needs: that of its restores, and to remove what they made alone."""
    policy = policy_of(plan, journal)
    made = ("dynamodb:*:*:table/", "rds:*:*:db:", "rds:*:*:cluster:")
    policy["Statement"] += [
        {
            "Sid": "RemoveCopies",
            "Effect": "Allow",
            "Action": [
                "dynamodb:DeleteTable",
                "dynamodb:UpdateTable",
                "rds:DeleteDBCluster",
                "rds:DeleteDBInstance",
                "rds:DeleteDBInstanceAutomatedBackup",
                "rds:ModifyDBCluster",
                "rds:ModifyDBInstance",
            ],
            "Resource": [f"arn:aws:{item}{prefix_of('*')}*" for item in made],
        },
        {
            "Sid": "ProveThatNothingIsLeft",
            "Effect": "Allow",
            "Action": [
                "dynamodb:DescribeTable",
                "dynamodb:ListTables",
                "rds:DescribeDBClusters",
                "rds:DescribeDBInstances",
                "tag:GetResources",
            ],
            "Resource": "*",
        },
    ]
    return policy


def _actions(step: Step) -> Iterator[str]:
    if step.each is not None:
        yield from _EACH[step.each]
        return
    for call in step.calls():
        yield from _of(call)


def _of(call: Call) -> Iterable[str]:
    own = _NAMED.get((call.service, call.operation), (f"{_SERVICE.get(call.service, call.service)}:{call.operation}",))
    return (*own, *_IMPLIED.get(call.operation, ()))


def _lookups(plan: Plan) -> Iterator[str]:
    """Yield what is asked for names that AWS makes up."""
    for item in plan.components:
        for value in item.names.values():
            if isinstance(value, Lookup):
                service = _SERVICE.get(value.service, value.service)
                yield f"{service}:{value.operation}"
                if value.tagged:
                    yield f"{service}:{value.describe[0]}"
