"""The agreement of the seed's example, recomputed by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from constructs_lib.documents.documents import render_documents
from constructs_lib.documents.sla_document import sla_document
from tests.documents.reference import DECLARATION, shop

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.documents.sla_document import SlaDocument

MONTH = 30 * 24 * 3600


@pytest.fixture(name="sla")
def _sla(tmp_path: Path) -> SlaDocument:
    return sla_document(shop(tmp_path))


def test_own_downtime_is_what_the_promise_allows(sla: SlaDocument) -> None:
    assert sla.own_seconds == Fraction(MONTH, 1000)


def test_each_third_party_has_a_budget_of_its_own(sla: SlaDocument) -> None:
    budgets = {budget.need.name: budget.seconds for budget in sla.third_parties}

    assert budgets == {
        "e-mail": Fraction(MONTH, 1000),
        "DNS": Fraction(MONTH, 10_000),
        "authentication": Fraction(MONTH, 1000),
        "AWS": Fraction(MONTH, 1000),
    }
    assert sla.third_party_seconds == Fraction(31 * MONTH, 10_000)


def test_what_only_reduces_the_service_is_apart(sla: SlaDocument) -> None:
    assert [(budget.need.name, budget.seconds) for budget in sla.reduced] == [("Twitter feed", Fraction(MONTH, 100))]


def test_what_a_customer_should_plan_with_is_the_product(sla: SlaDocument) -> None:
    product = Fraction(999, 1000) ** 4 * Fraction(9999, 10_000)

    assert sla.together is not None
    assert sla.together.fraction == product
    assert sla.in_full is not None
    assert sla.in_full.fraction == product * Fraction(99, 100)


def test_credits_are_told_with_the_downtime_they_begin_at(sla: SlaDocument) -> None:
    assert [(str(row.below), row.more_than_seconds, int(row.credit)) for row in sla.credits] == [
        ("99.9%", Fraction(MONTH, 1000), 10),
        ("99%", Fraction(MONTH, 100), 25),
    ]


def test_no_number_of_the_text_is_typed_in(tmp_path: Path) -> None:
    """With every declared number changed, none of the old ones is left."""
    text = (
        DECLARATION.replace("rto: 2h, rpo: 4h, uptime: 99.9%", "rto: 7h, rpo: 9h, uptime: 98.7%")
        .replace("99.99%", "97.6%")
        .replace("99.9%", "96.5%")
        .replace("99%", "95.4%")
        .replace("10%", "11%")
        .replace("25%", "26%")
        .replace("maintenance: 2h", "maintenance: 3h")
        .replace("notice: 5d", "notice: 6d")
    )
    (document,) = render_documents([shop(tmp_path, text)], ["sla"], ["markdown"])
    agreement = document.text.partition("## Annex A")[0].partition("## 1 Definitions")[2]

    for old in ("99.9", "99%", "2 hours", "4 hours", "5 days", "10 %", "25 %", "43 minutes 12"):
        assert old not in agreement, old


def test_contradictions_stand_before_the_text_that_would_be_signed(tmp_path: Path) -> None:
    (document,) = render_documents([shop(tmp_path)], ["sla"], ["markdown"])
    before = document.text.partition("## 1 Definitions")[0]

    assert "RECOVERY-401" in before
    assert "RECOVERY-402" in before


def test_agreements_that_a_third_party_holds_are_said_to_be_there(tmp_path: Path) -> None:
    whole = DECLARATION.replace("{name: AWS, availability: 99.9%", '{name: AWS, covers: ["*"], availability: 99.9%')
    assert whole != DECLARATION
    (document,) = render_documents([shop(tmp_path, whole)], ["sla"], ["markdown"])
    annex = document.text.partition("## Annex A")[2].partition("## Annex B")[0]

    assert "No component is known" not in annex
    assert "are in the promise of AWS, section 3, and are not counted again" in annex
    for item in shop(tmp_path, whole).components:
        assert item.name in annex
