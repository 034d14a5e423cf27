"""Before a failover: what the recovery Region cannot do is said before anything is begun, with what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pytest
from botocore.exceptions import ReadTimeoutError

from constructs_lib.errors import RefusedError, UnfinishedError
from constructs_lib.operations.operate import begin, look
from constructs_lib.operations.plan import plan_failback, plan_failover, plan_restore, recovered_by
from constructs_lib.operations.preflight import check_preflight, preflight
from constructs_lib.operations.rights import policy_of
from tests.operations.conftest import FAST, Recorded
from tests.operations.seeded import HOME, RECOVERY, synthesized, unbuilt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.emulator import EmulatedAws

    Built = Callable[..., DocumentedWorkload]

KEY = {"KeyMetadata": {"KeyState": "Enabled", "Arn": "arn:key"}}
QUOTA = {"AccountQuotas": [{"AccountQuotaName": "DBInstances", "Used": 3, "Max": 40}]}


class Answers:
    """Clients that answer what they are told, and note who was asked where."""

    simulated = True

    def __init__(self, **replies: Mapping[str, Any]) -> None:
        self._replies = replies
        self.asked: list[tuple[str, str]] = []

    def call(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any], *, changes: bool
    ) -> Mapping[str, Any]:
        assert not changes
        self.asked.append((f"{service}:{operation}", region))
        return self._replies.get(operation, {})

    def page(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        raise AssertionError(operation)

    def call_briefly(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        raise AssertionError(operation)


def workload(tmp_path: Path, pattern: str, engine: str = "postgres") -> DocumentedWorkload:
    subnets = ("subnet-1", "subnet-2", "subnet-3")
    here, there = (unbuilt(region, *subnets) for region in (HOME, RECOVERY))
    return synthesized(tmp_path, "shop", here, there, "database", engine=engine, pattern=pattern)


def versions(one: str, other: str) -> dict[str, Mapping[str, Any]]:
    return {
        "DescribeGlobalClusters": {"GlobalClusters": [{"EngineVersion": one}]},
        "DescribeDBClusters": {"DBClusters": [{"EngineVersion": other}]},
    }


@pytest.mark.parametrize(
    ("pattern", "replies", "said"),
    [
        (
            "multi_az_replicated_backups",
            {"DescribeKey": {"KeyMetadata": {"KeyState": "Disabled"}}},
            "aws kms enable-key",
        ),
        (
            "multi_az_replicated_backups",
            {"DescribeKey": {"KeyMetadata": {"KeyState": "PendingDeletion"}}},
            "aws kms cancel-key-deletion",
        ),
        (
            "multi_az_replicated_backups",
            {"DescribeAccountAttributes": {"AccountQuotas": [{**QUOTA["AccountQuotas"][0], "Used": 40}]}},
            "40 of 40 instances",
        ),
        ("global_database", versions("16.4", "16.3"), "upgrade shop-ledger-recovery"),
        (
            "global_database",
            versions("8.0.mysql_aurora.3.05.2", "8.0.mysql_aurora.3.04.2"),
            "remove-from-global-cluster",
        ),
    ],
)
def test_what_stands_in_the_way_is_refused_with_what_to_do(
    tmp_path: Path, pattern: str, replies: dict[str, Mapping[str, Any]], said: str
) -> None:
    engine = "aurora-postgresql" if pattern == "global_database" else "postgres"
    told: dict[str, Mapping[str, Any]] = {"DescribeKey": KEY, "DescribeAccountAttributes": QUOTA, **replies}
    clients = Answers(**told)

    with pytest.raises(RefusedError, match=said):
        check_preflight(preflight(plan_failover(workload(tmp_path, pattern, engine), RECOVERY), clients))

    assert {region for _, region in clients.asked} == {RECOVERY}


WINDOW = {"EarliestRestorableTime": "2026-11-01T00:00:00+00:00", "LatestRestorableTime": "2026-11-08T00:00:00+00:00"}


@pytest.mark.parametrize(
    ("moment", "replies", "state"),
    [
        ("2026-11-05T10:00:00Z", {"DescribeDBClusters": {"DBClusters": [WINDOW]}}, "ok"),
        ("2026-10-05T10:00:00Z", {"DescribeDBClusters": {"DBClusters": [WINDOW]}}, "refused"),
        ("2026-11-08T00:00:01Z", {"DescribeDBClusters": {"DBClusters": [WINDOW]}}, "refused"),
        ("2026-11-05T10:00:00Z", {"DescribeDBClusters": {"DBClusters": [{}]}}, None),
        ("latest", {"DescribeDBClusters": {"DBClusters": [WINDOW]}}, None),
    ],
)
def test_a_moment_that_cannot_be_had_is_refused_by_the_plan_as_well(
    moment: str, replies: Mapping[str, Any], state: str | None, tmp_path: Path
) -> None:
    """It was planned, and refused by AWS once it was begun."""
    shop = workload(tmp_path, "aurora", engine="aurora-postgresql")
    plan, clients = plan_restore(shop, "ledger", to_time=moment), Answers(**replies)

    checks = look(plan, clients).preflight

    assert [item.state for item in checks] == ([] if state is None else [state])
    if state == "refused":
        with pytest.raises(RefusedError, match=r"AWS has ledger from 2026-11-01T00.*; give a moment from there"):
            begin(plan, clients, directory=tmp_path / "state", store=None, losing=["ledger"], manner=FAST)
        assert not (tmp_path / "state").exists()


def test_a_region_that_is_silent_is_waited_for_once(tmp_path: Path) -> None:
    """A plan of seven components took three minutes: each waited for it five times half a minute."""

    class Silent(Answers):
        def call(self, service: str, operation: str, region: str, *given: Any, **more: Any) -> Mapping[str, Any]:
            self.asked.append((operation, region))
            raise ReadTimeoutError(endpoint_url=region)

    clients = Silent()
    plan = plan_failback(workload(tmp_path, "read_replica"))
    (one,) = plan.components
    several = attrs.evolve(plan, components=tuple(attrs.evolve(one, name=name) for name in "abc"))

    look(several, clients)

    assert [region for _, region in clients.asked] == [HOME]


def test_what_aws_does_not_tell_is_said_to_be_assumed(tmp_path: Path) -> None:
    plan = plan_failover(workload(tmp_path, "multi_az_replicated_backups"), RECOVERY)
    found = preflight(plan, Answers())

    assert {check.what: check.state for check in found} == dict.fromkeys(("key", "quota", "capacity"), "assumed")
    assert {(check.what, check.state) for check in preflight(plan, Answers(DescribeKey=KEY))} >= {("key", "ok")}
    assert preflight(plan_failback(workload(tmp_path, "multi_az_replicated_backups")), Answers()) == ()


def test_patches_that_differ_are_for_aurora_to_judge(tmp_path: Path) -> None:
    plan = plan_failover(workload(tmp_path, "global_database", "aurora-postgresql"), RECOVERY)

    states = [
        next(check.state for check in preflight(plan, Answers(**versions(one, other))) if check.what == "versions")
        for one, other in (("16.4", "16.4"), ("8.0.mysql_aurora.3.05.2", "8.0.mysql_aurora.3.05.1"))
    ]

    assert states == ["ok", "assumed"]


def test_the_rights_are_those_of_the_questions_too(tmp_path: Path) -> None:
    plan = plan_failover(workload(tmp_path, "multi_az_replicated_backups"), RECOVERY)
    clients = Answers(DescribeKey=KEY)
    preflight(plan, clients)
    actions = {action for statement in policy_of(plan)["Statement"] for action in statement["Action"]}

    assert {operation for operation, _ in clients.asked} - {"sts:GetCallerIdentity"} <= actions


@pytest.mark.emulator
def test_a_key_that_is_disabled_keeps_a_failover_from_beginning(
    aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    plan = plan_failover(built("table", pattern="backup_copy"), RECOVERY)
    assert "ok" in {check.state for check in look(plan, clients).preflight}
    key = plan.components[0].names["recovery_key"]
    aws.client("kms", RECOVERY).schedule_key_deletion(KeyId=key.rpartition("/")[2], PendingWindowInDays=7)

    with pytest.raises(RefusedError, match="is PendingDeletion"):
        begin(plan, clients, directory=tmp_path / "journals", store=None, losing=("items",), manner=FAST)

    assert clients.taken == []
    assert not (tmp_path / "journals").exists()


@pytest.mark.emulator
def test_a_table_of_the_name_that_a_backup_would_get_is_somebody_elses(
    aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    workload = built("table", pattern="backup_copy")
    plan = plan_failover(workload, RECOVERY)
    aws.client("dynamodb", RECOVERY).create_table(
        TableName=plan.components[0].names["restored"],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )

    # The table at home was told to refuse writes before: that has begun.
    with pytest.raises(UnfinishedError, match=r"was not made by operation .* other steps were done"):
        begin(plan, clients, directory=tmp_path / "journals", store=None, losing=("items",), manner=FAST)

    assert "StartRestoreJob" not in {operation for operation, _, _ in clients.taken}


def test_a_failback_knows_what_aws_named_in_the_failover() -> None:
    def journal(command: str, closed: str | None, arn: str) -> dict[str, Any]:
        kept = {"kept": {"restored_arn": arn}}
        return {"command": command, "workload": "shop", "closed": closed, "components": {"ledger": kept}}

    found = recovered_by(
        "shop",
        [journal("failover", "t", "old"), journal("failover", "t", "new"), journal("failover", None, "open"),
         journal("restore", "t", "beside")],
    )  # fmt: skip

    assert found == {"ledger": "new"}


def test_the_way_home_of_dsql_needs_no_name(tmp_path: Path) -> None:
    moved = workload(tmp_path, "dsql_backup_copy", "dsql")
    plan = plan_failback(moved, recovered={"ledger": "arn:aws:dsql:eu-central-1:1:cluster/x"})

    assert plan.components[0].names["recovered_arn"] == "arn:aws:dsql:eu-central-1:1:cluster/x"


@pytest.mark.emulator
def test_the_quota_is_read_where_instances_are_made(
    aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    plan = plan_failover(built("database", engine="postgres", pattern="multi_az_replicated_backups"), RECOVERY)

    states = {check.what: check.state for check in look(plan, clients).preflight}

    assert states == {"key": "ok", "quota": "ok", "capacity": "assumed"}
    assert {region for operation, region, _ in clients.calls if operation == "DescribeAccountAttributes"} == {RECOVERY}


def test_the_quota_is_one_for_all_that_moves_there(tmp_path: Path) -> None:
    """Each component by itself was within it, and the last ones would have been refused half-way."""
    one = plan_failover(workload(tmp_path, "multi_az_replicated_backups"), RECOVERY)
    (item,) = one.components
    plan = attrs.evolve(one, components=tuple(attrs.evolve(item, name=name) for name in ("a", "b", "c")))
    full = {"AccountQuotas": [{"AccountQuotaName": "DBInstances", "Used": 38, "Max": 40}]}

    checks = preflight(plan, Answers(DescribeKey=KEY, DescribeAccountAttributes=full))

    with pytest.raises(RefusedError, match=r"38 of 40 .* and 3 more are needed by all"):
        check_preflight(checks)
