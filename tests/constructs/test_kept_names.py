"""What recoveries address a component by is not overridden: they would look for what is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib import AwsResource, Bucket, Database, KeyAttribute, Network, Objective, Sites, Table, Workload
from constructs_lib.errors import ConfigurationError
from constructs_lib.terraform.engine import App

if TYPE_CHECKING:
    from pathlib import Path

NETWORK = Network(
    subnet_ids=["subnet-1", "subnet-2"],
    security_group_ids=["sg-1"],
    recovery_subnet_ids=["subnet-3", "subnet-4"],
    recovery_security_group_ids=["sg-2"],
)


@pytest.fixture(name="shop")
def _shop(tmp_path: Path) -> Workload:
    sites = Sites.per_region(App(outdir=str(tmp_path)), "shop", primary="eu-west-1", recovery="eu-central-1")
    return Workload(sites, objective=Objective("30d", "30d"))


@pytest.fixture(name="resources")
def _resources(shop: Workload) -> dict[str, AwsResource]:
    files = Bucket(shop, "files", pattern="replication")
    orders = Table(shop, "orders", partition_key=KeyAttribute("id"), pattern="global_table")
    ledger = Database(shop, "ledger", engine="postgres", pattern="read_replica", network=NETWORK)
    assert files.recovery is not None
    assert ledger.main is not None
    return {
        "bucket": files.primary.bucket,
        "copy": files.recovery.bucket,
        "table": orders.table,
        "database": ledger.main,
    }


@pytest.mark.parametrize(
    ("of", "path", "value", "what"),
    [
        ("bucket", "bucket", "other", "call it by"),
        ("bucket", "bucket_prefix", "other", "call it by"),
        ("copy", "bucket", "other", "call it by"),
        ("table", "name", "other", "call it by"),
        ("database", "identifier", "other", "call it by"),
        ("database", "identifier_prefix", "other", "call it by"),
        ("database", "identifier", None, "call it by"),
        ("database", "region", "us-east-1", "where it is built"),
        ("database", "provider", "aws.other", "where it is built"),
        ("database", "count", 0, "at which address"),
        ("database", "for_each", ["a"], "at which address"),
        ("database", "lifecycle.ignore_changes", None, "the next plan leaves so"),
        ("database", "lifecycle", None, "the next plan leaves so"),
    ],
)
def test_it_keeps_its_name_and_its_place(
    of: str, path: str, value: Any, what: str, resources: dict[str, AwsResource]
) -> None:
    """A failover looked for the name that was computed, and a policy let a role into a bucket that was not there."""
    with pytest.raises(ConfigurationError, match=f"{path} is overridden with .*, and is .*{what}"):
        resources[of].add_override(path, value)


def test_by_the_other_ways_too(resources: dict[str, AwsResource]) -> None:
    with pytest.raises(ConfigurationError, match="bucket is overridden with"):
        resources["bucket"].override("bucket", "other")
    for attribute in ("count", "for_each", "provider"):
        with pytest.raises(ConfigurationError, match=f"{attribute} is overridden with"):
            setattr(resources["bucket"], attribute, None)


def test_all_else_is_changed_as_before(resources: dict[str, AwsResource]) -> None:
    database = resources["database"]
    database.override("identifier", database.arguments["identifier"])
    database.override("instance_class", "db.m5.xlarge")
    database.add_override("tags.kept", "long")
    database.override("lifecycle.prevent_destroy", False)
    database.add_override("lifecycle.ignore_changes", ["tags"])

    assert database.arguments["instance_class"] == "db.m5.xlarge"


def test_what_is_of_no_component_is_its_owners(shop: Workload) -> None:
    site = shop.sites.primary
    own = AwsResource(site.stack, "own", "aws_s3_bucket", {"bucket": "a"}, provider=site.provider)
    own.override("bucket", "b")
    own.add_override("count", 2)

    assert own.arguments["bucket"] == "b"


@pytest.mark.parametrize("argument", ["alias", "region"])
def test_a_provider_stays_where_it_is(argument: str, shop: Workload) -> None:
    provider = shop.sites.primary.provider

    with pytest.raises(ConfigurationError, match=f"the {argument} of AwsProvider aws is set when it is made"):
        provider.add_override(argument, "us-east-1")
    provider.add_override("max_retries", 3)
