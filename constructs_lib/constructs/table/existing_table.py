"""A DynamoDB table that somebody else manages, with what can be added to it from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.catalog.limits import limit
from constructs_lib.catalog.resources.backup_type import backup_type
from constructs_lib.components import Kind
from constructs_lib.constructs.backup.backup_plan import BackupPlan
from constructs_lib.constructs.backup.planned_backup import planned_backup
from constructs_lib.constructs.backup.schedule import DEFAULT_BACKUP_HOUR
from constructs_lib.constructs.sites.component_name import build_component
from constructs_lib.constructs.sites.output import check_outputs, write_output
from constructs_lib.constructs.table.replicas import eventual_replica, replication_alarms
from constructs_lib.constructs.table.schema import check_dynamodb_name
from constructs_lib.constructs.table.table_name import check_table_name, claim_table_name
from constructs_lib.constructs.workload.as_it_stands import as_it_stands
from constructs_lib.constructs.workload.decide import commit, decide, sites_of
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import check_flag
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.placement import part
from constructs_lib.terraform.resource import AwsDataSource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.constructs.backup.vault_lock import VaultLock
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.constructs.table.options import TablePattern
    from constructs_lib.constructs.workload.workload import Workload
    from constructs_lib.costs import Usage
    from constructs_lib.objectives import Objective
    from constructs_lib.objectives.acceptance import Acceptance
    from constructs_lib.terraform.resource import AwsResource


class ExistingTable(Construct):
    """A table that is managed elsewhere, in the primary Region; `Table.existing` makes it.

    Nothing of the table is changed. A replica, or backups by AWS Backup, are built beside it; what stands in the table
    itself is declared here, assessed, and where the promise needs more, its owner is asked in the summary, in `drctl
    explain` and in `decision.asked`.

    ```python
    Table.existing(shop, "orders", name="our-orders", recovery_period_days=35, stream=True)
    ```

    Args:
        place: The workload, or sites alone with *objective*.
        id: Construct id: starts the names of what is built.
        name: The table's name.
        recovery_period_days: How far back its point-in-time recovery reaches, 1 to 35. None: it is off.
        stream: Whether it has a stream of `NEW_AND_OLD_IMAGES`, through which a replica is filled.
        customer_key: Whether it is encrypted with a customer managed key; a replica then gets the key of the recovery
            Region. Default: one of AWS.
        provisioned: Whether it has provisioned capacity, which rules a replica out. Default: on demand.
        objective: A promise of its own. Default: the workload's.
        accept: A looser promise, accepted in writing. Default: none.
        pattern: `pitr`, `backup_copy` or `global_table`. Default: the cheapest that keeps the objective.
        usage: What its bill depends on. Default: the assumptions of `Usage`.
        tags: Extra tags of what is built.
        deletion_protection: Whether what is built is protected from deletion. Default: that of the sites, True.
        backup_hour: The UTC hour the schedule of `backup_copy` goes through. Default 3.
        backup_lock: A lock on the vaults of `backup_copy`. Default: none.

    Attributes:
        decision: What was decided, of the table as it stands.
        sites: Where it is built.
        name: As given.
        table: The data source `aws_dynamodb_table`.
        replica: The `aws_dynamodb_table_replica` of `global_table`, else None. Where Terraform manages the table
            elsewhere, it needs `ignore_changes = [replica]` there.
        backup: The `BackupPlan` of `backup_copy`, else None.
        alarms: The `aws_cloudwatch_metric_alarm` on replication, primary Region first.

    Raises:
        InfeasibleError: If no pattern keeps the objective.
        ConfigurationError: If an option is not allowed, or the table lacks what the pattern cannot be built without.
    """

    def __init__(
        self,
        place: Workload | Sites,
        id: str,
        *,
        name: str,
        recovery_period_days: int | None,
        stream: bool = False,
        customer_key: bool = False,
        provisioned: bool = False,
        objective: Objective | None = None,
        accept: Acceptance | None = None,
        pattern: TablePattern | None = None,
        usage: Usage | None = None,
        tags: Mapping[str, str] | None = None,
        deletion_protection: bool | None = None,
        backup_hour: int = DEFAULT_BACKUP_HOUR,
        backup_lock: VaultLock | None = None,
    ) -> None:
        sites = sites_of(place, f"table {id!r}")
        protected = sites.protects(deletion_protection)
        check_dynamodb_name(name, "table", "the name of the table")
        for option, value in (("stream", stream), ("customer_key", customer_key), ("provisioned", provisioned)):
            check_flag(value, option)
        check_flag(protected, "deletion_protection")
        if recovery_period_days is not None:
            limit("dynamodb.recovery_period_days").check(recovery_period_days, "recovery_period_days")
        decision = decide(
            place,
            id,
            Kind.TABLE,
            objective=objective,
            accept=accept,
            pattern=pattern,
            usage=usage,
            tags=tags,
            features=("existing", "provisioned") if provisioned else ("existing",),
        )
        decision = as_it_stands(
            decision,
            {"pitr": None if recovery_period_days is None else {"retention_days": recovery_period_days}},
            {
                "pitr": f"turn on point-in-time recovery of table {name} for "
                f"{decision.setting('pitr', 'retention_days')} days"
            },
        )
        replicated = decision.uses("global_table")
        if replicated and not stream:
            msg = (
                f"table {name} has no stream of NEW_AND_OLD_IMAGES, and {decision.pattern} fills its replica through "
                f"one; have its owner turn it on, then give stream=True"
            )
            raise ConfigurationError(msg)
        backup = planned_backup(decision, hour=backup_hour, lock=backup_lock, deletion_protection=protected)
        check_outputs(sites.primary, [f"{decision.full_name}-restore-role-arn"] if backup is not None else [])
        check_outputs(sites.global_, [f"{decision.full_name}-replica-arn"] if replicated else [])
        if sites.recovery is not None and (replicated or backup is not None):
            sites.recovery.check_providers()
        if sites.recovery is not None and replicated:
            sites.global_.check_providers(sites.primary.region, sites.recovery.region)

        owner = f"table {id!r} of {sites.name}"
        check_table_name(sites, name, owner, replicated=replicated)

        build_component(self, sites, id)
        commit(place, decision)
        claim_table_name(sites, name, owner, replicated=replicated)
        self.decision = decision
        self.sites = sites
        sites.elsewhere[id] = lambda: self.arn
        self.name = name
        self.table = AwsDataSource(
            self, "Default", "aws_dynamodb_table", {"name": name}, provider=sites.primary.provider
        )
        self.replica: AwsResource | None = None
        self.alarms: tuple[AwsResource, ...] = ()
        if replicated:
            self.replica = eventual_replica(
                part(sites.global_.scope, id),
                sites,
                decision,
                table_arn=self._arn_in(sites.primary.region, sites.global_),
                own_key=customer_key,
                deletion_protection=protected,
            )
            self.alarms = replication_alarms(self, sites, decision, table=name, name=decision.full_name)
            replica_of = f"ARN of the replica of table {name}"
            write_output(sites.global_, f"{decision.full_name}-replica-arn", self.replica.ref("arn"), replica_of)
        self.backup: BackupPlan | None = None
        if backup is not None:
            self.backup = BackupPlan(
                self,
                "Backup",
                sites,
                decision,
                backup,
                resource_arn=self.arn,
                resource_type=backup_type(decision.component.kind),
                recovery_scope=None if sites.recovery is None else part(sites.recovery.scope, id),
            )
            restores = f"role to restore {name} with, in either Region"
            write_output(
                sites.primary, f"{decision.full_name}-restore-role-arn", self.backup.restore_role_arn, restores
            )

    @property
    def arn(self) -> str:
        """The ARN of the table in the primary Region, as the primary stack may name it."""
        return self._arn_in(self.sites.primary.region, self.sites.primary)

    @property
    def recovery_arn(self) -> str | None:
        """The ARN of the replica, as the recovery stack may name it; None where the recovery Region has none."""
        recovery = self.sites.recovery
        return None if recovery is None or self.replica is None else self._arn_in(recovery.region, recovery)

    def _arn_in(self, region: str, site: Site) -> str:
        return f"arn:aws:dynamodb:{region}:{site.account_id}:table/{self.name}"
