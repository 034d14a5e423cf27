"""The names that DynamoDB knows tables by, each given once in an account's Region."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from constructs_lib.errors import ConfigurationError
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.token import is_token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.constructs.sites.sites import Sites

# By account where it is known, else by stack: what is called so in two stacks may be in two accounts.
_taken: WeakKeyDictionary[Construct, dict[tuple[str | None, str, str], str]] = WeakKeyDictionary()


def check_table_name(sites: Sites, name: str, owner: str, *, replicated: bool) -> None:
    """Check that no other component has a table of this name where this one is.

    Args:
        sites: Where the table is.
        name: The table's name; one that only Terraform knows is nobody's here.
        owner: Who asks for it, as the user calls it.
        replicated: Whether the recovery Region has a table of the same name.

    Raises:
        ConfigurationError: If another component has it.
    """
    for holder, place in _places(sites, name, replicated=replicated):
        other = _taken.get(holder, {}).get(place)
        if other is not None and not is_token(name):
            msg = (
                f"{owner} would have the table {name!r} in {place[1]}, which is that of {other}; give one of the two "
                f"another name, or let one component keep it"
            )
            raise ConfigurationError(msg)


def claim_table_name(sites: Sites, name: str, owner: str, *, replicated: bool) -> None:
    """Give *name*, which `check_table_name` let pass, to *owner*."""
    for holder, place in _places(sites, name, replicated=replicated):
        _taken.setdefault(holder, {})[place] = owner


def _places(sites: Sites, name: str, *, replicated: bool) -> Iterator[tuple[Construct, tuple[str | None, str, str]]]:
    for site in (sites.primary, sites.recovery if replicated else None):
        if site is not None:
            account = site.known_account_id
            yield site.stack if account is None else sites.root, (account, site.region, name)
