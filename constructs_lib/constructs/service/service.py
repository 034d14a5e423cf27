"""A service that runs in the primary Region and stands by in the recovery Region as its objective needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.prices.usage import assumed_usage
from constructs_lib.components import Kind
from constructs_lib.constructs.service.execution_role import ExecutionRole
from constructs_lib.constructs.service.options import ServiceOptions
from constructs_lib.constructs.service.regional_service import RegionalService
from constructs_lib.constructs.sites.component_name import build_component
from constructs_lib.constructs.sites.output import check_outputs, write_output
from constructs_lib.constructs.workload.decide import commit, decide, sites_of
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.placement import part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.constructs.configuration.certificate import Certificate
    from constructs_lib.constructs.configuration.parameter import Parameter
    from constructs_lib.constructs.configuration.secret import Secret
    from constructs_lib.constructs.service.options import RegionalOptions
    from constructs_lib.constructs.service.service_network import ServiceNetwork
    from constructs_lib.constructs.sites.in_each_region import InEachRegion
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.constructs.workload.workload import Workload
    from constructs_lib.costs import Usage
    from constructs_lib.objectives import Objective
    from constructs_lib.objectives.acceptance import Acceptance
    from constructs_lib.selection.decision import Decision


class Service(Construct):
    """An ECS service on Fargate behind an Application Load Balancer, and what stands by for it.

    ```python
    Service(shop, "web", image="111122223333.dkr.ecr.eu-west-1.amazonaws.com/web@sha256:...", port=8080, ...)
    ```

    By pattern the recovery Region has, beside load balancer, cluster, task definition, target group, roles and log:

    * `one_region`: nothing at all.
    * `definitions`: cluster, task definition, target group, roles and log alone; load balancer and service are made on
      the day.
    * `at_zero`: the service, at a desired count of 0. A failover starts the tasks.
    * `at_a_share`: a share of its tasks, and scaling that brings the rest.
    * `in_full`: all its tasks, so that nothing has to be launched on the day.

    What the recovery Region's service needs lies there: images and secrets are taken over by their replicas' addresses,
    and what leads to the primary Region is refused (`InEachRegion` says what stands for it).

    Args:
        place: The workload, or sites alone with *objective*.
        id: Construct id, of letters, digits and hyphens; the service is called `<sites>-<id>`.
        image: The image by digest, in ECR of the primary Region; replication brings it to the recovery Region.
        port: The port the container listens at, without TLS, which ends at the load balancer.
        network: The VPC of the primary Region.
        certificate_arn: The certificate of the load balancer, in the Region: a `Certificate` of these sites, or its
            ARN; for a standby `InEachRegion(...)`.
        recovery_network: The VPC of the recovery Region. Default: none, which will do where nothing stands by.
        objective: A promise of its own. Default: the workload's.
        accept: A looser promise, accepted in writing. Default: none.
        pattern: The one pattern to use. Default: the cheapest that keeps the objective.
        usage: What its bill depends on. Default: the assumptions of `Usage`.
        tags: Extra tags.
        cpu_units: CPU of a task, 1024 units being a vCPU. Default 256.
        memory_mb: Memory of a task, as Fargate offers it with that CPU. Default 512.
        architecture: `X86_64`, the default, or `ARM64`.
        tasks: How many tasks serve the whole load, one at least. Default 2.
        most_tasks: How many scaling may run. Default: four times *tasks*.
        share_percent: The share of *tasks* that a warm standby runs, rounded up. Default 25.
        environment: Variables of the container; a value may be `InEachRegion`. Default: none.
        secrets: Variables whose values ECS reads: each a `Secret` or a `Parameter` of these sites, or the ARN of one.
            Default: none.
        health_path: What the load balancer asks for, and must be answered with 200. Default `/health`.
        task_role_arn: The role of the application itself. Default: none.
        internal: Whether the load balancer can be reached from inside the VPC only. Default: from everywhere.
        access_log_bucket: The bucket for the load balancer's access logs, in its Region; for a standby `InEachRegion`.
            It must let Elastic Load Balancing write. Default: no logs.
        log_days: How long logs are kept, as CloudWatch Logs offers it. Default 365.
        deletion_protection: Whether AWS refuses to delete the load balancers. Default: that of the sites, True.

    Attributes:
        decision: What was decided, and why.
        sites: Where it is built.
        primary: The `RegionalService` of the primary Region.
        recovery: That of the recovery Region, or None.
        roles: The `ExecutionRole` of each, by the role of the site; they are in the primary stack.

    Raises:
        InfeasibleError: If no pattern keeps the objective.
        ConfigurationError: If an option is not allowed, or something the recovery Region needs does not lie there.
    """

    def __init__(
        self,
        place: Workload | Sites,
        id: str,
        *,
        image: str | InEachRegion,
        port: int,
        network: ServiceNetwork,
        certificate_arn: str | InEachRegion | Certificate,
        recovery_network: ServiceNetwork | None = None,
        objective: Objective | None = None,
        accept: Acceptance | None = None,
        pattern: str | None = None,
        usage: Usage | None = None,
        tags: Mapping[str, str] | None = None,
        cpu_units: int | None = None,
        memory_mb: int | None = None,
        architecture: str | None = None,
        tasks: int | None = None,
        most_tasks: int | None = None,
        share_percent: int = 25,
        environment: Mapping[str, str | InEachRegion] | None = None,
        secrets: Mapping[str, str | InEachRegion | Secret | Parameter] | None = None,
        health_path: str = "/health",
        task_role_arn: str | None = None,
        internal: bool = False,
        access_log_bucket: str | InEachRegion | None = None,
        log_days: int | None = None,
        deletion_protection: bool | None = None,
    ) -> None:
        sites = sites_of(place, f"service {id!r}")
        options = ServiceOptions(
            name=f"{sites.name}-{id}",
            image=image,
            port=port,
            network=network,
            recovery_network=recovery_network,
            certificate_arn=certificate_arn,
            **_sized(cpu_units=cpu_units, memory_mb=memory_mb, architecture=architecture, tasks=tasks),
            most_tasks=most_tasks,
            share_percent=share_percent,
            environment={} if environment is None else environment,
            secrets={} if secrets is None else secrets,
            health_path=health_path,
            task_role_arn=task_role_arn,
            internal=internal,
            access_log_bucket=access_log_bucket,
            log_days=assumed_usage().log_days if log_days is None else log_days,
            deletion_protection=sites.protects(deletion_protection),
        )
        decision = decide(
            place,
            id,
            Kind.SERVICE,
            objective=objective,
            accept=accept,
            pattern=pattern,
            usage=usage,
            tags=tags,
            settings=options.settings,
        )
        running = _running(decision, options)
        given = options.in_regions(sites, stands_by="recovery" in running)
        there = sites.recovery if "recovery" in running else None
        for site in (sites.primary, there):
            if site is not None:
                site.check_providers()
                if running[site.role] is not None:
                    check_outputs(site, [_output(decision, site)])

        build_component(self, sites, id)
        commit(place, decision)
        if there is not None:
            # ECS takes no task definition whose role is not there, and both Regions' roles are in the primary stack.
            sites.build_recovery_after_primary()
        self.decision = decision
        self.sites = sites
        self._options = options
        self._log_group = f"/ecs/{decision.full_name}"
        self.roles = {"primary": self._role("ExecutionRole", sites.primary, given["primary"])}
        if there is not None:
            self.roles["recovery"] = self._role("RecoveryExecutionRole", there, given["recovery"])
        self.primary = self._build(self, sites.primary, given, running)
        self.recovery = None if there is None else self._build(part(there.scope, id), there, given, running)
        for built in (self.primary, self.recovery):
            if built is not None and built.dns_name is not None:
                described = f"load balancer of {decision.full_name} in {built.site.region}"
                write_output(built.site, _output(decision, built.site), built.dns_name, described)

    def _role(self, id: str, site: Site, given: RegionalOptions) -> ExecutionRole:
        return ExecutionRole(
            self,
            id,
            self.sites.primary,
            site=site,
            name=self.decision.full_name,
            log_group=self._log_group,
            given=given,
            tags=self.decision.tags,
        )

    def _build(
        self, scope: Construct, site: Site, given: Mapping[str, RegionalOptions], running: Mapping[str, int | None]
    ) -> RegionalService:
        return RegionalService(
            scope,
            site,
            self.decision,
            self._options,
            given[site.role],
            log_group=self._log_group,
            execution_role=self.roles[site.role].arn_in(site),
            tasks=running[site.role],
        )


def _sized(**given: int | str | None) -> dict[str, Any]:
    """Return the size of the service, by the catalog's defaults where nobody says."""
    defaults = load_catalog().mechanism(Kind.SERVICE, "revisions").defaults
    return {name: defaults[name] if value is None else value for name, value in given.items()}


def _output(decision: Decision, site: Site) -> str:
    return f"{decision.full_name}-{'recovery-' if site.role == 'recovery' else ''}load-balancer"


_WHOLE = 100


def _running(decision: Decision, options: ServiceOptions) -> dict[str, int | None]:
    """Return how many tasks run in each Region that has the service, by the role of the site; None: definitions."""
    found: dict[str, int | None] = {"primary": options.tasks}
    for item in decision.component.protections:
        if item.region is not None and item.region == decision.recovery_region:
            share = decision.number(item.mechanism, "share_percent")
            served = decision.number(item.mechanism, "load_balancers")
            found["recovery"] = -(-options.tasks * share // _WHOLE) if served else None
    return found
