"""Health checks ask what is at their name, and turn after threshold times interval of the emulator's clock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from constructs_lib.emulator import emulated_aws
from constructs_lib.errors import ConfigurationError
from tests.emulator.edges.endpoint import answered, check, put, values, zone
from tests.emulator.regions import HERE, THERE, code

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.emulator import EmulatedAws
    from tests.emulator.edges.endpoint import Endpoint

ALARM = {"Namespace": "Shop", "MetricName": "Orders", "Period": 60, "EvaluationPeriods": 1, "Statistic": "Sum",
         "ComparisonOperator": "LessThanThreshold", "Threshold": 1.0}  # fmt: skip


def record_that_follows(aws: EmulatedAws, name: str, health_check: str) -> str:
    """Make a record `app` of a zone whose value tells the state of a health check."""
    identifier = zone(aws, name)
    put(
        aws,
        identifier,
        {"Name": f"app.{name}", "Type": "A", "SetIdentifier": "1", "Failover": "PRIMARY",
         "HealthCheckId": health_check, "ResourceRecords": values("192.0.2.1")},
        {"Name": f"app.{name}", "Type": "A", "SetIdentifier": "2", "Failover": "SECONDARY",
         "ResourceRecords": values("192.0.2.2")},
    )  # fmt: skip
    return identifier


def is_healthy(aws: EmulatedAws, zone_id: str, name: str) -> bool:
    return answered(aws, zone_id, f"app.{name}") == ["192.0.2.1"]


def test_a_check_turns_after_as_many_failures_as_its_threshold_and_back(
    aws: EmulatedAws, endpoint: Callable[..., Endpoint]
) -> None:
    # As the clock runs on meanwhile, an interval is longer than a busy machine takes for a call.
    shop = endpoint("turning.test")
    health_check = check(
        aws, Type="HTTPS", FullyQualifiedDomainName="turning.test", ResourcePath="/health", RequestInterval=30,
        FailureThreshold=3,
    )  # fmt: skip
    identifier = record_that_follows(aws, "turning.example", health_check)
    aws.let_pass(30)
    assert shop.asked[-1] == ("turning.test", "/health")

    # At what time within its interval it asks is the emulator's: within one and a half it asks twice at most, within
    # three and a half three times at least.
    shop.status = 503
    aws.let_pass(45)
    assert is_healthy(aws, identifier, "turning.example")
    aws.let_pass(60)
    assert not is_healthy(aws, identifier, "turning.example")

    shop.status = 200
    aws.let_pass(45)
    assert not is_healthy(aws, identifier, "turning.example")
    aws.let_pass(60)
    assert is_healthy(aws, identifier, "turning.example")


def test_a_check_asks_as_often_as_its_interval_says(aws: EmulatedAws, endpoint: Callable[..., Endpoint]) -> None:
    shop = endpoint("slow.test")
    check(aws, Type="HTTP", FullyQualifiedDomainName="slow.test", RequestInterval=30)

    aws.let_pass(300)

    assert 10 <= len(shop.asked) <= 11


def test_an_endpoint_in_a_region_that_is_gone_does_not_answer(
    aws: EmulatedAws, endpoint: Callable[..., Endpoint]
) -> None:
    endpoint("regional.test", HERE)
    health_check = check(aws, Type="HTTP", FullyQualifiedDomainName="regional.test", RequestInterval=10)
    identifier = record_that_follows(aws, "regional.example", health_check)

    with aws.fail_region(HERE):
        aws.let_pass(40)
        assert not is_healthy(aws, identifier, "regional.example")
        (first, *_) = aws.client("route53").get_health_check_status(HealthCheckId=health_check)[
            "HealthCheckObservations"
        ]
        assert f"{HERE} is gone" in first["StatusReport"]["Status"]
    aws.let_pass(40)

    assert is_healthy(aws, identifier, "regional.example")


def test_a_search_string_has_to_be_in_the_first_five_kilobytes(
    aws: EmulatedAws, endpoint: Callable[..., Endpoint]
) -> None:
    shop = endpoint("searched.test")
    health_check = check(
        aws, Type="HTTP_STR_MATCH", FullyQualifiedDomainName="searched.test", SearchString="ready", RequestInterval=10,
        FailureThreshold=1,
    )  # fmt: skip
    identifier = record_that_follows(aws, "searched.example", health_check)
    shop.body = b"x" * 5000 + b"ready"
    aws.let_pass(10)
    assert is_healthy(aws, identifier, "searched.example")

    shop.body = b"x" * 5120 + b"ready"
    aws.let_pass(10)

    assert not is_healthy(aws, identifier, "searched.example")
    reason = aws.client("route53").get_health_check_last_failure_reason(HealthCheckId=health_check)
    assert "search string" in reason["HealthCheckObservations"][0]["StatusReport"]["Status"]


def test_a_tcp_check_needs_a_connection_and_no_more(aws: EmulatedAws, endpoint: Callable[..., Endpoint]) -> None:
    endpoint("tcp.test").status = 500
    up = check(aws, Type="TCP", FullyQualifiedDomainName="tcp.test", Port=5432, RequestInterval=10, FailureThreshold=1)
    down = check(aws, Type="TCP", IPAddress="192.0.2.99", Port=5432, RequestInterval=10, FailureThreshold=1)
    first, second = record_that_follows(aws, "tcp.example", up), record_that_follows(aws, "tcp2.example", down)

    aws.let_pass(10)

    assert is_healthy(aws, first, "tcp.example")
    assert not is_healthy(aws, second, "tcp2.example")


def test_inverted_disabled_and_calculated_checks_follow_their_rules(
    aws: EmulatedAws, endpoint: Callable[..., Endpoint]
) -> None:
    endpoint("well.test")
    well = check(aws, Type="HTTP", FullyQualifiedDomainName="well.test", RequestInterval=10, FailureThreshold=1)
    ill = check(aws, Type="HTTP", FullyQualifiedDomainName="ill.test", RequestInterval=10, FailureThreshold=1)
    states = {
        "inverted": check(
            aws, Type="HTTP", FullyQualifiedDomainName="well.test", RequestInterval=10, FailureThreshold=1,
            Inverted=True,
        ),
        "disabled": check(aws, Type="HTTP", FullyQualifiedDomainName="ill.test", RequestInterval=10, Disabled=True),
        "one-of-two": check(aws, Type="CALCULATED", ChildHealthChecks=[well, ill], HealthThreshold=1),
        "two-of-two": check(aws, Type="CALCULATED", ChildHealthChecks=[well, ill], HealthThreshold=2),
        "not-two-of-two": check(
            aws, Type="CALCULATED", ChildHealthChecks=[well, ill], HealthThreshold=2, Inverted=True
        ),
    }  # fmt: skip
    zones = {name: record_that_follows(aws, f"{name}.example", each) for name, each in states.items()}

    aws.let_pass(10)

    seen = {name: is_healthy(aws, identifier, f"{name}.example") for name, identifier in zones.items()}
    assert seen == {
        "inverted": False, "disabled": True, "one-of-two": True, "two-of-two": False, "not-two-of-two": True,
    }  # fmt: skip
    with pytest.raises(ClientError) as failure:
        aws.client("route53").get_health_check_status(HealthCheckId=states["one-of-two"])
    assert code(failure) == "InvalidInput"


def test_a_check_on_an_alarm_follows_its_data_and_what_missing_data_means(aws: EmulatedAws) -> None:
    watch = aws.client("cloudwatch", HERE)
    watch.put_metric_alarm(AlarmName="orders", **ALARM)
    zones = {}
    for meaning in ("Healthy", "Unhealthy", "LastKnownStatus"):
        health_check = check(
            aws, Type="CLOUDWATCH_METRIC", AlarmIdentifier={"Region": HERE, "Name": "orders"},
            InsufficientDataHealthStatus=meaning,
        )  # fmt: skip
        zones[meaning] = record_that_follows(aws, f"{meaning.lower()}.example", health_check)

    def seen() -> dict[str, bool]:
        return {name: is_healthy(aws, identifier, f"{name.lower()}.example") for name, identifier in zones.items()}

    assert seen() == {"Healthy": True, "Unhealthy": False, "LastKnownStatus": True}

    watch.put_metric_data(Namespace="Shop", MetricData=[{"MetricName": "Orders", "Value": 0}])
    aws.let_pass(60)
    assert seen() == {"Healthy": False, "Unhealthy": False, "LastKnownStatus": False}

    # Route 53 watches the data and not the state that somebody sets.
    watch.set_alarm_state(AlarmName="orders", StateValue="OK", StateReason="by hand")
    assert seen() == {"Healthy": False, "Unhealthy": False, "LastKnownStatus": False}

    with aws.fail_region(HERE):
        assert seen() == {"Healthy": True, "Unhealthy": False, "LastKnownStatus": False}


def test_the_metric_of_a_check_is_published_in_us_east_1(aws: EmulatedAws, endpoint: Callable[..., Endpoint]) -> None:
    endpoint("metered.test").status = 500
    health_check = check(
        aws, Type="HTTP", FullyQualifiedDomainName="metered.test", RequestInterval=10, FailureThreshold=1
    )
    watch = aws.client("cloudwatch", "us-east-1")
    watch.put_metric_alarm(
        AlarmName="unhealthy", Namespace="AWS/Route53", MetricName="HealthCheckStatus", Period=60, EvaluationPeriods=1,
        Statistic="Minimum", ComparisonOperator="LessThanThreshold", Threshold=1.0,
        Dimensions=[{"Name": "HealthCheckId", "Value": health_check}],
    )  # fmt: skip

    aws.let_pass(130)

    (alarm,) = watch.describe_alarms(AlarmNames=["unhealthy"])["MetricAlarms"]
    assert alarm["StateValue"] == "ALARM"
    metrics = {dimensions["Value"] for metric in watch.list_metrics(Namespace="AWS/Route53")["Metrics"]
               for dimensions in metric["Dimensions"]}  # fmt: skip
    assert health_check in metrics


def test_the_clock_can_run_faster(extra: None) -> None:
    with emulated_aws(region=HERE, clock_speed=300) as aws:
        health_check = check(aws, Type="HTTP", FullyQualifiedDomainName="nowhere.test", RequestInterval=10)
        identifier = record_that_follows(aws, "quick.example", health_check)
        deadline = time.monotonic() + 20
        while is_healthy(aws, identifier, "quick.example") and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not is_healthy(aws, identifier, "quick.example")


@pytest.mark.parametrize("address", ["example.com:80", "127.0.0.1", "192.0.2.1:80", "https://example.com"])
def test_only_addresses_of_this_machine_can_be_placed(aws: EmulatedAws, address: str) -> None:
    with pytest.raises(ConfigurationError, match="on this machine"):
        aws.place("outside.test", address)


def test_a_place_in_a_region_there_is_not_is_refused(aws: EmulatedAws) -> None:
    with pytest.raises(ConfigurationError, match="mars"):
        aws.place("outside.test", "127.0.0.1:80", "mars")


def test_the_clock_does_not_go_back(aws: EmulatedAws) -> None:
    with pytest.raises(ConfigurationError, match="go back"):
        aws.let_pass(-1)
    with pytest.raises(ConfigurationError, match="clock_speed is 0"):
        aws.configure(clock_speed=0)


def test_a_check_that_is_gone_has_no_status(aws: EmulatedAws) -> None:
    with pytest.raises(ClientError) as failure:
        aws.client("route53", THERE).get_health_check_status(HealthCheckId="0" * 8)
    assert code(failure) == "NoSuchHealthCheck"
