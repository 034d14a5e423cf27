"""The selector: candidates from the catalog, assessed and priced, and the cheapest that keeps the objective."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import attrs

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.prices import load_prices
from constructs_lib.errors import ConfigurationError, InfeasibleError
from constructs_lib.selection.cautions import cautions
from constructs_lib.selection.choice import Candidate, Choice, Rejected, blocking
from constructs_lib.selection.ladder import menu
from constructs_lib.selection.nearest import nearest_objective
from constructs_lib.selection.rules import NOT_FOR_ENGINE
from constructs_lib.selection.shortfall import shortfall

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.catalog.catalog import Catalog
    from constructs_lib.catalog.kinds.pattern import Pattern
    from constructs_lib.catalog.prices import Prices
    from constructs_lib.objectives import Objective
    from constructs_lib.selection.request import Request


def choose(request: Request, *, prices: Prices | None = None, catalog: Catalog | None = None) -> Choice:
    """Return the cheapest candidate that keeps the request's objective, and why each other was not taken.

    Args:
        request: The component, its objective and what restricts the choice.
        prices: The price table. Default: the shipped one.
        catalog: The facts. Default: the shipped catalog.

    Raises:
        InfeasibleError: If no candidate keeps the objective. Its `nearest` is an objective that can be had with the
            same request but for a forced pattern, or None.
        ConfigurationError: If the engine or the pattern does not exist.
    """
    facts = load_catalog() if catalog is None else catalog
    table = load_prices() if prices is None else prices
    _check_engine(request, facts)
    refused, candidates = _candidates(request, facts, table)
    met = [candidate for candidate in candidates if candidate.kept is not None and _offered(candidate.pattern, request)]
    if not met:
        raise _infeasible(request, refused, candidates, facts, table)
    chosen = min(met, key=lambda candidate: candidate.cost.usd)
    return Choice(
        objective=request.objective,
        chosen=chosen,
        cautions=tuple(cautions(request, chosen)),
        candidates=tuple(candidates),
        refused=tuple(refused),
    )


def _check_engine(request: Request, catalog: Catalog) -> None:
    if request.engine is None:
        return
    if request.engine not in catalog.engines():
        msg = f"there is no engine {request.engine!r}; there are {', '.join(catalog.engines())}"
        raise ConfigurationError(msg)


def _candidates(request: Request, catalog: Catalog, prices: Prices) -> tuple[list[Rejected], list[Candidate]]:
    ladders, excluded = menu(request, catalog, prices)
    refused = [Rejected(name=pattern.name, because=rule) for pattern, rule in excluded]
    objective = request.objective
    candidates = [Candidate(ladder=ladder, objective=objective, kept=ladder.cheapest(objective)) for ladder in ladders]
    return refused, [_best(list(forms)) for _, forms in groupby(candidates, key=lambda item: item.name)]


def _best(forms: Sequence[Candidate]) -> Candidate:
    """Return the cheapest form that a pattern keeps the objective in, or else the cheapest that comes nearest."""
    if len(forms) == 1:
        return forms[0]
    kept = [item for item in forms if item.kept is not None]
    if kept:
        return min(kept, key=lambda item: item.cost.usd)
    return min(forms, key=lambda item: (shortfall(item.assessment), item.cost.usd))


def _offered(pattern: Pattern, request: Request) -> bool:
    return pattern.asks is None or request.pattern == pattern.name


def _infeasible(
    request: Request,
    refused: Sequence[Rejected],
    candidates: Sequence[Candidate],
    catalog: Catalog,
    prices: Prices,
) -> InfeasibleError:
    rejected = (
        *(
            Rejected(
                name=item.name,
                because=blocking(item.assessment) or f"built only where it is named: {item.pattern.asks}",
                monthly_cost_usd=item.cost.usd,
            )
            for item in sorted(candidates, key=lambda candidate: candidate.cost.usd)
        ),
        *refused,
    )
    nearest = nearest_objective(request.objective, [item for item in candidates if _offered(item.pattern, request)])
    without = ""
    if nearest is None and request.pattern is not None:
        nearest, without = _nearest_unforced(request, catalog, prices), f" without {request.pattern}"
    subject = f"database of engine {request.engine}" if request.engine else str(request.kind)
    if request.pattern is None:
        message = f"no pattern keeps {request.objective} for a {subject} in {request.region}"
    else:
        why = "; ".join(sorted({item.because for item in rejected}))
        message = f"pattern {request.pattern} does not keep {request.objective} for a {subject}: {why}"
    if nearest is not None:
        message += f"; the nearest that can be had{without}: {nearest}"
    elif request.recovery_region is None and request.objective.region is not None and candidates:
        message += "; name a recovery Region, or leave the loss of the Region out of the objective"
    elif request.pattern is None:
        message += f": {_why_none(refused, candidates)}"
    return InfeasibleError(message, nearest=nearest, rejected=rejected)


def _why_none(refused: Sequence[Rejected], candidates: Sequence[Candidate]) -> str:
    """Return what rules everything out, or what blocks the candidate that comes nearest."""
    if candidates:
        return blocking(min(candidates, key=lambda item: shortfall(item.assessment)).assessment)
    return "; ".join(dict.fromkeys(item.because for item in refused if NOT_FOR_ENGINE not in item.because))


def _nearest_unforced(request: Request, catalog: Catalog, prices: Prices) -> Objective | None:
    free = attrs.evolve(request, pattern=None)
    _, candidates = _candidates(free, catalog, prices)
    offered = [item for item in candidates if _offered(item.pattern, free)]
    if any(item.kept is not None for item in offered):
        return request.objective
    return nearest_objective(request.objective, offered)
