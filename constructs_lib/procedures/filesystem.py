"""File systems: restored beside themselves, or their replica made writable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from constructs_lib.objectives import Disruption
from constructs_lib.procedures.fill import DRILL_TAGS, NAME_TAG
from constructs_lib.procedures.shared import (
    HOURS,
    backup_home,
    by_hand,
    newest_copy,
    newest_point,
    repoint,
    restore_job,
    serves_by_itself,
    stop_writer,
)
from constructs_lib.procedures.step import Call, Fence, Part, Prepared, Probe, Procedure, Role, Step
from constructs_lib.procedures.value import Carried, Name, Tags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.procedures.value import Value

__all__ = ["CARRY_OVERS", "PROCEDURES"]

CARRY_OVERS = ()

_HERE, _THERE = "{file_system}", "{recovery_file_system}"
_PROTECTION = "FileSystems[0].FileSystemProtection.ReplicationOverwriteProtection"
_SERVES = (
    "contains(['available', 'updating'], FileSystems[0].LifeCycleState) && 'serves' || FileSystems[0].LifeCycleState"
)
_STATUS = "Replications[0].Destinations[0].Status"
_THROUGHPUT = Carried("", "[throughput_mode][?@ != 'bursting'] | [0]")
"""Of the original, where it is not the one that EFS gives anyway."""
_SOON = 5 * 60
_DAILY = "and one backup a day, which EFS asks AWS Backup for"
_LINKED_ROLE = (
    "the role AWSServiceRoleForBackup, with which EFS's own backups are made: AWS makes it where a file system of the "
    "account is backed up so for the first time, by IAM's control plane in us-east-1"
)
_DIRECTORY = (
    "a restore puts everything into a directory aws-backup-restore_<time> of the new file system: move it up first"
)


_MOUNT_TARGET = (
    'aws efs create-mount-target --region {recovery_region} --file-system-id "{restored_file_system}" '
    '--subnet-id "$SUBNET" --security-groups "$SECURITY_GROUP"'
)
_ASKED = "aws efs describe-mount-targets --region {region}"


def _like(original: str, made: str) -> str:
    """Return the command that makes a mount target of *made* wherever *original* has one."""
    return (
        f"for target in $({_ASKED} --file-system-id {original} --query 'MountTargets[].MountTargetId' --output text); "
        f"do aws efs create-mount-target --region {{region}} --file-system-id {made} --subnet-id "
        f"$({_ASKED} --mount-target-id $target --query 'MountTargets[0].SubnetId' --output text) --security-groups "
        f"$(aws efs describe-mount-target-security-groups --region {{region}} --mount-target-id $target --query "
        f"SecurityGroups --output text); done"
    )


def _systems(role: Role, parameters: Mapping[str, Value]) -> Call:
    return Call(service="efs", operation="DescribeFileSystems", region=role, parameters=parameters)


def _available(id_: str, title: str, role: Role, system: str, part: Part = Part.VERIFY) -> Step:
    call = _systems(role, {"FileSystemId": system})
    return Step(id=id_, title=title, part=part, call=call, expects=(_SERVES, "serves"))


# ---------------------------------------------------------------- backups


def _metadata(backed_up: str, key: str, token: str) -> Mapping[str, Value]:
    return {
        "file-system-id": backed_up,
        "newFileSystem": "true",
        "Encrypted": "true",
        "KmsKeyId": Name(key, required=True),
        "PerformanceMode": "generalPurpose",
        "CreationToken": token,
    }


def _taken(role: Role, token: str) -> Probe:
    """Return who tells that there is a file system of that token: EFS makes no second one, nor does a restore."""
    return Probe(
        call=_systems(role, {"CreationToken": token}),
        query="FileSystems[0].LifeCycleState",
        done="available",
        absent=("None", "deleted"),
    )


def _found(role: Role, token: str, part: Part = Part.ACT) -> Step:
    """Return the step that finds what was restored: EFS makes up its id."""
    return Step(
        id="find-restored",
        title="find the restored file system",
        part=part,
        call=_systems(role, {"CreationToken": token}),
        keeps={"restored_file_system": "FileSystems[0].FileSystemId"},
    )


def _as_the_original(role: Role, system: str, part: Part = Part.ACT) -> tuple[Step, ...]:
    """Return the steps that give a restored file system what AWS Backup does not."""
    return (
        Step(
            id="tags",
            title="put its tags back",
            part=part,
            call=Call(
                service="efs",
                operation="TagResource",
                region=role,
                parameters={"ResourceId": system, "Tags": Tags(Carried("Tags", "tags"))},
            ),
            repeatable="it sets the same tags again",
        ),
        Step(
            id="throughput",
            title="give it the throughput of the original",
            part=part,
            best_effort=True,
            needs=(_THROUGHPUT,),
            call=Call(
                service="efs",
                operation="UpdateFileSystem",
                region=role,
                parameters={"FileSystemId": system, "ThroughputMode": _THROUGHPUT},
            ),
            repeatable="one that has it already refuses",
        ),
    )


def _backed_up(role: Role, system: str, part: Part = Part.VERIFY, status: str = "ENABLED") -> Step:
    """Return the step that has EFS ask AWS Backup for a backup a day, or no longer.

    The plan of the stacks is in the Region that is lost, and names the file system that was.
    """
    on = status == "ENABLED"
    return Step(
        id="back-up-daily" if on else "back-up-no-longer",
        title=f"have EFS {'back it up each day from now on' if on else 'no longer back up the replica'}",
        part=part,
        limit=_SOON,
        call=Call(
            service="efs",
            operation="PutBackupPolicy",
            region=role,
            parameters={"FileSystemId": system, "BackupPolicy": {"Status": status}},
        ),
        repeatable="it asks for the same again",
        probe=Probe(
            call=Call(
                service="efs", operation="DescribeBackupPolicy", region=role, parameters={"FileSystemId": system}
            ),
            # What is about to be so needs nobody to wait for it.
            query="(BackupPolicy.Status == 'ENABLING' && 'ENABLED') || "
            "(BackupPolicy.Status == 'DISABLING' && 'DISABLED') || BackupPolicy.Status",
            done=status,
            absent=("DISABLED" if on else "ENABLED",),
            absent_errors=("PolicyNotFound",),
        ),
        note="its backups lie in the vault aws/efs/automatic-backup-vault, for 35 days" if on else None,
    )


def _drilled(role: Role) -> Step:
    """Return the step that tags what a drill has restored: AWS Backup tags nothing, and EFS makes up the id."""
    return Step(
        id="tags",
        title="tag it as the drill's",
        call=Call(
            service="efs",
            operation="TagResource",
            region=role,
            parameters={
                "ResourceId": "{restored_file_system}",
                "Tags": ({"Key": NAME_TAG, "Value": "{restored}"}, *DRILL_TAGS),
            },
        ),
        repeatable="it sets the same tags again",
    )


def _from_backup(mechanism: str, disruption: Disruption, source: str) -> Procedure:
    away = disruption is Disruption.REGION
    role = Role.RECOVERY if away else Role.HOME
    vault, key = ("{recovery_vault}", "recovery_key") if away else ("{vault}", "key")
    damaged = disruption is Disruption.SOFTWARE
    restored = (
        newest_point(role, vault),
        Step(
            id="look",
            title="read what was backed up",
            call=Call(
                service="backup",
                operation="GetRecoveryPointRestoreMetadata",
                region=role,
                parameters={"BackupVaultName": vault, "RecoveryPointArn": "{recovery_point}"},
            ),
            keeps={"backed_up": 'RestoreMetadata."file-system-id"'},
        ),
        restore_job(
            "restore",
            "restore the last good backup to a new file system",
            role,
            _metadata("{backed_up}", key, "{restored}"),
            "EFS",
            guard=_taken(role, "{restored}"),
        ),
        _found(role, "{restored}"),
    )
    system = "{restored_file_system}"
    verify = _available("verify", f"the restored file system {system} is available", role, system)
    return Procedure(
        kind="filesystem",
        mechanism=mechanism,
        disruptions=(disruption,),
        source=source,
        lag=None if damaged else newest_copy(),
        rehearsal=(*restored, _drilled(role), verify),
        fence=Fence.COMPLETE if damaged else Fence.NONE,
        fence_because="the writer is stopped by hand"
        if damaged
        else "whoever still reaches the file system that failed can write to it",
        steps=(
            *((stop_writer(),) if damaged else ()),
            *restored,
            *_as_the_original(role, system),
            Step(
                id="mount-targets",
                title=f"make a mount target of {system} in each subnet of the application",
                by_hand=True,
                shell=(_MOUNT_TARGET if away else _like('"{backed_up}"', f'"{system}"'),),
                note="those of the original do not serve it"
                + ("; once for each subnet of the application" if away else ""),
            ),
            repoint(f"let the application mount {system}", _DIRECTORY),
            verify,
            _backed_up(role, system),
        ),
        back=(
            *(_home_by_backup() if away else ()),
            by_hand("keep", "declare the restored file system in the code, with its mount targets, and import them"),
        ),
        prepared=Prepared(
            state=("vault {recovery_vault} with copies of the backups, encrypted with the key of {recovery_region}",),
            configuration=(
                "role {restore_role}, which AWS Backup may take",
                "subnets and security groups for NFS",
                _LINKED_ROLE,
            ),
        )
        if away
        else Prepared(),
        afterwards=f"the file system has no copy in another Region, {_DAILY}" if away else None,
    )


def _home_by_backup() -> tuple[Step, ...]:
    stop, *others = backup_home(
        f"arn:aws:elasticfilesystem:{Role.RECOVERY.region_name}:{{account}}:file-system/{{restored_file_system}}",
        "EFS",
        _metadata("{restored_file_system}", "key", "{returned}"),
        _taken(Role.HOME, "{returned}"),
    )
    system = "{returned_file_system}"
    return (
        stop,
        _found(Role.RECOVERY, "{restored}", Part.BACK),
        *others,
        attrs.evolve(
            _found(Role.HOME, "{returned}", Part.BACK),
            id="find-returned",
            keeps={"returned_file_system": "FileSystems[0].FileSystemId"},
        ),
        *_as_the_original(Role.HOME, system, Part.BACK),
        _backed_up(Role.HOME, system, Part.BACK),
        by_hand(
            "mount-targets-home",
            f"make a mount target of {system} in each subnet of the application in {{region}}",
            "those of the original do not serve it",
            (_like(_HERE, f'"{system}"'),),
        ),
        by_hand("repoint-home", f"let the application in {{region}} mount {system}", _DIRECTORY),
    )


# ---------------------------------------------------------------- replication


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
            call=_systems(role, {"FileSystemId": system}), query=_PROTECTION, done="DISABLED", absent=("ENABLED",)
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
            call=_systems(written, {"FileSystemId": replica}),
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
                parameters={"FileSystemId": _THERE},
            ),
            keeps={"replicated_file_system": "Replications[0].SourceFileSystemId"},
        ),
        _end(
            "delete-replication",
            "delete the replication, which makes the replica writable",
            "{replicated_file_system}",
            Role.RECOVERY,
            _THERE,
            danger="what was written after the last sync: LastReplicatedTimestamp says when that was",
        ),
        repoint(
            "let the application in {recovery_region} mount its file system there",
            "files that were being replicated may lie in lost+found, in the root directory",
        ),
        _available("verify", "the file system in {recovery_region} is available", Role.RECOVERY, _THERE),
        _backed_up(Role.RECOVERY, _THERE),
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
                parameters={"SourceFileSystemId": _HERE, "DeletionMode": _LOCAL},
            ),
            repeatable="where nothing is left, AWS says so",
        ),
        _open(
            "open-home",
            "allow replication to overwrite the file system in {region}",
            Role.HOME,
            _HERE,
        ),
        _replicate(
            "replicate-home",
            "replicate it home; EFS copies what differs",
            Role.RECOVERY,
            _THERE,
            _HERE,
            "what was written in {region} after the last sync before the failover",
        ),
        by_hand(
            "stop-recovery-writers",
            "stop the writers in {recovery_region}, and wait for a sync that began after that",
            "LastReplicatedTimestamp must be later than the stop",
            (
                "aws efs describe-replication-configurations --region {recovery_region} --query "
                "'Replications[].Destinations[].LastReplicatedTimestamp' --output text",
            ),
        ),
        _end(
            "end-replication-home",
            "delete that replication, which makes the file system in {region} writable",
            _THERE,
            Role.HOME,
            _HERE,
            part=Part.BACK,
        ),
        by_hand("repoint-home", "let the application in {region} mount its file system again"),
        _backed_up(Role.RECOVERY, _THERE, Part.BACK, "DISABLED"),
        _open("open-there", "allow replication to overwrite the replica", Role.RECOVERY, _THERE),
        _replicate("replicate-again", "replicate to {recovery_region} again, as before", Role.HOME, _HERE, _THERE),
        _available("verify-home", "the file system in {region} is available", Role.HOME, _HERE, Part.BACK),
    ),
    prepared=Prepared(
        state=("replica in {recovery_region}, encrypted with the key of that Region, with mount targets",),
        configuration=(
            "security groups that let NFS in, and the file system in the application's configuration",
            _LINKED_ROLE,
        ),
    ),
    afterwards=f"until it is replicated home the file system has no copy in another Region, {_DAILY}",
)

PROCEDURES = (
    serves_by_itself(
        "filesystem",
        "zonal_service",
        (Disruption.HARDWARE,),
        source="efs-availability-doc",
        title="EFS goes on from other devices",
        verify=_available("verify", "the file system is available", Role.HOME, _HERE),
    ),
    serves_by_itself(
        "filesystem",
        "regional_storage",
        (Disruption.ZONE,),
        source="efs-availability-doc",
        title="EFS goes on from the other Availability Zones; clients there have mount targets of their own",
        verify=_available("verify", "the file system is available", Role.HOME, _HERE),
    ),
    _FAILOVER,
    *(
        _from_backup(mechanism, disruption, "backup-efs-doc")
        for mechanism in ("backup", "backup_copy")
        for disruption in (Disruption.SOFTWARE, Disruption.ZONE)
    ),
    _from_backup("backup_copy", Disruption.REGION, "backup-efs-doc"),
)
