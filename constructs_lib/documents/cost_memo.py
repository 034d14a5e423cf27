"""The cost memo of a workload: what each step of the ladder of objectives costs, and what is built."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import attrs
import msgspec

from constructs_lib.assessment.workload import assess_workload
from constructs_lib.catalog.confidence import Confidence, weakest
from constructs_lib.catalog.prices import Prices, load_prices
from constructs_lib.catalog.sources import Source
from constructs_lib.costs import monthly_cost, together, watching_cost
from constructs_lib.declaration.kinds import KINDS
from constructs_lib.documents.chart import Bar, Chart, bar_chart
from constructs_lib.documents.wording import in_words, usd
from constructs_lib.errors import ConfigurationError, InfeasibleError
from constructs_lib.objectives import INFRASTRUCTURE, TIERS, Disruption, Objective, Target
from constructs_lib.objectives.duration import format_duration
from constructs_lib.selection import Request, choose

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from constructs_lib.assessment import Assessment
    from constructs_lib.assessment.workload import WorkloadEstimate
    from constructs_lib.catalog.prices import Price
    from constructs_lib.costs import MonthlyCost
    from constructs_lib.documents.documented_workload import DocumentedComponent, DocumentedWorkload
    from constructs_lib.selection import Candidate

__all__ = ["ComponentLadder", "CostMemo", "Rung", "WorkloadRung", "cost_memo"]

DECLARED = "declared"
ONE_REGION = "one Region"
ZERO_LOSS = "zero loss"


class Rung(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the ladder for one component.

    Attributes:
        label: The name of the step.
        asked: What was asked for.
        pattern: The cheapest pattern that keeps it, or keeps the nearest there is.
        usd: What that costs in a month.
        rto_seconds: The estimate for the loss of the Region, or of the rest where there is one Region only.
        rpo_seconds: The same for the data lost.
        confidence: How far both can be trusted.
        marginal_usd: What it costs more than the step before; None for the first.
        nearest: What was taken in its place, where the step cannot be had.
    """

    label: str
    asked: Objective
    pattern: str
    usd: Decimal
    rto_seconds: int | None
    rpo_seconds: int | None
    confidence: Confidence
    marginal_usd: Decimal | None
    nearest: Objective | None
    cost: MonthlyCost
    assessment: Assessment


class ComponentLadder(msgspec.Struct, frozen=True, kw_only=True):
    """The ladder of one component, and what is built."""

    component: DocumentedComponent
    built: MonthlyCost
    rungs: tuple[Rung, ...]


class WorkloadRung(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the ladder for the workload: its components added up, and the workload's longest path."""

    label: str
    asked: Objective
    usd: Decimal
    rto_seconds: int | None
    rpo_seconds: int | None
    confidence: Confidence
    marginal_usd: Decimal | None
    short: tuple[str, ...]
    longer: tuple[tuple[Disruption, int | None], ...]
    """Where the components keep it each, and together take longer than is asked for: how long."""

    @property
    def name(self) -> str:
        """What to call it: where some component cannot have it, it is only the nearest to it."""
        return f"nearest to {self.label}" if self.short else self.label


class UsedPrice(msgspec.Struct, frozen=True, kw_only=True):
    """A price that some line of the memo is computed with, and where it comes from."""

    price: Price
    source: Source


class CostMemo(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the memo states.

    Attributes:
        workload: Whose costs they are.
        built_usd: What is built costs in a month.
        watching: The bill of what watches the workload, of its routing and its network.
        ladders: The components.
        holding: What holds documents about the workload, and its bill.
        rungs: The workload's ladder.
        chart: The workload's ladder as a picture.
        prices: Every price used, each once.
        unpriced: Components without a bill, and why.
    """

    workload: DocumentedWorkload
    built_usd: Decimal
    watching: MonthlyCost
    ladders: tuple[ComponentLadder, ...]
    holding: tuple[tuple[DocumentedComponent, MonthlyCost], ...]
    rungs: tuple[WorkloadRung, ...]
    chart: Chart
    prices: tuple[UsedPrice, ...]
    unpriced: tuple[str, ...]


def cost_memo(workload: DocumentedWorkload, prices: Prices | None = None) -> CostMemo:
    """Return the cost memo of *workload*.

    The steps are: one Region only; the tiers of `TIERS`, ours; what is declared; and the strictest tier without any
    loss of data. Each is chosen anew, component by component, with the declared target for corruption and the declared
    uptime on all of them, so that the steps differ in RTO and RPO alone. Where a step cannot be had for a component,
    the nearest that can is taken and named.

    Args:
        workload: What to price.
        prices: The price table. Default: the shipped one.
    """
    table = load_prices() if prices is None else prices
    ladders, unpriced = [], []
    for item in workload.components:
        if item.component.region is None or item.component.kind not in KINDS:
            unpriced.append(item.name)
            continue
        try:
            ladders.append(_ladder(item, workload.objective, table))
        except ConfigurationError:
            # A plan may hold what the catalog has no price and no pattern of, as RDS Custom.
            unpriced.append(item.name)
    rungs = tuple(_sums(ladders))
    watching = watching_cost(workload.watched, table)
    holding = tuple((item, monthly_cost(item.component, item.usage, table)) for item in workload.holding)
    beside = (watching, *(bill for _, bill in holding))
    return CostMemo(
        workload=workload,
        built_usd=together([*beside, *(ladder.built for ladder in ladders)]).usd,
        watching=watching,
        ladders=tuple(ladders),
        holding=holding,
        rungs=rungs,
        chart=_chart(workload, rungs),
        prices=tuple(_used([*beside, *_bills(ladders)], table)),
        unpriced=tuple(unpriced),
    )


def _steps(objective: Objective) -> list[tuple[str, Objective]]:
    """Return the steps from the loosest to the tightest, the declared one where it belongs."""
    loosest, *_, tightest = TIERS.values()
    if loosest.tightest.rto < tightest.tightest.rto:  # type: ignore[union-attr]  # tiers have targets
        loosest, tightest = tightest, loosest
    steps = [
        (name, _infrastructure(objective, tier.tightest)) for name, tier in TIERS.items() if tier.tightest is not None
    ]
    assert tightest.tightest is not None
    steps.append((ZERO_LOSS, _infrastructure(objective, Target.of_seconds(tightest.tightest.rto, 0))))
    if objective.tightest is not None:
        steps.append((DECLARED, objective))
    steps.sort(key=lambda step: _tightness(step[1]))
    assert loosest.tightest is not None
    within = _infrastructure(objective, loosest.tightest).with_targets(region=None)
    return [(ONE_REGION, within), *steps]


def _infrastructure(objective: Objective, target: Target | None) -> Objective:
    targets = dict.fromkeys((disruption.value for disruption in INFRASTRUCTURE), target)
    return objective.with_targets(**targets) if target is not None else objective


def _tightness(objective: Objective) -> tuple[int, int]:
    target = objective.tightest
    return (0, 0) if target is None else (-target.rto, -target.rpo)


def _ladder(item: DocumentedComponent, workload: Objective, prices: Prices) -> ComponentLadder:
    rungs: list[Rung] = []
    for label, asked in _steps(workload):
        if label == DECLARED:
            # What the component is held against: with what was accepted for it in writing.
            asked = item.objective if item.objective.tightest is not None else asked
        found = _chosen(item, asked, prices, one_region=label == ONE_REGION)
        if found is None:
            continue
        candidate, nearest = found
        disruption = Disruption.ZONE if label == ONE_REGION else Disruption.REGION
        estimate = candidate.assessment.estimates[disruption]
        before = rungs[-1].usd if rungs else None
        rungs.append(
            Rung(
                label=label,
                asked=asked,
                pattern=candidate.name,
                usd=candidate.cost.usd,
                rto_seconds=estimate.rto_seconds,
                rpo_seconds=estimate.rpo_seconds,
                confidence=estimate.confidence,
                marginal_usd=None if before is None else candidate.cost.usd - before,
                nearest=nearest,
                cost=candidate.cost,
                assessment=candidate.assessment,
            )
        )
    return ComponentLadder(component=item, built=monthly_cost(item.component, item.usage, prices), rungs=tuple(rungs))


def _chosen(
    item: DocumentedComponent, asked: Objective, prices: Prices, *, one_region: bool
) -> tuple[Candidate, Objective | None] | None:
    assert item.component.region is not None
    request = Request(
        kind=item.component.kind,
        objective=asked,
        region=item.component.region,
        recovery_region=None if one_region else item.recovery_region,
        engine=item.component.engine,
        usage=item.usage.with_class_open(),
        provider=item.provider,
        features=item.features,
        third_region=None if one_region else item.third_region,
    )
    try:
        return choose(request, prices=prices).chosen, None
    except InfeasibleError as error:
        if not isinstance(error.nearest, Objective):
            return None
        nearest = error.nearest
    return choose(attrs.evolve(request, objective=nearest), prices=prices).chosen, nearest


def _sums(ladders: Sequence[ComponentLadder]) -> Iterator[WorkloadRung]:
    if not ladders:
        return
    by_label: list[dict[str, Rung]] = [{rung.label: rung for rung in ladder.rungs} for ladder in ladders]
    before: Decimal | None = None
    for label in max((ladder.rungs for ladder in ladders), key=len, default=()):
        rungs = [found[label.label] for found in by_label if label.label in found]
        missing = [
            ladder.component.name for ladder, found in zip(ladders, by_label, strict=True) if label.label not in found
        ]
        total = together(rung.cost for rung in rungs).usd
        nearest = [
            ladder.component.name
            for ladder, found in zip(ladders, by_label, strict=True)
            if label.label in found and found[label.label].nearest is not None
        ]
        disruption = Disruption.ZONE if label.label == ONE_REGION else Disruption.REGION
        estimates = assess_workload([rung.assessment for rung in rungs], None).estimates
        whole = estimates[disruption]
        yield WorkloadRung(
            label=label.label,
            asked=label.asked,
            usd=total,
            rto_seconds=whole.rto_seconds,
            rpo_seconds=whole.rpo_seconds,
            confidence=weakest(*(rung.confidence for rung in rungs)),
            marginal_usd=None if before is None else total - before,
            short=(*nearest, *missing),
            # What is declared is judged as it is built, with what was accepted; that is the agreement's.
            longer=() if label.label == DECLARED else _longer(label.asked, estimates),
        )
        before = total


def _longer(
    asked: Objective, estimates: Mapping[Disruption, WorkloadEstimate]
) -> tuple[tuple[Disruption, int | None], ...]:
    found = ((disruption, target, estimates[disruption].rto_seconds) for disruption, target in asked.targets())
    return tuple(
        (disruption, seconds) for disruption, target, seconds in found if seconds is None or seconds > target.rto
    )


def _chart(workload: DocumentedWorkload, rungs: Sequence[WorkloadRung]) -> Chart:
    bars = [
        Bar(
            label=rung.name,
            value=rung.usd,
            text=f"{usd(rung.usd)} · RTO {_short(rung.rto_seconds)} · RPO {_short(rung.rpo_seconds)}",
            marked=rung.label == DECLARED,
        )
        for rung in rungs
    ]
    return bar_chart(f"Monthly cost of {workload.name} by objective", bars)


def _short(seconds: int | None) -> str:
    """Return a duration as briefly as it can be declared: a chart has one line for it on a telephone, too."""
    return in_words(None) if seconds is None else format_duration(seconds)


def _bills(ladders: Sequence[ComponentLadder]) -> Iterator[MonthlyCost]:
    for ladder in ladders:
        yield ladder.built
        yield from (rung.cost for rung in ladder.rungs)


def _used(bills: Iterable[MonthlyCost], prices: Prices) -> Iterator[UsedPrice]:
    found: dict[tuple[str, str, Decimal], Price] = {}
    for line in (line for bill in bills for line in bill.lines):
        found[(line.price.dimension, line.price.region, line.price.usd)] = line.price
    for key in sorted(found):
        yield UsedPrice(price=found[key], source=prices.source(found[key].source))
