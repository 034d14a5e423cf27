"""The objective of a workload as a policy of AWS Resilience Hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.sites.component_name import build_component, check_component_name, claim_component_name
from constructs_lib.constructs.sites.tags import checked_tags
from constructs_lib.constructs.workload.workload import Workload
from constructs_lib.errors import ConfigurationError
from constructs_lib.objectives.exports.resilience_hub import PolicyTier, policy_arguments
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from collections.abc import Mapping


class ResiliencyPolicy(Construct):
    """Builds `aws_resiliencehub_resiliency_policy` in the primary Region's stack.

    Args:
        workload: Whose objective it is. Software, hardware and zone must be declared; Resilience Hub requires them.
        id: Construct id.
        tier: Resilience Hub's label. Default: none applies.
        data_location: `AnyLocation` (the default), `SameContinent` or `SameCountry`.
        tags: Extra tags.

    Attributes:
        policy: The resource.
        notes: What was changed on the way, one sentence each; a target of 0 becomes 1 second.

    Raises:
        ConfigurationError: If *workload* is not one, the id or a tag is not allowed, or its Region has no such hub.
        ObjectiveError: If the objective cannot be such a policy.
    """

    def __init__(
        self,
        workload: Workload,
        id: str,
        *,
        tier: PolicyTier = "NotApplicable",
        data_location: str = "AnyLocation",
        tags: Mapping[str, str] | None = None,
    ) -> None:
        if not isinstance(workload, Workload):
            msg = f"a resiliency policy needs a Workload, not {workload!r}; give the one whose objective it states"
            raise ConfigurationError(msg)
        site = workload.sites.primary
        own_tags = checked_tags(tags, f"resiliency policy {id!r}")
        check_component_name(workload.sites, id, "resiliency policy")
        absent = limit("resiliencehub.absent")
        if site.region in absent.values:
            msg = (
                f"resiliency policy {id!r} would be in {site.region}, and {absent.because}; make it in another "
                f"Region, as `drctl export resiliencehub` writes it"
            )
            raise ConfigurationError(msg)
        exported = policy_arguments(workload.name, workload.objective, tier=tier, data_location=data_location)
        build_component(self, workload.sites, id, at=site)
        claim_component_name(workload.sites, id)
        self.notes = exported.notes
        self.policy = AwsResource(
            self,
            "Default",
            "aws_resiliencehub_resiliency_policy",
            {**exported.content, "tags": {**site.tags, **own_tags, "recovery:workload": workload.name}},
            provider=site.provider,
        )
