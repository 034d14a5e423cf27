"""Distributions: CloudFront fails over by itself, request by request."""

from __future__ import annotations

from constructs_lib.objectives import Disruption
from constructs_lib.procedures.shared import by_hand, serves_by_itself
from constructs_lib.procedures.step import Part, Prepared, Procedure, Step

__all__ = ["CARRY_OVERS", "PROCEDURES"]

CARRY_OVERS = ()
_SERVED = ("curl --silent --head https://{domain}/",)
_VERIFY = Step(id="verify", title="pages are served", part=Part.VERIFY, shell=_SERVED)

PROCEDURES = (
    serves_by_itself(
        "distribution",
        "edge_network",
        (Disruption.HARDWARE, Disruption.ZONE),
        source="s3-durability-doc",
        title="CloudFront and S3 go on from other places",
        verify=_VERIFY,
    ),
    Procedure(
        kind="distribution",
        mechanism="edge_network",
        disruptions=(Disruption.SOFTWARE,),
        source="cloudfront-api",
        fence_because="a distribution holds no state",
        steps=(
            Step(
                id="redeploy",
                title="apply the last good revision of this code for the distribution, and wait until it is deployed",
                by_hand=True,
                shell=("cdktf deploy {global_stack}",),
                console="https://us-east-1.console.aws.amazon.com/cloudfront/v4/home#/distributions",
                note="uses CloudFront's control plane in us-east-1, which works in this disruption: no Region is lost",
            ),
            _VERIFY,
        ),
        back=(by_hand("none", "none: the distribution is the same one"),),
    ),
    Procedure(
        kind="distribution",
        mechanism="origin_group",
        disruptions=(Disruption.REGION,),
        source="cloudfront-origin-failover-doc",
        fence_because="a distribution holds no state, and an origin group serves reads only",
        steps=(
            Step(
                id="by-itself",
                title="CloudFront asks the recovery bucket for each request that the primary one does not answer; "
                "nobody does anything",
            ),
            Step(id="verify", title="pages are served, the first after the timeouts", part=Part.VERIFY, shell=_SERVED),
        ),
        back=(
            Step(
                id="none",
                title="none: CloudFront asks the primary bucket first as soon as it answers",
                part=Part.BACK,
            ),
        ),
        prepared=Prepared(
            state=("the recovery bucket of the origin group, with the replicated objects",),
            configuration=(
                "the recovery bucket's policy must let this distribution read (aws_s3_bucket_policy of the recovery "
                "stack)",
            ),
        ),
    ),
)
