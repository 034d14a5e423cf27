"""The names that RDS and Terraform know databases by, each given once."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from constructs_lib.errors import ConfigurationError
from constructs_lib.terraform.engine import TerraformStack

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.constructs.sites.site import Site

_OUTPUTS = "outputs"
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


def claim_identifiers(site: Site, identifiers: Iterable[str], owner: str) -> None:
    """Give *identifiers* in the site's Region to *owner*.

    Instances, clusters and their groups share one set of names here, though RDS has one for each.

    Raises:
        ConfigurationError: If another database of the stack has one of them in that Region.
    """
    for identifier in identifiers:
        what = f"{owner} would have the identifier {identifier!r}, which is taken in {site.region}"
        _claim(site.stack, site.region, identifier, what, owner)


def claim_outputs(site: Site, name: str, owner: str) -> None:
    """Give the outputs of the site's stack that start with *name* to *owner*.

    Raises:
        ConfigurationError: If they are those of another database.
    """
    _claim(
        site.stack, _OUTPUTS, name, f"{owner} would have the outputs {name}-..., which are taken in its stack", owner
    )


def _claim(stack: TerraformStack, where: str, name: str, what: str, owner: str) -> None:
    taken = _taken.setdefault(stack, {})
    other = taken.get((where, name))
    if other is not None:
        msg = f"{what} by {other}; give one of the two another name"
        raise ConfigurationError(msg)
    taken[where, name] = owner
