"""Where states are kept: outside the Region they are about, encrypted and locked, on either engine."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib import App, Bucket, Objective, Sites, StateBackend, TerraformStack, Workload
from constructs_lib.errors import ConfigurationError
from constructs_lib.plan.stacks import read_stacks
from constructs_lib.review import review

if TYPE_CHECKING:
    from pathlib import Path

HOME, AWAY, THIRD = "eu-west-1", "eu-central-1", "eu-west-3"


def _app(tmp_path: Path) -> tuple[App, Sites]:
    app = App(outdir=str(tmp_path))
    sites = Sites.per_region(app, "shop", primary=HOME, recovery=AWAY)
    Bucket(Workload(sites, objective=Objective(rto="1h", rpo="3h")), "files")
    return app, sites


def _backends(tmp_path: Path) -> dict[str, Any]:
    return {
        path.parent.name: json.loads(path.read_text(encoding="utf-8"))["terraform"]["backend"]
        for path in (tmp_path / "stacks").glob("*/cdk.tf.json")
    }


def test_each_state_is_kept_in_another_region_than_its_own(tmp_path: Path) -> None:
    app, sites = _app(tmp_path)

    StateBackend({HOME: "ireland", AWAY: "frankfurt"}, prefix="shop/").keep(sites)
    app.synth()

    kept = {stack: backend["s3"] for stack, backend in _backends(tmp_path).items()}
    assert {stack: item["bucket"] for stack, item in kept.items()} == {
        "shop-primary": "frankfurt",
        "shop-recovery": "ireland",
        "shop-global": "frankfurt",
    }
    for stack, item in kept.items():
        assert (item["use_lockfile"], item["encrypt"], item["key"]) == (True, True, f"shop/{stack}.tfstate")


def test_nothing_is_left_of_the_local_backend(tmp_path: Path) -> None:
    app, sites = _app(tmp_path)

    StateBackend({THIRD: "paris"}, kms_key_ids={THIRD: "alias/states"}).keep(sites)
    app.synth()

    for backend in _backends(tmp_path).values():
        assert list(backend) == ["s3"]
        assert backend["s3"]["kms_key_id"] == "alias/states"


def test_one_stack_over_two_regions_needs_a_third(tmp_path: Path) -> None:
    sites = Sites.in_one_stack(TerraformStack(App(outdir=str(tmp_path)), "shop"), "shop", primary=HOME, recovery=AWAY)

    with pytest.raises(ConfigurationError, match="name a bucket in another Region as well"):
        StateBackend({HOME: "ireland", AWAY: "frankfurt"}).keep(sites)
    StateBackend({HOME: "ireland", THIRD: "paris"}).keep(sites)


def test_a_bucket_in_the_stacks_own_region_alone_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    app, sites = _app(tmp_path)

    with pytest.raises(ConfigurationError, match="so that its state outlives eu-west-1"):
        StateBackend({HOME: "ireland"}).keep(sites)
    app.synth()
    assert all(list(backend) == ["local"] for backend in _backends(tmp_path).values())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"buckets": {}}, "buckets is"),
        ({"buckets": "ours"}, "buckets is 'ours'"),
        ({"buckets": {"mars-1": "x"}}, "mars-1"),
        ({"buckets": {HOME: ""}}, "the bucket for states in eu-west-1"),
        ({"buckets": {HOME: "x"}, "prefix": "a b"}, "prefix is 'a b'"),
        ({"buckets": {HOME: "x"}, "kms_key_ids": {AWAY: "k"}}, "kms_key_ids"),
    ],
)
def test_what_cannot_keep_a_state_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        StateBackend(**options)


def test_the_review_of_stacks_knows_a_state_that_is_lost_with_its_region(tmp_path: Path) -> None:
    app, sites = _app(tmp_path)
    sites.primary.stack.add_override("terraform.backend.local", None)
    sites.primary.stack.add_override("terraform.backend.s3", {"bucket": "ours", "key": "x", "region": HOME})
    app.synth()

    found = review(read_stacks(tmp_path), None, today=date(2026, 11, 26))

    (finding,) = (item for item in found.findings if item.id == "RECOVERY-505")
    assert "the state of shop-primary, which builds in eu-west-1, is kept in eu-west-1" in finding.message
