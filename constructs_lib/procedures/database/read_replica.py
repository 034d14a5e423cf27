"""Instances of RDS with a replica in the recovery Region: promoted, and brought home by another one."""

from __future__ import annotations

from constructs_lib.objectives import Disruption
from constructs_lib.procedures.database.database import (
    instance_probe,
    instances,
)
from constructs_lib.procedures.database.instance import (
    CONSOLE_THERE,
    FENCED,
    FENCED_BECAUSE,
    REPLICA_AGAIN,
    REPLICA_HOME,
    RETURNED,
    put_back,
    put_group_back,
    verify,
)
from constructs_lib.procedures.database.logins import STANDING_BY
from constructs_lib.procedures.shared import (
    HOURS,
    by_hand,
    metric_lag,
    repoint,
    taken_over,
)
from constructs_lib.procedures.step import Call, Fence, Part, Prepared, Probe, Procedure, Role, Step
from constructs_lib.procedures.value import Carried

__all__ = ["CARRY_OVERS", "PROCEDURES"]

CARRY_OVERS = ()

PROCEDURES = (
    Procedure(
        kind="database",
        mechanism="read_replica",
        disruptions=(Disruption.REGION,),
        source="rds-read-replica-doc",
        fence=Fence.BEST_EFFORT,
        fence_because=FENCED_BECAUSE,
        steps=(
            Step(
                id="promote",
                title="promote the replica in {recovery_region}",
                call=Call(
                    service="rds",
                    operation="PromoteReadReplica",
                    region=Role.RECOVERY,
                    parameters={
                        "DBInstanceIdentifier": "{recovery_instance}",
                        # The call's own default is one day.
                        "BackupRetentionPeriod": Carried("BackupRetentionPeriod", "backup_retention_period"),
                        "PreferredBackupWindow": Carried("PreferredBackupWindow", "backup_window"),
                    },
                ),
                probe=Probe(
                    call=instances(Role.RECOVERY, "{recovery_instance}"),
                    query="DBInstances[0].ReadReplicaSourceDBInstanceIdentifier && "
                    "(DBInstances[0].DBInstanceStatus == 'available' && 'replica' || 'changing') || "
                    "DBInstances[0].DBInstanceStatus",
                    done="available",
                    absent=("replica",),
                ),
                # One that was promoted in a recovery before still has the data of that day.
                guard=Probe(
                    call=instances(Role.RECOVERY, "{recovery_instance}"),
                    query="DBInstances[0].ReadReplicaSourceDBInstanceIdentifier && 'replica' || 'no replica'",
                    done="no replica",
                    absent=("replica",),
                ),
                taken="it was promoted before this, and has nothing of what was written in {region} since: name the "
                "replica that a failback has made (--name {component}.recovery_instance=NAME); where somebody has "
                "promoted it just now, there is nothing to do but to point the callers at it",
                danger="what had not been replicated: ReplicaLag says how much",
                console=CONSOLE_THERE,
                note="it cannot be undone: it ends the replication. It is refused while a backup of the replica runs.",
            ),
            # An instance with replicas cannot be stopped, so it is after the promotion.
            FENCED,
            repoint("point the application in {recovery_region} at the endpoint of {recovery_instance}"),
            verify(Role.RECOVERY, "{recovery_instance}"),
        ),
        back=(
            Step(
                id="replica-home",
                title="once {region} is healthy, make a replica of {recovery_instance} there",
                part=Part.BACK,
                limit=HOURS,
                call=REPLICA_HOME.call(Role.HOME),
                probe=instance_probe(Role.HOME, RETURNED),
            ),
            put_group_back(Role.HOME, RETURNED, Part.BACK, "group-home", limit=HOURS),
            by_hand(
                "stop-recovery-writers",
                "stop the writers in {recovery_region}, and wait until ReplicaLag of {returned} is 0",
                "what is written after that is not at home",
                (
                    "aws cloudwatch get-metric-statistics --region {region} --namespace AWS/RDS "
                    "--metric-name ReplicaLag --dimensions Name=DBInstanceIdentifier,Value={returned} "
                    "--period 60 --statistics Maximum "
                    # Seconds since 1970, since no two kinds of `date` name a moment before now alike.
                    '--start-time "$(($(date +%s)-600))" --end-time "$(date +%s)"',
                ),
            ),
            Step(
                id="promote-home",
                title="promote {returned}",
                part=Part.BACK,
                limit=HOURS,
                call=Call(
                    service="rds",
                    operation="PromoteReadReplica",
                    region=Role.HOME,
                    parameters={
                        "DBInstanceIdentifier": RETURNED,
                        "BackupRetentionPeriod": Carried("BackupRetentionPeriod", "backup_retention_period"),
                        "PreferredBackupWindow": Carried("PreferredBackupWindow", "backup_window"),
                    },
                ),
                probe=Probe(
                    call=instances(Role.HOME, RETURNED),
                    query="DBInstances[0].ReadReplicaSourceDBInstanceIdentifier && "
                    "(DBInstances[0].DBInstanceStatus == 'available' && 'replica' || 'changing') || "
                    "DBInstances[0].DBInstanceStatus",
                    done="available",
                    absent=("replica",),
                ),
            ),
            put_back(Role.HOME, RETURNED, Part.BACK, limit=HOURS),
            verify(Role.HOME, RETURNED, Part.BACK),
            by_hand("repoint-home", "point the application at the endpoint of {returned} in {region}"),
            Step(
                id="replica-again",
                title="make a new replica in {recovery_region}: an instance that was promoted cannot become one",
                part=Part.BACK,
                limit=HOURS,
                call=REPLICA_AGAIN.call(Role.RECOVERY),
                probe=instance_probe(Role.RECOVERY, "{replica_again}"),
                note="until it is there, the database has no copy in another Region",
            ),
            put_group_back(Role.RECOVERY, "{replica_again}", Part.BACK, "group-again", limit=HOURS),
            by_hand(
                "tidy-up",
                f'{taken_over("{returned}")}; and adopted_recovery="{{replica_again}}"; delete {{instance}} and '
                f"{{recovery_instance}} when nobody needs them",
            ),
        ),
        prepared=Prepared(
            state=("read replica {recovery_instance} in {recovery_region}, encrypted with the key of that Region",),
            configuration=(
                "security groups that let the application in {recovery_region} connect",
                "the application's credentials in {recovery_region}: those of the source are valid on the replica, "
                "but for logins of SQL Server, which are in no database and follow none",
                STANDING_BY,
            ),
        ),
        lag=metric_lag("AWS/RDS", "ReplicaLag", {"DBInstanceIdentifier": "{recovery_instance}"}, "seconds"),
        afterwards="the database has no copy in another Region",
    ),
)
