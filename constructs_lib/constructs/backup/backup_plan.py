"""Scheduled backups of one component by AWS Backup, with a copy in the recovery Region where the pattern has one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.backup.backup_role import BackupRole
from constructs_lib.constructs.sites.alarm import alarm, built
from constructs_lib.constructs.sites.chart import Chart
from constructs_lib.constructs.sites.fitted_name import fitted_name
from constructs_lib.objectives import Disruption
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.placement import build, part
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.constructs.backup.planned_backup import PlannedBackup
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.objectives import Objective
    from constructs_lib.terraform.engine import TerraformProvider

_MINUTE = 60
_HOUR = 3600
_DAY = 24 * _HOUR
_NAMESPACE = "AWS/Backup"


class Backed(Protocol):
    """What is backed up: a component, as a `Decision` has it, or a whole workload."""

    @property
    def full_name(self) -> str:
        """Starts the names of what is built."""

    @property
    def tags(self) -> Mapping[str, str]:
        """The tags of what is built, and of each backup."""

    @property
    def kept(self) -> Objective:
        """What is promised for it."""


class BackupPlan(Construct):
    """A vault, a plan that fills it on schedule, the roles AWS Backup takes, and alarms on what does not happen.

    With a copy: a second vault of the same name in the recovery Region, encrypted with that Region's key. Each vault is
    in its own Region's stack, and the plan names the other by an ARN computed from its name.

    Every component has vaults of its own: AWS Backup publishes its metrics by vault, so that an alarm tells whose
    backup is missing, and a lock and an access policy then hold for one component.

    With a peer, which takes writes in the recovery Region as well, that Region has a vault, a plan and alarms of its
    own for it, on the same schedule: a backup of one Region is none of the other, and after a failover it is the
    peer's that count.

    Args:
        scope: The component, in the primary Region's scope.
        id: Construct id.
        sites: The component's sites.
        decision: What is backed up: what was decided for a component.
        planned: What AWS Backup is to do for it.
        resource_arn: What to back up, as the primary stack may name it. None: all that has the tag *selected*.
        resource_type: What alarms call it, such as `DynamoDB` or `RDS`.
        selected: A tag, as key and value. Default: none, *resource_arn* is given.
        buckets: Whether buckets are among it, which the roles need more policies for. Default: not.
        recovery_scope: Where the recovery Region's resources are built; None where there are none.
        peer: What stands in the recovery Region and is backed up there too; None where nothing does.
        links: Where the global site's resources of the component are built; needed with a peer.

    Attributes:
        planned: As given.
        vault: The `aws_backup_vault` in the primary Region.
        recovery_vault: The one in the recovery Region, or None.
        backup_role: The role that backs up and copies.
        restore_role: The role for restores. It is there before it is needed: IAM cannot be changed while its one
            control plane is down.
        plan: The `aws_backup_plan`.
        selection: The `aws_backup_selection`.
        recovery_plan: The plan of the recovery Region, or None.
        recovery_selection: What that selects, in the global site, since it names the role of the primary one; or None.
        alarms: The `aws_cloudwatch_metric_alarm`, primary Region first.
        locks: The `aws_backup_vault_lock_configuration`, primary Region first.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        sites: Sites,
        decision: Backed,
        planned: PlannedBackup,
        *,
        resource_arn: str | None,
        resource_type: str | None,
        selected: tuple[str, str] | None = None,
        buckets: bool = False,
        recovery_scope: Construct | None = None,
        peer: AwsResource | None = None,
        links: Construct | None = None,
    ) -> None:
        build(self, scope, id)
        self._decision = decision
        self.planned = planned
        self._primary = sites.primary
        self._recovery = sites.recovery if planned.copied else None
        self._lifecycle = {"prevent_destroy": True} if planned.deletion_protection else None
        self.vault = self._build_vault(self, self._primary)
        self.recovery_vault: AwsResource | None = None
        locks = [self._build_lock(self, self._primary, self.vault)]
        away = sites.recovery if planned.copied or peer is not None else None
        there: Construct = self
        if away is not None:
            assert recovery_scope is not None, "a vault in the recovery Region needs a place"
            there = part(recovery_scope, id)
            self.recovery_vault = self._build_vault(there, away)
            locks.append(self._build_lock(there, away, self.recovery_vault))
        self.locks = tuple(lock for lock in locks if lock is not None)
        self.backup_role, self.restore_role = (
            BackupRole(
                self,
                f"{job.capitalize()}Role",
                self._primary,
                name=decision.full_name,
                job=job,
                tags=decision.tags,
                buckets=buckets,
            )
            for job in ("backup", "restore")
        )
        self.plan = self._build_plan(self, self._primary, self.vault, self._recovery)
        self.selection = self._build_selection(self, self.plan, resource_arn, self._primary.provider, selected)
        alarms = self._build_alarms(self, self._primary, resource_type, self._recovery, several=selected is not None)
        alarms += self._build_further_copy_alarms(resource_type)
        self._note_charts(self._primary)
        self.recovery_plan: AwsResource | None = None
        self.recovery_selection: AwsResource | None = None
        if peer is not None and away is not None and self.recovery_vault is not None:
            self.recovery_plan = self._build_plan(there, away, self.recovery_vault, None)
            assert links is not None, "a selection that names both Regions needs a place"
            provider = sites.global_.provider_in(away.region)
            self.recovery_selection = self._build_selection(
                part(links, id), self.recovery_plan, peer.ref("arn"), provider
            )
            alarms += self._build_alarms(there, away, resource_type, None)
            self._note_charts(away)
        self.alarms = built(*alarms)

    @property
    def vault_arn(self) -> str:
        """The ARN of the vault in the primary Region."""
        return self.vault.ref("arn")

    @property
    def recovery_vault_arn(self) -> str | None:
        """The ARN of the vault in the recovery Region, computed from its name; None where there is no copy."""
        if self._recovery is None:
            return None
        account = self._primary.account_id
        return f"arn:aws:backup:{self._recovery.region}:{account}:backup-vault:{self.planned.vault_name}"

    @property
    def recovery_vault_name(self) -> str | None:
        """The name of the vault in the recovery Region; None where there is no copy."""
        return None if self._recovery is None else self.planned.vault_name

    @property
    def backup_role_arn(self) -> str:
        """The ARN of the role that backs up and copies."""
        return self.backup_role.arn

    @property
    def restore_role_arn(self) -> str:
        """The ARN of the role to give to a restore job, in either Region."""
        return self.restore_role.arn

    @property
    def _plan_name(self) -> str:
        return fitted_name(self._decision.full_name, limit("backup.plan_name").most)

    def _build_vault(self, scope: Construct, site: Site) -> AwsResource:
        return AwsResource(
            scope,
            "Vault",
            "aws_backup_vault",
            {"name": self.planned.vault_name, "kms_key_arn": site.key_arn_of(site), "tags": self._decision.tags},
            provider=site.provider,
            lifecycle=self._lifecycle,
        )

    def _build_lock(self, scope: Construct, site: Site, vault: AwsResource) -> AwsResource | None:
        lock = self.planned.lock
        if lock is None:
            return None
        return AwsResource(
            scope,
            "VaultLock",
            "aws_backup_vault_lock_configuration",
            {"backup_vault_name": vault.here("name"), **lock.arguments},
            provider=site.provider,
            lifecycle=self._lifecycle,
        )

    def _build_selection(
        self,
        scope: Construct,
        plan: AwsResource,
        resource_arn: str | None,
        provider: TerraformProvider,
        selected: tuple[str, str] | None = None,
    ) -> AwsResource:
        return AwsResource(
            scope,
            "Selection",
            "aws_backup_selection",
            {
                "name": self._plan_name,
                "plan_id": plan.ref("id"),
                "iam_role_arn": self.backup_role.arn,
                "resources": None if resource_arn is None else [resource_arn],
                "selection_tag": None
                if selected is None
                else {"type": "STRINGEQUALS", "key": selected[0], "value": selected[1]},
            },
            provider=provider,
            # The first job must not start before the role may do anything; another stack is applied after this one.
            depends_on=list(self.backup_role.policies) if scope is self else [],
        )

    def _build_plan(self, scope: Construct, site: Site, vault: AwsResource, copied_to: Site | None) -> AwsResource:
        planned = self.planned
        lifecycle = {"delete_after": planned.retention_days}
        to = [None if copied_to is None else self.recovery_vault_arn, *planned.further_copies]
        copies = [{"destination_vault_arn": arn, "lifecycle": lifecycle} for arn in to if arn is not None]
        # Within one stack the order can be said; with a stack per Region the plan may be made first, and the first
        # copy runs hours later.
        together = copied_to is not None and copied_to.stack is site.stack
        return AwsResource(
            scope,
            "Default",
            "aws_backup_plan",
            {
                "name": self._plan_name,
                "rule": [
                    {
                        "rule_name": "scheduled",
                        "target_vault_name": vault.here("name"),
                        "schedule": planned.schedule,
                        "start_window": planned.start_window_seconds // _MINUTE,
                        # A job that still runs when the next is due has broken the schedule: let it fail, and say so.
                        # A weekly job is not given a week.
                        "completion_window": (planned.start_window_seconds + min(planned.interval_seconds, _DAY))
                        // _MINUTE,
                        "lifecycle": lifecycle,
                        "copy_action": copies or None,
                        "enable_continuous_backup": True if planned.continuous else None,
                        "recovery_point_tags": self._decision.tags,
                    }
                ],
                "tags": self._decision.tags,
            },
            provider=site.provider,
            depends_on=[self.recovery_vault] if together and self.recovery_vault is not None else [],
        )

    def _note_charts(self, site: Site) -> None:
        """Let dashboards show how long ago the last backup and the last copy were completed."""
        disruption = Disruption.SOFTWARE if self._recovery is None else Disruption.REGION
        target = self._decision.kept.target(disruption)
        if target is None:
            return
        done = [("backup", "NumberOfBackupJobsCompleted")]
        done += [] if self._recovery is None else [("copy", "NumberOfCopyJobsCompleted")]
        for what, metric in done:
            site.note(
                Chart(
                    title=f"{self._decision.full_name}: hours since the last {what} was completed",
                    namespace=_NAMESPACE,
                    metric=metric,
                    dimensions={"BackupVaultName": self.planned.vault_name},
                    statistic="Sum",
                    period=5 * _MINUTE,
                    promised=target.rpo / _HOUR,
                    since_last=True,
                )
            )

    def _build_alarms(
        self,
        scope: Construct,
        site: Site,
        resource_type: str | None,
        copied_to: Site | None,
        *,
        several: bool = False,
    ) -> list[AwsResource | None]:
        name = self._decision.full_name
        alarms = [
            self._alarm(
                scope,
                site,
                "BackupFailed",
                f"{name}-backup-failed",
                f"a backup job of {name} ({resource_type}) failed: see the job's message in AWS Backup",
                "NumberOfBackupJobsFailed",
            )
        ]
        # The window a backup is due in, and an hour for the job: longer without one and the recovery point is at risk,
        # though nothing failed; a resource type that the account has not opted in to is skipped without a word.
        hours = -(-(self.planned.interval_seconds + self.planned.start_window_seconds) // _HOUR) + 1
        if hours * _HOUR <= (limit("cloudwatch.alarm_evaluation_seconds").most or 0):
            alarms.append(
                self._alarm(
                    scope,
                    site,
                    "BackupLate",
                    f"{name}-backup-late",
                    f"no backup of {name} ({resource_type}) was completed within {hours} hours",
                    "NumberOfBackupJobsCompleted",
                    comparison="LessThanThreshold",
                    threshold=1,
                    period=_HOUR,
                    periods=hours,
                    missing="breaching",
                )
            )
        watched = len(alarms) > 1
        # Of several that share a vault the backup of one hides that another's was late.
        if several or not watched:
            stops = "where the schedule stops altogether nothing rings, not overdue before"
            untold = "" if watched else f"; {stops} {hours} hours: drctl audit tells the age"
            alarms.append(
                self._alarm(
                    scope,
                    site,
                    "BackupExpired",
                    f"{name}-backup-expired",
                    f"a backup job of {name} ({resource_type}) did not start within its window{untold}",
                    "NumberOfBackupJobsExpired",
                )
            )
        if copied_to is not None:
            alarms.append(
                self._alarm(
                    scope,
                    site,
                    "CopyFailed",
                    f"{name}-backup-copy-failed",
                    f"a backup of {name} ({resource_type}) was not copied to {copied_to.region}: what that Region "
                    f"holds gets older",
                    "NumberOfCopyJobsFailed",
                )
            )
        return alarms

    def _build_further_copy_alarms(self, resource_type: str | None) -> list[AwsResource | None]:
        """Build an alarm by the name of each vault of another account: AWS counts a copy by the vault it goes into."""
        name = self._decision.full_name
        known = set() if self._recovery is None else {self.planned.vault_name}
        into = dict.fromkeys(arn.rpartition(":")[2] for arn in self.planned.further_copies)
        return [
            self._alarm(
                self,
                self._primary,
                f"CopyFailed-{vault}",
                f"{name}-backup-copy-failed-{vault}",
                f"a backup of {name} ({resource_type}), or of another plan that copies there, was not copied into "
                f"{vault}: what is left there where the account is lost gets older",
                "NumberOfCopyJobsFailed",
                vault=vault,
            )
            for vault in into
            if vault not in known
        ]

    def _alarm(
        self,
        scope: Construct,
        site: Site,
        id: str,
        name: str,
        description: str,
        metric: str,
        *,
        comparison: str = "GreaterThanThreshold",
        threshold: int = 0,
        period: int = 5 * _MINUTE,
        periods: int = 1,
        missing: str = "notBreaching",
        vault: str | None = None,
    ) -> AwsResource | None:
        return alarm(
            scope,
            id,
            site,
            name=name,
            description=description,
            namespace=_NAMESPACE,
            metric=metric,
            # Of a copy it is the vault it goes into, which is called as the one it comes from.
            dimensions={"BackupVaultName": vault or self.planned.vault_name},
            threshold=threshold,
            statistic="Sum",
            comparison=comparison,
            period=period,
            periods=periods,
            missing=missing,
            tags=self._decision.tags,
        )
