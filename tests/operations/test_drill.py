"""Drills on the emulated AWS: restored beside the workload, checked, removed, recorded as simulated."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from constructs_lib.assessment.evidence import EvidenceKind, read_evidence
from constructs_lib.errors import RefusedError, UnfinishedError
from constructs_lib.objectives import Disruption
from constructs_lib.operations.rehearsing.drill import check_account, run_drill
from constructs_lib.operations.rehearsing.drill_plan import plan_drill
from tests.operations.conftest import FAST
from tests.operations.seeded import HOME, RECOVERY, Place, synthesized

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.emulator import EmulatedAws
    from constructs_lib.operations.rehearsing.drill import Drilled
    from tests.operations.conftest import Recorded

    Built = Callable[..., DocumentedWorkload]

pytestmark = pytest.mark.emulator

CASES: list[tuple[str, str, dict[str, Any]]] = [
    ("software", "table", {"pattern": "pitr", "ttl_attribute": "gone", "stream": "NEW_IMAGE"}),
    ("region", "table", {"pattern": "backup_copy"}),
    ("software", "database", {"engine": "postgres", "pattern": "multi_az_instance"}),
    ("region", "database", {"engine": "postgres", "pattern": "multi_az_replicated_backups"}),
    ("software", "database", {"engine": "postgres", "pattern": "multi_az_cluster"}),
    ("software", "database", {"engine": "aurora-postgresql", "pattern": "aurora_multi_az"}),
]
TOKEN = "0a1b2c3d"


def run(
    workload: DocumentedWorkload,
    disruption: str,
    clients: Recorded,
    directory: Path,
    stop: Callable[[], bool] = bool,
    **more: Any,
) -> Drilled:
    plan = plan_drill(workload, Disruption(disruption), token=TOKEN)
    return run_drill(
        workload,
        plan,
        clients,
        state=directory / "state",
        store=None,
        evidence=directory / "evidence",
        manner=attrs.evolve(FAST, stop=stop),
        **more,
    )


def names(aws: EmulatedAws, region: str) -> list[str]:
    rds = aws.client("rds", region)
    return [
        *aws.client("dynamodb", region).list_tables()["TableNames"],
        *(item["DBInstanceIdentifier"] for item in rds.describe_db_instances()["DBInstances"]),
        *(item["DBClusterIdentifier"] for item in rds.describe_db_clusters()["DBClusters"]),
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{case[2]['pattern']}")
def test_a_drill_restores_beside_the_workload_and_leaves_nothing(
    case: tuple[str, str, dict[str, Any]], aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    disruption, kind, options = case
    workload = built(kind, **options)
    before = {region: names(aws, region) for region in (HOME, RECOVERY)}

    drilled = run(workload, disruption, clients, tmp_path, check="echo $DRCTL_RESTORED seen in $DRCTL_REGION")

    record = drilled.record
    made = {name for call in clients.calls for name in str(call[2]).split("'") if name.startswith("drctl-drill-")}
    assert any(name.startswith(f"drctl-drill-{TOKEN}-") for name in made)
    assert {region: names(aws, region) for region in (HOME, RECOVERY)} == before
    assert drilled.cleaned.left == ()
    assert drilled.cleaned.removed
    assert record.kind is EvidenceKind.SIMULATED
    assert record.components[0].measured.rto_seconds["act"] is not None
    assert [check.passed for check in record.checks] == [True]
    where = HOME if disruption == "software" else RECOVERY
    assert f"drctl-drill-{TOKEN}-" in record.checks[0].found
    assert f"seen in {where}" in record.checks[0].found
    assert record.cleanup is not None
    assert record.cleanup["proven_by"]
    assert record.components[0].differences == []
    assert [read for read, _ in read_evidence(tmp_path / "evidence")] == [record]
    changed = {
        (operation, repr(parameters)) for operation, _, parameters in clients.calls if "Describe" not in operation
    }
    touched = [call for call in changed if call[0].startswith(("Update", "Modify", "Delete", "Stop", "Promote"))]
    assert all(f"drctl-drill-{TOKEN}-" in text for _, text in touched)


def test_a_copy_has_the_tags_of_the_drill_and_none_by_which_the_workload_is_found(
    built: Built, clients: Recorded, tmp_path: Path
) -> None:
    workload = built("database", engine="postgres", pattern="multi_az_instance")

    run(workload, "software", clients, tmp_path)

    (restore,) = [given for operation, _, given in clients.calls if operation == "RestoreDBInstanceToPointInTime"]
    assert {item["Key"] for item in restore["Tags"]} == {"drctl:operation", "drctl:expires"}


def test_a_check_that_fails_makes_the_drill_fail_and_the_copies_go_all_the_same(
    aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    drilled = run(built("table", pattern="pitr"), "software", clients, tmp_path, check="echo no rows; exit 3")

    assert drilled.record.verdict == "failed"
    assert drilled.record.checks[0].found == "exit code 3: no rows"
    assert drilled.exit_code == 1
    assert drilled.cleaned.left == ()


def test_what_would_touch_the_workload_is_not_drilled_and_said(tmp_path: Path) -> None:
    here, there = (
        Place(subnets=("subnet-1", "subnet-2"), groups=("sg-1",), key=f"arn:aws:kms:{region}:123456789012:key/k")
        for region in (HOME, RECOVERY)
    )
    cases: tuple[tuple[str, dict[str, Any]], ...] = (
        ("bucket", {"pattern": "versioning"}),
        ("bucket", {"pattern": "replication"}),
        ("database", {"engine": "postgres", "pattern": "multi_az_read_replica"}),
        ("database", {"engine": "aurora-postgresql", "pattern": "global_database"}),
        ("table", {"pattern": "global_table"}),
    )
    for number, (kind, options) in enumerate(cases):
        workload = synthesized(tmp_path / str(number), f"t{number}", here, there, kind, **options)
        disruption = Disruption.SOFTWARE if options["pattern"] == "versioning" else Disruption.REGION
        with pytest.raises(RefusedError, match=r"nothing of .* can be tried beside it"):
            plan_drill(workload, disruption, token=TOKEN)


def test_a_drill_that_is_interrupted_goes_on_or_is_given_up(
    aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    workload = built("table", pattern="pitr")
    asked = iter([False, False, False, False, False, True, True, True])
    with pytest.raises(UnfinishedError, match="--clean gives it up"):
        run(workload, "software", clients, tmp_path, stop=lambda: next(asked, True))
    (journal,) = (tmp_path / "state").glob("*.json")

    given_up = run_drill(
        workload,
        None,
        clients,
        operation=journal.stem,
        give_up=True,
        state=tmp_path / "state",
        store=None,
        evidence=tmp_path / "evidence",
        manner=FAST,
    )

    assert not [name for name in names(aws, HOME) if name.startswith("drctl-drill-")]
    assert given_up.record.verdict == "failed"
    assert "given up before its end" in given_up.record.deviations
    assert given_up.record.components[0].measured.rto_seconds["act"] is None


def test_what_cannot_be_removed_is_said_and_is_exit_code_4(
    aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    from botocore.exceptions import ClientError

    from constructs_lib.operations.rehearsing.clean import clean

    dynamodb = aws.client("dynamodb", HOME)
    dynamodb.create_table(
        TableName="drctl-drill-99999999-x",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )

    def refuse(operation: str, region: str) -> None:
        if operation == "DeleteTable":
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, operation)

    clients.before = refuse
    cleaned = clean("drctl-drill-99999999-", "op", (HOME,), clients, poll=0.01, limit=2)
    clients.before = lambda operation, region: None

    assert any("drctl-drill-99999999-x" in text for text in cleaned.left)
    assert any("AccessDenied" in text for text in cleaned.left)
    assert cleaned.as_data()["proven_by"] == []
    assert clean("drctl-drill-99999999-", "op", (HOME,), clients, poll=0.01).left == ()


def test_what_has_the_tag_under_another_name_is_found(aws: EmulatedAws, clients: Recorded) -> None:
    from constructs_lib.operations.rehearsing.clean import clean

    topic = aws.client("sns", HOME).create_topic(Name="odd", Tags=[{"Key": "drctl:operation", "Value": "drill-odd"}])[
        "TopicArn"
    ]

    left = clean("drctl-drill-77777777-", "drill-odd", (HOME,), clients, poll=0.01).left
    aws.client("sns", HOME).delete_topic(TopicArn=topic)

    assert any("odd" in text for text in left)


def test_accounts_that_are_not_named_are_refused() -> None:
    check_account("123456789012", ("123456789012",), "recovery.yaml")
    with pytest.raises(RefusedError, match=r"of account 111111111111, and recovery.yaml names 123456789012"):
        check_account("111111111111", ("123456789012",), "recovery.yaml")
    with pytest.raises(RefusedError, match="names none"):
        check_account("111111111111", (), "recovery.yaml")


def test_the_command_refuses_records_and_leaves(
    aws: EmulatedAws, built: Built, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.cli.run import drctl

    workload = built("table", pattern="pitr")
    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    (stacks,) = tmp_path.glob("stacks-*")
    arguments = ("drill", workload.name, "--stacks", str(stacks), "--execute", "--poll", "0.02", "--state", "s")
    refused = drctl(capsys, *arguments)
    (tmp_path / "recovery.yaml").write_text(f'version: 1\naccounts: ["{aws.account}"]\n', encoding="utf-8")
    ran = drctl(capsys, *arguments, "--check", "true", "--format", "json")
    listed = drctl(capsys, "evidence", "list")
    verified = drctl(capsys, "evidence", "verify")
    page = drctl(capsys, "evidence", "page", "--output", "page.html")

    assert (refused.code, "names none" in refused.err) == (1, True)
    assert ran.code == 0, ran.err
    record = json.loads(ran.out)
    assert record["kind"] == "simulated"
    assert set(record) >= {
        "schema_version", "id", "kind", "workload", "disruption", "fingerprint", "objective", "times", "measured",
        "checks", "deviations", "not_covered", "cleanup", "expires", "previous_sha256",
    }  # fmt: skip
    assert "simulated" in listed.out
    assert verified.code == 0
    assert page.code == 0
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert text.count(">simulated<") == 2
    assert "no evidence of recovery" in text
    (file,) = (tmp_path / "evidence").glob("*.json")
    file.write_text(file.read_text(encoding="utf-8").replace("simulated", "incident"), encoding="utf-8")
    assert drctl(capsys, "evidence", "verify", "--newest", verified.out.split()[-1]).code == 1
