"""What a secondary index holds of an item."""

from __future__ import annotations

import attrs

from constructs_lib.catalog.limits import limit
from constructs_lib.errors import ConfigurationError

_TYPES = ("ALL", "KEYS_ONLY", "INCLUDE")


@attrs.frozen(kw_only=True)
class Projection:
    """What a secondary index holds of an item: make one with `all`, `keys_only` or `include`.

    Raises:
        ConfigurationError: If the type is none that DynamoDB knows, or attributes are missing, twice or no names.
    """

    type: str
    attributes: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.type not in _TYPES:
            msg = f"the type of a projection is {self.type!r}; allowed: {', '.join(_TYPES)}"
            raise ConfigurationError(msg)
        if not isinstance(self.attributes, tuple | list):
            msg = f"a projection includes {self.attributes!r}; use Projection.include(...) with names of attributes"
            raise ConfigurationError(msg)
        if (self.type == "INCLUDE") != bool(self.attributes):
            msg = (
                f"a projection of type {self.type} includes {', '.join(map(str, self.attributes)) or 'no attribute'}; "
                f"use Projection.include(...) with attributes, or Projection.keys_only()"
            )
            raise ConfigurationError(msg)
        for name in self.attributes:
            if not isinstance(name, str):
                msg = f"a projection includes {name!r}; give the names of attributes"
                raise ConfigurationError(msg)
            limit("dynamodb.attribute_name").check_length(name, "the name of a projected attribute")
            if self.attributes.count(name) > 1:
                msg = f"a projection includes {name!r} twice; name each attribute once"
                raise ConfigurationError(msg)

    @classmethod
    def all(cls) -> Projection:
        """Return the projection of every attribute."""
        return cls(type="ALL")

    @classmethod
    def keys_only(cls) -> Projection:
        """Return the projection of the keys of the table and of the index."""
        return cls(type="KEYS_ONLY")

    @classmethod
    def include(cls, *attributes: str) -> Projection:
        """Return the projection of the keys and *attributes*, at least one.

        Raises:
            ConfigurationError: If there is no attribute, or one is there twice or is no name.
        """
        return cls(type="INCLUDE", attributes=attributes)
