"""EFS file systems of a Region, and what they are replicated to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.live.found import Found
from constructs_lib.live.region import REFUSED
from constructs_lib.live.terraform_names import tags

if TYPE_CHECKING:
    from constructs_lib.live.region import Region


def read_filesystems(region: Region) -> list[Found]:
    """Return file systems and replications of *region*; a call for 100, and one for each file system."""
    systems = region.pages("efs", "describe_file_systems", "FileSystems")
    return [found for items in region.each(systems, lambda given: _read(region, given)) for found in items]


def _read(region: Region, given: dict[str, Any]) -> list[Found]:
    identity = str(given["FileSystemId"])
    protection = given.get("FileSystemProtection", {}).get("ReplicationOverwriteProtection")
    system = Found(
        type="aws_efs_file_system",
        name=identity,
        region=region.name,
        values={
            "id": identity,
            "arn": given.get("FileSystemArn"),
            "creation_token": given.get("CreationToken"),
            "encrypted": bool(given.get("Encrypted")),
            "kms_key_id": given.get("KmsKeyId"),
            "availability_zone_name": given.get("AvailabilityZoneName"),
            "protection": [{"replication_overwrite": protection}] if protection else [],
            "tags_all": tags(given.get("Tags")),
        },
    )
    asked = region.ask(
        "efs",
        "describe_replication_configurations",
        identity,
        absent=("ReplicationNotFound",),
        FileSystemId=identity,
    )
    if asked is REFUSED:
        # Whether it is replicated is not known, which is not the same as that it is not.
        unknown = ("source_file_system_id", "destination")
        return [system, _replication(region, identity, {}, unknown)]
    replications = [] if asked is None else asked.get("Replications", [])
    # A replica's Region tells of the same replication, which is the source's.
    own = [item for item in replications if item.get("SourceFileSystemId") == identity]
    return [system, *(_replication(region, identity, item) for item in own)]


def _replication(region: Region, identity: str, given: dict[str, Any], unknown: tuple[str, ...] = ()) -> Found:
    destinations = given.get("Destinations", [])
    synced = destinations[0].get("LastReplicatedTimestamp") if destinations else None
    return Found(
        type="aws_efs_replication_configuration",
        name=identity,
        region=region.name,
        values={
            "id": identity,
            "source_file_system_id": identity,
            "destination": [
                {"file_system_id": item.get("FileSystemId"), "region": item.get("Region"), "status": item.get("Status")}
                for item in destinations
            ],
        },
        unknown=unknown,
        observed=region.age(synced, "LastReplicatedTimestamp"),
    )
