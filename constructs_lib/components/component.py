"""One thing that holds state or routes traffic."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from constructs_lib.catalog.prices.usage import assumed_usage
from constructs_lib.components.protection import Protection

DEFAULT_SIZE_GB = assumed_usage().size_gb
"""The size assumed where none is given, in GB; shown with every figure that depends on it."""


class Kind(StrEnum):
    """What a component is. `KINDS` of the catalog have patterns to choose from; the others are found in plans."""

    BUCKET = "bucket"
    DISTRIBUTION = "distribution"
    TABLE = "table"
    DATABASE = "database"
    FILESYSTEM = "filesystem"
    RECORD = "record"
    SECRET = "secret"
    KEY = "key"
    REPOSITORY = "repository"
    SERVICE = "service"
    EXTERNAL = "external"


class Component(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that holds state or routes traffic, with its protections.

    Args:
        name: A construct's name, or the Terraform address of its main resource.
        kind: What it is.
        region: The Region it lives in; None where the source does not say.
        protections: What is done for it.
        engine: The engine of a database, such as `postgres` or `aurora-mysql`.
        size_gb: Its size in GB, which restores and copies depend on. Default 100.
        tags: Its tags, where the source has them.
    """

    name: str
    kind: Kind
    region: str | None = None
    protections: tuple[Protection, ...] = ()
    engine: str | None = None
    size_gb: int = DEFAULT_SIZE_GB
    tags: tuple[tuple[str, str], ...] = ()

    def protection(self, mechanism: str) -> Protection | None:
        """Return the first protection by *mechanism*, or None."""
        return next((item for item in self.protections if item.mechanism == mechanism), None)
