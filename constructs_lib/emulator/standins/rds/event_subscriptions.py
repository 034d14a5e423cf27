"""RDS: an event subscription that gets other sources and settings, which moto has no calls for."""

from __future__ import annotations

import re
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
    filled,
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
_MODIFY: Final = "ModifyEventSubscription"
_DESCRIBE: Final = "DescribeEventSubscriptions"
#: What a change may say, but for categories, which are a list.
_SETTINGS: Final = ("SnsTopicArn", "SourceType", "Enabled")
_CATEGORY: Final = re.compile(r"EventCategories\.\w+\.\d+")
_SOURCES: Final = {
    "db-instance": ("DescribeDBInstances", "DBInstanceIdentifier"),
    "db-cluster": ("DescribeDBClusters", "DBClusterIdentifier"),
}


class RdsEventSubscriptions:
    """The sources and settings of every subscription that was changed, by Region and name."""

    service = "rds"

    def __init__(self) -> None:
        self._sources: dict[tuple[str, str], list[str]] = {}
        self._settings: dict[tuple[str, str], dict[str, str]] = {}
        self._categories: dict[tuple[str, str], list[str]] = {}

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Return the answer to `call`."""
        if call.operation in (_ADD, _REMOVE):
            return await self._change(call, forward)
        if call.operation == _MODIFY:
            return await self._modify(call, forward)
        if call.operation in ("CreateEventSubscription", "DeleteEventSubscription"):
            for kept in (self._sources, self._settings, self._categories):
                kept.pop((call.region, call.form.get("SubscriptionName", "")), None)
        reply = await forward(call)
        if call.operation != _DESCRIBE or not reply.succeeded:
            return reply
        root = document(reply)
        for found in resources(root, "EventSubscription"):
            named = call.region, value(found, "CustSubscriptionId")
            filled(found, self._settings.get(named, {}))
            for listed, item, texts in (
                ("SourceIdsList", "SourceId", self._sources.get(named)),
                ("EventCategoriesList", "EventCategory", self._categories.get(named)),
            ):
                if texts is not None:
                    drop(found, child(found, listed))
                    inside = put(found, listed)
                    for text in texts:
                        append(inside, item, {}).text = text
        return rewritten(reply, root)

    async def _modify(self, call: Call, forward: Forward) -> Reply:
        named = call.region, call.form["SubscriptionName"]
        asked = asking(call, _DESCRIBE, SubscriptionName=named[1])
        reply = await self.answer(asked, forward)
        if not reply.succeeded:
            return reply
        given = {name: call.form[name] for name in _SETTINGS if name in call.form}
        self._settings[named] = self._settings.get(named, {}) | given
        if categories := [text for name, text in call.form.items() if _CATEGORY.fullmatch(name)]:
            self._categories[named] = categories
        return await self._shown(call, asked, forward)

    async def _shown(self, call: Call, asked: Call, forward: Forward) -> Reply:
        (found,) = resources(document(await self.answer(asked, forward)), "EventSubscription")
        root, result = answered(call.operation)
        result.append(ElementTree.fromstring(ElementTree.tostring(found)))
        return success(root)

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
        return await self._shown(call, asked, forward)
