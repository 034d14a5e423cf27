"""A CloudFront distribution over a bucket in each Region."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from constructs_lib.catalog.limits import limit
from constructs_lib.components import Kind
from constructs_lib.constructs.bucket.bucket import Bucket
from constructs_lib.constructs.bucket.existing_bucket import ExistingBucket
from constructs_lib.constructs.distribution.cache_behavior import READS
from constructs_lib.constructs.distribution.options import FAILOVER_CODES, DistributionOptions
from constructs_lib.constructs.sites.alarm import alarm
from constructs_lib.constructs.sites.component_name import build_component
from constructs_lib.constructs.sites.fitted_name import fitted_name
from constructs_lib.constructs.sites.output import check_outputs, write_output
from constructs_lib.constructs.workload.decide import commit, decide, sites_of
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import refuse
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.placement import part
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.constructs.bucket.outside_bucket import OutsideBucket
    from constructs_lib.constructs.bucket.regional_bucket import RegionalBucket
    from constructs_lib.constructs.distribution.cache_behavior import CacheBehavior
    from constructs_lib.constructs.distribution.options import DistributionPattern
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.constructs.workload.workload import Workload
    from constructs_lib.costs import Usage
    from constructs_lib.objectives import Objective
    from constructs_lib.objectives.acceptance import Acceptance
    from constructs_lib.selection.decision import Decision

_PRIMARY, _RECOVERY, _GROUP = "primary", "recovery", "primary-then-recovery"
_MINUTE = 60


class Distribution(Construct):
    """A CloudFront distribution that reads a bucket and, where the objective asks for it, fails over to its copy.

    With the pattern `origin_group` each request tries the bucket of the primary Region first and the copy next:
    nothing has to be decided or changed when a Region is lost, and nothing to come back. Only reads fail over. How
    much of what was written last the copy lacks is the bucket's RPO, not the distribution's.

    All of it belongs to the global site, as CloudFront has its control plane and its metrics there.

    Args:
        place: The workload, or sites together with *objective*.
        id: The component's id.
        bucket: What is served, a `Bucket` or a `Bucket.existing`; it must be built over the same sites.
        objective: A promise of its own. Default: the workload's.
        accept: A looser promise, accepted in writing. Default: none.
        pattern: `single_origin` or `origin_group`. Default: the cheapest that keeps the objective.
        usage: What its bill depends on. Default: the assumptions of `Usage`.
        tags: Extra tags.
        aliases: Names of your own, such as `www.example.com`. Needs *certificate_arn*. Default: none.
        certificate_arn: The certificate for them, in us-east-1. Default: CloudFront's own, with which CloudFront and
            not you sets the oldest TLS version.
        default_root_object: What `/` answers with. Default `index.html`. None: nothing; then S3 answers 403 for an
            object that is missing, since the permission to tell would also show the list of objects at `/`.
        failover_codes: The answers that send a request to the copy. Default 500, 502, 503 and 504; a primary that
            does not answer at all counts as 503 or 504. With 404 (or 403) each request for what exists nowhere asks
            both Regions, and a fault of the primary's policy is hidden; it pays only where the copy may hold what the
            primary lacks.
        allowed_methods: `GET` and `HEAD`, with or without `OPTIONS`. Default: with. Writes need a `CacheBehavior` with
            an origin.
        cache_policy: The name of a managed cache policy, or the id of one of your own. Default `CachingOptimized`.
        response_headers_policy: The same for response headers. Default `SecurityHeadersPolicy`.
        behaviors: What differs for some paths, in order. Default: none.
        web_acl_arn: A WAF web ACL of scope CLOUDFRONT. Default: none.
        log_bucket: Domain name of a bucket for access logs, such as `logs.s3.amazonaws.com`; it must allow access
            control lists. Default: no logs.
        price_class: The edge locations to use. Default `PriceClass_All`.
        error_rate_percent: The share of requests answered with 5xx that rings the alarm. Default 5.

    Attributes:
        decision: What was decided, and why.
        sites: Where it is built.
        bucket: What is served.
        origin_access_control: `aws_cloudfront_origin_access_control`.
        distribution: `aws_cloudfront_distribution`.
        error_alarm: The alarm on answers with 5xx; None without monitoring.
        failover_alarm: The alarm on requests that reach the copy, in the recovery Region; None where there is no copy.

    Raises:
        InfeasibleError: If no pattern keeps the objective.
        ConfigurationError: If an option is not allowed, or the objective needs a copy that the bucket does not have.
    """

    def __init__(
        self,
        place: Workload | Sites,
        id: str,
        *,
        bucket: Bucket | ExistingBucket,
        objective: Objective | None = None,
        accept: Acceptance | None = None,
        pattern: DistributionPattern | None = None,
        usage: Usage | None = None,
        tags: Mapping[str, str] | None = None,
        aliases: list[str] | tuple[str, ...] = (),
        certificate_arn: str | None = None,
        default_root_object: str | None = "index.html",
        failover_codes: Sequence[int] = FAILOVER_CODES,
        allowed_methods: Sequence[str] = READS,
        cache_policy: str = "CachingOptimized",
        response_headers_policy: str = "SecurityHeadersPolicy",
        behaviors: Sequence[CacheBehavior] = (),
        web_acl_arn: str | None = None,
        log_bucket: str | None = None,
        price_class: str = "PriceClass_All",
        error_rate_percent: float = 5,
    ) -> None:
        options = DistributionOptions(
            aliases=aliases,
            certificate_arn=certificate_arn,
            default_root_object=default_root_object,
            failover_codes=failover_codes,
            allowed_methods=allowed_methods,
            cache_policy=cache_policy,
            response_headers_policy=response_headers_policy,
            behaviors=behaviors,
            web_acl_arn=web_acl_arn,
            log_bucket=log_bucket,
            price_class=price_class,
            error_rate_percent=error_rate_percent,
        )
        decision = decide(
            place,
            id,
            Kind.DISTRIBUTION,
            objective=objective,
            accept=accept,
            pattern=pattern,
            usage=usage,
            tags=tags,
        )
        sites = sites_of(place, f"distribution {id!r}")
        site = sites.global_
        _check_bucket(bucket, sites, decision)
        if isinstance(bucket, ExistingBucket):
            asked = bucket.asked_for_distribution(see_what_is_missing=default_root_object is not None)
            decision = attrs.evolve(decision, asked=asked)
        site.check_providers()
        check_outputs(site, [f"{decision.full_name}-{label}" for label in ("url", "distribution-id")])

        build_component(self, sites, id, at=site)
        commit(place, decision)
        self.decision = decision
        self.sites = sites
        self.bucket = bucket
        self.origin_access_control = self._build_access_control()
        self.distribution = self._build_distribution(options)
        together = all(one is None or one.site.stack is site.stack for one in (bucket.primary, bucket.recovery))
        bucket.allow_distribution(
            self.distribution.here("arn") if together else None, see_what_is_missing=default_root_object is not None
        )
        self.error_alarm = self._build_alarm(options.error_rate_percent)
        self.failover_alarm = self._build_failover_alarm()
        for label, value in (("url", self.url), ("distribution-id", self.distribution_id)):
            write_output(site, f"{decision.full_name}-{label}", value, f"{label} of {id}")

    @property
    def domain_name(self) -> str:
        """CloudFront's own name for it, such as `d111111abcdef8.cloudfront.net`; the target of a DNS alias."""
        return self.distribution.ref("domain_name")

    @property
    def hosted_zone_id(self) -> str:
        """The hosted zone that a DNS alias to it names."""
        return self.distribution.ref("hosted_zone_id")

    @property
    def distribution_id(self) -> str:
        """CloudFront's id of it."""
        return self.distribution.ref("id")

    @property
    def arn(self) -> str:
        """Its ARN."""
        return self.distribution.ref("arn")

    @property
    def url(self) -> str:
        """Where it answers: the first alias, else CloudFront's own name."""
        aliases = self.distribution.arguments.get("aliases")
        return f"https://{aliases[0] if aliases else self.domain_name}"

    def _build_access_control(self) -> AwsResource:
        name = self.decision.full_name
        description = limit("cloudfront.origin_access_control_description").most
        return AwsResource(
            self,
            "OriginAccessControl",
            "aws_cloudfront_origin_access_control",
            {
                "name": fitted_name(name, limit("cloudfront.origin_access_control_name").most),
                "description": fitted_name(f"{name} reads its buckets", description),
                "origin_access_control_origin_type": "s3",
                "signing_behavior": "always",
                "signing_protocol": "sigv4",
            },
            provider=self.sites.global_.provider,
        )

    def _build_distribution(self, options: DistributionOptions) -> AwsResource:
        name = self.decision.full_name
        copy = self.bucket.recovery if self.decision.uses("origin_group") else None
        origins = [self._origin(_PRIMARY, self.bucket.primary)]
        group = None
        if copy is not None:
            origins.append(self._origin(_RECOVERY, copy))
            group = {
                "origin_id": _GROUP,
                "failover_criteria": {"status_codes": sorted(options.failover_codes)},
                "member": [{"origin_id": _PRIMARY}, {"origin_id": _RECOVERY}],
            }
        return AwsResource(
            self,
            "Default",
            "aws_cloudfront_distribution",
            {
                "comment": fitted_name(name, limit("cloudfront.comment").most),
                "enabled": True,
                "is_ipv6_enabled": True,
                "http_version": "http2and3",
                "origin": [*origins, *map(_own_origin, options.hosts)],
                "origin_group": group,
                "restrictions": {"geo_restriction": {"restriction_type": "none"}},
                **options.arguments(_PRIMARY if group is None else _GROUP, log_prefix=f"{name}/"),
                "tags": self.decision.tags,
            },
            provider=self.sites.global_.provider,
        )

    def _origin(self, id: str, bucket: RegionalBucket | OutsideBucket) -> dict[str, object]:
        return {
            "origin_id": id,
            "domain_name": bucket.domain_name_in(self.sites.global_),
            "origin_access_control_id": self.origin_access_control.here("id"),
            "connection_attempts": self.decision.setting("origin_group", "connection_attempts"),
            "connection_timeout": self.decision.setting("origin_group", "connection_timeout_seconds"),
        }

    def _build_alarm(self, percent: float) -> AwsResource | None:
        return alarm(
            self,
            "Errors",
            self.sites.global_,
            name=f"{self.decision.full_name}-5xx",
            description=(
                f"more than {percent:g} % of requests to {self.decision.full_name} are answered with 5xx: "
                f"look whether the origins can be reached, and who may read the buckets and their keys"
            ),
            namespace="AWS/CloudFront",
            metric="5xxErrorRate",
            dimensions={"DistributionId": self.distribution_id, "Region": "Global"},
            threshold=percent,
            tags=self.decision.tags,
            statistic="Average",
            period=_MINUTE,
            periods=self._minutes_to_detect,
            # No requests, no data.
            missing="notBreaching",
            at_risk=False,
        )

    def _build_failover_alarm(self) -> AwsResource | None:
        """Build the alarm that tells of a failover, which no viewer notices: the copy answers, and nothing is 5xx.

        It is in the recovery Region, where the requests arrive, so that it rings while the primary Region is down.
        """
        copy = self.bucket.recovery if self.decision.uses("origin_group") else None
        if copy is None:
            return None
        name = self.decision.full_name
        return alarm(
            part(copy.site.scope, self.decision.name),
            "FailedOver",
            copy.site,
            name=f"{name}-failed-over",
            description=(
                f"requests to {name} are answered by the copy in {copy.region}: look at the bucket in "
                f"{self.bucket.primary.region}, its policy and its key, or whether something else reads the copy"
            ),
            namespace="AWS/S3",
            metric="GetRequests",
            dimensions={"BucketName": copy.name, "FilterId": copy.watch_requests()},
            threshold=0,
            tags=self.decision.tags,
            statistic="Sum",
            period=_MINUTE,
            periods=self._minutes_to_detect,
            # No requests, no data.
            missing="notBreaching",
            at_risk=False,
        )

    @property
    def _minutes_to_detect(self) -> int:
        """The minutes within which the objective counts on hearing of it."""
        return max(1, self.decision.objective.assumptions.detection_time // _MINUTE)


def _own_origin(host: str) -> dict[str, object]:
    return {
        "origin_id": host,
        "domain_name": host,
        "custom_origin_config": {
            "http_port": 80,
            "https_port": 443,
            "origin_protocol_policy": "https-only",
            "origin_ssl_protocols": ["TLSv1.2"],
        },
    }


def _check_bucket(bucket: object, sites: Sites, decision: Decision) -> None:
    name = decision.name
    if not isinstance(bucket, (Bucket, ExistingBucket)):
        refuse(f"the bucket of distribution {name!r}", bucket, "a Bucket")
    other = bucket.decision
    if bucket.sites is not sites:
        msg = (
            f"distribution {name!r} is built over the sites {sites.name!r} and bucket {other.name!r} over "
            f"{other.workload!r}; build both in one workload"
        )
        raise ConfigurationError(msg)
    if decision.uses("origin_group") and bucket.recovery is None:
        msg = (
            f"distribution {name!r} needs an origin group to keep {decision.kept}, and bucket {other.name!r} (pattern "
            f"{other.pattern}) has no copy in {decision.recovery_region} to fail over to; give the bucket an "
            f"objective, or a pattern, that replicates it, or accept a looser target for the distribution"
        )
        raise ConfigurationError(msg)
