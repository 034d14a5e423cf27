"""The bucket of an `ExistingBucket`, as replication and distributions see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.constructs.bucket.lifecycle import Lifecycle
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.resource import AwsDataSource, AwsResource

if TYPE_CHECKING:
    from constructs_lib.constructs.bucket.object_lock import ObjectLock
    from constructs_lib.constructs.sites.site import Site


class OutsideBucket:
    """The bucket of an `ExistingBucket`, as replication and distributions see it; `ExistingBucket` makes it.

    Attributes:
        site: Where it is.
        scope: The construct that what is added to it is a child of.
        bucket: The data source `aws_s3_bucket`.
        versioning: `aws_s3_bucket_versioning`, or None where its owner has it on.
        lifecycle: `aws_s3_bucket_lifecycle_configuration`, or None.
        object_lock: The lock that it has, whose terms replicas get from the original; None where it has none.
    """

    def __init__(
        self,
        scope: Construct,
        site: Site,
        name: str,
        *,
        key_arn: str | None,
        versioning: bool,
        lifecycle: Lifecycle | None,
        object_lock: ObjectLock | None,
    ) -> None:
        self.site = site
        self.object_lock = object_lock
        self.scope = scope
        self.name = name
        self._key_arn = key_arn
        self.bucket = AwsDataSource(scope, "Default", "aws_s3_bucket", {"bucket": name}, provider=site.provider)
        self.versioning: AwsResource | None = None
        if not versioning:
            self.versioning = AwsResource(
                scope,
                "Versioning",
                "aws_s3_bucket_versioning",
                {"bucket": name, "versioning_configuration": {"status": "Enabled"}},
                provider=site.provider,
            )
        self.lifecycle: AwsResource | None = None
        if lifecycle is not None:
            self.lifecycle = AwsResource(
                scope,
                "Lifecycle",
                "aws_s3_bucket_lifecycle_configuration",
                {"bucket": name, "rule": lifecycle.rules()},
                provider=site.provider,
                depends_on=[] if self.versioning is None else [self.versioning],
            )

    @property
    def region(self) -> str:
        """The bucket's Region."""
        return self.site.region

    @property
    def arn(self) -> str:
        """The bucket's ARN."""
        return f"arn:aws:s3:::{self.name}"

    def name_in(self, _site: Site) -> str:
        """Return the name, the same in every stack."""
        return self.name

    def arn_in(self, _site: Site) -> str:
        """Return the ARN, the same in every stack."""
        return self.arn

    def key_arn_in(self, _site: Site) -> str | None:
        """Return the ARN of the key that its objects are encrypted with; None: one of S3."""
        return self._key_arn

    def domain_name_in(self, _site: Site) -> str:
        """Return the Regional domain name."""
        return f"{self.name}.s3.{self.region}.amazonaws.com"
