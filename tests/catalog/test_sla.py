"""Service level agreements and the sources behind every fact."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from constructs_lib.catalog import sla as module
from constructs_lib.catalog.confidence import Confidence
from constructs_lib.catalog.sla import load_slas, sla
from constructs_lib.catalog.sources import load_sources, parse_source
from constructs_lib.errors import CatalogError

SOURCE = {"title": "a page", "url": "https://example.com/", "read": "2026-11", "kind": "doc"}


def test_every_sla_names_a_source_that_exists() -> None:
    assert {found.source for found in load_slas().values()} <= load_sources().keys()


def test_every_percentage_is_exact_and_possible() -> None:
    written = tomllib.loads(module._FILE.read_text(encoding="utf-8"))
    for sla_id, found in load_slas().items():
        assert str(found.percent) == written[sla_id]["percent"]
        assert 90 < found.percent <= 100


def test_only_what_was_read_in_an_agreement_is_called_an_sla() -> None:
    kinds = {found.id: load_sources()[found.source].kind for found in load_slas().values()}
    for found in load_slas().values():
        if found.confidence is Confidence.SLA:
            assert kinds[found.id] == "sla"
        if kinds[found.id] in ("memory", "ours"):
            assert found.confidence is Confidence.PLANNING


@pytest.mark.parametrize(
    ("sla_id", "percent"),
    [
        ("s3.standard", "99.9"),
        ("dynamodb.regional", "99.99"),
        ("dynamodb.global_table", "99.999"),
        ("rds.single_az", "99.5"),
        ("rds.multi_az", "99.95"),
        ("rds.multi_az_cluster", "99.95"),
        ("aurora.single_az", "99.9"),
        ("aurora.multi_az", "99.99"),
        ("dsql.single", "99.99"),
        ("dsql.multi_region", "99.999"),
        ("kms", "99.999"),
        ("route53.dns", "100"),
        ("cloudfront", "99.9"),
        ("lambda", "99.95"),
    ],
)
def test_the_promises_of_the_services_we_build_on(sla_id: str, percent: str) -> None:
    assert sla(sla_id).percent == Decimal(percent)


def test_what_is_no_uptime_says_so() -> None:
    others = {found.id for found in load_slas().values() if found.measures != "monthly uptime"}
    assert others == {"s3.replication_time_control"}


def test_service_credits_rise_as_the_attained_percentage_falls() -> None:
    tiers = sla("s3.replication_time_control").credits
    assert [(tier.below, tier.credit) for tier in tiers] == [
        (Decimal("99.9"), Decimal(10)),
        (Decimal("98.0"), Decimal(25)),
        (Decimal("95.0"), Decimal(100)),
    ]


def test_an_unknown_sla_is_an_error_with_what_is_close() -> None:
    with pytest.raises(CatalogError, match=r"no SLA 'rds.multiaz' in the catalog; did you mean rds.multi_az"):
        sla("rds.multiaz")


# ---------------------------------------------------------------- sources


def test_every_source_is_well_formed_and_has_an_address() -> None:
    sources = load_sources()
    assert len(sources) > 50
    for source_id, source in sources.items():
        assert source.id == source_id
        assert source.url or source.document


def test_every_source_named_in_any_catalog_file_exists() -> None:
    named: set[str] = set()

    def collect(node: object) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                if key == "source" and isinstance(value, str):
                    named.add(value)
                elif key == "sources" and isinstance(value, list):
                    named.update(value)
                collect(value)
        elif isinstance(node, list):
            for value in node:
                collect(value)

    for path in sorted(Path(module.__file__).parent.glob("*.toml")):
        collect(tomllib.loads(path.read_text(encoding="utf-8")))
    assert len(named) > 20
    assert sorted(named - load_sources().keys()) == []


def test_a_source_is_read_as_written() -> None:
    source = parse_source("a-page", SOURCE, file="x.toml")
    assert (source.id, source.title, source.url, source.kind, source.read) == (
        "a-page",
        "a page",
        "https://example.com/",
        "doc",
        "2026-11",
    )


@pytest.mark.parametrize(
    ("source_id", "change", "message"),
    [
        ("A Page", {}, "is no valid id"),
        ("a-page", {"kind": "rumor"}, "kind 'rumor' is not known; use one of sla, doc"),
        ("a-page", {"read": "2026"}, "read '2026' is no month"),
        ("a-page", {"read": 2026}, "read must be a string"),
        ("a-page", {"title": " "}, "title must be a string that is not empty"),
        ("a-page", {"url": "ftp://example.com"}, "does not start with https"),
        ("a-page", {"link": "x"}, "unknown field 'link'"),
    ],
)
def test_a_source_that_is_not_well_formed_is_refused(source_id: str, change: dict[str, object], message: str) -> None:
    with pytest.raises(CatalogError, match=message) as caught:
        parse_source(source_id, SOURCE | change, file="x.toml")
    assert f"x.toml: source {source_id!r}" in str(caught.value)


@pytest.mark.parametrize("missing", ["title", "read", "kind", "url"])
def test_a_source_that_lacks_a_field_is_refused(missing: str) -> None:
    fields = {name: value for name, value in SOURCE.items() if name != missing}
    with pytest.raises(CatalogError, match=r"lacks|neither url nor document"):
        parse_source("a-page", fields, file="x.toml")


@pytest.mark.parametrize("table", [3, "x", ["x"]])
def test_a_source_that_is_no_table_is_refused(table: object) -> None:
    with pytest.raises(CatalogError, match="must be a table"):
        parse_source("a-page", table, file="x.toml")
