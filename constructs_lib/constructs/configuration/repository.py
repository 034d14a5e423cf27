"""A repository of images that is there in both Regions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.configuration.registry import Registry
from constructs_lib.constructs.sites.component_name import build_component, check_component_name, claim_component_name
from constructs_lib.constructs.sites.in_each_region import InEachRegion
from constructs_lib.constructs.sites.tags import checked_tags
from constructs_lib.constructs.workload.decide import sites_of
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import check_flag, is_words, refuse
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.placement import part
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.constructs.workload.workload import Workload

__all__ = ["Repository"]

_NAME: Final = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*", re.ASCII)
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)


class Repository(Construct):
    """A repository of ECR, called `<sites>/<id>` in each Region, whose images are replicated.

    ```python
    web = Repository(shop, "web", registry=registry)
    Service(shop, "web", image=web.image("sha256:..."), ...)
    ```

    Each Region's stack builds its own, since settings are not replicated: tags never move, images are scanned when they
    are pushed, and are encrypted with the key of the site. `image` names one by its digest in each Region.

    What is replicated is a setting of the whole registry, which `Registry` has, so each repository says whose it is.

    Args:
        place: The workload, or its sites.
        id: Construct id, in lower case.
        registry: The `Registry` that replicates it, also one of other sites; or, as text, who replicates what starts
            with `<sites>/` elsewhere, such as `"platform team"`. Without a recovery Region leave it out.
        tags: Extra tags.
        deletion_protection: Whether Terraform refuses to delete it. Default: that of the sites, True.

    Attributes:
        sites: Where it is built.
        name: What it is called in each Region.
        primary: The `aws_ecr_repository` of the primary Region.
        recovery: That of the recovery Region, or None.

    Raises:
        ConfigurationError: If an option is not allowed, or nobody replicates it.
    """

    def __init__(
        self,
        place: Workload | Sites,
        id: str,
        *,
        registry: Registry | str | None = None,
        tags: Mapping[str, str] | None = None,
        deletion_protection: bool | None = None,
    ) -> None:
        what = f"repository {id!r}"
        sites = sites_of(place, what)
        check_component_name(sites, id, "repository")
        if not _NAME.fullmatch(id):
            refuse(f"the id of {what}", id, "lower-case letters and digits, with single dots, underscores and hyphens")
        if deletion_protection is not None:
            check_flag(deletion_protection, f"deletion_protection of {what}")
        own_tags = checked_tags(tags, what, {"recovery:workload": sites.name})
        self.name = f"{sites.name}/{id}"
        limit("ecr.repository_name").check_length(self.name, f"the name of {what}")
        _check_replicated(registry, sites, what)
        sites.primary.check_providers()
        if sites.recovery is not None:
            sites.recovery.check_providers()

        build_component(self, sites, id)
        claim_component_name(sites, id)
        self.sites = sites
        self._tags = own_tags
        self._lifecycle = {"prevent_destroy": True} if sites.protects(deletion_protection) else None
        there = sites.recovery
        if isinstance(registry, Registry):
            registry.replicate(f"{sites.name}/")
        self.primary = self._build(self, sites.primary)
        self.recovery = None if there is None else self._build(part(there.scope, id), there)

    def _build(self, scope: Construct, site: Site) -> AwsResource:
        return AwsResource(
            scope,
            "Default",
            "aws_ecr_repository",
            {
                "name": self.name,
                "image_tag_mutability": "IMMUTABLE",
                "image_scanning_configuration": {"scan_on_push": True},
                "encryption_configuration": {"encryption_type": "KMS", "kms_key": site.key_arn_of(site)},
                "tags": {**site.tags, **self._tags},
            },
            provider=site.provider,
            lifecycle=self._lifecycle,
        )

    def image(self, digest: str) -> InEachRegion:
        """Return the image with *digest*, as each Region's service names it.

        Args:
            digest: Its digest, `sha256:` and 64 digits: a tag may be another image tomorrow, and in the other Region.

        Raises:
            ConfigurationError: If it is none, or the sites do not say which account they are in.
        """
        if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
            refuse(f"the digest of an image of {self.name}", digest, "sha256: and 64 digits, as a push tells it")
        account = self.sites.primary.known_account_id
        if account is None:
            msg = (
                f"an image of {self.name} is named by the account as well; give account_id to sites {self.sites.name!r}"
            )
            raise ConfigurationError(msg)
        here, there = (
            f"{account}.dkr.ecr.{site.region}.amazonaws.com/{self.name}@{digest}"
            for site in (self.sites.primary, self.sites.recovery or self.sites.primary)
        )
        return InEachRegion(primary=here, recovery=there)


def _check_replicated(registry: object, sites: Sites, what: str) -> None:
    if sites.recovery is None:
        if registry is not None:
            msg = f"{sites.name} has no recovery Region that {what} could be replicated to; leave registry out"
            raise ConfigurationError(msg)
        return
    if is_words(registry):
        return
    if not isinstance(registry, Registry):
        refuse(f"the registry of {what}", registry, "a Registry, or as text who replicates it elsewhere")
    pairs = [
        {(site.known_account_id, site.region) for site in (of.primary, of.recovery) if site is not None}
        for of in (registry.sites, sites)
    ]
    if pairs[0] != pairs[1]:
        msg = (
            f"{what} is in {sites.primary.region} and {sites.recovery_region}, and registry {registry.node.id!r} "
            f"replicates other Regions, or is of another account; give the one of these"
        )
        raise ConfigurationError(msg)
