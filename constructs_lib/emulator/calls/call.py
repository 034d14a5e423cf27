"""One AWS API call and its reply, as they pass through the gateway."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, unquote

import msgspec
from msgspec.structs import replace
from multidict import CIMultiDict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from multidict import CIMultiDictProxy

_CHECKSUM: Final = "x-amz-crc32"
_SCOPE: Final = re.compile(r"(Credential=[^/,]+/\d{8})/([^/]+)/([^/]+)/aws4_request")
#: An error's code in XML, and in JSON after the name of its shape's model.
_CODE: Final = re.compile(rb"<Code>([^<]+)</Code>|\"(?:__type|code|Code)\"\\s*:\\s*\"(?:[^\"#]*#)?([^\"]+)\"")
_ACCESS_KEY: Final = re.compile(r"(?<=Credential=)[^/,]+")
_PRESIGNED_SCOPE: Final = re.compile(r"[^/]+/\d{8}/([^/]+)/([^/]+)/aws4_request")


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A request to an AWS service; `service` and `region` are what it was signed for ("" where it is unsigned).

    Attributes:
        is_inquiry: Whether the emulator asks itself, which no client sees and nothing counts.
    """

    method: str
    path: str
    query: str
    headers: CIMultiDict[str]
    body: bytes
    is_inquiry: bool = False

    @classmethod
    def received(cls, method: str, path_and_query: str, headers: CIMultiDictProxy[str], body: bytes) -> Call:
        """Return the call that arrived as an HTTP request; the path stays percent-encoded."""
        path, _, query = path_and_query.partition("?")
        return cls(method=method, path=path, query=query, headers=CIMultiDict(headers), body=body)

    @property
    def service(self) -> str:
        """The service it was signed for, as SigV4 names it ("monitoring", not "cloudwatch")."""
        return self._scope[1]

    @property
    def region(self) -> str:
        """The Region it was signed for."""
        return self._scope[0]

    @property
    def access_key(self) -> str:
        """The key it was signed with; "" where it is unsigned, or its address is signed."""
        found = _ACCESS_KEY.search(self.headers.get("Authorization", ""))
        return found[0] if found else ""

    @property
    def _scope(self) -> tuple[str, str]:
        if found := _SCOPE.search(self.headers.get("Authorization", "")):
            return found[2], found[3]
        presigned = parse_qs(self.query).get("X-Amz-Credential", [""])[0]
        if matched := _PRESIGNED_SCOPE.fullmatch(presigned):
            return matched[1], matched[2]
        return "", ""

    @property
    def operation(self) -> str:
        """The operation of a query or JSON protocol call; "" for REST, whose operation is method and path."""
        if target := self.headers.get("X-Amz-Target"):
            return target.rpartition(".")[2]
        return self.form.get("Action", "")

    @property
    def form(self) -> dict[str, str]:
        """The parameters of a query protocol call; empty for any other."""
        if not self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
            return {}
        values = parse_qs(self.body.decode(), keep_blank_values=True)
        return {name: given[-1] for name, given in values.items()}

    @property
    def segments(self) -> tuple[str, ...]:
        """The decoded segments of a REST path."""
        return tuple(unquote(part) for part in self.path.strip("/").split("/"))

    def signed_for(self, region: str) -> Call:
        """Return this call as if it were signed for `region`, even where it is not signed at all."""
        if _SCOPE.search(self.headers.get("Authorization", "")):
            return self.instead(region=region)
        headers = self.headers.copy()
        headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential=-/20000101/{region}/{self.service or 's3'}/aws4_request"
        )
        return replace(self, headers=headers)

    def instead(
        self,
        *,
        region: str | None = None,
        method: str | None = None,
        path: str | None = None,
        body: bytes | None = None,
        target: str | None = None,
        access_key: str | None = None,
    ) -> Call:
        """Return this caller's call with another Region, method, path, body, JSON target or access key.

        The signature no longer matches; the emulators read its scope and do not verify it.
        """
        headers = self.headers.copy()
        if region is not None:
            headers["Authorization"] = _SCOPE.sub(rf"\1/{region}/\3/aws4_request", headers.get("Authorization", ""))
        if target is not None:
            headers["X-Amz-Target"] = target
        if access_key is not None:
            headers["Authorization"] = _ACCESS_KEY.sub(access_key, headers.get("Authorization", ""))
        return replace(
            self,
            headers=headers,
            method=self.method if method is None else method,
            path=self.path if path is None else path,
            body=self.body if body is None else body,
        )


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What answers a call."""

    status: int
    headers: CIMultiDict[str]
    body: bytes

    @classmethod
    def of(cls, status: int, headers: Mapping[str, str], body: str) -> Reply:
        """Return a reply made here."""
        return cls(status=status, headers=CIMultiDict(headers), body=body.encode())

    @property
    def succeeded(self) -> bool:
        """True where the service did what was asked."""
        return self.status < 300

    @property
    def error_code(self) -> str:
        """The error code, in whatever protocol it was said; "" where there is none, as in the reply to a HEAD."""
        if said := self.headers.get("x-amzn-errortype"):
            return said.partition(":")[0].rpartition("#")[2]
        found = _CODE.search(self.body)
        return (found[1] or found[2]).decode() if found else ""

    def with_body(self, body: bytes) -> Reply:
        """Return this reply with another body, and the checksum of it where DynamoDB sends one."""
        headers = self.headers.copy()
        headers.popall("Content-Length", None)
        if _CHECKSUM in headers:
            headers[_CHECKSUM] = str(zlib.crc32(body))
        return replace(self, headers=headers, body=body)
