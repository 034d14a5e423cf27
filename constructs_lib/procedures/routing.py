"""What every recovery has around the recovery itself: the alarm, the decision, the callers, and the latch."""

from __future__ import annotations

from constructs_lib.objectives import Disruption
from constructs_lib.procedures.shared import by_hand
from constructs_lib.procedures.step import Call, Part, Probe, Procedure, Role, Step
from constructs_lib.procedures.value import Name

__all__ = ["ACTS_BY_ITSELF", "DECIDE", "DETECT", "LATCH", "PROPAGATES_BY_ITSELF", "REPOINT"]

_LATCHED = 5 * 60
"""How long the alarm of the latch is waited for: it looks once a minute at the minute before."""

DETECT = Step(
    id="detect",
    title="look what rings in {working_region}",
    part=Part.DETECT,
    call=Call(
        service="cloudwatch",
        operation="DescribeAlarms",
        region=Role.WORKING,
        parameters={"StateValue": "ALARM", "AlarmNamePrefix": "{workload}"},
    ),
    console="https://{working_region}.console.aws.amazon.com/cloudwatch/home?region={working_region}#alarmsV2:",
)
DECIDE = Step(id="decide", title="decide, and write down when", part=Part.DECIDE, by_hand=True)
PROPAGATES_BY_ITSELF = Step(
    id="propagate",
    title="resolvers forget the old answer; nobody does anything",
    part=Part.PROPAGATE,
    shell=("dig +short {record}",),
)
REPOINT = Step(
    id="repoint",
    title="point the callers at what was recovered",
    part=Part.PROPAGATE,
    by_hand=True,
    note="a connection that hangs may hang for a quarter of an hour: start the callers anew",
)
ACTS_BY_ITSELF = Step(id="act", title="AWS does it; nobody does anything")


def _latch(id_: str, title: str, part: Part, value: int, done: str, absent: tuple[str, ...], note: str) -> Step:
    """Return the step that gives the latch's metric a value, which its alarm follows and keeps."""
    return Step(
        id=id_,
        title=title,
        part=part,
        limit=_LATCHED,
        call=Call(
            service="cloudwatch",
            operation="PutMetricData",
            region=Role.RECOVERY,
            parameters={
                "Namespace": "{latch_namespace}",
                "MetricData": (
                    {"MetricName": "{latch_metric}", "Dimensions": Name("latch_dimensions"), "Value": value},
                ),
            },
        ),
        probe=Probe(
            call=Call(
                service="cloudwatch",
                operation="DescribeAlarms",
                region=Role.RECOVERY,
                parameters={"AlarmNames": ("{latch}",)},
            ),
            query="MetricAlarms[0].StateValue || 'without an alarm'",
            done=done,
            waiting=(),
            absent=absent,
            failed=("without an alarm",),
        ),
        note=note,
    )


LATCH = Procedure(
    kind="routing",
    mechanism="latch",
    disruptions=(Disruption.REGION,),
    source="route53-api",
    fence_because="a record holds no state",
    steps=(
        _latch(
            "hold",
            "set the latch: traffic of {record} goes to {recovery_region}, and stays there",
            Part.PROPAGATE,
            1,
            "ALARM",
            ("OK", "INSUFFICIENT_DATA"),
            "before the writer is moved: Route 53 goes back by itself as soon as the old side answers",
        ),
    ),
    back=(
        by_hand(
            "serves",
            "once everything is home, see that {region} serves and writes",
            "traffic goes back with the next step",
        ),
        _latch(
            "release",
            "release the latch: traffic of {record} goes back to {region} as soon as it is healthy",
            Part.BACK,
            0,
            "OK",
            ("ALARM", "INSUFFICIENT_DATA"),
            "last: until the writer is back, traffic must not be",
        ),
    ),
)
"""The latch of a record that fails over: set with the failover, and released once all components are home."""
