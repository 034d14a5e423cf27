"""What a caller gets: variables, clients and endpoints that lead here and nowhere else."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from constructs_lib.emulator import emulated_aws
from constructs_lib.errors import ConfigurationError

if TYPE_CHECKING:
    from constructs_lib.emulator import EmulatedAws


def test_environment_points_at_the_one_endpoint(aws: EmulatedAws) -> None:
    environment = aws.environment()

    assert environment["AWS_ENDPOINT_URL"] == aws.endpoint
    assert environment["AWS_REGION"] == "eu-west-1"


def test_environment_drops_what_would_lead_to_a_real_account(aws: EmulatedAws) -> None:
    base = {"PATH": "/bin", "AWS_PROFILE": "production", "AWS_SESSION_TOKEN": "t", "AWS_ENDPOINT_URL_S3": "https://x"}

    environment = aws.environment(base)

    assert environment["PATH"] == "/bin"
    assert not environment.keys() & {"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3"}
    assert environment["AWS_CONFIG_FILE"] == os.devnull


def test_environment_keeps_the_proxy_exceptions_of_the_caller(aws: EmulatedAws) -> None:
    assert aws.environment({"no_proxy": "intranet"})["NO_PROXY"] == "intranet,127.0.0.1,localhost"


def test_nothing_of_this_process_changes(extra: None) -> None:
    before = dict(os.environ)

    with emulated_aws() as aws:
        aws.client("sts").get_caller_identity()
        assert dict(os.environ) == before


def test_client_ignores_the_profile_of_the_caller(aws: EmulatedAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "there-is-no-such-profile")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    assert aws.client("sts").get_caller_identity()["Account"] == aws.account


def test_every_service_sees_the_same_account(extra: None) -> None:
    with emulated_aws(account="210987654321") as aws:
        key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
        topic = aws.client("sns").create_topic(Name="alerts")["TopicArn"]

    assert key.split(":")[4] == topic.split(":")[4] == "210987654321"


def test_regions_are_apart(aws: EmulatedAws) -> None:
    aws.client("sns", "eu-west-3").create_topic(Name="only-there")

    topics = aws.client("sns", "eu-north-1").list_topics()["Topics"]

    assert not [topic for topic in topics if topic["TopicArn"].endswith(":only-there")]


@pytest.mark.parametrize("account", ["", "12345", "12345678901x", "1234567890123"])
def test_an_account_that_is_none_is_refused(account: str) -> None:
    with pytest.raises(ConfigurationError, match="12 digits"), emulated_aws(account=account):
        pass
