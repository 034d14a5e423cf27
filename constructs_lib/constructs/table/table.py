"""A DynamoDB table with the recovery its objective needs."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.limits import limit
from constructs_lib.catalog.mechanism import parameter
from constructs_lib.catalog.provider_constraint import guarantees_at_least
from constructs_lib.components import Kind
from constructs_lib.constructs.backup.backup_plan import BackupPlan
from constructs_lib.constructs.backup.schedule import DEFAULT_BACKUP_HOUR, check_backup_hour
from constructs_lib.constructs.backup.vault_lock import VaultLock
from constructs_lib.constructs.flag import check_flag
from constructs_lib.constructs.sites.alarm import alarm
from constructs_lib.constructs.sites.output import write_output
from constructs_lib.constructs.table.billing import OnDemand, Provisioned
from constructs_lib.constructs.table.schema import TableSchema, check_dynamodb_name
from constructs_lib.constructs.workload.settlement import settle, sites_of
from constructs_lib.errors import ConfigurationError
from constructs_lib.objectives import Disruption
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.placement import placed
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.constructs.table.key_attribute import KeyAttribute
    from constructs_lib.constructs.table.secondary_index import GlobalSecondaryIndex, LocalSecondaryIndex
    from constructs_lib.constructs.workload.workload import Workload
    from constructs_lib.costs import Usage
    from constructs_lib.objectives import Objective
    from constructs_lib.objectives.acceptance import Acceptance

_Choice = TypeVar("_Choice", bound=StrEnum)


class StreamView(StrEnum):
    """What a table's stream holds of a change."""

    KEYS_ONLY = "KEYS_ONLY"
    NEW_IMAGE = "NEW_IMAGE"
    OLD_IMAGE = "OLD_IMAGE"
    NEW_AND_OLD_IMAGES = "NEW_AND_OLD_IMAGES"


class TableClass(StrEnum):
    """What storage costs beside requests."""

    STANDARD = "STANDARD"
    STANDARD_INFREQUENT_ACCESS = "STANDARD_INFREQUENT_ACCESS"


class Table(Construct):
    """A DynamoDB table, and what recovers it.

    ```python
    orders = Table(shop, "orders", partition_key=KeyAttribute("order_id"), sort_key=KeyAttribute("line", "N"))
    ```

    Point-in-time recovery, encryption with the Region's key and deletion protection are always there. By pattern:

    * `pitr`: nothing more.
    * `backup_copy`: AWS Backup, with a copy in the recovery Region.
    * `global_table`: a replica in the recovery Region, in the global stack.
    * `global_table_strong_witness`, `global_table_strong`: strongly consistent replicas. The provider knows them only
      as blocks of the table, which so names three Regions: the whole table is in the global stack, where the keys of
      every Region can be looked up, and neither Region's stack depends on another Region.

    Args:
        place: The workload, or sites alone with *objective*.
        id: Construct id; the table is called `<sites>-<id>`.
        partition_key: The partition key.
        sort_key: The sort key. Default: none.
        objective: A promise of its own. Default: the workload's.
        accept: A looser promise, accepted in writing. Default: none.
        pattern: The one pattern to use. Default: the cheapest that keeps the objective.
        usage: What its bill depends on. Default: the assumptions of `Usage`.
        tags: Extra tags.
        name: The table's name. Default: `<sites>-<id>`.
        billing: `OnDemand()`, the default, or `Provisioned(...)`, which rules global tables out.
        global_secondary_indexes: Indexes with a partition key of their own. Default: none.
        local_secondary_indexes: Indexes with the table's partition key. They rule out strong consistency across
            Regions. Default: none.
        ttl_attribute: The attribute that says when an item expires, in seconds since 1970. It rules out the same.
        uses_transactions: Whether the application writes or reads in transactions. It rules out the same. Default: no.
        stream: What a stream of changes holds. Default: no stream, and for a global table
            `NEW_AND_OLD_IMAGES`, the one view it allows.
        table_class: `STANDARD`, the default, or `STANDARD_INFREQUENT_ACCESS`.
        recovery_period_days: How far back point-in-time recovery reaches in the primary Region, 1 to 35; it costs the
            same. Default 35. A replica has AWS's 35: the provider has no argument for it.
        deletion_protection: Whether DynamoDB and Terraform refuse to delete the table. Default: they do.
        third_region: The Region of the witness or third replica of a strongly consistent table. Default: chosen.
        backup_hour: The UTC hour the schedule of `backup_copy` goes through. Default 3.
        backup_lock: A lock on the vaults of `backup_copy`. Default: none.

    Attributes:
        settlement: What was decided, and why.
        table: The `aws_dynamodb_table`.
        replica: The `aws_dynamodb_table_replica` of `global_table`, else None.
        backup: The `BackupPlan` of `backup_copy`, else None.
        third_region_key: The `aws_kms_key` of the third replica of `global_table_strong`, else None.
        alarms: The `aws_cloudwatch_metric_alarm` on replication, primary Region first.

    Raises:
        InfeasibleError: If no pattern keeps the objective.
        ConfigurationError: If an option, or a combination of options, is not allowed.
    """

    def __init__(
        self,
        place: Workload | Sites,
        id: str,
        *,
        partition_key: KeyAttribute,
        sort_key: KeyAttribute | None = None,
        objective: Objective | None = None,
        accept: Acceptance | None = None,
        pattern: str | None = None,
        usage: Usage | None = None,
        tags: Mapping[str, str] | None = None,
        name: str | None = None,
        billing: OnDemand | Provisioned | None = None,
        global_secondary_indexes: Sequence[GlobalSecondaryIndex] = (),
        local_secondary_indexes: Sequence[LocalSecondaryIndex] = (),
        ttl_attribute: str | None = None,
        uses_transactions: bool = False,
        stream: StreamView | str | None = None,
        table_class: TableClass | str = TableClass.STANDARD,
        recovery_period_days: int | None = None,
        deletion_protection: bool = True,
        third_region: str | None = None,
        backup_hour: int = DEFAULT_BACKUP_HOUR,
        backup_lock: VaultLock | None = None,
    ) -> None:
        sites = sites_of(place, f"table {id!r}")
        schema = TableSchema(
            partition_key=partition_key,
            sort_key=sort_key,
            global_secondary_indexes=global_secondary_indexes,
            local_secondary_indexes=local_secondary_indexes,
            billing=OnDemand() if billing is None else billing,
        )
        self.name = f"{sites.name}-{id}" if name is None else name
        check_dynamodb_name(self.name, "table", "the name of the table")
        _check_ttl(ttl_attribute, schema)
        check_flag(uses_transactions, "uses_transactions")
        check_flag(deletion_protection, "deletion_protection")
        check_backup_hour(backup_hour)
        view = None if stream is None else _chosen(StreamView, stream, "stream")
        storage = _chosen(TableClass, table_class, "table_class")
        if recovery_period_days is not None:
            limit("dynamodb.recovery_period_days").check(recovery_period_days, "recovery_period_days")
        features = {
            "ttl": ttl_attribute is not None,
            "local_secondary_index": bool(local_secondary_indexes),
            "transactions": uses_transactions,
            "provisioned": isinstance(schema.billing, Provisioned),
        }
        self.settlement = settle(
            place,
            id,
            Kind.TABLE,
            objective=objective,
            accept=accept,
            pattern=pattern,
            usage=usage,
            tags=tags,
            features=[feature for feature, present in features.items() if present],
            third_region=third_region,
            settings={} if recovery_period_days is None else {"pitr": {"retention_days": recovery_period_days}},
        )
        super().__init__(sites.primary.scope, id)
        placed(self, sites.primary.stack)
        self._sites = sites
        self._deletion_protection = deletion_protection
        global_table = self.settlement.protection("global_table")
        copies = self.settlement.protection("backup_copy")
        strong = global_table is not None and global_table.parameters.get("consistency") == "STRONG"
        if global_table is not None and view not in (None, StreamView.NEW_AND_OLD_IMAGES):
            msg = (
                f"table {self.name} has stream={str(view)!r}, but its pattern, {self.settlement.pattern}, replicates "
                f"through the stream and needs {StreamView.NEW_AND_OLD_IMAGES}; give that, or leave it out"
            )
            raise ConfigurationError(msg)
        if backup_lock is not None and copies is None:
            msg = (
                f"table {self.name} has a backup_lock, but its pattern, {self.settlement.pattern}, has no vault to "
                f'lock; leave it out, or force pattern="backup_copy"'
            )
            raise ConfigurationError(msg)

        view = view if global_table is None else StreamView.NEW_AND_OLD_IMAGES
        arguments = {
            "name": self.name,
            **schema.arguments(),
            "table_class": storage,
            "point_in_time_recovery": {
                "enabled": True,
                "recovery_period_in_days": self._recovery_period(recovery_period_days),
            },
            "stream_enabled": None if view is None else True,
            "stream_view_type": view,
            "ttl": None if ttl_attribute is None else {"attribute_name": ttl_attribute, "enabled": True},
            "deletion_protection_enabled": deletion_protection,
            "tags": self.settlement.tags,
        }
        self.replica: AwsResource | None = None
        self.backup: BackupPlan | None = None
        self.third_region_key: AwsResource | None = None
        self.alarms: tuple[AwsResource, ...] = ()
        self._scope = Construct(sites.global_.scope, id) if strong else self
        self._site = sites.global_ if strong else sites.primary
        self.table = AwsResource(
            self._scope,
            "Default",
            "aws_dynamodb_table",
            {**arguments, **self._encryption(), **(self._strong_replicas() if strong else {})},
            provider=self._site.provider_in(sites.primary.region),
            lifecycle=self._lifecycle(ignore_changes=["replica"] if global_table is not None and not strong else []),
        )
        if global_table is not None and not strong:
            both = Construct(sites.global_.scope, id)
            self.replica = self._eventual_replica(both)
            replica_of = f"ARN of the replica of table {self.name}"
            write_output(sites.global_, f"{self._output_name}-replica-arn", self.replica.ref("arn"), replica_of)
            self.alarms = self._replication_alarms()
        if copies is not None:
            assert sites.recovery is not None, "a pattern with a copy is only chosen where there is a recovery Region"
            self.backup = BackupPlan(
                self,
                "Backup",
                self.settlement,
                copies,
                resource_arn=self.table.ref("arn"),
                resource_type="DynamoDB",
                recovery_scope=Construct(sites.recovery.scope, id),
                hour=backup_hour,
                lock=backup_lock,
                deletion_protection=deletion_protection,
            )
        self._build_outputs()

    @property
    def arn(self) -> str:
        """The ARN of the table in the primary Region, as the primary stack may name it."""
        if self._site.stack is self._sites.primary.stack:
            return self.table.ref("arn")
        return self._arn_in(self._sites.primary.region, self._sites.primary)

    @property
    def stream_arn(self) -> str | None:
        """The ARN of the table's stream, as the stack that holds the table may name it; None where there is none."""
        return self.table.ref("stream_arn") if self.table.arguments.get("stream_enabled") else None

    @property
    def recovery_arn(self) -> str | None:
        """The ARN of the replica, as the recovery stack may name it; None where the recovery Region has none.

        The replica has the table's own name. A table restored from a backup has a name and an ARN of its own.
        """
        recovery = self._sites.recovery
        if recovery is None or self.settlement.protection("global_table") is None:
            return None
        return self._arn_in(recovery.region, recovery)

    def _arn_in(self, region: str, site: Site) -> str:
        return f"arn:aws:dynamodb:{region}:{site.account_id}:table/{self.name}"

    def _recovery_period(self, days: int | None) -> object:
        if days is not None:
            return days
        protection = self.settlement.protection("pitr")
        given = {} if protection is None else protection.parameters
        return parameter("retention_days", given, load_catalog().mechanism(Kind.TABLE, "pitr"))

    def _lifecycle(self, ignore_changes: Sequence[str] = ()) -> dict[str, object] | None:
        lifecycle: dict[str, object] = {"prevent_destroy": True} if self._deletion_protection else {}
        if ignore_changes:
            lifecycle["ignore_changes"] = list(ignore_changes)
        return lifecycle or None

    def _encryption(self) -> dict[str, object]:
        key = self._site.key_arn_of(self._sites.primary)
        return {"server_side_encryption": {"enabled": True, "kms_key_arn": key}}

    def _eventual_replica(self, scope: Construct) -> AwsResource:
        site, recovery = self._sites.global_, self._sites.recovery
        assert recovery is not None, "a global table is only chosen where there is a recovery Region"
        together = site.stack is self._sites.primary.stack
        return AwsResource(
            scope,
            "Default",
            "aws_dynamodb_table_replica",
            {
                "global_table_arn": self.table.ref("arn")
                if together
                else self._arn_in(self._sites.primary.region, site),
                "kms_key_arn": site.key_arn_of(recovery),
                "point_in_time_recovery": True,
                "deletion_protection_enabled": self._deletion_protection,
                "tags": self.settlement.tags,
            },
            provider=site.provider_in(recovery.region),
            lifecycle=self._lifecycle(),
        )

    def _strong_replicas(self) -> dict[str, object]:
        site, recovery = self._sites.global_, self._sites.recovery
        third = self.settlement.choice.chosen.third_region
        assert recovery is not None, "a global table is only chosen where there is a recovery Region"
        assert third is not None, "a strongly consistent table is only chosen with a third Region"
        replicas = [self._strong_replica(recovery.region, site.key_arn_of(recovery))]
        if self.settlement.pattern == "global_table_strong_witness":
            return {"replica": replicas, "global_table_witness": {"region_name": third}}
        self.third_region_key = AwsResource(
            self._scope,
            "ThirdRegionKey",
            "aws_kms_key",
            {
                "description": f"replica of {self.name} in {third}",
                "enable_key_rotation": True,
                "deletion_window_in_days": 30,
                "policy": json.dumps(_key_policy(site.account_id)),
                "tags": self.settlement.tags,
            },
            provider=site.provider_in(third),
            lifecycle={"prevent_destroy": True} if self._deletion_protection else None,
        )
        return {"replica": [*replicas, self._strong_replica(third, self.third_region_key.ref("arn"))]}

    def _strong_replica(self, region: str, key_arn: str) -> dict[str, object]:
        since = str(limit("dynamodb.replica_deletion_protection_provider").values[0])
        return {
            "region_name": region,
            "consistency_mode": "STRONG",
            "kms_key_arn": key_arn,
            "point_in_time_recovery": True,
            "propagate_tags": True,
            "deletion_protection_enabled": self._deletion_protection
            if guarantees_at_least(self._sites.constraint, since)
            else None,
        }

    def _replication_alarms(self) -> tuple[AwsResource, ...]:
        recovery = self._sites.recovery
        assert recovery is not None, "a global table is only chosen where there is a recovery Region"
        here, there = self._sites.primary, recovery
        # DynamoDB publishes the metric where the write was made: after a failover that is the recovery Region.
        return (
            self._replication_alarm(self, here, there),
            self._replication_alarm(Construct(there.scope, self.node.id), there, here),
        )

    def _replication_alarm(self, scope: Construct, source: Site, receiver: Site) -> AwsResource:
        seconds = self._recovery_point_seconds()
        return alarm(
            scope,
            "ReplicationLatency",
            source,
            name=f"{self.name}-replication-to-{receiver.region}",
            description=(
                f"writes to {self.name} in {source.region} take more than {seconds} s to reach {receiver.region}: "
                f"what the loss of {source.region} would lose now is more than was promised"
            ),
            namespace="AWS/DynamoDB",
            metric="ReplicationLatency",
            dimensions={"TableName": self.name, "ReceivingRegion": receiver.region},
            threshold=seconds * 1000,
            tags=self.settlement.tags,
        )

    def _recovery_point_seconds(self) -> int:
        assessment = self.settlement.assessment
        target = None if assessment.objective is None else assessment.objective.target(Disruption.REGION)
        if target is not None:
            return target.rpo
        estimate = assessment.estimates[Disruption.REGION].rpo_seconds
        assert estimate is not None, "the catalog has a recovery point for a global table"
        return estimate

    def _build_outputs(self) -> None:
        site, name = self._site, self._output_name
        write_output(site, f"{name}-name", self.table.ref("name"), f"name of table {self.name}")
        write_output(site, f"{name}-arn", self.table.ref("arn"), f"ARN of table {self.name}")
        if self.stream_arn is not None:
            write_output(site, f"{name}-stream-arn", self.stream_arn, f"stream of table {self.name}")
        if self.backup is not None:
            restores = f"role to restore {self.name} with, in either Region"
            write_output(self._sites.primary, f"{name}-restore-role-arn", self.backup.restore_role_arn, restores)

    @property
    def _output_name(self) -> str:
        return self.settlement.full_name


def _chosen(choices: type[_Choice], value: str, what: str) -> _Choice:
    try:
        return choices(value)
    except ValueError:
        msg = f"{what} is {value!r}; allowed: {', '.join(choices)}"
        raise ConfigurationError(msg) from None


def _check_ttl(attribute: str | None, schema: TableSchema) -> None:
    if attribute is None:
        return
    if not isinstance(attribute, str):
        msg = f"ttl_attribute is {attribute!r}; give the name of an attribute"
        raise ConfigurationError(msg)
    limit("dynamodb.attribute_name").check_length(attribute, "ttl_attribute")
    for key in schema.attributes():
        if key.name == attribute and key.type != "N":
            msg = f"ttl_attribute {attribute!r} is a key of type {key.type}; DynamoDB reads the time from a number, N"
            raise ConfigurationError(msg)


def _key_policy(account_id: str) -> dict[str, object]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AccountDecidesWithIAM",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{account_id}:root"},
                "Action": "kms:*",
                "Resource": "*",
            }
        ],
    }
