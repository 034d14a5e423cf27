"""What a recovery made and is the database from now on: its identifiers, and the place of its resources in the tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import attrs

from constructs_lib.catalog.limits import limit
from constructs_lib.errors import ConfigurationError
from constructs_lib.terraform.engine import Construct

if TYPE_CHECKING:
    from constructs_lib.selection.decision import Decision

__all__ = ["Adopted"]

_IDENTIFIER: Final = re.compile(r"[a-z0-9](-?[a-z0-9])*", re.ASCII)
_ALONE: Final = {
    "global_database": "a restored cluster is in no global database",
    "dsql_multi_region": "a restored cluster has no peer",
}


@attrs.frozen(kw_only=True)
class Adopted:
    """The identifiers of what a recovery made.

    Attributes:
        primary: Of the database in the primary Region; None: it is the one that Terraform made.
        recovery: Of the read replica in the recovery Region; None: it is the one that Terraform made.
    """

    primary: str | None = None
    recovery: str | None = None

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
            if not isinstance(given, str) or not _IDENTIFIER.fullmatch(given) or given == own:
                msg = f"{name} is {given!r}; give the identifier of what a recovery made, as `drctl adopt` says it"
                raise ConfigurationError(msg)
            limit("rds.identifier").check_length(given, name)
        for mechanism, because in _ALONE.items():
            if self.primary is not None and decision.uses(mechanism):
                msg = (
                    f"adopted is {self.primary!r}, but {decision.pattern} cannot be built around it: {because}; copy "
                    f"the good rows back, or declare it beside the original with RestoredDatabase"
                )
                raise ConfigurationError(msg)
        if self.recovery is not None and not decision.uses("read_replica"):
            msg = f"adopted_recovery is {self.recovery!r}, but {decision.pattern} has no read replica; leave it out"
            raise ConfigurationError(msg)

    def scope(self, scope: Construct) -> Construct:
        """Return where the resources of the primary Region that hold data, or follow them, are built."""
        return scope if self.primary is None else Construct(scope, self.primary)

    def recovery_scope(self, scope: Construct) -> Construct:
        """The same of the recovery Region."""
        return scope if self.recovery is None else Construct(scope, self.recovery)
