"""The same constructs on CDK Terrain, the living fork of CDKTF: import `cdktn` first, and change nothing else."""

from __future__ import annotations

from cdktn import App, TerraformStack

from constructs_lib import Bucket, Objective, Sites


def build(app: App) -> TerraformStack:
    """One bucket whose objects are in the other Region within 15 minutes."""
    stack = TerraformStack(app, "documents")
    sites = Sites.in_one_stack(stack, "documents", primary="eu-west-1", recovery="eu-central-1")
    Bucket(sites, "documents", objective=Objective(rto="1h", rpo="15m"))
    return stack


if __name__ == "__main__":
    app = App()
    build(app)
    app.synth()
