"""Which block of the configuration a block of the values is.

Those of a set stand in another order in the values, and a dynamic block stands in no configuration at all. What is
written in a block, or given by variables, tells it from the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from constructs_lib.plan.document.expression import NOT_TOLD, constant
from constructs_lib.plan.document.references import arguments_at, module_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.plan.document.format import ModulePath
    from constructs_lib.plan.document.references import References
    from constructs_lib.plan.document.resource import Resource

Path = tuple["str | int", ...]


def written_path(resource: Resource, path: Sequence[str | int]) -> Path | None:
    """Return where the configuration has the argument at *path*; None where it does not tell which block it is in."""
    found = tuple(path)
    if resource.configured is None or resource.references is None:
        return found
    for number, step in enumerate(path):
        if isinstance(step, int):
            written = arguments_at(resource.references.expressions(resource.configured), found[:number])
            values = resource.get(*path[:number])
            if not isinstance(values, list) or len(written) != 1 or not isinstance(written[0], list):
                continue
            index = _index(resource.references, module_path(resource.module), written[0], values, step)
            if index is None:
                return None
            found = (*found[:number], index, *found[number + 1 :])
    return found


def _index(
    references: References, module: ModulePath, written: Sequence[object], values: Sequence[object], step: int
) -> int | None:
    if len(written) == len(values) == 1 or not -len(values) <= step < len(values):
        return step
    value, whole = values[step], len(written) == len(values)
    if not isinstance(value, dict):
        return step
    if whole and (own := _alike(references, module, written[step], value)) is not None and own.sure:
        return step  # nearly all of them
    found = {index: _alike(references, module, block, value) for index, block in enumerate(written)}
    most = max((alike.arguments for alike in found.values() if alike is not None), default=0)
    best = [index for index, alike in found.items() if alike is not None and alike.arguments == most]
    if len(best) == 1 and (most or whole):
        return best[0]
    return step if whole else None


class _Alike(NamedTuple):
    """In how many arguments a block is as it is written, and whether that is all that can be compared."""

    arguments: int
    sure: bool


def _alike(references: References, module: ModulePath, block: object, value: Mapping[str, object]) -> _Alike | None:
    """Return how far a block is as it is written; None where it is another one."""
    found, sure = 0, True
    for name, expression in block.items() if isinstance(block, dict) else ():
        known, given = constant(references.given, module, expression), value.get(name)
        if known is None or given is None:
            continue
        if known is NOT_TOLD:
            sure = sure and isinstance(expression, list)
        elif _text(known) != _text(given):
            return None
        else:
            found += 1
    return _Alike(found, sure and found > 0)


def _text(value: object) -> object:
    """Return a value as it can be compared: the configuration writes some numbers as text, and sets in any order."""
    return sorted(map(str, value)) if isinstance(value, list) else str(value).lower()
