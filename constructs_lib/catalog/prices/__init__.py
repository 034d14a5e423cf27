"""Prices: what AWS bills, by dimension and Region, and a user's own prices laid over it."""

from __future__ import annotations

from constructs_lib.catalog.prices.load import load_prices
from constructs_lib.catalog.prices.price import Price
from constructs_lib.catalog.prices.prices import BASE_REGION, Prices
from constructs_lib.catalog.prices.sheets import GLOBAL

__all__ = ["BASE_REGION", "GLOBAL", "Price", "Prices", "load_prices"]
