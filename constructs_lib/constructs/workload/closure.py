"""Whether everything that the recovery stack names lies in its Region, or in none: what does not fails the synth.

What is in the recovery Region and leads to the primary one works on every day but the one it is there for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from constructs_lib.catalog.resource_types import types_that
from constructs_lib.refusal import shown
from constructs_lib.terraform.engine import IValidation, implements
from constructs_lib.terraform.written import blocks_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.terraform.engine import TerraformStack

__all__ = ["Leading", "leading_home", "watch_closure"]

_COPIES: Final = types_that("copies_from")
_LONGEST: Final = 80


class Leading(NamedTuple):
    """One argument that leads to the primary Region.

    Attributes:
        path: Its names and positions, joined by dots.
        text: What leads there: an ARN, or the name of a host.
    """

    path: str
    text: str


def leading_home(type_: str, arguments: Mapping[str, Any], home: str, external: Collection[str] = ()) -> list[Leading]:
    """Return what of a resource's arguments leads to the Region *home*, by an ARN or by the name of one of AWS's hosts.

    Args:
        type_: Terraform's type. What it copies from there, or listens to, is meant to lead there.
        arguments: The arguments.
        home: The primary Region.
        external: Texts that may lead there, as declared.
    """
    pattern = re.compile(
        rf"arn:aws[a-z-]*:[a-z0-9-]+:{re.escape(home)}:[^\s\"',]*|[\w.-]+\.{re.escape(home)}\.[\w.-]*amazonaws\.com"
    )
    known = _COPIES.get(type_)
    meant = () if known is None else known.copies_from
    return [
        Leading(path, found[0])
        for path, text in _texts(arguments, "")
        if path.partition(".")[0] not in meant
        for found in pattern.finditer(text)
        if not any(item in found[0] for item in external)
    ]


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(item, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _texts(item, f"{path}.{number}")


@implements(IValidation)
class _Closure:
    """Asked when the engine validates the recovery stack, once for each synth."""

    def __init__(self, sites: Sites) -> None:
        self._sites = sites

    def validate(self) -> list[str]:
        sites = self._sites
        assert sites.recovery is not None, "without a recovery Region nothing is watched"
        return [
            f"{path}, {found.path}: {shown(found.text, _LONGEST)} lies in {sites.primary.region}, and {sites.name} is "
            f"recovered in {sites.recovery.region} without it; name what stands for it there, or declare it with "
            f"sites.external({shown(found.text, _LONGEST)}, owner=...)"
            for path, type_, arguments in blocks_of(sites.recovery.stack)
            for found in leading_home(type_, arguments, sites.primary.region, sites.externals)
        ]


_watched: WeakKeyDictionary[TerraformStack, _Closure] = WeakKeyDictionary()


def watch_closure(sites: Sites) -> None:
    """Have the recovery stack looked at when it is synthesized; one stack for both Regions is not."""
    if sites.recovery is None or sites.recovery.stack is sites.primary.stack or sites.recovery.stack in _watched:
        return
    closure = _watched[sites.recovery.stack] = _Closure(sites)
    sites.recovery.stack.node.add_validation(closure)
