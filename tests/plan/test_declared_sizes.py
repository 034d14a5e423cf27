"""The size that was declared is the size that everybody assesses: explain, review, documents of a plan."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib import (
    App,
    Bucket,
    Database,
    DocumentStore,
    FileSystem,
    KeyAttribute,
    Network,
    Objective,
    Sites,
    Table,
    Usage,
    Workload,
)
from constructs_lib.components import Kind
from constructs_lib.objectives.tags import COMPONENT, SIZE, read_size
from constructs_lib.plan.stacks import read_decisions, read_stacks
from constructs_lib.plan.usage import usage_told
from tests.review.made import found, resource

if TYPE_CHECKING:
    from pathlib import Path

SIZES = {"good": "5000", "bad": "5 TB"}
NETWORK = Network(
    subnet_ids=("subnet-a1", "subnet-a2", "subnet-a3"),
    security_group_ids=("sg-a",),
    recovery_subnet_ids=("subnet-b1", "subnet-b2", "subnet-b3"),
    recovery_security_group_ids=("sg-b",),
)


def _build(directory: Path, usage: Usage, **options: Any) -> None:
    app = App(outdir=str(directory))
    sites = Sites.per_region(app, "shop", primary="eu-west-1", recovery="eu-central-1")
    workload = Workload(sites, objective=Objective(rto="30d", rpo="30d"))
    document = directory.parent / "sla.md"
    document.write_text("# SLA\n", encoding="utf-8")
    Bucket(workload, "assets", usage=usage)
    Table(workload, "orders", partition_key=KeyAttribute(name="id", type="S"), usage=usage)
    FileSystem(workload, "files", usage=usage, network=NETWORK)
    Database(workload, "ledger", engine="dsql", usage=usage)
    Database(workload, "aurora", engine="aurora-postgresql", usage=usage, network=NETWORK)
    Database(workload, "postgres", engine="postgres", usage=usage, network=NETWORK, **options)
    DocumentStore(workload, "documents", files=[document])
    app.synth()


@pytest.mark.parametrize("size_gb", ["0.5", "20.5", "100", "5000"])
def test_a_stack_is_read_back_at_the_size_that_was_declared(tmp_path: Path, size_gb: str) -> None:
    directory = tmp_path / "out"
    _build(directory, Usage(size_gb=size_gb))

    plan = read_stacks(directory)

    declared = {item.name: item for item in read_decisions(directory)}
    originals = (item for item in plan.after if item.name not in plan.copies_after and item.region == "eu-west-1")
    found = {tags[COMPONENT]: item for item in originals if COMPONENT in (tags := dict(item.tags))}
    assert declared.keys() == found.keys()
    for name, decision in declared.items():
        assert found[name].size_gb == decision.component.size_gb, name
        assert usage_told(plan, found[name]).size_gb == decision.usage.size_gb, name


def test_a_plan_tells_the_storage_class_of_a_copy_as_the_construct_does(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path / "out"))
    sites = Sites.per_region(app, "shop", primary="eu-west-1", recovery="eu-central-1")
    bucket = Bucket(
        sites,
        "assets",
        objective=Objective(rto="8h", rpo="8h"),
        recovery_storage_class="GLACIER_IR",
    )
    app.synth()

    plan = read_stacks(tmp_path / "out")

    read = next(item for item in plan.after if item.region == "eu-west-1" and item.kind is Kind.BUCKET)
    assert bucket.decision.usage.copy_storage_class == "GLACIER_IR"
    assert usage_told(plan, read) == bucket.decision.usage


def test_storage_that_is_larger_than_the_data_is_no_size(tmp_path: Path) -> None:
    directory = tmp_path / "out"
    _build(directory, Usage(), storage_gb=500)

    plan = read_stacks(directory)

    postgres = next(item for item in plan.after if dict(item.tags).get(COMPONENT) == "postgres")
    assert postgres.size_gb == 100
    told = usage_told(plan, postgres)
    assert told.size_gb == 100
    assert told.storage_gb == 500


def test_storage_holds_the_last_part_of_a_gb_too(tmp_path: Path) -> None:
    directory = tmp_path / "out"
    _build(directory, Usage(size_gb="20.5"))

    plan = read_stacks(directory)

    instance = next(item for item in plan.resources_after.values() if item.type == "aws_db_instance")
    assert instance.number("allocated_storage") == 21


def test_a_size_that_cannot_be_read_is_noted() -> None:
    """`5 TB` was taken for 100 GB without a word."""
    good, bad = (
        resource(f"aws_dynamodb_table.{name}", {"name": name, "tags": {SIZE: size}}) for name, size in SIZES.items()
    )

    review = found(good, bad)

    noted = [item for item in review.inventory if SIZE in item.reason]
    assert [(item.addresses, item.reason) for item in noted] == [
        (
            ("aws_dynamodb_table.bad",),
            "its tag recovery:size-gb is no number of GB above 0, so it is taken for 100 GB",
        )
    ]


@pytest.mark.parametrize(
    ("text", "size"), [("5000", 5000), ("0.5", Decimal("0.5")), ("0", None), ("5 TB", None), ("-1", None), ("", None)]
)
def test_a_tag_that_is_no_size_says_nothing(text: str, size: Decimal | int | None) -> None:
    assert read_size({SIZE: text}) == size
