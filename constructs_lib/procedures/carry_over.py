"""What a restored or new thing is given: an account of every member of the call's input shape.

AWS's restores drop settings without a word. So each call that makes something is written as a table, in which every
member is one of three: carried (a value), put back by a later call, or left out for a reason. A test walks the shapes
of botocore and fails on a member that is in no table.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import attrs
import msgspec

from constructs_lib.procedures.step import Call

if TYPE_CHECKING:
    from constructs_lib.procedures.step import Role
    from constructs_lib.procedures.value import Value

__all__ = ["CarryOver", "PutBack"]


class PutBack(msgspec.Struct, frozen=True):
    """A later call sets it.

    Attributes:
        operation: The call.
        member: Its member.
    """

    operation: str
    member: str


def _frozen(values: Mapping[str, object]) -> Mapping[str, object]:
    return MappingProxyType(dict(values))


@attrs.frozen(kw_only=True)
class CarryOver:
    """The account of one call.

    Attributes:
        service: The service.
        operation: The operation.
        carried: The values it is given, by member.
        put_back: What the call does not take, or takes for few engines only, and a later call sets.
        left_out: Why a member is not given, by reason.
    """

    service: str
    operation: str
    carried: Mapping[str, Value] = attrs.field(converter=_frozen)
    put_back: Mapping[str, PutBack] = attrs.field(factory=dict, converter=_frozen)
    left_out: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict, converter=_frozen)

    @property
    def accounted(self) -> frozenset[str]:
        """Every member that is accounted for."""
        out = {member for members in self.left_out.values() for member in members}
        return frozenset({*self.carried, *self.put_back, *out})

    def call(self, region: Role) -> Call:
        """Return the call, in *region*."""
        return Call(service=self.service, operation=self.operation, region=region, parameters=self.carried)
