"""EFS: how fast a file system may be, and into which one it replicates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.regions import is_region
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_REPLICATE: Final = "efs:CreateReplicationConfiguration"
_AFTER: Final = tuple(f"AFTER_{days}_DAY{'S' if days > 1 else ''}" for days in (1, 7, 14, 30, 60, 90, 180, 270, 365))
_MOVES: Final = {
    "TransitionToIA": _AFTER,
    "TransitionToArchive": _AFTER,
    "TransitionToPrimaryStorageClass": ("AFTER_1_ACCESS",),
}


async def _system(inquiry: Inquiry, identifier: str, region: str) -> dict[str, Any]:
    """Return a file system by its id or ARN; nothing where there is none."""
    name = identifier.rpartition("/")[2]
    found = await inquiry("efs", "DescribeFileSystems", region, FileSystemId=name)
    return next(iter((found or {}).get("FileSystems", [])), {})


@rule(
    "efs.replication-into-a-protected-file-system",
    _REPLICATE,
    code="BadRequest",
    code_from="memory",
    source="botocore efs DestinationToCreate.FileSystemId: its replication overwrite protection must be disabled",
)
async def _protected(asked: Asked, inquiry: Inquiry) -> str | None:
    for one in asked.parameters.get("Destinations", []):
        if "FileSystemId" in one:
            system = await _system(inquiry, one["FileSystemId"], one.get("Region", asked.region))
            if system.get("FileSystemProtection", {}).get("ReplicationOverwriteProtection") == "ENABLED":
                return f"Replication overwrite protection of {one['FileSystemId']} is enabled."
    return None


@rule(
    "efs.replication-of-encrypted-files-into-a-plain-file-system",
    _REPLICATE,
    code="ConflictException",
    status=409,
    code_from="api",
    source="botocore efs ConflictException of CreateReplicationConfiguration: the source is encrypted, and the"
    " destination is not",
)
async def _plain(asked: Asked, inquiry: Inquiry) -> str | None:
    source = await _system(inquiry, asked.parameters["SourceFileSystemId"], asked.region)
    for one in asked.parameters.get("Destinations", []) if source.get("Encrypted") else ():
        if "FileSystemId" in one:
            system = await _system(inquiry, one["FileSystemId"], one.get("Region", asked.region))
            if system.get("Encrypted") is False:
                return f"The file system {source['FileSystemId']} is encrypted, and {one['FileSystemId']} is not."
    return None


#: What deployments were answered by AWS in September 2026.
_SEEN: Final = "https://github.com/badmintoncryer/cdk-preflight, rules/efs"


@rule(
    "efs.throughput-that-does-not-go-with-its-mode",
    "efs:CreateFileSystem",
    code="BadRequest",
    code_from="api",
    source="botocore efs CreateFileSystem.ProvisionedThroughputInMibps: required with provisioned; the messages in"
    f" {_SEEN}/pf-efs-throughput-mode",
)
async def _throughput(asked: Asked, _: Inquiry) -> str | None:
    mode = asked.parameters.get("ThroughputMode", "bursting")
    given = bool(asked.parameters.get("ProvisionedThroughputInMibps"))  # the provider sends 0 for none
    if given == (mode == "provisioned"):
        return None
    must = "can't be" if given else "must be"
    return f"Provisioned throughput {must} set for file systems that use {mode} throughput mode."


@rule(
    "efs.max-io-with-elastic-throughput",
    "efs:CreateFileSystem",
    code="BadRequest",
    code_from="api",
    source="https://docs.aws.amazon.com/efs/latest/ug/performance.html: Max I/O neither with Elastic throughput nor in"
    f" One Zone; the messages in {_SEEN}/pf-efs-performance-mode",
)
async def _mode(asked: Asked, _: Inquiry) -> str | None:
    given = asked.parameters
    if given.get("PerformanceMode") != "maxIO":
        return None
    if given.get("AvailabilityZoneName"):
        return "Unsupported performance mode provided."
    if given.get("ThroughputMode") == "elastic":
        return "Elastic throughput is not available for file systems using MaxIO performance mode."
    return None


@rule(
    "efs.replication-to-a-region-that-does-not-exist",
    "efs:CreateReplicationConfiguration",
    code="BadRequest",
    code_from="api",
    source="botocore efs DestinationToCreate.Region: a Region that is enabled; BadRequest: the value of a parameter",
)
async def _nowhere(asked: Asked, _: Inquiry) -> str | None:
    regions = [one["Region"] for one in asked.parameters.get("Destinations", []) if "Region" in one]
    unknown = next((region for region in regions if not is_region(region)), None)
    return f"There is no Region {unknown}" if unknown else None


@rule(
    "efs.key-of-an-open-file-system",
    "efs:CreateFileSystem",
    code="BadRequest",
    code_from="api",
    source=f"botocore efs CreateFileSystem.KmsKeyId: Encrypted must be true; the message in {_SEEN}/pf-efs-kms-key",
)
async def _open(asked: Asked, _: Inquiry) -> str | None:
    if not asked.parameters.get("KmsKeyId") or asked.parameters.get("Encrypted"):
        return None
    return "The encrypted parameter must be set to true to create an encrypted file system."


@rule(
    "efs.key-that-cannot-be-used",
    f"efs:CreateFileSystem {_REPLICATE.partition(':')[2]}",
    code="BadRequest",
    code_from="api",
    source="botocore efs CreateFileSystem.KmsKeyId: a symmetric key of the Region; BadRequest",
)
async def _key(asked: Asked, inquiry: Inquiry) -> str | None:
    given = [(asked.region, asked.parameters.get("KmsKeyId"))]
    given += [
        (one.get("Region", asked.region), one.get("KmsKeyId")) for one in asked.parameters.get("Destinations", [])
    ]
    for region, key in given:
        if not key or "alias/aws/" in key:
            continue
        found = await inquiry("kms", "DescribeKey", region, KeyId=key)
        foreign = key.startswith("arn:") and key.split(":")[3] != region
        if foreign or found is None or found["KeyMetadata"]["KeyState"] != "Enabled":
            return f"The KMS key {key} cannot be used in {region}: it is not there, or not enabled."
    return None


@rule(
    "efs.lifecycle-of-one-transition",
    "efs:PutLifecycleConfiguration",
    code="BadRequest",
    code_from="api",
    source=f"botocore efs PutLifecycleConfiguration.LifecyclePolicies; the message in {_SEEN}/pf-efs-lifecycle-policy",
)
async def _lifecycle(asked: Asked, _: Inquiry) -> str | None:
    policies = asked.parameters.get("LifecyclePolicies", [])
    values = [value for policy in policies for value in policy.items()]
    if all(len(policy) == 1 for policy in policies) and all(value in _MOVES.get(name, ()) for name, value in values):
        return None
    return "One or more LifecyclePolicy objects specified are malformed."


@rule(
    "efs.zone-of-another-region",
    f"efs:CreateFileSystem {_REPLICATE.partition(':')[2]}",
    code="BadRequest",
    code_from="api",
    source=f"botocore efs CreateFileSystem.AvailabilityZoneName, DestinationToCreate; the messages in {_SEEN}"
    "/pf-efs-availability-zone-region and -replication-destination",
)
async def _zone(asked: Asked, _: Inquiry) -> str | None:
    zone = asked.parameters.get("AvailabilityZoneName")
    if zone and not re.fullmatch(rf"{asked.region}[a-f]", zone):
        return "Invalid Availability Zone Name provided."
    for one in asked.parameters.get("Destinations", []):
        zone, region = one.get("AvailabilityZoneName"), one.get("Region")
        if zone and region and not zone.startswith(region):
            return "Region and Availability Zone must match."
    return None


@rule(
    "efs.token-of-another-file-system",
    "efs:CreateFileSystem",
    code="FileSystemAlreadyExists",
    status=409,
    code_from="api",
    source="botocore efs FileSystemAlreadyExists: the creation token is that of a file system which is there",
)
async def _token(asked: Asked, inquiry: Inquiry) -> str | None:
    token = asked.parameters.get("CreationToken", "")
    found = await inquiry("efs", "DescribeFileSystems", asked.region, CreationToken=token) or {}
    there = next(iter(found.get("FileSystems", [])), None)
    if there is None:
        return None
    return f"File system '{there['FileSystemId']}' already exists with creation token '{token}'"


@rule(
    "efs.security-group-that-does-not-exist",
    "efs:CreateMountTarget ModifyMountTargetSecurityGroups",
    code="SecurityGroupNotFound",
    code_from="api",
    source="botocore efs SecurityGroupNotFound",
)
async def _groups(asked: Asked, inquiry: Inquiry) -> str | None:
    for group in asked.parameters.get("SecurityGroups") or []:
        if not await inquiry("ec2", "DescribeSecurityGroups", asked.region, GroupIds=[group]):
            return f"One of the SecurityGroups specified does not exist: {group}"
    return None


RULES: Final = (_protected, _plain, _throughput, _mode, _nowhere, _open, _key, _lifecycle, _zone, _token, _groups)
