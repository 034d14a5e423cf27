"""Bills, checked by hand from list prices; and that they are linear and grow with what is used."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from constructs_lib.assessment import assess
from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.components import ENABLED, Component, Kind, Protection
from constructs_lib.costs import Usage, monthly_cost, together
from constructs_lib.declaration.kinds import KINDS
from constructs_lib.errors import CatalogError, ConfigurationError, InfeasibleError
from constructs_lib.objectives import Objective
from constructs_lib.selection import Request, choose
from tests.each import each
from tests.selection.requests import PAIRS, requests

if TYPE_CHECKING:
    from collections.abc import Iterator

D = Decimal
DAYS = D("30.4375")
HERE, THERE = "us-east-1", "us-west-2"


def component(kind: str, *protections: Protection, engine: str | None = None) -> Component:
    return Component(name="it", kind=Kind(kind), region=HERE, engine=engine, protections=protections)


def local(mechanism: str, **parameters: object) -> Protection:
    return Protection(mechanism=mechanism, parameters=parameters)


def remote(mechanism: str, **parameters: object) -> Protection:
    return Protection(mechanism=mechanism, region=THERE, parameters=parameters)


# 100 GB, of which 30 GB change in a month; 10 M writes; 50 M reads.
NONCURRENT = 30 * 90 / DAYS * D("0.023")
BUCKET = 100 * D("0.023") + NONCURRENT + 10_000 * D("0.005") + 50_000 * D("0.0004") + 1
BUCKET_COPY = 100 * D("0.023") + NONCURRENT + 10_000 * D("0.005") + 30 * D("0.02") + 3 * D("0.30") + 1
TABLE = 10 * D("0.625") + 50 * D("0.125") + 100 * (D("0.25") + D("0.20")) + 1
TABLE_REPLICA = 10 * D("0.625") + 10 * D("0.02") + 100 * (D("0.25") + D("0.20")) + 1
RDS_CHANGES = 30 * 35 / DAYS * D("0.095")
MULTI_AZ_POSTGRES = 2 * D("0.178") * 730 + 100 * D("0.23") + RDS_CHANGES
SECRET = D("0.40")
SINGLE_POSTGRES = D("0.178") * 730 + 100 * D("0.115") + RDS_CHANGES + 1 + SECRET
AURORA_ONE = D("0.29") * 730 + 100 * D("0.10")
AURORA_PAIR = 2 * D("0.29") * 730 + 100 * D("0.10")

BY_HAND = (
    pytest.param(component("bucket", local("versioning")), BUCKET, id="a bucket with versions for 90 days"),
    pytest.param(
        component("bucket", local("versioning"), remote("replication", rtc=True)),
        BUCKET + BUCKET_COPY + 30 * D("0.015"),
        id="a bucket replicated with time control",
    ),
    pytest.param(
        component("bucket", local("versioning"), remote("replication", two_way=True)),
        BUCKET + BUCKET_COPY + 3 * D("0.30"),
        id="a bucket replicated both ways: metrics of two rules",
    ),
    pytest.param(component("distribution"), 1000 * D("0.085") + 5_000 * D("0.01") + 1, id="a distribution"),
    pytest.param(component("table", local("pitr")), TABLE, id="a table"),
    pytest.param(
        component("table", local("pitr"), remote("global_table"), local("health_check_failover")),
        TABLE + TABLE_REPLICA + 3 * D("0.50") + 1,
        id="a global table behind a health check",
    ),
    pytest.param(
        component(
            "table", local("pitr"), remote("global_table"), local("health_check_failover", request_interval=10)
        ),
        TABLE + TABLE_REPLICA + 3 * D("0.50") + 2,
        id="a global table behind a fast health check: one option more",
    ),
    pytest.param(
        component("table", local("pitr"), remote("backup_copy")),
        TABLE + 2 * 35 * 100 * D("0.10") + 100 * DAYS * D("0.04") + 1,
        id="a table with daily backups for 35 days, each full",
    ),
    pytest.param(component("database", local("automated_backups"), engine="postgres"), SINGLE_POSTGRES, id="postgres"),
    pytest.param(
        component(
            "database",
            local("automated_backups"), local("multi_az_instance"), remote("read_replica", standby=True),
            engine="postgres",
        ),
        MULTI_AZ_POSTGRES + 1 + SECRET + MULTI_AZ_POSTGRES + 30 * D("0.02") + 1,
        id="postgres with a standby in each of two Regions",
    ),
    pytest.param(
        component("database", local("automated_backups"), remote("replicated_backups"), engine="postgres"),
        SINGLE_POSTGRES + (100 + 30 * 35 / DAYS) * D("0.095") + 30 * D("0.02") + 1,
        id="postgres with backups in another Region, none of it free there",
    ),
    pytest.param(
        component("database", local("automated_backups"), remote("read_replica"), engine="postgres"),
        2 * SINGLE_POSTGRES - SECRET + 30 * D("0.02"),
        id="postgres in one zone of each of two Regions",
    ),
    pytest.param(
        component("database", local("cluster_backups"), remote("global_database"), engine="aurora-mysql"),
        AURORA_ONE + 60 * D("0.20") + 1 + SECRET + 30 * 35 / DAYS * D("0.021")
        + AURORA_ONE + 10 * D("0.20") + 30 * D("0.02") + 1,
        id="an Aurora Global Database, one instance a side",
    ),
    pytest.param(
        component("database", local("automated_backups"), local("multi_az_cluster"), engine="postgres"),
        3 * D("0.21") * 730 + 3 * 400 * D("0.115") + RDS_CHANGES + 1 + SECRET,  # gp3 of a cluster starts at 400 GB
        id="a Multi-AZ cluster of the class that it is built of",
    ),
    pytest.param(
        component(
            "database",
            local("cluster_backups"), local("aurora_reader"), remote("global_database", instances=2),
            engine="aurora-mysql",
        ),
        AURORA_PAIR + 60 * D("0.20") + 1 + SECRET + 30 * 35 / DAYS * D("0.021")
        + AURORA_PAIR + 10 * D("0.20") + 30 * D("0.02") + 1,
        id="an Aurora Global Database, two instances a side",
    ),
    pytest.param(
        component(
            "database",
            local("cluster_backups"), local("aurora_reader"), remote("global_database", headless=True),
            engine="aurora-postgresql",
        ),
        AURORA_PAIR + 60 * D("0.20") + 1 + SECRET + 30 * 35 / DAYS * D("0.021")
        + 100 * D("0.10") + 10 * D("0.20") + 30 * D("0.02") + 1,
        id="a headless secondary bills no instance",
    ),
    pytest.param(
        component(
            "database", local("backup", interval_seconds=604_800), remote("dsql_multi_region"), engine="dsql"
        ),
        # 10 M inserts of 0.06175 DPU and 50 M lookups of 0.00675 are 955,000 DPU; to the peer 500,000 more.
        D("7.64") + 4 + 2 * 100 * D("0.33") + 2 + 2 * 5 * 100 * D("0.1"),
        id="DSQL in two Regions, five weekly backups in each; all work is billed to the Region it came from",
    ),
)  # fmt: skip


# Storage, I/O, key, secret and backups of an Aurora cluster, whatever its instances are.
AURORA_REST = 100 * D("0.10") + 60 * D("0.20") + 1 + SECRET + 30 * 35 / DAYS * D("0.021")
SECONDARY_REST = 100 * D("0.10") + 10 * D("0.20") + 30 * D("0.02") + 1


@pytest.mark.parametrize(
    ("protections", "usage", "usd"),
    [
        pytest.param(
            (local("aurora_reader"),),
            Usage(instance_class="db.serverless", average_acus=3, most_acus=16),
            2 * 3 * D("0.12") * 730 + AURORA_REST,
            id="a reader that may take over has what the writer has",
        ),
        pytest.param(
            (),
            Usage(instance_class="db.serverless", average_acus="0.5", most_acus=16),
            2 * D("0.12") * 730 + AURORA_REST,
            id="no less than the least, 2 where Performance Insights is on",
        ),
        pytest.param(
            (remote("global_database", instances=2, serverless=True),),
            Usage(instance_class="db.serverless", average_acus=3, most_acus=16),
            8 * D("0.12") * 730 + AURORA_REST + 2 * 2 * D("0.12") * 730 + SECONDARY_REST,
            id="a global database: 8 at least where it writes, and two idle ones at 2",
        ),
        pytest.param(
            (remote("global_database", serverless=True),),
            Usage(average_acus=3, most_acus=16, least_acus="0.5", instance_class="db.r5.xlarge"),
            D("0.58") * 730 + AURORA_REST + D("0.5") * D("0.12") * 730 + SECONDARY_REST,
            id="a serverless secondary of a provisioned cluster, at the least that is asked for",
        ),
        pytest.param(
            (remote("global_database"),),
            Usage(instance_class="db.serverless", average_acus=9, most_acus=9),
            9 * D("0.12") * 730 + AURORA_REST + D("0.58") * 730 + SECONDARY_REST,
            id="a provisioned secondary of a serverless cluster, of the class that holds its most",
        ),
    ],
)
def test_serverless_instances_are_billed_by_their_capacity(
    protections: tuple[Protection, ...], usage: Usage, usd: Decimal
) -> None:
    what = component("database", local("cluster_backups"), *protections, engine="aurora-mysql")
    assert monthly_cost(what, usage).usd == usd.quantize(D("0.01"))


def test_capacity_that_nobody_declares_has_no_price() -> None:
    what = component("database", remote("global_database", serverless=True), engine="aurora-mysql")
    with pytest.raises(ConfigurationError, match="give average_acus and most_acus"):
        monthly_cost(what)


@pytest.mark.parametrize(("usage", "billed"), [({"size_gb": 5}, 20), ({"storage_gb": 500}, 500), ({}, 100)])
def test_the_storage_of_an_instance_is_billed_whole_however_little_is_in_it(usage: dict[str, Any], billed: int) -> None:
    """RDS allocates at least 20 GB, and what a construct is told to: the bill had the size of the data."""
    what = component("database", remote("read_replica"), engine="postgres")
    lines = {line.what: line.amount for line in monthly_cost(what, Usage(**usage)).lines}
    assert {lines["storage of the instance"], lines["storage of the read replica"]} == {D(billed)}


def test_capacity_of_a_table_is_billed_by_the_hour_whatever_is_read_and_written() -> None:
    """`Provisioned(...)` was billed as if each request were paid for."""
    what = component("table", local("pitr"))
    bought = Usage(read_capacity=100, write_capacity=20, writes_millions=1_000)
    # us-east-1: USD 0.00013 and 0.00065 an hour, of which a month has 730.
    usd = 100 * D("0.00013") * 730 + 20 * D("0.00065") * 730 + 100 * (D("0.25") + D("0.20")) + 1
    assert monthly_cost(what, bought).usd == usd.quantize(D("0.01"))
    assert {"reads", "writes"}.isdisjoint(line.what for line in monthly_cost(what, bought).lines)


@pytest.mark.parametrize(
    ("storage_class", "storage", "put"),
    [
        ("STANDARD", "0.023", "0.005"),
        ("INTELLIGENT_TIERING", "0.023", "0.005"),
        ("STANDARD_IA", "0.0125", "0.01"),
        ("ONEZONE_IA", "0.01", "0.01"),
        ("GLACIER_IR", "0.004", "0.02"),
        ("GLACIER", "0.0036", "0.03"),
        ("DEEP_ARCHIVE", "0.00099", "0.05"),
    ],
)
def test_a_copy_is_billed_as_the_class_that_it_is_written_to(storage_class: str, storage: str, put: str) -> None:
    """A copy in GLACIER_IR was billed at six times what it stores at, and at a quarter of what it is written at."""
    what = component("bucket", local("versioning", noncurrent_days=30), remote("replication"))
    lines = {line.what: line for line in monthly_cost(what, Usage(copy_storage_class=storage_class)).lines}
    assert lines["storage of the copy"].usd == (100 * D(storage)).quantize(D("0.01"), ROUND_HALF_UP)
    assert lines["noncurrent versions of the copy"].price.usd == D(storage)
    assert lines["replication PUT requests"].usd == 10_000 * D(put)
    assert lines["storage"].price.usd == D("0.023")


@pytest.mark.parametrize(
    ("kind", "engine", "mechanism", "parameters"),
    [
        ("bucket", None, "replication", {}),
        ("bucket", None, "backup_copy", {}),
        ("table", None, "global_table", {}),
        ("table", None, "backup_copy", {}),
        ("filesystem", None, "backup_copy", {}),
        ("database", "postgres", "read_replica", {}),
        ("database", "postgres", "backup_copy", {}),
        ("database", "aurora-postgresql", "global_database", {"instances": 1}),
    ],
)
def test_every_copy_of_a_plan_is_billed(
    kind: str, engine: str | None, mechanism: str, parameters: dict[str, object]
) -> None:
    """A bucket copied to two Regions was billed as copied to the first, and a table as having one replica."""
    copies = [Protection(mechanism=mechanism, region=place, parameters=parameters) for place in (THERE, "eu-west-1")]
    one = monthly_cost(component(kind, copies[0], engine=engine))
    both = monthly_cost(component(kind, *copies, engine=engine))
    there = [line for line in one.lines if line.price.region == THERE]
    further = [line for line in both.lines if line.price.region == "eu-west-1"]
    assert there
    assert sorted((line.price.dimension, line.amount) for line in there) == sorted(
        (line.price.dimension, line.amount) for line in further
    )
    # What may be there is not billed beside what is.
    perhaps = attrs.evolve(copies[1], unknown=frozenset({ENABLED}))
    assert monthly_cost(component(kind, copies[0], perhaps, engine=engine)) == one


def test_a_class_that_s3_has_not_is_refused() -> None:
    for wrong in ("COLD", "standard ia", "replication_put.x"):
        with pytest.raises(ConfigurationError, match="copy_storage_class is"):
            Usage(copy_storage_class=wrong)


def test_a_write_is_one_to_each_index_too_and_those_of_all_attributes_store_as_much_as_the_table() -> None:
    """Two indexes made what a table costs three times as much, and the bill had the table alone."""
    what = component("table", local("pitr"), remote("global_table"))
    plain = Usage(size_gb=100, writes_millions=10)
    indexed = Usage(size_gb=100, writes_millions=10, indexes=2, full_indexes=1)
    # Ten million writes to each of two indexes at USD 0.625 a million, 100 GB at USD 0.25, in either Region.
    more = 2 * (10 * 2 * D("0.625") + 100 * D("0.25"))
    assert monthly_cost(what, indexed).usd - monthly_cost(what, plain).usd == more
    bought = {"read_capacity": 100, "write_capacity": 20}
    by_the_hour = component("table", local("pitr"))
    assert (
        monthly_cost(by_the_hour, Usage(**bought, indexes=2, full_indexes=1)).usd
        - monthly_cost(by_the_hour, Usage(**bought)).usd
    ) == 25


@pytest.mark.parametrize(("what", "usd"), BY_HAND)
def test_the_bill_adds_up_as_by_hand(what: Component, usd: Decimal) -> None:
    bill = monthly_cost(what)
    # Each line is in whole cents.
    assert abs(bill.usd - usd) <= D("0.005") * len(bill.lines)


def test_a_replica_of_sql_server_has_no_standby_and_no_backups_to_pay() -> None:
    with_replica = component("database", local("automated_backups"), remote("read_replica"), engine="sqlserver-ee")
    lines = [line.what for line in monthly_cost(with_replica).lines if THERE in line.what]
    assert lines == [f"read replica in {THERE}", f"KMS key in {THERE}"]


def test_what_a_workload_shares_is_paid_for_once() -> None:
    checked = local("health_check_failover")
    table = component("table", local("pitr"), remote("global_table"), checked)
    bucket = component(
        "bucket", local("versioning"), remote("replication"), local("health_check_failover", request_interval=10)
    )
    both = together([monthly_cost(table), monthly_cost(bucket)])
    # Two keys, of which that in us-east-1 serves the health check's alarm as well; one routing, as fast as the faster.
    alone = (TABLE + TABLE_REPLICA - 2) + (BUCKET + BUCKET_COPY - 2)
    assert both.usd == (alone + 2 + 3 * D("0.50") + 2).quantize(D("0.01"))
    assert [line.amount for line in both.lines if line.shared] == [1, 1, 3, 2]


def test_reads_of_a_bucket_are_paid_for() -> None:
    read = monthly_cost(component("bucket"), Usage(reads_millions=10)).usd
    assert read - monthly_cost(component("bucket"), Usage(reads_millions=0)).usd == D("4.00")


def test_the_bill_is_the_sum_of_its_lines() -> None:
    cost = monthly_cost(component("table", local("pitr"), remote("global_table")))
    assert cost.usd == sum((round(line.usd, 2) for line in cost.lines), D(0))
    assert all(line.usd > 0 for line in cost.lines)


def _candidates(request: Request) -> Iterator[Component]:
    try:
        yield choose(request).chosen.component
    except InfeasibleError:
        return


_AMOUNTS = ("size_gb", "change_gb", "writes_millions", "reads_millions", "transfer_gb")
_LISTED = {"size_gb": 100, "change_gb": 30, "writes_millions": 10, "reads_millions": 50, "transfer_gb": 1000}


def _used(request: Request, name: str, amount: int) -> Usage:
    """Return the amounts of all, and the request's own capacity, without which a serverless instance has no bill."""
    return attrs.evolve(request.usage, **{**_LISTED, name: amount})


@given(requests(), st.sampled_from(_AMOUNTS), st.integers(1, 1_000), st.integers(0, 1_000))
def test_more_use_never_costs_less(request: Request, name: str, amount: int, more: int) -> None:
    for what in _candidates(request):
        less = monthly_cost(what, _used(request, name, amount))
        greater = monthly_cost(what, _used(request, name, amount + more))
        assert greater.usd >= less.usd


@given(requests(), st.sampled_from(_AMOUNTS), st.integers(1, 10_000), st.integers(1, 1_000))
def test_a_bill_is_linear_in_each_amount(request: Request, name: str, amount: int, step: int) -> None:
    def exact(what: Component, value: int) -> Decimal:
        lines = monthly_cost(what, _used(request, name, value)).lines
        return sum((line.price.cost(line.amount) for line in lines), D(0))

    for what in _candidates(request):
        if name == "size_gb" and what.protection("multi_az_cluster") is not None:
            continue  # its nodes have 400 GB at least, so the line has a step
        if name == "size_gb" and amount < 20:
            continue  # as has that of an RDS instance, of 20 GB at least
        first, second, third = (exact(what, amount + times * step) for times in (0, 1, 2))
        assert abs((third - second) - (second - first)) < D("1e-9")


@given(requests())
def test_taking_a_protection_away_never_costs_more(request: Request) -> None:
    for what in _candidates(request):
        whole = monthly_cost(what, request.usage).usd
        for item in what.protections:
            rest = tuple(other for other in what.protections if other is not item)
            if item.mechanism in ("automated_backups", "multi_az_cluster", "multi_az_instance"):
                continue
            assert monthly_cost(replace(what, protections=rest), request.usage).usd <= whole


@pytest.mark.parametrize(("region", "recovery"), [pair for pair in PAIRS if pair[1] is not None])
def test_every_pattern_has_a_price_between_any_two_regions(region: str, recovery: str) -> None:
    for kind, engine in [("bucket", None), ("table", None), ("distribution", None), ("database", "oracle-se2")]:
        found = choose(
            Request(
                kind=Kind(kind),
                engine=engine,
                objective=Objective("30d", "30d"),
                region=region,
                recovery_region=recovery,
            )
        )
        assert found.chosen.cost.usd > 0


def test_a_copy_in_the_same_region_pays_for_no_transfer() -> None:
    for protection in (local("replication"), local("global_table"), local("read_replica")):
        kind = {"replication": "bucket", "global_table": "table"}.get(protection.mechanism, "database")
        what = component(kind, attrs.evolve(protection, region=HERE), engine="mysql" if kind == "database" else None)
        assert not [line.what for line in monthly_cost(what).lines if "transfer" in line.what]


def test_a_component_whose_region_is_not_known_has_no_price() -> None:
    with pytest.raises(ConfigurationError, match="it has no Region"):
        monthly_cost(replace(component("bucket"), region=None))


def test_only_kinds_with_patterns_have_bills() -> None:
    with pytest.raises(ConfigurationError, match="a secret has no bill"):
        monthly_cost(component("secret"))


def test_an_engine_nobody_sells_has_no_bill() -> None:
    with pytest.raises((CatalogError, ConfigurationError), match="nosuchsql"):
        monthly_cost(component("database", engine="nosuchsql"))


def test_what_is_assumed_is_said() -> None:
    # ca-central-1 has no price of its own for storage.
    elsewhere = replace(component("bucket", local("versioning")), region="ca-central-1")
    assert any("us-east-1 stands in" in note for note in monthly_cost(elsewhere).assumptions)


def test_a_bill_does_not_depend_on_the_name_of_what_is_assessed() -> None:
    what = component("table", local("pitr"))
    assert monthly_cost(what).usd == monthly_cost(replace(what, name="other")).usd
    assert assess(what).estimates == assess(replace(what, name="other")).estimates


@each(("kind", "mechanism"), [key for key in load_catalog().mechanisms if key[0] in KINDS])
def test_whatever_protects_a_component_has_a_bill(kind: str, mechanism: str) -> None:
    """Plans and accounts hold what no pattern has, such as a bucket in a backup plan."""
    for engine in ("postgres", "aurora-mysql", "dsql") if kind == "database" else (None,):
        for protection in (local(mechanism), remote(mechanism)):
            assert monthly_cost(component(kind, protection, engine=engine)).usd >= 0
