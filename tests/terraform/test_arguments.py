from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
from collections import OrderedDict
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.errors import ConfigurationError
from constructs_lib.terraform.arguments import copied, normalized_arguments
from constructs_lib.terraform.engine import Fn, TerraformResourceLifecycle, TerraformStack, Token
from constructs_lib.terraform.provider import AwsProvider
from constructs_lib.terraform.resource import AwsResource


class _Status(enum.StrEnum):
    ENABLED = "Enabled"


class _Level(enum.IntEnum):
    HIGH = 3


@attrs.frozen
class _Rule:
    id: str
    prefix: str | None = None
    days: tuple[int, ...] = (1, 2)


@dataclasses.dataclass
class _Block:
    status: _Status
    nested: _Rule


def _normalized(value: object) -> Any:
    return normalized_arguments({"x": value}, where="aws_s3_bucket 'a'").get("x")


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (None, None),
        (True, True),
        (0, 0),
        (1.5, 1.5),
        ((1, 2), [1, 2]),
        ([1, None, 2], [1, 2]),
        ({3, 1, 2}, [1, 2, 3]),
        (frozenset({"b", "a"}), ["a", "b"]),
        ({"b": 1}.keys(), ["b"]),
        (range(3), [0, 1, 2]),
        (_Status.ENABLED, "Enabled"),
        (_Level.HIGH, 3),
        ({_Status.ENABLED: None, "b": {"c": None}}, {"b": {}}),
        (OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
        (_Rule("one"), {"id": "one", "days": [1, 2]}),
        (
            _Block(_Status.ENABLED, _Rule("two", "p")),
            {"status": "Enabled", "nested": {"id": "two", "prefix": "p", "days": [1, 2]}},
        ),
        (decimal.Decimal("3.0"), 3),
        (decimal.Decimal("0.25"), 0.25),
        (datetime.datetime(2026, 1, 2, 3, tzinfo=datetime.UTC), "2026-01-02T03:00:00Z"),
        ([], []),
        ({}, {}),
        ("", ""),
    ],
)
def test_values_become_what_terraform_can_hold(value: object, plain: object) -> None:
    normalized = _normalized(value)

    assert plain == normalized
    assert type(plain) is type(normalized)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (float("nan"), "nan is not a number Terraform can hold"),
        (float("-inf"), "-inf is not a number"),
        (decimal.Decimal("NaN"), "NaN is not a number"),
        (2**53 + 1, "beyond 2\\^53 and would be rounded; give it as text"),
        (datetime.timedelta(days=1), "is a duration, and Terraform has none.* in seconds 86400"),
        (datetime.datetime(2026, 1, 2), "does not name one moment"),
        (datetime.date(2026, 1, 2), "does not name one moment"),
        (b"x", "bytes, which has no form in Terraform"),
        (object(), "has no form in Terraform"),
        (len, "has no form in Terraform"),
        ({1: "x"}, "the key 1 is not text"),
        (TerraformResourceLifecycle(prevent_destroy=True), "give a mapping with Terraform's argument names"),
    ],
)
def test_what_terraform_cannot_hold_is_refused_with_its_place(value: object, message: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^aws_s3_bucket 'a'\\.x\\[0\\]\\.y: .*{message}"):
        _normalized([{"y": value}])


def test_a_construct_as_value_is_refused_with_what_to_pass(stack: TerraformStack, provider: AwsProvider) -> None:
    bucket = AwsResource(stack, "a", "aws_s3_bucket", provider=provider)

    with pytest.raises(ConfigurationError, match=r'pass one of its attributes, as in resource.ref\("arn"\)'):
        AwsResource(stack, "b", "aws_s3_bucket_policy", {"bucket": bucket}, provider=provider)


def test_tokens_of_every_kind_are_left_to_the_engine(stack: TerraformStack, provider: AwsProvider) -> None:
    zone = AwsResource(stack, "zone", "aws_route53_zone", provider=provider)
    arguments = {
        "text": zone.ref("arn"),
        "number": zone.get_number_attribute("n"),
        "list": zone.get_list_attribute("name_servers"),
        "any": zone.interpolation_for_attribute("tags"),
        "function": Fn.upper(zone.ref("name")),
        "resolvable": Token.as_any({"a": "b"}),
    }

    AwsResource(stack, "x", "aws_ssm_parameter", arguments, provider=provider)

    written = stack.to_terraform()["resource"]["aws_ssm_parameter"]["x"]
    assert {name: written[name] for name in arguments} == {
        "text": "${aws_route53_zone.zone.arn}",
        "number": "${aws_route53_zone.zone.n}",
        "list": "${aws_route53_zone.zone.name_servers}",
        "any": "${aws_route53_zone.zone.tags}",
        "function": "${upper(aws_route53_zone.zone.name)}",
        "resolvable": {"a": "b"},
    }


@pytest.mark.parametrize("arguments", ["bucket", [("bucket", "a")], 1])
def test_arguments_that_are_no_mapping_are_refused(arguments: object) -> None:
    with pytest.raises(ConfigurationError, match="arguments are a mapping of Terraform names"):
        normalized_arguments(arguments, where="x")


_PLAIN = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(min_size=1).map("x".__add__), _PLAIN))
def test_plain_values_come_through_unchanged_and_unshared(arguments: dict[str, Any]) -> None:
    normalized = normalized_arguments(arguments, where="x")

    assert arguments == normalized == copied(normalized)
    assert normalized == normalized_arguments(normalized, where="x")
    assert all(value is not normalized[name] for name, value in arguments.items() if isinstance(value, (list, dict)))
