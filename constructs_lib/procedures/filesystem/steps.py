"""What both ways back of a file system look at, and do in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.procedures.step import Call, Part, Probe, Role, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.procedures.value import Value

__all__ = ["DAILY", "HERE", "LINKED_ROLE", "THERE", "available", "backed_up", "systems"]

HERE, THERE = "{file_system}", "{recovery_file_system}"
_SERVES = (
    "contains(['available', 'updating'], FileSystems[0].LifeCycleState) && 'serves' || FileSystems[0].LifeCycleState"
)
_SOON = 5 * 60
DAILY = "and one backup a day, which EFS asks AWS Backup for"
LINKED_ROLE = (
    "the role AWSServiceRoleForBackup, with which EFS's own backups are made: AWS makes it where a file system of the "
    "account is backed up so for the first time, by IAM's control plane in us-east-1"
)


def systems(role: Role, parameters: Mapping[str, Value]) -> Call:
    """Return the question for the file systems that have all of *parameters*."""
    return Call(service="efs", operation="DescribeFileSystems", region=role, parameters=parameters)


def available(id_: str, title: str, role: Role, system: str, part: Part = Part.VERIFY) -> Step:
    """Return the step that sees whether a file system serves."""
    call = systems(role, {"FileSystemId": system})
    return Step(id=id_, title=title, part=part, call=call, expects=(_SERVES, "serves"))


def backed_up(role: Role, system: str, part: Part = Part.VERIFY, status: str = "ENABLED") -> Step:
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
