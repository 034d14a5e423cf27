"""A database of RDS or Aurora that somebody else manages, with what can be added to it from outside."""

from __future__ import annotations

import re
from math import ceil
from typing import TYPE_CHECKING

from constructs_lib.catalog.databases.engines import engine as engine_called
from constructs_lib.catalog.limits import limit
from constructs_lib.catalog.resources.backup_type import backup_type
from constructs_lib.components import Kind
from constructs_lib.constructs.backup.backup_plan import BackupPlan
from constructs_lib.constructs.backup.planned_backup import planned_backup
from constructs_lib.constructs.backup.schedule import DEFAULT_BACKUP_HOUR
from constructs_lib.constructs.database.identifiers import (
    check_identifiers,
    claim_identifiers,
    database_identifier,
    names_in_rds,
)
from constructs_lib.constructs.database.parts.aurora_cluster import AuroraSurroundings
from constructs_lib.constructs.database.parts.event_subscription import database_events
from constructs_lib.constructs.database.parts.instance import InstanceSurroundings
from constructs_lib.constructs.database.recovery_instance import (
    read_replica,
    replica_alarms,
    replicated_backups,
    source_arn,
)
from constructs_lib.constructs.database.required_settings import check_replica
from constructs_lib.constructs.database.restored_as import restored_as
from constructs_lib.constructs.database.settings import DatabaseSettings, database_usage
from constructs_lib.constructs.database.windows import BackupRuns, daily_window, weekly_window
from constructs_lib.constructs.sites.component_name import build_component
from constructs_lib.constructs.sites.network import Network
from constructs_lib.constructs.sites.output import check_outputs, write_output
from constructs_lib.constructs.workload.as_it_stands import as_it_stands
from constructs_lib.constructs.workload.decide import commit, decide, sites_of
from constructs_lib.errors import ConfigurationError
from constructs_lib.plural import plural
from constructs_lib.refusal import check_flag, check_type, refuse
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.placement import part
from constructs_lib.terraform.resource import AwsDataSource
from constructs_lib.terraform.written import note_with_stack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from constructs_lib.catalog.databases.engines import Engine
    from constructs_lib.constructs.backup.vault_lock import VaultLock
    from constructs_lib.constructs.database.settings import DatabasePattern, EngineName
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.constructs.workload.workload import Workload
    from constructs_lib.costs import Usage
    from constructs_lib.objectives import Objective
    from constructs_lib.objectives.acceptance import Acceptance
    from constructs_lib.selection.decision import Decision
    from constructs_lib.terraform.resource import AwsResource

_IDENTIFIER = re.compile(r"[a-z](-?[a-z0-9])*", re.ASCII)
_OUTPUTS = ("endpoint", "port", "arn", "backups-arn", "restore-role-arn")


class ExistingDatabase(Construct):
    """An RDS instance or Aurora cluster that is managed elsewhere, in the primary Region; `Database.existing` makes it.

    Nothing of the database is changed. Replicated backups, a read replica, or backups by AWS Backup are built beside
    it; what stands in the database itself is declared here, assessed, and where the promise needs more, its owner is
    asked in the summary, in `drctl explain` and in `decision.asked`. It has to be encrypted: what RDS copies of it is
    encrypted with the key of the recovery Region.

    ```python
    Database.existing(shop, "stock", identifier="our-stock", engine="postgres", backup_retention_days=7, multi_az=True)
    ```

    Args:
        place: The workload, or sites alone with *objective*.
        id: Construct id: starts the names of what is built.
        identifier: That of the instance or the cluster.
        engine: As of `Database`; `dsql` is none of them.
        backup_retention_days: How far back its automated backups reach, 0 to 35; 0: they are off.
        multi_az: Whether the instance has a standby, or the cluster a reader in another Availability Zone.
        network: Your subnets and security groups; those of the recovery Region are needed for a read replica, and for a
            restore there. Default: none.
        objective: A promise of its own. Default: the workload's.
        accept: A looser promise, accepted in writing. Default: none.
        pattern: The one pattern to use. Default: the cheapest that keeps the objective.
        usage: What its bill and the time of a restore depend on. Default: *storage_gb*, and the assumptions of `Usage`.
        tags: Extra tags of what is built.
        engine_version: Its major version. Default: the engine's in the catalog.
        instance_class: Of a read replica, and of the instances of an Aurora cluster that a failover makes. Default:
            that of *usage*; else the engine's in the catalog for a replica, and a failover asks for it.
        storage_gb: Its storage. Default: the size of *usage*, and a read replica may grow as its source may.
        parameters: Further parameters of the groups in the recovery Region. Default: none.
        deletion_protection: Whether what is built is protected from deletion. Default: that of the sites, True.
        backup_hour: The UTC hour the schedule of AWS Backup goes through, which starts no job of an RDS instance in the
            hour before its windows. Default 3.
        backup_lock: A lock on the vaults of AWS Backup. Default: none.
        backup_window: That of the instance, in UTC, which no run of AWS Backup may meet. Default: nobody tells.
        maintenance_window: The same. Default: nobody tells.
        restored_with: What a failover restores it with where its Region is lost and nobody can be asked, as Terraform's
            arguments, such as `{"deletion_protection": True}`. Default: what is given above, and else what RDS gives;
            the plan of a failover names what nobody tells.

    Attributes:
        decision: What was decided, of the database as it stands.
        sites: Where it is built.
        identifier: As given.
        database: The data source `aws_db_instance` or `aws_rds_cluster`.
        events: The `aws_db_event_subscription`.
        recovery_surroundings: The groups in the recovery Region; None where the network has no subnets there.
        replicated_backups: The `aws_db_instance_automated_backups_replication`, or None.
        replica: The read replica, or None.
        alarms: The replica's alarms.
        backup: The `BackupPlan`, where the pattern has AWS Backup; else None.

    Raises:
        InfeasibleError: If no pattern keeps the objective.
        ConfigurationError: If an option is not allowed, or the database lacks what the pattern cannot be built without.
    """

    def __init__(
        self,
        place: Workload | Sites,
        id: str,
        *,
        identifier: str,
        engine: EngineName,
        backup_retention_days: int,
        multi_az: bool,
        network: Network | None = None,
        objective: Objective | None = None,
        accept: Acceptance | None = None,
        pattern: DatabasePattern | None = None,
        usage: Usage | None = None,
        tags: Mapping[str, str] | None = None,
        engine_version: str | None = None,
        instance_class: str | None = None,
        storage_gb: int | None = None,
        parameters: Mapping[str, str] | None = None,
        deletion_protection: bool | None = None,
        backup_hour: int = DEFAULT_BACKUP_HOUR,
        backup_lock: VaultLock | None = None,
        backup_window: str | None = None,
        maintenance_window: str | None = None,
        restored_with: Mapping[str, object] | None = None,
    ) -> None:
        sites = sites_of(place, f"database {id!r}")
        usage = database_usage(usage, instance_class, storage_gb)
        protected = sites.protects(deletion_protection)
        if engine == "dsql":
            refuse("engine", engine, "one of RDS or Aurora; bring a DSQL cluster under Database, and import it")
        known = engine_called(engine)
        _check(identifier, network, backup_retention_days, multi_az)
        for what, window, parsed in (
            ("backup_window", backup_window, daily_window),
            ("maintenance_window", maintenance_window, weekly_window),
        ):
            if window is not None:
                check_type(window, str, what, "a window in UTC, or leave it out")
                parsed(window)
        told = restored_as(
            known,
            {} if restored_with is None else restored_with,
            retention=backup_retention_days,
            multi_az=multi_az,
            instance_class=usage.instance_class,
            backup_window=backup_window,
            maintenance_window=maintenance_window,
        )
        point_in_time = "cluster_backups" if known.is_aurora else "automated_backups"
        standby = "aurora_reader" if known.is_aurora else "multi_az_instance"
        wanted = decide(
            place,
            id,
            Kind.DATABASE,
            objective=objective,
            accept=accept,
            pattern=pattern,
            usage=usage,
            tags=tags,
            engine=engine,
            features=("existing",),
        )
        days = wanted.number(point_in_time, "retention_days")
        decision = as_it_stands(
            wanted,
            {
                point_in_time: {"retention_days": backup_retention_days} if backup_retention_days else None,
                standby: {} if multi_az else None,
            },
            {
                point_in_time: f"have {identifier} keep automated backups for {plural(days, 'day')}",
                standby: f"add a reader in another Availability Zone to {identifier}"
                if known.is_aurora
                else f"turn on Multi-AZ of {identifier}",
            },
        )
        settings = DatabaseSettings(
            engine=known,
            engine_version=engine_version,
            instance_class=usage.instance_class,
            storage_gb=storage_gb,
            parameters=parameters or {},
            backup_retention_days=days,
            deletion_protection=protected,
        ).sized(ceil(usage.size_gb))
        backup = planned_backup(decision, hour=backup_hour, lock=backup_lock, deletion_protection=protected)
        _check_copies(decision, identifier, network, backup_retention_days)
        if decision.uses("read_replica"):
            check_replica(known, settings.version)

        def clear_of_windows(hour: int, interval_seconds: int, start_window_seconds: int) -> Callable[[], None]:
            runs = BackupRuns(hour=hour, interval_seconds=interval_seconds, start_window_seconds=start_window_seconds)
            runs.check(backup_window, maintenance_window)
            return lambda: None

        if backup is not None and not known.is_aurora:
            clear_of_windows(backup_hour, backup.interval_seconds, backup.start_window_seconds)
        copied = any(item.region is not None for item in decision.component.protections)
        subnets = network is not None and bool(network.recovery_subnet_ids)
        recovery = sites.recovery if copied or subnets else None
        recovery_identifier = f"{database_identifier(decision.full_name)}-recovery"
        owner = f"database {id!r}"
        taken = names_in_rds(recovery_identifier, aurora=known.is_aurora)
        check_outputs(sites.primary, [f"{decision.full_name}-{label}" for label in _OUTPUTS])
        if recovery is not None:
            check_identifiers(recovery, taken, owner)
            recovery.check_providers()
            check_outputs(recovery, [f"{decision.full_name}-recovery-{label}" for label in _OUTPUTS])

        build_component(self, sites, id)
        commit(place, decision)
        note_with_stack(sites.primary.stack, "restored_with", decision.key, told)
        self.decision = decision
        self.sites = sites
        sites.elsewhere[id] = lambda: self.arn
        if not known.is_aurora:
            sites.make_room[id] = clear_of_windows
        self.identifier = identifier
        self.database = AwsDataSource(
            self,
            "Default",
            *(
                ("aws_rds_cluster", {"cluster_identifier": identifier})
                if known.is_aurora
                else ("aws_db_instance", {"db_instance_identifier": identifier})
            ),
            provider=sites.primary.provider,
        )
        conditions = _conditions(decision, known)
        if conditions:
            self.database.add_override("lifecycle.postcondition", conditions)
        self.events = database_events(
            self,
            sites.primary,
            name=database_identifier(decision.full_name),
            identifiers=[identifier],
            tags=decision.tags,
            cluster=known.is_aurora,
        )
        self.recovery_surroundings: InstanceSurroundings | AuroraSurroundings | None = None
        self.replicated_backups: AwsResource | None = None
        self.replica: AwsResource | None = None
        self.alarms: tuple[AwsResource, ...] = ()
        there = None if recovery is None else part(recovery.scope, id)
        if recovery is not None and there is not None:
            claim_identifiers(recovery, taken, owner)
            self._build_recovery(
                there, recovery, settings, network, recovery_identifier, storage_is_known=storage_gb is not None
            )
        self.backup: BackupPlan | None = None
        if backup is not None:
            self.backup = BackupPlan(
                self,
                "Backup",
                sites,
                decision,
                backup,
                resource_arn=self.arn,
                resource_type=backup_type(decision.component.kind, decision.component.engine),
                recovery_scope=there,
            )
            restores = f"role to restore {identifier} with, in either Region"
            name = f"{decision.full_name}-restore-role-arn"
            write_output(sites.primary, name, self.backup.restore_role_arn, restores)

    @property
    def arn(self) -> str:
        """The ARN of the instance or cluster, as the primary stack may name it."""
        site = self.sites.primary
        arn = source_arn(site, site, self.identifier)
        return arn.replace(":db:", ":cluster:") if self.decision.uses("cluster_backups") else arn

    def _build_recovery(
        self,
        there: Construct,
        recovery: Site,
        settings: DatabaseSettings,
        network: Network | None,
        name: str,
        *,
        storage_is_known: bool,
    ) -> None:
        decision, tags = self.decision, dict(self.decision.tags)
        source = source_arn(self.sites.primary, recovery, self.identifier)
        if network is not None and network.recovery_subnet_ids:
            surroundings = AuroraSurroundings if settings.engine.is_aurora else InstanceSurroundings
            self.recovery_surroundings = surroundings(
                there, recovery, settings, network, name=name, tags=tags, role="recovery"
            )
            # A restore there is put into them, and nothing else may say which they are.
            groups = {"vpc_security_group_ids": list(network.recovery_security_group_ids)}
            note_with_stack(recovery.stack, "recovery_network", decision.key, groups)
            into = (self.recovery_surroundings.subnets, network.recovery_security_group_ids)
            self.sites.restored_into["recovery", decision.name] = into
        if decision.uses("replicated_backups"):
            self.replicated_backups = replicated_backups(there, recovery, settings, source=source)
            label = f"{decision.full_name}-recovery-backups-arn"
            write_output(recovery, label, self.replicated_backups.ref("id"), f"replicated backups of {self.identifier}")
        if decision.uses("read_replica") and isinstance(self.recovery_surroundings, InstanceSurroundings):
            self.replica = read_replica(
                there,
                self.sites,
                recovery,
                decision,
                settings,
                self.recovery_surroundings,
                identifier=name,
                source=source,
                storage_is_known=storage_is_known,
            )
            self.alarms = replica_alarms(there, recovery, decision, self.replica, name=name)
            for output, attribute in (("endpoint", "address"), ("port", "port"), ("arn", "arn")):
                label = f"{decision.full_name}-recovery-{output}"
                write_output(recovery, label, self.replica.ref(attribute), f"{output} of {name}")


def _conditions(decision: Decision, engine: Engine) -> list[dict[str, str]]:
    """Return what Terraform checks of the database before it makes copies of it, which nobody declares."""
    conditions = []
    if decision.uses("read_replica") or decision.uses("replicated_backups"):
        conditions.append(
            {
                "condition": "${self.storage_encrypted}",
                "error_message": "The database is not encrypted, and what is copied of it to the other Region is to "
                "be, which RDS refuses. Restore a copy of a snapshot that is encrypted, and name that database.",
            }
        )
    if decision.uses("read_replica") and not engine.replicas_of_managed_passwords:
        conditions.append(
            {
                "condition": "${length(self.master_user_secret) == 0}",
                "error_message": "RDS manages the master password of the database, and makes no read replica of it "
                "then. Have its owner set a password, or take a pattern with replicated backups.",
            }
        )
    return conditions


def _check(identifier: object, network: object, retention: int, multi_az: object) -> None:
    if not isinstance(identifier, str) or not _IDENTIFIER.fullmatch(identifier):
        refuse("identifier", identifier, "that of a database that runs, such as our-ledger")
    limit("rds.identifier").check_length(identifier, "identifier")
    if network is not None and not isinstance(network, Network):
        refuse("network", network, "Network(subnet_ids=[...], security_group_ids=[...]), or leave it out")
    check_flag(multi_az, "multi_az")
    if isinstance(retention, bool) or retention != 0:
        limit("rds.backup_retention_days").check(retention, "backup_retention_days")


def _check_copies(decision: Decision, identifier: str, network: Network | None, retention: int) -> None:
    """Refuse what RDS would refuse: a copy of a database without backups, a replica without subnets."""
    if not retention and (decision.uses("read_replica") or decision.uses("replicated_backups")):
        msg = (
            f"{identifier} has no automated backups, and {decision.pattern} copies what they are made of; have its "
            f"owner turn them on, then give backup_retention_days"
        )
        raise ConfigurationError(msg)
    if decision.uses("read_replica") and (network is None or not network.recovery_subnet_ids):
        msg = (
            f"{decision.pattern} runs in {decision.recovery_region} too; give recovery_subnet_ids and "
            f"recovery_security_group_ids of the network"
        )
        raise ConfigurationError(msg)
