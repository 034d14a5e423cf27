"""What an argument means that another resource hands on, as `aws_s3_bucket_versioning.x.bucket` does.

Whoever writes so has one made after the other. The first plan knows no value, and names the resource in between.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.plan.document.expression import narrowest, references_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from constructs_lib.plan.document.resource import Resource

_NAMED: Final = types_that("named_by")
_KEY: Final = re.compile(r'\[(?:[0-9]+|"(?:[^"\\]|\\.)*")\]')


def handing_on(
    named: Iterable[Resource | None], path: Sequence[str | int], expressions: Sequence[object], type: str | None
) -> Iterator[tuple[Resource, str]]:
    """Yield which of the resources that an argument names hand something on, each with its argument that says what.

    Where a plan does not tell which of their arguments, as with a key in between, the one of the same name is meant.

    Args:
        named: What the argument names.
        path: Where the argument is.
        expressions: What the configuration gives it.
        type: What is looked for. Default: anything that goes by an argument of the same name.
    """
    asked = next((step for step in reversed(path) if isinstance(step, str)), "")
    for one in named:
        if one is None or one.type == type or one.configured is None or one.references is None:
            continue
        argument = _taken(one, expressions) or asked
        own = _NAMED[one.type].named_by if one.type in _NAMED else ()
        if argument in own or argument not in one.references.expressions(one.configured):
            continue
        if type is not None or argument == asked:
            yield one, argument


def _taken(named: Resource, expressions: Sequence[object]) -> str:
    """Return the attribute of *named* that an argument takes; empty where a plan does not tell it, or it is the id."""
    name = f"{named.type}.{named.name}"
    for reference in narrowest(references_in(list(expressions))):
        if reference.startswith(name) and reference[len(name) : len(name) + 1] in (".", "["):
            attribute = _KEY.sub("", reference[len(name) :]).removeprefix(".").partition(".")[0]
            return "" if attribute == "id" else attribute
    return ""
