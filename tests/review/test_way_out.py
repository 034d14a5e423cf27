"""Tasks of a standby that reach nothing that starts them are found in plans as they are at synth."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.plan import read_plan
from constructs_lib.plan.stacks import read_stacks
from constructs_lib.review import review
from tests.constructs.test_closure import ENDPOINTS, with_network
from tests.review.made import AWAY, HOME, declared, plan, resource
from tests.review.recorded import TODAY
from tests.review.test_standby_closure import EVERYTHING, service

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from constructs_lib.plan import Plan
    from constructs_lib.review import Finding

_NEEDED = (*ENDPOINTS, "ssm")


def _found(read: Plan) -> dict[str, str]:
    return {item.id: item.message for item in _findings(read)}


def _findings(read: Plan) -> list[Finding]:
    found = review(read, declared(), today=TODAY).findings
    return [item for item in found if item.id in ("RECOVERY-239", "RECOVERY-240")]


@pytest.mark.parametrize("pattern", ["definitions", "at_zero"])
@pytest.mark.parametrize("missing", [(), ENDPOINTS, *((name,) for name in ENDPOINTS)], ids=" and ".join)
def test_a_network_that_the_plan_makes_is_judged_by_what_the_plan_gives_it(
    tmp_path: Path, pattern: str, missing: tuple[str, ...]
) -> None:
    left = [name for name in ENDPOINTS if name not in missing]
    app = with_network(tmp_path, *left, pattern=pattern, unwatched=True)
    app.synth()

    found = _found(read_stacks(tmp_path))

    assert list(found) == (["RECOVERY-239"] if missing else [])
    if missing:
        assert found["RECOVERY-239"].endswith(f"which this plan leaves without a way to {', '.join(missing)}")


@pytest.mark.parametrize(
    ("service", "changed"),
    [
        ("logs", {"private_dns_enabled": False}),
        ("s3", {"vpc_endpoint_type": "Interface", "private_dns_enabled": True, "subnet_ids": ["subnet-1"]}),
        ("ecr.api", {"vpc_id": "vpc-9"}),
        ("ecr.dkr", {"service_name": "com.amazonaws.eu-west-2.ecr.dkr"}),
    ],
)
def test_an_endpoint_that_nobody_there_reaches_is_none(tmp_path: Path, service: str, changed: dict[str, Any]) -> None:
    with_network(tmp_path, *ENDPOINTS, changed={service: changed}, unwatched=True).synth()

    assert _found(read_stacks(tmp_path))["RECOVERY-239"].endswith(f"without a way to {service}")


def _network(endpoints: Iterable[str] = (), *more: dict[str, Any], region: str = AWAY) -> list[dict[str, Any]]:
    """Return a network that is there already, with the endpoints of *endpoints*."""
    given = [
        resource("aws_vpc.there", {"id": "vpc-1"}, region=region),
        resource("aws_subnet.there", {"id": "subnet-1", "vpc_id": "vpc-1"}, region=region),
    ]
    for name in endpoints:
        own = {"vpc_endpoint_type": "Interface", "private_dns_enabled": True, "subnet_ids": ["subnet-1"]}
        if name == "s3":
            own = {"vpc_endpoint_type": "Gateway", "route_table_ids": ["rtb-1"]}
        named = {"id": f"vpce-{name}", "vpc_id": "vpc-1", "service_name": f"com.amazonaws.{region}.{name}"}
        given.append(resource(f"aws_vpc_endpoint.{name.replace('.', '_')}", {**named, **own}, region=region))
    return [*given, *more]


def _placed(*network: dict[str, Any], public: bool = False) -> Plan:
    standby = service(AWAY)
    for side in ("before", "after"):
        placed = {"subnets": ["subnet-1"], "assign_public_ip": public}
        standby[1]["change"][side]["network_configuration"] = [placed]
    return read_plan(json.dumps(plan(*EVERYTHING, *standby, *network)).encode())


def _route(**values: Any) -> dict[str, Any]:
    given = {"id": "r-1", "route_table_id": "rtb-1", "destination_cidr_block": "0.0.0.0/0"}
    return resource("aws_route.out", {**given, **values}, region=AWAY)


_TABLE = resource("aws_route_table.there", {"id": "rtb-1", "vpc_id": "vpc-1"}, region=AWAY)
_ELSEWHERE = [
    resource("aws_vpc.other", {"id": "vpc-2"}, region=AWAY),
    resource("aws_route_table.other", {"id": "rtb-1", "vpc_id": "vpc-2"}, region=AWAY),
]


@pytest.mark.parametrize(
    ("network", "open_"),
    [
        # It may all be in another state.
        (_network(), False),
        (_network(_NEEDED), False),
        (_network(_NEEDED[:-1]), True),
        (_network(("s3",), _route(nat_gateway_id="nat-1"), _TABLE), False),
        # Nothing tells which network the table is of.
        (_network(("s3",), _route(nat_gateway_id="nat-1")), False),
        (_network(("s3",), _route(nat_gateway_id="nat-1"), *_ELSEWHERE), True),
        # It serves public addresses alone.
        (_network(("s3",), _route(gateway_id="igw-1"), _TABLE), True),
        (
            _network(
                ("s3",),
                resource(
                    "aws_route_table.there",
                    {"id": "rtb-1", "vpc_id": "vpc-1", "route": [{"transit_gateway_id": "tgw-1"}]},
                    region=AWAY,
                ),
            ),
            False,
        ),
        # Of a network that no plan has nothing is said.
        ([], False),
    ],
)
def test_of_a_network_that_is_there_another_state_may_have_the_rest(network: list[dict[str, Any]], open_: bool) -> None:
    assert list(_found(_placed(*network))) == (["RECOVERY-240"] if open_ else [])


@pytest.mark.parametrize("left", [_NEEDED[1:], ()])
def test_an_endpoint_that_is_taken_away_is_missed(left: tuple[str, ...]) -> None:
    network = _network(_NEEDED)
    for entry in network:
        name = entry["address"].partition("aws_vpc_endpoint.")[2].replace("_", ".")
        if name and name not in left:
            entry["change"] |= {"actions": ["delete"], "after": None}

    found = _found(_placed(*network))

    assert list(found) == ["RECOVERY-239"]
    assert set(found["RECOVERY-239"].rpartition(" to ")[2].split(", ")) == set(_NEEDED) - set(left)


@pytest.mark.parametrize(
    ("instead", "missed"),
    [((), True), ((_route(id="r-2", transit_gateway_id="tgw-1"),), False), (_network(_NEEDED)[2:], False)],
    ids=["nothing", "another route", "endpoints"],
)
def test_a_route_that_is_taken_away_is_missed(instead: Sequence[dict[str, Any]], missed: bool) -> None:
    route = _route(nat_gateway_id="nat-1")
    route["change"] |= {"actions": ["delete"], "after": None}
    more = [{**item, "address": f"{item['address']}_new"} for item in instead]

    found = _found(_placed(*_network((), route, _TABLE), *more))

    assert list(found) == (["RECOVERY-239"] if missed else [])


@pytest.mark.parametrize("taken", [(), ("logs",)])
def test_a_service_that_loses_its_way_starts_no_task_at_home_either(taken: tuple[str, ...]) -> None:
    """What may be in another state is there: the service runs."""
    here = service(HOME)
    for side in ("before", "after"):
        here[1]["change"][side]["network_configuration"] = [{"subnets": ["subnet-1"]}]
    network = _network(("logs",), region=HOME)
    for entry in network:
        if entry["address"].removeprefix("aws_vpc_endpoint.") in taken:
            entry["change"] |= {"actions": ["delete"], "after": None}
    others = [item for item in EVERYTHING if item["address"] not in {one["address"] for one in here}]

    found = _findings(read_plan(json.dumps(plan(*others, *here, *service(AWAY), *network)).encode()))

    assert [(item.id, item.address, item.disruptions) for item in found] == (
        [("RECOVERY-239", "aws_ecs_service.home", ("software", "hardware", "zone"))] if taken else []
    )


@pytest.mark.parametrize("setting", ["enable_dns_support", "enable_dns_hostnames"])
def test_a_network_that_answers_names_no_more_has_no_way(setting: str) -> None:
    network = _network(_NEEDED)
    change = network[0]["change"]
    change |= {"actions": ["update"], "after": {**change["after"], setting: False}}

    assert set(_found(_placed(*network))["RECOVERY-239"].rpartition(" to ")[2].split(", ")) == {*_NEEDED} - {"s3"}


@pytest.mark.parametrize("subnets", [[{}, [], None], {"a": 1}, "subnet-1", 7])
def test_subnets_that_are_no_texts_are_read_over(subnets: Any) -> None:
    here = service(HOME)
    for side in ("before", "after"):
        here[1]["change"][side]["network_configuration"] = [{"subnets": subnets}]
    others = [item for item in EVERYTHING if item["address"] not in {one["address"] for one in here}]

    assert _found(read_plan(json.dumps(plan(*others, *here, *service(AWAY), *_network())).encode())) == {}


def test_tasks_with_a_public_address_need_no_way_of_their_own() -> None:
    assert _found(_placed(*_network(), public=True)) == {}
