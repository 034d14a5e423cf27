"""An app that uses what the engines share: run as a program, it writes its stacks into the directory given.

Both engines have to make the same of it; `test_both_engines` runs it once with each.
"""

from __future__ import annotations

import sys

from constructs_lib.terraform.engine import (
    ENGINE,
    App,
    Aspects,
    Construct,
    Fn,
    IAspect,
    LocalBackend,
    TerraformOutput,
    TerraformStack,
    implements,
)
from constructs_lib.terraform.provider import AwsProvider
from constructs_lib.terraform.resource import AwsDataSource, AwsResource


@implements(IAspect)
class Owner:
    """Tags every resource with an owner, as an aspect of a user would."""

    def visit(self, node: object) -> None:
        if isinstance(node, AwsResource) and "tags" in node.arguments:
            node.override(("tags", "team.owner"), "payments")


def build(app: App) -> tuple[TerraformStack, TerraformStack]:
    """Two stacks, the second of which reads from the first."""
    primary = TerraformStack(app, "primary")
    LocalBackend(primary, path="primary.tfstate")
    provider = AwsProvider(
        primary,
        "aws",
        {"s3_use_path_style": True, "endpoints": [{"s3": "http://localhost:4566"}]},
        region="eu-west-1",
        default_tags={"CostCenter": "42", "recovery:workload": "shop"},
    )
    away = AwsProvider(primary, "recovery", region="eu-central-1", alias="recovery")

    orders = Construct(primary, "orders")
    bucket = AwsResource(
        orders,
        "Default",
        "aws_s3_bucket",
        {"bucket": "orders", "tags": {"recovery:rto": "1h"}, "force_destroy": None},
        provider=provider,
        lifecycle={"prevent_destroy": True, "ignore_changes": ["tags_all"]},
    )
    versioning = AwsResource(
        orders,
        "versioning",
        "aws_s3_bucket_versioning",
        {"bucket": bucket.ref("id"), "versioning_configuration": {"status": "Enabled"}},
        provider=provider,
    )
    AwsResource(
        orders,
        "copy",
        "aws_s3_bucket",
        {"bucket": Fn.join("-", ["orders", "copy"]), "tags": {"recovery:rto": "1h"}},
        provider=away,
        depends_on=[versioning],
    )
    bucket.override("lifecycle.prevent_destroy", False)
    Aspects.of(primary).add(Owner())

    reader = TerraformStack(app, "reader")
    LocalBackend(reader, path="reader.tfstate")
    here = AwsProvider(reader, "aws", region="eu-west-1")
    account = AwsDataSource(reader, "account", "aws_caller_identity", provider=here)
    AwsResource(
        reader,
        "parameter",
        "aws_ssm_parameter",
        {"name": "/orders/bucket", "type": "String", "value": bucket.ref("arn")},
        provider=here,
    )
    TerraformOutput(reader, "account_id", value=account.ref("account_id"))
    return primary, reader


if __name__ == "__main__":
    application = App(outdir=sys.argv[1])
    build(application)
    application.synth()
    sys.stdout.write(ENGINE)
