"""RDS: the states in which AWS makes a client wait, of which moto shows none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from constructs_lib.emulator.standins.rds import reply as rds_reply

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping
    from xml.etree.ElementTree import Element

    from constructs_lib.emulator.calls.call import Call, Reply
    from constructs_lib.emulator.standins import Forward
    from constructs_lib.emulator.world import World


class _Kind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of resource: what tells one from another, the field with its state, and what each call begins."""

    element: str
    identity: str
    state: str
    begins: Mapping[str, str]


_KINDS: Final = {
    "instance": _Kind(
        element="DBInstance",
        identity="DbiResourceId",
        state="DBInstanceStatus",
        begins={
            "CreateDBInstance": "creating",
            "CreateDBInstanceReadReplica": "creating",
            "RestoreDBInstanceToPointInTime": "creating",
            "RestoreDBInstanceFromDBSnapshot": "creating",
            "ModifyDBInstance": "modifying",
            "RebootDBInstance": "rebooting",
            "StartDBInstance": "starting",
            "StopDBInstance": "stopping",
        },
    ),
    "cluster": _Kind(
        element="DBCluster",
        identity="DbClusterResourceId",
        state="Status",
        begins={
            "CreateDBCluster": "creating",
            "RestoreDBClusterToPointInTime": "creating",
            "RestoreDBClusterFromSnapshot": "creating",
            "ModifyDBCluster": "modifying",
            "StartDBCluster": "starting",
            "StopDBCluster": "stopping",
        },
    ),
    "snapshot": _Kind(
        element="DBSnapshot",
        identity="DBSnapshotArn",
        state="Status",
        begins={"CreateDBSnapshot": "creating", "CopyDBSnapshot": "creating"},
    ),
    "cluster snapshot": _Kind(
        element="DBClusterSnapshot",
        identity="DBClusterSnapshotArn",
        state="Status",
        begins={"CreateDBClusterSnapshot": "creating", "CopyDBClusterSnapshot": "creating"},
    ),
}
#: Calls that an instance takes only while it is available, with the parameter that names it.
_WANTS_AN_AVAILABLE_INSTANCE: Final = {
    "CreateDBInstanceReadReplica": "SourceDBInstanceIdentifier",
    "CreateDBSnapshot": "DBInstanceIdentifier",
    "ModifyDBInstance": "DBInstanceIdentifier",
    "PromoteReadReplica": "DBInstanceIdentifier",
    "RebootDBInstance": "DBInstanceIdentifier",
    "RestoreDBInstanceToPointInTime": "SourceDBInstanceIdentifier",
    "StopDBInstance": "DBInstanceIdentifier",
}


class RdsStates:
    """Shows `creating`, `modifying` and their like for as many polls as are set, and refuses what has to wait.

    A promotion is begun by `RdsReplicas`, which shows the old source as long as it lasts.
    """

    service = "rds"

    def __init__(self, world: World) -> None:
        self._world = world

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Refuse what has to wait, begin what the call begins, and show the state of whatever is described."""
        if not self._world.settings.polls:
            return await forward(call)
        if (busy := await self._busy(call, forward)) is not None:
            return busy
        reply = await forward(call)
        if not reply.succeeded:
            return reply
        root = rds_reply.document(reply)
        for key, state, resource, kind in _found(root):
            if (begun := kind.begins.get(call.operation)) is not None:
                self._world.begin(key, begun)
            describes = call.operation.startswith("Describe") and not call.is_inquiry
            if shown := (self._world.polled(key) if describes else self._world.under_way(key)):
                rds_reply.put(resource, state, shown)
        return rds_reply.rewritten(reply, root)

    async def _busy(self, call: Call, forward: Forward) -> Reply | None:
        named = call.form.get(_WANTS_AN_AVAILABLE_INSTANCE.get(call.operation, ""), "")
        if not named or named.startswith("arn:"):
            return None
        described = await forward(rds_reply.describing(call, named))
        if described.succeeded:
            for key, *_ in _found(rds_reply.document(described)):
                if (state := self._world.under_way(key)) is not None:
                    return rds_reply.not_in_state(named, f"is not in state available: it is {state}")
        return None


def _found(root: Element) -> Iterator[tuple[Hashable, str, Element, _Kind]]:
    for name, kind in _KINDS.items():
        for resource in rds_reply.resources(root, kind.element):
            yield (name, rds_reply.value(resource, kind.identity)), kind.state, resource, kind
