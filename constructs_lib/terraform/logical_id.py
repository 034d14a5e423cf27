"""What the engine calls a block, made of the path of its construct.

The engine tells it for a round trip to Node.js each, a fifth of what a resource takes. The rule is the same in both
engines, and is the address of what people have deployed, so it does not change.
"""

from __future__ import annotations

import re
from hashlib import md5
from typing import TYPE_CHECKING, Final

from constructs_lib.terraform.engine import TerraformStack

if TYPE_CHECKING:
    from collections.abc import Sequence

_NO_NAME: Final = re.compile(r"[^A-Za-z0-9_-]")
_LONGEST, _LONGEST_TO_READ, _DIGEST = 255, 240, 8


def names_as_the_engine(stack: TerraformStack) -> bool:
    """Whether *stack* leaves the naming to the engine: its class may have a rule of its own."""
    own = type(stack)
    return (own.get_logical_id, own._allocate_logical_id) == (
        TerraformStack.get_logical_id,
        TerraformStack._allocate_logical_id,
    )


def logical_id(path: Sequence[str]) -> str | None:
    """Return the name for the ids on the way from the stack to a construct; None where there is none to make.

    An id `Default` leaves no trace in it. Of several ids a digest is added, and there `Resource` is not to be read.
    """
    ids = [id for id in path if id != "Default"]
    if not ids:
        return None
    if len(ids) == 1 and len(alone := _NO_NAME.sub("", ids[0])) <= _LONGEST:
        return alone
    shown: list[str] = []
    for id in ids:
        if not shown or not shown[-1].endswith(id):
            shown.append(id)
    human = "_".join(_NO_NAME.sub("", id) for id in shown if id != "Resource")[:_LONGEST_TO_READ]
    digest = md5("/".join(ids).encode(), usedforsecurity=False).hexdigest()[:_DIGEST].upper()
    return f"{human}_{digest}"
