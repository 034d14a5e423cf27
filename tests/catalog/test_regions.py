"""Regions: all of the commercial partition, where they lie, and which features combine them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from constructs_lib.catalog import regions as module
from constructs_lib.catalog.regions import (
    load_regions,
    location_allows,
    mrap_allows,
    mrap_failover_endpoints,
    rds_backup_replication,
    rds_backup_replication_because,
    recommended_recovery_region,
    region,
    region_set,
    region_sets,
    same_continent,
    same_country,
    shared_disaster,
)
from constructs_lib.catalog.sources import load_sources
from constructs_lib.errors import ConfigurationError


def test_every_source_named_exists() -> None:
    facts = tomllib.loads(module._FILE.read_text(encoding="utf-8"))
    named = {*facts["sources"].values(), facts["mrap"]["opt_in_source"]}
    named |= {facts[group]["source"] for group in ("mrsc", "dsql", "mrap", "rds_backup_replication")}
    named |= {facts["rds_backup_replication"]["disputed"]["source"]}
    named |= {event["source"] for event in facts["shared_disaster"]}
    assert named <= load_sources().keys()


def test_the_regions_are_those_botocore_knows() -> None:
    loaders = pytest.importorskip("botocore.loaders")
    partitions = loaders.create_loader().load_data("partitions")["partitions"]
    commercial = next(partition for partition in partitions if partition["id"] == "aws")
    assert load_regions().keys() == commercial["regions"].keys() - {"aws-global"}


def test_a_region_knows_where_it_is() -> None:
    ireland = region("eu-west-1")
    assert (ireland.place, ireland.country, ireland.continent) == ("Europe (Ireland)", "IE", "Europe")
    assert (ireland.opt_in, ireland.zones) == (False, 3)
    assert region("eu-south-2").opt_in


@pytest.mark.parametrize(
    ("typo", "meant"),
    [
        ("eu-wset-1", "eu-west-1"),
        ("eu_west_1", "eu-west-1"),
        ("EU-WEST-1", "eu-west-1"),
        (" eu-west-1", "eu-west-1"),
        ("us-east1", "us-east-1"),
        ("Europe (Frankfurt)", "eu-central-1"),
        ("eu-west-1a", "eu-west-1"),
    ],
)
def test_a_typo_is_refused_with_what_was_meant(typo: str, meant: str) -> None:
    with pytest.raises(ConfigurationError, match="did you mean") as caught:
        region(typo)
    assert meant in str(caught.value)
    assert repr(typo) in str(caught.value)


@pytest.mark.parametrize("nonsense", ["", "moon", "xx-new-1", "*"])
def test_nonsense_is_refused_with_what_is_known(nonsense: str) -> None:
    with pytest.raises(ConfigurationError, match="is not an AWS region"):
        region(nonsense)


@pytest.mark.parametrize("value", [None, 3, ["eu-west-1"]])
def test_what_is_no_string_is_refused(value: object) -> None:
    with pytest.raises(ConfigurationError, match="is not a string"):
        region(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(("code", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")])
def test_another_partition_is_refused_by_name(code: str, partition: str) -> None:
    with pytest.raises(ConfigurationError, match=f"is in partition {partition}"):
        region(code)


def test_data_may_go_where_the_constraint_says() -> None:
    assert same_country("us-east-1", "us-west-2")
    assert not same_country("eu-west-1", "eu-central-1")
    assert same_continent("eu-west-1", "eu-central-1")
    assert not same_continent("ap-southeast-1", "ap-southeast-2")
    assert location_allows("AnyLocation", "eu-west-1", "us-east-1")
    assert location_allows("SameContinent", "eu-west-1", "eu-central-1")
    assert not location_allows("SameContinent", "eu-west-1", "us-east-1")
    assert not location_allows("SameCountry", "eu-west-1", "eu-central-1")
    assert location_allows("SameCountry", "ap-northeast-1", "ap-northeast-3")


def test_an_unknown_constraint_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="'SamePlanet' is not known; use AnyLocation"):
        location_allows("SamePlanet", "eu-west-1", "eu-central-1")  # type: ignore[arg-type]


@pytest.mark.parametrize("code", sorted(load_regions()))
def test_the_recommended_recovery_region_is_another_one_and_as_near_as_there_is(code: str) -> None:
    recovery = recommended_recovery_region(code)
    assert recovery != code
    others = [other for other in load_regions() if other != code]
    if any(same_country(code, other) for other in others):
        assert same_country(code, recovery)
    elif code not in ("af-south-1", "sa-east-1", "il-central-1"):
        assert same_continent(code, recovery)


@pytest.mark.parametrize("feature", ["mrsc", "dsql"])
@pytest.mark.parametrize("code", ["us-east-1", "us-east-2", "us-west-2", "eu-west-1", "eu-central-1", "ap-northeast-1"])
def test_the_recommended_recovery_region_keeps_the_features_of_the_primary(feature: str, code: str) -> None:
    found = region_set(feature, code)  # type: ignore[arg-type]
    assert found is not None
    assert recommended_recovery_region(code) in found.regions


@pytest.mark.parametrize("feature", ["mrsc", "dsql"])
def test_region_sets_hold_three_or_more_known_regions_and_do_not_overlap(feature: str) -> None:
    sets = region_sets(feature)
    codes = [code for found in sets for code in found.regions]
    assert len(codes) == len(set(codes))
    assert set(codes) <= load_regions().keys()
    assert all(len(found.regions) >= 3 for found in sets)


def test_a_region_outside_every_set_has_none() -> None:
    assert region_set("mrsc", "sa-east-1") is None
    assert region_set("mrsc", "us-west-1") is None
    with pytest.raises(ConfigurationError):
        region_set("mrsc", "us-wset-1")
    with pytest.raises(ConfigurationError, match="use mrsc or dsql"):
        region_set("teleport", "us-east-1")  # type: ignore[arg-type]


def test_multi_region_access_points_know_their_regions() -> None:
    assert set(mrap_failover_endpoints()) <= load_regions().keys()
    assert len(mrap_failover_endpoints()) == 5
    assert mrap_allows("eu-west-1")
    assert mrap_allows("eu-south-1")
    assert not mrap_allows("mx-central-1")


@pytest.mark.parametrize(
    ("source", "destination", "support"),
    [
        ("us-east-1", "us-west-2", "supported"),
        ("eu-west-1", "eu-central-1", "supported"),
        ("eu-central-1", "af-south-1", "supported"),
        ("us-east-2", "us-west-2", "unknown"),
        ("us-west-1", "us-west-2", "unknown"),
        ("us-west-2", "us-east-2", "supported"),
        ("me-south-1", "me-central-1", "unsupported"),
        ("il-central-1", "eu-central-1", "unsupported"),
        ("il-central-1", "eu-west-1", "supported"),
        ("me-central-1", "eu-central-1", "supported"),
        ("ap-southeast-3", "ap-southeast-5", "supported"),
        ("eu-south-2", "eu-west-3", "supported"),
        ("eu-west-3", "eu-south-2", "unsupported"),
        ("eu-north-1", "eu-south-2", "unsupported"),
        ("mx-central-1", "us-east-2", "unsupported"),
        ("eu-west-2", "us-west-2", "unsupported"),
        ("eu-west-1", "eu-west-1", "unsupported"),
    ],
)
def test_rds_replicates_backups_between_the_pairs_that_aws_lists(source: str, destination: str, support: str) -> None:
    assert rds_backup_replication(source, destination) == support


def test_what_is_said_of_a_pair_names_the_call_or_the_destinations_there_are() -> None:
    unknown = rds_backup_replication_because("us-east-2", "us-west-2")
    assert "`aws rds describe-source-regions --region us-west-2` tells" in unknown
    assert "it does to: eu-central-1, eu-west-1" in rds_backup_replication_because("eu-central-2", "eu-south-1")
    assert rds_backup_replication_because("me-south-1", "me-central-1").endswith("it does to: none")


def test_the_pairs_of_rds_are_of_known_regions_and_those_disputed_are_among_them() -> None:
    facts = module._facts()["rds_backup_replication"]
    assert facts["destinations"].keys() <= load_regions().keys()
    assert all(set(found) <= load_regions().keys() - {start} for start, found in facts["destinations"].items())
    assert all(end in facts["destinations"][start] for start, end in facts["disputed"]["pairs"])


def test_an_unknown_region_has_no_pairs() -> None:
    with pytest.raises(ConfigurationError):
        rds_backup_replication("eu-west-1", "eu-nowhere-1")
    with pytest.raises(ConfigurationError):
        rds_backup_replication("eu-nowhere-1", "eu-west-1")


def test_regions_that_were_lost_together_are_known_in_either_order() -> None:
    for pair in (("me-central-1", "me-south-1"), ("me-south-1", "me-central-1")):
        event = shared_disaster(*pair)
        assert event is not None
        assert event.date == "2026-03-01"
        assert load_sources()[event.source].date.startswith("2026-03")
    assert shared_disaster("me-central-1", "me-central-1") is None
    assert shared_disaster("me-central-1", "ap-south-1") is None
    with pytest.raises(ConfigurationError):
        shared_disaster("me-central-1", "me-south-9")


@pytest.mark.parametrize("code", sorted(load_regions()))
def test_no_recommended_recovery_region_shared_a_disaster_with_the_primary(code: str) -> None:
    assert shared_disaster(code, recommended_recovery_region(code)) is None


def test_dsql_spans_regions_in_sets_of_five_six_and_five() -> None:
    assert sorted(len(found.regions) for found in region_sets("dsql")) == [5, 5, 6]
    for code in ("eu-north-1", "eu-south-2", "ap-south-1", "ap-southeast-1", "ca-west-1"):
        assert region_set("dsql", code) is not None


def test_the_emulator_replicates_backups_between_the_same_regions() -> None:
    module_file = Path(module.__file__).parents[1] / "emulator/rules/rds/backup_replication_pairs.toml"
    pairs = tomllib.loads(module_file.read_text())
    ours = module._facts()["rds_backup_replication"]["destinations"]
    assert {start: sorted(found) for start, found in ours.items()} == {
        start: sorted(found) for start, found in pairs.items() if start in load_regions()
    }
