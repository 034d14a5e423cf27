"""Synthesized stacks read as the plan that brings them about, beside the plans recorded of them."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.catalog.resources.resource_types import load_resource_types, map_arguments, types_that
from constructs_lib.declaration.declaration import load_declaration, parse_declaration
from constructs_lib.errors import PlanError
from constructs_lib.plan.stacks import read_stacks, stack_files
from constructs_lib.review import review
from tests.each import each

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.plan import Plan
    from constructs_lib.review import Review

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "tests" / "provider_schemas" / "aws_5_100_0.json").read_text(encoding="utf-8"))


@pytest.fixture(name="synthesized", scope="module")
def _synthesized(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from constructs_lib import App
    from stacks.application import build

    directory = tmp_path_factory.mktemp("synth") / "cdktf.out"
    app = App(outdir=str(directory))
    build(app)
    app.synth()
    return directory


def _reviewed(plan: Plan) -> Review:
    return review(plan, load_declaration(ROOT / "stacks" / "recovery.yaml"), today=date(2026, 11, 26))


def _edited(synthesized: Path, tmp_path: Path, stack: str, edit: Callable[[dict[str, Any]], object]) -> Plan:
    now = tmp_path / "now"
    shutil.copytree(synthesized, now)
    file = now / "stacks" / stack / "cdk.tf.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    edit(content)
    file.write_text(json.dumps(content), encoding="utf-8")
    return read_stacks(now, synthesized)


def test_the_reference_stacks_keep_their_promises_before_anything_is_deployed(synthesized: Path) -> None:
    found = _reviewed(read_stacks(synthesized))

    assert (found.verdict.value, [item.id for item in found.findings]) == ("met", [])
    assert len(found.components) > 20


def test_stacks_and_plans_of_the_same_code_hold_the_same_components(synthesized: Path) -> None:
    from tests.review.recorded import WORKLOADS, recorded, reviewed

    stacks = {item.address: item for item in _reviewed(read_stacks(synthesized)).components}
    compared = 0
    for workload in WORKLOADS:
        for planned in reviewed(recorded(workload, "created", roles=("primary", "recovery"))).components:
            address = planned.address if planned.address in stacks else planned.address.rpartition("/")[2]
            if address in stacks:
                compared += 1
                assert stacks[address].kind is planned.kind
                assert stacks[address].region_after == planned.region_after
    assert compared > 8


def test_nothing_changed_is_no_change(synthesized: Path) -> None:
    plan = read_stacks(synthesized, synthesized)

    assert plan.changes == ()
    assert not any(resource.created for resource in plan.resources_after.values())


def test_a_copy_that_is_taken_out_is_missed(synthesized: Path, tmp_path: Path) -> None:
    plan = _edited(
        synthesized,
        tmp_path,
        "reporting-global",
        lambda content: content["resource"].pop("aws_s3_bucket_replication_configuration"),
    )

    found = _reviewed(plan)
    assert found.verdict.value == "breached"
    assert {"RECOVERY-101", "RECOVERY-114"} <= {item.id for item in found.findings}


def test_a_renamed_table_is_made_anew_and_empty(synthesized: Path, tmp_path: Path) -> None:
    def rename(content: dict[str, Any]) -> None:
        content["resource"]["aws_dynamodb_table"]["orders"]["name"] = "other"

    plan = _edited(synthesized, tmp_path, "storefront-primary", rename)

    assert [item.actions for item in plan.changes if item.type == "aws_dynamodb_table"] == [("delete", "create")]
    assert "RECOVERY-111" in {item.id for item in _reviewed(plan).findings}


def test_what_moves_stays_what_it_was(synthesized: Path, tmp_path: Path) -> None:
    def move(content: dict[str, Any]) -> None:
        tables = content["resource"]["aws_dynamodb_table"]
        tables["purchases"] = tables.pop("orders")
        content["moved"] = [{"from": "aws_dynamodb_table.orders", "to": "aws_dynamodb_table.purchases"}]

    plan = _edited(synthesized, tmp_path, "storefront-primary", move)

    assert "aws_dynamodb_table.purchases" in plan.resources_before
    assert {item.actions for item in plan.changes if item.type == "aws_dynamodb_table"} == {("no-op",)}


def test_what_is_removed_without_being_destroyed_is_let_go(synthesized: Path, tmp_path: Path) -> None:
    def forget(content: dict[str, Any]) -> None:
        del content["resource"]["aws_dynamodb_table"]["orders"]
        content["removed"] = [{"from": "aws_dynamodb_table.orders", "lifecycle": {"destroy": False}}]

    plan = _edited(synthesized, tmp_path, "storefront-primary", forget)

    assert [item.forgotten for item in plan.changes if item.address == "aws_dynamodb_table.orders"] == [True]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"holds no stacks/\*/cdk.tf.json; run cdktf synth"),
        (b"{", "is not well-formed JSON; run cdktf synth again"),
        (b'{"resource": "\xff"}', "is not well-formed JSON; run cdktf synth again"),
        (b"[" * 100_000, "is not well-formed JSON; run cdktf synth again"),
        (b"[]", "is no synthesized stack"),
        (b'{"resource": 3}', "is no synthesized stack"),
        (b'{"output": 3}', "is no synthesized stack"),
    ],
)
def test_what_is_no_stack_is_refused(tmp_path: Path, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / "stacks" / "a").mkdir(parents=True)
        (tmp_path / "stacks" / "a" / "cdk.tf.json").write_bytes(content)

    with pytest.raises(PlanError, match=message):
        read_stacks(tmp_path)


@pytest.mark.parametrize("note", ['"looked up by its name"', "{}", '{"metadata": []}', '{"metadata": {"path": 3}}'])
def test_a_note_at_a_data_source_is_whatever_somebody_wrote(tmp_path: Path, note: str) -> None:
    (tmp_path / "a").mkdir()
    stack = {"data": {"aws_s3_bucket": {"a": {"//": json.loads(note)}}}, "//": {"recovery": {"a": {"features": 3}}}}
    (tmp_path / "a" / "cdk.tf.json").write_text(json.dumps(stack), encoding="utf-8")

    assert read_stacks(tmp_path).after == ()


@pytest.mark.parametrize(
    "content",
    [
        {"//": "written by hand"},
        {"//": {"recovery": 3, "recovery_watched": [], "recovery_network": "x"}},
        {"//": {"recovery": {"a": 3}, "recovery_watched": {"a/b": 3}, "recovery_network": {"a/b": 3}}},
        {"terraform": {"backend": {"s3": "x"}}},
    ],
    ids=["comment", "parts", "notes", "backend"],
)
def test_a_comment_of_anybody_else_is_read_over(tmp_path: Path, content: dict[str, Any]) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "cdk.tf.json").write_text(json.dumps(content), encoding="utf-8")

    assert read_stacks(tmp_path).after == ()


def _maps(block: dict[str, Any]) -> set[str]:
    """Names that are arguments somewhere and blocks nowhere."""
    found = {name for group in ("required", "optional") for name in block.get(group, ())}
    for inner in block.get("blocks", {}).values():
        found |= _maps(inner)
    return found


def test_every_map_argument_is_an_argument_and_no_block() -> None:
    blocks = {name for type in SCHEMA["resources"].values() for name in type.get("blocks", {})}

    assert not map_arguments() & blocks


@each("type", sorted(load_resource_types()))
def test_the_arguments_named_of_a_type_are_the_providers(type: str) -> None:
    if type not in SCHEMA["resources"]:
        return
    known = load_resource_types()[type]
    block = SCHEMA["resources"][type]
    names = {*block.get("computed", ()), *_maps(block), *block.get("blocks", {})}
    named = {*known.named_by, *known.replaced_by, *filter(None, (known.key, known.deletion_protection))}
    assert named <= names


def test_the_schema_knows_most_types_that_are_read() -> None:
    assert len(types_that("read").keys() & SCHEMA["resources"].keys()) > 30


# ---------------------------------------------------------------- what people write by hand, and what it leaves open

_PROMISE = """
version: 1
workloads:
  shop:
    objective: {region: {rto: 4h, rpo: 4h}}
    components: [{match: "aws_db_instance.main"}, {match: "aws_dynamodb_table.orders"}]
"""
_MAIN = {"identifier": "main", "engine": "postgres", "allocated_storage": 20, "backup_retention_period": 7}
_ORDERS = {"name": "orders", "stream_enabled": True, "stream_view_type": "NEW_AND_OLD_IMAGES"}
_OUTPUT = {"replicate_source_db": "${data.terraform_remote_state.home.outputs.arn}"}


def _promised(tmp_path: Path, *resources: dict[str, Any], away: str = "eu-central-1", **more: Any) -> str:
    """Return the verdict on stacks of one provider for each Region, written as people write them."""
    for number, resource in enumerate(resources):
        providers = [{"region": "eu-west-1"}, {"alias": "away", "region": away}]
        content = {"provider": {"aws": providers}, "resource": resource, **more}
        file = tmp_path / "stacks" / f"stack-{number}" / "cdk.tf.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(content), encoding="utf-8")
    declared = parse_declaration(_PROMISE, today=date(2026, 11, 26))
    return review(read_stacks(tmp_path), declared, today=date(2026, 11, 26)).verdict.value


def _copy(**more: Any) -> dict[str, Any]:
    source = "${aws_db_instance.main.arn}"
    return {"identifier": "copy", "provider": "aws.away", "replicate_source_db": source, "multi_az": True, **more}


@pytest.mark.parametrize(
    ("count", "verdict"),
    [
        ({}, "met"),
        ({"count": 1}, "met"),
        ({"count": 0}, "breached"),
        ({"for_each": {}}, "breached"),
        ({"count": "${var.replicas}"}, "unknown"),
        ({"for_each": "${toset(var.regions)}"}, "unknown"),
    ],
)
def test_how_many_there_are_counts_and_a_variable_leaves_it_open(
    tmp_path: Path, count: dict[str, Any], verdict: str
) -> None:
    assert _promised(tmp_path, {"aws_db_instance": {"main": _MAIN, "copy": _copy(**count)}}) == verdict


@pytest.mark.parametrize(
    ("away", "verdict"), [("${local.away}", "met"), ("${local.home}", "breached"), ("${var.away}", "unknown")]
)
def test_a_region_is_told_by_a_local_value_and_not_by_a_variable(tmp_path: Path, away: str, verdict: str) -> None:
    told = {"home": "eu-west-1", "near": "${local.home}", "away": "eu-central-1"}
    copies = {"aws_db_instance": {"main": _MAIN, "copy": _copy()}}

    assert (
        _promised(tmp_path, copies, away=away, locals=told, variable={"away": {"default": "eu-central-1"}}) == verdict
    )


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        (_OUTPUT, "unknown"),
        ({"replicate_source_db": "${data.aws_db_instance.main.db_instance_arn}"}, "unknown"),
        ({"replicate_source_db": "${var.source}"}, "unknown"),
        ({"replicate_source_db": "arn:aws:rds:eu-west-1:000000000000:db:other"}, "breached"),
        ({**_OUTPUT, "provider": "aws"}, "breached"),
    ],
)
def test_a_source_that_is_looked_up_may_be_in_another_stack(
    tmp_path: Path, source: dict[str, Any], verdict: str
) -> None:
    stacks = {"aws_db_instance": {"main": _MAIN}}, {"aws_db_instance": {"copy": _copy(**source)}}

    assert _promised(tmp_path, *stacks) == verdict


def test_replicas_in_a_dynamic_block_are_open(tmp_path: Path) -> None:
    dynamic = {"replica": {"for_each": "${var.regions}", "content": {"region_name": "${replica.value}"}}}

    assert _promised(tmp_path, {"aws_dynamodb_table": {"orders": {**_ORDERS, "dynamic": dynamic}}}) == "unknown"


def _two_stacks(directory: Path) -> None:
    for name in ("shop-dev", "shop-prod"):
        (directory / "stacks" / name).mkdir(parents=True)
        content = {
            "resource": {"aws_s3_bucket": {"files": {"bucket": name, "provider": "aws"}}},
            "provider": {"aws": [{"region": "eu-west-1"}]},
        }
        (directory / "stacks" / name / "cdk.tf.json").write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.parametrize(
    ("manifest", "read"),
    [
        (None, {"shop-dev", "shop-prod"}),
        ('{"stacks": {"shop-prod": {"workingDirectory": "stacks/shop-prod"}}}', {"shop-prod"}),
        ('{"name": "an app for telephones"}', {"shop-dev", "shop-prod"}),
        ('{"stacks": [1]}', {"shop-dev", "shop-prod"}),
        ("no JSON", {"shop-dev", "shop-prod"}),
        ("[" * 100_000, {"shop-dev", "shop-prod"}),
    ],
)
def test_a_stack_of_an_earlier_synth_is_not_there_any_more(
    tmp_path: Path, manifest: str | None, read: set[str]
) -> None:
    _two_stacks(tmp_path)
    if manifest is not None:
        (tmp_path / "manifest.json").write_text(manifest, encoding="utf-8")

    for given in (tmp_path, tmp_path / "stacks"):
        assert set(read_stacks(given).documents) == read
        assert {path.parent.name for path in stack_files(given)} == read


def test_a_stack_that_is_taken_out_is_missed_though_its_file_stays(tmp_path: Path) -> None:
    _two_stacks(tmp_path / "before")
    _two_stacks(tmp_path / "now")
    named = '{"stacks": {"shop-prod": {"workingDirectory": "stacks/shop-prod"}}}'
    (tmp_path / "now" / "manifest.json").write_text(named, encoding="utf-8")

    plan = read_stacks(tmp_path / "now", tmp_path / "before")

    assert len(plan.before) == 2
    assert len(plan.after) == 1


def test_a_stack_that_the_manifest_names_must_be_there(tmp_path: Path) -> None:
    _two_stacks(tmp_path)
    named = '{"stacks": {"shop-qa": {"workingDirectory": "stacks/shop-qa"}}}'
    (tmp_path / "manifest.json").write_text(named, encoding="utf-8")

    with pytest.raises(PlanError, match="names the stack shop-qa, which is not there; synthesize again"):
        read_stacks(tmp_path)
