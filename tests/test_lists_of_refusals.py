"""What AWS refuses, three times: the emulator's rules, the constructs, the review. Each rule is accounted for in both.

The rules are written apart from the catalog (docs/emulator.md), so nothing but this table holds them together. A rule
that is switched off fails `tests/emulator/rules/test_rules.py`, which has an example of each.
"""

from __future__ import annotations

import ast
import importlib.util
import re
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from constructs_lib.catalog.findings import load_findings
from tests.each import each

ROOT: Final = Path(__file__).parent.parent
_DATABASE: Final = "tests/constructs/test_database.py::"
_ACCEPTS: Final = "tests/constructs/test_what_aws_accepts.py::"
_KEYS: Final = f"{_DATABASE}test_what_holds_data_is_protected_and_encrypted_with_the_key_of_its_region"
_PASSWORDS: Final = f"{_DATABASE}test_a_password_that_aws_cannot_manage_is_made_and_read_back_by_ephemeral_resources"
_NAMES: Final = f"{_ACCEPTS}test_names_classes_and_versions_that_do_not_exist_are_refused"
_OFFERED: Final = f"{_ACCEPTS}test_what_aws_does_not_offer_there_or_for_it_is_chosen_by_nobody_and_built_by_nobody"
_LIMITS: Final = "tests/constructs/test_service.py::test_what_aws_would_refuse_is_refused"
_SECONDARY: Final = (
    f"{_DATABASE}test_a_global_database_is_made_around_the_primary_cluster_so_that_one_which_runs_joins_it"
)
_CALL: Final = (
    "a call that a recovery makes: no resource of Terraform asks for it, and procedures/ writes what it needs"
)
_SETTINGS: Final = "the settings of a Region are the account's, and docs/backup.md says what to switch on"
_WATCHES: Final = "an alarm over alarms is no way back, and fails at apply with AWS's own words"
_AT_ONCE: Final = "it fails at once at apply with AWS's own words, and no promise rests on what it would have made"
_BEFORE_KMS: Final = "the provider refuses it before KMS is asked"
_READ: Final = "whoever reads an object sees it; no resource of Terraform does"
_BY_NAME: Final = "the names of things are the caller's, and what an account has by that name no construct can know"
_CONFIGURED: Final = "tests/constructs/test_configuration.py::test_what_aws_does_not_take_is_refused_and_"
_WRITTEN_BY_US: Final = "no option of a construct reaches it: what they write is deployed with the rule in force"
_THE_CALLERS: Final = "a name or a value of the caller's goes to AWS as it is given, and AWS says what is wrong with it"
_NOT_BUILT: Final = "no construct makes such a thing"


_CHANGES: Final = "a version is the caller's, and what runs already no construct can know"
_KEPT: Final = f"{_DATABASE}test_backups_are_kept_as_long_as_damage_may_go_unnoticed_unless_the_caller_says"
_REPLICATES: Final = "tests/constructs/test_valid_terraform.py::test_terraform_has_nothing_to_say"
_PLANNED: Final = "tests/constructs/test_backup_plan.py::test_the_rule_follows_the_protections_parameters"
_FILES: Final = (
    "tests/constructs/test_filesystem.py"
    "::test_a_replica_is_made_to_be_overwritten_in_the_recovery_stack_and_linked_in_the_global_one"
)
_OPTIONS: Final = f"{_DATABASE}test_an_option_that_aws_refuses_is_refused_in_the_callers_words"
_GIVEN: Final = f"{_ACCEPTS}test_the_emulator_takes_the_logs_insights_and_certificates_that_the_catalog_gives"
_TOLD: Final = f"{_DATABASE}test_events_of_the_database_go_to_the_topic_of_its_region"
_JOINED: Final = "tests/constructs/test_service.py::test_task_targets_and_listener_fit_together_as_ecs_asks"
_AGED: Final = (
    "tests/constructs/test_bucket.py::test_a_lifecycle_that_s3_refuses_or_that_breaks_the_estimate_is_refused"
)
_ROUTED: Final = "tests/constructs/test_workload.py::test_routing_refuses_names_that_cannot_be"
_SERVED: Final = (
    "tests/constructs/test_distribution.py"
    "::test_an_objective_for_the_loss_of_a_region_gives_an_origin_group_over_both_buckets"
)


class Refusal(NamedTuple):
    """Where a refusal of the emulator is known elsewhere.

    Attributes:
        constructs: The test that the constructs refuse it, or never build it; else why there is none.
        review: The id of the finding; else why there is none.
    """

    constructs: str
    review: str


REFUSALS: Final = {
    "backup.copy-that-goes-nowhere": Refusal(_WRITTEN_BY_US, "RECOVERY-334"),
    "backup.plan-that-is-none": Refusal(_WRITTEN_BY_US, "RECOVERY-334"),
    "backup.selection-of-nothing": Refusal(_WRITTEN_BY_US, "RECOVERY-200"),
    "kms.replica-of-a-key-of-one-region": Refusal(_WRITTEN_BY_US, "RECOVERY-334"),
    "kms.replica-where-the-key-is": Refusal(_WRITTEN_BY_US, "RECOVERY-334"),
    "s3.replication-owner-without-account": Refusal(_WRITTEN_BY_US, "RECOVERY-334"),
    "s3.replication-role-that-is-none": Refusal(_WRITTEN_BY_US, "RECOVERY-334"),
    "s3.replication-rule-twice": Refusal(_WRITTEN_BY_US, "RECOVERY-334"),
    "rds.replica-without-key": Refusal(_KEYS, "RECOVERY-317"),
    "rds.cluster-copy-without-key": Refusal(_KEYS, "RECOVERY-317"),
    "rds.replicated-backups-without-key": Refusal(_KEYS, "RECOVERY-317"),
    "rds.key-of-another-region": Refusal(_KEYS, "RECOVERY-206"),
    "rds.replica-source-needs-arn": Refusal(
        f"{_DATABASE}test_a_replica_has_backups_of_its_own_and_a_standby_where_it_is_asked_for", "RECOVERY-319"
    ),
    "rds.replica-of-source-without-backups": Refusal(
        f"{_DATABASE}test_backups_are_kept_as_long_as_damage_may_go_unnoticed_unless_the_caller_says", "RECOVERY-200"
    ),
    "rds.replica-of-managed-password": Refusal(_PASSWORDS, "RECOVERY-318"),
    "rds.oracle-replica-option-group": Refusal(
        f"{_ACCEPTS}test_a_replica_in_another_region_is_given_no_option_group", "RECOVERY-328"
    ),
    "rds.promotion-of-no-replica": Refusal(_CALL, _CALL),
    "rds.promotion-of-no-cluster-replica": Refusal(_CALL, _CALL),
    "rds.cluster-source-needs-arn": Refusal(_SECONDARY, "RECOVERY-319"),
    "rds.managed-password-in-global": Refusal(_PASSWORDS, "RECOVERY-318"),
    "rds.class-of-a-global-database": Refusal(_OFFERED, "RECOVERY-200"),
    "rds.multi-az-cluster-that-is-not-offered": Refusal(_OFFERED, "RECOVERY-327"),
    "rds.encryption-that-is-not-offered": Refusal(_OFFERED, "RECOVERY-327"),
    "rds.global-versions-differ": Refusal(
        f"{_DATABASE}test_versions_of_secondary_and_instances_are_those_of_the_clusters_they_follow", "RECOVERY-321"
    ),
    "s3.ten-tags-of-an-object": Refusal(
        "tests/constructs/test_documents.py::test_default_tags_are_left_out_of_objects_that_s3_would_not_take_with_them",
        _AT_ONCE,
    ),
    "iam.role-name-in-another-case": Refusal(
        "tests/constructs/test_sites.py::test_two_components_differ_in_more_than_the_case_of_their_names", _AT_ONCE
    ),
    "rds.global-database-that-is-not-offered": Refusal(_OFFERED, _AT_ONCE),
    "rds.version-of-the-cluster": Refusal(
        f"{_DATABASE}test_versions_of_secondary_and_instances_are_those_of_the_clusters_they_follow", _AT_ONCE
    ),
    "rds.cluster-already-in-a-global": Refusal(_SECONDARY, "RECOVERY-316"),
    "rds.global-second-primary": Refusal(
        f"{_DATABASE}test_the_secondary_of_a_global_database_joins_by_name_and_has_no_master_user", "RECOVERY-329"
    ),
    "rds.major-version-unchanged": Refusal(
        f"{_ACCEPTS}test_no_version_is_written_that_aws_makes_more_precise_and_the_next_plan_takes_back",
        "the provider asks for it and takes the refusal for an answer: it then changes the minor version",
    ),
    "rds.backtrack-in-global": Refusal(f"{_DATABASE}test_backtrack_rules_a_global_database_out", "RECOVERY-309"),
    "rds.serverless-instance-without-capacity": Refusal(
        f"{_DATABASE}test_each_side_of_a_global_database_is_serverless_where_that_was_chosen", "RECOVERY-331"
    ),
    "rds.serverless-capacity": Refusal(
        "tests/constructs/test_offered.py::test_a_database_that_is_offered_is_built", "RECOVERY-331"
    ),
    "rds.parameter-that-does-not-exist": Refusal(_NAMES, "RECOVERY-325"),
    "rds.static-parameter-applied-immediately": Refusal(
        f"{_ACCEPTS}test_a_parameter_waits_for_a_restart_unless_a_running_server_is_known_to_take_it", "RECOVERY-324"
    ),
    "rds.version-that-does-not-exist": Refusal(_NAMES, "RECOVERY-327"),
    "rds.class-that-does-not-exist": Refusal(_NAMES, "RECOVERY-327"),
    "rds.class-not-for-the-engine": Refusal(_NAMES, "RECOVERY-327"),
    "rds.class-not-for-the-version": Refusal(_NAMES, "RECOVERY-327"),
    "rds.zone-of-a-multi-az-instance": Refusal(_NOT_BUILT, "RECOVERY-333"),
    "route53.zone-made-already": Refusal(_NOT_BUILT, _AT_ONCE),
    "rds.family-that-does-not-exist": Refusal(_NAMES, "RECOVERY-327"),
    "rds.replicated-backups-between-these-regions": Refusal(
        "tests/selection/test_hand_checked.py::test_backups_are_not_replicated_where_aws_does_not_offer_it",
        "RECOVERY-323",
    ),
    "rds.replicated-backups-of-cluster": Refusal(
        "tests/catalog/test_catalog.py::test_backups_of_a_multi_az_cluster_are_not_replicated",
        "the provider's argument takes the ARN of an instance, and what an instance belongs to is not in it",
    ),
    "rds.restore-without-backups": Refusal(f"{_DATABASE}test_a_restore_that_cannot_be_is_refused", _CALL),
    "rds.restore-outside-window": Refusal(f"{_DATABASE}test_a_restore_that_cannot_be_is_refused", _CALL),
    "rds.cluster-restore-outside-window": Refusal(f"{_DATABASE}test_a_restore_that_cannot_be_is_refused", _CALL),
    "rds.key-closed-to-the-account": Refusal(
        f"{_ACCEPTS}test_whoever_is_handed_a_key_stands_in_its_policy",
        "RDS uses a key by a grant of whoever applies the plan, and who that is no plan says",
    ),
    "rds.monitoring-role": Refusal(
        f"{_DATABASE}test_the_monitoring_role_is_there_before_it_is_needed_and_no_recovery_stack_has_a_role",
        "RECOVERY-218",
    ),
    "dynamodb.replica-without-key": Refusal(
        "tests/constructs/test_table.py::test_a_replica_is_protected_in_the_recovery_region_with_that_regions_key",
        "RECOVERY-317",
    ),
    "dynamodb.replica-key-of-another-region": Refusal(
        "tests/constructs/test_table.py::test_keys_of_your_own_are_used_in_both_regions", "RECOVERY-206"
    ),
    "dynamodb.provisioned-replica-without-scaling": Refusal(
        "tests/constructs/test_table.py::test_a_global_table_with_provisioned_capacity_is_refused", "RECOVERY-322"
    ),
    "dynamodb.restore-without-recovery": Refusal(
        "tests/constructs/test_table.py::test_every_pattern_has_point_in_time_recovery_a_key_and_deletion_protection",
        _CALL,
    ),
    "dynamodb.restore-outside-window": Refusal(_CALL, _CALL),
    "dynamodb.key-closed-to-the-account": Refusal(
        f"{_ACCEPTS}test_whoever_is_handed_a_key_stands_in_its_policy",
        "DynamoDB uses a key on behalf of whoever applies the plan, and who that is no plan says",
    ),
    "s3.existing-object-replication": Refusal(_REPLICATES, "RECOVERY-320"),
    "s3.replication-time-of-15-minutes": Refusal(
        "tests/constructs/test_bucket.py::test_replication_time_control_is_15_minutes_with_the_same_threshold",
        "RECOVERY-301",
    ),
    "s3.replication-threshold-without-time-control": Refusal(
        "tests/constructs/test_bucket.py::test_replication_time_control_is_15_minutes_with_the_same_threshold",
        "RECOVERY-326",
    ),
    "s3.replication-of-encrypted-objects-needs-key": Refusal(
        "tests/constructs/test_bucket.py::test_each_bucket_is_encrypted_with_the_key_of_its_own_region", "RECOVERY-216"
    ),
    "backup.start-window-of-an-hour": Refusal(
        "tests/constructs/test_backup_plan.py::test_the_rule_follows_the_protections_parameters", "RECOVERY-313"
    ),
    "backup.cold-storage-for-90-days": Refusal(_NOT_BUILT, "RECOVERY-315"),
    "backup.continuous-for-35-days": Refusal(_NOT_BUILT, "RECOVERY-314"),
    "backup.retention-outside-vault-lock": Refusal(
        "tests/constructs/test_backup_plan.py::test_a_lock_under_which_every_job_would_fail_is_refused", "RECOVERY-200"
    ),
    "backup.type-not-opted-in": Refusal(
        _SETTINGS,
        "RECOVERY-200",
    ),
    "backup.table-copy-without-advanced-features": Refusal(
        _SETTINGS,
        "RECOVERY-200",
    ),
    "backup.role-cannot-be-assumed": Refusal(
        "tests/constructs/test_backup_plan.py::test_only_aws_backup_can_take_the_roles", "RECOVERY-218"
    ),
    "backup.role-lacks-permission": Refusal(
        "tests/constructs/test_backup_plan.py::test_the_role_that_backs_up_cannot_restore", "RECOVERY-221"
    ),
    "route53.reserved-zone": Refusal("no construct makes a zone: it takes the id of one", "RECOVERY-330"),
    "route53.record-that-points-at-itself": Refusal(
        "tests/constructs/test_workload.py::test_routing_refuses_names_that_cannot_be", "RECOVERY-330"
    ),
    "route53.cname-at-apex": Refusal(
        "a construct is given the id of a zone and not its name, so it cannot tell what the apex is", "RECOVERY-330"
    ),
    "cloudwatch.composite-of-a-hundred-alarms": Refusal(
        "tests/constructs/test_seeing.py::test_all_that_puts_a_recovery_at_risk_rings_one_alarm_in_its_region", _WATCHES
    ),
    "cloudwatch.composite-of-alarms-that-do-not-exist": Refusal(
        "tests/constructs/test_seeing.py::test_all_that_puts_a_recovery_at_risk_rings_one_alarm_in_its_region", _WATCHES
    ),
    "cloudwatch.alarm-of-a-composite": Refusal(
        "tests/constructs/test_seeing.py::test_all_that_puts_a_recovery_at_risk_rings_one_alarm_in_its_region", _WATCHES
    ),
    **dict.fromkeys(
        (
            "cloudwatch.alarm-period",
            "cloudwatch.alarm-over-too-long-a-time",
            "cloudwatch.datapoints-beyond-the-periods",
            "cloudwatch.alarm-statistic",
            "cloudwatch.alarm-action-of-another-region",
            "events.schedule-that-is-none",
            "events.schedule-on-a-bus-of-its-own",
            "events.more-than-five-targets",
            "iam.trust-in-a-principal-that-does-not-exist",
            "iam.inline-policies-of-10240-characters",
            "iam.policy-that-cannot-be-attached",
            "kms.principal-that-does-not-exist",
            "route53.alarm-of-a-basic-check",
        ),
        Refusal(_WRITTEN_BY_US, _AT_ONCE),
    ),
    "route53.check-calculated-of-calculated-ones": Refusal(
        "tests/constructs/test_routing.py::test_a_latch_beside_both_that_have_to_fail_counts_as_much_as_they_do",
        "RECOVERY-200",
    ),
    "route53.check-that-asks-nobody": Refusal(_ROUTED, _AT_ONCE),
    "ssm.standard-parameter-of-4096-characters": Refusal(f"{_CONFIGURED}leaves_nothing", _AT_ONCE),
    "ssm.name-that-aws-keeps": Refusal(
        "tests/constructs/test_configuration.py::test_a_name_that_aws_keeps_is_refused", _AT_ONCE
    ),
    "ssm.parameter-that-names-another": Refusal(f"{_CONFIGURED}leaves_nothing", _AT_ONCE),
    "ecr.replication-to-itself": Refusal(
        "tests/constructs/test_configuration.py"
        "::test_a_repository_is_built_in_each_region_and_its_images_are_replicated_both_ways",
        _AT_ONCE,
    ),
    "cloudfront.writes-to-an-origin-group": Refusal(
        "tests/constructs/test_distribution.py::test_a_behavior_that_cloudfront_refuses_is_refused", "RECOVERY-305"
    ),
    "cloudfront.failover-status-codes": Refusal(
        "tests/constructs/test_distribution.py::test_an_option_that_is_not_allowed_is_refused_with_what_is",
        "RECOVERY-304",
    ),
    "rds.snapshot-copy-without-key": Refusal(_CALL, _CALL),
    "rds.copy-of-a-multi-az-cluster-snapshot": Refusal(
        "tests/constructs/test_backup_policy.py::test_a_cluster_that_aws_backup_does_not_copy_is_refused_where_it_would",
        _CALL,
    ),
    "rds.master-password": Refusal(_PASSWORDS, _AT_ONCE),
    "rds.master-user-reserved": Refusal(_OPTIONS, "RECOVERY-336"),
    "rds.master-user-name": Refusal(_OPTIONS, "RECOVERY-336"),
    "rds.backup-window-of-half-an-hour": Refusal(_OPTIONS, _AT_ONCE),
    "rds.port-out-of-range": Refusal(_OPTIONS, _AT_ONCE),
    "rds.database-name": Refusal(_OPTIONS, _AT_ONCE),
    "rds.insights-of-a-small-class": Refusal(_OPTIONS, _AT_ONCE),
    "rds.license-of-another-engine": Refusal(_OPTIONS, _AT_ONCE),
    "rds.certificate-that-does-not-exist": Refusal(_OPTIONS, _AT_ONCE),
    "rds.performance-of-a-small-volume": Refusal(
        "no construct asks for throughput of gp3: what RDS gives without asking is what is priced", _AT_ONCE
    ),
    "rds.insights-kept": Refusal(_GIVEN, _AT_ONCE),
    "rds.logs-of-another-engine": Refusal(_GIVEN, _AT_ONCE),
    "rds.security-group-that-does-not-exist": Refusal(_BY_NAME, _AT_ONCE),
    "rds.events-to-a-topic-that-does-not-exist": Refusal(_TOLD, _AT_ONCE),
    "rds.event-category-that-does-not-exist": Refusal(_TOLD, _AT_ONCE),
    "rds.replica-of-an-edition-without": Refusal(
        "tests/selection/test_hand_checked.py::test_engines_without_read_replicas_lose_what_replicated_backups_lose",
        "RECOVERY-200",
    ),
    "rds.replica-of-a-version-without": Refusal(
        "tests/constructs/test_database.py::test_a_version_of_which_rds_makes_no_replica_elsewhere_is_refused",
        "RECOVERY-334",
    ),
    "rds.global-second-member-in-a-region": Refusal(_SECONDARY, "RECOVERY-334"),
    "kms.policy-that-locks-out": Refusal(
        f"{_ACCEPTS}test_every_key_is_left_to_the_account_which_can_change_its_policy", "RECOVERY-334"
    ),
    "kms.deletion-in-7-to-30-days": Refusal(_BEFORE_KMS, _BEFORE_KMS),
    "ecs.fargate-size-that-does-not-exist": Refusal(
        "tests/constructs/test_service.py::test_what_aws_would_refuse_is_refused", _AT_ONCE
    ),
    "efs.replication-into-a-protected-file-system": Refusal(_FILES, "RECOVERY-332"),
    "efs.replication-of-encrypted-files-into-a-plain-file-system": Refusal(_FILES, "RECOVERY-332"),
    "s3.replication-into-the-bucket-itself": Refusal(_REPLICATES, _AT_ONCE),
    "s3.object-of-a-disabled-key": Refusal(_READ, _READ),
    "s3.object-of-a-key-to-be-deleted": Refusal(_READ, _READ),
    "rds.encrypted-replica-of-an-open-source": Refusal(_KEYS, "RECOVERY-334"),
    "rds.key-that-cannot-be-used": Refusal(_KEYS, _AT_ONCE),
    "rds.major-upgrade-not-allowed": Refusal(_CHANGES, _AT_ONCE),
    "rds.downgrade": Refusal(_CHANGES, _AT_ONCE),
    "rds.upgrade-before-its-replicas": Refusal(_CHANGES, "RECOVERY-335"),
    "rds.subnet-group-in-one-zone": Refusal(_BY_NAME, _AT_ONCE),
    "rds.subnet-group-name-in-use": Refusal(_BY_NAME, _AT_ONCE),
    "s3.replication-of-the-former-form-into-two-buckets": Refusal(_REPLICATES, "RECOVERY-303"),
    "rds.multi-az-cluster-in-two-zones": Refusal(_BY_NAME, _AT_ONCE),
    "rds.parameter-group-of-another-family": Refusal(_BY_NAME, _AT_ONCE),
    "rds.replica-parameter-group-of-postgres": Refusal(
        "the provider takes the refusal for an answer: it changes the group of the replica that is made", _AT_ONCE
    ),
    "rds.backups-kept-35-days": Refusal(_KEPT, "RECOVERY-310"),
    "rds.backups-off-under-a-replica": Refusal(_KEPT, "RECOVERY-200"),
    "rds.replicated-backups-of-source-without": Refusal(_KEPT, "RECOVERY-311"),
    "rds.deletion-without-final-snapshot": Refusal(
        "the provider asks for one or the other before it calls RDS, and protection comes first", _AT_ONCE
    ),
    "rds.global-of-nothing": Refusal(_SECONDARY, _AT_ONCE),
    "rds.global-engine-beside-a-source": Refusal(_SECONDARY, _AT_ONCE),
    "rds.cluster-name-in-use": Refusal(_BY_NAME, _AT_ONCE),
    "dynamodb.key-that-cannot-be-used": Refusal(
        "tests/constructs/test_table.py::test_keys_of_your_own_are_used_in_both_regions", _AT_ONCE
    ),
    "dynamodb.replica-in-a-region-that-does-not-exist": Refusal(
        "tests/constructs/test_table.py::test_a_replica_is_protected_in_the_recovery_region_with_that_regions_key",
        "RECOVERY-334",
    ),
    "dynamodb.stream-of-a-replicated-table": Refusal(
        "tests/constructs/test_table.py::test_a_replicated_table_streams_both_images_and_leaves_its_replica_alone",
        "RECOVERY-307",
    ),
    "dynamodb.strong-consistency-in-three-regions": Refusal(
        "only provider 6 can say it, and the pattern has a third Region or a witness by itself", _AT_ONCE
    ),
    "dynamodb.recovery-period-without-recovery": Refusal(
        "tests/constructs/test_table.py::test_every_pattern_has_point_in_time_recovery_a_key_and_deletion_protection",
        "RECOVERY-308",
    ),
    "s3.replication-rule-not-whole": Refusal(_REPLICATES, "RECOVERY-303"),
    "s3.replication-priority-twice": Refusal(_REPLICATES, "RECOVERY-303"),
    "s3.delete-markers-of-tagged-objects": Refusal(_REPLICATES, "RECOVERY-334"),
    "s3.replication-destination-needs-arn": Refusal(_REPLICATES, "the provider refuses it before S3 is asked"),
    "s3.replication-destination-that-does-not-exist": Refusal(_REPLICATES, _AT_ONCE),
    "dynamodb.time-to-live-that-is-on": Refusal(
        "the provider asks first what is on, and to move it takes two changes an hour apart", _AT_ONCE
    ),
    "dynamodb.twenty-global-indexes": Refusal(
        "tests/constructs/test_table.py::test_what_dynamodb_would_refuse_is_refused_first", _AT_ONCE
    ),
    "s3.lifecycle-days-out-of-order": Refusal(_AGED, _AT_ONCE),
    "s3.lifecycle-rule-twice": Refusal(_AGED, _AT_ONCE),
    "s3.policy-of-another-bucket": Refusal(_REPLICATES, _AT_ONCE),
    "s3.principal-that-does-not-exist": Refusal(_REPLICATES, _AT_ONCE),
    "s3.key-of-an-encryption-without-one": Refusal(
        "tests/constructs/test_bucket.py::test_each_bucket_is_encrypted_with_the_key_of_its_own_region", _AT_ONCE
    ),
    "s3.access-log-in-another-region": Refusal(_BY_NAME, _AT_ONCE),
    "ecs.task-definition-of-64-kb": Refusal(_LIMITS, _AT_ONCE),
    "ecs.too-many-subnets-or-groups": Refusal(
        "tests/constructs/test_service.py::test_tasks_have_no_more_subnets_and_groups_than_ecs_takes", _AT_ONCE
    ),
    "elbv2.certificate-that-is-not-there": Refusal(_LIMITS, _AT_ONCE),
    "elbv2.certificate-that-is-not-issued": Refusal(
        "tests/constructs/test_configuration.py::test_a_certificate_is_waited_for_whoever_writes_its_record", _AT_ONCE
    ),
    "elbv2.target-group-in-use": Refusal(
        "tests/constructs/test_service.py::test_another_port_has_a_target_group_of_its_own_before_the_former_goes",
        _AT_ONCE,
    ),
    "ecs.fargate-network-mode": Refusal(_JOINED, _AT_ONCE),
    "ecs.fargate-without-execution-role": Refusal(_JOINED, _AT_ONCE),
    "ecs.service-without-network-configuration": Refusal(_JOINED, _AT_ONCE),
    "ecs.container-that-does-not-exist": Refusal(_JOINED, _AT_ONCE),
    "ecs.target-group-of-instances": Refusal(_JOINED, _AT_ONCE),
    "ecs.target-group-without-load-balancer": Refusal(_JOINED, _AT_ONCE),
    "elbv2.application-load-balancer-in-one-zone": Refusal(_BY_NAME, _AT_ONCE),
    "elbv2.two-subnets-in-a-zone": Refusal(_BY_NAME, _AT_ONCE),
    "elbv2.certificate-of-a-listener": Refusal(_JOINED, _AT_ONCE),
    "efs.throughput-that-does-not-go-with-its-mode": Refusal(
        "tests/constructs/test_filesystem.py::test_what_efs_would_refuse_is_refused", _AT_ONCE
    ),
    "efs.max-io-with-elastic-throughput": Refusal(_NOT_BUILT, _AT_ONCE),
    "efs.replication-to-a-region-that-does-not-exist": Refusal(
        "the Region of a site is one of the catalog's before anything is built", "RECOVERY-334"
    ),
    "s3.versioning-of-a-replicated-bucket": Refusal(_REPLICATES, _AT_ONCE),
    "s3.versioning-of-a-locked-bucket": Refusal(_REPLICATES, _AT_ONCE),
    "backup.schedule-that-is-no-cron": Refusal(_PLANNED, "RECOVERY-334"),
    "backup.completion-after-the-start-window": Refusal(_PLANNED, "RECOVERY-334"),
    "backup.vault-key-of-another-region": Refusal(_PLANNED, "RECOVERY-206"),
    "route53.record-that-exists": Refusal(_BY_NAME, _AT_ONCE),
    "route53.cname-beside-another-record": Refusal(_BY_NAME, _AT_ONCE),
    "route53.routed-record-beside-another-kind": Refusal(_BY_NAME, _AT_ONCE),
    "route53.routed-record-without-identifier": Refusal(_ROUTED, _AT_ONCE),
    "route53.address-that-is-none": Refusal(_ROUTED, _AT_ONCE),
    "route53.health-check-that-does-not-exist": Refusal(_ROUTED, _AT_ONCE),
    "route53.health-check-interval": Refusal(_ROUTED, "the provider refuses it before Route 53 is asked"),
    "cloudfront.behavior-of-no-origin": Refusal(_SERVED, "RECOVERY-334"),
    "cloudfront.members-of-an-origin-group": Refusal(_SERVED, "RECOVERY-334"),
    "cloudfront.origin-read-timeout": Refusal(
        "tests/constructs/test_distribution.py::test_origins_are_as_impatient_as_the_estimate_says", "RECOVERY-306"
    ),
    "cloudfront.alias-without-certificate": Refusal(
        "tests/constructs/test_distribution.py::test_an_option_that_is_not_allowed_is_refused_with_what_is", _AT_ONCE
    ),
    "cloudfront.alias-in-use": Refusal(_BY_NAME, _AT_ONCE),
    "dsql.witness-in-a-region-of-its-own": Refusal(f"{_DATABASE}test_a_witness_is_a_region_of_its_own", "RECOVERY-334"),
    "dsql.key-closed-to-the-service": Refusal(
        f"{_ACCEPTS}test_whoever_is_handed_a_key_stands_in_its_policy",
        "no check of keys but those that replication uses: what uses a key of its own fails at once, at apply",
    ),
    **dict.fromkeys(
        (
            "acm.value-outside-the-model",
            "application-autoscaling.value-outside-the-model",
            "backup.member-that-is-missing",
            "backup.name-where-an-arn-belongs",
            "backup.plan-like-another",
            "backup.value-outside-the-model",
            "cloudfront.alias-twice",
            "cloudfront.value-outside-the-model",
            "cloudwatch.value-outside-the-model",
            "dsql.value-outside-the-model",
            "dynamodb.five-local-indexes",
            "dynamodb.tag-of-aws",
            "dynamodb.value-outside-the-model",
            "ecr.value-outside-the-model",
            "ecs.health-check-of-a-container",
            "ecs.log-without-a-group",
            "ecs.task-definition-that-is-none",
            "efs.value-outside-the-model",
            "elbv2.value-outside-the-model",
            "events.value-outside-the-model",
            "iam.value-outside-the-model",
            "kms.value-outside-the-model",
            "logs.value-outside-the-model",
            "rds.cluster-parameter-group-in-use",
            "rds.cluster-that-does-not-exist",
            "rds.default-parameter-group",
            "rds.engine-mode",
            "rds.engine-of-the-cluster",
            "rds.identifier-that-is-none",
            "rds.instance-name-in-use",
            "rds.limit-of-storage-scaling",
            "rds.master-user-not-given",
            "rds.member-that-is-missing",
            "rds.monitoring-interval",
            "rds.more-replicas-than-the-engine-admits",
            "rds.parameter-group-in-use",
            "rds.parameter-that-is-fixed",
            "rds.parameter-value",
            "rds.performance-of-the-storage",
            "rds.promotion-tier",
            "rds.serverless-that-cannot-pause",
            "rds.setting-of-the-cluster",
            "rds.sign-in-by-iam",
            "rds.sixteen-members-of-a-cluster",
            "rds.size-of-the-storage",
            "rds.source-of-events",
            "rds.stop-of-a-global-database",
            "rds.storage-of-a-cluster",
            "rds.storage-that-shrinks",
            "rds.storage-type",
            "rds.subnet-group-in-use",
            "rds.subnet-group-name",
            "rds.twenty-parameters-at-a-time",
            "rds.two-passwords",
            "rds.type-of-events",
            "rds.write-forwarding-of-another-engine",
            "rds.write-forwarding-without-a-global-database",
            "rds.zone-of-another-region",
            "route53.value-outside-the-model",
            "route53.zone-name",
            "s3.lifecycle-sizes",
            "s3.notification-of-no-event",
            "s3.notification-that-the-topic-does-not-take",
            "s3.reserved-bucket-name",
            "s3.value-outside-the-model",
            "secretsmanager.secret-name",
            "secretsmanager.value-outside-the-model",
            "sns.topic-name",
            "ssm.parameter-name",
            "ssm.value-outside-the-model",
        ),
        Refusal(_THE_CALLERS, _AT_ONCE),
    ),
    **dict.fromkeys(
        (
            "backup.resource-of-another-region",
            "backup.type-that-does-not-exist",
            "dynamodb.strong-consistency-of-items-that-are-there",
            "kms.use-of-a-disabled-key",
            "kms.use-of-a-key-to-be-deleted",
            "rds.snapshot-of-a-member",
            "rds.stop-of-a-replica-or-its-source",
            "s3.retention-that-is-over",
            "s3.written-with-a-disabled-key",
            "s3.written-with-a-key-that-does-not-exist",
        ),
        Refusal(_CALL, _CALL),
    ),
    **dict.fromkeys(
        (
            "acm.marker-that-no-answer-gave",
            "application-autoscaling.capacity-of-a-target",
            "application-autoscaling.dimension-of-another-service",
            "application-autoscaling.marker-that-no-answer-gave",
            "application-autoscaling.metric-of-another-dimension",
            "application-autoscaling.policy-of-no-target",
            "application-autoscaling.table-that-does-not-exist",
            "backup.advanced-settings",
            "backup.deletion-of-a-plan-with-selections",
            "backup.marker-that-no-answer-gave",
            "backup.policy-that-is-none",
            "backup.vault-of-a-plan-that-does-not-exist",
            "cloudfront.accept-encoding-in-a-policy",
            "cloudfront.access-control-in-use",
            "cloudfront.access-control-that-does-not-exist",
            "cloudfront.access-list-of-a-region",
            "cloudfront.alias-that-its-certificate-does-not-cover",
            "cloudfront.cache-policy-beside-forwarded-values",
            "cloudfront.chosen-by-a-policy",
            "cloudfront.countries",
            "cloudfront.deletion-of-an-enabled-distribution",
            "cloudfront.function-of-the-edge",
            "cloudfront.function-that-is-not-published",
            "cloudfront.header-of-an-origin",
            "cloudfront.headers-of-a-bucket",
            "cloudfront.headers-of-a-response",
            "cloudfront.identity-that-does-not-exist",
            "cloudfront.keep-alive-of-an-origin",
            "cloudfront.key-group-that-does-not-exist",
            "cloudfront.keys-of-a-policy-without-caching",
            "cloudfront.log-into-nothing",
            "cloudfront.marker-that-no-answer-gave",
            "cloudfront.methods-of-a-behavior",
            "cloudfront.origin-request-policy-that-does-not-exist",
            "cloudfront.origin-that-is-none",
            "cloudfront.page-for-an-error",
            "cloudfront.page-that-is-no-path",
            "cloudfront.page-without-a-status",
            "cloudfront.path-pattern-twice",
            "cloudfront.policy-that-does-not-exist",
            "cloudfront.quantity-of-items",
            "cloudfront.response-headers-policy-that-does-not-exist",
            "cloudfront.root-object-with-a-slash",
            "cloudfront.security-headers-of-a-response",
            "cloudfront.shield-of-no-region",
            "cloudfront.times-of-a-cache-policy",
            "cloudfront.times-out-of-order",
            "cloudfront.two-ways-into-a-bucket",
            "cloudfront.website-as-a-bucket",
            "cloudwatch.alarm-action-that-is-no-arn",
            "cloudwatch.alarm-missing-data",
            "cloudwatch.alarm-that-is-not-whole",
            "cloudwatch.dashboard-body",
            "cloudwatch.dashboard-name",
            "cloudwatch.id-of-a-metric",
            "cloudwatch.marker-that-no-answer-gave",
            "cloudwatch.member-that-is-missing",
            "cloudwatch.percentile-above-100",
            "cloudwatch.resource-that-is-missing",
            "cloudwatch.token-of-a-list",
            "dsql.marker-that-no-answer-gave",
            "dsql.peers-without-a-witness",
            "dsql.regions-of-one-set",
            "dynamodb.change-that-stands-alone",
            "dynamodb.encryption-of-a-table",
            "dynamodb.limit-of-a-table-on-demand",
            "dynamodb.list-of-no-index",
            "dynamodb.one-index-at-a-time",
            "dynamodb.one-replica-at-a-time",
            "dynamodb.policy-that-is-none",
            "dynamodb.projection-of-an-index",
            "dynamodb.provisioned-without-units",
            "dynamodb.stream-as-it-is",
            "dynamodb.stream-without-view",
            "dynamodb.strong-consistency-in-one-set-of-regions",
            "dynamodb.time-to-live-that-is-off",
            "dynamodb.units-of-an-index",
            "dynamodb.warm-throughput",
            "ec2.subnet-in-a-zone-of-another-region",
            "ecr.key-that-cannot-be-used",
            "ecr.lifecycle-policy-that-is-none",
            "ecr.marker-that-no-answer-gave",
            "ecr.replication-to-a-region-that-does-not-exist",
            "ecs.deletion-of-a-cluster-with-services",
            "ecs.marker-that-no-answer-gave",
            "ecs.member-that-is-missing",
            "ecs.percent-of-a-deployment",
            "ecs.place-of-a-service-on-fargate",
            "ecs.place-of-a-task-on-fargate",
            "ecs.platform-version-that-does-not-exist",
            "ecs.role-of-a-task",
            "ecs.size-of-a-task-s-storage",
            "efs.key-of-an-open-file-system",
            "efs.key-that-cannot-be-used",
            "efs.lifecycle-of-one-transition",
            "efs.marker-that-no-answer-gave",
            "efs.security-group-that-does-not-exist",
            "efs.token-of-another-file-system",
            "efs.zone-of-another-region",
            "elbv2.health-check-of-a-target-group",
            "elbv2.marker-that-no-answer-gave",
            "elbv2.name-of-a-load-balancer",
            "elbv2.port-in-use",
            "events.deletion-of-a-rule-with-targets",
            "events.input-of-a-target",
            "events.marker-that-no-answer-gave",
            "events.name-of-a-bus",
            "events.role-of-a-target",
            "events.rule-of-nothing",
            "iam.boundary-that-does-not-exist",
            "iam.changed-trust-that-is-none",
            "iam.managed-policy-of-6144-characters",
            "iam.marker-that-no-answer-gave",
            "iam.more-than-ten-managed-policies",
            "iam.policy-that-is-none",
            "iam.trust-that-is-none",
            "kms.alias-of-aws",
            "kms.marker-that-no-answer-gave",
            "kms.policy-that-is-none",
            "kms.replica-in-a-region-that-does-not-exist",
            "kms.rotation-of-a-key-that-does-not-rotate",
            "kms.usage-of-another-spec",
            "logs.marker-that-no-answer-gave",
            "rds.character-set-of-another-engine",
            "rds.default-vpc-that-is-gone",
            "rds.insights-kept-without-insights",
            "rds.marker-that-no-answer-gave",
            "rds.subnet-that-does-not-exist",
            "rds.time-zone-of-another-engine",
            "resourcegroupstaggingapi.marker-that-no-answer-gave",
            "route53.alarm-that-cannot-be-watched",
            "route53.alias-to-nothing",
            "route53.checks-that-do-not-exist",
            "route53.deletion-of-another-record",
            "route53.marker-that-no-answer-gave",
            "route53.primary-record-without-health-check",
            "route53.record-that-is-not-whole",
            "route53.reference-of-another-check",
            "route53.routing-of-one-kind",
            "route53.settings-of-another-check",
            "route53.value-that-is-none",
            "s3.access-log-into-nothing",
            "s3.default-retention-of-no-time",
            "s3.lifecycle-class-twice",
            "s3.lifecycle-date-in-the-day",
            "s3.lifecycle-days-and-dates",
            "s3.lifecycle-of-delete-markers-alone",
            "s3.lifecycle-of-uploads-by-tag",
            "s3.lifecycle-rule-id",
            "s3.lifecycle-rule-without-action",
            "s3.marker-that-no-answer-gave",
            "s3.policy-that-is-none",
            "s3.public-policy-that-is-blocked",
            "s3.replication-of-locked-objects-into-a-bucket-without-lock",
            "secretsmanager.key-that-cannot-be-used",
            "secretsmanager.marker-that-no-answer-gave",
            "secretsmanager.name-of-a-secret-to-be-deleted",
            "secretsmanager.policy-that-is-none",
            "secretsmanager.replica-region",
            "secretsmanager.two-values",
            "sns.attribute-of-a-topic",
            "sns.endpoint-of-a-subscription",
            "sns.marker-that-no-answer-gave",
            "sns.member-that-is-missing",
            "sns.policy-that-is-none",
            "sns.principal-that-does-not-exist",
            "ssm.key-of-an-open-parameter",
            "ssm.key-that-does-not-exist",
            "ssm.marker-that-no-answer-gave",
            "ssm.more-than-fifteen-levels",
        ),
        Refusal(_WRITTEN_BY_US, _AT_ONCE),
    ),
    "logs.key-closed-to-the-service": Refusal(
        "tests/constructs/test_service.py::test_the_key_lets_the_logs_of_the_service_be_encrypted_and_no_others",
        "a log group is no way back",
    ),
}

ALONE: Final = {
    "RECOVERY-312": "AWS Backup refuses it or runs every hour, which of both no source says",
    "RECOVERY-337": "a quota that AWS raises for whoever asks, and the emulated account has none",
}
"""Findings of what AWS refuses for which the emulator has no rule, and why."""


def _is_test(text: str) -> bool:
    return text.startswith("tests/") and "::" in text


def _is_finding(text: str) -> bool:
    return re.fullmatch(r"RECOVERY-\d{3}", text) is not None


@cache
def _tests(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_rule_of_the_emulator_is_in_the_table() -> None:
    if importlib.util.find_spec("cfnlint") is None:
        pytest.skip("needs cfn-lint: pip install 'cdktf-dr[emulator]'")
    from constructs_lib.emulator.rules import RULES

    assert sorted(rule.id for rule in RULES) == sorted(REFUSALS)


@each("rule", REFUSALS)
def test_where_a_refusal_is_known_there_is_a_test_or_a_finding_else_a_reason(rule: str) -> None:
    constructs, review = REFUSALS[rule]
    if _is_test(constructs):
        path, _, name = constructs.partition("::")
        assert name in _tests(path)
    else:
        assert len(constructs.split()) > 3, "a reason is a sentence"
    if _is_finding(review):
        assert review in load_findings()
    else:
        assert len(review.split()) > 3, "a reason is a sentence"


def test_every_finding_of_what_aws_refuses_has_a_rule_or_a_reason() -> None:
    refused = {id for id in load_findings() if id.startswith("RECOVERY-3")} - {"RECOVERY-316"}
    ruled = {refusal.review for refusal in REFUSALS.values()}

    assert refused - ruled == ALONE.keys()
