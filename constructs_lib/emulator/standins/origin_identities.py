"""CloudFront: origin access identities, the way into a bucket before origin access control, which ministack has not."""

from __future__ import annotations

import hashlib
import secrets
import string
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import attrs

from constructs_lib.emulator.calls.asked import Asked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.call import Call, Reply
    from constructs_lib.emulator.calls.inquiry import Inquiry
    from constructs_lib.emulator.standins import Forward

_SEGMENTS: Final = ("origin-access-identity", "cloudfront")
_WHAT: Final = "CloudFrontOriginAccessIdentity"
_LETTERS: Final = string.ascii_uppercase + string.digits
_HOME: Final = "us-east-1"


@attrs.define
class _Identity:
    id: str
    canonical: str
    configuration: Mapping[str, Any]
    tag: str

    def shown(self) -> dict[str, Any]:
        return {
            "Id": self.id,
            "S3CanonicalUserId": self.canonical,
            f"{_WHAT}Config": self.configuration,
        }


class OriginIdentities:
    """Keeps identities; one that a distribution uses stays."""

    service = "cloudfront"

    def __init__(self, inquiry: Inquiry) -> None:
        self._inquiry = inquiry
        self._kept: dict[str, _Identity] = {}

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Answer for identities; pass on the rest."""
        if call.segments[1:3] != _SEGMENTS:
            return await forward(call)
        asked = Asked.of(call)
        given = asked.parameters.get(f"{_WHAT}Config", {})
        if asked.operation == "ListCloudFrontOriginAccessIdentities":
            return asked.answered({f"{_WHAT}List": self._listed()})
        if asked.operation == f"Create{_WHAT}":
            return self._created(asked, given)
        known = self._kept.get(asked.parameters.get("Id", ""))
        if known is None:
            message = "The specified origin access identity does not exist."
            return asked.refused(f"NoSuch{_WHAT}", message, HTTPStatus.NOT_FOUND)
        if asked.operation.startswith("Get"):
            whole = not asked.operation.endswith("Config")
            shown = {_WHAT: known.shown()} if whole else {f"{_WHAT}Config": known.configuration}
            return asked.answered(shown | {"ETag": known.tag})
        return await self._changed(asked, known, given)

    def _listed(self) -> dict[str, Any]:
        items = [
            {"Id": one.id, "S3CanonicalUserId": one.canonical, "Comment": one.configuration["Comment"]}
            for one in self._kept.values()
        ]
        return {"Marker": "", "MaxItems": 100, "IsTruncated": False, "Quantity": len(items), "Items": items}

    def _created(self, asked: Asked, given: Mapping[str, Any]) -> Reply:
        reference = given.get("CallerReference")
        same = next((one for one in self._kept.values() if one.configuration["CallerReference"] == reference), None)
        if same is not None and same.configuration != given:
            message = "The caller reference that you are using is associated with another origin access identity."
            return asked.refused(f"{_WHAT}AlreadyExists", message, HTTPStatus.CONFLICT)
        if same is None:
            identifier = "E" + "".join(secrets.choice(_LETTERS) for _ in range(13))
            canonical = hashlib.sha384(identifier.encode()).hexdigest()
            same = _Identity(id=identifier, canonical=canonical, configuration=dict(given), tag=_tag())
            self._kept[identifier] = same
        return asked.answered({_WHAT: same.shown(), "ETag": same.tag, "Location": f"{asked.call.path}/{same.id}"})

    async def _changed(self, asked: Asked, known: _Identity, given: Mapping[str, Any]) -> Reply:
        if (tag := asked.parameters.get("IfMatch")) != known.tag:
            code, status = "InvalidIfMatchVersion", HTTPStatus.BAD_REQUEST
            if tag:
                code, status = "PreconditionFailed", HTTPStatus.PRECONDITION_FAILED
            return asked.refused(code, "The If-Match version is missing or not valid for the resource.", status)
        if asked.operation == f"Update{_WHAT}":
            known.configuration, known.tag = dict(given), _tag()
            return asked.answered({_WHAT: known.shown(), "ETag": known.tag})
        if await self._is_used(known.id):
            message = "The specified origin access identity is in use."
            return asked.refused(f"{_WHAT}InUse", message, HTTPStatus.CONFLICT)
        del self._kept[known.id]
        return asked.answered({})

    async def _is_used(self, identifier: str) -> bool:
        listed = await self._inquiry("cloudfront", "ListDistributions", _HOME) or {}
        return any(
            origin.get("S3OriginConfig", {}).get("OriginAccessIdentity", "").endswith(f"/{identifier}")
            for distribution in listed.get("DistributionList", {}).get("Items", [])
            for origin in distribution.get("Origins", {}).get("Items", [])
        )


def _tag() -> str:
    return "E" + "".join(secrets.choice(_LETTERS) for _ in range(12))
