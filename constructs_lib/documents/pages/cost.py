"""The cost memo."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.prices.billing import not_counted
from constructs_lib.documents.wording import in_words, usd
from constructs_lib.plural import plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.catalog.prices import Price
    from constructs_lib.costs import MonthlyCost
    from constructs_lib.documents.cost_memo import ComponentLadder, CostMemo, WorkloadRung
    from constructs_lib.documents.documented_workload import DocumentedComponent


def cost_page(memo: CostMemo) -> dict[str, Any]:
    """Return what the template `cost` is given."""
    return {
        "memo": memo,
        "not_counted": not_counted(item.component.kind for item in memo.workload.components),
        "ladder_rows": [_workload_row(rung) for rung in memo.rungs],
        "accepted": [
            f"{item.name}: {item.objective.with_uptime(None)}"
            for item in memo.workload.components
            if item.accepted is not None or item.objective.targets() != memo.workload.objective.targets()
        ],
        "longer_rungs": [(rung.name, _longer(rung)) for rung in memo.rungs if rung.longer],
        "ladders": [_ladder(ladder) for ladder in memo.ladders],
        "holding": [
            {"name": item.name, "kind": item.component.kind.value, "usd": usd(bill.usd), "lines": bill_rows(bill)}
            for item, bill in memo.holding
        ],
        "watching": bill_rows(memo.watching),
        "price_rows": [
            [
                used.price.dimension,
                used.price.region,
                f"{_plain(used.price)} per {used.price.unit}",
                used.price.date,
                _linked(used.source.title, used.source.url),
                _trust(used.price),
            ]
            for used in memo.prices
        ],
    }


def _longer(rung: WorkloadRung) -> str:
    """Return how long each disruption takes the whole, those that take as long together."""
    by_time: dict[str, list[str]] = {}
    for disruption, seconds in rung.longer:
        by_time.setdefault(in_words(seconds), []).append(disruption.value)
    return "; ".join(f"{time} ({', '.join(names)})" for time, names in by_time.items())


def _workload_row(rung: WorkloadRung) -> list[object]:
    return [
        rung.name,
        str(rung.asked),
        usd(rung.usd),
        "" if rung.marginal_usd is None else usd(rung.marginal_usd),
        in_words(rung.rto_seconds),
        in_words(rung.rpo_seconds),
        rung.confidence.value,
    ]


def _ladder(ladder: ComponentLadder) -> Mapping[str, Any]:
    return {
        "name": ladder.component.name,
        "kind": ladder.component.component.kind.value,
        "built_usd": usd(ladder.built.usd),
        "usage": _usage(ladder.component),
        "rows": [
            [
                rung.label,
                rung.pattern,
                usd(rung.usd),
                "" if rung.marginal_usd is None else usd(rung.marginal_usd),
                in_words(rung.rto_seconds),
                in_words(rung.rpo_seconds),
                rung.confidence.value,
            ]
            for rung in ladder.rungs
        ],
        "nearest": [(rung.label, str(rung.nearest)) for rung in ladder.rungs if rung.nearest is not None],
        "lines": bill_rows(ladder.built),
    }


def bill_rows(bill: MonthlyCost) -> list[list[object]]:
    """Return a row for each line of a bill: what for, how much, at what price, and what that comes to in a month."""
    return [
        [line.what, _amount(line.amount), f"{_plain(line.price)} per {line.price.unit}", usd(line.usd)]
        for line in bill.lines
    ]


def _amount(amount: Decimal) -> str:
    """Return *amount* as exactly as it takes to compute with it by hand."""
    text = f"{amount:,.3f}".rstrip("0").rstrip(".")
    return "less than 0.001" if text == "0" and amount else text


def _usage(item: DocumentedComponent) -> str:
    usage, kind = item.usage, load_catalog().kinds[item.component.kind]
    amounts = {name: f"{value:,f}" for name, value in attrs.asdict(usage).items() if isinstance(value, Decimal)}
    parts = [part.format(**amounts) for part in kind.usage]
    if kind.has_engine and item.component.engine != "dsql":
        parts.append(f"instance class {usage.instance_class or 'the one that prices are known for'}")
    if usage.storage_gb is not None:
        parts.append(f"{usage.storage_gb:,f} GB of storage")
    if usage.read_capacity is not None:
        parts.append(f"bought as {usage.read_capacity:,f} read and {usage.write_capacity:,f} write capacity units")
    if usage.copy_storage_class is not None:
        parts.append(f"a copy in {usage.copy_storage_class}")
    if usage.indexes:
        parts.append(f"written to {plural(int(usage.indexes), 'secondary index', 'secondary indexes')} as well")
    if usage.average_acus is not None:
        parts.append(f"{usage.average_acus:f} Aurora capacity units on average and {usage.most_acus:f} at most")
    return ", ".join(parts)


def _plain(price: Price) -> str:
    return f"USD {price.usd.normalize():f}"


def _trust(price: Price) -> str:
    assumed = "assumed, " if price.assumed else ""
    return f"{assumed}{price.confidence}" + (f": {price.note}" if price.note else "")


def _linked(title: str, url: str | None) -> str:
    return title if url is None else f"{title}, {url}"
