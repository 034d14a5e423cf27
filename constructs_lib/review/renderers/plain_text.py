"""Text that anybody may have chosen, on one line, without a character that does more than it shows."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["plain", "shortened"]

# Cc: controls; Cf: marks without a width, among them those that turn the direction of writing; Cs: halves of a
# character; Co, Cn: no character, two of which no XML document may hold; Zl, Zp: line breaks of another kind.
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SPACES: Final = re.compile(r"[ \t\r\n\f\v]+")
_GAP: Final = "…"


def plain(text: str) -> str:
    r"""Return *text* on one line; what could not be seen is written as `\u202e`."""
    line = _SPACES.sub(" ", text).strip()
    if line.isascii() and line.isprintable():
        return line
    return "".join(_visible(character) for character in line)


def _visible(character: str) -> str:
    if unicodedata.category(character) not in _HIDDEN:
        return character
    number = ord(character)
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


def shortened(text: str, longest: int) -> str:
    """Return `plain(text)` in at most *longest* characters: the middle goes, since an address tells by both ends."""
    # Nothing longer is needed to fill the two ends; a name may have a million characters.
    cut = len(text) > 4 * longest
    line = plain(f"{text[: 2 * longest]}{_GAP}{text[-2 * longest :]}" if cut else text)
    if len(line) <= longest:
        return line
    head = longest // 2
    tail = longest - 1 - head
    return f"{line[:head]}{_GAP}{line[len(line) - tail :]}"
