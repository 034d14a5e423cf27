"""What AWS refuses and no emulator does, written from AWS's own sources and from nothing else in this library.

A rule is one decorated function: an error code, the page or service model that says so, and when it applies. It sees
the call as boto3 would give it and asks the emulated AWS what it must know. Each has an accepted and a refused example
in `tests/emulator/rules`; switched off, it refuses nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rule_switch import SWITCHES
from constructs_lib.emulator.rules import (
    backup_jobs,
    backup_plans,
    cloudfront,
    cloudfront_access,
    cloudfront_behaviors,
    cloudfront_policies,
    cloudwatch,
    dsql,
    dynamodb,
    dynamodb_tables,
    ecr,
    ecs,
    ecs_tasks,
    efs,
    events,
    health_checks,
    iam,
    kms,
    load_balancers,
    markers,
    metric_alarms,
    missing_members,
    model_values,
    networks,
    parameter_store,
    policy_documents,
    route53,
    route53_records,
    route53_values,
    s3_lifecycle,
    s3_notifications,
    s3_objects,
    s3_replication,
    s3_settings,
    s3_versioning,
    scaling,
    secrets,
    service_permissions,
    topics,
    viewer_certificates,
)
from constructs_lib.emulator.rules.rds import (
    backups,
    class_versions,
    global_clusters,
    groups,
    keys,
    master_users,
    members,
    names,
    offers,
    parameters,
    replicas,
    serverless,
    settings,
    storage,
    write_forwarding,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.call import Reply
    from constructs_lib.emulator.calls.inquiry import Inquiry
    from constructs_lib.emulator.rules.rule import Rule

RULES: Final[tuple[Rule, ...]] = (
    # The provider sends a throughput of 0 for none, which the model rules out.
    *efs.RULES,
    # What the others take for granted first.
    *model_values.RULES,
    *networks.RULES,
    *missing_members.RULES,
    *markers.RULES,
    *master_users.RULES,
    *keys.RULES,
    *replicas.RULES,
    *global_clusters.RULES,
    *groups.RULES,
    *serverless.RULES,
    *settings.RULES,
    *parameters.RULES,
    *offers.RULES,
    *class_versions.RULES,
    *backups.RULES,
    *members.RULES,
    *names.RULES,
    *storage.RULES,
    *write_forwarding.RULES,
    *dynamodb.RULES,
    *dynamodb_tables.RULES,
    *s3_replication.RULES,
    *s3_versioning.RULES,
    *s3_settings.RULES,
    *s3_objects.RULES,
    *backup_plans.RULES,
    *backup_jobs.RULES,
    *route53.RULES,
    *route53_records.RULES,
    *cloudfront.RULES,
    *cloudfront_access.RULES,
    *cloudfront_behaviors.RULES,
    *cloudfront_policies.RULES,
    *viewer_certificates.RULES,
    *cloudwatch.RULES,
    *dsql.RULES,
    *metric_alarms.RULES,
    *ecr.RULES,
    *ecs.RULES,
    *events.RULES,
    *iam.RULES,
    *load_balancers.RULES,
    *kms.RULES,
    *parameter_store.RULES,
    *service_permissions.RULES,
    *ecs_tasks.RULES,
    *health_checks.RULES,
    *route53_values.RULES,
    *s3_lifecycle.RULES,
    *s3_notifications.RULES,
    *scaling.RULES,
    *secrets.RULES,
    *topics.RULES,
    *policy_documents.RULES,
)


class Rules:
    """The rules in force."""

    def __init__(self) -> None:
        self.off: frozenset[str] = frozenset()
        self._by_operation: dict[tuple[str, str], list[Rule]] = {}
        for rule in RULES:
            for operation in rule.operations:
                self._by_operation.setdefault((rule.service, operation), []).append(rule)

    async def refusal(self, asked: Asked, inquiry: Inquiry) -> tuple[Rule, Reply] | None:
        """Return the rule that refuses the call and its reply; the message names the rule."""
        for rule in self._by_operation.get((asked.service, asked.operation), ()):
            if rule.id in self.off:
                continue
            if (reason := await rule.check(asked, inquiry)) is not None:
                return rule, asked.refused(rule.code, f"{reason} [rule {rule.id}]", rule.status)
        return None


def unknown(identifiers: Iterable[str]) -> list[str]:
    """Return those of `identifiers` that name no rule, and nothing else that can be off."""
    return sorted(set(identifiers) - {rule.id for rule in RULES} - set(SWITCHES))
