"""The id of a component: what it may be, and that each of a workload's is there once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import shown
from constructs_lib.terraform.placement import build, find_child

if TYPE_CHECKING:
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.terraform.engine import Construct

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*", re.ASCII)
_RESERVED = re.compile(r"Global|Recovery[A-Za-z0-9]*|FailoverRecord|Aws[A-Z][A-Za-z0-9]*", re.ASCII)
"""What sites, workloads and providers call what they build themselves."""

_names: WeakKeyDictionary[Construct, dict[str, tuple[str, str]]] = WeakKeyDictionary()
"""By app: of each `<sites>-<id>`, in lower case, the name of the sites it belongs to, and how it is written."""


def check_component_name(sites: Sites, id: object, what: str, *, built_first: bool = True) -> None:
    """Check the id of something to be built over *sites*, before anything is.

    Addresses, outputs and physical names are made from it, in every place of the sites. So it is a Terraform
    identifier, and there once, whichever place a component is built in.

    Args:
        sites: Where it will be built.
        id: What the user gave.
        what: What is called so, such as `bucket`.
        built_first: Whether nothing is built before it, so that `build_component` may find whether the id is taken in
            the primary site, which saves asking for it.

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
    known = [sites.primary] if built_first else []
    if sites.global_.stack is sites.primary.stack:
        # Then its construct is the sites' own, and whatever is built there has its id in `names`.
        known.append(sites.global_)
    asked = (site.scope for site in sites.all if site not in known)
    if id in sites.names or any(find_child(scope, id) is not None for scope in asked):
        raise ConfigurationError(_taken(sites, id))
    full_name = f"{sites.name}-{id}"
    owner, written = _names.get(sites.root, {}).get(full_name.lower(), (sites.name, full_name))
    if (owner, written) != (sites.name, full_name):
        but = "" if written == full_name else ", but for the case, which IAM does not tell"
        msg = (
            f"{what} {id!r} of {sites.name} would be called {full_name!r}, as a component of {owner} is{but}; "
            f"change its id, or the name of the sites"
        )
        raise ConfigurationError(msg)


def build_component(component: Construct, sites: Sites, id: str, *, at: Site | None = None) -> None:
    """Make *component*, in its constructor, part of a site: the last check of its id, after which nothing is refused.

    Args:
        component: What is constructed.
        sites: Where it is built.
        id: An id that `check_component_name` let pass.
        at: The site. Default: the primary one.

    Raises:
        ConfigurationError: If the site has something of that id. Then nothing is changed.
    """
    scope = (sites.primary if at is None else at).scope
    try:
        build(component, scope, id)
    except ConfigurationError:
        if find_child(scope, id) is None:
            raise
        raise ConfigurationError(_taken(sites, id)) from None


def claim_component_name(sites: Sites, id: str) -> None:
    """Take an id that `check_component_name` let pass, for good: nothing else over *sites* gets it."""
    sites.names.add(id)
    full_name = f"{sites.name}-{id}"
    _names.setdefault(sites.root, {})[full_name.lower()] = (sites.name, full_name)


def _taken(sites: Sites, id: str) -> str:
    return f"{sites.name} has a {id!r} already; give each component of a workload a name of its own"
