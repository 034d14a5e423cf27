"""An environment without disaster recovery, built by the code that builds the others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib import Acceptance, Bucket, KeyAttribute, Objective, Sites, Table, Target, Workload
from constructs_lib.constructs.routing.health_check_routing import HealthCheckRouting
from constructs_lib.declaration.declaration import parse_declaration
from constructs_lib.errors import ConfigurationError
from constructs_lib.objectives import Disruption
from constructs_lib.terraform.engine import App

if TYPE_CHECKING:
    from pathlib import Path

ROUTING = HealthCheckRouting(
    zone_id="Z0123456789ABC",
    record_name="shop.example.com",
    primary_endpoint="a.example.com",
    recovery_endpoint="b.example.com",
)
ACCEPTED = Acceptance(owner="shop team", reason="made anew", region=Target("4h", "4h"))


def _build(app: App, sites: Sites) -> Workload:
    shop = Workload(sites, objective=Objective(rto="1h", rpo="15m", software=Target("4h", "1h")), routing=ROUTING)
    Bucket(shop, "files", accept=ACCEPTED)
    Table(shop, "orders", partition_key=KeyAttribute("id"))
    app.synth()
    return shop


def _resources(directory: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for file in directory.glob("stacks/*/cdk.tf.json"):
        for type_, named in json.loads(file.read_text(encoding="utf-8")).get("resource", {}).items():
            found.update({f"{type_}.{name}": arguments for name, arguments in named.items()})
    return found


def test_one_switch_leaves_out_what_is_for_the_loss_of_a_region(tmp_path: Path) -> None:
    two = App(outdir=str(tmp_path / "two"))
    _build(two, Sites.per_region(two, "shop", primary="eu-west-1", recovery="eu-central-1"))
    one = App(outdir=str(tmp_path / "one"))
    shop = _build(one, Sites.single_region(one, "shop", region="eu-west-1"))
    types = {address.split(".")[0] for address in _resources(tmp_path / "one")}
    more = {address.split(".")[0] for address in _resources(tmp_path / "two")} - types

    assert shop.objective == Objective(
        hardware=Target("1h", "15m"), zone=Target("1h", "15m"), software=Target("4h", "1h")
    )
    assert [decision.objective.target(Disruption.REGION) for decision in shop.decisions] == [None, None]
    assert [decision.accepted for decision in shop.decisions] == [None, None]
    assert {"aws_s3_bucket_replication_configuration", "aws_route53_health_check"} <= more
    assert {"aws_s3_bucket_versioning", "aws_dynamodb_table"} <= types


def test_what_was_built_in_one_region_keeps_its_addresses_in_two(tmp_path: Path) -> None:
    """So that an environment can be given disaster recovery later without making anything anew."""
    two = App(outdir=str(tmp_path / "two"))
    _build(two, Sites.per_region(two, "shop", primary="eu-west-1", recovery="eu-central-1"))
    one = App(outdir=str(tmp_path / "one"))
    _build(one, Sites.single_region(one, "shop", region="eu-west-1"))

    stateful = {
        name for name in _resources(tmp_path / "one") if name.startswith(("aws_s3_bucket.", "aws_dynamodb_table."))
    }
    assert len(stateful) == 2
    assert stateful <= set(_resources(tmp_path / "two"))


@pytest.mark.parametrize("protected", [True, False])
def test_the_sites_say_for_all_whether_it_may_be_destroyed(tmp_path: Path, protected: bool) -> None:
    app = App(outdir=str(tmp_path))
    _build(app, Sites.single_region(app, "shop", region="eu-west-1", deletion_protection=protected))
    resources = _resources(tmp_path)
    kept = {name for name, arguments in resources.items() if arguments.get("lifecycle", {}).get("prevent_destroy")}

    assert ("aws_s3_bucket.files" in kept) is protected
    assert bool([name for name in kept if name.startswith("aws_kms_key.")]) is protected
    assert resources["aws_dynamodb_table.orders"]["deletion_protection_enabled"] is protected
    assert protected or kept == set()


def test_a_component_may_say_otherwise_than_its_sites(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    sites = Sites.single_region(app, "shop", region="eu-west-1", deletion_protection=False)
    objective = Objective(rto="1h", rpo="15m")
    Bucket(sites, "files", objective=objective, deletion_protection=True)
    app.synth()

    assert _resources(tmp_path)["aws_s3_bucket.files"]["lifecycle"] == {"prevent_destroy": True}


def test_an_objective_for_the_loss_of_a_region_alone_is_refused_where_there_is_no_recovery(tmp_path: Path) -> None:
    sites = Sites.single_region(App(outdir=str(tmp_path)), "shop", region="eu-west-1")

    with pytest.raises(ConfigurationError, match="promises nothing but that; give a target for software"):
        Workload(sites, objective=Objective(region=Target("1h", "15m")))


PROFILES = """
version: 1
regions: {primary: eu-west-1, recovery: eu-central-1}
workloads:
  shop:
    objective: {rto: 1h, rpo: 15m, software: {rto: 4h, rpo: 1h}}
    environments:
      dev: {disaster_recovery: false, deletion_protection: false}
      prod: {}
"""


def test_a_declared_environment_decides_on_regions_protection_and_name(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    declared = parse_declaration(PROFILES)
    sites = {}
    for name in ("dev", "prod"):
        environment = declared.environment("shop", name)
        sites[name] = Sites.in_environment(app, environment)
        Bucket(Workload(sites[name], objective=environment.objective), "files")
    app.synth()
    written = {path.name for path in (tmp_path / "stacks").iterdir()}
    buckets = {
        file.parent.name: arguments.get("lifecycle")
        for file in tmp_path.glob("stacks/*/cdk.tf.json")
        for arguments in json.loads(file.read_text(encoding="utf-8"))
        .get("resource", {})
        .get("aws_s3_bucket", {})
        .values()
    }

    assert written == {
        "shop-dev-primary",
        "shop-dev-global",
        "shop-prod-primary",
        "shop-prod-recovery",
        "shop-prod-global",
    }
    assert (sites["dev"].recovery_region, sites["prod"].recovery_region) == (None, "eu-central-1")
    assert buckets == {
        "shop-dev-primary": None,
        "shop-prod-primary": {"prevent_destroy": True},
        "shop-prod-recovery": {"prevent_destroy": True},
    }


def test_a_declared_environment_needs_regions() -> None:
    environment = parse_declaration(PROFILES.replace("regions:", "# regions:")).environment("shop", "dev")

    with pytest.raises(ConfigurationError, match="shop-dev has no Regions; declare them in"):
        Sites.in_environment(App(), environment)
    with pytest.raises(ConfigurationError, match="the environment is 'dev'"):
        Sites.in_environment(App(), "dev")  # type: ignore[arg-type]
