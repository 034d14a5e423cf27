"""What an agreement says beside the objectives, as `recovery.yaml` declares it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from constructs_lib.availability import parse_availability
from constructs_lib.declaration.declaration import parse_declaration
from constructs_lib.declaration.sla_terms import SlaTerms
from constructs_lib.errors import DeclarationError


def terms(text: str) -> SlaTerms:
    return parse_declaration(f"version: 1\nsla: {text}\n").sla


def test_nothing_is_agreed_unless_it_is_declared() -> None:
    assert parse_declaration("version: 1\n").sla == SlaTerms() == terms("{}")


def test_everything_can_be_declared() -> None:
    found = terms(
        "{provider: Example Ltd, customer: Inc, period: quarter, measurement: a check, maintenance: 2h, notice: 5d, "
        "claim_within: 30d, credits: [{below: 99.9%, credit: 10%}, {below: 99%, credit: 25.5%}]}"
    )

    assert (found.provider, found.customer, found.period.name) == ("Example Ltd", "Inc", "quarter")
    assert (found.maintenance, found.notice, found.claim_within) == (7200, 432_000, 2_592_000)
    assert [(str(step.below), step.credit) for step in found.credits] == [("99.9%", 10), ("99%", Decimal("25.5"))]


@pytest.mark.parametrize(("attained", "owed"), [("99.95%", 0), ("99.9%", 0), ("99.89%", 10), ("99%", 10), ("50%", 25)])
def test_the_credit_is_the_one_beside_the_lowest_figure_missed(attained: str, owed: int) -> None:
    found = terms("{credits: [{below: 99.9%, credit: 10%}, {below: 99%, credit: 25%}]}")
    assert found.credit(parse_availability(attained)) == owed
    assert terms("{provider: Example Ltd}").credit(parse_availability(attained)) == 0


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{period: 2027-02}", "not a period of an agreement"),
        ("{credits: [{below: 99.9%}]}", "has no credit"),
        ("{credits: [{below: 99.9%, credit: 0%}]}", "not a percentage above 0 %"),
        ("{credits: [{below: 99.9%, credit: 101%}]}", "not a percentage above 0 %"),
        ("{credits: [{below: 101%, credit: 10%}]}", "lies between 0% and 100%"),
        (
            "{credits: [{below: 99%, credit: 10%}, {below: 99.9%, credit: 25%}]}",
            "from the highest figure to the lowest",
        ),
        ("{credits: [{below: 99.9%, credit: 10%}, {below: 99%, credit: 5%}]}", "from the highest figure to the lowest"),
        ("{maintenance: 2}", "is not a duration"),
        ("{maintenance: 30d}", "excuses 30d of a month_30d, which is no longer"),
        ("{maintenance: 25h, period: day}", "excuses 1d1h of a day, which is no longer"),
        ("{penalty: 10%}", "not a key that is known here"),
    ],
)
def test_nonsense_is_told_with_its_place(text: str, problem: str) -> None:
    with pytest.raises(DeclarationError, match=problem) as error:
        terms(text)
    assert str(error.value).startswith("recovery.yaml:2: sla")
