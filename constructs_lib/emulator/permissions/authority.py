"""Who may do what on the emulated AWS: the policies in force, read when a service acts, and what they say together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote

import msgspec

from constructs_lib.emulator.permissions.policy import Effect, Request, delegates, effect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.emulator.permissions.conditions import Context
    from constructs_lib.emulator.permissions.policy import Document


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """A role: who may assume it, and what it may do."""

    arn: str
    trust: Document
    permissions: Sequence[Document]


class Policies(Protocol):
    """Where policies are read from; None is "there is no such thing", or no policy."""

    async def role(self, arn: str) -> Role | None:
        """Return a role."""
        ...

    async def key(self, arn: str) -> Document | None:
        """Return the policy of a KMS key."""
        ...

    async def aliases(self, key: str) -> list[str]:
        """Return the names of the aliases of a KMS key."""
        ...

    async def bucket(self, name: str) -> Document | None:
        """Return the policy of a bucket."""
        ...

    async def topic(self, arn: str) -> Document | None:
        """Return the policy of a topic."""
        ...


async def may_assume(policies: Policies, role: str, service: str, context: Context) -> bool:
    """Tell whether a service may take a role."""
    found = await policies.role(role)
    if found is None:
        return False
    request = Request(action="sts:AssumeRole", resource=role, service=service, context=context)
    return effect([found.trust], request, principals=True) is Effect.ALLOWED


async def role_may(policies: Policies, role: str, action: str, resource: str, context: Context) -> bool:
    """Tell whether a role's own policies, and the policy of the bucket or key that it reaches for, let it."""
    found = await policies.role(role)
    if found is None:
        return False
    service = resource.split(":")[2]
    if service == "kms":
        context = {**context, "kms:ResourceAliases": await policies.aliases(resource)}
    request = Request(action=action, resource=resource, arn=role, context=context)
    own = effect(found.permissions, request, principals=False)
    if service == "kms":
        document = await policies.key(resource)
        if document is None:
            return False
        theirs = effect([document], request, principals=True)
        if Effect.DENIED in (own, theirs):
            return False
        return theirs is Effect.ALLOWED or (own is Effect.ALLOWED and delegates(document, request))
    theirs = Effect.SILENT
    if service == "s3" and (document := await policies.bucket(resource.split(":")[5].partition("/")[0])):
        theirs = effect([document], request, principals=True)
    return Effect.DENIED not in (own, theirs) and Effect.ALLOWED in (own, theirs)


async def service_may(policies: Policies, service: str, action: str, resource: str, context: Context) -> bool:
    """Tell whether the policy of a key, bucket or topic lets a service in."""
    match resource.split(":")[2]:
        case "kms":
            document = await policies.key(resource)
        case "s3":
            document = await policies.bucket(resource.split(":")[5].partition("/")[0])
        case _:
            document = await policies.topic(resource)
    if document is None:
        return False
    request = Request(action=action, resource=resource, service=service, context=context)
    return effect([document], request, principals=True) is Effect.ALLOWED


async def identity_may(
    policies: Policies, arn: str, canonical: str, action: str, resource: str, context: Context
) -> bool:
    """Tell whether the policy of a bucket lets an origin access identity in, by its ARN or its canonical user."""
    document = await policies.bucket(resource.split(":")[5].partition("/")[0])
    if document is None:
        return False
    request = Request(action=action, resource=resource, arn=arn, canonical=canonical, context=context)
    return effect([document], request, principals=True) is Effect.ALLOWED


async def account_may_use_key(policies: Policies, account: str, action: str, key: str, context: Context) -> bool:
    """Tell whether a key lets the administrators of an account use it, whose own policies allow everything."""
    document = await policies.key(key)
    if document is None:
        return False
    request = Request(action=action, resource=key, arn=f"arn:aws:iam::{account}:root", context=context)
    return effect([document], request, principals=True) is Effect.ALLOWED or (
        effect([document], request, principals=True) is not Effect.DENIED and delegates(document, request)
    )


def parsed(text: str | Mapping[str, Any]) -> Document:
    """Return a policy document that came as text, percent-encoded where it is IAM's."""
    if isinstance(text, str):
        document: Mapping[str, Any] = json.loads(text if text.lstrip().startswith("{") else unquote(text))
        return document
    return text
