"""What the emulators lack, through the clients that need it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from constructs_lib.emulator import EmulatedAws

from tests.emulator.regions import HERE, THERE, Region, code, create_instance, described
from tests.emulator.roles import document


def test_automated_backups_are_replicated_shown_on_both_sides_and_stopped(here: Region, there: Region) -> None:
    arn = create_instance(here, "backed-up")["DBInstanceArn"]

    started = there.rds.start_db_instance_automated_backups_replication(
        SourceDBInstanceArn=arn, KmsKeyId=there.key, BackupRetentionPeriod=14
    )["DBInstanceAutomatedBackup"]

    assert (started["Status"], started["BackupRetentionPeriod"]) == ("replicating", 14)
    backups = there.rds.describe_db_instance_automated_backups(DBInstanceIdentifier="backed-up")
    assert [backup["Region"] for backup in backups["DBInstanceAutomatedBackups"]] == [HERE]
    shown = described(here, "backed-up")["DBInstanceAutomatedBackupsReplications"]
    assert [one["DBInstanceAutomatedBackupsArn"] for one in shown] == [started["DBInstanceAutomatedBackupsArn"]]

    with pytest.raises(ClientError, match="InvalidDBInstanceAutomatedBackupState"):
        there.rds.delete_db_instance_automated_backup(
            DBInstanceAutomatedBackupsArn=started["DBInstanceAutomatedBackupsArn"]
        )
    there.rds.stop_db_instance_automated_backups_replication(SourceDBInstanceArn=arn)

    assert not described(here, "backed-up").get("DBInstanceAutomatedBackupsReplications")
    (kept,) = there.rds.describe_db_instance_automated_backups(
        DBInstanceAutomatedBackupsArn=started["DBInstanceAutomatedBackupsArn"]
    )["DBInstanceAutomatedBackups"]
    assert kept["Status"] == "retained"
    there.rds.delete_db_instance_automated_backup(DbiResourceId=kept["DbiResourceId"])
    assert not there.rds.describe_db_instance_automated_backups(DBInstanceIdentifier="backed-up")[
        "DBInstanceAutomatedBackups"
    ]
    with pytest.raises(ClientError, match="DBInstanceAutomatedBackupNotFound"):
        there.rds.delete_db_instance_automated_backup(DbiResourceId=kept["DbiResourceId"])


@pytest.mark.parametrize(
    ("identifier", "options", "with_key", "error"),
    [
        ("unencrypted-key", {}, False, "KMSKeyNotAccessibleFault"),
        ("without-backups", {"BackupRetentionPeriod": 0}, True, "InvalidDBInstanceState"),
    ],
)
def test_backups_that_cannot_be_replicated_are_refused(
    here: Region, there: Region, identifier: str, options: dict[str, Any], with_key: bool, error: str
) -> None:
    arn = create_instance(here, identifier, **options)["DBInstanceArn"]

    with pytest.raises(ClientError) as failure:
        there.rds.start_db_instance_automated_backups_replication(
            SourceDBInstanceArn=arn, **({"KmsKeyId": there.key} if with_key else {})
        )

    assert code(failure) == error


def test_backups_of_an_instance_that_does_not_exist_are_refused(there: Region) -> None:
    with pytest.raises(ClientError) as failure:
        there.rds.start_db_instance_automated_backups_replication(
            SourceDBInstanceArn=f"arn:aws:rds:{HERE}:123456789012:db:nobody", KmsKeyId=there.key
        )

    assert code(failure) == "DBInstanceNotFound"


def test_a_replica_in_another_region_has_what_is_its_own(here: Region, there: Region) -> None:
    source = create_instance(
        here, "copied", MaxAllocatedStorage=1000, EnableCloudwatchLogsExports=["postgresql"], MonitoringInterval=60,
        MonitoringRoleArn="arn:aws:iam::123456789012:role/monitoring",
    )  # fmt: skip

    there.rds.create_db_instance_read_replica(
        DBInstanceIdentifier="copy",
        SourceDBInstanceIdentifier=source["DBInstanceArn"],
        KmsKeyId=there.key,
        DBSubnetGroupName=there.subnets,
        VpcSecurityGroupIds=[there.group],
    )

    replica = described(there, "copy")
    assert replica["ReadReplicaSourceDBInstanceIdentifier"] == source["DBInstanceArn"]
    assert replica["DBSubnetGroup"]["DBSubnetGroupName"] == there.subnets
    assert replica["KmsKeyId"] == there.key
    assert replica["AvailabilityZone"].startswith(THERE)
    assert replica["DbiResourceId"] != source["DbiResourceId"]
    assert replica["EnabledCloudwatchLogsExports"] == []
    assert not replica.keys() & {"MasterUserSecret", "MaxAllocatedStorage", "MonitoringRoleArn"}
    assert described(here, "copied")["EnabledCloudwatchLogsExports"] == ["postgresql"]


def test_log_exports_of_a_replica_leave_its_source_alone(here: Region, there: Region) -> None:
    arn = create_instance(here, "logged")["DBInstanceArn"]
    there.rds.create_db_instance_read_replica(
        DBInstanceIdentifier="logged-copy",
        SourceDBInstanceIdentifier=arn,
        KmsKeyId=there.key,
    )

    there.rds.modify_db_instance(
        DBInstanceIdentifier="logged-copy", CloudwatchLogsExportConfiguration={"EnableLogTypes": ["upgrade"]}
    )

    assert described(there, "logged-copy")["EnabledCloudwatchLogsExports"] == ["upgrade"]
    assert described(here, "logged")["EnabledCloudwatchLogsExports"] == []


def test_a_promoted_replica_is_on_its_own(here: Region, there: Region) -> None:
    arn = create_instance(here, "left")["DBInstanceArn"]
    there.rds.create_db_instance_read_replica(
        DBInstanceIdentifier="promoted",
        SourceDBInstanceIdentifier=arn,
        KmsKeyId=there.key,
    )
    assert len(described(here, "left")["ReadReplicaDBInstanceIdentifiers"]) == 1

    there.rds.promote_read_replica(DBInstanceIdentifier="promoted")

    assert "ReadReplicaSourceDBInstanceIdentifier" not in described(there, "promoted")
    assert described(here, "left")["ReadReplicaDBInstanceIdentifiers"] == []


def test_an_instance_is_found_by_its_resource_id(here: Region) -> None:
    identifiers = [create_instance(here, name)["DbiResourceId"] for name in ("one", "another")]

    found = here.rds.describe_db_instances(Filters=[{"Name": "dbi-resource-id", "Values": identifiers[:1]}])

    assert [instance["DBInstanceIdentifier"] for instance in found["DBInstances"]] == ["one"]


def test_the_quota_of_instances_is_what_a_test_sets(aws: EmulatedAws, here: Region) -> None:
    def most() -> list[int]:
        return [row["Max"] for row in here.rds.describe_account_attributes()["AccountQuotas"]]

    assert most() == [40]
    aws.configure(db_instances=7)
    try:
        assert most() == [7]
    finally:
        aws.configure(db_instances=40)


def test_the_database_of_oracle_is_shown_in_upper_case(here: Region) -> None:
    options = {"Engine": "oracle-ee", "EngineVersion": "19", "DBInstanceClass": "db.m5.large", "DBName": "orders"}
    group = f"oracle-{HERE}"
    here.rds.create_db_parameter_group(
        DBParameterGroupName=group, DBParameterGroupFamily="oracle-ee-19", Description="-"
    )
    create_instance(here, "in-capitals", **options, DBParameterGroupName=group, LicenseModel="bring-your-own-license")

    assert described(here, "in-capitals")["DBName"] == "ORDERS"


def test_performance_insights_are_shown_as_asked(here: Region) -> None:
    create_instance(here, "insights", EnablePerformanceInsights=True, PerformanceInsightsKMSKeyId=here.key)
    assert described(here, "insights")["PerformanceInsightsRetentionPeriod"] == 7

    here.rds.modify_db_instance(DBInstanceIdentifier="insights", EnablePerformanceInsights=False)

    assert described(here, "insights")["PerformanceInsightsEnabled"] is False


def test_a_cluster_shows_what_it_was_modified_to(here: Region) -> None:
    here.rds.create_db_cluster(
        DBClusterIdentifier="modified",
        Engine="aurora-postgresql",
        MasterUsername="root",
        MasterUserPassword="correct-horse",
        StorageEncrypted=True,
        KmsKeyId=here.key,
        DBSubnetGroupName=here.subnets,
    )

    def shown() -> tuple[bool, list[str]]:
        (cluster,) = here.rds.describe_db_clusters(DBClusterIdentifier="modified")["DBClusters"]
        return cluster["IAMDatabaseAuthenticationEnabled"], cluster.get("EnabledCloudwatchLogsExports", [])

    def modify(**changes: Any) -> None:
        here.rds.modify_db_cluster(DBClusterIdentifier="modified", ApplyImmediately=True, **changes)

    assert shown() == (False, [])
    modify(
        EnableIAMDatabaseAuthentication=True,
        CloudwatchLogsExportConfiguration={"EnableLogTypes": ["postgresql", "instance"]},
    )
    assert shown() == (True, ["instance", "postgresql"])
    modify(CloudwatchLogsExportConfiguration={"DisableLogTypes": ["instance", "postgresql"]})
    modify(EnableIAMDatabaseAuthentication=False)
    assert shown() == (False, [])


def test_a_version_that_is_the_one_there_is_less_exactly_changes_nothing(here: Region) -> None:
    create_instance(here, "of-a-version", EngineVersion="16.6")
    here.rds.create_db_cluster(
        DBClusterIdentifier="of-a-version",
        Engine="aurora-postgresql",
        EngineVersion="16.6",
        MasterUsername="dbadmin",
        MasterUserPassword="not-a-secret",
    )

    here.rds.modify_db_instance(DBInstanceIdentifier="of-a-version", EngineVersion="16", ApplyImmediately=True)
    here.rds.modify_db_cluster(DBClusterIdentifier="of-a-version", EngineVersion="16", ApplyImmediately=True)

    assert described(here, "of-a-version")["EngineVersion"] == "16.6"
    (cluster,) = here.rds.describe_db_clusters(DBClusterIdentifier="of-a-version")["DBClusters"]
    assert cluster["EngineVersion"] == "16.6"


def test_a_parameter_that_is_given_the_value_it_has_keeps_its_apply_method(here: Region) -> None:
    """So `rds.force_ssl = 1`, the default of PostgreSQL 15 and later, is never applied at once, whatever is asked."""

    def give(name: str, value: str, method: str) -> dict[str, Any]:
        parameter = {"ParameterName": name, "ParameterValue": value, "ApplyMethod": method}
        here.rds.modify_db_parameter_group(DBParameterGroupName=here.parameters, Parameters=[parameter])
        shown = here.rds.describe_db_parameters(DBParameterGroupName=here.parameters)["Parameters"]
        (found,) = (item for item in shown if item["ParameterName"] == name)
        return {key: found[key] for key in ("ApplyMethod", "Source")}

    assert give("rds.force_ssl", "1", "immediate") == {"ApplyMethod": "pending-reboot", "Source": "system"}
    assert give("rds.force_ssl", "0", "immediate") == {"ApplyMethod": "immediate", "Source": "user"}
    assert give("log_statement", "ddl", "pending-reboot") == {"ApplyMethod": "pending-reboot", "Source": "user"}
    assert give("log_statement", "ddl", "immediate") == {"ApplyMethod": "pending-reboot", "Source": "user"}
    assert give("log_statement", "all", "immediate") == {"ApplyMethod": "immediate", "Source": "user"}


def test_a_parameter_that_is_reset_is_set_no_more(here: Region) -> None:
    parameter = {"ParameterName": "log_statement", "ParameterValue": "mod", "ApplyMethod": "immediate"}
    here.rds.modify_db_parameter_group(DBParameterGroupName=here.parameters, Parameters=[parameter])
    here.rds.reset_db_parameter_group(DBParameterGroupName=here.parameters, Parameters=[parameter])

    shown = here.rds.describe_db_parameters(DBParameterGroupName=here.parameters, Source="user")["Parameters"]

    assert "log_statement" not in {item["ParameterName"] for item in shown}


def test_global_clusters_are_told_apart_and_keep_their_tags(here: Region) -> None:
    for name in ("global-one", "global-two"):
        arn = here.rds.create_global_cluster(
            GlobalClusterIdentifier=name,
            Engine="aurora-postgresql",
            DatabaseName="shop",
            Tags=[{"Key": "team", "Value": name}],
        )["GlobalCluster"]["GlobalClusterArn"]
    here.rds.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "more", "Value": "tags"}])
    here.rds.remove_tags_from_resource(ResourceName=arn, TagKeys=["team"])

    (shown,) = here.rds.describe_global_clusters(GlobalClusterIdentifier="global-two")["GlobalClusters"]

    assert shown["DatabaseName"] == "shop"
    assert shown["TagList"] == [{"Key": "more", "Value": "tags"}]
    assert here.rds.list_tags_for_resource(ResourceName=arn)["TagList"] == shown["TagList"]


def test_a_provisioned_cluster_shows_no_serverless_settings(here: Region) -> None:
    here.rds.create_db_cluster(
        DBClusterIdentifier="provisioned", Engine="aurora-postgresql", MasterUsername="dbadmin",
        ManageMasterUserPassword=True,
    )  # fmt: skip

    (cluster,) = here.rds.describe_db_clusters(DBClusterIdentifier="provisioned")["DBClusters"]

    assert "ScalingConfigurationInfo" not in cluster


@pytest.fixture(name="vault")
def _vault(aws: EmulatedAws, request: pytest.FixtureRequest) -> tuple[Any, str]:
    backup = aws.client("backup", THERE)
    backup.create_backup_vault(BackupVaultName=request.node.name)
    return backup, request.node.name


def test_a_vault_lock_is_shown_until_it_is_deleted(vault: tuple[Any, str]) -> None:
    backup, name = vault
    assert backup.describe_backup_vault(BackupVaultName=name)["Locked"] is False

    backup.put_backup_vault_lock_configuration(BackupVaultName=name, MinRetentionDays=7, ChangeableForDays=3)

    locked = backup.describe_backup_vault(BackupVaultName=name)
    assert (locked["Locked"], locked["MinRetentionDays"]) == (True, 7)
    assert "LockDate" in locked

    backup.delete_backup_vault_lock_configuration(BackupVaultName=name)

    assert backup.describe_backup_vault(BackupVaultName=name)["Locked"] is False


def test_a_lock_with_impossible_retention_is_refused(vault: tuple[Any, str]) -> None:
    backup, name = vault
    with pytest.raises(ClientError) as failure:
        backup.put_backup_vault_lock_configuration(BackupVaultName=name, MinRetentionDays=30, MaxRetentionDays=7)

    assert code(failure) == "InvalidParameterValueException"


def test_a_lock_of_a_vault_that_does_not_exist_is_refused(aws: EmulatedAws) -> None:
    with pytest.raises(ClientError) as failure:
        aws.client("backup").put_backup_vault_lock_configuration(BackupVaultName="nowhere", MinRetentionDays=7)

    assert code(failure) == "ResourceNotFoundException"


def test_a_vault_policy_is_kept_per_region(aws: EmulatedAws, vault: tuple[Any, str]) -> None:
    backup, name = vault
    elsewhere = aws.client("backup", HERE)
    elsewhere.create_backup_vault(BackupVaultName=name)

    policy = document(Principal={"AWS": "123456789012"}, Action="backup:CopyIntoBackupVault", Resource="*")
    backup.put_backup_vault_access_policy(BackupVaultName=name, Policy=policy)

    assert backup.get_backup_vault_access_policy(BackupVaultName=name)["Policy"] == policy
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        elsewhere.get_backup_vault_access_policy(BackupVaultName=name)


def test_multi_region_dsql_clusters_are_active_once_each_names_the_other(aws: EmulatedAws) -> None:
    one, other = aws.client("dsql", HERE), aws.client("dsql", THERE)
    alone = {"witnessRegion": "eu-west-3"}
    clusters = [dsql.create_cluster(multiRegionProperties=alone) for dsql in (one, other)]
    assert [cluster["status"] for cluster in clusters] == ["PENDING_SETUP"] * 2

    one.update_cluster(
        identifier=clusters[0]["identifier"], multiRegionProperties=alone | {"clusters": [clusters[1]["arn"]]}
    )
    assert one.get_cluster(identifier=clusters[0]["identifier"])["status"] == "PENDING_SETUP"
    other.update_cluster(
        identifier=clusters[1]["identifier"], multiRegionProperties=alone | {"clusters": [clusters[0]["arn"]]}
    )

    both = [
        dsql.get_cluster(identifier=cluster["identifier"]) for dsql, cluster in zip((one, other), clusters, strict=True)
    ]
    assert [cluster["status"] for cluster in both] == ["ACTIVE"] * 2
    assert both[0]["multiRegionProperties"]["clusters"] == [clusters[0]["arn"], clusters[1]["arn"]]


def test_a_single_region_dsql_cluster_is_active_at_once_with_its_own_key(aws: EmulatedAws, here: Region) -> None:
    dsql = aws.client("dsql")

    identifier = dsql.create_cluster(kmsEncryptionKey=here.key)["identifier"]

    cluster = dsql.get_cluster(identifier=identifier)
    assert (cluster["status"], cluster["encryptionDetails"]["kmsKeyArn"]) == ("ACTIVE", here.key)


def test_a_replica_key_has_its_tags_and_its_primary(aws: EmulatedAws) -> None:
    kms, elsewhere = aws.client("kms", HERE), aws.client("kms", THERE)
    key = kms.create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]

    kms.replicate_key(KeyId=key, ReplicaRegion=THERE, Tags=[{"TagKey": "team", "TagValue": "shop"}])

    assert elsewhere.list_resource_tags(KeyId=key)["Tags"] == [{"TagKey": "team", "TagValue": "shop"}]
    types = [
        client.describe_key(KeyId=key)["KeyMetadata"]["MultiRegionConfiguration"]["MultiRegionKeyType"]
        for client in (kms, elsewhere)
    ]
    assert types == ["PRIMARY", "REPLICA"]


def test_the_key_of_a_service_is_there_from_the_start(aws: EmulatedAws) -> None:
    key = aws.client("kms", THERE).describe_key(KeyId="alias/aws/dynamodb")["KeyMetadata"]

    assert key["Arn"].startswith(f"arn:aws:kms:{THERE}:")


def test_a_secret_replica_shows_the_key_it_was_given(aws: EmulatedAws, there: Region) -> None:
    secrets = aws.client("secretsmanager")
    secrets.create_secret(
        Name="replicated", SecretString="-", AddReplicaRegions=[{"Region": THERE, "KmsKeyId": there.key}]
    )

    (replica,) = secrets.describe_secret(SecretId="replicated")["ReplicationStatus"]
    (listed,) = [found for found in secrets.list_secrets()["SecretList"] if found["Name"] == "replicated"]

    assert replica["KmsKeyId"] == there.key
    assert listed["ARN"].startswith(f"arn:aws:secretsmanager:{HERE}:")


def test_a_secret_replica_has_the_policy_of_its_primary_and_takes_none_of_its_own(aws: EmulatedAws) -> None:
    here, there = aws.client("secretsmanager", HERE), aws.client("secretsmanager", THERE)
    here.create_secret(Name="governed", SecretString="-", AddReplicaRegions=[{"Region": THERE}])
    assert "ResourcePolicy" not in there.get_resource_policy(SecretId="governed")

    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    here.put_resource_policy(SecretId="governed", ResourcePolicy=policy)

    found = there.get_resource_policy(SecretId="governed")
    assert (found["ResourcePolicy"], found["Name"]) == (policy, "governed")
    assert f":{THERE}:" in found["ARN"]
    with pytest.raises(ClientError, match="not permitted on a replica"):
        there.put_resource_policy(SecretId="governed", ResourcePolicy=policy)


def test_a_secret_replica_that_is_stopped_can_be_written_on_its_own(aws: EmulatedAws) -> None:
    here, there = aws.client("secretsmanager", HERE), aws.client("secretsmanager", THERE)
    here.create_secret(Name="stopped", SecretString="old", AddReplicaRegions=[{"Region": THERE}])
    with pytest.raises(ClientError, match="replica"):
        there.put_secret_value(SecretId="stopped", SecretString="refused")
    replica = there.describe_secret(SecretId="stopped")["ARN"]

    assert there.stop_replication_to_replica(SecretId="stopped")["ARN"] == replica

    there.put_secret_value(SecretId=replica, SecretString="new")
    assert there.get_secret_value(SecretId="stopped")["SecretString"] == "new"
    assert here.get_secret_value(SecretId="stopped")["SecretString"] == "old"
    assert not here.describe_secret(SecretId="stopped").get("ReplicationStatus")
    with pytest.raises(ClientError) as failure:
        there.stop_replication_to_replica(SecretId="stopped")
    assert code(failure) == "InvalidRequestException"


def test_scaling_targets_and_experiments_are_kept(aws: EmulatedAws) -> None:
    scaling = aws.client("application-autoscaling", HERE)
    target = {"ServiceNamespace": "dynamodb", "ScalableDimension": "dynamodb:table:ReadCapacityUnits"}
    aws.client("dynamodb", HERE).create_table(
        TableName="scaled",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
    )
    scaling.register_scalable_target(**target, ResourceId="table/scaled", MinCapacity=1, MaxCapacity=9)

    (shown,) = scaling.describe_scalable_targets(**target)["ScalableTargets"]

    assert shown["MaxCapacity"] == 9
    assert aws.client("fis", HERE).list_experiment_templates()["experimentTemplates"] == []


def test_a_table_and_its_replica_show_a_key_each(aws: EmulatedAws, here: Region, there: Region) -> None:
    table, replica = aws.client("dynamodb", HERE), aws.client("dynamodb", THERE)
    table.create_table(
        TableName="encrypted",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": here.key},
    )

    table.update_table(
        TableName="encrypted", ReplicaUpdates=[{"Create": {"RegionName": THERE, "KMSMasterKeyId": there.key}}]
    )

    keys = [
        client.describe_table(TableName="encrypted")["Table"]["SSEDescription"]["KMSMasterKeyArn"]
        for client in (table, replica)
    ]
    assert keys == [here.key, there.key]


@pytest.mark.parametrize("days", [1, 35])
def test_point_in_time_recovery_reaches_back_as_far_as_asked(aws: EmulatedAws, days: int) -> None:
    table = aws.client("dynamodb")
    table.create_table(
        TableName=f"recoverable-{days}",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )

    table.update_continuous_backups(
        TableName=f"recoverable-{days}",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": days},
    )

    backups = table.describe_continuous_backups(TableName=f"recoverable-{days}")["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["RecoveryPeriodInDays"] == days


def test_a_health_check_that_follows_an_alarm_keeps_its_configuration(aws: EmulatedAws) -> None:
    route53 = aws.client("route53", "us-east-1")
    aws.client("cloudwatch", HERE).put_metric_alarm(
        AlarmName="lag", Namespace="Any", MetricName="Lag", Statistic="Maximum", Period=60, EvaluationPeriods=1,
        Threshold=1, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    asked = {
        "Type": "CLOUDWATCH_METRIC",
        "AlarmIdentifier": {"Region": HERE, "Name": "lag"},
        "InsufficientDataHealthStatus": "LastKnownStatus",
    }

    check = route53.create_health_check(CallerReference="one", HealthCheckConfig=asked)["HealthCheck"]["Id"]

    assert route53.get_health_check(HealthCheckId=check)["HealthCheck"]["HealthCheckConfig"] == asked
    route53.update_health_check(HealthCheckId=check, InsufficientDataHealthStatus="Unhealthy")
    shown = route53.get_health_check(HealthCheckId=check)["HealthCheck"]["HealthCheckConfig"]
    assert shown == asked | {"InsufficientDataHealthStatus": "Unhealthy"}


def test_an_endpoint_health_check_is_left_as_it_is(aws: EmulatedAws) -> None:
    route53 = aws.client("route53", "us-east-1")
    asked = {"Type": "HTTPS", "FullyQualifiedDomainName": "shop.example.com", "Port": 443, "FailureThreshold": 3}

    check = route53.create_health_check(CallerReference="two", HealthCheckConfig=asked)["HealthCheck"]["Id"]

    shown = route53.get_health_check(HealthCheckId=check)["HealthCheck"]["HealthCheckConfig"]
    assert asked.items() <= shown.items()


def test_request_metrics_of_a_bucket_are_kept_until_they_are_taken_away(aws: EmulatedAws) -> None:
    s3 = aws.client("s3", HERE)
    s3.create_bucket(Bucket="watched", CreateBucketConfiguration={"LocationConstraint": HERE})
    asked = {"Bucket": "watched", "Id": "EntireBucket"}
    s3.put_bucket_metrics_configuration(**asked, MetricsConfiguration={"Id": "EntireBucket"})
    assert s3.get_bucket_metrics_configuration(**asked)["MetricsConfiguration"] == {"Id": "EntireBucket"}
    s3.delete_bucket_metrics_configuration(**asked)
    with pytest.raises(ClientError) as gone:
        s3.get_bucket_metrics_configuration(**asked)
    assert code(gone) == "NoSuchConfiguration"
    with pytest.raises(ClientError) as nowhere:
        s3.get_bucket_metrics_configuration(**{**asked, "Bucket": "nowhere"})
    assert code(nowhere) == "NoSuchBucket"


def test_an_event_subscription_gets_another_source_that_exists(aws: EmulatedAws, here: Region) -> None:
    for name in ("watched", "watched-restored"):
        create_instance(here, name)
    topic = aws.client("sns").create_topic(Name="alarms")["TopicArn"]
    here.rds.create_event_subscription(
        SubscriptionName="watching", SnsTopicArn=topic, SourceType="db-instance", SourceIds=["watched"]
    )

    here.rds.add_source_identifier_to_subscription(SubscriptionName="watching", SourceIdentifier="watched-restored")
    here.rds.remove_source_identifier_from_subscription(SubscriptionName="watching", SourceIdentifier="watched")
    with pytest.raises(ClientError) as failure:
        here.rds.add_source_identifier_to_subscription(SubscriptionName="watching", SourceIdentifier="nobody")

    (found,) = here.rds.describe_event_subscriptions(SubscriptionName="watching")["EventSubscriptionsList"]
    assert found["SourceIdsList"] == ["watched-restored"]
    assert failure.value.response["Error"]["Code"] == "SourceNotFound"


def test_an_event_subscription_is_changed_where_it_is_there(aws: EmulatedAws, here: Region) -> None:
    topics = [aws.client("sns").create_topic(Name=f"changed-{number}")["TopicArn"] for number in range(2)]
    here.rds.create_event_subscription(
        SubscriptionName="changing", SnsTopicArn=topics[0], SourceType="db-instance", EventCategories=["failover"]
    )

    changed = here.rds.modify_event_subscription(
        SubscriptionName="changing", SnsTopicArn=topics[1], Enabled=False, EventCategories=["failure", "deletion"]
    )["EventSubscription"]
    with pytest.raises(ClientError, match="SubscriptionNotFound"):
        here.rds.modify_event_subscription(SubscriptionName="nobody", Enabled=False)

    (found,) = here.rds.describe_event_subscriptions(SubscriptionName="changing")["EventSubscriptionsList"]
    assert found == changed
    assert (found["SnsTopicArn"], found["Enabled"], found["SourceType"]) == (topics[1], False, "db-instance")
    assert found["EventCategoriesList"] == ["failure", "deletion"]
