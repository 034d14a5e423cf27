"""How many calls an account of a thousand resources of a kind costs, by AWS's own page sizes."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from constructs_lib.live import region
from constructs_lib.live.read import read_account

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

THOUSAND = 1_000
HOME, AWAY = "eu-west-1", "eu-central-1"

# What lists them, where the reply has them, AWS's default for a page, and one of them.
LISTED: dict[str, tuple[str, str, int, Callable[[int], Any]]] = {
    "bucket": ("s3 list_buckets", "Buckets", 10_000, lambda i: {"Name": f"b{i}", "BucketRegion": HOME}),
    "table": ("dynamodb list_tables", "TableNames", 100, lambda i: f"t{i}"),
    "instance": (
        "rds describe_db_instances",
        "DBInstances",
        100,
        lambda i: {"DBInstanceIdentifier": f"d{i}", "ReadReplicaSourceDBInstanceIdentifier": "s"},
    ),
    "cluster": (
        "rds describe_db_clusters",
        "DBClusters",
        100,
        lambda i: {"DBClusterIdentifier": f"c{i}", "GlobalClusterIdentifier": "g"},
    ),
    "dsql": ("dsql list_clusters", "clusters", 100, lambda i: {"identifier": f"q{i}"}),
    "filesystem": ("efs describe_file_systems", "FileSystems", 100, lambda i: {"FileSystemId": f"fs-{i}"}),
    "service": ("ecs list_services", "serviceArns", 10, lambda i: f"service-{i}"),
    "recovery point": (
        "backup list_recovery_points_by_backup_vault",
        "RecoveryPoints",
        1_000,
        lambda i: {"ResourceArn": f"arn:{i}", "Status": "COMPLETED", "CreationDate": datetime.now(UTC)},
    ),
}
REPLICATED = {"Role": "r", "Rules": [{"ID": "all", "Destination": {"Bucket": "arn:aws:s3:::copy"}}]}
TOLD: dict[str, dict[str, Any]] = {
    "get_bucket_replication": {"ReplicationConfiguration": REPLICATED},
    "get_object_lock_configuration": {"ObjectLockConfiguration": {}},
    "get_bucket_encryption": {"ServerSideEncryptionConfiguration": {}},
    "describe_table": {"Table": {"TableArn": "arn", "Replicas": [{"RegionName": AWAY}]}},
    "describe_task_definition": {"taskDefinition": {"taskDefinitionArn": "task:1"}},
    "describe_continuous_backups": {"ContinuousBackupsDescription": {}},
}


@attrs.define
class Account:
    """An account of a thousand of *kind*, as a session and as each of its clients; counts what it is asked."""

    kind: str
    calls: Counter[str] = attrs.field(factory=Counter)
    service: str = ""

    def client(self, service: str, **_: Any) -> Account:
        return Account(self.kind, self.calls, service)

    def can_paginate(self, operation: str) -> bool:
        return True

    def get_paginator(self, operation: str) -> Account:
        return Account(self.kind, self.calls, f"{self.service} {operation}")

    def paginate(self, **given: Any) -> Iterator[dict[str, Any]]:
        listing, key, size, make = LISTED[self.kind]
        size = given.get("maxResults", size)
        if self.service != listing:
            vaults = [{"BackupVaultName": "v"}] if self.service.endswith("list_backup_vaults") else []
            yield {"BackupVaultList": vaults, "clusterArns": ["arn:one"] if self.kind == "service" else []}
            return
        for start in range(0, THOUSAND, size):
            self.calls[self.service] += 1
            yield {key: [make(number) for number in range(start, min(THOUSAND, start + size))]}

    def __getattr__(self, operation: str) -> Callable[..., dict[str, Any]]:
        def call(**given: Any) -> dict[str, Any]:
            self.calls[f"{self.service} {operation}"] += 1
            if operation == "describe_services":
                names = given["services"]
                return {
                    "services": [
                        {"serviceArn": n, "serviceName": n, "clusterArn": "arn:one", "taskDefinition": "task:1"}
                        for n in names
                    ]
                }
            return TOLD.get(operation, {})

        return call


@pytest.mark.parametrize(
    ("kind", "calls"),
    [
        ("bucket", {"s3": 1 + 6 * THOUSAND, "cloudwatch": 2}),
        ("table", {"dynamodb": 10 + 3 * THOUSAND, "cloudwatch": 2}),
        ("instance", {"rds": 10, "cloudwatch": 2}),
        ("cluster", {"rds": 10, "cloudwatch": 2}),
        ("dsql", {"dsql": 10 + THOUSAND}),
        ("filesystem", {"efs": 10 + THOUSAND}),
        # A hundred in a page, ten in a description, and their one task.
        ("service", {"ecs": 10 + 100 + 1}),
        # And one for what the Region lets AWS Backup do.
        ("recovery point", {"backup": 1 + 1}),
    ],
)
def test_a_thousand_of_a_kind_cost_what_aws_makes_them_cost(
    kind: str, calls: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a listing tells of each is asked once for all: databases cost a page for a hundred, and no more."""
    monkeypatch.setattr(region, "_SLOW", {})
    account = Account(kind)

    found = read_account([HOME], copies=True, session=account)

    by_service: Counter[str] = Counter()
    for call, count in account.calls.items():
        by_service[call.split()[0]] += count
    assert found.unasked == ()
    assert {service: by_service[service] for service in calls} == calls
