"""A table that serves by itself: from other zones, or from its replica in another Region."""

from __future__ import annotations

from constructs_lib.objectives import Disruption
from constructs_lib.procedures.shared import HOURS, by_hand, metric_lag, repoint, serves_by_itself
from constructs_lib.procedures.step import Fence, Part, Prepared, Probe, Procedure, Role, Step
from constructs_lib.procedures.table.settings import SERVES, described, verify

__all__ = ["CARRY_OVERS", "PROCEDURES"]

CARRY_OVERS = ()

PROCEDURES = (
    serves_by_itself(
        "table",
        "regional_service",
        (Disruption.HARDWARE, Disruption.ZONE),
        source="dynamodb-zones-doc",
        title="DynamoDB goes on from the other Availability Zones",
        verify=Step(
            id="verify",
            title="the table is active",
            part=Part.VERIFY,
            call=described(Role.HOME, "{table}"),
            expects=SERVES,
        ),
    ),
    Procedure(
        kind="table",
        mechanism="global_table",
        disruptions=(Disruption.REGION,),
        source="dynamodb-global-tables-guidance",
        when={"consistency": "EVENTUAL"},
        # What the recovery Region's writes take to the other one: as good a word as there is while that one is gone.
        lag=metric_lag(
            "AWS/DynamoDB",
            "ReplicationLatency",
            {"TableName": "{table}", "ReceivingRegion": "{region}"},
            "milliseconds",
        ),
        fence=Fence.NONE,
        fence_because="both sides take writes by design; where both change an item, the last writer wins",
        steps=(
            Step(
                id="take-over",
                title="the replica reads and writes all the time: see that it is active",
                call=described(Role.RECOVERY, "{table}"),
                expects=SERVES,
                danger="what was written and not yet replicated, until the Region returns",
                console="https://{recovery_region}.console.aws.amazon.com/dynamodbv2/home?region={recovery_region}"
                "#table?name={table}",
            ),
            repoint(
                "send the callers to the application in {recovery_region}, which uses table {table} there",
                "do not delete the replica in the Region that failed: the way home would become a rebuild",
            ),
            verify(Role.RECOVERY, "{table}"),
        ),
        back=(
            Step(
                id="converged",
                title="nothing to copy: DynamoDB brings the writes home when {region} returns; wait until the replica "
                "there is active",
                part=Part.BACK,
                limit=HOURS,
                probe=Probe(
                    call=described(Role.RECOVERY, "{table}"),
                    query="Table.Replicas[?RegionName=='{region}'].ReplicaStatus | [0]",
                    done="ACTIVE",
                ),
                note="then see that ReplicationLatency in {recovery_region} is back to seconds",
            ),
            by_hand("repoint-home", "send the callers back; with failover records Route 53 does that by itself"),
        ),
        prepared=Prepared(
            state=(
                "replica of table {table} in {recovery_region}, encrypted with the key of that Region, with "
                "point-in-time recovery of its own",
            ),
            configuration=("write capacity limits and quotas in {recovery_region} that bear the whole traffic",),
        ),
    ),
    Procedure(
        kind="table",
        mechanism="global_table",
        disruptions=(Disruption.REGION,),
        source="dynamodb-mrsc-launch",
        when={"consistency": "STRONG"},
        fence=Fence.COMPLETE,
        fence_because="a write is acknowledged only once it is in another Region",
        steps=(
            Step(
                id="take-over",
                title="the replica reads and writes all the time: see that it is active",
                call=described(Role.RECOVERY, "{table}"),
                expects=SERVES,
            ),
            repoint("send the callers to the application in {recovery_region}, which uses table {table} there"),
            verify(Role.RECOVERY, "{table}"),
        ),
        back=(by_hand("repoint-home", "nothing to copy: once {region} has returned, send the callers back"),),
        prepared=Prepared(
            state=("replica of table {table} in {recovery_region}, encrypted with the key of that Region",),
            configuration=("write capacity limits and quotas in {recovery_region} that bear the whole traffic",),
        ),
    ),
)
