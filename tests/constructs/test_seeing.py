"""Dashboards and the alarm that joins the others: what they show of which Region, and the one switch for all of it."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import pytest

from constructs_lib.constructs.bucket.bucket import Bucket
from constructs_lib.constructs.database.database import Database
from constructs_lib.constructs.detection.at_risk import RecoveryAtRisk
from constructs_lib.constructs.detection.dashboard import Dashboard
from constructs_lib.constructs.detection.heartbeat import Heartbeat
from constructs_lib.constructs.filesystem.filesystem import FileSystem
from constructs_lib.constructs.routing.health_check_routing import HealthCheckRouting
from constructs_lib.constructs.sites.alarm import alarm
from constructs_lib.constructs.sites.network import Network
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.constructs.table.key_attribute import KeyAttribute
from constructs_lib.constructs.table.table import Table
from constructs_lib.constructs.workload.workload import Workload
from constructs_lib.errors import ConfigurationError
from constructs_lib.objectives import Objective
from constructs_lib.terraform import engine
from constructs_lib.terraform.engine import TerraformStack
from constructs_lib.testing import explanation_of
from tests.provider_schemas.check import PROVIDERS, unknown_in, unknown_references

PRIMARY, RECOVERY, ACCOUNT = "eu-west-1", "eu-central-1", "111122223333"
COMPOSITE, METRIC = "aws_cloudwatch_composite_alarm", "aws_cloudwatch_metric_alarm"
NETWORK = Network(
    subnet_ids=["subnet-1", "subnet-2"], security_group_ids=["sg-1"],
    recovery_subnet_ids=["subnet-3", "subnet-4"], recovery_security_group_ids=["sg-2"],
)  # fmt: skip
ROUTING = HealthCheckRouting(
    zone_id="Z0123456789ABCDEFGHIJ", record_name="shop.example.com",
    primary_endpoint="here.example.com", recovery_endpoint="there.example.com", by_latch=True,
)  # fmt: skip


def workload(
    layout: str = "per_region",
    *,
    primary: str = PRIMARY,
    recovery: str | None = RECOVERY,
    monitoring: bool = True,
    routing: HealthCheckRouting | None = None,
) -> Workload:
    app = engine.Testing.app()
    if layout == "per_region":
        sites = Sites.per_region(
            app, "shop", primary=primary, recovery=recovery, account_id=ACCOUNT, monitoring=monitoring
        )
    else:
        sites = Sites.in_one_stack(
            TerraformStack(app, "shop"), "shop", primary=primary, recovery=recovery, account_id=ACCOUNT,
            monitoring=monitoring,
        )  # fmt: skip
    return Workload(sites, objective=Objective("8h", "2h"), routing=routing)


def stacks(built: Workload) -> dict[str, dict[str, Any]]:
    return {
        site.role: json.loads(engine.Testing.synth(site.stack))["resource"]
        for site in built.sites.all
        if json.loads(engine.Testing.synth(site.stack)).get("resource")
    }


def fill(built: Workload) -> None:
    """Build one component with each way of being behind."""
    Bucket(built, "files", pattern="replication")
    Table(built, "orders", partition_key=KeyAttribute(name="id", type="S"), pattern="global_table")
    Table(built, "index", partition_key=KeyAttribute(name="id", type="S"), objective=Objective("2d", "2d"),
          pattern="backup_copy")  # fmt: skip
    Database(built, "ledger", engine="postgres", network=NETWORK, pattern="read_replica")
    FileSystem(built, "scans", network=NETWORK, pattern="replication")


def body(resources: dict[str, Any]) -> dict[str, Any]:
    (dashboard,) = resources["aws_cloudwatch_dashboard"].values()
    shown: dict[str, Any] = json.loads(dashboard["dashboard_body"])
    return shown


def charts(resources: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        item["properties"]["title"]: item["properties"]
        for item in body(resources)["widgets"]
        if item["type"] == "metric"
    }


def rule(resources: dict[str, Any], key: str) -> set[str]:
    """Return the metrics of the alarms that a composite alarm is made of."""
    joined = resources[COMPOSITE][key]["alarm_rule"]
    names = re.findall(r'ALARM\("\$\{aws_cloudwatch_metric_alarm\.(\w[\w-]*)\.alarm_name\}"\)', joined)
    assert joined.count(" OR ") == len(names) - 1
    return {resources[METRIC][name]["metric_name"] for name in names}


@pytest.mark.parametrize("first", [True, False])
def test_all_that_puts_a_recovery_at_risk_rings_one_alarm_in_its_region(first: bool) -> None:
    built = workload(routing=ROUTING)
    if first:
        RecoveryAtRisk(built, "at-risk")
    fill(built)
    Heartbeat(built, "heartbeat")
    if not first:
        RecoveryAtRisk(built, "at-risk")
    found = stacks(built)

    assert rule(found["primary"], "at-risk") == {
        "OperationsFailedReplication",
        "ReplicationLatency",
        "NumberOfBackupJobsFailed",
        "NumberOfBackupJobsCompleted",
        "NumberOfCopyJobsFailed",
    }
    assert rule(found["recovery"], "at-risk") == {"ReplicationLatency", "ReplicaLag"}
    # EFS tells in the primary Region of a replication that the global stack holds.
    assert rule(found["global"], next(iter(found["global"][COMPOSITE]))) == {"TimeSinceLastSync"}
    names = [(role, one["alarm_name"][:-9]) for role, each in found.items() for one in each[COMPOSITE].values()]
    assert sorted(names) == [
        ("global", "shop-at-risk-links"), ("primary", "shop-at-risk"), ("recovery", "shop-at-risk"),
    ]  # fmt: skip
    for resources in found.values():
        for one in resources[COMPOSITE].values():
            assert one["alarm_actions"] == one["ok_actions"] != []
        # With this they would take all they refer to with them.
        assert not any("lifecycle" in one for one in resources[METRIC].values())


def test_an_alarm_more_or_less_gives_the_joining_one_another_name() -> None:
    def name(*lags: str) -> str:
        built = workload(recovery=None)
        RecoveryAtRisk(built, "at-risk")
        site = built.sites.primary
        for lag in lags:
            alarm(site.scope, lag, site, name=lag, description="", namespace="Shop", metric="Lag", dimensions={},
                  threshold=1, tags={})  # fmt: skip
        found: str = stacks(built)["primary"][COMPOSITE]["at-risk"]["alarm_name"]
        return found

    assert name("one", "two") == name("two", "one")
    assert len({name("one"), name("one", "two"), name("one", "three")}) == 3


def test_what_tells_of_a_loss_puts_no_recovery_at_risk() -> None:
    built = workload(routing=ROUTING)
    Heartbeat(built, "heartbeat")
    RecoveryAtRisk(built, "at-risk")

    assert all(COMPOSITE not in resources for resources in stacks(built).values())


def test_a_rule_that_is_full_is_followed_by_another() -> None:
    built = workload(recovery=None)
    RecoveryAtRisk(built, "at-risk")
    site = built.sites.primary
    for number in range(101):
        alarm(site.scope, f"Lag{number}", site, name=f"lag-{number}", description="", namespace="Shop", metric="Lag",
              dimensions={}, threshold=1, tags={})  # fmt: skip
    resources = stacks(built)["primary"]
    assert [one["alarm_rule"].count("ALARM(") for one in resources[COMPOSITE].values()] == [100, 1]
    assert [one["alarm_name"][:-9] for one in resources[COMPOSITE].values()] == ["shop-at-risk", "shop-at-risk-2"]

    for number in range(60):
        alarm(site.scope, f"Long{number}", site, name=f"{number}-{'x' * 250}", description="", namespace="Shop",
              metric="Lag", dimensions={}, threshold=1, tags={})  # fmt: skip
    resources = stacks(built)["primary"]
    for one in resources[COMPOSITE].values():
        named = re.findall(r"metric_alarm\.(\w+)\.alarm_name", one["alarm_rule"])
        names = [resources[METRIC][name]["alarm_name"] for name in named]
        assert len(" OR ".join(f'ALARM("{name}")' for name in names)) <= 10_240


@pytest.mark.parametrize("first", [True, False])
def test_each_region_has_a_dashboard_of_what_is_measured_there(first: bool) -> None:
    built = workload(routing=ROUTING)
    if first:
        Dashboard(built, "dashboard")
    fill(built)
    if not first:
        Dashboard(built, "dashboard")
    found = stacks(built)

    here, there = charts(found["primary"]), charts(found["recovery"])
    assert "aws_cloudwatch_dashboard" not in found["global"]
    assert {item["region"] for item in here.values()} == {PRIMARY}
    assert {item["region"] for item in there.values()} == {RECOVERY}
    assert set(here) == {
        "shop-orders-replication-to-eu-central-1 (ms)",
        "shop-index: hours since the last backup was completed",
        "shop-index: hours since the last copy was completed",
        "shop-scans-replication-to-eu-central-1 (s)",
    }
    assert set(there) == {
        "shop-files-replication-latency-from-eu-west-1 (s)",
        "shop-orders-replication-to-eu-west-1 (ms)",
        "shop-ledger-recovery-replica-lag (s)",
    }


def test_a_chart_has_a_line_at_what_was_promised_in_its_own_unit() -> None:
    built = workload()
    Dashboard(built, "dashboard")
    fill(built)
    here, there = (charts(stacks(built)[role]) for role in ("primary", "recovery"))

    def promised(chart: dict[str, Any]) -> float:
        (line,) = (one for one in chart["annotations"]["horizontal"] if one["label"] == "promised")
        value: float = line["value"]
        return value

    assert promised(here["shop-orders-replication-to-eu-central-1 (ms)"]) == 2 * 3600 * 1000
    assert promised(there["shop-ledger-recovery-replica-lag (s)"]) == 2 * 3600
    assert promised(here["shop-index: hours since the last copy was completed"]) == 48
    assert "8h" in body(stacks(built)["primary"])["widgets"][0]["properties"]["markdown"]


def test_what_has_no_metric_of_its_age_is_counted_from_the_last_job() -> None:
    built = workload()
    Dashboard(built, "dashboard")
    fill(built)
    here = charts(stacks(built)["primary"])

    counted, age = here["shop-index: hours since the last backup was completed"]["metrics"]
    assert counted[:2] == ["AWS/Backup", "NumberOfBackupJobsCompleted"]
    assert counted[-1] == {"id": "done", "visible": False}
    assert age[0]["expression"] == "(EPOCH(done) - FILL(IF(done > 0, EPOCH(done)), REPEAT)) / 3600"
    # The id of a file system is known where it is; the id of its replica is not, and one has only one.
    ((searched,),) = here["shop-scans-replication-to-eu-central-1 (s)"]["metrics"]
    assert re.fullmatch(
        r"SEARCH\('\{AWS/EFS,FileSystemId,DestinationFileSystemId\} MetricName=\"TimeSinceLastSync\" "
        r"FileSystemId=\"\$\{aws_efs_file_system\.\S+\.id\}\"', 'Maximum', 60\)",
        searched["expression"],
    )


def test_a_dashboard_shows_the_alarms_of_its_region_and_the_global_ones_and_none_of_the_other() -> None:
    for primary in (PRIMARY, "us-east-1"):
        built = workload(primary=primary, routing=ROUTING)
        Dashboard(built, "dashboard")
        RecoveryAtRisk(built, "at-risk")
        fill(built)
        found = stacks(built)
        shown = {
            role: [arn for item in body(found[role])["widgets"] if item["type"] == "alarm"
                   for arn in item["properties"]["alarms"]]
            for role in ("primary", "recovery")
        }  # fmt: skip
        unhealthy = f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:shop-primary-unhealthy"
        assert unhealthy in shown["primary"]
        # A primary Region that is gone has no alarms; what names it would fail the synth, too.
        assert (unhealthy in shown["recovery"]) is (primary == PRIMARY)
        assert not any(primary in arn for arn in shown["recovery"])
        for role in shown:
            assert f"${{{COMPOSITE}.at-risk.arn}}" in shown[role]
            for name in found[role][METRIC]:
                assert f"${{{METRIC}.{name}.arn}}" in shown[role]


def test_more_alarms_than_a_widget_takes_are_in_two() -> None:
    built = workload(recovery=None)
    Dashboard(built, "dashboard")
    site = built.sites.primary
    for number in range(130):
        alarm(site.scope, f"Lag{number}", site, name=f"lag-{number}", description="", namespace="Shop", metric="Lag",
              dimensions={}, threshold=1, tags={})  # fmt: skip
    widgets = [item for item in body(stacks(built)["primary"])["widgets"] if item["type"] == "alarm"]
    assert [len(item["properties"]["alarms"]) for item in widgets] == [100, 30]
    assert widgets[0]["y"] + widgets[0]["height"] == widgets[1]["y"]


@pytest.mark.parametrize("layout", ["per_region", "in_one_stack"])
def test_without_monitoring_nothing_tells_anybody(layout: str) -> None:
    built = workload(layout, monitoring=False, routing=ROUTING)
    heartbeat = Heartbeat(built, "heartbeat")
    at_risk, dashboard = RecoveryAtRisk(built, "at-risk"), Dashboard(built, "dashboard")
    fill(built)
    Database(built, "aurora", engine="aurora-postgresql", network=NETWORK, pattern="global_database")
    found = list(stacks(built).values())

    assert (heartbeat.alarm, at_risk.alarms, dashboard.dashboards) == (None, [], {})
    # So nothing that the library built notices a loss, and nothing is counted to.
    assert not any(
        item.mechanism in ("heartbeat", "endpoint_alarm")
        for decision in built.decisions
        for item in decision.component.protections
    )
    types = {type_ for resources in found for type_ in resources}
    assert not types & {COMPOSITE, "aws_cloudwatch_dashboard", "aws_sns_topic", "aws_db_event_subscription"}
    left = {name: one for resources in found for name, one in resources.get(METRIC, {}).items()}
    # A health check listens to this one.
    assert {one["alarm_name"] for one in left.values()} == {"shop-latch"}
    assert not any(name in one for one in left.values() for name in ("alarm_actions", "ok_actions"))
    assert "aws_cloudwatch_event_rule" in types


@pytest.mark.parametrize("layout", ["per_region", "in_one_stack"])
def test_its_arguments_exist_and_its_references_lead_somewhere(layout: str) -> None:
    built = workload(layout, routing=ROUTING)
    Dashboard(built, "dashboard")
    RecoveryAtRisk(built, "at-risk")
    fill(built)
    for site in built.sites.all:
        content = json.loads(engine.Testing.synth(site.stack))
        assert unknown_references(content) == []
        for provider in PROVIDERS:
            assert unknown_in(content, provider) == []


def to_validate() -> dict[str, Any]:
    built = workload("in_one_stack", routing=ROUTING)
    Dashboard(built, "dashboard")
    RecoveryAtRisk(built, "at-risk")
    fill(built)
    return {"one": json.loads(engine.Testing.synth(built.sites.primary.stack))}


def test_what_is_no_workload_is_refused_and_leaves_nothing_behind() -> None:
    built = workload()
    for construct in (Dashboard, RecoveryAtRisk):
        with pytest.raises(ConfigurationError, match="give a Workload"):
            construct(built.sites, "seen")  # type: ignore[arg-type]
        with pytest.raises(ConfigurationError, match="use letters, digits"):
            construct(built, "not good")
    assert "seen" not in built.sites.names
    with pytest.raises(ConfigurationError, match="monitoring"):
        Sites.per_region(engine.Testing.app(), "shop", primary=PRIMARY, monitoring="no")  # type: ignore[arg-type]


def test_what_watches_a_workload_is_in_its_bill_and_in_no_components() -> None:
    shop = workload()
    fill(shop)
    before = explanation_of(shop)
    Dashboard(shop, "dashboard")
    RecoveryAtRisk(shop, "at-risk")

    found = explanation_of(shop)

    # An alarm in each Region, and one beside it for the replication of the file system, which the global stack has.
    alarms = sum(len(resources.get(COMPOSITE, {})) for resources in stacks(shop).values())
    assert alarms >= 2
    assert found.watching.usd == before.watching.usd + 2 * 3 + alarms * Decimal("0.50")
    assert found.usd - before.usd == found.watching.usd - before.watching.usd
    # Each other alarm there is costs a tenth of a dollar.
    single = sum(len(resources.get("aws_cloudwatch_metric_alarm", {})) for resources in stacks(shop).values())
    assert before.watching.usd == single * Decimal("0.10")
    assert found.as_data()["watching_cost_usd"] == float(found.watching.usd)
    assert [item.usd for item in found.components] == [item.usd for item in before.components]
    assert f"  what watches, routes and connects all of it: USD {found.watching.usd}" in list(found.lines())
