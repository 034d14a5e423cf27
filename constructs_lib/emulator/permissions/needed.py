"""What IAM asks of a caller for one call: each action with what it is on, from AWS's service authorization reference.

https://docs.aws.amazon.com/service-authorization/latest/reference/: a call is on what its members name of the types
that the page lists for the action; without a name on all of the type; and what the page calls dependent is asked of
the caller, too, where the call has the member that needs it. Written apart from the catalogue, from whose own copy of
these facts policies are printed: a mistake that both share would not show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.permissions.conditions import listed
from constructs_lib.emulator.permissions.in_force import InForce
from constructs_lib.emulator.permissions.needed_of_s3 import needed_of_s3
from constructs_lib.emulator.permissions.policy import Request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry
    from constructs_lib.emulator.permissions.conditions import Context

_IAM_NAMES: Final = {"efs": "elasticfilesystem", "elbv2": "elasticloadbalancing", "resourcegroupstaggingapi": "tag"}
#: Told to whoever asks, with any rights: the page of AWS STS says so of this one action.
_FREE: Final = frozenset({"sts:GetCallerIdentity"})

_RDS: Final = "arn:aws:rds:{region}:{account}:"
_TABLE: Final = "arn:aws:dynamodb:{region}:{account}:table/{name}"
_VAULT: Final = "arn:aws:backup:{region}:{account}:backup-vault:{name}"
_FILES: Final = "arn:aws:elasticfilesystem:{region}:{account}:file-system/{name}"
_DSQL: Final = "arn:aws:dsql:{region}:{account}:cluster/{name}"
_SERVICE: Final = "arn:aws:ecs:{region}:{account}:service/{cluster}/{name}"
_ARN: Final = "{name}"
#: The resources that members name, by service: ARNs, or names that make one.
_NAMED: Final[Mapping[str, Mapping[str, str]]] = {
    "acm": {"CertificateArn": _ARN},
    "backup": {"BackupVaultName": _VAULT, "RecoveryPointArn": _ARN},
    "cloudwatch": {"AlarmNames": "arn:aws:cloudwatch:{region}:{account}:alarm:{name}"},
    "dsql": {"identifier": _DSQL, "resourceArn": _ARN},
    "dynamodb": dict.fromkeys(("SourceTableName", "TableName", "TargetTableName"), _TABLE) | {"ResourceArn": _ARN},
    "ecr": {"repositoryName": "arn:aws:ecr:{region}:{account}:repository/{name}"},
    "ecs": {
        "clusters": "arn:aws:ecs:{region}:{account}:cluster/{name}",
        **dict.fromkeys(("service", "serviceName", "services"), _SERVICE),
    },
    "elasticfilesystem": dict.fromkeys(("FileSystemId", "ResourceId", "SourceFileSystemId"), _FILES),
    "elasticloadbalancing": {"LoadBalancerArn": _ARN},
    "kms": {"KeyId": _ARN},
    "rds": {
        **dict.fromkeys(
            ("DBInstanceIdentifier", "SourceDBInstanceArn", "SourceDBInstanceIdentifier", "TargetDBInstanceIdentifier"),
            _RDS + "db:{name}",
        ),
        **dict.fromkeys(
            ("DBClusterIdentifier", "SourceDBClusterIdentifier", "TargetDbClusterIdentifier"), _RDS + "cluster:{name}"
        ),
        **dict.fromkeys(
            ("DBClusterSnapshotIdentifier", "SourceDBClusterSnapshotIdentifier", "TargetDBClusterSnapshotIdentifier"),
            _RDS + "cluster-snapshot:{name}",
        ),
        "DBClusterParameterGroupName": _RDS + "cluster-pg:{name}",
        "DBParameterGroupName": _RDS + "pg:{name}",
        "DBSubnetGroupName": _RDS + "subgrp:{name}",
        "GlobalClusterIdentifier": "arn:aws:rds::{account}:global-cluster:{name}",
        "OptionGroupName": _RDS + "og:{name}",
        "ResourceName": _ARN,
        "SourceDBInstanceAutomatedBackupsArn": _ARN,
    },
}
#: Members that name something which is no resource of that action.
_NOT_OF: Final[Mapping[str, frozenset[str]]] = {
    "elasticloadbalancing:DescribeListeners": frozenset({"LoadBalancerArn"}),
    "elasticloadbalancing:DescribeTargetGroups": frozenset({"LoadBalancerArn"}),
}
#: What an action is on where a call names nothing.
_WHOLE: Final[Mapping[str, str]] = {
    "cloudwatch:DescribeAlarms": "arn:aws:cloudwatch:{region}:{account}:alarm:*",
    "dsql:CreateCluster": _DSQL,
    "elasticfilesystem:DescribeFileSystems": _FILES,
    "elasticfilesystem:DescribeReplicationConfigurations": _FILES,
    "elasticloadbalancing:CreateLoadBalancer": (
        "arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/app/{Name}/*"
    ),
    "rds:DescribeDBClusters": _RDS + "cluster:{name}",
    "rds:DescribeDBClusterSnapshots": _RDS + "cluster-snapshot:{name}",
    "rds:DescribeDBInstanceAutomatedBackups": _RDS + "auto-backup:{name}",
    "rds:DescribeDBInstances": _RDS + "db:{name}",
    "rds:DescribeDBSubnetGroups": _RDS + "subgrp:{name}",
    "rds:DescribeGlobalClusters": "arn:aws:rds::{account}:global-cluster:{name}",
}
#: What a load balancer is made by, in the name of whoever makes it.
#: https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-permissions.html
_LOOKED_AT_BY_ELB: Final = ("AccountAttributes", "Addresses", "InternetGateways", "SecurityGroups", "Subnets", "Vpcs")
#: What a restored table is done to in the name of whoever restores it.
_WRITTEN: Final = tuple(
    f"dynamodb:{action}"
    for action in ("BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem")
)
_TABLE_RESTORES: Final = frozenset({"dynamodb:RestoreTableFromBackup", "dynamodb:RestoreTableToPointInTime"})
#: What DynamoDB does with the key of a table in the name of whoever makes or uses it, beside the grant.
#: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
_KEY_OF_A_TABLE: Final = (
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
)
#: Members that name a key which the service is given a grant for.
_KEYS: Final = ("KMSMasterKeyId", "KmsKeyId", "PerformanceInsightsKMSKeyId", "SSESpecificationOverride")
_ROLES: Final = {"IamRoleArn": "backup.amazonaws.com", "MonitoringRoleArn": "monitoring.rds.amazonaws.com"}
_GROUPS: Final = {
    "cluster-pg": "DBClusterParameterGroupName",
    "og": "OptionGroupName",
    "pg": "DBParameterGroupName",
    "subgrp": "DBSubnetGroupName",
}
_PUT_INTO: Final = {
    **dict.fromkeys(
        ("CreateDBInstance", "CreateDBInstanceReadReplica", "RestoreDBInstanceToPointInTime"), ("og", "pg", "subgrp")
    ),
    "RestoreDBClusterToPointInTime": ("cluster-pg", "og", "subgrp"),
}
_SECRET: Final = "arn:aws:secretsmanager:{region}:{account}:secret:rds!*"


async def needed(asked: Asked, inquiry: Inquiry, caller: str) -> AsyncIterator[Request]:
    """Yield everything that the policies of `caller`, an ARN, must allow for a call."""
    service = _IAM_NAMES.get(asked.service, asked.service)
    action = f"{service}:{asked.operation}"
    if action in _FREE:
        return
    if service == "s3":
        async for request in needed_of_s3(asked, inquiry, caller):
            yield request
        return
    on = list(_on(asked, service, action, inquiry.account))
    context: Context = {}
    if action == "cloudwatch:PutMetricData":
        context = {"cloudwatch:namespace": asked.parameters["Namespace"]}
    if service == "kms":
        on = [await _key(on[0], asked.region, inquiry)]
        context = await _aliases(on[0], inquiry)
    for resource in on:
        tags = await _tags(resource, inquiry)
        yield Request(action=action, resource=resource, arn=caller, context={**context, **tags})
    for other, resource, given in _implied(asked, service, action, on, inquiry.account):
        if other.startswith("kms:"):
            key = await _key(resource, asked.region, inquiry)
            yield Request(action=other, resource=key, arn=caller, context=await _aliases(key, inquiry))
        else:
            yield Request(action=other, resource=resource, arn=caller, context=given)


def _on(asked: Asked, service: str, action: str, account: str) -> Iterator[str]:
    """Yield the ARN of each resource that a call is on."""
    given = asked.parameters
    place = {"region": asked.region, "account": account, "cluster": str(given.get("cluster", "default")).split("/")[-1]}
    found = [
        str(name) if str(name).startswith("arn:") else form.format(name=name, **place)
        for member, form in _NAMED.get(service, {}).items()
        if member in given and member not in _NOT_OF.get(action, frozenset())
        for name in listed(given[member])
    ]
    whole = _WHOLE.get(action, "*").format(**{"name": "*", "Name": given.get("Name"), **place})
    yield from dict.fromkeys(found) or [whole]


def _implied(
    asked: Asked, service: str, action: str, on: list[str], account: str
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield what is asked of the caller besides: an action, what it is on, and the condition keys that are sent."""
    given = asked.parameters
    for member, to in _ROLES.items():
        if member in given:
            yield "iam:PassRole", given[member], {"iam:PassedToService": to}
    for member in _KEYS:
        key = given.get(member)
        if isinstance(key, dict):
            key = key.get("KMSMasterKeyId")
        if key:
            used = ("CreateGrant", "DescribeKey", *(_KEY_OF_A_TABLE if service == "dynamodb" else ()))
            yield from ((f"kms:{other}", key, {}) for other in used)
    if action in _TABLE_RESTORES:
        made = _TABLE.format(name=given["TargetTableName"], region=asked.region, account=account)
        # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-examples.html: of the source as well.
        yield from ((other, table, {}) for other in _WRITTEN for table in dict.fromkeys((*on, made)))
    if service == "rds":
        # AWS's own example of a policy names the groups that are the default, for calls that give none.
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/security_iam_id-based-policy-examples.html
        place = _RDS.format(region=asked.region, account=account)
        of_it = _PUT_INTO.get(asked.operation, ())
        yield from ((action, f"{place}{of}:default", {}) for of in of_it if _GROUPS[of] not in given)
    if service == "rds":
        made = _made(given, asked.region, account)
        if given.get("Tags") and made and not asked.operation.startswith(("Add", "Remove")):
            yield "rds:AddTagsToResource", made, {}
        if action == "rds:RestoreDBClusterToPointInTime":
            yield "rds:CreateDBInstance", f"{_RDS.format(region=asked.region, account=account)}db:{_name(made)}-*", {}
        if given.get("ManageMasterUserPassword"):
            secret = _SECRET.format(region=asked.region, account=account)
            yield from ((f"secretsmanager:{other}", secret, {}) for other in ("CreateSecret", "TagResource"))
            if key := given.get("MasterUserSecretKmsKeyId"):
                yield from ((f"kms:{other}", key, {}) for other in ("CreateGrant", "Decrypt", "GenerateDataKey"))
    if service == "ecs" and given.get("tags") and asked.operation != "TagResource":
        yield from (("ecs:TagResource", resource, {}) for resource in on)
    if action == "elasticloadbalancing:CreateLoadBalancer":
        yield from ((f"ec2:Describe{what}", "*", {}) for what in _LOOKED_AT_BY_ELB)
    if service == "elasticloadbalancing" and given.get("Tags") and asked.operation != "AddTags":
        made = on[0].replace(":loadbalancer/", ":listener/") + "/*" if asked.operation == "CreateListener" else on[0]
        yield "elasticloadbalancing:AddTags", made, {}


def _made(given: Mapping[str, Any], region: str, account: str) -> str:
    """Return the ARN of what a call to RDS makes or changes."""
    for member in ("TargetDBInstanceIdentifier", "DBInstanceIdentifier", "DBClusterIdentifier"):
        if member in given:
            return _NAMED["rds"][member].format(name=given[member], region=region, account=account)
    if copied := given.get("TargetDBClusterSnapshotIdentifier"):
        return _NAMED["rds"]["TargetDBClusterSnapshotIdentifier"].format(name=copied, region=region, account=account)
    return ""


def _name(arn: str) -> str:
    return arn.rpartition(":")[2]


async def _key(named: str, region: str, inquiry: Inquiry) -> str:
    """Return the ARN of a key that is named by any of its names."""
    found = await inquiry("kms", "DescribeKey", region, KeyId=named)
    return named if found is None else str(found["KeyMetadata"]["Arn"])


async def _aliases(key: str, inquiry: Inquiry) -> Mapping[str, Any]:
    return {"kms:ResourceAliases": await InForce(inquiry).aliases(key)} if key.startswith("arn:") else {}


async def _tags(resource: str, inquiry: Inquiry) -> Mapping[str, str]:
    """Return the condition keys of a resource's tags, for the types that AWS gives their names."""
    _, _, service, region, _, name = resource.split(":", 5) if resource.startswith("arn:") else ("",) * 6
    told: Mapping[str, str] = {}
    if service == "dsql":
        found = await inquiry("dsql", "GetCluster", region, identifier=name.partition("/")[2])
        told = (found or {}).get("tags", {})
    elif service == "elasticfilesystem":
        found = await inquiry("efs", "DescribeFileSystems", region, FileSystemId=name.partition("/")[2])
        listed_ = (found or {}).get("FileSystems", ())
        told = {tag["Key"]: tag["Value"] for item in listed_ for tag in item.get("Tags", ())}
    return {f"aws:ResourceTag/{key}": value for key, value in told.items()}
