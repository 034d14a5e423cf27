"""The role that ECS takes to start the tasks of one Region."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.configuration.parameter import Parameter
from constructs_lib.constructs.sites.fitted_name import fitted_name
from constructs_lib.constructs.sites.in_each_region import image_parts
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.placement import build
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs_lib.constructs.configuration.secret import Secret
    from constructs_lib.constructs.service.options import RegionalOptions
    from constructs_lib.constructs.sites.site import Site


class ExecutionRole(Construct):
    """Pulls the one image, writes to the one log group, and reads the secrets that are named; nothing else.

    Both Regions' roles are in the primary stack: IAM's control plane is in one Region, and a plan of the recovery stack
    must not ask it. The recovery stack names its role by the ARN, which is known beforehand.

    Args:
        scope: Where to build it.
        id: Construct id.
        home: The primary site.
        site: The site whose tasks it starts.
        name: Starts the role's name.
        log_group: The name of the log group.
        given: What the service is given in that Region.
        tags: The component's tags.

    Attributes:
        role: The `aws_iam_role`.
        policy: The `aws_iam_role_policy`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        home: Site,
        *,
        site: Site,
        name: str,
        log_group: str,
        given: RegionalOptions,
        tags: Mapping[str, str],
    ) -> None:
        build(self, scope, id)
        account, region = home.account_id, site.region
        self.name = fitted_name(f"{name}-execution-{region}", limit("iam.role_name").most)
        self.role = AwsResource(
            self,
            "Default",
            "aws_iam_role",
            {
                "name": self.name,
                "description": f"taken by ECS in {region} to start the tasks of {name}",
                "assume_role_policy": json.dumps(
                    {
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Sid": "EcsTakesIt",
                                "Effect": "Allow",
                                "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                                "Action": "sts:AssumeRole",
                                "Condition": {
                                    "StringEquals": {"aws:SourceAccount": account},
                                    "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:{region}:{account}:*"},
                                },
                            }
                        ],
                    }
                ),
                "tags": dict(tags),
            },
            provider=home.provider,
        )
        owner, repository = image_parts(given.image, f"the image of {name}", region)
        statements: list[dict[str, object]] = [
            {
                "Sid": "LogIntoTheRegistry",
                "Effect": "Allow",
                "Action": "ecr:GetAuthorizationToken",
                # It has no form that names a resource.
                "Resource": "*",
            },
            {
                "Sid": "PullTheImage",
                "Effect": "Allow",
                "Action": ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                "Resource": f"arn:aws:ecr:{region}:{owner}:repository/{repository}",
            },
            {
                "Sid": "WriteTheLog",
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": f"arn:aws:logs:{region}:{account}:log-group:{log_group}:*",
            },
        ]
        if given.secrets:
            in_order = [value for _, value in sorted(given.secrets.items())]
            statements += _read_secrets(in_order, site, account)
        self.policy = AwsResource(
            self,
            "Policy",
            "aws_iam_role_policy",
            {
                "name": "start-tasks",
                "role": self.role.here("id"),
                "policy": json.dumps({"Version": "2012-10-17", "Statement": statements}),
            },
            provider=home.provider,
        )

    def arn_in(self, site: Site) -> str:
        """Return the role's ARN as the stack of *site* may name it."""
        return f"arn:aws:iam::{site.account_id}:role/{self.name}"


def _read_secrets(given: Iterable[str | Secret | Parameter], site: Site, account: str) -> list[dict[str, object]]:
    """Return what lets the role read what the service is given in *site*, and decrypt what is not encrypted by AWS."""
    services = {"secretsmanager": "secretsmanager:GetSecretValue", "ssm": "ssm:GetParameters"}
    found: dict[str, dict[str, None]] = {service: {} for service in services}
    encrypted: set[str] = set()
    for value in given:
        service = "ssm" if isinstance(value, Parameter) or (isinstance(value, str) and ":ssm:" in value) else _SECRETS
        found[service][_whole(value) if isinstance(value, str) else value.policy_resource(site)] = None
        if isinstance(value, str) or value.has_key_of(site):
            encrypted.add(f"{service}.{site.region}.amazonaws.com")
    sids = {"secretsmanager": "ReadSecrets", "ssm": "ReadParameters"}
    statements: list[dict[str, object]] = [
        {"Sid": sids[service], "Effect": "Allow", "Action": action, "Resource": list(found[service])}
        for service, action in services.items()
        if found[service]
    ]
    if not encrypted:
        return statements
    decrypt: dict[str, object] = {"StringEquals": {"kms:ViaService": sorted(encrypted)}}
    key = site.given_key_arn
    if key is None:
        decrypt["ForAnyValue:StringEquals"] = {"kms:ResourceAliases": site.key_alias}
    return [
        *statements,
        {
            "Sid": "DecryptThem",
            "Effect": "Allow",
            "Action": "kms:Decrypt",
            "Resource": f"arn:aws:kms:{site.region}:{account}:key/*" if key is None else key,
            "Condition": decrypt,
        },
    ]


_SECRETS = "secretsmanager"
_ARN_PARTS = 7


def _whole(arn: str) -> str:
    """Return the ARN of a secret, where a key of its value, a stage or a version is named after it."""
    return arn if ":ssm:" in arn else ":".join(arn.split(":")[:_ARN_PARTS])
