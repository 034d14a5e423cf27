"""`Bucket.existing`, `Table.existing`, `Database.existing`: what is added from outside, and what the owner is asked."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib import (
    Acceptance,
    BackupPolicy,
    Bucket,
    Database,
    Distribution,
    KeyAttribute,
    Lifecycle,
    Network,
    Objective,
    ObjectLock,
    Sites,
    Table,
    Target,
    Workload,
)
from constructs_lib.documents.names import names_of
from constructs_lib.documents.read.stacks import read_stacks
from constructs_lib.errors import ConfigurationError, InfeasibleError
from constructs_lib.operations.adopting.adopt import adoption_of
from constructs_lib.operations.facts import Facts
from constructs_lib.operations.needed import not_told
from constructs_lib.operations.planning import plan_failover
from constructs_lib.operations.preflight import preflight
from constructs_lib.plan.stacks import read_stacks as read_plan
from constructs_lib.plan.stacks import tags_of_existing
from constructs_lib.review import review
from constructs_lib.selection.decision import Decision
from constructs_lib.selection.explanation import explain
from constructs_lib.terraform.engine import App, TerraformStack
from tests.provider_schemas.check import PROVIDERS, unknown_in, unknown_references

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from constructs_lib.constructs.database.settings import DatabasePattern
    from constructs_lib.review import Review

HOME, AWAY, ACCOUNT = "eu-west-1", "eu-central-1", "123456789012"
HOUR = Objective("1h", "15m", software=Target("4h", "1h"))
DAYS = Objective("2d", "2d", software=Target("4h", "1h"))
KEY = f"arn:aws:kms:{HOME}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
NETWORK = Network(
    subnet_ids=["subnet-1", "subnet-2"],
    security_group_ids=["sg-1"],
    recovery_subnet_ids=["subnet-3", "subnet-4"],
    recovery_security_group_ids=["sg-2"],
)
ON: dict[str, Any] = {"backup_retention_days": 35, "multi_az": True}


_OF_TERRAFORM = ("//", "lifecycle")


class Shop:
    """A workload over three stacks."""

    def __init__(self, directory: Path, objective: Objective = HOUR, **options: Any) -> None:
        self.app = App(outdir=str(directory))
        self.directory = directory
        options = {"primary": HOME, "recovery": AWAY, "account_id": ACCOUNT, **options}
        self.sites = Sites.per_region(self.app, "shop", **options)
        self.workload = Workload(self.sites, objective=objective)

    def stacks(self) -> dict[str, dict[str, Any]]:
        """Return what is written, by the role of the site."""
        self.app.synth()
        return {
            file.parent.name.removeprefix("shop-"): json.loads(file.read_text(encoding="utf-8"))
            for file in self.directory.glob("stacks/*/cdk.tf.json")
        }


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def types(stack: dict[str, Any]) -> set[str]:
    return set(stack.get("resource", {}))


def everything(shop: Shop) -> None:
    """Build one of each pattern that can be had from outside."""
    place = shop.workload
    lifecycle = Lifecycle(noncurrent_days=30)
    files = Bucket.existing(place, "files", name="our.files", key_arn=KEY, lifecycle=lifecycle)
    Distribution(place, "site", bucket=files)
    Bucket.existing(place, "logs", name="our-logs", objective=Objective(software=Target("4h", "1h")))
    Table.existing(place, "orders", name="our-orders", recovery_period_days=35, stream=True, customer_key=True)
    Table.existing(place, "carts", name="our-carts", recovery_period_days=35, objective=DAYS, pattern="backup_copy")
    for name, engine, pattern in (
        ("stock", "postgres", "multi_az_read_replica"),
        ("books", "mysql", "multi_az_replicated_backups"),
        ("till", "mariadb", "multi_az_backup_copy"),
        ("ledger", "aurora-postgresql", "aurora_multi_az_backup_copy"),
    ):
        options: Any = {"engine": engine, "pattern": pattern, **ON}
        Database.existing(place, name, identifier=f"our-{name}", network=NETWORK, objective=DAYS, **options)


# ---------------------------------------------------------------- what is added


def test_nothing_that_exists_is_managed_here(shop: Shop) -> None:
    everything(shop)
    primary = shop.stacks()["primary"]
    looked_up = {
        type_: sorted(str(value) for item in named.values() for key, value in item.items() if key not in _OF_TERRAFORM)
        for type_, named in primary["data"].items()
        if type_ != "aws_caller_identity"
    }

    assert not types(primary) & {"aws_s3_bucket", "aws_dynamodb_table", "aws_db_instance", "aws_rds_cluster"}
    assert looked_up == {
        "aws_s3_bucket": ["our-logs", "our.files"],
        "aws_dynamodb_table": ["our-carts", "our-orders"],
        "aws_db_instance": ["our-books", "our-stock", "our-till"],
        "aws_rds_cluster": ["our-ledger"],
    }


def test_each_stack_names_its_own_region_only(shop: Shop) -> None:
    everything(shop)
    written = shop.stacks()

    for role, region in (("primary", HOME), ("recovery", AWAY)):
        assert {provider["region"] for provider in written[role]["provider"]["aws"]} == {region}


def test_a_bucket_gets_versioning_and_a_copy(shop: Shop) -> None:
    built = Bucket.existing(shop.workload, "files", name="our-files")
    written = shop.stacks()
    (replication,) = written["global"]["resource"]["aws_s3_bucket_replication_configuration"].values()
    (versioning,) = written["primary"]["resource"]["aws_s3_bucket_versioning"].values()

    assert built.decision.pattern == "replication_rtc"
    assert versioning["bucket"] == replication["bucket"] == "our-files"
    assert replication["rule"]["destination"]["bucket"] == f"arn:aws:s3:::shop-files-{AWAY}-{ACCOUNT}"
    assert "aws_s3_bucket_policy" not in types(written["primary"])
    assert "aws_s3_bucket_policy" in types(written["recovery"])
    assert shop.workload.decisions[0].assessment.met


def test_a_bucket_with_versioning_needs_nothing_in_its_region(tmp_path: Path) -> None:
    shop = Shop(tmp_path, Objective(software=Target("4h", "1h")))
    Bucket.existing(shop.workload, "files", name="our-files", versioning=True)

    assert types(shop.stacks()["primary"]) == set()


def test_the_copy_of_a_locked_bucket_is_locked_and_its_replicas_keep_their_terms(shop: Shop) -> None:
    lock = ObjectLock(mode="COMPLIANCE", days=90)
    bucket = Bucket.existing(shop.workload, "files", name="our-files", object_lock=lock)
    stacks = shop.stacks()
    (copy,) = stacks["recovery"]["resource"]["aws_s3_bucket"].values()
    (written,) = stacks["recovery"]["resource"]["aws_s3_bucket_object_lock_configuration"].values()
    text = json.dumps(stacks["global"])

    assert copy["object_lock_enabled"] is True
    assert written["rule"] == {"default_retention": {"mode": "COMPLIANCE", "days": 90}}
    assert "s3:GetObjectRetention" in text
    assert "s3:GetObjectLegalHold" in text
    assert bucket.primary.versioning is None  # a locked bucket has it, and S3 never lets go of it


@pytest.mark.parametrize("key", [None, KEY])
def test_the_role_that_replicates_may_use_the_owners_key_where_there_is_one(shop: Shop, key: str | None) -> None:
    Bucket.existing(shop.workload, "files", name="our-files", key_arn=key)
    (policy,) = shop.stacks()["global"]["resource"]["aws_iam_role_policy"].values()
    keys = {item["Sid"]: item["Resource"] for item in json.loads(policy["policy"])["Statement"]}

    assert keys.get("DecryptTheSource") == key
    assert keys["ReadTheConfiguration"] == "arn:aws:s3:::our-files"


@pytest.mark.parametrize("customer_key", [True, False])
def test_a_replica_has_the_type_of_key_that_its_table_has(shop: Shop, customer_key: bool) -> None:
    Table.existing(
        shop.workload, "orders", name="our-orders", recovery_period_days=35, stream=True, customer_key=customer_key
    )
    (replica,) = shop.stacks()["global"]["resource"]["aws_dynamodb_table_replica"].values()

    assert ("kms_key_arn" in replica) is customer_key
    assert replica["global_table_arn"] == f"arn:aws:dynamodb:{HOME}:{ACCOUNT}:table/our-orders"
    assert replica["lifecycle"] == {"prevent_destroy": True}


def test_copies_of_a_database_are_made_by_its_arn(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    place = shop.workload
    stock = Database.existing(place, "stock", identifier="our-stock", engine="postgres", network=NETWORK, **ON)
    Database.existing(place, "books", identifier="our-books", engine="mysql", objective=DAYS, **ON)
    written = shop.stacks()["recovery"]["resource"]
    (replica,) = written["aws_db_instance"].values()
    (backups,) = written["aws_db_instance_automated_backups_replication"].values()

    assert stock.decision.pattern == "read_replica"
    assert replica["replicate_source_db"] == f"arn:aws:rds:{HOME}:{ACCOUNT}:db:our-stock"
    assert replica["identifier"] == "shop-stock-recovery"
    assert backups["source_db_instance_arn"] == f"arn:aws:rds:{HOME}:{ACCOUNT}:db:our-books"
    assert {"aws_db_subnet_group", "aws_db_parameter_group"} <= set(written)


def test_a_replica_may_grow_as_its_source_may_where_nobody_says_how_large_that_is(tmp_path: Path) -> None:
    """RDS refuses one that may grow to less than its source has."""
    shop = Shop(tmp_path)
    for name, told in (("stock", {}), ("books", {"storage_gb": 500})):
        options: Any = {"engine": "postgres", "network": NETWORK, **ON, **told}
        Database.existing(shop.workload, name, identifier=f"our-{name}", **options)
    replicas = shop.stacks()["recovery"]["resource"]["aws_db_instance"]

    assert "max_allocated_storage" not in replicas["stock"]
    assert "max_allocated_storage" in replicas["stock"]["lifecycle"]["ignore_changes"]
    assert replicas["books"]["max_allocated_storage"] == 1000
    assert "max_allocated_storage" not in replicas["books"]["lifecycle"]["ignore_changes"]


def test_aws_backup_selects_by_arn(shop: Shop) -> None:
    everything(shop)
    selected = {item["resources"][0] for item in shop.stacks()["primary"]["resource"]["aws_backup_selection"].values()}

    assert selected == {
        f"arn:aws:dynamodb:{HOME}:{ACCOUNT}:table/our-carts",
        f"arn:aws:rds:{HOME}:{ACCOUNT}:db:our-till",
        f"arn:aws:rds:{HOME}:{ACCOUNT}:cluster:our-ledger",
    }


def test_terraform_checks_what_rds_would_refuse_a_copy_of_an_existing_database_for(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    everything(shop)
    options: Any = {"engine": "sqlserver-ee", "pattern": "read_replica", "network": NETWORK, **ON}
    Database.existing(shop.workload, "erp", identifier="our-erp", objective=DAYS, **options)
    databases = shop.stacks()["primary"]["data"]
    checked = {
        name: {one["condition"] for one in item.get("lifecycle", {}).get("postcondition", [])}
        for type_ in ("aws_db_instance", "aws_rds_cluster")
        for name, item in databases[type_].items()
    }

    encrypted = "${self.storage_encrypted}"
    assert checked == {
        "stock": {encrypted, "${length(self.master_user_secret) == 0}"},
        # RDS makes replicas of a SQL Server whose password it manages.
        "erp": {encrypted},
        "books": {encrypted},
        "till": set(),
        "ledger": set(),
    }


def test_no_run_of_aws_backup_falls_into_the_windows_of_an_existing_instance(shop: Shop) -> None:
    place = shop.workload
    options: Any = {"engine": "mysql", "network": NETWORK, "objective": DAYS, **ON}
    meeting: Any = {"backup_window": "03:30-04:00"}
    clear: Any = {"backup_window": "09:00-09:30"}
    with pytest.raises(ConfigurationError, match=r"backup_window is 03:30-04:00, but AWS Backup runs"):
        Database.existing(place, "a", identifier="a", pattern="backup_copy", **options, **meeting)
    with pytest.raises(ConfigurationError, match="maintenance_window is 'sunday'"):
        Database.existing(place, "b", identifier="b", maintenance_window="sunday", **options)
    Database.existing(place, "c", identifier="c", pattern="backup_copy", **options, **clear)
    Database.existing(place, "d", identifier="d", pattern="replicated_backups", **options, **meeting)
    with pytest.raises(ConfigurationError, match=r"backup_window is 03:30-04:00, but AWS Backup runs"):
        BackupPolicy(place, "central", rpo="2d")
    BackupPolicy(place, "central", rpo="2d", hour=12)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_argument_and_reference_is_one_of_the_provider(shop: Shop, provider: str) -> None:
    everything(shop)

    for stack in shop.stacks().values():
        assert unknown_in(stack, provider) == []
        assert unknown_references(stack, provider) == []


def to_validate(directory: Path) -> dict[str, Any]:
    shop = Shop(directory)
    everything(shop)
    return shop.stacks()


# ---------------------------------------------------------------- what stands inside is judged, and asked for


def ask(build: Callable[[Shop], Any], directory: Path, objective: Objective = HOUR) -> tuple[Decision, tuple[str, ...]]:
    shop = Shop(directory, objective)
    build(shop)
    decision = shop.workload.decisions[-1]
    return decision, decision.asked


@pytest.mark.parametrize(
    ("build", "asked"),
    [
        (
            lambda shop: Table.existing(
                shop.workload, "orders", name="our-orders", recovery_period_days=None, stream=True
            ),
            "turn on point-in-time recovery of table our-orders for 35 days",
        ),
        (
            lambda shop: Database.existing(
                shop.workload,
                "stock",
                identifier="our-stock",
                engine="postgres",
                objective=Objective(zone=Target("30m", "1m")),
                backup_retention_days=35,
                multi_az=False,
            ),
            "turn on Multi-AZ of our-stock",
        ),
        (
            lambda shop: Database.existing(
                shop.workload,
                "ledger",
                identifier="our-ledger",
                engine="aurora-mysql",
                objective=Objective(zone=Target("5m", "1m")),
                backup_retention_days=35,
                multi_az=False,
            ),
            "add a reader in another Availability Zone to our-ledger",
        ),
        (
            lambda shop: Database.existing(
                shop.workload,
                "stock",
                identifier="our-stock",
                engine="postgres",
                objective=Objective(software=Target("1d", "1h")),
                backup_retention_days=0,
                multi_az=False,
            ),
            "have our-stock keep automated backups for 35 days",
        ),
    ],
)
def test_the_owner_is_asked_for_what_breaks_a_promise(build: Callable[[Shop], Any], asked: str, tmp_path: Path) -> None:
    decision, said = ask(build, tmp_path)

    assert said == (asked,)
    assert not decision.assessment.met
    assert f"    its owner: {asked}" in list(explain("shop", HOUR, [decision]).lines())


def test_what_was_asked_for_makes_the_promise_kept(tmp_path: Path) -> None:
    decision, asked = ask(
        lambda shop: Table.existing(shop.workload, "orders", name="our-orders", recovery_period_days=35, stream=True),
        tmp_path,
    )

    assert decision.assessment.met
    assert asked == ()


def test_less_than_is_chosen_and_enough_for_the_promise_is_not_asked_about(tmp_path: Path) -> None:
    decision, asked = ask(
        lambda shop: Table.existing(shop.workload, "orders", name="our-orders", recovery_period_days=7, stream=True),
        tmp_path,
    )

    assert decision.setting("pitr", "retention_days") == 7
    assert (decision.assessment.met, asked) == (True, ())


def test_more_than_the_pattern_needs_counts_too(tmp_path: Path) -> None:
    decision, _ = ask(
        lambda shop: Database.existing(
            shop.workload,
            "stock",
            identifier="our-stock",
            engine="postgres",
            objective=Objective(software=Target("1d", "1h")),
            **ON,
        ),
        tmp_path,
    )

    assert decision.pattern == "automated_backups"
    assert decision.uses("multi_az_instance")


def test_what_is_asked_is_written_into_the_stack(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    Table.existing(shop.workload, "orders", name="our-orders", recovery_period_days=None, stream=True)
    (data,) = shop.stacks()["primary"]["//"]["recovery"].values()

    assert Decision.from_data(data).asked == ("turn on point-in-time recovery of table our-orders for 35 days",)


@pytest.mark.parametrize(("read", "asked"), [(False, 2), (True, 0)])
def test_a_distribution_asks_for_a_statement_in_the_policy_of_the_bucket(shop: Shop, read: bool, asked: int) -> None:
    files = Bucket.existing(shop.workload, "files", name="our-files", key_arn=KEY, read_by_cloudfront=read)
    site = Distribution(shop.workload, "site", bucket=files)
    written = shop.stacks()
    (policy,) = written["recovery"]["resource"]["aws_s3_bucket_policy"].values()
    (distribution,) = written["global"]["resource"]["aws_cloudfront_distribution"].values()

    assert len(site.decision.asked) == asked
    assert all("cloudfront.amazonaws.com" in text for text in site.decision.asked)
    assert "cloudfront.amazonaws.com" in policy["policy"]
    assert distribution["origin"][0]["domain_name"] == f"our-files.s3.{HOME}.amazonaws.com"


# ---------------------------------------------------------------- who reads the stacks


def test_documents_and_recoveries_know_the_names(shop: Shop) -> None:
    everything(shop)
    shop.app.synth()
    (workload,) = read_stacks(shop.directory, None)
    names = {item.name: names_of(workload, item) for item in workload.components}

    assert names["files"]["bucket"] == "our.files"
    assert names["orders"]["table"] == "our-orders"
    assert names["stock"]["instance"] == "our-stock"
    assert names["ledger"]["cluster"] == "our-ledger"


def test_the_copy_of_a_bucket_that_exists_is_a_copy(shop: Shop) -> None:
    everything(shop)
    shop.app.synth()

    assert read_plan(shop.directory).copies_after["aws_s3_bucket.files"] == "data.aws_s3_bucket.files"


def reviewed(directory: Path, before: Path | None = None) -> Review:
    return review(read_plan(directory, before), today=datetime(2026, 11, 1, tzinfo=UTC).date())


def test_a_review_of_the_stacks_has_no_quarrel_with_any_pattern_over_what_exists(shop: Shop) -> None:
    everything(shop)
    shop.app.synth()
    found = reviewed(shop.directory)

    assert {item.verdict.value for item in found.components} == {"met"}
    assert found.findings == ()


def built(directory: Path, build: Callable[[Shop], Any]) -> Path:
    shop = Shop(directory, Objective("4h", "4h", software=Target("4h", "1h")))
    Bucket.existing(shop.workload, "files", name="our-files", versioning=True)
    build(shop)
    shop.app.synth()
    return directory


def with_orders(recovery_period_days: int | None) -> Callable[[Shop], Any]:
    return lambda shop: Table.existing(
        shop.workload, "orders", name="our-orders", recovery_period_days=recovery_period_days, stream=True
    )


def test_a_review_of_the_stacks_judges_what_exists_as_it_was_declared(tmp_path: Path) -> None:
    found = reviewed(built(tmp_path, with_orders(None)))

    assert {item.address: item.verdict.value for item in found.components} == {
        "aws_s3_bucket.files": "met",
        "data.aws_dynamodb_table.orders": "breached",
        "data.aws_s3_bucket.files": "met",
    }
    assert [(item.id, item.address) for item in found.findings] == [("RECOVERY-101", "data.aws_dynamodb_table.orders")]


@pytest.mark.parametrize(
    ("was", "now", "worse"), [(None, None, []), (None, 35, []), (35, None, ["RECOVERY-101", "RECOVERY-116"])]
)
def test_a_review_compares_what_exists_with_what_was_declared_before(
    was: int | None, now: int | None, worse: list[str], tmp_path: Path
) -> None:
    before, after = built(tmp_path / "before", with_orders(was)), built(tmp_path / "after", with_orders(now))

    found = reviewed(after, before)

    assert [item.id for item in found.worse] == worse
    assert (found.verdict.value == "met") == (now is not None)


def test_an_audit_is_told_what_is_promised_for_what_has_no_tags(tmp_path: Path) -> None:
    found = tags_of_existing(built(tmp_path, with_orders(35)))

    assert found.keys() == {("aws_s3_bucket", HOME, "our-files"), ("aws_dynamodb_table", HOME, "our-orders")}
    assert found["aws_dynamodb_table", HOME, "our-orders"]["recovery:component"] == "orders"


def test_what_is_no_longer_declared_is_let_go_and_its_copy_is_missed(tmp_path: Path) -> None:
    before = built(tmp_path / "before", with_orders(35))

    found = reviewed(built(tmp_path / "after", lambda _: None), before)

    orders = {item.address: item for item in found.components}["data.aws_dynamodb_table.orders"]
    assert (orders.after, orders.forgotten) == (None, True)
    assert [(item.id, item.address) for item in found.errors] == [("RECOVERY-112", "aws_dynamodb_table_replica.orders")]


def test_what_comes_under_a_construct_is_the_same_component(tmp_path: Path) -> None:
    before = built(tmp_path / "before", with_orders(None))
    under = built(
        tmp_path / "after",
        lambda shop: Table(shop.workload, "orders", name="our-orders", partition_key=KeyAttribute("id")),
    )

    found = reviewed(under, before)

    (orders,) = [item for item in found.components if item.address.endswith("table.orders")]
    assert orders.address == "aws_dynamodb_table.orders"
    assert orders.before is not None
    assert orders.after is not None
    # The replica gets a key of its own, and is made anew for it, empty.
    assert [(item.id, item.address) for item in found.errors] == [
        ("RECOVERY-101", "aws_dynamodb_table.orders"),
        ("RECOVERY-112", "aws_dynamodb_table_replica.orders"),
    ]


def test_what_a_recovery_made_is_left_to_the_owner(shop: Shop) -> None:
    Table.existing(shop.workload, "orders", name="our-orders", recovery_period_days=35, stream=True)
    shop.app.synth()
    (workload,) = read_stacks(shop.directory, None)
    journal = {
        "id": "restore-1",
        "command": "restore",
        "closed": "2026-11-26T10:00:00Z",
        "addresses": {},
        "components": {"orders": {"steps": {}}},
    }
    adopting = adoption_of(workload, journal)

    assert (adopting.imports, adopting.removed, adopting.options) == ((), (), {})
    assert adopting.notes["orders"].startswith("it is not managed here: its owner takes over what was made")
    assert "-replace" not in adopting.notes["orders"]


@pytest.mark.parametrize(
    ("pattern", "address"),
    [
        ("multi_az_read_replica", "aws_db_instance.stock"),
        ("multi_az_replicated_backups", "aws_db_instance_automated_backups_replication.stock"),
    ],
)
def test_what_copies_a_database_that_came_home_by_another_name_is_made_anew(
    shop: Shop, pattern: DatabasePattern, address: str
) -> None:
    """Its replica was promoted in the failover, and the plan was empty; replaced backups are protected from that."""
    options: dict[str, Any] = {"engine": "postgres", "network": NETWORK, "pattern": pattern, "objective": DAYS, **ON}
    Database.existing(shop.workload, "stock", identifier="our-stock", **options)
    shop.app.synth()
    (workload,) = read_stacks(shop.directory, None)
    done = {"id": "failback-1", "command": "failback", "closed": "2026-11-26T10:00:00Z", "addresses": {}}

    note = adoption_of(workload, {**done, "components": {"stock": {"steps": {}}}}).notes["stock"]

    assert note.endswith(f"with deletion_protection=False for once, `terraform apply -replace={address}`")


@pytest.mark.parametrize(("given", "missing"), [("db.r6g.4xlarge", False), (None, True)])
def test_the_class_of_the_instances_that_a_failover_makes_is_given_or_asked_for_before_it(
    shop: Shop, given: str | None, missing: bool
) -> None:
    """RDS refused the first instance without one, once the cluster was restored, and nothing served."""
    options: dict[str, Any] = {"engine": "aurora-mysql", "network": NETWORK, "objective": DAYS, **ON}
    Database.existing(shop.workload, "big", identifier="our-big", instance_class=given, **options)
    shop.app.synth()
    (workload,) = read_stacks(shop.directory, None)

    (item,) = plan_failover(workload, AWAY).components

    assert ("--name instance_class=VALUE" in str(not_told(item))) is missing


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (
            lambda shop: Table.existing(shop.workload, "orders", name="our-orders", recovery_period_days=35),
            "table our-orders has no stream of NEW_AND_OLD_IMAGES, and global_table fills its replica through one",
        ),
        (
            lambda shop: Table.existing(shop.workload, "orders", name="our orders", recovery_period_days=35),
            "the name of the table",
        ),
        (
            lambda shop: Table.existing(shop.workload, "orders", name="our-orders", recovery_period_days=0),
            "recovery_period_days is 0",
        ),
        (
            lambda shop: Table.existing(
                shop.workload,
                "orders",
                name="our-orders",
                recovery_period_days=35,
                stream="KEYS_ONLY",  # type: ignore[arg-type]
            ),
            "stream is 'KEYS_ONLY'",
        ),
        (
            lambda shop: Bucket.existing(shop.workload, "files", name="Our_files"),
            "the name of the bucket is 'Our_files'",
        ),
        (
            lambda shop: Bucket.existing(shop.workload, "files", name="our-files", object_lock=True),  # type: ignore[arg-type]
            "object_lock is True; give ObjectLock",
        ),
        (lambda shop: Bucket.existing(shop.workload, "files", name="é"), "the name of the bucket is '\\\\xe9'"),
        (
            lambda shop: Bucket.existing(shop.workload, "files", name="our-files", key_arn="alias/x"),
            "key_arn is 'alias/x'",
        ),
        (
            lambda shop: Bucket.existing(
                shop.workload, "files", name="our-files", objective=DAYS.with_targets(region=None), recovery_name="x-1"
            ),
            "recovery_name is 'x-1'; give none: versioning makes no copy",
        ),
        (
            lambda shop: Database.existing(shop.workload, "ledger", identifier="x", engine="dsql", **ON),
            "engine is 'dsql'; give one of RDS or Aurora",
        ),
        (
            lambda shop: Database.existing(
                shop.workload,
                "stock",
                identifier="our-stock",
                engine="mysql",
                objective=DAYS,
                backup_retention_days=0,
                multi_az=True,
            ),
            "our-stock has no automated backups, and replicated_backups copies what they are made of",
        ),
        (
            lambda shop: Database.existing(shop.workload, "stock", identifier="our-stock", engine="postgres", **ON),
            "read_replica runs in eu-central-1 too; give recovery_subnet_ids",
        ),
        (
            lambda shop: Database.existing(
                shop.workload,
                "stock",
                identifier="our-stock",
                engine="postgres",
                backup_retention_days=True,
                multi_az=True,
            ),
            "backup_retention_days is True",
        ),
        (
            lambda shop: Database.existing(
                shop.workload,
                "stock",
                identifier="our-stock",
                engine="postgres",
                backup_retention_days=7,
                multi_az=True,
                network="vpc-1",  # type: ignore[arg-type]
            ),
            "network is 'vpc-1'",
        ),
    ],
)
def test_what_is_refused_leaves_nothing_behind(build: Callable[[Shop], Any], said: str, shop: Shop) -> None:
    with pytest.raises(ConfigurationError, match=said):
        build(shop)

    assert shop.workload.decisions == ()
    assert [types(stack) for stack in shop.stacks().values()] == [set()] * 3


@pytest.mark.parametrize(
    "build",
    [
        lambda place: Table.existing(place, "t", name="our-t", recovery_period_days=35, pattern="global_table_strong"),
        lambda place: Bucket.existing(place, "b", name="our-b", pattern="two_way_replication"),
        lambda place: Bucket.existing(place, "b", name="our-b", pattern="object_lock"),
        lambda place: Database.existing(
            place, "d", identifier="our-d", engine="aurora-mysql", pattern="global_database", network=NETWORK, **ON
        ),
        lambda place: Database.existing(
            place, "d", identifier="our-d", engine="postgres", pattern="multi_az_cluster", network=NETWORK, **ON
        ),
    ],
)
def test_patterns_that_are_part_of_the_resource_are_not_built_from_outside(
    build: Callable[[Workload], Any], shop: Shop
) -> None:
    with pytest.raises(InfeasibleError):
        build(shop.workload)


def test_one_stack_holds_it_as_well(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    sites = Sites.in_one_stack(TerraformStack(app, "shop"), "shop", primary=HOME, recovery=AWAY)
    accepted = Acceptance(owner="shop team", reason="rebuilt", region=Target("2d", "2d"))
    place = Workload(sites, objective=HOUR)
    Bucket.existing(place, "files", name="our-files")
    Table.existing(place, "orders", name="our-orders", recovery_period_days=35, stream=True)
    Database.existing(place, "books", identifier="our-books", engine="mysql", accept=accepted, **ON)
    app.synth()
    written = json.loads((tmp_path / "stacks" / "shop" / "cdk.tf.json").read_text(encoding="utf-8"))

    assert len(written["//"]["recovery"]) == 3
    assert "aws_db_instance" not in types(written)


def test_what_is_declared_of_a_database_is_what_a_failover_restores_it_with(tmp_path: Path) -> None:
    """Where its Region is lost nobody can be asked: it got the defaults of RDS, and nothing said so."""
    shop = Shop(tmp_path, DAYS)
    Database.existing(
        shop.workload,
        "stock",
        identifier="our-stock",
        engine="postgres",
        backup_retention_days=7,
        multi_az=True,
        network=NETWORK,
        pattern="replicated_backups",
        backup_window="01:00-01:30",
        restored_with={"deletion_protection": True, "enabled_cloudwatch_logs_exports": ["postgresql"]},
    )
    shop.stacks()
    (workload,) = read_stacks(tmp_path, None)
    plan = plan_failover(workload, AWAY)
    (item,) = plan.components
    (restore,) = (step for step in item.steps if step.id == "restore")
    assert restore.call is not None
    facts = Facts(
        {**item.names, "operation": "one"}, item.declared, {"account": ACCOUNT, "backups": "arn:b"}, Unasked()
    )

    given = facts.asked(restore.call).parameters

    assert {
        "BackupRetentionPeriod": 7,
        "MultiAZ": True,
        "PreferredBackupWindow": "01:00-01:30",
        "DeletionProtection": True,
        "EnableCloudwatchLogsExports": ["postgresql"],
    }.items() <= given.items()
    (beware,) = (check for check in preflight(plan, Unasked()) if check.what == "settings")
    assert beware.state == "beware"
    assert "monitoring_interval" in beware.found
    assert "deletion_protection" not in beware.found
    assert "restored_with=" in str(beware.fix)


class Unasked:
    """Clients of an AWS that answers nothing of use."""

    simulated = True

    def call(self, service: str, operation: str, *_: object, **__: object) -> dict[str, Any]:
        return {"Account": ACCOUNT, "KeyMetadata": {"Arn": "arn:key", "KeyState": "Enabled"}}

    page = call_briefly = call


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"identifier": "other"}, "restored_with is 'identifier'.*what a recovery carries over: "),
        ({"monitoring_interval": None}, "a text, a number, a flag or a list of texts"),
        ([], "restored_with is"),
    ],
)
def test_what_no_recovery_carries_over_is_refused(given: Any, why: str, tmp_path: Path) -> None:
    options: dict[str, Any] = {"identifier": "our-stock", "engine": "postgres", "pattern": "replicated_backups", **ON}

    with pytest.raises(ConfigurationError, match=why):
        Database.existing(Shop(tmp_path, DAYS).workload, "stock", network=NETWORK, restored_with=given, **options)
