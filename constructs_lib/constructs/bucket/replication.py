"""Replication from one bucket to another, in one direction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.bucket.regional_bucket import RegionalBucket
from constructs_lib.constructs.bucket.replication_role import ReplicationRole
from constructs_lib.constructs.sites.alarm import alarm
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from constructs_lib.constructs.bucket.options import ReplicationOptions
    from constructs_lib.constructs.bucket.outside_bucket import OutsideBucket
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.selection.decision import Decision
    from constructs_lib.terraform.engine import Construct

_METRICS = "AWS/S3"


class Replication:
    """One direction of replication with its role and its alarms; `Bucket` makes it.

    The rule takes the whole bucket: a copy of some prefixes would meet no objective that is declared for the bucket.
    Role and configuration name both Regions and so belong to the global site. S3 publishes how far a replica is
    behind in the destination's Region, and what failed in the source's: each alarm is a resource of that Region's
    site.

    Attributes:
        source: The bucket that is copied.
        destination: The bucket that gets the copies.
        role: The role, its `.role` and its `.policy`.
        configuration: `aws_s3_bucket_replication_configuration`.
        latency_alarm: Rings when replicas fall behind, while there is time to act; None without monitoring.
        failure_alarm: Rings when an object could not be replicated; None without monitoring.
        backlog_alarm: Rings when more than so many bytes wait, or None.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        site: Site,
        decision: Decision,
        options: ReplicationOptions,
        *,
        source: RegionalBucket | OutsideBucket,
        destination: RegionalBucket,
    ) -> None:
        self.source = source
        self.destination = destination
        self.rule_id = f"{source.region}-to-{destination.region}"
        self._decision = decision
        time_control = decision.setting("replication", "rtc") is True
        both_ways = decision.setting("replication", "two_way") is True
        back = destination.site.role == "primary"
        self.role = ReplicationRole(
            scope, "ReverseRole" if back else "Role", site, decision, source=source, destination=destination
        )
        parts = [
            bucket.versioning
            for bucket in (source, destination)
            if bucket.site.stack is site.stack and bucket.versioning is not None
        ]
        self.configuration = AwsResource(
            scope,
            id,
            "aws_s3_bucket_replication_configuration",
            {
                "bucket": source.name_in(site),
                "role": self.role.role.here("arn"),
                "rule": {
                    "id": self.rule_id,
                    "priority": 1,
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "delete_marker_replication": {"status": "Enabled" if options.replicate_deletes else "Disabled"},
                    "source_selection_criteria": {
                        # Without it S3 leaves out every object encrypted with KMS, which is every object here.
                        "sse_kms_encrypted_objects": {"status": "Enabled"},
                        # Changes of metadata made on a replica go back only with this.
                        "replica_modifications": {"status": "Enabled"} if both_ways else None,
                    },
                    "destination": {
                        "bucket": destination.arn_in(site),
                        "storage_class": None if back else options.recovery_storage_class,
                        "encryption_configuration": {"replica_kms_key_id": site.key_arn_of(destination.site)},
                        **_watched(time_control),
                    },
                },
            },
            provider=site.provider_in(source.region),
            depends_on=[*parts, self.role.policy],
        )
        self.latency_alarm = self._alarm(
            destination,
            "latency",
            metric="ReplicationLatency",
            threshold=decision.lag_alarm_seconds,
            promised=decision.promised_lag_seconds,
            description=(
                f"the replica in {destination.region} is more than {decision.lag_alarm_seconds} s behind "
                f"{source.region}, far more than planned: look at how much is written before more would be lost than "
                f"promised"
            ),
        )
        self.failure_alarm = self._alarm(
            source,
            "failures",
            metric="OperationsFailedReplication",
            threshold=0,
            statistic="Sum",
            periods=1,
            description=(
                f"S3 could not replicate an object from {source.region} and does not try again; look at the role and "
                f"at both keys, then copy the object with S3 Batch Replication"
            ),
        )
        self.backlog_alarm = None
        if options.backlog_bytes is not None:
            self.backlog_alarm = self._alarm(
                destination,
                "backlog",
                metric="BytesPendingReplication",
                threshold=options.backlog_bytes,
                description=f"more than {options.backlog_bytes} bytes wait to be replicated from {source.region}",
            )
        topic_arn = options.topic_in(source.site)
        if topic_arn is not None and isinstance(source, RegionalBucket):
            source.notify(topic_arn, _events(time_control))

    def _alarm(
        self,
        where: RegionalBucket | OutsideBucket,
        what: str,
        *,
        metric: str,
        threshold: float,
        description: str,
        statistic: str = "Maximum",
        periods: int = 5,
        promised: float | None = None,
    ) -> AwsResource | None:
        return alarm(
            where.scope,
            f"Replication{what.capitalize()}",
            where.site,
            name=f"{self._decision.full_name}-replication-{what}-from-{self.source.region}",
            description=description,
            namespace=_METRICS,
            metric=metric,
            dimensions={
                "SourceBucket": self.source.name_in(where.site),
                "DestinationBucket": self.destination.name_in(where.site),
                "RuleId": self.rule_id,
            },
            threshold=threshold,
            tags=self._decision.tags,
            statistic=statistic,
            periods=periods,
            promised=promised,
            unit="s",
            # S3 publishes nothing where nothing waits.
            missing="notBreaching",
        )


def _watched(time_control: bool) -> dict[str, object]:
    if not time_control:
        # AWS sells metrics without Replication Time Control too; only a threshold for events needs it.
        return {"metrics": {"status": "Enabled"}}
    minutes = limit("s3.rtc_minutes").values[0]
    return {
        "metrics": {"status": "Enabled", "event_threshold": {"minutes": minutes}},
        "replication_time": {"status": "Enabled", "time": {"minutes": minutes}},
    }


def _events(time_control: bool) -> list[str]:
    failed = ["s3:Replication:OperationFailedReplication", "s3:Replication:OperationNotTracked"]
    late = ["s3:Replication:OperationMissedThreshold", "s3:Replication:OperationReplicatedAfterThreshold"]
    return [*failed, *late] if time_control else failed
