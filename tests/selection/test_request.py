"""What may be asked, and what is refused before anything is looked up."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from constructs_lib.components import Kind
from constructs_lib.costs import Usage
from constructs_lib.errors import ConfigurationError, InputError
from constructs_lib.objectives import Objective
from constructs_lib.selection import Request, choose

REQUEST = Request(kind=Kind.TABLE, objective=Objective("1h", "15m"), region="eu-west-1", recovery_region="eu-central-1")


def test_a_kind_can_be_given_by_name() -> None:
    assert attrs.evolve(REQUEST, kind="bucket").kind is Kind.BUCKET


@pytest.mark.parametrize("kind", ["banana", "", "Bucket", Kind.SECRET, "record", None, 1])
def test_a_kind_without_patterns_is_refused(kind: object) -> None:
    with pytest.raises(ConfigurationError, match=r"there are for a bucket, distribution, table, database"):
        attrs.evolve(REQUEST, kind=kind)


@pytest.mark.parametrize(
    "changes",
    [
        {"region": "eu-central-1"},
        {"third_region": "eu-west-1"},
        {"third_region": "eu-central-1"},
        {"region": "mars-north-1"},
        {"recovery_region": "us-gov-west-1"},
        {"engine": "postgres"},
        {"usage": Usage(instance_class="db.m6g.large")},
        {"features": frozenset({"backtrack"})},
        {"kind": "database", "features": frozenset({"ttl"})},
        {"kind": "bucket", "features": frozenset({"ttl"})},
        {"routings": ("carrier_pigeon",)},
        {"routings": ()},
    ],
    ids=str,
)
def test_what_contradicts_itself_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        attrs.evolve(REQUEST, **changes)


@pytest.mark.parametrize("provider", ["", "latest", ">= 6, < 5", ">= ６", ">= 5.100,", "9" * 5000])
@pytest.mark.parametrize("kind", ["bucket", "database"])
def test_a_provider_constraint_is_read_also_where_nothing_depends_on_it(kind: str, provider: str) -> None:
    with pytest.raises(InputError):
        attrs.evolve(REQUEST, kind=kind, provider=provider)


@pytest.mark.parametrize("engine", ["", "oracle-", "oracle-banana", "sqlserver-*", "Postgres", "aurora", "dsql "])
def test_an_engine_that_does_not_exist_is_refused_with_those_that_do(engine: str) -> None:
    with pytest.raises(ConfigurationError, match=r"there are aurora-mysql, aurora-postgresql, db2-ae"):
        choose(attrs.evolve(REQUEST, kind="database", engine=engine))
