"""What the examples of the rules need to be there: two Regions with keys, databases, tables, vaults and a zone."""

from __future__ import annotations

import itertools
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tests.emulator.roles import document

if TYPE_CHECKING:
    from constructs_lib.emulator import EmulatedAws

HERE, THERE = "eu-west-1", "eu-central-1"


class Account:
    """An emulated account, furnished as it is asked for."""

    def __init__(self, aws: EmulatedAws) -> None:
        self._aws = aws
        self._numbers = itertools.count(1)
        self._sources: dict[str, str] = {}
        self._roles: dict[str, str] = {}

    def name(self) -> str:
        """Return a name not used before."""
        return f"rule-{next(self._numbers)}"

    def client(self, service: str, region: str = HERE) -> Any:
        return self._aws.client(service, region)

    @cached_property
    def key(self) -> str:
        return self._key(HERE)

    @cached_property
    def key_there(self) -> str:
        return self._key(THERE)

    def _key(self, region: str) -> str:
        arn: str = self.client("kms", region).create_key()["KeyMetadata"]["Arn"]
        return arn

    def instance(self, **options: Any) -> str:
        """Return the ARN of a new encrypted instance here."""
        given = {
            "Engine": "postgres",
            "DBInstanceClass": "db.r6g.large",
            "AllocatedStorage": 100,
            "MasterUsername": "dbadmin",
            "MasterUserPassword": "not-a-secret",
            "BackupRetentionPeriod": 7,
            "StorageEncrypted": True,
            "KmsKeyId": self.key,
        } | options
        if given.get("ManageMasterUserPassword"):
            del given["MasterUserPassword"]
        created = self.client("rds").create_db_instance(DBInstanceIdentifier=self.name(), **given)
        arn: str = created["DBInstance"]["DBInstanceArn"]
        return arn

    def source(self, **options: Any) -> str:
        """Return the ARN of an instance here with these options, which others may use as well."""
        if (wanted := repr(options)) not in self._sources:
            self._sources[wanted] = self.instance(**options)
        return self._sources[wanted]

    @cached_property
    def joined(self) -> str:
        """A global cluster with a primary here."""
        return self.global_cluster()

    def replica(self, source: str, **options: Any) -> str:
        """Return the identifier of a new replica there."""
        name = self.name()
        self.client("rds", THERE).create_db_instance_read_replica(
            DBInstanceIdentifier=name,
            SourceDBInstanceIdentifier=source,
            **{"KmsKeyId": self.key_there} | options,
        )
        return name

    def cluster(self, region: str = HERE, **options: Any) -> str:
        """Return the ARN of a new Aurora cluster."""
        given = {
            "Engine": "aurora-postgresql",
            "EngineVersion": "16.4",
            "MasterUsername": "dbadmin",
            "MasterUserPassword": "not-a-secret",
            "StorageEncrypted": True,
            "KmsKeyId": self.key if region == HERE else self.key_there,
        } | options
        created = self.client("rds", region).create_db_cluster(
            DBClusterIdentifier=self.name(), **{name: value for name, value in given.items() if value is not None}
        )
        arn: str = created["DBCluster"]["DBClusterArn"]
        return arn

    def secondary(self, joined: str, **options: Any) -> str:
        """Return the ARN of a new secondary there."""
        return self.cluster(
            THERE, **{"GlobalClusterIdentifier": joined, "MasterUsername": None, "MasterUserPassword": None} | options
        )

    def empty_global(self) -> str:
        """Return a new global cluster that a primary can join."""
        name = self.name()
        self.client("rds").create_global_cluster(
            GlobalClusterIdentifier=name, Engine="aurora-postgresql", EngineVersion="16.4", StorageEncrypted=True
        )
        return name

    def global_cluster(self) -> str:
        """Return a new global cluster with a primary here."""
        name = self.empty_global()
        self.cluster(GlobalClusterIdentifier=name)
        return name

    def parameter_group(self, family: str = "postgres16") -> str:
        name = self.name()
        self.client("rds").create_db_parameter_group(
            DBParameterGroupName=name, DBParameterGroupFamily=family, Description="-"
        )
        return name

    def table(self, region: str = HERE, **options: Any) -> str:
        """Return a new table that can have replicas."""
        name = self.name()
        self.client("dynamodb", region).create_table(
            TableName=name,
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
            **{"BillingMode": "PAY_PER_REQUEST"} | options,
        )
        return name

    def encrypted_table(self) -> str:
        return self.table(SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": self.key})

    def scale(self, table: str) -> None:
        """Scale the writes of a provisioned table."""
        scaled = {
            "ServiceNamespace": "dynamodb",
            "ResourceId": f"table/{table}",
            "ScalableDimension": "dynamodb:table:WriteCapacityUnits",
        }
        scaling = self.client("application-autoscaling")
        scaling.register_scalable_target(MinCapacity=1, MaxCapacity=10, **scaled)
        scaling.put_scaling_policy(
            PolicyName="writes",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": 70.0,
                "PredefinedMetricSpecification": {"PredefinedMetricType": "DynamoDBWriteCapacityUtilization"},
            },
            **scaled,
        )

    def recover(self, table: str) -> None:
        """Keep a table's changes."""
        self.client("dynamodb").update_continuous_backups(
            TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )

    def bucket(self, region: str = HERE, **options: Any) -> str:
        """Return a new versioned bucket."""
        s3, name = self.client("s3", region), f"bucket-of-{self.name()}"
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region}, **options)
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return name

    @cached_property
    def buckets(self) -> tuple[str, str]:
        """A versioned bucket in either Region."""
        return self.bucket(HERE), self.bucket(THERE)

    def subnet_group(self, zones: str, name: str = "") -> str:
        """Return a new subnet group in these zones here."""
        ec2, name = self.client("ec2"), name or self.name()
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{HERE}{zone}")
            for number, zone in enumerate(zones)
        ]
        self.client("rds").create_db_subnet_group(
            DBSubnetGroupName=name,
            DBSubnetGroupDescription="-",
            SubnetIds=[subnet["Subnet"]["SubnetId"] for subnet in subnets],
        )
        return name

    def multi_az_cluster(self, **options: Any) -> str:
        """Return the ARN of a new Multi-AZ DB cluster here."""
        sized: dict[str, Any] = {
            "AllocatedStorage": 100,
            "Iops": 1000,
            "StorageType": "io1",
            "DBClusterInstanceClass": "db.r6gd.large",
        }
        return self.cluster(Engine="postgres", **{**sized, **options})

    def disabled_key(self) -> str:
        arn = self._key(HERE)
        self.client("kms").disable_key(KeyId=arn)
        return arn

    def role(self, service: str, action: str = "*") -> str:
        """Return a role that `service` may take, and with which it may do `action`."""
        iam, name = self.client("iam"), f"{service}-{action}".replace("*", "all").replace(":", "-")
        if name not in self._roles:
            trust = document(Action="sts:AssumeRole", Principal={"Service": service})
            role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
            allowed = document(Action=action, Resource="*")
            iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=allowed)
            self._roles[name] = role["Role"]["Arn"]
        return self._roles[name]

    def key_for(self, principal: dict[str, str], region: str = HERE) -> str:
        """Return a new key with a policy that lets in `principal` alone."""
        kms = self.client("kms", region)
        policy = document(Principal=principal, Action="kms:*", Resource="*")
        arn: str = kms.create_key(Policy=policy, BypassPolicyLockoutSafetyCheck=True)["KeyMetadata"]["Arn"]
        return arn

    @cached_property
    def locked_vault(self) -> str:
        """A vault there that keeps everything for 7 to 30 days."""
        name = self.name()
        backup = self.client("backup", THERE)
        backup.create_backup_vault(BackupVaultName=name)
        backup.put_backup_vault_lock_configuration(BackupVaultName=name, MinRetentionDays=7, MaxRetentionDays=30)
        return name

    @cached_property
    def vault(self) -> str:
        name = self.name()
        self.client("backup").create_backup_vault(BackupVaultName=name)
        return name

    @cached_property
    def zone(self) -> str:
        created = self.client("route53").create_hosted_zone(Name="rules.test", CallerReference=self.name())
        identifier: str = created["HostedZone"]["Id"]
        return identifier

    @cached_property
    def certificate(self) -> str:
        """An issued certificate for CloudFront, of any name below the zone."""
        return self.issued("us-east-1")

    def issued(self, region: str) -> str:
        """Return the ARN of a new certificate of any name below the zone, whose record is written."""
        acm = self.client("acm", region)
        arn: str = acm.request_certificate(DomainName="*.rules.test", ValidationMethod="DNS")["CertificateArn"]
        (proof,) = acm.describe_certificate(CertificateArn=arn)["Certificate"]["DomainValidationOptions"]
        written = {"Name": proof["ResourceRecord"]["Name"], "Type": "CNAME", "TTL": 60}
        written["ResourceRecords"] = [{"Value": proof["ResourceRecord"]["Value"]}]
        self.client("route53").change_resource_record_sets(
            HostedZoneId=self.zone, ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": written}]}
        )
        return arn
