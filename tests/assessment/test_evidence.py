"""Evidence: the chain, and what a measurement may say beside an estimate."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.assessment import Verdict, assess
from constructs_lib.assessment.evidence import (
    NEWEST,
    Evidence,
    EvidenceKind,
    Measured,
    Tried,
    design_of,
    digest_of,
    read_evidence,
)
from constructs_lib.assessment.measured import Beside, measured_beside
from constructs_lib.catalog.confidence import Confidence
from constructs_lib.components import Component, Kind, Protection
from constructs_lib.errors import InputError
from constructs_lib.objectives import Disruption, Target

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TODAY = date(2026, 11, 26)
LEDGER = Component(
    name="aws_db_instance.ledger",
    kind=Kind.DATABASE,
    region="eu-west-1",
    engine="postgres",
    protections=(Protection(mechanism="automated_backups"),),
    size_gb=100,
)


def record(number: int = 1, previous: str | None = None, **more: Any) -> Evidence:
    act, lost = more.pop("act", 600.0), more.pop("lost", None)
    parts = {"detect": None, "decide": None, "act": act, "propagate": None, "verify": None}
    measured = Measured(rto_seconds=parts, rpo_seconds_at_most=lost, how=[])
    tried = Tried(
        name="ledger",
        kind="database",
        address="aws_db_instance.ledger",
        mechanism="automated_backups",
        design=more.pop("design", design_of(LEDGER, "automated_backups")),
        size_gb=more.pop("size_gb", 100.0),
        size_from="AllocatedStorage",
        measured=measured,
    )
    values: dict[str, Any] = {
        "schema_version": 1,
        "id": f"drill-shop-{number}",
        "kind": EvidenceKind.ISOLATED_RESTORE,
        "workload": "shop",
        "disruption": "software",
        "fingerprint": "objective-a.components-b.facts-c",
        "objective": None,
        "times": {"began": "2026-11-01T00:00:00+00:00", "ended": "2026-11-01T01:00:00+00:00"},
        "measured": measured,
        "checks": [],
        "deviations": [],
        "not_covered": [],
        "cleanup": None,
        "expires": "2027-11-01",
        "previous_sha256": previous,
        # What is simulated has met nothing.
        "verdict": "unknown" if more.get("kind") is EvidenceKind.SIMULATED else "met",
        "components": [tried],
        "people": {},
        "account": "123456789012",
        "regions": ["eu-west-1"],
        "tool": "drctl 1",
        **more,
    }
    return Evidence(**values)


def chain(directory: Path, count: int = 3) -> list[Path]:
    previous, files = None, []
    for number in range(1, count + 1):
        content = msgspec.json.encode(record(number, previous))
        files.append(directory / f"{number:04}.json")
        files[-1].write_bytes(content)
        previous = digest_of(content)
    return files


def beside(*records: Evidence, component: Component = LEDGER) -> Beside:
    estimate = assess(component).estimates[Disruption.SOFTWARE]
    found = measured_beside(
        estimate, component, Disruption.SOFTWARE, records, workload="shop", names=["ledger"], today=TODAY
    )
    assert found is not None
    return found


def test_a_chain_is_read_in_its_order_whatever_the_files_are_called(tmp_path: Path) -> None:
    files = chain(tmp_path)
    files[0].rename(tmp_path / "zz.json")

    assert [item.id for item, _ in read_evidence(tmp_path)] == ["drill-shop-1", "drill-shop-2", "drill-shop-3"]


def test_a_record_that_was_changed_is_found(tmp_path: Path) -> None:
    files = chain(tmp_path)
    files[1].write_text(files[1].read_text(encoding="utf-8").replace('"met"', '"breached"'), encoding="utf-8")

    with pytest.raises(InputError, match=r"broken before 0003\.json"):
        read_evidence(tmp_path)


def test_a_record_that_was_taken_out_is_found(tmp_path: Path) -> None:
    chain(tmp_path)[0].unlink()

    with pytest.raises(InputError, match=r"broken before 0002\.json"):
        read_evidence(tmp_path)


def test_a_record_that_was_put_in_is_found(tmp_path: Path) -> None:
    files = chain(tmp_path)
    (tmp_path / "0009.json").write_bytes(msgspec.json.encode(record(9, digest_of(files[0].read_bytes()))))

    with pytest.raises(InputError, match="follow the same record"):
        read_evidence(tmp_path)


@pytest.mark.parametrize("what", ["changed", "cut off"])
def test_that_the_newest_was_changed_or_cut_off_is_found(what: str, tmp_path: Path) -> None:
    """No record follows it that would tell."""
    newest = chain(tmp_path)[-1]
    (tmp_path / NEWEST).write_text(f"{digest_of(newest.read_bytes())}  {newest.name}\n", encoding="utf-8")
    assert len(read_evidence(tmp_path)) == 3

    if what == "changed":
        newest.write_bytes(newest.read_bytes().replace(b"isolated restore", b"live failover"))
    else:
        newest.unlink()

    with pytest.raises(InputError, match=r"broken at its end: .*newest\.sha256 names 0003\.json"):
        read_evidence(tmp_path)


def test_what_is_no_record_is_refused(tmp_path: Path) -> None:
    for content in (b'{"schema_version": 1}', b'{"kind": "\xff"}', b'{"subject": ' + b"[" * 100_000):
        (tmp_path / "x.json").write_bytes(content)
        with pytest.raises(InputError, match=r"x\.json is no record of evidence"):
            read_evidence(tmp_path)
    with pytest.raises(InputError, match="no directory of evidence"):
        read_evidence(tmp_path / "nowhere")


def _of_the_first(content: dict[str, Any]) -> dict[str, Any]:
    tried: dict[str, Any] = content["components"][0]
    return tried


NEVER_WRITTEN: dict[str, Callable[[dict[str, Any]], object]] = {
    "it expires on 'never', which is no day": lambda it: it.update(expires="never"),
    "it expires on '2027-02-30', which is no day": lambda it: it.update(expires="2027-02-30"),
    "it expires on '2027-1-5', which is no day": lambda it: it.update(expires="2027-1-5"),
    "does not say when it began": lambda it: it["times"].pop("began"),
    "does not say when it ended": lambda it: it["times"].pop("ended"),
    "the moment 'began' is 'yesterday'": lambda it: it["times"].update(began="yesterday"),
    "the moment 'lost' is '2026-11-01T00:00:00'": lambda it: it["times"].update(lost="2026-11-01T00:00:00"),
    "it measured less than no time": lambda it: _of_the_first(it)["measured"]["rto_seconds"].update(act=-1),
    "it measured 'luck', which is no part": lambda it: it["measured"]["rto_seconds"].update(luck=1),
    "the disruption is 'meteor'": lambda it: it.update(disruption="meteor"),
    "the verdict 'excellent'": lambda it: it.update(verdict="excellent"),
    "the size of ledger is -1 GB": lambda it: _of_the_first(it).update(size_gb=-1),
    "a step of ledger has no id, part or state": lambda it: _of_the_first(it).update(steps=[{"id": "x"}]),
    "the moment 'x' is 'now'": lambda it: _of_the_first(it).update(
        steps=[{"id": "x", "part": "act", "state": "done", "ended": "now"}]
    ),
    "a difference of ledger does not name": lambda it: _of_the_first(it).update(differences=[{}]),
    "its cleanup does not say": lambda it: it.update(cleanup={}),
    "holds characters that cannot be seen": lambda it: it.update(id="drill\x1b[2J"),
}


@pytest.mark.parametrize("wrong", NEVER_WRITTEN)
def test_what_drctl_writes_in_no_record_is_refused(wrong: str, tmp_path: Path) -> None:
    """It would count for ever or for too much, or end the page in a traceback."""
    content = msgspec.to_builtins(record())
    NEVER_WRITTEN[wrong](content)
    (tmp_path / "x.json").write_bytes(msgspec.json.encode(content))

    with pytest.raises(InputError, match=rf"x\.json is no record that drctl writes: .*{re.escape(wrong)}"):
        read_evidence(tmp_path)


def test_what_clocks_that_differ_make_of_a_record_is_read(tmp_path: Path) -> None:
    """A resumed operation may end, and a copy be, before it began: on another machine's clock, and on AWS's."""
    content = msgspec.to_builtins(record(lost=-0.4, act=0.0))
    content["times"]["ended"] = "2026-10-31T23:59:00+00:00"
    (tmp_path / "x.json").write_bytes(msgspec.json.encode(content))
    ((read, _),) = read_evidence(tmp_path)

    assert beside(read).estimate.rpo_seconds == assess(LEDGER).estimates[Disruption.SOFTWARE].rpo_seconds


def test_an_isolated_restore_stands_for_nothing_but_acting() -> None:
    """Nobody was waited for in it, whatever moments somebody noted."""
    timed: dict[str, float | None] = dict.fromkeys(("detect", "decide", "act", "propagate", "verify"), 1.0)
    for kind, replaced in ((EvidenceKind.ISOLATED_RESTORE, {"act"}), (EvidenceKind.LIVE_FAILOVER, set(timed))):
        of_kind = record(kind=kind)
        tried = msgspec.structs.replace(
            of_kind.components[0], measured=Measured(rto_seconds=timed, rpo_seconds_at_most=None, how=[])
        )
        found = beside(msgspec.structs.replace(of_kind, components=[tried])).estimate

        measured = {reason.step for reason in found.reasons if reason.confidence is Confidence.MEASURED}
        assert measured == replaced & {reason.step for reason in found.reasons}


def test_what_took_longer_at_a_smaller_size_counts_all_the_same() -> None:
    acted = sum(
        reason.seconds for reason in assess(LEDGER).estimates[Disruption.SOFTWARE].reasons if reason.step == "act"
    )
    found = beside(record(1, act=acted + 60, size_gb=10), record(2, act=1))

    assert [reason.seconds for reason in found.estimate.reasons if reason.step == "act"] == [acted + 60]
    assert (found.records, found.notes) == (("drill-shop-1", "drill-shop-2"), ())


def test_a_measured_time_replaces_the_part_that_was_timed_and_no_other() -> None:
    before = assess(LEDGER).estimates[Disruption.SOFTWARE]
    found = beside(record(act=600.2)).estimate

    steps = [(reason.step, reason.seconds) for reason in found.reasons if reason.step in ("detect", "decide", "act")]
    assert [item for item in steps if item[0] != "act"] == [
        (reason.step, reason.seconds) for reason in before.reasons if reason.step in ("detect", "decide")
    ]
    assert [seconds for step, seconds in steps if step == "act"] == [601]
    acted = sum(reason.seconds for reason in before.reasons if reason.step == "act")
    assert before.rto_seconds is not None
    assert found.rto_seconds == before.rto_seconds - acted + 601
    assert found.rpo_seconds == before.rpo_seconds


def test_the_worst_of_the_records_counts() -> None:
    found = beside(record(1, act=300), record(2, act=900), record(3, act=500))

    assert [reason.seconds for reason in found.estimate.reasons if reason.step == "act"] == [900]


@pytest.mark.parametrize(
    ("more", "note"),
    [
        ({"kind": EvidenceKind.SIMULATED}, "simulated, and replaces nothing"),
        ({"expires": "2026-11-26"}, "expired on 2026-11-26"),
        (
            {"times": dict.fromkeys(("began", "ended"), "2026-11-27T00:00:00+00:00")},
            "began on 2026-11-27, which is still to come",
        ),
        ({"size_gb": 99.0}, "was timed at 99 GB, not at the 100 GB"),
        ({"size_gb": None}, "was timed at an unknown size"),
        ({"design": "other"}, "of another design"),
        ({"verdict": "failed"}, "failed, and shows no recovery"),
    ],
)
def test_a_record_that_does_not_count_replaces_nothing_and_says_why(more: dict[str, Any], note: str) -> None:
    found = beside(record(act=1.0, **more))

    assert found.estimate == assess(LEDGER).estimates[Disruption.SOFTWARE]
    assert found.records == ()
    assert note in found.notes[0]


@given(
    kind=st.sampled_from(EvidenceKind),
    act=st.floats(min_value=0, max_value=10_000),
    lost=st.none() | st.floats(min_value=0, max_value=100_000),
    size=st.none() | st.floats(min_value=0, max_value=99.9),
)
def test_a_small_or_simulated_record_never_turns_a_breach_into_met(
    kind: EvidenceKind, act: float, lost: float | None, size: float | None
) -> None:
    estimate = assess(LEDGER).estimates[Disruption.SOFTWARE]
    assert estimate.rto_seconds is not None
    target = Target.of_seconds(estimate.rto_seconds - 1, 10**6)
    assert estimate.verdict(target) is Verdict.BREACHED

    small = beside(record(kind=kind, act=act, lost=lost, size_gb=size)).estimate
    simulated = beside(record(kind=EvidenceKind.SIMULATED, act=act, lost=lost, size_gb=10**6)).estimate

    assert small.verdict(target) is simulated.verdict(target) is Verdict.BREACHED


@given(lost=st.floats(min_value=0, max_value=10**6))
def test_a_measured_loss_may_only_worsen_the_bound(lost: float) -> None:
    before = assess(LEDGER).estimates[Disruption.SOFTWARE].rpo_seconds
    after = beside(record(lost=lost)).estimate.rpo_seconds

    assert before is not None
    assert after is not None
    assert after >= max(before, lost if lost > before else 0)


def test_what_no_record_is_about_has_nothing_beside_it() -> None:
    estimate = assess(LEDGER).estimates[Disruption.SOFTWARE]
    for workload, names in (("other", ["ledger"]), ("shop", ["other"])):
        assert (
            measured_beside(
                estimate, LEDGER, Disruption.SOFTWARE, [record()], workload=workload, names=names, today=TODAY
            )
            is None
        )
