"""The hidden mark by which a comment is found again."""

from __future__ import annotations

import re
from typing import Final

from constructs_lib.errors import InputError

__all__ = ["checked_name", "marker"]

_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._]|-(?!-)){0,99}")


def checked_name(name: str) -> str:
    """Return *name* if it can stand in a comment of HTML, where two hyphens would be a problem.

    Raises:
        InputError: If it cannot.
    """
    if _NAME.fullmatch(name) is None:
        msg = (
            f"the name of a review is {name[:100]!r}; use at most 100 letters, digits, dots, underscores and single "
            "hyphens, such as shop-production"
        )
        raise InputError(msg)
    return name


def marker(name: str | None = None) -> str:
    """Return the mark of the comment: the first line of the Markdown.

    Raises:
        InputError: If *name* cannot stand in it.
    """
    return "<!-- cdktf-dr:review -->" if name is None else f"<!-- cdktf-dr:review {checked_name(name)} -->"
