"""Prices: what is shipped is sourced and exact, what is unknown is said to be, a user's file counts."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.catalog.confidence import Confidence
from constructs_lib.catalog.prices import BASE_REGION, GLOBAL, load_prices
from constructs_lib.catalog.prices import load as module
from constructs_lib.catalog.prices.regional import regional_prices
from constructs_lib.catalog.prices.sheets import read_price_file
from constructs_lib.catalog.regions import load_regions
from constructs_lib.errors import CatalogError, ConfigurationError
from tests.each import each

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PRICED_REGIONS = (
    "us-east-1",
    "us-east-2",
    "us-west-2",
    "eu-west-1",
    "eu-central-1",
    "eu-north-1",
    "ap-southeast-1",
    "ap-northeast-1",
)

SHEET = """
[sources.agreement]
title = "our agreement"
document = "appendix B"
read = "2026-10"
kind = "ours"

[[sheet]]
regions = ["eu-west-1"]
source = "agreement"
date = "2026-10"
confidence = "documented"
note = "with our discount"
[sheet.usd]
"s3.storage.standard" = "0.0207"
"rds.instance.postgres.m7i.2xlarge" = "0.61"
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that writes a price file and returns its path."""

    def write_file(text: str) -> Path:
        path = tmp_path / "prices.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


# ---------------------------------------------------------------- what is shipped


def test_every_price_names_a_source_that_exists() -> None:
    prices = load_prices()
    for price in prices.rows():
        assert prices.source(price.source).id == price.source


def test_every_price_is_of_a_region_that_exists() -> None:
    assert {price.region for price in load_prices().rows()} - {GLOBAL} <= load_regions().keys()


def test_no_price_is_remembered_or_derived_and_called_documented() -> None:
    prices = load_prices()
    kinds = {prices.source(p.source).kind for p in prices.rows() if p.confidence is not Confidence.PLANNING}
    assert kinds == {"secondary"}


def test_no_dimension_has_two_units_and_no_alias_hides_a_dimension() -> None:
    facts = tomllib.loads(module._FILE.read_text(encoding="utf-8"))
    named = [dimension for dimensions in facts["units"].values() for dimension in dimensions]
    assert len(named) == len(set(named))
    assert not set(named) & facts["same_as"].keys()
    assert set(facts["same_as"].values()) <= set(named)


@pytest.mark.parametrize("region", PRICED_REGIONS)
def test_every_dimension_has_a_price_in_every_priced_region(region: str) -> None:
    prices = load_prices()
    for dimension in prices.dimensions:
        price = prices.price(dimension, region)
        assert price.usd > 0
        assert price.note or not price.assumed


@each(
    ("dimension", "region"),
    product(
        [
            "s3.storage.standard",
            "s3.request.put",
            "s3.replication.rtc",
            "kms.key",
            "kms.request",
            "transfer.inter_region",
            "dynamodb.write",
            "dynamodb.replicated_write",
            "dynamodb.storage",
            "dynamodb.pitr",
            "rds.storage.gp3",
            "rds.storage.gp3.multi_az",
            "aurora.storage",
            "route53.health_check.aws",
            "arc.routing_control_cluster",
            "cloudwatch.alarm",
            "backup.storage.dynamodb",
            "backup.copy.transfer.dynamodb",
            "transfer.internet",
            "s3.request.get",
        ],
        PRICED_REGIONS,
    ),
)
def test_the_common_dimensions_are_not_assumed_where_there_is_a_dump(dimension: str, region: str) -> None:
    assert not load_prices().price(dimension, region).assumed


@pytest.mark.parametrize(
    ("dimension", "region", "usd"),
    [
        ("s3.storage.standard", "us-east-1", "0.023"),
        ("s3.storage.intelligent_tiering_deep_archive", "us-east-1", "0.00099"),
        ("s3.replication.rtc", "eu-north-1", "0.015"),
        ("dynamodb.write_capacity", "us-east-1", "0.4745"),
        ("dynamodb.replicated_write_capacity", "us-west-1", "0.5295"),
        ("dynamodb.pitr", "eu-west-1", "0.22"),
        ("dynamodb.write", "eu-central-1", "0.7625"),
        ("dsql.dpu", "eu-central-1", "9.5"),
        ("dsql.storage", "eu-west-1", "0.36"),
        ("aurora.storage.io_optimized", "us-east-1", "0.225"),
        ("backup.restore.dynamodb", "us-west-1", "0.168"),
        ("lambda.duration.x86", "us-east-1", "0.0000166667"),
        ("transfer.inter_region", "me-south-1", "0.1105"),
        ("route53.query.geo", "eu-west-1", "0.7"),
        ("alb.hour", "eu-west-1", "0.0252"),
    ],
)
def test_a_price_is_exactly_the_figure_of_its_source(dimension: str, region: str, usd: str) -> None:
    price = load_prices().price(dimension, region)
    assert (str(price.usd), price.confidence, price.assumed) == (usd, Confidence.DOCUMENTED, False)


@pytest.mark.parametrize("region", PRICED_REGIONS)
def test_no_price_of_a_dump_is_written_down_a_second_time(region: str) -> None:
    assert not regional_prices(region).keys() & module._shipped()._rows.get(region, {}).keys()
    assert not regional_prices(GLOBAL).keys() & module._shipped()._rows.get(region, {}).keys()


@pytest.mark.parametrize("region", PRICED_REGIONS)
def test_us_east_1_stands_in_for_next_to_nothing_where_there_is_a_dump(region: str) -> None:
    prices = load_prices()
    stand_ins = {name for name in prices.dimensions if prices.price(name, region).assumed}
    # DSQL does not run in all of them, and nobody lists transfer within a Region, nor endpoints in every one.
    assert stand_ins <= {"dsql.dpu", "dsql.storage", "transfer.intra_region", "vpc.endpoint.hour"}


def test_what_is_billed_as_something_else_has_its_price_and_unit() -> None:
    prices = load_prices()
    noncurrent, standard = (prices.price(f"s3.storage.{kind}", "eu-central-1") for kind in ("noncurrent", "standard"))
    assert (noncurrent.usd, noncurrent.unit, noncurrent.dimension) == (
        standard.usd,
        "GB-month",
        "s3.storage.noncurrent",
    )


@pytest.mark.parametrize(
    ("dimension", "amount", "usd"),
    [
        ("s3.request.put", 2_500_000, "12.5"),
        ("kms.request", 10_000, "0.03"),
        ("dynamodb.write", 4_000_000, "2.5"),
        ("s3.storage.standard", 1000, "23"),
        ("route53.query.standard", 1_000_000, "0.4"),
    ],
)
def test_cost_counts_the_thing_and_not_the_unit(dimension: str, amount: int, usd: str) -> None:
    assert load_prices().price(dimension, "us-east-1").cost(amount) == Decimal(usd)


def test_cost_keeps_every_digit() -> None:
    assert load_prices().price("lambda.duration.x86", "us-east-1").cost(Decimal("3")) == Decimal("0.0000500001")


def test_loading_reads_one_file_once_and_no_regions_before_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []

    def watched(file: Path) -> dict[str, Any]:
        read.append(file)
        return read_price_file(file)

    monkeypatch.setattr(module, "read_price_file", watched)
    module._shipped.cache_clear()
    regional_prices.cache_clear()

    prices = load_prices()

    assert load_prices() is prices
    assert read == [module._FILE]
    assert regional_prices.cache_info().currsize == 0
    prices.price("s3.storage.standard", "eu-west-1")
    prices.price("s3.request.put", "eu-west-1")
    assert read == [module._FILE]
    assert regional_prices.cache_info().currsize == 1


# ---------------------------------------------------------------- Regions without a price


@pytest.mark.parametrize("region", ["ap-south-1", "sa-east-1", "eu-west-2"])
def test_another_regions_price_is_us_east_1s_and_is_said_to_be_assumed(region: str) -> None:
    price = load_prices().price("dynamodb.storage", region)
    assert price.usd == load_prices().price("dynamodb.storage", BASE_REGION).usd
    assert price.assumed
    assert price.region == region
    assert price.confidence is Confidence.PLANNING
    assert price.note is not None
    assert BASE_REGION in price.note
    assert region in price.note


def test_what_has_one_price_everywhere_is_not_assumed() -> None:
    assert not load_prices().price("route53.zone", "ap-south-1").assumed


@pytest.mark.parametrize("region", ["us-esat-1", "moon-1", "", "cn-north-1"])
def test_no_price_is_given_for_a_region_that_does_not_exist(region: str) -> None:
    with pytest.raises(ConfigurationError):
        load_prices().price("s3.storage.standard", region)


def test_an_unknown_dimension_is_an_error_with_what_is_close() -> None:
    with pytest.raises(
        CatalogError, match=r"no price dimension 's3.storage.standart'; did you mean s3.storage.standard"
    ):
        load_prices().price("s3.storage.standart", "us-east-1")


# ---------------------------------------------------------------- transfer between Regions


@pytest.mark.parametrize(
    ("source", "destination", "usd"),
    [
        ("us-east-1", "us-east-2", "0.01"),
        ("us-east-2", "us-east-1", "0.01"),
        ("us-east-1", "us-west-2", "0.02"),
        ("us-west-2", "us-east-1", "0.02"),
        ("eu-west-1", "eu-central-1", "0.02"),
        ("eu-west-1", "us-east-2", "0.02"),
        ("ap-northeast-1", "ap-northeast-3", "0.09"),
        ("sa-east-1", "us-east-1", "0.138"),
    ],
)
def test_transfer_is_billed_by_the_region_it_leaves(source: str, destination: str, usd: str) -> None:
    price = load_prices().inter_region_transfer(source, destination)
    assert (price.usd, price.unit, price.assumed) == (Decimal(usd), "GB", False)


def test_a_users_special_transfer_price_counts(write: Callable[[str], Path]) -> None:
    text = SHEET.replace("s3.storage.standard", "transfer.inter_region.to.us-east-1")
    prices = load_prices(write(text))
    assert prices.inter_region_transfer("eu-west-1", "us-east-1").usd == Decimal("0.0207")
    assert prices.inter_region_transfer("eu-west-1", "us-east-2").usd == Decimal("0.02")


def test_transfer_from_a_region_to_itself_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="to itself"):
        load_prices().inter_region_transfer("eu-west-1", "eu-west-1")


# ---------------------------------------------------------------- database instances


@pytest.mark.parametrize(
    ("engine", "instance_class", "multi_az", "usd"),
    [
        ("mysql", "db.t3.large", False, "0.136"),
        ("mysql", "db.t3.large", True, "0.272"),
        ("mysql", "db.t4g.small", False, "0.032"),
        ("mysql", "db.t4g.small", True, "0.065"),
        ("postgres", "db.t3.large", False, "0.145"),
        ("mariadb", "db.t3.large", False, "0.136"),
        ("oracle-se2", "db.t3.large", False, "0.300"),
        ("sqlserver-se", "db.m5.xlarge", False, "1.224"),
        ("sqlserver-ee", "db.m5.xlarge", False, "2.336"),
        ("aurora-postgresql", "db.t3.medium", False, "0.082"),
        ("aurora-mysql", "db.r4.large", False, "0.29"),
    ],
)
def test_an_instance_with_a_price_has_it_unchanged(engine: str, instance_class: str, multi_az: bool, usd: str) -> None:
    price = load_prices().instance_hour(engine, instance_class, "us-east-1", multi_az)
    assert price.usd == Decimal(usd)
    assert price.confidence is Confidence.DOCUMENTED
    assert not price.assumed
    assert price.unit == "instance-hour"


@pytest.mark.parametrize(
    ("size", "usd"),
    [("8xlarge", "2.736"), ("12xlarge", "4.104"), ("24xlarge", "8.208")],
)
def test_a_size_without_a_price_is_scaled_from_its_family(size: str, usd: str) -> None:
    price = load_prices().instance_hour("mysql", f"db.m5.{size}", "us-east-1")
    assert price.usd == Decimal(usd)
    assert price.note == "scaled from db.m5.4xlarge"
    assert not price.assumed


def test_multi_az_without_a_price_of_its_own_is_two_instances() -> None:
    prices = load_prices()
    single = prices.instance_hour("db2-se", "db.m5.12xlarge", "us-west-1")
    assert prices.instance_hour("db2-se", "db.m5.12xlarge", "us-west-1", multi_az=True).usd == 2 * single.usd


def test_multi_az_of_sql_server_has_a_price_of_its_own_and_a_larger_size_its_ratio() -> None:
    prices = load_prices()
    assert prices.instance_hour("sqlserver-ee", "db.m5.xlarge", "us-east-1", multi_az=True).usd == Decimal("3.328")
    larger = prices.instance_hour("sqlserver-ee", "db.m5.12xlarge", "us-east-1", multi_az=True)
    assert larger.usd / prices.instance_hour("sqlserver-ee", "db.m5.12xlarge", "us-east-1").usd < Decimal("1.6")
    assert larger.assumed


def test_multi_az_with_a_license_and_no_price_is_a_guess() -> None:
    price = load_prices().instance_hour("sqlserver-ex", "db.t3.large", "us-east-1", multi_az=True)
    assert price.assumed
    assert price.note is not None
    assert "taken as two instances" in price.note


def test_a_multi_az_cluster_is_three_instances_and_only_planned() -> None:
    prices = load_prices()
    single = prices.instance_hour("mysql", "db.m5.large", "us-east-1")
    cluster = prices.multi_az_cluster_hour("mysql", "db.m5.large", "us-east-1")
    assert cluster.usd == 3 * single.usd
    assert single.confidence is Confidence.DOCUMENTED
    assert cluster.confidence is Confidence.PLANNING


@pytest.mark.parametrize(
    ("engine", "expected"), [("oracle-ee", "license is not included"), ("db2-se", "without the Db2 license")]
)
def test_a_license_that_is_not_included_is_said(engine: str, expected: str) -> None:
    price = load_prices().instance_hour(engine, "db.m5.large", "us-east-1")
    assert price.usd == Decimal("0.171")
    assert price.note is not None
    assert expected in price.note


def test_db2_is_a_guess_and_mariadb_is_not() -> None:
    prices = load_prices()
    assert prices.instance_hour("db2-ae", "db.m5.large", "us-east-1").assumed
    assert not prices.instance_hour("mariadb", "db.m5.large", "us-east-1").assumed


def test_scaling_a_price_with_a_license_in_it_is_a_guess() -> None:
    price = load_prices().instance_hour("sqlserver-se", "db.m5.8xlarge", "us-east-1")
    assert price.assumed
    assert price.note == "scaled from db.m5.4xlarge; the license is not billed in proportion to the size"


@pytest.mark.parametrize(
    ("instance_class", "usd"),
    [
        ("db.z9.xlarge", "0.342"),
        ("db.serverless", "0.171"),
        ("", "0.171"),
        ("m5.large", "0.171"),
        ("db.m5.huge", "0.171"),
    ],
)
def test_a_class_without_a_price_is_stood_in_for_and_said_to_be_assumed(instance_class: str, usd: str) -> None:
    price = load_prices().instance_hour("mysql", instance_class, "us-east-1")
    assert price.usd == Decimal(usd)
    assert price.assumed
    assert price.confidence is Confidence.PLANNING
    assert price.note is not None
    assert "stands in" in price.note


def test_an_instance_in_a_region_without_prices_is_assumed_to_cost_what_it_does_in_us_east_1() -> None:
    price = load_prices().instance_hour("mysql", "db.m5.large", "ap-south-1")
    assert (price.usd, price.assumed, price.region) == (Decimal("0.171"), True, "ap-south-1")
    assert price.note == "no price for ap-south-1; that of us-east-1 stands in"


@pytest.mark.parametrize("region", PRICED_REGIONS)
def test_every_engine_can_be_priced_in_every_priced_region(region: str) -> None:
    prices = load_prices()
    assert len(prices.engines) == 15
    for engine in prices.engines:
        for family in (
            "t3",
            "t4g",
            "m5",
            "m6g",
            "m6i",
            "m7g",
            "m8g",
            "r5",
            "r6g",
            "r6i",
            "r7g",
            "m5d",
            "r6gd",
            "x2iedn",
        ):
            price = prices.instance_hour(engine, f"db.{family}.xlarge", region)
            assert price.usd > 0
            assert price.note or not price.assumed


def test_aurora_has_no_multi_az_price() -> None:
    with pytest.raises(ConfigurationError, match="count instances"):
        load_prices().instance_hour("aurora-mysql", "db.r5.large", "us-east-1", multi_az=True)


def test_an_unknown_engine_is_an_error_with_what_is_close() -> None:
    with pytest.raises(CatalogError, match="'postgresql'; did you mean postgres"):
        load_prices().instance_hour("postgresql", "db.m5.large", "us-east-1")


# ---------------------------------------------------------------- a user's file


def test_a_users_price_replaces_the_shipped_one_in_its_region_only(write: Callable[[str], Path]) -> None:
    prices = load_prices(write(SHEET))
    mine = prices.price("s3.storage.standard", "eu-west-1")
    assert (mine.usd, mine.source, mine.date, mine.note) == (
        Decimal("0.0207"),
        "agreement",
        "2026-10",
        "with our discount",
    )
    assert prices.source("agreement").title == "our agreement"
    assert prices.price("s3.storage.noncurrent", "eu-west-1").usd == Decimal("0.0207")
    assert prices.price("s3.storage.standard", "us-east-1").usd == Decimal("0.023")
    assert load_prices().price("s3.storage.standard", "eu-west-1").usd == Decimal("0.023")


def test_a_users_price_for_everywhere_counts_before_a_shipped_one_of_a_region(write: Callable[[str], Path]) -> None:
    text = SHEET.replace('["eu-west-1"]', '["global"]').replace("s3.storage.standard", "resiliencehub.application")
    prices = load_prices(write(text))
    assert prices.price("resiliencehub.application", "eu-central-1").usd == Decimal("0.0207")
    assert load_prices().price("resiliencehub.application", "eu-central-1").usd == Decimal("15")


def test_a_users_price_of_a_class_counts_with_a_standby_too(write: Callable[[str], Path]) -> None:
    prices = load_prices(write(SHEET))
    assert prices.instance_hour("postgres", "db.m7i.2xlarge", "eu-west-1").usd == Decimal("0.61")
    # The shipped prices have a standby at twice the price; a size that the user did not price keeps its own.
    assert prices.instance_hour("postgres", "db.m7i.2xlarge", "eu-west-1", multi_az=True).usd == Decimal("1.22")
    assert prices.instance_hour("postgres", "db.m7i.4xlarge", "eu-west-1").usd == Decimal("1.576")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"0.0207"', "0.0207", r"sheet 1, 's3.storage.standard': price 0.0207 is not a string"),
        ('"0.0207"', "1", r"price 1 is not a string"),
        ('"0.0207"', "true", r"price True is not a string"),
        ('"0.0207"', "nan", r"price nan is not a string"),
        ('"0.0207"', '"-0.01"', r"price '-0.01' is no decimal number of 0 or more"),
        ('"0.0207"', '"NaN"', r"price 'NaN' is no decimal number"),
        ('"0.0207"', '"inf"', r"price 'inf' is no decimal number"),
        ('"0.0207"', '"1e3"', r"price '1e3' is no decimal number"),
        ('"0.0207"', '"$0.02"', r"is no decimal number"),
        ('"0.0207"', '"٠.٢"', r"is no decimal number"),
        ('"0.0207"', '""', r"is no decimal number"),
        (
            "s3.storage.standard",
            "s3.storage.standart",
            r"no price dimension .* did you mean s3.storage.standard",
        ),
        ("m7i.2xlarge", "m7i.huge", r"no price dimension 'rds.instance.postgres.m7i.huge'"),
        ("rds.instance.postgres", "rds.instance.postgre", r"no price dimension 'rds.instance.postgre\."),
        ('["eu-west-1"]', '["eu-wset-1"]', r"sheet 1: region 'eu-wset-1' .* did you mean eu-west-1"),
        ('["eu-west-1"]', '"eu-west-1"', r"regions must be a list"),
        ('["eu-west-1"]', "[]", r"regions must be a list"),
        ('["eu-west-1"]', "[1]", r"regions must be a list"),
        (
            'source = "agreement"',
            'source = "agrement"',
            r"sheet 1: no source 'agrement'; did you mean agreement",
        ),
        ('source = "agreement"', "", r"source must be given"),
        ('date = "2026-10"', "date = 2026-10-01", r"date must be given, as a string"),
        ('date = "2026-10"', 'date = "October"', r"date 'October' is not YYYY"),
        ('date = "2026-10"', 'date = "2026-13"', r"date '2026-13' is not YYYY"),
        ('confidence = "documented"', 'confidence = "sure"', r"confidence 'sure' is not known"),
        ("note =", "remark =", r"unknown field 'remark'; allowed are"),
        ('note = "with our discount"', "note = 3", r"note must be a string"),
        ('note = "with our discount"', 'copy_of = "us-east-1"', r"unknown field 'copy_of'"),
        ("[[sheet]]", "[sheet]", r"write \[\[sheet\]\]"),
        ('kind = "ours"', 'kind = "friend"', r"source 'agreement': kind 'friend' is not known"),
        ("[sources.agreement]", "[source.agreement]", r"unknown table 'source'"),
        ("[sheet.usd]", "[sheet.usd", r"is not TOML"),
    ],
)
def test_a_users_file_that_is_not_well_formed_is_refused_with_file_and_row(
    write: Callable[[str], Path], old: str, new: str, message: str
) -> None:
    assert old in SHEET
    path = write(SHEET.replace(old, new))
    with pytest.raises(CatalogError, match=message) as caught:
        load_prices(path)
    assert path.name in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "sources = {}\n", "sheet = []\n"])
def test_a_users_file_without_prices_is_refused(write: Callable[[str], Path], text: str) -> None:
    with pytest.raises(CatalogError, match="holds no prices"):
        load_prices(write(text))


@pytest.mark.parametrize("text", ["sheet = 3\n", "sheet = [1]\n", "sources = 3\n", "sheet = [{usd = 3}]\n"])
def test_a_users_file_with_wrong_types_is_refused(write: Callable[[str], Path], text: str) -> None:
    with pytest.raises(CatalogError):
        load_prices(write(text))


def test_a_users_sheet_without_prices_is_refused(write: Callable[[str], Path]) -> None:
    head = SHEET.partition("[sheet.usd]")[0]
    with pytest.raises(CatalogError, match=r"add \[sheet.usd\]"):
        load_prices(write(head))


def test_a_users_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    for name, message in (
        ("missing.toml", "cannot be read"),
        (".", "cannot be read"),
        ("binary.toml", "not UTF-8"),
    ):
        with pytest.raises(CatalogError, match=message):
            load_prices(tmp_path / name)
