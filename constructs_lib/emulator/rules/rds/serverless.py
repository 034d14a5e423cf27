"""RDS: the capacity of Aurora Serverless v2 clusters, and the instances that need it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.rds import databases
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_GUIDE: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide"
#: By major version, the least minor one; 3 is Aurora MySQL's.
_PAUSES: Final = {3: 8, 13: 15, 14: 12, 15: 7, 16: 3}
_RANGE: Final = "ServerlessV2ScalingConfiguration"
#: In capacity units: what the least may be from, what the most must be at least, the most there is, and by which steps.
_LEAST, _LEAST_MOST, _MOST, _STEP = 0, 1, 256, 0.5


@rule(
    "rds.serverless-instance-without-capacity",
    "rds:CreateDBInstance",
    code="InvalidDBClusterStateFault",
    code_from="seen",
    source=f"{_GUIDE}/aurora-serverless-v2.requirements.html; github.com/cloudposse/terraform-aws-rds-cluster/pull/181"
    " quotes the error",
)
async def _without_capacity(asked: Asked, inquiry: Inquiry) -> str | None:
    named = asked.parameters.get("DBClusterIdentifier")
    if asked.parameters.get("DBInstanceClass") != "db.serverless" or not named:
        return None
    found = await databases.cluster(inquiry, asked.region, named)
    if found is None or found.get(_RANGE):
        return None
    return (
        "Set the Serverless v2 scaling configuration on the parent DB cluster before creating a Serverless v2 DB"
        " instance."
    )


@rule(
    "rds.serverless-capacity",
    "rds:CreateDBCluster ModifyDBCluster RestoreDBClusterFromSnapshot RestoreDBClusterToPointInTime",
    code="InvalidParameterValue",
    code_from="seen",
    source=f"botocore rds ServerlessV2ScalingConfiguration, {_GUIDE}/aurora-serverless-v2.setting-capacity.html;"
    " github.com/crossplane-contrib/provider-upjet-aws/issues/1165 quotes the error of half a range",
)
async def _capacity(asked: Asked, inquiry: Inquiry) -> str | None:
    given = asked.parameters.get(_RANGE)
    if not given:
        return None
    named = asked.parameters["DBClusterIdentifier"] if asked.operation == "ModifyDBCluster" else None
    known = await databases.cluster(inquiry, asked.region, named) if named else None
    both = {**(known or {}).get(_RANGE, {}), **given}
    least, most = both.get("MinCapacity"), both.get("MaxCapacity")
    if least is None or most is None:
        return (
            "Both MinCapacity and MaxCapacity must be specified when you initialize Serverless v2 scaling"
            " configuration."
        )
    if not _LEAST <= least <= most or not _LEAST_MOST <= most <= _MOST or least % _STEP or most % _STEP:
        return (
            f"Serverless v2 capacity {least} to {most} isn't valid: the minimum is {_LEAST} or more, the maximum"
            f" {_LEAST_MOST} to {_MOST} and no less than the minimum, both by {_STEP}"
        )
    return None


@rule(
    "rds.serverless-that-cannot-pause",
    "rds:CreateDBCluster",
    code="InvalidParameterValue",
    code_from="memory",
    source=f"{_GUIDE}/aurora-serverless-v2-auto-pause.html: a minimum of 0 from Aurora PostgreSQL 13.15, 14.12, 15.7"
    " and 16.3, and Aurora MySQL 3.08",
)
async def _pause(asked: Asked, _: Inquiry) -> str | None:
    given, version = asked.parameters.get(_RANGE, {}), asked.parameters.get("EngineVersion", "")
    found = re.fullmatch(r"(?:8\.0\.mysql_aurora\.)?(\d+)\.(\d+)(?:\.\d+)?", version)
    if given.get("MinCapacity") != 0 or not found or int(found[2]) >= _PAUSES.get(int(found[1]), 0):
        return None
    return f"Version {version} doesn't support a minimum capacity of 0."


RULES: Final = (_without_capacity, _capacity, _pause)
