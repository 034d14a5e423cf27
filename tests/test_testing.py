"""`constructs_lib.testing`: what a team asserts of its own stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constructs_lib import App, Bucket, Objective, Sites, Workload
from constructs_lib.errors import InputError
from constructs_lib.testing import assert_recovers, explanation_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(name="shop")
def _shop(tmp_path: Path) -> Workload:
    sites = Sites.per_region(App(outdir=str(tmp_path)), "shop", primary="eu-west-1", recovery="eu-central-1")
    shop = Workload(sites, objective=Objective(rto="1h", rpo="3h"))
    Bucket(shop, "files")
    return shop


def test_what_is_kept_passes(shop: Workload) -> None:
    assert_recovers(shop)
    assert_recovers(shop, region="1h", zone=("1m", "0"))
    assert explanation_of(shop).usd > 0


def test_what_is_not_kept_fails_with_the_figures_and_who_sets_them(shop: Workload) -> None:
    with pytest.raises(AssertionError, match=r"shop, region: the RTO is not within 5m: met: RTO 22m \(files\)"):
        assert_recovers(shop, region="5m")
    with pytest.raises(AssertionError, match="the RPO is not within 1h"):
        assert_recovers(shop, region=("1h", "1h"))


def test_a_figure_that_is_no_duration_is_bad_input(shop: Workload) -> None:
    with pytest.raises(InputError, match="RTO"):
        assert_recovers(shop, region="soon")


def test_a_workload_of_nothing_keeps_nothing(tmp_path: Path) -> None:
    sites = Sites.per_region(App(outdir=str(tmp_path)), "shop", primary="eu-west-1", recovery="eu-central-1")

    with pytest.raises(AssertionError, match="shop: unknown"):
        assert_recovers(Workload(sites, objective=Objective(rto="1h", rpo="3h")))
