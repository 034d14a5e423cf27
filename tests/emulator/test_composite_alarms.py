"""A composite alarm and its alarms, as the real provider changes them: what CloudWatch refuses must not come up."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from constructs_lib.constructs.detection.at_risk import RecoveryAtRisk
from constructs_lib.constructs.sites.alarm import alarm
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.constructs.workload.workload import Workload
from constructs_lib.objectives import Objective, Target
from constructs_lib.terraform import engine
from tests.emulator.deployment import NOTHING_TO_CHANGE, Terraform

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.emulator import EmulatedAws

pytestmark = [pytest.mark.emulator]

HERE = "eu-west-1"


def stack(name: str, *lags: str) -> str:
    """Return a stack with an alarm for each lag, and the one that joins them."""
    sites = Sites.per_region(
        engine.Testing.app(), name, primary=HERE, account_id="123456789012", deletion_protection=False,
        provider_arguments={"skip_metadata_api_check": True, "skip_region_validation": True},
    )  # fmt: skip
    RecoveryAtRisk(Workload(sites, objective=Objective(software=Target("1d", "1d"))), "at-risk")
    site = sites.primary
    for lag in lags:
        alarm(site.scope, lag, site, name=f"{name}-{lag}", description="behind", namespace="Joined", metric=lag,
              dimensions={}, threshold=1, periods=1, tags={})  # fmt: skip
    return str(engine.Testing.synth(site.stack))


@pytest.mark.parametrize("left", [pytest.param(("one",), marks=pytest.mark.exhaustive), ("two", "three")])
def test_an_alarm_goes_after_the_composite_alarm_has_let_go_of_it(
    aws: EmulatedAws, tmp_path: Path, left: tuple[str, ...]
) -> None:
    terraform = Terraform.initialized(tmp_path, aws)
    name = f"joined-{left[0]}"
    directory = tmp_path / name
    directory.mkdir()
    shutil.copy(tmp_path / ".terraform.lock.hcl", directory)

    def apply(*lags: str) -> None:
        (directory / "cdk.tf.json").write_text(stack(name, *lags), encoding="utf-8")
        ended = terraform.run("apply", "-input=false", "-auto-approve", directory=directory)
        assert ended.returncode == 0, ended.stdout + ended.stderr

    apply("one", "two")
    apply(*left)
    planned = terraform.run("plan", "-input=false", "-detailed-exitcode", directory=directory)
    assert planned.returncode == NOTHING_TO_CHANGE, planned.stdout
    watch = aws.client("cloudwatch", HERE)
    (joined,) = watch.describe_alarms(AlarmNamePrefix=f"{name}-", AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert joined["AlarmRule"] == " OR ".join(f'ALARM("{name}-{lag}")' for lag in left)
    alarms = watch.describe_alarms(AlarmNamePrefix=f"{name}-")["MetricAlarms"]
    assert {item["AlarmName"] for item in alarms} == {f"{name}-{lag}" for lag in left}

    ended = terraform.run("destroy", "-input=false", "-auto-approve", directory=directory)
    assert ended.returncode == 0, ended.stdout + ended.stderr
