"""EC2: in which zone a subnet can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry


@rule(
    "ec2.subnet-in-a-zone-of-another-region",
    "ec2:CreateSubnet",
    code="InvalidParameterValue",
    code_from="seen",
    source="botocore ec2 CreateSubnet.AvailabilityZone; code and message in many public reports of it",
)
async def _zone(asked: Asked, inquiry: Inquiry) -> str | None:
    zone = asked.parameters.get("AvailabilityZone", "")
    if not zone or zone.startswith(asked.region):
        return None
    found = await inquiry("ec2", "DescribeAvailabilityZones", asked.region)
    zones = ", ".join(one["ZoneName"] for one in (found or {}).get("AvailabilityZones", []))
    return (
        f"Value ({zone}) for parameter availabilityZone is invalid. Subnets can currently only be created in the"
        f" following availability zones: {zones}."
    )


RULES: Final = (_zone,)
