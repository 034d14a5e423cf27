"""Route 53's calls that tell what health checks and records do: GetHealthCheckStatus, its sibling, TestDNSAnswer."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from constructs_lib.emulator.calls.call import Reply
from constructs_lib.emulator.edges.records import plain

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.edges.health_checks import HealthChecks
    from constructs_lib.emulator.edges.records import Records

OPERATIONS: Final = frozenset({"GetHealthCheckStatus", "GetHealthCheckLastFailureReason", "TestDNSAnswer"})
_NAMESPACE: Final = "https://route53.amazonaws.com/doc/2013-04-01/"
_NAMESERVER: Final = "ns-1.awsdns-01.com"
#: Where Route 53 checks from unless a health check says otherwise (its API, HealthCheckRegion).
_CHECKERS: Final = (
    "us-east-1", "us-west-1", "us-west-2", "eu-west-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1",
    "sa-east-1",
)  # fmt: skip


async def answer(asked: Asked, checks: HealthChecks, records: Records) -> Reply:
    """Return the answer to one of `OPERATIONS`."""
    if asked.operation == "TestDNSAnswer":
        return await _test(asked, records)
    identifier = asked.parameters["HealthCheckId"]
    check = (await checks.known()).get(identifier)
    if check is None:
        message = f"A health check with id {identifier} does not exist."
        return asked.refused("NoSuchHealthCheck", message, HTTPStatus.NOT_FOUND)
    if check["Type"] == "CALCULATED":
        message = "The status of a calculated health check cannot be asked; read its metric HealthCheckStatus."
        return asked.refused("InvalidInput", message, HTTPStatus.BAD_REQUEST)
    if check["Type"] == "CLOUDWATCH_METRIC":
        up = await checks.healthy(identifier)
        status, when = ("Success: the alarm is OK." if up else "Failure: the alarm is not OK."), datetime.now(UTC)
    elif asked.operation == "GetHealthCheckStatus":
        observed = checks.observed(identifier)
        status, when = observed.result, datetime.fromtimestamp(max(observed.asked, 0), UTC)
    else:
        observed = checks.observed(identifier)
        status, when = observed.failure, datetime.fromtimestamp(observed.failed, UTC)
    report = f"<Status>{escape(status)}</Status><CheckedTime>{when:%Y-%m-%dT%H:%M:%S.000Z}</CheckedTime>"
    observations = "".join(
        f"<HealthCheckObservation><Region>{region}</Region><IPAddress>127.0.0.{number}</IPAddress>"
        f"<StatusReport>{report}</StatusReport></HealthCheckObservation>"
        for number, region in enumerate(check.get("Regions") or _CHECKERS, start=1)
    )
    observations = f"<HealthCheckObservations>{observations}</HealthCheckObservations>"
    return _xml(f"{asked.operation}Response", observations if status else "<HealthCheckObservations/>")


async def _test(asked: Asked, records: Records) -> Reply:
    given = asked.parameters
    identifier = given["HostedZoneId"].rpartition("/")[2]
    zone = next((zone for zone in await records.zones() if zone.id == identifier), None)
    if zone is None:
        message = f"No hosted zone found with ID: {identifier}"
        return asked.refused("NoSuchHostedZone", message, HTTPStatus.NOT_FOUND)
    name, kind = plain(given["RecordName"]), given["RecordType"]
    if name != zone.name and not name.endswith(f".{zone.name}"):
        message = f"{name} is not in the hosted zone {zone.name}"
        return asked.refused("InvalidInput", message, HTTPStatus.BAD_REQUEST)
    found = await records.answer(zone, name, kind) or (
        await records.answer(zone, name, "CNAME") if kind != "CNAME" else []
    )
    data = "".join(f"<RecordDataEntry>{escape(one.value)}</RecordDataEntry>" for one in found)
    return _xml(
        "TestDNSAnswerResponse",
        f"<Nameserver>{_NAMESERVER}</Nameserver><RecordName>{escape(name)}</RecordName>"
        f"<RecordType>{found[0].type if found else kind}</RecordType><RecordData>{data}</RecordData>"
        f"<ResponseCode>{'NOERROR' if found or zone.has(name) else 'NXDOMAIN'}</ResponseCode><Protocol>UDP</Protocol>",
    )


def _xml(tag: str, inner: str) -> Reply:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<{tag} xmlns="{_NAMESPACE}">{inner}</{tag}>'
    return Reply.of(HTTPStatus.OK, {"Content-Type": "text/xml"}, body)
