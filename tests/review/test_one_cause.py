"""One cause, one finding: what follows from it is in its message, or in the verdict."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.review.made import (
    ACCOUNT,
    AWAY,
    EVERYTHING,
    HOME,
    backup,
    bucket,
    found,
    instance,
    replica,
    replicated,
    resource,
    table,
    versioned,
)
from tests.review.recorded import change_of, destroy, recorded, reviewed


def _gone(entry: dict[str, Any]) -> dict[str, Any]:
    change = copy.deepcopy(entry)
    change["change"] |= {"after": None, "actions": ["delete"]}
    return change


def test_the_promises_that_a_component_breaks_are_one_finding() -> None:
    before = instance()["change"]["after"]

    result = found(instance(before=before, multi_az=False, backup_retention_period=0))

    (broken,) = [item for item in result.findings if item.id == "RECOVERY-101"]
    assert broken.disruptions == ("software", "hardware", "zone")
    assert all(f"{name}: RTO " in broken.message for name in broken.disruptions)


def test_a_reason_is_given_once() -> None:
    off = {"bucket": "data", "versioning_configuration": [{"status": "Suspended"}]}
    on = {**off, "versioning_configuration": [{"status": "Enabled"}]}
    parts = [bucket("copy", AWAY), versioned("copy", AWAY), replicated()[-1]]
    lost = resource("aws_s3_bucket_versioning.data", off, on)

    result = found(bucket("data"), lost, *parts)

    assert sorted(item.id for item in result.errors) == ["RECOVERY-101", "RECOVERY-115"]
    assert result.errors[0].message.count("it needs versioning, which is suspended") == 1


@pytest.mark.parametrize(
    ("resources", "address"),
    [
        ([instance(), _gone(replica())], "aws_db_instance.replica"),
        ([*replicated()[:4], _gone(replicated()[4])], "aws_s3_bucket_replication_configuration.this"),
    ],
)
def test_a_copy_that_is_destroyed_is_one_finding_about_the_copy(resources: Any, address: str) -> None:
    causes = [item for item in found(*resources).errors if item.id != "RECOVERY-101"]

    assert [(item.id, item.address) for item in causes] == [("RECOVERY-114", address)]


def test_one_of_two_copies_in_a_region_that_is_destroyed_is_found() -> None:
    other = copy.deepcopy(replica())
    other |= {"address": "aws_db_instance.other", "name": "other"}

    assert "RECOVERY-112" in {item.id for item in found(instance(), replica(), _gone(other)).errors}


@pytest.mark.parametrize("workload", ["payments", "storefront"])
def test_what_many_components_share_is_one_finding_about_all_of_them(workload: str) -> None:
    plans = recorded(workload)
    record = next(
        item["address"]
        for item in plans[f"{workload}-global"]["resource_changes"]
        if item["type"] == "aws_route53_record" and "Primary" in item["address"]
    )
    destroy(plans, f"{workload}-global", record)

    (lost,) = [item for item in reviewed(plans).errors if item.id == "RECOVERY-122" and item.address == record]

    assert len(lost.components) > 1


def test_a_role_without_any_policy_is_one_finding() -> None:
    plans = recorded("archive")
    policy = next(
        item["address"]
        for item in plans["archive-global"]["resource_changes"]
        if item["type"] == "aws_iam_role_policy" and "documents" in item["address"]
    )
    destroy(plans, "archive-global", policy)

    assert [item.id for item in reviewed(plans).errors] == ["RECOVERY-101", "RECOVERY-220"]


def test_what_serves_a_component_that_is_destroyed_goes_without_a_word() -> None:
    plans = recorded("archive")
    for stack, plan in plans.items():
        for item in [one["address"] for one in plan["resource_changes"] if one["mode"] == "managed"]:
            destroy(plans, stack, item)

    ids = {item.id for item in reviewed(plans).errors}

    assert "RECOVERY-110" in ids
    assert not ids & {"RECOVERY-118", "RECOVERY-124"}


def test_a_role_that_is_destroyed_is_one_finding_with_its_attachments() -> None:
    plans = recorded("archive")
    entries = plans["archive-primary"]["resource_changes"]
    roles = [item["address"] for item in entries if item["type"] == "aws_iam_role"]
    parts = [item["address"] for item in entries if item["type"] == "aws_iam_role_policy_attachment"]
    assert roles
    assert parts
    for address in (*roles, *parts):
        assert change_of(plans, "archive-primary", address)
        destroy(plans, "archive-primary", address)

    found_there = {item.address.rpartition("/")[2] for item in reviewed(plans).errors}

    assert found_there == set(roles)


def test_a_waiver_for_a_component_covers_what_is_found_in_its_parts() -> None:
    waived = (
        "waivers: [{finding: RECOVERY-114, address: aws_s3_bucket.data, owner: web, expires: 2027-01-31,"
        " reason: moved}]\n"
    )
    lost = [*replicated()[:4], _gone(replicated()[4])]

    assert {item.id for item in found(*lost, objectives=EVERYTHING + waived).waived} == {"RECOVERY-114"}


def test_a_change_that_ends_a_copy_is_one_finding() -> None:
    both = {"engine": "aurora-mysql", "storage_encrypted": False}
    joined, left = {"global_cluster_identifier": "all"}, {"global_cluster_identifier": None}
    here = {"cluster_identifier": "home", "id": "home", "master_username": "owner", **both}
    away = {"cluster_identifier": "away", "id": "away", **both, **joined}

    result = found(
        resource("aws_rds_global_cluster.all", {"global_cluster_identifier": "all", "id": "all"}),
        resource("aws_rds_cluster.home", {**here, **left}, {**here, **joined}),
        resource("aws_rds_cluster.away", away, region=AWAY),
    )

    assert {"RECOVERY-113", "RECOVERY-114", "RECOVERY-128"} & {item.id for item in result.errors} == {"RECOVERY-128"}


@pytest.mark.parametrize(("region", "error"), [(HOME, "RECOVERY-208"), (AWAY, None)])
def test_backups_replicated_within_their_region_are_one_finding_whatever_their_key(
    region: str, error: str | None
) -> None:
    values = {
        "source_db_instance_arn": f"arn:aws:rds:{HOME}:{ACCOUNT}:db:db",
        "kms_key_id": f"arn:aws:kms:{AWAY}:{ACCOUNT}:key/1",
        "retention_period": 7,
    }
    copied = resource("aws_db_instance_automated_backups_replication.db", values, region=region)

    errors = [item.id for item in found(instance(storage_encrypted=True), copied).errors]

    assert [id for id in errors if id != "RECOVERY-102"] == ([error] if error else [])


def test_what_switches_backups_and_their_copies_off_is_one_finding() -> None:
    settings = resource("aws_backup_region_settings.here", {"resource_type_opt_in_preference": {"DynamoDB": False}})
    result = found(table(point_in_time_recovery=[], replica=[]), *backup(), settings)

    assert len([item for item in result.errors if "switched off" in item.message and item.id == "RECOVERY-200"]) == 1


def test_a_record_without_a_primary_lacks_only_that() -> None:
    values = {"zone_id": "Z1", "name": "www.shop.test", "type": "CNAME", "records": ["a.test"], "set_identifier": "b"}
    record = resource(
        "aws_route53_record.b", {**values, "failover_routing_policy": [{"type": "SECONDARY"}]}, region=None
    )

    assert [item.message.rpartition(": ")[2] for item in found(record).errors] == ["there is no primary record"]
