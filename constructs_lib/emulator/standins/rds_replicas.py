"""RDS: read replicas in another Region, which moto makes as copies that still share much with their source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode

import attrs

from constructs_lib.emulator.standins import rds_reply

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from constructs_lib.emulator.call import Call, Reply
    from constructs_lib.emulator.standins import Forward

#: What moto looks up in the Region of the source; set on the replica once moto has made it.
_NETWORK: Final = ("DBSubnetGroupName", "VpcSecurityGroupIds.")
_EXPORTS_ASKED: Final = "EnableCloudwatchLogsExports."
_EXPORTS_ENABLED: Final = "CloudwatchLogsExportConfiguration.EnableLogTypes."
_EXPORTS_DISABLED: Final = "CloudwatchLogsExportConfiguration.DisableLogTypes."


@attrs.frozen(kw_only=True)
class _Own:
    """What a replica has only where it is asked for; moto's copy shows that of its source."""

    exports: tuple[str, ...]
    storage_limit: bool


class RdsReplicas:
    """Gives a cross-Region replica a network, monitoring and log exports of its own, and promotes it for good.

    Shows no managed secret on a replica, and its zone in its own Region, as AWS does.
    """

    service = "rds"

    def __init__(self) -> None:
        self._replicas: dict[tuple[str, str], _Own] = {}
        self._promoted: set[str] = set()

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Make, change and promote replicas, and correct their descriptions; pass on the rest."""
        identifier = call.form.get("DBInstanceIdentifier", "")
        if call.operation == "CreateDBInstanceReadReplica" and call.form.get(
            "SourceDBInstanceIdentifier", ""
        ).startswith("arn:"):
            reply = await self._create(call, forward, identifier)
        elif call.operation == "ModifyDBInstance" and (call.region, identifier) in self._replicas:
            reply = await self._modify(call, forward, identifier)
        else:
            reply = await forward(call)
        if not reply.succeeded:
            return reply
        root = rds_reply.document(reply)
        for instance in rds_reply.resources(root, "DBInstance"):
            if call.operation == "PromoteReadReplica":
                self._promoted.add(rds_reply.value(instance, "DBInstanceArn"))
            self._correct(instance, call.region)
            if call.operation == "DeleteDBInstance":
                self._promoted.discard(rds_reply.value(instance, "DBInstanceArn"))
                self._replicas.pop((call.region, identifier), None)
        return rds_reply.rewritten(reply, root)

    async def _create(self, call: Call, forward: Forward, identifier: str) -> Reply:
        given = parse_qsl(call.body.decode(), keep_blank_values=True)
        network = [pair for pair in given if pair[0].startswith(_NETWORK)]
        monitoring = [] if "MonitoringInterval" in call.form else [("MonitoringInterval", "0")]
        created = await forward(_asking(call, [pair for pair in given if pair not in network] + monitoring))
        if not created.succeeded:
            return created
        self._replicas[call.region, identifier] = _Own(
            exports=tuple(text for name, text in given if name.startswith(_EXPORTS_ASKED)),
            storage_limit="MaxAllocatedStorage" in call.form,
        )
        if not network:
            return created
        identity = [
            ("Action", "ModifyDBInstance"),
            ("Version", call.form["Version"]),
            ("DBInstanceIdentifier", identifier),
            ("ApplyImmediately", "true"),
        ]
        modified = await forward(_asking(call, identity + network))
        return rds_reply.renamed(modified, call.operation) if modified.succeeded else modified

    async def _modify(self, call: Call, forward: Forward, identifier: str) -> Reply:
        given = parse_qsl(call.body.decode(), keep_blank_values=True)
        enabled = [text for name, text in given if name.startswith(_EXPORTS_ENABLED)]
        disabled = [text for name, text in given if name.startswith(_EXPORTS_DISABLED)]
        others = [pair for pair in given if not pair[0].startswith((_EXPORTS_ENABLED, _EXPORTS_DISABLED))]
        reply = await forward(_asking(call, others))
        if reply.succeeded:
            own = self._replicas[call.region, identifier]
            self._replicas[call.region, identifier] = _Own(
                exports=tuple(sorted({*own.exports, *enabled} - set(disabled))),
                storage_limit=own.storage_limit or "MaxAllocatedStorage" in call.form,
            )
        return reply

    def _correct(self, instance: Element, region: str) -> None:
        for replica in rds_reply.children(instance, "ReadReplicaDBInstanceIdentifiers"):
            if replica.text in self._promoted:
                rds_reply.drop(rds_reply.put(instance, "ReadReplicaDBInstanceIdentifiers"), replica)
        own = self._replicas.get((region, rds_reply.value(instance, "DBInstanceIdentifier")))
        if own is None:
            return
        rds_reply.replace_list(instance, "EnabledCloudwatchLogsExports", own.exports)
        if not own.storage_limit:
            rds_reply.drop(instance, rds_reply.child(instance, "MaxAllocatedStorage"))
        if rds_reply.value(instance, "MonitoringInterval") == "0":
            rds_reply.drop(instance, rds_reply.child(instance, "MonitoringRoleArn"))
        zone = rds_reply.value(instance, "AvailabilityZone")
        rds_reply.put(instance, "AvailabilityZone", region + zone[-1:])
        rds_reply.drop(instance, rds_reply.child(instance, "MasterUserSecret"))
        if rds_reply.value(instance, "DBInstanceArn") in self._promoted:
            rds_reply.drop(instance, rds_reply.child(instance, "ReadReplicaSourceDBInstanceIdentifier"))


def _asking(call: Call, parameters: list[tuple[str, str]]) -> Call:
    return call.instead(body=urlencode(parameters).encode())
