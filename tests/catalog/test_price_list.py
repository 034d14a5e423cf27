"""Prices from the AWS Price List, against recorded answers of the real client's shape (botocore's Stubber)."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber

from constructs_lib.catalog.prices import load_prices
from constructs_lib.catalog.prices.price_list import Refreshed, refresh_prices
from constructs_lib.errors import CatalogError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TODAY = date(2026, 11, 23)
REGION = "eu-central-1"


def product(usage: str, unit: str, *tiers: tuple[str, str]) -> str:
    """Return a product as GetProducts does: a JSON text, with tiers of (beginRange, USD)."""
    dimensions = {
        f"SKU.T.{number}": {"unit": unit, "beginRange": begin, "endRange": "Inf", "pricePerUnit": {"USD": usd}}
        for number, (begin, usd) in enumerate(tiers)
    }
    return json.dumps(
        {
            "product": {"sku": "SKU", "attributes": {"usagetype": usage, "regionCode": REGION}},
            "terms": {"OnDemand": {"SKU.T": {"priceDimensions": dimensions}}},
        }
    )


# Recorded by usage type. The amounts are AWS's for Europe (Frankfurt) where they are known to the catalog.
RECORDED: dict[str, list[list[str]]] = {
    "TimedStorage-ByteHrs/Storage": [
        [product("EUC1-TimedStorage-ByteHrs", "GB-Mo", ("51200", "0.0235"), ("0", "0.0245"))],
    ],
    "S3-API-Tier1": [[product("EUC1-Requests-Tier1", "Requests", ("0", "0.0000054000"))]],
    # Two pages, and a product of another usage type that the filters let through.
    "DDB-WriteUnits": [
        [product("EUC1-WriteRequestUnits-IA", "WriteRequestUnits", ("0", "0.0000009"))],
        [product("EUC1-WriteRequestUnits", "WriteRequestUnits", ("0", "0.00000076"))],
    ],
    # A free tier first.
    "TimedStorage-ByteHrs/Database Storage": [
        [product("EUC1-TimedStorage-ByteHrs", "GB-Mo", ("0", "0.0000000000"), ("25", "0.3060000000"))]
    ],
    # Two prices for one thing.
    "RDS:GP3-Storage": [
        [
            product("EUC1-RDS:GP3-Storage", "GB-Mo", ("0", "0.137")),
            product("EUC1-RDS:GP3-Storage", "GB-Mo", ("0", "0.2")),
        ]
    ],
    "InstanceUsage:db.m6g.large": [[product("EUC1-InstanceUsage:db.m6g.large", "Hrs", ("0", "0.1890000000"))]],
    "Multi-AZUsage:db.m6g.large": [[product("EUC1-Multi-AZUsage:db.m6g.large", "Hrs", ("0", "0.3780000000"))]],
}


class Recording:
    """Answers GetProducts through a stubbed boto3 client, which checks every call against the service's model."""

    def __init__(self) -> None:
        self.client = boto3.client("pricing", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")

    def get_products(self, **arguments: Any) -> Mapping[str, Any]:
        pages = self._pages(arguments)
        number = int(arguments.get("NextToken", "0"))
        page: dict[str, Any] = {"FormatVersion": "aws_v1", "PriceList": pages[number] if pages else []}
        if number + 1 < len(pages):
            page["NextToken"] = str(number + 1)
        with Stubber(self.client) as stubber:
            stubber.add_response("get_products", page, arguments)
            answer: Mapping[str, Any] = self.client.get_products(**arguments)
        return answer

    def _pages(self, arguments: Mapping[str, Any]) -> list[list[str]]:
        filters = {item["Field"]: item["Value"] for item in arguments["Filters"]}
        assert filters["regionCode"] == REGION
        if "instanceType" in filters:
            usage = "Multi-AZUsage" if filters["deploymentOption"] == "Multi-AZ" else "InstanceUsage"
            return RECORDED.get(f"{usage}:{filters['instanceType']}", [])
        if "group" in filters:
            return RECORDED.get(filters["group"], [])
        if filters.get("deploymentOption") == "Single-AZ":
            return RECORDED["RDS:GP3-Storage"]
        family = filters.get("productFamily", "")
        if arguments["ServiceCode"] in ("AmazonS3", "AmazonDynamoDB"):
            return RECORDED.get(f"TimedStorage-ByteHrs/{family}", [])
        return []


@pytest.fixture(name="refreshed", scope="module")
def _refreshed() -> Refreshed:
    return refresh_prices(Recording(), [REGION], instances=[("postgres", "db.m6g.large")], today=TODAY)


def test_what_was_read_lies_over_the_shipped_prices(refreshed: Refreshed, tmp_path: Path) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(refreshed.text, encoding="utf-8")
    prices = load_prices(file)
    found = {
        dimension: prices.price(dimension, REGION).usd
        for dimension in ("s3.storage.standard", "s3.request.put", "dynamodb.write", "dynamodb.storage")
    }

    assert found == {
        "s3.storage.standard": Decimal("0.0245"),
        "s3.request.put": Decimal("0.0054"),
        "dynamodb.write": Decimal("0.76"),
        "dynamodb.storage": Decimal("0.306"),
    }
    assert prices.price("s3.storage.standard", REGION).date == "2026-11-23"
    assert prices.source(prices.price("s3.storage.standard", REGION).source).kind == "api"
    assert prices.instance_hour("postgres", "db.m6g.large", REGION).usd == Decimal("0.189")
    assert prices.instance_hour("postgres", "db.m6g.large", REGION, multi_az=True).usd == Decimal("0.378")


def test_a_price_in_doubt_is_left_out_and_named(refreshed: Refreshed) -> None:
    because = {item.dimension: item.because for item in refreshed.missing}

    assert because["rds.storage.gp3"] == "2 products with different prices"
    assert because["aurora.storage"] == "no product with such a price"
    assert '"rds.storage.gp3"' not in refreshed.text


def test_nothing_found_is_no_file() -> None:
    class Empty:
        def get_products(self, **_: Any) -> Mapping[str, Any]:
            return {"PriceList": []}

    assert (
        refresh_prices(Empty(), [REGION], today=TODAY).text,
        refresh_prices(Empty(), [REGION], today=TODAY).count,
    ) == (
        "",
        0,
    )


@pytest.mark.parametrize("text", ["{", "{}", '{"product": {"attributes": {"usagetype": "x"}}}'])
def test_an_answer_that_is_not_understood_is_told(text: str) -> None:
    class Odd:
        def get_products(self, **_: Any) -> Mapping[str, Any]:
            return {"PriceList": [text]}

    if "usagetype" in text:
        assert refresh_prices(Odd(), [REGION], today=TODAY).count == 0
        return
    with pytest.raises(CatalogError, match="Price List's answer for"):
        refresh_prices(Odd(), [REGION], today=TODAY)


def test_unknown_regions_engines_and_classes_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="nowhere-1"):
        refresh_prices(Recording(), ["nowhere-1"], today=TODAY)
    with pytest.raises(ConfigurationError, match="engine 'access'"):
        refresh_prices(Recording(), [REGION], instances=[("access", "db.m6g.large")], today=TODAY)
    with pytest.raises(ConfigurationError, match="not an instance class"):
        refresh_prices(Recording(), [REGION], instances=[("postgres", "m6g.large")], today=TODAY)
