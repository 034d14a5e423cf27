"""An Aurora DSQL cluster, and its peer in the recovery Region with a witness in a third."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.placement import part
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.selection.decision import Decision


class Dsql:
    """The patterns of Aurora DSQL.

    Attributes:
        cluster: The `aws_dsql_cluster` of the primary Region.
        peer: The `aws_dsql_cluster` of the recovery Region, or None. Both read and write all the time.
        peerings: The two `aws_dsql_cluster_peering`s, in the global site, as each names both Regions; else none.
        links: What the peerings are built in, or None.
        witness_region: The Region that holds the log and no endpoint, or None.
    """

    def __init__(
        self,
        scope: Construct,
        recovery_scope: Construct | None,
        sites: Sites,
        decision: Decision,
        *,
        deletion_protection: bool,
    ) -> None:
        self._sites = sites
        self._decision = decision
        self._lifecycle = {"prevent_destroy": True} if deletion_protection else {}
        self._deletion_protection = deletion_protection
        self.peer: AwsResource | None = None
        self.peerings: tuple[AwsResource, ...] = ()
        self.links: Construct | None = None
        witness = decision.setting("dsql_multi_region", "third_region")
        self.witness_region = str(witness) if decision.uses("dsql_multi_region") else None
        self.cluster = self._build(scope, sites.primary)
        if self.witness_region is not None and sites.recovery is not None and recovery_scope is not None:
            self.peer = self._build(recovery_scope, sites.recovery)
            between = self.links = part(sites.global_.scope, decision.name)
            self.peerings = (
                self._peer(between, "Peering", sites.primary, self.cluster, self.peer),
                self._peer(between, "PeeringBack", sites.recovery, self.peer, self.cluster),
            )

    @property
    def main(self) -> AwsResource:
        """The cluster of the primary Region."""
        return self.cluster

    @property
    def recovery_main(self) -> AwsResource | None:
        """The cluster of the recovery Region."""
        return self.peer

    @property
    def secret_arn(self) -> None:
        """None: users of DSQL log in with IAM, and there is no password."""
        return

    def outputs(self) -> dict[str, str]:
        """Return what callers in the primary Region need."""
        return _outputs(self.cluster, self._sites.primary)

    def recovery_outputs(self) -> dict[str, str]:
        """Return what callers in the recovery Region need."""
        recovery = self._sites.recovery
        return {} if self.peer is None or recovery is None else _outputs(self.peer, recovery)

    def _build(self, scope: Construct, site: Site) -> AwsResource:
        return AwsResource(
            scope,
            "Default",
            "aws_dsql_cluster",
            {
                "deletion_protection_enabled": self._deletion_protection,
                "kms_encryption_key": site.key_arn_of(site),
                "multi_region_properties": None
                if self.witness_region is None
                else [{"witness_region": self.witness_region}],
                "tags": dict(self._decision.tags),
            },
            provider=site.provider,
            lifecycle=self._lifecycle,
        )

    def _peer(self, scope: Construct, id_: str, site: Site, one: AwsResource, other: AwsResource) -> AwsResource:
        return AwsResource(
            scope,
            id_,
            "aws_dsql_cluster_peering",
            {
                "identifier": one.ref("identifier"),
                "clusters": [other.ref("arn")],
                "witness_region": self.witness_region,
            },
            provider=self._sites.global_.provider_in(site.region),
        )


def _outputs(cluster: AwsResource, site: Site) -> dict[str, str]:
    identifier = cluster.ref("identifier")
    return {
        "endpoint": f"{identifier}.dsql.{site.region}.on.aws",
        "identifier": identifier,
        "arn": cluster.ref("arn"),
    }
