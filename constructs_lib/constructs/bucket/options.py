"""What a caller may say about the buckets of a `Bucket`, checked before anything is built."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

import attrs
import msgspec

from constructs_lib.availability import Availability
from constructs_lib.catalog.limits import check_limit, limit
from constructs_lib.catalog.sla import sla
from constructs_lib.constructs.bucket.bucket_name import BucketName
from constructs_lib.constructs.bucket.lifecycle import Lifecycle
from constructs_lib.constructs.bucket.object_lock import ObjectLock
from constructs_lib.costs import Usage
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import check_flag, check_type, refuse
from constructs_lib.terraform.token import is_token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.selection.decision import Decision

BucketPattern = Literal[
    "versioning",
    "object_lock",
    "replication",
    "replication_rtc",
    "two_way_replication",
    "two_way_replication_rtc",
]
"""The patterns of the catalog for a bucket."""

_MOST_BYTES = 2**53
"""Eight petabytes, up to which the engine's numbers are exact."""

_TOPIC = re.compile(r"arn:aws:sns:([a-z0-9-]+):[0-9]{12}:[A-Za-z0-9_-]{1,256}", re.ASCII)


class BucketOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for the bucket of each Region, as `Bucket` takes and documents it.

    Raises:
        ConfigurationError: If an option is none that S3 accepts.
    """

    name: Mapping[str, str] | None
    lifecycle: Lifecycle | None
    object_lock: ObjectLock | None
    log_bucket: Mapping[str, str] | None
    minimum_tls: str | None
    event_bridge: bool
    deletion_protection: bool

    def __post_init__(self) -> None:
        if self.lifecycle is not None:
            check_type(self.lifecycle, Lifecycle, "lifecycle", "Lifecycle(...)")
        if self.object_lock is not None:
            check_type(self.object_lock, ObjectLock, "object_lock", "ObjectLock(...)")
        check_flag(self.event_bridge, "event_bridge")
        check_flag(self.deletion_protection, "deletion_protection")
        if self.minimum_tls is not None:
            check_limit("s3.minimum_tls", self.minimum_tls, "minimum_tls")

    def check(self, decision: Decision, sites: Sequence[Site]) -> None:
        """Check what depends on where the buckets are.

        Args:
            decision: What was decided.
            sites: The sites that get a bucket.

        Raises:
            ConfigurationError: If an option names another Region, or S3 would not accept a name.
        """
        regions = [site.region for site in sites]
        _check_by_region(self.name, "name", regions)
        _check_by_region(self.log_bucket, "log_bucket", regions)
        _check_class(decision, None if self.lifecycle is None else self.lifecycle.transition_class)
        for site in sites:
            called = self.name_in(decision, site)
            called.check(site)
            logs = self.log_bucket_in(site)
            if logs is not None and logs == called.known(site):
                msg = (
                    f"log_bucket for {site.region} is {logs!r}, the bucket itself: each log would cause another; "
                    f"name another bucket"
                )
                raise ConfigurationError(msg)

        given = [(self.name or {}).get(site.region) for site in sites]
        if len(given) > 1 and given[0] is not None and given.count(given[0]) > 1:
            where = " and in ".join(regions)
            msg = f"the name of the bucket is {given[0]!r} in {where}, and S3 has each name once; give two"
            raise ConfigurationError(msg)

    def name_in(self, decision: Decision, site: Site) -> BucketName:
        """Return the name of the site's bucket."""
        return BucketName(start=decision.full_name, region=site.region, given=(self.name or {}).get(site.region))

    def log_bucket_in(self, site: Site) -> str | None:
        """Return where the site's bucket writes its access logs, or None."""
        return (self.log_bucket or {}).get(site.region)

    def lock_of(self, decision: Decision) -> ObjectLock | None:
        """Return the lock asked for, or the one that the pattern is made of."""
        return self.object_lock or (ObjectLock() if decision.uses("object_lock") else None)


class ReplicationOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for the copy, as `Bucket` takes and documents it.

    Raises:
        ConfigurationError: If an option is none that S3 accepts.
    """

    replicate_deletes: bool
    recovery_storage_class: str | None
    replication_topic: Mapping[str, str] | None
    backlog_bytes: int | None

    def __post_init__(self) -> None:
        check_flag(self.replicate_deletes, "replicate_deletes")

    def check(self, decision: Decision, sources: Sequence[Site]) -> None:
        """Check what depends on the pattern.

        Args:
            decision: What was decided.
            sources: The sites whose buckets are copied from.

        Raises:
            ConfigurationError: If there is no copy for an option, or S3 would not accept it.
        """
        _check_by_region(self.replication_topic, "replication_topic", [site.region for site in sources])
        for region, arn in (self.replication_topic or {}).items():
            form = _TOPIC.fullmatch(arn)
            if not is_token(arn) and (form is None or form[1] != region):
                refuse(f"replication_topic for {region}", arn, f"arn:aws:sns:{region}:<account>:<name>")
        for name in ("recovery_storage_class", "backlog_bytes"):
            value = getattr(self, name)
            if value is not None and not sources:
                msg = f"{name} is {value!r}, but pattern {decision.pattern} makes no copy; leave it out"
                raise ConfigurationError(msg)
        if self.recovery_storage_class is not None:
            check_limit("s3.immediate_storage_class", self.recovery_storage_class, "recovery_storage_class")
        size = self.backlog_bytes
        if size is not None and (isinstance(size, bool) or not isinstance(size, int) or not 0 < size <= _MOST_BYTES):
            refuse("backlog_bytes", size, f"a whole number of bytes, 1 to {_MOST_BYTES}")
        _check_class(decision, self.recovery_storage_class, replica=True)

    def topic_in(self, site: Site) -> str | None:
        """Return the topic told of what is not copied from the site's bucket, or None."""
        return (self.replication_topic or {}).get(site.region)


def copied_to(usage: Usage | None, recovery_storage_class: object) -> Usage | None:
    """Return what the bill depends on, with the class that the copy is written to; what is none is refused later."""
    known = limit("s3.immediate_storage_class").values
    if recovery_storage_class not in known or not isinstance(usage, Usage | None):
        return usage
    return attrs.evolve(usage or Usage(), copy_storage_class=recovery_storage_class)


def _check_by_region(given: object, option: str, regions: Sequence[str]) -> None:
    if given is None:
        return
    there_are = f"this pattern has {' and '.join(regions)}" if regions else "this pattern does not replicate"
    if not isinstance(given, Mapping):
        refuse(option, given, f"a mapping by Region: {there_are}")
    for region, value in given.items():
        if region not in regions:
            msg = f"{option} names {region!r}; {there_are}"
            raise ConfigurationError(msg)
        if not isinstance(value, str) or not value.strip():
            refuse(f"{option} for {region}", value, "a string that is not empty")


def _check_class(decision: Decision, storage_class: str | None, *, replica: bool = False) -> None:
    """Refuse a class whose service level agreement does not support the uptime that was found to be kept.

    The assessment takes every object for one in STANDARD.
    """
    promised = decision.kept.uptime
    if promised is None or storage_class in (None, "STANDARD"):
        return
    colder = sla("s3.infrequent_access").percent
    # More than one Region's agreement gives is only kept by both Regions together, each with its own.
    most = sla("s3.standard").percent if replica else colder
    if promised > Availability.from_percent(most):
        option = "recovery_storage_class" if replica else "transition_class"
        msg = (
            f"{option} is {storage_class}, and AWS promises {colder} % for objects in it, so that an uptime of "
            f"{promised} is not kept; leave the class out, or promise at most {most} %"
        )
        raise ConfigurationError(msg)
