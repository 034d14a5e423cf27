"""Whether everything that the recovery stack names lies in its Region, or in none: what does not fails the synth.

What is in the recovery Region and leads to the primary one works on every day but the one it is there for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from constructs_lib.catalog.leading_home import leading_home
from constructs_lib.refusal import shown
from constructs_lib.terraform.engine import IValidation, implements
from constructs_lib.terraform.written import blocks_of

if TYPE_CHECKING:
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.terraform.engine import TerraformStack

__all__ = ["watch_closure"]

_LONGEST: Final = 80


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
