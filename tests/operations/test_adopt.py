"""After recoveries Terraform lets go of the old and takes over the new, and the next plan is empty."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from constructs_lib import Database, KeyAttribute, Objective, Sites, Table, Target, Workload
from constructs_lib.documents.read.stacks import read_stacks
from constructs_lib.errors import InputError, RefusedError
from constructs_lib.operations.adopt import adoption_of
from constructs_lib.operations.adopted_plan import undocumented
from constructs_lib.operations.clients import AwsClients
from constructs_lib.operations.imports import Import
from constructs_lib.operations.journal import Journal
from constructs_lib.operations.operate import begin
from constructs_lib.operations.plan import plan_failback, plan_failover, plan_restore
from constructs_lib.terraform.engine import App, TerraformStack
from constructs_lib.terraform_cli.mirror import terraform_binary
from stacks.network import network
from tests.emulator.conftest import _aws, _extra  # noqa: F401 - the fixtures
from tests.operations.conftest import FAST
from tests.operations.seeded import HOME, RECOVERY
from tests.operations.test_imports import Terraform

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.emulator import EmulatedAws
    from constructs_lib.operations.plan import Plan

PATTERNS: dict[str, Any] = {"stock": "automated_backups", "books": "read_replica", "ledger": "global_database"}
LOOSE = Objective(software=Target("30d", "30d"))


def synthesized(directory: Path, **adopted: dict[str, Any]) -> DocumentedWorkload:
    """Return the workload, with what its constructs are told of recoveries."""
    shutil.rmtree(directory / "stacks", ignore_errors=True)
    app = App(outdir=str(directory))
    sites = Sites.in_one_stack(TerraformStack(app, "shop"), "shop", primary=HOME, recovery=RECOVERY)
    private = network(sites)
    shop = Workload(sites, objective=LOOSE)
    Table(shop, "orders", partition_key=KeyAttribute("id"), pattern="pitr", **adopted.get("orders", {}))
    for name, pattern in PATTERNS.items():
        engine: Any = "aurora-postgresql" if name == "ledger" else "postgres"
        Database(shop, name, engine=engine, network=private, pattern=pattern, **adopted.get(name, {}))
    app.synth()
    (found,) = read_stacks(directory, None)
    return found


@pytest.mark.emulator
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
