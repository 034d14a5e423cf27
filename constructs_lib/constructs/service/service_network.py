"""Where in a VPC a service and its load balancer live, in one Region."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.sites.network import checked_ids
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import refuse


def _ids(value: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    ids = checked_ids(value, "a service network takes lists of ids", '["subnet-0a1"]')
    if not ids:
        msg = 'a service network takes lists of ids, and is given an empty one; give for example ["subnet-0a1"]'
        raise ConfigurationError(msg)
    return ids


@attrs.frozen(kw_only=True)
class ServiceNetwork:
    """The VPC of one Region, your own: where the load balancer and the tasks are put.

    Ids, or references to resources of the same Region's stack. The security group of the tasks must let the load
    balancer's in at the port of the service.

    Args:
        vpc_id: The VPC.
        load_balancer_subnet_ids: Two subnets or more, each in an Availability Zone of its own.
        load_balancer_security_group_ids: Security groups that let callers in.
        task_subnet_ids: Subnets of the tasks, with a way to ECR, to the logs and to what the service calls.
        task_security_group_ids: Security groups of the tasks.

    Raises:
        ConfigurationError: If an id is no text, a list is empty, or there are too few subnets of the load balancer.
    """

    vpc_id: str
    load_balancer_subnet_ids: tuple[str, ...] = attrs.field(converter=_ids)
    load_balancer_security_group_ids: tuple[str, ...] = attrs.field(converter=_ids)
    task_subnet_ids: tuple[str, ...] = attrs.field(converter=_ids)
    task_security_group_ids: tuple[str, ...] = attrs.field(converter=_ids)

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            vpc_id: str,
            load_balancer_subnet_ids: list[str] | tuple[str, ...],
            load_balancer_security_group_ids: list[str] | tuple[str, ...],
            task_subnet_ids: list[str] | tuple[str, ...],
            task_security_group_ids: list[str] | tuple[str, ...],
        ) -> None: ...

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.vpc_id, str) or not self.vpc_id.strip():
            refuse("vpc_id", self.vpc_id, "the id of a VPC")
        for name in ("task_subnet_ids", "task_security_group_ids"):
            if not any("#{" in item for item in getattr(self, name)):
                limit(f"ecs.{name.removesuffix('_ids')}s").check(len(set(getattr(self, name))), f"the number of {name}")
        if not any("#{" in item for item in self.load_balancer_subnet_ids):
            limit("elb.subnets").check(
                len(set(self.load_balancer_subnet_ids)), "the number of load_balancer_subnet_ids"
            )
