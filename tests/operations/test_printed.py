"""The runbook's commands, typed as printed into a shell against the emulated AWS: the same end as when `drctl` runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.documents.runbook import runbook
from constructs_lib.objectives import Disruption
from constructs_lib.operations.journal import Journal
from constructs_lib.operations.operate import begin
from constructs_lib.operations.planning import plan_failback, plan_failover, plan_restore, recovered_by
from tests.operations.command_line import command_line
from tests.operations.conftest import FAST
from tests.operations.end_state import assert_same_end, end_state
from tests.operations.seeded import HOME, RECOVERY, place
from tests.operations.test_recovery import MOVED, RESTORED, label

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.documents.runbook import Recovery
    from constructs_lib.emulator import EmulatedAws
    from constructs_lib.operations.plan import Plan
    from tests.operations.conftest import Recorded

    Built = Callable[..., DocumentedWorkload]

pytestmark = pytest.mark.emulator
by_the_command_line = pytest.mark.skipif(shutil.which("aws") is None, reason="needs the AWS command line (`aws`)")
"""The others are answered in this process: see `command_line`."""


def recovery(workload: DocumentedWorkload, disruption: Disruption) -> Recovery:
    (scenario,) = [item for item in runbook(workload).scenarios if item.disruption is disruption]
    return scenario.recoveries[0]


def typed(aws: EmulatedAws, directory: Path, commands: list[str], **variables: str) -> str:
    """Type *commands* into bash, as a person would who has set the variables."""
    environment = aws.environment(os.environ) | {"ACCOUNT": aws.account, "OPERATION": "ticket-1", **variables}
    # The environment of the tests is not the one of the command line.
    environment.pop("PYTHONPATH", None)
    script = "\n".join(line.replace("sleep 15", "sleep 0.2") for line in commands)
    ran = subprocess.run(
        ["bash", "-c", script], env=environment, cwd=directory, capture_output=True, text=True, check=False, timeout=600
    )
    assert ran.returncode == 0, ran.stderr
    assert "rror" not in ran.stderr, ran.stderr
    return ran.stdout


def of_the_recovery(found: Recovery) -> list[str]:
    acts = [command for step in found.steps if step.reason.step == "act" for command in step.action.commands]
    return [*acts, *(command for action in found.verify for command in action.commands)]


@by_the_command_line
def test_an_instance_restored_from_replicated_backups_as_printed(
    aws: EmulatedAws, built: Built, tmp_path: Path
) -> None:
    workload = built("database", engine="postgres", pattern="multi_az_replicated_backups")
    with aws.fail_region(HOME):
        typed(
            aws,
            tmp_path,
            [line for line in of_the_recovery(recovery(workload, Disruption.REGION)) if "timeout" not in line],
        )

    name = f"{workload.name}-ledger"
    source = aws.client("rds", HOME).describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    restored = aws.client("rds", RECOVERY).describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    for setting in ("MultiAZ", "DeletionProtection", "BackupRetentionPeriod", "IAMDatabaseAuthenticationEnabled"):
        assert restored[setting] == source[setting], setting
    assert restored["MonitoringInterval"] == source["MonitoringInterval"]
    assert restored["MasterUserSecret"]["SecretStatus"] == "active"


@by_the_command_line
def test_a_table_restored_as_printed(aws: EmulatedAws, built: Built, tmp_path: Path) -> None:
    workload = built("table", pattern="pitr", ttl_attribute="gone", stream="NEW_IMAGE")
    name = f"{workload.name}-items"
    table = aws.client("dynamodb", HOME)
    table.put_item(TableName=name, Item={"id": {"S": "kept"}})
    time.sleep(1.1)
    moment = datetime.now(tz=UTC).isoformat()
    table.put_item(TableName=name, Item={"id": {"S": "damage"}})

    typed(aws, tmp_path, of_the_recovery(recovery(workload, Disruption.SOFTWARE)), MOMENT=moment)

    described = table.describe_table(TableName=f"{name}-restored")["Table"]
    assert described["DeletionProtectionEnabled"] is True
    assert described["StreamSpecification"]["StreamViewType"] == "NEW_IMAGE"
    assert table.describe_time_to_live(TableName=f"{name}-restored")["TimeToLiveDescription"]["AttributeName"] == "gone"
    assert table.scan(TableName=f"{name}-restored")["Items"] == [{"id": {"S": "kept"}}]


@by_the_command_line
def test_objects_brought_back_as_printed(aws: EmulatedAws, built: Built, tmp_path: Path) -> None:
    workload = built("bucket", pattern="versioning")
    bucket = f"{workload.name}-files-{HOME}-{aws.account}"
    s3 = aws.client("s3", HOME)
    odd = ["it's", 'a "quote"', "with space", "ünïcode/&?=+ %41", "$HOME"]
    for key in [*odd, "untouched"]:
        s3.put_object(Bucket=bucket, Key=key, Body=b"good")
    time.sleep(1.1)
    since = datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for key in odd:
        s3.put_object(Bucket=bucket, Key=key, Body=b"bad")
    for key in odd[2:]:
        s3.delete_object(Bucket=bucket, Key=key)

    typed(aws, tmp_path, of_the_recovery(recovery(workload, Disruption.SOFTWARE)), SINCE=since)

    found: dict[str, Any] = {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in [*odd, "untouched"]}
    assert found == dict.fromkeys([*odd, "untouched"], b"good")


def ran(plan: Plan, clients: Recorded, directory: Path) -> str:
    names = [item.name for item in plan.components]
    outcome = begin(plan, clients, directory=directory, store=None, losing=names, splitting=names, manner=FAST)
    return str(outcome.operation)


def written_down(aws: EmulatedAws, workload: DocumentedWorkload) -> dict[str, str]:
    """Return what is written down when it is deployed: what AWS has called the clusters of DSQL."""
    found = {}
    for region, variable in ((HOME, "CLUSTER_ID"), (RECOVERY, "RECOVERY_CLUSTER_ID")):
        dsql = aws.client("dsql", region)
        clusters = [dsql.get_cluster(identifier=item["identifier"]) for item in dsql.list_clusters()["clusters"]]
        ours = (item["identifier"] for item in clusters if item["tags"].get("recovery:workload") == workload.name)
        found[variable] = next(ours, "")
    return found


def sampled(cases: list[tuple[str, dict[str, Any]]]) -> list[Any]:
    """Return all of *cases*; every third of them is enough for each run of the tests."""
    return [
        pytest.param(case, id=label(case), marks=[] if number % 3 == 0 else pytest.mark.exhaustive)
        for number, case in enumerate(cases)
    ]


@pytest.mark.parametrize("case", sampled(RESTORED))
def test_a_restore_typed_as_printed_ends_as_one_that_is_run(
    case: tuple[str, dict[str, Any]], aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    executed, printed = (built(case[0], **case[1]) for _ in range(2))
    time.sleep(1.1)
    moment = datetime.now(tz=UTC).isoformat()
    operation = ran(plan_restore(executed, executed.components[0].name, to_time=moment), clients, tmp_path)

    with command_line(aws, tmp_path) as shell:
        found = recovery(printed, Disruption.SOFTWARE)
        shell.type(of_the_recovery(found), MOMENT=moment, SINCE=moment, OPERATION="ticket-1")

    assert_same_end(end_state(aws, printed, "ticket-1"), end_state(aws, executed, operation))


@pytest.mark.parametrize("case", sampled(MOVED))
def test_a_failover_and_a_failback_typed_as_printed_end_as_those_that_are_run(
    case: tuple[str, dict[str, Any]], aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    executed, printed = (built(case[0], **case[1]) for _ in range(2))
    # What only its people know.
    application = place(aws, RECOVERY, f"{printed.name}-application")
    known = {"SUBNET": application.subnets[0], "SECURITY_GROUP": application.groups[0], **written_down(aws, printed)}
    with command_line(aws, tmp_path) as shell:
        found = recovery(printed, Disruption.REGION)
        with aws.fail_region(HOME):
            there = ran(plan_failover(executed, RECOVERY), clients, tmp_path)
            # What the way home asks for was seen on the way there.
            seen = shell.type([*of_the_recovery(found), 'echo "${RESTORED_ARN-}"'], OPERATION="ticket-1", **known)
        assert_same_end(end_state(aws, printed, "ticket-1"), end_state(aws, executed, there))

        moved = Journal.open(there, tmp_path, None).content
        home = ran(plan_failback(executed, recovered=recovered_by(executed.name, [moved])), clients, tmp_path)
        back = [line for action in found.failback for line in action.commands]
        shell.type(back, OPERATION="ticket-2", RECOVERED_ARN=seen.splitlines()[-1], **written_down(aws, printed))
        assert_same_end(end_state(aws, printed, "ticket-1", "ticket-2"), end_state(aws, executed, there, home))
