"""A heartbeat and a failover record with its latch, applied by the real Terraform: they ring, move and hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constructs_lib.constructs.detection.heartbeat import Heartbeat
from constructs_lib.constructs.routing.health_check_routing import HealthCheckRouting
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.constructs.workload.workload import Workload
from constructs_lib.objectives import Objective
from constructs_lib.terraform.engine import App
from tests.emulator.test_changes_of_pattern import PRIMARY, RECOVERY, AppliedStack
from tests.terraform.own_state import stack_with_own_state

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.emulator import EmulatedAws

pytestmark = [pytest.mark.emulator]


def test_a_heartbeat_and_a_latch_can_be_deployed_and_do_what_they_are_for(aws: EmulatedAws, tmp_path: Path) -> None:
    zone = aws.client("route53", PRIMARY).create_hosted_zone(Name="watched.test", CallerReference="watched")
    app = App(outdir=str(tmp_path / "cdktf.out"))
    sites = Sites.in_one_stack(
        stack_with_own_state(app, "watched", tmp_path), "watched", primary=PRIMARY, recovery=RECOVERY
    )
    routing = HealthCheckRouting(
        zone_id=zone["HostedZone"]["Id"].rpartition("/")[2],
        record_name="api.watched.test",
        primary_endpoint="one.watched.test",
        recovery_endpoint="two.watched.test",
    )
    workload = Workload(sites, objective=Objective("1d", "1d"), routing=routing)
    Heartbeat(workload, "heartbeat")
    app.synth()
    (tmp_path / "cdk.tf.json").write_bytes((tmp_path / "cdktf.out/stacks/watched/cdk.tf.json").read_bytes())

    terraform = AppliedStack(tmp_path, aws)
    terraform("init", "-input=false", "-no-color")
    terraform("apply", "-input=false", "-no-color", "-auto-approve", "-parallelism=40")
    again = terraform("plan", "-input=false", "-no-color", "-detailed-exitcode", codes=(0, 2))

    assert again.returncode == 0, again.stdout
    (target,) = aws.client("events", PRIMARY).list_targets_by_rule(Rule="watched-heartbeat")["Targets"]
    assert target["Arn"].split(":")[3] == RECOVERY
    _heartbeat_rings_when_its_region_is_gone(aws)
    _latch_holds_the_record(aws, routing.zone_id)


def _heartbeat_rings_when_its_region_is_gone(aws: EmulatedAws) -> None:
    watch = aws.client("cloudwatch", RECOVERY)
    (silent,) = watch.describe_alarms(AlarmNames=["watched-heartbeat-silent"])["MetricAlarms"]
    looks_back = (silent["EvaluationPeriods"] + 3) * silent["Period"]

    def state() -> str:
        (alarm,) = watch.describe_alarms(AlarmNames=["watched-heartbeat-silent"])["MetricAlarms"]
        found: str = alarm["StateValue"]
        return found

    aws.let_pass(looks_back)
    assert state() == "OK"
    with aws.fail_region(PRIMARY):
        aws.let_pass(looks_back)
        assert state() == "ALARM"
    told = [notice for notice in aws.notices() if notice["message"]["AlarmName"] == "watched-heartbeat-silent"]
    assert [notice["message"]["NewStateValue"] for notice in told][-1] == "ALARM"
    assert {notice["refused"] for notice in told} == {None}
    aws.let_pass(looks_back)
    assert state() == "OK"


def _latch_holds_the_record(aws: EmulatedAws, zone_id: str) -> None:
    ecs = aws.client("ecs", PRIMARY)
    ecs.create_cluster(clusterName="watched")
    ecs.register_task_definition(family="one", containerDefinitions=[{"name": "one", "image": "one", "memory": 64}])
    service = ecs.create_service(cluster="watched", serviceName="one", taskDefinition="one", desiredCount=0)
    ecs.update_service(cluster="watched", service="one", desiredCount=1)
    aws.place("one.watched.test", service["service"]["serviceArn"])

    def answer_after(minutes: int, **latch: float) -> str:
        if latch:
            dimensions = [{"Name": "Workload", "Value": "watched"}]
            data = [{"MetricName": "Latch", "Dimensions": dimensions, "Value": latch["latch"]}]
            aws.client("cloudwatch", RECOVERY).put_metric_data(Namespace="Recovery", MetricData=data)
        aws.let_pass(minutes * 60)
        found = aws.client("route53").test_dns_answer(
            HostedZoneId=zone_id, RecordName="api.watched.test", RecordType="CNAME"
        )
        (answer,) = found["RecordData"]
        return str(answer)

    assert answer_after(2) == "one.watched.test"
    with aws.fail_region(PRIMARY):
        assert answer_after(2) == "two.watched.test"
        assert answer_after(2, latch=1) == "two.watched.test"
    # The endpoint is healthy again, and nothing moves until the latch is released.
    assert answer_after(30) == "two.watched.test"
    assert answer_after(2, latch=0) == "one.watched.test"
    aws.take_away("one.watched.test")
