"""The catalog of mechanisms and patterns: well formed, consistent, and no surer than its sources."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.confidence import Confidence
from constructs_lib.catalog.databases.engines import load_engines
from constructs_lib.catalog.limits import limit
from constructs_lib.catalog.sla import sla
from constructs_lib.catalog.sources import load_sources
from constructs_lib.declaration.kinds import KINDS
from constructs_lib.errors import CatalogError
from constructs_lib.objectives import Disruption
from tests.each import each

if TYPE_CHECKING:
    from constructs_lib.catalog.kinds.mechanism import Cover, Mechanism, Term
    from constructs_lib.catalog.kinds.pattern import Pattern

CATALOG = load_catalog()
MECHANISMS = list(CATALOG.mechanisms.values())
PATTERNS = [pattern for kind in KINDS for pattern in CATALOG.patterns[kind]]
COVERS = [(mechanism, cover) for mechanism in MECHANISMS for cover in mechanism.covers]
TERMS = [(mechanism, term) for mechanism, cover in COVERS for term in (*cover.rpo, *cover.act)]

# The best confidence a figure can have by the kind of its source.
BEST = {
    "sla": Confidence.SLA,
    "doc": Confidence.ENFORCED,
    "api": Confidence.ENFORCED,
    "terraform": Confidence.ENFORCED,
    "secondary": Confidence.DOCUMENTED,
    "memory": Confidence.PLANNING,
    "ours": Confidence.PLANNING,
}


def _name(item: Mechanism | Pattern) -> str:
    return f"{item.kind}-{item.name}"


@each(("mechanism", "term"), TERMS, ids=lambda item: getattr(item, "name", ""))
def test_a_figure_is_no_surer_than_its_source(mechanism: Mechanism, term: Term) -> None:
    source = load_sources()[term.source]
    assert term.confidence.rank >= BEST[source.kind].rank, (mechanism.name, term.because)
    assert term.confidence not in (Confidence.MEASURED, Confidence.UNKNOWN)


@each(("mechanism", "term"), TERMS, ids=lambda item: getattr(item, "name", ""))
def test_a_figure_says_why_and_refers_to_parameters_that_exist(mechanism: Mechanism, term: Term) -> None:
    assert len(term.because) > 10
    assert term.seconds >= 0
    assert term.seconds_per_gb >= 0
    names = [*filter(None, (term.parameter,)), *term.product, *(name for group in term.largest for name in group)]
    given = {name for pattern in PATTERNS for part in pattern.protections for name in part.parameters}
    if mechanism.kind == "external":
        # No pattern has it: `External` gives the figures.
        given = {"rto_seconds", "rpo_seconds"}
    for name in names:
        assert name in mechanism.defaults or name in given, name


@each(("mechanism", "term"), TERMS, ids=lambda item: getattr(item, "name", ""))
def test_a_planning_value_is_named_as_one_in_its_reason(mechanism: Mechanism, term: Term) -> None:
    """`planned at 2 h` stands beside 7,200 s, and is the same figure."""
    match = re.search(r"planned(?: and alarmed)? at (\d+) (s|min|h)\b", term.because)
    if match:
        assert term.seconds == int(match[1]) * {"s": 1, "min": 60, "h": 3600}[match[2]], (mechanism.name, term.because)
    per_gb = re.search(r"(\d+) s per GB", term.because)
    assert term.seconds_per_gb == (int(per_gb[1]) if per_gb else 0)


@each("mechanism", MECHANISMS, ids=_name)
def test_a_mechanism_is_whole(mechanism: Mechanism) -> None:
    assert mechanism.kind in (*KINDS, "any", "external")
    assert mechanism.title
    if mechanism.sla is not None:
        assert sla(mechanism.sla)
    for engine in mechanism.engines:
        assert engine == "dsql" or any(name.startswith(engine.rstrip("*")) for name in load_engines())
    if any(Disruption.REGION in cover.disruptions for cover in mechanism.covers) and mechanism.kind in KINDS:
        assert mechanism.strategy is not None, "what recovers a Region follows a strategy"
    for cover in mechanism.covers:
        for name in cover.when:
            assert name in mechanism.defaults
        if cover.lasts is not None:
            assert cover.lasts in mechanism.defaults


@each(("mechanism", "cover"), COVERS, ids=lambda item: getattr(item, "name", ""))
def test_only_what_needs_nobody_is_automatic(mechanism: Mechanism, cover: Cover) -> None:
    """A new endpoint has to be made known by someone, so it is never automatic."""
    if cover.routing == "endpoint":
        assert cover.manual
    if mechanism.intrinsic and not cover.manual:
        assert cover.routing == "none"


@each("mechanism", MECHANISMS, ids=_name)
def test_no_replica_protects_from_corruption(mechanism: Mechanism) -> None:
    """Replication is not backup: corruption replicates."""
    standbys = ("multi_az_instance", "multi_az_cluster", "aurora_reader", "read_replica")
    regional = ("replication", "global_table", "global_database", "dsql_multi_region", "origin_group")
    if mechanism.name in (*standbys, *regional):
        assert not any(Disruption.SOFTWARE in cover.disruptions for cover in mechanism.covers)


@each("pattern", PATTERNS, ids=_name)
def test_a_pattern_refers_to_what_exists(pattern: Pattern) -> None:
    assert pattern.source in load_sources()
    assert pattern.title
    for part in pattern.protections:
        mechanism = CATALOG.mechanism(pattern.kind, part.mechanism)
        assert part.where in ("primary", "recovery")
        for name in part.parameters:
            assert name in mechanism.defaults or name in ("rpo_limit_seconds", "third")
        for engine in pattern.engines:
            assert not mechanism.engines or mechanism.serves(engine.rstrip("*") + "x" if "*" in engine else engine)
        crosses = any(Disruption.REGION in cover.disruptions for cover in mechanism.covers)
        assert (part.where == "recovery") == crosses
    for option in pattern.options:
        assert any(part.mechanism == option.mechanism for part in pattern.protections)
        assert option.parameter in CATALOG.mechanism(pattern.kind, option.mechanism).defaults
        # That they go from the cheapest to the tightest, tests/selection/test_ladder.py checks against the prices.
        assert len(set(option.values)) == len(option.values) > 1
    if pattern.instance_family is not None:
        assert limit(pattern.instance_family).values


@each("pattern", [item for item in PATTERNS if item.kind != "distribution"], ids=_name)
def test_every_pattern_of_a_stateful_kind_has_a_way_back_to_a_point_in_time(pattern: Pattern) -> None:
    covered = {
        disruption
        for part in pattern.protections
        for cover in CATALOG.mechanism(pattern.kind, part.mechanism).covers
        for disruption in cover.disruptions
    }
    assert Disruption.SOFTWARE in covered


@each("pattern", PATTERNS, ids=_name)
def test_a_schedule_is_never_shorter_than_aws_backup_allows(pattern: Pattern) -> None:
    for option in pattern.options:
        if option.parameter == "interval_seconds":
            for value in option.values:
                limit("backup.interval_seconds").check(value, "interval")


def test_names_are_unique_for_a_kind() -> None:
    for kind in KINDS:
        names = [pattern.name for pattern in CATALOG.patterns[kind]]
        assert len(names) == len(set(names))


ENGINES = {
    "automated_backups": ("postgres", "oracle-se2-cdb", "sqlserver-ex", "db2-ae"),
    "multi_az_instance": ("postgres", "mysql", "mariadb", "oracle-se2", "sqlserver-web", "db2-se"),
    "multi_az_cluster": ("postgres", "mysql"),
    "replicated_backups": ("postgres", "mysql", "mariadb", "oracle-ee", "oracle-se2", "sqlserver-se", "db2-se"),
    "read_replica": ("postgres", "mysql", "mariadb", "oracle-ee", "oracle-ee-cdb", "sqlserver-ee"),
    "global_database": ("aurora-mysql", "aurora-postgresql"),
    "global_database_enforced_rpo": ("aurora-postgresql",),
    "dsql_multi_region": ("dsql",),
}
WITHOUT = {
    "automated_backups": ("aurora-mysql", "dsql"),
    "multi_az_instance": ("sqlserver-ex", "aurora-postgresql", "dsql"),
    "multi_az_cluster": ("mariadb", "oracle-ee", "sqlserver-ee", "db2-ae", "aurora-mysql", "dsql"),
    "replicated_backups": ("aurora-mysql", "aurora-postgresql", "dsql"),
    "read_replica": ("oracle-se2", "oracle-se2-cdb", "sqlserver-se", "sqlserver-web", "sqlserver-ex", "db2-se", "dsql"),
    "global_database": ("postgres", "mysql", "dsql"),
    "global_database_enforced_rpo": ("aurora-mysql", "postgres"),
    "dsql_multi_region": ("postgres", "aurora-postgresql"),
}


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_a_pattern_exists_for_the_engines_that_aws_offers_it_for(name: str) -> None:
    pattern = CATALOG.pattern("database", name)
    assert [engine for engine in ENGINES[name] if not pattern.exists_for(engine)] == []
    assert [engine for engine in WITHOUT[name] if pattern.exists_for(engine)] == []


def test_backups_of_a_multi_az_cluster_are_not_replicated() -> None:
    """AWS replicates the backups of Multi-AZ instances, not of Multi-AZ clusters, nor of Aurora."""
    for pattern in CATALOG.patterns["database"]:
        names = {part.mechanism for part in pattern.protections}
        assert not {"multi_az_cluster", "replicated_backups"} <= names
        if "replicated_backups" in names:
            assert not any(engine.startswith(("aurora", "dsql")) for engine in pattern.engines)
            assert CATALOG.mechanism("database", "replicated_backups").pairs == "rds_backup_replication"


@pytest.mark.parametrize("name", ["global_database", "global_database_headless", "global_database_enforced_rpo"])
def test_a_global_database_has_no_backtrack(name: str) -> None:
    assert "backtrack" in CATALOG.pattern("database", name).excludes


@pytest.mark.parametrize(
    ("name", "provider"), [("global_table_strong", "6.3"), ("global_table_strong_witness", "6.22")]
)
def test_strong_consistency_says_what_it_needs(name: str, provider: str) -> None:
    pattern = CATALOG.pattern("table", name)
    assert pattern.provider == provider
    assert pattern.region_set is not None
    assert (pattern.region_set.name, pattern.region_set.others) == ("mrsc", 1)
    assert set(pattern.excludes) == {"ttl", "local_secondary_index", "transactions", "provisioned", "existing"}


def test_every_engine_with_a_pattern_can_be_named() -> None:
    assert set(CATALOG.engines()) == {*load_engines(), "dsql"}


def test_what_does_not_exist_is_refused_with_what_does() -> None:
    with pytest.raises(CatalogError, match=r"no pattern 'raid' for a bucket; there are versioning, object_lock"):
        CATALOG.pattern("bucket", "raid")
    with pytest.raises(CatalogError, match=r"no mechanism 'raid' for a bucket"):
        CATALOG.mechanism("bucket", "raid")
