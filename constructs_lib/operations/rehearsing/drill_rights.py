"""The IAM policy that a drill needs: that of its restores, and to remove what they made and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.operations.rehearsing.drill_plan import prefix_of
from constructs_lib.operations.rights import policy_of
from constructs_lib.procedures.fill import NAME_TAG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.operations.plan import Plan

__all__ = ["drill_policy_of"]

_ANY_DRILL: Final = f"{prefix_of('*')}*"
_NAMED: Final = {
    "table": ("dynamodb:*:*:table/", ("dynamodb:DeleteTable", "dynamodb:UpdateTable")),
    "instance": (
        "rds:*:*:db:",
        ("rds:DeleteDBInstance", "rds:DeleteDBInstanceAutomatedBackup", "rds:ModifyDBInstance"),
    ),
    "cluster": ("rds:*:*:cluster:", ("rds:DeleteDBCluster", "rds:ModifyDBCluster")),
    "bucket": ("s3:::", ("s3:DeleteBucket", "s3:DeleteObjectVersion", "s3:ListBucketVersions")),
}
"""What has the drill's name: how its ARN goes on, and what removes it."""
_TAGGED: Final = {
    "DSQL": ("dsql:*:*:cluster/*", ("dsql:DeleteCluster", "dsql:UpdateCluster")),
    "file system": ("elasticfilesystem:*:*:file-system/*", ("elasticfilesystem:DeleteFileSystem",)),
}
"""What AWS gives an identifier: the drill's name is a tag."""
_LISTED: Final = {
    "table": ("dynamodb:DescribeTable",),
    "bucket": ("s3:ListAllMyBuckets",),
    "DSQL": ("dsql:GetCluster", "dsql:ListClusters"),
    "file system": ("elasticfilesystem:DescribeFileSystems",),
}
_LISTED_ALWAYS: Final = (
    "dynamodb:ListTables",
    "rds:DescribeDBClusters",
    "rds:DescribeDBInstances",
    "tag:GetResources",
)


def drill_policy_of(
    plan: Plan, journal: str | None = None, *, beside_documents: bool = False, kit: str | None = None
) -> dict[str, Any]:
    """Return the IAM policy document that a drill needs.

    Args:
        plan: The drill, with `*` for its number.
        journal: Where the journal is kept, as `s3://BUCKET/PREFIX`; None: on the machine alone.
        beside_documents: Whether that is the bucket of the workload's documents, whose key the stacks tell.
        kit: Where the kit is read from, as `s3://BUCKET/PREFIX`; None: from no bucket.
    """
    policy = policy_of(plan, journal, beside_documents=beside_documents, kit=kit)
    made = list(dict.fromkeys(_made(plan)))
    looking = [action for what in made for action in _LISTED.get(what, ())]
    for what in made:
        if what in _NAMED:
            arn, actions = _NAMED[what]
            arn, narrowed = f"{arn}{_ANY_DRILL}", {}
        else:
            arn, actions = _TAGGED[what]
            narrowed = {"Condition": {"StringLike": {f"aws:ResourceTag/{NAME_TAG}": _ANY_DRILL}}}
        policy["Statement"].append(
            {
                "Sid": f"Remove{what.title().replace(' ', '')}s",
                "Effect": "Allow",
                "Action": list(actions),
                "Resource": f"arn:aws:{arn}",
                **narrowed,
            }
        )
    policy["Statement"].append(
        {
            "Sid": "ProveThatNothingIsLeft",
            "Effect": "Allow",
            "Action": sorted([*_LISTED_ALWAYS, *looking]),
            "Resource": "*",
        }
    )
    return policy


def _made(plan: Plan) -> Iterator[str]:
    """Yield what the steps of a drill make."""
    for item in plan.components:
        called = {(call.service, call.operation) for step in item.steps for call in step.calls()}
        match item.kind:
            case "table" | "bucket":
                yield item.kind
            case "filesystem":
                yield "file system"
            case _ if any(service == "dsql" for service, _ in called):
                yield "DSQL"
            case _:
                clustered = any(service == "rds" and "DBCluster" in operation for service, operation in called)
                if clustered:
                    yield "cluster"
                if any(service == "rds" and "DBInstance" in operation for service, operation in called):
                    yield "instance"
