"""A DynamoDB table by pattern: what is built, where, and what is refused."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.constructs.backup.vault_lock import VaultLock
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.constructs.table.billing import OnDemand, Provisioned
from constructs_lib.constructs.table.key_attribute import KeyAttribute
from constructs_lib.constructs.table.options import StreamView
from constructs_lib.constructs.table.projection import Projection
from constructs_lib.constructs.table.secondary_index import GlobalSecondaryIndex, LocalSecondaryIndex
from constructs_lib.constructs.table.table import Table
from constructs_lib.constructs.workload.workload import Workload
from constructs_lib.costs import Usage, monthly_cost
from constructs_lib.errors import ConfigurationError, InfeasibleError
from constructs_lib.objectives import Disruption, Objective, Target
from constructs_lib.selection.decision import Decision
from constructs_lib.terraform import engine
from constructs_lib.terraform.engine import TerraformStack
from tests.provider_schemas.check import unknown_in, unknown_references

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PRIMARY, RECOVERY = "eu-west-1", "eu-central-1"
LOOSE = Objective(rto="7d", rpo="30d")
SINGLE = Objective(rto="7d", rpo="30d").with_targets(region=None)
STRONG = ("global_table_strong_witness", "global_table_strong")
PATTERNS = ("pitr", "backup_copy", "global_table", *STRONG)
ID = KeyAttribute("order_id")


def provider_for(pattern: str | None) -> str:
    return "6.25.0" if pattern in STRONG else "5.100.0"


def sites_of(layout: str, *, constraint: str = ">= 5.100, < 7.0", recovery: str | None = RECOVERY) -> Sites:
    app = engine.Testing.app()
    if layout == "per_region":
        return Sites.per_region(app, "shop", primary=PRIMARY, recovery=recovery, constraint=constraint)
    stack = TerraformStack(app, "shop")
    return Sites.in_one_stack(stack, "shop", primary=PRIMARY, recovery=recovery, constraint=constraint)


def build(pattern: str | None = None, layout: str = "per_region", **options: Any) -> Table:
    options.setdefault("objective", SINGLE if pattern == "pitr" else LOOSE)
    options.setdefault("partition_key", ID)
    constraint = options.pop("constraint", ">= 6.22, < 7.0" if pattern in STRONG else ">= 5.100, < 7.0")
    return Table(sites_of(layout, constraint=constraint), "orders", pattern=pattern, **options)  # type: ignore[arg-type]


def stacks_of(table: Table) -> dict[str, dict[str, Any]]:
    sites = table.sites
    places = {"primary": sites.primary, "recovery": sites.recovery, "global": sites.global_}
    stacks = {site.stack.node.id: site.stack for site in places.values() if site is not None}
    return {name.removeprefix("shop-"): json.loads(engine.Testing.synth(stack)) for name, stack in stacks.items()}


@cache
def _written(pattern: str | None, layout: str) -> str:
    return json.dumps(stacks_of(build(pattern, layout)))


def made(pattern: str | None = None, layout: str = "per_region", **options: Any) -> dict[str, dict[str, Any]]:
    """Return the stacks of a table; one without options is built once for all tests, and read anew for each."""
    if options:
        return stacks_of(build(pattern, layout, **options))
    found: dict[str, dict[str, Any]] = json.loads(_written(pattern, layout))
    return found


def only(configuration: Mapping[str, Any], kind: str) -> dict[str, Any]:
    (resource,) = configuration["resource"][kind].values()
    found: dict[str, Any] = resource
    return found


def regions(configuration: Mapping[str, Any]) -> set[str]:
    return {provider["region"] for provider in configuration["provider"]["aws"]}


@pytest.mark.parametrize("layout", ["per_region", "in_one_stack"])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_argument_and_reference_exists_in_the_provider(pattern: str, layout: str) -> None:
    for configuration in made(pattern, layout).values():
        for provider in {provider_for(pattern), "6.25.0"}:
            assert unknown_in(configuration, provider) == []
            assert unknown_references(configuration, provider) == []


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_regions_stack_names_its_own_region_only(pattern: str) -> None:
    stacks = made(pattern)
    assert regions(stacks["primary"]) == {PRIMARY}
    assert regions(stacks["recovery"]) == {RECOVERY}
    for configuration in stacks.values():
        assert "terraform_remote_state" not in configuration.get("data", {}), "no value passes between states"


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_pattern_has_point_in_time_recovery_a_key_and_deletion_protection(pattern: str) -> None:
    table = build(pattern)
    configuration = stacks_of(table)["global" if pattern in STRONG else "primary"]
    arguments = only(configuration, "aws_dynamodb_table")
    assert arguments["point_in_time_recovery"] == {"enabled": True, "recovery_period_in_days": 35}
    assert arguments["server_side_encryption"] == {
        "enabled": True,
        "kms_key_arn": "${data.aws_kms_alias.RecoveryKeyInEuWest1.target_key_arn}"
        if pattern in STRONG
        else "${aws_kms_key.RecoveryKey.arn}",
    }
    assert arguments["deletion_protection_enabled"] is True
    assert arguments["tags"]["recovery:workload"] == "shop"
    assert arguments["tags"]["recovery:component"] == "orders"
    assert arguments["lifecycle"]["prevent_destroy"] is True


def test_a_table_in_one_region_is_a_table_and_a_key() -> None:
    table = Table(sites_of("per_region", recovery=None), "orders", objective=SINGLE, partition_key=ID)
    stacks = stacks_of(table)
    assert table.decision.pattern == "pitr"
    assert set(stacks["primary"]["resource"]) == {"aws_dynamodb_table", "aws_kms_key", "aws_kms_alias"}
    assert (table.replica, table.backup, table.alarms, table.recovery_arn) == (None, None, (), None)


def test_the_main_resources_are_addressed_by_the_components_id() -> None:
    stacks = made("global_table")
    assert list(stacks["primary"]["resource"]["aws_dynamodb_table"]) == ["orders"]
    assert list(stacks["global"]["resource"]["aws_dynamodb_table_replica"]) == ["orders"]


def test_a_replica_is_protected_in_the_recovery_region_with_that_regions_key() -> None:
    table = build("global_table")
    stacks = stacks_of(table)
    replica = only(stacks["global"], "aws_dynamodb_table_replica")
    assert replica["provider"] == "aws.eu_central_1"
    assert replica["global_table_arn"] == (
        "arn:aws:dynamodb:eu-west-1:${data.aws_caller_identity.RecoveryAccount.account_id}:table/shop-orders"
    )
    assert replica["kms_key_arn"] == "${data.aws_kms_alias.RecoveryKeyInEuCentral1.target_key_arn}"
    assert stacks["global"]["data"]["aws_kms_alias"]["RecoveryKeyInEuCentral1"]["name"] == "alias/shop"
    assert replica["point_in_time_recovery"] is True
    assert replica["deletion_protection_enabled"] is True
    assert replica["tags"] == table.decision.tags


def test_in_one_stack_the_replica_waits_for_table_and_key_by_reference() -> None:
    (configuration,) = made("global_table", "in_one_stack").values()
    replica = only(configuration, "aws_dynamodb_table_replica")
    assert replica["global_table_arn"] == "${aws_dynamodb_table.orders.arn}"
    assert replica["kms_key_arn"].startswith("${aws_kms_key.")
    assert "aws_kms_alias" not in configuration["data"]


def test_a_replicated_table_streams_both_images_and_leaves_its_replica_alone() -> None:
    configuration = made("global_table")["primary"]
    arguments = only(configuration, "aws_dynamodb_table")
    assert arguments["stream_enabled"] is True
    assert arguments["stream_view_type"] == "NEW_AND_OLD_IMAGES"
    assert arguments["lifecycle"]["ignore_changes"] == ["replica"]
    assert "replica" not in arguments


def test_the_alarms_of_two_long_names_that_start_alike_have_names_of_their_own() -> None:
    names = [
        alarm.arguments["alarm_name"]
        for end in "ab"
        for alarm in build("global_table", name=f"{'t' * 250}{end}").alarms
    ]
    assert len(set(names)) == 4
    assert {len(name) for name in names} == {255}


def test_replication_is_watched_in_both_directions_long_before_the_recovery_point() -> None:
    table = build("global_table", objective=Objective(rto="1h", rpo="90s"))
    stacks = stacks_of(table)
    for stack, receiver in (("primary", RECOVERY), ("recovery", PRIMARY)):
        alarm = only(stacks[stack], "aws_cloudwatch_metric_alarm")
        assert alarm["namespace"] == "AWS/DynamoDB"
        assert alarm["metric_name"] == "ReplicationLatency"
        assert alarm["dimensions"] == {"TableName": "shop-orders", "ReceivingRegion": receiver}
        assert alarm["threshold"] == 9_000
        assert alarm["alarm_actions"] == ["${aws_sns_topic.RecoveryAlarms.arn}"]


def test_without_a_region_target_replication_is_watched_against_the_estimate() -> None:
    table = build("global_table", objective=Objective(rto="1d", rpo="1d").with_targets(region=None))
    estimate = table.decision.assessment.estimates[Disruption.REGION].rpo_seconds
    assert estimate is not None
    assert table.alarms[0].arguments["threshold"] == 3 * estimate * 1000


def test_a_witness_is_a_region_and_the_other_replica_has_its_key() -> None:
    table = build("global_table_strong_witness")
    arguments = only(stacks_of(table)["global"], "aws_dynamodb_table")
    third = table.decision.choice.chosen.third_region
    assert third not in (PRIMARY, RECOVERY, None)
    assert arguments["provider"] == "aws.eu_west_1"
    assert arguments["global_table_witness"] == {"region_name": third}
    assert arguments["replica"] == [
        {
            "region_name": RECOVERY,
            "consistency_mode": "STRONG",
            "kms_key_arn": "${data.aws_kms_alias.RecoveryKeyInEuCentral1.target_key_arn}",
            "point_in_time_recovery": True,
            "propagate_tags": True,
            "deletion_protection_enabled": True,
        }
    ]
    assert "ignore_changes" not in arguments["lifecycle"]
    assert table.third_region_key is None


def test_a_third_replica_has_a_key_in_its_own_region() -> None:
    table = build("global_table_strong", third_region="eu-west-3")
    configuration = stacks_of(table)["global"]
    key = only(configuration, "aws_kms_key")
    first, third = only(configuration, "aws_dynamodb_table")["replica"]
    assert (first["region_name"], third["region_name"]) == (RECOVERY, "eu-west-3")
    assert key["provider"] == "aws.eu_west_3"
    assert key["enable_key_rotation"] is True
    assert key["lifecycle"] == {"prevent_destroy": True}
    assert third["kms_key_arn"].startswith("${aws_kms_key.")
    assert "global_table_witness" not in only(configuration, "aws_dynamodb_table")


def test_a_provider_that_may_lack_the_replicas_deletion_protection_is_not_given_it() -> None:
    table = build("global_table_strong", constraint=">= 6.3, < 7.0")
    assert all("deletion_protection_enabled" not in replica for replica in table.table.arguments["replica"])


def test_no_data_loss_across_regions_is_refused_to_a_provider_that_cannot_express_it() -> None:
    with pytest.raises(InfeasibleError, match="orders"):
        build(None, objective=Objective(rto="1h", rpo="0s"))


@pytest.mark.parametrize(
    "option",
    [
        {"ttl_attribute": "expires"},
        {"uses_transactions": True},
        {
            "sort_key": KeyAttribute("line", "N"),
            "local_secondary_indexes": [LocalSecondaryIndex(name="by_day", sort_key=KeyAttribute("day"))],
        },
    ],
)
def test_what_strong_consistency_excludes_rules_it_out(option: dict[str, Any]) -> None:
    with pytest.raises(InfeasibleError) as error:
        build(None, objective=Objective(rto="1h", rpo="0s"), constraint=">= 6.22", **option)
    because = {rejected.name: rejected.because for rejected in error.value.rejected}  # type: ignore[attr-defined]
    assert all(because[pattern].startswith("multi-Region strong consistency has no") for pattern in STRONG)


def test_a_backup_copy_backs_up_the_table_by_its_arn() -> None:
    table = build("backup_copy")
    stacks = stacks_of(table)
    assert table.backup is not None
    assert only(stacks["primary"], "aws_backup_selection")["resources"] == ["${aws_dynamodb_table.orders.arn}"]
    assert only(stacks["recovery"], "aws_backup_vault")["name"] == "shop-orders"
    assert table.replica is None
    assert table.recovery_arn is None


def test_keys_and_indexes_are_declared_once_each() -> None:
    table = build(
        "pitr",
        sort_key=KeyAttribute("line", "N"),
        global_secondary_indexes=[
            GlobalSecondaryIndex(
                name="by_customer",
                partition_key=KeyAttribute("customer"),
                sort_key=KeyAttribute("line", "N"),
                projection=Projection.include("total", "currency"),
            )
        ],
        local_secondary_indexes=[
            LocalSecondaryIndex(name="by_day", sort_key=KeyAttribute("day"), projection=Projection.keys_only())
        ],
    )
    arguments = table.table.arguments
    assert arguments["attribute"] == [
        {"name": "order_id", "type": "S"},
        {"name": "line", "type": "N"},
        {"name": "customer", "type": "S"},
        {"name": "day", "type": "S"},
    ]
    assert (arguments["hash_key"], arguments["range_key"]) == ("order_id", "line")
    assert arguments["global_secondary_index"] == [
        {
            "name": "by_customer",
            "hash_key": "customer",
            "range_key": "line",
            "projection_type": "INCLUDE",
            "non_key_attributes": ["total", "currency"],
        }
    ]
    assert arguments["local_secondary_index"] == [
        {"name": "by_day", "range_key": "day", "projection_type": "KEYS_ONLY"}
    ]


def test_provisioned_capacity_reaches_the_indexes() -> None:
    index = GlobalSecondaryIndex(name="by_customer", partition_key=KeyAttribute("customer"))
    own = GlobalSecondaryIndex(
        name="by_day",
        partition_key=KeyAttribute("day"),
        billing=Provisioned(read_capacity=1, write_capacity=2),
    )
    table = build(
        "pitr",
        billing=Provisioned(read_capacity=5, write_capacity=7),
        global_secondary_indexes=[index, own],
    )
    arguments = table.table.arguments
    assert arguments["billing_mode"] == "PROVISIONED"
    assert (arguments["read_capacity"], arguments["write_capacity"]) == (5, 7)
    capacities = [(i["read_capacity"], i["write_capacity"]) for i in arguments["global_secondary_index"]]
    assert capacities == [(5, 7), (1, 2)]


def test_options_reach_the_table() -> None:
    table = build(
        "pitr",
        name="legacy.orders",
        billing=OnDemand(max_write_request_units=100),
        ttl_attribute="expires",
        stream="NEW_IMAGE",
        table_class="STANDARD_INFREQUENT_ACCESS",
        recovery_period_days=7,
        tags={"team": "web"},
    )
    arguments = table.table.arguments
    assert arguments["name"] == table.name == "legacy.orders"
    assert arguments["billing_mode"] == "PAY_PER_REQUEST"
    assert arguments["on_demand_throughput"] == {"max_write_request_units": 100}
    assert arguments["ttl"] == {"attribute_name": "expires", "enabled": True}
    assert arguments["stream_view_type"] == "NEW_IMAGE"
    assert arguments["table_class"] == "STANDARD_INFREQUENT_ACCESS"
    assert arguments["point_in_time_recovery"]["recovery_period_in_days"] == 7
    assert arguments["tags"]["team"] == "web"


@pytest.mark.parametrize("pattern", PATTERNS)
def test_deletion_protection_can_be_given_up(pattern: str) -> None:
    for configuration in made(pattern, deletion_protection=False).values():
        for kind, resources in configuration.get("resource", {}).items():
            for resource in resources.values():
                assert resource.get("deletion_protection_enabled", False) is False
                assert kind == "aws_kms_key" or "prevent_destroy" not in resource.get("lifecycle", {})


def test_an_argument_can_be_overridden() -> None:
    table = build("pitr")
    table.table.override("table_class", "STANDARD_INFREQUENT_ACCESS")
    configuration = stacks_of(table)["primary"]
    assert only(configuration, "aws_dynamodb_table")["table_class"] == "STANDARD_INFREQUENT_ACCESS"


def test_keys_of_your_own_are_used_in_both_regions() -> None:
    keys = {region: f"arn:aws:kms:{region}:111122223333:key/1" for region in (PRIMARY, RECOVERY)}
    sites = Sites.per_region(engine.Testing.app(), "shop", primary=PRIMARY, recovery=RECOVERY, key_arns=keys)
    table = Table(sites, "orders", partition_key=ID, objective=LOOSE, pattern="global_table")
    assert table.replica is not None
    assert table.table.arguments["server_side_encryption"]["kms_key_arn"] == keys[PRIMARY]
    assert table.replica.arguments["kms_key_arn"] == keys[RECOVERY]


def test_a_workload_gives_its_objective_and_records_the_table() -> None:
    workload = Workload(sites_of("per_region"), objective=Objective(rto="1h", rpo="1m"))
    table = Table(workload, "orders", partition_key=ID)
    assert table.decision.pattern == "global_table"
    assert workload.decisions == (table.decision,)


def test_names_and_arns_are_outputs_of_the_stack_that_holds_them() -> None:
    stacks = made("global_table")
    assert {output["value"] for output in stacks["primary"]["output"].values()} == {
        "${aws_dynamodb_table.orders.name}",
        "${aws_dynamodb_table.orders.arn}",
        "${aws_dynamodb_table.orders.stream_arn}",
    }
    assert [output["value"] for output in stacks["global"]["output"].values()] == [
        "${aws_dynamodb_table_replica.orders.arn}"
    ]


def test_arns_for_policies_are_those_of_the_stack_that_asks() -> None:
    account = "${data.aws_caller_identity.RecoveryAccount.account_id}"
    seen = {}
    for pattern in ("global_table", "global_table_strong_witness"):
        table = build(pattern)
        sites = table.sites
        assert sites.recovery is not None
        engine.TerraformOutput(sites.primary.stack, "asked", value=table.arn)
        engine.TerraformOutput(sites.recovery.stack, "asked", value=table.recovery_arn)
        stacks = stacks_of(table)
        seen[pattern] = tuple(stacks[name]["output"]["asked"]["value"] for name in ("primary", "recovery"))
    there = f"arn:aws:dynamodb:eu-central-1:{account}:table/shop-orders"
    assert seen["global_table"] == ("${aws_dynamodb_table.orders.arn}", there)
    assert seen["global_table_strong_witness"] == (
        f"arn:aws:dynamodb:eu-west-1:{account}:table/shop-orders",
        there,
    )


def index(name: str = "by_day", *, key: KeyAttribute | None = None, **options: Any) -> GlobalSecondaryIndex:
    return GlobalSecondaryIndex(name=name, partition_key=KeyAttribute("day") if key is None else key, **options)


def local(name: str = "by_day") -> LocalSecondaryIndex:
    return LocalSecondaryIndex(name=name, sort_key=KeyAttribute("day"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (lambda: {"partition_key": KeyAttribute("")}, "the name of a key attribute is ''.*1 to 255"),
        (lambda: {"partition_key": KeyAttribute("x" * 256)}, "1 to 255"),
        (lambda: {"partition_key": KeyAttribute("id", "STRING")}, r"'STRING'; allowed: S \(string\)"),  # type: ignore[arg-type]
        (lambda: {"partition_key": "id"}, "partition_key is 'id'; give KeyAttribute\\(\"id\"\\)"),
        (lambda: {"sort_key": "line"}, "sort_key is 'line'"),
        (lambda: {"sort_key": ID}, "has 'order_id' as partition key and as sort key"),
        (
            lambda: {"global_secondary_indexes": [index(key=KeyAttribute("order_id", "N"))]},
            "attribute 'order_id' is of type S in one key and N in another",
        ),
        (
            lambda: {"global_secondary_indexes": [index(f"index{number}") for number in range(21)]},
            "the number of global secondary indexes is 21; allowed: 0 to 20",
        ),
        (
            lambda: {"sort_key": KeyAttribute("line"), "local_secondary_indexes": [local(f"i-{n}") for n in range(6)]},
            "the number of local secondary indexes is 6; allowed: 0 to 5",
        ),
        (lambda: {"local_secondary_indexes": [local()]}, "'by_day' needs a table with a sort key"),
        (lambda: {"global_secondary_indexes": [index(), index()]}, "two secondary indexes are called 'by_day'"),
        (
            lambda: {
                "sort_key": KeyAttribute("line"),
                "global_secondary_indexes": [index()],
                "local_secondary_indexes": [local()],
            },
            "two secondary indexes are called 'by_day'",
        ),
        (lambda: {"global_secondary_indexes": [index("by day")]}, "is 'by day'; use letters"),
        (lambda: {"global_secondary_indexes": [index("ix")]}, "'ix', 2 characters long; allowed: 3 to 255"),
        (lambda: {"global_secondary_indexes": ["by_day"]}, "a global secondary index is 'by_day'"),
        (
            lambda: {"global_secondary_indexes": [index(billing=Provisioned(read_capacity=1, write_capacity=1))]},
            "'by_day' is billed by provisioned capacity, but its table on demand",
        ),
        (
            lambda: {"global_secondary_indexes": [index(projection=Projection.include(*map(str, range(101))))]},
            "the number of projected attributes is 101; allowed: 0 to 100",
        ),
        (lambda: {"global_secondary_indexes": [index(projection=Projection.include())]}, "includes no attribute"),
        (lambda: {"global_secondary_indexes": [index(projection=Projection.include("a", "a"))]}, "'a' twice"),
        (lambda: {"global_secondary_indexes": None}, "global_secondary_indexes is None; give a list"),
        (lambda: {"local_secondary_indexes": "by_day"}, "local_secondary_indexes is 'by_day'; give a list"),
        (lambda: {"global_secondary_indexes": [index(projection="ALL")]}, "projection of index by_day is 'ALL'"),
        (lambda: {"global_secondary_indexes": [index(projection=Projection(type="SOME"))]}, "is 'SOME'; allowed: ALL"),
        (lambda: {"billing": "PROVISIONED"}, "billing is 'PROVISIONED'; give OnDemand"),
        (lambda: {"billing": Provisioned(read_capacity=0, write_capacity=1)}, "read_capacity is 0; allowed: 1"),
        (lambda: {"billing": OnDemand(max_read_request_units=-1)}, "max_read_request_units is -1"),
        (lambda: {"ttl_attribute": ""}, "ttl_attribute is ''"),
        (lambda: {"ttl_attribute": "order_id"}, "'order_id' is a key of type S"),
        (lambda: {"stream": "OLD"}, "stream is 'OLD'; allowed: KEYS_ONLY"),
        (lambda: {"table_class": "COLD"}, "table_class is 'COLD'; allowed: STANDARD"),
        (lambda: {"recovery_period_days": 0}, "recovery_period_days is 0; allowed: 1 to 35"),
        (lambda: {"recovery_period_days": 36}, "recovery_period_days is 36; allowed: 1 to 35"),
        (lambda: {"recovery_period_days": 7.5}, "recovery_period_days is 7.5"),
        (lambda: {"recovery_period_days": True}, "recovery_period_days is True"),
        (lambda: {"uses_transactions": "yes"}, "uses_transactions is 'yes'; give True or False"),
        (lambda: {"deletion_protection": "yes"}, "deletion_protection is 'yes'; give True or False"),
        (lambda: {"name": "t"}, "'t', 1 character long; allowed: 3 to 255"),
        (lambda: {"name": "bestellungen-für-alle"}, "use letters, digits"),
        (lambda: {"backup_hour": 24}, "the hour of the backup is 24"),
        (lambda: {"third_region": PRIMARY}, "a Region cannot stand in for itself"),
    ],
)
def test_what_dynamodb_would_refuse_is_refused_first(options: Callable[[], dict[str, Any]], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        build("pitr", **options())


@pytest.mark.parametrize("pattern", ["global_table", "global_table_strong_witness", "global_table_strong"])
def test_a_global_table_with_provisioned_capacity_is_refused(pattern: str) -> None:
    with pytest.raises(InfeasibleError, match=r"needs auto scaling.*billing=OnDemand\(\)"):
        build(pattern, billing=Provisioned(read_capacity=1, write_capacity=1), constraint=">= 6.22")


@pytest.mark.parametrize(
    ("billing", "pattern"),
    [(Provisioned(read_capacity=5, write_capacity=5), "backup_copy"), (OnDemand(), "global_table")],
)
def test_provisioned_capacity_leads_to_a_pattern_that_has_it(billing: OnDemand | Provisioned, pattern: str) -> None:
    table = build(None, objective=Objective(rto="8h", rpo="24h"), billing=billing)
    assert table.decision.pattern == pattern


def test_the_bill_has_the_indexes() -> None:
    table = build(
        "global_table",
        global_secondary_indexes=[index("by_a"), index("by_b", projection=Projection.keys_only())],
        usage=Usage(size_gb=10),
    )

    usage = table.decision.usage
    assert [usage.size_gb, usage.indexes, usage.full_indexes] == [Decimal(10), Decimal(2), Decimal(1)]
    lines = {line.what for line in monthly_cost(table.decision.component, usage).lines}
    assert {
        "writes to 2 secondary indexes in eu-west-1",
        "writes to 2 secondary indexes in eu-central-1",
        "storage of 1 secondary index in eu-west-1",
        "storage of 1 secondary index in eu-central-1",
    } <= lines


def test_the_capacity_that_is_bought_is_what_the_bill_has() -> None:
    table = build(
        None,
        objective=Objective(rto="8h", rpo="24h"),
        billing=Provisioned(read_capacity=5, write_capacity=7),
        usage=Usage(size_gb=10),
        global_secondary_indexes=[
            index("by_a", billing=Provisioned(read_capacity=1, write_capacity=2)),
            index("by_b"),
        ],
    )
    usage = table.decision.usage
    # An index without capacity of its own has that of its table.
    assert [usage.size_gb, usage.read_capacity, usage.write_capacity] == [Decimal(10), Decimal(11), Decimal(16)]
    assert Decision.from_data(table.decision.as_data()).usage == usage


def test_the_capacity_of_a_table_that_has_none_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="read_capacity is 5, and this table has no provisioned capacity"):
        build(None, objective=Objective(rto="8h", rpo="24h"), usage=Usage(read_capacity=5, write_capacity=5))


@pytest.mark.parametrize("stream", [StreamView.KEYS_ONLY, "NEW_IMAGE", "OLD_IMAGE"])
def test_a_stream_that_a_global_table_cannot_have_is_refused(stream: str) -> None:
    with pytest.raises(ConfigurationError, match="needs NEW_AND_OLD_IMAGES"):
        build("global_table", stream=stream)


def test_a_lock_without_a_vault_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="pitr does not use AWS Backup and has no vault to lock"):
        build("pitr", backup_lock=VaultLock(min_retention_days=7))


def test_a_table_without_an_objective_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="table 'orders' has no objective"):
        Table(sites_of("per_region"), "orders", partition_key=ID)


def to_validate() -> dict[str, Any]:
    """Every pattern that the provider on the machine knows."""
    options: dict[str, dict[str, Any]] = {
        "pitr": {
            "sort_key": KeyAttribute("line", "N"),
            "global_secondary_indexes": [index(), index("by_size", projection=Projection.include("total"))],
            "local_secondary_indexes": [LocalSecondaryIndex(name="by_weight", sort_key=KeyAttribute("weight", "N"))],
            "billing": Provisioned(read_capacity=5, write_capacity=5),
            "ttl_attribute": "expires",
            "stream": "NEW_IMAGE",
        },
        "backup_copy": {"backup_lock": VaultLock(min_retention_days=7, max_retention_days=90, changeable_for_days=3)},
        "global_table": {"billing": OnDemand(max_read_request_units=10, max_write_request_units=10)},
    }
    return {
        f"{pattern} {layout} {name}": configuration
        for pattern, given in options.items()
        for layout in ("per_region", "in_one_stack")
        for name, configuration in made(pattern, layout, **given).items()
        if "resource" in configuration and name != "recovery"
    }


def test_a_target_of_its_own_reaches_tags_and_choice() -> None:
    objective = Objective(rto="8h", rpo="1h").with_targets(region=Target(rto="1d", rpo="2d"))
    table = build("backup_copy", objective=objective)
    assert "region=1d" in table.table.arguments["tags"]["recovery:rto"]


def test_a_table_is_one_components() -> None:
    """Terraform would find out half way through; a recovery of both would make one table of them."""
    app = engine.App()
    shop, web, other = (
        Sites.per_region(app, name, primary=PRIMARY, recovery=RECOVERY, account_id=account)
        for name, account in (("shop", "1" * 12), ("web", "1" * 12), ("other", "2" * 12))
    )
    build_in = partial(Table, partition_key=ID, objective=SINGLE, name="orders")
    build_in(shop, "orders", pattern="pitr")

    with pytest.raises(ConfigurationError, match="table 'x' of shop would have the table 'orders' in eu-west-1, which"):
        build_in(shop, "x", pattern="pitr")
    with pytest.raises(ConfigurationError, match="which is that of table 'orders' of shop; give one of the two"):
        Table.existing(web, "orders", name="orders", recovery_period_days=35, objective=SINGLE)
    # Another account has names of its own, and what was refused has left nothing behind.
    build_in(other, "orders", pattern="pitr")
    Table(web, "orders", partition_key=ID, objective=SINGLE, pattern="pitr")
