"""Restore jobs of AWS Backup are read as what they are, and never as more."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from msgspec.structs import replace

from constructs_lib.assessment.evidence import EvidenceKind, read_evidence
from constructs_lib.assessment.measured import measured_beside
from constructs_lib.cli.recovery import credentials
from constructs_lib.objectives import Disruption
from constructs_lib.operations.operate import begin
from constructs_lib.operations.planning import plan_failover
from constructs_lib.operations.rehearsing.chain import append, newest
from constructs_lib.operations.rehearsing.restore_jobs import record_of_job, restore_jobs
from tests.cli.run import drctl
from tests.operations.conftest import FAST
from tests.operations.seeded import HOME, RECOVERY
from tests.operations.workloads import workload

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from tests.operations.conftest import Recorded

SINCE = datetime(2026, 11, 1, tzinfo=UTC)
ACCOUNT = "123456789012"


def told(region: str, number: int, **more: Any) -> dict[str, Any]:
    """Return a restore job of the component's vault, as AWS Backup lists it and boto's texts say it."""
    return {
        "RestoreJobId": f"job-{number}",
        "Status": "COMPLETED",
        "CreationDate": f"2026-11-2{number}T03:00:00+00:00",
        "CompletionDate": f"2026-11-2{number}T03:20:00+00:00",
        "RecoveryPointCreationDate": f"2026-11-2{number}T01:00:00+00:00",
        "BackupVaultArn": f"arn:aws:backup:{region}:{ACCOUNT}:backup-vault:shop-it",
        "BackupSizeInBytes": 5 * 1024**3,
        "CreatedResourceArn": f"arn:aws:dynamodb:{region}:{ACCOUNT}:table/awsbackup-restore-test-{number}",
        **more,
    }


PLAN = {"RestoreTestingPlanArn": f"arn:aws:backup:{RECOVERY}:{ACCOUNT}:restore-testing-plan:nightly"}
JOBS = {
    HOME: [
        told(HOME, 1),
        told(HOME, 2, BackupVaultArn=f"arn:aws:backup:{HOME}:{ACCOUNT}:backup-vault:another"),
    ],
    RECOVERY: [
        told(RECOVERY, 3, CreatedBy=PLAN, ValidationStatus="SUCCESSFUL", DeletionStatus="SUCCESSFUL"),
        told(RECOVERY, 4, CreatedBy=PLAN, ValidationStatus="FAILED"),
        told(RECOVERY, 5, Status="FAILED", StatusMessage="the key is disabled"),
        told(RECOVERY, 6, Status="RUNNING", CompletionDate=None),
    ],
}


class Backup:
    """Clients of an account with these jobs."""

    def __init__(self, *, simulated: bool = False, dark: str | None = None) -> None:
        self.simulated, self._dark = simulated, dark

    def call(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any], *, changes: bool
    ) -> Mapping[str, Any]:
        assert (service, operation, changes) == ("backup", "ListRestoreJobs", False)
        assert parameters["ByCreatedAfter"].tzinfo is UTC
        if region == self._dark:
            raise ClientError({"Error": {"Code": "ServiceUnavailable", "Message": "gone"}}, operation)
        return {"RestoreJobs": JOBS[region]}

    def page(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        raise AssertionError(operation)

    call_briefly = page


def test_jobs_are_of_the_component_whose_backup_they_restored_and_say_what_they_are(tmp_path: Path) -> None:
    shop = workload(tmp_path, "table", pattern="backup_copy")

    jobs, unasked = restore_jobs(shop, Backup(), SINCE)

    assert unasked == ()
    assert [(job.id, job.component, job.region, job.is_test) for job in jobs] == [
        ("job-1", "it", HOME, False),
        ("job-3", "it", RECOVERY, True),
        ("job-4", "it", RECOVERY, True),
        ("job-5", "it", RECOVERY, False),
        ("job-6", "it", RECOVERY, False),
    ]
    assert (jobs[0].seconds, jobs[0].size_gb, jobs[-1].seconds) == (1200, 5, None)
    assert "restore test of AWS Backup  COMPLETED  1200 s  5 GB" in jobs[1].text()
    assert "validation FAILED" in jobs[2].text()
    assert jobs[3].text().endswith("validation none: the key is disabled")


def test_a_record_of_a_job_measures_nothing_and_is_no_recovery(tmp_path: Path) -> None:
    shop = workload(tmp_path / "out", "table", pattern="backup_copy")
    jobs, _ = restore_jobs(shop, Backup(), SINCE)
    records = {}
    for job in jobs[:4]:
        record = record_of_job(job, shop, simulated=False, previous=newest(tmp_path / "evidence"))
        append(tmp_path / "evidence", record)
        records[job.id] = record

    assert len(read_evidence(tmp_path / "evidence")) == 4
    assert {name: item.verdict for name, item in records.items()} == {
        "job-1": "unknown",
        "job-3": "unknown",
        "job-4": "failed",
        "job-5": "failed",
    }
    assert {name: item.disruption for name, item in records.items() if name in ("job-1", "job-3")} == {
        "job-1": "software",
        "job-3": "region",
    }
    for record in records.values():
        assert record.kind is EvidenceKind.ISOLATED_RESTORE
        assert set(record.measured.rto_seconds.values()) == {None}
        assert record.measured.rpo_seconds_at_most is None
        assert "settings and instances put back after it" in record.not_covered[0]
    assert "1200 s, of 5 GB" in records["job-3"].measured.how[0]
    assert records["job-3"].expires == "2027-11-23"
    assert [(check.passed, check.found) for check in records["job-4"].checks] == [(False, "FAILED")]


def test_a_job_of_an_emulator_is_simulated(tmp_path: Path) -> None:
    shop = workload(tmp_path, "table", pattern="backup_copy")
    (job, *_), _ = restore_jobs(shop, Backup(simulated=True), SINCE)

    record = record_of_job(job, shop, simulated=True, previous=None, lasts=timedelta(days=30))

    assert record.kind is EvidenceKind.SIMULATED
    assert any("this was no AWS" in text for text in record.not_covered)


def test_the_time_of_a_job_never_stands_beside_an_estimate(tmp_path: Path) -> None:
    shop = workload(tmp_path, "table", pattern="backup_copy")
    jobs, _ = restore_jobs(shop, Backup(), SINCE)
    large = [replace(job, size_gb=1_000_000) for job in jobs[:2]]
    records = [record_of_job(job, shop, simulated=False, previous=None) for job in large]
    (item,) = shop.components
    seen = []
    for disruption, estimate in item.assessment.estimates.items():
        beside = measured_beside(
            estimate,
            item.component,
            disruption,
            records,
            workload="shop",
            names=["it"],
            today=datetime(2026, 11, 26, tzinfo=UTC).date(),
        )
        if beside is not None:
            seen.append(disruption)
            assert beside.estimate == estimate
            assert beside.records == ()

    assert seen == [Disruption.SOFTWARE, Disruption.REGION]


@pytest.mark.emulator
def test_the_job_of_a_failover_is_found_where_it_ran(
    built: Callable[..., DocumentedWorkload], clients: Recorded, tmp_path: Path
) -> None:
    moved = built("table", pattern="backup_copy")
    plan = plan_failover(moved, RECOVERY)
    begin(plan, clients, directory=tmp_path, store=None, losing=["items"], splitting=["items"], manner=FAST)

    (job,), unasked = restore_jobs(moved, clients, datetime.now(UTC) - timedelta(hours=1))
    later, _ = restore_jobs(moved, clients, datetime.now(UTC) + timedelta(hours=1))

    assert (job.component, job.region, job.status, job.is_test) == ("items", RECOVERY, "COMPLETED", False)
    assert job.data_of is not None
    assert unasked == ()
    assert later == ()
    assert record_of_job(job, moved, simulated=clients.simulated, previous=None).kind is EvidenceKind.SIMULATED


def test_the_command_lists_them_records_each_once_and_fails_where_a_region_is_dark(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    workload(tmp_path / "out", "table", pattern="backup_copy")
    evidence = tmp_path / "evidence"
    command = ["evidence", "jobs", "shop", "--stacks", str(tmp_path / "out"), "--evidence", str(evidence)]
    monkeypatch.setattr(credentials, "new_clients", Backup)
    listed = drctl(capsys, *command)
    first = drctl(capsys, *command, "--record", "--format", "json")
    second = drctl(capsys, *command, "--record", "--format", "json")
    monkeypatch.setattr(credentials, "new_clients", lambda: Backup(dark=RECOVERY))
    dark = drctl(capsys, *command)

    assert (listed.code, first.code, second.code, dark.code) == (0, 0, 0, 3)
    assert len(listed.out.splitlines()) == 5
    assert len(json.loads(first.out)["written"]) == 4, "the one that runs has no record yet"
    assert json.loads(second.out)["written"] == []
    assert json.loads(first.out)["jobs"][1]["what"] == "restore test of AWS Backup"
    assert "cannot be told" in dark.err
    assert len(dark.out.splitlines()) == 1
