"""The role that ECS takes to start the tasks of one Region."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.service.in_each_region import image_parts
from constructs_lib.constructs.sites.fitted_name import fitted_name
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        region: The Region whose tasks it starts.
        name: Starts the role's name.
        log_group: The name of the log group.
        given: What the service is given in that Region.
        key: The ARN of the Region's key, or None for the one that the site builds there.
        alias: The alias of that one.
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
        region: str,
        name: str,
        log_group: str,
        given: RegionalOptions,
        key: str | None,
        alias: str,
        tags: Mapping[str, str],
    ) -> None:
        super().__init__(scope, id)
        account = home.account_id
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
            statements += _read_secrets(sorted(set(given.secrets.values())), region, account, key, alias)
        self.policy = AwsResource(
            self,
            "Policy",
            "aws_iam_role_policy",
            {
                "name": "start-tasks",
                "role": self.role.ref("id"),
                "policy": json.dumps({"Version": "2012-10-17", "Statement": statements}),
            },
            provider=home.provider,
        )

    def arn_in(self, site: Site) -> str:
        """Return the role's ARN as the stack of *site* may name it."""
        return f"arn:aws:iam::{site.account_id}:role/{self.name}"


def _read_secrets(
    secrets: list[str], region: str, account: str, key: str | None, alias: str
) -> list[dict[str, object]]:
    parameters = [arn for arn in secrets if ":ssm:" in arn]
    stored = [_whole(arn) for arn in secrets if arn not in parameters]
    used = {"secretsmanager": stored, "ssm": parameters}
    services = [f"{name}.{region}.amazonaws.com" for name, arns in used.items() if arns]
    decrypt: dict[str, object] = {"StringEquals": {"kms:ViaService": services}}
    if key is None:
        decrypt["ForAnyValue:StringEquals"] = {"kms:ResourceAliases": alias}
    found: list[dict[str, object]] = []
    if stored:
        action = "secretsmanager:GetSecretValue"
        found.append({"Sid": "ReadSecrets", "Effect": "Allow", "Action": action, "Resource": sorted(set(stored))})
    if parameters:
        found.append(
            {"Sid": "ReadParameters", "Effect": "Allow", "Action": "ssm:GetParameters", "Resource": parameters}
        )
    found.append(
        {
            "Sid": "DecryptThem",
            "Effect": "Allow",
            "Action": "kms:Decrypt",
            "Resource": f"arn:aws:kms:{region}:{account}:key/*" if key is None else key,
            "Condition": decrypt,
        }
    )
    return found


_ARN_PARTS = 7


def _whole(arn: str) -> str:
    """Return the ARN of the secret where a key of its value, a stage or a version is named after it."""
    return ":".join(arn.split(":")[:_ARN_PARTS])
