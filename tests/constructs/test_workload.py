"""A workload gives its components sites, objective and routing; what cannot be had is refused or accepted."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from constructs_lib.constructs.bucket.bucket import Bucket
from constructs_lib.constructs.database.database import Database
from constructs_lib.constructs.filesystem.filesystem import FileSystem
from constructs_lib.constructs.routing.health_check_routing import HealthCheckRouting
from constructs_lib.constructs.sites.network import Network
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.constructs.table.key_attribute import KeyAttribute
from constructs_lib.constructs.table.table import Table
from constructs_lib.constructs.workload.workload import Workload
from constructs_lib.errors import ConfigurationError, InfeasibleError
from constructs_lib.objectives import Disruption, Objective, Target
from constructs_lib.objectives.acceptance import Acceptance
from constructs_lib.objectives.tags import recovery_tags
from constructs_lib.terraform.engine import App, Construct, TerraformStack

ROUTING = HealthCheckRouting(
    zone_id="Z0123",
    record_name="api.example.com",
    primary_endpoint="api-1.example.com",
    recovery_endpoint="api-2.example.com",
)
NETWORK = Network(
    subnet_ids=["subnet-1", "subnet-2", "subnet-3"],
    security_group_ids=["sg-1"],
    recovery_subnet_ids=["subnet-4", "subnet-5", "subnet-6"],
    recovery_security_group_ids=["sg-2"],
)
ACCEPTED = Acceptance(owner="web team", reason="rendered again", region=Target("5m", "15m"))


def _sites() -> Sites:
    return Sites.per_region(App(), "shop", primary="eu-west-1", recovery="eu-central-1")


def test_a_component_takes_the_workloads_objective() -> None:
    workload = Workload(_sites(), objective=Objective("8h", "24h"))
    Bucket(workload, "files")

    (decision,) = workload.decisions
    assert decision.pattern == "replication"
    assert decision.tags["recovery:rto"] == "8h"


def test_what_cannot_be_had_is_refused_with_the_component_and_the_nearest_objective() -> None:
    workload = Workload(_sites(), objective=Objective("5m", 0), routing=ROUTING)

    with pytest.raises(InfeasibleError, match=r"bucket 'receipts' of shop: .*nearest.*RPO 15m") as caught:
        Bucket(workload, "receipts")
    assert isinstance(caught.value.nearest, Objective)
    assert caught.value.nearest.region == Target("5m", "15m")
    assert workload.decisions == ()


def test_a_looser_target_is_accepted_in_writing() -> None:
    workload = Workload(_sites(), objective=Objective("5m", 0), routing=ROUTING)
    bucket = Bucket(workload, "receipts", accept=ACCEPTED)

    assert bucket.decision.accepted is ACCEPTED
    assert bucket.decision.assessment.met
    assert bucket.decision.pattern == "two_way_replication_rtc"


@pytest.mark.parametrize(
    "arguments",
    [
        {"owner": "", "reason": "x", "region": Target("1h", "1h")},
        {"owner": "team", "reason": "  ", "region": Target("1h", "1h")},
        {"owner": "team", "reason": "x"},
    ],
)
def test_an_acceptance_names_somebody_a_reason_and_a_target(arguments: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="acceptance"):
        Acceptance(**arguments)


def test_an_acceptance_cannot_tighten_an_objective() -> None:
    accept = Acceptance(owner="team", reason="x", region=Target("1m", "1m"))

    with pytest.raises(ConfigurationError, match="accept something looser"):
        accept.loosen(Objective("1h", "15m"))


def test_without_routing_an_rto_of_minutes_is_refused_since_a_human_must_decide() -> None:
    workload = Workload(_sites(), objective=Objective("10m", "15m"))

    with pytest.raises(InfeasibleError, match=r"RTO 22m.*routing=HealthCheckRouting.*two_way_replication_rtc"):
        Bucket(workload, "files")


def test_routing_builds_a_health_check_a_record_pair_and_an_alarm_in_the_global_site() -> None:
    sites = _sites()
    Workload(sites, objective=Objective("10m", "15m"), routing=ROUTING)
    sites.global_.stack.prepare_stack()
    resources = sites.global_.stack.to_terraform()["resource"]

    records = {item["set_identifier"]: item for item in resources["aws_route53_record"].values()}
    check, latch, both = (
        next(item for item in resources["aws_route53_health_check"].values() if item["type"] == type_)
        for type_ in ("HTTPS", "CLOUDWATCH_METRIC", "CALCULATED")
    )
    (alarm,) = resources["aws_cloudwatch_metric_alarm"].values()
    assert (check["request_interval"], check["failure_threshold"]) == (30, 3)
    assert records["primary"]["failover_routing_policy"] == {"type": "PRIMARY"}
    assert "PrimaryServes" in records["primary"]["health_check_id"]
    assert (len(both["child_healthchecks"]), both["child_health_threshold"]) == (2, 2)
    assert (latch["cloudwatch_alarm_region"], latch["insufficient_data_health_status"]) == (
        "eu-central-1",
        "LastKnownStatus",
    )
    # A check on the secondary could keep both from being answered.
    assert "health_check_id" not in records["recovery"]
    assert {item["ttl"] for item in records.values()} == {60}
    assert alarm["metric_name"] == "HealthCheckStatus"


def test_at_the_apex_of_a_zone_the_records_are_aliases_and_the_primary_follows_its_target() -> None:
    sites = _sites()
    routing = attrs.evolve(ROUTING, primary_zone_id="Z32O12XQLNTSW2", recovery_zone_id="Z215JYRZR1TBD5")
    Workload(sites, objective=Objective("10m", "15m"), routing=routing)
    sites.global_.stack.prepare_stack()
    resources = sites.global_.stack.to_terraform()["resource"]

    records = {item["set_identifier"]: item for item in resources["aws_route53_record"].values()}
    found = {role: (item["type"], item["alias"], "ttl" in item or "records" in item) for role, item in records.items()}
    assert found == {
        role: ("A", {"name": name, "zone_id": zone, "evaluate_target_health": follows}, False)
        for role, name, zone, follows in (
            ("primary", ROUTING.primary_endpoint, "Z32O12XQLNTSW2", True),
            # It is answered whenever the primary is not.
            ("recovery", ROUTING.recovery_endpoint, "Z215JYRZR1TBD5", False),
        )
    }
    assert "health_check_id" in records["primary"]


@pytest.mark.parametrize("layout", ["per_region", "in_one_stack"])
def test_traffic_is_held_in_the_recovery_region_by_a_metric_there_until_it_is_released(layout: str) -> None:
    """Left to itself the record returns as soon as the primary endpoint answers, wherever the writer is by then."""
    app = App()
    if layout == "per_region":
        sites = Sites.per_region(app, "shop", primary="eu-west-1", recovery="eu-central-1")
    else:
        sites = Sites.in_one_stack(TerraformStack(app, "shop"), "shop", primary="eu-west-1", recovery="eu-central-1")
    built = Workload(sites, objective=Objective("10m", "15m"), routing=ROUTING).failover_record
    assert built is not None
    assert sites.recovery is not None
    sites.recovery.stack.prepare_stack()
    alarms = sites.recovery.stack.to_terraform()["resource"]["aws_cloudwatch_metric_alarm"].values()
    (held,) = (item for item in alarms if item["namespace"] == "Recovery")
    assert held["alarm_name"] == built.latch_check.arguments["cloudwatch_alarm_name"] == "shop-latch"
    assert held["treat_missing_data"] == "ignore"
    assert (held["comparison_operator"], held["threshold"]) == ("GreaterThanThreshold", 0)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (Database, {"engine": "postgres"}),
        (Database, {"engine": "aurora-postgresql", "pattern": "global_database"}),
        (FileSystem, {}),
    ],
)
def test_traffic_does_not_move_by_itself_to_what_nobody_can_write_there(
    kind: type[Database | FileSystem], options: dict[str, Any]
) -> None:
    options = {**options, "network": NETWORK}
    objective = Objective("4h", "1h")
    shop = Workload(_sites(), objective=objective, routing=ROUTING)
    with pytest.raises(ConfigurationError, match=r"'orders' of shop .* moves to eu-central-1 by itself.*by_latch=True"):
        kind(shop, "orders", **options)
    assert shop.decisions == ()
    accepted = Acceptance(owner="shop team", reason="it reads only until then", region=Target("4h", "1h"))
    assert kind(shop, "orders", accept=accepted, **options).decision.assessment.met
    held = Workload(_sites(), objective=objective, routing=attrs.evolve(ROUTING, by_latch=True))
    assert kind(held, "orders", **options).decision.assessment.met


def test_both_regions_may_write_to_what_traffic_moves_to_by_itself() -> None:
    shop = Workload(_sites(), objective=Objective("1h", 0, software=Target("1d", "1d")), routing=ROUTING)
    assert Database(shop, "ledger", engine="dsql").decision.pattern == "dsql_multi_region"


def test_by_the_latch_alone_traffic_stays_until_somebody_moves_it() -> None:
    sites = _sites()
    shop = Workload(sites, objective=Objective("1h", "15m"), routing=attrs.evolve(ROUTING, by_latch=True))
    bucket = Bucket(shop, "files")
    assert shop.failover_record is not None
    assert not bucket.decision.assessment.estimates[Disruption.REGION].automatic
    sites.global_.stack.prepare_stack()
    resources = sites.global_.stack.to_terraform()["resource"]
    checks = {item["type"] for item in resources["aws_route53_health_check"].values()}
    primary = next(item for item in resources["aws_route53_record"].values() if "health_check_id" in item)
    assert checks == {"HTTPS", "CLOUDWATCH_METRIC"}
    assert "LatchCheck" in primary["health_check_id"]


def test_fast_routing_checks_every_ten_seconds() -> None:
    sites = _sites()
    workload = Workload(
        sites,
        objective=Objective("2m", "15m"),
        routing=HealthCheckRouting(
            zone_id="Z0123",
            record_name="api.example.com",
            primary_endpoint="api-1.example.com",
            recovery_endpoint="api-2.example.com",
            fast=True,
        ),
    )
    Bucket(workload, "files")

    assert workload.routings == ("fast_health_check",)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"record_name": "not a name"}, "DNS name"),
        ({"primary_endpoint": ""}, "DNS name"),
        ({"recovery_endpoint": "api-1.example.com"}, "both endpoints"),
        ({"recovery_endpoint": "API-1.example.com."}, "both endpoints"),
        ({"primary_endpoint": "Api.Example.com."}, "would point at itself"),
        ({"recovery_endpoint": "api.example.com"}, "would point at itself"),
        ({"path": "health"}, 'start it with "/"'),
        ({"path": None}, "give text"),
        ({"path": "/a b"}, "ASCII characters without spaces"),
        ({"path": "/gesundheit/ü"}, "ASCII characters without spaces"),
        ({"path": f"/{'a' * 255}"}, "allowed: 1 to 255 characters"),
        ({"zone_id": ""}, "the id of a hosted zone"),
        ({"zone_id": None}, "the id of a hosted zone"),
        ({"zone_id": "example.com"}, "the id of a hosted zone"),
        ({"zone_id": "Z" * 33}, "allowed: 1 to 32"),
        ({"primary_zone_id": "Z1"}, "go together"),
        ({"primary_zone_id": "Z1", "recovery_zone_id": "zone"}, "the id of a hosted zone"),
        ({"fast": "no"}, "give True or False"),
        ({"by_latch": "no"}, "give True or False"),
    ],
)
def test_routing_refuses_names_that_cannot_be(changed: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {
        "zone_id": "Z0123",
        "record_name": "api.example.com",
        "primary_endpoint": "api-1.example.com",
        "recovery_endpoint": "api-2.example.com",
    }
    with pytest.raises(ConfigurationError, match=message):
        HealthCheckRouting(**{**given, **changed})


def test_routing_needs_a_recovery_region() -> None:
    sites = Sites.per_region(App(), "shop", primary="eu-west-1")

    with pytest.raises(ConfigurationError, match="no recovery Region"):
        Workload(sites, objective=Objective("10m", "15m"), routing=ROUTING)


def test_a_workload_needs_an_objective() -> None:
    with pytest.raises(ConfigurationError, match="objective of shop"):
        Workload(_sites(), objective="1h")  # type: ignore[arg-type]


@pytest.mark.parametrize("sites", [None, 5, "shop"])
def test_a_workload_needs_sites(sites: Any) -> None:
    with pytest.raises(ConfigurationError, match="built over sites"):
        Workload(sites, objective=Objective("8h", "24h"))


@pytest.mark.parametrize("routing", ["health_check", 5])
def test_a_workload_needs_a_routing_that_is_one(routing: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"give HealthCheckRouting"):
        Workload(_sites(), objective=Objective("8h", "24h"), routing=routing)


def test_a_workload_has_one_routing() -> None:
    sites = _sites()
    Workload(sites, objective=Objective("8h", "24h"), routing=ROUTING)
    with pytest.raises(ConfigurationError, match="has a routing already"):
        Workload(sites, objective=Objective("8h", "24h"), routing=ROUTING)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"usage": "big"}, r"give Usage\(size_gb=...\)"),
        ({"accept": "x"}, r"give Acceptance\("),
        ({"objective": "1h"}, r"give Objective\("),
        ({"pattern": 5}, "the pattern of bucket 'files' is 5"),
        ({"tags": 5}, "give a mapping"),
        ({"tags": "team"}, "give a mapping"),
        ({"tags": ["team"]}, "give a mapping"),
        ({"tags": {"team": 5}}, "the value of a tag of bucket 'files' is 5; give text"),
        ({"tags": {"AWS:team": "web"}}, "AWS keeps keys"),
        ({"tags": {"": "web"}}, "allowed: 1 to 128 characters"),
        ({"tags": {"k" * 129: "web"}}, "allowed: 1 to 128 characters"),
        ({"tags": {"team": "v" * 257}}, "allowed: 0 to 256 characters"),
        ({"tags": {"team": "a*b"}}, "use letters, digits"),
        # With the four that say what is promised there are 51.
        ({"tags": {f"key-{number}": "" for number in range(47)}}, "is 51; allowed: 0 to 50"),
        ({"id": None}, "the id of a bucket of shop is None"),
        ({"id": ""}, "letters, digits, hyphens and underscores"),
        ({"id": 5}, "letters, digits, hyphens and underscores"),
        ({"id": "a b"}, "use letters, digits, hyphens"),
        ({"id": "a/b"}, "use letters, digits, hyphens"),
        ({"id": "1a"}, "starting with a letter"),
        ({"id": "RecoveryAccount"}, "names what the sites build"),
        ({"id": "Recovery"}, "names what the sites build"),
        ({"id": "AwsEuWest1"}, "names what the sites build"),
        ({"place": None}, "give a Workload, or Sites"),
        ({"place": 5}, "give a Workload, or Sites"),
        ({"place": "x"}, "give a Workload, or Sites"),
    ],
)
@pytest.mark.parametrize("kind", [Bucket, Table])
def test_an_option_common_to_all_kinds_is_checked(kind: type, options: dict[str, Any], message: str) -> None:
    given = {"place": Workload(_sites(), objective=Objective("8h", "24h")), "id": "files", **options}
    own = {"partition_key": KeyAttribute("id")} if kind is Table else {}
    with pytest.raises(ConfigurationError, match=message.replace("bucket", kind.__name__.lower())):
        kind(**given, **own)


@pytest.mark.parametrize("as_one_stack", [False, True])
def test_names_that_would_be_the_same_are_refused(as_one_stack: bool) -> None:
    app = App()
    stack = TerraformStack(app, "team") if as_one_stack else None
    regions: dict[str, Any] = {"primary": "eu-west-1", "recovery": "eu-central-1"}
    shop, shop_eu = (
        Sites.per_region(app, name, **regions)
        if stack is None
        else Sites.in_one_stack(Construct(stack, name), name, **regions)
        for name in ("shop", "shop-eu")
    )
    Bucket(shop, "eu-logs", objective=Objective("8h", "24h"))
    with pytest.raises(ConfigurationError, match="'shop-eu-logs', as a component of shop is"):
        Bucket(shop_eu, "logs", objective=Objective("8h", "24h"))


def test_outputs_that_would_be_the_same_are_refused() -> None:
    sites = Sites.in_one_stack(TerraformStack(App(), "team"), "shop", primary="eu-west-1", recovery="eu-central-1")
    Bucket(sites, "x", objective=Objective("8h", "24h"))
    with pytest.raises(ConfigurationError, match="cannot have an output 'shop-x-recovery-name'"):
        Bucket(sites, "x-recovery", objective=Objective("8h", "24h"))


def test_what_was_refused_leaves_its_id_free() -> None:
    workload = Workload(_sites(), objective=Objective("5m", 0), routing=ROUTING)
    with pytest.raises(InfeasibleError):
        Bucket(workload, "receipts")
    assert Bucket(workload, "receipts", accept=ACCEPTED).decision.accepted is ACCEPTED


@pytest.mark.parametrize(
    ("objective", "recovery", "advice"),
    [
        (Objective("5m", 0), "eu-central-1", 'region=Target("22m", "15m")'),
        (Objective("8h", "24h", uptime="99.999%"), "eu-central-1", 'uptime="99.9%"'),
        (Objective("8h", "24h"), None, None),
    ],
)
def test_advice_names_what_is_missed_and_nothing_else(
    objective: Objective, recovery: str | None, advice: str | None
) -> None:
    sites = Sites.per_region(App(), "shop", primary="eu-west-1", recovery=recovery)
    with pytest.raises(InfeasibleError) as caught:
        Bucket(sites, "files", objective=objective)
    start = "accept=Acceptance(owner=..., reason=..., "
    if advice is None:
        assert start not in str(caught.value)
        assert "name a recovery Region" in str(caught.value)
        return
    assert str(caught.value).endswith(f"{start}{advice})")
    accepted = eval(f'Acceptance(owner="web team", reason="enough", {advice})')
    assert Bucket(sites, "files", objective=objective, accept=accepted).decision.assessment.met


@pytest.mark.parametrize("target", ["1h", 5])
def test_an_acceptance_of_what_is_no_target_is_refused(target: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"give Target\("):
        Acceptance(owner="team", reason="x", region=target)


def test_a_component_on_sites_alone_needs_an_objective_of_its_own() -> None:
    with pytest.raises(ConfigurationError, match="has no objective"):
        Bucket(_sites(), "files")


@pytest.mark.parametrize(
    ("objective", "rto", "rpo"),
    [
        (Objective("1h", "15m"), "1h", "15m"),
        (Objective(region=Target("4h", "5m"), zone=Target("5m", 0)), "region=4h zone=5m", "region=5m zone=0s"),
        (
            Objective("1h", "15m", software=Target("4h", "1h")),
            "region=1h zone=1h hardware=1h software=4h",
            "region=15m zone=15m hardware=15m software=1h",
        ),
    ],
)
def test_tags_say_what_is_promised(objective: Objective, rto: str, rpo: str) -> None:
    assert recovery_tags("shop", "orders", objective, {"team": "web", "recovery:rto": "never"}) == {
        "team": "web",
        "recovery:workload": "shop",
        "recovery:component": "orders",
        "recovery:rto": rto,
        "recovery:rpo": rpo,
    }
