"""The forms a plan comes in: other orders, OpenTofu, provider 6.x, providers whose Region is not written down."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.plan import Plan, read_plan

if TYPE_CHECKING:
    from collections.abc import Callable

    Document = dict[str, Any]

_FIXTURES = (
    "backups",
    "buckets",
    "changes",
    "clusters",
    "distributions",
    "dsql",
    "instances",
    "modules",
    "records",
    "replicated",
    "tables",
)


def _bytes(document: Document) -> bytes:
    return json.dumps(document).encode()


def _said(plan: Plan) -> tuple[object, ...]:
    return (
        plan.before,
        plan.after,
        plan.changes,
        plan.drift,
        plan.inventory,
        dict(plan.types),
        dict(plan.members_before),
        dict(plan.members_after),
        dict(plan.copies_before),
        dict(plan.copies_after),
        list(plan.resources_after),
        plan.regions,
    )


@pytest.mark.parametrize("fixture", _FIXTURES)
def test_the_order_of_resources_does_not_matter(fixture: str, document: Callable[..., Document]) -> None:
    plan = document(fixture)
    expected = repr(_said(read_plan(_bytes(plan))))
    for seed in range(3):
        random.Random(seed).shuffle(plan["resource_changes"])
        random.Random(seed).shuffle(plan["configuration"]["root_module"].get("resources", []))
        assert repr(_said(read_plan(_bytes(plan)))) == expected


@pytest.mark.parametrize("fixture", _FIXTURES)
def test_opentofu_says_the_same(fixture: str, document: Callable[..., Document]) -> None:
    """OpenTofu has another registry, and neither `complete` nor `applyable`."""
    plan = document(fixture)
    expected = _said(read_plan(_bytes(plan)))
    text = json.dumps({key: value for key, value in plan.items() if key not in ("complete", "applyable")})
    read = read_plan(text.replace("registry.terraform.io", "registry.opentofu.org").encode())
    assert _said(read) == expected
    assert read.complete


def test_unknown_fields_are_tolerated(document: Callable[..., Document]) -> None:
    plan = document("tables")
    expected = _said(read_plan(_bytes(plan)))
    plan["deferred_changes"] = [{"reason": "new in a later version"}]
    plan["format_version"] = "1.99"
    for item in plan["resource_changes"]:
        item["action_invocations"] = [1]
        item["change"]["before_identity"] = {"a": {}}
    assert _said(read_plan(_bytes(plan))) == expected


def _as_provider_6(plan: Document) -> Document:
    """Rewrite a plan of 5.100 as 6.x writes it: one provider, and a `region` on each resource."""
    regions = {}
    configuration = plan["configuration"]

    def walk(module: Document, path: str) -> None:
        for item in module.get("resources", []):
            key = item["provider_config_key"]
            regions[f"{path}{item['address']}"] = "eu-central-1" if key == "aws.recovery" else "eu-west-1"
            item["provider_config_key"] = "aws"
        for name, call in module.get("module_calls", {}).items():
            walk(call["module"], f"{path}module.{name}.")

    walk(configuration["root_module"], "")
    del configuration["provider_config"]["aws.recovery"]
    configuration["provider_config"]["aws"]["version_constraint"] = "~> 6.0"
    for item in plan["resource_changes"]:
        static = ".".join(part.partition("[")[0] for part in item["address"].split("."))
        for side in ("before", "after"):
            if item["change"][side] is not None and static in regions and item["type"] != "aws_cloudfront_distribution":
                item["change"][side]["region"] = regions[static]
                if isinstance(item["change"]["after_unknown"], dict):
                    item["change"]["after_unknown"].pop("region", None)
    return plan


@pytest.mark.parametrize("fixture", ["backups", "buckets", "clusters", "dsql", "instances", "modules", "tables"])
def test_the_region_argument_of_provider_6_counts_as_an_alias_does(
    fixture: str, document: Callable[..., Document]
) -> None:
    expected = _said(read_plan(_bytes(document(fixture))))
    read = read_plan(_bytes(_as_provider_6(document(fixture))))
    assert _said(read) == expected
    assert {item.provider_constraint for item in read.resources_after.values()} == {"~> 6.0"}


def test_strong_consistency_and_its_witness_are_read(
    document: Callable[..., Document], shown: Callable[..., list[str]]
) -> None:
    """Provider 6.22 can say it; 5.100 cannot, so this one is made by hand."""
    plan = _as_provider_6(document("tables"))
    good = next(item for item in plan["resource_changes"] if item["address"] == "aws_dynamodb_table.good")
    good["change"]["after"]["replica"][0]["consistency_mode"] = "STRONG"
    good["change"]["after"]["global_table_witness"] = [{"region_name": "eu-west-2"}]
    read = read_plan(_bytes(plan))
    assert shown(read.after, "aws_dynamodb_table.good")[0] == (
        "global_table to eu-central-1 consistency=STRONG third=witness third_region=eu-west-2"
    )


def test_a_providers_region_comes_from_a_variable(
    planned: Callable[..., Plan], document: Callable[..., Document]
) -> None:
    assert planned("tables").resources_after["aws_dynamodb_table_replica.apart"].region == "eu-central-1"
    plan = document("tables")
    plan["variables"]["recovery_region"]["value"] = "eu-north-1"
    resource = read_plan(_bytes(plan)).resources_after["aws_dynamodb_table_replica.apart"]
    assert (resource.region, resource.provider_key) == ("eu-north-1", "aws.recovery")


def test_a_region_from_the_environment_is_unknown_for_what_is_new(document: Callable[..., Document]) -> None:
    plan = document("tables")
    del plan["configuration"]["provider_config"]["aws"]["expressions"]["region"]
    component = next(item for item in read_plan(_bytes(plan)).after if item.name == "aws_dynamodb_table.good")
    assert component.region is None


def test_a_region_from_the_environment_is_taken_from_what_exists(document: Callable[..., Document]) -> None:
    plan = document("changes")
    del plan["configuration"]["provider_config"]["aws"]["expressions"]["region"]
    for item in plan["resource_changes"]:
        if item["address"] == "aws_dynamodb_table.kept":
            item["change"].update(actions=["create"], before=None)
            del item["change"]["after"]["arn"]
    component = next(item for item in read_plan(_bytes(plan)).after if item.name == "aws_dynamodb_table.kept")
    assert component.region == "eu-west-1"


def test_references_are_resolved_for_those_who_ask(planned: Callable[..., Plan]) -> None:
    buckets = planned("buckets")
    rule = "rule.destination.bucket"
    assert buckets.resolve("aws_s3_bucket_replication_configuration.good", rule) == ("aws_s3_bucket.good_copy",)
    assert buckets.resolve("aws_s3_bucket_versioning.undecided", "versioning_configuration.status") == (
        "terraform_data.status",
    )
    # A known value, of a bucket in another state.
    assert buckets.resolve("aws_s3_bucket_replication_configuration.elsewhere", rule) == ()
    assert planned("modules").resolve("aws_s3_bucket_object_lock_configuration.by_local", "bucket") == ()
    assert buckets.resolve("no.such", "bucket") == ()


def test_what_is_unknown_or_sensitive_is_told_by_path(planned: Callable[..., Plan]) -> None:
    resource = planned("instances").resources_after["aws_db_instance.default"]
    assert resource.is_unknown("arn")
    assert not resource.is_unknown("engine")
    assert resource.is_sensitive("password")
    assert not resource.is_sensitive("identifier")
    nested = planned("buckets").resources_after["aws_s3_bucket_replication_configuration.good"]
    assert nested.is_unknown("rule", 0, "destination", 0, "bucket")
    assert not nested.is_unknown("rule", 0, "status")
    assert nested.get("rule", 7, "status") is None
