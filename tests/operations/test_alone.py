"""Two operators who do the same in the same moment: at most one of them goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import EndpointConnectionError
from msgspec.structs import replace

from constructs_lib.errors import RefusedError
from constructs_lib.operations.alone import check_alone, not_taken_over
from constructs_lib.operations.journal import Journal, journals
from constructs_lib.operations.operate import begin, go_on
from constructs_lib.operations.planning import plan_failback, plan_failover, plan_restore, recovered_by
from tests.operations.conftest import FAST
from tests.operations.seeded import RECOVERY
from tests.operations.test_journal import Memory
from tests.operations.workloads import workload

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from constructs_lib.operations.plan import Plan


class Silent:
    """Clients that are never to be asked for a change."""

    simulated = True

    def call(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any], *, changes: bool
    ) -> Mapping[str, Any]:
        assert not changes, operation
        return {"Account": "123456789012", "KeyMetadata": {"KeyState": "Enabled"}}

    def page(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        return self.call(service, operation, region, parameters, changes=False)

    call_briefly = page


class Slow(Memory):
    """A store to which somebody else writes the same operation just after this one."""

    def __init__(self, other: str) -> None:
        super().__init__()
        self.other = other

    def write(self, id_: str, text: str, mark: str | None) -> str:
        written = super().write(id_, text, mark)
        other = text.replace(id_, self.other).replace('"by": "', '"by": "not-')
        self.texts.setdefault(self.other, other)
        return written


@pytest.fixture(name="plan")
def _plan(tmp_path: Path) -> Plan:
    return plan_failover(workload(tmp_path / "stacks", "filesystem", pattern="backup_copy"), RECOVERY)


@pytest.mark.usefixtures("unseen")
@pytest.mark.parametrize("other", ["failover-shop-0", "failover-shop-9"])
def test_two_that_begin_at_once_do_not_both_go_on(other: str, plan: Plan, tmp_path: Path) -> None:
    """AWS makes up the name of a restored file system: nothing else would keep the two apart."""
    store = Slow(other)

    with pytest.raises(RefusedError, match=f"{other} was begun in the same moment by not-"):
        begin(plan, Silent(), directory=tmp_path / "mine", store=store, losing=["it"], splitting=["it"], manner=FAST)

    mine, theirs = sorted(journals(tmp_path / "mine", store), key=lambda item: item.id == other)
    assert (mine.is_open, theirs.is_open) == (False, True)
    with pytest.raises(RefusedError, match="was not begun"):
        go_on(plan, mine, Silent(), FAST)
    # The way home asks the newest failover what it made: this one has made nothing.
    assert recovered_by("shop", [finished("failover-shop-1"), mine.content]) == {"it": "arn:made"}


@pytest.mark.usefixtures("unseen")
def test_one_that_is_meant_goes_beside_another(plan: Plan, tmp_path: Path) -> None:
    store = Slow("failover-shop-0")

    # It has gone on to AWS, which has no backup here.
    with pytest.raises(RefusedError, match="find the recovery point: there is none"):
        begin(
            plan,
            Silent(),
            directory=tmp_path,
            store=store,
            losing=["it"],
            splitting=["it"],
            beside=["failover-shop-0"],
            manner=FAST,
        )


def finished(id_: str) -> dict[str, Any]:
    kept = {"it": {"kept": {"restored_arn": "arn:made"}, "steps": {}}}
    return {"id": id_, "command": "failover", "workload": "shop", "closed": "2026-11-01", "components": kept}


class Watched(Memory):
    """A store that knows what was read."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def read(self, id_: str) -> tuple[str, str] | None:
        self.asked.append(id_)
        return super().read(id_)


def test_only_journals_that_may_be_the_same_are_read(tmp_path: Path) -> None:
    store = Watched()
    for id_ in ("failover-shop-1", "restore-shop-1", "failover-other-1"):
        Journal.begin(id_, tmp_path, store, design="d", facts={"command": "x", "workload": "shop"})
    store.asked.clear()

    assert [item.id for item in journals(tmp_path, store, beginning="failover-shop-")] == ["failover-shop-1"]
    assert store.asked == ["failover-shop-1"]


def moved(command: str, number: int, directory: Path, *, simulated: bool = False, open_: bool = False) -> Journal:
    """Return the journal of a move that has done something and come to its end."""
    arguments: dict[str, Any] = {"to": RECOVERY} if command == "failover" else {"recovered": {}}
    facts = {"command": command, "workload": "shop", "arguments": arguments, "simulated": simulated}
    journal = Journal.begin(f"{command}-shop-{number}", directory, None, design="d", facts=facts)
    journal.content["began"] = f"2026-11-{number:02}T10:00:00.000+00:00"
    journal.step("it", "act").update(state="done", began=journal.content["began"])
    if not open_:
        journal.close("done", {})
    return journal


def test_what_has_moved_is_not_moved_again_unless_it_is_meant(tmp_path: Path) -> None:
    """The second way home would end with what the way there had left: older data under a newer name."""
    shop = workload(tmp_path / "stacks", "table", pattern="backup_copy")
    there, home = plan_failover(shop, RECOVERY), plan_failback(shop)

    check_alone(home, tmp_path, None, (), simulated=False)  # its failover may be known to another machine alone
    moved("failover", 1, tmp_path)
    with pytest.raises(RefusedError, match=r"failover-shop-1 has done the same.*no failback has followed; --beside"):
        check_alone(there, tmp_path, None, (), simulated=False)
    check_alone(there, tmp_path, None, ("failover-shop-1",), simulated=False)
    check_alone(home, tmp_path, None, (), simulated=False)

    moved("failback", 2, tmp_path)
    with pytest.raises(RefusedError, match=r"failback-shop-2 has done the same.*no failover has followed; --beside"):
        check_alone(home, tmp_path, None, (), simulated=False)
    check_alone(there, tmp_path, None, (), simulated=False)


def test_on_the_day_what_was_rehearsed_elsewhere_is_in_nobodys_way(tmp_path: Path) -> None:
    there = plan_failover(workload(tmp_path / "stacks", "table", pattern="backup_copy"), RECOVERY)
    moved("failover", 1, tmp_path, simulated=True)

    check_alone(there, tmp_path, None, (), simulated=False)
    with pytest.raises(RefusedError, match="has done the same"):
        check_alone(there, tmp_path, None, (), simulated=True)


def test_a_way_home_that_was_given_up_leaves_the_way_there_open(tmp_path: Path) -> None:
    there = plan_failover(workload(tmp_path / "stacks", "table", pattern="backup_copy"), RECOVERY)
    moved("failover", 1, tmp_path)
    moved("failback", 2, tmp_path, open_=True).give_up("ana")

    check_alone(there, tmp_path, None, (), simulated=False)


class Sealed(Memory):
    """A store that is listed, and of which nothing can be read."""

    def read(self, id_: str) -> tuple[str, str] | None:
        raise EndpointConnectionError(endpoint_url="https://bucket")


def test_a_bucket_that_does_not_tell_keeps_nobody_from_beginning_and_is_named(tmp_path: Path) -> None:
    there = plan_failover(workload(tmp_path / "stacks", "table", pattern="backup_copy"), RECOVERY)
    store = Sealed()
    store.texts["failover-shop-1"] = "{}"

    assert check_alone(there, tmp_path / "state", None, ()) is None
    said = str(check_alone(there, tmp_path / "state", store, ()))
    assert said.startswith("whether somebody else has begun it cannot be told: ")
    assert "does not tell failover-shop-1" in said


def test_what_came_home_and_is_not_taken_over_is_said_until_it_is(tmp_path: Path) -> None:
    """A restore made yesterday's data of the table that had been left, beside the one that serves."""
    shop = workload(tmp_path / "stacks", "table", pattern="backup_copy")
    plan = plan_restore(shop, "it", to_time="latest")
    journal = moved("failback", 2, tmp_path, open_=True)
    journal.step("it", "restore-home").update(parameters={"Metadata": {"targetTableName": "shop-it-home"}})
    member = {"DBClusterIdentifier": "shop-it-home", "DBInstanceIdentifier": "shop-it-home-2"}
    journal.step("it", "instance-2").update(call="rds:CreateDBInstance", region=RECOVERY, parameters=member)
    journal.close("done", {})
    (one,) = plan.components
    adopted = replace(plan, components=(replace(one, names={**one.names, "returned": "shop-it-home-2"}),))

    (said,) = not_taken_over(plan, tmp_path, None)
    assert "failback-shop-2 has brought it home as shop-it-home, which the stacks do not name" in said
    assert list(not_taken_over(adopted, tmp_path, None)) == []


def test_a_cluster_that_aws_has_named_is_taken_over_once_it_stands_at_another_address(tmp_path: Path) -> None:
    """Nothing was said of it, and the next failover restored a backup of the cluster that had been left."""
    shop = workload(tmp_path / "stacks", "database", engine="dsql", pattern="dsql_backup_copy")
    plan = plan_failover(shop, RECOVERY)
    (one,) = plan.components
    journal = moved("failback", 2, tmp_path, open_=True)
    journal.content["addresses"] = {"it": [list(address) for address in one.addresses]}
    journal.component("it")["kept"] = {"restored_cluster": "abc"}
    journal.close("done", {})
    elsewhere = tuple((stack, address.replace("it", "it_Adopted_abc")) for stack, address in one.addresses)
    adopted = replace(plan, components=(replace(one, addresses=elsewhere),))

    (said,) = not_taken_over(plan, tmp_path, None)
    assert "failback-shop-2 has brought it home as abc, which the stacks do not name" in said
    assert list(not_taken_over(adopted, tmp_path, None)) == []
