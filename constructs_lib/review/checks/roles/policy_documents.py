"""The statements of a policy in a plan: from its text, or from the data source that writes it only at apply.

A resource that is known only after apply stands for itself and what is in it, a key that is to be made for itself
alone, and what nothing tells for everything: what a plan cannot tell is not held against a policy. A denial of such a
resource is not counted. Whether a statement is about somebody who is not known is open; a policy that denies such
somebody something is not known at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.plan.document.expression import narrowest, references_in
from constructs_lib.plan.document.references import arguments_at
from constructs_lib.plan.document.written import written_path
from constructs_lib.review.checks.roles.bucket_encryption import bucket_arn, stand_in
from constructs_lib.review.checks.roles.iam_policy import OPEN, statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.plan import Resource
    from constructs_lib.review.checks.roles.lookups import Lookups

_STATEMENT: Final = "statement"
_NOT_SHOWN: Final = ("local.", "each.", "data.", "count.")
_MERGED: Final = ("source_policy_documents", "override_policy_documents", "source_json", "override_json")


def policy_of(under_review: Lookups, resource: Resource) -> list[dict[str, Any]] | None:
    """Return the statements of the argument `policy`, read once; None where they are not known."""
    return under_review.once(_policy_of, resource)


def _policy_of(under_review: Lookups, resource: Resource) -> list[dict[str, Any]] | None:
    return policy_statements(under_review, resource, "policy")


def policy_statements(under_review: Lookups, resource: Resource, *path: str | int) -> list[dict[str, Any]] | None:
    """Return the statements of the policy at *path*; None where they are not known."""
    text = resource.get(*path)
    if text is not None or not resource.is_unknown(*path):
        return statements(text)
    document = under_review.policy_document(resource, *path)
    return None if document is None else _of_document(under_review, document)


def _of_document(under_review: Lookups, document: Resource) -> list[dict[str, Any]] | None:
    if any(document.get(name) or _open(document, name) for name in _MERGED) or document.is_unknown(_STATEMENT):
        return None
    found = []
    for index, block in enumerate(document.blocks(_STATEMENT)):
        place = (_STATEMENT, index)
        if any(_open(document, *place, name) for name in ("effect", "actions", "not_actions", "not_resources")):
            return None
        denies = block.get("effect") == "Deny"
        statement: dict[str, Any] = {"Effect": "Deny" if denies else "Allow"}
        for name, argument in (("Action", "actions"), ("NotAction", "not_actions"), ("NotResource", "not_resources")):
            if block.get(argument):
                statement[name] = block[argument]
        if block.get("resources") or _open(document, *place, "resources"):
            statement["Resource"] = list(_resources(under_review, document, place, denies=denies))
        principals, open_ = _principals(under_review, document, index)
        if open_ and denies:
            return None
        conditions: dict[str, dict[str, list[str]]] = {}
        for number, item in enumerate(document.blocks(*place, "condition")):
            if not _open(document, *place, "condition", number):
                conditions.setdefault(str(item.get("test")), {})[str(item.get("variable"))] = item.get("values") or []
            elif denies:
                conditions.setdefault("unknown", {})
        statement |= {"Condition": conditions} if conditions else {}
        if principals or not open_:
            found.append(statement | ({"Principal": principals} if principals else {}))
        if open_:
            found.append(statement | {"Principal": open_, "Condition": {**conditions, **OPEN["Condition"]}})
    return found


def _open(document: Resource, *path: str | int) -> bool:
    """Whether something at *path* is known only after apply."""
    dotted = ".".join(map(str, path))
    return document.is_unknown(*path) or any(item.startswith(f"{dotted}.") for item in document.unknown)


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _resources(
    under_review: Lookups, document: Resource, place: tuple[str | int, ...], *, denies: bool
) -> Iterator[str]:
    yield from _texts(document.get(*place, "resources"))
    if denies or not _open(document, *place, "resources"):
        return
    referred = under_review.referred(document, *place, "resources")
    named = _named(document, (*place, "resources"))
    if not referred or any(name.startswith(_NOT_SHOWN) for name in named):
        yield "*"
    for item in referred:
        arn = bucket_arn(item) if item.type == "aws_s3_bucket" else item.text("arn")
        new = stand_in(item) if arn is None else None
        # By the id that it shares with its replicas a multi-Region key may stand for all of them.
        if new is not None and (item.get("multi_region") is False or f"{item.local}.arn" in named):
            yield new
        else:
            yield from ("*",) if arn is None else (arn, f"{arn}/*")


def _named(document: Resource, path: tuple[str | int, ...]) -> list[str]:
    """Return what the configuration names in an argument of a policy document."""
    written = written_path(document, path)
    if document.configured is None or document.references is None or written is None:
        return []
    found = arguments_at(document.references.expressions(document.configured), written)
    return [name for item in found for name in narrowest(references_in(item))]


def _principals(
    under_review: Lookups, document: Resource, index: int
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return whom a statement is about, and of which types it is about somebody who is not known.

    A role before its ARN is told by its name.
    """
    found: dict[str, list[str]] = {}
    open_: dict[str, list[str]] = {}
    for number, item in enumerate(document.blocks(_STATEMENT, index, "principals")):
        path = (_STATEMENT, index, "principals", number, "identifiers")
        type = "AWS" if item.get("type") == "*" else str(item.get("type"))
        named = _texts(item.get("identifiers"))
        if _open(document, *path):
            roles = [one.text("name") for one in under_review.referred(document, *path) if one.type == "aws_iam_role"]
            if not roles or None in roles:
                open_[type] = ["*"]
            else:
                named += [f"arn:aws:iam:::role/{name}" for name in roles]
        if named:
            found.setdefault(type, []).extend(named)
    return found, open_
