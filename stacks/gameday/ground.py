"""Where the game day is played: deployed by Terraform, or built in seconds by the calls that it would make."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

import msgspec

from constructs_lib.documents.read.stacks import read_stacks
from constructs_lib.objectives import Disruption
from constructs_lib.terraform.engine import App
from stacks.declared import PRIMARY, RECOVERY
from stacks.gameday.workload import NAME, build
from stacks.gameday.writers import BucketPlace, DatabasePlace, TablePlace
from stacks.pauses import longest_chain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.emulator import EmulatedAws
    from stacks.gameday.writers import Place
    from stacks.rehearsal import Rehearsal

__all__ = ["APP", "Ground", "deployed", "seeded"]

APP = "python -m stacks.gameday.workload"
_TABLE, _KEY, _CLUSTER, _SERVICE = f"{NAME}-orders", "order_id", f"{NAME}-catalogue", f"{NAME}-api"
_TASKS = {PRIMARY: 2, RECOVERY: 1}
"""The whole, and the share of it that stands by."""


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """The workload as it stands.

    Attributes:
        stacks: What `cdktf synth` wrote.
        state: Where journals are kept.
        places: Where each component can be written, by component and Region.
        name: The DNS name that callers of the service use.
        promised: Seconds within which the whole service is to be back.
        plans: Makes Terraform's plans, and returns their exit codes by stack.
    """

    stacks: Path
    state: Path
    places: Mapping[str, Mapping[str, Place]]
    name: str
    promised: int
    plans: Callable[[], Mapping[str, int]]


def deployed(aws: EmulatedAws, rehearsal: Rehearsal, told: Callable[[str], None] = lambda _line: None) -> Ground:
    """Deploy the workload with Terraform; *rehearsal* has `APP` as its app, and *told* gets a line for what is done.

    Raises:
        EvaluationError: If it cannot be deployed.
    """
    names = rehearsal.synth()
    pauses, _ = longest_chain(rehearsal.directory / "cdktf.out")
    told(f"cdktf deploy of {', '.join(names)}; the provider's own pauses alone take {pauses} s")
    rehearsal.deploy(aws, names, told)
    manager = aws.client("secretsmanager", PRIMARY)
    for region in (PRIMARY, RECOVERY):
        (balancer,) = aws.client("elbv2", region).describe_load_balancers(Names=[_SERVICE])["LoadBalancers"]
        aws.place(balancer["DNSName"], _service(aws, region))
    found = manager.list_secrets(Filters=[{"Key": "name", "Values": [f"{_CLUSTER}-master-"]}])["SecretList"]
    login = json.loads(manager.get_secret_value(SecretId=found[0]["ARN"])["SecretString"])
    return _ground(rehearsal.directory, aws, lambda: rehearsal.plans(aws, names), login["username"], login["password"])


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
        TableName=_TABLE,
        KeySchema=[{"AttributeName": _KEY, "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": _KEY, "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    dynamodb.update_table(TableName=_TABLE, ReplicaUpdates=[{"Create": {"RegionName": RECOVERY}}])
    for here, there in ((PRIMARY, RECOVERY), (RECOVERY, PRIMARY)):
        _replicate(aws, here, there)
    user, password = "dbadmin", secrets.token_urlsafe()
    _global_database(aws, user, password)
    for region, tasks in _TASKS.items():
        _serve(aws.client("ecs", region), tasks)
    (workload,) = read_stacks(directory / "cdktf.out", None)
    _latch(aws, workload)
    _names(aws, workload)
    return _ground(directory, aws, dict, user, password)


def _global_database(aws: EmulatedAws, user: str, password: str) -> None:
    here, there = aws.client("rds", PRIMARY), aws.client("rds", RECOVERY)
    engine = {"Engine": "aurora-postgresql", "EngineVersion": "16.4"}
    arn = here.create_db_cluster(
        DBClusterIdentifier=_CLUSTER, MasterUsername=user, MasterUserPassword=password, **engine
    )["DBCluster"]["DBClusterArn"]
    here.create_global_cluster(GlobalClusterIdentifier=_CLUSTER, SourceDBClusterIdentifier=arn)
    there.create_db_cluster(DBClusterIdentifier=f"{_CLUSTER}-recovery", GlobalClusterIdentifier=_CLUSTER, **engine)
    for rds, cluster in ((here, _CLUSTER), (there, f"{_CLUSTER}-recovery")):
        rds.create_db_instance(
            DBInstanceIdentifier=f"{cluster}-1",
            DBInstanceClass="db.r5.large",
            DBClusterIdentifier=cluster,
            Engine=engine["Engine"],
        )


def _serve(ecs: Any, tasks: int) -> None:
    container = {"name": "api", "image": "api", "memory": 512}
    ecs.create_cluster(clusterName=_SERVICE)
    ecs.register_task_definition(family=_SERVICE, containerDefinitions=[container])
    ecs.create_service(cluster=_SERVICE, serviceName=_SERVICE, taskDefinition=_SERVICE, desiredCount=tasks)


def _latch(aws: EmulatedAws, workload: DocumentedWorkload) -> None:
    latch = workload.latch
    assert latch is not None, "its record fails over"
    aws.client("cloudwatch", latch.region).put_metric_alarm(
        AlarmName=latch.alarm,
        Namespace=latch.namespace,
        MetricName=latch.metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in latch.dimensions.items()],
        Statistic="Maximum",
        ComparisonOperator="GreaterThanThreshold",
        Threshold=0,
        Period=60,
        EvaluationPeriods=1,
        TreatMissingData="ignore",
    )


def _service(aws: EmulatedAws, region: str) -> str:
    return f"arn:aws:ecs:{region}:{aws.account}:service/{_SERVICE}/{_SERVICE}"


def _names(aws: EmulatedAws, workload: DocumentedWorkload) -> None:
    """Build the record that fails over, as the stacks do: by a check of the endpoint and one of the latch, together."""
    (name, home, there), latch = workload.records[0], workload.latch
    assert latch is not None, "its record fails over"
    route53 = aws.client("route53")
    zone = route53.create_hosted_zone(Name=name.partition(".")[2], CallerReference="zone")["HostedZone"]["Id"]
    checks: list[str] = []

    def check(**configuration: Any) -> None:
        made = route53.create_health_check(CallerReference=f"check {len(checks)}", HealthCheckConfig=configuration)
        checks.append(made["HealthCheck"]["Id"])

    asked = {"FullyQualifiedDomainName": home, "Port": 443, "ResourcePath": "/", "RequestInterval": 30}
    check(Type="HTTPS", FailureThreshold=3, **asked)
    alarm = {"Region": latch.region, "Name": latch.alarm}
    check(Type="CLOUDWATCH_METRIC", AlarmIdentifier=alarm, InsufficientDataHealthStatus="LastKnownStatus")
    check(Type="CALCULATED", ChildHealthChecks=list(checks), HealthThreshold=2)
    records = [
        {"SetIdentifier": role, "Failover": role, "ResourceRecords": [{"Value": endpoint}], **watched}
        for role, endpoint, watched in (("PRIMARY", home, {"HealthCheckId": checks[-1]}), ("SECONDARY", there, {}))
    ]
    changes = [
        {"Action": "CREATE", "ResourceRecordSet": {"Name": name, "Type": "CNAME", "TTL": 60, **record}}
        for record in records
    ]
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    for endpoint, region in ((home, PRIMARY), (there, RECOVERY)):
        aws.place(endpoint, _service(aws, region))


def _ground(
    directory: Path, aws: EmulatedAws, plans: Callable[[], Mapping[str, int]], user: str, password: str
) -> Ground:
    orders: dict[str, Place] = {region: TablePlace.of(aws, region, _TABLE, _KEY) for region in (PRIMARY, RECOVERY)}
    site: dict[str, Place] = {
        region: BucketPlace.of(aws, region, _bucket(aws, region)) for region in (PRIMARY, RECOVERY)
    }
    home = DatabasePlace.of(aws, PRIMARY, _CLUSTER, user, password)
    home.prepare()
    catalogue: dict[str, Place] = {
        PRIMARY: home,
        RECOVERY: DatabasePlace.of(aws, RECOVERY, f"{_CLUSTER}-recovery", user, password),
    }
    (workload,) = read_stacks(directory / "cdktf.out", None)
    promised = workload.whole.estimates[Disruption.REGION].rto_seconds
    assert promised is not None, "storefront is recovered from the loss of a Region"
    return Ground(
        stacks=directory / "cdktf.out",
        state=directory / "operations",
        name=workload.records[0][0],
        promised=promised,
        places={"orders": orders, "site": site, "catalogue": catalogue},
        plans=plans,
    )


def _bucket(aws: EmulatedAws, region: str) -> str:
    return f"{NAME}-site-{region}-{aws.account}"


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
