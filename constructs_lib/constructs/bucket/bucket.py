"""A bucket that keeps an objective."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from constructs_lib.availability import Availability
from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.limits import check_limit
from constructs_lib.catalog.mechanism import parameter
from constructs_lib.catalog.sla import sla
from constructs_lib.components import Kind
from constructs_lib.constructs.bucket.bucket_name import BucketName
from constructs_lib.constructs.bucket.lifecycle import Lifecycle
from constructs_lib.constructs.bucket.object_lock import ObjectLock
from constructs_lib.constructs.bucket.regional_bucket import RegionalBucket
from constructs_lib.constructs.bucket.replication import Replication
from constructs_lib.constructs.flag import check_flag
from constructs_lib.constructs.sites.output import write_output
from constructs_lib.constructs.workload.settlement import settle
from constructs_lib.errors import ConfigurationError
from constructs_lib.objectives import Disruption
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.token import is_token

if TYPE_CHECKING:
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.constructs.workload.settlement import Settlement
    from constructs_lib.constructs.workload.workload import Workload
    from constructs_lib.costs import Usage
    from constructs_lib.objectives import Objective
    from constructs_lib.objectives.acceptance import Acceptance

_TOPIC = re.compile(r"arn:aws:sns:([a-z0-9-]+):[0-9]{12}:[A-Za-z0-9_-]{1,256}", re.ASCII)


class Bucket(Construct):
    """An S3 bucket, and where the objective asks for it a copy in the recovery Region that S3 keeps up to date.

    Every bucket has versioning, encryption with the site's KMS key and a Bucket Key, no public access, no access
    control lists, and a policy that refuses requests without TLS. Replication starts with what is written after it:
    objects that are there already need one S3 Batch Replication job.

    Args:
        place: The workload, or sites together with *objective*.
        id: The component's id: part of the buckets' names, so lower-case letters, digits and hyphens.
        objective: A promise of its own. Default: the workload's.
        accept: A looser promise, accepted in writing. Default: none.
        pattern: The one pattern to use: `versioning`, `object_lock`, `replication`, `replication_rtc`,
            `two_way_replication` or `two_way_replication_rtc`. Default: the cheapest that keeps the objective.
        usage: What its bill depends on. Default: the assumptions of `Usage`.
        tags: Extra tags.
        name: Names of your own, by Region. Default: `<sites>-<id>-<region>-<account>`.
        lifecycle: How long versions stay, and where old objects go. Default: `Lifecycle()`. The service level agreement
            for the classes that objects move to is lower than that for STANDARD, which limits the uptime promised.
        object_lock: Locks what is written, in both Regions. Default: only the pattern `object_lock` does. S3 cannot
            switch it off again, and Terraform replaces a bucket to switch it on.
        replicate_deletes: Whether a delete hides the object in the recovery bucket too. Default True: otherwise what
            users deleted comes back with a failover. It takes nothing away, as only the marker is replicated and the
            version under it stays in both buckets; S3 never replicates the deletion of a version.
        recovery_storage_class: The storage class of replicas. Default: that of the object. Another one than STANDARD
            rules out an uptime that only both Regions together keep.
        log_bucket: Buckets for server access logs, by Region. Each must be in that Region and must let
            `logging.s3.amazonaws.com` write. Default: no logs.
        minimum_tls: `1.2` or `1.3`: refuse older versions. Default: S3's own minimum.
        event_bridge: Whether S3 sends its events to EventBridge. Default False.
        replication_topic: SNS topics, by source Region, told of each object that was not replicated, and with
            Replication Time Control of each that was late. The topic's policy must let `s3.amazonaws.com` publish.
            Default: none; the alarms tell of both.
        backlog_bytes: Rings an alarm when more bytes than this wait for replication. Default: no such alarm.
        deletion_protection: Whether Terraform refuses to destroy the buckets. Default True.

    Attributes:
        settlement: What was decided, and why.
        primary: The bucket of the primary Region with all its resources.
        recovery: The bucket of the recovery Region, or None.
        replication: From primary to recovery, or None.
        reverse_replication: From recovery to primary, or None.

    Raises:
        InfeasibleError: If no pattern keeps the objective.
        ConfigurationError: If an option is not allowed; the message says what is.
    """

    def __init__(
        self,
        place: Workload | Sites,
        id: str,
        *,
        objective: Objective | None = None,
        accept: Acceptance | None = None,
        pattern: str | None = None,
        usage: Usage | None = None,
        tags: Mapping[str, str] | None = None,
        name: Mapping[str, str] | None = None,
        lifecycle: Lifecycle | None = None,
        object_lock: ObjectLock | None = None,
        replicate_deletes: bool = True,
        recovery_storage_class: str | None = None,
        log_bucket: Mapping[str, str] | None = None,
        minimum_tls: str | None = None,
        event_bridge: bool = False,
        replication_topic: Mapping[str, str] | None = None,
        backlog_bytes: int | None = None,
        deletion_protection: bool = True,
    ) -> None:
        _check_type(lifecycle, Lifecycle, "lifecycle")
        _check_type(object_lock, ObjectLock, "object_lock")
        check_flag(replicate_deletes, "replicate_deletes")
        check_flag(event_bridge, "event_bridge")
        check_flag(deletion_protection, "deletion_protection")
        settlement = settle(
            place,
            id,
            Kind.BUCKET,
            objective=objective,
            accept=accept,
            pattern=pattern,
            usage=usage,
            tags=tags,
            settings={} if lifecycle is None else {"versioning": {"noncurrent_days": lifecycle.noncurrent_days}},
        )
        sites = settlement.sites
        self.settlement = settlement
        target = sites.recovery if settlement.protection("replication") is not None else None
        regions = [site.region for site in (sites.primary, target) if site is not None]
        names = _by_region(name, "name", regions)
        logs = _by_region(log_bucket, "log_bucket", regions)
        topics = _by_region(replication_topic, "replication_topic", _sources(settlement))
        _check_topics(topics)
        if minimum_tls is not None:
            check_limit("s3.minimum_tls", minimum_tls, "minimum_tls")
        _check_copy(settlement, recovery_storage_class, backlog_bytes)
        _check_classes(settlement, lifecycle, recovery_storage_class)
        for site in (sites.primary, target):
            if site is not None:
                called = BucketName(start=settlement.full_name, region=site.region, given=names.get(site.region))
                called.check(site)
                if logs.get(site.region) == called.in_stack_of(site):
                    msg = (
                        f"log_bucket for {site.region} is {logs[site.region]!r}, the bucket itself: each log would "
                        f"cause another; name another bucket"
                    )
                    raise ConfigurationError(msg)

        def bucket_in(scope: Construct, site: Site) -> RegionalBucket:
            return RegionalBucket(
                scope,
                site,
                name=BucketName(start=settlement.full_name, region=site.region, given=names.get(site.region)),
                lifecycle=lifecycle or Lifecycle(),
                lock=object_lock or (ObjectLock() if settlement.protection("object_lock") else None),
                log_bucket=logs.get(site.region),
                minimum_tls=minimum_tls,
                event_bridge=event_bridge,
                deletion_protection=deletion_protection,
                tags=settlement.tags,
            )

        super().__init__(sites.primary.scope, id)
        self.primary = bucket_in(self, sites.primary)
        self.recovery = None if target is None else bucket_in(Construct(target.scope, id), target)
        self.replication: Replication | None = None
        self.reverse_replication: Replication | None = None
        for bucket, label in ((self.primary, "name"), (self.recovery, "recovery-name")):
            if bucket is not None:
                name_of = f"name of the bucket in {bucket.region}"
                write_output(bucket.site, f"{settlement.full_name}-{label}", bucket.name, name_of)
        if self.recovery is None:
            return

        links = Construct(sites.global_.scope, id)

        def replicate(source: RegionalBucket, destination: RegionalBucket, id_: str, role_id: str) -> Replication:
            return Replication(
                links,
                id_,
                role_id,
                sites.global_,
                name=settlement.full_name,
                source=source,
                destination=destination,
                time_control=_asks(settlement, "rtc"),
                both_ways=_asks(settlement, "two_way"),
                replicate_deletes=replicate_deletes,
                storage_class=recovery_storage_class if destination is self.recovery else None,
                rpo_seconds=_alarming_rpo(settlement),
                backlog_bytes=backlog_bytes,
                topic_arn=topics.get(source.region),
                tags=settlement.tags,
            )

        self.replication = replicate(self.primary, self.recovery, "Default", "role")
        if _asks(settlement, "two_way"):
            self.reverse_replication = replicate(self.recovery, self.primary, "reverse", "reverse-role")

    @property
    def name(self) -> str:
        """The name of the primary bucket, for the primary stack."""
        return self.primary.name

    @property
    def arn(self) -> str:
        """The ARN of the primary bucket, for the primary stack."""
        return self.primary.arn

    @property
    def recovery_name(self) -> str | None:
        """The name of the recovery bucket, for the recovery stack; None where there is none."""
        return None if self.recovery is None else self.recovery.name

    @property
    def recovery_arn(self) -> str | None:
        """The ARN of the recovery bucket, for the recovery stack; None where there is none."""
        return None if self.recovery is None else self.recovery.arn

    def allow_distribution(self, distribution_arn: str | None = None, *, see_what_is_missing: bool = False) -> None:
        """Let CloudFront read both buckets; a `Distribution` over the bucket calls this itself.

        Args:
            distribution_arn: The one distribution that may; a reference to it only where bucket and distribution are
                in one stack. Default: any distribution of the account.
            see_what_is_missing: Whether a missing object is answered with 404, not 403. It permits listing, so the
                distribution needs a default root object. Default False.
        """
        for bucket in (self.primary, self.recovery):
            if bucket is not None:
                bucket.allow_distribution(distribution_arn, see_what_is_missing=see_what_is_missing)


def _asks(settlement: Settlement, name: str) -> bool:
    protection = settlement.protection("replication")
    mechanism = load_catalog().mechanism("bucket", "replication")
    return protection is not None and parameter(name, protection.parameters, mechanism) is True


def _sources(settlement: Settlement) -> list[str]:
    """Return the Regions S3 replicates from."""
    if settlement.protection("replication") is None:
        return []
    sites = settlement.sites
    both = _asks(settlement, "two_way")
    return [site.region for site in (sites.primary, sites.recovery if both else None) if site is not None]


def _alarming_rpo(settlement: Settlement) -> int:
    """Return the seconds behind at which more would be lost than the choice rests on.

    With Replication Time Control that is its own limit, whatever looser RPO is promised: a replica that is later is a
    fault to look into. Without it, it is the promise.
    """
    assessment = settlement.assessment
    promised = None if assessment.objective is None else assessment.objective.target(Disruption.REGION)
    if promised is not None and not _asks(settlement, "rtc"):
        return promised.rpo
    estimated = assessment.estimates[Disruption.REGION].rpo_seconds
    assert estimated is not None, "the catalog gives replication an RPO"
    return estimated


def _check_type(value: object, class_: type, name: str) -> None:
    if value is not None and not isinstance(value, class_):
        msg = f"{name} is {value!r}; give {class_.__name__}(...)"
        raise ConfigurationError(msg)


def _by_region(given: Mapping[str, str] | None, option: str, regions: list[str]) -> Mapping[str, str]:
    if given is None:
        return {}
    there_are = f"this pattern has {' and '.join(regions)}" if regions else "this pattern does not replicate"
    if not isinstance(given, Mapping):
        msg = f"{option} is {given!r}; give a mapping by Region: {there_are}"
        raise ConfigurationError(msg)
    for region, value in given.items():
        if region not in regions:
            msg = f"{option} names {region!r}; {there_are}"
            raise ConfigurationError(msg)
        if not isinstance(value, str) or not value.strip():
            msg = f"{option} for {region} is {value!r}; give a string that is not empty"
            raise ConfigurationError(msg)
    return given


def _check_copy(settlement: Settlement, storage_class: object, backlog_bytes: object) -> None:
    given = {"recovery_storage_class": storage_class, "backlog_bytes": backlog_bytes}
    if settlement.protection("replication") is None:
        for name, value in given.items():
            if value is not None:
                msg = f"{name} is {value!r}, but pattern {settlement.pattern} makes no copy; leave it out"
                raise ConfigurationError(msg)
        return
    if storage_class is not None:
        check_limit("s3.immediate_storage_class", storage_class, "recovery_storage_class")
    if backlog_bytes is not None and (
        isinstance(backlog_bytes, bool) or not isinstance(backlog_bytes, int) or backlog_bytes < 1
    ):
        msg = f"backlog_bytes is {backlog_bytes!r}; give a whole number of bytes, 1 or more"
        raise ConfigurationError(msg)


def _check_topics(topics: Mapping[str, str]) -> None:
    for region, arn in topics.items():
        if is_token(arn):
            continue
        form = _TOPIC.fullmatch(arn)
        if form is None or form[1] != region:
            msg = f"replication_topic for {region} is {arn!r}; give arn:aws:sns:{region}:<account>:<name>"
            raise ConfigurationError(msg)


def _check_classes(settlement: Settlement, lifecycle: Lifecycle | None, storage_class: str | None) -> None:
    """Refuse classes whose service level agreement does not support the uptime that was found to be kept.

    The assessment takes every object for one in STANDARD.
    """
    objective = settlement.assessment.objective
    promised = None if objective is None else objective.uptime
    if promised is None:
        return
    colder, standard = sla("s3.infrequent_access").percent, sla("s3.standard").percent
    moved = None if lifecycle is None else lifecycle.transition_class
    # More than one Region's agreement gives is only kept by both Regions together, each with its own.
    for option, class_, most in (
        ("transition_class", moved, colder),
        ("recovery_storage_class", storage_class, standard),
    ):
        if class_ not in (None, "STANDARD") and promised > Availability.from_percent(most):
            msg = (
                f"{option} is {class_}, and AWS promises {colder} % for objects in it, so that an uptime of {promised} "
                f"is not kept; leave the class out, or promise at most {most} %"
            )
            raise ConfigurationError(msg)
