"""AWS Backup: restore testing as it runs: what a plan's schedule restores, how it is judged, and when it is removed."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.calls.inquiry import Inquiry
from constructs_lib.emulator.cron import fires
from constructs_lib.emulator.permissions import acts
from constructs_lib.emulator.permissions.in_force import InForce
from constructs_lib.emulator.rules.rds import groups

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.emulator.standins.backup.documents import Document
    from constructs_lib.emulator.standins.backup.points import BackupPoints
    from constructs_lib.emulator.standins.backup.restore_testing import RestoreTesting
    from constructs_lib.emulator.world import World

#: What is restored into the default VPC unless it is told a subnet group.
_IN_A_VPC: Final = ("RDS", "Aurora")
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
#: AWS looks back over so many days unless a plan says otherwise.
_WINDOW_DAYS: Final = 30
#: How what was restored is removed: the service, the operation and its parameters, by type.
_REMOVED: Final[Mapping[str, tuple[str, str, str, Mapping[str, Any]]]] = {
    "DynamoDB": ("dynamodb", "DeleteTable", "TableName", {}),
    "RDS": ("rds", "DeleteDBInstance", "DBInstanceIdentifier", {"SkipFinalSnapshot": True}),
    "Aurora": ("rds", "DeleteDBCluster", "DBClusterIdentifier", {"SkipFinalSnapshot": True}),
    "EFS": ("efs", "DeleteFileSystem", "FileSystemId", {}),
}


class RestoreTests:
    """Restores by the clock, at the minute of the schedule: a plan's start window is not waited for.

    Judged by PutRestoreValidationResult; without it a job's validation has timed out when its window ends. Then what
    was restored is removed: tables, databases and file systems.
    """

    def __init__(self, world: World, testing: RestoreTesting, points: BackupPoints, inquiry: Inquiry) -> None:
        self._world = world
        self._testing = testing
        self._points = points
        self._inquiry = inquiry
        self._ends: list[tuple[float, str, Document]] = []
        world.clock.steps.append(self._step)

    async def _step(self, now: float) -> None:
        if now % _MINUTE:
            return
        for region, plan, selections in self._testing.plans():
            zone = plan.get("ScheduleExpressionTimezone") or "UTC"
            if region in self._world.lost or not fires(plan["ScheduleExpression"], now, zone):
                continue
            for selection in selections:
                for point in self._chosen(region, plan["RecoveryPointSelection"], selection):
                    await self._test(region, plan, selection, point, now)
        waiting, self._ends = self._ends, []
        for ends, region, job in waiting:
            if ends > now or region in self._world.lost:
                self._ends.append((ends, region, job))
            else:
                await self._end(region, job)

    def _chosen(self, region: str, wanted: Mapping[str, Any], selection: Mapping[str, Any]) -> Iterator[Document]:
        """Yield a recovery point of each resource that a selection names."""
        named = selection.get("ProtectedResourceArns") or ["*"]
        since = time.time() - wanted.get("SelectionWindowDays", _WINDOW_DAYS) * _DAY
        vaults, without = wanted["IncludeVaults"], wanted.get("ExcludeVaults", [])
        found: dict[str, list[Document]] = {}
        for point in self._points.in_region(region):
            vault = point["BackupVaultArn"]
            if point["ResourceType"] != selection["ProtectedResourceType"] or point["CreationDate"] < since:
                continue
            if vault in without or not {"*", vault} & set(vaults):
                continue
            if {"*", point["ResourceArn"]} & set(named):
                found.setdefault(point["ResourceArn"], []).append(point)
        latest = wanted["Algorithm"] == "LATEST_WITHIN_WINDOW"
        for points in found.values():
            yield max(points, key=lambda one: one["CreationDate"]) if latest else random.choice(points)

    async def _test(
        self, region: str, plan: Mapping[str, Any], selection: Mapping[str, Any], point: Document, now: float
    ) -> None:
        role = selection["IamRoleArn"]
        metadata = self._points.inferred(point) | selection.get("RestoreMetadataOverrides", {})
        refused = await acts.backup_role(InForce(self._inquiry), role=role)
        if not refused and (target := metadata.get("targetTableName")):
            table = f"arn:aws:dynamodb:{region}:{self._world.account}:table/{target}"
            refused = await acts.table_backup(
                InForce(self._inquiry), role=role, action="dynamodb:RestoreTableFromAwsBackup", table=table
            )
        if not refused and point["ResourceType"] in _IN_A_VPC and "dbsubnetgroupname" not in map(str.lower, metadata):
            refused = await groups.default_vpc(self._inquiry, region)
        job = await self._points.restore(region, point, role, metadata, refused or "")
        job["CreatedBy"] = {"RestoreTestingPlanArn": plan["RestoreTestingPlanArn"]}
        if job["Status"] == "COMPLETED":
            job["ValidationStatus"] = "VALIDATING"
            self._ends.append((now + selection.get("ValidationWindowHours", 0) * _HOUR, region, job))

    async def _end(self, region: str, job: Document) -> None:
        if job["ValidationStatus"] == "VALIDATING":
            job["ValidationStatus"] = "TIMED_OUT"
        if removed := _REMOVED.get(job["ResourceType"]):
            service, operation, member, more = removed
            name = job["CreatedResourceArn"].rpartition("/")[2].rpartition(":")[2]
            done = await self._inquiry(service, operation, region, **{member: name}, **more)
            job["DeletionStatus"] = "FAILED" if done is None else "SUCCESSFUL"
