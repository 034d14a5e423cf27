"""The policies that are in force on the emulated AWS, read through its own interface."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import attrs

from constructs_lib.emulator.permissions.authority import Role, parsed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.inquiry import Inquiry
    from constructs_lib.emulator.permissions.policy import Document

_IAM: Final = "us-east-1"
_AWS_OWNED: Final = "arn:aws:iam::aws:policy/"
#: The policy of an AWS managed key: the account may use it through its service, other services may not.
_OF_AWS_MANAGED_KEY: Final[Document] = {
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}]
}


@cache
def managed_policies() -> Mapping[str, Any]:
    """Return AWS's own policies by name, as moto has them from AWS."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    policies: Mapping[str, Any] = json.loads(aws_managed_policies_data)
    return policies


@attrs.frozen
class InForce:
    """Reads roles and the policies of keys, buckets and topics."""

    _inquiry: Inquiry

    async def role(self, arn: str) -> Role | None:
        """Return a role with its inline and attached policies."""
        name = arn.rpartition("/")[2]
        found = await self._inquiry("iam", "GetRole", _IAM, RoleName=name)
        if found is None:
            return None
        inline = await self._inquiry("iam", "ListRolePolicies", _IAM, RoleName=name) or {}
        attached = await self._inquiry("iam", "ListAttachedRolePolicies", _IAM, RoleName=name) or {}
        documents = [await self._inline(name, policy) for policy in inline.get("PolicyNames", [])]
        documents += [await self._attached(policy["PolicyArn"]) for policy in attached.get("AttachedPolicies", [])]
        return Role(arn=arn, trust=parsed(found["Role"]["AssumeRolePolicyDocument"]), permissions=documents)

    async def _inline(self, role: str, policy: str) -> Document:
        found = await self._inquiry("iam", "GetRolePolicy", _IAM, RoleName=role, PolicyName=policy)
        return parsed(found["PolicyDocument"]) if found else {}

    async def _attached(self, arn: str) -> Document:
        if arn.startswith(_AWS_OWNED):
            document: Document = managed_policies().get(arn.rpartition("/")[2], {}).get("Document", {})
            return document
        described = await self._inquiry("iam", "GetPolicy", _IAM, PolicyArn=arn) or {"Policy": {}}
        version = described["Policy"].get("DefaultVersionId", "v1")
        found = await self._inquiry("iam", "GetPolicyVersion", _IAM, PolicyArn=arn, VersionId=version)
        return parsed(found["PolicyVersion"]["Document"]) if found else {}

    async def key(self, arn: str) -> Document | None:
        """Return the policy of a key, by ARN; AWS managed keys have AWS's."""
        region = arn.split(":")[3]
        described = await self._inquiry("kms", "DescribeKey", region, KeyId=arn)
        if described is None or not described["KeyMetadata"].get("Enabled"):
            return None
        if described["KeyMetadata"].get("KeyManager") == "AWS":
            return _OF_AWS_MANAGED_KEY
        identifier = described["KeyMetadata"]["KeyId"]
        found = await self._inquiry("kms", "GetKeyPolicy", region, KeyId=identifier, PolicyName="default")
        return parsed(found["Policy"]) if found else None

    async def aliases(self, key: str) -> list[str]:
        """Return the names of the aliases of a key."""
        found = await self._inquiry("kms", "ListAliases", key.split(":")[3], KeyId=key)
        return [alias["AliasName"] for alias in (found or {}).get("Aliases", [])]

    async def bucket(self, name: str) -> Document | None:
        """Return the policy of a bucket."""
        found = await self._inquiry("s3", "GetBucketPolicy", _IAM, Bucket=name)
        return parsed(found["Policy"]) if found else None

    async def topic(self, arn: str) -> Document | None:
        """Return the policy of a topic."""
        found = await self._inquiry("sns", "GetTopicAttributes", arn.split(":")[3], TopicArn=arn)
        policy = (found or {}).get("Attributes", {}).get("Policy")
        return parsed(policy) if policy else None
