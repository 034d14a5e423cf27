"""Where the game day is played: deployed by Terraform, or built in seconds by the calls that it would make."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import attrs

from constructs_lib.documents.read.stacks import read_stacks
from constructs_lib.terraform.engine import App
from stacks.declared import PRIMARY, RECOVERY
from stacks.gameday.workload import NAME, build
from stacks.gameday.writers import BucketPlace, TablePlace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from constructs_lib.emulator import EmulatedAws
    from stacks.gameday.writers import Place
    from stacks.rehearsal import Rehearsal

__all__ = ["APP", "Ground", "deployed", "seeded"]

APP = "python -m stacks.gameday.workload"


@attrs.frozen(kw_only=True)
class Ground:
    """The workload as it stands.

    Attributes:
        stacks: What `cdktf synth` wrote.
        state: Where journals are kept.
        places: Where each component can be written, by component and Region.
        plans: Makes Terraform's plans, and returns their exit codes by stack.
    """

    stacks: Path
    state: Path
    places: Mapping[str, Mapping[str, Place]]
    plans: Callable[[], Mapping[str, int]]


def deployed(aws: EmulatedAws, rehearsal: Rehearsal) -> Ground:
    """Deploy the workload with Terraform; *rehearsal* has `APP` as its app.

    Raises:
        EvaluationError: If it cannot be deployed.
    """
    names = rehearsal.synth()
    rehearsal.deploy(aws, names)
    return _ground(rehearsal.directory, aws, lambda: rehearsal.plans(aws, names))


def seeded(aws: EmulatedAws, directory: Path) -> Ground:
    """Synthesize the workload, and build of it by boto3 what is written to; Terraform plans nothing of it."""
    app = App(outdir=str(directory / "cdktf.out"))
    build(app)
    app.synth()
    for region in (PRIMARY, RECOVERY):
        bucket, s3 = _bucket(aws, region), aws.client("s3", region)
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    dynamodb = aws.client("dynamodb", PRIMARY)
    dynamodb.create_table(
        TableName=_table(),
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    dynamodb.update_table(TableName=_table(), ReplicaUpdates=[{"Create": {"RegionName": RECOVERY}}])
    for here, there in ((PRIMARY, RECOVERY), (RECOVERY, PRIMARY)):
        _replicate(aws, here, there)
    return _ground(directory, aws, dict)


def _ground(directory: Path, aws: EmulatedAws, plans: Callable[[], Mapping[str, int]]) -> Ground:
    orders: dict[str, Place] = {region: TablePlace.of(aws, region, _table()) for region in (PRIMARY, RECOVERY)}
    files: dict[str, Place] = {
        region: BucketPlace.of(aws, region, _bucket(aws, region)) for region in (PRIMARY, RECOVERY)
    }
    (workload,) = read_stacks(directory / "cdktf.out", None)
    assert {item.name for item in workload.components} == {"orders", "files"}, "each has a writer"
    return Ground(
        stacks=directory / "cdktf.out",
        state=directory / "operations",
        places={"orders": orders, "files": files},
        plans=plans,
    )


def _table() -> str:
    return f"{NAME}-orders"


def _bucket(aws: EmulatedAws, region: str) -> str:
    return f"{NAME}-files-{region}-{aws.account}"


def _replicate(aws: EmulatedAws, here: str, there: str) -> None:
    iam = aws.client("iam", PRIMARY)
    name = f"{NAME}-{here}"
    trust = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role: dict[str, Any] = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document(trust))["Role"]
    source, copy = (f"arn:aws:s3:::{_bucket(aws, region)}" for region in (here, there))
    read = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
    versions = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"]
    written = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"]
    iam.put_role_policy(
        RoleName=name,
        PolicyName="replicate",
        PolicyDocument=_document(
            {"Effect": "Allow", "Action": read, "Resource": source},
            {"Effect": "Allow", "Action": versions, "Resource": f"{source}/*"},
            {"Effect": "Allow", "Action": written, "Resource": f"{copy}/*"},
        ),
    )
    aws.client("s3", here).put_bucket_replication(
        Bucket=_bucket(aws, here),
        ReplicationConfiguration={
            "Role": role["Arn"],
            "Rules": [
                {
                    "ID": f"{here}-to-{there}",
                    "Priority": 1,
                    "Status": "Enabled",
                    "Filter": {"Prefix": ""},
                    "DeleteMarkerReplication": {"Status": "Enabled"},
                    "Destination": {"Bucket": copy},
                }
            ],
        },
    )


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
