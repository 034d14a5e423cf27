"""What an agreement may not leave open, and what every page says first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from constructs_lib.declaration.sla_terms import CLAUSES
from constructs_lib.documents.cost_memo import ZERO_LOSS, cost_memo
from constructs_lib.documents.documented_workload import DocumentedComponent, DocumentedWorkload
from constructs_lib.documents.documents import DOCUMENT_KINDS, contradicted, index_of, render_documents
from constructs_lib.objectives import Objective, Target
from constructs_lib.selection import Request, choose
from tests.cli.run import drctl
from tests.documents.reference import DECLARATION, shop, write_shop

if TYPE_CHECKING:
    from pathlib import Path

_FILLED = """\
  error_rate: 5 in 100 requests of a minute fail
  remedies: ten percent of a month's fee
  liability: up to the fees of a year
  force_majeure: what nobody can prevent
  term: two years
  law: the law of Ireland
"""
_TIGHT = DECLARATION.replace("rto: 2h", "rto: 15m")


def _text(tmp_path: Path, kind: str, declaration: str = DECLARATION) -> str:
    documents = render_documents([shop(tmp_path, declaration)], DOCUMENT_KINDS, ["markdown"])
    return next(item.text for item in documents if item.kind == kind)


@pytest.mark.parametrize("kind", DOCUMENT_KINDS)
def test_every_page_says_first_that_it_is_about_data_only(kind: str, tmp_path: Path) -> None:
    first = "\n".join(_text(tmp_path, kind).splitlines()[:5])

    assert "no compute is declared, so nothing is promised for the service" in first


def test_what_only_the_parties_know_has_a_place_that_must_be_filled(tmp_path: Path) -> None:
    empty, filled = _text(tmp_path, "sla"), _text(tmp_path, "sla", DECLARATION + _FILLED)
    before, _, agreement = empty.replace("\\_", "_").partition("## 1 Definitions")

    assert [name for name in CLAUSES if f"key sla.{name} " not in before] == []
    assert agreement.count("to be filled:") == len(CLAUSES)
    assert "to be filled" not in filled
    assert "up to the fees of a year" in filled.partition("## 8 Liability")[2].partition("## 9")[0]


def test_promises_of_a_part_and_of_the_whole_have_an_order_of_precedence(tmp_path: Path) -> None:
    recovery = _text(tmp_path, "sla").partition("## 5 Recovery")[2].partition("## 6")[0]

    assert "Order of precedence: for a part that has a row of its own, that row holds" in recovery


def test_what_is_committed_to_and_not_kept_is_to_be_settled(tmp_path: Path) -> None:
    before = _text(tmp_path, "sla", _TIGHT).partition("## 1 Definitions")[0]

    assert "RECOVERY-407" in before
    assert contradicted([shop(tmp_path, _TIGHT)])
    assert contradicted([shop(tmp_path)]) == ()


def test_check_does_not_call_true_what_commits_to_what_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "recovery.yaml").write_text(_TIGHT, encoding="utf-8")
    write_shop(tmp_path / "cdktf.out")
    monkeypatch.chdir(tmp_path)

    assert "RECOVERY-407" in drctl(capsys, "docs", "sla", "--output", "docs").err
    ran = drctl(capsys, "docs", "check", "--output", "docs")
    assert ran.code == 1
    assert "RECOVERY-407" in ran.out
    assert "are true" not in ran.out
    assert drctl(capsys, "sla", "--promise", "90%").code == 1


def test_zero_loss_is_not_drawn_beside_a_loss(tmp_path: Path) -> None:
    memo = cost_memo(shop(tmp_path))
    (rung,) = (item for item in memo.rungs if item.label == ZERO_LOSS)

    assert rung.rpo_seconds != 0
    assert rung.name == "nearest to zero loss"
    assert ZERO_LOSS not in {drawn.bar.label for drawn in memo.chart.bars}


def test_a_page_leads_to_all_documents(tmp_path: Path) -> None:
    workloads = [shop(tmp_path, _TIGHT)]
    documents = render_documents(workloads)
    pages = {item.name: item.text for item in index_of(documents, workloads)}

    assert set(re.findall(r'href="([^"]+\.html)"', pages["index.html"])) == {
        f"shop-{kind}.html" for kind in DOCUMENT_KINDS
    }
    assert set(re.findall(r"\(<([^>]+\.md)>\)", pages["index.md"])) == {f"shop-{kind}.md" for kind in DOCUMENT_KINDS}
    assert "RECOVERY-407" in pages["index.md"]


def test_every_cell_of_a_table_can_stand_alone_in_a_narrow_window(tmp_path: Path) -> None:
    for document in render_documents([shop(tmp_path)], DOCUMENT_KINDS, ["html"]):
        cells = re.findall(r"<td([^>]*)>", document.text.partition('<table class="signatures">')[0])
        assert cells, document.name
        assert all(re.search(r'data-label="[^"]+"', cell) for cell in cells), document.name


@pytest.mark.parametrize(("rpo", "silent"), [("30d", True), ("2d", False)])
def test_a_promise_that_hangs_on_a_schedule_nobody_misses_says_so(rpo: str, silent: bool) -> None:
    """A weekly backup is not overdue within the seven days that CloudWatch looks back over; a daily one is."""
    objective = Objective(region=Target("30d", rpo))
    asked = Request(
        kind="table", objective=objective, region="eu-west-1", recovery_region="eu-central-1", pattern="backup_copy"
    )
    component = replace(choose(asked).chosen.component, name="index")
    documented = DocumentedComponent(name="index", component=component, objective=objective)
    workload = DocumentedWorkload(name="shop", objective=objective, components=(documented,))

    texts = {item.kind: item.text for item in render_documents([workload], ["sla", "runbook"], ["markdown"])}

    assert [kind for kind, text in texts.items() if "nothing rings where its backup schedule stops" in text] == (
        ["sla", "runbook"] if silent else []
    )
    assert ("index, region: nothing rings" in texts["sla"].partition("Annex B")[2]) is silent
    assert "index, zone" not in texts["sla"]
