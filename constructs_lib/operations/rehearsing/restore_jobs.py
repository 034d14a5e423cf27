"""Restore jobs of AWS Backup, whoever started them, read as what they are: evidence that a backup could be restored.

A restore testing plan starts them on its own, and people do by hand. A job is no recovery: what is put back after it,
and the way of the callers, it does not tell; so its time is shown and never stands in place of an estimate.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec.structs import asdict

from constructs_lib.assessment.evidence import (
    SCHEMA_VERSION,
    Checked,
    Evidence,
    EvidenceKind,
    Measured,
    Tried,
    design_of,
)
from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.documents.fingerprint import design_fingerprint
from constructs_lib.objectives import Disruption
from constructs_lib.objectives.as_data import target_as_data
from constructs_lib.operations.ask import moment_of
from constructs_lib.operations.rehearsing.evidence import LASTS, tool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.documents.documented_workload import DocumentedComponent, DocumentedWorkload
    from constructs_lib.operations.clients import Clients

__all__ = ["RestoreJob", "record_of_job", "restore_jobs"]

_VAULT: Final = "aws_backup_vault"
_GB: Final = 1024**3
_PARTS: Final = ("detect", "decide", "act", "propagate", "verify")
_DONE: Final = "COMPLETED"


class RestoreJob(msgspec.Struct, frozen=True, kw_only=True):
    """One restore job of a component's backup.

    Attributes:
        component: The component in whose vault the backup lies.
        region: Where it was restored.
        id: What AWS Backup calls the job.
        is_test: Whether a restore testing plan started it.
        status: AWS's word for it.
        began: When it was started, in UTC.
        seconds: How long it took; None: it has not ended.
        data_of: When the backup was made, in UTC; None: AWS does not tell.
        size_gb: The size of the backup; None: AWS does not tell.
        validation: AWS's word for the validation of a restore test; None: nobody validated.
        deletion: AWS's word for the deletion of what a restore test made.
        made: The ARN of what was restored.
        message: What AWS says of a job that failed.
    """

    component: str
    region: str
    id: str
    is_test: bool
    status: str
    began: datetime
    seconds: float | None
    data_of: datetime | None
    size_gb: float | None
    validation: str | None
    deletion: str | None
    made: str | None
    message: str | None

    @property
    def is_done(self) -> bool:
        """Whether it has restored something."""
        return self.status == _DONE

    @property
    def what(self) -> str:
        """What it is, in words."""
        return "restore test of AWS Backup" if self.is_test else "restore job of AWS Backup"

    def text(self) -> str:
        """Return it as a line, which says what it is."""
        took = "not ended" if self.seconds is None else f"{self.seconds:.0f} s"
        size = "size not told" if self.size_gb is None else f"{self.size_gb:g} GB"
        of = "age not told" if self.data_of is None else f"data of {self.data_of:%Y-%m-%dT%H:%MZ}"
        validated = f"validation {self.validation or 'none'}"
        why = f": {self.message}" if self.message and not self.is_done else ""
        named = (self.component, self.region, self.what, self.status, took, size, of, validated)
        return f"{self.began:%Y-%m-%dT%H:%MZ}  {'  '.join(named)}{why}"

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        data_of = None if self.data_of is None else self.data_of.isoformat()
        return {**asdict(self), "began": self.began.isoformat(), "data_of": data_of, "what": self.what}


def restore_jobs(
    workload: DocumentedWorkload, clients: Clients, since: datetime
) -> tuple[tuple[RestoreJob, ...], tuple[str, ...]]:
    """Return the restore jobs of the workload's backups in its Regions, oldest first, and what could not be asked.

    A job is of the component whose vault its recovery point lies in.

    Args:
        workload: The workload.
        clients: What asks.
        since: Jobs that were started before are left out.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    vaults = {
        (str(member.region), str(member.arguments.get("name"))): item
        for item in workload.components
        for member in item.members
        if member.type == _VAULT
    }
    found: list[RestoreJob] = []
    unasked = []
    for region in sorted({region for region, _ in vaults}):
        try:
            reply = clients.call("backup", "ListRestoreJobs", region, {"ByCreatedAfter": since}, changes=False)
        except (BotoCoreError, ClientError) as error:
            unasked.append(f"restore jobs in {region} cannot be told ({error})")
            continue
        for job in reply.get("RestoreJobs", ()):
            item = vaults.get((region, str(job.get("BackupVaultArn", "")).rpartition(":")[2]))
            if item is not None:
                found.append(_job(item.name, region, job))
    return tuple(sorted(found, key=lambda job: (job.began, job.id))), tuple(unasked)


def _job(component: str, region: str, job: dict[str, Any]) -> RestoreJob:
    began, ended = moment_of(job["CreationDate"]), moment_of(job.get("CompletionDate"))
    assert began is not None, "AWS Backup dates every job"
    size = job.get("BackupSizeInBytes")
    return RestoreJob(
        component=component,
        region=region,
        id=str(job["RestoreJobId"]),
        is_test=bool((job.get("CreatedBy") or {}).get("RestoreTestingPlanArn")),
        status=str(job["Status"]),
        began=began.astimezone(UTC),
        seconds=None if ended is None else round((ended - began).total_seconds(), 3),
        data_of=moment_of(job.get("RecoveryPointCreationDate")),
        # A size of 0 is what AWS Backup tells where it does not know.
        size_gb=round(size / _GB, 6) if size else None,
        validation=job.get("ValidationStatus"),
        deletion=job.get("DeletionStatus"),
        made=job.get("CreatedResourceArn"),
        message=job.get("StatusMessage"),
    )


def record_of_job(
    job: RestoreJob,
    workload: DocumentedWorkload,
    *,
    simulated: bool,
    previous: str | None,
    lasts: timedelta = LASTS,
) -> Evidence:
    """Return the record of a job that has ended.

    No part of a recovery time is measured by it, and no loss: its figures are told in words.

    Args:
        job: The job.
        workload: The workload as the stacks tell it.
        simulated: Whether something else than AWS answered.
        previous: The digest of the newest record of the chain; None: there is none.
        lasts: How long it counts, from the day of the job on.
    """
    (item,) = (part for part in workload.components if part.name == job.component)
    away = job.region != item.component.region
    disruption = Disruption.REGION if away else Disruption.SOFTWARE
    mechanism = _mechanism(item)
    nothing = Measured(rto_seconds=dict.fromkeys(_PARTS), rpo_seconds_at_most=None, how=list(_how(job)))
    ended = job.began + timedelta(seconds=job.seconds or 0)
    target = workload.objective.target(disruption)
    checks = list(_checks(job))
    failed = not job.is_done or not all(check.passed for check in checks)
    main = types_that("placeholder")
    return Evidence(
        schema_version=SCHEMA_VERSION,
        id=f"restore-job-{job.id}",
        kind=EvidenceKind.SIMULATED if simulated else EvidenceKind.ISOLATED_RESTORE,
        workload=workload.name,
        disruption=disruption.value,
        fingerprint=design_fingerprint(workload),
        objective=None if target is None else target_as_data(target),
        times={"began": job.began.isoformat(), "ended": ended.isoformat()},
        measured=nothing,
        checks=checks,
        deviations=[f"the job is {job.status}: {job.message or 'AWS Backup says no more'}"] if not job.is_done else [],
        not_covered=[
            f"all but the {job.what}: settings and instances put back after it, detection, decision, callers",
            "the design of that day: the fingerprint is of the workload as the stacks tell it now",
            *([] if checks else ["the data: AWS Backup tells of no validation"]),
            *(["permissions, quotas, durations and losses: this was no AWS"] if simulated else []),
        ],
        cleanup=None,
        expires=(job.began + lasts).date().isoformat(),
        previous_sha256=previous,
        verdict="failed" if failed else "unknown",
        components=[
            Tried(
                name=item.name,
                kind=item.component.kind.value,
                address=next(
                    (one.address for one in item.members if (known := main.get(one.type)) and known.main), None
                ),
                mechanism=mechanism,
                design=design_of(item.component, mechanism),
                size_gb=job.size_gb,
                size_from="BackupSizeInBytes of the job",
                measured=nothing,
                steps=[
                    {
                        "id": "restore",
                        "part": "act",
                        "call": "backup:StartRestoreJob",
                        "region": job.region,
                        "state": "done" if job.is_done else "failed",
                        "began": job.began.isoformat(),
                        "ended": ended.isoformat(),
                        "observed": job.status,
                    }
                ],
            )
        ],
        people={"ran": job.what},
        account=job.made.split(":")[4] or None if job.made else None,
        regions=[region for region in (workload.primary, workload.recovery) if region is not None],
        tool=tool(),
        clock="AWS Backup's",
    )


def _mechanism(item: DocumentedComponent) -> str:
    names = [protection.mechanism for protection in item.component.protections]
    return "backup_copy" if "backup_copy" in names else "backup"


def _how(job: RestoreJob) -> Iterator[str]:
    size = "of a size that AWS does not tell" if job.size_gb is None else f"of {job.size_gb:g} GB"
    took = f"the job alone took {job.seconds or 0:.0f} s, {size}"
    yield f"act: {took}; what follows it is not timed, so no part is measured"
    if job.data_of is not None:
        age = (job.began - job.data_of).total_seconds()
        yield f"loss: not measured; the backup that was chosen was {age:.0f} s old when the job began"


def _checks(job: RestoreJob) -> Iterator[Checked]:
    if job.validation is not None:
        yield Checked(
            component=job.component,
            what="validation of the restore test",
            expected="SUCCESSFUL",
            found=job.validation,
            passed=job.validation == "SUCCESSFUL",
        )
