"""What an expression of the configuration names, and what it comes to where a plan tells: constants and variables.

A plan shows which variables an expression names, not what it does with them. Where it names nothing but one variable,
the value of the variable is taken for the value of the expression.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from constructs_lib.plan.document.format import ModulePath

    Given = Callable[[ModulePath, str], tuple[object, ModulePath | None]]
    """Tells what a variable of a module is given, and the module in which that stands; None for a value."""

NOT_TOLD: Final = object()
"""The value of what a plan does not show."""

_CALLS: Final = 64
_STEP: Final = re.compile(r'\.([A-Za-z_][\w-]*)|\[([0-9]+)\]|\["([^"\\]*)"\]')
_TOLD: Final = frozenset({"constant_value", "references"})
"""What a plan writes of an expression; a function without arguments, as `timestamp()`, leaves neither."""
_ALWAYS_KNOWN: Final = ("path.", "terraform.", "each.key", "count.index")


def constant(given: Given, module: ModulePath, expression: object) -> object:
    """Return the value of *expression*, which stands in *module*; `NOT_TOLD` where the plan does not tell it."""
    return _constant(given, module, expression, (), _CALLS)


def _constant(given: Given, module: ModulePath, expression: object, path: Sequence[str | int], calls: int) -> object:
    if not isinstance(expression, dict) or calls == 0:
        return NOT_TOLD
    if "constant_value" in expression:
        return _at(expression["constant_value"], path)
    named = narrowest(references_in(expression))
    if len(named) != 1 or not named[0].startswith("var."):
        return NOT_TOLD
    name, *steps = (_step(found) for found in _STEP.finditer(named[0][len("var") :]))
    value, where = given(module, str(name))
    if where is None:
        return _at(value, (*steps, *path))
    return _constant(given, where, value, (*steps, *path), calls - 1)


def known_at_plan(given: Given, module: ModulePath, expression: object) -> bool:
    """Whether all that *expression* is made of is known when the plan is made: constants and variables.

    An argument made of nothing else, and unknown in the plan, is null: the provider is to fill it in.
    """
    return _known(given, module, expression, _CALLS)


def _known(given: Given, module: ModulePath, expression: object, calls: int) -> bool:
    if not isinstance(expression, dict) or calls == 0 or not expression.keys() & _TOLD:
        return False
    for reference in narrowest(references_in(expression)):
        if reference.startswith(_ALWAYS_KNOWN):
            continue
        if not reference.startswith("var."):
            return False
        value, where = given(module, re.split(r"[.\[]", reference, maxsplit=2)[1])
        if value is NOT_TOLD or (where is not None and not _known(given, where, value, calls - 1)):
            return False
    return True


def _step(found: re.Match[str]) -> str | int:
    name, index, key = found.groups()
    return int(index) if index is not None else key if name is None else name


def _at(value: object, path: Sequence[str | int]) -> object:
    for step in path:
        try:
            value = value[step]  # type: ignore[index]
        except (LookupError, TypeError):
            return NOT_TOLD
    return value


def references_in(expression: object) -> list[str]:
    """Return what an expression, or a block of them, names, in the order of the plan."""
    if isinstance(expression, list):
        return [reference for item in expression for reference in references_in(item)]
    if not isinstance(expression, dict):
        return []
    references = expression.get("references")
    if isinstance(references, list):
        return [item for item in references if isinstance(item, str)]
    if "constant_value" in expression:
        return []
    return [reference for item in expression.values() for reference in references_in(item)]


def narrowest(references: Iterable[str]) -> list[str]:
    """Drop what only shortens the reference before it: `a.b["k"].id` is followed by `a.b["k"]` and `a.b`."""
    kept: list[str] = []
    for reference in references:
        last = kept[-1] if kept else ""
        if not (last.startswith(reference) and last[len(reference) : len(reference) + 1] in {".", "[", ""} and last):
            kept.append(reference)
    return kept
