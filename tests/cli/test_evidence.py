"""Measured beside estimated, in a review and in the documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from constructs_lib.assessment.evidence import NEWEST, Evidence, EvidenceKind, design_of, digest_of
from constructs_lib.documents.fingerprint import design_fingerprint
from constructs_lib.documents.read.stacks import read_stacks
from tests.assessment.test_evidence import record
from tests.cli.run import drctl
from tests.documents.reference import write_shop
from tests.review.made import found, instance, plan

if TYPE_CHECKING:
    from collections.abc import Callable

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "review.schema.json").read_text(encoding="utf-8"))


def given(directory: Path, **more: Any) -> tuple[str, str]:
    """Write stacks and a record of their database; return both directories."""
    stacks, evidence = write_shop(directory / "cdktf.out"), directory / "evidence"
    (workload,) = read_stacks(stacks, None)
    (ledger,) = (item.component for item in workload.components if item.name == "ledger")
    evidence.mkdir()
    content = record(
        disruption="region",
        fingerprint=design_fingerprint(workload),
        **{"design": design_of(ledger, "replicated_backups"), **more},
    )
    tried = msgspec.structs.replace(content.components[0], mechanism="replicated_backups")
    content = msgspec.structs.replace(content, components=[tried])
    (evidence / "0001.json").write_bytes(msgspec.json.encode(content))
    return str(stacks), str(evidence)


def test_the_documents_show_what_was_measured_and_what_does_not_count(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stacks, evidence = given(tmp_path, act=60.0)
    arguments = ("docs", "summary", "--stacks", stacks, "--output", str(tmp_path / "out"), "--evidence", evidence)
    ran = drctl(capsys, *arguments)
    text = (tmp_path / "out" / "evidence.html").read_text(encoding="utf-8")

    assert ran.code == 0, ran.err
    assert "Measured beside estimated" in text
    assert "with what was measured" in text
    assert "other" not in text.partition("<tbody>")[2].partition("</tbody>")[0]


def test_a_simulated_record_stands_in_the_documents_as_nothing_that_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stacks, evidence = given(tmp_path, kind=EvidenceKind.SIMULATED, act=1.0)
    drctl(capsys, "docs", "summary", "--stacks", stacks, "--output", str(tmp_path / "out"), "--evidence", evidence)
    text = (tmp_path / "out" / "evidence.html").read_text(encoding="utf-8")

    assert "nothing that counts" in text
    assert "is simulated, and replaces nothing" in text


def test_a_review_shows_what_was_measured_and_fails_where_it_is_worse(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "recovery.yaml").write_text(
        "version: 1\nworkloads:\n  shop:\n    objective: {rto: 30d, rpo: 30d}\n"
        "    components: [{match: '*aws_db_instance.ledger'}]\n",
        encoding="utf-8",
    )
    stacks, evidence = given(tmp_path)
    arguments = ("review", "--stacks", stacks, "--evidence", evidence, "--fail-on", "breached")
    plain = json.loads(drctl(capsys, *arguments, "--format", "json").out)
    Draft202012Validator(SCHEMA).validate(plain)
    (component,) = (item for item in plain["components"] if item["kind"] == "database")
    estimated, measured = component["after"]["region"], component["measured"]["region"]

    assert measured["notes"] or measured["records"]
    assert measured["records"] == ([] if measured["notes"] else ["drill-shop-1"])
    assert (measured["rto_seconds"] != estimated["rto_seconds"]) == bool(measured["records"])
    assert "drill-shop-1" in drctl(capsys, *arguments).out


PROMISED = """
version: 1
workloads:
  shop: {objective: {software: {rto: 30d, rpo: 30d}}, components: [{match: aws_db_instance.db}]}
"""


@pytest.mark.parametrize("format", ["table", "json", "markdown", "html", "github", "junit", "sarif"])
def test_a_review_that_a_measurement_fails_says_so_in_every_format(
    format: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A green comment beside a run that failed, and nothing that says why."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "recovery.yaml").write_text(PROMISED, encoding="utf-8")
    (tmp_path / "plan.json").write_text(json.dumps(plan(instance())), encoding="utf-8")
    after = found(instance(), objectives=PROMISED).components[0].after
    assert after is not None
    design = design_of(after.component, "automated_backups")
    content = record(act=31 * 86_400.0, design=design)
    tried = msgspec.structs.replace(content.components[0], address="aws_db_instance.db")
    (tmp_path / "evidence").mkdir()
    content = msgspec.structs.replace(content, components=[tried])
    (tmp_path / "evidence" / "0001.json").write_bytes(msgspec.json.encode(content))
    ran = drctl(capsys, "review", "plan.json", "--evidence", "evidence", "--format", format)

    assert ran.code == 1
    assert ("breached (drill-shop-1)" in ran.err) == (format != "table")
    assert "drill-shop-1" in ran.out or format in ("junit", "sarif")


def test_evidence_of_something_else_is_told_to_be_that(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    stacks, evidence = given(tmp_path, workload="another")

    assert "no record in" in drctl(capsys, "review", "--stacks", stacks, "--evidence", evidence).err


def sealed(directory: Path) -> list[Path]:
    """Write four records and what names the newest, as drctl does; the second is simulated, the third has expired."""
    directory.mkdir()
    files: list[Path] = []
    for number in range(1, 5):
        before = digest_of(files[-1].read_bytes()) if files else None
        more: dict[str, Any] = {"kind": EvidenceKind.SIMULATED} if number == 2 else {}
        if number == 3:
            more = {"expires": "2020-01-01"}
        files.append(directory / f"{number:04}-drill-shop-{number}.json")
        files[-1].write_bytes(msgspec.json.encode(record(number, before, **more)))
    (directory / NEWEST).write_text(f"{digest_of(files[-1].read_bytes())}  {files[-1].name}\n", encoding="utf-8")
    return files


def _changed(files: list[Path], number: int, what: str, by: str) -> None:
    text = files[number].read_text(encoding="utf-8")
    assert what in text
    files[number].write_text(text.replace(what, by), encoding="utf-8")


def _swapped(files: list[Path]) -> None:
    second, third = (msgspec.json.decode(file.read_bytes(), type=Evidence) for file in files[1:3])
    for file, one, other in ((files[1], third, second), (files[2], second, third)):
        file.write_bytes(msgspec.json.encode(msgspec.structs.replace(one, previous_sha256=other.previous_sha256)))


def _put_at_the_end(files: list[Path]) -> None:
    own = record(9, digest_of(files[-1].read_bytes()), kind=EvidenceKind.INCIDENT)
    (files[0].parent / "0005-incident.json").write_bytes(msgspec.json.encode(own))


def _cut_off(files: list[Path]) -> None:
    files[3].unlink()
    (files[0].parent / NEWEST).unlink()


def _emptied(files: list[Path]) -> None:
    for file in files[0].parent.iterdir():
        file.unlink()


TAMPERED: dict[str, tuple[Callable[[list[Path]], object], int, str]] = {
    "nothing": (lambda files: None, 0, "4 records, one chain; the newest is "),
    "names of files swapped": (
        lambda files: (files[1].rename(files[1].with_name("x.json")), files[2].rename(files[1])),
        0,
        "4 records, one chain",
    ),
    "one changed": (lambda files: _changed(files, 0, "met", "breached"), 1, "broken before 0002-drill-shop-2.json"),
    "simulated made an incident": (
        lambda files: _changed(files, 1, "simulated", "incident"),
        1,
        "broken before 0003-drill-shop-3.json",
    ),
    "simulated made met": (lambda files: _changed(files, 1, "unknown", "met"), 1, "which drctl writes of none"),
    "the last changed": (lambda files: _changed(files, 3, "isolated restore", "incident"), 1, "broken at its end"),
    "one in the middle removed": (lambda files: files[1].unlink(), 1, "broken before 0003-drill-shop-3.json"),
    "the first removed": (lambda files: files[0].unlink(), 1, "broken before 0002-drill-shop-2.json"),
    "the last removed": (lambda files: files[3].unlink(), 1, "broken at its end"),
    "order swapped": (_swapped, 1, "broken"),
    "one put in at the end": (_put_at_the_end, 1, "drill-shop-9 came after it, put in by somebody, or by a run"),
    "the last removed with what names it": (
        _cut_off,
        3,
        "3 records, one chain; the newest is ",
    ),
    "all removed": (_emptied, 3, "there is no record"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_an_auditor_is_told_of_records_that_were_tampered_with(
    what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tamper, code, said = TAMPERED[what]
    files = sealed(tmp_path / "evidence")
    newest = digest_of(files[-1].read_bytes())
    tamper(files)

    told = drctl(capsys, "evidence", "verify", "--evidence", str(tmp_path / "evidence"))
    kept = drctl(capsys, "evidence", "verify", "--evidence", str(tmp_path / "evidence"), "--newest", newest)

    assert (told.code, said in told.out, told.err) == (code, True, ""), told
    # With the digest kept elsewhere nothing is left in doubt.
    assert kept.code == (0 if code == 0 else 1)


def test_no_record_is_told_as_that(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = drctl(capsys, "evidence", "list", "--evidence", str(tmp_path))

    assert (ran.code, ran.out) == (0, f"there is no record in {tmp_path}\n")


def test_one_record_is_no_several(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in sealed(tmp_path / "evidence")[1:]:
        file.unlink()
    (tmp_path / "evidence" / NEWEST).unlink()

    assert drctl(capsys, "evidence", "verify", "--evidence", str(tmp_path / "evidence")).out.startswith("1 record, one")


def test_what_has_expired_and_what_is_simulated_is_told_in_the_list(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sealed(tmp_path / "evidence")

    rows = drctl(capsys, "evidence", "list", "--evidence", str(tmp_path / "evidence")).out.splitlines()

    assert rows[1] == "drill-shop-2  simulated  software  unknown  until 2027-11-01"
    assert rows[2].endswith("until 2020-01-01; expired on 2020-01-01")
