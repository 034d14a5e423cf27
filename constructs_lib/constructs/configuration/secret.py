"""A secret that is there in both Regions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.sites.component_name import build_component, check_component_name, claim_component_name
from constructs_lib.constructs.sites.tags import checked_tags
from constructs_lib.constructs.workload.decide import sites_of
from constructs_lib.refusal import check_flag, refuse
from constructs_lib.terraform.engine import Construct, TerraformResource
from constructs_lib.terraform.placement import part
from constructs_lib.terraform.resource import AwsDataSource, AwsResource
from constructs_lib.terraform.token import is_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.constructs.workload.workload import Workload

__all__ = ["Secret"]

_WINDOW_DAYS = 30


class Secret(Construct):
    """A secret of Secrets Manager, called `<sites>-<id>` in each Region, for `secrets=` of `Service`.

    ```python
    token = Secret(shop, "token")
    Service(shop, "web", secrets={"TOKEN": token}, ...)
    ```

    The recovery Region has a replica, which follows the value by itself and is read there without the primary Region.
    It is encrypted with a key of its own Region: the one that `key_arns` names or, as each Region's own stack
    builds the others, `aws/secretsmanager` there; in one stack the site's.

    Terraform never knows the value: put it in with `aws secretsmanager put-secret-value`, before what reads it starts.

    A replica has the same value, so none that leads to one Region, such as the address of a database, belongs into it:
    that is for the environment (`InEachRegion`) or for a secret with `replicated=False`, which is one in each Region,
    each with a value of its own and the key of its site.

    Args:
        place: The workload, or its sites.
        id: Construct id.
        description: What it is for. Default: what it is called.
        replicated: Whether the recovery Region's follows the primary Region's, rather than having its own value.
            Default True.
        tags: Extra tags.
        deletion_protection: Whether Terraform refuses to delete it. Default: that of the sites, True. AWS keeps a
            deleted one for 30 days.

    Attributes:
        sites: Where it is built.
        name: What it is called in each Region.
        primary: The `aws_secretsmanager_secret` of the primary Region.
        recovery: That of the recovery Region where it is not replicated; else None.

    Raises:
        ConfigurationError: If an option is not allowed.
    """

    def __init__(
        self,
        place: Workload | Sites,
        id: str,
        *,
        description: str | None = None,
        replicated: bool = True,
        tags: Mapping[str, str] | None = None,
        deletion_protection: bool | None = None,
    ) -> None:
        what = f"secret {id!r}"
        sites = sites_of(place, what)
        check_component_name(sites, id, "secret")
        check_flag(replicated, f"replicated of {what}")
        if deletion_protection is not None:
            check_flag(deletion_protection, f"deletion_protection of {what}")
        if description is not None and (not isinstance(description, str) or not description.strip()):
            refuse(f"the description of {what}", description, "a text, or leave it out")
        if description is not None and not is_token(description):
            limit("secretsmanager.description").check_length(description, f"the description of {what}")
        own_tags = checked_tags(tags, what, {"recovery:workload": sites.name})
        self.name = f"{sites.name}-{id}"
        limit("secretsmanager.name").check_length(self.name, f"the name of {what}")
        sites.primary.check_providers()
        if sites.recovery is not None:
            sites.recovery.check_providers()

        build_component(self, sites, id)
        claim_component_name(sites, id)
        self.sites = sites
        self.replicated = replicated
        self._id = id
        self._read: AwsDataSource | None = None
        self._arguments = {
            "name": self.name,
            "description": f"{id} of {sites.name}" if description is None else description,
            "recovery_window_in_days": _WINDOW_DAYS,
        }
        self._tags = own_tags
        self._lifecycle = {"prevent_destroy": True} if sites.protects(deletion_protection) else None
        there = sites.recovery
        self.primary = self._build(self, sites.primary, there if replicated else None)
        self.recovery = None if there is None or replicated else self._build(part(there.scope, id), there, None)

    def _build(self, scope: Construct, site: Site, replica: Site | None) -> AwsResource:
        blocks = [] if replica is None else [{"region": replica.region, "kms_key_id": self._key_of(replica)}]
        return AwsResource(
            scope,
            "Default",
            "aws_secretsmanager_secret",
            {
                **self._arguments,
                "kms_key_id": site.key_arn_of(site),
                "replica": blocks,
                "tags": {**site.tags, **self._tags},
            },
            provider=site.provider,
            lifecycle=self._lifecycle,
        )

    def _key_of(self, replica: Site) -> str | None:
        # The recovery stack, which builds the site's key, may have to come after this secret: it may name its replica.
        shared = replica.stack is self.sites.primary.stack
        return replica.key_arn if shared else replica.given_key_arn

    def has_key_of(self, site: Site) -> bool:
        """Tell whether what reads it in *site* needs the right to decrypt: AWS's own key lets in all who may read."""
        return site is self.sites.primary or not self.replicated or self._key_of(site) is not None

    def arn_in(self, site: Site) -> str:
        """Return its ARN as the stack of *site* names it; a replica's is looked up there, by its name.

        AWS gives each secret a suffix that nobody knows beforehand, and ECS takes the whole ARN alone.
        """
        if site is self.sites.primary:
            return self.primary.ref("arn")
        if self.recovery is not None:
            return self.recovery.ref("arn")
        if self._read is None:
            self.sites.build_recovery_after_primary()
            scope = part(site.scope, self._id)
            # What a lookup waits for is built by the first apply, so that the first plan, before the primary stack is
            # deployed, does not look; later plans do.
            apart = site.stack is not self.sites.primary.stack
            waited = (
                TerraformResource(scope, "first", terraform_resource_type="terraform_data") if apart else self.primary
            )
            self._read = AwsDataSource(
                scope,
                "Default",
                "aws_secretsmanager_secret",
                {"name": self.name},
                provider=site.provider,
                depends_on=[waited],
            )
        return self._read.ref("arn")

    def policy_resource(self, site: Site) -> str:
        """Return what a policy in the primary stack calls it in *site*: with any suffix where that is not known."""
        if site is self.sites.primary:
            return self.primary.ref("arn")
        return f"arn:aws:secretsmanager:{site.region}:{self.sites.primary.account_id}:secret:{self.name}-??????"
