"""Interruptions on the emulated AWS: killed around a call, and resumed; `test_every_procedure` has every moment."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from constructs_lib.errors import RefusedError, UnfinishedError
from constructs_lib.operations.journal import journals
from constructs_lib.operations.operate import begin, go_on
from constructs_lib.operations.planning import plan_failback, plan_failover, plan_restore
from tests.operations.conftest import FAST, Recorded
from tests.operations.seeded import RECOVERY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.emulator import EmulatedAws
    from constructs_lib.operations.clients import AwsClients
    from constructs_lib.operations.operate import Manner, Outcome
    from constructs_lib.operations.plan import Plan

    Built = Callable[..., DocumentedWorkload]

# What is looked at beforehand changes nothing, and is not what is killed.
pytestmark = [pytest.mark.emulator, pytest.mark.usefixtures("unseen")]

ONCE = {
    "RestoreDBInstanceToPointInTime",
    "RestoreDBClusterToPointInTime",
    "CreateDBInstance",
    "CreateDBInstanceReadReplica",
    "PromoteReadReplica",
    "FailoverGlobalCluster",
    "SwitchoverGlobalCluster",
    "RestoreTableToPointInTime",
    "StartDBInstanceAutomatedBackupsReplication",
}
"""Calls without a token, which must not be taken twice."""


STRIDE = 17
"""Which moments are taken: a run of the emulated AWS takes a second or two."""


class KilledError(BaseException):
    """As SIGKILL: nothing of the program runs after it."""


def run(plan: Plan, clients: Recorded, directory: Path) -> Outcome:
    names = [item.name for item in plan.components]
    return begin(plan, clients, directory=directory, store=None, losing=names, splitting=names, manner=FAST)


def resume(plan: Plan, clients: Recorded, directory: Path, manner: Manner = FAST) -> Outcome:
    (journal,) = journals(directory, None)
    return go_on(plan, journal, clients, manner)


def killing(boto: AwsClients, point: int) -> Recorded:
    """Return clients that die at the *point*-th moment before or after a call."""
    moments = itertools.count()

    def tick(operation: str, region: str) -> None:
        if next(moments) == point:
            raise KilledError

    return Recorded(boto, before=tick, after=tick)


def assert_taken_once(*clients: Recorded) -> None:
    taken = Counter(call for one in clients for call in one.taken if call[0] in ONCE)
    assert {call: count for call, count in taken.items() if count > 1} == {}


def disturbed(
    make: Callable[[str], Plan], boto: AwsClients, tmp_path: Path, disturb: Callable[[int], Recorded]
) -> Iterator[tuple[Plan, Outcome]]:
    """Yield what comes of each disturbance, until none is left."""
    for point in range(1, 1000, STRIDE):
        plan = make(f"k{point}")
        first, second = disturb(point), Recorded(boto)
        directory = tmp_path / str(point)
        try:
            run(plan, first, directory)
        except KilledError:
            pass
        else:
            return
        written = list(journals(directory, None))
        if not written:
            continue
        outcome = resume(plan, second, directory)
        assert_taken_once(first, second)
        yield plan, outcome


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("table", {"pattern": "pitr", "ttl_attribute": "gone"}),
        ("database", {"engine": "aurora-postgresql", "pattern": "aurora_multi_az"}),
    ],
)
def test_a_restore_killed_at_any_call_ends_as_an_undisturbed_one(
    kind: str, options: dict[str, Any], built: Built, boto: AwsClients, tmp_path: Path
) -> None:
    workload = built(kind, **options)
    name = workload.components[0].name

    def make(suffix: str) -> Plan:
        return plan_restore(workload, name, to_time="latest", as_name=f"{workload.name}-{suffix}")

    ends = list(disturbed(make, boto, tmp_path, lambda point: killing(boto, point)))

    assert len(ends) > 1
    assert all(outcome.differences == {} and outcome.result == "done" for _, outcome in ends)


def test_a_failover_and_a_switchover_killed_at_any_call_are_made_once(
    aws: EmulatedAws, built: Built, boto: AwsClients, tmp_path: Path
) -> None:
    """There and home again, in turn."""
    workload = built("database", engine="aurora-postgresql", pattern="global_database")
    ways: list[Callable[[], Plan]] = [lambda: plan_failover(workload, RECOVERY), lambda: plan_failback(workload)]
    for point in range(1, 60, STRIDE):
        ended = []
        for number, way in enumerate(ways):
            plan, first, second = way(), killing(boto, point), Recorded(boto)
            directory = tmp_path / f"{point}-{number}"
            try:
                run(plan, first, directory)
                ended.append(True)
            except KilledError:
                if list(journals(directory, None)):
                    assert resume(plan, second, directory).result == "done"
                else:
                    run(plan, second, directory)
            assert_taken_once(first, second)
        if all(ended) and len(ended) == len(ways):
            break
    else:
        pytest.fail("more calls than there can be")


class Failing(Recorded):
    """Clients of an AWS Backup that fails the first job of a kind, and knows its token for good."""

    def fails(self, operation: str) -> Failing:
        self.operation, self.token = operation, ""
        return self

    def call(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any], *, changes: bool
    ) -> Mapping[str, Any]:
        if operation == self.operation and self.token in ("", parameters["IdempotencyToken"]):
            self.token = parameters["IdempotencyToken"]
            return {f"{kind}JobId": "failed" for kind in ("Restore", "Copy", "Backup")}
        if "failed" in parameters.values():
            told = {"Status": "FAILED", "State": "FAILED", "StatusMessage": "the key cannot be used"}
            return {**told, "CopyJob": told}
        return super().call(service, operation, region, parameters, changes=changes)


@pytest.mark.parametrize("operation", ["StartRestoreJob", "StartBackupJob", "StartCopyJob"])
def test_a_job_that_failed_is_begun_anew_once_that_is_put_right(
    operation: str, aws: EmulatedAws, built: Built, boto: AwsClients, tmp_path: Path
) -> None:
    """Under the token of the first AWS Backup would answer with that one for good."""
    workload = built("table", pattern="backup_copy")
    there, home = plan_failover(workload, RECOVERY), plan_failback(workload)
    if operation != "StartRestoreJob":
        run(there, Recorded(boto), tmp_path / "there")
    plan = there if operation == "StartRestoreJob" else home
    clients = Failing(boto).fails(operation)

    with pytest.raises(UnfinishedError, match=r"FAILED \(the key cannot be used\); put that right, then `drctl resume"):
        run(plan, clients, tmp_path / "it")

    assert resume(plan, clients, tmp_path / "it").result == "done"


def test_a_resumed_operation_refuses_other_stacks(built: Built, boto: AwsClients, tmp_path: Path) -> None:
    workload, other = (built("database", engine="postgres", pattern="multi_az_instance") for _ in range(2))
    plan = plan_restore(workload, "ledger", to_time="latest")
    with pytest.raises(KilledError):
        run(plan, killing(boto, 3), tmp_path)

    with pytest.raises(RefusedError, match="other stacks"):
        resume(plan_restore(other, "ledger", to_time="latest"), Recorded(boto), tmp_path)


def test_leaving_off_closes_nothing_and_says_how_to_go_on(built: Built, boto: AwsClients, tmp_path: Path) -> None:
    workload = built("database", engine="postgres", pattern="multi_az_instance")
    plan = plan_restore(workload, "ledger", to_time="latest")
    asked = iter([False])
    leaving = replace(FAST, stop=lambda: next(asked, True))
    with pytest.raises(UnfinishedError, match="interrupted; `drctl resume restore-"):
        begin(plan, Recorded(boto), directory=tmp_path, store=None, manner=leaving)
    (journal,) = journals(tmp_path, None)

    assert journal.is_open
    assert resume(plan, Recorded(boto), tmp_path).result == "done"
