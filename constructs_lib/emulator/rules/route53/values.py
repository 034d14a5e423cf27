"""Route 53: what a record has to say, and what may be deleted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_CHANGE: Final = "route53:ChangeResourceRecordSets"
_GUIDE: Final = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide"
_ROUTED: Final = (
    "Weight",
    "Region",
    "Failover",
    "GeoLocation",
    "GeoProximityLocation",
    "CidrRoutingConfig",
    "MultiValueAnswer",
)
_OF_CLOUDFRONT: Final = "Z2FDTNDATAQYW2"
_LABEL, _NAME = 63, 255
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"(\s+"(?:[^"\\]|\\.)*")*')
_CAA: Final = re.compile(r"\d+\s+(?P<tag>\S+)\s+.+")
_TAGS: Final = ("issue", "issuewild", "iodef")
_MAIL: Final = re.compile(r"\d+\s+\S+")


def _changes(asked: Asked) -> list[tuple[str, Mapping[str, Any]]]:
    changes = asked.parameters.get("ChangeBatch", {}).get("Changes", [])
    return [(change["Action"], change["ResourceRecordSet"]) for change in changes]


def _in(action: str, one: Mapping[str, Any]) -> str:
    named = f"Action={action}, Name={one['Name'].rstrip('.')}., Type={one['Type']}"
    return f"in Change with [{named}, SetIdentifier={one.get('SetIdentifier', 'null')}]"


@rule(
    "route53.record-that-is-not-whole",
    _CHANGE,
    code="InvalidInput",
    code_from="seen",
    source="https://github.com/ministryofjustice/modernisation-platform/pull/10072 quotes code and message",
)
async def _whole(asked: Asked, _: Inquiry) -> str | None:
    wanted = "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or"
    for action, one in _changes(asked):
        alias, own = "AliasTarget" in one, [name for name in ("TTL", "ResourceRecords") if name in one]
        if "TrafficPolicyInstanceId" in one or (alias and not own) or (not alias and len(own) > 1):
            continue
        found = "more than one" if alias else "none"
        return f"{wanted} TrafficPolicyInstanceId], but found {found} {_in(action, one)}"
    return None


@rule(
    "route53.routing-of-one-kind",
    _CHANGE,
    code="InvalidInput",
    code_from="seen",
    source="botocore route53 ResourceRecordSet.SetIdentifier: where the routing is not simple; code and message in"
    " public reports of it",
)
async def _routing(asked: Asked, _: Inquiry) -> str | None:
    for action, one in _changes(asked):
        kinds = [name for name in _ROUTED if name in one]
        if len(kinds) > 1 or (one.get("SetIdentifier") and not kinds):
            found = "more than one" if kinds else "none"
            return (
                f"Invalid request: Expected exactly one of [{', '.join(_ROUTED)}], but found {found} {_in(action, one)}"
            )
    return None


@rule(
    "route53.value-that-is-none",
    _CHANGE,
    code="InvalidChangeBatch",
    code_from="seen",
    source=f"{_GUIDE}/ResourceRecordTypes.html, TXT, MX, CNAME, CAA; {_GUIDE}/DomainNameFormat.html; the messages in"
    " many public reports of them",
)
async def _value(asked: Asked, _: Inquiry) -> str | None:
    for action, one in _changes(asked):
        values = [record["Value"] for record in one.get("ResourceRecords") or []]
        if action != "DELETE" and (fault := _fault(one["Type"], one["Name"].rstrip("."), values)):
            return f"Invalid Resource Record: '{fault}'"
    return None


def _fault(kind: str, name: str, values: list[str]) -> str | None:
    if any(len(label) > _LABEL for label in name.split(".")):
        return f"FATAL problem: DomainLabelTooLong (Domain label is too long) encountered with '{name}'"
    if twice := next((value for value in values if values.count(value) > 1), None):
        return f"Duplicate Resource Record: '{twice}'"
    if kind == "CNAME" and len(values) > 1:
        return "FATAL problem: RRDATANotSingleValue (RRSet type must have a single value) encountered"
    for value in values:
        if kind == "TXT" and not _QUOTED.fullmatch(value.strip()):
            return (
                "FATAL problem: InvalidCharacterString (Value should be enclosed in quotation marks) encountered with"
                f" '{value}'"
            )
        if kind == "CAA" and (given := _CAA.fullmatch(value.strip())) and given["tag"].lower() not in _TAGS:
            return f"CAARRDATAIllegalTag (Only issue/issuewild/iodef is allowed) encountered with '{value}'"
        if kind == "MX" and not _MAIL.fullmatch(value.strip()):
            return f"FATAL problem: MXRRDATANotTwoFields (MX record doesn't have 2 fields) encountered with '{value}'"
    return None


@rule(
    "route53.deletion-of-another-record",
    _CHANGE,
    code="InvalidChangeBatch",
    code_from="seen",
    source="botocore route53 Change.Action: for DELETE all values as they are; code and message in public reports",
)
async def _deleted(asked: Asked, inquiry: Inquiry) -> str | None:
    deleted = [one for action, one in _changes(asked) if action == "DELETE"]
    if not deleted:
        return None
    zone = asked.parameters["HostedZoneId"].rpartition("/")[2]
    listed = await inquiry("route53", "ListResourceRecordSets", asked.region, HostedZoneId=zone, MaxItems="300")
    known = {_key(one): one for one in (listed or {}).get("ResourceRecordSets", [])}
    for one in deleted:
        there = known.get(_key(one))
        said = f"[name='{_plain(one['Name'])}.', type='{one['Type']}']"
        if there is None and not (listed or {}).get("IsTruncated"):
            return f"Tried to delete resource record set {said} but it was not found"
        if there is not None and _values(there) != _values(one):
            return f"Tried to delete resource record set {said} but the values provided do not match the current values"
    return None


def _plain(name: str) -> str:
    return name.rstrip(".").lower().replace("\\052", "*")


def _key(one: Mapping[str, Any]) -> tuple[str, str, str]:
    return _plain(one["Name"]), one["Type"], one.get("SetIdentifier", "")


def _values(one: Mapping[str, Any]) -> tuple[Any, ...]:
    alias = one.get("AliasTarget") or {}
    values = sorted(record["Value"] for record in one.get("ResourceRecords") or [])
    return values, _plain(alias.get("DNSName", "")), None if alias else one.get("TTL")


@rule(
    "route53.alias-to-nothing",
    _CHANGE,
    code="InvalidChangeBatch",
    code_from="seen",
    source=f"{_GUIDE}/resource-record-sets-choosing-alias-non-alias.html: in the zone itself to a record that is there,"
    " of the same type; of CloudFront to its zone, without its health; the message in public reports",
)
async def _alias(asked: Asked, inquiry: Inquiry) -> str | None:
    own = asked.parameters["HostedZoneId"].rpartition("/")[2]
    for action, one in _changes(asked):
        target = one.get("AliasTarget")
        if not target or action == "DELETE":
            continue
        zone, name = target["HostedZoneId"].rpartition("/")[2], _plain(target["DNSName"])
        tried = f"Tried to create an alias that targets {name}., type {one['Type']} in zone {zone}, but"
        if name.endswith(".cloudfront.net"):
            if zone != _OF_CLOUDFRONT:
                return f"{tried} the alias target name does not lie within the target zone"
            if target.get("EvaluateTargetHealth"):
                return f"{tried} the health of a CloudFront distribution cannot be evaluated"
        elif zone == _OF_CLOUDFRONT:
            return f"{tried} the alias target name does not lie within the target zone"
        elif zone == own and not await _there(asked, inquiry, name, one["Type"]):
            return f"{tried} that target was not found"
    return None


async def _there(asked: Asked, inquiry: Inquiry, name: str, kind: str) -> bool:
    zone = asked.parameters["HostedZoneId"].rpartition("/")[2]
    listed = await inquiry(
        "route53", "ListResourceRecordSets", asked.region, HostedZoneId=zone, StartRecordName=name, StartRecordType=kind
    )
    found = [*(listed or {}).get("ResourceRecordSets", []), *(one for _, one in _changes(asked))]
    return any((_plain(one["Name"]), one["Type"]) == (name, kind) for one in found)


@rule(
    "route53.zone-name",
    "route53:CreateHostedZone",
    code="InvalidDomainName",
    code_from="api",
    source=f"{_GUIDE}/DomainNameFormat.html: labels of 1 to 63 characters, 255 in all",
)
async def _zone(asked: Asked, _: Inquiry) -> str | None:
    name = asked.parameters["Name"].removesuffix(".")
    if len(name) <= _NAME and all(0 < len(label) <= _LABEL for label in name.split(".")):
        return None
    return f"{name} is not a valid domain name"


@rule(
    "route53.primary-record-without-health-check",
    _CHANGE,
    code="InvalidChangeBatch",
    code_from="seen",
    source="https://github.com/kubernetes-sigs/external-dns/issues/2362 quotes code and message",
)
async def _unwatched(asked: Asked, _: Inquiry) -> str | None:
    for action, one in _changes(asked):
        watched = one.get("AliasTarget") or one.get("HealthCheckId")
        if action != "DELETE" and one.get("Failover") == "PRIMARY" and not watched:
            return "A non-alias primary ResourceRecordSet must have an associated health check."
    return None


RULES: Final = (_whole, _routing, _value, _deleted, _alias, _zone, _unwatched)
