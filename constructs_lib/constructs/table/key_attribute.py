"""An attribute of a table's items that a key is made of."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

import attrs

from constructs_lib.catalog.limits import limit
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import refuse


class AttributeType(StrEnum):
    """What a key attribute holds; DynamoDB allows no other type in a key."""

    STRING = "S"
    NUMBER = "N"
    BINARY = "B"


def _type(value: AttributeType | Literal["S", "N", "B"]) -> AttributeType:
    try:
        return AttributeType(value)
    except ValueError:
        msg = f"the type of a key attribute is {value!r}; allowed: S (string), N (number), B (binary)"
        raise ConfigurationError(msg) from None


@attrs.frozen
class KeyAttribute:
    """A key attribute.

    Args:
        name: Its name; DynamoDB tells upper from lower case.
        type: `S` (the default), `N` or `B`.

    Raises:
        ConfigurationError: If the name is empty or too long, or the type is none of these.
    """

    name: str
    type: AttributeType = attrs.field(default=AttributeType.STRING, converter=_type)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.name, str):
            refuse("the name of a key attribute", self.name, "text")
        limit("dynamodb.key_name").check_length(self.name, "the name of a key attribute")
