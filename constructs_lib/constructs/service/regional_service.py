"""What runs a service in one Region: load balancer, cluster, task definition, service, scaling, log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from constructs_lib.catalog.limits import limit
from constructs_lib.catalog.resources.made_on_the_day import tags_of
from constructs_lib.constructs.sites.alarm import alarm
from constructs_lib.constructs.sites.fitted_name import fitted_name
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.constructs.service.options import RegionalOptions, ServiceOptions
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.selection.decision import Decision
    from constructs_lib.terraform.engine import Construct

_TLS = "ELBSecurityPolicy-TLS13-1-2-2021-06"
_CPU_PERCENT = 60
"""The load that scaling keeps: room for what comes until new tasks serve."""

_GRACE_SECONDS = 60
_DAY = 24 * 60 * 60
_RENEWED_DAYS = 30
"""When a certificate should have been renewed: ACM begins 60 days before it ends, or 45 where it is of 198 days."""

_GROWTH = 4
"""How many times its tasks a service may grow to, where nobody says."""


class RegionalService:
    """The service of one Region.

    Attributes:
        site: Where it is built.
        load_balancer: The `aws_lb`; None where definitions alone stand by.
        service: The `aws_ecs_service`; None where definitions alone stand by.
        alarm: The alarm on targets that answer, or, where definitions alone stand by, on the end of the certificate
            that nothing uses; None where no task runs.
    """

    load_balancer: AwsResource | None = None
    service: AwsResource | None = None
    alarm: AwsResource | None = None

    def __init__(
        self,
        scope: Construct,
        site: Site,
        decision: Decision,
        options: ServiceOptions,
        given: RegionalOptions,
        *,
        log_group: str,
        execution_role: str,
        tasks: int | None,
    ) -> None:
        self.site = site
        self._scope, self._decision, self._options, self._given = scope, decision, options, given
        self._name = decision.full_name
        # Which of two of one name is the standby, where both run all their tasks.
        self._tags = {**decision.tags, **({"recovery:site": "recovery"} if site.role == "recovery" else {})}
        self._log(log_group)
        target = self._targets()
        network = given.network
        prepared = {
            "load_balancer_subnets": network.load_balancer_subnet_ids,
            "load_balancer_groups": network.load_balancer_security_group_ids,
            "task_subnets": network.task_subnet_ids,
            "task_groups": network.task_security_group_ids,
            "certificate": given.certificate_arn,
            "access_log_bucket": given.access_log_bucket,
        }
        cluster = self._build(
            "Cluster",
            "aws_ecs_cluster",
            {
                "name": self._name,
                "setting": {"name": "containerInsights", "value": "enabled"},
                "tags": {**decision.tags, **(tags_of(prepared) if tasks is None else {})},
            },
        )
        definition = self._definition(log_group, execution_role, self._tags if tasks is None else decision.tags)
        if tasks is None:
            self.alarm = self._unused_certificate()
            return
        self.load_balancer, listener = self._front(target)
        self.service = self._serve(cluster, definition, target, listener, tasks)
        self._scale(self.service, tasks)
        if tasks:
            self.alarm = self._alarm(self.load_balancer, target)

    def _serve(
        self,
        cluster: AwsResource,
        definition: AwsResource,
        target: AwsResource,
        listener: AwsResource,
        tasks: int,
    ) -> AwsResource:
        return AwsResource(
            self._scope,
            "Default",
            "aws_ecs_service",
            {
                "name": self._name,
                "cluster": cluster.here("arn"),
                "task_definition": definition.here("arn"),
                "desired_count": tasks,
                "launch_type": "FARGATE",
                "health_check_grace_period_seconds": _GRACE_SECONDS,
                "enable_ecs_managed_tags": True,
                "propagate_tags": "SERVICE",
                "deployment_circuit_breaker": {"enable": True, "rollback": True},
                "network_configuration": {
                    "subnets": self._given.network.task_subnet_ids,
                    "security_groups": self._given.network.task_security_group_ids,
                    "assign_public_ip": False,
                },
                "load_balancer": {
                    "target_group_arn": target.here("arn"),
                    "container_name": self._decision.name,
                    "container_port": self._options.port,
                },
                "tags": self._tags,
            },
            provider=self.site.provider,
            # A target group without a load balancer takes no service.
            depends_on=[listener],
            # Scaling changes it, and so does a failover.
            lifecycle={"ignore_changes": ["desired_count"]},
        )

    @property
    def dns_name(self) -> str | None:
        """The name of the load balancer, which DNS leads to; None where it is made on the day."""
        return None if self.load_balancer is None else self.load_balancer.ref("dns_name")

    def _build(
        self, id: str, type_: str, arguments: dict[str, object], lifecycle: dict[str, object] | None = None
    ) -> AwsResource:
        return AwsResource(self._scope, id, type_, arguments, provider=self.site.provider, lifecycle=lifecycle)

    def _log(self, name: str) -> None:
        site = self.site
        site.let_logs_encrypt(name)
        self._build(
            "Log",
            "aws_cloudwatch_log_group",
            {
                "name": name,
                "retention_in_days": self._options.log_days,
                "kms_key_id": site.key_arn_of(site),
                "tags": self._decision.tags,
            },
        )

    def _targets(self) -> AwsResource:
        return self._build(
            "Targets",
            "aws_lb_target_group",
            {
                # Another port is another group, which must be there before the listener leaves the former.
                "name": fitted_name(f"{self._name}-{self._options.port}", limit("elb.name").most),
                "port": self._options.port,
                "protocol": "HTTP",
                "target_type": "ip",
                "vpc_id": self._given.network.vpc_id,
                "deregistration_delay": 30,
                "health_check": {
                    "path": self._options.health_path,
                    "matcher": "200",
                    "interval": 10,
                    "timeout": 5,
                    "healthy_threshold": 2,
                    "unhealthy_threshold": 3,
                },
                "tags": self._decision.tags,
            },
            lifecycle={"create_before_destroy": True},
        )

    def _front(self, target: AwsResource) -> tuple[AwsResource, AwsResource]:
        network, options, logs = self._given.network, self._options, self._given.access_log_bucket
        balancer = self._build(
            "LoadBalancer",
            "aws_lb",
            {
                "name": fitted_name(self._name, limit("elb.name").most),
                "load_balancer_type": "application",
                "internal": options.internal,
                "subnets": network.load_balancer_subnet_ids,
                "security_groups": network.load_balancer_security_group_ids,
                "drop_invalid_header_fields": True,
                "enable_deletion_protection": options.deletion_protection,
                "access_logs": None if logs is None else {"bucket": logs, "prefix": self._name, "enabled": True},
                "tags": self._decision.tags,
            },
        )
        listener = self._build(
            "Listener",
            "aws_lb_listener",
            {
                "load_balancer_arn": balancer.here("arn"),
                "port": 443,
                "protocol": "HTTPS",
                "ssl_policy": _TLS,
                "certificate_arn": self._given.certificate_arn,
                "default_action": {"type": "forward", "target_group_arn": target.here("arn")},
                "tags": self._decision.tags,
            },
        )
        return balancer, listener

    def _definition(self, log_group: str, execution_role: str, tags: Mapping[str, str]) -> AwsResource:
        options, given = self._options, self._given
        container: dict[str, object] = {
            "name": self._decision.name,
            "image": given.image,
            "essential": True,
            "readonlyRootFilesystem": True,
            "portMappings": [{"containerPort": options.port, "hostPort": options.port, "protocol": "tcp"}],
            "environment": [{"name": name, "value": value} for name, value in sorted(given.environment.items())],
            "secrets": [
                {"name": name, "valueFrom": value if isinstance(value, str) else value.arn_in(self.site)}
                for name, value in sorted(given.secrets.items())
            ],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": log_group,
                    "awslogs-region": self.site.region,
                    "awslogs-stream-prefix": self._decision.name,
                },
            },
        }
        return self._build(
            "Definition",
            "aws_ecs_task_definition",
            {
                "family": self._name,
                "requires_compatibilities": ["FARGATE"],
                "network_mode": "awsvpc",
                "cpu": str(options.cpu_units),
                "memory": str(options.memory_mb),
                "execution_role_arn": execution_role,
                "task_role_arn": options.task_role_arn,
                "runtime_platform": {
                    "cpu_architecture": options.architecture,
                    "operating_system_family": "LINUX",
                },
                "container_definitions": json.dumps([container]),
                "tags": tags,
            },
        )

    def _scale(self, service: AwsResource, tasks: int) -> None:
        """Let the service grow to the whole, and beyond, from what it runs; from no task nothing grows by itself."""
        most = self._options.most_tasks
        target = self._build(
            "Scaling",
            "aws_appautoscaling_target",
            {
                "service_namespace": "ecs",
                # By the resource's own name, so that it comes after the service.
                "resource_id": f"service/{self._name}/{service.here('name')}",
                "scalable_dimension": "ecs:service:DesiredCount",
                "min_capacity": tasks,
                "max_capacity": self._options.tasks * _GROWTH if most is None else most,
                "tags": self._decision.tags,
            },
        )
        self._build(
            "ScalingByLoad",
            "aws_appautoscaling_policy",
            {
                "name": f"{self._name}-cpu",
                "policy_type": "TargetTrackingScaling",
                "service_namespace": "ecs",
                "resource_id": target.here("resource_id"),
                "scalable_dimension": "ecs:service:DesiredCount",
                "target_tracking_scaling_policy_configuration": {
                    "target_value": _CPU_PERCENT,
                    "predefined_metric_specification": {"predefined_metric_type": "ECSServiceAverageCPUUtilization"},
                },
            },
        )

    def _unused_certificate(self) -> AwsResource | None:
        """Build what rings before the certificate ends: ACM renews what something uses, and here nothing does.

        The metric comes twice a day, and ends with the certificate, of which the topic is told as well.
        """
        return alarm(
            self._scope,
            "CertificateEnds",
            self.site,
            name=f"{self._name}-certificate-ends-in-{self.site.region}",
            description=(
                f"the certificate that stands by for {self._name} ends within {_RENEWED_DAYS} days, and ACM renews "
                f"only what is in use: ask for it anew in the recovery stack with terraform apply -replace"
            ),
            namespace="AWS/CertificateManager",
            metric="DaysToExpiry",
            dimensions={"CertificateArn": self._given.certificate_arn},
            threshold=_RENEWED_DAYS,
            comparison="LessThanThreshold",
            statistic="Minimum",
            period=_DAY,
            periods=1,
            tells_silence=True,
            tags=self._decision.tags,
        )

    def _alarm(self, balancer: AwsResource, target: AwsResource) -> AwsResource | None:
        return alarm(
            self._scope,
            "NothingAnswers",
            self.site,
            name=f"{self._name}-nothing-answers-in-{self.site.region}",
            description=(
                f"no task of {self._name} in {self.site.region} passes its checks: look at the events of the service, "
                f"and whether what it calls can be reached"
            ),
            namespace="AWS/ApplicationELB",
            metric="HealthyHostCount",
            dimensions={
                "LoadBalancer": balancer.here("arn_suffix"),
                "TargetGroup": target.here("arn_suffix"),
            },
            threshold=1,
            comparison="LessThanThreshold",
            statistic="Maximum",
            periods=2,
            missing="breaching",
            # Where it serves, something is down; where it stands by, a recovery would find nothing.
            at_risk=self.site.role == "recovery",
            tags=self._decision.tags,
        )
