"""The rules as the real provider meets them: each bad resource refused by name, each good twin made."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from constructs_lib.emulator import emulated_aws
from tests.emulator.deployment import Terraform
from tests.emulator.rules.page_examples import PAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.emulator(minutes=4), pytest.mark.usefixtures("extra")]

CONFIGURATIONS = Path(__file__).with_name("configurations")
NAMED = re.findall(r"^# ([a-z0-9-]+\.[a-z0-9-]+)$", (CONFIGURATIONS / "refused.tf").read_text(), re.MULTILINE)

#: Refused where Terraform has no resource: calls that only a recovery makes, and jobs.
WITHOUT_A_RESOURCE = {
    "rds.promotion-of-no-replica",
    "rds.promotion-of-no-cluster-replica",
    "rds.major-version-unchanged",  # the provider takes it for an answer: it then changes the minor version
    "rds.replicated-backups-of-cluster",
    "dynamodb.restore-outside-window",
    "backup.retention-outside-vault-lock",
    "backup.type-not-opted-in",
    "backup.role-lacks-permission",
    "rds.monitoring-role",  # the provider tries for two minutes, as it does on AWS for a role that is new
    "rds.key-closed-to-the-account",
    "s3.policy-of-another-bucket",  # likewise, for any fault of a bucket's policy
    "s3.principal-that-does-not-exist",  # likewise
    "ecs.target-group-without-load-balancer",  # likewise: the listener may be new
    "kms.policy-that-locks-out",  # likewise: a principal that the policy names may be new
    "backup.table-copy-without-advanced-features",
    "cloudwatch.alarm-of-a-composite",
    "rds.snapshot-copy-without-key",
    "rds.copy-of-a-multi-az-cluster-snapshot",
    "rds.deletion-without-final-snapshot",
    "dynamodb.strong-consistency-in-three-regions",  # provider 6
    "s3.object-of-a-disabled-key",  # read by a data source, whose failure ends the plan
    "s3.object-of-a-key-to-be-deleted",
    # Changes of what is there already:
    "elbv2.target-group-in-use",
    "rds.major-upgrade-not-allowed",
    "rds.downgrade",
    "rds.upgrade-before-its-replicas",
    "rds.backups-off-under-a-replica",
    "dynamodb.stream-of-a-replicated-table",
    "dynamodb.recovery-period-without-recovery",  # the provider leaves the period out
    "s3.versioning-of-a-replicated-bucket",
    "s3.versioning-of-a-locked-bucket",
    # The provider refuses these itself, or, of the group of a replica, takes the refusal for an answer.
    "rds.replica-parameter-group-of-postgres",
    "rds.global-engine-beside-a-source",
    "dynamodb.replica-in-a-region-that-does-not-exist",
    "s3.replication-destination-needs-arn",
    "route53.routed-record-without-identifier",
    "route53.health-check-interval",
    "route53.alarm-of-a-basic-check",  # the provider sends no alarm with it
    "kms.deletion-in-7-to-30-days",
    "cloudwatch.alarm-period",
    "cloudwatch.alarm-statistic",
    "rds.insights-kept",
    "dynamodb.time-to-live-that-is-on",
    "rds.certificate-that-does-not-exist",  # asked for in a second call, once the instance is made
    "route53.zone-made-already",
    # The provider, or the SDK below it, tries these again for minutes.
    "events.more-than-five-targets",
    "iam.trust-in-a-principal-that-does-not-exist",
    "kms.principal-that-does-not-exist",
}

#: Met by calls alone (`test_rules.py`): the provider has the same limits in its own schema, asks first, or waits for
#: minutes where a name may be new; of the rest a few stand in `refused.tf` for all of their kind.
BY_CALLS = {
    *PAGES,
    "acm.value-outside-the-model",
    "application-autoscaling.capacity-of-a-target",
    "application-autoscaling.dimension-of-another-service",
    "application-autoscaling.metric-of-another-dimension",
    "application-autoscaling.policy-of-no-target",
    "application-autoscaling.table-that-does-not-exist",
    "application-autoscaling.value-outside-the-model",
    "backup.copy-that-goes-nowhere",
    "backup.deletion-of-a-plan-with-selections",
    "backup.member-that-is-missing",
    "backup.name-where-an-arn-belongs",
    "backup.plan-like-another",
    "backup.plan-that-is-none",
    "backup.policy-that-is-none",
    "backup.resource-of-another-region",
    "backup.selection-of-nothing",
    "backup.type-that-does-not-exist",
    "backup.value-outside-the-model",
    "cloudfront.access-control-in-use",
    "cloudfront.access-list-of-a-region",
    "cloudfront.alias-twice",
    "cloudfront.countries",
    "cloudfront.deletion-of-an-enabled-distribution",
    "cloudfront.function-that-is-not-published",
    "cloudfront.headers-of-a-bucket",
    "cloudfront.keep-alive-of-an-origin",
    "cloudfront.key-group-that-does-not-exist",
    "cloudfront.log-into-nothing",
    "cloudfront.methods-of-a-behavior",
    "cloudfront.origin-that-is-none",
    "cloudfront.page-for-an-error",
    "cloudfront.page-that-is-no-path",
    "cloudfront.page-without-a-status",
    "cloudfront.path-pattern-twice",
    "cloudfront.policy-that-does-not-exist",
    "cloudfront.quantity-of-items",
    "cloudfront.root-object-with-a-slash",
    "cloudfront.shield-of-no-region",
    "cloudfront.two-ways-into-a-bucket",
    "cloudfront.value-outside-the-model",
    "cloudwatch.alarm-action-that-is-no-arn",
    "cloudwatch.alarm-missing-data",
    "cloudwatch.alarm-that-is-not-whole",
    "cloudwatch.dashboard-body",
    "cloudwatch.dashboard-name",
    "cloudwatch.percentile-above-100",
    "cloudwatch.value-outside-the-model",
    "dsql.peers-without-a-witness",
    "dsql.value-outside-the-model",
    "dynamodb.change-that-stands-alone",
    "dynamodb.encryption-of-a-table",
    "dynamodb.five-local-indexes",
    "dynamodb.list-of-no-index",
    "dynamodb.one-index-at-a-time",
    "dynamodb.one-replica-at-a-time",
    "dynamodb.policy-that-is-none",
    "dynamodb.projection-of-an-index",
    "dynamodb.provisioned-without-units",
    "dynamodb.stream-as-it-is",
    "dynamodb.stream-without-view",
    "dynamodb.strong-consistency-in-one-set-of-regions",
    "dynamodb.strong-consistency-of-items-that-are-there",
    "dynamodb.tag-of-aws",
    "dynamodb.time-to-live-that-is-off",
    "dynamodb.units-of-an-index",
    "dynamodb.value-outside-the-model",
    "dynamodb.warm-throughput",
    "ecr.key-that-cannot-be-used",
    "ecr.lifecycle-policy-that-is-none",
    "ecr.replication-to-a-region-that-does-not-exist",
    "ecs.deletion-of-a-cluster-with-services",
    "ecs.platform-version-that-does-not-exist",
    "ecs.role-of-a-task",
    "ecs.size-of-a-task-s-storage",
    "ecs.task-definition-that-is-none",
    "efs.key-of-an-open-file-system",
    "efs.lifecycle-of-one-transition",
    "efs.security-group-that-does-not-exist",
    "efs.value-outside-the-model",
    "efs.zone-of-another-region",
    "elbv2.name-of-a-load-balancer",
    "elbv2.value-outside-the-model",
    "events.deletion-of-a-rule-with-targets",
    "events.input-of-a-target",
    "events.rule-of-nothing",
    "events.value-outside-the-model",
    "iam.changed-trust-that-is-none",
    "iam.more-than-ten-managed-policies",
    "iam.role-name-in-another-case",
    "iam.value-outside-the-model",
    "kms.alias-of-aws",
    "kms.policy-that-is-none",
    "kms.replica-in-a-region-that-does-not-exist",
    "kms.replica-of-a-key-of-one-region",
    "kms.replica-where-the-key-is",
    "kms.rotation-of-a-key-that-does-not-rotate",
    "kms.usage-of-another-spec",
    "kms.use-of-a-disabled-key",
    "kms.use-of-a-key-to-be-deleted",
    "kms.value-outside-the-model",
    "logs.value-outside-the-model",
    "rds.cluster-parameter-group-in-use",
    "rds.cluster-that-does-not-exist",
    "rds.default-parameter-group",
    "rds.default-vpc-that-is-gone",
    "rds.engine-mode",
    "rds.engine-of-the-cluster",
    "rds.global-database-that-is-not-offered",
    "rds.identifier-that-is-none",
    "rds.instance-name-in-use",
    "rds.limit-of-storage-scaling",
    "rds.master-user-not-given",
    "rds.member-that-is-missing",
    "rds.monitoring-interval",
    "rds.more-replicas-than-the-engine-admits",
    "rds.parameter-group-in-use",
    "rds.promotion-tier",
    "rds.serverless-that-cannot-pause",
    "rds.setting-of-the-cluster",
    "rds.sign-in-by-iam",
    "rds.sixteen-members-of-a-cluster",
    "rds.size-of-the-storage",
    "rds.snapshot-of-a-member",
    "rds.source-of-events",
    "rds.stop-of-a-global-database",
    "rds.stop-of-a-replica-or-its-source",
    "rds.storage-of-a-cluster",
    "rds.storage-that-shrinks",
    "rds.storage-type",
    "rds.subnet-group-in-use",
    "rds.version-of-the-cluster",
    "rds.subnet-group-name",
    "rds.twenty-parameters-at-a-time",
    "rds.two-passwords",
    "rds.type-of-events",
    "rds.zone-of-another-region",
    "route53.alias-to-nothing",
    "route53.check-calculated-of-calculated-ones",
    "route53.deletion-of-another-record",
    "route53.record-that-is-not-whole",
    "route53.reference-of-another-check",
    "route53.routing-of-one-kind",
    "route53.settings-of-another-check",
    "route53.value-outside-the-model",
    "route53.value-that-is-none",
    "route53.zone-name",
    "s3.access-log-into-nothing",
    "s3.default-retention-of-no-time",
    "s3.lifecycle-class-twice",
    "s3.lifecycle-date-in-the-day",
    "s3.lifecycle-days-and-dates",
    "s3.lifecycle-of-delete-markers-alone",
    "s3.lifecycle-of-uploads-by-tag",
    "s3.lifecycle-rule-id",
    "s3.lifecycle-rule-without-action",
    "s3.policy-that-is-none",
    "s3.public-policy-that-is-blocked",
    "s3.reserved-bucket-name",
    "s3.retention-that-is-over",
    "s3.ten-tags-of-an-object",
    "s3.value-outside-the-model",
    "s3.written-with-a-disabled-key",
    "s3.written-with-a-key-that-does-not-exist",
    "secretsmanager.name-of-a-secret-to-be-deleted",
    "secretsmanager.policy-that-is-none",
    "secretsmanager.secret-name",
    "secretsmanager.two-values",
    "secretsmanager.value-outside-the-model",
    "sns.attribute-of-a-topic",
    "sns.endpoint-of-a-subscription",
    "sns.policy-that-is-none",
    "sns.principal-that-does-not-exist",
    "sns.topic-name",
    "ssm.key-of-an-open-parameter",
    "ssm.more-than-fifteen-levels",
    "ssm.name-that-aws-keeps",
    "ssm.parameter-name",
    "ssm.value-outside-the-model",
}


@pytest.fixture(name="terraform", scope="module")
def _terraform(extra: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terraform]:
    with emulated_aws(region="eu-west-1") as aws:
        terraform = Terraform.initialized(tmp_path_factory.mktemp("rules"), aws, CONFIGURATIONS)
        accepted = terraform.apply(terraform.directory("accepted"))
        assert accepted.returncode == 0, accepted.stderr
        yield terraform


@pytest.fixture(name="refused", scope="module")
def _refused(terraform: Terraform) -> str:
    return " ".join(terraform.apply(terraform.directory("refused")).stderr.replace("│", " ").split())


def test_every_rule_is_met_by_the_provider_or_has_no_resource(extra: None) -> None:
    from constructs_lib.emulator.rules import RULES

    assert {rule.id for rule in RULES} == {*NAMED, *WITHOUT_A_RESOURCE, *BY_CALLS}


@pytest.mark.parametrize("rule", NAMED)
def test_the_provider_is_refused_by_the_rule_with_its_code(refused: str, rule: str) -> None:
    from constructs_lib.emulator.rules import RULES

    (code,) = (known.code for known in RULES if known.id == rule)
    assert re.search(rf"{code}\b(?:(?!\[rule ).)*\[rule {re.escape(rule)}\]", refused)
