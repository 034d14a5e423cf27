"""A DynamoDB table with the recovery its objective needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.catalog.resources.backup_type import backup_type
from constructs_lib.components import Kind
from constructs_lib.constructs.backup.backup_plan import BackupPlan
from constructs_lib.constructs.backup.planned_backup import planned_backup
from constructs_lib.constructs.backup.schedule import DEFAULT_BACKUP_HOUR
from constructs_lib.constructs.sites.component_name import build_component
from constructs_lib.constructs.sites.output import check_outputs, write_output
from constructs_lib.constructs.table.billing import OnDemand, Provisioned
from constructs_lib.constructs.table.existing_table import ExistingTable
from constructs_lib.constructs.table.options import StreamView, TableClass, TableOptions
from constructs_lib.constructs.table.replicas import (
    eventual_replica,
    replication_alarms,
    strong_replicas,
    third_region_key,
)
from constructs_lib.constructs.table.schema import TableSchema
from constructs_lib.constructs.table.table_name import check_table_name, claim_table_name
from constructs_lib.constructs.workload.adopted import check_adopted
from constructs_lib.constructs.workload.decide import commit, decide, sites_of
from constructs_lib.errors import ConfigurationError
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.placement import part
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.constructs.backup.vault_lock import VaultLock
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.constructs.table.key_attribute import KeyAttribute
    from constructs_lib.constructs.table.options import StreamName, TableClassName, TablePattern
    from constructs_lib.constructs.table.secondary_index import GlobalSecondaryIndex, LocalSecondaryIndex
    from constructs_lib.constructs.workload.workload import Workload
    from constructs_lib.costs import Usage
    from constructs_lib.objectives import Objective
    from constructs_lib.objectives.acceptance import Acceptance
    from constructs_lib.selection.decision import Decision


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
        deletion_protection: Whether DynamoDB and Terraform refuse to delete the table. Default: that of the
            sites, True.
        third_region: The Region of the witness or third replica of a strongly consistent table. Default: chosen.
        backup_hour: The UTC hour the schedule of `backup_copy` goes through. Default 3.
        backup_lock: A lock on the vaults of `backup_copy`. Default: none.
        adopted: The name of the table that a recovery made, which is the table from now on, such as
            `shop-orders-restored`; `drctl adopt` says which. Its resources get addresses of their own, so that
            Terraform can let go of the old ones and import these in one plan. Default: none.

    Attributes:
        decision: What was decided, and why.
        sites: Where it is built.
        table: The `aws_dynamodb_table`.
        replica: The `aws_dynamodb_table_replica` of `global_table`, else None.
        backup: The `BackupPlan` of `backup_copy`, else None.
        third_region_key: The `aws_kms_key` of the third replica of `global_table_strong`, else None.
        alarms: The `aws_cloudwatch_metric_alarm` on replication, primary Region first.

    Raises:
        InfeasibleError: If no pattern keeps the objective.
        ConfigurationError: If an option, or a combination of options, is not allowed.
    """

    existing = ExistingTable
    """`Table.existing(shop, "orders", name=...)`: a table that is managed elsewhere and stays so."""

    def __init__(
        self,
        place: Workload | Sites,
        id: str,
        *,
        partition_key: KeyAttribute,
        sort_key: KeyAttribute | None = None,
        objective: Objective | None = None,
        accept: Acceptance | None = None,
        pattern: TablePattern | None = None,
        usage: Usage | None = None,
        tags: Mapping[str, str] | None = None,
        name: str | None = None,
        billing: OnDemand | Provisioned | None = None,
        global_secondary_indexes: Sequence[GlobalSecondaryIndex] = (),
        local_secondary_indexes: Sequence[LocalSecondaryIndex] = (),
        ttl_attribute: str | None = None,
        uses_transactions: bool = False,
        stream: StreamView | StreamName | None = None,
        table_class: TableClass | TableClassName = TableClass.STANDARD,
        recovery_period_days: int | None = None,
        deletion_protection: bool | None = None,
        third_region: str | None = None,
        backup_hour: int = DEFAULT_BACKUP_HOUR,
        backup_lock: VaultLock | None = None,
        adopted: str | None = None,
    ) -> None:
        sites = sites_of(place, f"table {id!r}")
        protected = sites.protects(deletion_protection)
        own = f"{sites.name}-{id}" if name is None else name
        if adopted == own:
            msg = f"adopted is {adopted!r}, which is the table's own name; give that of the table a recovery made"
            raise ConfigurationError(msg)
        options = TableOptions(
            name=own if adopted is None else adopted,
            schema=TableSchema(
                partition_key=partition_key,
                sort_key=sort_key,
                global_secondary_indexes=global_secondary_indexes,
                local_secondary_indexes=local_secondary_indexes,
                billing=OnDemand() if billing is None else billing,
            ),
            ttl_attribute=ttl_attribute,
            uses_transactions=uses_transactions,
            stream=stream,
            table_class=table_class,
            recovery_period_days=recovery_period_days,
            deletion_protection=protected,
        )
        decision = decide(
            place,
            id,
            Kind.TABLE,
            objective=objective,
            accept=accept,
            pattern=pattern,
            usage=options.schema.bought(usage),
            tags=tags,
            features=options.features,
            third_region=third_region,
            settings=options.settings,
        )
        backup = planned_backup(decision, hour=backup_hour, lock=backup_lock, deletion_protection=protected)
        options.check(decision)
        replicated = decision.uses("global_table")
        strong = decision.setting("global_table", "consistency") == "STRONG"
        check_adopted(decision, adopted)
        home = sites.global_ if strong else sites.primary
        labels = ("name", "arn") if options.view(decision) is None else ("name", "arn", "stream-arn")
        check_outputs(home, [f"{decision.full_name}-{label}" for label in labels])
        check_outputs(sites.primary, [f"{decision.full_name}-restore-role-arn"] if backup is not None else [])
        check_outputs(sites.global_, [f"{decision.full_name}-replica-arn"] if replicated and not strong else [])
        _check_providers(sites, decision)
        owner = f"table {id!r} of {sites.name}"
        check_table_name(sites, options.name, owner, replicated=replicated)

        build_component(self, sites, id)
        commit(place, decision)
        claim_table_name(sites, options.name, owner, replicated=replicated)
        self.decision = decision
        self.name = options.name
        self.sites = sites
        self._site = home
        scope = part(home.scope, id) if strong else _within(self, adopted)
        self.third_region_key = third_region_key(scope, home, decision, options) if strong else None
        self.table = AwsResource(
            scope,
            "Default",
            "aws_dynamodb_table",
            {
                **options.arguments(decision),
                "server_side_encryption": {"enabled": True, "kms_key_arn": home.key_arn_of(sites.primary)},
                **(strong_replicas(sites, decision, options, third_key=self.third_region_key) if strong else {}),
            },
            provider=home.provider_in(sites.primary.region),
            lifecycle={**options.lifecycle, **({"ignore_changes": ["replica"]} if replicated and not strong else {})}
            or None,
        )
        self.replica: AwsResource | None = None
        self.alarms: tuple[AwsResource, ...] = ()
        if replicated and not strong and sites.recovery is not None:
            both = _within(part(sites.global_.scope, id), adopted)
            self.replica = eventual_replica(
                both, sites, decision, table_arn=self._arn_for(sites.global_), deletion_protection=protected
            )
            self.alarms = replication_alarms(self, sites, decision, table=options.name, name=own)
        self.backup: BackupPlan | None = None
        if backup is not None:
            self.backup = BackupPlan(
                self,
                "Backup",
                sites,
                decision,
                backup,
                resource_arn=self.table.here("arn"),
                resource_type=backup_type(decision.component.kind),
                recovery_scope=None if sites.recovery is None else part(sites.recovery.scope, id),
            )
        self._write_outputs()

    @property
    def arn(self) -> str:
        """The ARN of the table in the primary Region, as the primary stack may name it."""
        return self._arn_for(self.sites.primary)

    @property
    def stream_arn(self) -> str | None:
        """The ARN of the table's stream, as the stack that holds the table may name it; None where there is none."""
        return self.table.ref("stream_arn") if self.table.arguments.get("stream_enabled") else None

    @property
    def recovery_arn(self) -> str | None:
        """The ARN of the replica, as the recovery stack may name it; None where the recovery Region has none.

        The replica has the table's own name. A table restored from a backup has a name and an ARN of its own.
        """
        recovery = self.sites.recovery
        if recovery is None or not self.decision.uses("global_table"):
            return None
        return self._arn_in(recovery.region, recovery)

    def _arn_for(self, site: Site) -> str:
        """Return the ARN as the stack of *site* may name it."""
        if self._site.stack is site.stack:
            return self.table.ref("arn")
        return self._arn_in(self.sites.primary.region, site)

    def _arn_in(self, region: str, site: Site) -> str:
        return f"arn:aws:dynamodb:{region}:{site.account_id}:table/{self.name}"

    def _write_outputs(self) -> None:
        site, name = self._site, self.decision.full_name
        write_output(site, f"{name}-name", self.table.here("name"), f"name of table {self.name}")
        write_output(site, f"{name}-arn", self.table.here("arn"), f"ARN of table {self.name}")
        if self.stream_arn is not None:
            write_output(site, f"{name}-stream-arn", self.stream_arn, f"stream of table {self.name}")
        if self.replica is not None:
            replica_of = f"ARN of the replica of table {self.name}"
            write_output(self.sites.global_, f"{name}-replica-arn", self.replica.ref("arn"), replica_of)
        if self.backup is not None:
            restores = f"role to restore {self.name} with, in either Region"
            write_output(self.sites.primary, f"{name}-restore-role-arn", self.backup.restore_role_arn, restores)


def _within(scope: Construct, adopted: str | None) -> Construct:
    return scope if adopted is None else part(scope, adopted)


def _check_providers(sites: Sites, decision: Decision) -> None:
    """Check that the stacks may have the providers of every Region that the pattern names."""
    if sites.recovery is not None and (decision.uses("global_table") or decision.uses("backup_copy")):
        sites.recovery.check_providers()
    if sites.recovery is not None and decision.uses("global_table"):
        third = decision.setting("global_table", "third_region")
        others = [third] if isinstance(third, str) else []
        sites.global_.check_providers(sites.primary.region, sites.recovery.region, *others)
