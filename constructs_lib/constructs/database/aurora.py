"""An Aurora cluster, and as a global database its secondary cluster in the recovery Region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.constructs.database.parts.aurora_cluster import AuroraSurroundings, aurora_arguments, aurora_members
from constructs_lib.constructs.database.parts.event_subscription import database_events
from constructs_lib.constructs.database.parts.final_snapshot import final_snapshot, lifecycle_with_snapshot
from constructs_lib.constructs.database.parts.master_password import (
    MasterPassword,
    managed_password,
    managed_secret_arn,
)
from constructs_lib.constructs.sites.alarm import alarm, built
from constructs_lib.selection.lag_alarm import lag_alarm_seconds
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from constructs_lib.constructs.database.adopted import Adopted
    from constructs_lib.constructs.database.settings import DatabaseSettings
    from constructs_lib.constructs.sites.network import Network
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.selection.decision import Decision
    from constructs_lib.terraform.engine import Construct

_MILLISECONDS = 1000

# A failover turns the roles round and an upgrade of the global database changes both versions; the next plan must not
# undo either. The primary cluster joins as the source of the global database, and reads back that it did.
_MEMBER_IGNORES = ["replication_source_identifier", "global_cluster_identifier", "engine_version"]

# Asked for once, when it is made; what was made without a source must not be made anew for one.
_GLOBAL_IGNORES = ["source_db_cluster_identifier"]


class Aurora:
    """The patterns of Aurora.

    Attributes:
        cluster: The `aws_rds_cluster` of the primary Region.
        instances: Its `aws_rds_cluster_instance`s: a writer, and a reader where the pattern has one.
        surroundings: Its subnet and parameter groups.
        password: The secret of the master user, where Aurora cannot manage it (a global database); else None.
        events: The `aws_db_event_subscription` of the cluster.
        global_cluster: The `aws_rds_global_cluster`, or None.
        secondary: The secondary `aws_rds_cluster` in the recovery Region, or None.
        secondary_instances: Its instances; none where it is headless.
        secondary_events: The same as `events`, or None.
        recovery_surroundings: The groups in the recovery Region, which a restore there takes too; None where the
            network has no subnets there.
        alarms: Of lag, in the Region where it is measured.
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
        main = adopted.scope(scope)
        own = adopted.primary or identifier
        self._scope = scope
        self._sites = sites
        self._decision = decision
        self._settings = settings
        self._identifier = identifier
        self._recovery_identifier = recovery_identifier
        self._tags = dict(decision.tags)
        self._global = decision.uses("global_database")
        self.password: MasterPassword | None = None
        self.global_cluster: AwsResource | None = None
        self.secondary: AwsResource | None = None
        self.secondary_instances: tuple[AwsResource, ...] = ()
        self.secondary_events: AwsResource | None = None
        self.recovery_surroundings: AuroraSurroundings | None = None
        self.alarms: tuple[AwsResource, ...] = ()
        site = sites.primary
        reader = decision.uses("aurora_reader")
        self.surroundings = AuroraSurroundings(
            scope,
            site,
            settings,
            network,
            name=identifier,
            tags=self._tags,
            role="primary",
            extra=self._enforced(decision),
        )
        self.cluster = self._build_primary(scope, main, site)
        if self._global:
            self.global_cluster = self._build_global(scope, site, self.cluster)
        self.instances = aurora_members(
            main,
            sites,
            site,
            settings,
            self.cluster,
            count=2 if reader else 1,
            identifier=own,
            tags=self._tags,
            of_global=self._global,
            own=adopted.members,
        )
        self.events = database_events(
            scope,
            site,
            name=identifier,
            identifiers=[self.cluster.here("cluster_identifier")],
            tags=self._tags,
            cluster=True,
        )
        if reader:
            self.alarms = built(self._reader_alarm(scope, site))
        recovery = sites.recovery
        if recovery is not None and recovery_scope is not None:
            if network.recovery_subnet_ids:
                # No rds.global_db_rpo here: after a failover the only secondary is gone, and every commit would block.
                self.recovery_surroundings = AuroraSurroundings(
                    recovery_scope,
                    recovery,
                    settings,
                    network,
                    name=recovery_identifier,
                    tags=self._tags,
                    role="recovery",
                )
            if self._global:
                self._build_secondary(recovery_scope, recovery)

    @property
    def main(self) -> AwsResource:
        """The cluster of the primary Region."""
        return self.cluster

    @property
    def recovery_main(self) -> AwsResource | None:
        """The secondary cluster."""
        return self.secondary

    @property
    def secret_arn(self) -> str:
        """The ARN of the secret of the master user."""
        if self.password is not None:
            return self.password.arn
        return managed_secret_arn(self.cluster)

    def outputs(self) -> dict[str, str]:
        """Return what callers in the primary Region need."""
        writer = {} if self.global_cluster is None else {"global-endpoint": self.global_cluster.ref("endpoint")}
        return {
            "endpoint": self.cluster.ref("endpoint"),
            "reader-endpoint": self.cluster.ref("reader_endpoint"),
            **writer,
            "port": self.cluster.ref("port"),
            "arn": self.cluster.ref("arn"),
            "resource-id": self.cluster.ref("cluster_resource_id"),
            "secret-arn": self.secret_arn,
        }

    def recovery_outputs(self) -> dict[str, str]:
        """Return what callers in the recovery Region need."""
        if self.secondary is None:
            return {}
        return {
            "endpoint": self.secondary.ref("endpoint"),
            "reader-endpoint": self.secondary.ref("reader_endpoint"),
            "port": self.secondary.ref("port"),
            "arn": self.secondary.ref("arn"),
            "resource-id": self.secondary.ref("cluster_resource_id"),
        }

    @staticmethod
    def _enforced(decision: Decision) -> dict[str, str]:
        if not decision.setting("global_database", "enforced"):
            return {}
        return {"rds.global_db_rpo": str(decision.number("global_database", "rpo_limit_seconds"))}

    def _build_global(self, scope: Construct, site: Site, source: AwsResource) -> AwsResource:
        """Build the global database around *source*, so that a cluster which runs already joins it as a new one does.

        Engine, versions and encryption are those of the source: AWS takes none beside it.
        """
        return AwsResource(
            scope,
            "Global",
            "aws_rds_global_cluster",
            {
                "global_cluster_identifier": self._identifier,
                "source_db_cluster_identifier": source.ref("arn"),
                # The provider asks for it with a source: whoever destroys it gets clusters that stand alone.
                "force_destroy": True,
                "deletion_protection": self._settings.deletion_protection,
                "tags": self._tags,
            },
            provider=site.provider,
            lifecycle={**self._settings.lifecycle, "ignore_changes": _GLOBAL_IGNORES},
        )

    def _build_primary(self, scope: Construct, main: Construct, site: Site) -> AwsResource:
        settings = self._settings
        adopted = self._adopted.primary
        if not self._global:
            credentials = managed_password(site)
        else:
            self.password = MasterPassword(scope, site, settings, name=self._identifier, tags=self._tags)
            credentials = {
                "master_password_wo": self.password.value,
                "master_password_wo_version": self.password.value_version,
            }
        return AwsResource(
            main,
            "Default",
            "aws_rds_cluster",
            {
                **aurora_arguments(site, settings, identifier=adopted or self._identifier, tags=self._tags),
                **final_snapshot(self._identifier, adopted=adopted),
                **self.surroundings.arguments,
                **credentials,
                "engine_version": settings.version,
                "database_name": settings.database_name,
                "master_username": settings.username,
            },
            provider=site.provider,
            lifecycle=lifecycle_with_snapshot(
                settings, _MEMBER_IGNORES if self._global else (), adopted=adopted is not None
            ),
        )

    def _build_secondary(self, scope: Construct, recovery: Site) -> None:
        settings = self._settings.built_of(
            self._decision.usage,
            serverless_here=bool(self._decision.setting("global_database", "serverless")),
            global_primary=False,
        )
        primary = self._sites.primary
        assert self.recovery_surroundings is not None, "Database asks for the recovery subnets first"
        assert self.global_cluster is not None, "a secondary is one of a global database"
        one_stack = recovery.stack is primary.stack
        self.secondary = AwsResource(
            scope,
            "Default",
            "aws_rds_cluster",
            {
                **aurora_arguments(recovery, settings, identifier=self._recovery_identifier, tags=self._tags),
                **self.recovery_surroundings.arguments,
                # RDS takes that of the primary alone, and of a major version its default one. Another stack cannot tell
                # which one the primary runs.
                "engine_version": self.cluster.here("engine_version_actual") if one_stack else settings.version,
                # The name, not a reference: this Region's state must not need the other's.
                "global_cluster_identifier": self._identifier,
                "source_region": primary.region,
            },
            provider=recovery.provider,
            depends_on=(self.global_cluster, *self.instances) if one_stack else (),
            lifecycle=lifecycle_with_snapshot(settings, _MEMBER_IGNORES),
        )
        self.secondary_instances = aurora_members(
            scope,
            self._sites,
            recovery,
            settings,
            self.secondary,
            count=0
            if self._decision.setting("global_database", "headless")
            else self._decision.number("global_database", "instances"),
            identifier=self._recovery_identifier,
            tags=self._tags,
            of_global=self._global,
        )
        self.secondary_events = database_events(
            scope,
            recovery,
            name=self._recovery_identifier,
            identifiers=[self.secondary.here("cluster_identifier")],
            tags=self._tags,
            cluster=True,
        )
        here = self._rpo_alarm(self._scope, self._sites.primary, self.cluster, self._identifier)
        there = self._rpo_alarm(scope, recovery, self.secondary, self._recovery_identifier)
        self.alarms = (*self.alarms, *built(here, there))

    def _reader_alarm(self, scope: Construct, site: Site) -> AwsResource | None:
        decision = self._decision
        limit_seconds = lag_alarm_seconds(
            decision.number("aurora_reader", "lag_seconds"), most=decision.number("aurora_reader", "most_lag_seconds")
        )
        return alarm(
            scope,
            "ReaderLag",
            site,
            name=f"{self._identifier}-reader-lag",
            description=f"the reader of {self._identifier} is more than {limit_seconds} s behind: Aurora restarts one "
            f"that falls behind, and one that restarts cannot take over",
            namespace="AWS/RDS",
            metric="AuroraReplicaLagMaximum",
            dimensions={"DBClusterIdentifier": self.cluster.here("cluster_identifier")},
            threshold=limit_seconds * _MILLISECONDS,
            tags=self._tags,
        )

    def _rpo_alarm(self, scope: Construct, site: Site, cluster: AwsResource, identifier: str) -> AwsResource | None:
        """Build the alarm on the lag of *cluster* while it is the secondary one.

        Aurora publishes the lag in secondary Regions only, under the secondary's name, so each side has an alarm: a
        failover turns the roles round.
        """
        limit_seconds, promised = self._decision.lag_alarm_seconds, self._decision.promised_lag_seconds
        return alarm(
            scope,
            "GlobalRpoLag",
            site,
            name=f"{identifier}-global-rpo-lag",
            description=f"{identifier} is more than {limit_seconds} s behind the primary cluster: look at writes "
            f"before the RPO is not kept. No data: it is the primary cluster now, or alone",
            namespace="AWS/RDS",
            metric="AuroraGlobalDBRPOLag",
            dimensions={"DBClusterIdentifier": cluster.here("cluster_identifier")},
            threshold=limit_seconds * _MILLISECONDS,
            promised=None if promised is None else promised * _MILLISECONDS,
            unit="ms",
            tells_silence=True,
            tags=self._tags,
        )
