"""What the registries of an account replicate to each other: one setting for each, whoever's images are in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.sites.component_name import build_component, check_component_name, claim_component_name
from constructs_lib.constructs.workload.decide import sites_of
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import refuse
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.placement import part
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.constructs.workload.workload import Workload

__all__ = ["Registry"]

_PREFIX: Final = re.compile(r"(?:[a-z0-9]+(?:[._-][a-z0-9]*)*/)*[a-z0-9]*(?:[._-][a-z0-9]*)*", re.ASCII)

_registries: WeakKeyDictionary[Construct, dict[tuple[str | None, str], str]] = WeakKeyDictionary()
"""By app: the path of the registry built for each account and Region."""


class Registry(Construct):
    """The replication of ECR between the two Regions, which an account has once for each Region.

    ```python
    registry = Registry(platform, "registry", prefixes=["bank/"])
    Repository(shop, "web", registry=registry)
    ```

    Whoever writes the setting replaces it as a whole: two that each name their own images overwrite each other, and one
    of them is replicated no more. So one app of an account has the one registry, it names what of others is replicated,
    and `Repository` adds itself; a second one in the app is refused, and `drctl review` finds one in another state.

    Images pushed in the recovery Region are replicated back, for the time after a failover. What was pushed before
    there was a rule is not replicated.

    Args:
        place: The workload or sites in whose stacks it is written; they have a recovery Region.
        id: Construct id.
        prefixes: What the names of further repositories start with that are replicated, such as `bank/`, beside those
            of the sites themselves. Default: none.

    Attributes:
        sites: Where it is built.
        primary: The `aws_ecr_replication_configuration` of the primary Region.
        recovery: That of the recovery Region.

    Raises:
        ConfigurationError: If there is no recovery Region, one of these Regions has a registry already, or a prefix is
            none.
    """

    def __init__(self, place: Workload | Sites, id: str, *, prefixes: list[str] | tuple[str, ...] = ()) -> None:
        what = f"registry {id!r}"
        sites = sites_of(place, what)
        check_component_name(sites, id, "registry")
        there = sites.recovery
        if there is None:
            msg = f"{sites.name} has no recovery Region that {what} could replicate to; name one in Sites"
            raise ConfigurationError(msg)
        if isinstance(prefixes, str) or not isinstance(prefixes, Sequence):
            refuse(f"the prefixes of {what}", prefixes, 'a list of them, such as ["bank/"]')
        for prefix in prefixes:
            if not isinstance(prefix, str) or not _PREFIX.fullmatch(prefix):
                refuse(f"a prefix of {what}", prefix, 'the start of the names of repositories, such as "bank/"')
            limit("ecr.repository_filter").check_length(prefix, f"a prefix of {what}")
        all_prefixes = dict.fromkeys((f"{sites.name}/", *prefixes))
        limit("ecr.repository_filters").check(len(all_prefixes), f"the prefixes of {what}")
        known = _registries.setdefault(sites.root, {})
        for site in (sites.primary, there):
            owner = known.get((site.known_account_id, site.region))
            if owner is not None:
                msg = f"the registry of {site.region} is replicated by {owner} already; give that to `Repository`"
                raise ConfigurationError(msg)
            site.check_providers()

        build_component(self, sites, id)
        claim_component_name(sites, id)
        self.sites = sites
        self._prefixes = all_prefixes
        self.primary = self._build(self, sites.primary, there)
        self.recovery = self._build(part(there.scope, id), there, sites.primary)
        for site in (sites.primary, there):
            known[site.known_account_id, site.region] = f"{id!r} of {sites.name}"

    def replicate(self, prefix: str) -> None:
        """Replicate what is called so, too; `Repository` calls it.

        Raises:
            ConfigurationError: If ECR takes no more prefixes.
        """
        self._prefixes[prefix] = None
        limit("ecr.repository_filters").check(len(self._prefixes), f"the prefixes of registry {self.node.id!r}")
        there = self.sites.recovery
        assert there is not None, "checked by the constructor"
        self.primary.override("replication_configuration", self._configuration(self.sites.primary, there))
        self.recovery.override("replication_configuration", self._configuration(there, self.sites.primary))

    def _build(self, scope: Construct, site: Site, other: Site) -> AwsResource:
        return AwsResource(
            scope,
            "Default",
            "aws_ecr_replication_configuration",
            {"replication_configuration": self._configuration(site, other)},
            provider=site.provider,
        )

    def _configuration(self, site: Site, other: Site) -> dict[str, Any]:
        filters = [{"filter": prefix, "filter_type": "PREFIX_MATCH"} for prefix in sorted(self._prefixes)]
        destination = {"region": other.region, "registry_id": site.account_id}
        return {"rule": [{"destination": [destination], "repository_filter": filters}]}
