"""Bills between Ireland and Frankfurt, added up by hand from AWS's price feeds of 2025; us-east-1 stands in nowhere."""

from __future__ import annotations

from decimal import Decimal

import pytest

from constructs_lib.components import Component, Kind, Protection
from constructs_lib.costs import monthly_cost

D = Decimal
DAYS = D("30.4375")
IRELAND, FRANKFURT = "eu-west-1", "eu-central-1"


def _at(region: str, kind: str, *protections: Protection, engine: str | None = None) -> Component:
    return Component(name="it", kind=Kind(kind), region=region, engine=engine, protections=protections)


def _has(mechanism: str, region: str | None = None, **parameters: object) -> Protection:
    return Protection(mechanism=mechanism, region=region, parameters=parameters)


# 100 GB, of which 30 GB change in a month; 10 M writes; 50 M reads. Versions are kept for 90 days, backups for 35.
VERSIONS = 30 * 90 / DAYS
CHANGES = 30 * 35 / DAYS
BY_HAND = (
    pytest.param(
        _at(IRELAND, "bucket", _has("versioning"), _has("replication", FRANKFURT, rtc=True)),
        # storage with versions, PUTs, GETs, a key; in Frankfurt the same without GETs, transfer, metrics, time control
        (100 + VERSIONS) * D("0.023") + 50 + 20 + 1
        + (100 + VERSIONS) * D("0.0245") + 54 + D("0.60") + D("0.90") + 1 + D("0.45"),
        id="a bucket replicated from Ireland with time control",
    ),
    pytest.param(
        _at(FRANKFURT, "bucket", _has("versioning")),
        (100 + VERSIONS) * D("0.0245") + 54 + D("21.50") + 1,
        id="a bucket in Frankfurt",
    ),
    pytest.param(
        _at(IRELAND, "table", _has("pitr"), _has("global_table", FRANKFURT)),
        D("7.05") + D("7.075") + 100 * (D("0.283") + D("0.22")) + 1
        + D("7.625") + D("0.20") + 100 * (D("0.306") + D("0.2448")) + 1,
        id="a global table",
    ),
    pytest.param(
        _at(FRANKFURT, "database", _has("automated_backups"), _has("multi_az_instance"), engine="sqlserver-ee"),
        # AWS asks 3.469 an hour with the standby, where 2.386 is asked without: not twice as much, for the license.
        D("3.469") * 730 + D("27.40") + CHANGES * D("0.103") + 1 + D("0.40"),
        id="SQL Server with a standby",
    ),
    pytest.param(
        _at(IRELAND, "database", _has("automated_backups"), engine="oracle-ee"),
        D("0.189") * 730 + D("12.70") + CHANGES * D("0.095") + 1 + D("0.40"),
        id="Oracle with a license of one's own, on db.m5.large",
    ),
    pytest.param(
        _at(
            FRANKFURT, "database", _has("backup", interval_seconds=604_800), _has("dsql_multi_region", IRELAND),
            engine="dsql",
        ),
        # 955,000 DPU for the requests and 500,000 for the inserts' way to Ireland, both at Frankfurt's 9.50 a million
        D("9.0725") + D("4.75") + 45 + 36 + 2 + 5 * 100 * (D("0.1224") + D("0.11")),
        id="DSQL in Frankfurt and Ireland",
    ),
)  # fmt: skip


@pytest.mark.parametrize(("what", "usd"), BY_HAND)
def test_the_bill_adds_up_as_by_hand(what: Component, usd: Decimal) -> None:
    bill = monthly_cost(what)
    # Each line is in whole cents.
    assert abs(bill.usd - usd) <= D("0.005") * len(bill.lines)
    assert bill.assumptions == ()
