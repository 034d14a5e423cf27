"""A record that waits for people is judged as the constructs judge it: by the time that people take."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from constructs_lib import App, Bucket, HealthCheckRouting, Objective, Sites, Workload
from constructs_lib.assessment import Verdict
from constructs_lib.objectives import Disruption
from constructs_lib.plan.stacks import read_stacks
from constructs_lib.review import review

if TYPE_CHECKING:
    from pathlib import Path


def test_what_waits_for_the_latch_is_as_late_as_its_decision_says(tmp_path: Path) -> None:
    """It was unknown, and the latch in the recovery Region was said to hear nothing of the loss (RECOVERY-501)."""
    app = App(outdir=str(tmp_path))
    routing = HealthCheckRouting(
        record_name="shop.example.com",
        zone_id="Z0123456789ABC",
        primary_endpoint="here.example.com",
        recovery_endpoint="there.example.com",
        by_latch=True,
    )
    sites = Sites.per_region(app, "shop", primary="eu-west-1", recovery="eu-central-1", account_id="111122223333")
    shop = Workload(sites, objective=Objective("1h", "3h"), routing=routing)
    files = Bucket(shop, "files")
    app.synth()

    found = review(read_stacks(tmp_path), None, today=date(2026, 11, 28))

    own = [item for item in found.components if item.address == "shop-primary/aws_s3_bucket.files"]
    assert [item.after.estimates[Disruption.REGION].rto_seconds for item in own if item.after] == [22 * 60]
    decided = files.decision.assessment.estimates[Disruption.REGION].rto_seconds
    assert decided == 22 * 60
    assert found.verdict is Verdict.MET
    assert [item.id for item in found.findings if item.severity.value != "note"] == []
