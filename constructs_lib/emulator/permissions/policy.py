"""Policy documents: what their statements say to one request.

moto has an evaluator (`moto.iam.access_control`). It knows neither service principals nor `NotResource`, takes every
operator but `StringEquals` as met, and a condition that is not met as a denial; so this one is ours.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from constructs_lib.emulator.permissions.conditions import like, listed, met

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs_lib.emulator.permissions.conditions import Context

    Document = Mapping[str, Any]


class Effect(Enum):
    """What policies say: a denial outdoes everything, and silence is no permission."""

    ALLOWED = "allowed"
    DENIED = "denied"
    SILENT = "silent"


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """Who wants to do what to what; `service` or `arn` is the principal, `context` the condition keys.

    `canonical` is what S3 calls an origin access identity besides its ARN.
    """

    action: str
    resource: str
    service: str = ""
    arn: str = ""
    canonical: str = ""
    context: Context = msgspec.field(default_factory=dict)

    @property
    def account(self) -> str:
        """The account of `arn`."""
        return self.arn.split(":")[4] if self.arn else ""


def effect(documents: Iterable[Document], request: Request, *, principals: bool) -> Effect:
    """Return what `documents` say; `principals` tells resource policies, whose statements name them, from others."""
    found = Effect.SILENT
    for document in documents:
        for statement in listed(document.get("Statement", [])):
            if principals and not _names(statement, request):
                continue
            if not _concerns(statement, request) or not met(statement.get("Condition", {}), request.context):
                continue
            if statement["Effect"] == "Deny":
                return Effect.DENIED
            found = Effect.ALLOWED
    return found


def delegates(document: Document, request: Request) -> bool:
    """Tell whether a resource policy leaves `request` to the policies of the account's own principals."""
    account = f"arn:aws:iam::{request.account}:root"
    root = replace(request, arn=account)
    return any(
        statement["Effect"] == "Allow"
        and {account, request.account} & set(_principals(statement, "AWS"))
        and _concerns(statement, root)
        and met(statement.get("Condition", {}), request.context)
        for statement in listed(document.get("Statement", []))
    )


def _names(statement: Mapping[str, Any], request: Request) -> bool:
    if "NotPrincipal" in statement:
        return not _is_one_of(statement["NotPrincipal"], request)
    return _is_one_of(statement.get("Principal", {}), request)


def _is_one_of(principal: Any, request: Request) -> bool:
    if principal == "*":
        return True
    if request.service:
        return request.service in listed(principal.get("Service", []))
    named = listed(principal.get("AWS", []))
    canonical = listed(principal.get("CanonicalUser", []))
    return "*" in named or request.arn in named or bool(request.canonical and request.canonical in canonical)


def _principals(statement: Mapping[str, Any], kind: str) -> list[str]:
    principal = statement.get("Principal", {})
    return [] if isinstance(principal, str) else listed(principal.get(kind, []))


def _concerns(statement: Mapping[str, Any], request: Request) -> bool:
    return _matches(statement, "Action", request.action, ignoring_case=True) and _matches(
        statement, "Resource", request.resource, ignoring_case=False
    )


def _matches(statement: Mapping[str, Any], element: str, value: str, *, ignoring_case: bool) -> bool:
    def same(pattern: str) -> bool:
        return like(pattern.lower(), value.lower()) if ignoring_case else like(pattern, value)

    if f"Not{element}" in statement:
        return not any(map(same, listed(statement[f"Not{element}"])))
    # A trust policy has no resource: the role is it.
    return element not in statement or any(map(same, listed(statement[element])))
