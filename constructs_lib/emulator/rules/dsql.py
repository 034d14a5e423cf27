"""Aurora DSQL: where the clusters and the witness of a multi-Region cluster may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.regions import is_region
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_SETS: Final = (
    {"us-east-1", "us-east-2", "us-west-2", "ca-central-1", "ca-west-1"},
    {"eu-central-1", "eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1", "eu-south-2"},
    {"ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1"},
)


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


@rule(
    "dsql.regions-of-one-set",
    "dsql:CreateCluster UpdateCluster",
    code="ValidationException",
    code_from="api",
    source="https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-aurora.html, and What's New of 2026-07-31:"
    " the clusters and the witness in one set of Regions",
)
async def _set(asked: Asked, _: Inquiry) -> str | None:
    peering = asked.parameters.get("multiRegionProperties") or {}
    peers = {arn.split(":")[3] for arn in peering.get("clusters") or [] if arn.count(":") > 3}
    named = {asked.region, *peers, *filter(None, [peering.get("witnessRegion")])}
    if len(named) == 1 or any(named <= regions for regions in _SETS):
        return None
    return f"A multi-Region cluster cannot span {', '.join(sorted(named))}"


@rule(
    "dsql.peers-without-a-witness",
    "dsql:CreateCluster UpdateCluster",
    code="ValidationException",
    code_from="api",
    source="botocore dsql CreateCluster: multiRegionProperties needs a witness Region, and a peer is of another Region",
)
async def _peers(asked: Asked, _: Inquiry) -> str | None:
    peering = asked.parameters.get("multiRegionProperties") or {}
    peers = peering.get("clusters") or []
    if peers and not peering.get("witnessRegion"):
        return "A witness Region must be given with the clusters of a multi-Region cluster"
    own = f"/{asked.parameters.get('identifier', '')}"
    if any(arn.split(":")[3] == asked.region and not arn.endswith(own) for arn in peers if arn.count(":") > 3):
        return f"A peer of a cluster of {asked.region} is in another Region"
    return None


RULES: Final = (_witness, _set, _peers)
