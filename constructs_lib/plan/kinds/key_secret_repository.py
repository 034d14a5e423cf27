"""What has copies in other Regions without holding a workload's data: keys, secrets and repositories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.components import Kind
from constructs_lib.plan.document.arn import as_region
from constructs_lib.plan.document.resource import blocks_in
from constructs_lib.plan.kinds.component_builder import ComponentBuilder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.plan.document.resource import Resource
    from constructs_lib.plan.side import Side

_KEY: Final = "aws_kms_key"
_REPLICA_KEY: Final = "aws_kms_replica_key"
_SECRET: Final = "aws_secretsmanager_secret"
FAILED: Final = "Failed"
"""The status of a replica of a secret that Secrets Manager could not make, or not keep up to date."""
_REPOSITORY: Final = "aws_ecr_repository"
_REGISTRY: Final = "aws_ecr_replication_configuration"


def read_keys(side: Side, copies: dict[str, str]) -> Iterator[ComponentBuilder]:
    """Yield a builder for each KMS key; a replica key is a copy of its primary."""
    replicas = side.parts(_KEY, _REPLICA_KEY, "primary_key_arn")
    for key in side.of(_KEY):
        builder = ComponentBuilder(main=key, kind=Kind.KEY, region=key.region)
        for replica in replicas.get(key.address, []):
            copies[replica.address] = key.address
            region = replica.region
            doubts = [] if key.get("multi_region") is True else ["the key is not a multi-Region key"]
            if builder.shares_region(replica):
                doubts.append("the replica key is in the same Region")
            builder.protect(side.notes, "replica_key", replica, region=region, doubts=doubts)
        yield builder


def read_secrets(side: Side) -> Iterator[ComponentBuilder]:
    """Yield a builder for each secret, with its replicas."""
    for secret in side.of(_SECRET):
        builder = ComponentBuilder(main=secret, kind=Kind.SECRET, region=secret.region)
        for index, block in enumerate(secret.blocks("replica")):
            region = as_region(block.get("region"))
            doubts = ["the replica is in the same Region"] if region is not None and region == builder.region else []
            unknown = ["region"] if secret.is_unknown("replica", index, "region") else []
            builder.protect(side.notes, "replica_secret", secret, region=region, doubts=doubts, unknown=unknown)
        yield builder


def read_repositories(side: Side) -> Iterator[ComponentBuilder]:
    """Yield a builder for each ECR repository, with what the registry of its Region replicates."""
    for repository in side.of(_REPOSITORY):
        builder = ComponentBuilder(main=repository, kind=Kind.REPOSITORY, region=repository.region)
        for registry in side.of(_REGISTRY):
            if registry.region == builder.region:
                _replicated_images(side, builder, registry)
        yield builder


def _replicated_images(side: Side, builder: ComponentBuilder, registry: Resource) -> None:
    for region in replicated_to(registry, builder.main.text("name")):
        doubts = ["it replicates within the same Region"] if region is not None and region == builder.region else []
        builder.protect(side.notes, "image_replication", registry, region=region, doubts=doubts)


def replicated_to(registry: Resource, name: str | None) -> Iterator[str | None]:
    """Yield the Regions that a registry replicates the repository *name* to; None where that is not known."""
    for rule in blocks_in(registry.get("replication_configuration", 0) or {}, "rule"):
        prefixes = [str(item.get("filter") or "") for item in blocks_in(rule, "repository_filter")]
        if prefixes and (name is None or not any(name.startswith(prefix) for prefix in prefixes)):
            continue
        for destination in blocks_in(rule, "destination"):
            yield as_region(destination.get("region"))
