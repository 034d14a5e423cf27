"""Before a failover: what the recovery Region cannot do is said before anything is begun, with what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from msgspec.structs import replace

from constructs_lib.errors import InputError, RefusedError
from constructs_lib.operations import operate
from constructs_lib.operations.clients import ASKED
from constructs_lib.operations.operate import begin, look
from constructs_lib.operations.planning import plan_again, plan_failback, plan_failover, plan_restore, recovered_by
from constructs_lib.operations.preflight import check_preflight, preflight
from constructs_lib.operations.rights import policy_of
from constructs_lib.operations.silence import Silence
from constructs_lib.procedures import PROCEDURES, Part, Procedure
from tests.operations.conftest import FAST, Recorded
from tests.operations.seeded import HOME, RECOVERY, synthesized, unbuilt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.emulator import EmulatedAws

    Built = Callable[..., DocumentedWorkload]

KEY = {"KeyMetadata": {"KeyState": "Enabled", "Arn": "arn:key"}}
BACKUPS = {
    "DBInstanceAutomatedBackups": [
        {
            "DBInstanceAutomatedBackupsArn": "arn:backups",
            "DBInstanceArn": f"arn:aws:rds:{HOME}:123456789012:db:shop-ledger",
            "RestoreWindow": {"LatestTime": "2026-11-28T10:00:00+00:00"},
        }
    ]
}
NOTHING_THERE = ClientError({"Error": {"Code": "DBInstanceNotFound", "Message": "-"}}, "DescribeDBInstances")
TAGS = (
    *("recovery:load-balancer-subnet-1", "recovery:load-balancer-group-1"),
    *("recovery:task-subnet-1", "recovery:task-group-1"),
)
QUOTA = {"AccountQuotas": [{"AccountQuotaName": "DBInstances", "Used": 3, "Max": 40}]}


class Answers:
    """Clients that answer what they are told, and note who was asked where."""

    simulated = True

    def __init__(self, **replies: Mapping[str, Any] | Exception) -> None:
        self._replies = {
            "GetCallerIdentity": {"Account": "123456789012"},
            "DescribeDBInstances": NOTHING_THERE,
            "DescribeDBInstanceAutomatedBackups": BACKUPS,
            **replies,
        }
        self.asked: list[tuple[str, str]] = []

    def call(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any], *, changes: bool
    ) -> Mapping[str, Any]:
        assert not changes
        self.asked.append((f"{service}:{operation}", region))
        reply: Any = self._replies.get(operation, {})
        if isinstance(reply, Exception):
            raise reply
        return dict(reply)

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

    assert [item.state for item in checks if item.what == "moment"] == ([] if state is None else [state])
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
    several = replace(plan, components=tuple(replace(one, name=name) for name in "abc"))

    look(several, clients)

    assert [region for _, region in clients.asked] == [HOME, RECOVERY]


def test_what_aws_does_not_tell_is_said_to_be_assumed(tmp_path: Path) -> None:
    plan = plan_failover(workload(tmp_path, "multi_az_replicated_backups"), RECOVERY)
    found = preflight(plan, Answers())

    assert {check.what: check.state for check in found} == {
        "look": "ok",
        **dict.fromkeys(("key", "quota", "capacity"), "assumed"),
    }
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

    # And the table at home still takes writes.
    with pytest.raises(RefusedError, match=r"is there already \(ACTIVE\) was not made by this operation"):
        begin(plan, clients, directory=tmp_path / "journals", store=None, losing=("items",), manner=FAST)

    assert clients.taken == []


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

    assert states == {"look": "ok", "key": "ok", "quota": "ok", "capacity": "assumed"}
    assert {region for operation, region, _ in clients.calls if operation == "DescribeAccountAttributes"} == {RECOVERY}


def test_the_quota_is_one_for_all_that_moves_there(tmp_path: Path) -> None:
    """Each component by itself was within it, and the last ones would have been refused half-way."""
    one = plan_failover(workload(tmp_path, "multi_az_replicated_backups"), RECOVERY)
    (item,) = one.components
    plan = replace(one, components=tuple(replace(item, name=name) for name in ("a", "b", "c")))
    full = {"AccountQuotas": [{"AccountQuotaName": "DBInstances", "Used": 38, "Max": 40}]}

    checks = preflight(plan, Answers(DescribeKey=KEY, DescribeAccountAttributes=full))

    with pytest.raises(RefusedError, match=r"38 of 40 .* and 3 more are needed by all"):
        check_preflight(checks)


BY_BACKUP = [
    ("database", {"engine": "postgres", "pattern": "backup_copy"}),
    ("database", {"engine": "aurora-postgresql", "pattern": "aurora_backup_copy"}),
    ("database", {"engine": "dsql", "pattern": "dsql_backup_copy"}),
    ("table", {"pattern": "backup_copy"}),
    ("filesystem", {"pattern": "backup_copy"}),
]


@pytest.mark.parametrize(("kind", "options"), [pytest.param(*case, id=case[1]["pattern"]) for case in BY_BACKUP])
def test_where_no_backup_has_arrived_nothing_is_begun(kind: str, options: dict[str, Any], tmp_path: Path) -> None:
    """The plan said that it could be done, and the database at home was stopped before the vault was looked into."""
    here, there = (unbuilt(region, "subnet-1", "subnet-2", "subnet-3") for region in (HOME, RECOVERY))
    plan = plan_failover(synthesized(tmp_path, "shop", here, there, kind, **options), RECOVERY)
    (item,) = plan.components
    clients = Answers(DescribeKey=KEY, ListRecoveryPointsByBackupVault={"RecoveryPoints": []})

    with pytest.raises(
        RefusedError, match=rf"there is none \(ListRecoveryPoints.* shop-{item.name}.*without it nothing"
    ):
        begin(plan, clients, directory=tmp_path, store=None, losing=[item.name], splitting=[item.name], manner=FAST)

    looks = [step.id for step in item.steps if step.id in ("find-point", "fence")]
    assert looks in (["find-point"], ["find-point", "fence"])


@pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda item: item.called())
def test_the_old_side_is_stopped_only_once_it_is_known_what_takes_its_place(procedure: Procedure) -> None:
    looks = [number for number, step in enumerate(procedure.steps) if step.call and step.keeps and not step.changes]
    fences = [number for number, step in enumerate(procedure.steps) if step.best_effort]

    assert all(look < fence for fence in fences for look in looks if procedure.steps[look].part is Part.ACT)


def test_what_nobody_tells_is_asked_for_before_anything_is_begun(tmp_path: Path) -> None:
    """The plan said that it could be done; the restore was refused once the instance at home was stopped."""
    shop = workload(tmp_path, "multi_az_replicated_backups")
    (found,) = shop.components
    members = [
        attrs.evolve(item, arguments={**item.arguments, "vpc_security_group_ids": None}) for item in found.members
    ]
    blind = attrs.evolve(shop, components=(attrs.evolve(found, members=tuple(members)),))
    clients = Answers(DescribeKey=KEY, DescribeAccountAttributes=QUOTA)

    with pytest.raises(RefusedError, match=r"needs recovery_security_groups, .*--name ledger\.KEY=VALUE"):
        begin(plan_failover(blind, RECOVERY), clients, directory=tmp_path, store=None, losing=["ledger"], manner=FAST)
    given = {"ledger.recovery_security_groups": ["sg-1"], "other.recovery_security_groups": ["sg-2"]}
    told = plan_failover(blind, RECOVERY, names=given)

    check_preflight(preflight(told, clients))
    # The way home has more that such stacks do not tell, and says all of it at once.
    (check,) = preflight(plan_failback(blind), clients)
    assert check.found.endswith("give --name security_groups=VALUE")
    assert told.components[0].names["recovery_security_groups"] == ["sg-1"]


def test_a_key_that_is_not_there_is_no_key_to_assume(tmp_path: Path) -> None:
    plan = plan_failover(workload(tmp_path, "multi_az_replicated_backups"), RECOVERY)
    gone = ClientError({"Error": {"Code": "NotFoundException", "Message": "Alias is not found"}}, "DescribeKey")

    with pytest.raises(RefusedError, match=r"the key: NotFoundException.*see that what stands by is deployed"):
        check_preflight(preflight(plan, Answers(DescribeKey=gone)))


@pytest.mark.parametrize(("code", "state"), [("403", "assumed"), ("404", "refused")])
def test_a_bucket_that_nobody_may_look_at_is_not_called_missing(code: str, state: str, tmp_path: Path) -> None:
    """S3 answers HeadBucket with the status alone."""
    here, there = unbuilt(HOME), unbuilt(RECOVERY)
    plan = plan_failover(synthesized(tmp_path, "shop", here, there, "bucket", pattern="replication"), RECOVERY)
    error = ClientError({"Error": {"Code": code, "Message": "-"}}, "HeadBucket")

    assert [item.state for item in preflight(plan, Answers(HeadBucket=error)) if item.what == "look"] == [state]


@pytest.mark.parametrize(("status", "state"), [("ACTIVE", "ok"), ("UPDATING", "ok"), ("CREATING", "beware")])
def test_a_replica_that_does_not_serve_yet_is_said_and_refuses_nothing(status: str, state: str, tmp_path: Path) -> None:
    here, there = unbuilt(HOME), unbuilt(RECOVERY)
    plan = plan_failover(synthesized(tmp_path, "shop", here, there, "table", pattern="global_table"), RECOVERY)
    checks = preflight(plan, Answers(DescribeTable={"Table": {"TableStatus": status}}, DescribeKey=KEY))

    assert [item.state for item in checks if item.what == "look"] == [state]
    check_preflight(checks)


def test_the_plan_says_of_a_step_that_the_runbook_leaves_out_that_it_is_not_needed(tmp_path: Path) -> None:
    """A load balancer without access logs was to be told where it writes them."""
    here, there = (unbuilt(region, "subnet-1", "subnet-2", "subnet-3") for region in (HOME, RECOVERY))
    plan = plan_failover(synthesized(tmp_path, "shop", here, there, "service", pattern="definitions"), RECOVERY)
    none = ClientError({"Error": {"Code": "LoadBalancerNotFound"}}, "DescribeLoadBalancers")
    steps = {step["id"]: step["state"] for step in look(plan, Answers(DescribeLoadBalancers=none)).steps}

    assert steps["access-logs"] == "not needed"
    assert steps["headers"] == "not begun"


def test_a_service_whose_image_or_certificate_is_not_there_is_warned_of(tmp_path: Path) -> None:
    """That they are was for people to look at: the tasks of the day had nothing to start."""
    here, there = (unbuilt(region, "subnet-1", "subnet-2", "subnet-3") for region in (HOME, RECOVERY))
    plan = plan_failover(synthesized(tmp_path, "shop", here, there, "service", pattern="definitions"), RECOVERY)
    missing = ClientError({"Error": {"Code": "ImageNotFoundException", "Message": "-"}}, "DescribeImages")
    tags = [{"key": name, "value": "arn:x"} for name in ("recovery:certificate", *TAGS)]
    told = {
        "DescribeClusters": {"clusters": [{"tags": tags}]},
        "DescribeTargetGroups": {"TargetGroups": [{"TargetGroupArn": "arn:t", "VpcId": "vpc-1"}]},
        "DescribeLoadBalancers": ClientError({"Error": {"Code": "LoadBalancerNotFound"}}, "DescribeLoadBalancers"),
    }

    lacking = preflight(
        plan, Answers(**told, DescribeImages=missing, DescribeCertificate={"Certificate": {"Status": "EXPIRED"}})
    )
    there_is = preflight(
        plan,
        Answers(
            **told, DescribeImages={"imageDetails": [{}]}, DescribeCertificate={"Certificate": {"Status": "ISSUED"}}
        ),
    )

    what = ("image", "certificate")
    assert [(item.what, item.state) for item in lacking if item.what in what] == [(name, "beware") for name in what]
    assert [(item.what, item.state) for item in there_is if item.what in what] == [(name, "ok") for name in what]
    # Its data can move all the same.
    check_preflight(lacking)


def test_what_components_share_is_asked_once(tmp_path: Path) -> None:
    """A question is a tenth of a second, and each asked for the key of the Region, the account and the quota."""
    one = plan_failover(workload(tmp_path, "multi_az_replicated_backups"), RECOVERY)
    several = replace(one, components=tuple(replace(one.components[0], name=name) for name in "abcdef"))
    clients = Answers(DescribeKey=KEY, DescribeAccountAttributes=QUOTA)

    checks = preflight(several, clients)

    assert {item.component for item in checks} == set("abcdef")
    for operation in ("kms:DescribeKey", "rds:DescribeAccountAttributes", "rds:DescribeDBInstanceAutomatedBackups"):
        assert [asked for asked, _ in clients.asked].count(operation) == 1, operation


def test_one_component_that_cannot_move_keeps_no_other(tmp_path: Path) -> None:
    one = plan_failover(workload(tmp_path, "multi_az_replicated_backups"), RECOVERY)
    several = replace(one, components=tuple(replace(one.components[0], name=name) for name in ("a", "b")))
    none = Answers(DescribeKey=KEY, DescribeAccountAttributes=QUOTA, DescribeDBInstanceAutomatedBackups={})

    with pytest.raises(RefusedError, match=r"a: .*or move the others with --without a; b: .*--without b"):
        check_preflight(preflight(several, none))


def test_what_is_left_behind_is_said_kept_and_left_behind_by_whoever_goes_on(tmp_path: Path) -> None:
    shop = workload(tmp_path, "multi_az_replicated_backups")
    two = attrs.evolve(shop, components=(*shop.components, attrs.evolve(shop.components[0], name="other")))

    for plan in (plan_failover(two, RECOVERY, without=["other"]), plan_failback(two, without=["other"])):
        journal = {"command": plan.command, "arguments": plan.arguments}
        assert [item.name for item in plan.components] == ["ledger"]
        assert plan.without == {"other": "left where it is, by --without"}
        assert plan_again(two, journal).design == plan.design
    with pytest.raises(RefusedError, match="nothing of shop is left to move"):
        plan_failover(shop, RECOVERY, without=["ledger"])
    with pytest.raises(InputError, match="--without lager: nothing of that name moves with shop; there are ledger"):
        plan_failover(shop, RECOVERY, without=["lager"])


@pytest.mark.emulator
def test_a_replica_that_a_failover_before_has_promoted_is_not_taken_for_what_this_one_does(
    aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was said to be done, with nothing lost, and callers were sent to the data of that day."""
    shop = built("database", engine="postgres", pattern="read_replica")
    plan = plan_failover(shop, RECOVERY)
    aws.client("rds", RECOVERY).promote_read_replica(DBInstanceIdentifier=plan.components[0].names["recovery_instance"])

    with pytest.raises(RefusedError, match=r"--name ledger\.recovery_instance=NAME.*nothing to do but to point"):
        check_preflight(look(plan, clients).preflight)
    monkeypatch.setattr(operate, "preflight", lambda *_: ())  # it is promoted after it was looked at
    with pytest.raises(RefusedError, match=r"--name ledger\.recovery_instance=NAME.*nothing to do but to point"):
        begin(plan, clients, directory=tmp_path, store=None, losing=["ledger"], manner=FAST)
    assert clients.taken == []


def test_with_credentials_that_have_expired_nothing_is_begun(tmp_path: Path) -> None:
    """It was left at the first call, open, and kept whoever signed in from beginning."""
    expired = ClientError({"Error": {"Code": "ExpiredToken", "Message": "it is"}}, "DescribeKey")
    plan = plan_failover(workload(tmp_path / "stacks", "multi_az_replicated_backups"), RECOVERY)
    clients = Answers(DescribeKey=expired, DescribeDBInstanceAutomatedBackups=expired)

    with pytest.raises(RefusedError, match=r"does not take the credentials \(ExpiredToken: it is\); sign in again"):
        begin(plan, clients, directory=tmp_path, store=None, losing=["ledger"], splitting=["ledger"], manner=FAST)

    assert list(tmp_path.glob("*.json")) == []


def test_a_region_that_puts_everything_off_is_not_asked_on_and_on(tmp_path: Path) -> None:
    """Each question is tried five times: a plan took minutes to be shown."""
    busy = ClientError(
        {"Error": {"Code": "Throttling", "Message": "-"}, "ResponseMetadata": {"HTTPStatusCode": 400}}, "Describe"
    )
    silence = Silence()
    for _ in range(2):
        silence.note(RECOVERY, busy)
    silence.note(RECOVERY, None)
    for _ in range(2):
        silence.note(RECOVERY, busy)
    assert RECOVERY not in silence

    silence.note(RECOVERY, busy)

    assert RECOVERY in silence
    assert HOME not in silence


def test_what_may_not_be_asked_before_a_failover_is_said_with_who_may_not(tmp_path: Path) -> None:
    denied = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DescribeKey")
    setattr(denied, ASKED, ("kms", "DescribeKey", RECOVERY))
    plan = plan_failover(workload(tmp_path / "stacks", "multi_az_replicated_backups"), RECOVERY)
    caller = {"Account": "123456789012", "Arn": "arn:ana"}

    checks = preflight(plan, Answers(DescribeKey=denied, GetCallerIdentity=caller))

    (key,) = (check for check in checks if check.what == "key")
    assert (key.state, f"(arn:ana is denied kms:DescribeKey in {RECOVERY})" in key.found) == ("assumed", True)
