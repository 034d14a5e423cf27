"""An endpoint on this machine, and the questions that tests ask about it."""

from __future__ import annotations

import contextlib
import http.client
import socket
import struct
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from constructs_lib.emulator import EmulatedAws


_CLIENTS: dict[str, Any] = {}


def _route53(aws: EmulatedAws) -> Any:
    # A new client takes longer than all that is asked of it.
    if aws.endpoint not in _CLIENTS:
        _CLIENTS[aws.endpoint] = aws.client("route53")
    return _CLIENTS[aws.endpoint]


class Endpoint:
    """Answers with `status` and `body` after `seconds`; `asked` has the host and path of each request.

    A path in `failing` is answered with 503.
    """

    def __init__(self, name: str) -> None:
        self.status = 200
        self.failing: set[str] = set()
        self.seconds = 0.0
        self.body = name.encode()
        self.asked: list[tuple[str, str]] = []


def visit(aws: EmulatedAws, host: str, path: str = "/", method: str = "GET") -> tuple[int, str]:
    """Return status and body of what a client gets at a name."""
    with contextlib.closing(http.client.HTTPConnection(urlsplit(aws.endpoint).netloc, timeout=20)) as connection:
        connection.request(method, path, headers={"Host": host})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def zone(aws: EmulatedAws, name: str) -> str:
    """Make a hosted zone and return its id."""
    made = _route53(aws).create_hosted_zone(Name=name, CallerReference=str(uuid.uuid4()))
    identifier: str = made["HostedZone"]["Id"]
    return identifier


def put(aws: EmulatedAws, zone_id: str, *records: dict[str, Any]) -> None:
    """Put records; where one has no values it is an alias."""
    changes = [
        {"Action": "UPSERT", "ResourceRecordSet": record if "AliasTarget" in record else {"TTL": 60, **record}}
        for record in records
    ]
    _route53(aws).change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": changes})


def certificate(aws: EmulatedAws, zone_id: str, *names: str) -> str:
    """Have ACM issue a certificate for CloudFront, by the records it asks for; return its ARN."""
    acm = aws.client("acm", "us-east-1")
    arn: str = acm.request_certificate(
        DomainName=names[0], SubjectAlternativeNames=names, ValidationMethod="DNS"
    )["CertificateArn"]  # fmt: skip
    for proof in acm.describe_certificate(CertificateArn=arn)["Certificate"]["DomainValidationOptions"]:
        record = proof["ResourceRecord"]
        put(aws, zone_id, {"Name": record["Name"], "Type": "CNAME", "ResourceRecords": values(record["Value"])})
    return arn


def values(*given: str) -> list[dict[str, str]]:
    """Return the values of a record."""
    return [{"Value": value} for value in given]


def check(aws: EmulatedAws, **configuration: Any) -> str:
    """Make a health check and return its id."""
    made = _route53(aws).create_health_check(CallerReference=str(uuid.uuid4()), HealthCheckConfig=configuration)
    identifier: str = made["HealthCheck"]["Id"]
    return identifier


def answered(aws: EmulatedAws, zone_id: str, name: str, kind: str = "A") -> list[str]:
    """Return what Route 53 says it answers."""
    found: list[str] = _route53(aws).test_dns_answer(HostedZoneId=zone_id, RecordName=name, RecordType=kind)[
        "RecordData"
    ]
    return found


def asked_over_udp(aws: EmulatedAws, name: str, kind: int = 1) -> tuple[int, list[tuple[int, bytes]]]:
    """Ask as a resolver does; return the response code, and type and data of each record."""
    question = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"
    question += struct.pack("!2H", kind, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(10)
        parts = urlsplit(aws.endpoint)
        client.sendto(struct.pack("!6H", 77, 0x0100, 1, 0, 0, 0) + question, (parts.hostname, parts.port or 0))
        data = client.recv(4096)
    identifier, flags, _, count, *_ = struct.unpack_from("!6H", data)
    assert identifier == 77
    at, records = 12 + len(question), []
    for _ in range(count):
        while data[at]:
            at += 1 + data[at]
        found, _, _, length = struct.unpack_from("!2HIH", data, at + 1)
        records.append((found, data[at + 11 : at + 11 + length]))
        at += 11 + length
    return flags & 0xF, records
