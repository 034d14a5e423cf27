"""The IAM policy that an audit needs: it reads settings and metrics, never data and never a secret's value."""

from __future__ import annotations

import json
from typing import Final

__all__ = ["ACTIONS", "audit_policy"]

ACTIONS: Final = {
    "s3": (
        "GetBucketLocation",
        "GetBucketObjectLockConfiguration",
        "GetBucketTagging",
        "GetBucketVersioning",
        "GetEncryptionConfiguration",
        "GetLifecycleConfiguration",
        "GetReplicationConfiguration",
        "ListAllMyBuckets",
    ),
    "dynamodb": ("DescribeContinuousBackups", "DescribeTable", "ListTables", "ListTagsOfResource"),
    "rds": (
        "DescribeDBClusters",
        "DescribeDBInstanceAutomatedBackups",
        "DescribeDBInstances",
        "DescribeGlobalClusters",
        "ListTagsForResource",
    ),
    "dsql": ("GetCluster", "ListClusters"),
    "elasticfilesystem": ("DescribeFileSystems", "DescribeReplicationConfigurations"),
    "backup": (
        "DescribeRegionSettings",
        "GetBackupPlan",
        "GetBackupSelection",
        "ListBackupPlans",
        "ListBackupSelections",
        "ListBackupVaults",
        "ListRecoveryPointsByBackupVault",
    ),
    "ecs": ("DescribeClusters", "DescribeServices", "DescribeTaskDefinition", "ListClusters", "ListServices"),
    "route53": ("ListHealthChecks", "ListHostedZones", "ListResourceRecordSets", "ListTagsForResources"),
    "cloudwatch": ("DescribeAlarms", "GetMetricData"),
    "kms": ("DescribeKey",),
}
"""The actions by service. Most have no form that names a resource (AWS's service authorization reference), so
the policy names none."""


def audit_policy() -> str:
    """Return the policy as JSON."""
    statements = [
        {
            "Sid": f"Read{service.capitalize()}",
            "Effect": "Allow",
            "Action": [f"{service}:{action}" for action in actions],
            "Resource": "*",
        }
        for service, actions in ACTIONS.items()
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2) + "\n"
