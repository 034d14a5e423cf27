"""A cluster, of Aurora or of RDS: the steps of all its procedures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.procedures.database.cluster_calls import CAPACITY, SETTINGS, groups, new_member
from constructs_lib.procedures.database.database import (
    CLUSTER_SERVES,
    TAGS,
    cluster_probe,
    clusters,
    instance_probe,
    password,
    prefix,
)
from constructs_lib.procedures.shared import (
    HOURS,
)
from constructs_lib.procedures.step import Call, Part, Role, Step
from constructs_lib.procedures.value import Carried, Name

if TYPE_CHECKING:
    from constructs_lib.procedures.value import Value

__all__ = [
    "CONSOLE_THERE",
    "FENCED",
    "LOOK_AT_MEMBER",
    "backup_metadata",
    "give_capacity",
    "give_members",
    "put_back",
    "put_tags_back",
    "verify",
]


def give_capacity(role: Role, cluster: str, part: Part = Part.ACT) -> Step:
    """Return the call that gives a cluster what serverless instances need, as AWS Backup restores it without."""
    return Step(
        id="capacity",
        title="give it the range of capacity without which it can have no serverless instance",
        part=part,
        needs=(CAPACITY["MaxCapacity"],),
        limit=HOURS if part is Part.BACK else None,
        call=Call(
            service="rds",
            operation="ModifyDBCluster",
            region=role,
            parameters={
                "DBClusterIdentifier": cluster,
                "ApplyImmediately": True,
                "ServerlessV2ScalingConfiguration": CAPACITY,
            },
        ),
        repeatable="it sets the same values again",
        probe=cluster_probe(role, cluster, ours=False),
    )


def give_members(role: Role, cluster: str = "{restored}", part: Part = Part.ACT) -> tuple[Step, ...]:
    """Return the calls that give a restored Aurora cluster its instances; without one nobody can connect."""
    return tuple(
        Step(
            id=f"instance-{number}",
            title="give it an instance, which writes" if number == 1 else "give it a reader",
            part=part,
            limit=HOURS if part is Part.BACK else None,
            form=None if number == 1 else "aurora_reader",
            call=new_member(role, cluster, number).call(role),
            probe=instance_probe(role, f"{cluster}-{number}"),
            note="needs capacity for the class on that day" if number == 1 else None,
        )
        for number in (1, 2)
    )


def put_back(role: Role, cluster: str, part: Part = Part.ACT, *, by_backup: bool = False) -> Step:
    """Return the call that puts back what a restore of a cluster does not take."""
    restored: dict[str, Value] = {}
    if by_backup:
        restored = {
            name: value
            for name, value in SETTINGS.items()
            if name in ("DeletionProtection", "CopyTagsToSnapshot", "EnableIAMDatabaseAuthentication")
        }
    return Step(
        id="put-back",
        title="put back the settings that a restore does not take",
        part=part,
        limit=HOURS if part is Part.BACK else None,
        call=Call(
            service="rds",
            operation="ModifyDBCluster",
            region=role,
            parameters={
                "DBClusterIdentifier": cluster,
                "ApplyImmediately": True,
                "BackupRetentionPeriod": Carried("BackupRetentionPeriod", "backup_retention_period"),
                "PreferredBackupWindow": Carried("PreferredBackupWindow", "preferred_backup_window"),
                "PreferredMaintenanceWindow": Carried("PreferredMaintenanceWindow", "preferred_maintenance_window"),
                "EnableHttpEndpoint": Carried("HttpEndpointEnabled && `true`", "enable_http_endpoint"),
                **password(role),
                **restored,
            },
        ),
        repeatable="it sets the same values again",
        probe=cluster_probe(role, cluster, ours=False),
        note="RDS makes a new secret for the master user where it manages the password: tell the application",
    )


def verify(role: Role, cluster: str, part: Part = Part.VERIFY) -> Step:
    """Return the step that looks at a cluster."""
    return Step(
        id="verify" if part is Part.VERIFY else "verify-home",
        title="the cluster is available and has a writer, and its newest rows are those that were to be expected",
        part=part,
        call=clusters(role, cluster),
        expects=CLUSTER_SERVES,
        keeps={"endpoint": "DBClusters[0].Endpoint", "source_restored": "DBClusters[0]"},
    )


LOOK_AT_MEMBER = Step(
    id="source-member",
    title="read the settings of its instances",
    call=Call(
        service="rds",
        operation="DescribeDBInstances",
        region=Role.HOME,
        parameters={"Filters": ({"Name": "db-cluster-id", "Values": ("{cluster}",)},)},
    ),
    keeps={"source_member": "DBInstances[0]"},
)

FENCED = Step(
    id="fence",
    title="stop the cluster in {region}, as far as it can be reached",
    part=Part.FENCE,
    best_effort=True,
    call=Call(
        service="rds", operation="StopDBCluster", region=Role.HOME, parameters={"DBClusterIdentifier": "{cluster}"}
    ),
    repeatable="a cluster that is stopped refuses to be stopped",
    note="RDS starts a stopped cluster again after seven days",
)


def backup_metadata(role: Role, cluster: str = "{restored}") -> dict[str, Value]:
    """Return what AWS Backup is told of a cluster it restores."""
    return {
        "DBClusterIdentifier": cluster,
        "Engine": Carried("Engine", "engine", name="engine"),
        "Port": Carried("Port", "port"),
        # Also of a copy that AWS Backup has encrypted with the key of the vault's Region.
        "KmsKeyId": Name(f"{prefix(role)}key", required=True),
        "EnableIAMDatabaseAuthentication": SETTINGS["EnableIAMDatabaseAuthentication"],
        "EnableCloudwatchLogsExports": SETTINGS["EnableCloudwatchLogsExports"],
        **groups(role),
    }


def put_tags_back(role: Role, cluster: str, part: Part = Part.ACT) -> Step:
    """Return the call that puts the tags of a cluster back, which AWS Backup does not."""
    return Step(
        id="tags",
        title="put its tags back",
        part=part,
        call=Call(
            service="rds",
            operation="AddTagsToResource",
            region=role,
            parameters={
                "ResourceName": f"arn:aws:rds:{role.region_name}:{{account}}:cluster:{cluster}",
                "Tags": TAGS,
            },
        ),
        repeatable="it sets the same tags again",
    )


CONSOLE_THERE = (
    "https://{recovery_region}.console.aws.amazon.com/rds/home?region={recovery_region}"
    "#database:id={recovery_cluster};is-cluster=true"
)


def scale_up(cluster: str, term: int) -> Step:
    """Return the step in which Aurora takes up the load by itself."""
    return Step(
        id="scale-up",
        title=f"Aurora scales {cluster} up to the load, and until then it throttles",
        term=term,
        note="a higher least makes it faster: modify-db-cluster --serverless-v2-scaling-configuration; ACUUtilization "
        "tells when it has caught up",
    )
