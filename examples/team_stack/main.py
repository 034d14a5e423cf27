"""A team's own stack: two of our constructs among the team's own resources, key, provider and tags."""

from __future__ import annotations

from cdktf import App, TerraformOutput, TerraformStack

from constructs_lib import Bucket, KeyAttribute, Objective, Sites, Table, Target
from constructs_lib.terraform.provider import AwsProvider
from constructs_lib.terraform.resource import AwsResource


def build(app: App) -> TerraformStack:
    """Compose a bucket and a table with a queue that the team already had."""
    stack = TerraformStack(app, "invoicing")

    # The team's own provider, which the constructs take over. An object from a provider binding works as well.
    ireland = AwsProvider(stack, "aws", region="eu-west-1", default_tags={"team": "invoicing"})
    queue = AwsResource(
        stack,
        "incoming",
        "aws_sqs_queue",
        {"name": "invoices-incoming", "sqs_managed_sse_enabled": True},
        provider=ireland,
    )

    sites = Sites.in_one_stack(
        stack,
        "invoicing",
        primary="eu-west-1",
        recovery="eu-central-1",
        providers={"eu-west-1": ireland},
        # The team's own key in Ireland; in the recovery Region one is built.
        key_arns={"eu-west-1": "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"},
        tags={"cost-center": "4711"},
    )
    promise = Objective(rto="1h", rpo="15m", software=Target(rto="4h", rpo="30m"))
    documents = Bucket(sites, "documents", objective=promise)
    invoices = Table(sites, "invoices", objective=promise, partition_key=KeyAttribute(name="invoice_id", type="S"))

    # Any argument that a construct sets can be overridden: here versions stay for a year.
    assert documents.primary.lifecycle is not None
    documents.primary.lifecycle.override("rule.0.noncurrent_version_expiration.noncurrent_days", 365)

    TerraformOutput(stack, "queue-url", value=queue.ref("url"))
    TerraformOutput(stack, "table-name", value=invoices.name)
    return stack


if __name__ == "__main__":
    app = App()
    build(app)
    app.synth()
