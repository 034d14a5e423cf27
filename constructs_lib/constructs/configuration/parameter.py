"""A parameter that is there in both Regions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.sites.component_name import build_component, check_component_name, claim_component_name
from constructs_lib.constructs.sites.in_each_region import InEachRegion, split
from constructs_lib.constructs.sites.tags import checked_tags
from constructs_lib.constructs.workload.decide import sites_of
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import refuse
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.placement import part
from constructs_lib.terraform.resource import AwsResource
from constructs_lib.terraform.token import is_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.constructs.workload.workload import Workload

__all__ = ["Parameter"]

_REFERENCE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_KEPT = ("aws", "ssm")
"""What AWS lets no parameter's name start with."""


class Parameter(Construct):
    """A parameter of Systems Manager, called `/<sites>/<id>` in each Region, for `secrets=` of `Service`.

    ```python
    level = Parameter(shop, "log-level", value="info")
    Service(shop, "web", secrets={"LOG_LEVEL": level}, ...)
    ```

    Parameter Store replicates nothing, so each Region's stack writes its own, from this one declaration, encrypted with
    the key of its site. A value that leads to the primary Region is refused: `InEachRegion` says what stands for it in
    the other one.

    The value is in the Terraform state, as configuration is. What must not be there is a `Secret`.

    Args:
        place: The workload, or its sites.
        id: Construct id.
        value: Its value, or `InEachRegion`; 4,096 characters at most.
        description: What it is for. Default: what it is called.
        tags: Extra tags.

    Attributes:
        sites: Where it is built.
        name: What it is called in each Region.
        primary: The `aws_ssm_parameter` of the primary Region.
        recovery: That of the recovery Region, or None.

    Raises:
        ConfigurationError: If an option is not allowed, or the value leads to the primary Region.
    """

    def __init__(
        self,
        place: Workload | Sites,
        id: str,
        *,
        value: str | InEachRegion,
        description: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        what = f"parameter {id!r}"
        sites = sites_of(place, what)
        check_component_name(sites, id, "parameter")
        if sites.name.startswith(_KEPT):
            msg = f"{what} would be called /{sites.name}/{id}, and AWS keeps names that start with aws or ssm to itself"
            raise ConfigurationError(f"{msg}; give the sites another name")
        if description is not None and (not isinstance(description, str) or not description.strip()):
            refuse(f"the description of {what}", description, "a text, or leave it out")
        if description is not None and not is_token(description):
            limit("ssm.description").check_length(description, f"the description of {what}")
        own_tags = checked_tags(tags, what, {"recovery:workload": sites.name})
        values = split(value, f"the value of {what}", sites.primary.region, sites.recovery_region)
        for text in (values.primary, values.recovery):
            if not is_token(text):
                limit("ssm.parameter_value").check_length(text, f"the value of {what}")
                if _REFERENCE.search(text):
                    refuse(f"the value of {what}", text, "a text without double braces around anything: SSM takes none")
        sites.primary.check_providers()
        if sites.recovery is not None:
            sites.recovery.check_providers()

        build_component(self, sites, id)
        claim_component_name(sites, id)
        self.sites = sites
        self.name = f"/{sites.name}/{id}"
        self._description = f"{id} of {sites.name}" if description is None else description
        self._tags = own_tags
        there = sites.recovery
        self.primary = self._build(self, sites.primary, values.primary)
        self.recovery = None if there is None else self._build(part(there.scope, id), there, values.recovery)

    def _build(self, scope: Construct, site: Site, value: str) -> AwsResource:
        return AwsResource(
            scope,
            "Default",
            "aws_ssm_parameter",
            {
                "name": self.name,
                "description": self._description,
                "type": "SecureString",
                "tier": "Standard",
                "key_id": site.key_arn_of(site),
                "value": value,
                "tags": {**site.tags, **self._tags},
            },
            provider=site.provider,
        )

    def has_key_of(self, site: Site) -> bool:
        """Tell whether what reads it in *site* needs the right to decrypt."""
        return site in self.sites.all

    def arn_in(self, site: Site) -> str:
        """Return its ARN as the stack of *site* names it."""
        resource = self.primary if self.recovery is None or site is self.sites.primary else self.recovery
        return resource.ref("arn")

    def policy_resource(self, site: Site) -> str:
        """Return what a policy in the primary stack calls it in *site*."""
        return f"arn:aws:ssm:{site.region}:{self.sites.primary.account_id}:parameter{self.name}"
