"""Aurora DSQL: the states of a multi-Region cluster, which ministack reports ACTIVE before it has a peer."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.call import Call, Reply
    from constructs_lib.emulator.standins import Forward

_CLUSTER_ARN: Final = re.compile(r"arn:[^:]+:dsql:(?P<region>[^:]+):\d{12}:cluster/(?P<identifier>.+)")


class DsqlPeering:
    """Reports a cluster with a witness as PENDING_SETUP until it and each peer name one another, then ACTIVE.

    The clusters themselves are ministack's, which lists those of every Region in each. A customer-managed key is taken
    as given: ministack would look for it among keys of its own, and keys are moto's here.
    """

    service = "dsql"

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Answer for clusters; pass on tags and the rest."""
        if call.segments[:1] != ("cluster",) or len(call.segments) > 2:
            return await forward(call)
        if (call.method, len(call.segments)) == ("GET", 1):
            return _of_its_region(call, await forward(call))
        asked = json.loads(call.body) if call.body else {}
        key = asked.pop("kmsEncryptionKey", None)
        if key == "AWS_OWNED_KMS_KEY":
            key = ""
        reply = await forward(call.instead(body=json.dumps(asked).encode()) if call.body else call)
        if not reply.succeeded:
            return reply
        cluster = json.loads(reply.body)
        if key is not None:
            self._keys[cluster["arn"]] = key
        if own := self._keys.get(cluster["arn"]):
            cluster["encryptionDetails"] = {
                "encryptionType": "CUSTOMER_MANAGED_KMS_KEY",
                "kmsKeyArn": own,
                "encryptionStatus": "ENABLED",
            }
        if cluster.get("status") == "ACTIVE":
            await _show_peers(cluster, call, forward)
        return reply.with_body(json.dumps(cluster).encode())


def _of_its_region(call: Call, reply: Reply) -> Reply:
    if not reply.succeeded:
        return reply
    listed = json.loads(reply.body)
    listed["clusters"] = [one for one in listed["clusters"] if one["arn"].split(":")[3] == call.region]
    return reply.with_body(json.dumps(listed).encode())


async def _show_peers(cluster: dict[str, Any], call: Call, forward: Forward) -> None:
    peering = cluster.get("multiRegionProperties") or await _peering(cluster["arn"], call, forward)
    if not peering.get("witnessRegion"):
        return
    peers = [arn for arn in peering.get("clusters") or [] if arn != cluster["arn"]]
    mutual = [cluster["arn"] in ((await _peering(arn, call, forward)).get("clusters") or []) for arn in peers]
    cluster["status"] = "ACTIVE" if mutual and all(mutual) else "PENDING_SETUP"
    if "multiRegionProperties" in cluster:
        cluster["multiRegionProperties"] = peering | {"clusters": [cluster["arn"], *peers]}


async def _peering(arn: str, call: Call, forward: Forward) -> dict[str, Any]:
    if not (named := _CLUSTER_ARN.fullmatch(arn)):
        return {}
    asked = call.instead(region=named["region"], method="GET", path=f"/cluster/{named['identifier']}", body=b"")
    reply = await forward(replace(asked, query=""))
    return (json.loads(reply.body).get("multiRegionProperties") or {}) if reply.succeeded else {}
