"""What IAM policies allow, as far as a plan shows them."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from constructs_lib.catalog.access.managed_policies import request_keys, source_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Answer = Literal["allowed", "open", "context", "denied"]
"""`context`: a statement names the action and the resource, and its condition on the encryption context fails.

`open`: it hangs on a condition, a boundary or a policy that a plan does not tell.
"""

_decode = msgspec.json.Decoder().decode
_CONTEXT: Final = "kms:encryptioncontext:aws:s3:arn"
_VIA: Final = "kms:viaservice"
_REGION: Final = "aws:requestedregion"
_PRINCIPAL: Final = "aws:principalarn"
_NOT_TOLD: Final = "unknown"
_NAMES_AN_ACCOUNT: Final = re.compile(r"arn:.*:iam::(.*):root|([0-9]+)")
_NAMES_A_ROLE: Final = re.compile(r"arn:[^:]*:(?:iam|sts)::[^:]*:(?:role|assumed-role)/")

OPEN: Final[dict[str, Any]] = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {_NOT_TOLD: {}}}
"""What a policy says whose content is known only after apply."""
EVERYTHING: Final[dict[str, Any]] = {"Effect": "Allow", "Action": "*", "Resource": "*"}


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
    within: Sequence[Mapping[str, Any]] | None = None,
    context: str | None = None,
    via: str | None = None,
    region: str | None = None,
    principal: str | None = None,
) -> Answer:
    """Return whether statements of one identity allow an action that a service does with its role.

    Conditions on what a plan cannot tell of such a request, as its tags or the organization, are taken for the policy:
    nothing is held against it. Those on where it comes from leave it open: no service comes through anybody's network.

    Args:
        found: The statements.
        action: Such as `kms:Decrypt`.
        resource: Its ARN.
        within: The statements of the boundary of its permissions. Default: there is none.
        context: The encryption context `aws:s3:arn`, where the action is made with one.
        via: The service it is made through, as `s3.eu-west-1.amazonaws.com`.
        region: The Region it is asked for in.
        principal: The ARN of the role.
    """
    told = {_CONTEXT: context, _VIA: via, _REGION: region, _PRINCIPAL: principal}
    answer = _allows(found, action, resource, told)
    if within is None or answer == "denied":
        return answer
    bound = _allows(within, action, resource, told)
    return bound if bound in ("denied", "open") and answer != "context" else answer


def _allows(
    found: Sequence[Mapping[str, Any]],
    action: str,
    resource: str,
    told: Mapping[str, str | None],
    open_: Iterable[str] = (),
) -> Answer:
    """Return what the statements say of a request, of which some keys are *told* and some are *open_*."""
    answers: set[Answer] = set()
    perhaps_denied = False
    for statement in found:
        if not _names(statement, action, resource):
            continue
        denies = statement.get("Effect") == "Deny"
        conditions = statement.get("Condition")
        met: bool | None = True
        failed = False
        if isinstance(conditions, dict):
            # Few statements have any, and what a request has is looked at for them alone.
            known = {key: value for key, value in told.items() if value is not None}
            request = {**request_keys(), **dict.fromkeys(open_), **known}
            met, failed = _met(conditions, request, denies=denies)
        if denies:
            if met is True:
                return "denied"
            perhaps_denied = perhaps_denied or met is None
        elif statement.get("Effect") == "Allow":
            answers.add("allowed" if met is True else "open" if met is None else "context" if failed else "denied")
    if "allowed" in answers:
        return "open" if perhaps_denied else "allowed"
    return "open" if "open" in answers else "context" if "context" in answers else "denied"


def _names(statement: Mapping[str, Any], action: str, resource: str) -> bool:
    if "NotAction" in statement:
        if _any(statement["NotAction"], action, _matches_action):
            return False
    elif not _any(statement.get("Action"), action, _matches_action):
        return False
    if "NotResource" in statement:
        return not _any(statement["NotResource"], resource, matches)
    # A key policy is about its own key, whatever it names.
    return "Resource" not in statement or _any(statement["Resource"], resource, matches)


@lru_cache(maxsize=4096)
def _matches_action(pattern: str, action: str) -> bool:
    return matches(pattern.lower(), action.lower())


def _any(patterns: object, text: str, match: Callable[[str, str], bool]) -> bool:
    # Asked of every statement for every action: a loop, without an iterator for each.
    for pattern in (patterns,) if isinstance(patterns, str) else patterns if isinstance(patterns, list) else ():
        if isinstance(pattern, str) and match(pattern, text):
            return True
    return False


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


def _met(conditions: Mapping[str, Any], request: Mapping[str, str | None], *, denies: bool) -> tuple[bool | None, bool]:
    """Return whether all conditions are met, None for open; and whether one on the encryption context is not."""
    found: list[bool | None] = []
    context = False
    for operator, keys in conditions.items():
        if operator == _NOT_TOLD:
            found.append(None)
        for key, wanted in keys.items() if isinstance(keys, dict) else ():
            name = str(key).lower()
            if name not in request:
                found.append(not denies)  # taken for the policy
                continue
            value = request[name]
            held = None if value is None else _holds(str(operator).lower(), _texts(wanted), value)
            found.append(not denies if held is None and value is not None else held)
            context = context or (held is False and name == _CONTEXT)
    return (False if False in found else None if None in found else True), context


def _holds(operator: str, wanted: Iterable[str], value: str) -> bool | None:
    """Return whether a condition on a key with that value holds; None for an operator that is not known here."""
    name = operator.split(":")[-1].removesuffix("ifexists")
    negated = "not" in name
    name = name.replace("not", "", 1)
    if name in ("stringequals", "stringlike", "arnequals", "arnlike", "stringequalsignorecase", "bool"):
        # ARN operators match patterns; plain equality does not.
        plain, case = name in ("stringequals", "stringequalsignorecase", "bool"), name[-4:] in ("case", "bool")
        texts = [item.lower() for item in wanted] if case else wanted
        given = value.lower() if case else value
        return any(item == given if plain else matches(item, given) for item in texts) is not negated
    return None


def lets_assume(found: Sequence[Mapping[str, Any]], service: str) -> Answer:
    """Return whether the statements of a trust policy let *service* assume the role."""
    named = []
    for statement in found:
        principal = statement.get("Principal")
        services = list(_texts(principal.get("Service"))) if isinstance(principal, dict) else _texts(principal)
        if any(item in (service, "*") for item in services):
            named.append({**statement, "Resource": "*"})
    return _allows(named, "sts:AssumeRole", "*", {}, source_keys(service))


def about(statement: Mapping[str, Any], role: str | None, arn: str | None) -> bool:
    """Whether a statement of a resource's policy is about a role; before its ARN is known, by its name."""
    excepted = statement.get("NotPrincipal")
    if excepted is not None:
        texts = list(_texts(excepted.get("AWS"))) if isinstance(excepted, dict) else ["*"]
        # The account has to be excepted as well, but for that the role is what people write.
        return not any(item == "*" or is_role(item, role, arn) for item in texts)
    return any(item == "*" or is_role(item, role, arn) for item in principals(statement))


def is_role(principal: str, role: str | None, arn: str | None) -> bool:
    """Whether a principal is the role with that name or, where it is known, that ARN."""
    if arn is not None:
        return principal == arn
    return _NAMES_A_ROLE.match(principal) is not None and (role is None or principal.rpartition("/")[2] == role)


def about_account(statement: Mapping[str, Any], account: str | None) -> bool:
    """Whether a statement of a resource's policy is about a whole account, whose policies say the rest.

    One that is not known, there or here, may be that one: a stack writes an expression for it.
    """
    found = (_NAMES_AN_ACCOUNT.fullmatch(item) for item in principals(statement))
    named = [item.group(1) or item.group(2) or "" for item in found if item is not None]
    return any(not item.isdigit() or account in (None, item) for item in named)


def principals(statement: Mapping[str, Any]) -> list[str]:
    """Return the AWS principals of a statement of a resource's policy."""
    principal = statement.get("Principal")
    if principal == "*":
        return ["*"]
    return list(_texts(principal.get("AWS"))) if isinstance(principal, dict) else []
