"""The role of a replication, and what it is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from constructs_lib.plan.document.arn import ACCOUNT, parse_arn
from constructs_lib.review.checks.roles.iam_policy import OPEN, about, about_account, allows
from constructs_lib.review.checks.roles.policy_documents import policy_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from constructs_lib.plan import Resource
    from constructs_lib.review.checks.roles.iam_policy import Answer
    from constructs_lib.review.checks.roles.lookups import Lookups

__all__ = ["POLICY", "ReplicationRole"]

POLICY: Final = "aws_s3_bucket_policy"


class ReplicationRole(msgspec.Struct, frozen=True, kw_only=True):
    """The role of a replication, and what it is granted.

    Attributes:
        under_review: The plan.
        address: Its address, or its ARN where it is in no plan given.
        name: Its name, where it is known.
        arn: Its ARN, where it is known.
        granted: The statements of its policies.
        within: The statements of its permissions boundary; None without one.
        of_provider: The account that its provider configuration names, where it does.
    """

    under_review: Lookups
    address: str
    name: str | None
    arn: str | None
    granted: list[dict[str, Any]]
    within: list[dict[str, Any]] | None
    of_provider: str | None = None

    def named_by(self, statements: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the statements of a resource's policy that are about the role.

        What denies an account denies all in it; where it is open whether the role is, so is that.
        """
        found = []
        for statement in statements:
            if about(statement, self.name, self.arn):
                found.append(statement)
            elif statement.get("Effect") == "Deny" and about_account(statement, self.account):
                found.append(statement if self.account is not None else {**statement, "Condition": OPEN["Condition"]})
        return found

    def may(self, action: str, resource: str, more: Iterable[dict[str, Any]] = (), **request: str | None) -> Answer:
        """Return whether the role may do something, with *more* statements that are about it."""
        statements = [*self.granted, *more]
        return allows(statements, action, resource, within=self.within, principal=self.arn, **request)

    @property
    def account(self) -> str | None:
        """The account it is in, where that is known; that of a synthesized stack is made up."""
        arn = parse_arn(self.arn)
        return self.of_provider if arn is None or arn.account in ("", ACCOUNT) else arn.account

    def _in_policies_of(self, bucket: Resource | None, *, of_account: bool = False) -> list[dict[str, Any]] | None:
        """Return the statements about the role, or also *of_account*, in the policies of a bucket.

        None where one cannot be read.
        """
        parts = () if bucket is None else self.under_review.parts_of(bucket.address, POLICY, "bucket")
        policies = [policy_of(self.under_review, part) for part in parts]
        found = [item for policy in policies for item in policy or ()]
        whole = (item for item in found if about_account(item, self.account)) if of_account else ()
        return None if None in policies else [*self.named_by(found), *whole]

    def by_policy_of(self, bucket: Resource) -> Callable[[str, str], Answer]:
        """Return what tells whether the policy of a bucket of another account lets the role in, as it must.

        That account may well keep it in another state, so where the plans hold none it is open.
        """
        known = self._in_policies_of(bucket, of_account=True)
        if not self.under_review.parts_of(bucket.address, POLICY, "bucket"):
            return lambda action, resource: "open"
        arn = self.arn
        return lambda action, resource: "allowed" if known is None else allows(known, action, resource, principal=arn)

    def with_policy_of(self, bucket: Resource | None) -> Callable[[str, str], Answer]:
        """Return what tells whether the role may do something: its policies or the bucket's allow it, and none denies.

        What a bucket's policy says that is not known is not held against the role.
        """
        more = self._in_policies_of(bucket)
        if more is None:
            return lambda action, resource: "allowed"
        request = {"region": None if bucket is None else bucket.region, "principal": self.arn}
        said, denied = [*self.granted, *more], self._perhaps_denied(bucket)
        perhaps = [*said, *denied]

        def told(action: str, resource: str) -> Answer:
            answer = allows(said, action, resource, within=self.within, **request)
            if answer == "allowed" and denied:
                sure = allows(perhaps, action, resource, within=self.within, **request)
                return answer if sure == "allowed" else "open"
            return answer

        return told

    def _perhaps_denied(self, bucket: Resource | None) -> list[dict[str, Any]]:
        """Return the denials about the role in policies that may be the bucket's: whose they are is not told."""
        if bucket is None:
            return []
        policies = (
            policy_of(self.under_review, part) for part in self.under_review.open_parts(POLICY, "bucket", bucket)
        )
        return self.named_by(item for policy in policies for item in policy or () if item.get("Effect") == "Deny")
