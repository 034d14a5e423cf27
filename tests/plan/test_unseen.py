"""A computed block that stands nowhere: nobody wrote it, or it is a dynamic one that is known only after apply."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from constructs_lib.components import ENABLED
from constructs_lib.plan.document.format import ChangeBody, Module, ResourceChange
from constructs_lib.plan.document.unseen import unseen
from tests.plan.by_hand import expression, hand_made, resource

_LATER = "terraform_data.switch"
_SWITCH = resource(_LATER, "terraform", {})
_NAMES = expression(f"{_LATER}.id", _LATER)


def _of_table(*others: tuple[Any, Any], module: str = "", relevant: str = _LATER, **more: Any) -> list[str]:
    """Return what is open of a new table without a block of point-in-time recovery."""
    entry, configured = resource("aws_dynamodb_table.orders", "aws", {"name": "orders"}, **more.pop("table", {}))
    entry["change"]["after_unknown"]["point_in_time_recovery"] = True
    entry |= {"address": f"{module}{entry['address']}", "module_address": module.rstrip(".")}
    resources = [_SWITCH, *others] if module else [_SWITCH, (entry, configured), *others]
    plan = hand_made(
        *resources,
        providers={"aws": {"constant_value": "eu-west-1"}},
        relevant_attributes=[{"resource": relevant, "attribute": ["id"]}],
        **(
            {
                "root": {"module_calls": more},
                "resource_changes": [item[0] for item in (*resources, (entry, configured))],
            }
            if module
            else more
        ),
    )
    table = next(item for item in plan.after if item.name.endswith("aws_dynamodb_table.orders"))
    return [item.mechanism for item in table.protections if ENABLED in item.unknown]


def _in_module(**passed: Any) -> list[str]:
    _, configured = resource("aws_dynamodb_table.orders", "aws", {})
    inside = {"resources": [configured], "variables": {name: {} for name in passed}}
    return _of_table(module="module.shop.", shop={"expressions": passed, "module": inside})


def test_what_no_argument_names_is_named_by_a_block_that_is_not_shown() -> None:
    assert _of_table() == ["pitr"]


@pytest.mark.parametrize(
    "bucket",
    [
        {"bucket": _NAMES},
        {"bucket": expression(_LATER)},
        {"tags": {"team": _NAMES}},
        {"bucket": expression("local.name")},
    ],
)
def test_what_an_argument_names_tells_of_no_such_block(bucket: dict[str, Any]) -> None:
    assert _of_table(resource("aws_s3_bucket.files", "aws", {}, **bucket)) == []


def test_tags_of_local_values_hide_nothing() -> None:
    assert _of_table(resource("aws_s3_bucket.files", "aws", {}, tags=expression("local.tags"))) == ["pitr"]


def test_what_this_plan_does_not_change_is_known() -> None:
    assert _of_table(relevant="terraform_data.other") == []


def test_an_open_variable_of_a_module_that_no_argument_names_is_such_a_block() -> None:
    assert _in_module(protected=_NAMES) == ["pitr"]
    assert _in_module(protected={"constant_value": True}) == []


@pytest.mark.parametrize(
    ("inside", "outside", "found"),
    [
        ({"bucket": _NAMES}, {}, set()),  # the output is used by nobody, and the bucket in there uses what it gives
        ({}, {}, set()),  # Terraform looks at every output of a module, used or not
        ({}, {"bucket": expression("module.other.switch", "module.other")}, set()),
    ],
)
def test_an_output_is_what_it_gives(inside: dict[str, Any], outside: dict[str, Any], found: set[Any]) -> None:
    other = {
        "resources": [resource("aws_s3_bucket.files", "aws", {}, **inside)[1]],
        "outputs": {"switch": {"expression": _NAMES}},
    }
    root = {
        "resources": [resource("aws_s3_bucket.here", "aws", {}, **outside)[1]],
        "module_calls": {"other": {"module": other}},
    }
    address = f"module.other.{_LATER}"
    relevant = json.dumps([{"resource": address, "attribute": ["id"]}]).encode()

    change = ResourceChange(address=address, change=ChangeBody(actions=("create",)))
    assert unseen(msgspec.json.decode(json.dumps(root), type=Module), relevant, [change]) == found


def test_a_dynamic_block_that_is_shown_may_be_what_names_it() -> None:
    entry, configured = resource("aws_backup_plan.plan", "aws", {"name": "all", "rule": [{"rule_name": "daily"}]})

    assert _of_table((entry, configured)) == []
    written = {"rule": [{"rule_name": {"constant_value": "daily"}}]}
    assert _of_table((entry, {**configured, "expressions": written})) == ["pitr"]
    entry["change"]["after"]["rule"][0]["copy_action"] = [{"destination_vault_arn": "arn"}]
    assert _of_table((entry, {**configured, "expressions": written})) == []


@pytest.mark.parametrize(
    "relevant", [[1], [None], ["x"], "x", 5, {"a": 1}, [{}], [{"resource": _LATER, "attribute": 5}],
                 [{"resource": _LATER, "attribute": []}], [{"resource": _LATER, "attribute": {"id": 1}}]],
)  # fmt: skip
def test_what_is_no_list_of_attributes_is_read_over(relevant: object) -> None:
    change = ResourceChange(
        address=_LATER, type="terraform_data", name="switch", change=ChangeBody(actions=("create",))
    )

    assert unseen(Module(), json.dumps(relevant).encode(), [change]) <= {()}
