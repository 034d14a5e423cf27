"""A plan of Terraform's, held against what taking over may change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from constructs_lib.catalog.resources.adoption import load_adoption
from constructs_lib.errors import PlanError
from constructs_lib.plan.document.format import Document, ResourceChange

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from constructs_lib.operations.adopting.imports import Import

__all__ = ["undocumented"]

_HARMLESS = frozenset({("no-op",), ("read",), ("forget",)})


def undocumented(path: Path, imports: tuple[Import, ...]) -> tuple[str, ...]:
    """Return what the plan in *path* would do that taking over does not need, in words; empty: nothing.

    Args:
        path: What `terraform show -json` wrote of the plan of one stack.
        imports: What the operation has to have taken over.

    Raises:
        PlanError: If it cannot be read, or is no plan.
    """
    try:
        document = msgspec.json.decode(path.read_bytes(), type=Document)
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror or error}; give what `terraform show -json PLAN` wrote"
        raise PlanError(msg) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        msg = f"{path} is not the JSON of a plan; give what `terraform show -json PLAN` wrote"
        raise PlanError(msg) from None
    if document.resource_changes is msgspec.UNSET:
        msg = f"{path} holds no plan; give what `terraform show -json PLAN` wrote of a saved plan"
        raise PlanError(msg)
    if document.errored or document.complete is False:
        msg = f"{path} holds a plan that did not come to its end; plan again"
        raise PlanError(msg)
    ids = {item.to: item.id for item in imports}
    return tuple(text for change in document.resource_changes for text in _of(change, ids))


def _of(change: ResourceChange, ids: dict[str, str]) -> Iterator[str]:
    catalog, actions = load_adoption(), tuple(change.change.actions)
    if change.mode != "managed":
        return
    importing = msgspec.json.decode(change.change.importing)
    if importing is not None and ids.get(change.address, importing.get("id")) != importing.get("id"):
        yield f"{change.address} would import {importing.get('id')}, and the operation made {ids[change.address]}"
    if actions in _HARMLESS:
        return
    if actions == ("create",):
        if change.type not in catalog.creates.types or change.address in ids:
            yield f"{change.address} would be created; has it no import block, or the code no `adopted`?"
    elif actions == ("update",):
        others = sorted(_changed(change) - set(catalog.changes.get(change.type, ())))
        if others:
            yield f"{change.address} would change {', '.join(others)}"
    elif "create" in actions:
        if change.type not in catalog.replaces.types:
            yield f"{change.address} would be replaced"
    else:
        yield f"{change.address} would be destroyed"


def _changed(change: ResourceChange) -> set[str]:
    before: dict[str, Any] = msgspec.json.decode(change.change.before) or {}
    after: dict[str, Any] = msgspec.json.decode(change.change.after) or {}
    unknown = msgspec.json.decode(change.change.after_unknown)
    unknown = unknown if isinstance(unknown, dict) else {}
    names = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    # What is only known after the change is no change that is asked for, unless it was there before.
    return {name for name in names if not (name not in after and unknown.get(name) and not before.get(name))}
