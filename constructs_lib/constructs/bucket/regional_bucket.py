"""One bucket in one Region, with everything that makes it safe to keep data in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from constructs_lib.constructs.bucket.lifecycle import Lifecycle
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.constructs.bucket.options import BucketOptions
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.selection.decision import Decision
    from constructs_lib.terraform.engine import Construct


_ALL_REQUESTS = "EntireBucket"


class RegionalBucket:
    """One bucket of a `Bucket`; `Bucket` makes it.

    Attributes:
        site: Where it is.
        scope: The construct its resources are children of.
        bucket: `aws_s3_bucket`.
        ownership: `aws_s3_bucket_ownership_controls`: no access control lists.
        public_access: `aws_s3_bucket_public_access_block`, all four.
        encryption: `aws_s3_bucket_server_side_encryption_configuration`: the site's KMS key, with a Bucket Key.
        versioning: `aws_s3_bucket_versioning`.
        object_lock: `aws_s3_bucket_object_lock_configuration`, or None.
        lifecycle: `aws_s3_bucket_lifecycle_configuration`.
        logging: `aws_s3_bucket_logging`, or None.
        policy: `aws_s3_bucket_policy`; add to it with `allow`.
        notification: `aws_s3_bucket_notification`, or None.
        request_metrics: `aws_s3_bucket_metric`, where a distribution fails over to the bucket; else None.
    """

    def __init__(self, scope: Construct, site: Site, decision: Decision, options: BucketOptions) -> None:
        self.site = site
        self.scope = scope
        self._name = options.name_in(decision, site)
        lock, log_bucket = options.lock_of(decision), options.log_bucket_in(site)
        self.bucket = AwsResource(
            scope,
            "Default",
            "aws_s3_bucket",
            {
                "bucket": self._name.in_stack_of(site),
                "object_lock_enabled": True if lock is not None else None,
                "tags": decision.tags,
            },
            provider=site.provider,
            lifecycle={"prevent_destroy": True} if options.deletion_protection else None,
        )
        self.ownership = self._part(
            "Ownership", "ownership_controls", {"rule": {"object_ownership": "BucketOwnerEnforced"}}
        )
        self.public_access = self._part(
            "PublicAccess",
            "public_access_block",
            {
                "block_public_acls": True,
                "block_public_policy": True,
                "ignore_public_acls": True,
                "restrict_public_buckets": True,
            },
        )
        self.encryption = self._part(
            "Encryption",
            "server_side_encryption_configuration",
            {
                "rule": {
                    "apply_server_side_encryption_by_default": {
                        "sse_algorithm": "aws:kms",
                        "kms_master_key_id": site.key_arn_of(site),
                    },
                    "bucket_key_enabled": True,
                }
            },
        )
        self.versioning = self._part("Versioning", "versioning", {"versioning_configuration": {"status": "Enabled"}})
        self.object_lock = (
            None
            if lock is None
            else self._part(
                "ObjectLock",
                "object_lock_configuration",
                {"rule": {"default_retention": {"mode": lock.mode, "days": lock.days}}},
                after=self.versioning,
            )
        )
        self.lifecycle = self._part(
            "Lifecycle",
            "lifecycle_configuration",
            {"rule": (options.lifecycle or _kept(decision)).rules()},
            after=self.versioning,
        )
        self.logging = (
            None
            if log_bucket is None
            else self._part(
                "Logging", "logging", {"target_bucket": log_bucket, "target_prefix": f"{self.name_in(site)}/"}
            )
        )
        self._statements: list[dict[str, object]] = _only_over_tls(self.arn_in(site), options.minimum_tls)
        # S3 refuses the two when they are changed at the same time.
        self.policy = self._part("Policy", "policy", {"policy": self._written_policy()}, after=self.public_access)
        self.notification: AwsResource | None = None
        self.request_metrics: AwsResource | None = None
        if options.event_bridge:
            self.notification = self._part("Notification", "notification", {"eventbridge": True})

    @property
    def region(self) -> str:
        """The bucket's Region."""
        return self.site.region

    @property
    def name(self) -> str:
        """The bucket's name, in its own stack."""
        return self.bucket.ref("bucket")

    @property
    def arn(self) -> str:
        """The bucket's ARN, in its own stack."""
        return f"arn:aws:s3:::{self.name}"

    def name_in(self, site: Site) -> str:
        """Return the name as the stack of *site* may write it: a reference within one stack, else computed."""
        return self.bucket.here("bucket") if site.stack is self.site.stack else self._name.in_stack_of(site)

    def arn_in(self, site: Site) -> str:
        """Return the ARN as the stack of *site* may write it.

        It is put together from the name, so that a plan shows it, and who reviews the plan sees what a policy allows.
        """
        return f"arn:aws:s3:::{self.name_in(site)}"

    def key_arn_in(self, site: Site) -> str | None:
        """Return the ARN of the key that its objects are encrypted with, as the stack of *site* may write it."""
        return site.key_arn_of(self.site)

    def domain_name_in(self, site: Site) -> str:
        """Return the Regional domain name, which no other Region takes part in resolving, for the stack of *site*."""
        return f"{self.name_in(site)}.s3.{self.region}.amazonaws.com"

    def allow(self, statement: Mapping[str, object]) -> None:
        """Add a statement to the bucket's policy; one that is there already is not added again."""
        if dict(statement) not in self._statements:
            self._statements.append(dict(statement))
            self.policy.override("policy", self._written_policy())

    def allow_distribution(self, distribution_arn: str | None, *, see_what_is_missing: bool) -> None:
        """Let CloudFront read the objects, with origin access control.

        Args:
            distribution_arn: The one distribution; None: any of this account, for a stack that cannot know the id.
            see_what_is_missing: Whether S3 tells CloudFront that an object does not exist (404) in place of a
                refusal (403). This is the permission to list, so the distribution must have a default root object:
                without one its root would show the list.
        """
        condition: dict[str, object] = (
            {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudfront::{self.site.account_id}:distribution/*"}}
            if distribution_arn is None
            else {"StringEquals": {"aws:SourceArn": distribution_arn}}
        )
        reader = {"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Condition": condition}
        self.allow({**reader, "Action": "s3:GetObject", "Resource": f"{self.arn_in(self.site)}/*"})
        if see_what_is_missing:
            self.allow({**reader, "Action": "s3:ListBucket", "Resource": self.arn_in(self.site)})

    def watch_requests(self) -> str:
        """Have S3 publish request metrics of the whole bucket, and return the filter's name in their dimensions."""
        if self.request_metrics is None:
            self.request_metrics = self._part("RequestMetrics", "metric", {"name": _ALL_REQUESTS})
        return _ALL_REQUESTS

    def notify(self, topic_arn: str, events: list[str]) -> None:
        """Send *events* to an SNS topic of the bucket's Region."""
        if self.notification is None:
            self.notification = self._part("Notification", "notification", {})
            # AWS Backup turns it on for what it backs up, and gives a continuous backup up where it is turned off.
            self.notification.override("lifecycle.ignore_changes", ["eventbridge"])
        self.notification.override("topic", [{"topic_arn": topic_arn, "events": events}])

    def _part(
        self, id_: str, kind: str, arguments: Mapping[str, object], *, after: AwsResource | None = None
    ) -> AwsResource:
        return AwsResource(
            self.scope,
            id_,
            f"aws_s3_bucket_{kind}",
            {"bucket": self.bucket.here("id"), **arguments},
            provider=self.site.provider,
            depends_on=[] if after is None else [after],
        )

    def _written_policy(self) -> str:
        return json.dumps({"Version": "2012-10-17", "Statement": self._statements})


def _only_over_tls(arn: str, minimum: str | None) -> list[dict[str, object]]:
    everything = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [arn, f"{arn}/*"]}
    statements: list[dict[str, object]] = [
        {"Sid": "OnlyOverTls", **everything, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    ]
    if minimum is not None:
        condition = {"NumericLessThan": {"s3:TlsVersion": minimum}}
        statements.append({"Sid": "OnlyOverRecentTls", **everything, "Condition": condition})
    return statements


def _kept(decision: Decision) -> Lifecycle:
    return Lifecycle(noncurrent_days=decision.number("versioning", "noncurrent_days"))
