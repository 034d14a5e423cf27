"""Facts about AWS are data: no figure, no list of resource types and no set of mechanisms stands in the code."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import constructs_lib
from constructs_lib.catalog.catalog import load_catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(constructs_lib.__file__).parent
FILES = sorted(path for path in ROOT.rglob("*.py") if path.relative_to(ROOT).parts[0] != "emulator")
"""The emulator keeps rules of its own, on purpose: a shared table would share its mistakes."""

UNITS = {1_000, 1_024, 3_600, 4_096, 8_192, 86_400, 604_800, 1_000_000, 0.0, 0.01, 1.0}
SMALL = 100

NO_FACTS_ABOUT_AWS = {
    "assessment/sla_feasibility.py": "a ladder of error rates, a choice of ours",
    "availability": "the calendar",
    "catalog/regions.py": "how far apart Regions count as near, a choice of ours",
    "cli": "widths of a terminal",
    "constructs/database/windows.py": "offsets of ours between a window and a schedule; AWS's bounds are limits",
    "constructs/distribution/distribution.py": "the port of HTTPS",
    "constructs/distribution/options.py": "status codes of HTTP",
    "constructs/routing": "the port of HTTPS",
    "constructs/service/regional_service.py": "the port of HTTPS",
    "declaration": "bounds on what is read",
    "documents/chart.py": "pixels",
    "documents/documents.py": "characters of a file's name",
    "documents/evidence.py": "pixels of the badge, and units of size",
    "objectives/duration.py": "units of time",
    "plan/document": "sizes of caches",
    "plan/kinds/schedule.py": "years that a schedule is tried in",
    "plan/kinds/bucket.py": "days of a year",
    "plan/provider_regions.py": "how many resources may witness before no more are asked",
    "plan/reader.py": "characters shown",
    "plan/without_collection.py": "objects of Python that take longer to visit than to ask after",
    "procedures/service/definitions.py": "the port of HTTPS",
    "review/renderers": "pixels, and what a page of others may hold",
    "terraform/logical_id.py": "lengths that the engine gives a name",
    "terraform_cli/mirror.py": "seconds to wait for a directory",
    "operations": "characters and seconds of our own protocol, which the journal documents",
    "live": "sizes of pools and pages of ours",
    "evidence": "characters shown",
}
"""Rooms and files whose figures are something else, and what."""


def _relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _exempt(path: Path) -> bool:
    name = _relative(path)
    return any(name == known or name.startswith(f"{known}/") for known in NO_FACTS_ABOUT_AWS)


@cache
def _nodes(path: Path) -> tuple[ast.AST, ...]:
    """Return what is written out: constants, and collections of them."""
    written = (ast.Constant, ast.Dict, ast.List, ast.Set, ast.Tuple)
    return tuple(node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, written))


def _figures(path: Path) -> Iterator[tuple[int, object]]:
    for node in _nodes(path):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value not in UNITS:
            value = node.value
            if isinstance(value, float) or (isinstance(value, int) and value > SMALL):
                yield node.lineno, value


def _literals(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Collections of texts that are written out."""
    for node in _nodes(path):
        items = node.keys if isinstance(node, ast.Dict) else getattr(node, "elts", [])
        texts = [item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)]
        if texts:
            yield getattr(node, "lineno", 0), texts


def test_no_figure_about_aws_hides_in_the_code() -> None:
    """Seconds, prices and limits are data; code holds units, and what bounds an input."""
    assert {_relative(path): found for path in FILES if not _exempt(path) and (found := list(_figures(path)))} == {}


def test_every_exemption_is_still_needed() -> None:
    for known in NO_FACTS_ABOUT_AWS:
        path = ROOT / known
        if not path.exists():
            continue
        files = [path] if path.is_file() else sorted(path.rglob("*.py"))
        assert any(list(_figures(file)) for file in files), known


WRITTEN_OUT = {
    "plan/kinds": "each reader names the types it reads",
    "review/checks/refused/not_made.py": "a check for each type",
    "review/checks/refused/parts_elsewhere.py": "which argument names what",
    "review/checks/refused/provider_accepts.py": "a check for each type",
    "review/checks/roles": "what proves a role",
    "constructs": "each construct names the types it builds",
    "procedures": "each procedure names the calls it makes",
    "live": "each reader names what it asks for",
}


def _lists_with(more_than: int, is_one: Callable[[str], bool]) -> dict[str, list[tuple[int, list[str]]]]:
    """Return the collections, by file and line, that hold more texts of a kind than may be written out."""
    read = (path for path in FILES if not any(_relative(path).startswith(known) for known in WRITTEN_OUT))
    lists = {
        _relative(path): [(line, texts) for line, texts in _literals(path) if sum(map(is_one, set(texts))) > more_than]
        for path in read
    }
    return {name: found for name, found in lists.items() if found}


def test_no_list_of_resource_types_stands_in_the_code() -> None:
    assert _lists_with(3, lambda text: text.startswith("aws_")) == {}


def test_no_set_of_mechanisms_stands_in_the_code() -> None:
    names = {name for _, name in load_catalog().mechanisms} - {"replication", "backup"}

    assert _lists_with(1, names.__contains__) == {}
