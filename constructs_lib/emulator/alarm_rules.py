"""The rule of a composite alarm, read and judged.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html, AlarmRule. `AT_LEAST` is
not read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_TOKEN: Final = re.compile(r'\s*(?:([()])|"([^"]*)"|([^\s()"]+))')
_STATES: Final = ("ALARM", "OK", "INSUFFICIENT_DATA")
_CONSTANTS: Final = {"TRUE": True, "FALSE": False}
_End: Final = ("", "")


class AlarmRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule: the names of the alarms in it, and `holds`, which judges it by their states."""

    names: tuple[str, ...]
    holds: Callable[[Mapping[str, str]], bool]


def parse_rule(text: str) -> AlarmRule:
    """Read a rule.

    Raises:
        ValueError: If it is none.
    """
    reader = _Reader(list(_tokens(text)))
    holds = reader.any()
    if reader.next != _End:
        msg = f"{reader.next[1]!r} is not expected"
        raise ValueError(msg)
    return AlarmRule(names=tuple(dict.fromkeys(reader.names)), holds=holds)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    position = 0
    while text[position:].strip():
        found = _TOKEN.match(text, position)
        if found is None:
            msg = f"a quotation mark has no other in {text[position:]!r}"
            raise ValueError(msg)
        kind = "mark" if found[1] else "word" if found[3] else "text"
        yield kind, found[1] or found[3] or found[2]
        position = found.end()


class _Reader:
    """Reads by precedence: NOT before AND before OR."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self.names: list[str] = []

    @property
    def next(self) -> tuple[str, str]:
        return self._tokens[0] if self._tokens else _End

    def any(self) -> Callable[[Mapping[str, str]], bool]:
        parts = [self._all()]
        while self._took("word", "OR"):
            parts.append(self._all())
        return lambda states: any(part(states) for part in parts)

    def _all(self) -> Callable[[Mapping[str, str]], bool]:
        parts = [self._one()]
        while self._took("word", "AND"):
            parts.append(self._one())
        return lambda states: all(part(states) for part in parts)

    def _one(self) -> Callable[[Mapping[str, str]], bool]:
        if self._took("word", "NOT"):
            denied = self._one()
            return lambda states: not denied(states)
        if self._took("mark", "("):
            inner = self.any()
            self._expect("mark", ")")
            return inner
        kind, word = self._pop()
        if kind == "word" and word in _CONSTANTS:
            return lambda _: _CONSTANTS[word]
        if kind != "word" or word not in _STATES:
            msg = f"{word!r} is no function of a rule" if word else "it ends too early"
            raise ValueError(msg)
        self._expect("mark", "(")
        named, name = self._pop()
        if named == "mark" or not name:
            msg = f"{word} names no alarm"
            raise ValueError(msg)
        self._expect("mark", ")")
        # By its name, or by its ARN.
        name = name.rpartition(":alarm:")[2]
        self.names.append(name)
        return lambda states: states.get(name) == word

    def _took(self, kind: str, text: str) -> bool:
        if self.next != (kind, text):
            return False
        self._tokens.pop(0)
        return True

    def _expect(self, kind: str, text: str) -> None:
        if not self._took(kind, text):
            msg = f"{text!r} is missing before {self.next[1]!r}"
            raise ValueError(msg)

    def _pop(self) -> tuple[str, str]:
        return self._tokens.pop(0) if self._tokens else _End
