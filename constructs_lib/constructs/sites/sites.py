"""The places of a workload: primary, recovery and global, in one stack or in three."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from constructs_lib.catalog.regions import region as known_region
from constructs_lib.catalog.resources.provider_constraint import DEFAULT_PROVIDER_CONSTRAINT, guarantees_at_least
from constructs_lib.constructs.sites.site import Site, providers_of
from constructs_lib.constructs.sites.tags import checked_tags
from constructs_lib.declaration.environment import Environment
from constructs_lib.errors import ConfigurationError
from constructs_lib.objectives.disruption import Disruption
from constructs_lib.refusal import check_flag, check_type, refuse
from constructs_lib.terraform.engine import Construct, TerraformProvider, TerraformStack
from constructs_lib.terraform.placement import find_child, placed, refuse_other_engine, root_of, stack_of
from constructs_lib.terraform.provider import AwsProvider
from constructs_lib.terraform.token import is_token

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from constructs_lib.objectives import Objective
    from constructs_lib.terraform.engine import App

GLOBAL_REGION = "us-east-1"
"""Where CloudFront, Route 53 and their metrics have their control plane."""

_OLDEST_PROVIDER = "5.100"
"""The oldest AWS provider that the resources are written for."""

_ACCOUNT = re.compile(r"[0-9]{12}", re.ASCII)
_KEY = re.compile(r"arn:aws:kms:([a-z0-9-]+):[0-9]{12}:key/[A-Za-z0-9-]+", re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}[a-z0-9]", re.ASCII)

_names: WeakKeyDictionary[TerraformStack, set[str]] = WeakKeyDictionary()
"""By stack: the names of the sites in it, which aliases of keys and names of topics are made from."""


class Sites:
    """The primary, the recovery and the global site of a workload.

    Make them with `Sites.per_region`, or `Sites.in_one_stack` for a small team. The name of the sites starts the names
    of what is built: lower-case letters, digits and hyphens, 2 to 32 characters.
    """

    def __init__(
        self,
        *,
        name: str,
        primary: Site,
        recovery: Site | None,
        global_: Site,
        deletion_protection: bool = True,
    ) -> None:
        self.name = name
        self.deletion_protection = deletion_protection
        """Whether what holds data is protected from deletion, unless a component says otherwise."""
        self.promises_region = True
        """False in an environment without disaster recovery: objectives promise nothing for the loss of a Region."""
        self.primary = primary
        self.recovery = recovery
        self.global_ = global_
        self.names: set[str] = set()
        """The ids taken by what is built over the sites."""
        self._root: Construct | None = None
        self._externals: dict[str, str] = {}

    @property
    def all(self) -> tuple[Site, ...]:
        """The sites there are: primary, recovery, global."""
        return tuple(site for site in (self.primary, self.recovery, self.global_) if site is not None)

    @property
    def externals(self) -> Collection[str]:
        """What the recovery stack may name although it lies in the primary Region, as declared with `external`."""
        return self._externals.keys()

    def external(self, text: str, *, owner: str) -> None:
        """Declare that the recovery stack names something that lies in the primary Region, and does without it there.

        Anything else of the kind fails the synth.

        Args:
            text: An ARN or the name of a host, or the start of one.
            owner: Who answers for it.

        Raises:
            ConfigurationError: If one of them is no text.
        """
        for what, value in (("what lies elsewhere", text), ("its owner", owner)):
            if not isinstance(value, str) or not value.strip():
                refuse(f"{what}, for sites {self.name!r},", value, "a text")
        self._externals[text] = owner

    @property
    def recovery_region(self) -> str | None:
        """The recovery Region; None where the workload has one Region only."""
        return None if self.recovery is None else self.recovery.region

    @property
    def root(self) -> Construct:
        """The app, or what stands at the root of the stacks in its place; asked of the engine once."""
        if self._root is None:
            self._root = root_of(self.primary.stack)
        return self._root

    @property
    def constraint(self) -> str:
        """The version constraint of the AWS provider."""
        return self.primary.constraint

    def promised(self, objective: Objective) -> Objective:
        """Return what is promised here of *objective*: without the loss of a Region in `Sites.single_region`.

        Raises:
            ConfigurationError: If nothing else is promised.
        """
        if self.promises_region or objective.region is None:
            return objective
        if objective.uptime is None and all(name is Disruption.REGION for name, _ in objective.targets()):
            msg = (
                f"{self.name} is built without disaster recovery, and the objective {objective} promises nothing but "
                f"that; give a target for software, hardware or zone as well"
            )
            raise ConfigurationError(msg)
        return objective.with_targets(region=None)

    def protects(self, own: bool | None) -> bool:
        """Return whether a component is protected from deletion: as it says itself, else as the sites say."""
        return self.deletion_protection if own is None else own

    def build_recovery_after_primary(self) -> None:
        """Have the recovery stack deployed after the primary one, for a copy that AWS makes of something there.

        Only what needs that order asks for it: without it the recovery stack is deployed by itself.
        """
        if self.recovery is not None and self.recovery.stack is not self.primary.stack:
            self.recovery.stack.add_dependency(self.primary.stack)

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
        deletion_protection: bool = True,
        monitoring: bool = True,
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
            account_id: The account's id, 12 digits. Default: looked up by Terraform.
            key_arns: ARNs of KMS keys of your own, by Region; their policies must have the statements of
                `key_policy_statements`. Default: one is built per Region.
            constraint: Versions of the AWS provider, all 5.100 or later. Default: those below 7.
            provider_arguments: Further arguments of each provider, such as `assume_role`.
            tags: Extra tags for everything taggable.
            deletion_protection: Whether AWS and Terraform refuse to delete what holds data, and Terraform the KMS keys.
                Default True; a component may say otherwise.
            monitoring: Whether alarms, their topics and what else tells people are built: dashboards, the alarm that
                joins the others, RDS's reports. Default True; False is for teams that watch with something else. The
                alarm behind a latch stays, since the health check listens to it, and tells nobody.

        Raises:
            ConfigurationError: If an option is not allowed, both Regions are the same, or there are sites of this name
                already.
            InputError: If the constraint cannot be read, or admits no version.
        """
        _check(name, primary, recovery)
        check_flag(deletion_protection, "deletion_protection")
        check_flag(monitoring, "monitoring")
        _check_shared(name, [primary, recovery], account_id, key_arns, constraint, provider_arguments)
        extra_tags = checked_tags(tags, f"sites {name!r}")
        _check_app(app, name)
        stacks = {"primary": TerraformStack(app, f"{name}-primary")}
        if recovery is not None:
            stacks["recovery"] = TerraformStack(app, f"{name}-recovery")
        stacks["global"] = TerraformStack(app, f"{name}-global")
        for role in ("primary", "recovery"):
            if role in stacks:
                stacks["global"].add_dependency(stacks[role])
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
                tags=extra_tags,
                deletion_protection=deletion_protection,
                monitoring=monitoring,
            )
            for role, stack in stacks.items()
        }
        for site in sites.values():
            site.provider_in(site.region)
        return cls(
            name=name,
            primary=sites["primary"],
            recovery=sites.get("recovery"),
            global_=sites["global"],
            deletion_protection=deletion_protection,
        )

    @classmethod
    def single_region(
        cls,
        app: App,
        name: str,
        *,
        region: str,
        account_id: str | None = None,
        key_arns: Mapping[str, str] | None = None,
        constraint: str = DEFAULT_PROVIDER_CONSTRAINT,
        provider_arguments: Mapping[str, object] | None = None,
        tags: Mapping[str, str] | None = None,
        deletion_protection: bool = True,
        monitoring: bool = True,
    ) -> Sites:
        """Return the sites of an environment without disaster recovery, built by the same code as the others.

        What is built here promises nothing for the loss of a Region, whatever its objective says; routing between
        Regions, and what was accepted for their loss, are left out. All else is promised and built as elsewhere.

        Args:
            app: The app that gets the stacks `<name>-primary` and `<name>-global`.
            name: As in `per_region`.
            region: The one Region.
            account_id: As in `per_region`.
            key_arns: As in `per_region`.
            constraint: As in `per_region`.
            provider_arguments: As in `per_region`.
            tags: As in `per_region`.
            deletion_protection: As in `per_region`.
            monitoring: As in `per_region`.

        Raises:
            ConfigurationError: As in `per_region`.
            InputError: As in `per_region`.
        """
        sites = cls.per_region(
            app,
            name,
            primary=region,
            account_id=account_id,
            key_arns=key_arns,
            constraint=constraint,
            provider_arguments=provider_arguments,
            tags=tags,
            deletion_protection=deletion_protection,
            monitoring=monitoring,
        )
        sites.promises_region = False
        return sites

    @classmethod
    def in_environment(
        cls,
        app: App,
        environment: Environment,
        *,
        account_id: str | None = None,
        key_arns: Mapping[str, str] | None = None,
        constraint: str = DEFAULT_PROVIDER_CONSTRAINT,
        provider_arguments: Mapping[str, object] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Sites:
        """Return the sites of an environment that `recovery.yaml` declares: of two Regions, or of the primary one.

        Its name is that of the sites, and its protection from deletion theirs.

        Args:
            app: The app that gets the stacks.
            environment: As `Declaration.environment` gives it.
            account_id: As in `per_region`.
            key_arns: As in `per_region`.
            constraint: As in `per_region`.
            provider_arguments: As in `per_region`.
            tags: As in `per_region`.

        Raises:
            ConfigurationError: As in `per_region`, or if the file declares no Regions.
            InputError: As in `per_region`.
        """
        check_type(environment, Environment, "the environment", 'load_declaration("recovery.yaml").environment(...)')
        if environment.regions is None:
            msg = (
                f"{environment.name} has no Regions; declare them in recovery.yaml: "
                f"regions: {{primary: eu-west-1, recovery: eu-central-1}}"
            )
            raise ConfigurationError(msg)
        sites = cls.per_region(
            app,
            environment.name,
            primary=environment.regions.primary,
            recovery=environment.regions.recovery if environment.disaster_recovery else None,
            account_id=account_id,
            key_arns=key_arns,
            constraint=constraint,
            provider_arguments=provider_arguments,
            tags=tags,
            deletion_protection=environment.deletion_protection,
        )
        sites.promises_region = environment.disaster_recovery
        return sites

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
        deletion_protection: bool = True,
        monitoring: bool = True,
    ) -> Sites:
        """Return sites that share the stack of *scope*, and so one Terraform state.

        Simple, and with a price: the stack cannot be planned, nor changed, while either Region is down.

        Args:
            scope: The stack, or a construct in it where a stack holds several workloads.
            name: Starts the names of what is built.
            primary: The Region that serves; the provider for it is the stack's default one.
            recovery: The Region that takes over. Default: none.
            account_id: The account's id, 12 digits. Default: looked up by Terraform.
            key_arns: ARNs of KMS keys of your own, by Region; their policies must have the statements of
                `key_policy_statements`. Default: one is built per Region.
            constraint: Versions of the AWS provider, all 5.100 or later. Default: those below 7.
            provider_arguments: Further arguments of each provider that is made here.
            providers: Providers of your own, by Region. Default: made here, one for each Region of the stack.
            tags: Extra tags for everything taggable.
            deletion_protection: Whether AWS and Terraform refuse to delete what holds data, and Terraform the KMS keys.
                Default True; a component may say otherwise.
            monitoring: As in `per_region`.

        Raises:
            ConfigurationError: If an option is not allowed, both Regions are the same, there are sites of this name in
                the stack already, or the stack's provider for a Region was made with other arguments.
            InputError: If the constraint cannot be read, or admits no version.
        """
        _check(name, primary, recovery)
        check_flag(deletion_protection, "deletion_protection")
        check_flag(monitoring, "monitoring")
        _check_shared(name, [primary, recovery], account_id, key_arns, constraint, provider_arguments)
        extra_tags = checked_tags(tags, f"sites {name!r}")
        stack = stack_of(scope, where=f"sites {name!r}")
        own = _checked_providers(providers)
        _check_alone(scope, stack, name)
        shared = providers_of(stack)
        for place, provider in own.items():
            # Those who come later share it, unless they name one of their own; those who came first keep theirs.
            shared.setdefault(place, provider)
        regions = {"primary": primary, "recovery": recovery, "global": GLOBAL_REGION}
        sites = {}
        for role, region in regions.items():
            if region is None:
                continue
            sites[role] = Site(
                name=name,
                role=role,
                scope=scope if role == "primary" else placed(Construct(scope, role.capitalize()), stack),
                stack=stack,
                region=region,
                providers=shared,
                given=own,
                constraint=constraint,
                provider_arguments=provider_arguments or {},
                account_id=account_id,
                key_arn=(key_arns or {}).get(region),
                tags=extra_tags,
                deletion_protection=deletion_protection,
                monitoring=monitoring,
            )
        sites["primary"].provider_in(primary)
        for site in sites.values():
            if site.region in shared:
                # Said here, and not when the first component happens to need it.
                site.provider_in(site.region)
        return cls(
            name=name,
            primary=sites["primary"],
            recovery=sites.get("recovery"),
            global_=sites["global"],
            deletion_protection=deletion_protection,
        )


def _check(name: str, primary: str, recovery: str | None) -> None:
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


def _check_shared(
    name: str,
    regions: Sequence[str | None],
    account_id: object,
    key_arns: object,
    constraint: str,
    provider_arguments: object,
) -> None:
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
        _check_keys(key_arns, list(dict.fromkeys(region for region in (*regions, GLOBAL_REGION) if region is not None)))


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


def _checked_providers(providers: object) -> dict[str, TerraformProvider]:
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


def _check_app(app: object, name: str) -> None:
    if not isinstance(app, Construct):
        refuse(f"the app of sites {name!r}", app, "App()")
    for role in ("primary", "recovery", "global"):
        if find_child(app, f"{name}-{role}") is not None:
            msg = f"the app has a stack {name}-{role} already; give each of its sites a name of their own"
            raise ConfigurationError(msg)


def _check_alone(scope: Construct, stack: TerraformStack, name: str) -> None:
    names = _names.setdefault(stack, set())
    if name in names:
        msg = f"the stack has sites {name!r} already; give each of its workloads a name of its own"
        raise ConfigurationError(msg)
    if find_child(scope, "Global") is not None:
        msg = f"the scope of sites {name!r} holds sites already; give each a construct of its own in the stack"
        raise ConfigurationError(msg)
    names.add(name)
