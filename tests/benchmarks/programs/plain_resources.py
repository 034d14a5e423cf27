"""An app with many resources and nothing else: a bucket and its versioning, a hundred resources a stack.

plain_resources.py RESOURCES
"""

from __future__ import annotations

import json
import sys
from time import perf_counter

from constructs_lib.terraform.engine import App, TerraformStack
from constructs_lib.terraform.provider import AwsProvider
from constructs_lib.terraform.resource import AwsResource

A_STACK = 100

resources = int(sys.argv[1])
started = perf_counter()
app = App()
for first in range(0, resources, A_STACK):
    stack = TerraformStack(app, f"stack-{first // A_STACK}")
    provider = AwsProvider(stack, "aws", region="eu-west-1")
    for number in range(first, min(first + A_STACK, resources), 2):
        bucket = AwsResource(
            stack,
            f"bucket-{number}",
            "aws_s3_bucket",
            {"bucket": f"bucket-{number}", "tags": {"team": "shop"}},
            provider=provider,
            lifecycle={"prevent_destroy": True},
        )
        AwsResource(
            stack,
            f"versioning-{number}",
            "aws_s3_bucket_versioning",
            {"bucket": bucket.here("bucket"), "versioning_configuration": {"status": "Enabled"}},
            provider=provider,
        )
built = perf_counter()
app.synth()
done = perf_counter()
print(json.dumps({"build": built - started, "synth": done - built, "resources": resources}))
