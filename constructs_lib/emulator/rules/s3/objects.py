"""S3: objects that cannot be read or written, since their key cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_GET: Final = "s3:GetObject"
_MOST_TAGS: Final = 10
_WRITES: Final = "s3:PutObject CopyObject CreateMultipartUpload"
_VALIDATED: Final = "https://github.com/localstack/localstack, a test that was run on AWS"


async def _key_in_state(asked: Asked, inquiry: Inquiry, state: str) -> str | None:
    """Return the ARN of the key of the object asked for, None where it has none or one in another state."""
    wanted = {name: asked.parameters[name] for name in ("Bucket", "Key", "VersionId") if asked.parameters.get(name)}
    found = await inquiry("s3", "HeadObject", asked.region, **wanted)
    key: str = (found or {}).get("SSEKMSKeyId", "")
    if ":key/" not in key:
        return None
    described = await inquiry("kms", "DescribeKey", key.split(":")[3], KeyId=key)
    return key if described and described["KeyMetadata"]["KeyState"] == state else None


@rule(
    "s3.object-of-a-disabled-key",
    _GET,
    code="KMS.DisabledException",
    code_from="seen",
    source=f"{_VALIDATED}: pull/7786",
)
async def _disabled(asked: Asked, inquiry: Inquiry) -> str | None:
    key = await _key_in_state(asked, inquiry, "Disabled")
    return f"{key} is disabled." if key else None


@rule(
    "s3.object-of-a-key-to-be-deleted",
    _GET,
    code="KMS.KMSInvalidStateException",
    code_from="seen",
    source=f"{_VALIDATED}: pull/8423",
)
async def _to_be_deleted(asked: Asked, inquiry: Inquiry) -> str | None:
    key = await _key_in_state(asked, inquiry, "PendingDeletion")
    return f"{key} is pending deletion." if key else None


@rule(
    "s3.written-with-a-key-that-does-not-exist",
    _WRITES,
    code="KMS.NotFoundException",
    code_from="seen",
    source=f"{_VALIDATED}; botocore s3 PutObject.SSEKMSKeyId: a key of the bucket's Region, by ARN or id",
)
async def _not_there(asked: Asked, inquiry: Inquiry) -> str | None:
    key = asked.parameters.get("SSEKMSKeyId")
    if not key or await _written_with(asked, inquiry):
        return None
    return f"Key '{key}' does not exist"


@rule(
    "s3.written-with-a-disabled-key",
    _WRITES,
    code="KMS.DisabledException",
    code_from="seen",
    source=f"{_VALIDATED}: pull/7786",
)
async def _written_disabled(asked: Asked, inquiry: Inquiry) -> str | None:
    key = await _written_with(asked, inquiry)
    return f"{key['Arn']} is disabled." if key and key["KeyState"] == "Disabled" else None


async def _written_with(asked: Asked, inquiry: Inquiry) -> Mapping[str, Any] | None:
    """Return the key that a write names; that of the bucket's own encryption is not looked up at each write."""
    key = asked.parameters.get("SSEKMSKeyId")
    region = await inquiry.region_of_bucket(asked.parameters["Bucket"]) if key else None
    if not key or not region or key.split(":")[3:4] not in ([], [region]):
        return None
    found = await inquiry("kms", "DescribeKey", region, KeyId=key)
    return found["KeyMetadata"] if found else None


@rule(
    "s3.ten-tags-of-an-object",
    f"{_WRITES} PutObjectTagging",
    code="BadRequest",
    code_from="seen",
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html; code and message in"
    " https://github.com/hashicorp/terraform-provider-aws/issues/42073",
)
async def _tagged(asked: Asked, _: Inquiry) -> str | None:
    tags = asked.parameters.get("Tagging") or ""
    count = len(parse_qsl(tags, keep_blank_values=True) if isinstance(tags, str) else tags.get("TagSet", []))
    return f"Object tags cannot be greater than {_MOST_TAGS}" if count > _MOST_TAGS else None


RULES: Final = (_disabled, _to_be_deleted, _not_there, _written_disabled, _tagged)
