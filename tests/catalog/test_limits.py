"""What AWS accepts, as the catalog says it."""

from __future__ import annotations

import pytest

from constructs_lib.catalog.limits import Limit, check_limit, limit, load_limits
from constructs_lib.catalog.sources import load_sources
from constructs_lib.errors import CatalogError, ConfigurationError


def test_every_limit_names_a_source_of_the_catalog() -> None:
    unknown = {item.id: item.source for item in load_limits().values() if item.source not in load_sources()}

    assert unknown == {}


def test_every_limit_says_in_words_what_it_accepts() -> None:
    assert [item.id for item in load_limits().values() if not item.allowed.strip() or "None" in item.allowed] == []


@pytest.mark.parametrize("value", [1, 30, 36500])
def test_a_number_within_the_range_is_accepted(value: int) -> None:
    check_limit("s3.object_lock_days", value, "days")


@pytest.mark.parametrize("value", [0, -1, 36501, 10**30, 1.0, "30", None, True, float("nan")])
def test_anything_else_is_refused_with_the_range(value: object) -> None:
    with pytest.raises(ConfigurationError, match=r"days is .*; allowed: 1 to 36500 days"):
        check_limit("s3.object_lock_days", value, "days")


@pytest.mark.parametrize("value", ["governance", "", "GOVERNANCE ", 1, None, ["GOVERNANCE"]])
def test_a_value_that_is_not_listed_is_refused_with_the_list(value: object) -> None:
    with pytest.raises(ConfigurationError, match=r"mode is .*; allowed: one of GOVERNANCE, COMPLIANCE"):
        check_limit("s3.object_lock_mode", value, "mode")


@pytest.mark.parametrize("value", [True, 500.0, "500"])
def test_a_listed_number_of_another_type_is_refused(value: object) -> None:
    with pytest.raises(ConfigurationError):
        Limit(id="a.b", source="ours", values=(1, 500)).check(value, "code")


def test_a_huge_value_does_not_fill_the_screen() -> None:
    with pytest.raises(ConfigurationError) as caught:
        check_limit("s3.object_lock_mode", "x" * 10_000, "mode")

    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(("text", "fits"), [("ab", False), ("abc", True), ("a" * 63, True), ("a" * 64, False)])
def test_a_length_is_checked_in_characters(text: str, fits: bool) -> None:
    if fits:
        limit("s3.bucket_name").check_length(text, "name")
    else:
        with pytest.raises(ConfigurationError, match=f"{len(text)} characters long; allowed: 3 to 63 characters"):
            limit("s3.bucket_name").check_length(text, "name")


def test_a_name_stands_for_what_aws_calls_it() -> None:
    policies = limit("cloudfront.cache_policy")

    assert policies.identifier("CachingDisabled", "policy") == policies.identifiers["CachingDisabled"]
    with pytest.raises(ConfigurationError, match="one of CachingOptimized, "):
        policies.identifier("Caching", "policy")


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (Limit(id="a", source="ours", least=2), "2 or more"),
        (Limit(id="a", source="ours", most=9, unit="days"), "at most 9 days"),
        (Limit(id="a", source="ours", values=(15,), unit="minutes"), "15 minutes"),
    ],
)
def test_a_bound_on_one_side_reads_well(item: Limit, words: str) -> None:
    assert item.allowed == words


def test_a_limit_that_does_not_exist_is_an_error_of_the_catalog() -> None:
    with pytest.raises(CatalogError, match=r"no limit 's3\.nothing'"):
        limit("s3.nothing")
