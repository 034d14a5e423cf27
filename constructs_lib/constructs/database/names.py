"""What a database is called in each Region, and whether the names are free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.constructs.database.identifiers import check_identifiers, claim_identifiers, names_in_rds
from constructs_lib.constructs.sites.output import check_outputs

if TYPE_CHECKING:
    from constructs_lib.constructs.database.adopted import Adopted
    from constructs_lib.constructs.database.settings import DatabaseSettings
    from constructs_lib.constructs.sites.network import Network
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.selection.decision import Decision

OUTPUTS = (
    "endpoint",
    "reader-endpoint",
    "global-endpoint",
    "port",
    "arn",
    "secret-arn",
    "identifier",
    "resource-id",
    "backups-arn",
)
"""What an output of some database says; all of them are taken together, for another objective adds one."""


class DatabaseNames:
    """What a database is called in each Region: identifiers of RDS and outputs, and whether they are free."""

    def __init__(
        self,
        sites: Sites,
        decision: Decision,
        settings: DatabaseSettings | None,
        network: Network | None,
        identifier: str,
        adopted: Adopted,
    ) -> None:
        self._sites = sites
        self._decision = decision
        self._owner = f"database {decision.name!r}"
        self.identifier = identifier
        self.recovery_identifier = f"{identifier}-recovery"
        needed = any(item.region is not None for item in decision.component.protections)
        subnets = network is not None and bool(network.recovery_subnet_ids)
        self.recovery = sites.recovery if needed or subnets else None
        self._identifiers: list[tuple[Site, tuple[str, ...]]] = []
        if settings is not None:
            aurora, cluster = settings.engine.is_aurora, decision.uses("multi_az_cluster")
            for name in filter(None, (identifier, adopted.primary)):
                self._identifiers.append((sites.primary, names_in_rds(name, aurora=aurora, cluster=cluster)))
            if self.recovery is not None:
                for name in filter(None, (self.recovery_identifier, adopted.recovery)):
                    self._identifiers.append((self.recovery, names_in_rds(name, aurora=aurora)))

    def check(self) -> None:
        """Check that every name, and every provider that is needed, can be had.

        Raises:
            ConfigurationError: If one cannot.
        """
        for site, identifiers in self._identifiers:
            check_identifiers(site, identifiers, self._owner)
        check_outputs(self._sites.primary, [f"{self._decision.full_name}-{label}" for label in OUTPUTS])
        if self.recovery is not None:
            self.recovery.check_providers()
            check_outputs(self.recovery, [f"{self._decision.full_name}-recovery-{label}" for label in OUTPUTS])
            if self._decision.uses("dsql_multi_region"):
                self._sites.global_.check_providers(self._sites.primary.region, self.recovery.region)

    def claim(self) -> None:
        """Take the identifiers."""
        for site, identifiers in self._identifiers:
            claim_identifiers(site, identifiers, self._owner)
