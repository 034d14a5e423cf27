"""Upgrades of a database that has a copy in another Region."""

from __future__ import annotations

from typing import Any

import pytest

from tests.review.made import ACCOUNT, AWAY, HOME, found, instance, replica, resource

_REGION = """
version: 1
workloads:
  shop:
    objective: {region: {rto: 4h, rpo: 4h}}
    components: [{match: "*.db"}]
"""


def _upgraded(engine: str, before: str, after: str, **more: Any) -> dict[str, Any]:
    old = instance(engine=engine, engine_version=before, **more)["change"]["after"]
    return instance(engine=engine, engine_version=after, before=old, **more)


def _copy(engine: str, version: str, region: str = AWAY) -> dict[str, Any]:
    source = f"arn:aws:rds:{HOME}:{ACCOUNT}:db:db"
    return instance("replica", region, replicate_source_db=source, engine=engine, engine_version=version)


@pytest.mark.parametrize(
    ("engine", "before", "after", "of_copy", "at"),
    [
        ("postgres", "15.8", "16.4", "15.8", "aws_db_instance.replica"),
        ("postgres", "16.3", "16.4", "16.3", "aws_db_instance.db"),
        ("mysql", "8.0.36", "8.4.3", "8.0.36", "aws_db_instance.db"),
        ("mysql", "8.0.36", "8.4.3", "8.4.3", None),
        ("postgres", "16.3", "16.4", "16.4", None),
        ("postgres", "16.3", "16", "16.3", None),
        ("postgres", "16.3", "16.3", "16.3", None),
    ],
)
def test_a_source_is_not_upgraded_before_its_replica(
    engine: str, before: str, after: str, of_copy: str, at: str | None
) -> None:
    result = found(_upgraded(engine, before, after), _copy(engine, of_copy), objectives=_REGION)

    assert [item.address for item in result.errors if item.id == "RECOVERY-335"] == ([] if at is None else [at])
    assert result.verdict == ("met" if at is None else "breached")


def test_a_replica_that_a_major_upgrade_leaves_behind_is_no_way_back_any_more() -> None:
    result = found(_upgraded("postgres", "15.8", "16.4"), _copy("postgres", "15.8"), objectives=_REGION)

    links = {link.mechanism: link.counted for link in result.components[0].links_after}
    assert links["read_replica"] is False


def test_replicas_of_the_same_region_are_taken_along() -> None:
    near = _copy("postgres", "15.8", HOME)

    assert "RECOVERY-335" not in {
        item.id for item in found(_upgraded("postgres", "15.8", "16.4"), near, objectives=_REGION).findings
    }


@pytest.mark.parametrize(
    ("enabled", "changes", "refused"),
    [
        (True, {"instance_class": "db.r6g.large"}, True),
        (True, {"deletion_protection": False}, False),
        (False, {"instance_class": "db.r6g.large"}, False),
    ],
)
def test_no_blue_green_deployment_is_made_of_what_has_a_replica_in_another_region(
    enabled: bool, changes: dict[str, Any], refused: bool
) -> None:
    deploys: dict[str, Any] = {"blue_green_update": [{"enabled": enabled}], "instance_class": "db.t4g.large"}
    changed = instance(before=instance(**deploys)["change"]["after"], **{**deploys, **changes})

    assert ("RECOVERY-335" in {item.id for item in found(changed, replica(), objectives=_REGION).errors}) is refused
    assert "RECOVERY-335" not in {item.id for item in found(changed, objectives=_REGION).errors}


@pytest.mark.parametrize(("after", "refused"), [("17.2", True), ("16.6", False)])
def test_a_cluster_of_a_global_database_takes_no_major_version_by_itself(after: str, refused: bool) -> None:
    values = {
        "engine": "aurora-postgresql",
        "cluster_identifier": "db",
        "global_cluster_identifier": "world",
        "id": "db",
    }
    before = {**values, "engine_version": "16.4"}

    result = found(resource("aws_rds_cluster.db", {**values, "engine_version": after}, before), objectives=_REGION)

    assert ("RECOVERY-335" in {item.id for item in result.errors}) is refused
