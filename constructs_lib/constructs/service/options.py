"""What a caller may say about a service, checked before anything is built."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.configuration.certificate import Certificate
from constructs_lib.constructs.configuration.parameter import Parameter
from constructs_lib.constructs.configuration.secret import Secret
from constructs_lib.constructs.service.service_network import ServiceNetwork
from constructs_lib.constructs.sites.fitted_name import fitted_name
from constructs_lib.constructs.sites.in_each_region import InEachRegion, image_parts, split
from constructs_lib.constructs.sites.network import check_of_one_region
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import check_flag, check_type, refuse
from constructs_lib.terraform.token import is_token

if TYPE_CHECKING:
    from constructs_lib.constructs.sites.sites import Sites

_NAME: Final = re.compile(r"[A-Za-z0-9-]+", re.ASCII)
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_PATH: Final = re.compile(r"/[!-~]*", re.ASCII)
_KEPT_BY_ELB: Final = "internal-"
_CERTIFICATE: Final = re.compile(
    r"arn:aws:(acm:(?P<region>[a-z0-9-]+):[0-9]{12}:certificate/|iam::[0-9]{12}:server-certificate/)\S+", re.ASCII
)
_ROLE: Final = re.compile(r"arn:aws:iam::[0-9]{12}:role/\S+", re.ASCII)


class RegionalOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the service is given in one Region."""

    network: ServiceNetwork
    image: str
    certificate_arn: str
    access_log_bucket: str | None
    environment: Mapping[str, str]
    secrets: Mapping[str, str | Secret | Parameter]


class ServiceOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of a service, as `Service` takes and documents them.

    Raises:
        ConfigurationError: If ECS or Elastic Load Balancing would not accept one of them.
    """

    name: str
    image: str | InEachRegion
    port: int
    network: ServiceNetwork
    recovery_network: ServiceNetwork | None
    certificate_arn: str | InEachRegion | Certificate
    cpu_units: int
    memory_mb: int
    architecture: str
    tasks: int
    most_tasks: int | None
    share_percent: int
    environment: Mapping[str, str | InEachRegion]
    secrets: Mapping[str, str | InEachRegion | Secret | Parameter]
    health_path: str
    task_role_arn: str | None
    internal: bool
    access_log_bucket: str | InEachRegion | None
    log_days: int
    deletion_protection: bool

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or fitted_name(self.name, limit("elb.name").most).endswith("-"):
            wanted = "an id of letters, digits and hyphens, no hyphen last, as load balancers have"
            refuse("the name of the service", self.name, wanted)
        if self.name.startswith(_KEPT_BY_ELB):
            refuse(
                "the name of the service", self.name, f"sites that are not called {_KEPT_BY_ELB[:-1]}, as AWS keeps it"
            )
        check_type(self.network, ServiceNetwork, "the network", "ServiceNetwork(vpc_id=..., ...)")
        if self.recovery_network is not None:
            check_type(self.recovery_network, ServiceNetwork, "the recovery_network", "ServiceNetwork(vpc_id=..., ...)")
        limit("elb.port").check(self.port, "port")
        limit("fargate.cpu_units").check(self.cpu_units, "cpu_units")
        limit(f"fargate.memory_mb.{self.cpu_units}").check(self.memory_mb, f"memory_mb with {self.cpu_units} cpu_units")
        limit("fargate.architecture").check(self.architecture, "architecture")
        limit("ecs.tasks").check(self.tasks, "tasks")
        limit("ecs.share_percent").check(self.share_percent, "share_percent")
        limit("logs.retention_days").check(self.log_days, "log_days")
        if self.most_tasks is not None:
            limit("ecs.tasks").check(self.most_tasks, "most_tasks")
            if self.most_tasks < self.tasks:
                msg = f"most_tasks is {self.most_tasks} and tasks is {self.tasks}; give as many at least"
                raise ConfigurationError(msg)
        if not isinstance(self.health_path, str) or not _PATH.fullmatch(self.health_path):
            refuse("health_path", self.health_path, 'a path such as "/health"')
        limit("elb.health_path").check_length(self.health_path, "health_path")
        role: object = self.task_role_arn
        if role is not None and not (isinstance(role, str) and (is_token(role) or _ROLE.fullmatch(role))):
            refuse("task_role_arn", role, "an ARN such as arn:aws:iam::111122223333:role/shop, or leave it out")
        check_flag(self.internal, "internal")
        check_flag(self.deletion_protection, "deletion_protection")
        for what, given in (("environment", self.environment), ("secrets", self.secrets)):
            check_type(given, Mapping, what, "a mapping from names of variables")
            for name in given:
                if not isinstance(name, str) or not _VARIABLE.fullmatch(name):
                    refuse(f"a name in {what}", name, "letters, digits and underscores, starting with a letter")
        both = sorted(self.environment.keys() & self.secrets.keys())
        if both:
            msg = f"environment and secrets both have {', '.join(both)}; give each variable once"
            raise ConfigurationError(msg)

    @property
    def settings(self) -> dict[str, dict[str, str | int | bool]]:
        """The parameters of mechanisms that the options fix."""
        secrets = len({id(value) for value in self.secrets.values() if isinstance(value, Secret)})
        return {
            "revisions": {
                "tasks": self.tasks,
                "cpu_units": self.cpu_units,
                "memory_mb": self.memory_mb,
                "architecture": self.architecture,
                **({"secrets": secrets} if secrets else {}),
            },
            "service_at_a_share": {"share_percent": self.share_percent},
        }

    def _check_networks(self, here: ServiceNetwork, there: ServiceNetwork) -> None:
        of = f"the vpc_id of the network of service {self.name}"
        check_of_one_region([here.vpc_id], [there.vpc_id], of, "that of its recovery_network")
        for name in (
            "load_balancer_subnet_ids",
            "load_balancer_security_group_ids",
            "task_subnet_ids",
            "task_security_group_ids",
        ):
            of = f"the {name} of the network of service {self.name}"
            check_of_one_region(getattr(here, name), getattr(there, name), of, "those of its recovery_network")

    def in_regions(self, sites: Sites, *, stands_by: bool) -> dict[str, RegionalOptions]:
        """Return what the service is given in each Region, by the role of the site.

        Raises:
            ConfigurationError: If something that the recovery Region's service needs does not lie there.
        """
        here = sites.primary.region
        there = sites.recovery_region if stands_by else None
        if there is not None and self.recovery_network is None:
            msg = f"service {self.name} stands by in {there}, and has no recovery_network; give the VPC there"
            raise ConfigurationError(msg)

        if there is not None and self.recovery_network is not None:
            self._check_networks(self.network, self.recovery_network)

        def each(value: str | InEachRegion, what: str) -> InEachRegion:
            return split(value, f"{what} of service {self.name}", here, there)

        built = {name: value for name, value in self.secrets.items() if isinstance(value, Secret | Parameter)}
        given = self.certificate_arn
        for what, part in (
            ("the certificate_arn", given),
            *((f"{name} in the secrets", built[name]) for name in built),
        ):
            if isinstance(part, Secret | Parameter | Certificate) and part.sites is not sites:
                msg = f"{what} of service {self.name} is built for {part.sites.name}; give its ARN"
                raise ConfigurationError(msg)
        image = each(self.image, "the image")
        certificate = each(given.arns if isinstance(given, Certificate) else given, "the certificate_arn")
        logs = None if self.access_log_bucket is None else each(self.access_log_bucket, "the access_log_bucket")
        if there is not None and isinstance(self.access_log_bucket, str):
            msg = (
                f"the access_log_bucket of service {self.name} is one for two Regions, and a load balancer writes to "
                f"one in its own; give InEachRegion(primary=..., recovery=...)"
            )
            raise ConfigurationError(msg)
        if there is not None and logs is not None:
            what = f"the access_log_bucket of service {self.name} in the primary Region"
            check_of_one_region([logs.primary], [logs.recovery], what, "that in the recovery Region")
        environment = {name: each(value, f"{name} in the environment") for name, value in self.environment.items()}
        secrets = {
            name: each(value, f"{name} in the secrets")
            for name, value in self.secrets.items()
            if not isinstance(value, Secret | Parameter)
        }
        found = {}
        for role, region in (("primary", here), ("recovery", there)):
            network = self.recovery_network if role == "recovery" else self.network
            if region is None or network is None:
                continue
            image_parts(getattr(image, role), f"the image of service {self.name}", region)
            _check_certificate(getattr(certificate, role), self.name, region)
            found[role] = RegionalOptions(
                network=network,
                image=getattr(image, role),
                certificate_arn=getattr(certificate, role),
                access_log_bucket=None if logs is None else getattr(logs, role),
                environment={name: getattr(value, role) for name, value in environment.items()},
                secrets={**built, **{name: getattr(value, role) for name, value in secrets.items()}},
            )
            _check_sizes(found[role], self.name)
        return found


def _check_certificate(arn: str, name: str, region: str) -> None:
    if is_token(arn):
        return
    found = _CERTIFICATE.fullmatch(arn)
    if found is None:
        what = f"the certificate_arn of service {name} in {region}"
        refuse(what, arn, f"an ARN such as arn:aws:acm:{region}:111122223333:certificate/a, or a Certificate")
    if found["region"] not in (None, region):
        msg = (
            f"the certificate_arn of service {name} in {region} is {arn}, and a load balancer takes certificates of "
            f"its own Region only; give one of {region}"
        )
        raise ConfigurationError(msg)


def _check_sizes(given: RegionalOptions, name: str) -> None:
    """Refuse more than a task definition holds, or than its role may be allowed to read, whatever else is in them."""
    secrets = {key: value if isinstance(value, str) else value.name for key, value in given.secrets.items()}
    texts = [*given.environment.items(), *secrets.items()]
    limit("ecs.task_definition_bytes").check(
        sum(len(key.encode()) + len(value.encode()) for key, value in texts),
        f"the size of environment and secrets of service {name}, in bytes,",
    )
    limit("iam.inline_policy_characters").check(
        sum(map(len, set(secrets.values()))), f"the length of the ARNs in the secrets of service {name}"
    )
