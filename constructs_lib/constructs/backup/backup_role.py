"""The roles AWS Backup takes: one to back up, one to restore."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.sites.fitted_name import fitted_name
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.placement import build
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.constructs.sites.site import Site

_POLICIES = {
    "backup": "AWSBackupServiceRolePolicyForBackup",
    "restore": "AWSBackupServiceRolePolicyForRestores",
}
_POLICIES_FOR_BUCKETS = {
    "backup": "AWSBackupServiceRolePolicyForS3Backup",
    "restore": "AWSBackupServiceRolePolicyForS3Restore",
}


class BackupRole(Construct):
    """A role only AWS Backup can take, on behalf of this account, for one of its two jobs.

    The permissions are AWS's own managed policies. What a job calls differs by service, is not documented as a list,
    and grows: AWS extends these policies before AWS Backup needs more. A policy of our own would be narrower until the
    day a backup fails for a missing action, which may be found when the backup is needed. What can be narrowed is: the
    role that runs on schedule cannot restore, and the role that restores runs nothing by itself.

    Args:
        scope: Where to build it.
        id: Construct id.
        site: The primary site. A recovery stack must not hold a role: IAM's control plane is in one Region, and a plan
            would ask it.
        name: Starts the role's name.
        job: `backup` or `restore`.
        tags: The component's tags.
        buckets: Whether it is for S3 buckets too, whose permissions are policies of their own. Default: not.

    Attributes:
        role: The `aws_iam_role`.
        policies: The `aws_iam_role_policy_attachment` of each policy.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        site: Site,
        *,
        name: str,
        job: Literal["backup", "restore"],
        tags: Mapping[str, str],
        buckets: bool = False,
    ) -> None:
        build(self, scope, id)
        # Roles belong to the account, not to a Region: the same workload may exist for another pair of Regions.
        self.name = fitted_name(f"{name}-{job}-{site.region}", limit("iam.role_name").most)
        self.role = AwsResource(
            self,
            "Default",
            "aws_iam_role",
            {
                "name": self.name,
                "description": f"taken by AWS Backup to {job.replace('backup', 'back up')} {name}",
                "assume_role_policy": json.dumps(
                    {
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Sid": "AwsBackupTakesIt",
                                "Effect": "Allow",
                                "Principal": {"Service": "backup.amazonaws.com"},
                                "Action": "sts:AssumeRole",
                                # AWS documents the key for AWS Backup, though not for this call: where it is not sent
                                # a backup must not fail for it.
                                "Condition": {"StringEqualsIfExists": {"aws:SourceAccount": site.account_id}},
                            }
                        ],
                    }
                ),
                "tags": dict(tags),
            },
            provider=site.provider,
        )
        attached = [("Policy", f"service-role/{_POLICIES[job]}")]
        attached += [("PolicyForBuckets", _POLICIES_FOR_BUCKETS[job])] if buckets else []
        self.policies = tuple(
            AwsResource(
                self,
                name,
                "aws_iam_role_policy_attachment",
                {"role": self.role.here("name"), "policy_arn": f"arn:aws:iam::aws:policy/{path}"},
                provider=site.provider,
            )
            for name, path in attached
        )

    @property
    def arn(self) -> str:
        """The role's ARN."""
        return self.role.ref("arn")
