"""A bucket that somebody else manages, with what can be added to it from outside."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from constructs_lib.catalog.limits import limit
from constructs_lib.components import Kind
from constructs_lib.constructs.bucket.bucket_name import check_bucket_names, claim_bucket_names
from constructs_lib.constructs.bucket.lifecycle import Lifecycle
from constructs_lib.constructs.bucket.options import BucketOptions, ReplicationOptions, copied_to
from constructs_lib.constructs.bucket.outside_bucket import OutsideBucket
from constructs_lib.constructs.bucket.regional_bucket import RegionalBucket
from constructs_lib.constructs.bucket.replication import Replication
from constructs_lib.constructs.sites.component_name import build_component
from constructs_lib.constructs.sites.output import check_outputs, write_output
from constructs_lib.constructs.workload.as_it_stands import as_it_stands
from constructs_lib.constructs.workload.decide import commit, decide, sites_of
from constructs_lib.refusal import check_flag, check_type, refuse
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.placement import part
from constructs_lib.terraform.token import is_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.constructs.bucket.object_lock import ObjectLock
    from constructs_lib.constructs.bucket.options import BucketPattern
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.constructs.workload.workload import Workload
    from constructs_lib.costs import Usage
    from constructs_lib.objectives import Objective
    from constructs_lib.objectives.acceptance import Acceptance

# Dots too: what exists may have them, though they break TLS with virtual-hosted addresses.
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", re.ASCII)
_KEY = re.compile(r"arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+", re.ASCII)


class ExistingBucket(Construct):
    """A bucket that is managed elsewhere, in the primary Region; `Bucket.existing` makes it.

    What has a resource of its own is added where it lacks: versioning, a lifecycle configuration, replication with its
    role, and the copy in the recovery Region with all that a `Bucket` has. Its policy, its encryption and its public
    access stay its owner's. A bucket has one replication configuration: ours takes the place of any it has. Objects
    that are there already need one S3 Batch Replication job.

    ```python
    Bucket.existing(shop, "files", name="our-files", versioning=True)
    ```

    Args:
        place: The workload, or sites together with *objective*.
        id: The component's id: starts the names of what is built.
        name: The bucket's name.
        versioning: Whether it has versioning already. Default: no, and it is turned on; it cannot be turned off again.
        noncurrent_days: How long its lifecycle keeps versions that were replaced or deleted. Default: for ever.
        lifecycle: The whole lifecycle configuration of the bucket, in the place of any there is. Default: its owner's.
        object_lock: The Object Lock that it has. The copy is locked by the same terms, and the role that replicates may
            read what each object is locked by; it has versioning then. Default: it has none.
        key_arn: The KMS key that its objects are encrypted with; its policy must let IAM decide, for the role that
            replicates. Default: one of S3.
        read_by_cloudfront: Whether its policy lets CloudFront read it. A `Distribution` over it asks its owner
            otherwise. Default False.
        objective: A promise of its own. Default: the workload's.
        accept: A looser promise, accepted in writing. Default: none.
        pattern: `versioning`, `replication` or `replication_rtc`. Default: the cheapest that keeps the objective.
        usage: What its bill depends on. Default: the assumptions of `Usage`.
        tags: Extra tags of what is built.
        recovery_name: A name of your own for the copy. Default: `<sites>-<id>-<region>-<account>`.
        replicate_deletes: As of `Bucket`. Default True.
        recovery_storage_class: As of `Bucket`. Default: that of the object.
        deletion_protection: Whether Terraform refuses to destroy the copy. Default: that of the sites, True.

    Attributes:
        decision: What was decided, of the bucket as it stands.
        sites: Where it is built.
        primary: The bucket, with what is added to it.
        recovery: The bucket of the recovery Region, or None.
        replication: From primary to recovery, or None.
        read_by_cloudfront: As given.

    Raises:
        InfeasibleError: If no pattern keeps the objective.
        ConfigurationError: If an option is not allowed; the message says what is.
    """

    def __init__(
        self,
        place: Workload | Sites,
        id: str,
        *,
        name: str,
        versioning: bool = False,
        noncurrent_days: int | None = None,
        lifecycle: Lifecycle | None = None,
        object_lock: ObjectLock | None = None,
        key_arn: str | None = None,
        read_by_cloudfront: bool = False,
        objective: Objective | None = None,
        accept: Acceptance | None = None,
        pattern: BucketPattern | None = None,
        usage: Usage | None = None,
        tags: Mapping[str, str] | None = None,
        recovery_name: str | None = None,
        replicate_deletes: bool = True,
        recovery_storage_class: str | None = None,
        deletion_protection: bool | None = None,
    ) -> None:
        sites = sites_of(place, f"bucket {id!r}")
        _check(name, key_arn, noncurrent_days)
        check_flag(versioning, "versioning")
        check_flag(read_by_cloudfront, "read_by_cloudfront")
        if lifecycle is not None:
            check_type(lifecycle, Lifecycle, "lifecycle", "Lifecycle(...)")
            noncurrent_days = lifecycle.noncurrent_days
        options = BucketOptions(
            name=None if recovery_name is None or sites.recovery is None else {sites.recovery.region: recovery_name},
            lifecycle=lifecycle,
            object_lock=object_lock,
            log_bucket=None,
            minimum_tls=None,
            event_bridge=False,
            deletion_protection=sites.protects(deletion_protection),
        )
        copying = ReplicationOptions(
            replicate_deletes=replicate_deletes,
            recovery_storage_class=recovery_storage_class,
            replication_topic=None,
            backlog_bytes=None,
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
            features=("existing",),
        )
        if noncurrent_days is not None:
            days = decision.setting("versioning", "noncurrent_days")
            asks = {"versioning": f"have the lifecycle of bucket {name} keep noncurrent versions for {days} days"}
            decision = as_it_stands(decision, {"versioning": {"noncurrent_days": noncurrent_days}}, asks)
        there = sites.recovery if decision.uses("replication") else None
        if there is None and recovery_name is not None:
            refuse("recovery_name", recovery_name, f"none: {decision.pattern} makes no copy")
        options.check(decision, [] if there is None else [there])
        copying.check(decision, [] if there is None else [sites.primary])
        owner = f"bucket {id!r} of {sites.name}"
        named = (name, *(() if recovery_name is None else (recovery_name,)))
        check_bucket_names(sites, named, owner)
        if there is not None:
            check_outputs(there, [f"{decision.full_name}-recovery-name"])
            there.check_providers()
            sites.global_.check_providers(sites.primary.region, there.region)

        build_component(self, sites, id)
        commit(place, decision)
        claim_bucket_names(sites, named, owner)
        self.decision = decision
        self.sites = sites
        sites.elsewhere[id] = lambda: self.arn
        self.read_by_cloudfront = read_by_cloudfront
        self.primary = OutsideBucket(
            self,
            sites.primary,
            name,
            key_arn=key_arn,
            versioning=versioning or object_lock is not None,
            lifecycle=lifecycle,
            object_lock=object_lock,
        )
        self.recovery: RegionalBucket | None = None
        self.replication: Replication | None = None
        if there is not None:
            self.recovery = RegionalBucket(part(there.scope, id), there, decision, options)
            self.replication = Replication(
                part(sites.global_.scope, id),
                "Default",
                sites.global_,
                decision,
                copying,
                source=self.primary,
                destination=self.recovery,
            )
            label = f"name of the bucket in {there.region}"
            write_output(there, f"{decision.full_name}-recovery-name", self.recovery.name, label)

    @property
    def name(self) -> str:
        """The bucket's name."""
        return self.primary.name

    @property
    def arn(self) -> str:
        """The bucket's ARN."""
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
        """Let CloudFront read the copy, as `Bucket.allow_distribution` does; the bucket's own policy is its owner's."""
        if self.recovery is not None:
            self.recovery.allow_distribution(distribution_arn, see_what_is_missing=see_what_is_missing)

    def asked_for_distribution(self, *, see_what_is_missing: bool) -> tuple[str, ...]:
        """Return what the bucket's owner is asked to do for a distribution over it.

        Args:
            see_what_is_missing: As of `Bucket.allow_distribution`.
        """
        if self.read_by_cloudfront:
            return ()
        acts = "s3:GetObject and s3:ListBucket" if see_what_is_missing else "s3:GetObject"
        where = "where aws:SourceArn is like arn:aws:cloudfront::<account>:distribution/*"
        asked = [f"let cloudfront.amazonaws.com do {acts} in the policy of bucket {self.name}, {where}"]
        key = self.primary.key_arn_in(self.primary.site)
        if key is not None:
            asked.append(f"let cloudfront.amazonaws.com do kms:Decrypt in the policy of key {key}, {where}")
        return tuple(asked)


def _check(name: object, key_arn: object, noncurrent_days: int | None) -> None:
    if not isinstance(name, str) or not (is_token(name) or _NAME.fullmatch(name)):
        refuse("the name of the bucket", name, "that of a bucket that exists, such as our-files")
    if not is_token(name):
        limit("s3.bucket_name").check_length(name, "the name of the bucket")
    if key_arn is not None and (not isinstance(key_arn, str) or not (is_token(key_arn) or _KEY.fullmatch(key_arn))):
        refuse("key_arn", key_arn, "arn:aws:kms:<region>:<account>:key/<id>, or None")
    if noncurrent_days is not None:
        limit("s3.lifecycle_days").check(noncurrent_days, "noncurrent_days")
