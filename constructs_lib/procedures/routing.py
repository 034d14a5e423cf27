"""What every recovery has around the recovery itself: the alarm, the decision, and the callers."""

from __future__ import annotations

from constructs_lib.procedures.step import Call, Part, Role, Step

__all__ = ["ACTS_BY_ITSELF", "DECIDE", "DETECT", "PROPAGATES_BY_ITSELF", "REPOINT"]

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
