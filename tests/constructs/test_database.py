"""A database by pattern: what is built, where, with which settings, and what is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.databases.engines import load_engines
from constructs_lib.catalog.prices import load_prices
from constructs_lib.constructs.backup.vault_lock import VaultLock
from constructs_lib.constructs.database.database import Database
from constructs_lib.constructs.database.restored_database import RestoredDatabase
from constructs_lib.constructs.database.windows import BackupRuns
from constructs_lib.constructs.sites.network import Network
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.constructs.workload.workload import Workload
from constructs_lib.costs import Usage, monthly_cost
from constructs_lib.errors import ConfigurationError, InfeasibleError
from constructs_lib.objectives import Assumptions, Objective, Target
from constructs_lib.selection.decision import Decision
from constructs_lib.terraform import engine
from constructs_lib.terraform.engine import App, TerraformStack
from tests.each import each
from tests.provider_schemas.check import unknown_in, unknown_references
from tests.terraform.validation import terraform_validate

if TYPE_CHECKING:
    from collections.abc import Mapping

PRIMARY, RECOVERY = "eu-west-1", "eu-west-2"
NETWORK = Network(
    subnet_ids=["subnet-1", "subnet-2", "subnet-3"],
    security_group_ids=["sg-1"],
    recovery_subnet_ids=["subnet-4", "subnet-5", "subnet-6"],
    recovery_security_group_ids=["sg-2"],
)
ONE_REGION = Network(subnet_ids=["subnet-1", "subnet-2", "subnet-3"], security_group_ids=["sg-1"])
SERVERLESS = Usage(average_acus=3, most_acus=16, instance_class="db.serverless")
ANYTHING = Objective(software=Target("30d", "30d"))
RDS = ("postgres", "mysql", "mariadb", "oracle-ee", "oracle-se2-cdb", "sqlserver-ee", "sqlserver-web", "db2-ae")
ENGINES = (*RDS, "aurora-postgresql", "aurora-mysql", "dsql")
BYOL = {"rds.ibm_customer_id": "1", "rds.ibm_site_id": "2"}
PATTERNS = tuple(pattern.name for pattern in load_catalog().patterns["database"])
CASES = tuple(
    (pattern.name, name)
    for pattern in load_catalog().patterns["database"]
    for name in ENGINES
    if pattern.exists_for(name)
)


def first_engine(pattern: str) -> str:
    return next(name for case, name in CASES if case == pattern)


def sites_of(layout: str = "per_region", *, recovery: str | None = RECOVERY) -> Sites:
    app = engine.Testing.app()
    if layout == "per_region":
        return Sites.per_region(app, "shop", primary=PRIMARY, recovery=recovery)
    return Sites.in_one_stack(TerraformStack(app, "shop"), "shop", primary=PRIMARY, recovery=recovery)


def build(pattern: str | None = None, name: str | None = None, layout: str = "per_region", **options: Any) -> Database:
    name = name or first_engine(pattern or "automated_backups")
    options.setdefault("objective", ANYTHING)
    if name != "dsql":
        options.setdefault("network", NETWORK)
    if name.startswith("db2"):
        options.setdefault("parameters", BYOL)
    recovery = options.pop("recovery", RECOVERY)
    return Database(sites_of(layout, recovery=recovery), "ledger", engine=name, pattern=pattern, **options)  # type: ignore[arg-type]


def stacks_of(database: Database) -> dict[str, dict[str, Any]]:
    sites = database.sites
    places = (sites.primary, sites.recovery, sites.global_)
    stacks = {site.stack.node.id: site.stack for site in places if site is not None}
    return {name.removeprefix("shop-"): json.loads(engine.Testing.synth(stack)) for name, stack in stacks.items()}


@cache
def _written(pattern: str | None, name: str, layout: str) -> str:
    return json.dumps(stacks_of(build(pattern, name, layout)))


def made(
    pattern: str | None = None, name: str | None = None, layout: str = "per_region", **options: Any
) -> dict[str, dict[str, Any]]:
    """Return the stacks of a database; one without options is built once for all tests, and read anew for each."""
    if options:
        return stacks_of(build(pattern, name, layout, **options))
    name = name or first_engine(pattern or "automated_backups")
    found: dict[str, dict[str, Any]] = json.loads(_written(pattern, name, layout))
    return found


def only(configuration: Mapping[str, Any], kind: str) -> dict[str, Any]:
    (resource,) = configuration["resource"][kind].values()
    found: dict[str, Any] = resource
    return found


def parameters_of(group: Mapping[str, Any]) -> dict[str, str]:
    return {item["name"]: item["value"] for item in group["parameter"]}


def regions(configuration: Mapping[str, Any]) -> set[str]:
    return {provider["region"] for provider in configuration["provider"]["aws"]}


# ---------------------------------------------------------------- every pattern


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_regional_stacks_touch_their_own_region_only(pattern: str) -> None:
    stacks = made(pattern)
    assert regions(stacks["primary"]) == {PRIMARY}
    assert regions(stacks["recovery"]) == {RECOVERY}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_no_regional_stack_takes_a_value_from_another_state(pattern: str) -> None:
    stacks = made(pattern)
    for role in ("primary", "recovery"):
        assert "terraform_remote_state" not in stacks[role].get("data", {})


@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_holds_data_is_protected_and_encrypted_with_the_key_of_its_region(pattern: str) -> None:
    held = 0
    for configuration in made(pattern).values():
        for kind in ("aws_db_instance", "aws_rds_cluster"):
            for resource in configuration.get("resource", {}).get(kind, {}).values():
                held += 1
                assert resource["deletion_protection"] is True
                assert resource["lifecycle"]["prevent_destroy"] is True
                assert resource["storage_encrypted"] is True
                assert "RecoveryKey" in resource["kms_key_id"]
                assert resource["backup_retention_period"] == 35
                assert resource["copy_tags_to_snapshot"] is True
                assert resource["delete_automated_backups"] is False
        for resource in configuration.get("resource", {}).get("aws_dsql_cluster", {}).values():
            held += 1
            assert resource["deletion_protection_enabled"] is True
            assert resource["lifecycle"]["prevent_destroy"] is True
            assert "RecoveryKey" in resource["kms_encryption_key"]
    assert held


@pytest.mark.parametrize("pattern", PATTERNS)
def test_no_password_is_written_anywhere(pattern: str) -> None:
    """A password is managed by RDS, or passes through write-only arguments alone."""
    for configuration in made(pattern).values():
        for kind in ("aws_db_instance", "aws_rds_cluster"):
            for resource in configuration.get("resource", {}).get(kind, {}).values():
                assert not {"password", "master_password"} & resource.keys()
        for version in configuration.get("resource", {}).get("aws_secretsmanager_secret_version", {}).values():
            assert "secret_string" not in version


@pytest.mark.parametrize("pattern", PATTERNS)
def test_everything_taggable_carries_the_recovery_tags(pattern: str) -> None:
    untaggable = ("_replication", "_peering", "_attachment", "_version", "_alias", "_selection", "_policy")
    for configuration in made(pattern).values():
        for kind, resources in configuration.get("resource", {}).items():
            if not kind.endswith(untaggable):
                for resource in resources.values():
                    assert resource["tags"]["recovery:workload"] == "shop", kind


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Every pattern with every engine, and restores of them, in one stack and in the three of `per_region`."""
    configurations = {}
    for layout in ("per_region", "in_one_stack"):
        directory = tmp_path_factory.mktemp(layout)
        app = App(outdir=str(directory))
        if layout == "per_region":
            sites = Sites.per_region(app, "shop", primary=PRIMARY, recovery=RECOVERY)
        else:
            sites = Sites.in_one_stack(TerraformStack(app, "all"), "shop", primary=PRIMARY, recovery=RECOVERY)
        for pattern, name in CASES:
            build_with_restores(sites, pattern, name)
        for pattern in ("aurora_backup_copy", "global_database", "global_database_headless"):
            build_with_restores(sites, pattern, "aurora-mysql", "acu-", usage=SERVERLESS)
        app.synth()
        for path in (directory / "stacks").glob("*/cdk.tf.json"):
            configurations[f"{layout}/{path.parent.name}"] = json.loads(path.read_text(encoding="utf-8"))
    return configurations


def build_with_restores(sites: Sites, pattern: str, name: str, prefix: str = "", **options: Any) -> None:
    if name != "dsql":
        options["network"] = NETWORK
    if name.startswith("db2"):
        options["parameters"] = BYOL
    id_ = f"{prefix}{pattern}-{name}".replace("_", "-")
    database = Database(sites, id_, engine=name, objective=ANYTHING, pattern=pattern, **options)  # type: ignore[arg-type]
    if name not in ("postgres", "aurora-mysql"):
        return
    RestoredDatabase(sites, f"restored-{id_}", source=database, identifier=f"restored-{id_}")
    if database.recovery_main is not None:
        RestoredDatabase(
            sites,
            f"there-{id_}",
            source=database,
            identifier=f"there-{id_}",
            restore_time="2026-11-23T09:41:00Z",
            in_recovery_region=True,
        )


def test_every_argument_exists_in_both_providers(everything: dict[str, dict[str, Any]]) -> None:
    assert len(everything) == 4
    for configuration in everything.values():
        for provider in ("5.100.0", "6.25.0"):
            assert unknown_in(configuration, provider) == []
        # The extract has no ephemeral resources; `terraform validate` below checks what refers to them.
        regular = json.loads(json.dumps(configuration).replace("ephemeral.aws_", "ephemeral_"))
        assert unknown_references(regular) == []


@pytest.mark.terraform
def test_terraform_accepts_every_pattern(everything: dict[str, dict[str, Any]]) -> None:
    found = terraform_validate(everything)
    assert [f"{name}: {item}" for name, items in found.items() for item in items] == []


# ---------------------------------------------------------------- RDS instances


@pytest.mark.parametrize(("pattern", "standby"), [("automated_backups", False), ("multi_az_instance", True)])
def test_a_standby_is_built_where_the_pattern_has_one(pattern: str, standby: bool) -> None:
    assert only(made(pattern)["primary"], "aws_db_instance")["multi_az"] is standby


@pytest.mark.parametrize(
    ("name", "parameter", "value"),
    [
        ("postgres", "rds.force_ssl", "1"),
        ("sqlserver-ee", "rds.force_ssl", "1"),
        ("mysql", "require_secure_transport", "1"),
        ("mariadb", "require_secure_transport", "1"),
        ("db2-ae", "db2comm", "SSL"),
    ],
)
def test_callers_must_encrypt_in_transit(name: str, parameter: str, value: str) -> None:
    group = only(made("automated_backups", name)["primary"], "aws_db_parameter_group")
    assert parameters_of(group)[parameter] == value


def test_oracle_encrypts_in_transit_by_an_option_group() -> None:
    group = only(made("automated_backups", "oracle-ee")["primary"], "aws_db_option_group")
    (option,) = group["option"]
    assert option["option_name"] == "NATIVE_NETWORK_ENCRYPTION"
    assert {"name": "SQLNET.ENCRYPTION_SERVER", "value": "REQUIRED"} in option["option_settings"]


@pytest.mark.parametrize(
    ("name", "version", "family"),
    [
        ("postgres", "16.4", "postgres16"),
        ("mysql", "8.0.39", "mysql8.0"),
        ("mariadb", "10.11", "mariadb10.11"),
        ("oracle-ee", "19.0.0.0.ru-2024-10.rur-2024-10.r1", "oracle-ee-19"),
        ("sqlserver-se", "15.00.4385.2.v1", "sqlserver-se-15.0"),
        ("db2-ae", "11.5.9.0.sb00063198.r1", "db2-ae-11.5"),
        ("aurora-mysql", "8.0.mysql_aurora.3.08.0", "aurora-mysql8.0"),
        ("aurora-postgresql", "16.4", "aurora-postgresql16"),
    ],
)
def test_the_parameter_group_family_follows_from_the_version(name: str, version: str, family: str) -> None:
    database = build(None, name, engine_version=version)
    assert database.settings is not None
    assert database.settings.family == family


def test_the_password_of_an_instance_is_managed_by_rds() -> None:
    instance = only(made("automated_backups")["primary"], "aws_db_instance")
    assert instance["manage_master_user_password"] is True
    assert "RecoveryKey" in instance["master_user_secret_kms_key_id"]


@pytest.mark.parametrize("pattern", ["multi_az_read_replica", "global_database"])
def test_a_password_that_aws_cannot_manage_is_made_and_read_back_by_ephemeral_resources(pattern: str) -> None:
    configuration = made(pattern)["primary"]
    ((label, password),) = configuration["ephemeral"]["aws_secretsmanager_random_password"].items()
    ((read_label, read),) = configuration["ephemeral"]["aws_secretsmanager_secret_version"].items()
    version = only(configuration, "aws_secretsmanager_secret_version")
    kind, prefix = ("aws_rds_cluster", "master_") if pattern == "global_database" else ("aws_db_instance", "")
    database = only(configuration, kind)
    assert password["password_length"] >= 20
    assert f"aws_secretsmanager_random_password.{label}.random_password" in version["secret_string_wo"]
    assert read["secret_id"].startswith("${aws_secretsmanager_secret_version.")
    assert f"aws_secretsmanager_secret_version.{read_label}.secret_string" in database[f"{prefix}password_wo"]
    assert "manage_master_user_password" not in database


def test_the_password_of_what_is_taken_over_is_not_written() -> None:
    """An import reads no version of it, so Terraform would write another, and lock out who knows the one there."""
    instance = only(made("multi_az_read_replica", adopted="theirs")["primary"], "aws_db_instance")
    assert "password_wo_version" in instance["lifecycle"]["ignore_changes"]
    ours = only(made("multi_az_read_replica")["primary"], "aws_db_instance")
    assert "password_wo_version" not in ours["lifecycle"]["ignore_changes"]


@pytest.mark.parametrize("options", [{}, {"adopted": "theirs"}])
@pytest.mark.parametrize("pattern", ["automated_backups", "aurora_multi_az", "multi_az_cluster"])
def test_a_database_may_have_a_password_that_rds_does_not_manage_yet(pattern: str, options: dict[str, Any]) -> None:
    """One that was taken over, or was the source of a replica: the plan that hands it over needs no secret."""
    output = made(pattern, **options)["primary"]["output"]
    (value,) = (item["value"] for name, item in output.items() if name.endswith("secret-arn"))
    assert value.startswith("${one(")
    assert value.endswith(".master_user_secret[*].secret_arn)}")


def test_ephemeral_resources_take_the_provider_of_their_region() -> None:
    """In a stack of two Regions the default provider may be another Region's."""
    app = engine.Testing.app()
    stack = TerraformStack(app, "both")
    Sites.in_one_stack(engine.Construct(stack, "first"), "first", primary="us-east-1", recovery=None)
    sites = Sites.in_one_stack(engine.Construct(stack, "second"), "second", primary=PRIMARY, recovery=RECOVERY)
    Database(sites, "ledger", engine="postgres", network=NETWORK, objective=ANYTHING, pattern="read_replica")
    configuration = json.loads(engine.Testing.synth(stack))
    for blocks in configuration["ephemeral"].values():
        assert [block["provider"] for block in blocks.values()] == ["aws.eu_west_1"]


def test_storage_is_as_large_as_the_data_and_may_double() -> None:
    instance = only(made(usage=Usage(size_gb=300))["primary"], "aws_db_instance")
    assert (instance["allocated_storage"], instance["max_allocated_storage"]) == (300, 600)


@pytest.mark.parametrize(("size", "ceiling"), [(50_000, 65_536), (59_578, 65_536), (59_579, None), (65_536, None)])
def test_storage_near_the_most_there_is_grows_only_where_rds_admits_a_ceiling(size: int, ceiling: int | None) -> None:
    """RDS refuses a ceiling that is less than 10 % above the storage."""
    instance = only(made(storage_gb=size)["primary"], "aws_db_instance")
    assert instance.get("max_allocated_storage") == ceiling


def test_the_size_given_for_the_storage_is_the_size_that_is_assessed() -> None:
    assert build(storage_gb=700).decision.assessment.component.size_gb == 700


def test_storage_that_is_more_than_the_data_is_on_the_bill() -> None:
    decision = build(storage_gb=700, usage=Usage(size_gb=100)).decision
    billed = {line.what: line.amount for line in monthly_cost(decision.component, decision.usage).lines}

    assert billed["storage of the instance"] == 700
    assert decision.component.size_gb == 100
    assert Decision.from_data(decision.as_data()).usage == decision.usage
    # What nobody says is not written: the stacks of everybody else stay as they are.
    assert "storage_gb" not in build(storage_gb=700).decision.as_data()["usage"]


def test_the_default_class_of_every_engine_has_a_price() -> None:
    """What is built and what is billed by default are the same class."""
    for item in load_engines().values():
        assert (
            not load_prices().instance_hour(item.name, item.instance_class, "us-east-1").dimension.endswith("multi_az")
        )
        assert not (load_prices().instance_hour(item.name, item.instance_class, "us-east-1").note or "").count(
            "stands in"
        )


def test_there_are_facts_about_every_engine_that_has_prices() -> None:
    assert set(load_prices().engines) == set(load_engines())


def test_replicated_backups_are_started_in_the_recovery_region_from_a_computed_arn() -> None:
    replication = only(made("replicated_backups")["recovery"], "aws_db_instance_automated_backups_replication")
    assert replication["source_db_instance_arn"] == (
        f"arn:aws:rds:{PRIMARY}:${{data.aws_caller_identity.RecoveryAccount.account_id}}:db:shop-ledger"
    )
    assert replication["retention_period"] == 35
    assert "RecoveryKey" in replication["kms_key_id"]


def test_a_copy_that_runs_nothing_still_gets_the_groups_a_restore_needs() -> None:
    recovery = made("replicated_backups")["recovery"]
    assert only(recovery, "aws_db_subnet_group")["subnet_ids"] == ["subnet-4", "subnet-5", "subnet-6"]
    assert only(recovery, "aws_db_parameter_group")["family"] == "postgres16"


def test_replicated_backups_do_not_need_a_network_in_the_recovery_region() -> None:
    recovery = made("replicated_backups", network=ONE_REGION)["recovery"]
    assert "aws_db_subnet_group" not in recovery["resource"]


@pytest.mark.parametrize(("name", "kind"), [("postgres", "aws_db_instance"), ("aurora-mysql", "aws_rds_cluster")])
def test_backups_are_kept_as_long_as_damage_may_go_unnoticed_unless_the_caller_says(name: str, kind: str) -> None:
    late = Objective(software=Target("30d", "30d"), assumptions=Assumptions(unnoticed_time="10d"))

    def kept(**options: Any) -> object:
        return only(made(name=name, recovery=None, **options)["primary"], kind)["backup_retention_period"]

    assert kept() == 35
    assert kept(objective=late) == 10
    assert kept(objective=late, backup_retention_days=14) == 14
    with pytest.raises(InfeasibleError, match="kept for 7 d, and damage that goes unnoticed for 10d needs 10 d"):
        kept(objective=late, backup_retention_days=7)


def test_what_the_caller_keeps_is_what_is_billed() -> None:
    cost = [build(name="postgres", backup_retention_days=days).decision.choice.chosen.cost.usd for days in (1, 35)]
    assert cost[0] < cost[1]


@pytest.mark.parametrize("asked", [False, True])
def test_a_replica_has_backups_of_its_own_and_a_standby_where_it_is_asked_for(asked: bool) -> None:
    replica = only(made("read_replica", recovery_standby=asked)["recovery"], "aws_db_instance")
    assert replica["replicate_source_db"].startswith(f"arn:aws:rds:{PRIMARY}:")
    assert replica["multi_az"] is asked
    assert replica["backup_retention_period"] == 35
    assert replica["vpc_security_group_ids"] == ["sg-2"]
    assert "replicate_source_db" in replica["lifecycle"]["ignore_changes"], "a promotion must not be undone"
    assert not {"engine", "username", "allocated_storage", "manage_master_user_password"} & replica.keys()


def test_a_replica_of_sql_server_has_neither_for_aws_refuses_both() -> None:
    with pytest.raises(InfeasibleError, match="a read replica of sqlserver-ee can have no standby"):
        build("read_replica", "sqlserver-ee", recovery_standby=True)
    replica = only(made("read_replica", "sqlserver-ee")["recovery"], "aws_db_instance")
    assert replica["multi_az"] is False
    assert "backup_retention_period" not in replica


@pytest.mark.parametrize("version", ["12.00.6449.1", "14.00.3223.3"])
def test_a_version_of_which_rds_makes_no_replica_elsewhere_is_refused(version: str) -> None:
    build("read_replica", "sqlserver-ee", engine_version="14.00")
    with pytest.raises(ConfigurationError, match=r"replicas in another Region of sqlserver-ee 13.00.6300.2 and higher"):
        build("read_replica", "sqlserver-ee", engine_version=version)
    build("replicated_backups", "sqlserver-ee", engine_version=version)


def test_a_tag_that_rds_keeps_to_itself_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="AWS keeps keys that start with rds: to itself"):
        build("multi_az_instance", tags={"rds:owner": "team"})


def test_a_replica_of_oracle_is_mounted_and_needs_no_further_license() -> None:
    assert only(made("read_replica", "oracle-ee")["recovery"], "aws_db_instance")["replica_mode"] == "mounted"


def test_the_lag_of_a_replica_rings_in_its_own_region_while_there_is_time_to_act() -> None:
    database = build("multi_az_read_replica", objective=Objective(rto="4h", rpo="20m"))
    stacks = stacks_of(database)
    alarms = {
        alarm["alarm_name"]: alarm for alarm in stacks["recovery"]["resource"]["aws_cloudwatch_metric_alarm"].values()
    }
    lag = alarms["shop-ledger-recovery-replica-lag"]
    assert (lag["metric_name"], lag["threshold"]) == ("ReplicaLag", 600)
    # Once it is promoted RDS publishes no lag: that is told once, and does not ring for ever.
    assert (lag["treat_missing_data"], lag["insufficient_data_actions"]) == ("missing", lag["alarm_actions"])
    stopped = alarms["shop-ledger-recovery-replication-stopped"]
    assert (stopped["comparison_operator"], stopped["threshold"]) == ("LessThanThreshold", 0)
    assert "aws_cloudwatch_metric_alarm" not in stacks["primary"]["resource"]


def test_within_one_stack_the_replica_waits_for_its_source() -> None:
    (configuration,) = made("read_replica", layout="in_one_stack").values()
    replica = next(
        item for item in configuration["resource"]["aws_db_instance"].values() if "replicate_source_db" in item
    )
    assert replica["depends_on"] == ["aws_db_instance.ledger"]


def test_events_of_the_database_go_to_the_topic_of_its_region() -> None:
    subscription = only(made("multi_az_instance")["primary"], "aws_db_event_subscription")
    assert subscription["source_ids"] == ["${aws_db_instance.ledger.identifier}"]
    assert {"failover", "failure", "availability"} <= set(subscription["event_categories"])
    assert "aws_sns_topic" in subscription["sns_topic"]


# ---------------------------------------------------------------- clusters


def test_a_multi_az_cluster_has_a_class_and_storage_that_aws_accepts() -> None:
    cluster = only(made("multi_az_cluster")["primary"], "aws_rds_cluster")
    assert cluster["engine"] == "postgres"
    assert cluster["db_cluster_instance_class"] == "db.m5d.large"
    assert (cluster["storage_type"], cluster["allocated_storage"], cluster["iops"]) == ("gp3", 400, 12000)


@pytest.mark.parametrize(("pattern", "count"), [("aurora", 1), ("aurora_multi_az", 2)])
def test_aurora_has_a_reader_where_the_pattern_has_one(pattern: str, count: int) -> None:
    assert len(made(pattern)["primary"]["resource"]["aws_rds_cluster_instance"]) == count


def classes_and_capacity(stack: Mapping[str, Any]) -> tuple[list[str], object]:
    cluster = only(stack, "aws_rds_cluster")
    instances = stack["resource"].get("aws_rds_cluster_instance", {}).values()
    return [item["instance_class"] for item in instances], cluster.get("serverlessv2_scaling_configuration")


@pytest.mark.parametrize(
    ("pattern", "usage", "rto", "here", "there"),
    [
        (
            "global_database", SERVERLESS, "30d",
            (["db.serverless"], {"min_capacity": 8, "max_capacity": 16}),
            (["db.serverless"], {"min_capacity": 2, "max_capacity": 16}),
        ),
        (
            "global_database", Usage(average_acus=1, most_acus=16), "37m",
            (["db.r5.xlarge"], None),
            (["db.serverless"], {"min_capacity": 2, "max_capacity": 16}),
        ),
        (
            "global_database", Usage(average_acus="0.5", most_acus=16, least_acus="0.5"), "27m",
            (["db.serverless"], {"min_capacity": 0.5, "max_capacity": 16}),
            (["db.r5.xlarge"], None),
        ),
        (
            "global_database_headless", SERVERLESS, "30d",
            (["db.serverless"], {"min_capacity": 8, "max_capacity": 16}),
            ([], {"min_capacity": 2, "max_capacity": 16}),
        ),
    ],
)  # fmt: skip
def test_each_side_of_a_global_database_is_serverless_where_that_was_chosen(
    pattern: str, usage: Usage, rto: str, here: object, there: object
) -> None:
    """A cluster has a range of capacity, which AWS asks for, only where it is serverless."""
    stacks = made(pattern, usage=usage, objective=Objective(region=Target(rto, "1m")))
    assert (classes_and_capacity(stacks["primary"]), classes_and_capacity(stacks["recovery"])) == (here, there)


def test_a_reader_of_a_serverless_cluster_scales_with_the_writer() -> None:
    """Of promotion tier 0 or 1 it always has what it takes to take over."""
    resources = made("aurora_multi_az", usage=SERVERLESS)["primary"]["resource"]
    members = resources["aws_rds_cluster_instance"].values()
    assert [(item["instance_class"], item["promotion_tier"]) for item in members] == [("db.serverless", 0)] * 2


def test_a_serverless_cluster_is_restored_as_one() -> None:
    source = build("aurora", usage=SERVERLESS)
    made = RestoredDatabase(source.sites, "restored", source=source, identifier="shop-ledger-restored")
    assert made.restored.arguments["serverlessv2_scaling_configuration"] == {"min_capacity": 2, "max_capacity": 16}
    assert {item.arguments["instance_class"] for item in made.instances} == {"db.serverless"}
    other = RestoredDatabase(
        source.sites, "larger", source=source, identifier="shop-ledger-larger", instance_class="db.r6g.large"
    )
    assert "serverlessv2_scaling_configuration" not in other.restored.arguments


@pytest.mark.parametrize(("zone", "instances"), [("15m", 1), ("14m", 2)])
def test_a_global_database_has_a_reader_beside_its_writer_only_where_the_objective_needs_one(
    zone: str, instances: int
) -> None:
    """Without one, Aurora makes a new writer when a zone is lost; planned at 15 min."""
    built = build("global_database", objective=Objective(region=Target("1h", "1m"), zone=Target(zone, "0")))
    assert len(stacks_of(built)["primary"]["resource"]["aws_rds_cluster_instance"]) == instances


@pytest.mark.parametrize(
    ("pattern", "asked", "count"),
    [("global_database", False, 1), ("global_database", True, 2), ("global_database_headless", False, 0)],
)
def test_the_secondary_of_a_global_database_joins_by_name_and_has_no_master_user(
    pattern: str, asked: bool, count: int
) -> None:
    stacks = made(pattern, recovery_standby=asked)
    secondary = only(stacks["recovery"], "aws_rds_cluster")
    assert secondary["global_cluster_identifier"] == "shop-ledger"
    assert only(stacks["primary"], "aws_rds_global_cluster")["global_cluster_identifier"] == "shop-ledger"
    assert not {"master_username", "database_name", "manage_master_user_password"} & secondary.keys()
    assert len(stacks["recovery"]["resource"].get("aws_rds_cluster_instance", {})) == count


def test_versions_of_secondary_and_instances_are_those_of_the_clusters_they_follow() -> None:
    """Of a major version RDS takes the default of the day, which a cluster that runs need not have any more."""
    together = made("global_database", layout="in_one_stack")["shop"]["resource"]
    apart = made("global_database")
    (secondary,) = [one for one in together["aws_rds_cluster"].values() if "global_cluster_identifier" in one]
    assert secondary["engine_version"] == "${aws_rds_cluster.ledger.engine_version_actual}"
    # Another stack cannot read it: whoever builds beside a cluster that runs names its version (docs/database.md).
    assert only(apart["recovery"], "aws_rds_cluster")["engine_version"] == "16"
    for stack in (together, apart["primary"]["resource"], apart["recovery"]["resource"]):
        assert all("engine_version" not in one for one in stack["aws_rds_cluster_instance"].values())


def test_a_global_database_is_made_around_the_primary_cluster_so_that_one_which_runs_joins_it() -> None:
    """Its `global_cluster_identifier` is ignored, as a failover changes it: naming the global database does nothing."""
    for layout in ("per_region", "in_one_stack"):
        stacks = made("global_database", layout=layout)
        for stack in stacks.values():
            for holder in stack.get("resource", {}).get("aws_rds_global_cluster", {}).values():
                assert holder["source_db_cluster_identifier"] == "${aws_rds_cluster.ledger.arn}"
                assert holder["lifecycle"]["ignore_changes"] == ["source_db_cluster_identifier"]
                # AWS takes none of them beside a source.
                assert not {"engine", "engine_version", "storage_encrypted", "database_name"} & holder.keys()


def test_a_failover_of_a_global_database_is_not_undone_by_the_next_plan() -> None:
    stacks = made("global_database")
    for role in ("primary", "recovery"):
        ignored = only(stacks[role], "aws_rds_cluster")["lifecycle"]["ignore_changes"]
        assert {"replication_source_identifier", "global_cluster_identifier"} <= set(ignored)


def test_the_enforced_rpo_is_on_the_primary_side_alone() -> None:
    """On the secondary it would block every commit after a failover, with no secondary left."""
    stacks = made("global_database_enforced_rpo")
    assert parameters_of(only(stacks["primary"], "aws_rds_cluster_parameter_group"))["rds.global_db_rpo"] == "60"
    assert "rds.global_db_rpo" not in parameters_of(only(stacks["recovery"], "aws_rds_cluster_parameter_group"))


@pytest.mark.parametrize("role", ["primary", "recovery"])
def test_the_lag_of_a_global_database_is_watched_on_both_sides_in_milliseconds(role: str) -> None:
    """Aurora publishes it in secondary Regions only, and a failover turns the roles round."""
    database = build("global_database", objective=Objective(rto="1h", rpo="1m"))
    alarms = stacks_of(database)[role]["resource"]["aws_cloudwatch_metric_alarm"].values()
    (alarm,) = (item for item in alarms if item["metric_name"] == "AuroraGlobalDBRPOLag")
    assert alarm["threshold"] == 15_000
    assert alarm["dimensions"] == {"DBClusterIdentifier": "${aws_rds_cluster.ledger.cluster_identifier}"}
    assert (alarm["treat_missing_data"], alarm["insufficient_data_actions"]) == ("missing", alarm["alarm_actions"])


@pytest.mark.parametrize(
    ("pattern", "metric", "most"),
    [("aurora_multi_az", "AuroraReplicaLagMaximum", 60_000), ("multi_az_cluster", "ReplicaLag", 120)],
)
def test_the_lag_of_a_reader_rings_before_the_engine_acts_itself(pattern: str, metric: str, most: int) -> None:
    """Aurora restarts a reader that is 60 s behind, and flow control holds the writer of a Multi-AZ DB cluster back."""
    alarms = made(pattern)["primary"]["resource"]["aws_cloudwatch_metric_alarm"].values()
    lags = [item["threshold"] for item in alarms if item["metric_name"] == metric]
    assert lags
    assert all(0 < lag <= most / 2 for lag in lags)


def test_backups_that_succeed_are_not_told() -> None:
    """A mail each day teaches people to read none."""
    for pattern in ("multi_az_instance", "multi_az_read_replica"):
        for stack in made(pattern).values():
            for subscription in stack.get("resource", {}).get("aws_db_event_subscription", {}).values():
                assert "backup" not in subscription["event_categories"]


def test_backtrack_is_given_in_seconds() -> None:
    cluster = only(made("aurora", "aurora-mysql", backtrack_hours=24)["primary"], "aws_rds_cluster")
    assert cluster["backtrack_window"] == 86_400


def test_backtrack_rules_a_global_database_out() -> None:
    with pytest.raises(InfeasibleError, match="Backtrack"):
        build("global_database", "aurora-mysql", backtrack_hours=24)


# ---------------------------------------------------------------- DSQL, AWS Backup


def test_both_regions_of_dsql_name_the_witness_and_the_global_stack_peers_them() -> None:
    stacks = made("dsql_multi_region", third_region="eu-west-3")
    for role in ("primary", "recovery"):
        assert only(stacks[role], "aws_dsql_cluster")["multi_region_properties"] == [{"witness_region": "eu-west-3"}]
    peerings = stacks["global"]["resource"]["aws_dsql_cluster_peering"].values()
    assert {peering["provider"] for peering in peerings} == {"aws.eu_west_1", "aws.eu_west_2"}
    assert {peering["witness_region"] for peering in peerings} == {"eu-west-3"}


def test_a_witness_is_a_region_of_its_own() -> None:
    with pytest.raises(ConfigurationError, match="a Region cannot stand in for itself"):
        build("dsql_multi_region", third_region=PRIMARY)


@pytest.mark.parametrize("layout", ["per_region", "in_one_stack"])
def test_both_regions_of_dsql_back_their_own_cluster_up_since_a_backup_of_one_is_none_of_the_other(layout: str) -> None:
    database = build("dsql_multi_region", layout=layout, third_region="eu-west-3")
    assert database.backup is not None
    stacks = stacks_of(database)
    both = {role: list(stack["resource"].get("aws_backup_plan", {}).values()) for role, stack in stacks.items()}
    rules = [rule for plans in both.values() for plan in plans for rule in plan["rule"]]
    assert len(rules) == 2
    assert rules[0]["schedule"] == rules[1]["schedule"]
    if layout == "per_region":
        assert len(both["primary"]) == len(both["recovery"]) == 1
        assert "aws_iam_role" not in stacks["recovery"]["resource"]
        selection = only(stacks["global"], "aws_backup_selection")
        assert selection["provider"] == f"aws.{RECOVERY.replace('-', '_')}"
        assert selection["resources"] == ["${aws_dsql_cluster.ledger.arn}"]
        alarms = stacks["recovery"]["resource"]["aws_cloudwatch_metric_alarm"].values()
        assert {item["namespace"] for item in alarms if "backup" in item["alarm_name"]} == {"AWS/Backup"}


def test_dsql_in_one_region_has_backups_and_no_witness() -> None:
    database = build("dsql")
    assert database.backup is not None
    assert "multi_region_properties" not in only(stacks_of(database)["primary"], "aws_dsql_cluster")


@pytest.mark.parametrize("pattern", ["backup_copy", "aurora_backup_copy"])
def test_aws_backup_copies_to_the_recovery_region_and_keeps_out_of_the_windows(pattern: str) -> None:
    database = build(pattern)
    stacks = stacks_of(database)
    assert only(stacks["recovery"], "aws_backup_vault")["name"]
    assert database.settings is not None
    assert database.settings.backup_window == "01:15-01:45"
    assert database.settings.maintenance_window == "sun:05:15-sun:05:45"


def test_a_window_of_the_callers_own_is_kept_and_the_other_chosen() -> None:
    database = build("backup_copy", backup_window="22:00-22:30")
    assert database.settings is not None
    assert (database.settings.backup_window, database.settings.maintenance_window) == (
        "22:00-22:30",
        "sun:05:15-sun:05:45",
    )


def test_without_aws_backup_the_windows_are_left_to_aws() -> None:
    instance = only(made("multi_az_instance")["primary"], "aws_db_instance")
    assert not {"backup_window", "maintenance_window"} & instance.keys()


@pytest.mark.parametrize("hour", [0, 1, 3, 22, 23])
def test_the_windows_follow_the_hour_of_the_backup(hour: int) -> None:
    database = build("backup_copy", backup_hour=hour)
    assert database.settings is not None
    assert database.settings.backup_window == f"{(hour - 2) % 24:02}:15-{(hour - 2) % 24:02}:45"
    assert database.backup is not None
    assert f" {hour} " in database.backup.planned.schedule


def shut(window: str) -> set[int]:
    """The minutes of a day or of a week in which RDS lets AWS Backup start no job, by AWS's own description."""
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    first, last = (
        days.index(text[:-6] or "mon") * 1440 + int(text[-5:-3]) * 60 + int(text[-2:]) for text in window.split("-")
    )
    around = 7 * 1440 if window[0].isalpha() else 1440
    return {minute % around for minute in range(first - 60, first + (last - first) % around)}


@pytest.mark.parametrize("hour", [0, 3, 11, 23])
@pytest.mark.parametrize("hours", [168, 24, 12, 8, 6, 4, 3])
def test_the_windows_chosen_leave_every_run_its_start_window(hours: int, hour: int) -> None:
    runs = BackupRuns(hour=hour, interval_seconds=hours * 3600, start_window_seconds=3600)
    backup, maintenance = runs.windows(None, None)
    assert backup is not None
    assert maintenance is not None
    begins = range(6 * 1440 + hour * 60, 13 * 1440 + hour * 60, hours * 60)
    jobs = {(begin + late) % (7 * 1440) for begin in begins for late in range(60)}
    assert not jobs & shut(maintenance)
    assert not {minute % 1440 for minute in jobs} & shut(backup)


@pytest.mark.parametrize(("hours", "most"), [(2, 0), (1, 8)])
def test_where_runs_are_too_close_never_two_in_a_row_are_missed(hours: int, most: int) -> None:
    """Every hour, one run a day falls to the backup window, and one a week to the maintenance window."""
    runs = BackupRuns(hour=3, interval_seconds=hours * 3600, start_window_seconds=3600)
    backup, maintenance = runs.windows(None, None)
    assert backup is not None
    assert maintenance is not None
    begins = [begin % (7 * 1440) for begin in range(180, 180 + 7 * 1440, hours * 60)]
    missed = [begin in shut(maintenance) or begin % 1440 in shut(backup) for begin in begins]
    assert sum(missed) <= most
    assert not any(one and other for one, other in zip(missed, [*missed[1:], missed[0]], strict=True))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"backup_window": "03:30-04:00"}, "backup_window is 03:30-04:00, but AWS Backup runs"),
        ({"backup_window": "02:45-03:15"}, "through 03:00 UTC"),
        ({"backup_window": "04:30-05:00"}, "may start 60 minutes later"),
        ({"maintenance_window": "sun:03:30-sun:04:00"}, "in the 60 minutes before it"),
        ({"maintenance_window": "sun:06:00-sun:06:30", "backup_hour": 5}, "maintenance_window is sun:06:00-sun:06:30"),
        ({"backup_hour": 24}, "the hour of the backup is 24"),
        ({"backup_hour": "3"}, "the hour of the backup is '3'"),
    ],
)
def test_a_window_in_which_rds_refuses_the_backups_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        build("backup_copy", objective=Objective(region=Target("2d", "2d")), **options)
    assert message in str(caught.value)


def test_the_windows_of_aurora_do_not_disturb_aws_backup() -> None:
    database = build("aurora_backup_copy", backup_window="03:30-04:00")
    assert database.settings is not None
    assert database.settings.backup_window == "03:30-04:00"


# ---------------------------------------------------------------- Performance Insights, classes


@pytest.mark.parametrize(
    ("name", "instance_class", "on"),
    [
        ("mysql", "db.t4g.micro", False),
        ("mariadb", "db.t3.small", False),
        ("mysql", "db.t4g.medium", True),
        ("postgres", "db.t4g.micro", True),
        ("aurora-mysql", "db.t3.medium", False),
        ("aurora-mysql", "db.t4g.medium", True),
        ("aurora-postgresql", "db.t3.medium", True),
    ],
)
def test_performance_insights_is_on_where_the_class_has_it(name: str, instance_class: str, on: bool) -> None:
    resources = made(None, name, instance_class=instance_class)["primary"]["resource"]
    kind = "aws_rds_cluster_instance" if name.startswith("aurora") else "aws_db_instance"
    for instance in resources[kind].values():
        assert instance["performance_insights_enabled"] is on
        assert ("performance_insights_kms_key_id" in instance) is on
        assert ("performance_insights_retention_period" in instance) is on


@pytest.mark.parametrize("pattern", ["automated_backups", "multi_az_cluster", "aurora_multi_az"])
def test_performance_insights_can_be_left_out(pattern: str) -> None:
    resources = made(pattern, performance_insights=False)["primary"]["resource"]
    parts = [
        part
        for kind in ("aws_db_instance", "aws_rds_cluster", "aws_rds_cluster_instance")
        for part in resources.get(kind, {}).values()
        if "performance_insights_enabled" in part
    ]
    assert parts
    for part in parts:
        assert part["performance_insights_enabled"] is False
        assert "performance_insights_kms_key_id" not in part


@pytest.mark.parametrize(
    ("name", "instance_class", "because"),
    [
        ("aurora-postgresql", "db.m5.large", "Aurora has memory-optimized"),
        ("aurora-mysql", "db.t3.micro", "Aurora has memory-optimized"),
        ("sqlserver-ee", "db.r6g.large", "does not run on Graviton"),
        ("sqlserver-se", "db.x2g.xlarge", "does not run on Graviton"),
        ("oracle-se2", "db.m6g.large", "does not run on Graviton"),
        ("oracle-ee", "db.m6gd.large", "does not run on Graviton"),
        ("db2-se", "db.t4g.large", "does not run on Graviton"),
    ],
)
def test_a_class_that_aws_does_not_offer_for_the_engine_is_refused(
    name: str, instance_class: str, because: str
) -> None:
    with pytest.raises(ConfigurationError, match=because):
        build(None, name, instance_class=instance_class)


@pytest.mark.parametrize(
    ("name", "instance_class"),
    [
        ("aurora-postgresql", "db.r7g.large"),
        ("aurora-mysql", "db.x2g.large"),
        ("sqlserver-ee", "db.x2iedn.xlarge"),
        ("sqlserver-se", "db.m6i.2xlarge"),
        ("oracle-ee", "db.r6id.large"),
        ("db2-ae", "db.r6i.large"),
    ],
)
def test_classes_that_it_offers_are_not_mistaken_for_such(name: str, instance_class: str) -> None:
    database = build(None, name, instance_class=instance_class)
    assert database.settings is not None
    assert database.settings.instance == instance_class


def test_db2_gets_a_class_of_the_sixth_generation() -> None:
    assert only(made(None, "db2-se")["primary"], "aws_db_instance")["instance_class"] == "db.m6i.large"


# ---------------------------------------------------------------- the construct itself


def test_the_pattern_follows_from_the_objective() -> None:
    workload = Workload(sites_of(), objective=Objective(rto="8h", rpo="2h"))
    database = Database(workload, "ledger", engine="postgres", network=NETWORK)
    assert database.decision.assessment.met
    assert database.decision.uses("replicated_backups")
    assert workload.decisions == (database.decision,)


def test_any_argument_can_be_overridden() -> None:
    database = build("multi_az_instance")
    database.main.override("iops", 12000)
    assert only(stacks_of(database)["primary"], "aws_db_instance")["iops"] == 12000


def test_deletion_protection_is_lifted_only_where_the_caller_says_so() -> None:
    instance = only(made("multi_az_instance", deletion_protection=False)["primary"], "aws_db_instance")
    assert instance["deletion_protection"] is False
    assert "prevent_destroy" not in instance.get("lifecycle", {})
    assert instance["skip_final_snapshot"] is False


def test_outputs_have_plain_names_in_the_stack_of_their_region() -> None:
    stacks = made("multi_az_read_replica")
    primary = ("endpoint", "port", "arn", "resource-id", "secret-arn")
    assert {f"shop-ledger-{label}" for label in primary} == set(stacks["primary"]["output"])
    recovery = ("endpoint", "port", "arn", "resource-id")
    assert {f"shop-ledger-recovery-{label}" for label in recovery} == set(stacks["recovery"]["output"])
    assert stacks["recovery"]["output"]["shop-ledger-recovery-resource-id"]["value"].endswith(".resource_id}")


def test_what_has_no_iam_authentication_has_no_resource_id_to_log_in_with() -> None:
    assert "shop-ledger-resource-id" not in made("automated_backups", "oracle-ee")["primary"]["output"]


def test_the_main_resource_has_the_plain_address_in_both_regions() -> None:
    stacks = made("read_replica")
    for role in ("primary", "recovery"):
        assert list(stacks[role]["resource"]["aws_db_instance"]) == ["ledger"]


def test_a_long_name_leaves_room_for_the_endings_of_identifiers() -> None:
    app = engine.Testing.app()
    sites = Sites.per_region(app, "a" * 32, primary=PRIMARY, recovery=RECOVERY)
    database = Database(
        sites, "b" * 40, engine="aurora-postgresql", network=NETWORK, objective=ANYTHING, pattern="global_database"
    )
    assert len(f"{database.recovery_identifier}-2") <= 63


def test_databases_of_a_site_share_the_monitoring_role() -> None:
    sites = sites_of()
    for id_ in ("ledger", "orders"):
        Database(sites, id_, engine="postgres", network=NETWORK, objective=ANYTHING)
    configuration = json.loads(engine.Testing.synth(sites.primary.stack))
    assert len(configuration["resource"]["aws_iam_role"]) == 1


@pytest.mark.parametrize("pattern", [name for name in PATTERNS if not name.startswith("dsql")])
def test_the_monitoring_role_is_there_before_it_is_needed_and_no_recovery_stack_has_a_role(pattern: str) -> None:
    """IAM's one control plane may be down with the primary Region."""
    stacks = made(pattern)
    roles = stacks["primary"]["resource"]["aws_iam_role"]
    assert roles["RecoveryDatabaseMonitoring"]["name"] == f"shop-database-monitoring-{PRIMARY}"
    assert not [kind for kind in stacks["recovery"].get("resource", {}) if kind.startswith("aws_iam_")]


@pytest.mark.parametrize("pattern", ["read_replica", "global_database"])
def test_the_recovery_stack_names_the_monitoring_role_by_a_computed_arn(pattern: str) -> None:
    recovery = made(pattern)["recovery"]["resource"]
    for kind in ("aws_db_instance", "aws_rds_cluster_instance"):
        for instance in recovery.get(kind, {}).values():
            assert instance["monitoring_role_arn"] == (
                "arn:aws:iam::${data.aws_caller_identity.RecoveryAccount.account_id}"
                f":role/shop-database-monitoring-{PRIMARY}"
            )


def test_within_one_stack_the_monitoring_role_is_referred_to() -> None:
    (configuration,) = made("read_replica", layout="in_one_stack").values()
    arns = {item["monitoring_role_arn"] for item in configuration["resource"]["aws_db_instance"].values()}
    assert arns == {"${aws_iam_role.RecoveryDatabaseMonitoring.arn}"}


def aurora_and(sites: Sites, id_: str, **options: Any) -> None:
    Database(sites, "db", engine="aurora-mysql", network=NETWORK, objective=ANYTHING)
    Database(sites, id_, engine="postgres", network=NETWORK, objective=ANYTHING, **options)


def test_an_instance_called_like_one_of_an_aurora_cluster_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"'shop-db-1', which is taken in eu-west-1 by database 'db'"):
        aurora_and(sites_of(), "db-1")
    aurora_and(sites_of(), "db-3")


def test_an_instance_called_like_a_member_of_a_multi_az_cluster_is_refused() -> None:
    sites = sites_of()
    Database(sites, "db", engine="postgres", network=NETWORK, objective=ANYTHING, pattern="multi_az_cluster")
    with pytest.raises(ConfigurationError, match="'shop-db-instance-3', which is taken in eu-west-1 by database 'db'"):
        Database(sites, "db-instance-3", engine="postgres", network=NETWORK, objective=ANYTHING)


def test_two_workloads_of_one_stack_do_not_give_one_identifier_twice() -> None:
    stack = TerraformStack(engine.Testing.app(), "both")
    for name, id_ in (("shop", "eu-ledger"), ("shop-eu", "ledger")):
        sites = Sites.in_one_stack(engine.Construct(stack, name), name, primary=PRIMARY)
        if name == "shop":
            Database(sites, id_, engine="postgres", network=NETWORK, objective=ANYTHING)
            continue
        with pytest.raises(ConfigurationError, match="would be called 'shop-eu-ledger', as a component of shop is"):
            Database(sites, id_, engine="postgres", network=NETWORK, objective=ANYTHING)


def test_outputs_that_another_database_has_in_the_stack_are_refused_in_words() -> None:
    sites = sites_of("in_one_stack")
    options: dict[str, Any] = {"engine": "postgres", "network": NETWORK, "objective": ANYTHING}
    Database(sites, "db", pattern="read_replica", **options)
    with pytest.raises(
        ConfigurationError, match="cannot have an output 'shop-db-recovery-endpoint', as it has something of that name"
    ):
        Database(sites, "db-recovery", **options)


def test_the_same_names_in_stacks_of_their_own_are_no_collision() -> None:
    """The stacks may be in two accounts."""
    app = engine.Testing.app()
    for name in ("test", "production"):
        sites = Sites.in_one_stack(TerraformStack(app, name), "shop", primary=PRIMARY)
        Database(sites, "ledger", engine="postgres", network=NETWORK, objective=ANYTHING)


@each(
    ("options", "message"),
    [
        ({"name": "paradox"}, "there is no engine 'paradox'; there are postgres"),
        ({"network": None}, "lives in a VPC"),
        ({"network": "subnet-1"}, "lives in a VPC"),
        ({"engine_version": ""}, "engine_version is ''"),
        ({"engine_version": "sixteen"}, "give at least the major version, such as 16"),
        ({"name": "mysql", "engine_version": "8"}, "give at least the major version, such as 8.4"),
        ({"instance_class": "m5.large"}, "instance_class is 'm5.large'"),
        ({"name": "aurora-mysql", "instance_class": "db.serverless"}, "give both, such as average_acus=2, most_acus=8"),
        ({"name": "aurora-postgresql", "usage": SERVERLESS, "engine_version": "12"}, "Aurora Serverless v2 has aurora"),
        ({"storage_gb": 5}, "storage_gb is 5; give 20 to 65536 GB for postgres"),
        ({"storage_gb": 10**9}, "storage_gb is 1000000000"),
        ({"storage_gb": True}, "is True"),
        ({"storage_gb": 100, "max_storage_gb": 100}, "give more than storage_gb"),
        ({"name": "aurora-mysql", "storage_gb": 100}, "grows by itself"),
        ({"username": "0wner"}, "username is '0wner'"),
        ({"name": "mariadb", "username": "a" * 17}, "1 to 16 letters"),
        ({"username": "größe"}, "username is 'gr\\xf6\\xdfe'"),
        ({"name": "sqlserver-ee", "database_name": "shop"}, "AWS creates none in sqlserver-ee"),
        ({"database_name": "my shop"}, "database_name is 'my shop'"),
        ({"port": 80}, "port is 80; allowed: 1150 to 65535"),
        ({"name": "sqlserver-ee", "port": 3389}, "port is 3389; give another one: sqlserver-ee cannot have 1234, 1434"),
        ({"name": "sqlserver-web", "port": 49154}, "port is 49154"),
        ({"username": "rdsadmin"}, "postgres or RDS keeps rdsadmin for itself"),
        ({"username": "admin"}, "postgres or RDS keeps admin for itself"),
        ({"username": "pg_owner"}, "postgres or RDS keeps pg_owner for itself"),
        ({"name": "aurora-postgresql", "username": "Admin"}, "aurora-postgresql or RDS keeps Admin for itself"),
        ({"username": "RdsAdmin"}, "postgres or RDS keeps RdsAdmin for itself"),
        ({"name": "sqlserver-se", "username": "sa"}, "sqlserver-se or RDS keeps sa for itself"),
        ({"name": "oracle-ee", "username": "SYSTEM"}, "oracle-ee or RDS keeps SYSTEM for itself"),
        ({"name": "mysql", "username": "a" * 33}, "1 to 32 letters"),
        ({"database_name": "rdsadmin"}, "RDS keeps it for itself"),
        ({"database_name": "a" * 64}, "at most 63 characters for postgres"),
        ({"name": "mysql", "database_name": "a" * 65}, "at most 64 characters for mysql"),
        ({"name": "oracle-ee", "database_name": "warehouse"}, "at most 8 characters for oracle-ee"),
        ({"name": "db2-ae", "database_name": "warehouse"}, "at most 8 characters for db2-ae"),
        ({"storage_gb": 100, "max_storage_gb": 109}, "110 GB or more"),
        ({"usage": Usage(size_gb=500), "max_storage_gb": 400}, "the storage is 500 GB"),
        ({"performance_insights": "yes"}, "performance_insights is 'yes'; give True or False"),
        ({"name": "db2-ae", "performance_insights": True}, "db2-ae has none on db.m6i.large"),
        ({"name": "mysql", "instance_class": "db.t3.micro", "performance_insights": True}, "has none on db.t3.micro"),
        ({"name": "dsql", "performance_insights": True}, "performance_insights given for dsql"),
        ({"backup_hour": 24}, "the hour of the backup is 24"),
        ({"backup_retention_days": 0}, "backup_retention_days is 0; allowed: 1 to 35 days"),
        ({"backup_retention_days": 36}, "backup_retention_days is 36"),
        ({"backup_window": "3am"}, 'UTC times such as "01:15-01:45"'),
        ({"backup_window": "03:00-03:10"}, "the length of backup_window 03:00-03:10 is 10"),
        ({"maintenance_window": "sunday"}, 'a UTC window such as "sun:05:15-sun:05:45"'),
        ({"backup_window": "05:00-06:00", "maintenance_window": "sun:05:30-sun:06:30"}, "overlap"),
        ({"backup_window": "23:30-00:30", "maintenance_window": "mon:00:00-mon:01:00"}, "overlap"),
        ({"backtrack_hours": 12}, "only aurora-mysql has Backtrack"),
        ({"name": "aurora-mysql", "backtrack_hours": 73}, "backtrack_hours is 73; allowed: 0 to 72 hours"),
        ({"monitoring_seconds": 7}, "monitoring_seconds is 7; allowed: one of 1, 5, 10, 15, 30, 60 seconds"),
        ({"ca_certificate": "rds-ca-2019"}, "ca_certificate is 'rds-ca-2019'"),
        ({"parameters": {"rds.force_ssl": "0"}}, "the construct sets it to 1"),
        ({"parameters": ["log_statement"]}, "give texts by name"),
        ({"license_model": "free"}, "license_model is 'free'"),
        ({"name": "db2-ae", "parameters": {}}, "does not start without the parameters rds.ibm_customer_id"),
        ({"name": "dsql", "network": NETWORK}, "network given for dsql"),
        ({"name": "dsql", "engine_version": "16"}, "engine_version given for dsql"),
        ({"third_region": "eu-west-3"}, "only dsql has a witness"),
        ({"pattern": "read_replica", "network": ONE_REGION}, "give recovery_subnet_ids"),
        ({"pattern": "global_database", "network": ONE_REGION}, "give recovery_subnet_ids"),
        ({"pattern": "multi_az_cluster", "storage_gb": 100}, "storage_gb is 100; allowed: 400 to 65536 GB"),
        ({"pattern": "multi_az_cluster", "max_storage_gb": 900}, "max_storage_gb is 900"),
        ({"usage": 500}, "usage is 500; give Usage"),
        ({"deletion_protection": "no"}, "deletion_protection is 'no'; give True or False"),
        ({"backup_lock": VaultLock(min_retention_days=7)}, "does not use AWS Backup"),
    ],
)
def test_an_option_that_aws_refuses_is_refused_in_the_callers_words(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        build(options.pop("pattern", None), **options)
    assert message in str(caught.value)


def test_a_size_beyond_the_storage_of_the_engine_is_refused() -> None:
    with pytest.raises(InfeasibleError, match=r"gp3 storage of postgres holds at most 65,536 GB"):
        build(name="postgres", usage=Usage(size_gb=100_000))


@pytest.mark.parametrize("id_", ["Ledger", "ledger_", "led--ger", "ledger-", "größe", "led ger"])
def test_a_name_that_is_no_identifier_is_refused(id_: str) -> None:
    with pytest.raises(ConfigurationError, match="single hyphens"):
        Database(sites_of(), id_, engine="postgres", network=NETWORK, objective=ANYTHING)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"subnet_ids": [], "security_group_ids": []}, "no subnet_ids"),
        (
            {"subnet_ids": ["subnet-1"], "security_group_ids": ["sg-1"]},
            "the number of subnet_ids is 1; allowed: 2 to 20",
        ),
        ({"subnet_ids": ["subnet-1", "subnet-1"], "security_group_ids": ["sg-1"]}, "the number of subnet_ids is 1"),
        ({"subnet_ids": "subnet-1", "security_group_ids": ["sg-1"]}, "takes lists of ids"),
        ({"subnet_ids": ["subnet-1", 2], "security_group_ids": ["sg-1"]}, "takes lists of ids"),
        ({"subnet_ids": ["subnet-1", "subnet-2"], "security_group_ids": []}, "but no security_group_ids"),
        (
            {"subnet_ids": ["s-1", "s-2"], "security_group_ids": ["sg-1"], "recovery_security_group_ids": ["sg-2"]},
            "but no recovery_subnet_ids",
        ),
    ],
)
def test_a_network_that_aws_would_refuse_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Network(**options)
    assert message in str(caught.value)


def test_a_multi_az_cluster_takes_a_class_with_local_storage_alone() -> None:
    cluster = only(made("multi_az_cluster", instance_class="db.r6gd.large")["primary"], "aws_rds_cluster")
    assert cluster["db_cluster_instance_class"] == "db.r6gd.large"
    with pytest.raises(InfeasibleError, match="local NVMe storage"):
        build("multi_az_cluster", instance_class="db.r6g.large")


def test_a_multi_az_cluster_needs_three_zones() -> None:
    two = Network(subnet_ids=["subnet-1", "subnet-2"], security_group_ids=["sg-1"])
    with pytest.raises(ConfigurationError, match="allowed: 3 to 20 subnets"):
        build("multi_az_cluster", network=two)


def test_a_list_that_terraform_fills_in_later_is_taken_as_it_is() -> None:
    sites = sites_of()
    given = engine.Token.as_list("${data.aws_subnets.private.ids}")
    network = Network(subnet_ids=given, security_group_ids=["sg-1"])
    Database(sites, "ledger", engine="postgres", network=network, objective=ANYTHING)
    configuration = json.loads(engine.Testing.synth(sites.primary.stack))
    assert only(configuration, "aws_db_subnet_group")["subnet_ids"] == "${data.aws_subnets.private.ids}"


# ---------------------------------------------------------------- restores


def restored(source: Database, **options: Any) -> dict[str, Any]:
    options.setdefault("identifier", "shop-ledger-restored")
    made = RestoredDatabase(source.sites, "restored", source=source, **options)
    resource: dict[str, Any] = {
        **made.restored.arguments,
        "lifecycle": json.loads(engine.Testing.synth(engine.TerraformStack.of(made)))["resource"][
            made.restored.terraform_resource_type
        ]["restored"]["lifecycle"],
    }
    return resource


def test_a_restore_is_a_new_instance_with_everything_aws_would_leave_at_its_defaults() -> None:
    source = build("multi_az_instance")
    instance = restored(source)
    assert instance["identifier"] == "shop-ledger-restored"
    assert instance["restore_to_point_in_time"]["use_latest_restorable_time"] is True
    assert instance["vpc_security_group_ids"] == ["sg-1"]
    assert instance["multi_az"] is True
    assert instance["deletion_protection"] is True
    assert instance["db_subnet_group_name"]
    assert instance["parameter_group_name"]
    assert "restore_to_point_in_time" not in source.main.arguments


def test_taking_the_block_out_later_does_not_replace_what_was_restored() -> None:
    lifecycle = restored(build("multi_az_instance"))["lifecycle"]
    assert lifecycle["prevent_destroy"] is True
    assert "restore_to_point_in_time" in lifecycle["ignore_changes"]


@pytest.mark.parametrize(
    "moment",
    [
        "2026-11-23T09:41:00Z",
        "2026-11-23T10:41:00+01:00",
        datetime(2026, 11, 23, 9, 41, tzinfo=UTC),
        datetime(2026, 11, 23, 11, 41, tzinfo=timezone(timedelta(hours=2))),
    ],
)
def test_a_moment_is_given_to_rds_in_utc(moment: str | datetime) -> None:
    block = restored(build("multi_az_instance"), restore_time=moment)["restore_to_point_in_time"]
    assert block["restore_time"] == "2026-11-23T09:41:00Z"
    assert "use_latest_restorable_time" not in block


def test_an_aurora_cluster_is_restored_with_its_instances() -> None:
    source = build("aurora_multi_az")
    made = RestoredDatabase(source.sites, "restored", source=source, identifier="shop-ledger-restored")
    assert made.restored.arguments["restore_to_point_in_time"]["restore_type"] == "full-copy"
    assert len(made.instances) == 2


@pytest.mark.parametrize(
    ("pattern", "argument"),
    [
        ("replicated_backups", "source_db_instance_automated_backups_arn"),
        ("read_replica", "source_db_instance_identifier"),
        ("global_database", "source_cluster_identifier"),
    ],
)
def test_a_restore_in_the_recovery_region_takes_its_backups_and_its_stack_alone(pattern: str, argument: str) -> None:
    source = build(pattern)
    block = restored(source, in_recovery_region=True)["restore_to_point_in_time"]
    assert block[argument]
    stacks = stacks_of(source)
    assert regions(stacks["recovery"]) == {RECOVERY}
    assert "terraform_remote_state" not in stacks["recovery"].get("data", {})


@pytest.mark.parametrize(
    ("pattern", "options", "message"),
    [
        ("multi_az_instance", {"identifier": "shop-ledger"}, "which is the source's"),
        ("multi_az_instance", {"identifier": "Shop"}, "single hyphens"),
        ("multi_az_instance", {"identifier": "a" * 60}, "give a shorter one"),
        ("multi_az_instance", {"restore_time": "yesterday"}, "restore_time is 'yesterday'"),
        ("multi_az_instance", {"restore_time": "2026-11-23T09:41:00"}, "with its time zone"),
        ("multi_az_instance", {"restore_time": 5}, "restore_time is 5"),
        ("multi_az_instance", {"in_recovery_region": True}, "keeps no point-in-time backups"),
        ("backup_copy", {"in_recovery_region": True}, "a copy of AWS Backup is a snapshot"),
        ("dsql", {}, "has no point-in-time recovery"),
        (
            "aurora",
            {"instance_class": "db.serverless"},
            "usage=Usage(instance_class=..., average_acus=..., most_acus=...)",
        ),
        ("multi_az_instance", {"network": "vpc"}, "network is 'vpc'"),
    ],
)
def test_a_restore_that_cannot_be_is_refused(pattern: str, options: dict[str, Any], message: str) -> None:
    source = build(pattern)
    options.setdefault("identifier", "shop-ledger-restored")
    with pytest.raises(ConfigurationError) as caught:
        RestoredDatabase(source.sites, "restored", source=source, **options)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "pattern", ["replicated_backups", "read_replica", "global_database_headless", "global_database"]
)
def test_a_restore_in_the_recovery_region_builds_no_role(pattern: str) -> None:
    """A restore is made in the emergency, when IAM's control plane may be down."""
    source = build(pattern)
    RestoredDatabase(source.sites, "restored", source=source, identifier="new", in_recovery_region=True)
    recovery = stacks_of(source)["recovery"]["resource"]
    assert not [kind for kind in recovery if kind.startswith("aws_iam_")]
    arns = {
        part["monitoring_role_arn"]
        for kind in ("aws_db_instance", "aws_rds_cluster_instance")
        for part in recovery.get(kind, {}).values()
    }
    assert {arn.rpartition("/")[2] for arn in arns} == {f"shop-database-monitoring-{PRIMARY}"}


@pytest.mark.parametrize(
    ("name", "standby", "built"),
    [
        ("sqlserver-web", None, True),
        ("postgres", None, True),
        ("postgres", False, False),
    ],
)
def test_a_restored_instance_has_a_standby_unless_the_caller_says(name: str, standby: bool | None, built: bool) -> None:
    assert restored(build("automated_backups", name), standby=standby)["multi_az"] is built


def test_a_standby_is_there_or_not() -> None:
    source = build("automated_backups", "sqlserver-web")
    with pytest.raises(ConfigurationError, match="standby is 'yes'; give True or False"):
        RestoredDatabase(source.sites, "restored", source=source, identifier="new", standby="yes")  # type: ignore[arg-type]


def test_a_replica_of_sql_server_has_no_backups_to_restore_from() -> None:
    source = build("read_replica", "sqlserver-ee")
    with pytest.raises(ConfigurationError, match="a read replica of sqlserver-ee, which has no backups until"):
        restored(source, in_recovery_region=True)


@pytest.mark.parametrize(
    ("pattern", "advice"),
    [
        ("aurora_multi_az", "nothing of it is there; restore in eu-west-1, or choose a pattern with global_database"),
        ("aurora_backup_copy", "restore the recovery point itself, or choose a pattern with global_database"),
        ("multi_az_instance", "choose a pattern with replicated_backups"),
    ],
)
def test_the_advice_names_what_the_engine_can_have(pattern: str, advice: str) -> None:
    with pytest.raises(ConfigurationError, match=advice):
        restored(build(pattern), in_recovery_region=True)


@pytest.mark.parametrize(
    ("instance_class", "there"),
    [("db.m8g.large", False), ("db.m6g.large", True)],
)
def test_a_restore_has_a_class_that_its_region_has(instance_class: str, there: bool) -> None:
    source = build("replicated_backups", recovery="ca-central-1")

    def restore() -> str:
        return str(restored(source, instance_class=instance_class, in_recovery_region=True)["instance_class"])

    if there:
        assert restore() == instance_class
        return
    with pytest.raises(ConfigurationError, match=f"'restored' is to be a {instance_class} in ca-"):
        restore()


def test_two_restores_do_not_get_one_identifier() -> None:
    source = build("multi_az_instance")
    sites = source.sites
    RestoredDatabase(sites, "one", source=source, identifier="new")
    with pytest.raises(ConfigurationError, match="'new', which is taken in eu-west-1 by restored database 'one'"):
        RestoredDatabase(sites, "other", source=source, identifier="new")


def test_a_restore_does_not_get_the_identifier_of_another_database() -> None:
    source = build("aurora_multi_az")
    with pytest.raises(ConfigurationError, match="'shop-ledger-1', which is taken in eu-west-1 by database 'ledger'"):
        restored(source, identifier="shop-ledger-1")


def test_a_restored_aurora_mysql_can_still_be_rewound() -> None:
    assert restored(build("aurora", "aurora-mysql", backtrack_hours=24))["backtrack_window"] == 86_400


def test_a_restore_to_a_class_without_performance_insights_has_none() -> None:
    instance = restored(build("automated_backups", "mysql"), instance_class="db.t4g.micro")
    assert instance["performance_insights_enabled"] is False


def test_a_restore_to_a_class_that_the_engine_does_not_have_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="Aurora has memory-optimized"):
        restored(build("aurora", "aurora-mysql"), instance_class="db.m5.large")


def test_a_restore_of_what_is_no_database_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="give the Database to restore"):
        RestoredDatabase(sites_of(), "restored", source="shop-ledger", identifier="new")  # type: ignore[arg-type]


def test_a_restore_in_a_region_that_there_is_not_is_refused() -> None:
    source = build("multi_az_instance", recovery=None)
    with pytest.raises(ConfigurationError, match="has no recovery Region"):
        RestoredDatabase(source.sites, "restored", source=source, identifier="new", in_recovery_region=True)


@pytest.mark.parametrize("kind", ["subnet", "security_group"])
def test_a_network_has_no_id_for_both_regions(kind: str) -> None:
    given = {"subnet_ids": ["subnet-1", "subnet-2"], "security_group_ids": ["sg-1"]}
    there = {"recovery_subnet_ids": ["subnet-3", "subnet-4"], "recovery_security_group_ids": ["sg-2"]}
    both: dict[str, Any] = {**given, **there, f"recovery_{kind}_ids": given[f"{kind}_ids"]}

    with pytest.raises(ConfigurationError, match=rf"{kind}_ids and recovery_{kind}_ids both have .*, which is in one"):
        Network(**both)
