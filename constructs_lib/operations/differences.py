"""In which settings what was restored is not as its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.procedures import Part
from constructs_lib.procedures.command import search
from constructs_lib.procedures.value import carried_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.operations.facts import Facts
    from constructs_lib.operations.plan import ComponentPlan

__all__ = ["differences"]

RESULT: Final = "source_restored"
"""The name under which the last step keeps the description of what was restored."""

_PLACED: Final = (
    "DBSubnetGroup.DBSubnetGroupName",
    "VpcSecurityGroups[].VpcSecurityGroupId",
    "DBParameterGroups[0].DBParameterGroupName",
    "OptionGroupMemberships[0].OptionGroupName",
    "DBClusterParameterGroup",
)
"""The groups that a restore is given by their names; they are the source's where it is restored beside it."""
_OWN: Final = ("SecretArn", "SourceDB")
"""What a restored thing has of its own."""


def differences(item: ComponentPlan, facts: Facts) -> tuple[Mapping[str, Any], ...]:
    """Return `setting`, `source` and `restored` of each setting that is another one than the source's.

    Empty where the source was not asked: its Region may be gone, and there is nothing to compare with.
    """
    source, restored = facts.name("source"), facts.name(RESULT)
    if source is None or restored is None:
        return ()
    paths = {
        carried.path
        for step in item.steps
        if step.call is not None and step.part is Part.ACT
        for carried in carried_in(dict(step.call.parameters))
        if carried.kept == "source"
    }
    found = []
    for path in sorted({*paths, *_PLACED}):
        one, other = search(path, source), search(path, restored)
        if any(word in path for word in _OWN):
            one, other = one is not None, other is not None
        if _plain(one) != _plain(other):
            found.append({"setting": path, "source": one, "restored": other})
    return tuple(found)


def _plain(value: Any) -> Any:
    """Return *value* so that what is absent, false and empty are the same, and order does not count."""
    if isinstance(value, list):
        return sorted(map(str, value))
    return value or None
