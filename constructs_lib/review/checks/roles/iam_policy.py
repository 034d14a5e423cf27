"""What IAM policies allow, as far as a plan shows them."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Answer = Literal["allowed", "context", "denied"]
"""`context`: a statement names the action and the resource, and its condition on the encryption context fails."""

_decode = msgspec.json.Decoder().decode
_CONTEXT = "kms:encryptioncontext:aws:s3:arn"
_VIA = "kms:viaservice"


def statements(document: object) -> list[dict[str, Any]] | None:
    """Return the statements of a policy document in JSON; None where it cannot be read."""
    if not isinstance(document, str):
        return None
    try:
        found = _decode(document)
    except (msgspec.DecodeError, RecursionError):
        return None
    listed = found.get("Statement") if isinstance(found, dict) else None
    if isinstance(listed, dict):
        listed = [listed]
    return [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else None


def allows(
    found: Sequence[Mapping[str, Any]],
    action: str,
    resource: str,
    *,
    context: str | None = None,
    via: str | None = None,
) -> Answer:
    """Return whether statements of one identity allow an action.

    Conditions that are about anything but the service used and the encryption context are taken as met, and a denial
    with a condition is not counted: where a plan cannot tell, nothing is held against the policy.

    Args:
        found: The statements.
        action: Such as `kms:Decrypt`.
        resource: Its ARN.
        context: The encryption context `aws:s3:arn`, where the action is made with one.
        via: The service it is made through, as `s3.eu-west-1.amazonaws.com`.
    """
    answer: Answer = "denied"
    for statement in found:
        if not _names(statement, action, resource):
            continue
        conditions = statement.get("Condition")
        if statement.get("Effect") == "Deny":
            if not conditions:
                return "denied"
            continue
        if statement.get("Effect") != "Allow":
            continue
        failed = _failed(conditions, context, via)
        if failed is None:
            answer = "allowed"
        elif failed == _CONTEXT and answer == "denied":
            answer = "context"
    return answer


def _names(statement: Mapping[str, Any], action: str, resource: str) -> bool:
    if "NotAction" in statement:
        if _acts(statement["NotAction"], action):
            return False
    elif not _acts(statement.get("Action"), action):
        return False
    if "NotResource" in statement:
        return not _any(statement["NotResource"], resource)
    # A key policy is about its own key, whatever it names.
    return "Resource" not in statement or _any(statement["Resource"], resource)


def _acts(patterns: object, action: str) -> bool:
    return any(_matches_action(pattern, action) for pattern in _texts(patterns))


@lru_cache(maxsize=4096)
def _matches_action(pattern: str, action: str) -> bool:
    return matches(pattern.lower(), action.lower())


def _any(patterns: object, text: str) -> bool:
    return any(matches(pattern, text) for pattern in _texts(patterns))


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        return (value,)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def matches(pattern: str, text: str) -> bool:
    """Whether *text* matches a pattern of IAM, where `*` and `?` are special."""
    head, star, tail = pattern.partition("*")
    if not ("?" in pattern or "*" in tail):
        # Nearly all of them: with one star or none, and each would be a regular expression to compile.
        if not star:
            return pattern == text
        return len(text) >= len(head) + len(tail) and text.startswith(head) and text.endswith(tail)
    return fnmatchcase(text, pattern.replace("[", "[[]"))


def _failed(conditions: object, context: str | None, via: str | None) -> str | None:
    """Return the condition that does not hold, or None."""
    if not isinstance(conditions, dict):
        return None
    for operator, keys in conditions.items():
        if not isinstance(keys, dict):
            continue
        for key, wanted in keys.items():
            value = {_CONTEXT: context, _VIA: via}.get(str(key).lower())
            if value is not None and not _holds(str(operator).lower(), _texts(wanted), value):
                return str(key).lower()
    return None


def _holds(operator: str, wanted: Iterable[str], value: str) -> bool:
    name = operator.split(":")[-1].removesuffix("ifexists")
    if name in ("stringequals", "arnequals", "stringequalsignorecase"):
        # ARN operators match patterns; plain equality does not.
        return any(matches(item, value) if name == "arnequals" else item == value for item in wanted)
    if name in ("stringlike", "arnlike"):
        return any(matches(item, value) for item in wanted)
    return True


def lets_assume(found: Sequence[Mapping[str, Any]], service: str) -> bool:
    """Return whether the statements of a trust policy let *service* assume the role."""
    for statement in found:
        principal = statement.get("Principal")
        services = list(_texts(principal.get("Service"))) if isinstance(principal, dict) else _texts(principal)
        if any(item in (service, "*") for item in services):
            answer = allows([{**statement, "Resource": "*"}], "sts:AssumeRole", "*")
            if answer == "allowed":
                return True
    return False


def principals(statement: Mapping[str, Any]) -> list[str]:
    """Return the AWS principals of a statement of a resource's policy."""
    principal = statement.get("Principal")
    if principal == "*":
        return ["*"]
    return list(_texts(principal.get("AWS"))) if isinstance(principal, dict) else []
