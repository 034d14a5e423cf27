"""File systems restored beside themselves, in either Region."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from constructs_lib.objectives import Disruption
from constructs_lib.procedures.filesystem.steps import DAILY, HERE, LINKED_ROLE, available, backed_up, systems
from constructs_lib.procedures.fill import DRILL_TAGS, NAME_TAG
from constructs_lib.procedures.shared import (
    BESIDE,
    backup_home,
    by_hand,
    newest_copy,
    newest_point,
    repoint,
    restore_job,
    stop_writer,
)
from constructs_lib.procedures.step import Call, Fence, Part, Prepared, Probe, Procedure, Role, Step
from constructs_lib.procedures.value import Carried, Name, Tags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.procedures.value import Value

__all__ = ["CARRY_OVERS", "PROCEDURES"]

CARRY_OVERS = ()

_THROUGHPUT = Carried("", "[throughput_mode][?@ != 'bursting'] | [0]")
"""Of the original, where it is not the one that EFS gives anyway."""
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
        call=systems(role, {"CreationToken": token}),
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
        call=systems(role, {"CreationToken": token}),
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
    verify = available("verify", f"the restored file system {system} is available", role, system)
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
                shell=(_MOUNT_TARGET if away else _like(HERE, f'"{system}"'),),
                note="those of the original do not serve it"
                + ("; once for each subnet of the application" if away else ""),
            ),
            repoint(f"let the application mount {system}", _DIRECTORY),
            verify,
            backed_up(role, system),
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
                LINKED_ROLE,
            ),
        )
        if away
        else Prepared(),
        afterwards=f"the file system has no copy in another Region, {DAILY}" if away else BESIDE,
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
        backed_up(Role.HOME, system, Part.BACK),
        by_hand(
            "mount-targets-home",
            f"make a mount target of {system} in each subnet of the application in {{region}}",
            "those of the original do not serve it",
            (_like(HERE, f'"{system}"'),),
        ),
        by_hand("repoint-home", f"let the application in {{region}} mount {system}", _DIRECTORY),
    )


PROCEDURES = (
    *(
        _from_backup(mechanism, disruption, "backup-efs-doc")
        for mechanism in ("backup", "backup_copy")
        for disruption in (Disruption.SOFTWARE, Disruption.ZONE)
    ),
    _from_backup("backup_copy", Disruption.REGION, "backup-efs-doc"),
)
