"""KMS: key policies that would lock the account out, and how long a key waits for its deletion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.permissions.authority import parsed
from constructs_lib.emulator.permissions.conditions import listed
from constructs_lib.emulator.permissions.policy import Effect, Request, delegates, effect
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry
    from constructs_lib.emulator.permissions.policy import Document

_SOONEST_DAYS, _LATEST_DAYS = 7, 30


@rule(
    "kms.policy-that-locks-out",
    "kms:CreateKey PutKeyPolicy ReplicateKey",
    code="MalformedPolicyDocumentException",
    code_from="seen",
    source="botocore kms CreateKey.Policy: must allow the caller a later PutKeyPolicy, unless"
    " BypassPolicyLockoutSafetyCheck; code and message in"
    " https://github.com/terraform-aws-modules/terraform-aws-kms/issues/14 and many others. Who calls is not known"
    " here: one principal of the account that may is enough",
)
async def _locks_out(asked: Asked, inquiry: Inquiry) -> str | None:
    given = asked.parameters
    if not given.get("Policy") or given.get("BypassPolicyLockoutSafetyCheck"):
        return None
    key = f"arn:aws:kms:{asked.region}:{inquiry.account}:key/{given.get('KeyId', 'any').rpartition('/')[2]}"
    try:
        document = parsed(given["Policy"])
        if any(_may_put(document, arn, key, inquiry.account) for arn in _callers(document, inquiry.account)):
            return None
    except (ValueError, KeyError):
        # No policy at all, of which this rule is not.
        return None
    return "The new key policy will not allow you to update the key policy in the future."


def _callers(document: Document, account: str) -> set[str]:
    """Return the ARNs of the account and of its principals that the policy names."""
    named = {f"arn:aws:iam::{account}:root"}
    for statement in listed(document.get("Statement", [])):
        if isinstance(principal := statement.get("Principal"), dict):
            named |= {arn for arn in listed(principal.get("AWS", [])) if arn.split(":")[4:5] == [account]}
    return named


def _may_put(document: Document, arn: str, key: str, account: str) -> bool:
    context = {"kms:CallerAccount": account}
    request = Request(action="kms:PutKeyPolicy", resource=key, arn=arn, context=context)
    said = effect([document], request, principals=True)
    return said is Effect.ALLOWED or (said is Effect.SILENT and delegates(document, request))


@rule(
    "kms.deletion-in-7-to-30-days",
    "kms:ScheduleKeyDeletion",
    code="ValidationException",
    code_from="memory",
    source="botocore kms ScheduleKeyDeletion.PendingWindowInDays: between 7 and 30; the message in"
    " https://github.com/aelmanaa/hardhat-kms, what KMS answered to 6 days",
)
async def _window(asked: Asked, _: Inquiry) -> str | None:
    days = asked.parameters.get("PendingWindowInDays")
    if days is None or _SOONEST_DAYS <= days <= _LATEST_DAYS:
        return None
    return f"PendingWindowInDays must be between {_SOONEST_DAYS} and {_LATEST_DAYS}"


RULES: Final = (_locks_out, _window)
