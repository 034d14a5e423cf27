"""The kit: recoveries without the repository, the primary Region or a package index."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib import KeyAttribute, Objective, Sites, Table, Workload
from constructs_lib.assessment.evidence import read_evidence
from constructs_lib.constructs.evidence.document_store import DocumentStore
from constructs_lib.declaration.declaration import parse_declaration
from constructs_lib.documents.read.stacks import read_stacks
from constructs_lib.errors import EvaluationError, InputError, RefusedError
from constructs_lib.operations.packing.kit import build_kit, check_kit, fetch_kit, kit_files, open_kit
from constructs_lib.operations.packing.wheelhouse import pins
from constructs_lib.operations.planning import plan_failover
from constructs_lib.terraform.engine import App
from tests.cli.run import drctl
from tests.documents.reference import RECOVERY, write_shop

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.emulator import EmulatedAws

OWNED = "version: 1\nworkloads: {shop: {objective: {tier: critical}, owners: {owner: web, deputy: platform}}}"


@pytest.fixture(name="kit")
def _kit(tmp_path: Path) -> Path:
    build_kit(tmp_path / "kit", write_shop(tmp_path / "cdktf.out"), parse_declaration(OWNED))
    return tmp_path / "kit"


def test_a_failover_is_planned_from_the_kit_as_from_the_stacks(kit: Path, tmp_path: Path) -> None:
    (stacks,) = read_stacks(tmp_path / "cdktf.out", None)
    expected = plan_failover(stacks, RECOVERY)
    shutil.rmtree(tmp_path / "cdktf.out")
    (workload,), notes = open_kit(kit)

    assert plan_failover(workload, RECOVERY).design == expected.design
    assert ["kept no documents" in note for note in notes] == [True]


def test_the_kit_says_who_answers_and_how_it_is_done(kit: Path) -> None:
    (workload,) = check_kit(kit)["workloads"]
    procedures = json.loads((kit / "procedures" / "shop.json").read_text(encoding="utf-8"))

    assert workload["owners"] == {"owner": "web", "deputy": "platform"}
    calls = [step["call"]["operation"] for step in procedures["ledger"]["region"]["steps"] if "call" in step]
    assert "RestoreDBInstanceToPointInTime" in calls
    assert "aws rds restore-db-instance-to-point-in-time" in (kit / "documents" / "shop-runbook.md").read_text("utf-8")


def test_a_kit_that_knows_no_place_for_journals_says_so_when_it_is_built(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It was made before there was a bucket of documents; on the day that would be found out too late."""
    stacks = str(write_shop(tmp_path / "cdktf.out"))

    ran = drctl(capsys, "kit", "build", str(tmp_path / "kit"), "--stacks", stacks, "--no-wheelhouse")

    assert ran.code == 0
    assert f"shop: its stacks kept no documents in {RECOVERY} when the kit was made, so its journals stay" in ran.err


def test_a_kit_that_was_touched_or_is_none_is_refused(kit: Path, tmp_path: Path) -> None:
    (kit / "procedures" / "shop.json").write_text("{}", encoding="utf-8")
    with pytest.raises(RefusedError, match="is not what it was when the kit was made"):
        open_kit(kit)
    (kit / "procedures" / "shop.json").unlink()
    with pytest.raises(EvaluationError, match=r"shop\.json cannot be read"):
        open_kit(kit)
    with pytest.raises(InputError, match="makes one"):
        open_kit(tmp_path / "nothing")


@pytest.mark.parametrize(
    "content", [b"{", b'{"id": "\xff"}', b"[" * 100_000, b""], ids=["torn", "not UTF-8", "deep", "empty"]
)
def test_a_damaged_manifest_is_no_traceback(kit: Path, content: bytes) -> None:
    (kit / "kit.json").write_bytes(content)

    with pytest.raises(InputError, match="build the kit anew"):
        open_kit(kit)


def test_a_manifest_cannot_name_what_lies_outside(kit: Path) -> None:
    manifest = json.loads((kit / "kit.json").read_text(encoding="utf-8"))
    manifest["sha256"]["../cdktf.out/x"] = "0"
    (kit / "kit.json").write_text(json.dumps(manifest), encoding="utf-8")

    with pytest.raises(InputError, match="outside"):
        open_kit(kit)


def test_no_secret_and_no_content_is_in_a_kit(tmp_path: Path) -> None:
    stacks = write_shop(tmp_path / "cdktf.out")
    file = next(stacks.glob("stacks/shop-primary/*.json"))
    content = json.loads(file.read_text(encoding="utf-8"))
    content["resource"]["aws_db_instance"]["ledger"]["password"] = "hunter2"
    content["resource"]["aws_secretsmanager_secret_version"] = {"x": {"secret_string": "hunter2"}}
    content["resource"]["aws_s3_object"] = {"x": {"content_base64": "hunter2", "bucket": "b", "key": "k"}}
    content["provider"]["aws"][0]["secret_key"] = "hunter2"
    file.write_text(json.dumps(content), encoding="utf-8")

    for written in build_kit(tmp_path / "kit", stacks, None):
        assert "hunter2" not in written.read_text(encoding="utf-8")


def test_the_construct_writes_the_kit_and_a_kit_built_anew_is_the_same(tmp_path: Path) -> None:
    page = tmp_path / "shop-runbook.md"
    page.write_text("# Runbook\n", encoding="utf-8")

    def synthesized(name: str, **more: Any) -> Path:
        app = App(outdir=str(tmp_path / name))
        sites = Sites.per_region(app, "shop", primary="eu-west-1", recovery=RECOVERY)
        workload = Workload(sites, objective=Objective(rto="30d", rpo="30d"))
        DocumentStore(workload, "runbooks", files=[page], **more)

        Table(workload, "items", partition_key=KeyAttribute(name="id", type="S"))
        app.synth()
        return tmp_path / name

    build_kit(tmp_path / "kit", synthesized("one"), None)
    stacks = synthesized("two", kit=tmp_path / "kit")
    objects = json.loads((stacks / "stacks" / "shop-recovery" / "cdk.tf.json").read_text("utf-8"))["resource"][
        "aws_s3_object"
    ]
    keys = {item["key"] for item in objects.values()}
    build_kit(tmp_path / "again", stacks, None)

    assert keys == {"shop-runbook.md", *(f"kit/{name}" for name, _ in kit_files(tmp_path / "kit"))}
    assert (tmp_path / "again" / "kit.json").read_bytes() == (tmp_path / "kit" / "kit.json").read_bytes()


def test_the_pins_are_what_is_installed_and_enough_to_operate() -> None:
    found = {pin.partition("==")[0] for pin in pins()}

    assert {"boto3", "botocore", "jmespath", "attrs", "msgspec", "jinja2", "markupsafe"} <= found
    assert "cdktf-dr" not in found
    assert "pytest" not in found


@pytest.mark.emulator
def test_a_kit_in_a_bucket_of_the_recovery_region_works_while_the_primary_one_is_gone(
    aws: EmulatedAws,
    built: Callable[..., DocumentedWorkload],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    workload = built("table", pattern="global_table")
    (stacks,) = tmp_path.glob("stacks-*")
    build_kit(tmp_path / "kit", stacks, None)
    s3 = aws.client("s3", RECOVERY)
    s3.create_bucket(Bucket="kits", CreateBucketConfiguration={"LocationConstraint": RECOVERY})
    for name, file in kit_files(tmp_path / "kit"):
        s3.put_object(Bucket="kits", Key=f"kit/{name}", Body=file.read_bytes())
    shutil.rmtree(stacks)
    shutil.rmtree(tmp_path / "kit")
    for name, value in (aws.environment() | {"AWS_REGION": RECOVERY, "AWS_DEFAULT_REGION": RECOVERY}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    arguments = ("--kit", "s3://kits/kit", "--state", "s", "--execute", "--yes", "--poll", "0.05", "--evidence", "e")
    consent = ("--allow-data-loss", "items", "--accept-split-brain", "items")

    with aws.fail_region("eu-west-1"):
        ran = drctl(capsys, "failover", workload.name, "--to", RECOVERY, *arguments, *consent)

    assert ran.code == 0, ran.err
    assert "nobody is named who answers for it" in ran.err
    assert "recorded as simulated" in ran.err
    ((record, _),) = read_evidence(tmp_path / "e")
    assert record.disruption == "region"


@pytest.mark.emulator
def test_a_kit_that_is_not_there_is_said(aws: EmulatedAws, tmp_path: Path) -> None:
    s3 = aws.client("s3", RECOVERY)
    s3.create_bucket(Bucket="half-a-kit", CreateBucketConfiguration={"LocationConstraint": RECOVERY})
    for bucket in ("nowhere", "half-a-kit"):
        with pytest.raises(InputError, match=rf"there is no kit at s3://{bucket}/x/; `drctl kit build` makes one"):
            fetch_kit(s3, bucket, "x", tmp_path)
    manifest = {"schema_version": 1, "tool": {}, "workloads": [], "sha256": {"procedures/shop.json": "0"}}
    s3.put_object(Bucket="half-a-kit", Key="x/kit.json", Body=json.dumps(manifest).encode())
    with pytest.raises(EvaluationError, match=r"s3://half-a-kit/x/procedures/shop\.json is not there"):
        fetch_kit(s3, "half-a-kit", "x", tmp_path)
