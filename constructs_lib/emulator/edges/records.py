"""What Route 53 answers to a question: records of the hosted zones, chosen by routing policy and health.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from constructs_lib.emulator.calls.inquiry import Inquiry

    Record: TypeAlias = Mapping[str, Any]

_HOME: Final = "us-east-1"
_MULTIVALUE: Final = 8
_CHAIN: Final = 8
#: How long Route 53 lets an alias to a distribution be kept.
_ALIAS_SECONDS: Final = 60


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """One record of an answer."""

    name: str
    type: str
    seconds: int
    value: str


class Zone(msgspec.Struct, frozen=True, kw_only=True):
    """A hosted zone with its records by name and type."""

    id: str
    name: str
    private: bool
    records: Mapping[tuple[str, str], Sequence[Record]]

    def at(self, name: str, kind: str) -> Sequence[Record]:
        """Return the records of a name, or of the wildcard that stands for it."""
        if any(known == name for known, _ in self.records):
            return self.records.get((name, kind), ())
        parent = name
        while parent != self.name and "." in parent:
            parent = parent.partition(".")[2]
            if found := self.records.get((f"*.{parent}", kind)):
                return found
        return ()

    def has(self, name: str) -> bool:
        """Tell whether the name exists, with whatever type."""
        return any(self.at(name, kind) for kind in {kind for _, kind in self.records}) or any(
            known.endswith(f".{name}") for known, _ in self.records
        )


class Records:
    """Answers questions. `healthy` tells the state of a health check, `address` where a name outside the zones is."""

    def __init__(
        self,
        inquiry: Inquiry,
        healthy: Callable[[str], Awaitable[bool]],
        address: Callable[[str], Awaitable[str | None]],
    ) -> None:
        self._inquiry = inquiry
        self._healthy = healthy
        self._address = address
        self._zones: list[Zone] | None = []

    def forget(self) -> None:
        """Read the zones again: they may have changed."""
        self._zones = None

    async def zones(self) -> list[Zone]:
        """Return the hosted zones, the longest names first."""
        if self._zones is None:
            zones = await self._paged("ListHostedZones", "HostedZones", {"Marker": "NextMarker"})
            self._zones = [
                Zone(
                    id=zone["Id"].rpartition("/")[2],
                    name=plain(zone["Name"]),
                    private=bool(zone.get("Config", {}).get("PrivateZone")),
                    records=await self._records(zone["Id"].rpartition("/")[2]),
                )
                for zone in sorted(zones, key=lambda zone: -len(zone["Name"]))
            ]
        return self._zones

    async def _records(self, zone: str) -> Mapping[tuple[str, str], Sequence[Record]]:
        following = {
            "StartRecordName": "NextRecordName",
            "StartRecordType": "NextRecordType",
            "StartRecordIdentifier": "NextRecordIdentifier",
        }
        records: dict[tuple[str, str], list[Record]] = {}
        for record in await self._paged("ListResourceRecordSets", "ResourceRecordSets", following, HostedZoneId=zone):
            records.setdefault((plain(record["Name"]), record["Type"]), []).append(record)
        return records

    async def _paged(
        self, operation: str, listed: str, following: Mapping[str, str], **given: Any
    ) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        page: dict[str, Any] = {}
        while True:
            output = await self._inquiry("route53", operation, _HOME, **given, **page) or {}
            found += output.get(listed, [])
            if not output.get("IsTruncated"):
                return found
            page = {name: output[source] for name, source in following.items() if output.get(source)}

    async def zone_of(self, name: str) -> Zone | None:
        """Return the public zone that answers for a name."""
        return next(
            (
                zone
                for zone in await self.zones()
                if not zone.private and (name == zone.name or name.endswith(f".{zone.name}"))
            ),
            None,
        )

    async def resolve(self, name: str, kind: str, chain: int = _CHAIN) -> list[Answered] | None:
        """Return the answer to a client, CNAMEs followed; None where there is no such name."""
        name = plain(name)
        zone = await self.zone_of(name)
        if zone is None:
            address = await self._address(name) if kind == "A" else None
            return [Answered(name=name, type=kind, seconds=_ALIAS_SECONDS, value=address)] if address else None
        if found := await self.answer(zone, name, kind):
            return found
        if kind != "CNAME" and chain and (found := await self.answer(zone, name, "CNAME")):
            return found + (await self.resolve(found[0].value, kind, chain - 1) or [])
        return [] if zone.has(name) else None

    async def answer(self, zone: Zone, name: str, kind: str, chain: int = _CHAIN) -> list[Answered]:
        """Return what a zone answers, aliases followed."""
        answers: list[Answered] = []
        for record in await self._chosen(zone, zone.at(plain(name), kind)):
            if alias := record.get("AliasTarget"):
                target = plain(alias["DNSName"])
                if chain and any(zone.at(target, each) for each in (kind, "CNAME")):
                    found = await self.answer(zone, target, kind, chain - 1)
                    answers += [replace(one, name=plain(name)) for one in found]
                elif kind == "A" and (address := await self._address(target)):
                    answers.append(Answered(name=plain(name), type=kind, seconds=_ALIAS_SECONDS, value=address))
            answers += [
                Answered(name=plain(name), type=kind, seconds=int(record.get("TTL", 0)), value=_text(value["Value"]))
                for value in record.get("ResourceRecords", [])
            ]
        return answers

    async def target(self, name: str) -> str | None:
        """Return the name that a name stands for, as a CNAME or an alias; None where it is the last."""
        zone = await self.zone_of(plain(name))
        for kind in ("A", "CNAME"):
            for record in await self._chosen(zone, zone.at(plain(name), kind)) if zone else ():
                if alias := record.get("AliasTarget"):
                    return plain(alias["DNSName"])
                if kind == "CNAME":
                    return plain(record["ResourceRecords"][0]["Value"])
        return None

    async def _chosen(self, zone: Zone, records: Sequence[Record]) -> Sequence[Record]:
        if not records or "SetIdentifier" not in records[0]:
            return records[:1]
        usable = [record for record in records if await self._usable(zone, record)]
        first = records[0]
        if "Failover" in first:
            # With both sides unhealthy Route 53 answers with the primary.
            by_role = {record["Failover"]: record for record in records}
            roles = [record["Failover"] for record in usable] or list(by_role)
            return [by_role["PRIMARY" if "PRIMARY" in roles else roles[0]]]
        if "Weight" in first:
            weighted = [record for record in usable if record["Weight"]] or usable
            pool = weighted or [record for record in records if record["Weight"]] or list(records)
            return random.choices(pool, [record["Weight"] or 1 for record in pool])
        pool = usable or list(records)
        if first.get("MultiValueAnswer"):
            return random.sample(pool, min(_MULTIVALUE, len(pool)))
        return [min(pool, key=_preference)]

    async def _usable(self, zone: Zone, record: Record, chain: int = _CHAIN) -> bool:
        if (check := record.get("HealthCheckId")) and not await self._healthy(check):
            return False
        alias = record.get("AliasTarget")
        if not (alias and alias["EvaluateTargetHealth"] and chain):
            return True
        targets = zone.at(plain(alias["DNSName"]), record["Type"])
        return not targets or any([await self._usable(zone, target, chain - 1) for target in targets])


def _preference(record: Record) -> tuple[bool, str]:
    # Where the client is nobody knows here: the default of a geography first, else by name.
    return record.get("GeoLocation", {}).get("CountryCode", "*") != "*", record.get("Region", record["SetIdentifier"])


def _text(value: str) -> str:
    # moto writes the SOA record of a zone it makes as Python writes a dict.
    return value.removeprefix("{'Value': '").removesuffix("'}")


def plain(name: str) -> str:
    """Return a name without its last dot, in small letters, as DNS compares it; Route 53 writes `*` as an escape."""
    return name.rstrip(".").lower().replace("\\052", "*")
