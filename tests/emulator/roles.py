"""Roles that AWS's services may take, and with which they may do everything."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_lib.emulator import EmulatedAws

#: By name: the service that takes the role.
ROLES = {
    "backup": "backup.amazonaws.com",
    "monitoring": "monitoring.rds.amazonaws.com",
    "replication": "s3.amazonaws.com",
}


def make_roles(aws: EmulatedAws) -> None:
    """Make the roles `arn:aws:iam::123456789012:role/...` of `ROLES`."""
    iam = aws.client("iam")
    for name, service in ROLES.items():
        iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=document(Action="sts:AssumeRole", Principal={"Service": service}),
        )
        iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=document(Action="*", Resource="*"))


def open_key(aws: EmulatedAws, region: str) -> str:
    """Return the ARN of a new key for the account and for Aurora DSQL, which the key's policy has to let in."""
    policy = document(
        Principal={"AWS": f"arn:aws:iam::{aws.account}:root", "Service": "dsql.amazonaws.com"},
        Action="kms:*",
        Resource="*",
    )
    arn: str = aws.client("kms", region).create_key(Policy=policy)["KeyMetadata"]["Arn"]
    return arn


def document(**statement: Any) -> str:
    """Return a policy with one statement that allows something."""
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})
