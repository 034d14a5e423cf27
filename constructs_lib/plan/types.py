"""Which resource types are read, and which others are known to hold state."""

from __future__ import annotations

from typing import Final

MAIN: Final = frozenset(
    {
        "aws_cloudfront_distribution",
        "aws_db_instance",
        "aws_dsql_cluster",
        "aws_dynamodb_table",
        "aws_ecr_repository",
        "aws_kms_key",
        "aws_rds_cluster",
        "aws_route53_record",
        "aws_s3_bucket",
        "aws_secretsmanager_secret",
    }
)
"""The types that are, or may be, the main resource of a component."""

TYPES: Final = MAIN | frozenset(
    {
        "aws_backup_global_settings",
        "aws_backup_plan",
        "aws_backup_region_settings",
        "aws_backup_selection",
        "aws_backup_vault",
        "aws_backup_vault_lock_configuration",
        "aws_backup_vault_policy",
        "aws_cloudfront_monitoring_subscription",
        "aws_cloudfront_origin_access_control",
        "aws_cloudwatch_metric_alarm",
        "aws_db_instance_automated_backups_replication",
        "aws_dsql_cluster_peering",
        "aws_dynamodb_table_replica",
        "aws_ecr_replication_configuration",
        "aws_iam_policy",
        "aws_iam_policy_attachment",
        "aws_iam_role",
        "aws_iam_role_policies_exclusive",
        "aws_iam_role_policy",
        "aws_iam_role_policy_attachment",
        "aws_kms_alias",
        "aws_kms_key_policy",
        "aws_kms_replica_external_key",
        "aws_kms_replica_key",
        "aws_rds_cluster_instance",
        "aws_rds_cluster_parameter_group",
        "aws_rds_global_cluster",
        "aws_route53_health_check",
        "aws_route53_zone",
        "aws_s3_bucket_accelerate_configuration",
        "aws_s3_bucket_lifecycle_configuration",
        "aws_s3_bucket_metric",
        "aws_s3_bucket_notification",
        "aws_s3_bucket_object_lock_configuration",
        "aws_s3_bucket_ownership_controls",
        "aws_s3_bucket_policy",
        "aws_s3_bucket_public_access_block",
        "aws_s3_bucket_replication_configuration",
        "aws_s3_bucket_server_side_encryption_configuration",
        "aws_s3_bucket_versioning",
        "aws_s3control_multi_region_access_point",
        "aws_secretsmanager_secret_version",
    }
)
"""The types whose values are kept; all others are counted and skipped."""

STATEFUL: Final = frozenset(
    {
        "aws_cognito_user_pool",
        "aws_docdb_cluster",
        "aws_docdb_global_cluster",
        "aws_dynamodb_global_table",
        "aws_ebs_snapshot",
        "aws_ebs_volume",
        "aws_efs_file_system",
        "aws_elasticache_cluster",
        "aws_elasticache_global_replication_group",
        "aws_elasticache_replication_group",
        "aws_elasticache_serverless_cache",
        "aws_elasticsearch_domain",
        "aws_fsx_lustre_file_system",
        "aws_fsx_ontap_file_system",
        "aws_fsx_openzfs_file_system",
        "aws_fsx_windows_file_system",
        "aws_keyspaces_table",
        "aws_kinesis_stream",
        "aws_memorydb_cluster",
        "aws_msk_cluster",
        "aws_neptune_cluster",
        "aws_opensearch_domain",
        "aws_opensearchserverless_collection",
        "aws_qldb_ledger",
        "aws_redshift_cluster",
        "aws_redshiftserverless_namespace",
        "aws_s3_directory_bucket",
        "aws_s3tables_table_bucket",
        "aws_sqs_queue",
        "aws_ssm_parameter",
        "aws_timestreamwrite_table",
    }
)
"""Types that hold state and for which the catalog has no mechanism. They are named in the inventory."""
