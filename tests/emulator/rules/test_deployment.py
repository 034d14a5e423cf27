"""The rules as the real provider meets them: each bad resource refused by name, each good twin made."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from constructs_lib.emulator import emulated_aws
from tests.emulator.deployment import Terraform

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.emulator(minutes=4), pytest.mark.usefixtures("extra")]

CONFIGURATIONS = Path(__file__).with_name("configurations")
NAMED = re.findall(r"^# ([a-z0-9]+\.[a-z0-9-]+)$", (CONFIGURATIONS / "refused.tf").read_text(), re.MULTILINE)

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
    "rds.deletion-without-final-snapshot",
    "dynamodb.strong-consistency-in-three-regions",  # provider 6
    "s3.object-of-a-disabled-key",  # read by a data source, whose failure ends the plan
    "s3.object-of-a-key-to-be-deleted",
    # Changes of what is there already:
    "elbv2.target-group-in-use",
    "rds.major-upgrade-not-allowed",
    "rds.downgrade",
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

    assert {rule.id for rule in RULES} == {*NAMED, *WITHOUT_A_RESOURCE}


@pytest.mark.parametrize("rule", NAMED)
def test_the_provider_is_refused_by_the_rule_with_its_code(refused: str, rule: str) -> None:
    from constructs_lib.emulator.rules import RULES

    (code,) = (known.code for known in RULES if known.id == rule)
    assert re.search(rf"{code}\b(?:(?!\[rule ).)*\[rule {re.escape(rule)}\]", refused)
