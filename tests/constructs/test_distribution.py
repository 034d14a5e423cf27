"""`Distribution`: what each pattern builds, who may read the buckets, and what it refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.constructs.bucket.bucket import Bucket
from constructs_lib.constructs.bucket.regional_bucket import RegionalBucket
from constructs_lib.constructs.distribution.cache_behavior import CacheBehavior
from constructs_lib.constructs.distribution.distribution import Distribution
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.constructs.workload.workload import Workload
from constructs_lib.errors import ConfigurationError, InfeasibleError
from constructs_lib.objectives import Assumptions, Objective, Target
from constructs_lib.terraform import engine
from constructs_lib.terraform.engine import App, TerraformStack
from tests.provider_schemas.check import PROVIDERS, unknown_in, unknown_references

if TYPE_CHECKING:
    from collections.abc import Callable

PRIMARY, RECOVERY, ACCOUNT = "eu-west-1", "eu-central-1", "123456789012"
ONE_REGION = Objective(zone=Target(rto="1h", rpo="15m"))
TWO_REGIONS = Objective(rto="1h", rpo="15m")
CERTIFICATE = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/11111111-2222-3333-4444-555555555555"
WEB_ACL = f"arn:aws:wafv2:us-east-1:{ACCOUNT}:global/webacl/edge/11111111-2222-3333-4444-555555555555"


def one_stack(**options: Any) -> Sites:
    options = {"primary": PRIMARY, "recovery": RECOVERY, "account_id": ACCOUNT, **options}
    return Sites.in_one_stack(TerraformStack(App(), "shop"), "shop", **options)


def per_region(**options: Any) -> Sites:
    options = {"primary": PRIMARY, "recovery": RECOVERY, "account_id": ACCOUNT, **options}
    return Sites.per_region(App(), "shop", **options)


def distribution(sites: Sites | None = None, objective: Objective = TWO_REGIONS, **options: Any) -> Distribution:
    sites = sites or one_stack()
    bucket = Bucket(sites, "assets", objective=objective)
    return Distribution(sites, "site", bucket=bucket, objective=objective, **options)


def statements(policy: str) -> list[dict[str, Any]]:
    return list(json.loads(policy)["Statement"])


# ---------------------------------------------------------------- patterns


def test_an_objective_for_the_loss_of_a_region_gives_an_origin_group_over_both_buckets() -> None:
    built = distribution()
    arguments = built.distribution.arguments

    assert built.decision.pattern == "origin_group"
    group = arguments["origin_group"]
    assert group["member"] == [{"origin_id": "primary"}, {"origin_id": "recovery"}]
    assert group["failover_criteria"] == {"status_codes": [500, 502, 503, 504]}
    assert arguments["default_cache_behavior"]["target_origin_id"] == group["origin_id"]


def test_without_one_a_single_origin_is_enough_even_where_the_bucket_has_a_copy() -> None:
    sites = one_stack()
    bucket = Bucket(sites, "assets", objective=TWO_REGIONS)

    built = Distribution(sites, "site", bucket=bucket, objective=ONE_REGION)

    assert built.decision.pattern == "single_origin"
    assert "origin_group" not in built.distribution.arguments
    assert [origin["origin_id"] for origin in built.distribution.arguments["origin"]] == ["primary"]


def test_origins_are_as_impatient_as_the_estimate_says() -> None:
    built = distribution()
    protection = built.decision.protection("origin_group")
    assert protection is not None

    for origin in built.distribution.arguments["origin"]:
        assert origin["connection_attempts"] == protection.parameters["connection_attempts"] == 2
        assert origin["connection_timeout"] == protection.parameters["connection_timeout_seconds"] == 3


def test_a_single_origin_keeps_cloudfronts_own_patience() -> None:
    (origin,) = distribution(objective=ONE_REGION).distribution.arguments["origin"]

    assert "connection_attempts" not in origin


@pytest.mark.parametrize("make", [one_stack, per_region])
def test_origins_are_named_by_their_regional_names_and_read_with_origin_access_control(
    make: Callable[..., Sites],
) -> None:
    sites = make()
    built = distribution(sites)

    origins = built.distribution.arguments["origin"]
    for origin, bucket in zip(origins, (built.bucket.primary, built.bucket.recovery), strict=True):
        assert bucket is not None
        assert origin["domain_name"] == f"{bucket.name_in(sites.global_)}.s3.{bucket.region}.amazonaws.com"
        assert origin["origin_access_control_id"] == built.origin_access_control.here("id")
    control = built.origin_access_control.arguments
    assert (control["signing_behavior"], control["signing_protocol"]) == ("always", "sigv4")
    assert control["origin_access_control_origin_type"] == "s3"


def test_in_three_stacks_the_origins_are_written_out() -> None:
    sites = per_region()
    built = distribution(sites)

    names = [origin["domain_name"] for origin in built.distribution.arguments["origin"]]
    assert names == [f"shop-assets-{region}-{ACCOUNT}.s3.{region}.amazonaws.com" for region in (PRIMARY, RECOVERY)]
    assert "terraform_remote_state" not in json.dumps(sites.global_.stack.to_terraform())


def test_all_of_it_is_in_the_global_stack() -> None:
    sites = per_region()
    distribution(sites)
    site = sites.global_.stack.to_terraform()

    assert list(site["resource"]["aws_cloudfront_distribution"]) == ["site"]
    assert [item["metric_name"] for item in site["resource"]["aws_cloudwatch_metric_alarm"].values()] == [
        "5xxErrorRate"
    ]
    for stack in (sites.primary.stack, sites.recovery.stack if sites.recovery else None):
        assert stack is not None
        assert "aws_cloudfront_distribution" not in stack.to_terraform()["resource"]


# ---------------------------------------------------------------- who may read


def test_a_failover_rings_in_the_recovery_region_for_no_viewer_notices_it() -> None:
    sites = per_region()
    built = distribution(sites)
    assert sites.recovery is not None
    recovery = json.loads(engine.Testing.synth(sites.recovery.stack))["resource"]
    (metrics,) = recovery["aws_s3_bucket_metric"].values()
    (alarm,) = (one for one in recovery["aws_cloudwatch_metric_alarm"].values() if one["metric_name"] == "GetRequests")
    copy = "${aws_s3_bucket.assets.bucket}"
    assert (metrics["bucket"], metrics["name"]) == ("${aws_s3_bucket.assets.id}", "EntireBucket")
    assert alarm["dimensions"] == {"BucketName": copy, "FilterId": "EntireBucket"}
    assert (alarm["threshold"], alarm["comparison_operator"], alarm["statistic"]) == (0, "GreaterThanThreshold", "Sum")
    assert alarm["treat_missing_data"] == "notBreaching"
    assert built.failover_alarm is not None


def test_two_distributions_over_one_copy_share_its_metrics() -> None:
    sites = one_stack()
    bucket = Bucket(sites, "assets", objective=TWO_REGIONS)
    for id_ in ("one", "two"):
        Distribution(sites, id_, bucket=bucket, objective=TWO_REGIONS)
    assert len(json.loads(engine.Testing.synth(sites.primary.stack))["resource"]["aws_s3_bucket_metric"]) == 1


def test_a_single_origin_has_nothing_to_fail_over_to() -> None:
    built = distribution(objective=ONE_REGION)
    assert built.failover_alarm is None


def test_in_one_stack_only_this_distribution_may_read() -> None:
    built = distribution()

    for bucket in (built.bucket.primary, built.bucket.recovery):
        assert isinstance(bucket, RegionalBucket)
        _, read, list_ = statements(bucket.policy.arguments["policy"])
        assert read["Resource"] == f"{bucket.arn_in(bucket.site)}/*"
        assert list_["Resource"] == bucket.arn_in(bucket.site)
        for statement in (read, list_):
            assert statement["Condition"] == {"StringEquals": {"aws:SourceArn": built.distribution.here("arn")}}


def test_in_three_stacks_distributions_of_the_account_may_read() -> None:
    built = distribution(per_region())

    for bucket in (built.bucket.primary, built.bucket.recovery):
        assert isinstance(bucket, RegionalBucket)
        read = statements(bucket.policy.arguments["policy"])[1]
        assert read["Condition"] == {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudfront::{ACCOUNT}:distribution/*"}}


def test_without_a_default_root_object_nobody_can_list_the_bucket_through_it() -> None:
    bucket = distribution(default_root_object=None).bucket.primary

    assert isinstance(bucket, RegionalBucket)
    actions = [statement["Action"] for statement in statements(bucket.policy.arguments["policy"])]
    assert "s3:ListBucket" not in actions


def test_two_distributions_may_read_one_bucket() -> None:
    sites = one_stack()
    bucket = Bucket(sites, "assets", objective=TWO_REGIONS)
    first = Distribution(sites, "first", bucket=bucket, objective=TWO_REGIONS)
    second = Distribution(sites, "second", bucket=bucket, objective=TWO_REGIONS)

    arns = [
        statement["Condition"]["StringEquals"]["aws:SourceArn"]
        for statement in statements(bucket.primary.policy.arguments["policy"])
        if statement["Action"] == "s3:GetObject"
    ]
    assert arns == [first.distribution.here("arn"), second.distribution.here("arn")]


# ---------------------------------------------------------------- viewers


def test_viewers_come_over_https_and_get_security_headers() -> None:
    arguments = distribution().distribution.arguments
    behavior = arguments["default_cache_behavior"]

    assert behavior["viewer_protocol_policy"] == "redirect-to-https"
    assert behavior["allowed_methods"] == ["GET", "HEAD", "OPTIONS"]
    assert behavior["compress"] is True
    assert behavior["cache_policy_id"] == "658327ea-f89d-4fab-a63d-7e88639e58f6"
    assert behavior["response_headers_policy_id"] == "67f7725c-6f97-4210-82d7-5512b31e9d03"
    assert (arguments["http_version"], arguments["is_ipv6_enabled"]) == ("http2and3", True)
    assert arguments["default_root_object"] == "index.html"
    assert arguments["viewer_certificate"] == {"cloudfront_default_certificate": True}


def test_names_of_your_own_come_with_a_certificate_and_tls_1_2() -> None:
    built = distribution(aliases=["www.example.com", "*.shop.example.com"], certificate_arn=CERTIFICATE)

    assert built.distribution.arguments["aliases"] == ["www.example.com", "*.shop.example.com"]
    assert built.distribution.arguments["viewer_certificate"] == {
        "acm_certificate_arn": CERTIFICATE,
        "ssl_support_method": "sni-only",
        "minimum_protocol_version": "TLSv1.2_2021",
    }
    assert built.url == "https://www.example.com"


def test_without_them_the_url_is_cloudfronts_own_name() -> None:
    built = distribution()

    assert built.url == f"https://{built.domain_name}"


def test_url_and_id_are_outputs() -> None:
    sites = per_region()
    distribution(sites)

    assert set(sites.global_.stack.to_terraform()["output"]) == {"shop-site-url", "shop-site-distribution-id"}


def test_web_acl_logs_and_price_class_are_passed_on() -> None:
    arguments = distribution(
        web_acl_arn=WEB_ACL, log_bucket="logs.s3.amazonaws.com", price_class="PriceClass_100"
    ).distribution.arguments

    assert arguments["web_acl_id"] == WEB_ACL
    assert arguments["logging_config"] == {"bucket": "logs.s3.amazonaws.com", "prefix": "shop-site/"}
    assert arguments["price_class"] == "PriceClass_100"


def test_paths_can_be_served_by_the_buckets_or_by_an_origin_that_takes_writes() -> None:
    behaviors = [
        CacheBehavior(path_pattern="api/*", origin="api.example.com"),
        CacheBehavior(path_pattern="hooks/*", origin="api.example.com", allowed_methods=("GET", "HEAD")),
        CacheBehavior(path_pattern="img/*", cache_policy="CachingDisabled"),
    ]
    arguments = distribution(behaviors=behaviors).distribution.arguments

    assert [origin["origin_id"] for origin in arguments["origin"]] == ["primary", "recovery", "api.example.com"]
    api, hooks, images = arguments["ordered_cache_behavior"]
    assert (api["target_origin_id"], hooks["target_origin_id"]) == ("api.example.com", "api.example.com")
    assert "POST" in api["allowed_methods"]
    assert images["target_origin_id"] == arguments["origin_group"]["origin_id"]
    assert "origin_request_policy_id" not in images
    own = arguments["origin"][2]["custom_origin_config"]
    assert (own["origin_protocol_policy"], own["origin_ssl_protocols"]) == ("https-only", ["TLSv1.2"])


# ---------------------------------------------------------------- alarm


def test_errors_are_watched_in_us_east_1_for_as_long_as_detection_may_take() -> None:
    objective = Objective(rto="2h", rpo="15m", assumptions=Assumptions(detection_time="4m"))
    sites = per_region()
    built = distribution(sites, objective, error_rate_percent=2.5).error_alarm
    assert built is not None
    alarm = built.arguments

    assert sites.global_.region == "us-east-1"
    assert (alarm["threshold"], alarm["period"], alarm["evaluation_periods"]) == (2.5, 60, 4)
    assert alarm["dimensions"]["Region"] == "Global"


# ---------------------------------------------------------------- what is refused


def test_an_origin_group_needs_a_bucket_with_a_copy() -> None:
    sites = one_stack()
    bucket = Bucket(sites, "assets", objective=ONE_REGION)

    with pytest.raises(ConfigurationError, match=r"bucket 'assets' \(pattern versioning\) has no copy in eu-central-1"):
        Distribution(sites, "site", bucket=bucket, objective=TWO_REGIONS)


def test_a_bucket_of_other_sites_is_refused() -> None:
    stack = TerraformStack(App(), "two")
    here = Sites.in_one_stack(stack, "here", primary=PRIMARY, recovery=RECOVERY)
    there = Sites.per_region(App(), "there", primary=PRIMARY, recovery=RECOVERY)
    bucket = Bucket(there, "assets", objective=ONE_REGION)

    with pytest.raises(ConfigurationError, match="over the sites 'here' and bucket 'assets' over 'there'"):
        Distribution(here, "site", bucket=bucket, objective=ONE_REGION)


def test_a_single_origin_is_refused_where_the_loss_of_a_region_must_be_survived() -> None:
    with pytest.raises(InfeasibleError, match="distribution 'site' of shop"):
        distribution(pattern="single_origin")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"allowed_methods": ("GET", "HEAD", "POST")}, "AllowedMethods cannot include POST, PUT, PATCH, or DELETE"),
        ({"allowed_methods": ("GET",)}, "allowed: GET, HEAD or GET, HEAD, OPTIONS"),
        ({"allowed_methods": ()}, "is empty; allowed: GET, HEAD or"),
        ({"allowed_methods": "GET"}, "give a tuple"),
        ({"allowed_methods": ("get", "head")}, "one of GET, HEAD, OPTIONS"),
        ({"failover_codes": (418,)}, "is 418; allowed: one of 400, 403, 404, 416, 429, 500, 502, 503, 504"),
        ({"failover_codes": ("500",)}, "is '500'; allowed"),
        ({"failover_codes": ()}, "no answer would fail over"),
        ({"failover_codes": 500}, "give a list of status codes"),
        ({"failover_codes": (500, 500)}, "name each once"),
        ({"failover_codes": (404, 500), "default_root_object": None}, "S3 answers 403"),
        ({"default_root_object": "/index.html"}, 'without "/" at its start'),
        ({"default_root_object": ""}, "give the name of an object"),
        ({"aliases": ["www.example.com"]}, "give certificate_arn"),
        ({"aliases": "www.example.com"}, "give a list of DNS names"),
        ({"aliases": ["https://example.com"], "certificate_arn": CERTIFICATE}, "is not a DNS name"),
        ({"aliases": ["bücher.example"], "certificate_arn": CERTIFICATE}, "is not a DNS name"),
        ({"aliases": ["a.example.com"] * 2, "certificate_arn": CERTIFICATE}, "name each once"),
        ({"certificate_arn": CERTIFICATE.replace("us-east-1", "eu-west-1")}, "in us-east-1 only"),
        ({"certificate_arn": 7}, "give arn:aws:acm:us-east-1"),
        ({"web_acl_arn": WEB_ACL.replace("global", "regional")}, "give arn:aws:wafv2:us-east-1"),
        ({"log_bucket": "logs"}, "give the domain name of a bucket"),
        ({"price_class": "100"}, "one of PriceClass_100, PriceClass_200, PriceClass_All"),
        ({"cache_policy": "CacheAll"}, "one of CachingOptimized, "),
        ({"response_headers_policy": None}, "one of SecurityHeadersPolicy, "),
        ({"error_rate_percent": 0}, "above 0 and below 100"),
        ({"error_rate_percent": 100}, "above 0 and below 100"),
        ({"error_rate_percent": float("nan")}, "above 0 and below 100"),
        ({"error_rate_percent": True}, "above 0 and below 100"),
        ({"behaviors": ["api/*"]}, r"give CacheBehavior\(path_pattern=...\)"),
        ({"behaviors": "api/*"}, r"give a list of CacheBehavior\(...\)"),
        (
            {"behaviors": [CacheBehavior(path_pattern="a/*"), CacheBehavior(path_pattern="/a/*")]},
            "the second is never used",
        ),
    ],
)
def test_an_option_that_is_not_allowed_is_refused_with_what_is(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        distribution(**options)


@pytest.mark.parametrize("bucket", [None, "assets", 7])
def test_what_is_served_must_be_a_bucket(bucket: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"give a Bucket"):
        Distribution(one_stack(), "site", bucket=bucket, objective=ONE_REGION)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"path_pattern": ""}, "path_pattern is ''"),
        ({"path_pattern": "*"}, "which is all there is"),
        ({"path_pattern": "/*"}, "which is all there is"),
        ({"path_pattern": "a b"}, "without spaces"),
        ({"path_pattern": "ü/*"}, "ASCII"),
        ({"path_pattern": "a" * 256}, "allowed: 1 to 255 characters"),
        ({"path_pattern": 7}, "give a path"),
        ({"path_pattern": "a/*", "origin": "https://api.example.com"}, "without https://"),
        ({"path_pattern": "a/*", "allowed_methods": ("GET", "HEAD", "POST")}, "as only reads fail over"),
        ({"path_pattern": "a/*", "origin": "a.example", "allowed_methods": ("GET", "POST")}, "allowed: GET, HEAD or"),
        (
            {"path_pattern": "a/*", "origin": "a.example", "allowed_methods": ("BREW",)},
            "one of GET, HEAD, OPTIONS, PUT",
        ),
        ({"path_pattern": "a/*", "cache_policy": "x"}, "one of CachingOptimized"),
    ],
)
def test_a_behavior_that_cloudfront_refuses_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        CacheBehavior(**options)


@pytest.mark.parametrize("codes", [(403,), (404, 500), (400, 403, 404, 416, 429, 500, 502, 503, 504)])
def test_the_other_codes_of_aws_can_be_chosen(codes: tuple[int, ...]) -> None:
    group = distribution(failover_codes=codes).distribution.arguments["origin_group"]

    assert group["failover_criteria"] == {"status_codes": sorted(codes)}


@pytest.mark.parametrize("make", [one_stack, per_region])
@pytest.mark.parametrize("other", [Distribution, Bucket])
def test_an_id_is_there_once_whichever_place_it_is_built_in(make: Callable[..., Sites], other: type) -> None:
    sites = make()
    bucket = Bucket(sites, "assets", objective=TWO_REGIONS)
    Distribution(sites, "cdn", bucket=bucket, objective=TWO_REGIONS)
    options = {"bucket": bucket} if other is Distribution else {}

    with pytest.raises(ConfigurationError, match="shop has a 'cdn' already"):
        other(sites, "cdn", objective=TWO_REGIONS, **options)


def test_names_of_a_long_id_are_cut_to_what_aws_takes() -> None:
    sites = one_stack()
    bucket = Bucket(sites, "assets", objective=TWO_REGIONS)
    built = [Distribution(sites, f"{'long-' * 48}{end}", bucket=bucket, objective=TWO_REGIONS, tags={}) for end in "ab"]

    for argument, most in (("alarm_name", 255), ("alarm_description", 1024)):
        assert all(len(one.error_alarm.arguments[argument]) <= most for one in built if one.error_alarm is not None)
    comments = {one.distribution.arguments["comment"] for one in built}
    assert len(comments) == 2
    assert {len(comment) for comment in comments} == {128}
    assert all(len(one.origin_access_control.arguments["description"]) <= 256 for one in built)


# ---------------------------------------------------------------- against the provider


def everything(sites: Sites) -> Sites:
    workload = Workload(sites, objective=TWO_REGIONS)
    bucket = Bucket(workload, "assets")
    Distribution(workload, "site", bucket=bucket)
    Distribution(
        workload,
        "every-option",
        bucket=bucket,
        objective=ONE_REGION,
        aliases=["www.example.com"],
        certificate_arn=CERTIFICATE,
        default_root_object=None,
        behaviors=[
            CacheBehavior(path_pattern="api/*", origin="api.example.com"),
            CacheBehavior(path_pattern="img/*", allowed_methods=("GET", "HEAD")),
        ],
        web_acl_arn=WEB_ACL,
        log_bucket="logs.s3.amazonaws.com",
        price_class="PriceClass_100",
    )
    return sites


def configurations(sites: Sites) -> dict[str, dict[str, Any]]:
    places = (sites.primary, sites.recovery, sites.global_)
    return {site.role: site.stack.to_terraform() for site in places if site is not None}


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("make", [one_stack, per_region])
def test_every_name_exists_in_both_versions_of_the_provider(provider: str, make: Callable[..., Sites]) -> None:
    for configuration in configurations(everything(make())).values():
        assert unknown_in(configuration, provider) == []
        assert unknown_references(configuration, provider) == []


def to_validate() -> dict[str, Any]:
    return {
        "one": configurations(everything(one_stack()))["primary"],
        "global": configurations(everything(per_region()))["global"],
    }
