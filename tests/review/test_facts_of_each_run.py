"""What a review remembers of components alike answers for nothing that is not alike, and for no other facts."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import attrs
import msgspec
import pytest
from msgspec.structs import replace

from constructs_lib.assessment import assess
from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.components import ENABLED, Component, Kind, Protection
from constructs_lib.objectives import Objective
from constructs_lib.plan import read_plan
from constructs_lib.review import review
from tests.review.made import AWAY, HOME, backup, declared, instance, plan, replica, replicated, table
from tests.review.recorded import TODAY

if TYPE_CHECKING:
    from constructs_lib.catalog.catalog import Catalog
    from constructs_lib.catalog.kinds.mechanism import Mechanism


def _slower(mechanism: Mechanism) -> Mechanism:
    covers = tuple(
        msgspec.structs.replace(
            cover, act=tuple(msgspec.structs.replace(term, seconds=term.seconds + 60) for term in cover.act)
        )
        for cover in mechanism.covers
    )
    return msgspec.structs.replace(mechanism, covers=covers)


def _other_facts() -> Catalog:
    catalog = load_catalog()
    mechanisms = {key: _slower(mechanism) for key, mechanism in catalog.mechanisms.items()}
    return replace(catalog, mechanisms=MappingProxyType(mechanisms))


def test_reviews_by_other_facts_do_not_answer_for_each_other() -> None:
    read = read_plan(json.dumps(plan(*replicated(), instance(), replica(), table(), *backup())).encode())

    def rows(catalog: Catalog) -> list[tuple[str, str]]:
        found = review(read, declared(), today=TODAY, catalog=catalog)
        return [(row.before, row.after) for component in found.components for row in component.disruptions]

    first, other, again = (rows(facts) for facts in (load_catalog(), _other_facts(), load_catalog()))

    assert first == again != other
    assert other == rows(_other_facts())


_COPY = Protection(mechanism="replication", region=AWAY, parameters={"rtc": True})
_BUCKET = Component(name="a", kind=Kind.BUCKET, region=HOME, protections=(_COPY,))
_OBJECTIVE = Objective("4h", "1h")


def _figures(component: Component) -> object:
    return dict(assess(component, _OBJECTIVE).estimates)


@pytest.mark.parametrize(
    "change",
    [{"parameters": {}}, {"region": HOME}, {"doubts": ("it is off",)}, {"unknown": frozenset({ENABLED})}],
    ids=str,
)
def test_what_decides_tells_components_apart(change: dict[str, Any]) -> None:
    before = _figures(_BUCKET)

    assert _figures(replace(_BUCKET, protections=(attrs.evolve(_COPY, **change),))) != before


def test_a_larger_component_takes_longer_to_restore() -> None:
    kept = Protection(mechanism="backup", parameters={"interval_seconds": 3600})
    small, large = (replace(_BUCKET, protections=(kept,), size_gb=size) for size in (10, 10_000))

    assert _figures(small) != _figures(large)


@pytest.mark.parametrize("change", [{"name": "b"}, {"tags": (("team", "shop"),)}], ids=str)
def test_what_it_is_called_decides_nothing(change: dict[str, Any]) -> None:
    assert _figures(replace(_BUCKET, **change)) == _figures(_BUCKET)
