"""After recoveries Terraform lets go of the old and takes over the new, and the next plan is empty."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import attrs
import boto3
import pytest

from constructs_lib import (
    Bucket,
    Database,
    FileSystem,
    KeyAttribute,
    Network,
    Sites,
    Table,
    Workload,
)
from constructs_lib.documents.names import names_of
from constructs_lib.documents.read.stacks import read_stacks
from constructs_lib.errors import ConfigurationError, InputError, RefusedError
from constructs_lib.objectives import Disruption
from constructs_lib.operations.adopting.adopt import adoption_of
from constructs_lib.operations.adopting.adopted_plan import undocumented
from constructs_lib.operations.adopting.imports import Import
from constructs_lib.operations.clients import AwsClients
from constructs_lib.operations.journal import SCHEMA_VERSION, Journal
from constructs_lib.operations.operate import begin
from constructs_lib.operations.planning import plan_failback, plan_failover, plan_restore, recovered_by
from constructs_lib.terraform.engine import App
from constructs_lib.terraform_cli.mirror import terraform_binary
from stacks.network import network, vpcs
from tests.cli.run import drctl
from tests.emulator.conftest import _aws, _extra  # noqa: F401 - the fixtures
from tests.emulator.rules.account import Account
from tests.operations.conftest import FAST
from tests.operations.seeded import HOME, RECOVERY, Place, back_up, place, service_of
from tests.operations.test_imports import Terraform
from tests.operations.workloads import LOOSE, THREE_ZONES
from tests.operations.workloads import workload as of_service
from tests.terraform.own_state import stack_with_own_state

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.emulator import EmulatedAws
    from constructs_lib.operations.plan import Plan

PATTERNS: dict[str, Any] = {"stock": "automated_backups", "books": "read_replica", "ledger": "global_database"}


def synthesized(directory: Path, **adopted: dict[str, Any]) -> DocumentedWorkload:
    """Return the workload, with what its constructs are told of recoveries."""
    shutil.rmtree(directory / "stacks", ignore_errors=True)
    app = App(outdir=str(directory))
    sites = Sites.in_one_stack(stack_with_own_state(app, "shop", directory), "shop", primary=HOME, recovery=RECOVERY)
    private = network(*vpcs(sites))
    shop = Workload(sites, objective=LOOSE)
    Table(shop, "orders", partition_key=KeyAttribute("id"), pattern="pitr", **adopted.get("orders", {}))
    for name, pattern in PATTERNS.items():
        engine: Any = "aurora-postgresql" if name == "ledger" else "postgres"
        Database(shop, name, engine=engine, network=private, pattern=pattern, **adopted.get(name, {}))
    app.synth()
    (found,) = read_stacks(directory, None)
    return found


@pytest.mark.emulator(minutes=9)
@pytest.mark.terraform
def test_after_restores_a_failover_and_a_failback_the_next_plan_is_empty(aws: EmulatedAws, tmp_path: Path) -> None:
    if terraform_binary() is None:
        pytest.skip("needs terraform or tofu on PATH")
    stacks, working = tmp_path / "cdktf.out", tmp_path / "working"
    working.mkdir()
    terraform = Terraform(working, aws, tmp_path)
    workload = synthesized(stacks)
    placed(stacks, working)
    terraform("init", "-input=false")
    terraform("apply", "-input=false", "-auto-approve", "-parallelism=40")
    aws.client("dynamodb", HOME).put_item(TableName="shop-orders", Item={"id": {"S": "kept"}})

    session = boto3.session.Session(aws_access_key_id=aws.account, aws_secret_access_key="emulated", region_name=HOME)
    clients = AwsClients(session, aws.endpoint)
    restored = [
        run(plan_restore(workload, name, to_time="latest"), clients, tmp_path / "journals")
        for name in ("orders", "stock")
    ]
    with aws.fail_region(HOME):
        moved = run(plan_failover(workload, RECOVERY), clients, tmp_path / "journals")
    assert adoption_of(workload, moved).notes == {
        "books": "nothing to do: it is where Terraform has it, and the plan is empty",
        "ledger": "nothing to do: it is where Terraform has it, and the plan is empty",
    }
    assert "No changes" in terraform("plan", "-input=false")
    came = run(plan_failback(workload), clients, tmp_path / "journals")

    wanted: dict[str, Any] = {}
    for journal in (*restored, came):
        wanted |= adoption_of(workload, journal).options
    assert wanted == {
        "orders": {"adopted": "shop-orders-restored"},
        "stock": {"adopted": "shop-stock-restored"},
        "books": {"adopted": "shop-books-home", "adopted_recovery": "shop-books-recovery-2"},
    }
    workload = synthesized(stacks, **wanted)
    placed(stacks, working)
    imports: list[Import] = []
    for journal in (*restored, came):
        adopting = adoption_of(workload, journal)
        assert not adopting.options
        imports += adopting.imports
        (working / f"adopt-{journal['id']}.tf.json").write_text(adopting.documents()["shop"], encoding="utf-8")
    terraform("plan", "-input=false", "-out=tfplan")
    (working / "plan.json").write_text(json.dumps(terraform.shown("tfplan")), encoding="utf-8")

    assert undocumented(working / "plan.json", tuple(imports)) == ()
    terraform("apply", "-input=false", "-parallelism=40", "tfplan")
    assert "No changes" in terraform("plan", "-input=false")
    assert aws.client("dynamodb", HOME).scan(TableName="shop-orders-restored")["Items"] == [{"id": {"S": "kept"}}]
    there = {item["DBInstanceIdentifier"] for item in aws.client("rds", HOME).describe_db_instances()["DBInstances"]}
    assert there >= {"shop-stock", "shop-stock-restored", "shop-books", "shop-books-home"}


OTHERS: dict[str, tuple[str, dict[str, Any]]] = {
    "aurora": ("restore", {"engine": "aurora-postgresql", "pattern": "aurora_multi_az"}),
    "cluster": ("restore", {"engine": "postgres", "pattern": "multi_az_cluster"}),
    "dsql": ("restore", {"engine": "dsql", "pattern": "dsql"}),
    "cheap": ("move", {"engine": "aurora-postgresql", "pattern": "aurora_backup_copy"}),
    "copied": ("move", {"engine": "postgres", "pattern": "multi_az_backup_copy"}),
    "replicated": ("move", {"engine": "postgres", "pattern": "multi_az_replicated_backups"}),
    "away": ("move", {"engine": "dsql", "pattern": "dsql_backup_copy"}),
}
"""How each database is recovered: to a moment or from a backup in its Region, or in the other one and back."""


def synthesized_other(directory: Path, name: str, private: Network, **adopted: Any) -> DocumentedWorkload:
    """Return a workload of one database, with what its construct is told of recoveries."""
    shutil.rmtree(directory / "stacks", ignore_errors=True)
    app = App(outdir=str(directory))
    sites = Sites.in_one_stack(stack_with_own_state(app, "shop", directory), name, primary=HOME, recovery=RECOVERY)
    options = OTHERS[name][1]
    network: dict[str, Any] = {} if options["engine"] == "dsql" else {"network": private}
    database = Database(Workload(sites, objective=LOOSE), "db", **network, **options, **adopted)
    if name == "cluster":
        # moto knows neither IAM authentication nor monitoring of such clusters.
        database.main.override("iam_database_authentication_enabled", False)
        database.main.override("monitoring_interval", None)
        database.main.override("monitoring_role_arn", None)
    app.synth()
    (found,) = read_stacks(directory, None)
    return found


@pytest.mark.exhaustive
@pytest.mark.emulator
@pytest.mark.terraform
@pytest.mark.parametrize("name", OTHERS)
def test_every_other_database_is_taken_over_as_documented(name: str, aws: EmulatedAws, tmp_path: Path) -> None:
    """To a moment, from replicated backups, and by AWS Backup; in the Region, in the other one and back."""
    if terraform_binary() is None:
        pytest.skip("needs terraform or tofu on PATH")
    how, options = OTHERS[name]
    here, there = place(aws, HOME, name), place(aws, RECOVERY, name)
    private = Network(
        subnet_ids=here.subnets,
        security_group_ids=here.groups,
        recovery_subnet_ids=there.subnets,
        recovery_security_group_ids=there.groups,
    )
    stacks, working, journals = tmp_path / "cdktf.out", tmp_path / "working", tmp_path / "journals"
    working.mkdir()
    terraform = Terraform(working, aws, tmp_path)
    workload = synthesized_other(stacks, name, private)
    placed(stacks, working)
    terraform("init", "-input=false")
    terraform("apply", "-input=false", "-auto-approve", "-parallelism=40")
    (item,) = workload.components
    if "backup_role" in names_of(workload, item):
        back_up(aws, workload, names_of(workload, item)["backup_role"].rpartition("/")[2])

    session = boto3.session.Session(aws_access_key_id=aws.account, aws_secret_access_key="emulated", region_name=HOME)
    clients = AwsClients(session, aws.endpoint)
    if how == "restore":
        done = run(plan_restore(workload, "db", to_time="latest"), clients, journals)
    else:
        with aws.fail_region(HOME):
            moved = run(plan_failover(workload, RECOVERY), clients, journals)
        (note,) = adoption_of(workload, moved).notes.values()
        assert note.startswith("nothing to do until the failback")
        assert "No changes" in terraform("plan", "-input=false")
        done = run(plan_failback(workload, recovered=recovered_by(name, [moved])), clients, journals)

    wanted = adoption_of(workload, done).options["db"]
    made = {"restore": f"{name}-db-restored", "move": f"{name}-db-home"}[how]
    if options["engine"] == "dsql":
        made = done["components"]["db"]["kept"]["restored_cluster"]
    assert wanted == {"adopted": made}
    workload = synthesized_other(stacks, name, private, **wanted)
    placed(stacks, working)
    adopting = adoption_of(workload, done)
    assert not adopting.options
    (working / f"adopt-{done['id']}.tf.json").write_text(adopting.documents()["shop"], encoding="utf-8")
    terraform("plan", "-input=false", "-out=tfplan")
    (working / "plan.json").write_text(json.dumps(terraform.shown("tfplan")), encoding="utf-8")

    assert undocumented(working / "plan.json", adopting.imports) == ()
    terraform("apply", "-input=false", "-parallelism=40", "tfplan")
    assert "No changes" in terraform("plan", "-input=false")


def placed(stacks: Path, working: Path) -> None:
    """Put what was synthesized where Terraform runs."""
    shutil.copy(stacks / "stacks" / "shop" / "cdk.tf.json", working)


def run(plan: Plan, clients: AwsClients, directory: Path) -> dict[str, Any]:
    """Return the journal of *plan*, done."""
    names = [item.name for item in plan.components]
    outcome = begin(plan, clients, directory=directory, store=None, losing=names, splitting=names, manner=FAST)
    assert outcome.operation is not None
    return Journal.open(outcome.operation, directory, None).content


def journal(component: str, region: str, call: str, parameters: dict[str, Any], **facts: Any) -> dict[str, Any]:
    """Return the journal of a finished restore of the workload's component, as far as it is read."""
    step = {"state": "done", "call": call, "region": region, "parameters": parameters}
    written = {"names": {}, "kept": {}, "steps": {"restore": step}}
    return {
        "id": "restore-1",
        "command": "restore",
        "workload": "shop",
        "closed": "2026-11-26T10:00:00+00:00",
        "components": {component: written},
        "addresses": {component: [["shop", f"aws_dynamodb_table.{component}"]]},
        **facts,
    }


RESTORED = ("orders", HOME, "dynamodb:RestoreTableToPointInTime", {"TargetTableName": "shop-orders-restored"})


def test_the_option_is_named_until_the_code_has_it_and_then_the_blocks(tmp_path: Path) -> None:
    before = adoption_of(synthesized(tmp_path), journal(*RESTORED))
    after = adoption_of(synthesized(tmp_path, orders={"adopted": "shop-orders-restored"}), journal(*RESTORED))

    assert before.options == {"orders": {"adopted": "shop-orders-restored"}}
    assert not before.documents()
    assert not after.options
    (block,) = json.loads(after.documents()["shop"])["import"]
    assert block["id"] == "shop-orders-restored"
    assert json.loads(after.documents()["shop"])["removed"] == [
        {"from": "aws_dynamodb_table.orders", "lifecycle": {"destroy": False}}
    ]
    assert block["to"] != "aws_dynamodb_table.orders"


def test_a_new_name_at_the_old_address_is_refused(tmp_path: Path) -> None:
    """Terraform would replace the table, and cannot import to an address that it lets go of."""
    workload = synthesized(tmp_path, orders={"name": "shop-orders-restored"})

    with pytest.raises(RefusedError, match="the address of what it replaces"):
        adoption_of(workload, journal(*RESTORED))


def test_what_is_not_finished_or_only_a_drill_is_not_taken_over(tmp_path: Path) -> None:
    workload = synthesized(tmp_path)

    with pytest.raises(RefusedError, match="is not finished; `drctl resume restore-1`"):
        adoption_of(workload, journal(*RESTORED, closed=None))
    with pytest.raises(InputError, match="is a drill"):
        adoption_of(workload, journal(*RESTORED, command="drill"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"type": "aws_db_instance", "change": {"actions": ["delete"]}}, "would be destroyed"),
        ({"type": "aws_db_instance", "change": {"actions": ["delete", "create"]}}, "would be replaced"),
        ({"type": "aws_dynamodb_table", "change": {"actions": ["create"]}}, "would be created"),
        (
            {"type": "aws_db_instance", "change": {"actions": ["update"], "before": {"a": 1}, "after": {"a": 2}}},
            "would change a",
        ),
        ({"type": "aws_db_instance", "change": {"actions": ["no-op"], "importing": {"id": "x"}}}, "would import x"),
        (
            {
                "type": "aws_db_instance",
                "change": {"actions": ["update"], "before": {"skip_final_snapshot": True}, "after": {}},
            },
            None,
        ),
        (
            {
                "type": "aws_rds_cluster",
                "change": {"actions": ["update"], "before": {}, "after": {"enable_local_write_forwarding": False}},
            },
            None,
        ),
        ({"type": "aws_dynamodb_table", "change": {"actions": ["forget"]}}, None),
    ],
)
def test_a_plan_may_change_what_is_documented_and_nothing_else(
    tmp_path: Path, change: dict[str, Any], said: str | None
) -> None:
    path = tmp_path / "plan.json"
    address = f"{change['type']}.it"
    path.write_text(json.dumps({"format_version": "1.2", "resource_changes": [{"address": address, **change}]}))

    found = undocumented(path, (Import(stack="shop", to="aws_db_instance.it", id="y"),))

    assert len(found) == (said is not None)
    assert (said or "") in "".join(found)


BACKUP = "backup:StartRestoreJob"
MADE: list[tuple[dict[str, Any], list[tuple[str, str, dict[str, Any]]], dict[str, str], list[tuple[str, str]]]] = [
    (
        {"engine": "aurora-postgresql", "pattern": "aurora_multi_az"},
        [
            (HOME, "rds:RestoreDBClusterToPointInTime", {"DBClusterIdentifier": "shop-db-restored"}),
            (HOME, "rds:CreateDBInstance", {"DBInstanceIdentifier": "shop-db-restored-1"}),
            (HOME, "rds:CreateDBInstance", {"DBInstanceIdentifier": "shop-db-restored-2"}),
        ],
        {"adopted": "shop-db-restored"},
        [
            ("aws_rds_cluster", "shop-db-restored"),
            ("aws_rds_cluster_instance", "shop-db-restored-1"),
            ("aws_rds_cluster_instance", "shop-db-restored-2"),
        ],
    ),
    (
        {"engine": "postgres", "pattern": "multi_az_cluster"},
        [(HOME, "rds:RestoreDBClusterToPointInTime", {"DBClusterIdentifier": "shop-db-restored"})],
        {"adopted": "shop-db-restored"},
        [("aws_rds_cluster", "shop-db-restored")],
    ),
    (
        {"engine": "postgres", "pattern": "multi_az_replicated_backups"},
        [(HOME, "rds:RestoreDBInstanceToPointInTime", {"TargetDBInstanceIdentifier": "shop-db-home"})],
        {"adopted": "shop-db-home"},
        [("aws_db_instance", "shop-db-home")],
    ),
    (
        {"engine": "postgres", "pattern": "multi_az_backup_copy"},
        [(HOME, BACKUP, {"ResourceType": "RDS", "Metadata": {"DBInstanceIdentifier": "shop-db-home"}})],
        {"adopted": "shop-db-home"},
        [("aws_db_instance", "shop-db-home")],
    ),
    (
        {"engine": "dsql", "pattern": "dsql"},
        [(HOME, BACKUP, {"ResourceType": "DSQL", "Metadata": {"regionalConfig": "[]"}})],
        {"adopted": "abc0123"},
        [("aws_dsql_cluster", "abc0123")],
    ),
]


@pytest.mark.parametrize(("options", "calls", "wanted", "imported"), MADE, ids=lambda item: str(item)[:40])
def test_of_every_pattern_what_was_made_is_taken_over_and_the_old_let_go(
    tmp_path: Path,
    options: dict[str, Any],
    calls: list[tuple[str, str, dict[str, Any]]],
    wanted: dict[str, str],
    imported: list[tuple[str, str]],
) -> None:
    before = alone(tmp_path, **options)
    done = journal("db", *calls[0], command="failback")
    done["components"]["db"]["kept"] = {"restored_arn": "arn:aws:dsql:eu-west-1:123456789012:cluster/abc0123"}
    for number, (region, call, parameters) in enumerate(calls):
        step = {"state": "done", "call": call, "region": region, "parameters": parameters}
        done["components"]["db"]["steps"][str(number)] = step
    (item,) = before.components
    done["addresses"] = {"db": [[member.stack, member.address] for member in item.members if member.address]}

    asked = adoption_of(before, done)
    adopting = adoption_of(alone(tmp_path, **options, **wanted), done)

    assert asked.options == {"db": wanted}
    assert [(block.to.partition(".")[0], block.id) for block in adopting.imports] == imported
    held = {(block.to.partition(".")[0]) for block in adopting.imports}
    gone = {address.partition(".")[0] for _, address in adopting.removed}
    assert gone - {"aws_db_instance_automated_backups_replication"} == held


def alone(directory: Path, **options: Any) -> DocumentedWorkload:
    """Return a workload of one database."""
    shutil.rmtree(directory / "stacks", ignore_errors=True)
    app = App(outdir=str(directory))
    sites = Sites.in_one_stack(stack_with_own_state(app, "shop", directory), "shop", primary=HOME, recovery=RECOVERY)
    given = options if options["engine"] == "dsql" else {"network": THREE_ZONES, **options}
    Database(Workload(sites, objective=LOOSE), "db", **given)
    app.synth()
    (found,) = read_stacks(directory, None)
    return found


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"engine": "aurora-postgresql", "pattern": "global_database", "adopted": "other"}, "in no global database"),
        ({"engine": "postgres", "pattern": "automated_backups", "adopted": "shop-db"}, "the name it has anyway"),
        ({"engine": "postgres", "pattern": "automated_backups", "adopted_recovery": "other"}, "has no read replica"),
        ({"engine": "postgres", "pattern": "automated_backups", "adopted": "NOT ONE"}, "`drctl adopt` says it"),
        (
            {"engine": "aurora-mysql", "pattern": "aurora", "adopted": "a", "adopted_members": ["b", "c"]},
            "adopted_members is b, c; give them together with adopted, the writer first, at most as many as aurora has",
        ),
        ({"engine": "aurora-mysql", "pattern": "aurora", "adopted_members": ["b"]}, "together with adopted"),
        (
            {"engine": "postgres", "pattern": "automated_backups", "adopted": "a", "adopted_members": ["b"]},
            "instances: 0",
        ),
        (
            {"engine": "aurora-mysql", "pattern": "aurora", "adopted": "a", "adopted_members": "b"},
            "is 'b'; give a list",
        ),
    ],
)
def test_what_cannot_be_taken_over_is_refused_and_leaves_nothing_behind(
    tmp_path: Path, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said):
        alone(tmp_path, **options)


@pytest.mark.parametrize(
    ("adopted", "named"),
    [
        ({}, ("shop-db-restored", "shop-db-home", "shop-db-recovery-2")),
        (
            {"adopted": "shop-db-home", "adopted_recovery": "shop-db-recovery-2"},
            ("shop-db-restored-2", "shop-db-home-2", "shop-db-recovery-3"),
        ),
        (
            {"adopted": "shop-db-restored-9", "adopted_recovery": "shop-db-recovery-9"},
            ("shop-db-restored-10", "shop-db-home-10", "shop-db-recovery-10"),
        ),
    ],
)
def test_names_count_on_from_recovery_to_recovery(
    tmp_path: Path, adopted: dict[str, str], named: tuple[str, ...]
) -> None:
    """They grew with each, and one that had grown too long for RDS came back to its own."""
    workload = alone(tmp_path, engine="postgres", pattern="read_replica", **adopted)
    (item,) = workload.components

    beside = names_of(workload, item, Disruption.SOFTWARE)
    moved = names_of(workload, item, Disruption.REGION)

    assert (beside["restored"], moved["returned"], moved["replica_again"]) == named


def test_what_a_component_is_called_is_no_trace_of_a_recovery(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    sites = Sites.in_one_stack(stack_with_own_state(app, "shop", tmp_path), "shop", primary=HOME, recovery=RECOVERY)
    Table(Workload(sites, objective=LOOSE), "home", partition_key=KeyAttribute("id"), pattern="pitr")
    app.synth()
    (workload,) = read_stacks(tmp_path, None)

    assert names_of(workload, workload.components[0], Disruption.SOFTWARE)["restored"] == "shop-home-restored"


@pytest.mark.parametrize(
    ("options", "call", "said"),
    [
        (
            {"engine": "aurora-postgresql", "pattern": "global_database_headless"},
            ("db", HOME, "rds:RestoreDBClusterToPointInTime", {"DBClusterIdentifier": "shop-db-restored"}),
            "aws_rds_cluster shop-db-restored in eu-west-1 stays out of Terraform, whose plan is empty: a restored "
            "cluster is in no global database; copy the good rows back",
        ),
        (
            {"engine": "dsql", "pattern": "dsql_multi_region"},
            ("db", HOME, BACKUP, {"ResourceType": "DSQL", "Metadata": {}}),
            "has no peer; copy the good rows back",
        ),
    ],
)
def test_what_no_construct_takes_over_is_not_asked_for(
    tmp_path: Path, options: dict[str, Any], call: tuple[str, str, str, dict[str, Any]], said: str
) -> None:
    """The option was asked for, and the construct then refused it."""
    workload = alone(tmp_path, **options)
    (item,) = workload.components
    had = [[member.stack, member.address] for member in item.members if member.address]
    done = journal(*call, addresses={"db": had})
    done["components"]["db"]["kept"] = {"restored_arn": "arn:aws:dsql:eu-west-1:123456789012:cluster/abc0123"}

    adopting = adoption_of(workload, done)

    assert not adopting.options
    assert not adopting.imports
    assert said in adopting.notes["db"]


def test_a_restored_file_system_is_not_asked_for_where_there_is_a_replica(tmp_path: Path) -> None:
    workload = of_files(tmp_path, pattern="replication")

    adopting = adoption_of(workload, restored_files(workload, "shop-files-restored"))

    assert not adopting.options
    assert "has no replica; copy the good files back" in adopting.notes["files"]


def of_files(directory: Path, **options: Any) -> DocumentedWorkload:
    """Return a workload of a bucket, and of a file system with a backup in both Regions or as *options* say."""
    shutil.rmtree(directory / "stacks", ignore_errors=True)
    app = App(outdir=str(directory))
    sites = Sites.in_one_stack(stack_with_own_state(app, "shop", directory), "shop", primary=HOME, recovery=RECOVERY)
    shop = Workload(sites, objective=LOOSE)
    FileSystem(shop, "files", network=THREE_ZONES, **{"pattern": "backup_copy", **options})
    Bucket(shop, "assets")
    app.synth()
    (found,) = read_stacks(directory, None)
    return found


def restored_files(workload: DocumentedWorkload, token: str, **facts: Any) -> dict[str, Any]:
    """Return the journal of a file system that AWS Backup has restored at home, as *token*."""
    parameters = {"ResourceType": "EFS", "Metadata": {"CreationToken": token}}
    written = journal("files", HOME, BACKUP, parameters, **facts)
    arn = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-0123"
    written["components"]["files"]["kept"] = {"restored_arn": arn}
    (item,) = (part for part in workload.components if part.name == "files")
    written["addresses"] = {"files": [[member.stack, member.address] for member in item.members if member.address]}
    return written


@pytest.mark.parametrize(("command", "token"), [("restore", "shop-files-restored"), ("failback", "shop-files-home")])
def test_a_restored_file_system_is_taken_over_and_its_mount_targets_are_named(
    tmp_path: Path, command: str, token: str
) -> None:
    before = of_files(tmp_path)
    done = restored_files(before, token, command=command)

    asked = adoption_of(before, done)
    adopting = adoption_of(of_files(tmp_path, adopted=token), done)

    assert asked.options == {"files": {"adopted": token}}
    assert [(block.to.partition(".")[0], block.id) for block in adopting.imports] == [
        ("aws_efs_file_system", "fs-0123")
    ]
    gone = [address.partition(".")[0] for _, address in adopting.removed]
    assert sorted(gone) == ["aws_efs_backup_policy", "aws_efs_file_system", *["aws_efs_mount_target"] * 3]
    assert adopting.notes["files"].count("aws_efs_mount_target.") == 3
    assert f"--region {HOME} --file-system-id fs-0123" in adopting.notes["files"]


def test_what_a_plan_may_change_of_a_file_system_is_not_its_mount_targets(tmp_path: Path) -> None:
    """They were made by hand, and EFS takes one a subnet: the plan is not as documented before they are imported."""
    path = tmp_path / "plan.json"
    changes = [
        {"address": "aws_efs_mount_target.one", "type": "aws_efs_mount_target", "change": {"actions": ["create"]}},
        {"address": "aws_efs_backup_policy.it", "type": "aws_efs_backup_policy", "change": {"actions": ["create"]}},
        {
            "address": "aws_efs_file_system.it",
            "type": "aws_efs_file_system",
            "change": {"actions": ["update"], "before": {"tags": {}}, "after": {"tags": {"a": "b"}}},
        },
    ]
    path.write_text(json.dumps({"format_version": "1.2", "resource_changes": changes}))

    (found,) = undocumented(path, ())

    assert found.startswith("aws_efs_mount_target.one would be created")


def test_after_a_failover_of_a_replicated_file_system_nothing_is_applied_before_the_failback(tmp_path: Path) -> None:
    workload = of_files(tmp_path, pattern="replication")
    ended = ("files", RECOVERY, "efs:DeleteReplicationConfiguration", {"SourceFileSystemId": "fs-1"})

    there = adoption_of(workload, journal(*ended, command="failover"))
    home = adoption_of(workload, journal(*ended, command="failback"))

    assert there.notes["files"].startswith("apply nothing before the failback")
    assert home.notes["files"].startswith("nothing to do")


def test_of_a_service_nothing_is_taken_over(tmp_path: Path) -> None:
    """How many tasks run is not Terraform's to say: the construct ignores it."""
    workload = of_service(tmp_path, "service", pattern="at_zero")
    scaled = ("it", RECOVERY, "ecs:UpdateService", {"cluster": "shop-it", "service": "shop-it", "desiredCount": 2})
    files = (json.loads(path.read_text()) for path in tmp_path.glob("stacks/*/cdk.tf.json"))
    services = [item for stack in files for item in stack["resource"].get("aws_ecs_service", {}).values()]

    for command in ("failover", "failback"):
        found = adoption_of(workload, journal(*scaled, command=command))
        assert found.notes == {"it": "nothing to do: it is where Terraform has it, and the plan is empty"}
        assert not found.documents()
    assert len(services) == 2
    assert all("desired_count" in item["lifecycle"]["ignore_changes"] for item in services)


def synthesized_service(directory: Path, here: Place, there: Place, pattern: str) -> DocumentedWorkload:
    """Return a workload of one service in one stack."""
    shutil.rmtree(directory / "stacks", ignore_errors=True)
    app = App(outdir=str(directory))
    sites = Sites.in_one_stack(stack_with_own_state(app, "shop", directory), "day", primary=HOME, recovery=RECOVERY)
    service_of(Workload(sites, objective=LOOSE), here, there, pattern=pattern, deletion_protection=False)
    app.synth()
    (found,) = read_stacks(directory, None)
    return found


@pytest.mark.exhaustive
@pytest.mark.emulator
@pytest.mark.terraform
def test_a_service_that_was_made_on_the_day_and_stays_is_taken_over_as_documented(
    aws: EmulatedAws, tmp_path: Path
) -> None:
    if terraform_binary() is None:
        pytest.skip("needs terraform or tofu on PATH")
    account = Account(aws)
    here, there = (
        attrs.evolve(place(aws, region, "day"), certificate=account.issued(region)) for region in (HOME, RECOVERY)
    )
    stacks, working = tmp_path / "cdktf.out", tmp_path / "working"
    working.mkdir()
    terraform = Terraform(working, aws, tmp_path)
    workload = synthesized_service(stacks, here, there, "definitions")
    placed(stacks, working)
    terraform("init", "-input=false")
    terraform("apply", "-input=false", "-auto-approve", "-parallelism=40")
    session = boto3.session.Session(aws_access_key_id=aws.account, aws_secret_access_key="emulated", region_name=HOME)
    with aws.fail_region(HOME):
        moved = run(plan_failover(workload, RECOVERY), AwsClients(session, aws.endpoint), tmp_path / "journals")
    assert "No changes" in terraform("plan", "-input=false")

    workload = synthesized_service(stacks, here, there, "at_zero")
    placed(stacks, working)
    adopting = adoption_of(workload, moved)
    (working / "adopt.tf.json").write_text(adopting.documents()["shop"], encoding="utf-8")
    terraform("plan", "-input=false", "-out=tfplan")
    (working / "plan.json").write_text(json.dumps(terraform.shown("tfplan")), encoding="utf-8")

    assert len(adopting.imports) == 3
    left = undocumented(working / "plan.json", adopting.imports)
    # The emulator tells no attributes of a load balancer that nobody has set.
    found = [text for text in left if not text.startswith("aws_lb.") or "client_keep_alive" not in text]
    # What watches definitions that stand by alone goes with that pattern, and is told.
    watching = ["aws_cloudwatch_metric_alarm", "aws_sns_topic", "aws_sns_topic_policy"]
    assert [text.partition(".")[0] for text in found if text.endswith(" would be destroyed")] == watching
    assert len(found) == len(watching)
    terraform("apply", "-input=false", "-parallelism=40", "tfplan")
    assert "No changes" in terraform("plan", "-input=false")


ON_THE_DAY = {
    "load-balancer": ("elbv2:CreateLoadBalancer", {"Name": "shop-it"}),
    "listener": ("elbv2:CreateListener", {"LoadBalancerArn": "arn:balancer"}),
    "service": ("ecs:CreateService", {"cluster": "shop-it", "serviceName": "shop-it"}),
}


def made_on_the_day() -> dict[str, Any]:
    """Return the journal of a failover that made what a service of which only the definitions stood by is made of."""
    steps = {
        name: {"state": "done", "call": call, "region": RECOVERY, "parameters": parameters}
        for name, (call, parameters) in ON_THE_DAY.items()
    }
    kept = {"load_balancer_arn": "arn:balancer", "listener_arn": "arn:listener"}
    return {
        "id": "failover-1",
        "command": "failover",
        "workload": "shop",
        "closed": "2026-11-26T10:00:00+00:00",
        "components": {"it": {"names": {}, "kept": kept, "steps": steps}},
        "addresses": {"it": [["shop", "aws_lb.it_LoadBalancer_AAAA"]]},
    }


def test_what_a_service_was_made_of_stays_out_of_terraform_until_the_failback(tmp_path: Path) -> None:
    found = adoption_of(of_service(tmp_path, "service", pattern="definitions"), made_on_the_day())

    assert found.notes["it"].startswith("nothing to do until the failback: aws_ecs_service shop-it/shop-it in")
    assert "aws_lb arn:balancer" in found.notes["it"]
    assert not found.documents()


def test_what_a_service_was_made_of_is_taken_over_where_the_code_stays_there(tmp_path: Path) -> None:
    """Whoever does not go back declares the service there by another pattern."""
    found = adoption_of(of_service(tmp_path, "service", pattern="in_full"), made_on_the_day())

    blocks = {item.to.partition(".")[0]: item.id for item in found.imports}
    assert blocks == {"aws_lb": "arn:balancer", "aws_lb_listener": "arn:listener", "aws_ecs_service": "shop-it/shop-it"}
    assert found.removed == ()


def test_of_a_bucket_that_aws_backup_restored_nothing_is_claimed(tmp_path: Path) -> None:
    """No pattern of the construct has such backups."""
    found = adoption_of(of_files(tmp_path), journal("assets", HOME, BACKUP, {"ResourceType": "S3", "Metadata": {}}))

    assert "look at `terraform plan`" in found.notes["assets"]
    assert not found.documents()


def test_drctl_names_the_option_then_writes_the_blocks_and_judges_the_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state, stacks, plan = tmp_path / "state", tmp_path / "cdktf.out", tmp_path / "plan.json"
    state.mkdir()
    content = {"schema_version": SCHEMA_VERSION, "revision": 1, "began": "2026-11-26T09:00:00+00:00"}
    (state / "restore-1.json").write_text(json.dumps({**content, **journal(*RESTORED)}))
    command = ["adopt", "restore-1", "--stacks", str(stacks), "--state", str(state)]
    synthesized(stacks)
    asked, early = drctl(capsys, *command), drctl(capsys, *command, "--write")
    synthesized(stacks, orders={"adopted": "shop-orders-restored"})
    written = drctl(capsys, *command, "--write", "--format", "json")
    left = stacks / "stacks" / "shop" / "import.tf.json"
    left.write_text(json.dumps({"import": [{"to": "aws_dynamodb_table.orders", "id": "shop-orders"}]}))
    in_the_way = drctl(capsys, *command, "--write")
    left.unlink()
    plan.write_text('{"format_version": "1.2", "resource_changes": []}')
    good = drctl(capsys, *command, "--verify", str(plan))
    change = {"address": "aws_dynamodb_table.orders", "type": "aws_dynamodb_table", "change": {"actions": ["delete"]}}
    plan.write_text(json.dumps({"format_version": "1.2", "resource_changes": [change]}))
    bad = drctl(capsys, *command, "--verify", str(plan))
    nothing = drctl(capsys, "adopt", "restore-2", *command[2:])

    assert 'orders: give its construct adopted="shop-orders-restored"' in asked.out
    assert (asked.code, early.code, written.code, good.code, bad.code, nothing.code) == (0, 1, 0, 0, 1, 2)
    assert in_the_way.code == 1
    assert "import.tf.json and the blocks of adopt-restore-1.tf.json tell Terraform both to import" in in_the_way.err
    assert "let go of aws_dynamodb_table.orders" in in_the_way.err
    (place,) = json.loads(written.out)["written"]
    assert place.endswith("stacks/shop/adopt-restore-1.tf.json")
    assert "not as documented: aws_dynamodb_table.orders would be destroyed" in bad.out
    assert (f"as documented: {plan}\n" in good.out, '"removed"' in good.out) == (True, False)
