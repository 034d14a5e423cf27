"""A Region that fails, while the others work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from constructs_lib.errors import ConfigurationError

if TYPE_CHECKING:
    from constructs_lib.emulator import EmulatedAws, FailureMode

CALLS = [
    ("s3", "list_buckets"),
    ("dynamodb", "list_tables"),
    ("rds", "describe_db_instances"),
    ("backup", "list_backup_vaults"),
    ("ec2", "describe_vpcs"),
    ("cloudwatch", "describe_alarms"),
]


def call(aws: EmulatedAws, region: str, service: str, operation: str) -> Any:
    return getattr(aws.client(service, region), operation)()


@pytest.mark.parametrize(("service", "operation"), CALLS)
def test_calls_to_a_failed_region_fail_as_aws_fails(aws: EmulatedAws, service: str, operation: str) -> None:
    with aws.fail_region("eu-west-1"), pytest.raises(ClientError) as failure:
        call(aws, "eu-west-1", service, operation)

    assert failure.value.response["Error"]["Code"] == "ServiceUnavailable"
    assert failure.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503


def test_a_head_request_to_a_failed_region_fails(aws: EmulatedAws) -> None:
    with aws.fail_region("eu-west-1"), pytest.raises(ClientError, match="503"):
        aws.client("s3", "eu-west-1").head_bucket(Bucket="any")


def test_connections_to_a_failed_region_can_die_instead(aws: EmulatedAws) -> None:
    with aws.fail_region("eu-west-1", "reset"), pytest.raises(ConnectionClosedError):
        call(aws, "eu-west-1", "sns", "list_topics")


@pytest.mark.parametrize(("service", "operation"), CALLS)
def test_other_regions_work_meanwhile(aws: EmulatedAws, service: str, operation: str) -> None:
    with aws.fail_region("eu-west-1"):
        assert call(aws, "eu-central-1", service, operation)["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_the_region_is_back_after_the_block_even_after_an_exception(aws: EmulatedAws) -> None:
    with pytest.raises(ClientError), aws.fail_region("eu-west-1"):
        call(aws, "eu-west-1", "sns", "list_topics")

    call(aws, "eu-west-1", "sns", "list_topics")


def test_one_region_recovers_while_another_still_fails(aws: EmulatedAws) -> None:
    with aws.fail_region("eu-west-1"):
        with aws.fail_region("us-west-2"):
            pass
        call(aws, "us-west-2", "sns", "list_topics")
        with pytest.raises(ClientError):
            call(aws, "eu-west-1", "sns", "list_topics")


@pytest.mark.parametrize(
    ("service", "operation"),
    [("iam", "list_roles"), ("cloudfront", "list_distributions"), ("route53", "list_hosted_zones")],
)
def test_global_services_fail_with_us_east_1_and_with_no_other_region(
    aws: EmulatedAws, service: str, operation: str
) -> None:
    with aws.fail_region("us-east-1"), pytest.raises(ClientError, match="ServiceUnavailable"):
        call(aws, "eu-west-1", service, operation)

    with aws.fail_region("eu-west-1"):
        call(aws, "eu-west-1", service, operation)


def test_an_unknown_mode_is_refused(aws: EmulatedAws) -> None:
    with (
        pytest.raises(ConfigurationError, match="'error' or 'reset' or 'calls'"),
        aws.fail_region("eu-west-1", cast("FailureMode", "flood")),
    ):
        pass
