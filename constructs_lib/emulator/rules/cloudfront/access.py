"""CloudFront: the ways into a bucket: origin access control, and the identities that came before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.cloudfront.configurations import OPERATIONS, configuration_of, origins_of
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry


@rule(
    "cloudfront.access-control-that-does-not-exist",
    OPERATIONS,
    code="InvalidOriginAccessControl",
    code_from="api",
    source="botocore cloudfront InvalidOriginAccessControl: the origin access control is not valid",
)
async def _access(asked: Asked, inquiry: Inquiry) -> str | None:
    for origin in origins_of(configuration_of(asked)):
        control = origin.get("OriginAccessControlId")
        if control and not await inquiry("cloudfront", "GetOriginAccessControl", asked.region, Id=control):
            return f"The origin access control {control} does not exist."
    return None


@rule(
    "cloudfront.two-ways-into-a-bucket",
    OPERATIONS,
    code="IllegalOriginAccessConfiguration",
    code_from="api",
    source="botocore cloudfront IllegalOriginAccessConfiguration: not both an origin access control and an identity",
)
async def _ways(asked: Asked, _: Inquiry) -> str | None:
    for origin in origins_of(configuration_of(asked)):
        if origin.get("OriginAccessControlId") and origin.get("S3OriginConfig", {}).get("OriginAccessIdentity"):
            return f"The origin {origin['Id']} cannot contain both an origin access control and an identity."
    return None


@rule(
    "cloudfront.identity-that-does-not-exist",
    OPERATIONS,
    code="InvalidOriginAccessIdentity",
    code_from="api",
    source="botocore cloudfront InvalidOriginAccessIdentity and S3OriginConfig.OriginAccessIdentity: its form, and that"
    " it exists",
)
async def _identity(asked: Asked, inquiry: Inquiry) -> str | None:
    for origin in origins_of(configuration_of(asked)):
        named = origin.get("S3OriginConfig", {}).get("OriginAccessIdentity", "")
        _, formed, identifier = named.partition("origin-access-identity/cloudfront/")
        if named and not (
            formed
            and identifier
            and await inquiry("cloudfront", "GetCloudFrontOriginAccessIdentity", asked.region, Id=identifier)
        ):
            return f"The specified origin access identity does not exist or is not valid: {named}."
    return None


@rule(
    "cloudfront.access-control-in-use",
    "cloudfront:DeleteOriginAccessControl",
    code="OriginAccessControlInUse",
    status=409,
    code_from="api",
    source="botocore cloudfront OriginAccessControlInUse: one or more distributions use it",
)
async def _control_in_use(asked: Asked, inquiry: Inquiry) -> str | None:
    control = asked.parameters["Id"]
    listed = await inquiry("cloudfront", "ListDistributions", asked.region) or {}
    for one in listed.get("DistributionList", {}).get("Items", []):
        if any(origin.get("OriginAccessControlId") == control for origin in origins_of(one)):
            return f"The origin access control {control} is used by the distribution {one['Id']}."
    return None


RULES: Final = (_access, _ways, _identity, _control_in_use)
