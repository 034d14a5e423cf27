"""Aurora DSQL: where a witness may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.regions import is_region
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry


@rule(
    "dsql.witness-in-a-region-of-its-own",
    "dsql:CreateCluster UpdateCluster",
    code="ValidationException",
    code_from="api",
    source="botocore dsql CreateCluster: the witness Region cannot be the same as the cluster's Region",
)
async def _witness(asked: Asked, _: Inquiry) -> str | None:
    peering = asked.parameters.get("multiRegionProperties") or {}
    used = {asked.region, *(arn.split(":")[3] for arn in peering.get("clusters") or [])}
    if (witness := peering.get("witnessRegion")) and not is_region(witness):
        return f"There is no Region {witness}"
    if witness not in used:
        return None
    return f"The witness Region {peering['witnessRegion']} is the Region of a cluster"


RULES: Final = (_witness,)
