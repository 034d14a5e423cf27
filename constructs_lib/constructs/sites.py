"""The places of a workload: primary, recovery and global, in one stack or in three."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from constructs_lib.catalog.provider_constraint import DEFAULT_PROVIDER_CONSTRAINT
from constructs_lib.catalog.regions import region as known_region
from constructs_lib.constructs.site import Site, providers_of
from constructs_lib.errors import ConfigurationError
from constructs_lib.terraform.engine import Construct, TerraformStack
from constructs_lib.terraform.placement import stack_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.terraform.engine import App, TerraformProvider

GLOBAL_REGION = "us-east-1"
"""Where CloudFront, Route 53 and their metrics have their control plane."""

_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}[a-z0-9]", re.ASCII)


class Sites:
    """The primary, the recovery and the global site of a workload.

    Make them with `Sites.per_region`, or `Sites.in_one_stack` for a small team. The name of the sites starts the names
    of what is built: lower-case letters, digits and hyphens, 2 to 32 characters.
    """

    def __init__(self, *, name: str, primary: Site, recovery: Site | None, global_: Site) -> None:
        self.name = name
        self.primary = primary
        self.recovery = recovery
        self.global_ = global_

    @property
    def recovery_region(self) -> str | None:
        """The recovery Region; None where the workload has one Region only."""
        return None if self.recovery is None else self.recovery.region

    @property
    def constraint(self) -> str:
        """The version constraint of the AWS provider."""
        return self.primary.constraint

    @classmethod
    def per_region(
        cls,
        app: App,
        name: str,
        *,
        primary: str,
        recovery: str | None = None,
        account_id: str | None = None,
        key_arns: Mapping[str, str] | None = None,
        constraint: str = DEFAULT_PROVIDER_CONSTRAINT,
        provider_arguments: Mapping[str, object] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Sites:
        """Return sites with a stack, and so a Terraform state, for each Region and one for what names both.

        A plan refreshes every Region it names: with a state per Region the recovery stack can be planned while the
        primary Region is down. The stacks are `<name>-primary`, `<name>-recovery` and `<name>-global`; the global
        stack is deployed last.

        Args:
            app: The app that gets the stacks.
            name: Starts the names of stacks and of what is built.
            primary: The Region that serves.
            recovery: The Region that takes over. Default: none.
            account_id: The account's id. Default: looked up by Terraform.
            key_arns: KMS keys of your own, by Region. Default: one is built per Region.
            constraint: Versions of the AWS provider. Default: 5.100 or later, below 7.
            provider_arguments: Further arguments of each provider, such as `assume_role`.
            tags: Extra tags for everything taggable.

        Raises:
            ConfigurationError: If the name or a Region is not allowed, or both Regions are the same.
        """
        _check(name, primary, recovery)
        stacks = {"primary": TerraformStack(app, f"{name}-primary")}
        if recovery is not None:
            stacks["recovery"] = TerraformStack(app, f"{name}-recovery")
        stacks["global"] = TerraformStack(app, f"{name}-global")
        for role in ("primary", "recovery"):
            if role in stacks:
                stacks["global"].add_dependency(stacks[role])
        if recovery is not None:
            stacks["recovery"].add_dependency(stacks["primary"])
        regions = {"primary": primary, "recovery": recovery, "global": GLOBAL_REGION}
        sites = {
            role: Site(
                name=name,
                role=role,
                scope=stack,
                stack=stack,
                region=regions[role] or primary,
                providers=providers_of(stack),
                constraint=constraint,
                provider_arguments=provider_arguments or {},
                account_id=account_id,
                key_arn=(key_arns or {}).get(regions[role] or primary),
                tags=tags or {},
            )
            for role, stack in stacks.items()
        }
        for site in sites.values():
            site.provider_in(site.region)
        return cls(name=name, primary=sites["primary"], recovery=sites.get("recovery"), global_=sites["global"])

    @classmethod
    def in_one_stack(
        cls,
        scope: Construct,
        name: str,
        *,
        primary: str,
        recovery: str | None = None,
        account_id: str | None = None,
        key_arns: Mapping[str, str] | None = None,
        constraint: str = DEFAULT_PROVIDER_CONSTRAINT,
        provider_arguments: Mapping[str, object] | None = None,
        providers: Mapping[str, TerraformProvider] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Sites:
        """Return sites that share the stack of *scope*, and so one Terraform state.

        Simple, and with a price: the stack cannot be planned, nor changed, while either Region is down.

        Args:
            scope: The stack, or a construct in it where a stack holds several workloads.
            name: Starts the names of what is built.
            primary: The Region that serves; the provider for it is the stack's default one.
            recovery: The Region that takes over. Default: none.
            account_id: The account's id. Default: looked up by Terraform.
            key_arns: KMS keys of your own, by Region. Default: one is built per Region.
            constraint: Versions of the AWS provider. Default: 5.100 or later, below 7.
            provider_arguments: Further arguments of each provider that is made here.
            providers: Providers of your own, by Region. Default: made here, one for each Region of the stack.
            tags: Extra tags for everything taggable.

        Raises:
            ConfigurationError: If the name or a Region is not allowed, or both Regions are the same.
        """
        _check(name, primary, recovery)
        stack = stack_of(scope, where=f"sites {name!r}")
        shared = providers_of(stack)
        shared.update(providers or {})
        regions = {"primary": primary, "recovery": recovery, "global": GLOBAL_REGION}
        sites = {}
        for role, region in regions.items():
            if region is None:
                continue
            sites[role] = Site(
                name=name,
                role=role,
                scope=scope if role == "primary" else Construct(scope, role),
                stack=stack,
                region=region,
                providers=shared,
                constraint=constraint,
                provider_arguments=provider_arguments or {},
                account_id=account_id,
                key_arn=(key_arns or {}).get(region),
                tags=tags or {},
            )
        sites["primary"].provider_in(primary)
        return cls(name=name, primary=sites["primary"], recovery=sites.get("recovery"), global_=sites["global"])


def _check(name: str, primary: str, recovery: str | None) -> None:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        msg = (
            f"the name of the sites is {name!r}; use 2 to 32 lower-case letters, digits and hyphens, "
            f"starting with a letter: names of buckets and databases are made from it"
        )
        raise ConfigurationError(msg)
    for region in (primary, recovery):
        if region is not None:
            known_region(region)
    if primary == recovery:
        msg = f"primary and recovery are both {primary}; a Region cannot stand in for itself, name another"
        raise ConfigurationError(msg)
