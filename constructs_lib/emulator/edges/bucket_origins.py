"""Buckets as origins of a distribution: what S3 answers CloudFront, by the policies in force."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote
from xml.sax.saxutils import escape

import attrs
from multidict import CIMultiDict

from constructs_lib.emulator.calls.call import Call, Reply
from constructs_lib.emulator.edges.places import Unreachable
from constructs_lib.emulator.permissions import acts
from constructs_lib.emulator.permissions.in_force import InForce

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.inquiry import Inquiry
    from constructs_lib.emulator.world import World

_HOME: Final = "us-east-1"


@attrs.frozen
class BucketOrigins:
    """Reads objects for CloudFront, with origin access control and without."""

    _world: World
    _inquiry: Inquiry

    async def read(self, distribution: str, origin: Mapping[str, Any], bucket: str, name: str, method: str) -> Reply:
        """Return what S3 answers to a request for an object; raises `Unreachable` for a Region that is gone."""
        region = await self._inquiry.region_of_bucket(bucket)
        if region is None:
            return _error(HTTPStatus.NOT_FOUND, "NoSuchBucket", "The specified bucket does not exist")
        if region in self._world.lost:
            raise Unreachable(f"{region} is gone")
        denied = _error(HTTPStatus.FORBIDDEN, "AccessDenied", "Access Denied")
        if not await self._signs(origin):
            # Without a signature only what is public could be read, and no bucket of a recovery pattern is.
            return denied
        reply = await self._inquiry.answer(_reading(self._world.account, region, bucket, name, method))
        policies = InForce(self._inquiry)
        if reply.status == HTTPStatus.NOT_FOUND:
            told = await acts.origin_tells_what_is_missing(policies, distribution=distribution, bucket=bucket)
            return reply if told else denied
        key = self._arn(reply.headers.get("x-amz-server-side-encryption-aws-kms-key-id", ""), region)
        refused = await acts.origin_access(policies, distribution=distribution, bucket=bucket, name=name, key=key)
        return denied if refused else reply

    async def _signs(self, origin: Mapping[str, Any]) -> bool:
        if not (identifier := origin.get("OriginAccessControlId")):
            return False
        found = await self._inquiry("cloudfront", "GetOriginAccessControl", _HOME, Id=identifier)
        configuration = (found or {}).get("OriginAccessControl", {}).get("OriginAccessControlConfig", {})
        return configuration.get("SigningBehavior") in ("always", "no-override")

    def _arn(self, key: str, region: str) -> str:
        if not key or key.startswith("arn:"):
            return key
        return f"arn:aws:kms:{region}:{self._world.account}:key/{key}"


def _reading(account: str, region: str, bucket: str, name: str, method: str) -> Call:
    headers = CIMultiDict({"Authorization": f"AWS4-HMAC-SHA256 Credential={account}/20260101/{region}/s3/aws4_request"})
    return Call(method=method, path=f"/{bucket}/{quote(name)}", query="", headers=headers, body=b"")


def _error(status: HTTPStatus, code: str, message: str) -> Reply:
    body = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    return Reply.of(status, {"Content-Type": "application/xml"}, body)
