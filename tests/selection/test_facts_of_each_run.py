"""What one run has found out is not answered to another that goes by other facts, though much is remembered."""

from __future__ import annotations

from types import MappingProxyType

import attrs
import msgspec
from hypothesis import given
from msgspec.structs import replace

from constructs_lib.catalog.catalog import Catalog, load_catalog
from constructs_lib.catalog.kinds.mechanism import Mechanism
from constructs_lib.catalog.prices import Prices, load_prices
from constructs_lib.components import Kind
from constructs_lib.errors import InfeasibleError
from constructs_lib.objectives import Objective
from constructs_lib.selection import Request, choose
from tests.selection.requests import requests


def _slower(mechanism: Mechanism) -> Mechanism:
    covers = tuple(
        msgspec.structs.replace(
            cover, act=tuple(msgspec.structs.replace(term, seconds=term.seconds + 60) for term in cover.act)
        )
        for cover in mechanism.covers
    )
    return msgspec.structs.replace(mechanism, covers=covers)


def _other_facts() -> tuple[Catalog, Prices]:
    """Facts by which every act takes a minute longer, and an instance runs twice the hours. Anew each time."""
    catalog = load_catalog()
    mechanisms = {key: _slower(mechanism) for key, mechanism in catalog.mechanisms.items()}
    intrinsic = {kind: tuple(_slower(item) for item in found) for kind, found in catalog.intrinsic.items()}
    prices = load_prices()
    return (
        replace(catalog, mechanisms=MappingProxyType(mechanisms), intrinsic=MappingProxyType(intrinsic)),
        attrs.evolve(prices, hours_per_month=prices.hours_per_month * 2),
    )


_OTHER = _other_facts()


def _answer(request: Request, catalog: Catalog, prices: Prices) -> object:
    try:
        chosen = choose(request, catalog=catalog, prices=prices).chosen
    except InfeasibleError as error:
        return str(error)
    estimates = {
        disruption: (estimate.rto_seconds, estimate.rpo_seconds, estimate.confidence)
        for disruption, estimate in chosen.assessment.estimates.items()
    }
    return chosen.name, estimates, chosen.cost.usd


@given(requests())
def test_runs_with_other_facts_do_not_answer_for_each_other(request: Request) -> None:
    shipped = load_catalog(), load_prices()

    first, other, again = (_answer(request, *facts) for facts in (shipped, _OTHER, shipped))

    assert first == again
    # Facts that nothing can be remembered of, since they have just been made.
    assert other == _answer(request, *_other_facts())


def test_other_facts_give_another_answer() -> None:
    request = Request(
        kind=Kind.DATABASE,
        engine="postgres",
        objective=Objective("4h", "1h"),
        region="eu-west-1",
        recovery_region="eu-central-1",
    )

    shipped, other = (_answer(request, *facts) for facts in ((load_catalog(), load_prices()), _OTHER))

    assert shipped != other
