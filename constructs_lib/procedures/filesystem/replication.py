"""The replica of a file system made writable, and the way home by replication; and what goes on by itself."""

from __future__ import annotations

from constructs_lib.objectives import Disruption
from constructs_lib.procedures.filesystem.steps import DAILY, HERE, LINKED_ROLE, THERE, available, backed_up, systems
from constructs_lib.procedures.shared import (
    HOURS,
    by_hand,
    repoint,
    serves_by_itself,
)
from constructs_lib.procedures.step import Call, Fence, Part, Prepared, Probe, Procedure, Role, Step

__all__ = ["CARRY_OVERS", "PROCEDURES"]

CARRY_OVERS = ()

_PROTECTION = "FileSystems[0].FileSystemProtection.ReplicationOverwriteProtection"
_STATUS = "Replications[0].Destinations[0].Status"


def _replicate(id_: str, title: str, role: Role, source: str, to: str, danger: str | None = None) -> Step:
    other = Role.HOME if role is Role.RECOVERY else Role.RECOVERY
    return Step(
        id=id_,
        title=title,
        part=Part.BACK,
        limit=HOURS,
        danger=danger,
        call=Call(
            service="efs",
            operation="CreateReplicationConfiguration",
            region=role,
            parameters={
                "SourceFileSystemId": source,
                "Destinations": ({"FileSystemId": to, "Region": other.region_name},),
            },
        ),
        probe=Probe(
            call=Call(
                service="efs",
                operation="DescribeReplicationConfigurations",
                region=role,
                parameters={"FileSystemId": source},
            ),
            query=_STATUS,
            done="ENABLED",
            absent_errors=("ReplicationNotFound",),
            failed=("ERROR",),
            ours={"Replications[0].SourceFileSystemId": source},
        ),
    )


_ONE_SIDE = (
    "the second command is for where AWS cannot do the first, since {region} does not answer: it ends this side alone, "
    "and the side in {region} is ended on the way home"
)
_LOCAL = "LOCAL_CONFIGURATION_ONLY"


def _open(id_: str, title: str, role: Role, system: str) -> Step:
    return Step(
        id=id_,
        title=title,
        part=Part.BACK,
        call=Call(
            service="efs",
            operation="UpdateFileSystemProtection",
            region=role,
            parameters={"FileSystemId": system, "ReplicationOverwriteProtection": "DISABLED"},
        ),
        probe=Probe(
            call=systems(role, {"FileSystemId": system}), query=_PROTECTION, done="DISABLED", absent=("ENABLED",)
        ),
        limit=HOURS,
    )


def _end(
    id_: str, title: str, source: str, written: Role, replica: str, *, part: Part = Part.ACT, danger: str | None = None
) -> Step:
    """Return the step that deletes a replication, called in the recovery Region, whose replica then can be written."""
    return Step(
        id=id_,
        title=title,
        part=part,
        limit=HOURS if part is Part.BACK else None,
        danger=danger,
        call=Call(
            service="efs",
            operation="DeleteReplicationConfiguration",
            region=Role.RECOVERY,
            parameters={"SourceFileSystemId": source},
        ),
        otherwise={} if part is Part.BACK else {"DeletionMode": _LOCAL},
        probe=Probe(
            call=systems(written, {"FileSystemId": replica}),
            query=_PROTECTION,
            done="ENABLED",
            absent=("REPLICATING",),
        ),
        note=None if part is Part.BACK else _ONE_SIDE,
        console="https://{recovery_region}.console.aws.amazon.com/efs/home?region={recovery_region}#/file-systems",
    )


_FAILOVER = Procedure(
    kind="filesystem",
    mechanism="replication",
    disruptions=(Disruption.REGION,),
    source="efs-failover-doc",
    fence=Fence.NONE,
    fence_because="whoever still reaches the file system in the Region that failed can write to it",
    steps=(
        Step(
            id="look",
            title="find what is replicated to the replica in {recovery_region}",
            call=Call(
                service="efs",
                operation="DescribeReplicationConfigurations",
                region=Role.RECOVERY,
                parameters={"FileSystemId": THERE},
            ),
            keeps={"replicated_file_system": "Replications[0].SourceFileSystemId"},
        ),
        _end(
            "delete-replication",
            "delete the replication, which makes the replica writable",
            "{replicated_file_system}",
            Role.RECOVERY,
            THERE,
            danger="what was written after the last sync: LastReplicatedTimestamp says when that was",
        ),
        repoint(
            "let the application in {recovery_region} mount its file system there",
            "files that were being replicated may lie in lost+found, in the root directory",
        ),
        available("verify", "the file system in {recovery_region} is available", Role.RECOVERY, THERE),
        backed_up(Role.RECOVERY, THERE),
    ),
    back=(
        Step(
            id="end-home",
            title="once {region} is healthy, end what is left there of the replication, where one side alone was ended",
            part=Part.BACK,
            best_effort=True,
            call=Call(
                service="efs",
                operation="DeleteReplicationConfiguration",
                region=Role.HOME,
                parameters={"SourceFileSystemId": HERE, "DeletionMode": _LOCAL},
            ),
            repeatable="where nothing is left, AWS says so",
        ),
        _open(
            "open-home",
            "allow replication to overwrite the file system in {region}",
            Role.HOME,
            HERE,
        ),
        _replicate(
            "replicate-home",
            "replicate it home; EFS copies what differs",
            Role.RECOVERY,
            THERE,
            HERE,
            "what was written in {region} after the last sync before the failover",
        ),
        by_hand(
            "stop-recovery-writers",
            "stop the writers in {recovery_region}, and wait for a sync that began after that",
            "LastReplicatedTimestamp must be later than the stop",
            (
                "aws efs describe-replication-configurations --region {recovery_region} --file-system-id "
                f"\"{THERE}\" --query 'Replications[].Destinations[].LastReplicatedTimestamp' --output text",
            ),
        ),
        _end(
            "end-replication-home",
            "delete that replication, which makes the file system in {region} writable",
            THERE,
            Role.HOME,
            HERE,
            part=Part.BACK,
        ),
        by_hand("repoint-home", "let the application in {region} mount its file system again"),
        backed_up(Role.RECOVERY, THERE, Part.BACK, "DISABLED"),
        _open("open-there", "allow replication to overwrite the replica", Role.RECOVERY, THERE),
        _replicate("replicate-again", "replicate to {recovery_region} again, as before", Role.HOME, HERE, THERE),
        available("verify-home", "the file system in {region} is available", Role.HOME, HERE, Part.BACK),
    ),
    prepared=Prepared(
        state=("replica in {recovery_region}, encrypted with the key of that Region, with mount targets",),
        configuration=(
            "security groups that let NFS in, and the file system in the application's configuration",
            LINKED_ROLE,
        ),
    ),
    afterwards=f"until it is replicated home the file system has no copy in another Region, {DAILY}",
)

PROCEDURES = (
    serves_by_itself(
        "filesystem",
        "zonal_service",
        (Disruption.HARDWARE,),
        source="efs-availability-doc",
        title="EFS goes on from other devices",
        verify=available("verify", "the file system is available", Role.HOME, HERE),
    ),
    serves_by_itself(
        "filesystem",
        "regional_storage",
        (Disruption.ZONE,),
        source="efs-availability-doc",
        title="EFS goes on from the other Availability Zones; clients there have mount targets of their own",
        verify=available("verify", "the file system is available", Role.HOME, HERE),
    ),
    _FAILOVER,
)
