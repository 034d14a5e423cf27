"""The names that RDS and Terraform know databases by, each given once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.sites.fitted_name import fitted_name
from constructs_lib.errors import ConfigurationError
from constructs_lib.terraform.engine import TerraformStack

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.constructs.sites.site import Site

_IDENTIFIER = re.compile(r"[a-z](-?[a-z0-9])*", re.ASCII)
_LONGEST_SUFFIX = "-recovery-2"
_CLUSTER_MEMBERS = 3
_AURORA_MEMBERS = 2
# By stack: what is called so in two stacks may be in two accounts.
_taken: WeakKeyDictionary[TerraformStack, dict[tuple[str, str], str]] = WeakKeyDictionary()


def names_in_rds(identifier: str, *, aurora: bool = False, cluster: bool = False) -> tuple[str, ...]:
    """Return the identifiers that go with *identifier*: its own, and those of the instances of a cluster.

    Args:
        identifier: Of the instance or the cluster.
        aurora: Whether it is an Aurora cluster. Those of a writer and a reader count even where there is no reader:
            another objective adds one.
        cluster: Whether it is a Multi-AZ DB cluster, whose members RDS names.
    """
    if aurora:
        return (identifier, *(f"{identifier}-{number}" for number in range(1, _AURORA_MEMBERS + 1)))
    if cluster:
        return (identifier, *(f"{identifier}-instance-{number}" for number in range(1, _CLUSTER_MEMBERS + 1)))
    return (identifier,)


def check_identifiers(site: Site, identifiers: Iterable[str], owner: str) -> None:
    """Check that no other database has one of *identifiers* in the site's Region.

    Instances, clusters and their groups share one set of names here, though RDS has one for each.

    Args:
        site: Where they are.
        identifiers: The identifiers.
        owner: Who asks for them, as the user calls it.

    Raises:
        ConfigurationError: If another database of the stack has one of them in that Region.
    """
    taken = _taken.get(site.stack, {})
    for identifier in identifiers:
        other = taken.get((site.region, identifier))
        if other is not None:
            msg = (
                f"{owner} would have the identifier {identifier!r}, which is taken in {site.region} by {other}; give "
                f"one of the two another name"
            )
            raise ConfigurationError(msg)


def claim_identifiers(site: Site, identifiers: Iterable[str], owner: str) -> None:
    """Give *identifiers*, which `check_identifiers` let pass, to *owner*."""
    taken = _taken.setdefault(site.stack, {})
    for identifier in identifiers:
        taken[site.region, identifier] = owner


def database_identifier(name: str) -> str:
    """Return *name* as identifiers of RDS start with it: cut to what leaves room for the endings we give them.

    Raises:
        ConfigurationError: If it has characters RDS refuses.
    """
    if not _IDENTIFIER.fullmatch(name):
        msg = (
            f"the identifier of the database would be {name!r}; name sites and database with lower-case letters, "
            f"digits and single hyphens, a letter first"
        )
        raise ConfigurationError(msg)
    return fitted_name(name, (limit("rds.identifier").most or 0) - len(_LONGEST_SUFFIX))
