"""What sites accept: names, Regions, keys, providers, and the app or the stack that gets them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, WeakSet

from constructs_lib.catalog.regions import global_services_region
from constructs_lib.catalog.regions import region as known_region
from constructs_lib.catalog.resources.provider_constraint import DEFAULT_PROVIDER_CONSTRAINT, guarantees_at_least
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import refuse
from constructs_lib.terraform.engine import Construct, TerraformProvider, TerraformStack
from constructs_lib.terraform.placement import find_child, part, refuse_other_engine
from constructs_lib.terraform.provider import AwsProvider
from constructs_lib.terraform.token import is_token

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_OLDEST_PROVIDER = "5.100"
"""The oldest AWS provider that the resources are written for."""

_ACCOUNT = re.compile(r"[0-9]{12}", re.ASCII)

_KEY = re.compile(r"arn:aws:kms:([a-z0-9-]+):[0-9]{12}:key/[A-Za-z0-9-]+", re.ASCII)

_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}[a-z0-9]", re.ASCII)

_names: WeakKeyDictionary[TerraformStack, set[str]] = WeakKeyDictionary()
"""By stack: the names of the sites in it, which aliases of keys and names of topics are made from."""

_of_keys: WeakKeyDictionary[Construct, dict[tuple[str, str], tuple[str, str | None, object]]] = WeakKeyDictionary()
"""By app, or stack where sites share one: whose the names of keys and topics are, by name and Region: the sites', and
what tells their account."""

_scopes: WeakSet[Construct] = WeakSet()
"""What sites are built in that share a stack."""


def check_regions(name: str, primary: str, recovery: str | None) -> None:
    """Check the name of sites and their Regions.

    Raises:
        ConfigurationError: If the name is not one that names can be made from, or a Region does not exist or is there
            twice.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        msg = (
            f"the name of the sites is {name!r}; use 2 to 32 lower-case letters, digits and hyphens, "
            f"starting with a letter: names of buckets and databases are made from it"
        )
        raise ConfigurationError(msg)
    known_region(primary)
    if recovery is not None:
        known_region(recovery)
    if primary == recovery:
        msg = f"primary and recovery are both {primary}; a Region cannot stand in for itself, name another"
        raise ConfigurationError(msg)


def check_options(
    name: str,
    regions: Sequence[str | None],
    account_id: object,
    key_arns: object,
    constraint: str,
    provider_arguments: object,
) -> None:
    """Check the options that all ways to make sites *name* share.

    Raises:
        ConfigurationError: If one is not allowed.
        InputError: If the constraint cannot be read, or admits no version.
    """
    if account_id is not None and not (
        isinstance(account_id, str) and (is_token(account_id) or _ACCOUNT.fullmatch(account_id))
    ):
        refuse(f"account_id of sites {name!r}", account_id, 'text of 12 digits such as "111122223333"')
    if provider_arguments is not None and not isinstance(provider_arguments, Mapping):
        refuse(f"provider_arguments of sites {name!r}", provider_arguments, 'a mapping, as {"profile": "dev"}')
    if not guarantees_at_least(constraint, _OLDEST_PROVIDER):
        msg = (
            f"the constraint {constraint!r} of sites {name!r} admits AWS providers before {_OLDEST_PROVIDER}, which "
            f"lack arguments that are written here; give one such as {DEFAULT_PROVIDER_CONSTRAINT!r}"
        )
        raise ConfigurationError(msg)
    if key_arns is not None:
        _check_keys(
            key_arns,
            list(dict.fromkeys(region for region in (*regions, global_services_region()) if region is not None)),
        )


def _check_keys(key_arns: object, regions: Sequence[str]) -> None:
    if not isinstance(key_arns, Mapping):
        refuse("key_arns", key_arns, "a mapping from Regions to ARNs of KMS keys")
    for region, arn in key_arns.items():
        if region not in regions:
            msg = f"key_arns names {region!r}; the sites use {', '.join(regions)}"
            raise ConfigurationError(msg)
        if isinstance(arn, str) and is_token(arn):
            continue
        form = _KEY.fullmatch(arn) if isinstance(arn, str) else None
        if form is None or form[1] != region:
            refuse(f"the key for {region}", arn, f"arn:aws:kms:{region}:<account>:key/<id>")


def checked_providers(providers: object) -> dict[str, TerraformProvider]:
    """Return the providers of the caller's own, by Region.

    Raises:
        ConfigurationError: If one is no provider of the engine in use, or of another Region.
    """
    if providers is None:
        return {}
    if not isinstance(providers, Mapping):
        refuse("providers", providers, "a mapping from Regions to providers")
    for region, provider in providers.items():
        known_region(region)
        refuse_other_engine(provider, where=f"the provider for {region}")
        if not isinstance(provider, TerraformProvider):
            refuse(f"the provider for {region}", provider, "an AwsProvider")
        if isinstance(provider, AwsProvider) and provider.region_name != region:
            msg = f"the provider for {region} is one for {provider.region_name}; give one for {region}"
            raise ConfigurationError(msg)
    return dict(providers)


def check_app(app: object, name: str) -> None:
    """Check that *app* is one, and has no stacks of sites *name* yet.

    Raises:
        ConfigurationError: If it is not, or has.
    """
    if not isinstance(app, Construct):
        refuse(f"the app of sites {name!r}", app, "App()")
    for role in ("primary", "recovery", "global"):
        if find_child(app, f"{name}-{role}") is not None:
            msg = f"the app has a stack {name}-{role} already; give each of its sites a name of their own"
            raise ConfigurationError(msg)


def name_of_keys(name: str, role: str) -> str:
    """Return what the key and the topic of a site are called after: the global one may share a Region with another."""
    return f"{name}-global" if role == "global" else name


def check_names_of_keys(
    holder: Construct,
    name: str,
    regions: Mapping[str, str | None],
    account_id: str | None,
    access: Mapping[str, object],
) -> Callable[[], None]:
    """Check that no other sites call keys and topics as sites *name* do, and return what takes these names.

    Sites `shop` call those of their global site `shop-global`, as sites `shop-global` do those of their own.

    Args:
        holder: The app, or the stack that several sites share.
        name: The name of the sites.
        regions: The Region of each site, by role.
        account_id: The account's id, where it is known.
        access: How Terraform gets into a Region's account, by Region.

    Raises:
        ConfigurationError: If other sites of the same account do.
    """
    taken = _of_keys.setdefault(holder, {})
    wanted = {
        (name_of_keys(name, role), region): (name, account_id, access.get(region))
        for role, region in regions.items()
        if region is not None
    }
    for (called, region), (_, *account) in wanted.items():
        other, *its_account = taken.get((called, region), (name,))
        if other != name and its_account == account:
            msg = (
                f"sites {name!r} would have the key alias/{called} in {region}, as sites {other!r} have; give one of "
                f"the two another name"
            )
            raise ConfigurationError(msg)
    return partial(taken.update, wanted)


def claim_name(scope: Construct, stack: TerraformStack, name: str, others: Sequence[str]) -> dict[str, Construct]:
    """Take the name of sites in *stack*, and return the place in *scope* for each of the sites *others*, by role.

    Raises:
        ConfigurationError: If it is taken, or *scope* holds sites already, or something that is called like a place.
    """
    names = _names.setdefault(stack, set())
    if name in names:
        msg = f"the stack has sites {name!r} already; give each of its workloads a name of its own"
        raise ConfigurationError(msg)
    if scope in _scopes:
        msg = f"the scope of sites {name!r} holds sites already; give each a construct of its own in the stack"
        raise ConfigurationError(msg)
    places = {role: part(scope, role.capitalize()) for role in others}
    names.add(name)
    _scopes.add(scope)
    return places
