"""YAML values that know where they stand: the file, the line and the path of keys that lead to them.

Nothing is ever constructed from a tag: values are read from the nodes' own text, so `1:30`, `yes` and `2027-01-31`
mean what their field makes of them, not what YAML 1.1 does.
"""

from __future__ import annotations

import difflib
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeVar

import attrs
import yaml

from constructs_lib.errors import DeclarationError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

__all__ = ["LARGEST_DOCUMENT", "YamlField", "compose_document", "declaration_error"]

T = TypeVar("T")

LARGEST_DOCUMENT: Final = 1_048_576
"""Bytes; a thousand workloads of ten components each take about half of it."""

_DEEPEST = 32
_MOST_FIELDS = 250_000
_LONGEST_TEXT = 1_000
_LONGEST_VALUE = 100
_LONGEST_SHOWN = 60

# The C loader is ten times as fast; wheels of PyYAML hold it, builds without libyaml do not.
_LOADER: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_CORE = "tag:yaml.org,2002:"
_STRING = f"{_CORE}str"
_BOOLEAN = f"{_CORE}bool"
_MERGE = f"{_CORE}merge"
_CORE_TAGS = frozenset(
    _CORE + name for name in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value", "map", "seq")
)
_KINDS = {"int": "a number", "float": "a number", "bool": "a truth value", "timestamp": "a date"}

_NOT_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# What could steer a terminal, or show a text otherwise than it is: control characters and changes of direction.
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]{1,60}")
_WHOLE = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)
_NUMBER = re.compile(r"(0|[1-9][0-9]{0,8})(\.[0-9]{1,12})?|1000000000", re.ASCII)
_LINE_BREAK = re.compile(r"\r\n|[\r\n]")


@attrs.define
class _Source:
    """What all fields of one document share: its file, and how many fields were visited."""

    file: str
    visited: int = 0


@attrs.frozen
class YamlField:
    """A value of a YAML document, with its place.

    Made by `compose_document`. Every method that reads raises `DeclarationError`, which names file, line and path,
    where the value is not what is asked for.
    """

    _source: _Source
    _node: yaml.Node
    path: str

    @property
    def line(self) -> int:
        """The line on which the value begins, from 1; for an alias, where its anchor is."""
        return _line(self._node)

    def error(self, problem: str) -> DeclarationError:
        """Return the error that says *problem* of this value."""
        return self._error_at(self._node, self.path, problem)

    def text(self) -> str:
        """Return a text that says something, of at most 1,000 characters, with every run of white space as one space.

        A number, date or truth value without quotes is refused: YAML reads `012` and `no` in more than one way.
        """
        text = " ".join(self.verbatim().split())
        if not text:
            raise self.error("is empty; write a text")
        return text

    def verbatim(self) -> str:
        """Return a text of at most 1,000 characters, as it is written."""
        text = self._scalar("a text")
        if self._node.tag != _STRING:
            raise self.error(f"is {self._what()}, and a text is wanted; put it in quotes: {_quoted(text)}")
        if len(text) > _LONGEST_TEXT:
            raise self.error(f"has {len(text)} characters, and a text has at most {_LONGEST_TEXT}; shorten it")
        if hidden := _HIDDEN.search(text):
            raise self.error(f"holds the control character {hidden[0]!a}; remove it")
        return text

    def boolean(self) -> bool:
        """Return `true` or `false`; YAML 1.1's other words for them (`yes`, `off`) are refused."""
        text = self._scalar("true or false")
        if self._node.tag != _BOOLEAN or text.lower() not in {"true", "false"}:
            raise self.error(f"is {self._what()}; write true or false, without quotes")
        return text.lower() == "true"

    def whole_number(self) -> int:
        """Return a whole number, written in the digits 0 to 9."""
        text = self._scalar("a whole number")
        if self._node.tag != f"{_CORE}int" or not _WHOLE.fullmatch(text):
            raise self.error(f"is {self._what()}, and a whole number is wanted; write one without quotes, like 1")
        return int(text)

    def number(self) -> Decimal:
        """Return a number of 0 or more, exactly, written in the digits 0 to 9 and a point."""
        text = self._scalar("a number")
        if self._node.tag not in (f"{_CORE}int", f"{_CORE}float") or not _NUMBER.fullmatch(text):
            raise self.error(
                f"is {self._what()}, and a number from 0 to 1,000,000,000 is wanted; write one without quotes, like 0.5"
            )
        return Decimal(text)

    def parsed(self, parse: Callable[[str], T], *, wanted: str) -> T:
        """Return what *parse* makes of the value's own text; *wanted* says what that is, as in "a duration".

        An `InputError` that *parse* raises is told with the value's place.
        """
        text = self._scalar(wanted)
        if len(text) > _LONGEST_VALUE:
            raise self.error(f"has {len(text)} characters, and {wanted} is wanted; write one")
        try:
            return parse(text)
        except InputError as error:
            raise self.error(str(error)) from None

    def items(self) -> Iterator[YamlField]:
        """Yield the entries of a list."""
        if not isinstance(self._node, yaml.SequenceNode):
            raise self.error(
                f'is {self._what()}, and a list is wanted; write its entries as lines that begin with "- "'
            )
        self._check_tag(self._node, self.path)
        for index, node in enumerate(self._node.value):
            yield self._child(node, f"{self.path}[{index}]")

    @property
    def is_mapping(self) -> bool:
        """Whether the value holds keys."""
        return isinstance(self._node, yaml.MappingNode)

    def entries(self) -> dict[str, YamlField]:
        """Return the values of a mapping whose keys are the writer's to choose, in their order."""
        return self._entries(None)

    def members(self, *allowed: str, required: Collection[str] = ()) -> dict[str, YamlField]:
        """Return the values of a mapping that may have the keys *allowed*, and must have those *required*."""
        entries = self._entries(allowed)
        for key in required:
            if key not in entries:
                needed = f"; it needs {_listed(required)}" if len(required) > 1 else ", which it needs"
                raise self.error(f"has no {key}{needed}")
        return entries

    def _entries(self, allowed: Collection[str] | None) -> dict[str, YamlField]:
        if not isinstance(self._node, yaml.MappingNode):
            raise self.error(f'is {self._what()}, and keys with values are wanted; write them as "key: value"')
        self._check_tag(self._node, self.path)
        entries: dict[str, YamlField] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in self._node.value:
            key = self._key(key_node)
            path = self._below(key)
            if key in entries:
                problem = f"is given twice, first on line {lines[key]}; keep one of the two"
                raise self._error_at(key_node, path, problem)
            if allowed is not None and key not in allowed:
                raise self._error_at(key_node, path, f"is not a key that is known here; {_suggestion(key, allowed)}")
            entries[key] = self._child(value_node, path)
            lines[key] = _line(key_node)
        return entries

    def _key(self, node: yaml.Node) -> str:
        if node.tag == _MERGE:
            problem = "merge keys (<<) are not read; repeat what is the same, or use an alias for a whole value"
            raise self._error_at(node, self.path, problem)
        if not isinstance(node, yaml.ScalarNode):
            raise self._error_at(node, self.path, "has a key that is a list or a mapping; write a text as the key")
        self._check_tag(node, self.path)
        key: str = node.value
        if node.tag != _STRING:
            problem = f"has the key {_shown(key)}, which is not a text; put it in quotes: {_quoted(key)}"
            raise self._error_at(node, self.path, problem)
        if not key or key != " ".join(key.split()) or len(key) > _LONGEST_TEXT or _HIDDEN.search(key):
            problem = (
                f"has the key {_shown(key)}; a key is a text of 1 to {_LONGEST_TEXT} characters, without control "
                "characters, and without spaces at its ends or in a row"
            )
            raise self._error_at(node, self.path, problem)
        return key

    def _child(self, node: yaml.Node, path: str) -> YamlField:
        # Aliases make a small file mean a large document; what is visited is what takes the time.
        self._source.visited += 1
        if self._source.visited > _MOST_FIELDS:
            problem = f"its aliases make more than {_MOST_FIELDS:,} values; repeat less"
            raise declaration_error(problem, file=self._source.file, line=_line(node))
        return YamlField(self._source, node, path)

    def _below(self, key: str) -> str:
        if not _PLAIN_KEY.fullmatch(key):
            return f"{self.path}[{_shown(key)}]"
        return f"{self.path}.{key}" if self.path else key

    def _scalar(self, wanted: str) -> str:
        self._check_tag(self._node, self.path)
        if not isinstance(self._node, yaml.ScalarNode):
            raise self.error(f"is {self._what()}, and {wanted} is wanted")
        if self._node.tag == f"{_CORE}null":
            raise self.error(f"has no value, and {wanted} is wanted; write one, or remove the key")
        text: str = self._node.value
        return text

    def _check_tag(self, node: yaml.Node, path: str) -> None:
        if node.tag not in _CORE_TAGS:
            tag = node.tag.replace(_CORE, "!!", 1)
            raise self._error_at(node, path, f"has the tag {_shown(tag)}; write the plain value without a tag")

    def _what(self) -> str:
        if isinstance(self._node, yaml.MappingNode):
            return "a mapping"
        if isinstance(self._node, yaml.SequenceNode):
            return "a list"
        kind = self._node.tag.removeprefix(_CORE)
        if kind == "null":
            return "without a value"
        shown = _shown(self._node.value)
        return f"{_KINDS[kind]}, {shown}" if kind in _KINDS else f"the text {shown}"

    def _error_at(self, node: yaml.Node, path: str, problem: str) -> DeclarationError:
        return declaration_error(problem, file=self._source.file, line=_line(node), path=path)


def compose_document(text: str, *, file: str) -> YamlField:
    """Return the one value of a YAML document, from its *text*; *file* is its name in errors.

    Raises:
        DeclarationError: If the text is empty, too large, nested too deeply, not YAML, or several documents.
    """
    text = text.removeprefix("\ufeff")
    if len(text) > LARGEST_DOCUMENT:
        raise too_large(file)
    if forbidden := _NOT_YAML.search(text):
        line = len(_LINE_BREAK.findall(text, 0, forbidden.start())) + 1
        problem = f"holds the character {forbidden[0]!a}, which YAML does not allow; save it as plain UTF-8 text"
        raise declaration_error(problem, file=file, line=line)
    try:
        _check_shape(text, file)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, text, file) from None
    except yaml.YAMLError as error:
        raise declaration_error(f"is not YAML: {error}", file=file) from None
    if node is None or node.tag == f"{_CORE}null":
        raise declaration_error('is empty; begin it with "version: 1"', file=file)
    return YamlField(_Source(file), node, "")


def declaration_error(problem: str, *, file: str, line: int | None = None, path: str = "") -> DeclarationError:
    """Return the error that tells *problem* with its place, in one line."""
    name = file if file.isprintable() else ascii(file)
    place = name if line is None else f"{name}:{line}"
    # Parts of the text come from the YAML library and from other errors.
    return DeclarationError(" ".join(f"{place}: {path}{': ' if path else ''}{problem}".split()))


def too_large(file: str) -> DeclarationError:
    """Return the error that says that the document is too large to be read."""
    problem = f"is larger than {LARGEST_DOCUMENT:,} bytes; split it into a file for each team or stack"
    return declaration_error(problem, file=file)


def _check_shape(text: str, file: str) -> None:
    # libyaml's composer calls itself for every level and ends the process where the stack does; its parser does not.
    depth = documents = 0
    for event in yaml.parse(text, Loader=_LOADER):
        problem = ""
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                problem = f"is nested more than {_DEEPEST} levels deep; nothing here needs so many"
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                problem = "begins a second document; keep one, without a line --- between"
        if problem:
            raise declaration_error(problem, file=file, line=_line(event))


def _syntax_error(error: yaml.MarkedYAMLError, text: str, file: str) -> DeclarationError:
    problem = " ".join(str(part) for part in (error.context, error.problem) if part)
    if (mark := error.problem_mark or error.context_mark) is None:
        return declaration_error(f"is not YAML: {problem}", file=file)
    lines = _LINE_BREAK.split(text)
    written = lines[mark.line] if mark.line < len(lines) else ""
    if "\t" in written[: len(written) - len(written.lstrip())]:
        hint = "indent with spaces, not with tabs"
    elif "alias" in problem:
        hint = "put a text that begins with * in quotes"
    elif "mapping values" in problem:
        hint = 'put a text that holds ": " in quotes, and check the indentation'
    else:
        hint = "check the indentation, quotes and brackets on this line and the one above"
    return declaration_error(f"is not YAML: {problem}; {hint}", file=file, line=mark.line + 1)


def _line(place: yaml.Node | yaml.Event) -> int:
    mark = place.start_mark
    return 1 if mark is None else mark.line + 1


def _shown(text: str) -> str:
    shown = repr(text)
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[: _LONGEST_SHOWN - 3]}..."


def _quoted(text: str) -> str:
    return f'"{text}"' if text.isprintable() and len(text) <= _LONGEST_SHOWN else '"..."'


def _listed(names: Collection[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _suggestion(key: str, allowed: Collection[str]) -> str:
    near = difflib.get_close_matches(key.lower(), allowed, n=1)
    known = f"there are {_listed(allowed)}" if len(allowed) > 1 else f"there is only {_listed(allowed)}"
    return f"did you mean {near[0]}? {known}" if near else known
