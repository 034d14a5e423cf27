"""What AWS refuses and no emulator does, written from AWS's own sources and from nothing else in this library.

A rule is one decorated function: an error code, the page or service model that says so, and when it applies. It sees
the call as boto3 would give it and asks the emulated AWS what it must know. Each has an accepted and a refused example
in `tests/emulator/rules`; switched off, it refuses nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rule_switch import SWITCHES
from constructs_lib.emulator.rules import (
    any_service,
    backup,
    cloudfront,
    cloudwatch,
    dsql,
    dynamodb,
    ecr,
    ecs,
    efs,
    events,
    iam,
    kms,
    load_balancers,
    networks,
    parameter_store,
    policy_documents,
    rds,
    route53,
    s3,
    scaling,
    secrets,
    service_permissions,
    topics,
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
    *any_service.RULES,
    *networks.RULES,
    *rds.RULES,
    *dynamodb.RULES,
    *s3.RULES,
    *backup.RULES,
    *route53.RULES,
    *cloudfront.RULES,
    *cloudwatch.RULES,
    *dsql.RULES,
    *ecr.RULES,
    *events.RULES,
    *iam.RULES,
    *load_balancers.RULES,
    *kms.RULES,
    *parameter_store.RULES,
    *service_permissions.RULES,
    *ecs.RULES,
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
