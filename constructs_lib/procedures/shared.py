"""Steps that more than one kind has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from constructs_lib.procedures.step import Call, Lag, Part, Probe, Procedure, Role, Step
from constructs_lib.procedures.value import Metadata, Name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.objectives import Disruption
    from constructs_lib.procedures.value import Value

__all__ = [
    "BESIDE",
    "HOURS",
    "UNPROTECTED",
    "back_up_there",
    "backup_home",
    "by_hand",
    "metric_lag",
    "newest_copy",
    "newest_point",
    "repoint",
    "restore_job",
    "serves_by_itself",
    "stop_writer",
    "taken_over",
]

UNPROTECTED = (
    "and no scheduled backups until AWS Backup is told to make them, without which nothing undoes damage to it"
)
"""What a recovery leaves open where points in time are AWS Backup's alone: the plan is in the Region that is lost."""

BESIDE = (
    "what was restored has no copy in {recovery_region} until the code takes it over: what is there is the original's, "
    "and so is what is served from there"
)
"""What a restore beside the original leaves open, where there is a copy in another Region."""

HOURS = 6 * 3600
"""How long one job of the way home is waited for; nothing is promised for it, and `resume` goes on waiting."""

_NEWEST = "reverse(sort_by(RecoveryPoints[?Status=='COMPLETED' || Status=='AVAILABLE'], &CreationDate))[0]"


def metric_lag(
    namespace: str, metric: str, dimensions: Mapping[str, str], unit: Literal["seconds", "milliseconds"]
) -> Lag:
    """Return the lag that a metric of the recovery Region tells: its last maximum of the last quarter of an hour."""
    return Lag(
        call=Call(
            service="cloudwatch",
            operation="GetMetricStatistics",
            region=Role.RECOVERY,
            parameters={
                "Namespace": namespace,
                "MetricName": metric,
                "Dimensions": tuple({"Name": name, "Value": value} for name, value in dimensions.items()),
                "StartTime": "{lately}",
                "EndTime": "{now}",
                "Period": 60,
                "Statistics": ("Maximum",),
            },
        ),
        query="sort_by(Datapoints, &Timestamp)[-1].Maximum",
        unit=unit,
    )


def newest_copy() -> Lag:
    """Return the lag that the newest copy in the vault tells: its date is that of its source."""
    return Lag(
        call=Call(
            service="backup",
            operation="ListRecoveryPointsByBackupVault",
            region=Role.RECOVERY,
            parameters={"BackupVaultName": "{recovery_vault}"},
        ),
        query=f"{_NEWEST}.CreationDate",
        unit="since",
    )


def serves_by_itself(
    kind: str,
    mechanism: str,
    disruptions: tuple[Disruption, ...],
    *,
    source: str,
    title: str,
    verify: Step | None = None,
    engines: tuple[str, ...] = (),
    back: str = "none: nothing changed place",
    when: Mapping[str, object] | None = None,
    then: tuple[Step, ...] = (),
) -> Procedure:
    """Return a procedure in which AWS does everything: what *title* says, and *then* more."""
    return Procedure(
        kind=kind,
        mechanism=mechanism,
        disruptions=disruptions,
        source=source,
        engines=engines,
        when=when or {},
        steps=(Step(id="by-itself", title=title), *then, *((verify,) if verify else ())),
        back=(Step(id="none", title=back, part=Part.BACK),),
    )


def stop_writer() -> Step:
    """Return the step that ends the damage."""
    return Step(
        id="stop-writer",
        title="stop the writer that does the damage",
        part=Part.FENCE,
        by_hand=True,
        note="what it writes from now on is in the original only, and is lost with it",
    )


def repoint(title: str, note: str | None = None) -> Step:
    """Return the step that points callers at what was recovered."""
    return Step(id="repoint", title=title, part=Part.PROPAGATE, by_hand=True, note=note)


def by_hand(id_: str, title: str, note: str | None = None, shell: tuple[str, ...] = ()) -> Step:
    """Return a step of the way home that a human does, with what to look at."""
    return Step(id=id_, title=title, part=Part.BACK, by_hand=True, note=note, shell=shell)


def taken_over(name: str) -> str:
    """Return how the code takes over what was restored as *name*; the old one stays, and is Terraform's no more."""
    return (
        f'give its construct adopted="{name}", with which Terraform lets go of the old one and takes this one over '
        f"(drctl adopt writes the blocks), or name it in what declares one that exists beside the stacks"
    )


def newest_point(role: Role, vault: str, part: Part = Part.ACT) -> Step:
    """Return the step that finds the newest recovery point; one from before the moment, where there is one."""
    return Step(
        id="find-point",
        title="find the recovery point",
        part=part,
        call=Call(
            service="backup",
            operation="ListRecoveryPointsByBackupVault",
            region=role,
            parameters={"BackupVaultName": vault, "ByCreatedBefore": Name("moment")},
        ),
        keeps={"recovery_point": f"{_NEWEST}.RecoveryPointArn"},
        console=f"https://{_host(role)}.console.aws.amazon.com/backup/home#/backupvaults",
    )


def _host(role: Role) -> str:
    return "{region}" if role is Role.HOME else "{recovery_region}"


def back_up_there(arn: str) -> Step:
    """Return the step that has AWS Backup back up what was restored in the recovery Region, as often as at home.

    AWS has no call that makes a plan once, however often it is called, so it is for people; nobody waits for it.
    """
    plan = (
        '{\\"BackupPlanName\\": \\"{recovery_vault}\\", \\"Rules\\": [{\\"RuleName\\": \\"as-at-home\\", '
        '\\"TargetBackupVaultName\\": \\"{recovery_vault}\\", \\"ScheduleExpression\\": \\"{backup_schedule}\\", '
        '\\"Lifecycle\\": {\\"DeleteAfterDays\\": {backup_days}}}]}'
    )
    selection = (
        '{\\"SelectionName\\": \\"recovered\\", \\"IamRoleArn\\": \\"{backup_role}\\", '
        f'\\"Resources\\": [\\"{arn}\\"]}}'
    )
    return Step(
        id="back-up-there",
        title="have AWS Backup back it up in {recovery_region} as often as in {region}: no plan there names it",
        part=Part.VERIFY,
        by_hand=True,
        shell=(
            f'BACKUP_PLAN=$(aws backup create-backup-plan --region {{recovery_region}} --backup-plan "{plan}" '
            "--query BackupPlanId --output text)",
            'aws backup create-backup-selection --region {recovery_region} --backup-plan-id "$BACKUP_PLAN" '
            f'--backup-selection "{selection}"',
        ),
        note="after the way home delete the selection and the plan, or have Terraform take them over",
    )


def restore_job(
    id_: str,
    title: str,
    role: Role,
    metadata: Mapping[str, Value],
    resource_type: str,
    *,
    guard: Probe | None = None,
    part: Part = Part.ACT,
    limit: int | None = None,
) -> Step:
    """Return the step that restores `{recovery_point}` by AWS Backup.

    `CreationDate` of a copied recovery point is that of its source: it says how old the data is.
    """
    return Step(
        id=id_,
        title=title,
        part=part,
        limit=limit,
        call=Call(
            service="backup",
            operation="StartRestoreJob",
            region=role,
            parameters={
                "RecoveryPointArn": "{recovery_point}",
                "IamRoleArn": "{restore_role}",
                "ResourceType": resource_type,
                "IdempotencyToken": "{operation}-{workload}-{component}-" + id_,
                "Metadata": Metadata(metadata),
                # Only for backups that AWS Backup manages in full; tags are put back by a call of their own.
            },
        ),
        guard=guard,
        # One ticket may be that of several workloads, whose components are called alike.
        repeatable="AWS Backup knows the token, and starts no second job for it",
        danger="what was written since the backup" if role is Role.RECOVERY else None,
        keeps={"restore_job": "RestoreJobId"},
        probe=Probe(
            call=Call(
                service="backup",
                operation="DescribeRestoreJob",
                region=role,
                parameters={"RestoreJobId": "{restore_job}"},
            ),
            query="Status",
            done="COMPLETED",
            waiting=("PENDING", "RUNNING"),
            failed=("ABORTED", "FAILED"),
            keeps={"restored_arn": "CreatedResourceArn"},
        ),
        console=f"https://{_host(role)}.console.aws.amazon.com/backup/home#/jobs",
        note="the role is made beforehand; making one now would need IAM's control plane in us-east-1",
    )


def backup_home(
    arn: str,
    resource_type: str,
    metadata: Mapping[str, Value],
    guard: Probe | None = None,
    *,
    beware: str = "",
) -> tuple[Step, ...]:
    """Return the way home by AWS Backup: back up where it is now, copy, restore at home.

    Args:
        arn: The ARN of what runs in the recovery Region.
        resource_type: What AWS Backup calls it.
        metadata: What its restore at home needs.
        guard: Tells whether something of the new name is there already. Default: AWS gives the name.
        beware: What to beware of besides, once the writers are stopped.
    """
    return (
        by_hand(
            "stop-recovery-writers",
            "once {region} is healthy, stop the writers in {recovery_region}",
            f"what is written after the backup starts is not in it{beware}",
        ),
        Step(
            id="back-up",
            title="back up what runs in {recovery_region}",
            part=Part.BACK,
            call=Call(
                service="backup",
                operation="StartBackupJob",
                region=Role.RECOVERY,
                parameters={
                    "BackupVaultName": "{recovery_vault}",
                    "ResourceArn": arn,
                    "IamRoleArn": "{backup_role}",
                    "IdempotencyToken": "{operation}-{workload}-{component}-back-up",
                },
            ),
            repeatable="AWS Backup knows the token, and starts no second job for it",
            keeps={"backup_job": "BackupJobId"},
            limit=HOURS,
            probe=Probe(
                call=Call(
                    service="backup",
                    operation="DescribeBackupJob",
                    region=Role.RECOVERY,
                    parameters={"BackupJobId": "{backup_job}"},
                ),
                query="State",
                done="COMPLETED",
                waiting=("CREATED", "PENDING", "RUNNING"),
                failed=("ABORTED", "ABORTING", "EXPIRED", "FAILED", "PARTIAL"),
                keeps={"recovery_point_there": "RecoveryPointArn"},
            ),
        ),
        Step(
            id="copy-home",
            title="copy the backup to vault {vault} in {region}",
            part=Part.BACK,
            call=Call(
                service="backup",
                operation="StartCopyJob",
                region=Role.RECOVERY,
                parameters={
                    "RecoveryPointArn": "{recovery_point_there}",
                    "SourceBackupVaultName": "{recovery_vault}",
                    "DestinationBackupVaultArn": "arn:aws:backup:{region}:{account}:backup-vault:{vault}",
                    "IamRoleArn": "{backup_role}",
                    "IdempotencyToken": "{operation}-{workload}-{component}-copy-home",
                },
            ),
            repeatable="AWS Backup knows the token, and starts no second job for it",
            keeps={"copy_job": "CopyJobId"},
            limit=HOURS,
            probe=Probe(
                call=Call(
                    service="backup",
                    operation="DescribeCopyJob",
                    region=Role.RECOVERY,
                    parameters={"CopyJobId": "{copy_job}"},
                ),
                query="CopyJob.State",
                done="COMPLETED",
                waiting=("CREATED", "RUNNING"),
                failed=("FAILED", "PARTIAL"),
                keeps={"recovery_point": "CopyJob.DestinationRecoveryPointArn"},
            ),
        ),
        restore_job(
            "restore-home",
            "restore it in {region}",
            Role.HOME,
            metadata,
            resource_type,
            guard=guard,
            part=Part.BACK,
            limit=HOURS,
        ),
    )
