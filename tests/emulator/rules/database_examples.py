"""Calls on databases and tables that AWS refuses, and their good twins: storage, members, names, parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.emulator.rules.account import THERE, Account
from tests.emulator.rules.example import Example
from tests.emulator.rules.further_examples import bucket_backed_up

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


PAUSING: Final = {"MinCapacity": 0, "MaxCapacity": 4}


def named(arn: str) -> str:
    return arn.rpartition(":")[2]


def instance(account: Account, name: str = "", **options: Any) -> str:
    """Make an instance; what is None is left out. Return its identifier."""
    name = name or account.name()
    given: dict[str, Any] = {
        "Engine": "postgres",
        "DBInstanceClass": "db.r6g.large",
        "AllocatedStorage": 100,
        "MasterUsername": "dbadmin",
        "MasterUserPassword": "not-a-secret",
    } | options
    account.client("rds").create_db_instance(
        DBInstanceIdentifier=name, **{key: value for key, value in given.items() if value is not None}
    )
    return name


def member(account: Account, cluster: str = "", **options: Any) -> str:
    """Make an instance of a cluster, a new one unless it is given; return its identifier."""
    given = {
        "Engine": "aurora-postgresql",
        "DBClusterIdentifier": named(cluster or account.cluster()),
        "AllocatedStorage": None,
        "MasterUsername": None,
        "MasterUserPassword": None,
    } | options
    return instance(account, **given)


def modify(account: Account, source: str, **options: Any) -> None:
    account.client("rds").modify_db_instance(DBInstanceIdentifier=named(source), ApplyImmediately=True, **options)


def set_parameter(account: Account, name: str, value: str, *more: str, family: str = "postgres16") -> None:
    account.client("rds").modify_db_parameter_group(
        DBParameterGroupName=account.parameter_group(family),
        Parameters=[
            {"ParameterName": one, "ParameterValue": value, "ApplyMethod": "pending-reboot"} for one in (name, *more)
        ],
    )


def without_its_group(account: Account, *, used: bool) -> None:
    group = account.parameter_group()
    if used:
        instance(account, DBParameterGroupName=group, EngineVersion="16.4")
    account.client("rds").delete_db_parameter_group(DBParameterGroupName=group)


def without_its_cluster_group(account: Account, *, used: bool) -> None:
    rds, group = account.client("rds"), account.name()
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName=group, DBParameterGroupFamily="aurora-postgresql16", Description="-"
    )
    if used:
        account.cluster(DBClusterParameterGroupName=group)
    rds.delete_db_cluster_parameter_group(DBClusterParameterGroupName=group)


def stop_cluster(account: Account, cluster: str) -> None:
    account.client("rds").stop_db_cluster(DBClusterIdentifier=named(cluster))


def without_its_subnets(account: Account, *, used: bool) -> None:
    group = account.subnet_group("ab")
    if used:
        instance(account, DBSubnetGroupName=group)
    account.client("rds").delete_db_subnet_group(DBSubnetGroupName=group)


def without_default_subnets(account: Account, *, group: str = "") -> None:
    """Make an instance in a Region where the default VPC has no subnets."""
    region = "ap-northeast-3"
    ec2, rds = account.client("ec2", region), account.client("rds", region)
    defaults = [{"Name": "default-for-az", "Values": ["true"]}]
    for subnet in ec2.describe_subnets(Filters=defaults)["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    if group:
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        made = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{region}{zone}")
            for number, zone in enumerate("ab")
        ]
        subnets = [one["Subnet"]["SubnetId"] for one in made]
        rds.create_db_subnet_group(DBSubnetGroupName=group, DBSubnetGroupDescription="-", SubnetIds=subnets)
    rds.create_db_instance(
        DBInstanceIdentifier=account.name(),
        Engine="postgres",
        DBInstanceClass="db.r6g.large",
        AllocatedStorage=100,
        MasterUsername="dbadmin",
        MasterUserPassword="not-a-secret",
        **({"DBSubnetGroupName": group} if group else {}),
    )


def set_cluster_parameter(account: Account, name: str, value: str, group: str = "") -> None:
    rds = account.client("rds")
    if not group:
        group = account.name()
        rds.create_db_cluster_parameter_group(
            DBClusterParameterGroupName=group, DBParameterGroupFamily="aurora-mysql8.0", Description="-"
        )
    rds.modify_db_cluster_parameter_group(
        DBClusterParameterGroupName=group,
        Parameters=[{"ParameterName": name, "ParameterValue": value, "ApplyMethod": "pending-reboot"}],
    )


def set_default(account: Account) -> None:
    account.client("rds").modify_db_parameter_group(
        DBParameterGroupName="default.postgres16",
        Parameters=[{"ParameterName": "work_mem", "ParameterValue": "64", "ApplyMethod": "pending-reboot"}],
    )


def replicas(account: Account, count: int, source: str = "") -> None:
    """Make so many read replicas of a source, a new one unless it is given."""
    rds, source = account.client("rds"), source or account.instance()
    for _ in range(count):
        rds.create_db_instance_read_replica(
            DBInstanceIdentifier=account.name(), SourceDBInstanceIdentifier=named(source)
        )


def members(account: Account, count: int) -> None:
    cluster = account.cluster()
    for _ in range(count):
        member(account, cluster)


def snapshot(account: Account, identifier: str) -> None:
    account.client("rds").create_db_snapshot(DBInstanceIdentifier=identifier, DBSnapshotIdentifier=account.name())


def stop(account: Account, *, replicated: bool) -> None:
    source = account.instance()
    if replicated:
        account.replica(source)
    account.client("rds").stop_db_instance(DBInstanceIdentifier=named(source))


def stop_replica(account: Account) -> None:
    account.client("rds", THERE).stop_db_instance(DBInstanceIdentifier=account.replica(account.source()))


def told(account: Account, **options: Any) -> None:
    topic = account.client("sns").create_topic(Name=account.name())["TopicArn"]
    account.client("rds").create_event_subscription(SubscriptionName=account.name(), SnsTopicArn=topic, **options)


def parameter_group(account: Account, name: str) -> None:
    account.client("rds").create_db_parameter_group(
        DBParameterGroupName=name, DBParameterGroupFamily="postgres16", Description="-"
    )


def update(account: Account, table: str = "", **options: Any) -> None:
    account.client("dynamodb").update_table(TableName=table or account.table(), **options)


def table(account: Account, **options: Any) -> str:
    name = account.name()
    account.client("dynamodb").create_table(
        TableName=name,
        **{
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
        }
        | options,
    )
    return name


def locally_indexed(account: Account, count: int) -> None:
    table(
        account,
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "other")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        LocalSecondaryIndexes=[
            {
                "IndexName": f"index-{number}",
                "KeySchema": [
                    {"AttributeName": "pk", "KeyType": "HASH"},
                    {"AttributeName": "other", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
            for number in range(count)
        ],
    )


def live(account: Account, *switches: bool) -> None:
    name = table(account)
    for enabled in switches:
        account.client("dynamodb").update_time_to_live(
            TableName=name, TimeToLiveSpecification={"Enabled": enabled, "AttributeName": "ends"}
        )


def strong(account: Account, *regions: str, items: int = 0) -> None:
    name = account.table()
    for number in range(items):
        account.client("dynamodb").put_item(TableName=name, Item={"pk": {"S": str(number)}})
    replicas = [{"Create": {"RegionName": region}} for region in regions]
    update(account, name, ReplicaUpdates=replicas, MultiRegionConsistency="STRONG")


DATABASES: Final[Mapping[str, Example]] = {
    "rds.parameter-that-is-fixed": Example(
        lambda a: set_parameter(a, "fsync", "0"), lambda a: set_parameter(a, "synchronous_commit", "off")
    ),
    "rds.default-parameter-group": Example(set_default, lambda a: set_parameter(a, "work_mem", "64")),
    "rds.stop-of-a-global-database": Example(
        lambda a: stop_cluster(a, a.cluster(GlobalClusterIdentifier=a.empty_global())),
        lambda a: stop_cluster(a, a.cluster()),
    ),
    "rds.cluster-parameter-group-in-use": Example(
        lambda a: without_its_cluster_group(a, used=True), lambda a: without_its_cluster_group(a, used=False)
    ),
    "rds.zone-of-another-region": Example(
        lambda a: instance(a, AvailabilityZone="eu-central-1a"), lambda a: instance(a, AvailabilityZone="eu-west-1b")
    ),
    "rds.serverless-that-cannot-pause": Example(
        lambda a: a.cluster(EngineVersion="16.1", ServerlessV2ScalingConfiguration=PAUSING),
        lambda a: a.cluster(EngineVersion="16.4", ServerlessV2ScalingConfiguration=PAUSING),
    ),
    "rds.promotion-tier": Example(lambda a: member(a, PromotionTier=16), lambda a: member(a, PromotionTier=15)),
    "rds.more-replicas-than-the-engine-admits": Example(lambda a: replicas(a, 16), lambda a: replicas(a, 15)),
    "rds.sixteen-members-of-a-cluster": Example(lambda a: members(a, 17), lambda a: members(a, 16)),
    "rds.master-user-not-given": Example(lambda a: instance(a, MasterUserPassword=None), instance),
    "rds.two-passwords": Example(
        lambda a: instance(a, ManageMasterUserPassword=True),
        lambda a: instance(a, ManageMasterUserPassword=True, MasterUserPassword=None),
    ),
    "rds.monitoring-interval": Example(
        lambda a: instance(a, MonitoringInterval=60), lambda a: instance(a, MonitoringInterval=0)
    ),
    "rds.sign-in-by-iam": Example(
        lambda a: instance(
            a,
            Engine="sqlserver-se",
            LicenseModel="license-included",
            DBInstanceClass="db.m5.large",
            EnableIAMDatabaseAuthentication=True,
        ),
        lambda a: instance(a, EnableIAMDatabaseAuthentication=True),
    ),
    "rds.source-of-events": Example(
        lambda a: told(a, SourceIds=[named(a.source())]),
        lambda a: told(a, SourceIds=[named(a.source())], SourceType="db-instance"),
    ),
    "rds.type-of-events": Example(
        lambda a: told(a, SourceType="db-thing"), lambda a: told(a, SourceType="db-parameter-group")
    ),
    "rds.engine-mode": Example(
        lambda a: a.cluster(EngineMode="serverless"), lambda a: a.cluster(EngineMode="provisioned")
    ),
    "rds.parameter-value": Example(
        lambda a: set_parameter(a, "work_mem", "63"), lambda a: set_parameter(a, "work_mem", "64")
    ),
    "rds.twenty-parameters-at-a-time": Example(
        lambda a: set_parameter(a, *("log_connections", "1"), *["log_disconnections"] * 20),
        lambda a: set_parameter(a, *("log_connections", "1"), *["log_disconnections"] * 19),
    ),
    "rds.parameter-group-in-use": Example(
        lambda a: without_its_group(a, used=True), lambda a: without_its_group(a, used=False)
    ),
    "rds.setting-of-the-cluster": Example(lambda a: member(a, BackupRetentionPeriod=7), member),
    "rds.engine-of-the-cluster": Example(lambda a: member(a, Engine="aurora-mysql"), member),
    "rds.version-of-the-cluster": Example(
        lambda a: member(a, EngineVersion="16.6"), lambda a: member(a, EngineVersion="16.4")
    ),
    "rds.snapshot-of-a-member": Example(lambda a: snapshot(a, member(a)), lambda a: snapshot(a, instance(a))),
    "rds.stop-of-a-replica-or-its-source": Example(
        lambda a: stop(a, replicated=True), lambda a: stop(a, replicated=False)
    ),
    "rds.identifier-that-is-none": Example(
        lambda a: parameter_group(a, "my_group"), lambda a: parameter_group(a, "my-group")
    ),
    "rds.subnet-group-name": Example(
        lambda a: a.subnet_group("ab", "default"), lambda a: a.subnet_group("ab", "my_net")
    ),
    "rds.instance-name-in-use": Example(
        lambda a: modify(a, a.instance(), NewDBInstanceIdentifier=named(a.source())),
        lambda a: modify(a, a.instance(), NewDBInstanceIdentifier=a.name()),
    ),
    "rds.default-vpc-that-is-gone": Example(
        without_default_subnets, lambda a: without_default_subnets(a, group=a.name())
    ),
    "rds.subnet-group-in-use": Example(
        lambda a: without_its_subnets(a, used=True), lambda a: without_its_subnets(a, used=False)
    ),
    "rds.storage-type": Example(lambda a: instance(a, StorageType="gp4"), lambda a: instance(a, StorageType="gp3")),
    "rds.size-of-the-storage": Example(
        lambda a: instance(a, AllocatedStorage=19), lambda a: instance(a, AllocatedStorage=20)
    ),
    "rds.performance-of-the-storage": Example(
        lambda a: instance(a, StorageType="io1"), lambda a: instance(a, StorageType="io1", Iops=5000)
    ),
    "rds.limit-of-storage-scaling": Example(
        lambda a: instance(a, MaxAllocatedStorage=99), lambda a: instance(a, MaxAllocatedStorage=1000)
    ),
    "rds.storage-that-shrinks": Example(
        lambda a: modify(a, a.instance(), AllocatedStorage=50), lambda a: modify(a, a.instance(), AllocatedStorage=200)
    ),
    "rds.storage-of-a-cluster": Example(lambda a: a.cluster(AllocatedStorage=100), lambda a: a.multi_az_cluster()),
    "dynamodb.stream-as-it-is": Example(
        lambda a: update(a, StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}),
        lambda a: update(a, table(a), StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}),
    ),
    "dynamodb.five-local-indexes": Example(lambda a: locally_indexed(a, 6), lambda a: locally_indexed(a, 5)),
    "dynamodb.encryption-of-a-table": Example(
        lambda a: table(a, SSESpecification={"Enabled": True, "SSEType": "AES256"}),
        lambda a: table(a, SSESpecification={"Enabled": True, "SSEType": "KMS"}),
    ),
    "dynamodb.time-to-live-that-is-off": Example(lambda a: live(a, False), lambda a: live(a, True)),
    "dynamodb.provisioned-without-units": Example(
        lambda a: update(a, BillingMode="PROVISIONED"),
        lambda a: update(
            a,
            BillingMode="PROVISIONED",
            ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
        ),
    ),
    "dynamodb.strong-consistency-in-one-set-of-regions": Example(
        lambda a: strong(a, THERE, "us-east-1"), lambda a: strong(a, THERE, "eu-west-3")
    ),
    "dynamodb.strong-consistency-of-items-that-are-there": Example(
        lambda a: strong(a, THERE, "eu-west-2", items=1), lambda a: strong(a, THERE, "eu-west-2")
    ),
}

DATABASE_BROTHERS: Final[Mapping[str, tuple[Callable[[Account], object], ...]]] = {
    "rds.identifier-that-is-none": (
        lambda a: instance(a, "a--b"),
        lambda a: instance(a, "1ab"),
        lambda a: instance(a, "ab-"),
        lambda a: instance(a, "a" * 64),
        lambda a: a.client("rds").create_global_cluster(GlobalClusterIdentifier="my_global", Engine="aurora-mysql"),
    ),
    "rds.master-user-not-given": (
        lambda a: instance(a, MasterUsername=None),
        lambda a: a.cluster(MasterUserPassword=None),
    ),
    "rds.class-not-for-the-version": (
        lambda a: a.multi_az_cluster(DBClusterInstanceClass="db.m8gd.large", EngineVersion="16.4"),
    ),
    "rds.two-passwords": (lambda a: instance(a, MasterUserSecretKmsKeyId=a.key),),
    "rds.setting-of-the-cluster": (
        lambda a: member(a, MasterUsername="dbadmin"),
        lambda a: member(a, DBName="app"),
        lambda a: member(a, MultiAZ=True),
    ),
    "rds.database-name": (
        lambda a: instance(
            a,
            Engine="sqlserver-se",
            EngineVersion="15.00.4385.2.v1",
            LicenseModel="license-included",
            DBInstanceClass="db.r5.large",
            DBName="app",
        ),
    ),
    "rds.engine-of-the-cluster": (lambda a: instance(a, Engine="aurora-postgresql", AllocatedStorage=None),),
    "rds.global-versions-differ": (lambda a: a.secondary(a.joined, EngineVersion="16"),),
    "rds.version-of-the-cluster": (lambda a: member(a, EngineVersion="16"),),
    "rds.limit-of-storage-scaling": (
        lambda a: a.replica(a.source(), MaxAllocatedStorage=99),
        lambda a: modify(a, a.instance(), MaxAllocatedStorage=99),
    ),
    "rds.stop-of-a-replica-or-its-source": (stop_replica,),
    "rds.performance-of-the-storage": (
        lambda a: instance(a, StorageType="gp2", Iops=3000),
        lambda a: instance(a, StorageType="io1", Iops=5001),
    ),
    "rds.size-of-the-storage": (lambda a: instance(a, StorageType="io1", Iops=1000, AllocatedStorage=99),),
    "rds.storage-of-a-cluster": (
        lambda a: a.cluster(Iops=1000),
        lambda a: a.cluster(
            Engine="postgres", DBClusterInstanceClass="db.r6gd.large", AllocatedStorage=100, StorageType="io1"
        ),
    ),
    "rds.monitoring-interval": (
        lambda a: instance(a, MonitoringInterval=7, MonitoringRoleArn=a.role("monitoring.rds.amazonaws.com")),
    ),
    "rds.parameter-value": (
        lambda a: set_parameter(a, "work_mem", "64MB"),
        lambda a: set_parameter(a, "rds.force_ssl", "2"),
        lambda a: set_parameter(a, "autovacuum", "maybe"),
        lambda a: set_parameter(a, "random_page_cost", "-1"),
        lambda a: set_parameter(a, "innodb_file_per_table", "maybe", family="mysql8.0"),
        lambda a: set_parameter(a, "max_connections", "0", family="mysql8.0"),
        lambda a: set_parameter(a, "binlog_format", "rows", family="mysql8.0"),
        lambda a: set_parameter(a, "character_set_server", "utf9", family="mysql8.0"),
        lambda a: set_parameter(a, "collation_server", "utf9_bin", family="mysql8.0"),
        lambda a: set_parameter(a, "time_zone", "Mars/Base", family="mysql8.0"),
        lambda a: set_parameter(a, "log_output", "DISK", family="mysql8.0"),
        lambda a: set_parameter(a, "wait_timeout", "long", family="mariadb10.11"),
        lambda a: set_parameter(a, "slow_query_log", "perhaps", family="mariadb10.11"),
        lambda a: set_parameter(a, "wal_compression", "best"),
        lambda a: set_parameter(a, "log_statement", "every"),
        lambda a: set_parameter(a, "shared_preload_libraries", "pg_stat_statements,vector"),
        lambda a: set_parameter(a, "max_connections", "many"),
        lambda a: set_parameter(a, "log_connections", "1", family="postgres18"),
        lambda a: set_cluster_parameter(a, "binlog_format", "rows"),
    ),
    "rds.parameter-that-is-fixed": (
        lambda a: set_parameter(a, "wal_level", "logical"),
        lambda a: set_parameter(a, "datadir", "/x", family="mysql8.0"),
        lambda a: set_parameter(a, "log_bin", "x", family="mariadb10.11"),
    ),
    "rds.parameter-that-does-not-exist": (
        lambda a: set_parameter(a, "max_conections", "9", family="mysql8.0"),
        lambda a: set_parameter(a, "query_cache_size", "0", family="mysql8.0"),
    ),
    "rds.default-parameter-group": (
        lambda a: set_cluster_parameter(a, "binlog_format", "ROW", "default.aurora-mysql8.0"),
    ),
    "rds.zone-of-another-region": (lambda a: a.cluster(AvailabilityZones=["eu-west-1a", "eu-central-1a"]),),
    "rds.family-that-does-not-exist": (
        lambda a: a.parameter_group("postgres16.4"),
        lambda a: a.parameter_group("mysql8"),
    ),
    "rds.parameter-group-of-another-family": (
        lambda a: modify(a, a.instance(EngineVersion="16.4"), DBParameterGroupName=a.parameter_group("postgres15")),
    ),
    "rds.promotion-tier": (lambda a: modify(a, f":{member(a)}", PromotionTier=16),),
    "rds.cluster-name-in-use": (
        lambda a: a.client("rds").restore_db_cluster_to_point_in_time(
            SourceDBClusterIdentifier=(name := named(a.cluster())),
            DBClusterIdentifier=name,
            UseLatestRestorableTime=True,
        ),
    ),
    "rds.deletion-without-final-snapshot": (
        lambda a: a.client("rds").delete_db_instance(
            DBInstanceIdentifier=named(a.instance()), SkipFinalSnapshot=True, FinalDBSnapshotIdentifier=a.name()
        ),
    ),
    "rds.instance-name-in-use": (
        lambda a: a.client("rds").create_db_instance_read_replica(
            DBInstanceIdentifier=named(a.source()), SourceDBInstanceIdentifier=named(a.source())
        ),
    ),
    "dynamodb.stream-as-it-is": (lambda a: update(a, table(a), StreamSpecification={"StreamEnabled": False}),),
    "dynamodb.encryption-of-a-table": (
        lambda a: table(a, SSESpecification={"Enabled": False, "KMSMasterKeyId": a.key}),
    ),
}

#: What RDS takes, where a rule might think otherwise.
TAKEN: Final[tuple[Callable[[Account], object], ...]] = (
    lambda a: bucket_backed_up(a, "s3:*"),
    lambda a: set_parameter(a, "max_connections", "LEAST({DBInstanceClassMemory/9531392},5000)"),
    lambda a: set_parameter(a, "shared_buffers", "{DBInstanceClassMemory/32768}"),
    lambda a: set_parameter(a, "rds.logical_replication", "1"),
    lambda a: set_parameter(a, "random_page_cost", "1.1"),
    lambda a: set_parameter(a, "log_connections", "1"),
    lambda a: set_parameter(a, "ssl_min_protocol_version", "TLSv1.2"),
    lambda a: set_parameter(a, "read_only", "{TrueIfReplica}", family="mysql8.0"),
    lambda a: set_parameter(a, "default_transaction_isolation", "read committed"),
    lambda a: set_parameter(a, "log_connections", "receipt,authorization", family="postgres18"),
    lambda a: set_parameter(a, "shared_preload_libraries", "pg_stat_statements,pg_cron"),
    lambda a: set_parameter(a, "max_connections", "{DBInstanceClassMemory/12582880}", family="mysql8.0"),
    lambda a: set_parameter(a, "transaction_isolation", "READ-COMMITTED", family="mysql8.0"),
    lambda a: set_parameter(a, "query_cache_size", "0", family="mysql5.7"),
    lambda a: set_parameter(a, "time_zone", "Europe/Berlin", family="mysql8.0"),
    lambda a: set_parameter(a, "innodb_flush_log_at_trx_commit", "2", family="mariadb10.11"),
    lambda a: set_cluster_parameter(a, "binlog_format", "OFF"),
    lambda a: member(a, DBInstanceClass="db.t4g.medium"),
    lambda a: instance(a, AllocatedStorage=5, StorageType="standard"),
    lambda a: instance(a, "A-Mixed-Case-Name"),
    lambda a: a.client("rds").delete_db_instance(DBInstanceIdentifier=named(a.instance()), SkipFinalSnapshot=True),
)
