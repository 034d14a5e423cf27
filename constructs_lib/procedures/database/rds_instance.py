"""Instances of RDS: restored to a moment, from replicated backups, and by AWS Backup."""

from __future__ import annotations

from constructs_lib.objectives import Disruption
from constructs_lib.procedures.database.database import (
    instance_probe,
    look_at_instance,
)
from constructs_lib.procedures.database.instance import (
    AT_HOME,
    CARRY_OVERS,
    CONSOLE_THERE,
    ENGINES,
    FENCED,
    FENCED_BECAUSE,
    IN_RECOVERY,
    RETURNED,
    after_backup,
    backup_metadata,
    put_back,
    put_tags_back,
    verify,
)
from constructs_lib.procedures.database.logins import NOTE, RESTORED
from constructs_lib.procedures.shared import (
    BESIDE,
    HOURS,
    backup_home,
    by_hand,
    newest_copy,
    newest_point,
    repoint,
    restore_job,
    serves_by_itself,
    stop_writer,
    taken_over,
)
from constructs_lib.procedures.step import Call, Fence, Lag, Part, Prepared, Probe, Procedure, Role, Step
from constructs_lib.procedures.value import Carried, Name

__all__ = ["CARRY_OVERS", "PROCEDURES"]

_KEEP = (
    f"keep {{restored}}: {taken_over('{restored}')}; or copy the good rows back into {{instance}}, which is untouched, "
    f"and delete {{restored}}"
)
_ENDPOINT = "point the application at the endpoint of {restored}"
_ZONE = (
    "RDS chooses the Availability Zone: where one is lost, and it is that, delete the new instance and restore with "
    "--availability-zone"
)
_CONSOLE = "https://{region}.console.aws.amazon.com/rds/home?region={region}#database:id={instance}"
_ROOM = (
    "subnet group {recovery_subnet_group}, and security groups for the database in {recovery_region}",
    "quota and capacity for the instance class in {recovery_region}",
    RESTORED,
)


_FROM_HOME = (
    "sort_by(DBInstanceAutomatedBackups[?DBInstanceArn=='arn:aws:rds:{region}:{account}:db:{instance}' "
    "&& RestoreWindow.LatestTime], &RestoreWindow.LatestTime)[-1]"
)
"""The newest backups that came from home: what a failover before has restored has backups there under the same name."""


def _here(disruptions: tuple[Disruption, ...], *, writer: bool) -> Procedure:
    return Procedure(
        kind="database",
        mechanism="automated_backups",
        disruptions=disruptions,
        source="rds-pitr-doc",
        engines=ENGINES,
        form="!multi_az_cluster",
        fence_because="the writer is stopped by hand" if writer else "what failed no longer writes",
        steps=(
            *((stop_writer(),) if writer else ()),
            look_at_instance("{instance}"),
            Step(
                id="restore",
                title="restore the instance, under a new name, to the last good moment"
                if writer
                else "restore the instance, under a new name, to the latest moment there is",
                call=AT_HOME.call(Role.HOME),
                probe=instance_probe(Role.HOME, "{restored}"),
                console=_CONSOLE,
                note="" if writer else _ZONE,
            ),
            put_back(Role.HOME, "{restored}"),
            repoint(_ENDPOINT, NOTE),
            verify(Role.HOME, "{restored}"),
        ),
        back=(by_hand("keep", _KEEP),),
        afterwards=BESIDE,
    )


def _from_backup(mechanism: str, *disruptions: Disruption, source: str) -> Procedure:
    writer = Disruption.SOFTWARE in disruptions
    return Procedure(
        kind="database",
        mechanism=mechanism,
        disruptions=disruptions,
        source=source,
        engines=ENGINES,
        form="!multi_az_cluster",
        fence_because="the writer is stopped by hand" if writer else "an instance that is lost takes no writes",
        steps=(
            *((stop_writer(),) if writer else ()),
            newest_point(Role.HOME, "{vault}"),
            look_at_instance("{instance}"),
            restore_job(
                "restore",
                "restore the last good backup, under a new name",
                Role.HOME,
                backup_metadata(Role.HOME),
                "RDS",
                guard=instance_probe(Role.HOME, "{restored}"),
            ),
            put_back(Role.HOME, "{restored}", extra=after_backup()),
            put_tags_back(Role.HOME, "{restored}"),
            repoint(_ENDPOINT, NOTE),
            verify(Role.HOME, "{restored}"),
        ),
        back=(by_hand("keep", _KEEP),),
        afterwards=BESIDE,
    )


PROCEDURES = (
    _here((Disruption.SOFTWARE,), writer=True),
    _here((Disruption.HARDWARE, Disruption.ZONE), writer=False),
    serves_by_itself(
        "database",
        "multi_az_instance",
        (Disruption.HARDWARE, Disruption.ZONE),
        source="rds-multi-az-doc",
        title="RDS fails over to the standby and moves the endpoint's address; nobody does anything",
        verify=verify(Role.HOME, "{instance}"),
        back="none: RDS makes a new standby",
    ),
    Procedure(
        kind="database",
        mechanism="replicated_backups",
        disruptions=(Disruption.REGION,),
        source="rds-backup-replication-doc",
        fence=Fence.BEST_EFFORT,
        fence_because=FENCED_BECAUSE,
        steps=(
            # Before the fence: where nothing can be restored, what still serves is left alone.
            Step(
                id="find-backups",
                title="find the replicated backups",
                call=Call(
                    service="rds",
                    operation="DescribeDBInstanceAutomatedBackups",
                    region=Role.RECOVERY,
                    parameters={"DBInstanceIdentifier": "{instance}"},
                ),
                keeps={"backups": f"{_FROM_HOME}.DBInstanceAutomatedBackupsArn"},
                note="RestoreWindow.LatestTime is how old the data will be",
            ),
            FENCED,
            Step(
                id="restore",
                title="restore the instance in {recovery_region} from them, to the latest moment there is",
                call=IN_RECOVERY.call(Role.RECOVERY),
                probe=instance_probe(Role.RECOVERY, "{restored}"),
                danger="what had not been replicated",
                console=CONSOLE_THERE,
            ),
            put_back(Role.RECOVERY, "{restored}"),
            repoint("point the application in {recovery_region} at the endpoint of {restored}", NOTE),
            verify(Role.RECOVERY, "{restored}"),
        ),
        back=(
            Step(
                id="replicate-home",
                title="once {region} is healthy, replicate the backups of {restored} there",
                part=Part.BACK,
                limit=HOURS,
                call=Call(
                    service="rds",
                    operation="StartDBInstanceAutomatedBackupsReplication",
                    region=Role.HOME,
                    parameters={
                        "SourceDBInstanceArn": "arn:aws:rds:{recovery_region}:{account}:db:{restored}",
                        "BackupRetentionPeriod": Carried("BackupRetentionPeriod", "backup_retention_period"),
                        "KmsKeyId": Name("key", required=True),
                        "SourceRegion": "{recovery_region}",
                    },
                ),
                probe=Probe(
                    call=Call(
                        service="rds",
                        operation="DescribeDBInstanceAutomatedBackups",
                        region=Role.HOME,
                        parameters={},
                    ),
                    query="DBInstanceAutomatedBackups[?DBInstanceArn=="
                    "'arn:aws:rds:{recovery_region}:{account}:db:{restored}'].Status | [0]",
                    done="replicating",
                    absent=("None", "retained"),
                    keeps={
                        "backups_home": "DBInstanceAutomatedBackups[?DBInstanceArn=="
                        "'arn:aws:rds:{recovery_region}:{account}:db:{restored}'].DBInstanceAutomatedBackupsArn | [0]"
                    },
                ),
                note="a replica would be refused: RDS manages the password of the master user",
            ),
            by_hand(
                "stop-recovery-writers",
                "stop the writers in {recovery_region}, and wait until RestoreWindow.LatestTime of the replicated "
                "backups in {region} is later than that",
                "what is written after that is not at home",
                (
                    "aws rds describe-db-instance-automated-backups --region {region} --query "
                    "'DBInstanceAutomatedBackups[].[DBInstanceArn,RestoreWindow.LatestTime]' --output text",
                ),
            ),
            Step(
                id="restore-home",
                title="restore the instance in {region}, under a new name, to the latest moment there is",
                part=Part.BACK,
                limit=HOURS,
                call=Call(
                    service="rds",
                    operation="RestoreDBInstanceToPointInTime",
                    region=Role.HOME,
                    parameters={
                        **{
                            member: value
                            for member, value in AT_HOME.carried.items()
                            if member not in ("SourceDBInstanceIdentifier", "RestoreTime")
                        },
                        "SourceDBInstanceAutomatedBackupsArn": "{backups_home}",
                        "TargetDBInstanceIdentifier": RETURNED,
                        "UseLatestRestorableTime": True,
                    },
                ),
                probe=instance_probe(Role.HOME, RETURNED),
            ),
            put_back(Role.HOME, RETURNED, Part.BACK, limit=HOURS),
            verify(Role.HOME, RETURNED, Part.BACK),
            by_hand(
                "repoint-home",
                f"point the application at the endpoint of {{returned}} in {{region}}; {taken_over('{returned}')}; "
                f"once its backups replicate to {{recovery_region}} again, delete {{restored}} there",
            ),
        ),
        prepared=Prepared(
            state=("replicated automated backups of {instance} in {recovery_region}, with the key of that Region",),
            configuration=_ROOM,
        ),
        lag=Lag(
            call=Call(
                service="rds",
                operation="DescribeDBInstanceAutomatedBackups",
                region=Role.RECOVERY,
                parameters={"DBInstanceIdentifier": "{instance}"},
            ),
            query=f"{_FROM_HOME}.RestoreWindow.LatestTime",
            unit="since",
        ),
        afterwards="the database has no copy in another Region",
    ),
    Procedure(
        kind="database",
        mechanism="backup_copy",
        disruptions=(Disruption.REGION,),
        source="backup-copy-doc",
        engines=ENGINES,
        form="!multi_az_cluster",
        fence=Fence.BEST_EFFORT,
        fence_because=FENCED_BECAUSE,
        steps=(
            newest_point(Role.RECOVERY, "{recovery_vault}"),
            FENCED,
            restore_job(
                "restore",
                "restore the newest copy in {recovery_region}",
                Role.RECOVERY,
                backup_metadata(Role.RECOVERY),
                "RDS",
                guard=instance_probe(Role.RECOVERY, "{restored}"),
            ),
            put_back(Role.RECOVERY, "{restored}", extra=after_backup()),
            put_tags_back(Role.RECOVERY, "{restored}"),
            repoint("point the application in {recovery_region} at the endpoint of {restored}", NOTE),
            verify(Role.RECOVERY, "{restored}"),
        ),
        back=(
            *backup_home(
                "arn:aws:rds:{recovery_region}:{account}:db:{restored}",
                "RDS",
                backup_metadata(Role.HOME, RETURNED),
                instance_probe(Role.HOME, RETURNED),
            ),
            put_back(Role.HOME, RETURNED, Part.BACK, after_backup(), HOURS),
            put_tags_back(Role.HOME, RETURNED, Part.BACK),
            verify(Role.HOME, RETURNED, Part.BACK),
            by_hand(
                "repoint-home",
                f"point the application at the endpoint of {{returned}} in {{region}}; {taken_over('{returned}')}; "
                f"delete {{restored}} in {{recovery_region}} when nobody needs it",
            ),
        ),
        prepared=Prepared(
            state=("vault {recovery_vault} with copies of the backups, encrypted with the key of {recovery_region}",),
            configuration=("role {restore_role}, which AWS Backup may take", *_ROOM),
        ),
        lag=newest_copy(),
        afterwards="the database has no copy in another Region",
    ),
    _from_backup("backup_copy", Disruption.SOFTWARE, source="backup-copy-doc"),
    _from_backup("backup", Disruption.SOFTWARE, source="backup-api"),
    _from_backup("backup", Disruption.HARDWARE, Disruption.ZONE, source="backup-api"),
)
