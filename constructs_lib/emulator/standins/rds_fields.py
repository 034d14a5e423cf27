"""RDS: fields of a description that moto takes and forgets, shows where AWS does not, or does not filter by."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from constructs_lib.emulator.standins import rds_reply

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from constructs_lib.emulator.call import Call, Reply
    from constructs_lib.emulator.standins import Forward

_IDENTIFIER: Final = {
    "DBInstance": "DBInstanceIdentifier",
    "DBCluster": "DBClusterIdentifier",
}
_FILTER_NAME: Final = re.compile(r"Filters\.Filter\.\d+\.Name")
#: Parameters moto forgets, with the field that shows each.
_FORGOTTEN: Final = {
    "EnablePerformanceInsights": "PerformanceInsightsEnabled",
    "PerformanceInsightsKMSKeyId": "PerformanceInsightsKMSKeyId",
    "PerformanceInsightsRetentionPeriod": "PerformanceInsightsRetentionPeriod",
}


class RdsFields:
    """Gives each instance a resource id of its own (moto has one for all) and finds it by that id.

    Shows Performance Insights as asked and parameters as set by the user, and drops the empty serverless settings of
    a provisioned cluster.
    """

    service = "rds"

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str, str], dict[str, str]] = {}

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Correct the descriptions in whatever moto answers."""
        wanted = _resource_ids(call) if call.operation == "DescribeDBInstances" else []
        reply = await forward(_unfiltered(call) if wanted else call)
        if not reply.succeeded:
            return reply
        root = rds_reply.document(reply)
        for kind in _IDENTIFIER:
            for resource in rds_reply.resources(root, kind):
                self._correct(kind, resource, call)
        for parameter in rds_reply.resources(root, "Parameter"):
            rds_reply.put(parameter, "Source", rds_reply.value(parameter, "Source") or "user")
        if wanted:
            _keep_only(root, wanted)
        return rds_reply.rewritten(reply, root)

    def _correct(self, kind: str, resource: Element, call: Call) -> None:
        identifier = rds_reply.value(resource, _IDENTIFIER[kind])
        key = (call.region, kind, identifier)
        if call.operation.startswith(("Create", "Restore")) and kind in call.operation:
            self._kept[key] = {}
        if not call.operation.startswith("Describe"):
            asked = call.form
            self._kept.setdefault(key, {}).update(
                {field: asked[name] for name, field in _FORGOTTEN.items() if name in asked}
            )
        kept = self._kept.get(key, {})
        if kept.get("PerformanceInsightsEnabled") == "true":
            kept = {"PerformanceInsightsRetentionPeriod": "7"} | kept
        rds_reply.filled(resource, kept)
        if kind == "DBInstance":
            rds_reply.put(resource, "DbiResourceId", _resource_id(rds_reply.value(resource, "DBInstanceArn")))
        settings = rds_reply.child(resource, "ScalingConfigurationInfo")
        if settings is not None and not len(settings):
            resource.remove(settings)


def _keep_only(root: Element, resource_ids: list[str]) -> None:
    for listed in rds_reply.resources(root, "DBInstances"):
        for instance in list(listed):
            if rds_reply.value(instance, "DbiResourceId") not in resource_ids:
                rds_reply.drop(listed, instance)


def _resource_ids(call: Call) -> list[str]:
    filters = [name for name, text in call.form.items() if _FILTER_NAME.fullmatch(name) and text == "dbi-resource-id"]
    prefixes = tuple(name.removesuffix("Name") + "Values." for name in filters)
    return [text for name, text in call.form.items() if prefixes and name.startswith(prefixes)]


def _unfiltered(call: Call) -> Call:
    kept = {name: text for name, text in call.form.items() if not name.startswith("Filters.")}
    return call.instead(body=urlencode(kept).encode())


def _resource_id(arn: str) -> str:
    return "db-" + base64.b32encode(hashlib.sha256(arn.encode()).digest()).decode()[:26]
