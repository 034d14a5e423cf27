"""The role S3 replicates with: what it needs to copy from one bucket to the other, and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.sites.fitted_name import fitted_name
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from constructs_lib.constructs.bucket.outside_bucket import OutsideBucket
    from constructs_lib.constructs.bucket.regional_bucket import RegionalBucket
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.selection.decision import Decision
    from constructs_lib.terraform.engine import Construct


class ReplicationRole:
    """An IAM role for one direction of replication.

    Attributes:
        role: `aws_iam_role`, which S3 may assume.
        policy: `aws_iam_role_policy`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        site: Site,
        decision: Decision,
        *,
        source: RegionalBucket | OutsideBucket,
        destination: RegionalBucket,
    ) -> None:
        self.role = AwsResource(
            scope,
            id,
            "aws_iam_role",
            {
                # The name ends with the source Region: both directions live in one account.
                "name": fitted_name(f"{decision.full_name}-replication-{source.region}", limit("iam.role_name").most),
                "description": f"lets S3 replicate from {source.region} to {destination.region}",
                "assume_role_policy": json.dumps(
                    {
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Effect": "Allow",
                                "Principal": {"Service": "s3.amazonaws.com"},
                                # No condition: AWS documents none, and were one not sent, nothing would replicate.
                                "Action": "sts:AssumeRole",
                            }
                        ],
                    }
                ),
                "tags": decision.tags,
            },
            provider=site.provider,
        )
        self.policy = AwsResource(
            scope,
            f"{id}Policy",
            "aws_iam_role_policy",
            {
                "name": "replication",
                "role": self.role.here("id"),
                "policy": json.dumps({"Version": "2012-10-17", "Statement": _statements(site, source, destination)}),
            },
            provider=site.provider,
        )


def _statements(
    site: Site, source: RegionalBucket | OutsideBucket, destination: RegionalBucket
) -> list[dict[str, object]]:
    source_key = source.key_arn_in(site)
    decrypt: dict[str, object] = {
        "Sid": "DecryptTheSource",
        "Effect": "Allow",
        "Action": "kms:Decrypt",
        "Resource": source_key,
        "Condition": _through_s3(source, source.arn_in(site)),
    }
    source_arn, destination_arn = source.arn_in(site), destination.arn_in(site)
    read = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"]
    if source.object_lock is not None:
        read += ["s3:GetObjectRetention", "s3:GetObjectLegalHold"]
    return [
        {
            "Sid": "ReadTheConfiguration",
            "Effect": "Allow",
            "Action": ["s3:GetReplicationConfiguration", "s3:ListBucket"],
            "Resource": source_arn,
        },
        {"Sid": "ReadTheSource", "Effect": "Allow", "Action": read, "Resource": f"{source_arn}/*"},
        {
            "Sid": "WriteReplicas",
            "Effect": "Allow",
            "Action": ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"],
            "Resource": f"{destination_arn}/*",
        },
        *([] if source_key is None else [decrypt]),
        {
            "Sid": "EncryptReplicas",
            "Effect": "Allow",
            "Action": ["kms:Encrypt", "kms:GenerateDataKey"],
            "Resource": site.key_arn_of(destination.site),
            "Condition": _through_s3(destination, destination_arn),
        },
    ]


def _through_s3(bucket: RegionalBucket | OutsideBucket, arn: str) -> dict[str, object]:
    """Allow the key only through S3 and for this bucket.

    With a Bucket Key the encryption context is the ARN of the bucket, not of the object; a policy that names objects
    only looks right and replicates nothing. The objects are named as well, for a writer may turn the Bucket Key off.
    """
    return {
        "StringEquals": {"kms:ViaService": f"s3.{bucket.region}.amazonaws.com"},
        "StringLike": {"kms:EncryptionContext:aws:s3:arn": [arn, f"{arn}/*"]},
    }
