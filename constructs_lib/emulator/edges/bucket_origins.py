"""Buckets as origins of a distribution: what S3 answers CloudFront, by the policies in force."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, Protocol
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


class _Reader(Protocol):
    """Who asks S3 for CloudFront."""

    async def refused(self, name: str, key: str) -> str | None:
        """Return why an object cannot be read, None where it can."""
        ...

    async def lists(self) -> bool:
        """Tell whether it may know what is not there."""
        ...


@attrs.frozen
class _Distribution:
    """A distribution with origin access control."""

    _policies: InForce
    _arn: str
    _bucket: str

    async def refused(self, name: str, key: str) -> str | None:
        return await acts.origin_access(self._policies, distribution=self._arn, bucket=self._bucket, name=name, key=key)

    async def lists(self) -> bool:
        return await acts.origin_tells_what_is_missing(self._policies, distribution=self._arn, bucket=self._bucket)


@attrs.frozen
class _OldWay:
    """An origin access identity."""

    _policies: InForce
    _identity: acts.Identity
    _bucket: str

    async def refused(self, name: str, key: str) -> str | None:
        return await acts.identity_reads(
            self._policies, identity=self._identity, bucket=self._bucket, name=name, key=key
        )

    async def lists(self) -> bool:
        return await acts.identity_lists(self._policies, identity=self._identity, bucket=self._bucket)


@attrs.frozen
class BucketOrigins:
    """Reads objects for CloudFront, with origin access control, as an origin access identity, and without either."""

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
        reader = await self._reader(distribution, origin, bucket)
        if reader is None:
            # Without a signature only what is public could be read, and no bucket of a recovery pattern is.
            return denied
        reply = await self._inquiry.answer(_reading(self._world.account, region, bucket, name, method))
        if reply.status == HTTPStatus.NOT_FOUND:
            return reply if await reader.lists() else denied
        key = self._arn(reply.headers.get("x-amz-server-side-encryption-aws-kms-key-id", ""), region)
        return denied if await reader.refused(name, key) else reply

    async def _reader(self, distribution: str, origin: Mapping[str, Any], bucket: str) -> _Reader | None:
        policies = InForce(self._inquiry)
        if await self._signs(origin):
            return _Distribution(policies, distribution, bucket)
        named = origin.get("S3OriginConfig", {}).get("OriginAccessIdentity", "").rpartition("/")[2]
        found = (
            await self._inquiry("cloudfront", "GetCloudFrontOriginAccessIdentity", _HOME, Id=named) if named else None
        )
        if found is None:
            return None
        shown = found["CloudFrontOriginAccessIdentity"]
        identity = acts.Identity(id=shown["Id"], canonical=shown["S3CanonicalUserId"])
        return _OldWay(policies, identity, bucket)

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
