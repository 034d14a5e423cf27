"""The id of a component: what it may be, and that each of a workload's is there once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import shown
from constructs_lib.terraform.placement import find_child

if TYPE_CHECKING:
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.terraform.engine import Construct

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*", re.ASCII)
_RESERVED = re.compile(r"Global|Recovery[A-Za-z0-9]*|FailoverRecord|Aws[A-Z][A-Za-z0-9]*", re.ASCII)
"""What sites, workloads and providers call what they build themselves."""

_names: WeakKeyDictionary[Construct, dict[str, str]] = WeakKeyDictionary()
"""By app: the name of the sites to which each `<sites>-<id>` belongs."""


def check_component_name(sites: Sites, id: object, what: str) -> None:
    """Check the id of something to be built over *sites*, before anything is.

    Addresses, outputs and physical names are made from it, in every place of the sites. So it is a Terraform
    identifier, and there once, whichever place a component is built in.

    Args:
        sites: Where it will be built.
        id: What the user gave.
        what: What is called so, such as `bucket`.

    Raises:
        ConfigurationError: If it is no such identifier, is one that the library uses itself, or is taken.
    """
    if not isinstance(id, str) or not _ID.fullmatch(id):
        msg = (
            f"the id of a {what} of {sites.name} is {shown(id)}; use letters, digits, hyphens and underscores, "
            f"starting with a letter: names of outputs and resources are made from it"
        )
        raise ConfigurationError(msg)
    if _RESERVED.fullmatch(id):
        msg = f"the id of a {what} of {sites.name} is {id!r}, which names what the sites build; give another"
        raise ConfigurationError(msg)
    if id in sites.names or any(find_child(site.scope, id) is not None for site in sites.all):
        msg = f"{sites.name} has a {id!r} already; give each component of a workload a name of its own"
        raise ConfigurationError(msg)
    full_name = f"{sites.name}-{id}"
    owner = _names.get(sites.root, {}).get(full_name, sites.name)
    if owner != sites.name:
        msg = (
            f"{what} {id!r} of {sites.name} would be called {full_name!r}, as a component of {owner} is; "
            f"change its id, or the name of the sites"
        )
        raise ConfigurationError(msg)


def claim_component_name(sites: Sites, id: str) -> None:
    """Take an id that `check_component_name` let pass, for good: nothing else over *sites* gets it."""
    sites.names.add(id)
    _names.setdefault(sites.root, {})[f"{sites.name}-{id}"] = sites.name
