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
    from constructs_lib.plan.side import Side

_NAMED: Final = types_that("named_by")
_KEY: Final = re.compile(r'\[(?:[0-9]+|"(?:[^"\\]|\\.)*")\]')


def handed_on(
    side: Side, addresses: Iterable[str], path: Sequence[str | int], expressions: Sequence[object], type: str | None
) -> Iterator[str]:
    """Yield the addresses of what the resources that an argument names hand on: what their own arguments name.

    Where a plan does not tell which of their arguments, as with a key in between, the one of the same name is meant.

    Args:
        side: Where they are.
        addresses: What the argument names.
        path: Where the argument is.
        expressions: What the configuration gives it.
        type: What is looked for. Default: anything that goes by an argument of the same name.
    """
    asked = next((step for step in reversed(path) if isinstance(step, str)), "")
    for address in addresses:
        named = side.resources.get(address)
        if named is None or named.type == type or named.configured is None or named.references is None:
            continue
        argument = _taken(named, expressions) or asked
        own = _NAMED[named.type].named_by if named.type in _NAMED else ()
        if argument in own or argument not in named.references.expressions(named.configured):
            continue
        if type is not None:
            link = side.link(named, (argument,), type)
            yield from () if link.target is None else (link.target.address,)
        elif argument == asked:
            yield from side.named_by_value(named, (argument,)) or side.resolve(named, (argument,))


def _taken(named: Resource, expressions: Sequence[object]) -> str:
    """Return the attribute of *named* that an argument takes; empty where a plan does not tell it, or it is the id."""
    name = f"{named.type}.{named.name}"
    for reference in narrowest(references_in(list(expressions))):
        if reference.startswith(name) and reference[len(name) : len(name) + 1] in (".", "["):
            attribute = _KEY.sub("", reference[len(name) :]).removeprefix(".").partition(".")[0]
            return "" if attribute == "id" else attribute
    return ""
