"""RDS: fields of a description that moto takes and forgets, shows where AWS does not, or does not filter by."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from constructs_lib.emulator.standins.rds import reply as rds_reply

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from constructs_lib.emulator.calls.call import Call, Reply
    from constructs_lib.emulator.standins import Forward
    from constructs_lib.emulator.standins.rds.identities import RdsIdentities

_IDENTIFIER: Final = {
    "DBInstance": "DBInstanceIdentifier",
    "DBCluster": "DBClusterIdentifier",
}
_CREATING: Final = {
    "CreateDBInstance": ("DeleteDBSnapshot", "DBSnapshotIdentifier", "DBInstanceIdentifier"),
    "CreateDBCluster": ("DeleteDBClusterSnapshot", "DBClusterSnapshotIdentifier", "DBClusterIdentifier"),
}
_MODIFYING: Final = {"ModifyDBInstance": "DBInstance", "ModifyDBCluster": "DBCluster"}
_VERSION: Final = "EngineVersion"
#: Parameters moto forgets, with the field that shows each.
_FORGOTTEN: Final = {
    "EnablePerformanceInsights": "PerformanceInsightsEnabled",
    "PerformanceInsightsKMSKeyId": "PerformanceInsightsKMSKeyId",
    "PerformanceInsightsRetentionPeriod": "PerformanceInsightsRetentionPeriod",
}
#: The same, that moto forgets of a cluster, or where it is modified.
_FORGOTTEN_OF_CLUSTERS: Final = {
    "EnableIAMDatabaseAuthentication": "IAMDatabaseAuthenticationEnabled",
    "MonitoringInterval": "MonitoringInterval",
    "MonitoringRoleArn": "MonitoringRoleArn",
}
_LOGS: Final = "EnabledCloudwatchLogsExports"


class RdsFields:
    """Gives each instance a resource id of its own, which survives a rename, and finds it by that id.

    Shows Performance Insights as asked, and drops the empty serverless settings of a provisioned cluster.
    """

    service = "rds"

    def __init__(self, identities: RdsIdentities) -> None:
        self._identities = identities
        self._kept: dict[str, dict[str, str]] = {}
        self._logs: dict[str, list[str]] = {}

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Correct the descriptions in whatever moto answers."""
        if call.operation in _CREATING:
            await _make_way(call, forward)
            call = _without_default_options(call)
        if call.operation in _MODIFYING and _VERSION in call.form:
            call = await _of_its_version(call, forward)
        by_id = call.operation == "DescribeDBInstances"
        wanted = rds_reply.filters(call.form).get("dbi-resource-id", []) if by_id else []
        reply = await forward(_unfiltered(call) if wanted else call)
        if not reply.succeeded:
            return reply
        root = rds_reply.document(reply)
        for kind in _IDENTIFIER:
            for resource in rds_reply.resources(root, kind):
                self._correct(kind, resource, call)
        if wanted:
            _keep_only(root, wanted)
        return rds_reply.rewritten(reply, root)

    def _correct(self, kind: str, resource: Element, call: Call) -> None:
        key = self._identity(kind, resource, call)
        if not call.operation.startswith("Describe"):
            asked = call.form
            self._kept.setdefault(key, {}).update(
                {field: asked[name] for name, field in _FORGOTTEN.items() if name in asked}
            )
            if kind == "DBCluster":
                self._keep_of_cluster(key, resource, call)
        if key in self._logs:
            rds_reply.replace_list(resource, _LOGS, self._logs[key])
        kept = self._kept.get(key, {})
        if kept.get("PerformanceInsightsEnabled") == "true":
            kept = {"PerformanceInsightsRetentionPeriod": "7"} | kept
        rds_reply.filled(resource, kept)
        if kind == "DBInstance":
            rds_reply.put(resource, "DbiResourceId", key)
            if rds_reply.value(resource, "Engine").startswith("oracle") and (
                name := rds_reply.value(resource, "DBName")
            ):
                # Seen: https://github.com/hashicorp/terraform-provider-aws/issues/84.
                rds_reply.put(resource, "DBName", name.upper())
            if rds_reply.value(resource, "BackupRetentionPeriod") == "0":
                rds_reply.drop(resource, rds_reply.child(resource, "LatestRestorableTime"))
        settings = rds_reply.child(resource, "ScalingConfigurationInfo")
        if settings is not None and not len(settings):
            resource.remove(settings)

    def _keep_of_cluster(self, key: str, cluster: Element, call: Call) -> None:
        asked = call.form
        self._kept[key].update({field: asked[name] for name, field in _FORGOTTEN_OF_CLUSTERS.items() if name in asked})
        changed = {
            change: [
                text for name, text in asked.items() if name.startswith(f"CloudwatchLogsExportConfiguration.{change}")
            ]
            for change in ("EnableLogTypes", "DisableLogTypes")
        }
        if any(changed.values()):
            shown = self._logs.get(key, [item.text or "" for item in rds_reply.children(cluster, _LOGS)])
            self._logs[key] = sorted({*shown, *changed["EnableLogTypes"]} - set(changed["DisableLogTypes"]))

    def _identity(self, kind: str, resource: Element, call: Call) -> str:
        if kind == "DBCluster":
            return rds_reply.value(resource, "DbClusterResourceId")
        region, identifier = call.region, rds_reply.value(resource, "DBInstanceIdentifier")
        if call.operation.startswith(("CreateDBInstance", "RestoreDBInstance")):
            self._identities.created(region, identifier)
        elif call.operation == "ModifyDBInstance" and identifier != (old := call.form["DBInstanceIdentifier"]):
            self._identities.renamed(region, old, identifier)
        resource_id = self._identities.of(region, identifier)
        if call.operation == "DeleteDBInstance":
            self._identities.deleted(region, identifier)
        return resource_id


def _without_default_options(call: Call) -> Call:
    # moto tells them of every instance, and does not find them.
    if not call.form.get("OptionGroupName", "").startswith("default:"):
        return call
    kept = {name: value for name, value in call.form.items() if name != "OptionGroupName"}
    return call.instead(body=urlencode(kept).encode())


async def _make_way(call: Call, forward: Forward) -> None:
    # moto's first automatic snapshot is called by name and minute, and it refuses a second one of the same name, as
    # when a database is deleted or renamed and another takes its name.
    operation, parameter, identifier = _CREATING[call.operation]
    snapshot = f"rds:{call.form.get(identifier, '')}-{datetime.now(tz=UTC):%Y-%m-%d-%H-%M}"
    await forward(rds_reply.asking(call, operation, **{parameter: snapshot}))


async def _of_its_version(call: Call, forward: Forward) -> Call:
    """Return the call without a version that is the one there is, less exactly; moto would show it from then on.

    Terraform's provider sends the version with every change, as `16` where it was given so.
    """
    kind = _MODIFYING[call.operation]
    identifier = {_IDENTIFIER[kind]: call.form[_IDENTIFIER[kind]]}
    found = await forward(rds_reply.asking(call, f"Describe{kind}s", **identifier))
    shown = rds_reply.resources(rds_reply.document(found), kind) if found.succeeded else ()
    if not any(rds_reply.value(one, _VERSION).startswith(f"{call.form[_VERSION]}.") for one in shown):
        return call
    kept = {name: text for name, text in call.form.items() if name != _VERSION}
    return call.instead(body=urlencode(kept).encode())


def _keep_only(root: Element, resource_ids: list[str]) -> None:
    for listed in rds_reply.resources(root, "DBInstances"):
        for instance in list(listed):
            if rds_reply.value(instance, "DbiResourceId") not in resource_ids:
                rds_reply.drop(listed, instance)


def _unfiltered(call: Call) -> Call:
    kept = {name: text for name, text in call.form.items() if not name.startswith("Filters.")}
    return call.instead(body=urlencode(kept).encode())
