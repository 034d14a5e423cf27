"""What IAM looks at in the calls of recoveries: `authorization.toml`, typed."""

from __future__ import annotations

from functools import cache

import msgspec

from constructs_lib.catalog.document import read_document

__all__ = ["Action", "Authorization", "ResourceType", "load_authorization"]


class ResourceType(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a statement can name.

    Attributes:
        arn: Its ARN, with `{region}`, `{account}`, `{name}` and `{within}`.
        named_by: The members of calls that name one, or hold its ARN.
        within: The member that names what it lies in.
        members_of: The type whose names those of its members begin with.
        called: What the steps call the component's own, where the members hold an ARN that AWS has yet to tell.
    """

    arn: str
    named_by: tuple[str, ...]
    within: str | None = None
    members_of: str | None = None
    called: str | None = None


class Action(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An action.

    Attributes:
        types: The types that a statement must name.
        optional: Those that it names where the call does.
        implies: What a call needs besides, by the member that needs it; `*`: always.
    """

    types: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    implies: dict[str, tuple[str, ...]] = {}


class Authorization(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The file.

    Attributes:
        services: Services that IAM has another name for than boto3.
        operations: Operations whose permission has another name.
        passed_to: Members that hand a role to a service, and the service.
        types: By IAM's name of the service, and by that of the type.
        actions: By their names.
        not_needed: Actions that AWS calls dependent and the calls made do not need, and why.
    """

    services: dict[str, str]
    operations: dict[str, str]
    passed_to: dict[str, str]
    types: dict[str, dict[str, ResourceType]]
    actions: dict[str, Action]
    not_needed: dict[str, str]


@cache
def load_authorization() -> Authorization:
    """Return the file; it is read once for the process.

    Raises:
        CatalogError: If it is not well formed.
    """
    return read_document("access/authorization.toml", Authorization)
