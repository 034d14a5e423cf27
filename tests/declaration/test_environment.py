from __future__ import annotations

import pytest

from constructs_lib.errors import ObjectiveError
from constructs_lib.objectives import Objective, Target
from tests.declaration.reading import read, refusal

SHOP = "workloads: {shop: {objective: {rto: 4h, rpo: 1h, software: {rto: 4h, rpo: 1h}}, environments: %s}}"
PROFILES = "regions: {primary: eu-west-1, recovery: eu-central-1}\n" + SHOP % (
    "{dev: {disaster_recovery: false, deletion_protection: false, objective: {hardware: {rto: 1d, rpo: 1h}},"
    " sizes: {ledger: {instance_class: db.t4g.medium, storage_gb: 20}}}, prod: {}}"
)


def test_an_environment_is_a_workload_of_its_own() -> None:
    declared = read(PROFILES)

    assert list(declared.workloads) == ["shop", "shop-dev", "shop-prod"]
    assert declared.objective_for("shop-prod") == declared.objective_for("shop")
    assert declared.objective_for("shop-dev") == Objective(
        hardware=Target("1d", "1h"), zone=Target("4h", "1h"), software=Target("4h", "1h")
    )


def test_what_is_not_said_is_as_in_production() -> None:
    prod = read(PROFILES).environment("shop", "prod")

    assert (prod.name, prod.disaster_recovery, prod.deletion_protection) == ("shop-prod", True, True)
    assert prod.regions is not None
    assert (prod.regions.primary, prod.regions.recovery) == ("eu-west-1", "eu-central-1")
    assert prod.size("ledger") == {}


def test_sizes_are_options_of_a_construct() -> None:
    dev = read(PROFILES).environment("shop", "dev")

    assert dev.size("ledger") == {"instance_class": "db.t4g.medium", "storage_gb": 20}
    assert (dev.disaster_recovery, dev.deletion_protection) == (False, False)


@pytest.mark.parametrize(
    ("workload", "name", "said"),
    [
        ("shop", "test", "recovery.yaml declares no environment 'test' of shop; declared: dev, prod"),
        ("shop-dev", "dev", "recovery.yaml declares no environment 'dev' of shop-dev; declared: none"),
        ("blog", "dev", "recovery.yaml declares no workload 'blog'; declared: shop, shop-dev, shop-prod"),
    ],
)
def test_what_is_not_declared_is_named(workload: str, name: str, said: str) -> None:
    with pytest.raises(ObjectiveError, match=f"^{said}$"):
        read(PROFILES).environment(workload, name)


@pytest.mark.parametrize(
    ("profiles", "said"),
    [
        (
            "{dev: {disaster_recovery: false, objective: {region: {rto: 1h, rpo: 1h}}}}",
            "2: workloads.shop.environments.dev.objective: promises something for the loss of a Region, and "
            "disaster_recovery is false; keep one",
        ),
        ("{dev: {disaster_recovery: no}}", "2: workloads.shop.environments.dev.disaster_recovery: is"),
        ("{dev: {sizes: {ledger: {storage: 20}}}}", "did you mean storage_gb?"),
    ],
)
def test_what_cannot_be_is_refused(profiles: str, said: str) -> None:
    assert said in refusal(SHOP % profiles)


def test_an_environment_that_would_promise_nothing_is_refused() -> None:
    text = (
        "workloads: {shop: {objective: {region: {rto: 1h, rpo: 1h}}, environments: {dev: {disaster_recovery: false}}}}"
    )

    assert refusal(text) == (
        "2: workloads.shop.environments.dev: promises nothing without disaster recovery; give an objective for "
        "software, hardware or zone"
    )


def test_two_workloads_of_one_name_are_refused() -> None:
    text = (
        "workloads:\n  shop: {objective: {tier: critical}, environments: {dev: {}}}\n"
        "  shop-dev: {objective: {tier: critical}}"
    )

    assert refusal(text) == ("4: workloads.shop-dev: is called shop-dev like what begins on line 3; rename one of them")


def test_names_that_differ_in_their_case_alone_are_refused_since_files_are_called_after_them() -> None:
    text = "workloads:\n  shop: {objective: {tier: critical}}\n  Shop: {objective: {tier: critical}}"

    assert refusal(text) == (
        "4: workloads.Shop: is called Shop like what begins on line 3 (shop), but for the case; rename one of them"
    )
