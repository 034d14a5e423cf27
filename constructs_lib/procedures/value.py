"""What a parameter of a call is made of: settled texts, names, and settings of the thing that is recovered.

There is no language here. A text is a text with names in braces, and the rest are four records; the runbook renders
them as a shell reads them, and an operation fills them before it calls.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "Carried",
    "Json",
    "Lookup",
    "Metadata",
    "Name",
    "Tags",
    "Value",
    "block",
    "carried_in",
    "fields_of",
    "filled_text",
    "names_in",
]


class Name(msgspec.Struct, frozen=True):
    """The whole value of a name, such as a list of security groups. Left out of the call where nothing is known.

    Attributes:
        key: The name.
        required: Whether the call makes no sense without it.
        decides: Whether what it stands in is left out with it.
    """

    key: str
    required: bool = False
    decides: bool = False


class Carried(msgspec.Struct, frozen=True):
    """A setting of the thing that is recovered.

    Attributes:
        path: Where AWS's description of the source has it, as JMESPath.
        argument: The Terraform argument that declares it: what holds where the source's Region cannot be asked, and in
            a printed runbook. Empty: nothing declares it, and only the description tells.
        of: Which resource of the component: `main`, or `member` for an instance of a cluster.
        kept: The name under which a step before has kept the description.
        name: What it is given by where nobody tells it, and the call makes no sense without it. Empty: it does.
    """

    path: str
    argument: str = ""
    of: str = "main"
    kept: str = "source"
    name: str = ""


class Tags(msgspec.Struct, frozen=True):
    """The tags of the thing that is recovered, and the one that names the operation.

    Attributes:
        carried: Where they are: a list of `Key` and `Value`, or a mapping where Terraform declares them.
        lower: Whether the call wants `key` and `value`, as ECS does.
    """

    carried: Carried
    lower: bool = False


class Metadata(msgspec.Struct, frozen=True):
    """What AWS Backup wants to know of a restore: texts by name, lists as JSON.

    Attributes:
        content: Values by name; those that come to nothing are left out.
    """

    content: Mapping[str, Any]


class Lookup(msgspec.Struct, frozen=True, kw_only=True):
    """A name that AWS makes up, and the call that tells it.

    Attributes:
        service: The service, as boto3 names it.
        operation: The operation.
        region: The Region, by its name.
        parameters: Its parameters; what another call tells is in them as a lookup of its own.
        query: Where the reply has it, as JMESPath.
        many: Whether it is a list.
        tagged: The tags of the one that is meant, where the call lists names alone and `describe` tells their tags.
        describe: The operation that describes one of them, and its parameter.
        optional: Whether there may be none, so that what it stands for is left out.
        telling: What the description has of the one that is meant alone, as JMESPath, where several have the tags.
    """

    service: str
    operation: str
    region: str
    parameters: Mapping[str, Any] = msgspec.field(default_factory=dict)
    query: str
    many: bool = False
    tagged: Mapping[str, str] = msgspec.field(default_factory=dict)
    describe: tuple[str, str] = ("", "")
    telling: str | None = None
    optional: bool = False


class Json(msgspec.Struct, frozen=True):
    """A value that the call wants as a JSON text.

    Attributes:
        content: What the text holds; members that come to nothing are left out.
    """

    content: Value


_FIELD = re.compile(r"\{(\w+)\}")

Value = str | int | bool | Name | Carried | Tags | Metadata | Json | Mapping[str, Any] | tuple[Any, ...]
"""A text (with names in braces), a plain value, one of the records above, or these in a mapping or a tuple."""


def block(name: str, argument: str) -> str:
    """Return where Terraform's arguments have *argument* of the block *name*, written as one block or as a list."""
    return f"[{name}][] | [0].{argument}"


def fields_of(text: str) -> Iterator[str]:
    """Yield the names in braces of *text*; other braces are those of JSON, or of JMESPath."""
    yield from _FIELD.findall(text)


def names_in(value: Value) -> Iterator[str]:
    """Yield every name that *value* depends on."""
    if isinstance(value, str):
        yield from fields_of(value)
    elif isinstance(value, Name):
        yield value.key
    elif isinstance(value, Carried) and value.name:
        yield value.name
    elif isinstance(value, Json | Metadata):
        yield from names_in(value.content)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from names_in(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from names_in(item)


def carried_in(value: object) -> Iterator[Carried]:
    """Yield every setting that *value* depends on; tags are none."""
    if isinstance(value, Carried):
        yield value
    elif isinstance(value, Json | Metadata):
        yield from carried_in(value.content)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from carried_in(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from carried_in(item)


def filled_text(text: str, known: Callable[[str], str | None]) -> str | None:
    """Return *text* with its names filled, or None where one of them is not known."""
    for name in fields_of(text):
        found = known(name)
        if found is None:
            return None
        text = text.replace(f"{{{name}}}", found)
    return text
