"""Which emulator answers for which service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

MINISTACK: Final = "ministack"
MOTO: Final = "moto"

#: Services moto does better, by the service name in a request's credential scope; ministack answers for all others.
#: RDS needs the VPC, the keys and the secrets it names in its own process, so those four stay together; so do load
#: balancers, their certificates, ECS and its scaling, which look each other up.
MOTO_SERVICES: Final = frozenset(
    {
        "rds",
        "ec2",
        "kms",
        "secretsmanager",
        "monitoring",
        "route53",
        "application-autoscaling",
        "fis",
        "ecs",
        "elasticloadbalancing",
        "acm",
    }
)

#: Services whose control plane is in one Region for all, where AWS signs for it. A client that is given an endpoint
#: signs for its own Region instead.
_GLOBAL_SERVICES: Final[Mapping[str, str]] = {"cloudfront": "us-east-1", "iam": "us-east-1", "route53": "us-east-1"}


def home_region(service: str, signed_region: str) -> str:
    """Return the Region a call depends on: the one it was signed for, unless the service has one for all."""
    return _GLOBAL_SERVICES.get(service, signed_region)


def emulator_of(service: str) -> str:
    """Return the name of the emulator that answers for `service`."""
    return MOTO if service in MOTO_SERVICES else MINISTACK
