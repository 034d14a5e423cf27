"""An operation that nobody goes on with is given up: what it changed is listed and stays, and another may begin."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.errors import InputError, RefusedError
from constructs_lib.objectives import Disruption
from constructs_lib.operations.adopting.adopt import adoption_of
from constructs_lib.operations.alone import check_alone
from constructs_lib.operations.giving_up import give_up, what_stays
from constructs_lib.operations.journal import Journal
from constructs_lib.operations.operate import go_on
from constructs_lib.operations.planning import plan_failback, plan_failover, recovered_by
from constructs_lib.operations.rehearsing.evidence import kind_of, record_of
from tests.cli.run import drctl
from tests.operations.conftest import FAST
from tests.operations.seeded import HOME, RECOVERY
from tests.operations.test_alone import Silent
from tests.operations.test_journal import Memory
from tests.operations.workloads import workload

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.documents.documented_workload import DocumentedWorkload

ID = "failover-shop-1"


@pytest.fixture(name="shop")
def _shop(tmp_path: Path) -> DocumentedWorkload:
    return workload(tmp_path / "stacks", "database", engine="postgres", pattern="multi_az_read_replica")


def left(shop: DocumentedWorkload, directory: Path, store: Memory | None = None) -> Journal:
    """Return the journal of a failover that was left while the replica was being promoted."""
    plan = plan_failover(shop, RECOVERY)
    facts = {"command": "failover", "workload": "shop", "arguments": dict(plan.arguments), "lag_seconds": {}}
    journal = Journal.begin(ID, directory, store, design=plan.design, facts={**facts, "by": "ann", "addresses": {}})
    promoted = {"DBInstanceIdentifier": "shop-it-recovery", "BackupRetentionPeriod": 35}
    journal.component("it")["steps"] = {
        "promote": step("in progress", "rds:PromoteReadReplica", promoted),
        "stop": {**step("not reached", "rds:StopDBInstance", {"DBInstanceIdentifier": "shop-it"}), "region": HOME},
        "verify": {"state": "not begun"},
    }
    journal.leave("AWS does not answer")
    return journal


def step(state: str, call: str, parameters: dict[str, Any]) -> dict[str, Any]:
    began = "2026-11-27T10:00:00+00:00"
    return {"state": state, "call": call, "region": RECOVERY, "parameters": parameters, "began": began, "attempts": 1}


def test_what_was_changed_is_told_by_the_names_of_what_it_was_changed_in(
    shop: DocumentedWorkload, tmp_path: Path
) -> None:
    journal = left(shop, tmp_path)
    restored = {"ResourceType": "EFS", "RecoveryPointArn": "arn:p", "Metadata": {"CreationToken": "shop-files"}}
    journal.component("files")["steps"] = {
        "restore": step("begun", "backup:StartRestoreJob", restored),
        "bring-home": {"state": "done", "objects": 7, "began": "2026-11-27T10:00:00+00:00"},
    }

    told = [(row["component"], row["step"], row["what"]) for row in what_stays(journal.content)]

    # What was not reached, and what was never begun, has changed nothing.
    assert told == [
        ("it", "promote", "rds PromoteReadReplica in eu-central-1 of DBInstanceIdentifier=shop-it-recovery"),
        ("files", "restore", "backup StartRestoreJob in eu-central-1 of CreationToken=shop-files"),
        ("files", "bring-home", "7 objects"),
    ]


def test_another_may_begin_then_and_nobody_goes_on_with_it(shop: DocumentedWorkload, tmp_path: Path) -> None:
    there, back, store = plan_failover(shop, RECOVERY), plan_failback(shop), Memory()
    journal = left(shop, tmp_path / "mine", store)
    for plan in (there, back):
        with pytest.raises(RefusedError, match=rf"`drctl operations --give-up {ID}` leaves it as it is"):
            check_alone(plan, tmp_path / "theirs", store, ())

    give_up(journal)

    for plan in (there, back):
        check_alone(plan, tmp_path / "theirs", store, ())
    with pytest.raises(RefusedError, match=r"was given up at .*; begin a new one"):
        go_on(there, Journal.open(ID, tmp_path / "theirs", store), Silent(), FAST)
    with pytest.raises(RefusedError, match=f"{ID} is not open: given up"):
        give_up(journal)


def test_who_goes_on_elsewhere_just_now_is_told(shop: DocumentedWorkload, tmp_path: Path) -> None:
    store = Memory()
    left(shop, tmp_path / "mine", store)
    running, giving = (Journal.open(ID, tmp_path / name, store) for name in ("theirs", "mine"))

    give_up(giving)

    with pytest.raises(RefusedError, match="changed"):
        running.save()


def test_one_that_is_gone_on_with_here_is_not_given_up(shop: DocumentedWorkload, tmp_path: Path) -> None:
    journal = left(shop, tmp_path)

    with Journal.open(ID, tmp_path, None).held(), pytest.raises(RefusedError, match="another drctl on this machine"):
        give_up(journal)
    assert Journal.open(ID, tmp_path, None).is_open


def test_a_drill_is_not_given_up_but_cleaned(shop: DocumentedWorkload, tmp_path: Path) -> None:
    facts = {"command": "drill", "workload": "shop"}
    journal = Journal.begin("drill-shop-1", tmp_path, None, design="d", facts=facts)

    with pytest.raises(InputError, match="`drctl drill shop --resume drill-shop-1 --clean`"):
        give_up(journal)


def test_it_proves_nothing_and_nothing_of_it_is_taken_over(shop: DocumentedWorkload, tmp_path: Path) -> None:
    journal = left(shop, tmp_path)
    journal.component("it")["kept"] = {"restored_arn": "arn:half"}
    give_up(journal)

    record = record_of(
        plan_failover(shop, RECOVERY),
        journal,
        shop,
        Disruption.REGION,
        kind=kind_of(journal.content),
        previous=None,
    )

    assert record.verdict == "failed"
    assert record.deviations[0].startswith("given up at ")
    with pytest.raises(RefusedError, match="was given up, and what it made stays out of Terraform"):
        adoption_of(shop, journal.content)
    assert recovered_by("shop", [journal.content]) == {}


def test_what_had_come_to_its_end_is_taken_over(shop: DocumentedWorkload, tmp_path: Path) -> None:
    """One component that cannot be brought home left all others, which were, to be imported by hand."""
    plan = plan_failback(shop)
    (item,) = plan.components
    facts = {"command": "failback", "workload": "shop", "arguments": dict(plan.arguments), "by": "ann"}
    addresses = {"it": [list(address) for address in item.addresses]}
    journal = Journal.begin("failback-shop-1", tmp_path, None, design="d", facts={**facts, "addresses": addresses})
    made = {"DBInstanceIdentifier": "shop-it-home"}
    for one in item.steps:
        journal.step("it", one.id).update(step("done", "rds:CreateDBInstanceReadReplica", made) | {"region": HOME})
    half = {name: dict(entry) for name, entry in journal.component("it")["steps"].items()}
    journal.leave("AWS does not answer")
    give_up(journal)

    assert adoption_of(shop, journal.content).options == {"it": {"adopted": "shop-it-home"}}

    journal.component("it")["steps"] = {name: half[name] for name in list(half)[:-1]}
    with pytest.raises(RefusedError, match="was given up, and what it made stays out of Terraform"):
        adoption_of(shop, journal.content)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stdin", "options", "code", "said"),
    [
        (io.StringIO(f"{ID}\n"), [], 1, "there is no terminal to ask at; --yes"),
        (Terminal("yes\n"), [], 1, f"{ID} is not given up; `drctl resume {ID}"),
        (Terminal(f"{ID}\n"), [], 0, f"{ID} was given up at "),
        (io.StringIO(), ["--yes"], 0, f"{ID} was given up at "),
    ],
    ids=["nobody", "not meant", "typed", "told"],
)
def test_it_is_asked_for_by_its_name(
    shop: DocumentedWorkload,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    stdin: io.StringIO,
    options: list[str],
    code: int,
    said: str,
) -> None:
    left(shop, tmp_path / "state")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", stdin)
    place = ["--state", str(tmp_path / "state")]

    ran = drctl(capsys, "operations", "--give-up", ID, *place, *options)
    listed = drctl(capsys, "operations", *place, "--format", "json")

    assert ran.code == code, ran
    assert said in ran.out + ran.err
    assert "it: promote: under way: what AWS has taken goes on (rds PromoteReadReplica in eu-central-1" in ran.out
    (row,) = json.loads(listed.out)["operations"]
    assert (row["given_up"] is not None, row["closed"] is not None) == (code == 0, code == 0)
    assert row["left"]["why"] == "AWS does not answer"


def test_what_its_stacks_no_longer_tell_can_be_given_up(shop: DocumentedWorkload, tmp_path: Path) -> None:
    journal = left(shop, tmp_path)
    journal.content["design"] = "another"

    with pytest.raises(RefusedError, match=rf"`drctl operations --give-up {ID}` and begin a new one"):
        go_on(plan_failover(shop, RECOVERY), journal, Silent(), FAST)


def test_a_way_home_is_not_begun_beside_a_way_there(shop: DocumentedWorkload, tmp_path: Path) -> None:
    left(shop, tmp_path)

    with pytest.raises(RefusedError, match=f"{ID} moves the same, and is open"):
        check_alone(plan_failback(shop), tmp_path, None, ())
    check_alone(plan_failback(shop), tmp_path, None, (ID,))
