"""Writing any text so that Markdown shows it as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["cell", "code_span", "escaped", "link_target", "one_line", "tidy", "verbatim"]

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~])")
_LIST_LIKE = re.compile(r"^(\s*\d*)([-+.)])(?=\s)")
_FENCE = re.compile(r"`+")


def escaped(value: object) -> object:
    """Return *value* as Markdown that shows it as it is; what a template wrote itself (`Markup`) stays."""
    if isinstance(value, Markup):
        return value
    text = " ".join(str(value).split("\n"))
    text = _SPECIAL.sub(r"\\\1", text).replace("&", "&amp;")
    return Markup(_LIST_LIKE.sub(r"\1\\\2", text))  # escaped above, for Markdown


def one_line(value: object) -> object:
    """Return a paragraph's text without line breaks, so that no line of it can begin a list or a heading."""
    text = " ".join(str(value).split())
    return Markup(text) if isinstance(value, Markup) else text  # no more than the white space changes


def code_span(value: object) -> Markup:
    """Return a code span whose fence is longer than any in the text."""
    text = " ".join(str(value).split()) or " "
    fence = "`" * (max((len(found) for found in _FENCE.findall(text)), default=0) + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return Markup(f"{fence}{space}{text}{space}{fence}")  # inside a code span nothing has a meaning


def cell(value: object) -> object:
    """Return a table's cell: one line, and no bar that would end it."""
    if isinstance(value, Markup):
        return Markup(re.sub(r"(?<!\\)\|", r"\\|", " ".join(str(value).split())))  # only bars change
    return value


def link_target(value: object) -> Markup:
    """Return the target of a link in angle brackets."""
    return Markup(re.sub(r"[<>\s]", "", str(value)))  # nothing can close the brackets


def verbatim(lines: Sequence[str], indent: int = 0) -> Markup:
    """Return the lines of a fenced code block, none of which can close it."""
    text = "\n".join(line.replace("```", "` ` `") for line in lines)
    return Markup(text.replace("\n", "\n" + " " * indent))  # inside a code block nothing has a meaning


def tidy(text: str) -> str:
    """Return a document without the blank lines and trailing spaces that building blocks leave behind."""
    kept: list[str] = []
    for line in (line.rstrip() for line in text.split("\n")):
        if line or (kept and kept[-1]):
            kept.append(line)
    joined = "\n".join(kept)
    # The blank lines a loop leaves between rows would end the table.
    joined = re.sub(r"(?m)^(\|.*\|)\n\n(?=\|)", r"\1\n", joined)
    joined = re.sub(r"(?m)^(- .*)\n\n(?=- )", r"\1\n", joined)
    return joined.strip("\n") + "\n"
