"""What turns the records of a workload: the service, its data, the latch; and records that share the traffic out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from constructs_lib.constructs.bucket.bucket import Bucket
from constructs_lib.constructs.filesystem.filesystem import FileSystem
from constructs_lib.constructs.routing.health_check_routing import HealthCheckRouting
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.constructs.table.key_attribute import KeyAttribute
from constructs_lib.constructs.table.table import Table
from constructs_lib.constructs.workload.workload import Workload
from constructs_lib.documents.read.stacks import read_stacks
from constructs_lib.errors import ConfigurationError
from constructs_lib.objectives import Objective, Target
from constructs_lib.objectives.acceptance import Acceptance
from constructs_lib.plan.stacks import read_stacks as read_plan_of_stacks
from constructs_lib.review import review
from constructs_lib.terraform.engine import App
from tests.constructs.test_workload import NETWORK, ROUTING
from tests.review.made import declared
from tests.review.recorded import TODAY

if TYPE_CHECKING:
    from pathlib import Path

_SOON = Objective("1h", "15m")
_ZONES = {"primary_zone_id": "Z1", "recovery_zone_id": "Z2"}
_CHECK, _RECORD, _ALARM = "aws_route53_health_check", "aws_route53_record", "aws_cloudwatch_metric_alarm"


def _built(tmp_path: Path, **changed: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the resources of the global stack of a workload with a table, by type and construct id."""
    app = App(outdir=str(tmp_path))
    sites = Sites.per_region(app, "shop", primary="eu-west-1", recovery="eu-central-1")
    shop = Workload(sites, objective=_SOON, routing=attrs.evolve(ROUTING, **changed))
    Table(shop, "orders", partition_key=KeyAttribute("id"))
    app.synth()
    content = json.loads((tmp_path / "stacks/shop-global/cdk.tf.json").read_text())["resource"]
    return {
        type_: {item["//"]["metadata"]["path"].rpartition("/")[2]: item for item in named.values()}
        for type_, named in content.items()
    }


def _children(built: dict[str, dict[str, dict[str, Any]]], id: str) -> tuple[list[str], int]:
    """Return what a calculated check counts, by construct id, and how many have to be healthy."""
    check = built[_CHECK][id]
    assert check["type"] == "CALCULATED"
    named = [item.split(".")[1].partition("_")[2] for item in check["child_healthchecks"]]
    return sorted(item.partition("_")[0] for item in named), check["child_health_threshold"]


def _healthy(built: dict[str, dict[str, dict[str, Any]]], id: str, *failing: str) -> bool:
    """Tell whether a calculated check is healthy while those whose ids begin with one of *failing* are not."""
    named, threshold = _children(built, id)
    return sum(not name.startswith(failing) for name in named) >= threshold if failing else len(named) >= threshold


def test_the_data_that_fail_turn_the_record_as_the_service_does(tmp_path: Path) -> None:
    built = _built(tmp_path, data_path="/health/ledger", data_alarms=["ledger-fails"])

    assert _children(built, "PrimaryServes") == (["DataAlarm1", "DataCheck", "HealthCheck", "LatchCheck"], 4)
    asked = built[_CHECK]["DataCheck"]
    assert (asked["fqdn"], asked["resource_path"]) == ("api-1.example.com", "/health/ledger")
    followed = built[_CHECK]["DataAlarm1"]
    assert (followed["cloudwatch_alarm_name"], followed["cloudwatch_alarm_region"]) == ("ledger-fails", "eu-west-1")
    assert built[_ALARM]["DataAlarm"]["alarm_name"] == "shop-primary-data-unhealthy"
    assert "health_check_id" not in built[_RECORD]["Recovery"]


def test_a_latch_beside_both_that_have_to_fail_counts_as_much_as_they_do(tmp_path: Path) -> None:
    """Route 53 lets no calculated check follow another, so one has to tell it all."""
    built = _built(tmp_path, data_path="/health/ledger", moves_when="all", **_ZONES)

    for failing, healthy in (
        ((), True),
        (("HealthCheck",), True),
        (("DataCheck",), True),
        (("HealthCheck", "DataCheck"), False),
        (("LatchCheck",), False),
    ):
        assert _healthy(built, "PrimaryServes", *failing) is healthy, failing
    # The target's own health would turn it for the service alone.
    assert built[_RECORD]["Primary"]["alias"]["evaluate_target_health"] is False


def test_an_alias_that_waits_for_the_latch_is_not_turned_by_its_target(tmp_path: Path) -> None:
    built = _built(tmp_path, by_latch=True, **_ZONES)

    assert [item["alias"]["evaluate_target_health"] for item in built[_RECORD].values()] == [False, False]


@pytest.mark.parametrize("data_path", [None, "/health/ledger"])
def test_weighted_records_are_both_checked_and_the_latch_takes_the_primary_one_out(
    tmp_path: Path, data_path: str | None
) -> None:
    built = _built(tmp_path, recovery_share_percent=20, data_path=data_path)

    primary, recovery = built[_RECORD]["Primary"], built[_RECORD]["Recovery"]
    assert [item["weighted_routing_policy"]["weight"] for item in (primary, recovery)] == [80, 20]
    assert "failover_routing_policy" not in primary
    assert "PrimaryServes" in primary["health_check_id"]
    assert ("RecoveryServes" if data_path else "RecoveryHealthCheck") in recovery["health_check_id"]
    assert built[_CHECK]["RecoveryHealthCheck"]["fqdn"] == "api-2.example.com"
    assert not _healthy(built, "PrimaryServes", "LatchCheck")
    assert built[_ALARM]["RecoveryAlarm"]["alarm_name"] == "shop-recovery-unhealthy"
    if data_path:
        assert _children(built, "RecoveryServes") == (["RecoveryDataCheck", "RecoveryHealthCheck"], 2)


@pytest.mark.parametrize(
    "changed",
    [
        {"data_path": "/data"},
        {"data_path": "/data", "moves_when": "all"},
        {"data_path": "/data", "moves_when": "all", "recovery_share_percent": 50},
        {"data_alarms": ["ledger-fails"]},
        {"recovery_share_percent": 50},
        {"recovery_share_percent": 60, "data_path": "/data", "data_alarms": ["ledger-fails"], **_ZONES},
    ],
)
def test_review_reads_from_the_stacks_what_was_estimated(tmp_path: Path, changed: dict[str, Any]) -> None:
    _built(tmp_path, **changed)

    text = """
version: 1
regions: {primary: eu-west-1, recovery: eu-central-1}
workloads:
  shop: {objective: {region: {rto: 5m, rpo: 15m}}, components: [{match: "*"}]}
"""
    found = review(read_plan_of_stacks(tmp_path), declared(text), today=TODAY)

    assert [(item.id, item.address, item.message) for item in found.errors] == []
    assert {item.verdict.value for item in found.components if "dynamodb" in item.address} == {"met"}


def test_runbooks_find_record_and_latch_of_weighted_records_beside_an_alarm_on_data(tmp_path: Path) -> None:
    _built(tmp_path, recovery_share_percent=60, data_alarms=["shop-latch-of-data"])

    (workload,) = read_stacks(tmp_path, None)

    assert workload.records == (("api.example.com", "api-1.example.com", "api-2.example.com"),)
    assert workload.latch is not None
    assert (workload.latch.alarm, workload.latch.region) == ("shop-latch", "eu-central-1")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"data_path": "data"}, 'data_path is .* start it with "/"'),
        ({"data_path": "/health"}, "as path is"),
        ({"data_path": 5}, "data_path is 5; give text"),
        ({"data_alarms": [""]}, "give names of alarms"),
        ({"data_alarms": "ledger-fails", "moves_when": "all"}, "give data_path, and no data_alarms"),
        ({"data_alarms": None}, "give names of alarms"),
        ({"data_alarms": ["a" * 256]}, "allowed: 1 to 255"),
        ({"moves_when": "both"}, 'give "any" or "all"'),
        ({"moves_when": "all"}, "give data_path"),
        ({"recovery_share_percent": 0}, "1 to 99"),
        ({"recovery_share_percent": 100}, "1 to 99"),
        ({"recovery_share_percent": "half"}, "1 to 99"),
        ({"by_latch": True, "data_path": "/data"}, "data_path turns it too"),
        ({"by_latch": True, "data_alarms": ["a"]}, "data_alarms turns it too"),
        ({"by_latch": True, "recovery_share_percent": 5}, "recovery_share_percent turns it too"),
    ],
)
def test_what_cannot_turn_a_record_is_refused(changed: dict[str, Any], message: str) -> None:
    given = {
        name: getattr(ROUTING, name) for name in ("zone_id", "record_name", "primary_endpoint", "recovery_endpoint")
    }
    with pytest.raises(ConfigurationError, match=message):
        HealthCheckRouting(**{**given, **changed})


def test_what_one_region_serves_is_refused_behind_weighted_records_and_may_be_accepted() -> None:
    def workload() -> Workload:
        sites = Sites.per_region(App(), "shop", primary="eu-west-1", recovery="eu-central-1")
        return Workload(sites, objective=_SOON, routing=attrs.evolve(ROUTING, recovery_share_percent=30))

    with pytest.raises(ConfigurationError, match=r"30 % of api\.example\.com are answered with eu-central-1 every day"):
        FileSystem(workload(), "home", network=NETWORK)
    with pytest.raises(ConfigurationError, match=r"serves in one Region.*two_way_replication or"):
        Bucket(workload(), "files", pattern="replication_rtc")
    Bucket(workload(), "files", pattern="two_way_replication_rtc")
    accepted = Acceptance(owner="web team", reason="written to at home alone", region=Target("1h", "15m"))
    Bucket(workload(), "files", pattern="replication_rtc", accept=accepted)
