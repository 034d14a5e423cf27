"""A heartbeat and a failover record with its latch, applied by the real Terraform; a second plan is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constructs_lib.constructs.detection.heartbeat import Heartbeat
from constructs_lib.constructs.routing.health_check_routing import HealthCheckRouting
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.constructs.workload.workload import Workload
from constructs_lib.objectives import Objective
from constructs_lib.terraform.engine import App, TerraformStack
from tests.emulator.test_changes_of_pattern import PRIMARY, RECOVERY, AppliedStack

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.emulator import EmulatedAws

pytestmark = [pytest.mark.emulator]


def test_a_heartbeat_and_a_latch_can_be_deployed_and_are_planned_no_change(aws: EmulatedAws, tmp_path: Path) -> None:
    zone = aws.client("route53", PRIMARY).create_hosted_zone(Name="watched.test", CallerReference="watched")
    app = App(outdir=str(tmp_path / "cdktf.out"))
    sites = Sites.in_one_stack(TerraformStack(app, "watched"), "watched", primary=PRIMARY, recovery=RECOVERY)
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
