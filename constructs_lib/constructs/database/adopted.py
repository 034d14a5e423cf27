"""What runs already and is the database from now on: its identifiers, and the place of its resources in the tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.workload.adopted import check_adopted
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import refuse
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.placement import part

if TYPE_CHECKING:
    from constructs_lib.selection.decision import Decision

__all__ = ["Adopted"]

_IDENTIFIER: Final = re.compile(r"[a-z0-9](-?[a-z0-9])*", re.ASCII)


class Adopted(msgspec.Struct, frozen=True, kw_only=True):
    """The identifiers of what a recovery made, or who built it by hand.

    Attributes:
        primary: Of the database in the primary Region; None: it is the one that Terraform made.
        recovery: Of the read replica in the recovery Region; None: it is the one that Terraform made.
        members: Of the instances of an Aurora cluster, where they are not called `<cluster>-1` and `<cluster>-2`.
    """

    primary: str | None = None
    recovery: str | None = None
    members: tuple[str, ...] = ()

    def check(self, decision: Decision, identifier: str) -> None:
        """Check that what was decided can be built around them.

        Raises:
            ConfigurationError: If it cannot.
        """
        for name, given, own in (
            ("adopted", self.primary, identifier),
            ("adopted_recovery", self.recovery, f"{identifier}-recovery"),
        ):
            if given is None:
                continue
            _check_identifier(given, name)
            if given == own:
                msg = f"{name} is {given!r}, which is the name it has anyway; leave it out"
                raise ConfigurationError(msg)
        self._check_members(decision)
        check_adopted(decision, self.primary)
        if self.recovery is not None and not decision.uses("read_replica"):
            msg = f"adopted_recovery is {self.recovery!r}, but {decision.pattern} has no read replica; leave it out"
            raise ConfigurationError(msg)

    def _check_members(self, decision: Decision) -> None:
        given: object = self.members
        wanted = "a list of the identifiers of instances, each once"
        if not isinstance(given, tuple):
            refuse("adopted_members", given, wanted)
        for name in self.members:
            _check_identifier(name, "adopted_members")
        if len(set(given)) != len(given):
            refuse("adopted_members", given, wanted)
        most = (2 if decision.uses("aurora_reader") else 1) if decision.uses("cluster_backups") else 0
        if self.members and (self.primary is None or len(self.members) > most):
            msg = (
                f"adopted_members is {', '.join(self.members)}; give them together with adopted, the writer first, at "
                f"most as many as {decision.pattern} has instances: {most}"
            )
            raise ConfigurationError(msg)

    def scope(self, scope: Construct) -> Construct:
        """Return where the resources of the primary Region that hold data, or follow them, are built."""
        return scope if self.primary is None else part(scope, self.primary)

    def recovery_scope(self, scope: Construct) -> Construct:
        """The same of the recovery Region."""
        return scope if self.recovery is None else part(scope, self.recovery)


def _check_identifier(given: object, name: str) -> None:
    if not isinstance(given, str) or not _IDENTIFIER.fullmatch(given):
        refuse(name, given, "the identifier of what runs: `drctl adopt` says it after a recovery")
    limit("rds.identifier").check_length(given, name)
