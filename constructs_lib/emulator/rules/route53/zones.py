"""Route 53: names that cannot be a zone, records that cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

#: The second-level names of RFC 2606. Reports of the refusal are of example.com; the two others from memory.
_RESERVED: Final = ("example.com", "example.net", "example.org")


@rule(
    "route53.reserved-zone",
    "route53:CreateHostedZone",
    code="InvalidDomainName",
    code_from="seen",
    source="botocore route53 InvalidDomainName; the message `... is reserved by AWS!` in public reports, names below"
    " example.com included",
)
async def _reserved(asked: Asked, _: Inquiry) -> str | None:
    name = asked.parameters["Name"].rstrip(".").lower()
    if asked.parameters.get("HostedZoneConfig", {}).get("PrivateZone"):
        return None
    if not any(name == reserved or name.endswith(f".{reserved}") for reserved in _RESERVED):
        return None
    return f"{name} is reserved by AWS!"


def _written(asked: Asked) -> list[Mapping[str, Any]]:
    changes: list[Mapping[str, Any]] = asked.parameters.get("ChangeBatch", {}).get("Changes", [])
    return [change["ResourceRecordSet"] for change in changes if change["Action"] != "DELETE"]


def _cnames(asked: Asked) -> list[tuple[str, list[str]]]:
    return [
        (_plain(one["Name"]), [_plain(record["Value"]) for record in one.get("ResourceRecords", [])])
        for one in _written(asked)
        if one["Type"] == "CNAME"
    ]


def _plain(name: str) -> str:
    return name.rstrip(".").lower()


@rule(
    "route53.record-that-points-at-itself",
    "route53:ChangeResourceRecordSets",
    code="InvalidChangeBatch",
    code_from="api",
    source="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html, CNAME; RFC 1034 3.6.2",
)
async def _itself(asked: Asked, _: Inquiry) -> str | None:
    for name, values in _cnames(asked):
        if name in values:
            return f"RRSet of type CNAME with DNS name {name}. points at itself"
    for record in _written(asked):
        target, name = record.get("AliasTarget", {}).get("DNSName", ""), _plain(record["Name"])
        if _plain(target) == name:
            return f"Tried to create an alias that targets {name}., type {record['Type']}: it points at itself"
    return None


@rule(
    "route53.cname-at-apex",
    "route53:ChangeResourceRecordSets",
    code="InvalidChangeBatch",
    code_from="seen",
    source="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html: no CNAME at the apex",
)
async def _apex(asked: Asked, inquiry: Inquiry) -> str | None:
    names = [name for name, _ in _cnames(asked)]
    if not names:
        return None
    zone = asked.parameters["HostedZoneId"].rpartition("/")[2]
    found = await inquiry("route53", "GetHostedZone", asked.region, Id=zone)
    apex = _plain((found or {}).get("HostedZone", {}).get("Name", ""))
    if apex not in names:
        return None
    return f"RRSet of type CNAME with DNS name {apex}. is not permitted at apex in zone {apex}."


@rule(
    "route53.zone-made-already",
    "route53:CreateHostedZone",
    code="HostedZoneAlreadyExists",
    status=409,
    code_from="api",
    source="botocore route53 HostedZoneAlreadyExists: a zone with the caller reference",
)
async def _made(asked: Asked, inquiry: Inquiry) -> str | None:
    listed = await inquiry("route53", "ListHostedZones", asked.region) or {}
    reference = asked.parameters["CallerReference"]
    if not any(zone["CallerReference"] == reference for zone in listed.get("HostedZones", [])):
        return None
    return f"A hosted zone has already been created with the specified caller reference {reference}."


RULES: Final = (_reserved, _made, _itself, _apex)
