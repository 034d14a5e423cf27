"""RDS: an event subscription that gets other sources, which moto has no call for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree

from constructs_lib.emulator.standins.rds.reply import (
    answered,
    append,
    asking,
    child,
    children,
    document,
    drop,
    failure,
    put,
    resources,
    rewritten,
    success,
    value,
)

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.call import Call, Reply
    from constructs_lib.emulator.standins import Forward

_ADD: Final = "AddSourceIdentifierToSubscription"
_REMOVE: Final = "RemoveSourceIdentifierFromSubscription"
_DESCRIBE: Final = "DescribeEventSubscriptions"
_SOURCES: Final = {
    "db-instance": ("DescribeDBInstances", "DBInstanceIdentifier"),
    "db-cluster": ("DescribeDBClusters", "DBClusterIdentifier"),
}


class RdsEventSubscriptions:
    """The sources of every subscription that was changed, by Region and name."""

    service = "rds"

    def __init__(self) -> None:
        self._sources: dict[tuple[str, str], list[str]] = {}

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Return the answer to `call`."""
        if call.operation in (_ADD, _REMOVE):
            return await self._change(call, forward)
        if call.operation in ("CreateEventSubscription", "DeleteEventSubscription"):
            self._sources.pop((call.region, call.form.get("SubscriptionName", "")), None)
        reply = await forward(call)
        if call.operation != _DESCRIBE or not reply.succeeded:
            return reply
        root = document(reply)
        for found in resources(root, "EventSubscription"):
            name = value(found, "CustSubscriptionId")
            if (call.region, name) in self._sources:
                drop(found, child(found, "SourceIdsList"))
                listed = put(found, "SourceIdsList")
                for text in self._sources[call.region, name]:
                    append(listed, "SourceId", {}).text = text
        return rewritten(reply, root)

    async def _change(self, call: Call, forward: Forward) -> Reply:
        name, source = call.form["SubscriptionName"], call.form["SourceIdentifier"]
        asked = asking(call, _DESCRIBE, SubscriptionName=name)
        reply = await self.answer(asked, forward)
        if not reply.succeeded:
            return reply
        (found,) = resources(document(reply), "EventSubscription")
        sources = [item.text or "" for item in children(found, "SourceIdsList")]
        if call.operation == _ADD:
            operation, parameter = _SOURCES.get(value(found, "SourceType"), ("", ""))
            there = not operation or (await forward(asking(call, operation, **{parameter: source}))).succeeded
            if not there:
                return failure("SourceNotFound", f"The source {source} is not found.", status=404)
            sources = [*sources, *([] if source in sources else [source])]
        elif source not in sources:
            return failure("SourceNotFound", f"The subscription {name} has no source {source}.", status=404)
        else:
            sources = [item for item in sources if item != source]
        self._sources[call.region, name] = sources
        (found,) = resources(document(await self.answer(asked, forward)), "EventSubscription")
        root, result = answered(call.operation)
        result.append(ElementTree.fromstring(ElementTree.tostring(found)))
        return success(root)
