"""What a plan does to things that exist: the two sides, and what is said of the way between them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.plan import read_plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.plan import Change, Plan


def _change(plan: Plan, address: str) -> Change:
    return next(item for item in plan.changes if item.address == address and item.deposed is None)


def _names(plan: Plan) -> tuple[set[str], set[str]]:
    return {item.name for item in plan.before}, {item.name for item in plan.after}


def test_a_protection_taken_away_is_there_before_and_not_after(
    planned: Callable[..., Plan], shown: Callable[..., list[str]]
) -> None:
    plan = planned("changes")
    assert shown(plan.before, "aws_dynamodb_table.weakened") == ["pitr retention_days=35"]
    assert shown(plan.after, "aws_dynamodb_table.weakened") == []
    assert _change(plan, "aws_dynamodb_table.weakened").changed == ("point_in_time_recovery",)


def test_a_removed_split_resource_is_not_outlived_by_what_the_bucket_still_shows(
    planned: Callable[..., Plan], shown: Callable[..., list[str]]
) -> None:
    plan = planned("changes")
    assert plan.resources_after["aws_s3_bucket.unversioned"].get("versioning", 0, "enabled") is True
    assert len(shown(plan.before, "aws_s3_bucket.unversioned")) == 1
    assert shown(plan.after, "aws_s3_bucket.unversioned") == []


def test_what_stays_is_the_same_on_both_sides_and_no_change(planned: Callable[..., Plan]) -> None:
    plan = planned("changes")
    address = "aws_dynamodb_table.kept"
    assert plan.resources_before[address] is plan.resources_after[address]
    assert address not in {item.address for item in plan.changes}


def test_a_moved_resource_has_its_new_address_on_both_sides(planned: Callable[..., Plan]) -> None:
    plan = planned("changes")
    before, after = _names(plan)
    assert "aws_dynamodb_table.renamed" in before & after
    assert "aws_dynamodb_table.old_name" not in before | after
    assert plan.resources_after["aws_dynamodb_table.renamed"].previous_address == "aws_dynamodb_table.old_name"
    assert _change(plan, "aws_dynamodb_table.renamed").previous_address == "aws_dynamodb_table.old_name"


def test_a_replaced_resource_is_told_with_what_forces_it(planned: Callable[..., Plan]) -> None:
    change = _change(planned("changes"), "aws_dynamodb_table.replaced")
    assert change.replaced
    assert not change.deleted
    assert change.replace_paths == ("hash_key",)


def test_deposed_objects_are_changes_and_no_components(planned: Callable[..., Plan]) -> None:
    plan = planned("changes")
    deposed = [item for item in plan.changes if item.deposed is not None]
    assert [(item.address, item.deposed, item.deleted) for item in deposed] == [
        ("aws_dynamodb_table.replaced", "abcd1234", False)
    ]
    assert plan.resources_before["aws_dynamodb_table.replaced"].get("name") == "replaced"


def test_deleted_and_forgotten_resources_are_only_before(planned: Callable[..., Plan]) -> None:
    plan = planned("changes")
    before, after = _names(plan)
    assert {"aws_dynamodb_table.deleted", "aws_dynamodb_table.forgotten"} <= before - after
    assert _change(plan, "aws_dynamodb_table.deleted").deleted
    assert _change(plan, "aws_dynamodb_table.forgotten").forgotten
    assert not _change(plan, "aws_dynamodb_table.forgotten").deleted


def test_a_targeted_plan_keeps_what_it_leaves_alone(planned: Callable[..., Plan]) -> None:
    plan = planned("changes", "targeted.json")
    assert not plan.complete
    before, after = _names(plan)
    assert before == _names(planned("changes"))[0]
    assert before - after == {"aws_dynamodb_table.forgotten"}


def test_a_targeted_plan_of_opentofu_is_not_whole_although_it_does_not_say_so(
    document: Callable[..., dict[str, Any]],
) -> None:
    targeted, whole = (
        {key: value for key, value in document("changes", *name).items() if key not in ("complete", "applyable")}
        for name in (("targeted.json",), ())
    )
    refreshed = {key: value for key, value in targeted.items() if key != "resource_changes"}

    complete = [read_plan(json.dumps(plan).encode()).complete for plan in (targeted, whole, refreshed)]

    assert complete == [False, True, True]


def test_a_state_is_the_same_before_and_after(planned: Callable[..., Plan]) -> None:
    state = planned("changes", "state.json")
    assert state.kind == "state"
    assert state.before == state.after
    assert state.changes == ()
    assert "aws_dynamodb_table.old_name" in {item.name for item in state.after}


def test_an_empty_state_has_nothing_in_it() -> None:
    state = read_plan(b'{"format_version":"1.0"}')
    assert (state.kind, state.before, state.after) == ("state", (), ())


def test_an_imported_resource_is_there_before(document: Callable[..., dict[str, Any]]) -> None:
    plan = document("changes")
    for item in plan["resource_changes"]:
        if item["address"] == "aws_dynamodb_table.kept":
            item["change"]["importing"] = {"id": "kept"}
    read = read_plan(json.dumps(plan).encode())
    assert _change(read, "aws_dynamodb_table.kept").importing
    assert "aws_dynamodb_table.kept" in _names(read)[0]


def test_drift_is_told_apart_from_changes(document: Callable[..., dict[str, Any]]) -> None:
    plan = document("changes")
    drifted = next(item for item in plan["resource_changes"] if item["address"] == "aws_dynamodb_table.kept")
    off = [{"enabled": False, "recovery_period_in_days": 0}]
    after = {**drifted["change"]["after"], "point_in_time_recovery": off}
    plan["resource_drift"] = [{**drifted, "change": {**drifted["change"], "actions": ["update"], "after": after}}]
    read = read_plan(json.dumps(plan).encode())
    assert [(item.address, item.changed) for item in read.drift] == [
        ("aws_dynamodb_table.kept", ("point_in_time_recovery",))
    ]
    assert "aws_dynamodb_table.kept" not in {item.address for item in read.changes}


def test_the_plans_of_several_stacks_are_read_as_one(document: Callable[..., dict[str, Any]]) -> None:
    from constructs_lib.plan import read_plans

    def stack(region: str, *resources: tuple[str, str, dict[str, Any]]) -> bytes:
        provider = {"name": "aws", "full_name": "registry.terraform.io/hashicorp/aws"}
        return json.dumps(
            {
                "format_version": "1.2",
                "complete": True,
                "configuration": {
                    "provider_config": {"aws": {**provider, "expressions": {"region": {"constant_value": region}}}},
                    "root_module": {
                        "resources": [
                            {
                                "address": f"{type}.{name}",
                                "mode": "managed",
                                "type": type,
                                "name": name,
                                "provider_config_key": "aws",
                            }
                            for type, name, _ in resources
                        ]
                    },
                },
                "resource_changes": [
                    {
                        "address": f"{type}.{name}",
                        "mode": "managed",
                        "type": type,
                        "name": name,
                        "change": {"actions": ["create"], "before": None, "after": values, "after_unknown": {}},
                    }
                    for type, name, values in resources
                ],
            }
        ).encode()

    on = {"versioning_configuration": [{"status": "Enabled"}]}
    rule = {"status": "Enabled", "filter": [{}], "destination": [{"bucket": "arn:aws:s3:::assets-copy"}]}
    sources = {
        "primary": stack(
            "eu-west-1",
            ("aws_s3_bucket", "assets", {"bucket": "assets"}),
            ("aws_s3_bucket_versioning", "assets", {"bucket": "assets", **on}),
        ),
        "recovery": stack(
            "eu-central-1",
            ("aws_s3_bucket", "assets", {"bucket": "assets-copy"}),
            ("aws_s3_bucket_versioning", "assets", {"bucket": "assets-copy", **on}),
        ),
        "global": stack(
            "us-east-1", ("aws_s3_bucket_replication_configuration", "assets", {"bucket": "assets", "rule": [rule]})
        ),
    }
    plan = read_plans(sources)
    main = next(item for item in plan.after if item.name == "primary/aws_s3_bucket.assets")
    replication = main.protection("replication")
    assert replication is not None
    assert (replication.region, replication.doubts) == ("eu-central-1", ())
    assert plan.copies_after == {"recovery/aws_s3_bucket.assets": "primary/aws_s3_bucket.assets"}
    assert plan.resolve("aws_s3_bucket_replication_configuration.assets", "bucket") == ("primary/aws_s3_bucket.assets",)
