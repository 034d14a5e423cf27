"""Any text as Markdown that shows it as it is, and does nothing else, on GitHub and GitLab."""

from __future__ import annotations

import re
from typing import Final

from constructs_lib.review.renderers.plain_text import shortened

__all__ = ["code", "code_in_cell", "escaped"]

# A mention, a reference to an issue or a link is recognized after Markdown is, so a backslash does not prevent it; an
# empty comment between the characters does, and is nothing to see or to copy.
_NOTHING: Final = "<!-- -->"

_SPECIAL: Final = re.compile(
    r"""(?P<written>[\\|<$]|&)     # what is written in another way
    | (?P<escaped>[`*_\[\]~])     # what a backslash is enough for
    | [@\#!%](?=[\w"])            # someone, an issue, a merge request, a milestone
    | :(?=//) | \bwww(?=\.)       # a link
    """,
    re.VERBOSE | re.IGNORECASE,
)
# A bar would end the cell of a table, and what a backslash before it means differs from one renderer to the next.
_WRITTEN: Final = {"\\": "&#92;", "|": "&#124;", "&": f"&amp;{_NOTHING}", "<": "&lt;", "$": "<span>$</span>"}
_NOT_PLAIN: Final = re.compile(r"[^A-Za-z0-9 ._/-]")
_FENCE: Final = re.compile(r"`+")


def escaped(text: str, longest: int = 600) -> str:
    """Return *text* to stand between other text, or in the cell of a table."""
    return _SPECIAL.sub(_replaced, shortened(text, longest))


def _replaced(found: re.Match[str]) -> str:
    if found["written"]:
        return _WRITTEN[found[0]]
    return f"\\{found[0]}" if found["escaped"] else f"{found[0]}{_NOTHING}"


def code(text: str, longest: int = 120) -> str:
    """Return a code span whose fence is longer than any in the text; inside, nothing has a meaning."""
    line = shortened(text, longest) or " "
    fence = "`" * (max((len(found) for found in _FENCE.findall(line)), default=0) + 1)
    space = " " if "`" in (line[0], line[-1]) else ""
    return f"{fence}{space}{line}{space}{fence}"


def code_in_cell(text: str, longest: int = 120) -> str:
    """Return a code span for the cell of a table, which a bar would end even inside a code span."""
    line = shortened(text, longest) or " "
    if "|" not in line and "\\" not in line:
        return code(line, longest)
    return f"<code>{_NOT_PLAIN.sub(lambda found: f'&#{ord(found[0])};', line)}</code>"
