"""The blocks of a set stand in another order in the values, and a dynamic block stands in no configuration at all."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.plan import Plan
from tests.plan.by_hand import expression, hand_made, resource

_PROVIDERS = {"aws": {"constant_value": "eu-west-1"}}
_KEYS = [resource(f"aws_kms_key.{name}", "aws", {}) for name in ("one", "two")]


def _block(region: Any, key: str) -> dict[str, Any]:
    return {"region_name": region, "kms_key_arn": expression(f"aws_kms_key.{key}.arn", f"aws_kms_key.{key}")}


def _keys(regions: list[str], *blocks: dict[str, Any], **more: Any) -> list[tuple[str, ...]]:
    """Return which key each replica of a table has, by what the configuration says of its blocks."""
    values = {"name": "orders", "replica": [{"region_name": region} for region in regions]}
    entry, configured = resource("aws_dynamodb_table.orders", "aws", values, replica=list(blocks))
    entry["change"]["after_unknown"]["replica"] = [{"kms_key_arn": True} for _ in regions]
    plan: Plan = hand_made((entry, configured), *_KEYS, providers=_PROVIDERS, **more)
    return [
        plan.resolve("aws_dynamodb_table.orders", ("replica", index, "kms_key_arn")) for index in range(len(regions))
    ]


_ONE, _TWO = ("aws_kms_key.one",), ("aws_kms_key.two",)
_FAR, _NEAR = {"constant_value": "us-east-1"}, {"constant_value": "eu-central-1"}


@pytest.mark.parametrize(
    ("blocks", "keys"),
    [
        ([_block(_FAR, "one"), _block(_NEAR, "two")], [_TWO, _ONE]),
        ([_block(_NEAR, "two"), _block(_FAR, "one")], [_TWO, _ONE]),
        ([_block(expression("var.far"), "one"), _block(_NEAR, "two")], [_TWO, _ONE]),
        # What nothing tells apart stands in its order.
        ([_block(expression("local.a"), "one"), _block(expression("local.b"), "two")], [_ONE, _TWO]),
    ],
)
def test_a_block_of_a_set_is_the_one_in_which_the_same_is_written(
    blocks: list[dict[str, Any]], keys: list[tuple[str, ...]]
) -> None:
    variables = {"far": {"value": "us-east-1"}}

    assert _keys(["eu-central-1", "us-east-1"], *blocks, variables=variables) == keys


@pytest.mark.parametrize(
    ("block", "keys"),
    [
        (_block(_FAR, "one"), [(), _ONE]),
        (_block(expression("local.a"), "one"), [(), ()]),
    ],
)
def test_a_dynamic_block_is_none_of_those_that_are_written(block: dict[str, Any], keys: list[tuple[str, ...]]) -> None:
    assert _keys(["eu-central-1", "us-east-1"], block) == keys
