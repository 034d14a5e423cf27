"""What a bill depends on, and the assumptions where nobody says."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from constructs_lib.catalog.prices.usage import assumed_usage
from constructs_lib.components import DEFAULT_SIZE_GB
from constructs_lib.costs import Usage
from constructs_lib.errors import ConfigurationError
from tests.each import each


def test_the_defaults_are_the_assumptions_of_the_catalog() -> None:
    usage, assumed = Usage(), assumed_usage()
    assert usage.size_gb == assumed.size_gb == DEFAULT_SIZE_GB
    assert usage.change_gb == assumed.size_gb * assumed.change_share
    assert usage.writes_millions == assumed.writes_millions
    assert usage.reads_millions == assumed.reads_millions
    assert usage.transfer_gb == assumed.transfer_gb


def test_what_changes_is_a_share_of_the_size_unless_said() -> None:
    assert Usage(size_gb=1000).change_gb == 300
    assert Usage(size_gb=1000, change_gb=7).change_gb == 7


@pytest.mark.parametrize("value", [1, 0.5, "12.5", Decimal("1e3"), "1e3"])
def test_numbers_are_exact(value: float | str | Decimal) -> None:
    assert Usage(size_gb=value).size_gb == Decimal(str(value))


NO_AMOUNTS = [
    -1, "-1", -0.5, float("nan"), float("inf"), "NaN", "sNaN", "Infinity", "-inf", "", " ", "many", "5 parsecs",
    "1,000", "1_000", "0x10", "１００", "٣", "1e99", "9" * 5000, 10**10, True, False, None, [], b"1",
]  # fmt: skip


@each(
    ("name", "value"),
    product(["size_gb", "change_gb", "writes_millions", "reads_millions", "transfer_gb"], NO_AMOUNTS),
)
def test_what_is_no_amount_is_refused(name: str, value: object) -> None:
    with pytest.raises(ConfigurationError, match=rf"^{name} is ") as caught:
        Usage(**{name: value})
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("given", [{"read_capacity": 5}, {"write_capacity": 5}])
def test_capacity_of_a_table_that_is_half_said_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="read_capacity and write_capacity go together"):
        Usage(**given)


@pytest.mark.parametrize("value", [0, "0", 0.0, "0.000", "-0"])
def test_a_size_of_nothing_is_refused_and_no_writes_are_not(value: float | str) -> None:
    with pytest.raises(ConfigurationError, match="more than 0"):
        Usage(size_gb=value)
    assert Usage(writes_millions=value, change_gb=value).writes_millions == 0


@pytest.mark.parametrize(
    "acus",
    [
        {"average_acus": 2},
        {"most_acus": 2},
        {"least_acus": 2},
        {"instance_class": "db.serverless"},
        {"average_acus": 2, "most_acus": "0.5"},
        {"average_acus": 2, "most_acus": "256.5"},
        {"average_acus": 2, "most_acus": "8.25"},
        {"average_acus": 9, "most_acus": 8},
        {"average_acus": 2, "most_acus": 8, "least_acus": 9},
        {"average_acus": 2, "most_acus": 8, "least_acus": 0},
    ],
    ids=repr,
)
def test_capacity_units_out_of_bounds_or_given_in_part_are_refused(acus: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError, match=r"give |takes 0.5 to 256|takes 1 to 256"):
        Usage(**acus)


def test_the_least_capacity_is_what_aws_recommends_unless_given() -> None:
    usage = Usage(average_acus=1, most_acus=16)
    assert [usage.least_capacity(global_primary=primary) for primary in (False, True)] == [2, 8]
    assert Usage(average_acus=1, most_acus=1).least_capacity(global_primary=True) == 1
    assert Usage(average_acus=1, most_acus=16, least_acus="0.5").least_capacity(global_primary=True) == Decimal("0.5")


@pytest.mark.parametrize("value", ["db.m6g.large", "db.r6gd.16xlarge", "db.x2iedn.24xlarge"])
def test_instance_classes_are_accepted(value: str) -> None:
    assert Usage(instance_class=value).instance_class == value


@pytest.mark.parametrize(
    "value", ["", "large", "m6g.large", "db.", "db.m6g", "db..large", "DB.M6G.LARGE", "db.m６g.large"]
)
def test_what_is_no_instance_class_is_refused(value: str) -> None:
    with pytest.raises(ConfigurationError, match=r"db\.m6g\.large"):
        Usage(instance_class=value)
