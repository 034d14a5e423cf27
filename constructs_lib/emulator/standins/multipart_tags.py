"""S3: the tags of an object that comes in parts, which ministack drops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, parse_qsl, urlencode
from xml.etree import ElementTree

from msgspec.structs import replace
from multidict import CIMultiDict

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.call import Call, Reply
    from constructs_lib.emulator.standins import Forward

_TAGS: Final = "x-amz-tagging"
_SIGNATURE: Final = "Authorization"
_VERSION: Final = "x-amz-version-id"
_UPLOAD: Final = "uploadId"


class MultipartTags:
    """Keeps what CreateMultipartUpload is given, and puts it on the object once its parts are put together."""

    service = "s3"

    def __init__(self) -> None:
        self._given: dict[str, str] = {}

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Remember tags, or give them; pass on everything."""
        reply = await forward(call)
        if not reply.succeeded or call.method not in ("POST", "DELETE"):
            return reply
        query = parse_qs(call.query, keep_blank_values=True)
        if "uploads" in query and call.headers.get(_TAGS):
            self._given[_upload_of(reply)] = call.headers[_TAGS]
        elif _UPLOAD in query:
            given = self._given.pop(query[_UPLOAD][0], None)
            if given is not None and call.method == "POST" and b"<Error>" not in reply.body:
                await forward(_tagging(call, given, reply.headers.get(_VERSION)))
        return reply


def _upload_of(reply: Reply) -> str:
    found = (item.text for item in ElementTree.fromstring(reply.body).iter() if item.tag.endswith("}UploadId"))
    return next(found, None) or ""


def _tagging(call: Call, given: str, version: str | None) -> Call:
    """Return the call that puts the tags on the version that the parts have become."""
    root = ElementTree.Element("Tagging")
    tags = ElementTree.SubElement(root, "TagSet")
    for key, value in parse_qsl(given, keep_blank_values=True):
        tag = ElementTree.SubElement(tags, "Tag")
        ElementTree.SubElement(tag, "Key").text = key
        ElementTree.SubElement(tag, "Value").text = value
    query = {"tagging": "", **({"versionId": version} if version else {})}
    headers = CIMultiDict({_SIGNATURE: call.headers.get(_SIGNATURE, "")})
    body = ElementTree.tostring(root)
    return replace(call, method="PUT", query=urlencode(query), headers=headers, body=body, is_inquiry=True)
