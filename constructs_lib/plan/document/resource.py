"""One resource before or after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from constructs_lib.plan.document.arn import as_region, region_of_arn, region_of_zone
from constructs_lib.plan.document.expression import known_at_plan
from constructs_lib.plan.document.format import ConfiguredResource, Key
from constructs_lib.plan.document.references import References, module_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


EVERYTHING: Final = ""
"""The path that stands for a whole resource, in `unknown` and `sensitive`."""

TELLS_OF_ANOTHER: Final = "aws_cloudwatch_event_target"
"""The type whose `arn` is what it sends to, such as a bus in another Region, and not its own."""

_NOT_ASKED: Final = "not asked yet"
_decode = msgspec.json.Decoder().decode
_NOTHING: Final = frozenset({b"", b"null", b"false", b"{}"})


class Resource(msgspec.Struct, eq=False, kw_only=True, gc=False):
    """One managed resource on one side of a plan. Never change one.

    Values are decoded on first use, since most resources of a large plan are never looked into.

    Attributes:
        address: Its address; the new one on both sides where it moved.
        type: Such as `aws_s3_bucket`.
        name: Its name in the configuration.
        module: The address of its module; empty for the root.
        mode: `managed`, or `data`.
        key: Its key in `for_each` or its number in `count`, else None.
        provider: The source address of its provider.
        provider_constraint: The version constraint of its provider in the configuration, where there is one.
        provider_key: The key of its provider configuration, such as `aws.recovery`; empty in a state.
        provider_region: The Region its provider configuration names, where that can be told.
        previous_address: Where it was before, if it moved.
        created: Whether this plan creates it, or creates it anew.
        document: Which of several plans read together it is from.
        local: Its address within that plan.
        configured: Its configuration, where there is one.
        references: The configuration of the plan it is from.
    """

    address: str
    type: str
    name: str = ""
    module: str = ""
    mode: str = "managed"
    key: Key = None
    provider: str = ""
    provider_constraint: str | None = None
    provider_key: str = ""
    provider_region: str | None = None
    previous_address: str | None = None
    created: bool = False
    document: int = 0
    local: str = ""
    configured: ConfiguredResource | None = None
    references: References | None = None
    _raw: bytes = b"{}"
    _raw_unknown: bytes = b""
    _raw_sensitive: bytes = b""
    _values: dict[str, Any] | None = None
    _paths_unknown: frozenset[str] | None = None
    _paths_sensitive: frozenset[str] | None = None
    _region: str | None = _NOT_ASKED
    _tags: dict[str, str] | None = None

    @property
    def values(self) -> Mapping[str, Any]:
        """Its attributes, as far as they are known."""
        if self._values is None:
            try:
                found = _decode(self._raw)
            except RecursionError:
                found = None
            self._values = found if isinstance(found, dict) else {}
        return self._values

    @property
    def unknown(self) -> frozenset[str]:
        """The dotted paths known only after apply; the empty path is everything."""
        if self._paths_unknown is None:
            self._paths_unknown = _marked(self._raw_unknown)
        return self._paths_unknown

    @property
    def sensitive(self) -> frozenset[str]:
        """The dotted paths never to be shown; the empty path is everything."""
        if self._paths_sensitive is None:
            self._paths_sensitive = _marked(self._raw_sensitive)
        return self._paths_sensitive

    def get(self, *path: str | int) -> Any:
        """Return the value at *path* through blocks and lists, or None where there is none."""
        value: Any = self._values if self._values is not None else self.values
        if len(path) == 1:
            # Most are asked for one argument.
            return value.get(path[0])
        for step in path:
            if isinstance(value, dict):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and -len(value) <= step < len(value):
                value = value[step]
            else:
                return None
        return value

    def text(self, *path: str | int) -> str | None:
        """Return the value at *path* if it is a string with something in it, else None."""
        # Asked more than anything else, and mostly for one argument that is decoded already.
        values = self._values if self._values is not None else self.values
        value = values.get(path[0]) if len(path) == 1 else self.get(*path)  # type: ignore[arg-type]  # an index finds nothing
        return value if isinstance(value, str) and value else None

    def number(self, *path: str | int) -> int | None:
        """Return the value at *path* if it is a whole number, else None; some providers write numbers as text."""
        return as_number(self.get(*path))

    def blocks(self, *path: str | int) -> list[dict[str, Any]]:
        """Return the blocks at *path*: the dictionaries of a list, or a single one."""
        value = self.get(*path)
        if isinstance(value, dict):
            return [value]
        return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []

    def is_unknown(self, *path: str | int) -> bool:
        """Whether the value at *path*, or all of something above it, is known only after apply."""
        paths = self._paths_unknown if self._paths_unknown is not None else self.unknown
        return bool(paths) and _covers(paths, path)

    def is_sensitive(self, *path: str | int) -> bool:
        """Whether the value at *path*, or all of something above it, must not be shown."""
        paths = self._paths_sensitive if self._paths_sensitive is not None else self.sensitive
        return bool(paths) and _covers(paths, path)

    @property
    def arguments(self) -> frozenset[str] | None:
        """The arguments set in the configuration; None where there is no configuration of it.

        Blocks written with `dynamic` are not among them, since a plan does not show them.
        """
        if self.configured is None or self.references is None:
            return None
        return frozenset(self.references.expressions(self.configured))

    def written(self, name: str) -> str | None:
        """Return the text that the configuration gives an argument as it stands, whatever the state says of it."""
        found = (
            {} if self.configured is None or self.references is None else self.references.expressions(self.configured)
        )
        given = found.get(name)
        text = given.get("constant_value") if isinstance(given, dict) else None
        return text if isinstance(text, str) else None

    def left_out(self, name: str, *, block: bool = False) -> bool:
        """Whether the configuration leaves out *name*, or sets it to null, and the provider is to fill it in.

        Args:
            name: An argument, or a block that the provider computes.
            block: Whether it is a block, which may be a dynamic one that a plan does not show.
        """
        if not self.is_unknown(name) or self.configured is None or self.references is None:
            return False
        given, module = self.references.expressions(self.configured).get(name), module_path(self.module)
        if given is None:
            return not (block and self.references.may_be_dynamic(module))
        return known_at_plan(self.references.given, module, given)

    @property
    def perhaps(self) -> bool:
        """Whether there is any is told only at apply, as of a synthesized stack whose `count` is a variable."""
        return "count" in self.unknown

    @property
    def tags(self) -> Mapping[str, str]:
        """Its tags with the provider's default tags, as far as they are known and not sensitive."""
        if self._tags is None:
            self._tags = self._shown_tags()
        return self._tags

    def _shown_tags(self) -> dict[str, str]:
        # Most resources have nothing sensitive, and then each tag need not be looked at.
        hidden = self.sensitive
        for name in ("tags_all", "tags"):
            tags = self.values.get(name)
            if isinstance(tags, dict) and tags and not (hidden and self.is_sensitive(name)):
                return {
                    key: value
                    for key, value in tags.items()
                    if isinstance(value, str) and not (hidden and self.is_sensitive(name, key))
                }
        return {}

    @property
    def tags_unknown(self) -> bool:
        """Whether some tags are known only after apply."""
        if self.left_out("tags_all") and not isinstance(self.get("tags"), dict) and not self.is_unknown("tags"):
            return False
        return any(path in ("", "tags") or path.startswith(("tags.", "tags_all.")) for path in self.unknown)

    @property
    def region(self) -> str | None:
        """The Region it lives in: its own `region`, its ARN's, its provider's, its Availability Zone's, or None."""
        if self._region is _NOT_ASKED:
            values = self.values
            self._region = (
                as_region(values.get("region"))
                or (None if self.type == TELLS_OF_ANOTHER else region_of_arn(values.get("arn")))
                or region_of_arn(values.get("id"))
                or self._of_its_provider()
                or region_of_zone(values.get("availability_zone"))
                or region_of_zone(values.get("availability_zone_name"))
                or region_of_zone(self.get("availability_zones", 0))
            )
        return self._region

    def _of_its_provider(self) -> str | None:
        """Return its provider's Region; None where it has one of its own, which may be any, that is told at apply."""
        own = b'"region"' in self._raw_unknown and self.is_unknown("region") and "region" in (self.arguments or ())
        return None if own else self.provider_region

    def infer_region(self, region: str) -> None:
        """Take *region* as the one its provider configuration names."""
        self.provider_region = region
        self._region = _NOT_ASKED

    @property
    def account(self) -> str | None:
        """The account that its provider configuration names; None where it names none, or the plan does not tell."""
        return None if self.configured is None or self.references is None else self.references.account(self.configured)

    def same_region(self, other: Resource) -> bool | None:
        """Whether *other* lives in the same Region; None where that cannot be told.

        What has one provider configuration is in one Region, whatever that is called, unless it names its own.
        """
        if self.region is not None and other.region is not None:
            return self.region == other.region
        one_provider = self.provider_key and (self.document, self.provider_key) == (other.document, other.provider_key)
        apart = any("region" in (item.arguments or ()) for item in (self, other))
        return True if one_provider and not apart else None


def blocks_in(block: object, name: str) -> list[dict[str, Any]]:
    """Return the blocks called *name* in *block*: the dictionaries of a list, or a single one."""
    value = block.get(name) if isinstance(block, dict) else None
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text_in(block: object, name: str) -> str | None:
    """Return the text called *name* in *block*; None where there is none, or something else."""
    value = block.get(name) if isinstance(block, dict) else None
    return value if isinstance(value, str) else None


def listed_in(block: object, name: str) -> list[Any]:
    """Return the list called *name* in *block*; an empty one where there is none."""
    value = block.get(name) if isinstance(block, dict) else None
    return value if isinstance(value, list) else []


def as_number(value: object) -> int | None:
    """Return *value* as a whole number if it is one, or is one written as text; else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and value.lstrip("-").isascii() and value.lstrip("-").isdigit() and len(value) < 16:
        return int(value)
    return None


def _covers(paths: frozenset[str], path: tuple[str | int, ...]) -> bool:
    if EVERYTHING in paths:
        return True
    so_far = ""
    for step in path:
        so_far = f"{so_far}.{step}" if so_far else str(step)
        if so_far in paths:
            return True
    return False


def _marked(raw: bytes) -> frozenset[str]:
    """Return the dotted paths at which *raw*, shaped like the values, is true."""
    if raw in _NOTHING:
        return frozenset()
    try:
        return frozenset(_true(_decode(raw), ""))
    except RecursionError:
        return frozenset({EVERYTHING})


def _true(mark: object, path: str) -> Iterator[str]:
    if mark is True:
        yield path
    elif isinstance(mark, dict):
        for key, value in mark.items():
            if value is not False:
                yield from _true(value, f"{path}.{key}" if path else key)
    elif isinstance(mark, list):
        for index, value in enumerate(mark):
            if value is not False:
                yield from _true(value, f"{path}.{index}" if path else str(index))
