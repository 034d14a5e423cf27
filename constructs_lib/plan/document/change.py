"""What a plan does to one resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from constructs_lib.plan.document.arn import region_of_arn

if TYPE_CHECKING:
    from constructs_lib.plan.document.format import ResourceChange

NO_OP: Final = ("no-op",)
"""The actions of what stays as it is."""
NULL: Final = b"null"
_TAGS: Final = frozenset({"tags", "tags_all"})
_decode = msgspec.json.Decoder().decode


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan does to one resource, of whatever type.

    Attributes:
        address: Its address after.
        type: Its type.
        mode: `managed`, or `data`.
        actions: As Terraform writes them: `("update",)`, `("delete", "create")`, `("forget",)` …
        previous_address: Where it was before, if it moved.
        replace_paths: The dotted paths that force a replacement.
        reason: Terraform's `action_reason`, where there is one.
        importing: Whether it is imported.
        deposed: The key of the deposed object this is about, which is not the current one.
        changed: The names of the attributes that differ; empty for types that are not read. Never their values.
        missed_in: The Region that the ARN named of what a plan looked for and missed; None where that cannot be told.
    """

    address: str
    type: str
    mode: str = "managed"
    actions: tuple[str, ...] = ()
    previous_address: str | None = None
    replace_paths: tuple[str, ...] = ()
    reason: str | None = None
    importing: bool = False
    deposed: str | None = None
    changed: tuple[str, ...] = ()
    missed_in: str | None = None

    @property
    def created(self) -> bool:
        """Whether it is created, and not in place of something."""
        return self.actions == ("create",)

    @property
    def updated(self) -> bool:
        """Whether it is changed in place."""
        return self.actions == ("update",)

    @property
    def only_tags(self) -> bool:
        """Whether nothing but tags is changed, of a type that is read."""
        in_place = self.updated and self.deposed is None and self.previous_address is None
        return in_place and bool(self.changed) and _TAGS.issuperset(self.changed)

    @property
    def deleted(self) -> bool:
        """Whether the current object is destroyed and nothing takes its place."""
        return self.actions == ("delete",) and self.deposed is None

    @property
    def replaced(self) -> bool:
        """Whether it is created anew, before or after what is there is destroyed or let go of."""
        return "create" in self.actions and ("delete" in self.actions or "forget" in self.actions)

    @property
    def forgotten(self) -> bool:
        """Whether Terraform lets go of it, and makes nothing in its place; it then still exists."""
        return "forget" in self.actions and not self.replaced

    @property
    def does(self) -> str:
        """What happens to what is there, in a word, where it is deleted or replaced."""
        return "lets go of" if "forget" in self.actions else "destroys"


def change_of(item: ResourceChange, read: bool) -> Change:
    """Return what the entry of a resource says of it; of the types that are *read* also which attributes differ."""
    body = item.change
    differs = read and body.actions not in (("create",), ("delete",), NO_OP)
    return Change(
        address=item.address,
        type=item.type,
        mode=item.mode,
        actions=body.actions,
        previous_address=item.previous_address,
        replace_paths=() if body.replace_paths is UNSET else _paths(bytes(body.replace_paths)),
        reason=item.action_reason,
        importing=bytes(body.importing) != NULL,
        deposed=item.deposed,
        changed=_changed(item) if differs else (),
    )


def drift_of(item: ResourceChange, read: bool) -> Change:
    """Return what a plan found changed outside Terraform; of the types that are *read* also where it missed one."""
    found = change_of(item, read)
    if not (read and found.deleted):
        return found
    before = _decode(item.change.before)
    return replace(found, missed_in=region_of_arn(before.get("arn")) if isinstance(before, dict) else None)


def _paths(raw: bytes) -> tuple[str, ...]:
    found = _decode(raw)
    if not isinstance(found, list):
        return ()
    return tuple(sorted(".".join(map(str, path)) for path in found if isinstance(path, list)))


def _changed(item: ResourceChange) -> tuple[str, ...]:
    before, after, unknown = (
        _decode(raw) for raw in (item.change.before, item.change.after, item.change.after_unknown)
    )
    if not isinstance(before, dict) or not isinstance(after, dict):
        return ()
    names = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    if isinstance(unknown, dict):
        names |= {name for name, mark in unknown.items() if mark is True}
    return tuple(sorted(names))
