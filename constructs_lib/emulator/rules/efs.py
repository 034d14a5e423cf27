"""EFS: into which file systems it replicates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

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


RULES: Final = (_protected, _plain)
