"""EFS: how fast a file system may be, and into which one it replicates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.regions import is_region
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_REPLICATE: Final = "efs:CreateReplicationConfiguration"


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
    for one in asked.parameters["Destinations"]:
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
    for one in asked.parameters["Destinations"] if source.get("Encrypted") else ():
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


RULES: Final = (_protected, _plain, _throughput, _mode, _nowhere)
