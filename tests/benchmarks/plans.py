"""Generated plans of any size, shaped like those of Terraform 1.11 and the AWS provider, for the budgets of review.

`python -m tests.benchmarks.plans 10000 plan.json` writes one. A workload is twenty resources in a module of its own:
a bucket with its split resources and a copy, a table with a replica, a database with a replica and replicated backups,
an alarm, roles and policies, and network and compute that recovery has nothing to say about. Of twenty workloads
eighteen stay as they are, one is updated and one is new. As in a real plan everything is there up to four times:
before, after, in the planned values and in the prior state.
"""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

PER_WORKLOAD = 20
_PROVIDER = "registry.terraform.io/hashicorp/aws"
_ACCOUNT = "123456789012"
_PRIMARY, _RECOVERY = "eu-west-1", "eu-central-1"

_Values = dict[str, Any]
_Made = tuple[str, str, str, _Values, dict[str, list[str]]]
"""Type, name, Region, values, and the references of arguments that are not known while the workload is new."""


def _tags(name: str) -> _Values:
    tags = {"recovery:workload": name, "recovery:component": "data", "team": "shop", "environment": "production"}
    return {"tags": tags, "tags_all": {**tags, "cost-center": "4711", "managed-by": "terraform"}}


def _bucket(name: str, region: str) -> _Values:
    return {
        "acceleration_status": "",
        "acl": None,
        "arn": f"arn:aws:s3:::{name}",
        "bucket": name,
        "bucket_domain_name": f"{name}.s3.amazonaws.com",
        "bucket_prefix": "",
        "bucket_regional_domain_name": f"{name}.s3.{region}.amazonaws.com",
        "cors_rule": [],
        "force_destroy": False,
        "grant": [{"id": "0" * 64, "permissions": ["FULL_CONTROL"], "type": "CanonicalUser", "uri": ""}],
        "hosted_zone_id": "Z1BKCTXD74EZPE",
        "id": name,
        "lifecycle_rule": [],
        "logging": [],
        "object_lock_configuration": [],
        "object_lock_enabled": False,
        "policy": "",
        "region": region,
        "replication_configuration": [],
        "request_payer": "BucketOwner",
        "server_side_encryption_configuration": [
            {
                "rule": [
                    {
                        "apply_server_side_encryption_by_default": [
                            {"kms_master_key_id": "", "sse_algorithm": "AES256"}
                        ],
                        "bucket_key_enabled": False,
                    }
                ]
            }
        ],
        "timeouts": None,
        "versioning": [{"enabled": True, "mfa_delete": False}],
        "website": [],
        "website_domain": None,
        "website_endpoint": None,
        **_tags(name),
    }


def _replication(name: str, copy: str) -> _Values:
    return {
        "bucket": name,
        "id": name,
        "role": f"arn:aws:iam::{_ACCOUNT}:role/{name}",
        "token": "",
        "rule": [
            {
                "delete_marker_replication": [{"status": "Enabled"}],
                "existing_object_replication": [],
                "destination": [
                    {
                        "access_control_translation": [],
                        "account": "",
                        "bucket": f"arn:aws:s3:::{copy}",
                        "storage_class": "",
                        "encryption_configuration": [
                            {"replica_kms_key_id": f"arn:aws:kms:{_RECOVERY}:{_ACCOUNT}:alias/data"}
                        ],
                        "metrics": [{"event_threshold": [{"minutes": 15}], "status": "Enabled"}],
                        "replication_time": [{"status": "Enabled", "time": [{"minutes": 15}]}],
                    }
                ],
                "filter": [{"and": [], "prefix": "", "tag": []}],
                "id": "everything",
                "prefix": "",
                "priority": 0,
                "source_selection_criteria": [
                    {"replica_modifications": [], "sse_kms_encrypted_objects": [{"status": "Enabled"}]}
                ],
                "status": "Enabled",
            }
        ],
    }


def _table(name: str) -> _Values:
    arn = f"arn:aws:dynamodb:{_PRIMARY}:{_ACCOUNT}:table/{name}"
    return {
        "arn": arn,
        "attribute": [{"name": "id", "type": "S"}, {"name": "created", "type": "N"}],
        "billing_mode": "PAY_PER_REQUEST",
        "deletion_protection_enabled": True,
        "global_secondary_index": [],
        "hash_key": "id",
        "id": name,
        "import_table": [],
        "local_secondary_index": [],
        "name": name,
        "on_demand_throughput": [],
        "point_in_time_recovery": [{"enabled": True, "recovery_period_in_days": 35}],
        "range_key": None,
        "read_capacity": 0,
        "replica": [],
        "restore_date_time": None,
        "restore_source_name": None,
        "restore_source_table_arn": None,
        "restore_to_latest_time": None,
        "server_side_encryption": [],
        "stream_arn": f"{arn}/stream/2026-01-01T00:00:00.000",
        "stream_enabled": True,
        "stream_label": "2026-01-01T00:00:00.000",
        "stream_view_type": "NEW_AND_OLD_IMAGES",
        "table_class": "STANDARD",
        "timeouts": None,
        "ttl": [{"attribute_name": "", "enabled": False}],
        "write_capacity": 0,
        **_tags(name),
    }


def _instance(name: str, region: str, source: str | None) -> _Values:
    return {
        "address": f"{name}.c0ffee.{region}.rds.amazonaws.com",
        "allocated_storage": 200,
        "allow_major_version_upgrade": None,
        "apply_immediately": False,
        "arn": f"arn:aws:rds:{region}:{_ACCOUNT}:db:{name}",
        "auto_minor_version_upgrade": True,
        "availability_zone": f"{region}a",
        "backup_retention_period": 14,
        "backup_target": "region",
        "backup_window": "03:00-04:00",
        "blue_green_update": [],
        "ca_cert_identifier": "rds-ca-rsa2048-g1",
        "copy_tags_to_snapshot": True,
        "db_name": "app",
        "db_subnet_group_name": "private",
        "delete_automated_backups": False,
        "deletion_protection": True,
        "domain": "",
        "enabled_cloudwatch_logs_exports": ["postgresql", "upgrade"],
        "endpoint": f"{name}.c0ffee.{region}.rds.amazonaws.com:5432",
        "engine": "postgres",
        "engine_version": "16.6",
        "engine_version_actual": "16.6",
        "final_snapshot_identifier": f"{name}-last",
        "hosted_zone_id": "Z29XKXDKYMONMX",
        "iam_database_authentication_enabled": True,
        "id": "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "identifier": name,
        "instance_class": "db.m6g.large",
        "iops": 3000,
        "kms_key_id": f"arn:aws:kms:{region}:{_ACCOUNT}:key/1",
        "license_model": "postgresql-license",
        "listener_endpoint": [],
        "maintenance_window": "sun:05:00-sun:06:00",
        "manage_master_user_password": None,
        "master_user_secret": [],
        "max_allocated_storage": 1000,
        "monitoring_interval": 60,
        "multi_az": True,
        "network_type": "IPV4",
        "parameter_group_name": "default.postgres16",
        "password": "generated-and-secret",
        "performance_insights_enabled": True,
        "performance_insights_retention_period": 7,
        "port": 5432,
        "publicly_accessible": False,
        "replicas": [],
        "replicate_source_db": source or "",
        "restore_to_point_in_time": [],
        "s3_import": [],
        "skip_final_snapshot": False,
        "snapshot_identifier": None,
        "status": "available",
        "storage_encrypted": True,
        "storage_throughput": 125,
        "storage_type": "gp3",
        "timeouts": None,
        "username": "app",
        "vpc_security_group_ids": ["sg-0123456789abcdef0"],
        **_tags(name),
    }


def _policy(name: str, actions: Iterable[str]) -> str:
    statement = {
        "Action": list(actions),
        "Effect": "Allow",
        "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
    }
    return json.dumps({"Statement": [statement, {**statement, "Sid": "Second"}], "Version": "2012-10-17"})


def _made(name: str) -> list[_Made]:
    copy = f"{name}-copy"
    data = (name, ["aws_s3_bucket.main.id", "aws_s3_bucket.main"])
    bucket = {"bucket": data[1]}
    role = {
        "arn": f"arn:aws:iam::{_ACCOUNT}:role/{name}",
        "assume_role_policy": _policy(name, ["sts:AssumeRole"]),
        "create_date": "2026-01-01T00:00:00Z",
        "description": "",
        "force_detach_policies": False,
        "id": name,
        "inline_policy": [],
        "managed_policy_arns": [],
        "max_session_duration": 3600,
        "name": name,
        "name_prefix": "",
        "path": "/",
        "permissions_boundary": "",
        "unique_id": "AROAEXAMPLE",
        **_tags(name),
    }
    return [
        ("aws_s3_bucket", "main", _PRIMARY, _bucket(name, _PRIMARY), {}),
        (
            "aws_s3_bucket_versioning",
            "main",
            _PRIMARY,
            {
                "bucket": name,
                "expected_bucket_owner": "",
                "id": name,
                "mfa": None,
                "versioning_configuration": [{"mfa_delete": "", "status": "Enabled"}],
            },
            bucket,
        ),
        (
            "aws_s3_bucket_public_access_block",
            "main",
            _PRIMARY,
            {
                "block_public_acls": True,
                "block_public_policy": True,
                "bucket": name,
                "id": name,
                "ignore_public_acls": True,
                "restrict_public_buckets": True,
            },
            bucket,
        ),
        (
            "aws_s3_bucket_policy",
            "main",
            _PRIMARY,
            {"bucket": name, "id": name, "policy": _policy(name, ["s3:GetObject", "s3:PutObject", "s3:ListBucket"])},
            bucket,
        ),
        ("aws_s3_bucket", "copy", _RECOVERY, _bucket(copy, _RECOVERY), {}),
        (
            "aws_s3_bucket_versioning",
            "copy",
            _RECOVERY,
            {
                "bucket": copy,
                "expected_bucket_owner": "",
                "id": copy,
                "mfa": None,
                "versioning_configuration": [{"mfa_delete": "", "status": "Enabled"}],
            },
            {"bucket": ["aws_s3_bucket.copy.id", "aws_s3_bucket.copy"]},
        ),
        ("aws_s3_bucket_replication_configuration", "main", _PRIMARY, _replication(name, copy), bucket),
        ("aws_dynamodb_table", "main", _PRIMARY, _table(name), {}),
        (
            "aws_dynamodb_table_replica",
            "main",
            _RECOVERY,
            {
                "arn": f"arn:aws:dynamodb:{_RECOVERY}:{_ACCOUNT}:table/{name}",
                "deletion_protection_enabled": True,
                "global_table_arn": f"arn:aws:dynamodb:{_PRIMARY}:{_ACCOUNT}:table/{name}",
                "id": f"{name}:{_PRIMARY}",
                "kms_key_arn": "",
                "point_in_time_recovery": True,
                "table_class_override": "",
                **_tags(name),
            },
            {"global_table_arn": ["aws_dynamodb_table.main.arn", "aws_dynamodb_table.main"]},
        ),
        ("aws_db_instance", "main", _PRIMARY, _instance(name, _PRIMARY, None), {}),
        (
            "aws_db_instance",
            "replica",
            _RECOVERY,
            _instance(copy, _RECOVERY, f"arn:aws:rds:{_PRIMARY}:{_ACCOUNT}:db:{name}"),
            {"replicate_source_db": ["aws_db_instance.main.arn", "aws_db_instance.main"]},
        ),
        (
            "aws_db_instance_automated_backups_replication",
            "main",
            _RECOVERY,
            {
                "id": f"arn:aws:rds:{_RECOVERY}:{_ACCOUNT}:auto-backup:ab-{name}",
                "kms_key_id": f"arn:aws:kms:{_RECOVERY}:{_ACCOUNT}:key/1",
                "pre_signed_url": None,
                "retention_period": 14,
                "source_db_instance_arn": f"arn:aws:rds:{_PRIMARY}:{_ACCOUNT}:db:{name}",
                "timeouts": None,
            },
            {"source_db_instance_arn": ["aws_db_instance.main.arn", "aws_db_instance.main"]},
        ),
        (
            "aws_cloudwatch_metric_alarm",
            "lag",
            _RECOVERY,
            {
                "actions_enabled": True,
                "alarm_actions": [],
                "alarm_name": name,
                "arn": f"arn:aws:cloudwatch:{_RECOVERY}:{_ACCOUNT}:alarm:{name}",
                "comparison_operator": "GreaterThanThreshold",
                "dimensions": {"DBInstanceIdentifier": copy},
                "evaluation_periods": 5,
                "id": name,
                "metric_name": "ReplicaLag",
                "namespace": "AWS/RDS",
                "period": 60,
                "statistic": "Maximum",
                "threshold": 300,
                "treat_missing_data": "breaching",
                **_tags(name),
            },
            {},
        ),
        ("aws_iam_role", "replication", _PRIMARY, role, {}),
        (
            "aws_iam_role_policy",
            "replication",
            _PRIMARY,
            {
                "id": f"{name}:{name}",
                "name": name,
                "name_prefix": "",
                "policy": _policy(
                    name, ["s3:GetReplicationConfiguration", "s3:ListBucket", "s3:GetObjectVersionForReplication"]
                ),
                "role": name,
            },
            {},
        ),
        (
            "aws_security_group",
            "main",
            _PRIMARY,
            {
                "arn": f"arn:aws:ec2:{_PRIMARY}:{_ACCOUNT}:security-group/sg-1",
                "description": name,
                "egress": [
                    {
                        "cidr_blocks": ["0.0.0.0/0"],
                        "description": "",
                        "from_port": 0,
                        "ipv6_cidr_blocks": [],
                        "prefix_list_ids": [],
                        "protocol": "-1",
                        "security_groups": [],
                        "self": False,
                        "to_port": 0,
                    }
                ],
                "id": "sg-1",
                "ingress": [],
                "name": name,
                "name_prefix": "",
                "owner_id": _ACCOUNT,
                "revoke_rules_on_delete": False,
                "timeouts": None,
                "vpc_id": "vpc-1",
                **_tags(name),
            },
            {},
        ),
        (
            "aws_security_group_rule",
            "https",
            _PRIMARY,
            {
                "cidr_blocks": ["10.0.0.0/8"],
                "description": "",
                "from_port": 443,
                "id": "sgrule-1",
                "ipv6_cidr_blocks": [],
                "prefix_list_ids": [],
                "protocol": "tcp",
                "security_group_id": "sg-1",
                "security_group_rule_id": "sgr-1",
                "self": False,
                "source_security_group_id": None,
                "timeouts": None,
                "to_port": 443,
                "type": "ingress",
            },
            {},
        ),
        (
            "aws_lambda_function",
            "main",
            _PRIMARY,
            {
                "architectures": ["arm64"],
                "arn": f"arn:aws:lambda:{_PRIMARY}:{_ACCOUNT}:function:{name}",
                "environment": [{"variables": {f"SETTING_{index}": "value" * 4 for index in range(20)}}],
                "function_name": name,
                "handler": "main.handler",
                "id": name,
                "memory_size": 512,
                "package_type": "Zip",
                "role": f"arn:aws:iam::{_ACCOUNT}:role/{name}",
                "runtime": "python3.13",
                "source_code_hash": "x" * 44,
                "timeout": 30,
                "version": "$LATEST",
                "vpc_config": [],
                **_tags(name),
            },
            {},
        ),
        (
            "aws_subnet",
            "private",
            _PRIMARY,
            {
                "arn": f"arn:aws:ec2:{_PRIMARY}:{_ACCOUNT}:subnet/subnet-1",
                "assign_ipv6_address_on_creation": False,
                "availability_zone": f"{_PRIMARY}a",
                "cidr_block": "10.0.1.0/24",
                "id": "subnet-1",
                "map_public_ip_on_launch": False,
                "owner_id": _ACCOUNT,
                "vpc_id": "vpc-1",
                **_tags(name),
            },
            {},
        ),
        (
            "aws_cloudwatch_log_group",
            "main",
            _PRIMARY,
            {
                "arn": f"arn:aws:logs:{_PRIMARY}:{_ACCOUNT}:log-group:/app/{name}",
                "id": f"/app/{name}",
                "kms_key_id": "",
                "log_group_class": "STANDARD",
                "name": f"/app/{name}",
                "name_prefix": "",
                "retention_in_days": 30,
                "skip_destroy": False,
                **_tags(name),
            },
            {},
        ),
    ]


def _changes(number: int) -> Iterator[tuple[_Values, _Values | None, _Values | None]]:
    """Yield the change of each resource of a workload, and the resource in planned values and in the prior state."""
    name, fate = f"workload-{number:06d}", number % PER_WORKLOAD
    module = f'module.workload["{name}"]'
    for type, label, _, values, references in _made(name):
        before: _Values | None = values
        after, actions = values, ["no-op"]
        unknown: _Values = {}
        if fate == 1 and "tags" in values:
            after, actions = {**values, "tags": {**values["tags"], "team": "new"}}, ["update"]
        elif fate == 2:
            computed = {key for key in values if key in {"arn", "id", "region", *references}}
            after = {key: value for key, value in values.items() if key not in computed}
            before, unknown, actions = None, dict.fromkeys(sorted(computed), True), ["create"]
        address = f"{module}.{type}.{label}"
        head = {"address": address, "mode": "managed", "type": type, "name": label, "provider_name": _PROVIDER}
        marks: _Values = {"tags": {}, "tags_all": {}} if "tags" in values else {}
        if "password" in values:
            marks["password"] = True
        change = {
            "actions": actions,
            "before": before,
            "after": after,
            "after_unknown": unknown,
            "before_sensitive": marks if before is not None else False,
            "after_sensitive": marks,
        }
        planned = {**head, "schema_version": 0, "values": after, "sensitive_values": marks}
        prior = None if before is None else {**planned, "values": before}
        yield {**head, "module_address": module, "change": change}, planned, prior


def _configuration() -> _Values:
    resources = [
        {
            "address": f"{type}.{label}",
            "mode": "managed",
            "type": type,
            "name": label,
            "schema_version": 0,
            "provider_config_key": "aws" if region == _PRIMARY else "aws.recovery",
            "expressions": {
                **{key: {"constant_value": value} for key, value in values.items() if isinstance(value, bool)},
                **{key: {"references": value} for key, value in references.items()},
            },
        }
        for type, label, region, values, references in _made("x")
    ]
    provider = {"name": "aws", "full_name": _PROVIDER, "version_constraint": "~> 5.100"}
    return {
        "provider_config": {
            "aws": {**provider, "expressions": {"region": {"constant_value": _PRIMARY}}},
            "aws.recovery": {**provider, "alias": "recovery", "expressions": {"region": {"constant_value": _RECOVERY}}},
        },
        "root_module": {
            "module_calls": {
                "workload": {
                    "source": "./workload",
                    "expressions": {},
                    "for_each_expression": {"references": ["local.workloads"]},
                    "module": {"resources": resources},
                }
            }
        },
    }


def _compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def write_plan(file: BinaryIO, resources: int) -> None:
    """Write a plan of *resources* resources, a workload at a time, so that its size costs no memory."""
    workloads = -(-resources // PER_WORKLOAD)

    def lists(which: int, separator: bytes = b",") -> Iterator[bytes]:
        left, first = resources, True
        for number in range(workloads):
            for parts in itertools.islice(_changes(number), left):
                left -= 1
                if parts[which] is not None:
                    yield (b"" if first else separator) + _compact(parts[which])
                    first = False

    file.write(
        b'{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{"root_module":{"child_modules":[{"resources":['
    )
    file.writelines(lists(1))
    file.write(b'],"address":"module.workload"}]}},"resource_changes":[')
    file.writelines(lists(0))
    file.write(
        b'],"prior_state":{"format_version":"1.0","terraform_version":"1.11.4","values":{"root_module":{"child_modules":[{"resources":['
    )
    file.writelines(lists(2))
    file.write(b'],"address":"module.workload"}]}}},"configuration":')
    file.write(_compact(_configuration()))
    file.write(b',"applyable":true,"complete":true,"errored":false}\n')


def main(arguments: list[str]) -> None:
    resources, path = int(arguments[0]), Path(arguments[1])
    with path.open("wb") as file:
        write_plan(file, resources)
    print(f"{path}: {resources} resources, {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
