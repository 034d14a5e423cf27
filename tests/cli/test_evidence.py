"""Measured beside estimated, in a review and in the documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from jsonschema import Draft202012Validator

from constructs_lib.assessment.evidence import EvidenceKind, design_of
from constructs_lib.documents.fingerprint import design_fingerprint
from constructs_lib.documents.read.stacks import read_stacks
from tests.assessment.test_evidence import record
from tests.cli.run import drctl
from tests.documents.reference import write_shop

if TYPE_CHECKING:
    import pytest

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
