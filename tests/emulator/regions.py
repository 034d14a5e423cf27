"""Two Regions with what a database needs, and the calls the tests of databases share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from tests.emulator.roles import open_key

if TYPE_CHECKING:
    import pytest
    from botocore.exceptions import ClientError

    from constructs_lib.emulator import EmulatedAws

HERE, THERE = "eu-west-1", "eu-central-1"


def code(failure: pytest.ExceptionInfo[ClientError]) -> str:
    error: str = failure.value.response["Error"]["Code"]
    return error


@attrs.frozen(kw_only=True)
class Region:
    """A Region with a network, a parameter group and a key, as a database needs them."""

    rds: Any
    group: str
    key: str
    subnets: str
    parameters: str


def prepared(aws: EmulatedAws, region: str) -> Region:
    ec2, rds = aws.client("ec2", region), aws.client("rds", region)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{region}{zone}")
        for number, zone in enumerate("ab")
    ]
    name = f"standins-{region}"
    identifiers = [subnet["Subnet"]["SubnetId"] for subnet in subnets]
    rds.create_db_subnet_group(DBSubnetGroupName=name, DBSubnetGroupDescription="-", SubnetIds=identifiers)
    rds.create_db_parameter_group(DBParameterGroupName=name, DBParameterGroupFamily="postgres16", Description="-")
    return Region(
        rds=rds,
        group=ec2.create_security_group(GroupName=name, Description="-", VpcId=vpc)["GroupId"],
        key=open_key(aws, region),
        subnets=name,
        parameters=name,
    )


def create_instance(region: Region, identifier: str, **more: Any) -> dict[str, Any]:
    options = {
        "BackupRetentionPeriod": 7,
        "StorageEncrypted": True,
        "KmsKeyId": region.key,
        "Engine": "postgres",
        "EngineVersion": "16.4",
        "DBInstanceClass": "db.r6g.large",
        "DBParameterGroupName": region.parameters,
        **({} if "ManageMasterUserPassword" in more else {"MasterUserPassword": "not-a-secret"}),
    } | more
    instance: dict[str, Any] = region.rds.create_db_instance(
        DBInstanceIdentifier=identifier,
        AllocatedStorage=100,
        MasterUsername="dbadmin",
        DBSubnetGroupName=region.subnets,
        VpcSecurityGroupIds=[region.group],
        **options,
    )["DBInstance"]
    return instance


def described(region: Region, identifier: str) -> dict[str, Any]:
    instance: dict[str, Any] = region.rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]
    return instance
