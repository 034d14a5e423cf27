"""Clusters, of Aurora and of RDS with three members: restored with their instances."""

from __future__ import annotations

from constructs_lib.objectives import Disruption
from constructs_lib.procedures.carry_over import CarryOver
from constructs_lib.procedures.database.cluster import (
    FENCED,
    LOOK_AT_MEMBER,
    backup_metadata,
    give_capacity,
    give_members,
    put_back,
    put_tags_back,
    scale_up,
    verify,
)
from constructs_lib.procedures.database.cluster_calls import (
    AURORA,
    AURORA_RESTORE,
    CARRY_OVERS,
    CLUSTER_RESTORE,
    RETURNED,
)
from constructs_lib.procedures.database.database import (
    cluster_probe,
    look_at_cluster,
)
from constructs_lib.procedures.database.logins import NOTE, RESTORED
from constructs_lib.procedures.shared import (
    BESIDE,
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
from constructs_lib.procedures.step import Fence, Part, Prepared, Procedure, Role, Step

__all__ = ["CARRY_OVERS", "PROCEDURES"]

_KEEP = (
    f"keep {{restored}}: {taken_over('{restored}')}; or copy the good rows back into {{cluster}}, which is untouched, "
    f"and delete {{restored}}"
)
_CONSOLE = "https://{region}.console.aws.amazon.com/rds/home?region={region}#database:id={cluster};is-cluster=true"


def _to_a_moment(
    mechanism: str, disruptions: tuple[Disruption, ...], account: CarryOver, *, writer: bool, source: str
) -> Procedure:
    aurora = mechanism == "cluster_backups"
    when = "to the last good moment" if writer else "to the latest moment there is"
    return Procedure(
        kind="database",
        mechanism=mechanism,
        disruptions=disruptions,
        source=source,
        engines=AURORA if aurora else (),
        form=None if aurora else "multi_az_cluster",
        fence_because="the writer is stopped by hand" if writer else "what failed no longer writes",
        steps=(
            *((stop_writer(),) if writer else ()),
            look_at_cluster("{cluster}"),
            *((LOOK_AT_MEMBER,) if aurora else ()),
            Step(
                id="restore",
                title=f"restore the cluster, under a new name, {when}",
                call=account.call(Role.HOME),
                probe=cluster_probe(Role.HOME, "{restored}"),
                console=_CONSOLE,
            ),
            *(give_members(Role.HOME) if aurora else ()),
            put_back(Role.HOME, "{restored}"),
            repoint("point the application at the endpoint of {restored}", NOTE),
            verify(Role.HOME, "{restored}"),
        ),
        back=(by_hand("keep", _KEEP),),
        afterwards=BESIDE,
    )


def _from_backup(mechanism: str, disruption: Disruption) -> Procedure:
    region = disruption is Disruption.REGION
    role = Role.RECOVERY if region else Role.HOME
    vault = "{recovery_vault}" if region else "{vault}"
    steps: tuple[Step, ...] = (
        *(() if region else (stop_writer(),)),
        newest_point(role, vault),
        *((FENCED,) if region else ()),
        *(() if region else (look_at_cluster("{cluster}"), LOOK_AT_MEMBER)),
        restore_job(
            "restore",
            "restore the cluster from the backup",
            role,
            backup_metadata(role),
            "Aurora",
            guard=cluster_probe(role, "{restored}"),
        ),
        give_capacity(role, "{restored}"),
        *give_members(role),
        put_back(role, "{restored}", by_backup=True),
        put_tags_back(role, "{restored}"),
        repoint("point the application at the endpoint of {restored}", NOTE),
        verify(role, "{restored}"),
    )
    home: tuple[Step, ...] = (
        *backup_home(
            "arn:aws:rds:{recovery_region}:{account}:cluster:{restored}",
            "Aurora",
            backup_metadata(Role.HOME, RETURNED),
            cluster_probe(Role.HOME, RETURNED),
        ),
        give_capacity(Role.HOME, RETURNED, Part.BACK),
        *give_members(Role.HOME, RETURNED, Part.BACK),
        put_back(Role.HOME, RETURNED, Part.BACK, by_backup=True),
        put_tags_back(Role.HOME, RETURNED, Part.BACK),
        verify(Role.HOME, RETURNED, Part.BACK),
        by_hand(
            "repoint-home",
            f"point the application at the endpoint of {{returned}} in {{region}}; {taken_over('{returned}')}; "
            f"delete {{restored}} in {{recovery_region}} when nobody needs it",
        ),
    )
    return Procedure(
        kind="database",
        mechanism=mechanism,
        disruptions=(disruption,),
        source="backup-copy-doc" if mechanism == "backup_copy" else "backup-api",
        engines=AURORA,
        fence=Fence.BEST_EFFORT if region else Fence.COMPLETE,
        fence_because="the cluster in the Region that failed is stopped, where it can still be reached"
        if region
        else "the writer is stopped by hand",
        steps=steps,
        back=home if region else (by_hand("keep", _KEEP),),
        prepared=Prepared(
            state=("vault {recovery_vault} with copies of the backups, encrypted with the key of {recovery_region}",),
            configuration=(
                "role {restore_role}, which AWS Backup may take",
                "subnet group {recovery_subnet_group}, and security groups for the database in {recovery_region}",
                "quota and capacity for the instance class in {recovery_region}",
                RESTORED,
            ),
        )
        if region
        else Prepared(),
        afterwards="the database has no copy in another Region" if region else BESIDE,
        lag=newest_copy() if region else None,
    )


PROCEDURES = (
    serves_by_itself(
        "database",
        "multi_az_cluster",
        (Disruption.HARDWARE, Disruption.ZONE),
        source="rds-multi-az-cluster-secondary",
        title="RDS fails over to a reader and moves the writer's endpoint; nobody does anything",
        verify=verify(Role.HOME, "{cluster}"),
        back="none: RDS makes a new reader",
    ),
    serves_by_itself(
        "database",
        "cluster_volume",
        (Disruption.HARDWARE, Disruption.ZONE),
        source="aurora-global-availability-doc",
        title="Aurora makes a new writer over the same volume; nobody does anything",
        verify=verify(Role.HOME, "{cluster}"),
        back="none: the writer is a new one over the same data",
    ),
    *(
        serves_by_itself(
            "database",
            "aurora_reader",
            (Disruption.HARDWARE, Disruption.ZONE),
            source="aurora-global-secondary",
            title="Aurora promotes the reader and moves the cluster endpoint; nobody does anything",
            verify=verify(Role.HOME, "{cluster}"),
            back="none: writer and reader are alike",
            when={"scales_alone": scales_alone},
            then=(scale_up("{cluster}", 1),) if scales_alone else (),
        )
        for scales_alone in (False, True)
    ),
    _to_a_moment("automated_backups", (Disruption.SOFTWARE,), CLUSTER_RESTORE, writer=True, source="rds-pitr-doc"),
    _to_a_moment(
        "automated_backups",
        (Disruption.HARDWARE, Disruption.ZONE),
        CLUSTER_RESTORE,
        writer=False,
        source="rds-pitr-doc",
    ),
    _to_a_moment(
        "cluster_backups", (Disruption.SOFTWARE,), AURORA_RESTORE, writer=True, source="aurora-pitr-secondary"
    ),
    _from_backup("backup_copy", Disruption.REGION),
    _from_backup("backup_copy", Disruption.SOFTWARE),
    _from_backup("backup", Disruption.SOFTWARE),
)
