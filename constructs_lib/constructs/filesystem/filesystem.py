"""An EFS file system with the recovery its objective needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.catalog.resources.backup_type import backup_type
from constructs_lib.components import Kind
from constructs_lib.constructs.backup.backup_plan import BackupPlan
from constructs_lib.constructs.backup.planned_backup import planned_backup
from constructs_lib.constructs.backup.schedule import DEFAULT_BACKUP_HOUR
from constructs_lib.constructs.filesystem.options import FileSystemOptions
from constructs_lib.constructs.filesystem.replication import Replication
from constructs_lib.constructs.sites.component_name import build_component
from constructs_lib.constructs.sites.output import check_outputs, write_output
from constructs_lib.constructs.workload.decide import commit, decide, sites_of
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.placement import part
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.constructs.backup.vault_lock import VaultLock
    from constructs_lib.constructs.sites.network import Network
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.constructs.workload.workload import Workload
    from constructs_lib.costs import Usage
    from constructs_lib.objectives import Objective
    from constructs_lib.objectives.acceptance import Acceptance


class FileSystem(Construct):
    """An EFS file system, and what recovers it.

    ```python
    exports = FileSystem(shop, "exports", network=Network(subnet_ids=[...], security_group_ids=[...]))
    ```

    Encryption with the Region's key, a mount target in each subnet and AWS Backup are always there. EFS's own automatic
    backups are off: the plan built here replaces them. By pattern:

    * `backup`: Regional storage, in several Availability Zones.
    * `backup_copy`: with a copy of each backup in the recovery Region.
    * `replication`: with a replica in the recovery Region, which is read only until the replication is deleted. It has
      mount targets of its own. The replication is in the global stack, as it names both Regions.
    * `one_zone_backup`: storage in one Availability Zone; built only where it is named.

    Args:
        place: The workload, or sites alone with *objective*.
        id: Construct id; the creation token and the tag `Name` are `<sites>-<id>`.
        network: Subnets, of different Availability Zones, and security groups that let NFS (TCP 2049) in. A replica
            needs those of the recovery Region, too.
        objective: A promise of its own. Default: the workload's.
        accept: A looser promise, accepted in writing. Default: none.
        pattern: The one pattern to use. Default: the cheapest that keeps the objective.
        usage: What its bill depends on. Default: the assumptions of `Usage`.
        tags: Extra tags.
        throughput_mode: `bursting`, the default, or `elastic`, which is billed by the GB read and written.
        infrequent_access_days: Days without access until a file goes to Infrequent Access storage. Default: never.
        availability_zone: Where a One Zone file system lies, which is where the first subnet must be. Default: none.
        deletion_protection: Whether Terraform refuses to destroy it. Default: that of the sites, True.
        backup_hour: The UTC hour the schedule goes through. Default 3.
        backup_lock: A lock on the vaults. Default: none.
        adopted: The creation token of the file system that a recovery made, which is the file system from now on, such
            as `shop-exports-restored`; `drctl adopt` says which. Its resources get addresses of their own, so that
            Terraform can let go of the old ones and import these in one plan. Default: none.

    Attributes:
        decision: What was decided, and why.
        sites: Where it is built.
        file_system: The `aws_efs_file_system` in the primary Region.
        mount_targets: The `aws_efs_mount_target` of both Regions, primary Region first.
        replica: The `aws_efs_file_system` in the recovery Region, or None.
        replication: The `Replication`, or None.
        backup: The `BackupPlan`.

    Raises:
        InfeasibleError: If no pattern keeps the objective.
        ConfigurationError: If an option, or a combination of options, is not allowed.
    """

    def __init__(
        self,
        place: Workload | Sites,
        id: str,
        *,
        network: Network,
        objective: Objective | None = None,
        accept: Acceptance | None = None,
        pattern: str | None = None,
        usage: Usage | None = None,
        tags: Mapping[str, str] | None = None,
        throughput_mode: str = "bursting",
        infrequent_access_days: int | None = None,
        availability_zone: str | None = None,
        deletion_protection: bool | None = None,
        backup_hour: int = DEFAULT_BACKUP_HOUR,
        backup_lock: VaultLock | None = None,
        adopted: str | None = None,
    ) -> None:
        sites = sites_of(place, f"file system {id!r}")
        protected = sites.protects(deletion_protection)
        options = FileSystemOptions(
            name=f"{sites.name}-{id}",
            network=network,
            throughput_mode=throughput_mode,
            infrequent_access_days=infrequent_access_days,
            availability_zone=availability_zone,
            deletion_protection=protected,
            adopted=adopted,
        )
        decision = decide(
            place,
            id,
            Kind.FILESYSTEM,
            objective=objective,
            accept=accept,
            pattern=pattern,
            usage=usage,
            tags=tags,
        )
        options.check(decision, sites.primary)
        backup = planned_backup(decision, hour=backup_hour, lock=backup_lock, deletion_protection=protected)
        assert backup is not None, "every pattern of a file system has a backup"
        replicated = decision.uses("replication")
        check_outputs(sites.primary, [f"{decision.full_name}-{name}" for name in ("id", "arn", "restore-role-arn")])
        if sites.recovery is not None and (replicated or backup.copied):
            sites.recovery.check_providers()
        if sites.recovery is not None and replicated:
            check_outputs(sites.recovery, [f"{decision.full_name}-recovery-id"])
            sites.global_.check_providers(sites.primary.region, sites.recovery.region)

        build_component(self, sites, id)
        commit(place, decision)
        self.decision = decision
        self.sites = sites
        self._options = options
        there = part(sites.recovery.scope, id) if sites.recovery and (replicated or backup.copied) else None
        home = self if adopted is None else part(self, adopted)
        self.file_system, self.mount_targets = self._build(home, sites.primary)
        self.replica: AwsResource | None = None
        self.replication: Replication | None = None
        if replicated and sites.recovery is not None and there is not None:
            self.replica, targets = self._build(there, sites.recovery, replica=True)
            self.mount_targets += targets
            self.replication = Replication(
                part(sites.global_.scope, id),
                sites,
                decision,
                options,
                source=self.file_system,
                replica=self.replica,
            )
        self.backup = BackupPlan(
            self,
            "Backup",
            sites,
            decision,
            backup,
            resource_arn=self.file_system.here("arn"),
            resource_type=backup_type(decision.component.kind),
            recovery_scope=there,
        )
        self._write_outputs()

    def _build(
        self, scope: Construct, site: Site, *, replica: bool = False
    ) -> tuple[AwsResource, tuple[AwsResource, ...]]:
        """Build the file system of one Region and its mount targets; that of the recovery Region is replicated to."""
        options = self._options
        # EFS itself changes the protection: while it replicates, and once it no longer does.
        open_ = {"protection": {"replication_overwrite": "DISABLED"}} if replica else {}
        system = AwsResource(
            scope,
            "Default",
            "aws_efs_file_system",
            {**options.arguments(self.decision, site), **open_},
            provider=site.provider,
            lifecycle={**options.lifecycle, "ignore_changes": ["protection"]},
        )
        AwsResource(
            scope,
            "BackupPolicy",
            "aws_efs_backup_policy",
            {"file_system_id": system.here("id"), "backup_policy": {"status": "DISABLED"}},
            provider=site.provider,
            # A recovery switches it on for a replica that has become the file system, and off again.
            lifecycle={"ignore_changes": ["backup_policy"]} if replica else None,
        )
        groups = options.network.security_groups_in(site.role)
        return system, tuple(
            AwsResource(
                scope,
                f"MountTarget{number}",
                "aws_efs_mount_target",
                {"file_system_id": system.here("id"), "subnet_id": subnet, "security_groups": groups},
                provider=site.provider,
            )
            for number, subnet in enumerate(options.subnets_in(site.role), start=1)
        )

    def _write_outputs(self) -> None:
        site, name = self.sites.primary, self.decision.full_name
        write_output(site, f"{name}-id", self.file_system.here("id"), f"id of file system {name}")
        write_output(site, f"{name}-arn", self.file_system.here("arn"), f"ARN of file system {name}")
        restores = f"role to restore {name} with, in either Region"
        write_output(site, f"{name}-restore-role-arn", self.backup.restore_role_arn, restores)
        if self.replica is not None and self.sites.recovery is not None:
            replica_of = f"id of the replica of file system {name}"
            write_output(self.sites.recovery, f"{name}-recovery-id", self.replica.ref("id"), replica_of)
