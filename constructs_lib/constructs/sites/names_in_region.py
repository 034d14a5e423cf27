"""Names that AWS gives once in an account's Region, and whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.token import is_token

if TYPE_CHECKING:
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites


class NamesInRegion:
    """Names of one kind, such as those of tables.

    By account where it is known, else by stack: what is called so in two stacks may be in two accounts.
    """

    def __init__(self) -> None:
        self._taken: WeakKeyDictionary[Construct, dict[tuple[str | None, str, str], str]] = WeakKeyDictionary()

    def owner(self, sites: Sites, site: Site, name: str) -> str | None:
        """Return who has *name* where *site* is; None where nobody has it, or Terraform alone knows it."""
        holder, place = _place(sites, site, name)
        return None if is_token(name) else self._taken.get(holder, {}).get(place)

    def claim(self, sites: Sites, site: Site, name: str, owner: str) -> None:
        """Give *name*, which nobody has where *site* is, to *owner*."""
        holder, place = _place(sites, site, name)
        self._taken.setdefault(holder, {})[place] = owner


def _place(sites: Sites, site: Site, name: str) -> tuple[Construct, tuple[str | None, str, str]]:
    account = site.known_account_id
    return site.stack if account is None else sites.root, (account, site.region, name)
