"""The conditions of a policy statement: operators, `IfExists`, `ForAllValues`, `ForAnyValue`, `Null`.

Semantics: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.errors import EvaluationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Context = Mapping[str, str | list[str]]

_IF_EXISTS: Final = "IfExists"


def like(pattern: str, value: str) -> bool:
    """Tell whether `value` matches a pattern with `*` and `?`."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, value, re.DOTALL) is not None


def arn_like(pattern: str, value: str) -> bool:
    """Tell whether an ARN matches, each of its six parts by itself."""
    patterns, parts = pattern.split(":", 5), value.split(":", 5)
    return len(patterns) == len(parts) and all(map(like, patterns, parts))


def _same(wanted: str, value: str) -> bool:
    return wanted == value


def _same_ignoring_case(wanted: str, value: str) -> bool:
    return wanted.lower() == value.lower()


def _same_number(wanted: str, value: str) -> bool:
    return float(wanted) == float(value)


_OPERATORS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "StringEquals": _same,
    "StringEqualsIgnoreCase": _same_ignoring_case,
    "StringLike": like,
    "ArnEquals": arn_like,
    "ArnLike": arn_like,
    "Bool": _same_ignoring_case,
    "NumericEquals": _same_number,
}
_NEGATED: Final[Mapping[str, str]] = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
}


def met(conditions: Mapping[str, Mapping[str, Any]], context: Context) -> bool:
    """Tell whether all conditions of a statement are met.

    Raises `EvaluationError` for an operator that is not known here: a guess would allow or refuse wrongly.
    """
    present = {key.lower(): listed(value) for key, value in context.items()}
    return all(
        _met(
            operator, [str(one).lower() if isinstance(one, bool) else str(one) for one in listed(wanted)], key, present
        )
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def _met(operator: str, wanted: list[str], key: str, context: Mapping[str, list[str]]) -> bool:
    values = context.get(key.lower())
    quantifier, _, name = operator.rpartition(":")
    if name == "Null":
        return (values is None) == (wanted == ["true"])
    optional, name = name.endswith(_IF_EXISTS), name.removesuffix(_IF_EXISTS)
    negated, name = name in _NEGATED, _NEGATED.get(name, name)
    if name not in _OPERATORS:
        raise EvaluationError(f"the emulator does not know the condition operator {operator}; it knows those of IAM's")
    if values is None:
        # A key that the request does not have meets a negated operator, and ForAllValues, and nothing else.
        return optional or negated or quantifier == "ForAllValues"
    holds = [any(_OPERATORS[name](one, value) for one in wanted) != negated for value in values]
    return any(holds) if quantifier == "ForAnyValue" else all(holds)


def listed(value: Any) -> list[Any]:
    """Return a policy's value, which may stand alone, as a list."""
    return value if isinstance(value, list) else [value]
