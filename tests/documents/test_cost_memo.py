"""The cost memo: each step chosen anew, marginal prices that add up, and a picture of the same numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import attrs
import pytest
from msgspec.structs import replace

from constructs_lib.components import Kind
from constructs_lib.costs import Usage, monthly_cost
from constructs_lib.documents.chart import WIDTH, Bar, bar_chart
from constructs_lib.documents.cost_memo import DECLARED, ONE_REGION, cost_memo
from constructs_lib.documents.documented_workload import DocumentedComponent, DocumentedWorkload
from constructs_lib.documents.documents import render_documents
from constructs_lib.documents.pages.cost import cost_page
from constructs_lib.documents.read.stacks import read_stacks
from constructs_lib.documents.wording import usd
from constructs_lib.objectives import Disruption, Objective, Target
from constructs_lib.objectives.acceptance import Acceptance
from constructs_lib.objectives.tags import HOLDS
from constructs_lib.plan.stacks import read_decisions
from constructs_lib.selection import Request, choose
from constructs_lib.selection.explanation import explain_all
from tests.documents.reference import REPLICATED, decision, declared, shop, write_shop, write_stack

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.documents.cost_memo import CostMemo


@pytest.fixture(name="memo")
def _memo(tmp_path: Path) -> CostMemo:
    return cost_memo(shop(tmp_path))


def test_what_is_built_is_the_sum_of_the_components_bills_with_what_they_share_once(memo: CostMemo) -> None:
    costs = [monthly_cost(ladder.component.component, ladder.component.usage) for ladder in memo.ladders]
    keys = sum(line.price.dimension == "kms.key" for cost in costs for line in cost.lines)
    # A key in each of two Regions, at USD 1; no component here is behind a health check.
    assert memo.built_usd == sum((cost.usd for cost in costs), Decimal(0)) - (keys - 2)


def test_the_bucket_of_the_documents_is_paid_for_and_every_row_adds_up(tmp_path: Path) -> None:
    """The memo and `drctl explain` tell of the same stacks: they said sums that differed by the bucket and by cents."""
    write_shop(tmp_path)
    store = decision("runbooks", "bucket", REPLICATED, tags={HOLDS: "documents"}, own_objective=True)
    write_stack(tmp_path, "shop-global", "us-east-1", {}, [store])
    (workload,) = read_stacks(tmp_path, declared())
    (explained,) = explain_all(read_decisions(tmp_path / "stacks"))
    page = cost_page(cost_memo(workload))

    assert cost_memo(workload).built_usd == explained.usd
    assert [item.name for item in workload.components] == ["assets", "ledger"]
    # Nor does it say that the bucket is not counted.
    assert not any("documents" in what for what in page["not_counted"])
    (held,) = page["holding"]
    assert (held["name"], held["kind"]) == ("runbooks", "bucket")
    for bill, total in [
        (held["lines"], held["usd"]),
        *((item["lines"], item["built_usd"]) for item in page["ladders"]),
    ]:
        figures = [[float(cell.split()[-1].replace(",", "")) for cell in (row[1], row[3])] for row in bill]
        assert usd(sum((Decimal(str(figure)) for _, figure in figures), Decimal(0))) == total
        # An amount of half a GB was shown as 0, and 88.7 GB as 89: nobody could compute with them.
        prices = [cell.split()[1:] for _, _, cell, _ in bill]
        for (amount, figure), (price, _, *unit) in zip(figures, prices, strict=True):
            per = float(unit[0].replace(",", "")) if unit[0][0].isdigit() else 1
            assert amount * float(price) / per == pytest.approx(figure, abs=0.006)


def test_marginal_prices_lead_from_the_first_step_to_the_last(memo: CostMemo) -> None:
    more = [rung.marginal_usd for rung in memo.rungs]

    assert more[0] is None
    assert memo.rungs[0].usd + sum((value for value in more if value is not None), Decimal(0)) == memo.rungs[-1].usd


def test_a_tighter_step_is_never_cheaper(memo: CostMemo) -> None:
    """The declared one is left out: 2 h and 4 h are neither tighter nor looser than the tier's 4 h and 1 h."""
    costs = [rung.usd for rung in memo.rungs if rung.label != DECLARED]

    assert costs == sorted(costs)


def test_the_declared_step_stands_where_it_belongs(memo: CostMemo) -> None:
    labels = [rung.label for rung in memo.rungs]

    assert labels == [ONE_REGION, "non-critical", "important", DECLARED, "critical", "mission-critical", "zero loss"]


def test_each_step_is_what_choosing_says(memo: CostMemo) -> None:
    ladder = next(item for item in memo.ladders if item.component.name == "assets")
    declared = next(rung for rung in ladder.rungs if rung.label == DECLARED)
    chosen = choose(
        Request(
            kind=ladder.component.component.kind,
            objective=declared.asked,
            region="eu-west-1",
            recovery_region="eu-central-1",
            usage=ladder.component.usage,
        )
    ).chosen

    assert (declared.pattern, declared.usd) == (chosen.name, chosen.cost.usd)


def test_a_database_of_which_the_capacity_is_declared_is_chosen_anew_for_each_step(tmp_path: Path) -> None:
    """What it is built of is no wish: a looser step may have another class, and the declared one is what is built."""
    request = Request(
        kind=Kind.DATABASE,
        objective=Objective("27m", "1m"),
        region="eu-west-1",
        recovery_region="eu-central-1",
        engine="aurora-postgresql",
        usage=Usage(average_acus=3, most_acus=64),
    )
    chosen = choose(request).chosen
    workload = shop(tmp_path)
    ledger = attrs.evolve(
        next(item for item in workload.components if item.name == "ledger"),
        component=chosen.component,
        usage=chosen.rung.usage,
        objective=request.objective,
        routings=None,
    )
    memo = cost_memo(attrs.evolve(workload, objective=request.objective, components=(ledger,)))
    rungs = {rung.label: rung for rung in memo.ladders[0].rungs}
    assert rungs[DECLARED].usd == memo.ladders[0].built.usd == chosen.cost.usd
    assert "3 Aurora capacity units on average and 64 at most" in cost_page(memo)["ladders"][0]["usage"]


def test_the_declared_step_keeps_the_uptime_that_is_declared() -> None:
    """It was chosen without: what the uptime needs was more than the cheapest that keeps what is promised."""
    objective = Objective("4h", "1h", uptime="99.9%")
    asked = Request(
        kind="database", engine="postgres", objective=objective, region="eu-west-1", recovery_region="eu-central-1"
    )
    chosen = choose(asked).chosen
    assert chosen.pattern.name.startswith("multi_az")
    documented = DocumentedComponent(
        name="ledger",
        component=replace(chosen.component, name="ledger"),
        objective=objective,
        recovery_region="eu-central-1",
    )
    memo = cost_memo(DocumentedWorkload(name="shop", objective=objective, components=(documented,)))
    (ladder,) = memo.ladders
    rungs = {rung.label: rung for rung in ladder.rungs}

    assert rungs[DECLARED].pattern == chosen.name
    assert rungs[DECLARED].usd == ladder.built.usd
    assert "uptime 99.9%" in str(rungs[ONE_REGION].asked)


def test_what_is_accepted_in_writing_is_said_beside_the_step_that_counts_it() -> None:
    objective = Objective("15m", "5m")
    accepted = Acceptance(owner="web", reason="made anew", region=Target("4h", "4h"))
    loosened = objective.with_targets(region=Target("4h", "4h"))
    asked = Request(kind="bucket", objective=loosened, region="eu-west-1", recovery_region="eu-central-1")
    documented = DocumentedComponent(
        name="thumbs",
        component=replace(choose(asked).chosen.component, name="thumbs"),
        objective=loosened,
        accepted=accepted,
        recovery_region="eu-central-1",
    )
    workload = DocumentedWorkload(name="shop", objective=objective, components=(documented,))
    (memo,) = render_documents([workload], ["cost"], ["markdown"])

    assert "**declared** has parts with a promise of their own:" in memo.text
    assert "- thumbs: hardware, zone: RTO 15m, RPO 5m; region: RTO 4h, RPO 4h" in memo.text


def test_a_step_that_cannot_be_had_says_what_was_taken_for_it(memo: CostMemo) -> None:
    last = memo.rungs[-1]

    assert set(last.short) == {"assets", "ledger"}
    assert all(ladder.rungs[-1].nearest is not None for ladder in memo.ladders)


def test_bars_are_in_proportion_and_the_longest_fills_the_width() -> None:
    bars = [Bar(label=str(value), value=Decimal(value), text="") for value in (0, 1, 50, 100)]

    assert [drawn.width for drawn in bar_chart("costs", bars).bars] == [0, WIDTH // 100, WIDTH // 2, WIDTH]


def test_no_costs_draw_no_bars() -> None:
    assert [drawn.width for drawn in bar_chart("costs", [Bar(label="a", value=Decimal(0), text="")]).bars] == [0]


def test_a_step_that_the_whole_takes_longer_for_than_is_asked_says_so(memo: CostMemo) -> None:
    """Each component keeps it, and people bring one after the other back: the step is not what it is called."""
    for rung in memo.rungs:
        told = dict(rung.longer)
        asked = rung.asked.target(Disruption.REGION)
        if rung.label == DECLARED or asked is None or rung.rto_seconds is None:
            continue
        assert (told.get(Disruption.REGION) == rung.rto_seconds) == (rung.rto_seconds > asked.rto), rung.label
    longer = {rung.label for rung in memo.rungs if rung.longer}
    assert longer
    assert len(cost_page(memo)["longer_rungs"]) == len(longer)


def test_the_chart_writes_no_more_beside_a_bar_than_a_telephone_shows(memo: CostMemo) -> None:
    shown_of_it = 62
    assert max(len(drawn.bar.text) for drawn in memo.chart.bars) < shown_of_it
