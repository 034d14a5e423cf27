"""Terraform while a Region is down: a state of another Region plans, a state of the failed one does not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.emulator.deployment import NOTHING_TO_CHANGE, Terraform

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.emulator import EmulatedAws

pytestmark = [pytest.mark.emulator]


def write(terraform: Terraform, region: str) -> Path:
    # One attempt: the provider would otherwise go on for minutes, and no environment variable tells it to stop.
    directory = terraform.root / region
    directory.mkdir()
    configuration = {
        "provider": {"aws": {"region": region, "max_retries": 1}},
        "resource": {
            "aws_sns_topic": {"alerts": {"name": "alerts"}},
            "aws_s3_bucket": {"assets": {"bucket": f"outage-{region}"}},
        },
    }
    (directory / "main.tf.json").write_text(json.dumps(configuration))
    (directory / ".terraform.lock.hcl").write_text((terraform.root / ".terraform.lock.hcl").read_text())
    return directory


def test_only_the_state_of_the_failed_region_cannot_be_planned(aws: EmulatedAws, tmp_path: Path) -> None:
    terraform = Terraform.initialized(tmp_path, aws)
    for region in ("eu-west-1", "eu-central-1"):
        applied = terraform.run("apply", "-auto-approve", directory=write(terraform, region))
        assert applied.returncode == 0, applied.stderr

    with aws.fail_region("eu-west-1"):
        recovery = terraform.run("plan", "-detailed-exitcode", directory=tmp_path / "eu-central-1")
        primary = terraform.run("plan", "-detailed-exitcode", directory=tmp_path / "eu-west-1")

    assert recovery.returncode == NOTHING_TO_CHANGE, recovery.stdout + recovery.stderr
    assert primary.returncode == 1
    assert "ServiceUnavailable" in primary.stderr
