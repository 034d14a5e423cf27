"""A static site that survives the loss of a Region: a bucket in each of two Regions, and CloudFront over both.

In the console this is: create a bucket in two Regions, replicate one to the other, create a distribution with the first
bucket as origin, add the second as an origin, put both into an origin group. Here the pattern follows from the promise.
"""

from __future__ import annotations

from cdktf import App, TerraformStack

from constructs_lib import Acceptance, Bucket, Distribution, Objective, Sites, Target


def build(app: App) -> TerraformStack:
    """One stack over two Regions: simple, and it cannot be planned while either Region is down."""
    stack = TerraformStack(app, "static-site")
    sites = Sites.in_one_stack(stack, "static-site", primary="eu-west-1", recovery="eu-central-1")
    promise = Objective(rto="5m", rpo="15m")
    pages = Bucket(
        sites,
        "pages",
        objective=promise,
        # Readers are failed over by CloudFront in seconds; that publishing moves by hand within the hour is fine.
        accept=Acceptance(
            owner="web team",
            reason="only publishing waits for a human; readers never do",
            region=Target(rto="1h", rpo="15m"),
        ),
    )
    Distribution(sites, "cdn", objective=promise, bucket=pages)
    return stack


if __name__ == "__main__":
    app = App()
    build(app)
    app.synth()
