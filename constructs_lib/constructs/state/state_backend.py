"""Terraform's state of each stack, kept in S3 outside the Region that the stack builds in, encrypted and locked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.regions import region as known_region
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.terraform.engine import TerraformStack

__all__ = ["StateBackend"]

_PREFIX: Final = re.compile(r"[A-Za-z0-9!_.*'()/-]*", re.ASCII)


class StateBackend:
    """Buckets for states, of which each stack gets one in another Region than its own.

    ```python
    backend = StateBackend({"eu-west-1": "our-states-ireland", "eu-central-1": "our-states-frankfurt"})
    backend.keep(sites)
    ```

    The buckets exist beforehand: a state cannot hold the bucket it is kept in. A `Bucket` that replicates both ways, in
    an app of its own, makes both, versioned, encrypted and replicated to each other (docs/state.md). A lock is an
    object beside the state (`use_lockfile`: Terraform 1.11 or later, OpenTofu 1.10 or later); no table is needed.

    Args:
        buckets: The name of a bucket for states by its Region, one at least.
        prefix: What the keys start with, such as `shop/`. Default: nothing.
        kms_key_ids: The key that a bucket's states are encrypted with, by Region. Default: the bucket's own default.

    Raises:
        ConfigurationError: If there is no bucket, or a Region, a name or the prefix is none.
    """

    def __init__(
        self, buckets: Mapping[str, str], *, prefix: str = "", kms_key_ids: Mapping[str, str] | None = None
    ) -> None:
        if not isinstance(buckets, Mapping) or not buckets:
            refuse("buckets", buckets, 'names by Region, such as {"eu-west-1": "our-states"}')
        for region, name in buckets.items():
            known_region(region)
            if not isinstance(name, str) or not name:
                refuse(f"the bucket for states in {region}", name, "the name of a bucket")
        if not isinstance(prefix, str) or not _PREFIX.fullmatch(prefix):
            refuse("prefix", prefix, 'text that S3 takes in a key, such as "shop/"')
        keys = {} if kms_key_ids is None else kms_key_ids
        if not isinstance(keys, Mapping) or set(keys) - set(buckets):
            refuse("kms_key_ids", kms_key_ids, f"keys by Region, for {', '.join(buckets)}")
        self.buckets = dict(buckets)
        self.prefix = prefix
        self._keys = dict(keys)

    def keep(self, sites: Sites) -> None:
        """Keep the state of each stack of *sites* in a Region that the stack does not build in.

        The stack of what is global goes where the recovery Region's own state does not: into the recovery Region where
        there is a bucket, since it is there that people work when the primary one is lost.

        Raises:
            ConfigurationError: If there is no bucket outside a stack's Region.
        """
        if not isinstance(sites, Sites):
            refuse("sites", sites, "Sites.per_region(...) or Sites.in_one_stack(...)")
        chosen = [(stack, self._region_for(stack, homes, sites)) for stack, homes in _stacks(sites)]
        for stack, region in chosen:
            backend: dict[str, object] = {
                "bucket": self.buckets[region],
                "key": f"{self.prefix}{stack.node.id}.tfstate",
                "region": region,
                "encrypt": True,
                "use_lockfile": True,
            }
            if region in self._keys:
                backend["kms_key_id"] = self._keys[region]
            # Overrides, since the engine's class does not know use_lockfile.
            stack.add_override("terraform.backend.local", None)
            stack.add_override("terraform.backend.s3", backend)

    def _region_for(self, stack: TerraformStack, homes: list[Site], sites: Sites) -> str:
        roles = {site.role for site in homes}
        regions = {site.region for site in homes if site.role != "global"}
        if roles == {"global"}:
            regions = {sites.primary.region}
        outside = [region for region in self.buckets if region not in regions]
        if sites.recovery is not None and sites.recovery.region in outside:
            return sites.recovery.region
        if outside:
            return outside[0]
        msg = (
            f"the states may be kept in {', '.join(self.buckets)}, and stack {stack.node.id!r} builds there; name a "
            f"bucket in another Region as well, so that its state outlives {', '.join(sorted(regions))}"
        )
        raise ConfigurationError(msg)


def _stacks(sites: Sites) -> Iterator[tuple[TerraformStack, list[Site]]]:
    every = [site for site in (sites.primary, sites.recovery, sites.global_) if site is not None]
    for stack in dict.fromkeys(site.stack for site in every):
        yield stack, [site for site in every if site.stack is stack]
