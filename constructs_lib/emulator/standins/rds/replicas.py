"""RDS: read replicas, which moto makes as copies that share much with their source and cannot be told apart later."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode

import attrs

from constructs_lib.emulator.standins.rds import reply as rds_reply

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from constructs_lib.emulator.calls.call import Call, Reply
    from constructs_lib.emulator.standins import Forward
    from constructs_lib.emulator.standins.rds.identities import RdsIdentities
    from constructs_lib.emulator.world import World

#: What moto looks up in the Region of the source; set on the replica once moto has made it.
_NETWORK: Final = ("DBSubnetGroupName", "VpcSecurityGroupIds.")
_EXPORTS_ASKED: Final = "EnableCloudwatchLogsExports."
_EXPORTS_ENABLED: Final = "CloudwatchLogsExportConfiguration.EnableLogTypes."
_EXPORTS_DISABLED: Final = "CloudwatchLogsExportConfiguration.DisableLogTypes."
_ARN: Final = re.compile(r"(arn:[^:]+:rds):(?P<region>[^:]+):(\d{12}):db:(?P<identifier>.+)")


@attrs.define(kw_only=True)
class Replica:
    """A replica: the resource id of its source until it is promoted, and what is its own where moto copies.

    `left` is the source while a promotion is under way.
    """

    source: str | None
    left: str | None = None
    abroad: bool
    exports: tuple[str, ...]
    storage_limit: bool


class RdsReplicas:
    """Knows who replicates whom, by resource id, so that a rename changes nothing; promotes once and for good.

    Gives a cross-Region replica a network, monitoring and log exports of its own, and shows no managed secret on it and
    its zone in its own Region, as AWS does. To moto every replica is an instance like any other.
    """

    service = "rds"

    def __init__(self, identities: RdsIdentities, world: World) -> None:
        self.known: dict[str, Replica] = {}
        self._identities = identities
        self._world = world

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Make, change and promote replicas, and correct their descriptions; pass on the rest."""
        identifier = call.form.get("DBInstanceIdentifier", "")
        resource_id = self._identities.of(call.region, identifier) if identifier else ""
        match call.operation:
            case "CreateDBInstanceReadReplica":
                reply = await self._create(call, forward, identifier)
            case "ModifyDBInstance" if resource_id in self.known:
                reply = await self._modify(call, forward, self.known[resource_id])
            case "PromoteReadReplica" if self.source_of(resource_id) is None:
                described = await forward(rds_reply.describing(call, identifier))
                return rds_reply.not_in_state(identifier, "is not a read replica") if described.succeeded else described
            case _:
                reply = await forward(call)
        if not reply.succeeded:
            return reply
        if call.operation == "PromoteReadReplica":
            self._world.begin(("instance", resource_id), "modifying")
            promoted = self.known[resource_id]
            promoted.left, promoted.source = promoted.source, None
        root = rds_reply.document(reply)
        for instance in rds_reply.resources(root, "DBInstance"):
            self._correct(instance, call.region)
        if call.operation == "DeleteDBInstance":
            self.known.pop(resource_id, None)
            for replica in self.known.values():  # an orphan goes on by itself
                if replica.source == resource_id:
                    replica.source = None
        return rds_reply.rewritten(reply, root)

    def source_of(self, resource_id: str) -> str | None:
        """Return the resource id of the source a replica follows."""
        return known.source if (known := self.known.get(resource_id)) is not None else None

    async def _create(self, call: Call, forward: Forward, identifier: str) -> Reply:
        source = call.form.get("SourceDBInstanceIdentifier", "")
        named = _ARN.fullmatch(source)
        place = (named["region"], named["identifier"]) if named else (call.region, source)
        abroad = place[0] != call.region
        given = parse_qsl(call.body.decode(), keep_blank_values=True)
        network = [pair for pair in given if pair[0].startswith(_NETWORK)] if abroad else []
        more = [] if "MonitoringInterval" in call.form else [("MonitoringInterval", "0")]
        if group := call.form.get("DBParameterGroupName"):
            look = [("Action", "DescribeDBParameterGroups"), ("Version", call.form["Version"])]
            found = await forward(_asking(call, [*look, ("DBParameterGroupName", group)]))
            if not found.succeeded:
                return found
        elif abroad:
            # The source's group is not there; moto takes any name that starts so for the engine's own.
            described = await forward(rds_reply.describing(call, place[1], region=place[0]))
            for source_there in rds_reply.resources(rds_reply.document(described), "DBInstance"):
                more.append(("DBParameterGroupName", f"default.{rds_reply.value(source_there, 'Engine')}"))
        created = await forward(_asking(call, [pair for pair in given if pair not in network] + more))
        if not created.succeeded:
            return created
        self.known[self._identities.of(call.region, identifier)] = Replica(
            source=self._identities.of(*place),
            abroad=abroad,
            exports=tuple(text for name, text in given if name.startswith(_EXPORTS_ASKED)),
            storage_limit="MaxAllocatedStorage" in call.form,
        )
        identity = [("Version", call.form["Version"]), ("DBInstanceIdentifier", identifier)]
        # moto would look for the source under the name it has now whenever the replica changes.
        settled = await forward(_asking(call, [("Action", "PromoteReadReplica"), *identity]))
        if network:
            modify = [("Action", "ModifyDBInstance"), *identity, ("ApplyImmediately", "true"), *network]
            settled = await forward(_asking(call, modify))
        return rds_reply.renamed(settled, call.operation) if settled.succeeded else settled

    async def _modify(self, call: Call, forward: Forward, replica: Replica) -> Reply:
        given = parse_qsl(call.body.decode(), keep_blank_values=True)
        enabled = [text for name, text in given if name.startswith(_EXPORTS_ENABLED)]
        disabled = [text for name, text in given if name.startswith(_EXPORTS_DISABLED)]
        others = [pair for pair in given if not pair[0].startswith((_EXPORTS_ENABLED, _EXPORTS_DISABLED))]
        reply = await forward(_asking(call, others))
        if reply.succeeded:
            replica.exports = tuple(sorted({*replica.exports, *enabled} - set(disabled)))
            replica.storage_limit |= "MaxAllocatedStorage" in call.form
        return reply

    def _correct(self, instance: Element, region: str) -> None:
        resource_id = rds_reply.value(instance, "DbiResourceId")
        arn = rds_reply.value(instance, "DBInstanceArn")
        replicas = [identity for identity, one in self.known.items() if one.source == resource_id]
        rds_reply.replace_list(
            instance, "ReadReplicaDBInstanceIdentifiers", [self._name(one, region, arn) for one in replicas]
        )
        if (replica := self.known.get(resource_id)) is None:
            return
        rds_reply.drop(instance, rds_reply.child(instance, "ReadReplicaSourceDBInstanceIdentifier"))
        if self._world.under_way(("instance", resource_id)) is None:
            replica.left = None
        if source := replica.source or replica.left:
            rds_reply.put(instance, "ReadReplicaSourceDBInstanceIdentifier", self._name(source, region, arn))
        if not replica.abroad:
            return
        rds_reply.replace_list(instance, "EnabledCloudwatchLogsExports", replica.exports)
        if not replica.storage_limit:
            rds_reply.drop(instance, rds_reply.child(instance, "MaxAllocatedStorage"))
        if rds_reply.value(instance, "MonitoringInterval") == "0":
            rds_reply.drop(instance, rds_reply.child(instance, "MonitoringRoleArn"))
        zone = rds_reply.value(instance, "AvailabilityZone")
        rds_reply.put(instance, "AvailabilityZone", region + zone[-1:])
        rds_reply.drop(instance, rds_reply.child(instance, "MasterUserSecret"))

    def _name(self, resource_id: str, region: str, own_arn: str) -> str:
        place = self._identities.place(resource_id)
        if place is None or place[0] == region:
            return place[1] if place else ""
        return _ARN.sub(rf"\1:{place[0]}:\3:db:{place[1]}", own_arn)


def _asking(call: Call, parameters: list[tuple[str, str]]) -> Call:
    return call.instead(body=urlencode(parameters).encode())
