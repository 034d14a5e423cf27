"""The replication of a file system, which names both Regions, and the alarm on its lag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.constructs.sites.alarm import alarm
from constructs_lib.constructs.sites.chart import Chart
from constructs_lib.terraform.resource import AwsDataSource, AwsResource

if TYPE_CHECKING:
    from constructs_lib.constructs.filesystem.options import FileSystemOptions
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.selection.decision import Decision
    from constructs_lib.terraform.engine import Construct

_NAMESPACE = "AWS/EFS"
_METRIC = "TimeSinceLastSync"


class Replication:
    """An `aws_efs_replication_configuration` in the global site, and the alarm on what it lags behind.

    EFS makes up the ids of file systems, so that another stack than theirs looks them up by their creation tokens.

    Attributes:
        configuration: The `aws_efs_replication_configuration`.
        alarm: The `aws_cloudwatch_metric_alarm`, in the primary Region, where EFS publishes the metric; None
            without monitoring.
    """

    def __init__(
        self,
        scope: Construct,
        sites: Sites,
        decision: Decision,
        options: FileSystemOptions,
        *,
        source: AwsResource,
        replica: AwsResource,
    ) -> None:
        site, primary, recovery = sites.global_, sites.primary, sites.recovery
        assert recovery is not None, "replication is only chosen where there is a recovery Region"
        source_id = _id_in(scope, "Source", site, primary, source, options)
        replica_id = _id_in(scope, "Replica", site, recovery, replica, options)
        self.configuration = AwsResource(
            scope,
            "Replication",
            "aws_efs_replication_configuration",
            {
                "source_file_system_id": source_id,
                "destination": {"file_system_id": replica_id, "region": recovery.region},
            },
            provider=site.provider_in(primary.region),
        )
        seconds = decision.lag_alarm_seconds
        promised = decision.promised_lag_seconds
        if promised is not None:
            primary.note(
                Chart(
                    title=f"{options.name}-replication-to-{recovery.region} (s)",
                    namespace=_NAMESPACE,
                    metric=_METRIC,
                    # The replica is known where both Regions are, which is elsewhere.
                    dimensions={"FileSystemId": source.ref("id"), "DestinationFileSystemId": None},
                    statistic="Maximum",
                    period=60,
                    promised=promised,
                    rings=seconds,
                )
            )
        self.alarm = alarm(
            scope,
            "TimeSinceLastSync",
            site,
            watched=primary,
            name=f"{options.name}-replication-to-{recovery.region}",
            description=(
                f"the replica of {options.name} in {recovery.region} was last in step more than {seconds} s ago: the "
                f"loss of {primary.region} would soon lose more than was promised"
            ),
            namespace=_NAMESPACE,
            metric=_METRIC,
            dimensions={"FileSystemId": source_id, "DestinationFileSystemId": replica_id},
            threshold=seconds,
            tags=decision.tags,
            tells_silence=True,
        )


def _id_in(scope: Construct, id_: str, site: Site, other: Site, system: AwsResource, options: FileSystemOptions) -> str:
    """Return the id of *system*, of the site *other*, as the stack of *site* may name it."""
    if other.stack is site.stack:
        return system.ref("id")
    found = AwsDataSource(
        scope, id_, "aws_efs_file_system", {"creation_token": options.name}, provider=site.provider_in(other.region)
    )
    return found.ref("id")
