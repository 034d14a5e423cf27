from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from constructs_lib.errors import ConfigurationError
from constructs_lib.terraform.engine import TerraformStack
from constructs_lib.terraform.provider import AwsProvider
from constructs_lib.terraform.resource import AwsDataSource, AwsResource

Written = Callable[[str, str], dict[str, Any]]


@pytest.fixture(name="bucket")
def _bucket(stack: TerraformStack, provider: AwsProvider) -> AwsResource:
    arguments = {
        "bucket": "assets",
        "tags": {"a": "1"},
        "versioning_configuration": [{"status": "Enabled"}],
        "rule": [{"id": "one", "filter": {"prefix": "x"}}, {"id": "two"}],
    }
    return AwsResource(
        stack, "assets", "aws_s3_bucket", arguments, provider=provider, lifecycle={"prevent_destroy": True}
    )


@pytest.mark.parametrize(
    ("path", "value", "changed"),
    [
        ("bucket", "other", {"bucket": "other"}),
        ("bucket", None, {"bucket": None}),
        ("acl", "private", {"acl": "private"}),
        ("acl", None, {}),
        ("tags", {"b": 2}, {"tags": {"b": 2}}),
        (("tags", "a.b"), "2", {"tags": {"a": "1", "a.b": "2"}}),
        ("tags.a", None, {"tags": {}}),
        ("tags.z.y", None, {"tags": {"a": "1", "z": None}}),
        (
            "versioning_configuration.status",
            "Suspended",
            {"versioning_configuration": [{"status": "Suspended"}]},
        ),
        ("versioning_configuration.0.status", None, {"versioning_configuration": [{}]}),
        (("versioning_configuration", 0), {"status": "x"}, {"versioning_configuration": [{"status": "x"}]}),
        ("rule.0.filter.prefix", "y", {"rule": [{"id": "one", "filter": {"prefix": "y"}}, {"id": "two"}]}),
        ("rule.1", None, {"rule": [{"id": "one", "filter": {"prefix": "x"}}]}),
        (
            "rule.2.id",
            "three",
            {"rule": [{"id": "one", "filter": {"prefix": "x"}}, {"id": "two"}, {"id": "three"}]},
        ),
        ("logging.target.prefix", ("a", "b"), {"logging": {"target": {"prefix": ["a", "b"]}}}),
    ],
)
def test_any_argument_can_be_set_or_removed(
    bucket: AwsResource,
    written: Written,
    path: str | Sequence[str | int],
    value: object,
    changed: dict[str, Any],
) -> None:
    expected = {**bucket.arguments, **changed}
    expected = {name: item for name, item in expected.items() if item is not None}
    if path == "tags.z.y":
        expected["tags"] = {"a": "1"}

    bucket.override(path, value)

    assert expected == bucket.arguments
    assert {**expected, "lifecycle": {"prevent_destroy": True}} == written("aws_s3_bucket", "assets")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("", "is not a path"),
        ((), "is not a path"),
        ("tags..a", "is not a path"),
        ("bucket.x", "bucket is 'assets', not a block"),
        ("bucket.x.y", "bucket is 'assets', not a block"),
        ("rule.id", "rule holds 2 items, so 'id' needs an index before it, as in rule.0.id"),
        ("rule.3.id", "rule holds 2 items, so there is no item 3; give 0 to 2"),
        (("rule", -1, "id"), "there is no item -1"),
        ("provider", "provider is not an argument of the resource"),
        ("depends_on.0", "depends_on is not an argument of the resource"),
        ("lifecycle.preventDestroy", "lifecycle has no 'preventDestroy'"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(
    bucket: AwsResource, path: str | Sequence[str | int], message: str
) -> None:
    before = bucket.arguments

    with pytest.raises(ConfigurationError, match=message):
        bucket.override(path, "y")

    assert before == bucket.arguments


def test_removing_an_item_that_is_not_there_is_refused(bucket: AwsResource) -> None:
    with pytest.raises(ConfigurationError, match="there is no item 2; give 0 to 1"):
        bucket.override("rule.2", None)


def test_an_override_is_normalized_like_an_argument(bucket: AwsResource) -> None:
    with pytest.raises(ConfigurationError, match=r"aws_s3_bucket 'assets'\.tags\.a: .* no form in Terraform"):
        bucket.override("tags.a", b"x")


def test_the_lifecycle_of_a_construct_can_be_loosened(bucket: AwsResource, written: Written) -> None:
    bucket.override("lifecycle.prevent_destroy", False)

    assert written("aws_s3_bucket", "assets")["lifecycle"] == {"prevent_destroy": False}


def test_a_part_of_the_lifecycle_can_be_removed(bucket: AwsResource, written: Written) -> None:
    bucket.override("lifecycle.ignore_changes", ["tags"])
    bucket.override("lifecycle.prevent_destroy", None)

    assert written("aws_s3_bucket", "assets")["lifecycle"] == {"ignore_changes": ["tags"]}


def test_the_arguments_of_a_data_source_can_be_overridden(stack: TerraformStack, provider: AwsProvider) -> None:
    key = AwsDataSource(stack, "key", "aws_kms_alias", {"name": "alias/a"}, provider=provider)

    key.override("name", "alias/b")

    assert stack.to_terraform()["data"]["aws_kms_alias"]["key"]["name"] == "alias/b"
