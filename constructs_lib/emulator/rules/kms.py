"""KMS: policies that lock the account out, aliases and replicas that cannot be, keys that cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.permissions.authority import parsed
from constructs_lib.emulator.permissions.conditions import listed
from constructs_lib.emulator.permissions.policy import Effect, Request, delegates, effect
from constructs_lib.emulator.regions import is_region
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry
    from constructs_lib.emulator.permissions.policy import Document

_SOONEST_DAYS, _LATEST_DAYS = 7, 30
_STATES: Final = "https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html"
_USES: Final = "Encrypt Decrypt GenerateDataKey GenerateDataKeyWithoutPlaintext"
#: By how the spec begins; of others nothing is said.
_USAGES: Final = {
    "SYMMETRIC_DEFAULT": ("ENCRYPT_DECRYPT",),
    "HMAC_": ("GENERATE_VERIFY_MAC",),
    "RSA_": ("ENCRYPT_DECRYPT", "SIGN_VERIFY"),
    "ECC_NIST_P": ("SIGN_VERIFY", "KEY_AGREEMENT"),
}


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
    code_from="seen",
    source="botocore kms ScheduleKeyDeletion.PendingWindowInDays: between 7 and 30; the message in"
    " https://github.com/aelmanaa/hardhat-kms, what KMS answered to 6 days"
    "; code in public reports of the CLI",
)
async def _window(asked: Asked, _: Inquiry) -> str | None:
    days = asked.parameters.get("PendingWindowInDays")
    if days is None or _SOONEST_DAYS <= days <= _LATEST_DAYS:
        return None
    return f"PendingWindowInDays must be between {_SOONEST_DAYS} and {_LATEST_DAYS}"


@rule(
    "kms.alias-of-aws",
    "kms:CreateAlias UpdateAlias DeleteAlias",
    code="NotAuthorizedException",
    code_from="seen",
    source="botocore kms CreateAlias.AliasName: alias/aws/ is reserved; the message in"
    " https://github.com/badmintoncryer/cdk-preflight, rules/kms/pf-kms-alias-name, the code in moto's tests",
)
async def _reserved(asked: Asked, _: Inquiry) -> str | None:
    if not asked.parameters["AliasName"].startswith("alias/aws/"):
        return None
    return "The alias name for a customer managed CMK cannot begin with alias/aws/."


async def _described(asked: Asked, inquiry: Inquiry, key: str | None = None) -> Mapping[str, Any]:
    found = await inquiry("kms", "DescribeKey", asked.region, KeyId=key or asked.parameters["KeyId"])
    described: Mapping[str, Any] = (found or {}).get("KeyMetadata", {})
    return described


@rule(
    "kms.replica-of-a-key-of-one-region",
    "kms:ReplicateKey",
    code="UnsupportedOperationException",
    code_from="api",
    source="https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html: of a multi-Region primary key",
)
async def _single(asked: Asked, inquiry: Inquiry) -> str | None:
    key = await _described(asked, inquiry)
    if not key or key.get("MultiRegionConfiguration", {}).get("MultiRegionKeyType") == "PRIMARY":
        return None
    return f"{key['Arn']} is not a multi-Region primary key."


@rule(
    "kms.replica-in-a-region-that-does-not-exist",
    "kms:ReplicateKey",
    code="ValidationException",
    code_from="memory",
    source="botocore kms ReplicateKey.ReplicaRegion: a Region of the partition",
)
async def _nowhere(asked: Asked, _: Inquiry) -> str | None:
    region = asked.parameters["ReplicaRegion"]
    return None if is_region(region) else f"{region} is not a valid region."


@rule(
    "kms.replica-where-the-key-is",
    "kms:ReplicateKey",
    code="AlreadyExistsException",
    code_from="api",
    source="https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html: one related key in each Region;"
    " the message in https://github.com/badmintoncryer/cdk-preflight, rules/kms/pf-kms-replica-primary-arn",
)
async def _again(asked: Asked, inquiry: Inquiry) -> str | None:
    key, region = await _described(asked, inquiry), asked.parameters["ReplicaRegion"]
    related = key.get("MultiRegionConfiguration", {})
    if related.get("PrimaryKey", {}).get("Region") == region:
        return f"{region} cannot have a replica because it contains the primary."
    if any(replica["Region"] == region for replica in related.get("ReplicaKeys", [])):
        return f"{region} already has a replica of {key['Arn']}."
    return None


@rule(
    "kms.rotation-of-a-key-that-does-not-rotate",
    "kms:EnableKeyRotation",
    code="UnsupportedOperationException",
    code_from="api",
    source="https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html: symmetric keys with key"
    " material of KMS alone, and of a multi-Region key the primary",
)
async def _rotation(asked: Asked, inquiry: Inquiry) -> str | None:
    key = await _described(asked, inquiry)
    kind = key.get("MultiRegionConfiguration", {}).get("MultiRegionKeyType")
    rotates = key.get("KeySpec") == "SYMMETRIC_DEFAULT" and key.get("Origin") == "AWS_KMS" and kind != "REPLICA"
    return None if not key or rotates else f"{key['Arn']} does not support automatic rotation."


@rule(
    "kms.usage-of-another-spec",
    "kms:CreateKey",
    code="ValidationException",
    code_from="seen",
    source="botocore kms CreateKey.KeyUsage; https://github.com/badmintoncryer/cdk-preflight,"
    " rules/kms/pf-kms-key-spec-usage",
)
async def _usage(asked: Asked, _: Inquiry) -> str | None:
    spec = asked.parameters.get("KeySpec") or asked.parameters.get("CustomerMasterKeySpec") or "SYMMETRIC_DEFAULT"
    usage = asked.parameters.get("KeyUsage", "ENCRYPT_DECRYPT")
    usages = next((found for begins, found in _USAGES.items() if spec.startswith(begins)), (usage,))
    return None if usage in usages else f"KeyUsage {usage} is not compatible with KeySpec {spec}"


@rule(
    "kms.use-of-a-disabled-key",
    f"kms:{_USES}",
    code="DisabledException",
    code_from="api",
    source=f"{_STATES}; botocore kms DisabledException",
)
async def _disabled(asked: Asked, inquiry: Inquiry) -> str | None:
    return await _in_state(asked, inquiry, "Disabled", "is disabled.")


@rule(
    "kms.use-of-a-key-to-be-deleted",
    f"kms:{_USES} EnableKey DisableKey EnableKeyRotation ReplicateKey CreateAlias ScheduleKeyDeletion",
    code="KMSInvalidStateException",
    code_from="api",
    source=f"{_STATES}; botocore kms KMSInvalidStateException",
)
async def _dying(asked: Asked, inquiry: Inquiry) -> str | None:
    return await _in_state(asked, inquiry, "PendingDeletion", "is pending deletion.")


async def _in_state(asked: Asked, inquiry: Inquiry, state: str, why: str) -> str | None:
    named = asked.parameters.get("KeyId") or asked.parameters.get("TargetKeyId")
    key = await _described(asked, inquiry, named) if named else {}
    return f"{key['Arn']} {why}" if key.get("KeyState") == state else None


RULES: Final = (
    _locks_out,
    _window,
    _reserved,
    _dying,
    _single,
    _nowhere,
    _again,
    _rotation,
    _usage,
    _disabled,
)
