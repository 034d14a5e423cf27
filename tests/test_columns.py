"""Every kind is a column: what one kind has on a floor of the house, every kind has, or a reason is stated here."""

from __future__ import annotations

import argparse
import re
from functools import cache
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs
import pytest

import constructs_lib
from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.resources.resource_types import load_resource_types
from constructs_lib.cli.design.choose import add_to
from constructs_lib.costs.monthly_cost import BILLS
from constructs_lib.declaration.kinds import KINDS
from constructs_lib.plan import read_plan
from constructs_lib.procedures import PROCEDURES
from tests.each import each
from tests.review.test_mutations import LOST

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

ROOT = Path(constructs_lib.__file__).parent
REPOSITORY = ROOT.parent
RESOURCE = re.compile(r'^resource "(\w+)"', re.MULTILINE)
GOLDEN = re.compile(r'^    "(aws_\w+)": \{', re.MULTILINE)

WITHOUT: Final = {
    ("distribution", "live"): "an audit asks Regions, and CloudFront is of none",
}
"""What a kind does without, and why."""


# ---------------------------------------------------------------- what there is, by floor


@attrs.frozen
class Floor:
    """A floor of the house.

    Attributes:
        missing: What a kind has there, as a sentence says it.
        kinds: Which kinds have it.
    """

    missing: str
    kinds: Callable[[], Collection[str]]


def _of_types(types: Iterable[str]) -> set[str]:
    known = load_resource_types()
    return {kind for type in types if type in known and (kind := known[type].kind) is not None}


def _written(pattern: str, paths: Iterable[Path]) -> set[str]:
    return _of_types(name for path in paths for name in re.findall(pattern, path.read_text("utf-8"), re.MULTILINE))


def _with_patterns() -> set[str]:
    catalog = load_catalog()
    return {kind for kind in catalog.kinds if catalog.patterns.get(kind)}


@cache
def _planned() -> frozenset[str]:
    plans = sorted((REPOSITORY / "tests/plan/fixtures").glob("*/plan.json"))
    return frozenset(item.kind for path in plans for item in read_plan(path).after)


def _asked() -> set[str]:
    return {path.stem for path in (ROOT / "live/kinds").glob("*.py")}


def _constructed() -> set[str]:
    public = (ROOT / "__init__.pyi").read_text("utf-8")
    return set(re.findall(r"^from constructs_lib\.constructs\.(\w+)\.\1 import", public, re.MULTILINE))


def without_procedure(kind: str) -> Iterator[str]:
    """Yield each mechanism and disruption of *kind* that no procedure recovers."""
    for (of, name), mechanism in load_catalog().mechanisms.items():
        for disruption in (item for cover in mechanism.covers for item in cover.disruptions if of == kind):
            if not any(
                (one.kind, one.mechanism) == (kind, name) and disruption in one.disruptions for one in PROCEDURES
            ):
                yield f"{name}, {disruption}"


def _with_procedures() -> set[str]:
    return {kind for kind in {item.kind for item in PROCEDURES} if not list(without_procedure(kind))}


def _on_the_command_line() -> Collection[str]:
    parser = argparse.ArgumentParser()
    add_to(parser.add_subparsers())
    (choose,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    (kind,) = (action for action in choose.choices["choose"]._actions if action.dest == "kind")
    return set(kind.choices or ())


FLOORS: Final = {
    "head": Floor("a [kind] head in constructs_lib/catalog/kinds/<kind>.toml", lambda: load_catalog().kinds),
    "patterns": Floor("a [[pattern]] in constructs_lib/catalog/kinds/<kind>.toml", _with_patterns),
    "type": Floor(
        "a main resource type with its name as `kind` in constructs_lib/catalog/resources/resource_types.toml",
        lambda: _of_types(load_resource_types()),
    ),
    "bill": Floor("a bill in constructs_lib/costs/monthly_cost.py (BILLS)", lambda: BILLS),
    "plan": Floor("a reader in constructs_lib/plan/kinds that finds one in tests/plan/fixtures/*/plan.json", _planned),
    "live": Floor("a reader of AWS in constructs_lib/live/kinds/<kind>.py", _asked),
    "construct": Floor("a public construct in constructs_lib/constructs/<kind>/<kind>.py", _constructed),
    "procedures": Floor("a procedure for each mechanism and disruption in constructs_lib/procedures", _with_procedures),
    "page": Floor("a page docs/<kind>.md", lambda: {path.stem for path in (REPOSITORY / "docs").glob("*.md")}),
    "command": Floor("a choice of drctl choose --kind in constructs_lib/cli/design/choose.py", _on_the_command_line),
    "emulator": Floor(
        "a main resource in tests/emulator/configurations/*.tf",
        lambda: _written(RESOURCE.pattern, (REPOSITORY / "tests/emulator/configurations").glob("*.tf")),
    ),
    "golden": Floor(
        "a main resource in some golden synthesis of tests/stacks or tests/examples",
        lambda: _written(GOLDEN.pattern, REPOSITORY.glob("tests/*/__snapshots__/*/*.json")),
    ),
    "mutation": Floor("a main resource that tests/review/test_mutations.py destroys (LOST)", lambda: _of_types(LOST)),
}


def missing(kind: str, floor: str, kinds: Collection[str]) -> str | None:
    """Return what *kind* lacks on *floor*, where *kinds* are those that have it; None where nothing is missing."""
    if kind in kinds or (kind, floor) in WITHOUT:
        return None
    more = "; ".join(without_procedure(kind)) if floor == "procedures" else ""
    return f"a {kind} has not {FLOORS[floor].missing.replace('<kind>', kind)}{f': {more}' if more else ''}"


# ---------------------------------------------------------------- every kind on every floor


@each(("kind", "floor"), product(KINDS, FLOORS))
def test_every_kind_is_on_every_floor(kind: str, floor: str) -> None:
    assert missing(kind, floor, FLOORS[floor].kinds()) is None


@pytest.mark.parametrize(("kind", "floor"), WITHOUT)
def test_what_a_kind_does_without_it_has_not(kind: str, floor: str) -> None:
    assert kind not in FLOORS[floor].kinds()


# ---------------------------------------------------------------- and what is missing is named


@pytest.mark.parametrize("floor", FLOORS)
def test_a_kind_that_only_the_list_of_kinds_has_is_missed_on_every_floor(floor: str) -> None:
    found = missing("queue", floor, FLOORS[floor].kinds())

    assert found is not None
    assert found.startswith("a queue has not ")
    assert "<kind>" not in found


@pytest.mark.parametrize("floor", FLOORS)
def test_a_kind_that_is_on_all_floors_but_one_is_missed_on_that_one(floor: str) -> None:
    with_it = {name: {*item.kinds(), *(["queue"] if name != floor else [])} for name, item in FLOORS.items()}

    found = {name for name, kinds in with_it.items() if missing("queue", name, kinds)}

    assert found == {floor}


def test_a_mechanism_without_a_procedure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tuple(item for item in PROCEDURES if (item.kind, item.mechanism) != ("bucket", "versioning"))
    monkeypatch.setattr(f"{__name__}.PROCEDURES", kept)

    found = missing("bucket", "procedures", FLOORS["procedures"].kinds())

    assert found == (
        "a bucket has not a procedure for each mechanism and disruption in constructs_lib/procedures: "
        "versioning, software"
    )
