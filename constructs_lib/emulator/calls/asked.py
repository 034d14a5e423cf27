"""What a call asks in the words of its service's own model, whatever protocol it came in."""

from __future__ import annotations

import re
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, unquote

import attrs
from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from botocore.model import OperationNotFoundError
from microburst.detection import detect, match_rest_operation
from microburst.protocols import render_error

from constructs_lib.emulator.calls.call import Call, Reply
from constructs_lib.emulator.calls.routes import home_region

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moto.core.model import OperationModel, ServiceModel

#: Two operations of one request, of which the first, deprecated, knows but one transition, or one topic.
_SUPERSEDED: Final = {
    f"{verb}Bucket{what}": f"{verb}Bucket{what}Configuration"
    for verb in ("Get", "Put")
    for what in ("Lifecycle", "Notification")
}
_S3_CONTROL_PATH: Final = "/v20180820/"
_LABEL: Final = re.compile(r"\\{(\w+?)(\\\+)?\\}")


@attrs.frozen(kw_only=True, slots=False)
class Asked:
    """A call read: `service` and `operation` as botocore names them, `region` the one whose control plane answers."""

    call: Call
    service: str
    operation: str
    protocol: str
    region: str

    @classmethod
    def of(cls, call: Call) -> Asked:
        """Read `call`; an operation nobody knows is ""."""
        query = {name: values[-1] for name, values in parse_qs(call.query, keep_blank_values=True).items()}
        # A dotted host name is looked up in every service model botocore has, which takes seconds; signed calls to a
        # loopback address have nothing to learn from it.
        headers = call.headers.copy()
        headers.popall("Host", None)
        context = detect(headers, call.method, call.path, query, call.body)
        service, operation = context.service or call.service, context.operation or ""
        if service == "s3" and call.path.startswith(_S3_CONTROL_PATH):
            # S3 Control signs as S3 does.
            service, operation = "s3control", ""
        if not operation:
            # The SDK for Go, and so Terraform's provider, leaves out the last slash of a modelled path.
            paths = (call.path, f"{call.path}/")
            found = (match_rest_operation(service, call.method, path, query, headers, call.body) for path in paths)
            operation = next(filter(None, found), "")
        protocol = context.protocol or ""
        if "Action" in call.form and protocol != "ec2":
            # Whatever a service speaks first: CBOR, for CloudWatch.
            protocol = "query"
        return cls(
            call=call,
            service=service,
            operation=_SUPERSEDED.get(operation, operation),
            protocol=protocol,
            region=home_region(service, call.region),
        )

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """The input of the operation as boto3 would give it; empty where the operation is not known."""
        operation = operation_of(self.service, self.operation)
        if operation is None:
            return {}
        # Loaded by the first call that asks: moto's core takes longer to load than all the rest of the gateway.
        from moto.core.parse import PROTOCOL_PARSERS
        from werkzeug.datastructures import MultiDict

        values: MultiDict[str, str] = MultiDict()
        source = self.call.body.decode() if self.protocol in ("query", "ec2") else self.call.query
        for name, given in parse_qs(source, keep_blank_values=True).items():
            values.setlist(name, given)
        protocol = self.protocol if self.protocol in PROTOCOL_PARSERS else str(operation.service_model.protocol)
        request: Any = {
            "method": self.call.method,
            "headers": self.call.headers,
            "url_path": self.call.path,
            "url_params": _labels(operation.http.get("requestUri", "/"), self.call.path),
            "values": values,
            "body": self.call.body,
        }
        parsed: dict[str, Any] = PROTOCOL_PARSERS[protocol](operation).parse(request)
        return parsed

    def refused(self, code: str, message: str, status: int) -> Reply:
        """Return the service's error reply to this call."""
        number, headers, body = render_error(
            self.service,
            code,
            message,
            status,
            protocol=self.protocol or None,
            query_compat="x-amzn-query-mode" in self.call.headers,
            request_ct=self.call.headers.get("Content-Type"),
            resource=self.call.path,
        )
        return Reply.of(number, headers, body.decode())

    def answered(self, result: Mapping[str, Any]) -> Reply:
        """Return the service's reply to this call, which shows *result*, in the protocol of the call."""
        # As in `parameters`, loaded by the first that asks.
        from moto.core.serialize import get_serializer_class

        operation = operation_of(self.service, self.operation)
        assert operation is not None, f"botocore knows no {self.service}:{self.operation}"
        shown = get_serializer_class(self.service, self.protocol)(operation_model=operation).serialize(result)
        body = shown["body"]
        return Reply.of(shown["status_code"], shown["headers"], body if isinstance(body, str) else body.decode())


@lru_cache(maxsize=256)
def operation_of(service: str, operation: str) -> OperationModel | None:
    """Return botocore's model of an operation, None where it has none."""
    try:
        model: OperationModel = _service(service).operation_model(operation)
    except (UnknownServiceError, OperationNotFoundError):
        return None
    return model


@lru_cache(maxsize=32)
def _service(service: str) -> ServiceModel:
    from moto.core.model import ServiceModel

    return ServiceModel(_models().load_service_model(service, "service-2"), service)


@cache
def _models() -> Loader:
    # A new one goes through botocore's folders again, which takes it ten times as long as a model.
    return Loader()


def _labels(uri: str, path: str) -> dict[str, str]:
    # "/{Bucket}/{Key+}": the last label may hold slashes.
    pattern = _LABEL.sub(
        lambda label: f"(?P<{label[1]}>{'.+' if label[2] else '[^/]+'})", re.escape(uri.partition("?")[0])
    )
    matched = re.fullmatch(pattern.rstrip("/") + "/?", path)
    return {name: unquote(value) for name, value in matched.groupdict().items()} if matched else {}
