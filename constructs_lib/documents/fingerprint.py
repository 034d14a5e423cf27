"""What a document was made from, in short: four digests that change with what they stand for."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import asdict

from constructs_lib.documents.names import names_of
from constructs_lib.objectives.as_data import objective_as_data

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from constructs_lib.documents.documented_workload import DocumentedComponent, DocumentedWorkload, Latch

__all__ = ["Fingerprint", "design_fingerprint", "fingerprint_of"]

_DIGITS = 12


class Fingerprint(msgspec.Struct, frozen=True, kw_only=True):
    """The digests of what a document was made from.

    Attributes:
        declaration: Objectives, third parties and terms.
        components: The components, their protections, use and names.
        templates: Every template in force.
        facts: The catalog, the procedures and the prices.
    """

    declaration: str
    components: str
    templates: str
    facts: str

    def __str__(self) -> str:
        return ".".join(f"{name}-{getattr(self, name)}" for name in self.__struct_fields__)

    def differs(self, other: str) -> tuple[str, ...]:
        """Return the parts in which the text of another fingerprint differs; all of them where it cannot be read."""
        theirs = dict(part.rpartition("-")[::2] for part in other.split("."))
        return tuple(name for name in self.__struct_fields__ if theirs.get(name) != getattr(self, name))


def fingerprint_of(
    workload: DocumentedWorkload, templates: Mapping[str, str], prices: Path | None = None
) -> Fingerprint:
    """Return what documents of *workload* are made from.

    Args:
        workload: Declared and found.
        templates: The text of every template, by name.
        prices: Prices of the user's own, or None.
    """
    terms = workload.terms
    return Fingerprint(
        declaration=_digest(
            {
                "workload": workload.name,
                "objective": objective_as_data(workload.objective),
                "components": {
                    item.name: [
                        objective_as_data(item.objective),
                        None if item.accepted is None else [item.accepted.owner, item.accepted.reason],
                    ]
                    for item in workload.components
                },
                "dependencies": [
                    [
                        item.name,
                        str(item.availability),
                        item.critical,
                        item.covers and [one.pattern for one in item.covers],
                    ]
                    for item in workload.dependencies
                ],
                "terms": {name: str(value) for name, value in asdict(terms).items()},
            }
        ),
        components=_digest(
            {
                "components": [_plain(workload, item) for item in workload.components],
                "holding": [_plain(workload, item) for item in workload.holding],
                "watched": {dimension: dict(counts) for dimension, counts in workload.watched.items()},
                "records": workload.records,
                "latch": None if workload.latch is None else _latch(workload.latch),
                "groups": sorted(workload.groups),
                "stored": workload.stored,
            }
        ),
        templates=_digest(dict(templates)),
        facts=_digest([*_facts(), "" if prices is None else prices.read_text(encoding="utf-8")]),
    )


def design_fingerprint(workload: DocumentedWorkload) -> str:
    """Return what *workload* is and promises, for records of evidence: without third parties and templates."""
    objectives = [[item.name, objective_as_data(item.objective)] for item in workload.components]
    digests = {
        "objective": _digest([objective_as_data(workload.objective), objectives]),
        "components": _digest([_plain(workload, item) for item in workload.components]),
        "facts": _digest(_facts()),
    }
    return ".".join(f"{name}-{digest}" for name, digest in digests.items())


def _plain(workload: DocumentedWorkload, item: DocumentedComponent) -> dict[str, object]:
    component = item.component
    return {
        "name": item.name,
        "kind": component.kind.value,
        "regions": [component.region, item.recovery_region, item.third_region],
        "engine": component.engine,
        "protections": [
            [part.mechanism, part.region, sorted(part.parameters.items()), sorted(part.unknown), part.doubts]
            for part in component.protections
        ],
        "usage": {name: str(value) for name, value in item.usage.as_data().items()},
        "names": names_of(workload, item),
    }


def _latch(latch: Latch) -> list[object]:
    return [latch.record, latch.region, latch.alarm, latch.namespace, latch.metric, dict(latch.dimensions)]


def _facts() -> list[str]:
    """Return the text of every fact and procedure: what they say counts, not the file that says it."""
    rooms = (("constructs_lib.catalog", (".toml", ".json")), ("constructs_lib.procedures", (".py",)))
    return sorted(text for room, endings in rooms for text in _texts(files(room), endings))


def _texts(folder: Traversable, endings: tuple[str, ...]) -> Iterator[str]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _texts(entry, endings)
        elif entry.name.endswith(endings):
            yield entry.read_text(encoding="utf-8")


def _digest(content: object) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
