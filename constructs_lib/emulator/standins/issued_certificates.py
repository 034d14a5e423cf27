"""ACM: a certificate is issued once the records it asks for are in a hosted zone. moto issues every one, by time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.call import Call, Reply
    from constructs_lib.emulator.calls.inquiry import Inquiry
    from constructs_lib.emulator.standins import Forward

_HOME: Final = "us-east-1"


class IssuedCertificates:
    """Shows a certificate of ACM's own as waiting until each of its names is proven by DNS."""

    service = "acm"

    def __init__(self, inquiry: Inquiry) -> None:
        self._ask = inquiry

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Correct the status that a description shows; pass on the rest."""
        reply = await forward(call)
        if call.operation != "DescribeCertificate" or not reply.succeeded:
            return reply
        answer: dict[str, Any] = json.loads(reply.body)
        certificate = answer["Certificate"]
        proofs = certificate.get("DomainValidationOptions", [])
        if not proofs or certificate["Status"] != "ISSUED":
            return reply
        for proof in proofs:
            if not await self._is_proven(proof["ResourceRecord"]):
                proof["ValidationStatus"] = certificate["Status"] = "PENDING_VALIDATION"
                certificate.pop("IssuedAt", None)
        return reply.with_body(json.dumps(answer).encode())

    async def _is_proven(self, wanted: Mapping[str, str]) -> bool:
        zones = await self._ask("route53", "ListHostedZones", _HOME) or {}
        for zone in zones.get("HostedZones", []):
            if not wanted["Name"].endswith(f".{zone['Name']}"):
                continue
            listed = await self._ask(
                "route53",
                "ListResourceRecordSets",
                _HOME,
                HostedZoneId=zone["Id"].rpartition("/")[2],
                StartRecordName=wanted["Name"],
                StartRecordType=wanted["Type"],
                MaxItems="1",
            )
            for record in (listed or {}).get("ResourceRecordSets", []):
                values = {value["Value"].rstrip(".") for value in record.get("ResourceRecords", [])}
                if record["Name"] == wanted["Name"] and wanted["Value"].rstrip(".") in values:
                    return True
        return False
