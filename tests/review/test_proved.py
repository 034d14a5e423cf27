"""What a review proves of a plan counts for the documents that promise by it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.plan import read_plan
from constructs_lib.review.proved import proved
from tests.cli.run import drctl
from tests.review.made import ACCOUNT, AWAY, HOME, declared, instance, plan, replica, resource

if TYPE_CHECKING:
    from pathlib import Path

_OBJECTIVES = """
version: 1
regions: {primary: eu-west-1, recovery: eu-central-1}
workloads:
  shop:
    objective: {rto: 4h, rpo: 4h, software: {rto: 1d, rpo: 1d}}
    components: [{match: aws_db_instance.db}]
"""


def _under_keys(*, away: bool = True, home: bool = True) -> list[dict[str, Any]]:
    arns = {region: f"arn:aws:kms:{region}:{ACCOUNT}:key/1" for region in (HOME, AWAY)}
    keys = [
        resource(f"aws_kms_key.{region}", {"id": "1", "arn": arns[region], "is_enabled": enabled}, region=region)
        for region, enabled in ((HOME, home), (AWAY, away))
    ]
    return [*keys, instance(storage_encrypted=True, kms_key_id=arns[HOME]), replica(kms_key_id=arns[AWAY])]


@pytest.mark.parametrize(
    ("keys", "doubted", "errors"),
    [
        ({}, set(), []),
        ({"away": False}, {"read_replica"}, ["RECOVERY-120"]),
        ({"home": False}, {"automated_backups", "multi_az_instance", "read_replica"}, ["RECOVERY-120"]),
    ],
)
def test_what_is_proved_not_to_work_is_doubted(keys: dict[str, bool], doubted: set[str], errors: list[str]) -> None:
    read = read_plan(json.dumps(plan(*_under_keys(**keys))).encode())

    found = proved(read, declared(_OBJECTIVES))

    component = found.components["aws_db_instance.db"]
    assert {item.mechanism for item in component.protections if item.doubts} == doubted
    assert [item.id for item in found.errors] == errors


def test_documents_of_plans_promise_by_nothing_that_a_review_finds_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "recovery.yaml").write_text(_OBJECTIVES)
    (tmp_path / "good.json").write_text(json.dumps(plan(*_under_keys())))
    (tmp_path / "bad.json").write_text(json.dumps(plan(*_under_keys(away=False))))

    good = drctl(capsys, "docs", "summary", "--plan", "good.json", "--output", "good")
    bad = drctl(capsys, "docs", "summary", "--plan", "bad.json", "--output", "bad")

    assert "Not kept as built" not in (tmp_path / "good" / "shop-summary.md").read_text()
    assert "Not kept as built" in (tmp_path / "bad" / "shop-summary.md").read_text()
    assert "drctl review finds" not in good.err
    assert "drctl: note: drctl review finds RECOVERY-120 in the plans: " in bad.err
