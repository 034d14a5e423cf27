"""Route 53: records that contradict one another, and health checks that cannot be."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_CHANGE: Final = "route53:ChangeResourceRecordSets"
_GUIDE: Final = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide"
_ROUTED: Final = (
    "Failover",
    "Weight",
    "Region",
    "GeoLocation",
    "MultiValueAnswer",
    "GeoProximityLocation",
    "CidrRoutingConfig",
)
_INTERVALS: Final = (10, 30)
_DOCUMENTATION: Final = [ipaddress.ip_network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]
"""Addresses for examples, which stand for public ones on an emulator."""


def _changes(asked: Asked) -> list[Mapping[str, Any]]:
    changes: list[Mapping[str, Any]] = asked.parameters.get("ChangeBatch", {}).get("Changes", [])
    return changes


def _key(record: Mapping[str, Any]) -> tuple[str, str, str]:
    return _name(record), record["Type"], record.get("SetIdentifier", "")


def _name(record: Mapping[str, Any]) -> str:
    name: str = record["Name"]
    return name.rstrip(".").lower()


async def _there(asked: Asked, inquiry: Inquiry) -> list[Mapping[str, Any]]:
    """Return the records of the zone that the change neither deletes nor replaces."""
    zone = asked.parameters["HostedZoneId"].rpartition("/")[2]
    found = await inquiry("route53", "ListResourceRecordSets", asked.region, HostedZoneId=zone)
    gone = {_key(change["ResourceRecordSet"]) for change in _changes(asked) if change["Action"] != "CREATE"}
    return [record for record in (found or {}).get("ResourceRecordSets", []) if _key(record) not in gone]


def _written(asked: Asked) -> list[Mapping[str, Any]]:
    return [change["ResourceRecordSet"] for change in _changes(asked) if change["Action"] != "DELETE"]


@rule(
    "route53.record-that-exists",
    _CHANGE,
    code="InvalidChangeBatch",
    code_from="seen",
    source="botocore route53 Change.Action: CREATE; the message in many public reports of it",
)
async def _exists(asked: Asked, inquiry: Inquiry) -> str | None:
    created = [change["ResourceRecordSet"] for change in _changes(asked) if change["Action"] == "CREATE"]
    known = {_key(record) for record in await _there(asked, inquiry)} if created else set()
    for record in created:
        if _key(record) in known:
            named = f"[name='{_name(record)}.', type='{record['Type']}']"
            return f"Tried to create resource record set {named} but it already exists"
    return None


@rule(
    "route53.cname-beside-another-record",
    _CHANGE,
    code="InvalidChangeBatch",
    code_from="seen",
    source=f"{_GUIDE}/ResourceRecordTypes.html, CNAME; the message in https://github.com/badmintoncryer/cdk-preflight,"
    " rules/route53/pf-route53-cname-name-collision",
)
async def _collision(asked: Asked, inquiry: Inquiry) -> str | None:
    written = _written(asked)
    known = [*await _there(asked, inquiry), *written] if written else []
    for record in written:
        other = next(
            (
                one["Type"]
                for one in known
                if _name(one) == _name(record)
                and one["Type"] != record["Type"]
                and "CNAME" in (one["Type"], record["Type"])
            ),
            None,
        )
        if other:
            return (
                f"RRSet of type {record['Type']} with DNS name {_name(record)}. is not permitted because a conflicting"
                f" RRSet of type {other} with the same DNS name already exists"
            )
    return None


@rule(
    "route53.routed-record-beside-another-kind",
    _CHANGE,
    code="InvalidChangeBatch",
    code_from="seen",
    source=f"{_GUIDE}/resource-record-sets-values-failover.html: one primary and one secondary, one record of a"
    " Region and of a location, and no simple record of the same name and type; code and message in public reports of"
    " it",
)
async def _mixed(asked: Asked, inquiry: Inquiry) -> str | None:
    written = _written(asked)
    known = await _there(asked, inquiry) if written else []
    for record in written:
        same = [one for one in (*known, *written) if _key(one)[:2] == _key(record)[:2] and _key(one) != _key(record)]
        kinds = {next((name for name in _ROUTED if name in one), "") for one in (*same, record)}
        taken = any(
            one.get(of) == record[of] for of in ("Failover", "Region", "GeoLocation") if of in record for one in same
        )
        if len(kinds) > 1 or taken:
            return (
                f"RRSet with DNS name {_name(record)}., type {record['Type']} cannot be created as other RRSets exist"
                " with the same name and type."
            )
    return None


@rule(
    "route53.routed-record-without-identifier",
    _CHANGE,
    code="InvalidInput",
    code_from="seen",
    source="botocore route53 ResourceRecordSet.SetIdentifier: for all records other than simple ones; code and message"
    " in public reports of it",
)
async def _unnamed(asked: Asked, _: Inquiry) -> str | None:
    for record in _written(asked):
        if not record.get("SetIdentifier") and any(name in record for name in _ROUTED):
            return (
                f"Invalid request: Missing field 'SetIdentifier' in Change with [Name={_name(record)}.,"
                f" Type={record['Type']}, SetIdentifier=null]"
            )
    return None


@rule(
    "route53.address-that-is-none",
    _CHANGE,
    code="InvalidChangeBatch",
    code_from="seen",
    source=f"{_GUIDE}/ResourceRecordTypes.html, A and AAAA; code and message in many public reports of it",
)
async def _address(asked: Asked, _: Inquiry) -> str | None:
    for record in _written(asked):
        kind = {"A": ipaddress.IPv4Address, "AAAA": ipaddress.IPv6Address}.get(record["Type"])
        for value in [one["Value"] for one in record.get("ResourceRecords", [])] if kind else []:
            try:
                assert kind is not None
                kind(value)
            except ValueError:
                version = "IPv4" if record["Type"] == "A" else "IPv6"
                return (
                    f"Invalid Resource Record: 'FATAL problem: {record['Type']}RRDATAIllegal{version}Address (Value is"
                    f" not a valid {version} address) encountered with '{value}''"
                )
    return None


@rule(
    "route53.health-check-that-does-not-exist",
    _CHANGE,
    code="NoSuchHealthCheck",
    status=404,
    code_from="api",
    source="botocore route53 NoSuchHealthCheck: No health check exists with the specified ID",
)
async def _no_check(asked: Asked, inquiry: Inquiry) -> str | None:
    for identifier in (record.get("HealthCheckId") for record in _written(asked)):
        if identifier and not await inquiry("route53", "GetHealthCheck", asked.region, HealthCheckId=identifier):
            return f"No health check exists with the specified ID {identifier}"
    return None


@rule(
    "route53.health-check-interval",
    "route53:CreateHealthCheck",
    code="InvalidInput",
    code_from="seen",
    source="botocore route53 HealthCheckConfig.RequestInterval; code and message in"
    " https://github.com/badmintoncryer/cdk-preflight, rules/route53/pf-route53-healthcheck-requestinterval-discrete",
)
async def _interval(asked: Asked, _: Inquiry) -> str | None:
    interval = asked.parameters.get("HealthCheckConfig", {}).get("RequestInterval", _INTERVALS[0])
    if interval in _INTERVALS:
        return None
    return f"Invalid XML ; cvc-enumeration-valid: Value '{interval}' is not facet-valid with respect to '[10, 30]'."


@rule(
    "route53.alarm-of-a-basic-check",
    "route53:CreateHealthCheck",
    code="InvalidInput",
    code_from="seen",
    source="https://github.com/aws/aws-sdk-php/issues/1528",
)
async def _alarmed(asked: Asked, _: Inquiry) -> str | None:
    config = asked.parameters.get("HealthCheckConfig", {})
    if config.get("Type") == "CLOUDWATCH_METRIC" or "AlarmIdentifier" not in config:
        return None
    return "Invalid parameter : Basic health checks must not have an metric region specified."


@rule(
    "route53.check-that-asks-nobody",
    "route53:CreateHealthCheck",
    code="InvalidInput",
    code_from="api",
    source="botocore route53 HealthCheckConfig.IPAddress and FullyQualifiedDomainName: one of them says whom an HTTP,"
    " HTTPS or TCP check asks; no address that is local, private, non-routable or multicast",
)
async def _asks(asked: Asked, _: Inquiry) -> str | None:
    config = asked.parameters.get("HealthCheckConfig", {})
    if not config.get("Type", "").startswith(("HTTP", "TCP")):
        return None
    address = config.get("IPAddress")
    if not address:
        return None if config.get("FullyQualifiedDomainName") else "Invalid parameter : neither an address nor a name"
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return f"Invalid parameter : {address} is no IP address"
    if found.is_multicast or not (found.is_global or any(found in documented for documented in _DOCUMENTATION)):
        return f"Invalid parameter : {address} is not an address that Route 53 reaches"
    return None


RULES: Final = (_unnamed, _address, _exists, _collision, _mixed, _no_check, _interval, _alarmed, _asks)
