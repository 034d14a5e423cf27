"""What `choose` offers, the constructs build: the same protections, and no refusal of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.components import Kind
from constructs_lib.constructs.bucket.bucket import Bucket
from constructs_lib.constructs.database.database import Database
from constructs_lib.constructs.filesystem.filesystem import FileSystem
from constructs_lib.constructs.sites.network import Network
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.constructs.table.key_attribute import KeyAttribute
from constructs_lib.constructs.table.table import Table
from constructs_lib.costs import Usage
from constructs_lib.errors import ConfigurationError, InfeasibleError
from constructs_lib.selection import Request, choose
from constructs_lib.terraform import engine
from tests.selection.requests import ENGINES, PAIRS, objectives

if TYPE_CHECKING:
    from constructs_lib.components import Component

NETWORK = Network(
    subnet_ids=["subnet-1", "subnet-2", "subnet-3"],
    security_group_ids=["sg-1"],
    recovery_subnet_ids=["subnet-4", "subnet-5", "subnet-6"],
    recovery_security_group_ids=["sg-2"],
)
BYOL = {"rds.ibm_customer_id": "1", "rds.ibm_site_id": "2"}
USAGES = st.builds(
    Usage,
    size_gb=st.sampled_from(("0.5", 19, 100, 399, 5_000, 16_384, 16_385, 40_000, 65_536, 65_537, 131_072, 200_000)),
    instance_class=st.sampled_from(
        (None, None, "db.m6g.large", "db.r6g.xlarge", "db.m6gd.large", "db.t3.micro", "db.m5.xlarge")
    ),
)
CAPACITIES: tuple[dict[str, Any], ...] = (
    {},
    {},
    {"average_acus": 1, "most_acus": 8},
    {"average_acus": 9, "most_acus": 64},
    {"average_acus": 1, "most_acus": 8, "instance_class": "db.serverless"},
)


@st.composite
def requests(draw: st.DrawFn, kind: Kind) -> Request:
    database = kind is Kind.DATABASE
    region, recovery = draw(st.sampled_from((*PAIRS, ("me-south-1", "eu-central-1"))))
    patterns = [item.name for item in load_catalog().patterns[kind]]
    usage = draw(USAGES)
    if database:
        usage = attrs.evolve(usage, **draw(st.sampled_from(CAPACITIES)))
    return Request(
        kind=kind,
        objective=draw(objectives()),
        region=region,
        recovery_region=recovery,
        engine=draw(st.none() | st.sampled_from(ENGINES)) if database else None,
        usage=usage if database else attrs.evolve(usage, instance_class=None),
        features=frozenset({"backtrack"}) if database and draw(st.integers(0, 3)) == 0 else frozenset(),
        routings=("manual",),
        pattern=draw(st.none() | st.sampled_from(patterns)),
    )


def build(request: Request, engine_name: str | None) -> Component:
    sites = Sites.per_region(engine.Testing.app(), "shop", primary=request.region, recovery=request.recovery_region)
    if request.kind is Kind.BUCKET:
        return Bucket(
            sites,
            "it",
            objective=request.objective,
            usage=request.usage,
            pattern=request.pattern,  # type: ignore[arg-type]
        ).decision.assessment.component
    if request.kind is Kind.TABLE:
        return Table(
            sites,
            "it",
            partition_key=KeyAttribute("id"),
            objective=request.objective,
            usage=request.usage,
            pattern=request.pattern,  # type: ignore[arg-type]
        ).decision.assessment.component
    if request.kind is Kind.FILESYSTEM:
        zone = f"{request.region}a" if request.pattern == "one_zone_backup" else None
        return FileSystem(
            sites,
            "it",
            network=NETWORK,
            objective=request.objective,
            usage=request.usage,
            pattern=request.pattern,
            availability_zone=zone,
        ).decision.assessment.component
    assert engine_name is not None
    return Database(
        sites,
        "it",
        engine=engine_name,  # type: ignore[arg-type]
        network=None if engine_name == "dsql" else NETWORK,
        objective=request.objective,
        usage=request.usage,
        pattern=request.pattern,  # type: ignore[arg-type]
        parameters=BYOL if engine_name.startswith("db2") else None,
        backtrack_hours=24 if request.features else 0,
    ).decision.assessment.component


def check(request: Request) -> None:
    try:
        chosen = choose(request).chosen.component
    except InfeasibleError:
        if request.kind is not Kind.DATABASE or request.engine is not None:
            with pytest.raises((InfeasibleError, ConfigurationError)):
                build(request, request.engine)
        return
    built = build(request, chosen.engine)
    assert built.protections == chosen.protections


@given(requests(Kind.DATABASE))
def test_a_database_that_is_offered_is_built(request: Request) -> None:
    check(request)


@given(requests(Kind.TABLE))
def test_a_table_that_is_offered_is_built(request: Request) -> None:
    check(request)


@given(requests(Kind.FILESYSTEM))
def test_a_file_system_that_is_offered_is_built(request: Request) -> None:
    check(request)


@given(requests(Kind.BUCKET))
def test_a_bucket_that_is_offered_is_built(request: Request) -> None:
    check(request)
