"""`Bucket`: what each pattern builds, where, and what it refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.availability import parse_availability
from constructs_lib.constructs.bucket.bucket import Bucket
from constructs_lib.constructs.bucket.existing_bucket import ExistingBucket
from constructs_lib.constructs.bucket.lifecycle import Lifecycle
from constructs_lib.constructs.bucket.object_lock import ObjectLock
from constructs_lib.constructs.routing.health_check_routing import HealthCheckRouting
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.constructs.workload.workload import Workload
from constructs_lib.errors import ConfigurationError, InfeasibleError
from constructs_lib.objectives import Objective, Target
from constructs_lib.objectives.acceptance import Acceptance
from constructs_lib.terraform.engine import App, TerraformStack
from tests.provider_schemas.check import PROVIDERS, unknown_in, unknown_references

if TYPE_CHECKING:
    from collections.abc import Callable

PRIMARY, RECOVERY, ACCOUNT = "eu-west-1", "eu-central-1", "123456789012"
ANYTHING = Objective(zone=Target(rto="1d", rpo="1d"))
LOOSE = Objective(rto="1d", rpo="1d")
ONE_REGION = ("versioning", "object_lock")
ONE_WAY = ("replication", "replication_rtc")
BOTH_WAYS = ("two_way_replication", "two_way_replication_rtc")
PATTERNS = (*ONE_REGION, *ONE_WAY, *BOTH_WAYS)
ROUTING = HealthCheckRouting(
    zone_id="Z0123",
    record_name="files.example.com",
    primary_endpoint="files-1.example.com",
    recovery_endpoint="files-2.example.com",
)
Stacks = dict[str, dict[str, Any]]


def one_stack(**options: Any) -> Sites:
    options = {"primary": PRIMARY, "recovery": RECOVERY, "account_id": ACCOUNT, **options}
    return Sites.in_one_stack(TerraformStack(App(), "shop"), "shop", **options)


def per_region(**options: Any) -> Sites:
    return Sites.per_region(App(), "shop", **{"primary": PRIMARY, "recovery": RECOVERY, **options})


def bucket(pattern: str, sites: Sites | None = None, id: str = "assets", **options: Any) -> Bucket:
    objective = ANYTHING if pattern in ONE_REGION else LOOSE
    return Bucket(sites or one_stack(), id, objective=objective, pattern=pattern, **options)  # type: ignore[arg-type]


def stacks(sites: Sites) -> Stacks:
    found = {"primary": sites.primary.stack, "global": sites.global_.stack}
    if sites.recovery is not None:
        found["recovery"] = sites.recovery.stack
    return {role: stack.to_terraform() for role, stack in found.items()}


def only(configuration: dict[str, Any], type_: str) -> dict[str, Any]:
    (found,) = configuration["resource"].get(type_, {}).values()
    return dict(found)


def count(configuration: dict[str, Any], type_: str) -> int:
    return len(configuration.get("resource", {}).get(type_, {}))


def statements(policy: str) -> list[dict[str, Any]]:
    return list(json.loads(policy)["Statement"])


# ---------------------------------------------------------------- choosing


@pytest.mark.parametrize(
    ("objective", "pattern"),
    [
        (Objective(zone=Target(rto="1h", rpo="0s")), "versioning"),
        (Objective(rto="4h", rpo="4h"), "replication"),
        (Objective(rto="1h", rpo="15m"), "replication_rtc"),
    ],
)
def test_the_objective_chooses_the_pattern(objective: Objective, pattern: str) -> None:
    assert Bucket(one_stack(), "assets", objective=objective).decision.pattern == pattern


def test_no_data_loss_across_regions_is_refused_with_what_can_be_had() -> None:
    with pytest.raises(InfeasibleError, match=r"bucket 'assets' of shop: .*nearest that can be had"):
        Bucket(one_stack(), "assets", objective=Objective(rto="1h", rpo="0s"))


def test_a_looser_target_can_be_accepted_in_writing() -> None:
    accepted = Acceptance(owner="web team", reason="rebuilt from source", region=Target(rto="4h", rpo="4h"))

    built = Bucket(one_stack(), "assets", objective=Objective(rto="1h", rpo="15m"), accept=accepted)

    assert built.decision.pattern == "replication"


def test_a_bucket_in_a_workload_takes_its_objective_and_is_recorded() -> None:
    workload = Workload(one_stack(), objective=Objective(rto="4h", rpo="4h"))

    built = Bucket(workload, "assets")

    assert workload.decisions == (built.decision,)


def test_with_a_routing_that_fails_over_by_itself_both_regions_can_write() -> None:
    routing = HealthCheckRouting(
        zone_id="Z1",
        record_name="shop.example.com",
        primary_endpoint="a.example.com",
        recovery_endpoint="b.example.com",
    )
    workload = Workload(one_stack(), objective=Objective(rto="5m", rpo="15m"), routing=routing)

    assert Bucket(workload, "assets").decision.pattern == "two_way_replication_rtc"


# ---------------------------------------------------------------- each bucket


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("make", [one_stack, per_region])
def test_every_bucket_is_versioned_encrypted_private_and_owned(pattern: str, make: Callable[..., Sites]) -> None:
    built = bucket(pattern, make())

    for part in filter(None, (built.primary, built.recovery)):
        assert part.versioning.arguments["versioning_configuration"] == {"status": "Enabled"}
        rule = part.encryption.arguments["rule"]
        assert rule["apply_server_side_encryption_by_default"]["sse_algorithm"] == "aws:kms"
        assert rule["bucket_key_enabled"] is True
        assert part.ownership.arguments["rule"] == {"object_ownership": "BucketOwnerEnforced"}
        public = part.public_access.arguments
        assert [value for name, value in public.items() if name != "bucket"] == [True] * 4
        (tls,) = statements(part.policy.arguments["policy"])
        assert tls["Effect"] == "Deny"
        assert tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        arn = part.arn_in(part.site)
        assert tls["Resource"] == [arn, f"{arn}/*"]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_each_bucket_is_encrypted_with_the_key_of_its_own_region(pattern: str) -> None:
    sites = per_region(key_arns={region: f"arn:aws:kms:{region}:{ACCOUNT}:key/a" for region in (PRIMARY, RECOVERY)})
    built = bucket(pattern, sites)

    for part in filter(None, (built.primary, built.recovery)):
        key = part.encryption.arguments["rule"]["apply_server_side_encryption_by_default"]["kms_master_key_id"]
        assert f":{part.region}:" in key


def test_everything_that_takes_tags_says_whose_it_is() -> None:
    sites = one_stack()
    bucket("two_way_replication_rtc", sites, backlog_bytes=1, tags={"team": "shop"})

    resources = stacks(sites)["primary"]["resource"]
    for type_ in ("aws_s3_bucket", "aws_iam_role", "aws_cloudwatch_metric_alarm"):
        for arguments in resources[type_].values():
            assert (
                arguments["tags"].items()
                >= {
                    "team": "shop",
                    "recovery:workload": "shop",
                    "recovery:component": "assets",
                    "recovery:rpo": "1d",
                }.items()
            )


def test_terraform_refuses_to_destroy_a_bucket_unless_told_otherwise() -> None:
    protected, open_ = per_region(), per_region()
    bucket("replication", protected)
    bucket("replication", open_, deletion_protection=False)

    for role in ("primary", "recovery"):
        assert only(stacks(protected)[role], "aws_s3_bucket")["lifecycle"] == {"prevent_destroy": True}
        assert "lifecycle" not in only(stacks(open_)[role], "aws_s3_bucket")


def test_old_versions_incomplete_uploads_and_stray_delete_markers_are_removed() -> None:
    rules = {rule["id"]: rule for rule in bucket("versioning").primary.lifecycle.arguments["rule"]}

    assert rules["noncurrent-versions"]["noncurrent_version_expiration"] == {"noncurrent_days": 90}
    assert rules["noncurrent-versions"]["expiration"] == {"expired_object_delete_marker": True}
    assert rules["incomplete-uploads"]["abort_incomplete_multipart_upload"] == {"days_after_initiation": 7}
    assert "transition" not in rules


def test_lifecycle_rules_are_the_same_in_both_regions_since_s3_does_not_replicate_what_they_do() -> None:
    rules = Lifecycle(noncurrent_days=30, transition_days=30, transition_class="STANDARD_IA")

    built = bucket("replication", lifecycle=rules)

    assert built.recovery is not None
    first, second = (part.lifecycle.arguments["rule"] for part in (built.primary, built.recovery))
    assert first == second
    assert first[-1]["transition"] == {"days": 30, "storage_class": "STANDARD_IA"}


def test_logs_and_events_and_recent_tls_are_built_where_asked_for() -> None:
    built = bucket("versioning", log_bucket={PRIMARY: "logs"}, event_bridge=True, minimum_tls="1.3")

    assert built.primary.logging is not None
    assert built.primary.logging.arguments["target_bucket"] == "logs"
    assert built.primary.notification is not None
    assert built.primary.notification.arguments["eventbridge"] is True
    assert statements(built.primary.policy.arguments["policy"])[1]["Condition"] == {
        "NumericLessThan": {"s3:TlsVersion": "1.3"}
    }


def test_the_pattern_object_lock_locks_with_the_catalogs_defaults() -> None:
    part = bucket("object_lock").primary

    assert part.bucket.arguments["object_lock_enabled"] is True
    assert part.object_lock is not None
    assert part.object_lock.arguments["rule"] == {"default_retention": {"mode": "GOVERNANCE", "days": 30}}


def test_a_lock_on_a_replicated_bucket_locks_both_and_lets_the_role_read_the_retention() -> None:
    built = bucket("replication", object_lock=ObjectLock(mode="COMPLIANCE", days=7))

    assert built.recovery is not None
    assert built.recovery.object_lock is not None
    assert built.replication is not None
    read = statements(built.replication.role.policy.arguments["policy"])[1]
    assert {"s3:GetObjectRetention", "s3:GetObjectLegalHold"} <= set(read["Action"])


# ---------------------------------------------------------------- names and stacks


@pytest.mark.parametrize("pattern", [*ONE_WAY, *BOTH_WAYS])
def test_each_stack_names_only_its_own_region_and_takes_nothing_from_another(pattern: str) -> None:
    sites = per_region()
    bucket(pattern, sites)
    found = stacks(sites)

    for role, region in (("primary", PRIMARY), ("recovery", RECOVERY)):
        assert [provider["region"] for provider in found[role]["provider"]["aws"]] == [region]
    assert all("terraform_remote_state" not in json.dumps(configuration) for configuration in found.values())


def test_a_name_is_made_of_sites_component_region_and_account() -> None:
    sites = one_stack()
    built = bucket("replication", sites)

    assert built.primary.bucket.arguments["bucket"] == f"shop-assets-{PRIMARY}-{ACCOUNT}"
    assert built.recovery is not None
    assert built.recovery.bucket.arguments["bucket"] == f"shop-assets-{RECOVERY}-{ACCOUNT}"


def test_names_of_your_own_are_used_everywhere() -> None:
    sites = per_region()
    built = bucket("replication", sites, name={PRIMARY: "mine-here", RECOVERY: "mine-there"})
    found = stacks(sites)

    assert only(found["recovery"], "aws_s3_bucket")["bucket"] == "mine-there"
    assert only(found["global"], "aws_s3_bucket_replication_configuration")["bucket"] == "mine-here"
    assert built.replication is not None
    assert "arn:aws:s3:::mine-there/*" in built.replication.role.policy.arguments["policy"]


def test_two_buckets_have_two_names() -> None:
    with pytest.raises(
        ConfigurationError, match=f"is 'mine' in {PRIMARY} and in {RECOVERY}, and S3 has each name once"
    ):
        bucket("replication", per_region(), name={PRIMARY: "mine", RECOVERY: "mine"})


def test_a_bucket_is_kept_by_one_component_of_the_app() -> None:
    """The replication of the second took that of the first away, plan after plan, and nobody was told."""
    app = App()
    shop, web = (Sites.per_region(app, name, primary=PRIMARY, recovery=RECOVERY) for name in ("shop", "web"))
    Bucket(shop, "files", objective=LOOSE, name={PRIMARY: "ours"})
    ExistingBucket(shop, "logs", objective=LOOSE, name="our-logs", recovery_name="our-logs-copy")

    for name in ("ours", "our-logs", "our-logs-copy"):
        with pytest.raises(
            ConfigurationError, match=rf"bucket 'x' of web would have the bucket '{name}', which bucket '"
        ):
            ExistingBucket(web, "x", objective=LOOSE, name=name)
    with pytest.raises(ConfigurationError, match="which bucket 'logs' of shop has: a bucket has one replication"):
        Bucket(web, "files", objective=LOOSE, name={RECOVERY: "our-logs-copy"})
    # What was refused has left nothing behind.
    Bucket(web, "files", objective=LOOSE, name={RECOVERY: "web-files"})


def test_names_are_outputs_of_the_stack_they_belong_to() -> None:
    sites = per_region()
    bucket("replication", sites)
    found = stacks(sites)

    assert list(found["primary"]["output"]) == ["shop-assets-name"]
    assert list(found["recovery"]["output"]) == ["shop-assets-recovery-name"]


def test_addresses_are_plain() -> None:
    sites = per_region()
    bucket("two_way_replication", sites)
    found = stacks(sites)

    assert list(found["primary"]["resource"]["aws_s3_bucket"]) == ["assets"]
    assert list(found["recovery"]["resource"]["aws_s3_bucket"]) == ["assets"]
    forward, reverse = found["global"]["resource"]["aws_s3_bucket_replication_configuration"]
    assert (forward, reverse.startswith("assets_Reverse_")) == ("assets", True)


# ---------------------------------------------------------------- replication


@pytest.mark.parametrize("pattern", ONE_REGION)
def test_a_pattern_of_one_region_builds_nothing_elsewhere(pattern: str) -> None:
    sites = per_region()
    built = bucket(pattern, sites)

    assert (built.recovery, built.replication, built.recovery_name, built.recovery_arn) == (None, None, None, None)
    assert count(stacks(sites)["recovery"], "aws_s3_bucket") == 0


@pytest.mark.parametrize("pattern", [*ONE_WAY, *BOTH_WAYS])
@pytest.mark.parametrize("make", [one_stack, per_region])
def test_a_rule_replicates_every_encrypted_object_and_is_watched(pattern: str, make: Callable[..., Sites]) -> None:
    sites = make()
    built = bucket(pattern, sites)

    directions = [one for one in (built.replication, built.reverse_replication) if one is not None]
    assert len(directions) == (2 if pattern in BOTH_WAYS else 1)
    for one in directions:
        rule = one.configuration.arguments["rule"]
        assert (rule["status"], rule["filter"], rule["priority"]) == ("Enabled", {"prefix": ""}, 1)
        assert rule["delete_marker_replication"] == {"status": "Enabled"}
        assert rule["source_selection_criteria"]["sse_kms_encrypted_objects"] == {"status": "Enabled"}
        destination = rule["destination"]
        assert destination["bucket"] == one.destination.arn_in(sites.global_)
        assert destination["encryption_configuration"]["replica_kms_key_id"] == sites.global_.key_arn_of(
            one.destination.site
        )
        assert destination["metrics"]["status"] == "Enabled"
        assert one.configuration.arguments["bucket"] == one.source.name_in(sites.global_)


@pytest.mark.parametrize("pattern", [*ONE_WAY, *BOTH_WAYS])
def test_replication_time_control_is_15_minutes_with_the_same_threshold(pattern: str) -> None:
    built = bucket(pattern)
    assert built.replication is not None
    destination = built.replication.configuration.arguments["rule"]["destination"]

    if pattern.endswith("rtc"):
        assert destination["replication_time"] == {"status": "Enabled", "time": {"minutes": 15}}
        assert destination["metrics"]["event_threshold"] == {"minutes": 15}
    else:
        assert "replication_time" not in destination
        assert "event_threshold" not in destination["metrics"]


@pytest.mark.parametrize("pattern", [*ONE_WAY, *BOTH_WAYS])
def test_changes_of_replicas_go_back_only_where_both_directions_replicate(pattern: str) -> None:
    built = bucket(pattern)
    assert built.replication is not None
    criteria = built.replication.configuration.arguments["rule"]["source_selection_criteria"]

    assert ("replica_modifications" in criteria) == (pattern in BOTH_WAYS)


@pytest.mark.parametrize("make", [one_stack, per_region])
@pytest.mark.parametrize("pattern", BOTH_WAYS)
def test_the_role_may_do_what_replication_needs_and_no_more(pattern: str, make: Callable[..., Sites]) -> None:
    sites = make()
    built = bucket(pattern, sites)

    for one in (built.replication, built.reverse_replication):
        assert one is not None
        here, there = one.source.arn_in(sites.global_), one.destination.arn_in(sites.global_)
        allowed = {
            (action, statement["Resource"])
            for statement in statements(one.role.policy.arguments["policy"])
            for action in (statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]])
        }
        assert allowed == {
            ("s3:GetReplicationConfiguration", here),
            ("s3:ListBucket", here),
            ("s3:GetObjectVersionForReplication", f"{here}/*"),
            ("s3:GetObjectVersionAcl", f"{here}/*"),
            ("s3:GetObjectVersionTagging", f"{here}/*"),
            ("s3:ReplicateObject", f"{there}/*"),
            ("s3:ReplicateDelete", f"{there}/*"),
            ("s3:ReplicateTags", f"{there}/*"),
            ("kms:Decrypt", sites.global_.key_arn_of(one.source.site)),
            ("kms:Encrypt", sites.global_.key_arn_of(one.destination.site)),
            ("kms:GenerateDataKey", sites.global_.key_arn_of(one.destination.site)),
        }


def test_the_keys_can_be_used_only_through_s3_of_their_region_and_for_the_bucket_itself() -> None:
    """With a Bucket Key the encryption context is the bucket's ARN; a condition on objects alone replicates nothing."""
    sites = one_stack()
    built = bucket("replication", sites)
    assert built.replication is not None
    *_, decrypt, encrypt = statements(built.replication.role.policy.arguments["policy"])

    for statement, part in ((decrypt, built.replication.source), (encrypt, built.replication.destination)):
        arn = part.arn_in(sites.global_)
        assert statement["Condition"] == {
            "StringEquals": {"kms:ViaService": f"s3.{part.region}.amazonaws.com"},
            "StringLike": {"kms:EncryptionContext:aws:s3:arn": [arn, f"{arn}/*"]},
        }


def test_only_s3_takes_the_role_under_no_condition() -> None:
    """AWS documents none; were the key of a condition not sent, nothing would replicate."""
    built = bucket("replication")
    assert built.replication is not None
    (trust,) = statements(built.replication.role.role.arguments["assume_role_policy"])

    assert trust["Principal"] == {"Service": "s3.amazonaws.com"}
    assert "Condition" not in trust


def test_role_names_differ_by_direction_and_fit_however_long_the_names_are() -> None:
    sites = Sites.in_one_stack(
        TerraformStack(App(), "long"), "a" * 32, primary="ap-northeast-1", recovery="ap-southeast-1", account_id=ACCOUNT
    )
    names = {"ap-northeast-1": "one-bucket", "ap-southeast-1": "other-bucket"}
    built = bucket("two_way_replication", sites, id="b" * 40, name=names)

    assert built.replication is not None
    assert built.reverse_replication is not None
    roles = [one.role.role.arguments["name"] for one in (built.replication, built.reverse_replication)]
    assert len(set(roles)) == 2
    assert max(map(len, roles)) <= 64


def test_in_one_stack_replication_waits_for_versioning_and_for_the_policy_of_its_role() -> None:
    sites = one_stack()
    bucket("replication", sites)
    waits = only(stacks(sites)["global"], "aws_s3_bucket_replication_configuration")["depends_on"]

    assert sorted(address.split(".")[0] for address in waits) == [
        "aws_iam_role_policy",
        "aws_s3_bucket_versioning",
        "aws_s3_bucket_versioning",
    ]


def test_each_direction_is_declared_with_the_provider_of_its_source() -> None:
    sites = per_region()
    bucket("two_way_replication", sites)
    configurations = stacks(sites)["global"]["resource"]["aws_s3_bucket_replication_configuration"]

    assert [item["provider"] for item in configurations.values()] == ["aws.eu_west_1", "aws.eu_central_1"]


def test_deletes_stay_in_the_primary_region_if_told_so() -> None:
    built = bucket("replication", replicate_deletes=False)

    assert built.replication is not None
    assert built.replication.configuration.arguments["rule"]["delete_marker_replication"] == {"status": "Disabled"}


def test_the_storage_class_of_replicas_is_that_of_the_recovery_region_only() -> None:
    built = bucket("two_way_replication", recovery_storage_class="GLACIER_IR")

    assert built.replication is not None
    assert built.reverse_replication is not None
    forward, reverse = (
        one.configuration.arguments["rule"]["destination"] for one in (built.replication, built.reverse_replication)
    )
    assert (forward["storage_class"], "storage_class" in reverse) == ("GLACIER_IR", False)


# ---------------------------------------------------------------- alarms


@pytest.mark.parametrize(
    ("pattern", "objective", "seconds"),
    [
        ("replication", Objective(rto="1d", rpo="4h"), 2 * 3600),
        ("replication", Objective(rto="1d", rpo="2d"), 3 * 7200),
        ("replication_rtc", Objective(rto="1d", rpo="4h"), 3 * 900),
        ("replication_rtc", Objective(rto="1d", rpo="15m"), 450),
        ("replication", Objective(zone=Target(rto="1d", rpo="1d")), 3 * 7200),
    ],
)
def test_the_alarm_on_latency_rings_while_there_is_time_to_act(
    pattern: str, objective: Objective, seconds: int
) -> None:
    built = Bucket(one_stack(), "assets", objective=objective, pattern=pattern)  # type: ignore[arg-type]

    assert built.replication is not None
    assert built.replication.latency_alarm is not None
    assert built.replication.latency_alarm.arguments["threshold"] == seconds


def test_latency_is_watched_where_the_replica_is_and_failures_where_the_source_is() -> None:
    sites = per_region()
    bucket("replication", sites, backlog_bytes=10**9)
    found = stacks(sites)

    def metrics(role: str) -> set[str]:
        alarms = found[role].get("resource", {}).get("aws_cloudwatch_metric_alarm", {})
        return {alarm["metric_name"] for alarm in alarms.values()}

    assert metrics("primary") == {"OperationsFailedReplication"}
    assert metrics("recovery") == {"ReplicationLatency", "BytesPendingReplication"}
    assert metrics("global") == set()


def test_alarms_watch_the_rule_that_is_declared() -> None:
    built = bucket("two_way_replication")

    for one in (built.replication, built.reverse_replication):
        assert one is not None
        rule = one.configuration.arguments["rule"]["id"]
        for alarm in (one.latency_alarm, one.failure_alarm):
            assert alarm is not None
            assert alarm.arguments["dimensions"]["RuleId"] == rule
            assert alarm.arguments["dimensions"]["SourceBucket"] == one.source.name_in(one.source.site)
            assert alarm.arguments["dimensions"]["DestinationBucket"] == one.destination.name_in(one.destination.site)


def test_alarm_names_are_unique() -> None:
    sites = one_stack()
    bucket("two_way_replication", sites, backlog_bytes=1)
    alarms = stacks(sites)["primary"]["resource"]["aws_cloudwatch_metric_alarm"].values()

    names = [alarm["alarm_name"] for alarm in alarms]
    assert len(names) == len(set(names)) == 6


@pytest.mark.parametrize(("pattern", "late"), [("replication", False), ("replication_rtc", True)])
def test_a_topic_is_told_of_failures_and_with_time_control_of_late_objects(pattern: str, late: bool) -> None:
    built = bucket(pattern, event_bridge=True, replication_topic={PRIMARY: f"arn:aws:sns:eu-west-1:{ACCOUNT}:late"})

    assert built.primary.notification is not None
    notification = built.primary.notification.arguments
    events = notification["topic"][0]["events"]
    assert "s3:Replication:OperationFailedReplication" in events
    assert ("s3:Replication:OperationMissedThreshold" in events) is late
    assert notification["eventbridge"] is True


def test_events_that_aws_backup_turns_on_stay_on_beside_a_topic() -> None:
    """Without them it gives continuous backups up, and the next plan would turn them off."""
    sites = per_region()
    bucket("replication", sites, replication_topic={PRIMARY: f"arn:aws:sns:{PRIMARY}:{ACCOUNT}:late"})
    (written,) = stacks(sites)["primary"]["resource"]["aws_s3_bucket_notification"].values()

    assert "eventbridge" not in written
    assert written["lifecycle"]["ignore_changes"] == ["eventbridge"]


@pytest.mark.parametrize(
    ("uptime", "options", "message"),
    [
        ("99.9%", {"lifecycle": Lifecycle(transition_days=30, transition_class="STANDARD_IA")}, "transition_class is"),
        ("99.5%", {"lifecycle": Lifecycle(transition_days=0, transition_class="GLACIER_IR")}, "transition_class is"),
        ("99%", {"lifecycle": Lifecycle(transition_days=30, transition_class="STANDARD_IA")}, None),
        ("99.9%", {"recovery_storage_class": "STANDARD_IA"}, None),
        ("99.99%", {"recovery_storage_class": "STANDARD_IA"}, "recovery_storage_class is STANDARD_IA"),
        ("99.99%", {"recovery_storage_class": "STANDARD"}, None),
    ],
)
def test_an_uptime_that_aws_does_not_promise_for_a_storage_class_is_refused(
    uptime: str, options: dict[str, Any], message: str | None
) -> None:
    workload = Workload(one_stack(), objective=LOOSE.with_uptime(parse_availability(uptime)), routing=ROUTING)
    if message is None:
        assert Bucket(workload, "files", **options).decision.assessment.met
        return
    with pytest.raises(ConfigurationError, match=message):
        Bucket(workload, "files", **options)


# ---------------------------------------------------------------- CloudFront and overrides


def test_any_distribution_of_the_account_may_read_where_the_one_cannot_be_known() -> None:
    built = bucket("versioning", per_region(account_id=ACCOUNT))

    built.allow_distribution(see_what_is_missing=True)
    built.allow_distribution(see_what_is_missing=True)

    _, read, list_ = statements(built.primary.policy.arguments["policy"])
    assert (read["Action"], list_["Action"]) == ("s3:GetObject", "s3:ListBucket")
    for statement in (read, list_):
        assert statement["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        assert statement["Condition"] == {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudfront::{ACCOUNT}:distribution/*"}}


def test_any_argument_can_be_overridden() -> None:
    sites = one_stack()
    built = bucket("replication", sites)
    assert built.replication is not None

    built.primary.bucket.override("force_destroy", True)
    built.replication.configuration.override("rule.status", "Disabled")

    found = stacks(sites)["primary"]
    assert found["resource"]["aws_s3_bucket"]["assets"]["force_destroy"] is True
    assert only(found, "aws_s3_bucket_replication_configuration")["rule"]["status"] == "Disabled"


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("pattern", "options", "message"),
    [
        ("versioning", {"id": "Assets"}, "lower-case letters, digits and hyphens"),
        ("versioning", {"id": "my_assets"}, "lower-case letters, digits and hyphens"),
        ("versioning", {"id": "bücher"}, "letters, digits, hyphens and underscores"),
        ("versioning", {"id": "a.b"}, "letters, digits, hyphens and underscores"),
        ("versioning", {"name": {PRIMARY: "a.b-c"}}, "a dot would break TLS"),
        ("versioning", {"name": {PRIMARY: "data-s3alias"}}, "what S3 keeps to itself"),
        ("versioning", {"name": {PRIMARY: "xn--a"}}, "what S3 keeps to itself"),
        ("versioning", {"name": {PRIMARY: "logs"}, "log_bucket": {PRIMARY: "logs"}}, "the bucket itself"),
        ("versioning", {"event_bridge": "yes"}, "event_bridge is 'yes'; give True or False"),
        ("versioning", {"deletion_protection": "yes"}, "deletion_protection is 'yes'; give True or False"),
        ("replication", {"replicate_deletes": "no"}, "replicate_deletes is 'no'; give True or False"),
        ("replication", {"replication_topic": {PRIMARY: "late"}}, "give arn:aws:sns:eu-west-1:"),
        (
            "replication",
            {"replication_topic": {PRIMARY: f"arn:aws:sns:{RECOVERY}:{ACCOUNT}:late"}},
            "give arn:aws:sns:eu-west-1:",
        ),
        ("versioning", {"id": "a" * 40}, "allowed: 3 to 63 characters"),
        ("versioning", {"name": {PRIMARY: "ab"}}, "allowed: 3 to 63 characters"),
        ("versioning", {"name": {PRIMARY: "-abc"}}, "letter or digit at both ends"),
        ("versioning", {"name": {PRIMARY: ""}}, "give a string that is not empty"),
        ("versioning", {"name": {PRIMARY: 7}}, "give a string that is not empty"),
        ("versioning", {"name": {RECOVERY: "abc"}}, "this pattern has eu-west-1"),
        ("versioning", {"name": "abc"}, "give a mapping by Region"),
        ("replication", {"name": {"us-west-2": "abc"}}, "this pattern has eu-west-1 and eu-central-1"),
        ("versioning", {"log_bucket": {RECOVERY: "logs"}}, "this pattern has eu-west-1"),
        ("versioning", {"minimum_tls": "1.1"}, "one of 1.2, 1.3"),
        ("versioning", {"minimum_tls": 1.2}, "one of 1.2, 1.3"),
        ("versioning", {"lifecycle": {"noncurrent_days": 3}}, r"give Lifecycle\(...\)"),
        ("versioning", {"object_lock": True}, r"give ObjectLock\(...\)"),
        ("versioning", {"recovery_storage_class": "STANDARD_IA"}, "pattern versioning makes no copy"),
        ("versioning", {"backlog_bytes": 1}, "pattern versioning makes no copy"),
        ("versioning", {"replication_topic": {PRIMARY: "arn"}}, "this pattern does not replicate"),
        ("replication", {"replication_topic": {RECOVERY: "arn"}}, "this pattern has eu-west-1"),
        ("replication", {"recovery_storage_class": "DEEP_ARCHIVE"}, "give it back at once|gives? it back at once"),
        ("replication", {"recovery_storage_class": "ONEZONE_IA"}, "several Availability Zones"),
        ("replication", {"backlog_bytes": 0}, "1 to 9007199254740992"),
        ("replication", {"backlog_bytes": True}, "1 to 9007199254740992"),
        ("replication", {"backlog_bytes": 1.5}, "1 to 9007199254740992"),
    ],
)
def test_an_option_that_is_not_allowed_is_refused_with_what_is(
    pattern: str, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        bucket(pattern, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"noncurrent_days": 0}, "noncurrent_days is 0; allowed: 1 to"),
        ({"noncurrent_days": "90"}, "noncurrent_days is '90'"),
        ({"noncurrent_days": 2**40}, "noncurrent_days is 1099511627776"),
        ({"incomplete_upload_days": -1}, "incomplete_upload_days is -1"),
        ({"transition_days": 30}, "transition_class is None"),
        ({"transition_class": "STANDARD_IA"}, "transition_days is None"),
        ({"transition_class": "STANDARD_IA", "transition_days": 29}, "allowed: 30 to"),
        ({"transition_class": "GLACIER", "transition_days": 30}, "from the others a recovery would take hours"),
        ({"transition_class": "STANDARD", "transition_days": 30}, "allowed: one of STANDARD_IA"),
    ],
)
def test_a_lifecycle_that_s3_refuses_or_that_breaks_the_estimate_is_refused(
    options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Lifecycle(**options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mode": "governance"}, "one of GOVERNANCE, COMPLIANCE"),
        ({"mode": None}, "one of GOVERNANCE, COMPLIANCE"),
        ({"days": 0}, "1 to 36500 days"),
        ({"days": 10**9}, "1 to 36500 days"),
        ({"days": True}, "1 to 36500 days"),
    ],
)
def test_a_lock_that_s3_refuses_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        ObjectLock(**options)


def test_a_pattern_that_copies_needs_a_recovery_region() -> None:
    with pytest.raises(InfeasibleError, match="needs a recovery Region"):
        bucket("replication", one_stack(recovery=None))


# ---------------------------------------------------------------- against the provider


def everything(sites: Sites) -> Sites:
    for pattern in PATTERNS:
        bucket(pattern, sites, id=pattern.replace("_", "-"))
    bucket(
        "two_way_replication_rtc",
        sites,
        id="every-option",
        object_lock=ObjectLock(mode="COMPLIANCE", days=7),
        lifecycle=Lifecycle(noncurrent_days=30, transition_days=30, transition_class="STANDARD_IA"),
        log_bucket={PRIMARY: "logs-here", RECOVERY: "logs-there"},
        minimum_tls="1.2",
        event_bridge=True,
        replication_topic={region: f"arn:aws:sns:{region}:{ACCOUNT}:late" for region in (PRIMARY, RECOVERY)},
        backlog_bytes=10**9,
        recovery_storage_class="GLACIER_IR",
        deletion_protection=False,
    )
    return sites


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("make", [one_stack, per_region])
def test_every_name_exists_in_both_versions_of_the_provider(provider: str, make: Callable[..., Sites]) -> None:
    for configuration in stacks(everything(make())).values():
        assert unknown_in(configuration, provider) == []
        assert unknown_references(configuration, provider) == []


def to_validate() -> dict[str, Any]:
    return {"one": stacks(everything(one_stack()))["primary"], **stacks(everything(per_region()))}
