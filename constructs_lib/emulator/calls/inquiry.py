"""Questions that the emulator asks itself: what exists, as any client would see it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec
from botocore.exceptions import ParamValidationError
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from botocore.utils import PRIORITY_ORDERED_SUPPORTED_PROTOCOLS
from multidict import CIMultiDict

from constructs_lib.emulator.calls.asked import operation_of
from constructs_lib.emulator.calls.call import Call
from constructs_lib.emulator.calls.markers import Markers

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from moto.core.model import OperationModel

    from constructs_lib.emulator.calls.call import Reply


class Inquiry(msgspec.Struct, frozen=True, kw_only=True):
    """Asks the emulated AWS, stand-ins included, past rules and failures; `account` is whose it is.

    `markers` are those that clients were given.
    """

    answer: Callable[[Call], Awaitable[Reply]]
    account: str
    markers: Markers = msgspec.field(default_factory=Markers)

    async def __call__(self, service: str, operation: str, region: str, **parameters: Any) -> Mapping[str, Any] | None:
        """Return the output as boto3 would, None where the call is refused ("there is no such thing")."""
        model = operation_of(service, operation)
        assert model is not None, f"botocore knows no {service}:{operation}"
        protocol = _protocol(model)
        try:
            request = create_serializer(protocol).serialize_to_request(parameters, model)
        except ParamValidationError:
            return None  # what has no name, or none that a name can be, is not there
        body = request["body"]
        if isinstance(body, dict):
            body = urlencode(body, doseq=True)
        query = request["query_string"]
        signing = model.service_model.signing_name
        headers: CIMultiDict[str] = CIMultiDict(request["headers"])
        headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.account}/20260101/{region}/{signing}/aws4_request,"
            " SignedHeaders=host, Signature=0"
        )
        path, _, literal = request["url_path"].partition("?")
        asked = "&".join(filter(None, [literal, urlencode(query) if isinstance(query, dict) else query]))
        reply = await self.answer(
            Call(
                method=request["method"],
                path=path,
                query=asked,
                headers=headers,
                body=body.encode() if isinstance(body, str) else body,
                is_inquiry=True,
            )
        )
        where = reply.headers.get("x-amz-bucket-region")
        if reply.status == HTTPStatus.MOVED_PERMANENTLY and where not in (None, region):
            # S3 says in which Region a bucket is.
            return await self(service, operation, where, **parameters)
        if not reply.succeeded:
            return None
        parsed: dict[str, Any] = create_parser(protocol).parse(
            {"headers": reply.headers, "body": reply.body, "status_code": reply.status}, model.output_shape
        )
        return parsed

    async def region_of_bucket(self, name: str) -> str | None:
        """Return the Region of a bucket, None where there is no such bucket."""
        # GetBucketLocation would do, but boto3 reads its answer with a handler of its own.
        found = await self("s3", "HeadBucket", "us-east-1", Bucket=name)
        return None if found is None else found.get("BucketRegion", "us-east-1")


def _protocol(model: OperationModel) -> str:
    # The one that boto3 speaks; a service's first, CBOR for CloudWatch, no emulator reads.
    metadata = model.service_model.metadata
    spoken = metadata.get("protocols", [metadata["protocol"]])
    return next(str(protocol) for protocol in PRIORITY_ORDERED_SUPPORTED_PROTOCOLS if protocol in spoken)
