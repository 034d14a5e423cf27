"""What of a component nobody overrides: recoveries, policies and other stacks address it as it was computed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.terraform.engine import TerraformStack

__all__ = ["check_override", "keep_below"]

_PLACE: Final = {
    "provider": "where it is built",
    "region": "where it is built",
    "count": "at which address Terraform has it",
    "for_each": "at which address Terraform has it",
}
_IGNORED: Final = ("lifecycle", "lifecycle.ignore_changes")
_LONGEST: Final = 60

_kept: WeakKeyDictionary[TerraformStack, list[str]] = WeakKeyDictionary()


def keep_below(stack: TerraformStack, path: str) -> None:
    """Have what is built at *path*, and below it, keep its name and its place."""
    _kept.setdefault(stack, []).append(path)


def check_override(
    stack: TerraformStack, at: str, type_: str, arguments: Mapping[str, object], path: str, value: object, *, where: str
) -> None:
    """Refuse to override what a component is called by, or where it is.

    Args:
        stack: The stack of the resource.
        at: The resource's path.
        type_: Its type.
        arguments: What it is given.
        path: What is to be overridden, its parts divided by dots.
        value: By what; None removes it.
        where: What it is, for the error.

    Raises:
        ConfigurationError: If it is of a component, and the override changes that.
    """
    name = path.partition(".")[0]
    if name in _names(type_):
        what = "what recoveries, policies and other stacks call it by"
    elif name in _PLACE:
        what = _PLACE[name]
    elif path in _IGNORED and value is None:
        what = "what a recovery changes and the next plan leaves so"
    else:
        return
    if name in arguments and arguments[name] == value:
        return
    if any(at == kept or at.startswith(f"{kept}/") for kept in _kept.get(stack, ())):
        msg = (
            f"{where} ({at}): {path} is overridden with {shown(value, _LONGEST)}, and is {what}, as it was computed; "
            f"leave it, and say what you want to the construct (name=, adopted=) or its sites"
        )
        raise ConfigurationError(msg)


@cache
def _names(type_: str) -> frozenset[str]:
    """Return the arguments by which a type is addressed, and those that have Terraform make the name up."""
    known = types_that("placeholder").get(type_)
    return frozenset(name for one in known.named_by for name in (one, f"{one}_prefix")) if known else frozenset()
