"""One rule of a replication: from which bucket to which, and with which key the copies are encrypted."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import attrs

from constructs_lib.plan.document.arn import parse_arn
from constructs_lib.plan.document.resource import blocks_in
from constructs_lib.review.checks.roles.bucket_encryption import bucket_arn, key_arn_of, key_meant
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.plan import Resource
    from constructs_lib.review.checks.roles.lookups import Lookups
    from constructs_lib.review.plan_under_review import PlanUnderReview
    from constructs_lib.review.reviewed_component import ReviewedComponent

__all__ = ["BUCKET", "OWNERSHIP", "REPLICATION", "ReplicationWay", "places_of_rules"]

REPLICATION: Final = "aws_s3_bucket_replication_configuration"
BUCKET: Final = "aws_s3_bucket"
_INLINE: Final = "replication_configuration"
OWNERSHIP: Final = "aws_s3_bucket_ownership_controls"


@attrs.frozen(kw_only=True, slots=False, eq=False)
class ReplicationWay:
    """One rule: from which bucket to which."""

    under_review: Lookups
    by: Resource
    reviewed: ReviewedComponent | None
    place: tuple[str | int, ...]
    rule: dict[str, Any]
    source: Resource | None

    @cached_property
    def destination(self) -> Resource | None:
        """The bucket it writes to."""
        return bucket_meant(self.under_review, self.by, *self.place, "destination", 0, "bucket")

    @cached_property
    def destination_arn(self) -> str | None:
        """The ARN of the bucket it writes to."""
        return bucket_arn(self.destination) or self.by.text(*self.place, "destination", 0, "bucket")

    @cached_property
    def replica_key(self) -> tuple[bool, str | None, Resource | None]:
        """Whether replicas are encrypted with a key the rule names, its ARN and the key, as far as they are known."""
        inside = () if self.by.type == BUCKET else ("encryption_configuration", 0)
        path = (*self.place, "destination", 0, *inside, "replica_kms_key_id")
        given = self.by.text(*path)
        if given is None and not self.by.is_unknown(*path):
            return False, None, None
        key = key_meant(self.under_review, self.by, path)
        return True, key_arn_of(given, key), key

    @property
    def deletes(self) -> bool:
        """Whether it replicates delete markers."""
        blocks = blocks_in(self.rule, "delete_marker_replication")
        said = [self.rule.get("delete_marker_replication_status"), *(item.get("status") for item in blocks)]
        return "Enabled" in said

    @property
    def region(self) -> str | None:
        """The Region of the bucket it writes to."""
        return None if self.destination is None else self.destination.region

    @property
    def gives_away(self) -> bool:
        """Whether the copies are to be the other account's, and its bucket is not said to take them over by itself."""
        named = any(item.get("access_control_translation") for item in blocks_in(self.rule, "destination"))
        if not named or self.destination is None:
            return named
        controls = self.under_review.parts_of(self.destination.address, OWNERSHIP, "bucket")
        return not any(part.text("rule", 0, "object_ownership") == "BucketOwnerEnforced" for part in controls)

    @property
    def crosses(self) -> bool:
        """Whether the bucket it writes to is another account's: it says so, or the providers of both do."""
        if any(item.get("account") for item in blocks_in(self.rule, "destination")):
            return True
        theirs = None if self.destination is None else self.destination.account
        role = parse_arn(self.by.text(*self.place[:-2], "role"))
        mine = self.by.account or (None if role is None else role.account)
        return theirs is not None and theirs != mine

    def found(self, id: str, **values: str) -> Found:
        """Return a finding about this rule."""
        return Found(id=id, address=self.by.address, reviewed=self.reviewed, values=values, region=self.region)


def places_of_rules(under_review: PlanUnderReview) -> Iterator[tuple[Resource, tuple[str | int, ...]]]:
    """Yield what has rules of replication, and where it has them: of its own, or the older ones inside a bucket."""
    for resource in under_review.after(REPLICATION):
        yield resource, ("rule",)
    for bucket in under_review.after(BUCKET):
        if (
            bucket.get(_INLINE)
            and not under_review.parts_of(bucket.address, REPLICATION, "bucket")
            and not bucket.left_out(_INLINE, block=True)
        ):
            yield bucket, (_INLINE, 0, "rules")


def bucket_meant(under_review: Lookups, resource: Resource, *path: str | int) -> Resource | None:
    """Return the bucket that an argument means, or None."""
    return under_review.target(resource, path, BUCKET)
