"""An RDS instance, and what stands for it in the recovery Region: replicated backups, or a read replica."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.constructs.database.parts.event_subscription import database_events
from constructs_lib.constructs.database.parts.final_snapshot import final_snapshot, lifecycle_with_snapshot
from constructs_lib.constructs.database.parts.instance import InstanceSurroundings, instance_arguments
from constructs_lib.constructs.database.parts.master_password import (
    MasterPassword,
    managed_password,
    managed_secret_arn,
)
from constructs_lib.constructs.database.recovery_instance import (
    read_replica,
    replica_alarms,
    replicated_backups,
    source_arn,
)
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from constructs_lib.constructs.database.adopted import Adopted
    from constructs_lib.constructs.database.settings import DatabaseSettings
    from constructs_lib.constructs.sites.network import Network
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.selection.decision import Decision
    from constructs_lib.terraform.engine import Construct


class RdsInstance:
    """The patterns of RDS with one instance, or an instance and its standby.

    Attributes:
        instance: The `aws_db_instance` of the primary Region.
        surroundings: Its subnet, parameter and option groups.
        password: The secret of the master user, where RDS cannot manage it (a pattern with a read replica); else None.
        events: The `aws_db_event_subscription`.
        replica: The read replica in the recovery Region, or None.
        replica_events: The same for the replica, or None.
        replicated_backups: The `aws_db_instance_automated_backups_replication` in the recovery Region, or None.
        recovery_surroundings: The groups in the recovery Region, which a restore there takes too; None where the
            network has no subnets there.
        alarms: The replica's alarms.
    """

    def __init__(
        self,
        scope: Construct,
        recovery_scope: Construct | None,
        sites: Sites,
        decision: Decision,
        settings: DatabaseSettings,
        network: Network,
        *,
        identifier: str,
        recovery_identifier: str,
        adopted: Adopted,
    ) -> None:
        self._adopted = adopted
        self._sites = sites
        self._decision = decision
        self._settings = settings
        self._identifier = identifier
        self._recovery_identifier = recovery_identifier
        self._tags = dict(decision.tags)
        self.password: MasterPassword | None = None
        self.replica: AwsResource | None = None
        self.replica_events: AwsResource | None = None
        self.replicated_backups: AwsResource | None = None
        self.recovery_surroundings: InstanceSurroundings | None = None
        self.alarms: tuple[AwsResource, ...] = ()
        site = sites.primary
        self.surroundings = InstanceSurroundings(
            scope, site, settings, network, name=identifier, tags=self._tags, role="primary"
        )
        self.instance = self._build_primary(scope, site)
        self.events = database_events(
            scope, site, name=identifier, identifiers=[self.instance.here("identifier")], tags=self._tags
        )
        recovery = sites.recovery
        if recovery is not None and recovery_scope is not None:
            if network.recovery_subnet_ids:
                self.recovery_surroundings = InstanceSurroundings(
                    recovery_scope,
                    recovery,
                    settings,
                    network,
                    name=recovery_identifier,
                    tags=self._tags,
                    role="recovery",
                )
            if decision.uses("replicated_backups"):
                self.replicated_backups = replicated_backups(
                    # They are those of one database: another one's are others.
                    self._adopted.scope(recovery_scope),
                    recovery,
                    settings,
                    source=self._source_arn(recovery),
                    after=self._after_primary(recovery),
                )
            if decision.uses("read_replica"):
                self._build_replica(recovery_scope, recovery)

    @property
    def main(self) -> AwsResource:
        """The instance of the primary Region."""
        return self.instance

    @property
    def recovery_main(self) -> AwsResource | None:
        """What stands for it in the recovery Region."""
        return self.replica or self.replicated_backups

    @property
    def secret_arn(self) -> str:
        """The ARN of the secret of the master user."""
        if self.password is not None:
            return self.password.arn
        return managed_secret_arn(self.instance)

    def outputs(self) -> dict[str, str]:
        """Return what callers in the primary Region need."""
        return {
            "endpoint": self.instance.ref("address"),
            "port": self.instance.ref("port"),
            "arn": self.instance.ref("arn"),
            "secret-arn": self.secret_arn,
            **self._logs_in_with(self.instance),
        }

    def recovery_outputs(self) -> dict[str, str]:
        """Return what callers in the recovery Region need, or whoever restores there."""
        if self.replica is not None:
            return {
                "endpoint": self.replica.ref("address"),
                "port": self.replica.ref("port"),
                "arn": self.replica.ref("arn"),
                **self._logs_in_with(self.replica),
            }
        if self.replicated_backups is not None:
            return {"backups-arn": self.replicated_backups.ref("id")}
        return {}

    def _logs_in_with(self, instance: AwsResource) -> dict[str, str]:
        """Return what a policy for `rds-db:connect` names, where the engine has IAM authentication."""
        return {"resource-id": instance.ref("resource_id")} if self._settings.engine.iam_authentication else {}

    def _build_primary(self, scope: Construct, site: Site) -> AwsResource:
        settings = self._settings
        adopted = self._adopted.primary
        ignored: tuple[str, ...] = ()
        if not self._decision.uses("read_replica"):
            credentials = managed_password(site)
        else:
            self.password = MasterPassword(scope, site, settings, name=self._identifier, tags=self._tags)
            credentials = {"password_wo": self.password.value, "password_wo_version": self.password.value_version}
            # An import does not read it, and writing the password would lock out whoever knows the one that is there.
            ignored = () if adopted is None else ("password_wo_version",)
        return AwsResource(
            self._adopted.scope(scope),
            "Default",
            "aws_db_instance",
            {
                **self._arguments(site, identifier=adopted or self._identifier),
                **self.surroundings.arguments,
                **credentials,
                "engine": settings.engine.name,
                "engine_version": settings.version,
                "license_model": settings.license,
                "allocated_storage": settings.storage_gb,
                "db_name": settings.database_written,
                "username": settings.username,
                "storage_encrypted": True,
                "kms_key_id": site.key_arn_of(site),
                "multi_az": self._decision.uses("multi_az_instance"),
                **final_snapshot(self._identifier, adopted=adopted),
            },
            provider=site.provider,
            lifecycle=lifecycle_with_snapshot(settings, ignored, adopted=adopted is not None),
        )

    def _arguments(self, site: Site, *, identifier: str) -> dict[str, object]:
        return instance_arguments(self._sites, site, self._settings, identifier=identifier, tags=self._tags)

    def _source_arn(self, recovery: Site) -> str:
        return source_arn(self._sites.primary, recovery, self._adopted.primary or self._identifier)

    def _after_primary(self, recovery: Site) -> list[AwsResource]:
        """The source is named by a computed ARN; only within one stack does Terraform have to be told the order."""
        return [self.instance] if recovery.stack is self._sites.primary.stack else []

    def _build_replica(self, scope: Construct, recovery: Site) -> None:
        assert self.recovery_surroundings is not None, "Database asks for the recovery subnets first"
        self.replica = read_replica(
            self._adopted.recovery_scope(scope),
            self._sites,
            recovery,
            self._decision,
            self._settings,
            self.recovery_surroundings,
            identifier=self._adopted.recovery or self._recovery_identifier,
            source=self._source_arn(recovery),
            after=self._after_primary(recovery),
        )
        self.replica_events = database_events(
            scope,
            recovery,
            name=self._recovery_identifier,
            identifiers=[self.replica.here("identifier")],
            tags=self._tags,
        )
        self.alarms = replica_alarms(scope, recovery, self._decision, self.replica, name=self._recovery_identifier)
