"""Aurora DSQL: restored from a backup, or served by its peer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.objectives import Disruption
from constructs_lib.procedures.database.logins import DSQL_NOTE, DSQL_RESTORED
from constructs_lib.procedures.shared import (
    BESIDE,
    HOURS,
    UNPROTECTED,
    back_up_there,
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
from constructs_lib.procedures.step import Call, Fence, Part, Prepared, Probe, Procedure, Role, Step
from constructs_lib.procedures.value import Carried, Json, Name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.procedures.value import Value

__all__ = ["CARRY_OVERS", "PROCEDURES"]

_ENGINES = ("dsql",)
CARRY_OVERS = ()
_ACTIVE = "ACTIVE"
# One that nobody has used for a while rests, and is awake again once somebody connects.
_SERVES = f"contains(['IDLE', 'INACTIVE', 'UPDATING'], status) && '{_ACTIVE}' || status"
_AWAKE = "; and AWS backs up no cluster that is idle: keep a connection open until the backup has ended"


def _metadata(role: Role) -> Mapping[str, Value]:
    """Return what AWS Backup wants to know: DSQL gives the new cluster its identifier itself."""
    return {
        "regionalConfig": Json(
            (
                {
                    "region": role.region_name,
                    "isDeletionProtectionEnabled": Carried("deletionProtectionEnabled", "deletion_protection_enabled"),
                    "kmsKeyId": Name("key" if role is Role.HOME else "recovery_key", required=True),
                },
            )
        )
    }


def _active(role: Role, identifier: str, part: Part = Part.VERIFY, id_: str = "verify") -> Step:
    parameters = {"identifier": identifier}
    return Step(
        id=id_,
        title="the cluster is active: a row can be written and read",
        part=part,
        call=Call(service="dsql", operation="GetCluster", region=role, parameters=parameters),
        expects=(_SERVES, _ACTIVE),
        keeps={"endpoint": "endpoint"},
    )


def _tags(role: Role, part: Part = Part.ACT) -> Step:
    return Step(
        id="tags",
        title="put its tags back",
        part=part,
        call=Call(
            service="dsql",
            operation="TagResource",
            region=role,
            parameters={"resourceArn": "{restored_arn}", "tags": Name("tags", required=True)},
        ),
        repeatable="it sets the same tags again",
    )


def _found(role: Role, part: Part = Part.ACT) -> tuple[Step, ...]:
    """Return the steps that find the restored cluster and wait for it: DSQL is asked by the identifier alone."""
    return (
        Step(
            id="find-restored",
            title="find the restored cluster",
            part=part,
            call=Call(service="dsql", operation="ListClusters", region=role),
            keeps={"restored_cluster": "clusters[?arn=='{restored_arn}'].identifier | [0]"},
        ),
        Step(
            id="active",
            title="wait until it is active",
            part=part,
            probe=Probe(
                call=Call(
                    service="dsql", operation="GetCluster", region=role, parameters={"identifier": "{restored_cluster}"}
                ),
                query=_SERVES,
                done=_ACTIVE,
                failed=("FAILED", "DELETING", "DELETED"),
                keeps={"endpoint": "endpoint"},
            ),
            limit=HOURS if part is Part.BACK else None,
        ),
    )


_KEEP = (
    f"{taken_over('{restored_cluster}')}; or copy the good rows back into the original, which is untouched, and delete "
    f"the restored one"
)


def _restore(mechanism: str, *disruptions: Disruption) -> Procedure:
    region = Disruption.REGION in disruptions
    writer = Disruption.SOFTWARE in disruptions
    role = Role.RECOVERY if region else Role.HOME
    return Procedure(
        kind="database",
        mechanism=mechanism,
        disruptions=disruptions,
        source="backup-copy-doc" if mechanism == "backup_copy" else "backup-api",
        engines=_ENGINES,
        fence=Fence.COMPLETE if writer else Fence.NONE,
        fence_because="the writer is stopped by hand" if writer else "a cluster of DSQL cannot be stopped",
        steps=(
            *((stop_writer(),) if writer else ()),
            newest_point(role, "{recovery_vault}" if region else "{vault}"),
            restore_job(
                "restore",
                "restore the newest backup to a new cluster",
                role,
                _metadata(role),
                "DSQL",
            ),
            _tags(role),
            *_found(role),
            repoint("point the application at the endpoint of the restored cluster, {endpoint}", DSQL_NOTE),
            _active(role, "{restored_cluster}"),
            *((back_up_there("{restored_arn}"),) if region else ()),
        ),
        back=(
            *backup_home("{recovered_arn}", "DSQL", _metadata(Role.HOME), beware=_AWAKE),
            _tags(Role.HOME, Part.BACK),
            *_found(Role.HOME, Part.BACK),
            _active(Role.HOME, "{restored_cluster}", Part.BACK, "verify-home"),
            by_hand(
                "repoint-home",
                f"point the application at {{endpoint}} in {{region}}; {taken_over('{restored_cluster}')}; delete the "
                f"one in {{recovery_region}} when nobody needs it, and the plan that backs it up there",
            ),
        )
        if region
        else (by_hand("keep", _KEEP),),
        prepared=Prepared(
            state=("vault {recovery_vault} with copies of the backups, encrypted with the key of {recovery_region}",),
            configuration=("role {restore_role}, which AWS Backup may take", DSQL_RESTORED),
        )
        if region
        else Prepared(),
        afterwards=f"the database has no copy in another Region, {UNPROTECTED}" if region else BESIDE,
        lag=newest_copy() if region else None,
    )


PROCEDURES = (
    serves_by_itself(
        "database",
        "dsql_service",
        (Disruption.HARDWARE, Disruption.ZONE),
        source="dsql-doc",
        engines=_ENGINES,
        title="DSQL goes on from the other Availability Zones; nobody does anything",
        verify=_active(Role.HOME, "{cluster_id}"),
    ),
    _restore("backup", Disruption.SOFTWARE),
    _restore("backup", Disruption.HARDWARE, Disruption.ZONE),
    _restore("backup_copy", Disruption.SOFTWARE),
    _restore("backup_copy", Disruption.REGION),
    Procedure(
        kind="database",
        mechanism="dsql_multi_region",
        disruptions=(Disruption.REGION,),
        source="dsql-doc",
        engines=_ENGINES,
        fence=Fence.COMPLETE,
        fence_because="a commit needs two of the three Regions, so the one that is cut off commits nothing",
        steps=(
            Step(
                id="take-over",
                title="the cluster in {recovery_region} reads and writes all the time: see that it is active",
                call=Call(
                    service="dsql",
                    operation="GetCluster",
                    region=Role.RECOVERY,
                    parameters={"identifier": "{recovery_cluster_id}"},
                ),
                expects=(_SERVES, _ACTIVE),
                console="https://{recovery_region}.console.aws.amazon.com/dsql/clusters/home?region={recovery_region}",
            ),
            repoint("send the callers to the application in {recovery_region}, which uses the cluster there"),
            _active(Role.RECOVERY, "{recovery_cluster_id}"),
        ),
        back=(
            _active(Role.HOME, "{cluster_id}", Part.BACK, "verify-home"),
            by_hand(
                "repoint-home",
                "nothing to copy: the clusters agree by themselves when {region} returns; send the callers back, which "
                "failover records of Route 53 do by themselves",
            ),
        ),
        prepared=Prepared(
            state=("the peered cluster in {recovery_region}, encrypted with the key of that Region",),
            configuration=("roles that let the application in {recovery_region} connect (dsql:DbConnect)",),
        ),
    ),
)
