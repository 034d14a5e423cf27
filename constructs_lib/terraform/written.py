"""The arguments of all AWS resources of a stack, and what is noted beside them, written in one answer to the engine.

Each resource is an object of the engine, and writes what the engine knows of it: where it comes from, `depends_on`,
`provider`, `lifecycle`, `count`, imports and moves. Were each asked for its arguments as well, that would be two calls
from Node.js into Python a resource, most of what a synth takes. So one more element in each stack is asked for those
of all, and the engine merges its part of the file with the resources' own; the two never name the same thing.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, Literal
from weakref import WeakKeyDictionary

import attrs

from constructs_lib.terraform.arguments import META_ARGUMENTS, copied
from constructs_lib.terraform.engine import (
    DefaultTokenResolver,
    StringConcat,
    TerraformElement,
    TerraformModule,
    TerraformProvider,
    TerraformRemoteState,
    TerraformResource,
    TerraformStack,
    Tokenization,
)
from constructs_lib.terraform.logical_id import logical_id, names_as_the_engine
from constructs_lib.terraform.overrides import merge, note
from constructs_lib.terraform.placement import node_of, path_of, refused_as_hcl
from constructs_lib.terraform.provider import AwsProvider

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

    from constructs import IConstruct

__all__ = [
    "Block",
    "addresses_of",
    "blocks_of",
    "elements_of",
    "foreign_in",
    "named_in",
    "note_with_stack",
    "placed_in",
    "taken_away_from",
    "taken_from",
    "write_with_stack",
]

_ID: Final = "aws-arguments"
_TOKEN: Final = re.compile(r"\$\{TfToken\[[^\]]*\]\}")
_EXPRESSION: Final = re.compile(r"\$\{((?:data\.)?\w+\.[\w-]+)\.\w+\}")
_STATE: Final = "terraform_remote_state"
_FOREIGN: Final = (TerraformResource, TerraformModule, TerraformProvider, TerraformRemoteState)
_WRITTEN_BY_THE_ENGINE: Final = META_ARGUMENTS | {"//"}


@attrs.define(eq=False, kw_only=True)
class Block:
    """What one `resource` or `data` block holds besides what the engine writes into it.

    Args:
        section: The part of the file it belongs to.
        type_: Terraform's type.
        where: What it is, for error messages.
        arguments: Normalized arguments.
        region: The Region of its provider, where that is one of ours.
    """

    section: Literal["resource", "data"]
    type_: str
    where: str
    arguments: dict[str, Any]
    region: str | None = None
    overrides: dict[str, Any] = attrs.field(factory=dict, init=False)
    references: dict[str, str] = attrs.field(factory=dict, init=False)
    moved_away: bool = attrs.field(default=False, init=False)
    name: str | None = attrs.field(default=None, init=False)
    """What the engine calls the block, where that is known without asking."""
    told: bool = attrs.field(default=False, init=False)
    """Whether somebody was told the name."""

    def noted_override(self, path: str, value: object) -> tuple[str, object] | None:
        """Keep an override; return what of it the engine has to be told, None where it knows already.

        The engine writes its own parts of the block, and lists the names that were overridden.
        """
        name = path.partition(".")[0]
        if name in _WRITTEN_BY_THE_ENGINE:
            return path, value
        known = name in self.overrides
        note(self.overrides, path, value, where=self.where)
        return None if known else (name, None)

    def content(self) -> dict[str, Any]:
        """The arguments as they will be written."""
        if not self.overrides:
            return self.arguments
        return merge(copied(self.arguments), self.overrides, where=self.where)


class _Written(TerraformElement):
    """The element that writes the blocks of a stack."""

    def __init__(self, stack: TerraformStack) -> None:
        # Before the engine can call back for them.
        self._blocks: list[tuple[Block, TerraformElement]] = []
        self._notes: dict[str, dict[str, Any]] = {}
        self._for_the_file = False
        self._stack = stack
        self._above = len(path_of(stack).split("/")) if names_as_the_engine(stack) else None
        super().__init__(stack, _ID)

    @property
    def blocks(self) -> Sequence[tuple[Block, TerraformElement]]:
        return self._blocks

    def taken_away(self, left: Sequence[IConstruct]) -> tuple[TerraformElement, ...]:
        """What is not among those *left* in the stack's tree; the engine writes nothing of it, its provider neither."""
        known = {id(item) for item in left}
        return tuple(owner for _, owner in self._blocks if id(owner) not in known)

    def add(self, block: Block, owner: TerraformElement) -> None:
        if self._above is not None:
            block.name = logical_id(path_of(owner).split("/")[self._above :])
        self._blocks.append((block, owner))

    def note(self, part: str, key: str, data: Any) -> None:
        if not self._notes:
            # The file tells which of its parts are not the engine's: `//` is one from now on, and what is there stays.
            self._stack.add_override(f"//.{part}", {})
        self._notes.setdefault(part, {})[key] = data

    def to_metadata(self) -> dict[str, Any]:
        # Asked for only when the file is written, just before `to_terraform` is. Without it, the engine looks for
        # tokens that lead to other stacks, and logical ids are not settled yet.
        self._for_the_file = True
        return {}

    def to_terraform(self) -> dict[str, Any]:
        if not self._for_the_file:
            here = {token for block, _ in self._blocks for token in block.references.values()}
            contents = (block.content() for block, _ in self._blocks)
            parts = (part for item in contents if not _is_plain(item) for part in _may_lead_away(item, here))
            return {str(number): part for number, part in enumerate(parts)}
        self._for_the_file = False
        sections: dict[str, Any] = {"//": self._notes} if self._notes else {}
        gone = {id(owner) for owner in self.taken_away(elements_of(self._stack))}
        for block, owner in self._blocks:
            if not block.moved_away and id(owner) not in gone:
                named = sections.setdefault(block.section, {}).setdefault(block.type_, {})
                name = block.name or owner.friendly_unique_id
                content = block.content()
                # Two resources may have been given one logical id, and the engine merges what has one name.
                named[name] = merge(copied(named[name]), content, where=block.where) if name in named else content
        return sections

    def to_hcl_terraform(self) -> dict[str, Any]:
        raise refused_as_hcl(", ".join(block.where for block, _ in self._blocks[:1]))


_written: WeakKeyDictionary[TerraformStack, _Written] = WeakKeyDictionary()


def write_with_stack(block: Block, owner: TerraformElement, stack: TerraformStack) -> None:
    """Have *block* written when *stack* is, under the logical id that *owner* then has."""
    _written_in(stack).add(block, owner)


def note_with_stack(stack: TerraformStack, part: str, key: str, data: object) -> None:
    """Have *data* written into the file of *stack* as `//.<part>.<key>`, as it is then.

    Terraform's JSON syntax has a place for what is not its own: the property `//` of the root object is a comment, so
    that it shows up in no plan, in no state and in no output. What was noted there before is replaced.
    """
    _written_in(stack).note(part, key, data)


def _written_in(stack: TerraformStack) -> _Written:
    written = _written.get(stack)
    if written is None:
        written = _written[stack] = _Written(stack)
    return written


def blocks_of(stack: TerraformStack) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield the path, Terraform's type and the arguments of each AWS resource of *stack*."""
    written = _written.get(stack)
    for block, owner in [] if written is None else written.blocks:
        if block.section == "resource":
            yield path_of(owner), block.type_, block.content()


def addresses_of(stack: TerraformStack, type_: str) -> set[str]:
    """Return Terraform's addresses of the AWS resources of a type in *stack*."""
    written = _written.get(stack)
    return {
        f"{type_}.{block.name or owner.friendly_unique_id}"
        for block, owner in ([] if written is None else written.blocks)
        if block.section == "resource" and block.type_ == type_
    }


def elements_of(stack: TerraformStack) -> Sequence[IConstruct]:
    """Return what is in the tree of *stack* now, in one question to the engine: the paths of each would be many."""
    return node_of(stack).find_all()


def foreign_in(stack: TerraformStack, elements: Iterable[IConstruct]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield the path, type and arguments of what is in *stack* and none of ours: resources of bindings, and modules.

    So it does of every provider, under the type `provider`, and of every state that somebody reads. The engine is asked
    for each that is not ours.

    Args:
        stack: The stack.
        elements: What `elements_of` tells of it.
    """
    written = _written.get(stack)
    ours = {id(owner) for _, owner in ([] if written is None else written.blocks)}
    for element in elements:
        if id(element) in ours or not isinstance(element, _FOREIGN):
            continue
        if isinstance(element, AwsProvider):
            yield path_of(element), "provider", element.arguments
            continue
        content = element.to_terraform()
        if "TfToken[" in json.dumps(content, default=str):
            content = Tokenization.resolve(
                content, scope=stack, resolver=DefaultTokenResolver(StringConcat()), preparing=False
            )
        for type_, named in content.get("resource", {}).items():
            for arguments in named.values():
                yield path_of(element), type_, {key: value for key, value in arguments.items() if key != "//"}
        for arguments in content.get("data", {}).get(_STATE, {}).values():
            yield path_of(element), _STATE, arguments
        for arguments in content.get("module", {}).values():
            yield path_of(element), "module", {key: value for key, value in arguments.items() if key != "//"}
        for arguments in (one for given in content.get("provider", {}).values() for one in given):
            yield path_of(element), "provider", arguments


def placed_in(stack: TerraformStack) -> Iterator[tuple[str, str | None, Mapping[str, Any]]]:
    """Yield Terraform's type, the provider's Region, if known, and the arguments of each AWS resource of *stack*."""
    written = _written.get(stack)
    for block, _ in [] if written is None else written.blocks:
        if block.section == "resource":
            yield block.type_, block.region, block.content()


def named_in(stack: TerraformStack) -> Callable[[str], tuple[str, str] | None]:
    """Return what tells path and type of the resource or data source of *stack* that an argument refers to."""
    written = _written.get(stack)
    named: dict[str, tuple[str, str]] = {}
    for block, owner in [] if written is None else written.blocks:
        found = path_of(owner), block.type_
        named |= dict.fromkeys(block.references.values(), found)
        start = "data." if block.section == "data" else ""
        named[f"{start}{block.type_}.{block.name or owner.friendly_unique_id}"] = found

    def told(text: str) -> tuple[str, str] | None:
        inner = _EXPRESSION.fullmatch(text)
        return named.get(text) or (named.get(inner[1]) if inner else None)

    return told


def taken_away_from(stack: TerraformStack, left: Sequence[IConstruct]) -> Iterator[tuple[str, str, str | None]]:
    """Yield the path, Terraform's type and, if given, the name of each resource that was built and is there no more.

    Args:
        stack: The stack.
        left: What `elements_of` tells of it.
    """
    written = _written.get(stack)
    gone = () if written is None else written.taken_away(left)
    for block, owner in () if written is None or not gone else written.blocks:
        if block.section == "resource" and any(owner is item for item in gone):
            name = block.arguments.get("name")
            yield path_of(owner), block.type_, name if isinstance(name, str) else None


def taken_from(stack: TerraformStack, other: TerraformStack) -> Iterator[tuple[str, str]]:
    """Yield the path of each AWS resource of *stack* that takes an attribute of one of *other*, and that one's path."""
    if stack not in _written or other not in _written:
        return
    given = {
        token: f"{path_of(owner)}.{attribute}"
        for block, owner in _written[other].blocks
        for attribute, token in block.references.items()
    }
    for block, owner in _written[stack].blocks:
        for token in dict.fromkeys(_TOKEN.findall(json.dumps(block.content(), default=str))):
            if token in given:
                yield path_of(owner), given[token]


def _is_plain(content: Mapping[str, Any]) -> bool:
    """Whether *content* is seen at once to hold no token: most has none, and to look at each value takes long."""
    try:
        text = json.dumps(content)
    except TypeError:
        return False
    # A number that stands for a token is far beyond those of Terraform, and written with an exponent.
    return "TfToken[" not in text and "e+" not in text


def _may_lead_away(value: Any, here: Container[str]) -> Iterator[Any]:
    """Yield what of a normalized value may hold a token other than those *here*, each as far up as the engine reads it.

    A token that stands for a whole list or mapping is the one item, or the one key, of a list or mapping.
    """
    if isinstance(value, dict):
        if any(_may_hold_token(key, here) for key in value):
            yield value
        else:
            for item in value.values():
                yield from _may_lead_away(item, here)
    elif isinstance(value, list):
        if any(_may_hold_token(item, here) for item in value):
            yield value
        else:
            for item in value:
                yield from _may_lead_away(item, here)
    elif _may_hold_token(value, here):
        yield value


def _may_hold_token(value: Any, here: Container[str]) -> bool:
    if isinstance(value, str):
        return "TfToken[" in value and "TfToken[" in _TOKEN.sub(
            lambda found: "" if found[0] in here else found[0], value
        )
    # Numbers beyond those of Terraform stand for tokens, and so may objects of the engine.
    return not isinstance(value, (bool, int, dict, list))
