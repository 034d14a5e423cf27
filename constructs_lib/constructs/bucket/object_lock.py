"""How long an object version cannot be deleted."""

from __future__ import annotations

import attrs

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.limits import check_limit


def _mode() -> str:
    return str(load_catalog().mechanism("bucket", "object_lock").defaults["mode"])


def _days() -> int:
    return int(load_catalog().mechanism("bucket", "object_lock").defaults["retention_days"])


@attrs.frozen(kw_only=True)
class ObjectLock:
    """S3 Object Lock: every version written is locked for some days.

    Args:
        mode: `GOVERNANCE`, which a principal with `s3:BypassGovernanceRetention` can lift, or `COMPLIANCE`, which
            nobody can, the root user included. Default: the catalog's.
        days: Days from the moment a version is written. Default: the catalog's.

    Raises:
        ConfigurationError: If AWS has no such mode, or the days are not a whole number it accepts.
    """

    mode: str = attrs.field(factory=_mode)
    days: int = attrs.field(factory=_days)

    def __attrs_post_init__(self) -> None:
        check_limit("s3.object_lock_mode", self.mode, "the mode of the object lock")
        check_limit("s3.object_lock_days", self.days, "the days of the object lock")
