"""Every pattern of every kind, with every engine, synthesized: what the constructs write at all."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.components import Kind
from constructs_lib.constructs.bucket.bucket import Bucket
from constructs_lib.constructs.configuration.parameter import Parameter
from constructs_lib.constructs.configuration.registry import Registry
from constructs_lib.constructs.configuration.repository import Repository
from constructs_lib.constructs.configuration.secret import Secret
from constructs_lib.constructs.distribution.distribution import Distribution
from constructs_lib.constructs.service.service import Service
from constructs_lib.objectives import Objective, Target
from tests.constructs import test_bucket, test_database, test_service, test_table

if TYPE_CHECKING:
    from collections.abc import Iterator

_ANYTHING = Objective(software=Target("30d", "30d"))
_OPTIONS: dict[str, dict[str, Any]] = {"dsql_multi_region": {"third_region": "eu-west-3"}}

Configurations = dict[str, dict[str, Any]]


@cache
def every_pattern() -> dict[str, Configurations]:
    """Return the stacks of each, by `<kind> <pattern> <engine or layout>` and the role of the stack."""
    return dict(_all())


def _all() -> Iterator[tuple[str, Configurations]]:
    for pattern, engine in test_database.CASES:
        yield f"database {pattern} {engine}", test_database.made(pattern, engine, **_OPTIONS.get(pattern, {}))
        if engine == test_database.first_engine(pattern):
            built = test_database.made(pattern, engine, "in_one_stack", **_OPTIONS.get(pattern, {}))
            yield f"database {pattern} in one stack", built
    for pattern in test_table.PATTERNS:
        yield f"table {pattern}", test_table.made(pattern)
    for served in load_catalog().patterns[Kind.DISTRIBUTION]:
        for layout in (test_bucket.per_region, test_bucket.one_stack):
            sites = layout()
            copied = "two_way_replication" if served.name == "origin_group" else "versioning"
            assets = Bucket(sites, "assets", objective=_ANYTHING, pattern=copied)  # type: ignore[arg-type]
            Distribution(sites, "cdn", bucket=assets, objective=_ANYTHING, pattern=served.name)  # type: ignore[arg-type]
            yield f"distribution {served.name} {layout.__name__}", test_bucket.stacks(sites)
    for layout in (test_bucket.per_region, test_bucket.one_stack):
        sites = layout()
        Secret(sites, "token")
        Parameter(sites, "level", value="info")
        Repository(sites, "web", registry=Registry(sites, "registry"))
        yield f"what services are given, {layout.__name__}", test_bucket.stacks(sites)
    for served in load_catalog().patterns[Kind.SERVICE]:
        sites = test_bucket.per_region()
        there = None if served.name == "one_region" else test_service.network("there")
        Service(
            sites,
            "web",
            image=test_service.IMAGE,
            port=8080,
            network=test_service.network("here"),
            recovery_network=there,
            certificate_arn=test_service.CERTIFICATES,
            objective=_ANYTHING,
            pattern=served.name,
        )
        yield f"service {served.name}", test_bucket.stacks(sites)
    for name in test_bucket.PATTERNS:
        sites = test_bucket.per_region()
        test_bucket.bucket(name, sites)
        yield f"bucket {name}", test_bucket.stacks(sites)
