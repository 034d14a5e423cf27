"""The places of a workload: primary, recovery and global, in one stack or in three."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from constructs_lib.catalog.regions import global_services_region
from constructs_lib.catalog.resources.provider_constraint import DEFAULT_PROVIDER_CONSTRAINT
from constructs_lib.constructs.sites.site import Site, providers_of
from constructs_lib.constructs.sites.site_options import (
    check_app,
    check_names_of_keys,
    check_options,
    check_regions,
    checked_providers,
    claim_name,
)
from constructs_lib.constructs.sites.tags import checked_tags
from constructs_lib.costs.watching import counted_beside, counted_together
from constructs_lib.declaration.environment import Environment
from constructs_lib.errors import ConfigurationError
from constructs_lib.objectives.disruption import Disruption
from constructs_lib.refusal import check_flag, check_type, is_words, refuse
from constructs_lib.terraform.engine import Construct, TerraformProvider
from constructs_lib.terraform.placement import new_stack, root_of, stack_of
from constructs_lib.terraform.written import placed_in

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from constructs_lib.costs.watching import Watched
    from constructs_lib.objectives import Objective
    from constructs_lib.terraform.engine import App
    from constructs_lib.terraform.resource import AwsDataSource, AwsResource


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
        self.restored_into: dict[tuple[str, str], tuple[AwsResource | AwsDataSource | None, Sequence[str]]] = {}
        """By the role of a site and the id of a database: the subnet group, if any, and the security groups that a
        restore there takes."""
        self.make_room: dict[str, Callable[[int, int, int], Callable[[], None]]] = {}
        """By the id of a database in whose windows RDS refuses jobs of AWS Backup: what takes hour, interval and start
        window of a schedule, in seconds, refuses it where they meet, and returns what keeps them apart from then on."""
        self.elsewhere: dict[str, Callable[[], str]] = {}
        """By the id of a component that is managed elsewhere, and has no tags of the workload: what tells its ARN."""
        self._root: Construct | None = None
        self._externals: dict[str, str] = {}

    @property
    def all(self) -> tuple[Site, ...]:
        """The sites there are: primary, recovery, global."""
        return tuple(site for site in (self.primary, self.recovery, self.global_) if site is not None)

    @property
    def watched(self) -> Watched:
        """How many of what is billed belong to the workload and to no component: its bill is made of it."""
        return watched_by_name([self])[self.name]

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
            if not is_words(value):
                refuse(f"{what}, for sites {self.name!r},", value, "a text without control characters")
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
        check_regions(name, primary, recovery)
        check_flag(deletion_protection, "deletion_protection")
        check_flag(monitoring, "monitoring")
        check_options(name, [primary, recovery], account_id, key_arns, constraint, provider_arguments)
        extra_tags = checked_tags(tags, f"sites {name!r}")
        check_app(app, name)
        regions = {"primary": primary, "recovery": recovery, "global": global_services_region()}
        access = dict.fromkeys(filter(None, regions.values()), provider_arguments or {})
        check_names_of_keys(app, name, regions, account_id, access)()
        stacks = {"primary": new_stack(app, f"{name}-primary")}
        if recovery is not None:
            stacks["recovery"] = new_stack(app, f"{name}-recovery")
        stacks["global"] = new_stack(app, f"{name}-global")
        for role in ("primary", "recovery"):
            if role in stacks:
                stacks["global"].add_dependency(stacks[role])
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
        # Nothing may name them once a pattern is loosened, and Terraform takes away with them what it has made.
        for region in (primary, *([] if recovery is None else [recovery])):
            sites["global"].provider_in(region)
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
        check_regions(name, primary, recovery)
        check_flag(deletion_protection, "deletion_protection")
        check_flag(monitoring, "monitoring")
        check_options(name, [primary, recovery], account_id, key_arns, constraint, provider_arguments)
        extra_tags = checked_tags(tags, f"sites {name!r}")
        stack = stack_of(scope, where=f"sites {name!r}")
        own = checked_providers(providers)
        others = ("global",) if recovery is None else ("global", "recovery")
        regions = {"primary": primary, "recovery": recovery, "global": global_services_region()}
        access = {**dict.fromkeys(filter(None, regions.values()), provider_arguments or {}), **own}
        claim_names_of_keys = check_names_of_keys(stack, name, regions, account_id, access)
        scopes = {"primary": scope, **claim_name(scope, stack, name, others)}
        claim_names_of_keys()
        shared = providers_of(stack)
        for place, provider in own.items():
            # Those who come later share it, unless they name one of their own; those who came first keep theirs.
            shared.setdefault(place, provider)
        sites = {}
        for role, region in regions.items():
            if region is None:
                continue
            sites[role] = Site(
                name=name,
                role=role,
                scope=scopes[role],
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
        for role, site in sites.items():
            # Here, and not when the first component happens to need it: what is wrong with it is said at once, and
            # Terraform takes away with it what a pattern has made that is loosened, and names it no more. Sites of
            # another account may leave that of global services to those who came first, as long as they need none.
            if role != "global" or site.region not in shared or site.region in own:
                site.provider_in(site.region)
        return cls(
            name=name,
            primary=sites["primary"],
            recovery=sites.get("recovery"),
            global_=sites["global"],
            deletion_protection=deletion_protection,
        )


def watched_by_name(several: Collection[Sites]) -> dict[str, Watched]:
    """Return `Sites.watched` for each of *several*, by name; a stack that they share is counted once."""
    beside = {
        stack: list(counted_beside(placed_in(stack)))
        for stack in dict.fromkeys(site.stack for sites in several for site in sites.all)
    }
    return {
        sites.name: counted_together(
            [
                *(site.watched for site in sites.all),
                *(
                    counts
                    for stack in dict.fromkeys(site.stack for site in sites.all)
                    for name, counts in beside[stack]
                    if name == sites.name
                ),
            ]
        )
        for sites in several
    }
