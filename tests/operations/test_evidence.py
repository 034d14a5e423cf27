"""Records of operations: never stronger than what was done, and never shorter than it took."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from constructs_lib.assessment.evidence import EvidenceKind, read_evidence
from constructs_lib.components import Component, Kind
from constructs_lib.documents.documented_workload import DocumentedComponent
from constructs_lib.documents.read.stacks import read_stacks
from constructs_lib.errors import EvaluationError, InputError, RefusedError
from constructs_lib.objectives import Disruption, Objective
from constructs_lib.operations.clients import AwsClients
from constructs_lib.operations.journal import Journal
from constructs_lib.operations.planning import plan_failover
from constructs_lib.operations.rehearsing.chain import append, newest
from constructs_lib.operations.rehearsing.drill import run_drill
from constructs_lib.operations.rehearsing.drill_plan import plan_drill
from constructs_lib.operations.rehearsing.evidence import _size, kind_of, record_of
from constructs_lib.terraform.engine import App
from stacks.gameday.workload import build
from tests.documents.reference import RECOVERY, shop

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.assessment.evidence import Evidence
    from constructs_lib.documents.documented_workload import DocumentedWorkload


def written(
    directory: Path, workload: DocumentedWorkload | None = None, *, simulated: bool = False, **facts: Any
) -> tuple[Evidence, Any]:
    workload = workload or shop(directory / "stacks")
    plan = plan_failover(workload, str(workload.recovery))
    began = "2026-11-01T10:00:00+00:00"
    content = {"command": "failover", "workload": "shop", "by": "ana", "arguments": {}, "simulated": simulated}
    journal = Journal.begin("failover-shop-1", directory / "state", None, design=plan.design, facts=content)
    journal.content["began"] = began
    for item in plan.components:
        for number, step in enumerate(item.steps):
            entry = journal.step(item.name, step.id)
            entry.update(state="done")
            if step.call is not None:
                # What AWS does by itself has no end that anybody noted.
                entry.update(ended=f"2026-11-01T10:{10 + number:02}:00+00:00", attempts=1)
    journal.content["closed"] = "2026-11-01T10:30:00+00:00"
    journal.content["result"] = "done"
    record = record_of(
        plan,
        journal,
        workload,
        Disruption.REGION,
        kind=kind_of(journal.content),
        previous=newest(directory / "evidence"),
        **facts,
    )
    return record, journal


def test_an_operation_that_is_recorded_again_is_not_taken_for_another(tmp_path: Path) -> None:
    """At once, and once more with the moments that people noted: an auditor must not count two."""
    first, journal = written(tmp_path)
    append(tmp_path / "evidence", first)
    append(tmp_path / "evidence", msgspec.structs.replace(first, previous_sha256=newest(tmp_path / "evidence")))

    (one, digest), (two, _) = read_evidence(tmp_path / "evidence")
    assert (one.id, two.id) == (journal.id, journal.id)
    assert one.deviations == first.deviations
    assert two.deviations[-1] == f"recorded 2 times: this one is in place of that with SHA-256 {digest}"


@pytest.mark.parametrize(
    ("command", "simulated", "claimed", "kind"),
    [
        ("failover", False, None, "live failover"),
        ("failover", False, "incident", "incident"),
        ("failover", False, "live switchover", "live switchover"),
        ("failover", True, None, "simulated"),
        ("drill", False, None, "isolated restore"),
        ("drill", True, None, "simulated"),
        ("restore", None, None, "simulated"),
        ("failover", True, "incident", None),
        ("drill", False, "live failover", None),
        ("drill", False, "incident", None),
        ("restore", None, "isolated restore", None),
    ],
)
def test_a_record_is_never_passed_off_as_a_stronger_one(
    command: str, simulated: bool | None, claimed: str | None, kind: str | None
) -> None:
    journal = {"id": "x", "command": command} | ({} if simulated is None else {"simulated": simulated})
    if kind is None:
        with pytest.raises(RefusedError, match="cannot be recorded as"):
            kind_of(journal, claimed)
    else:
        assert kind_of(journal, claimed) is EvidenceKind(kind)


@pytest.mark.parametrize(
    ("endpoint", "simulated"),
    [
        (None, False),
        ("http://127.0.0.1:4566", True),
        ("https://localhost.localstack.cloud", True),
        ("https://sts.eu-west-1.amazonaws.com.example.org", True),
        ("http://sts.eu-west-1.amazonaws.com", True),
    ],
)
def test_whether_aws_answers_is_told_from_the_endpoint(
    endpoint: str | None, simulated: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    clients = AwsClients(endpoint=endpoint)
    assert clients.simulated, "nothing has been asked, so nothing is known"
    clients.client("sts", "eu-west-1")
    assert clients.simulated is simulated


def test_one_service_elsewhere_makes_all_of_it_simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://localhost:8000")
    clients = AwsClients()
    clients.client("sts", "eu-west-1")
    assert not clients.simulated
    clients.client("dynamodb", "eu-west-1")
    assert clients.simulated


def test_the_parts_are_what_was_noted_and_the_rest_is_not_timed(tmp_path: Path) -> None:
    record, _ = written(
        tmp_path,
        moments={"lost": "2026-11-01T09:50:00Z", "detected": "2026-11-01T09:53:00Z", "decided": "2026-11-01T09:59:00Z"},
    )
    parts = record.measured.rto_seconds

    assert (parts["detect"], parts["decide"], parts["propagate"]) == (180, 360, None)
    assert parts["act"] is not None
    assert parts["act"] >= 60
    assert record.verdict == "unknown"
    assert record.objective is not None
    assert "the data: no check of the application was given" in record.not_covered


def test_what_aws_carries_by_itself_leaves_the_whole_timed(tmp_path: Path) -> None:
    """The distribution of the storefront goes over by itself; the others are acted on, and the whole is theirs."""
    app = App(outdir=str(tmp_path / "cdktf.out"))
    build(app)
    app.synth()
    (workload,) = read_stacks(tmp_path / "cdktf.out", None)
    noted = {
        "lost": "2026-11-01T09:50:00Z",
        "detected": "2026-11-01T09:53:00Z",
        "served": "2026-11-01T10:30:00Z",
    }
    lost = dict.fromkeys(("orders", "site", "catalogue"), (2.0, "counted"))

    record, _ = written(tmp_path, workload, moments=noted, lost=lost, simulated=True)

    (pages,) = (item for item in record.components if item.kind == "distribution")
    assert pages.measured.rto_seconds["act"] is None
    whole = record.measured
    assert None not in whole.rto_seconds.values()
    acted = [item.measured.rto_seconds["act"] for item in record.components if item is not pages]
    assert whole.rto_seconds["act"] == max(seconds for seconds in acted if seconds is not None)
    assert whole.rpo_seconds_at_most == 2
    assert f"AWS goes on by itself with {pages.name}" in whole.how[0]


def test_a_simulation_meets_nothing(tmp_path: Path) -> None:
    noted = {
        "lost": "2026-11-01T09:59:57Z",
        "detected": "2026-11-01T09:59:58Z",
        "decided": "2026-11-01T09:59:59Z",
        "served": "2026-11-01T10:30:00Z",
    }
    lost = dict.fromkeys(("assets", "ledger"), (0.0, "nothing was written"))
    live, _ = written(tmp_path / "a", moments=noted, lost=lost)
    simulated, _ = written(tmp_path / "b", moments=noted, lost=lost, simulated=True)

    assert live.verdict == "met"
    assert simulated.measured == live.measured
    assert simulated.verdict == "unknown"


def test_moments_that_cannot_be_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is before 'detected'"):
        written(tmp_path, moments={"detected": "2026-11-01T09:53:00Z", "decided": "2026-11-01T09:52:00Z"})


@pytest.mark.parametrize(
    ("moments", "said"),
    [
        ({"lost": "2026-11-01T10:05:00Z"}, "is after the operation began"),
        # Local time, called UTC.
        ({"lost": "2026-11-01T10:50:00Z", "detected": "2026-11-01T10:53:00Z"}, "is after the operation began"),
        ({"decided": "2026-11-01T10:00:01Z"}, "is after the operation began"),
        ({"served": "2999-11-01T10:00:00Z"}, "is still to come"),
        ({"lost": "2026-11-01T09:00:00"}, "in no time zone"),
    ],
)
def test_moments_of_another_time_zone_are_refused(moments: dict[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        written(tmp_path, moments=moments)


def test_what_lay_between_decision_and_begin_is_a_part_of_the_whole(tmp_path: Path) -> None:
    """Two hours' search for the machine that has the kit: without them the promise of two hours was called kept."""
    noted = {"lost": "2026-11-01T07:55:00Z", "detected": "2026-11-01T07:58:00Z", "decided": "2026-11-01T08:00:00Z"}
    lost = dict.fromkeys(("assets", "ledger"), (0.0, "counted"))

    record, _ = written(tmp_path, moments={**noted, "served": "2026-11-01T10:16:00Z"}, lost=lost)

    parts = record.measured.rto_seconds
    timed = [parts[name] for name in ("detect", "decide", "act", "propagate")]
    assert record.objective is not None
    assert sum(seconds or 0 for seconds in timed) >= 141 * 60 > record.objective["rto_seconds"]
    assert record.verdict == "breached"


def test_a_drill_that_cannot_be_recorded_is_not_begun(tmp_path: Path) -> None:
    class Nobody:
        def __getattr__(self, name: str) -> Any:
            raise AssertionError(name)

    place = tmp_path / "evidence"
    place.write_text("a file")
    workload = shop(tmp_path / "stacks")
    plan = plan_drill(workload, Disruption.SOFTWARE, token="t")
    nobody: Any = Nobody()

    with pytest.raises(EvaluationError, match=r"cannot be written: .*; name another directory"):
        run_drill(workload, plan, nobody, state=tmp_path / "state", store=None, evidence=place)

    assert not (tmp_path / "state").exists()


def test_records_follow_one_another_and_a_stale_one_is_refused(tmp_path: Path) -> None:
    directory = tmp_path / "evidence"
    first, _ = written(tmp_path / "a")
    append(directory, first)
    with pytest.raises(RefusedError, match="another record was written"):
        append(directory, first)

    second, _ = written(tmp_path / "b")
    assert second.previous_sha256 is None
    import msgspec

    file = append(directory, msgspec.structs.replace(second, previous_sha256=newest(directory)))
    assert len(read_evidence(directory)) == 2
    file.unlink()
    with pytest.raises(InputError, match="cut off"):
        read_evidence(directory)


def test_settings_that_differed_are_in_the_record_whenever_it_is_made(tmp_path: Path) -> None:
    _, journal = written(tmp_path)
    row = {"setting": "MultiAZ", "source": True, "restored": False}
    journal.close("done, and some settings are not as the source's", {"ledger": [row]})
    workload = shop(tmp_path / "stacks")

    record = record_of(
        plan_failover(workload, RECOVERY),
        Journal.open(journal.id, tmp_path / "state", None),
        workload,
        Disruption.REGION,
        kind=EvidenceKind.LIVE_FAILOVER,
        previous=None,
    )

    assert {item.name: item.differences for item in record.components}["ledger"] == [row]


@pytest.mark.parametrize(("engine", "size"), [("postgres", 20.0), ("aurora-postgresql", None)])
def test_of_aurora_no_size_is_told(engine: str, size: float | None) -> None:
    """AWS tells of every cluster of Aurora that it has allocated 1 GB, and such a drill stood for that."""
    component = Component(name="ledger", kind=Kind.DATABASE, region="eu-west-1", engine=engine)
    documented = DocumentedComponent(name="ledger", component=component, objective=Objective("1h", "1h"))

    assert _size({"source": {"AllocatedStorage": 20 if size else 1}}, documented)[0] == size
