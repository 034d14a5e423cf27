"""A bucket that keeps an objective."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from constructs_lib.components import Kind
from constructs_lib.constructs.bucket.bucket_name import check_bucket_names, claim_bucket_names
from constructs_lib.constructs.bucket.existing_bucket import ExistingBucket
from constructs_lib.constructs.bucket.options import BucketOptions, ReplicationOptions, copied_to
from constructs_lib.constructs.bucket.regional_bucket import RegionalBucket
from constructs_lib.constructs.bucket.replication import Replication
from constructs_lib.constructs.sites.component_name import build_component
from constructs_lib.constructs.sites.output import check_outputs, write_output
from constructs_lib.constructs.workload.decide import commit, decide, sites_of
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.placement import part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.constructs.bucket.lifecycle import Lifecycle
    from constructs_lib.constructs.bucket.object_lock import ObjectLock
    from constructs_lib.constructs.bucket.options import BucketPattern
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.constructs.workload.workload import Workload
    from constructs_lib.costs import Usage
    from constructs_lib.objectives import Objective
    from constructs_lib.objectives.acceptance import Acceptance
    from constructs_lib.selection.decision import Decision


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
        deletion_protection: Whether Terraform refuses to destroy the buckets. Default: that of the sites, True.

    Attributes:
        decision: What was decided, and why.
        sites: Where it is built.
        primary: The bucket of the primary Region with all its resources.
        recovery: The bucket of the recovery Region, or None.
        replication: From primary to recovery, or None.
        reverse_replication: From recovery to primary, or None.

    Raises:
        InfeasibleError: If no pattern keeps the objective.
        ConfigurationError: If an option is not allowed; the message says what is.
    """

    existing = ExistingBucket
    """`Bucket.existing(shop, "files", name=...)`: a bucket that is managed elsewhere and stays so."""

    def __init__(
        self,
        place: Workload | Sites,
        id: str,
        *,
        objective: Objective | None = None,
        accept: Acceptance | None = None,
        pattern: BucketPattern | None = None,
        usage: Usage | None = None,
        tags: Mapping[str, str] | None = None,
        name: Mapping[str, str] | None = None,
        lifecycle: Lifecycle | None = None,
        object_lock: ObjectLock | None = None,
        replicate_deletes: bool = True,
        recovery_storage_class: str | None = None,
        log_bucket: Mapping[str, str] | None = None,
        minimum_tls: Literal["1.2", "1.3"] | None = None,
        event_bridge: bool = False,
        replication_topic: Mapping[str, str] | None = None,
        backlog_bytes: int | None = None,
        deletion_protection: bool | None = None,
    ) -> None:
        sites = sites_of(place, f"bucket {id!r}")
        options = BucketOptions(
            name=name,
            lifecycle=lifecycle,
            object_lock=object_lock,
            log_bucket=log_bucket,
            minimum_tls=minimum_tls,
            event_bridge=event_bridge,
            deletion_protection=sites.protects(deletion_protection),
        )
        copying = ReplicationOptions(
            replicate_deletes=replicate_deletes,
            recovery_storage_class=recovery_storage_class,
            replication_topic=replication_topic,
            backlog_bytes=backlog_bytes,
        )
        decision = decide(
            place,
            id,
            Kind.BUCKET,
            objective=objective,
            accept=accept,
            pattern=pattern,
            usage=copied_to(usage, recovery_storage_class),
            tags=tags,
            settings={} if lifecycle is None else {"versioning": {"noncurrent_days": lifecycle.noncurrent_days}},
        )
        there = sites.recovery if decision.uses("replication") else None
        both_ways = decision.setting("replication", "two_way") is True
        places = [site for site in (sites.primary, there) if site is not None]
        options.check(decision, places)
        copying.check(decision, [] if there is None else places if both_ways else places[:1])
        owner = f"bucket {id!r} of {sites.name}"
        given = dict(options.name or {})
        named = tuple(given[site.region] for site in places if site.region in given)
        check_bucket_names(sites, named, owner)
        for site in places:
            check_outputs(site, [_output_name(decision, site)])
        if there is not None:
            there.check_providers()
            sites.global_.check_providers(*(site.region for site in places))

        build_component(self, sites, id)
        commit(place, decision)
        claim_bucket_names(sites, named, owner)
        self.decision = decision
        self.sites = sites
        self.primary = RegionalBucket(self, sites.primary, decision, options)
        self.recovery = None if there is None else RegionalBucket(part(there.scope, id), there, decision, options)
        self.replication: Replication | None = None
        self.reverse_replication: Replication | None = None
        if self.recovery is not None:
            links = part(sites.global_.scope, id)
            self.replication = Replication(
                links, "Default", sites.global_, decision, copying, source=self.primary, destination=self.recovery
            )
            if both_ways:
                self.reverse_replication = Replication(
                    links, "Reverse", sites.global_, decision, copying, source=self.recovery, destination=self.primary
                )
        for bucket in (self.primary, self.recovery):
            if bucket is not None:
                label = f"name of the bucket in {bucket.region}"
                write_output(bucket.site, _output_name(decision, bucket.site), bucket.name_in(bucket.site), label)

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


def _output_name(decision: Decision, site: Site) -> str:
    return f"{decision.full_name}-{'recovery-name' if site.role == 'recovery' else 'name'}"
