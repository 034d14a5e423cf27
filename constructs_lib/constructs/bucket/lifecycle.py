"""How long a bucket keeps what is no longer current, and where old objects go."""

from __future__ import annotations

from typing import Literal

import attrs

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.limits import check_limit


def _noncurrent_days() -> int:
    return int(load_catalog().mechanism("bucket", "versioning").defaults["noncurrent_days"])


@attrs.frozen(kw_only=True)
class Lifecycle:
    """The lifecycle rules of a bucket, the same in each Region: S3 does not replicate what a lifecycle rule does.

    Args:
        noncurrent_days: Days that an overwritten or deleted version stays, and so how far back corruption can be
            undone. Default: the catalog's, which the estimate for `software` rests on.
        incomplete_upload_days: Days after which the parts of an upload that was never completed are removed. Default
            7.
        transition_days: Days after which an object moves to *transition_class*. Default: it never moves.
        transition_class: The storage class it moves to: `STANDARD_IA`, `INTELLIGENT_TIERING` or `GLACIER_IR`. Classes
            from which objects come back after hours, or which one Availability Zone holds, would make the estimates
            wrong.

    Raises:
        ConfigurationError: If a number of days or the class is not allowed, or only one of *transition_days* and
            *transition_class* is given.
    """

    noncurrent_days: int = attrs.field(factory=_noncurrent_days)
    incomplete_upload_days: int = 7
    transition_days: int | None = None
    transition_class: Literal["STANDARD_IA", "INTELLIGENT_TIERING", "GLACIER_IR"] | None = None

    def __attrs_post_init__(self) -> None:
        check_limit("s3.lifecycle_days", self.noncurrent_days, "noncurrent_days")
        check_limit("s3.lifecycle_days", self.incomplete_upload_days, "incomplete_upload_days")
        if self.transition_days is None and self.transition_class is None:
            return
        check_limit("s3.transition_storage_class", self.transition_class, "transition_class")
        infrequent = self.transition_class == "STANDARD_IA"
        name = "s3.infrequent_access_days" if infrequent else "s3.transition_days"
        check_limit(name, self.transition_days, "transition_days")

    def rules(self) -> list[dict[str, object]]:
        """Return the rules as `aws_s3_bucket_lifecycle_configuration` takes them."""
        everything = {"prefix": ""}
        rules: list[dict[str, object]] = [
            {
                "id": "noncurrent-versions",
                "status": "Enabled",
                "filter": everything,
                "noncurrent_version_expiration": {"noncurrent_days": self.noncurrent_days},
                "expiration": {"expired_object_delete_marker": True},
            },
            {
                "id": "incomplete-uploads",
                "status": "Enabled",
                "filter": everything,
                "abort_incomplete_multipart_upload": {"days_after_initiation": self.incomplete_upload_days},
            },
        ]
        if self.transition_class is not None:
            rules.append(
                {
                    "id": "transition",
                    "status": "Enabled",
                    "filter": everything,
                    "transition": {"days": self.transition_days, "storage_class": self.transition_class},
                }
            )
        return rules
