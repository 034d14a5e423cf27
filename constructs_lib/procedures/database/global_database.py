"""Aurora Global Databases: failed over, and switched back."""

from __future__ import annotations

from constructs_lib.objectives import Disruption
from constructs_lib.procedures.database.cluster import CONSOLE_THERE, scale_up, verify
from constructs_lib.procedures.database.cluster_calls import AURORA, new_member
from constructs_lib.procedures.database.database import (
    instance_probe,
)
from constructs_lib.procedures.database.logins import STANDING_BY
from constructs_lib.procedures.shared import (
    HOURS,
    by_hand,
    metric_lag,
    repoint,
)
from constructs_lib.procedures.step import Call, Fence, Part, Prepared, Probe, Procedure, Role, Step
from constructs_lib.procedures.value import Name

__all__ = ["CARRY_OVERS", "PROCEDURES"]

CARRY_OVERS = ()


def _members_of(arn: str) -> str:
    return f"GlobalClusters[0].GlobalClusterMembers[?DBClusterArn=='{arn}']"


_HOME_ARN = "arn:aws:rds:{region}:{account}:cluster:{cluster}"
_RECOVERY_ARN = "arn:aws:rds:{recovery_region}:{account}:cluster:{recovery_cluster}"
_GLOBAL = Call(
    service="rds",
    operation="DescribeGlobalClusters",
    region=Role.RECOVERY,
    parameters={"GlobalClusterIdentifier": "{global_cluster}"},
)


def _writes(arn: str) -> Probe:
    """Return a probe that is done once the cluster *arn* is the one that writes, and nothing is under way.

    `wait db-cluster-available` proves nothing here: the cluster is available all the time.
    """
    return Probe(
        call=_GLOBAL,
        query=f"GlobalClusters[0].FailoverState.Status || ({_members_of(arn)}.IsWriter | [0])",
        done="True",
        absent=("False",),
        waiting=("pending", "failing-over", "switching-over", "cancelling"),
    )


def _failover(term: int) -> Step:
    return Step(
        id="fail-over",
        title="fail the global database over to {recovery_cluster}, in {recovery_region}",
        term=term,
        call=Call(
            service="rds",
            operation="FailoverGlobalCluster",
            # A failover is called where it goes to.
            region=Role.RECOVERY,
            parameters={
                "GlobalClusterIdentifier": "{global_cluster}",
                "TargetDbClusterIdentifier": _RECOVERY_ARN,
                "AllowDataLoss": True,
            },
        ),
        probe=_writes(_RECOVERY_ARN),
        danger="what had not been replicated",
        console=CONSOLE_THERE,
        note="for a rehearsal use switchover-global-cluster, in the Region of the current primary: it loses nothing",
    )


_HEADLESS = Step(
    id="instance-1",
    title="give the secondary cluster an instance",
    call=new_member(Role.RECOVERY, "{recovery_cluster}", 1).call(Role.RECOVERY),
    probe=instance_probe(Role.RECOVERY, "{recovery_cluster}-1"),
    console=CONSOLE_THERE,
    note="needs capacity for the class in {recovery_region} on that day",
)


def _global(*, headless: bool, serverless: bool) -> Procedure:
    return Procedure(
        kind="database",
        mechanism="global_database",
        disruptions=(Disruption.REGION,),
        source="aurora-global-dr-doc",
        engines=AURORA,
        when={"headless": headless, "serverless": serverless},
        fence=Fence.BEST_EFFORT,
        fence_because="Aurora tries to keep the old primary from writing: event RDS-EVENT-0390 says that it did, 0391 "
        "that it could not",
        steps=(
            *((_HEADLESS,) if headless else ()),
            _failover(1 if headless else 0),
            *((scale_up("{recovery_cluster}", 2 if headless else 1),) if serverless else ()),
            repoint("point the application in {recovery_region} at the endpoint of {recovery_cluster}"),
            verify(Role.RECOVERY, "{recovery_cluster}"),
        ),
        back=(
            Step(
                id="resynchronised",
                title="wait until {region} is healthy and Aurora has made the old primary a secondary again",
                part=Part.BACK,
                limit=HOURS,
                probe=Probe(
                    call=_GLOBAL,
                    # Where it writes already, there is nothing to wait for.
                    query="GlobalClusters[0].FailoverState.Status || "
                    f"(({_members_of(_HOME_ARN)}.IsWriter | [0]) && 'connected') || "
                    f"({_members_of(_HOME_ARN)}.SynchronizationStatus | [0])",
                    done="connected",
                ),
                note="it is rebuilt on a new volume: minutes to hours; until then the database has no standby",
            ),
            Step(
                id="find-lost-writes",
                title="find the snapshot that Aurora made of the old volume: it is the only copy of the writes that "
                "were lost",
                part=Part.BACK,
                call=Call(
                    service="rds",
                    operation="DescribeDBClusterSnapshots",
                    region=Role.HOME,
                    parameters={"DBClusterIdentifier": "{cluster}"},
                ),
                keeps={
                    # That of a failover before may still be there; the name ends in the moment.
                    "lost_writes": "sort(DBClusterSnapshots[?starts_with(DBClusterSnapshotIdentifier, "
                    "'rds:unplanned-global-failover-')].DBClusterSnapshotIdentifier)[-1]"
                },
            ),
            Step(
                id="keep-lost-writes",
                title="copy it: it goes with the old cluster's backups otherwise",
                part=Part.BACK,
                needs=(Name("lost_writes"),),
                limit=HOURS,
                call=Call(
                    service="rds",
                    operation="CopyDBClusterSnapshot",
                    region=Role.HOME,
                    parameters={
                        "SourceDBClusterSnapshotIdentifier": "{lost_writes}",
                        "TargetDBClusterSnapshotIdentifier": "{cluster}-lost-writes-{operation}",
                        "CopyTags": True,
                    },
                ),
                probe=Probe(
                    call=Call(
                        service="rds",
                        operation="DescribeDBClusterSnapshots",
                        region=Role.HOME,
                        parameters={"DBClusterSnapshotIdentifier": "{cluster}-lost-writes-{operation}"},
                    ),
                    query="DBClusterSnapshots[0].Status",
                    done="available",
                    absent=("None",),
                    absent_errors=("DBClusterSnapshotNotFoundFault",),
                    failed=("failed",),
                ),
            ),
            Step(
                id="switch-over",
                title="switch over to {cluster}, which loses nothing",
                part=Part.BACK,
                limit=HOURS,
                call=Call(
                    service="rds",
                    operation="SwitchoverGlobalCluster",
                    # A switchover is called where the current primary is.
                    region=Role.RECOVERY,
                    parameters={
                        "GlobalClusterIdentifier": "{global_cluster}",
                        "TargetDbClusterIdentifier": _HOME_ARN,
                    },
                ),
                probe=_writes(_HOME_ARN),
                note="refused where the versions differ: upgrade first",
            ),
            *(
                (
                    Step(
                        id="headless-again",
                        title="remove the instance in {recovery_region}",
                        part=Part.BACK,
                        limit=HOURS,
                        call=Call(
                            service="rds",
                            operation="DeleteDBInstance",
                            region=Role.RECOVERY,
                            parameters={"DBInstanceIdentifier": "{recovery_cluster}-1"},
                        ),
                        probe=Probe(
                            call=Call(
                                service="rds",
                                operation="DescribeDBClusters",
                                region=Role.RECOVERY,
                                parameters={"DBClusterIdentifier": "{recovery_cluster}"},
                            ),
                            query="length(DBClusters[0].DBClusterMembers[?DBInstanceIdentifier=="
                            "'{recovery_cluster}-1']) == `0` && 'gone' || 'there'",
                            done="gone",
                            absent=("there",),
                        ),
                    ),
                )
                if headless
                else ()
            ),
            verify(Role.HOME, "{cluster}", Part.BACK),
            by_hand("repoint-home", "point the application at the endpoint of {cluster} in {region}"),
        ),
        prepared=Prepared(
            state=(
                "secondary cluster {recovery_cluster} in {recovery_region}"
                + (", without an instance" if headless else "")
                + ", encrypted with the key of that Region",
            ),
            configuration=(
                *(("quota and capacity for the instance class in {recovery_region}",) if headless else ()),
                "security groups that let the application in {recovery_region} connect",
                "the application's credentials in {recovery_region}, in a secret of that Region",
                STANDING_BY,
            ),
        ),
        afterwards="the database has no standby until Aurora has made the old primary a secondary again"
        + (", and no reader in {recovery_region}" if headless else ""),
        lag=metric_lag(
            "AWS/RDS", "AuroraGlobalDBRPOLag", {"DBClusterIdentifier": "{recovery_cluster}"}, "milliseconds"
        ),
    )


PROCEDURES = tuple(
    _global(headless=headless, serverless=serverless) for headless in (False, True) for serverless in (False, True)
)
