"""Which components of a Terraform plan are meant: an address glob, or a set of tags."""

from __future__ import annotations

import re
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

import attrs
import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.declaration.yaml_document import YamlField

__all__ = ["AddressGlob", "Selector", "TagSelector", "read_address_glob", "read_selector"]

_WILDCARD = re.compile(r"[*?]")


@lru_cache(maxsize=16_384)
def _compiled(pattern: str) -> re.Pattern[str]:
    first, *rest = (
        "".join("." if character == "?" else re.escape(character) for character in part) for part in pattern.split("*")
    )
    if not rest:
        return re.compile(first, re.DOTALL)
    # Atomic: what stands between two stars matches at its first place or not at all, so time stays linear.
    between = "".join(f"(?>.*?{part})" for part in rest[:-1] if part)
    return re.compile(f"{first}{between}.*{rest[-1]}", re.DOTALL)


class AddressGlob(msgspec.Struct, frozen=True):
    """Resources by their Terraform address, as `terraform plan` prints it.

    `*` stands for any characters, dots included, also for none; `?` for exactly one. Everything else stands for itself,
    brackets too: `module.db["eu"].aws_db_instance.this[0]` names that one instance, and `aws_s3_bucket.assets[*]` all
    instances of a `count` or `for_each`. The whole address is matched, with regard to case.
    """

    pattern: str

    @property
    def literal_prefix(self) -> str:
        """What every address that matches begins with."""
        return _WILDCARD.split(self.pattern, maxsplit=1)[0]

    def matches(self, address: str, tags: Mapping[str, str]) -> bool:
        """Say whether *address* is meant; *tags* do not matter."""
        return _compiled(self.pattern).fullmatch(address) is not None

    def __str__(self) -> str:
        return self.pattern


def _frozen(tags: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType(dict(tags))


@attrs.frozen
class TagSelector:
    """Resources by their tags: each of *tags* must be there with exactly that value; others may be there too."""

    tags: Mapping[str, str] = attrs.field(converter=_frozen, hash=False)

    def matches(self, address: str, tags: Mapping[str, str]) -> bool:
        """Say whether a resource with *tags* is meant; its *address* does not matter."""
        return all(tags.get(key) == value for key, value in self.tags.items())

    def __str__(self) -> str:
        return "tags " + ", ".join(f"{key}={value}" for key, value in self.tags.items())


Selector: TypeAlias = AddressGlob | TagSelector


def read_selector(field: YamlField) -> Selector:
    """Read `module.db.*` or `{tags: {team: shop}}`."""
    if not field.is_mapping:
        return read_address_glob(field)
    tags = field.members("tags", required=("tags",))["tags"]
    entries = tags.entries()
    if not entries:
        raise tags.error('is empty and would match everything; name at least one tag, or match the address "*"')
    return TagSelector({key: value.verbatim() for key, value in entries.items()})


def read_address_glob(field: YamlField) -> AddressGlob:
    """Read a Terraform address, or a glob of addresses."""
    pattern = field.verbatim()
    if not pattern or pattern != pattern.strip():
        raise field.error(
            f"{pattern!r} is not an address: it is empty, or begins or ends with a space; write one like "
            "aws_s3_bucket.assets"
        )
    return AddressGlob(pattern)
