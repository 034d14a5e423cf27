from __future__ import annotations

from typing import Any

import pytest

from tests.provider_schemas.check import (
    PROVIDERS,
    missing_arguments,
    unknown_arguments,
    unknown_in,
    unknown_references,
)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    ("type_", "arguments", "unknown"),
    [
        ("aws_s3_bucket", {"bucket": "a", "tags": {"x.y": "z"}, "//": {}, "lifecycle": {}}, []),
        ("aws_s3_bucket", {"buckt": "a"}, ["buckt"]),
        ("aws_s3_bucket", {"arn": "a"}, ["arn"]),
        (
            "aws_s3_bucket_versioning",
            {"versioning_configuration": {"stat": 1}},
            ["versioning_configuration.stat"],
        ),
        (
            "aws_s3_bucket_versioning",
            {"versioning_configuration": [{"status": 1}, {"x": 1}]},
            ["versioning_configuration[1].x"],
        ),
        (
            "aws_cloudfront_distribution",
            {"origin_group": [{"member": [{"origin_id": "a"}, {"id": "b"}]}]},
            ["origin_group[0].member[1].id"],
        ),
        (
            "aws_dynamodb_table",
            {"dynamic": {"replica": {"for_each": [], "content": {"region": 1}}}},
            ["dynamic.replica.content.region"],
        ),
        ("data.aws_kms_alias", {"name": "a", "nam": "b"}, ["nam"]),
    ],
)
def test_unknown_arguments_are_named_by_their_path(
    provider: str, type_: str, arguments: dict[str, Any], unknown: list[str]
) -> None:
    assert unknown == unknown_arguments(type_, arguments, provider)


def test_what_only_the_newer_provider_knows_is_unknown_to_the_older() -> None:
    replica = {"replica": [{"region_name": "eu-west-1", "consistency_mode": "STRONG"}]}

    assert unknown_arguments("aws_dynamodb_table", replica, "5.100.0") == ["replica[0].consistency_mode"]
    assert unknown_arguments("aws_dynamodb_table", replica, "6.25.0") == []


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_has_to_be_given_is_missed(provider: str) -> None:
    given: dict[str, Any] = {"versioning_configuration": [{}]}

    assert missing_arguments("aws_s3_bucket_versioning", given, provider) == [
        "versioning_configuration[0].status",
        "bucket",
    ]
    assert missing_arguments("aws_s3_bucket_versioning", {}, provider) == [
        "bucket",
        "versioning_configuration",
    ]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_whole_configuration_is_checked_by_address(provider: str) -> None:
    configuration = {
        "resource": {
            "aws_s3_bucket": {"a": {"acll": "x"}},
            "aws_sns_topic": {
                "b": {"display_name": "${aws_s3_bucket.a.arnn} ${data.aws_region.r.id} $${aws_s3_bucket.a.no}"}
            },
        },
        "data": {"aws_region": {"r": {}}, "terraform_remote_state": {"x": {"anything": 1}}},
    }

    assert unknown_in(configuration, provider) == ["aws_s3_bucket.a: unknown acll"]
    assert unknown_references(configuration, provider) == ["aws_sns_topic.b: aws_s3_bucket has no attribute arnn"]


def test_a_type_outside_of_the_extract_is_an_error_and_not_a_pass() -> None:
    with pytest.raises(LookupError, match=r"add it in extract\.py"):
        unknown_arguments("aws_glue_job", {})
    with pytest.raises(LookupError, match=r"no extract of provider 4\.0\.0"):
        unknown_arguments("aws_s3_bucket", {}, "4.0.0")


def test_a_reference_to_an_ephemeral_resource_is_left_to_terraform() -> None:
    password = "${ephemeral.aws_secretsmanager_random_password.db.random_password}"
    assert unknown_references({"resource": {"aws_s3_bucket": {"files": {"bucket": password}}}}) == []
