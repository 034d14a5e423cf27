"""Parts of a way back that the plan is to make, and that AWS refuses: they fail at apply, and then there is none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.catalog.limits import limit
from constructs_lib.catalog.regions import load_regions, region_sets
from constructs_lib.plan.document.arn import as_region, parse_arn, region_of_arn
from constructs_lib.plan.document.resource import as_number, blocks_in, text_in
from constructs_lib.review.checks.roles.bucket_encryption import encryption_of
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview

    Check = Callable[[PlanUnderReview, Resource], Iterator["_Refused"]]
    _Refused = tuple[str, str, str | None]
    """Why AWS refuses it, what to change, and the Region of the copy where the resource makes several things."""

_MEMBERS: Final = 2
_CRON: Final = re.compile(r"\s*cron\s*\(\s*\S+(\s+\S+){5}\s*\)\s*", re.IGNORECASE)
"""Six fields; what may stand in them AWS alone says."""


def not_made(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield what the plan makes, or changes to, and AWS refuses. What is there already was not refused."""
    for type, check in _CHECKS.items():
        for resource in under_review.after(type):
            change = under_review.changes.get(resource.address)
            if change is None or change.forgotten:
                continue
            concern, reviewed = under_review.concerns(resource.address)
            for because, fix, region in check(under_review, resource) if concern else ():
                values = {"because": because, "change": fix}
                yield Found(
                    id="RECOVERY-334", address=resource.address, reviewed=reviewed, region=region, values=values
                )


# ---------------------------------------------------------------- S3


def _replication(under_review: PlanUnderReview, rules: Resource) -> Iterator[_Refused]:
    if any(_by_tag(rule) and _marks(rule) for rule in rules.blocks("rule")):
        yield (
            "a rule that selects objects by tag replicates delete markers, which S3 does not do by tag",
            'set delete_marker_replication to status = "Disabled" in each rule with a tag',
            None,
        )
    ids = [item for rule in rules.blocks("rule") if (item := text_in(rule, "id"))]
    if len({*ids}) < len(ids):
        yield "two of its rules have the same id, and S3 takes each once", "give each rule an id of its own", None
    for index, rule in enumerate(rules.blocks("rule")):
        for destination in blocks_in(rule, "destination"):
            given = any(text_in(item, "owner") for item in blocks_in(destination, "access_control_translation"))
            open_ = rules.is_unknown("rule", index, "destination", 0, "account")
            if given and not destination.get("account") and not open_:
                yield (
                    "a rule gives its copies to the owner of their bucket, and does not say which account that is",
                    "set account in the destination of the rule",
                    None,
                )
    role = rules.get("role")
    if isinstance(role, str) and parse_arn(role) is None and not rules.is_unknown("role"):
        yield "its role is not an ARN", "set role to the ARN of the role (aws_iam_role.x.arn)", None
    missing = {found for index, rule in enumerate(rules.blocks("rule")) for found in _halves(rules, index, rule)}
    if _REPLICA_KEY in missing and _found_apart(under_review, rules):
        missing.remove(_REPLICA_KEY)
    for name in sorted(missing):
        yield (
            "a rule says which key encrypts the replicas of KMS encrypted objects, or that they are replicated, and S3 "
            f"demands both: {name} is missing",
            f"set {name} in each rule, or neither",
            None,
        )


_SELECTED: Final = "source_selection_criteria.sse_kms_encrypted_objects"
_REPLICA_KEY: Final = "destination.encryption_configuration.replica_kms_key_id"


def _halves(rules: Resource, index: int, rule: Mapping[str, Any]) -> Iterator[str]:
    """Yield which of the two is missing that S3 takes together (terraform-provider-aws issue 26241)."""
    place = ("rule", index)
    blocks = blocks_in(rule, "source_selection_criteria")
    kinds = [item for block in blocks for item in blocks_in(block, "sse_kms_encrypted_objects")]
    keys = [item for block in blocks_in(rule, "destination") for item in blocks_in(block, "encryption_configuration")]
    if keys and not kinds and not rules.is_unknown(*place, "source_selection_criteria"):
        yield _SELECTED
    selects = any(item.get("status") == "Enabled" for item in kinds)
    if selects and not keys and not rules.is_unknown(*place, "destination", 0, "encryption_configuration"):
        yield _REPLICA_KEY


def _found_apart(under_review: PlanUnderReview, rules: Resource) -> bool:
    """Whether the bucket is encrypted with a KMS key: then it is said that its objects are not replicated."""
    encryption = encryption_of(under_review, under_review.target(rules, "bucket", "aws_s3_bucket"))
    return encryption is not None and encryption.kms


def _versioning(under_review: PlanUnderReview, setting: Resource) -> Iterator[_Refused]:
    path = ("versioning_configuration", 0)
    before = under_review.plan.resources_before.get(setting.address)
    # Versions that are kept already are kept on.
    on = before is not None and before.text(*path, "status") == setting.text(*path, "status")
    given = setting.text("mfa") is not None or setting.is_unknown("mfa")
    if not on and not given and setting.text(*path, "mfa_delete") == "Enabled":
        yield (
            "it is to switch MFA delete on, which S3 does for the root user with a code, and mfa is not set",
            "leave out mfa_delete, and let the root user switch it on by hand (put-bucket-versioning --mfa)",
            None,
        )


def _by_tag(rule: Mapping[str, Any]) -> bool:
    filters = blocks_in(rule, "filter")
    return any(item.get("tag") or item.get("tags") for one in filters for item in (one, *blocks_in(one, "and")))


def _marks(rule: Mapping[str, Any]) -> bool:
    return any(item.get("status") == "Enabled" for item in blocks_in(rule, "delete_marker_replication"))


# ---------------------------------------------------------------- AWS Backup


def _backup_plan(_: PlanUnderReview, plan: Resource) -> Iterator[_Refused]:
    names = [item for rule in plan.blocks("rule") if (item := text_in(rule, "rule_name"))]
    if len({*names}) < len(names):
        yield (
            "two of its rules have the same name, and AWS Backup takes each once",
            "give each rule a rule_name of its own",
            None,
        )
    least = limit("backup.start_window_minutes").least or 0
    for index, rule in enumerate(plan.blocks("rule")):
        name = "a rule" if plan.is_sensitive("rule", index, "rule_name") else f"its rule {rule.get('rule_name')}"
        schedule = rule.get("schedule")
        if isinstance(schedule, str) and schedule and not _CRON.fullmatch(schedule):
            yield (
                f"{name} has a schedule that is no cron expression",
                "write the schedule as cron(...) of six fields",
                None,
            )
        vaults = [text_in(item, "destination_vault_arn") for item in blocks_in(rule, "copy_action")]
        told = [item for item in vaults if item]
        if len({*told}) < len(told):
            yield (
                f"{name} copies into one vault twice, which AWS Backup refuses",
                "leave one copy_action for each vault",
                None,
            )
        cold = any(as_number(item.get("cold_storage_after")) for item in blocks_in(rule, "lifecycle"))
        if cold and rule.get("enable_continuous_backup") is True:
            yield (
                f"{name} makes continuous backups, which cannot move to cold storage",
                "leave out cold_storage_after of that rule, or keep what is older by a rule of its own",
                None,
            )
        start, end = as_number(rule.get("start_window")), as_number(rule.get("completion_window"))
        if start and end and end < start + least:
            yield (
                f"{name} must have completed {end} minutes after its time, and may start {start} minutes after it",
                f"set completion_window to start_window + {least} or more",
                None,
            )


# ---------------------------------------------------------------- databases and tables


def _instance(under_review: PlanUnderReview, replica: Resource) -> Iterator[_Refused]:
    original = under_review.plan.resources_after.get(under_review.plan.copies_after.get(replica.address, ""))
    name = "storage_encrypted"
    if original is None or original.type != replica.type or original.get(name) is True:
        return
    open_ = original.get(name) is False or (original.created and original.left_out(name))
    if open_ and replica.get(name) is True:
        yield (
            f"it is to be an encrypted replica of {original.address}, which is not encrypted",
            f"encrypt {original.address}: restore a copy of an encrypted snapshot in its place",
            None,
        )


def _cluster(under_review: PlanUnderReview, cluster: Resource) -> Iterator[_Refused]:
    plan = under_review.plan
    original = plan.copies_after.get(cluster.address)
    if original is None or cluster.text("replication_source_identifier") is not None:
        return
    for other in sorted(under_review.copies.get(original, ()), key=lambda item: item.address):
        if other.address >= cluster.address or other.type != cluster.type:
            continue
        if cluster.same_region(other) is True and other.text("replication_source_identifier") is None:
            yield (
                f"{other.address} is in the same Region, and a global database has one cluster in each",
                "place it in another Region, or give the other cluster more instances",
                None,
            )


def _cluster_of_dsql(_: PlanUnderReview, cluster: Resource) -> Iterator[_Refused]:
    witness = as_region(cluster.get("multi_region_properties", 0, "witness_region"))
    yield from _witnessed(witness, {cluster.region})


def _peering(under_review: PlanUnderReview, peering: Resource) -> Iterator[_Refused]:
    named = peering.get("clusters")
    regions = {region_of_arn(item) for item in (named if isinstance(named, list) else [])}
    cluster = under_review.target(peering, "identifier", "aws_dsql_cluster")
    yield from _witnessed(
        as_region(peering.get("witness_region")), {*regions, None if cluster is None else cluster.region}
    )


def _witnessed(witness: str | None, regions: set[str | None]) -> Iterator[_Refused]:
    if witness is None:
        return
    homes = {region for region in regions if region is not None}
    sets = [set(one.regions) for one in region_sets("dsql") if homes <= set(one.regions)]
    if witness in homes:
        yield f"its witness is in {witness}, the Region of a cluster", "name a third Region as the witness", None
    elif homes and sets and not any(witness in one for one in sets):
        third = ", ".join(sorted(set.union(*sets) - homes))
        yield (
            f"its witness is in {witness}, and not in the set of Regions of its clusters",
            f"name one of {third}",
            None,
        )


def _table(under_review: PlanUnderReview, table: Resource) -> Iterator[_Refused]:
    yield from _nowhere(under_review, table, "replica", "region_name")


def _secret(under_review: PlanUnderReview, secret: Resource) -> Iterator[_Refused]:
    yield from _nowhere(under_review, secret, "replica", "region")


def _files(under_review: PlanUnderReview, rules: Resource) -> Iterator[_Refused]:
    yield from _nowhere(under_review, rules, "destination", "region")


def _nowhere(under_review: PlanUnderReview, resource: Resource, block: str, name: str) -> Iterator[_Refused]:
    """Yield the copies that are to be made in a Region that there is not, as AWS has none of that name."""
    before = under_review.plan.resources_before.get(resource.address)
    there = () if before is None else [item.get(name) for item in before.blocks(block)]
    for region in (as_region(item.get(name)) for item in resource.blocks(block) if item.get(name) not in there):
        # Other partitions have Regions of their own, which the catalog does not list.
        if region is None or region in load_regions() or region.startswith(("cn-", "us-gov-", "us-iso")):
            continue
        yield (
            f"it is to have a copy in {region}, which is no Region that is known here",
            "correct the name of the Region; where AWS has a new one by now, waive this",
            region,
        )


# ---------------------------------------------------------------- CloudFront


def _distribution(_: PlanUnderReview, distribution: Resource) -> Iterator[_Refused]:
    if any(distribution.is_unknown(name) for name in ("origin", "origin_group")):
        return
    origins = {text_in(item, "origin_id") for item in distribution.blocks("origin")}
    groups = distribution.blocks("origin_group")
    for group in groups:
        members = [text_in(item, "origin_id") for item in blocks_in(group, "member")]
        if len(members) != _MEMBERS or len({*members}) != _MEMBERS or not origins.issuperset(members):
            yield (
                "an origin group has members that are not two of its origins",
                "name two different origins of the distribution as members of each origin group",
                None,
            )
    targets = origins | {text_in(item, "origin_id") for item in groups}
    behaviors = (*distribution.blocks("default_cache_behavior"), *distribution.blocks("ordered_cache_behavior"))
    if any(text_in(item, "target_origin_id") not in targets for item in behaviors):
        yield (
            "a cache behavior has a target that is none of its origins and origin groups",
            "set target_origin_id of each behavior to the origin_id of an origin or an origin group",
            None,
        )


_CHECKS: Final[dict[str, Check]] = {
    "aws_s3_bucket_versioning": _versioning,
    "aws_s3_bucket_replication_configuration": _replication,
    "aws_backup_plan": _backup_plan,
    "aws_db_instance": _instance,
    "aws_rds_cluster": _cluster,
    "aws_dsql_cluster": _cluster_of_dsql,
    "aws_dsql_cluster_peering": _peering,
    "aws_dynamodb_table": _table,
    "aws_secretsmanager_secret": _secret,
    "aws_efs_replication_configuration": _files,
    "aws_cloudfront_distribution": _distribution,
}
