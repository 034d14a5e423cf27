"""IAM, and policies of keys and buckets: who and what does not exist, and more policy than a role may have."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from constructs_lib.emulator.permissions.conditions import listed
from constructs_lib.emulator.permissions.in_force import managed_policies
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_QUOTAS: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
_INLINE: Final = 10240
_MANAGED: Final = 6144
_MOST_ATTACHED: Final = 10
_IDENTITY: Final = re.compile(r"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity (?P<id>.+)")
_OF_AWS: Final = "arn:aws:iam::aws:policy"
_NAMED: Final = re.compile(r"arn:aws:iam::(?P<account>[0-9]{12}):(?P<kind>role|user)/(?:.*/)?(?P<name>[^/*]+)")


async def _missing_principal(document: str, asked: Asked, inquiry: Inquiry) -> str | None:
    """Return the first role, user or origin access identity of the account that a policy names and is not there."""
    try:
        statements = listed(json.loads(document).get("Statement", []))
    except (ValueError, AttributeError):
        return None  # no policy at all, of which these rules are not
    for arn in _principals(statements):
        if identity := _IDENTITY.fullmatch(arn):
            if not await inquiry("cloudfront", "GetCloudFrontOriginAccessIdentity", asked.region, Id=identity["id"]):
                return arn
            continue
        found = _NAMED.fullmatch(arn)
        if found is None or found["account"] != inquiry.account:
            continue
        kind = found["kind"].capitalize()
        if not await inquiry("iam", f"Get{kind}", asked.region, **{f"{kind}Name": found["name"]}):
            return arn
    return None


def _principals(statements: list[Any]) -> Iterator[str]:
    for statement in statements:
        principal = statement.get("Principal")
        if isinstance(principal, dict):
            yield from listed(principal.get("AWS", []))


@rule(
    "iam.trust-in-a-principal-that-does-not-exist",
    "iam:CreateRole UpdateAssumeRolePolicy",
    code="MalformedPolicyDocument",
    code_from="seen",
    source="https://github.com/hashicorp/terraform-provider-aws/issues/8905: `Invalid principal in policy`, where the"
    " role that is named does not exist",
)
async def _trusted(asked: Asked, inquiry: Inquiry) -> str | None:
    document = asked.parameters.get("AssumeRolePolicyDocument") or asked.parameters.get("PolicyDocument") or ""
    arn = await _missing_principal(document, asked, inquiry)
    return None if arn is None else f'Invalid principal in policy: "AWS":"{arn}"'


@rule(
    "iam.role-name-in-another-case",
    "iam:CreateRole",
    code="EntityAlreadyExists",
    status=409,
    code_from="api",
    source="botocore iam CreateRole.RoleName: names are not distinguished by case; EntityAlreadyExistsException",
)
async def _case(asked: Asked, inquiry: Inquiry) -> str | None:
    name = asked.parameters["RoleName"]
    roles = (await inquiry("iam", "ListRoles", asked.region) or {}).get("Roles", [])
    others = (role["RoleName"] for role in roles if role["RoleName"] != name)
    return f"Role with name {name} already exists." if name.lower() in map(str.lower, others) else None


@rule(
    "kms.principal-that-does-not-exist",
    "kms:CreateKey PutKeyPolicy ReplicateKey",
    code="MalformedPolicyDocumentException",
    code_from="seen",
    source="https://github.com/GoogleCloudPlatform/anthos-samples/issues/357: a role that is missing in the account",
)
async def _keyed(asked: Asked, inquiry: Inquiry) -> str | None:
    arn = await _missing_principal(asked.parameters.get("Policy") or "", asked, inquiry)
    return None if arn is None else f"Policy contains a statement with one or more invalid principals: {arn}"


@rule(
    "s3.principal-that-does-not-exist",
    "s3:PutBucketPolicy",
    code="MalformedPolicy",
    code_from="seen",
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-bucket-user-policy-specifying-principal-intro.html"
    "; https://github.com/cloudposse/terraform-aws-cloudfront-s3-cdn/issues/50 quotes code and message",
)
async def _shared(asked: Asked, inquiry: Inquiry) -> str | None:
    arn = await _missing_principal(asked.parameters.get("Policy") or "", asked, inquiry)
    return None if arn is None else f"Invalid principal in policy: {arn}"


@rule(
    "iam.inline-policies-of-10240-characters",
    "iam:PutRolePolicy",
    code="LimitExceeded",
    status=409,
    code_from="seen",
    source=f"{_QUOTAS}: of all inline policies of a role together, white space not counted; message and status in"
    " https://github.com/gchq/sleeper/issues/1459",
)
async def _inline(asked: Asked, inquiry: Inquiry) -> str | None:
    role, own = asked.parameters["RoleName"], asked.parameters["PolicyName"]
    names = (await inquiry("iam", "ListRolePolicies", asked.region, RoleName=role) or {}).get("PolicyNames", [])
    size = _size(asked.parameters["PolicyDocument"])
    for name in (name for name in names if name != own):
        found = await inquiry("iam", "GetRolePolicy", asked.region, RoleName=role, PolicyName=name)
        size += _size((found or {}).get("PolicyDocument", ""))
    return f"Maximum policy size of {_INLINE} bytes exceeded for role {role}" if size > _INLINE else None


def _size(document: str | dict[str, Any]) -> int:
    text = json.dumps(document) if isinstance(document, dict) else unquote(document)
    return len(re.sub(r"\s", "", text))


@rule(
    "iam.policy-that-cannot-be-attached",
    "iam:AttachRolePolicy",
    code="NoSuchEntity",
    status=404,
    code_from="seen",
    source="https://github.com/hashicorp/terraform/issues/31748, https://github.com/getmoto/moto/pull/6482",
)
async def _attached(asked: Asked, inquiry: Inquiry) -> str | None:
    arn = asked.parameters["PolicyArn"]
    return None if await _is_policy(arn, asked, inquiry) else f"Policy {arn} does not exist or is not attachable."


async def _is_policy(arn: str, asked: Asked, inquiry: Inquiry) -> bool:
    if not arn.startswith(_OF_AWS):
        return await inquiry("iam", "GetPolicy", asked.region, PolicyArn=arn) is not None
    name = arn.rpartition("/")[2]
    return arn == f"{_OF_AWS}{managed_policies().get(name, {}).get('Path')}{name}"


@rule(
    "iam.managed-policy-of-6144-characters",
    "iam:CreatePolicy CreatePolicyVersion",
    code="LimitExceeded",
    status=409,
    code_from="api",
    source=f"{_QUOTAS}: white space not counted; message and status in public reports of it",
)
async def _managed(asked: Asked, _: Inquiry) -> str | None:
    size = _size(asked.parameters["PolicyDocument"])
    return f"Cannot exceed quota for PolicySize: {_MANAGED}" if size > _MANAGED else None


@rule(
    "iam.more-than-ten-managed-policies",
    "iam:AttachRolePolicy",
    code="LimitExceeded",
    status=409,
    code_from="api",
    source=f"{_QUOTAS}: 10 for a role, of an account that has not asked for more; message in public reports of it",
)
async def _many(asked: Asked, inquiry: Inquiry) -> str | None:
    role, arn = asked.parameters["RoleName"], asked.parameters["PolicyArn"]
    found = await inquiry("iam", "ListAttachedRolePolicies", asked.region, RoleName=role) or {}
    attached = {policy["PolicyArn"] for policy in found.get("AttachedPolicies", [])}
    if len(attached | {arn}) <= _MOST_ATTACHED:
        return None
    return f"Cannot exceed quota for PoliciesPerRole: {_MOST_ATTACHED}"


@rule(
    "iam.boundary-that-does-not-exist",
    "iam:CreateRole PutRolePermissionsBoundary",
    code="NoSuchEntity",
    status=404,
    code_from="seen",
    source="botocore iam PutRolePermissionsBoundary, its error NoSuchEntity; message in public reports of CreateRole",
)
async def _boundary(asked: Asked, inquiry: Inquiry) -> str | None:
    arn = asked.parameters.get("PermissionsBoundary")
    if not arn or await _is_policy(arn, asked, inquiry):
        return None
    return f"Scope ARN: {arn} does not exist or is not attachable."


@rule(
    "sns.principal-that-does-not-exist",
    "sns:SetTopicAttributes",
    code="InvalidParameter",
    code_from="seen",
    source="code and message in public reports of SetTopicAttributes: PrincipalNotFound",
)
async def _told(asked: Asked, inquiry: Inquiry) -> str | None:
    if asked.parameters.get("AttributeName") != "Policy":
        return None
    arn = await _missing_principal(asked.parameters.get("AttributeValue") or "", asked, inquiry)
    return None if arn is None else "Invalid parameter: Policy Error: PrincipalNotFound"


RULES: Final = (_trusted, _case, _keyed, _shared, _inline, _attached, _managed, _many, _boundary, _told)
