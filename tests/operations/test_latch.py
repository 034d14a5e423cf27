"""The latch of a workload's record: held by a failover, released when everything is home, by nobody in between."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from constructs_lib import HealthCheckRouting, KeyAttribute, Objective, Sites, Table, Workload
from constructs_lib.documents.read.stacks import read_stacks
from constructs_lib.documents.runbook import runbook
from constructs_lib.errors import UnfinishedError
from constructs_lib.operations.operate import Manner, begin, look
from constructs_lib.operations.planning import plan_failback, plan_failover, plan_restore
from constructs_lib.operations.rights import policy_of
from constructs_lib.terraform.engine import App
from tests.operations.conftest import FAST, Recorded
from tests.operations.seeded import HOME, RECOVERY
from tests.operations.test_interruption import KilledError, assert_taken_once, killing, resume
from tests.operations.test_printed import typed

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.emulator import EmulatedAws
    from constructs_lib.operations.clients import AwsClients

ROUTING = HealthCheckRouting(
    zone_id="Z0123456789",
    record_name="api.example.com",
    primary_endpoint="one.example.com",
    recovery_endpoint="two.example.com",
    by_latch=True,
)


def latched(directory: Path, name: str) -> DocumentedWorkload:
    """Return a workload of a table in both Regions, whose record waits for the latch."""
    app = App(outdir=str(directory / name))
    sites = Sites.per_region(app, name, primary=HOME, recovery=RECOVERY)
    shop = Workload(sites, objective=Objective("4h", "4h"), routing=ROUTING)
    Table(shop, "items", partition_key=KeyAttribute("id"), pattern="global_table")
    app.synth()
    (found,) = read_stacks(directory / name, None)
    return found


def built(aws: EmulatedAws, directory: Path, name: str) -> DocumentedWorkload:
    workload = latched(directory, name)
    latch = workload.latch
    assert latch is not None
    dynamodb, table = aws.client("dynamodb", HOME), f"{name}-items"
    dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    dynamodb.update_table(TableName=table, ReplicaUpdates=[{"Create": {"RegionName": RECOVERY}}])
    aws.client("cloudwatch", latch.region).put_metric_alarm(
        AlarmName=latch.alarm,
        Namespace=latch.namespace,
        MetricName=latch.metric,
        Dimensions=[{"Name": key, "Value": value} for key, value in latch.dimensions.items()],
        Statistic="Maximum",
        ComparisonOperator="GreaterThanThreshold",
        Threshold=0,
        Period=60,
        EvaluationPeriods=1,
        TreatMissingData="ignore",
    )
    return workload


def state(aws: EmulatedAws, workload: DocumentedWorkload) -> str:
    assert workload.latch is not None
    watch = aws.client("cloudwatch", RECOVERY)
    (alarm,) = watch.describe_alarms(AlarmNames=[workload.latch.alarm])["MetricAlarms"]
    found: str = alarm["StateValue"]
    return found


def passing(aws: EmulatedAws) -> Manner:
    """Return a manner whose waits are minutes of the emulated AWS."""
    return replace(FAST, sleep=lambda seconds: aws.let_pass(60))


def test_the_latch_is_read_from_the_stacks_and_is_planned_first_and_last(tmp_path: Path) -> None:
    workload = latched(tmp_path, "shop")
    there, home = plan_failover(workload, RECOVERY), plan_failback(workload)

    assert [[item.name for item in stage] for stage in there.stages] == [["shop-latch", "items"]]
    assert [[item.name for item in stage] for stage in home.stages] == [["items"], ["shop-latch"]]
    restored = plan_restore(latched(tmp_path, "other"), "items", to_time="latest")
    assert [[item.name for item in stage] for stage in restored.stages] == [["items"]]


def test_whoever_moves_a_workload_may_move_its_latch_and_no_other_metric(tmp_path: Path) -> None:
    (statement,) = [
        item
        for item in policy_of(plan_failover(latched(tmp_path, "shop"), RECOVERY))["Statement"]
        if "cloudwatch:PutMetricData" in item["Action"]
    ]

    assert statement["Condition"] == {"StringEquals": {"cloudwatch:namespace": "Recovery"}}


@pytest.mark.emulator
def test_a_failover_holds_the_traffic_and_a_failback_lets_it_go_last(
    aws: EmulatedAws, clients: Recorded, tmp_path: Path
) -> None:
    workload = built(aws, tmp_path, "held")
    there, home = plan_failover(workload, RECOVERY), plan_failback(workload)
    planned = look(there, clients)
    assert [step["state"] for step in planned.steps if step["id"] == "hold"] == ["not begun"]

    with clients.held_to(policy_of(there)), aws.fail_region(HOME):
        moved = begin(
            there, clients, directory=tmp_path, store=None, losing=["items"], splitting=["items"], manner=passing(aws)
        )
        assert state(aws, workload) == "ALARM"
    assert moved.result == "done"
    assert {region for operation, region, _ in clients.calls if operation in ("PutMetricData", "DescribeAlarms")} == {
        RECOVERY
    }

    # A human is asked first, and is not there: everything else is home, and the traffic stays.
    absent = replace(passing(aws), confirm=lambda component, title: component != "held-latch")
    with clients.held_to(policy_of(home)):
        with pytest.raises(UnfinishedError, match="see that eu-west-1 serves and writes"):
            begin(home, clients, directory=tmp_path / "home", store=None, losing=["items"], manner=absent)
        assert state(aws, workload) == "ALARM"
        assert resume(home, clients, tmp_path / "home", passing(aws)).exit_code == 0
    assert state(aws, workload) == "OK"


@pytest.mark.emulator
def test_a_latch_that_somebody_has_set_is_not_set_again_and_killed_anywhere_it_is_held(
    aws: EmulatedAws, boto: AwsClients, tmp_path: Path
) -> None:
    workload = built(aws, tmp_path, "set")
    plan = plan_failover(workload, RECOVERY)
    for point in range(1, 40, 3):
        first, second = killing(boto, point), Recorded(boto)
        directory = tmp_path / str(point)
        try:
            begin(
                plan, first, directory=directory, store=None, losing=["items"], splitting=["items"], manner=passing(aws)
            )
            break
        except KilledError:
            if directory.is_dir():
                resume(plan, second, directory, passing(aws))
                assert state(aws, workload) == "ALARM"
                assert_taken_once(first, second)
    made = [call for call in first.taken if call[0] == "PutMetricData"]

    assert made == []


@pytest.mark.emulator
@pytest.mark.skipif(shutil.which("aws") is None, reason="needs the AWS command line (`aws`)")
def test_the_latch_is_held_and_released_as_printed(aws: EmulatedAws, tmp_path: Path) -> None:
    workload = built(aws, tmp_path, "typed")
    printed = runbook(workload)

    def lines(actions: Any) -> list[str]:
        # The emulated minutes pass between the command and the question.
        return [line for action in actions for line in action.commands if "put-metric-data" in line]

    typed(aws, tmp_path, lines(printed.hold))
    aws.let_pass(120)
    assert state(aws, workload) == "ALARM"
    typed(aws, tmp_path, lines(printed.release))
    aws.let_pass(120)
    assert state(aws, workload) == "OK"
