"""The names that DynamoDB knows tables by, each given once in an account's Region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.constructs.sites.names_in_region import NamesInRegion
from constructs_lib.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites

_tables = NamesInRegion()


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
    for site in _sites_of(sites, replicated=replicated):
        other = _tables.owner(sites, site, name)
        if other is not None:
            msg = (
                f"{owner} would have the table {name!r} in {site.region}, which is that of {other}; give one of the "
                f"two another name, or let one component keep it"
            )
            raise ConfigurationError(msg)


def claim_table_name(sites: Sites, name: str, owner: str, *, replicated: bool) -> None:
    """Give *name*, which `check_table_name` let pass, to *owner*."""
    for site in _sites_of(sites, replicated=replicated):
        _tables.claim(sites, site, name, owner)


def _sites_of(sites: Sites, *, replicated: bool) -> Iterator[Site]:
    yield sites.primary
    if replicated and sites.recovery is not None:
        yield sites.recovery
