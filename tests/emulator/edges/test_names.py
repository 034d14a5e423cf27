"""Names resolve as Route 53 answers: over its API, over UDP, and for a client that asks the port by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from tests.emulator.edges.endpoint import answered, asked_over_udp, check, put, values, visit, zone
from tests.emulator.regions import code

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.emulator import EmulatedAws
    from tests.emulator.edges.endpoint import Endpoint


def test_a_client_is_led_to_the_other_side_while_the_first_is_unhealthy(
    aws: EmulatedAws, endpoint: Callable[..., Endpoint]
) -> None:
    first = endpoint("a.fail.test")
    endpoint("b.fail.test")
    health_check = check(
        aws, Type="HTTPS", FullyQualifiedDomainName="a.fail.test", RequestInterval=10, FailureThreshold=1
    )
    identifier = zone(aws, "fail.example")
    put(
        aws, identifier,
        {"Name": "app.fail.example", "Type": "CNAME", "SetIdentifier": "1", "Failover": "PRIMARY",
         "HealthCheckId": health_check, "ResourceRecords": values("a.fail.test")},
        {"Name": "app.fail.example", "Type": "CNAME", "SetIdentifier": "2", "Failover": "SECONDARY",
         "ResourceRecords": values("b.fail.test")},
    )  # fmt: skip
    aws.let_pass(10)
    assert visit(aws, "app.fail.example") == (200, "a.fail.test")

    first.status = 503
    assert visit(aws, "app.fail.example")[0] == 503
    aws.let_pass(10)
    assert visit(aws, "app.fail.example") == (200, "b.fail.test")
    assert answered(aws, identifier, "app.fail.example", "CNAME") == ["b.fail.test"]

    first.status = 200
    aws.let_pass(10)
    assert visit(aws, "app.fail.example") == (200, "a.fail.test")


def test_an_alias_with_target_health_gives_way_when_its_target_is_unhealthy(aws: EmulatedAws) -> None:
    health_check = check(
        aws, Type="HTTP", FullyQualifiedDomainName="ill.alias.test", RequestInterval=10, FailureThreshold=1
    )
    identifier = zone(aws, "alias.example")
    target = {"HostedZoneId": identifier, "DNSName": "primary.alias.example"}
    put(
        aws, identifier,
        {"Name": "primary.alias.example", "Type": "A", "SetIdentifier": "1", "Weight": 1,
         "HealthCheckId": health_check, "ResourceRecords": values("192.0.2.1")},
        {"Name": "other.alias.example", "Type": "A", "ResourceRecords": values("192.0.2.2")},
        *(
            {"Name": f"{name}.alias.example", "Type": "A", "SetIdentifier": role, "Failover": role,
             "AliasTarget": {**aimed, "EvaluateTargetHealth": evaluated}}
            for name, evaluated in (("asks", True), ("trusts", False))
            for role, aimed in (("PRIMARY", target), ("SECONDARY", {**target, "DNSName": "other.alias.example"}))
        ),
    )  # fmt: skip
    aws.let_pass(10)

    assert answered(aws, identifier, "asks.alias.example") == ["192.0.2.2"]
    assert answered(aws, identifier, "trusts.alias.example") == ["192.0.2.1"]


def test_weights_share_and_the_unhealthy_are_left_out(aws: EmulatedAws) -> None:
    health_check = check(
        aws, Type="HTTP", FullyQualifiedDomainName="ill.weights.test", RequestInterval=10, FailureThreshold=1
    )
    identifier = zone(aws, "weights.example")
    common = {"Name": "app.weights.example", "Type": "A"}
    put(
        aws, identifier,
        {**common, "SetIdentifier": "1", "Weight": 10, "ResourceRecords": values("192.0.2.1")},
        {**common, "SetIdentifier": "2", "Weight": 10, "ResourceRecords": values("192.0.2.2")},
        {**common, "SetIdentifier": "3", "Weight": 1000 // 10, "ResourceRecords": values("192.0.2.3"),
         "HealthCheckId": health_check},
        {**common, "SetIdentifier": "4", "Weight": 0, "ResourceRecords": values("192.0.2.4")},
    )  # fmt: skip
    aws.let_pass(10)

    seen = {answered(aws, identifier, "app.weights.example")[0] for _ in range(60)}

    assert seen == {"192.0.2.1", "192.0.2.2"}


def test_multivalue_answers_have_the_healthy_ones_and_all_where_none_is(aws: EmulatedAws) -> None:
    ill = check(aws, Type="HTTP", FullyQualifiedDomainName="ill.many.test", RequestInterval=10, FailureThreshold=1)
    identifier = zone(aws, "many.example")
    for name, checks in (("some", {"1": ill, "2": None, "3": None}), ("none", {"1": ill, "2": ill})):
        put(
            aws, identifier,
            *({"Name": f"{name}.many.example", "Type": "A", "SetIdentifier": number, "MultiValueAnswer": True,
               "ResourceRecords": values(f"192.0.2.{number}"), **({"HealthCheckId": health} if health else {})}
              for number, health in checks.items()),
        )  # fmt: skip
    aws.let_pass(10)

    assert sorted(answered(aws, identifier, "some.many.example")) == ["192.0.2.2", "192.0.2.3"]
    assert sorted(answered(aws, identifier, "none.many.example")) == ["192.0.2.1", "192.0.2.2"]


def test_a_resolver_gets_the_chain_of_names_and_the_address_over_udp(
    aws: EmulatedAws, endpoint: Callable[..., Endpoint]
) -> None:
    endpoint("target.udp.test")
    identifier = zone(aws, "udp.example")
    put(
        aws, identifier,
        {"Name": "app.udp.example", "Type": "CNAME", "ResourceRecords": values("target.udp.test")},
        {"Name": "*.wild.udp.example", "Type": "A", "ResourceRecords": values("192.0.2.7")},
        {"Name": "text.udp.example", "Type": "TXT", "ResourceRecords": values('"one two" "three"')},
        {"Name": "mail.udp.example", "Type": "MX", "ResourceRecords": values("10 mx.udp.example")},
        {"Name": "six.udp.example", "Type": "AAAA", "ResourceRecords": values("2001:db8::1")},
    )  # fmt: skip

    code_, records = asked_over_udp(aws, "app.udp.example")
    assert (code_, records) == (0, [(5, b"\x06target\x03udp\x04test\0"), (1, b"\x7f\0\0\x01")])
    assert asked_over_udp(aws, "a.wild.udp.example") == (0, [(1, bytes([192, 0, 2, 7]))])
    assert asked_over_udp(aws, "text.udp.example", 16) == (0, [(16, b"\x07one two\x05three")])
    assert asked_over_udp(aws, "mail.udp.example", 15) == (0, [(15, b"\0\x0a\x02mx\x03udp\x07example\0")])
    assert asked_over_udp(aws, "six.udp.example", 28)[1][0][1][-1] == 1
    assert asked_over_udp(aws, "udp.example", 6)[1][0][0] == 6
    # A name with records of another type exists; one without any does not.
    assert asked_over_udp(aws, "text.udp.example") == (0, [])
    assert asked_over_udp(aws, "none.udp.example")[0] == 3


def test_a_question_for_what_the_zone_does_not_hold_is_refused(aws: EmulatedAws) -> None:
    identifier = zone(aws, "held.example")

    with pytest.raises(ClientError) as failure:
        answered(aws, identifier, "app.other.example")
    assert code(failure) == "InvalidInput"
    with pytest.raises(ClientError) as failure:
        answered(aws, "Z0000000", "app.held.example")
    assert code(failure) == "NoSuchHostedZone"


def test_a_name_that_leads_nowhere_answers_like_a_gateway_without_one(aws: EmulatedAws) -> None:
    identifier = zone(aws, "lost.example")
    put(aws, identifier, {"Name": "app.lost.example", "Type": "CNAME", "ResourceRecords": values("x.lost.test")})

    status, said = visit(aws, "app.lost.example")

    assert status == 502
    assert "nowhere" in said
