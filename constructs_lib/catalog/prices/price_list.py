"""Prices read anew from the AWS Price List, as a price file that lies over the shipped one.

The Price List gives no address a dimension could be fetched from, only products to filter: `price_list.toml` says
which product is which dimension. What is not found, or found with more than one price, is left out and named; nothing
is guessed.
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec

from constructs_lib.catalog.document import read_document
from constructs_lib.catalog.prices import load_prices
from constructs_lib.catalog.regions import region as known_region
from constructs_lib.errors import CatalogError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

__all__ = ["Missing", "PriceListClient", "Refreshed", "refresh_prices"]

_FILE: Final = "prices/price_list.toml"
_HOURS: Final = "Hrs"


class PriceListClient(Protocol):
    """The part of boto3's `pricing` client that is used."""

    def get_products(self, **arguments: Any) -> Mapping[str, Any]:
        """Return one page of products."""


class _Product(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    dimension: str
    service: str
    filters: dict[str, str]
    usage: str
    unit: str


class _Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    source: str
    engines: dict[str, str]
    usage: dict[str, str]
    product: tuple[_Product, ...]


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """A price that was asked for and not taken, and why."""

    dimension: str
    region: str
    because: str

    def __str__(self) -> str:
        return f"{self.dimension} in {self.region}: {self.because}"


class Refreshed(msgspec.Struct, frozen=True, kw_only=True):
    """What was read.

    Attributes:
        text: A price file for `load_prices` and `--prices`; empty where nothing was found.
        count: How many prices are in it.
        missing: What was asked for and is not in it.
    """

    text: str
    count: int
    missing: tuple[Missing, ...]


@cache
def _facts() -> _Facts:
    return read_document(_FILE, _Facts)


def refresh_prices(
    client: PriceListClient, regions: Sequence[str], *, instances: Sequence[tuple[str, str]] = (), today: date
) -> Refreshed:
    """Read the prices of *regions* and return them as a price file.

    Args:
        client: boto3's `pricing` client.
        regions: Region codes.
        instances: Database instances to price, as (engine, class); Multi-AZ is priced beside it where there is one.
        today: The date that the prices are given.

    Raises:
        ConfigurationError: If a Region or an engine is not known.
        CatalogError: If the Price List answers in a form that is not understood.
    """
    products = [*_facts().product, *(product for engine, name in instances for product in _instance(engine, name))]
    found: dict[str, dict[str, Decimal]] = {}
    missing: list[Missing] = []
    for region in regions:
        known_region(region)
        for product in products:
            price = _price(client, product, region)
            if isinstance(price, Decimal):
                found.setdefault(region, {})[product.dimension] = price * _quantity(product.dimension)
            else:
                missing.append(Missing(dimension=product.dimension, region=region, because=price))
    count = sum(len(prices) for prices in found.values())
    return Refreshed(text=_written(found, today) if found else "", count=count, missing=tuple(missing))


def _instance(engine: str, name: str) -> Iterator[_Product]:
    facts = _facts()
    if engine not in facts.engines:
        msg = f"engine {engine!r} cannot be priced from the Price List here; use one of {', '.join(facts.engines)}"
        raise ConfigurationError(msg)
    if not name.startswith("db."):
        msg = f"{name!r} is not an instance class; write one like db.m6g.large"
        raise ConfigurationError(msg)
    options = (
        {"single": "Single-AZ"} if engine.startswith("aurora") else {"single": "Single-AZ", "multi_az": "Multi-AZ"}
    )
    for option, deployment in options.items():
        yield _Product(
            dimension=f"rds.instance.{engine}.{name[3:]}{'' if option == 'single' else '.multi_az'}",
            service="AmazonRDS",
            filters={
                "productFamily": "Database Instance",
                "databaseEngine": facts.engines[engine],
                "instanceType": name,
                "deploymentOption": deployment,
            },
            usage=f"{facts.usage[option]}:{name}",
            unit=_HOURS,
        )


def _price(client: PriceListClient, product: _Product, region: str) -> Decimal | str:
    """Return the price of one of what is counted, or why there is none."""
    prices: set[Decimal] = set()
    for offered in _products(client, product, region):
        try:
            usage = offered["product"]["attributes"].get("usagetype", "")
            if usage == product.usage or usage.endswith(f"-{product.usage}"):
                price = _first_above_zero(offered["terms"]["OnDemand"], product.unit)
                if price is not None:
                    prices.add(price)
        except (KeyError, TypeError, AttributeError, InvalidOperation) as error:
            msg = f"the Price List's answer for {product.dimension} in {region} is not understood: {error!r}"
            raise CatalogError(msg) from error
    if len(prices) == 1:
        return prices.pop()
    return "no product with such a price" if not prices else f"{len(prices)} products with different prices"


def _products(client: PriceListClient, product: _Product, region: str) -> Iterator[Mapping[str, Any]]:
    wanted = {**product.filters, "regionCode": region}
    filters = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in sorted(wanted.items())]
    token: str | None = None
    while True:
        more = {} if token is None else {"NextToken": token}
        page = client.get_products(ServiceCode=product.service, Filters=filters, FormatVersion="aws_v1", **more)
        for text in page.get("PriceList", ()):
            try:
                yield json.loads(text)
            except ValueError as error:
                msg = f"the Price List's answer for {product.dimension} in {region} is not JSON"
                raise CatalogError(msg) from error
        token = page.get("NextToken")
        if not token:
            return


def _first_above_zero(terms: Mapping[str, Any], unit: str) -> Decimal | None:
    tiers = [
        (Decimal(tier.get("beginRange", "0")), Decimal(tier["pricePerUnit"]["USD"]))
        for term in terms.values()
        for tier in term["priceDimensions"].values()
        if tier["unit"] == unit and "USD" in tier["pricePerUnit"]
    ]
    return next((usd for _, usd in sorted(tiers) if usd > 0), None)


def _quantity(dimension: str) -> Decimal:
    """Return how many of what is counted one price of ours is for: 1,000 for `1,000 requests`."""
    if dimension.startswith("rds.instance."):
        return Decimal(1)
    return load_prices().price(dimension, "us-east-1").quantity


def _written(found: Mapping[str, Mapping[str, Decimal]], today: date) -> str:
    source = _facts().source
    lines = [
        "# Read from the AWS Price List by `drctl prices refresh`; lies over the shipped prices (--prices FILE).",
        "",
        f"[sources.{source}]",
        'title = "AWS Price List, on demand"',
        'url = "https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/price-changes.html"',
        f'read = "{today:%Y-%m}"',
        'kind = "api"',
    ]
    for region in sorted(found):
        lines += [
            "",
            "[[sheet]]",
            f'regions = ["{region}"]',
            f'source = "{source}"',
            f'date = "{today.isoformat()}"',
            'confidence = "documented"',
            "[sheet.usd]",
            *(f'"{dimension}" = "{_plain(usd)}"' for dimension, usd in sorted(found[region].items())),
        ]
    return "\n".join(lines) + "\n"


def _plain(usd: Decimal) -> str:
    text = format(usd.normalize(), "f")
    return text if "." in text or text.isdigit() else format(usd, "f")
