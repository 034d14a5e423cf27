"""An IAM for tests: whether a policy allows a call that was really made, on what its parameters name."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NAMES = {
    "DBInstanceIdentifier": "arn:aws:rds:{region}:{account}:db:{name}",
    "TargetDBInstanceIdentifier": "arn:aws:rds:{region}:{account}:db:{name}",
    "SourceDBInstanceIdentifier": "arn:aws:rds:{region}:{account}:db:{name}",
    "DBClusterIdentifier": "arn:aws:rds:{region}:{account}:cluster:{name}",
    "SourceDBClusterIdentifier": "arn:aws:rds:{region}:{account}:cluster:{name}",
    "GlobalClusterIdentifier": "arn:aws:rds::{account}:global-cluster:{name}",
    "DBSubnetGroupName": "arn:aws:rds:{region}:{account}:subgrp:{name}",
    "TableName": "arn:aws:dynamodb:{region}:{account}:table/{name}",
    "SourceTableName": "arn:aws:dynamodb:{region}:{account}:table/{name}",
    "TargetTableName": "arn:aws:dynamodb:{region}:{account}:table/{name}",
    "BackupVaultName": "arn:aws:backup:{region}:{account}:backup-vault:{name}",
    "identifier": "arn:aws:dsql:{region}:{account}:cluster/{name}",
    "LoadBalancerArn": "{name}",
    "FileSystemId": "arn:aws:elasticfilesystem:{region}:{account}:file-system/{name}",
    "SourceFileSystemId": "arn:aws:elasticfilesystem:{region}:{account}:file-system/{name}",
    "ResourceName": "{name}",
    "ResourceArn": "{name}",
    "RecoveryPointArn": "{name}",
}
_TAKES_NONE = {
    "RestoreDBClusterToPointInTime": ("DBInstanceIdentifier",),
    "StartBackupJob": ("ResourceArn",),
    "DescribeListeners": ("LoadBalancerArn",),
}
"""Members that are no resource of the action."""
_OBJECTS = {
    "HeadBucket": ("s3:ListBucket", "{Bucket}"),
    "HeadObject": ("s3:GetObject", "{Bucket}/{Key}"),
    "ListObjectVersions": ("s3:ListBucketVersions", "{Bucket}"),
    "ListObjectsV2": ("s3:ListBucket", "{Bucket}"),
    "DeleteObjects": ("s3:DeleteObjectVersion", "{Bucket}/any"),
    "CopyObject": ("s3:PutObject", "{Bucket}/{Key}"),
    "CreateBucket": ("s3:CreateBucket", "{Bucket}"),
    "DeleteBucket": ("s3:DeleteBucket", "{Bucket}"),
    "ListBuckets": ("s3:ListAllMyBuckets", "*"),
    "PutBucketTagging": ("s3:PutBucketTagging", "{Bucket}"),
}
_SIGNS = {"efs": "elasticfilesystem", "elbv2": "elasticloadbalancing", "resourcegroupstaggingapi": "tag"}


def refused(
    policy: Mapping[str, Any], service: str, operation: str, region: str, given: Mapping[str, Any], account: str
) -> Iterator[str]:
    """Yield what *policy* does not allow of a call: an action and what it is on."""
    if service == "sts":
        return
    action = f"{_SIGNS.get(service, service)}:{operation}"
    named = {name: str(given[name]) for name in _NAMES if isinstance(given.get(name), str)}
    arns = [
        value if value.startswith("arn:") else _NAMES[name].format(region=region, account=account, name=value)
        for name, value in named.items()
        if name not in _TAKES_NONE.get(operation, ())
    ]
    if service == "s3":
        action, form = _OBJECTS[operation]
        arns = ["arn:aws:s3:::" + form.format(**given)]
    for arn in arns or ["*"]:
        if not any(_allows(statement, action, arn) for statement in policy["Statement"]):
            yield f"{action} on {arn} in {region}"


def _allows(statement: Mapping[str, Any], action: str, arn: str) -> bool:
    actions, resources = _list(statement["Action"]), _list(statement["Resource"])
    return action in actions and any(arn == "*" or fnmatchcase(arn, pattern) for pattern in resources)


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
