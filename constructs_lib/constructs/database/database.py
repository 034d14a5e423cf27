"""A relational database that keeps a promise: RDS, Aurora or Aurora DSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from constructs_lib.catalog.resources.backup_type import backup_type
from constructs_lib.components import Kind
from constructs_lib.constructs.backup.backup_plan import BackupPlan
from constructs_lib.constructs.backup.planned_backup import planned_backup
from constructs_lib.constructs.backup.schedule import DEFAULT_BACKUP_HOUR
from constructs_lib.constructs.database.adopted import Adopted
from constructs_lib.constructs.database.aurora import Aurora
from constructs_lib.constructs.database.dsql import Dsql
from constructs_lib.constructs.database.existing_database import ExistingDatabase
from constructs_lib.constructs.database.identifiers import (
    database_identifier,
)
from constructs_lib.constructs.database.multi_az_cluster import MultiAzCluster
from constructs_lib.constructs.database.names import DatabaseNames
from constructs_lib.constructs.database.rds_instance import RdsInstance
from constructs_lib.constructs.database.required_settings import (
    fixed_parameters,
    members_adopted,
    required_settings,
    settings_asked,
)
from constructs_lib.constructs.database.settings import database_usage
from constructs_lib.constructs.database.windows import BackupRuns
from constructs_lib.constructs.sites.component_name import build_component
from constructs_lib.constructs.sites.network import Network
from constructs_lib.constructs.sites.output import write_output
from constructs_lib.constructs.workload.decide import commit, decide, sites_of
from constructs_lib.costs import Usage
from constructs_lib.refusal import check_flag
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.placement import part
from constructs_lib.terraform.written import note_with_stack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from constructs_lib.constructs.backup.planned_backup import PlannedBackup
    from constructs_lib.constructs.backup.vault_lock import VaultLock
    from constructs_lib.constructs.database.settings import DatabasePattern, EngineName
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.constructs.workload.workload import Workload
    from constructs_lib.objectives import Objective
    from constructs_lib.objectives.acceptance import Acceptance
    from constructs_lib.terraform.resource import AwsResource


_COPIES_OF_THE_PRIMARY = ("read_replica", "replicated_backups", "global_database")
"""What AWS makes in the recovery Region from something that must be there first."""


class Database(Construct):
    """A database of RDS, Aurora or Aurora DSQL, with what its recovery needs in both Regions.

    ```python
    network = Network(subnet_ids=[...], security_group_ids=[...])
    ledger = Database(shop, "ledger", engine="postgres", network=network)
    ```

    Storage, backups, Performance Insights and passwords are encrypted with the key of each Region; callers must
    use TLS; automated backups with point-in-time recovery are always on. `docs/database.md` says what each pattern
    builds.

    Args:
        place: The workload, or sites alone with *objective*.
        id: Construct id; the database is called `<sites>-<id>`, and `<sites>-<id>-recovery` in the recovery Region.
        engine: What AWS calls it: `postgres`, `mysql`, `mariadb`, `oracle-ee`, `sqlserver-se`, `db2-ae`,
            `aurora-postgresql`, `aurora-mysql`, `dsql` and so on. The engine is yours to choose, never the library's.
        network: Subnets and security groups, your own. Needed for all engines but `dsql`, which has no VPC; with those
            of the recovery Region where something runs there.
        objective: A promise of its own. Default: the workload's.
        accept: A looser promise, accepted in writing. Default: none.
        pattern: The one pattern to use. Default: the cheapest that keeps the objective.
        usage: What its bill and the time of a restore depend on. Default: *storage_gb*, and the assumptions of `Usage`.
        tags: Extra tags.
        engine_version: Default: the engine's major version in the catalog, of which AWS takes its default minor one; it
            upgrades minor versions itself, in the maintenance window, but those of a global database. An exact version
            stays. Name it when a recovery Region is added to a cluster that exists: both sides need the same one.
        instance_class: Of every instance, in both Regions. Default: that of *usage*, else the engine's in the catalog;
            for Aurora, where *usage* says the capacity units that are needed, `db.serverless` where that is cheaper.
        storage_gb: Storage of an RDS instance. Default: the size of *usage*. A Multi-AZ DB cluster has 400 or more.
        max_storage_gb: How far the storage of an RDS instance may grow by itself. Default: twice *storage_gb*.
        database_name: A database to create. Default: none.
        username: The master user. Default `dbadmin`. Its password is made by AWS or Terraform, kept in Secrets Manager,
            and in no state.
        port: Default: the engine's.
        parameters: Further parameters of the parameter group; static ones wait for a restart. Default: none.
        license_model: Default: the engine's in the catalog.
        backup_retention_days: How far back point-in-time recovery reaches, 1 to 35. Default 35, in both Regions.
        backup_window: When RDS takes its daily snapshot, UTC, such as `01:15-01:45`. Default: AWS chooses.
        maintenance_window: UTC, such as `sun:05:15-sun:05:45`. Default: AWS chooses. The patterns with AWS Backup
            choose what is not given, and refuse a window of an RDS instance in which its jobs would be refused.
        backtrack_hours: For `aurora-mysql`: how far back the cluster can be rewound in place, up to 72. It rules a
            global database out. Default 0.
        ca_certificate: The certificate authority of the server certificate. Default: the account's in each
            Region, which is `rds-ca-rsa2048-g1` unless you changed it.
        monitoring_seconds: The interval of Enhanced Monitoring. Default 60.
        performance_insights: Whether Performance Insights is on. Default: it is where engine and class have it.
        deletion_protection: Whether RDS and Terraform refuse to delete it. Default: that of the sites, True. A final
            snapshot is taken either way.
        recovery_standby: Whether a read replica has a standby of its own, or a secondary cluster a second instance,
            before it takes over. Default: neither, one instance is what the objective needs.
        third_region: The Region of the witness of DSQL in two Regions. Default: chosen.
        backup_hour: The UTC hour the schedule of AWS Backup goes through. Default 3. The windows follow it.
        backup_lock: A lock on the vaults of AWS Backup. Default: none.
        adopted: The identifier of what a recovery, or somebody by hand, made in the primary Region, which is the
            database from now on, such as `shop-ledger-restored`; `drctl adopt` says which. Its resources get addresses
            of their own, so that Terraform can let go of the old ones and import these in one plan. Who manages its
            password stays as it is. Default: none.
        adopted_recovery: The same of a read replica in the recovery Region. Default: none.
        adopted_members: The same of the instances of an Aurora cluster, the writer first. Default: `<adopted>-1` and so
            on.

    Attributes:
        decision: What was decided, and why.
        sites: Where it is built.
        settings: The options, with what the pattern made of them; None for `dsql`.
        network: As given.
        identifier: The identifier in the primary Region.
        recovery_identifier: The identifier of what runs in the recovery Region, and the start of names there.
        parts: What was built: `RdsInstance`, `MultiAzCluster`, `Aurora` or `Dsql`, with each resource as an attribute.
        backup: The `BackupPlan`, where the pattern has AWS Backup; else None.

    Raises:
        InfeasibleError: If no pattern keeps the objective.
        ConfigurationError: If an option, or a combination of options, is not allowed.
    """

    existing = ExistingDatabase
    """`Database.existing(shop, "ledger", identifier=...)`: a database that is managed elsewhere and stays so."""

    def __init__(
        self,
        place: Workload | Sites,
        id: str,
        *,
        engine: EngineName,
        network: Network | None = None,
        objective: Objective | None = None,
        accept: Acceptance | None = None,
        pattern: DatabasePattern | None = None,
        usage: Usage | None = None,
        tags: Mapping[str, str] | None = None,
        engine_version: str | None = None,
        instance_class: str | None = None,
        storage_gb: int | None = None,
        max_storage_gb: int | None = None,
        database_name: str | None = None,
        username: str | None = None,
        port: int | None = None,
        parameters: Mapping[str, str] | None = None,
        license_model: str | None = None,
        backup_retention_days: int | None = None,
        backup_window: str | None = None,
        maintenance_window: str | None = None,
        backtrack_hours: int = 0,
        ca_certificate: str | None = None,
        monitoring_seconds: int | None = None,
        performance_insights: bool | None = None,
        deletion_protection: bool | None = None,
        recovery_standby: bool = False,
        third_region: str | None = None,
        backup_hour: int = DEFAULT_BACKUP_HOUR,
        backup_lock: VaultLock | None = None,
        adopted: str | None = None,
        adopted_recovery: str | None = None,
        adopted_members: list[str] | tuple[str, ...] = (),
    ) -> None:
        sites = sites_of(place, f"database {id!r}")
        check_flag(recovery_standby, "recovery_standby")
        usage = database_usage(usage, instance_class, storage_gb)
        options: dict[str, object] = {
            "engine_version": engine_version,
            # Whether instances are serverless is decided, and what they are then follows.
            "instance_class": None if usage.is_serverless else usage.instance_class,
            "storage_gb": storage_gb,
            "max_storage_gb": max_storage_gb,
            "database_name": database_name,
            "username": username,
            "port": port,
            "parameters": parameters,
            "license_model": license_model,
            "backup_retention_days": backup_retention_days,
            "backup_window": backup_window,
            "maintenance_window": maintenance_window,
            "backtrack_hours": backtrack_hours or None,
            "ca_certificate": ca_certificate,
            "monitoring_seconds": monitoring_seconds,
            "performance_insights": performance_insights,
        }
        given = {name: value for name, value in options.items() if value is not None}
        protected = sites.protects(deletion_protection)
        settings = settings_asked(engine, network, given, third_region, deletion_protection=protected)
        identifier = database_identifier(f"{sites.name}-{id}")
        decision = decide(
            place,
            id,
            Kind.DATABASE,
            objective=objective,
            accept=accept,
            pattern=pattern,
            usage=usage,
            tags=tags,
            engine=engine,
            features=("backtrack",) if backtrack_hours else (),
            third_region=third_region,
            settings=fixed_parameters(backup_retention_days, recovery_standby=recovery_standby),
        )
        backup = planned_backup(decision, hour=backup_hour, lock=backup_lock, deletion_protection=protected)
        if settings is not None and network is not None:
            settings = required_settings(settings, network, decision, backup, hour=backup_hour)
        taken_over = Adopted(primary=adopted, recovery=adopted_recovery, members=members_adopted(adopted_members))
        taken_over.check(decision, identifier)
        names = DatabaseNames(sites, decision, settings, network, identifier, taken_over)
        names.check()

        build_component(self, sites, id)
        commit(place, decision)
        names.claim()
        self.decision = decision
        self.sites = sites
        self.settings = settings
        self.network = network
        self.identifier = identifier if settings is None else adopted or identifier
        self.recovery_identifier = adopted_recovery or names.recovery_identifier
        there = None if names.recovery is None else part(names.recovery.scope, id)
        if any(map(decision.uses, _COPIES_OF_THE_PRIMARY)):
            sites.build_recovery_after_primary()
        self.parts = self._build(sites, there, names, taken_over, deletion_protection=protected)
        self._note_where_it_is_restored()
        if self.settings is not None and not self.settings.engine.is_aurora:
            sites.make_room[id] = self._make_room
        self.backup = None if backup is None else self._build_backup(sites, there, backup)
        if names.recovery is not None and network is not None and network.recovery_security_group_ids:
            # A restore there is put into them, and nothing else may say which they are.
            groups = {"vpc_security_group_ids": list(network.recovery_security_group_ids)}
            note_with_stack(names.recovery.stack, "recovery_network", decision.key, groups)
        for label, value in self.parts.outputs().items():
            write_output(sites.primary, f"{decision.full_name}-{label}", value, f"{label} of {decision.full_name}")
        if names.recovery is not None:
            name = f"{decision.full_name}-recovery"
            for label, value in self.parts.recovery_outputs().items():
                write_output(names.recovery, f"{name}-{label}", value, f"{label} of {name}")

    @property
    def main(self) -> AwsResource:
        """The instance or cluster of the primary Region."""
        return self.parts.main

    @property
    def recovery_main(self) -> AwsResource | None:
        """What stands for it in the recovery Region: a replica, a secondary or peer cluster, or replicated backups."""
        return self.parts.recovery_main

    @property
    def arn(self) -> str:
        """The ARN of the instance or cluster."""
        return self.main.ref("arn")

    @property
    def endpoint(self) -> str:
        """The host name that callers in the primary Region write to."""
        return self.parts.outputs()["endpoint"]

    @property
    def recovery_endpoint(self) -> str | None:
        """The host name of the recovery Region; None where nothing runs there until it is restored."""
        return self.parts.recovery_outputs().get("endpoint")

    @property
    def secret_arn(self) -> str | None:
        """The ARN of the secret with the master user's password; None for `dsql`, which has no passwords.

        Of an adopted database whose password RDS does not manage it is null once Terraform has it: there is no secret.
        """
        return self.parts.secret_arn

    def _build(
        self,
        sites: Sites,
        there: Construct | None,
        names: DatabaseNames,
        adopted: Adopted,
        *,
        deletion_protection: bool,
    ) -> RdsInstance | MultiAzCluster | Aurora | Dsql:
        if self.settings is None or self.network is None:
            where = adopted.scope(self)
            return Dsql(where, there, sites, self.decision, deletion_protection=deletion_protection)
        if self.decision.uses("multi_az_cluster"):
            return MultiAzCluster(
                self, sites, self.decision, self.settings, self.network, identifier=names.identifier, adopted=adopted
            )
        built = Aurora if self.settings.engine.is_aurora else RdsInstance
        return built(
            self,
            there,
            sites,
            self.decision,
            self.settings,
            self.network,
            identifier=names.identifier,
            recovery_identifier=names.recovery_identifier,
            adopted=adopted,
        )

    def _note_where_it_is_restored(self) -> None:
        if self.network is None or isinstance(self.parts, Dsql):
            return
        around = None if isinstance(self.parts, MultiAzCluster) else self.parts.recovery_surroundings
        here = self.parts.subnets if isinstance(self.parts, MultiAzCluster) else self.parts.surroundings.subnets
        for role, subnets in (("primary", here), ("recovery", None if around is None else around.subnets)):
            self.sites.restored_into[role, self.decision.name] = (subnets, self.network.security_groups_in(role))

    def _make_room(self, hour: int, interval_seconds: int, start_window_seconds: int) -> Callable[[], None]:
        """Return what gives it windows in which no run of that schedule falls, where it has none of its own.

        Raises:
            ConfigurationError: If it has, and runs fall into them.
        """
        settings = self.settings
        assert settings is not None, "DSQL has no windows"
        runs = BackupRuns(hour=hour, interval_seconds=interval_seconds, start_window_seconds=start_window_seconds)
        runs.check(settings.backup_window, settings.maintenance_window)
        backups, maintenance = runs.windows(settings.backup_window, settings.maintenance_window)
        prefix = "preferred_" if isinstance(self.parts, MultiAzCluster) else ""

        def keep_apart() -> None:
            self.settings = replace(settings, backup_window=backups, maintenance_window=maintenance)
            for name, window in (("backup_window", backups), ("maintenance_window", maintenance)):
                if getattr(settings, name) is None and window is not None:
                    self.main.override(f"{prefix}{name}", window)

        return keep_apart

    def _build_backup(self, sites: Sites, there: Construct | None, planned: PlannedBackup) -> BackupPlan:
        component = self.decision.component
        return BackupPlan(
            self,
            "Backup",
            sites,
            self.decision,
            planned,
            resource_arn=self.arn,
            resource_type=backup_type(component.kind, component.engine),
            recovery_scope=there,
            peer=self.parts.peer if isinstance(self.parts, Dsql) else None,
            links=self.parts.links if isinstance(self.parts, Dsql) else None,
        )
