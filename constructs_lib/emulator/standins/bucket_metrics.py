"""S3: the request metrics that are switched on for a bucket, which ministack takes for the bucket itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from msgspec.structs import replace

from constructs_lib.emulator.calls.call import Reply

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.call import Call
    from constructs_lib.emulator.standins import Forward

_XML: Final = {"Content-Type": "application/xml"}
_MISSING: Final = (
    "<Error><Code>NoSuchConfiguration</Code><Message>The specified configuration does not exist.</Message></Error>"
)


class BucketMetrics:
    """Keeps the metrics configurations of each bucket; no metric is published for them."""

    service = "s3"

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], str] = {}

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Answer calls about one configuration; pass on the rest."""
        asked = parse_qs(call.query, keep_blank_values=True)
        if "metrics" not in asked or "id" not in asked or len(call.segments) != 1:
            return await forward(call)
        there = await forward(_head(call))
        if not there.succeeded:
            return Reply.of(404, _XML, "<Error><Code>NoSuchBucket</Code><Message>no such bucket</Message></Error>")
        key = call.segments[0], asked["id"][-1]
        if call.method == "PUT":
            self._kept[key] = call.body.decode()
            return Reply.of(200, {}, "")
        if key not in self._kept:
            return Reply.of(404, _XML, _MISSING)
        if call.method == "DELETE":
            del self._kept[key]
            return Reply.of(204, {}, "")
        return Reply.of(200, _XML, self._kept[key])


def _head(call: Call) -> Call:
    return replace(call.instead(method="HEAD", body=b""), query="")
