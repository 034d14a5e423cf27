"""Copies that Terraform plans and AWS refuses to make: keys, passwords, versions, pairs of Regions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.databases.engines import load_engines
from constructs_lib.catalog.findings import Severity, rule
from constructs_lib.catalog.regions import load_regions, rds_backup_replication, rds_backup_replication_because
from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.plan.document.expression import references_in
from constructs_lib.plan.document.resource import text_in
from constructs_lib.plan.kinds.key_secret_repository import FAILED
from constructs_lib.review.checks.refused.table_scaling import table_scaling
from constructs_lib.review.checks.voided_paths import SEE
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview
    from constructs_lib.review.reviewed_component import ReviewedComponent

_INSTANCE: Final = "aws_db_instance"
_CLUSTER: Final = "aws_rds_cluster"
_GLOBAL: Final = "aws_rds_global_cluster"
_TABLE: Final = "aws_dynamodb_table"
_BACKUPS: Final = "aws_db_instance_automated_backups_replication"
_BUCKET_RULES: Final = "aws_s3_bucket_replication_configuration"
_FILES: Final = "aws_efs_replication_configuration"
_SYSTEM: Final = "aws_efs_file_system"
_KEYS: Final = tuple(name for name in types_that("read") if name.startswith("aws_kms_"))
_PASSWORD: Final = "manage_master_user_password"
_SQL_SERVER: Final = "sqlserver"
_ORACLE: Final = "oracle-"
_WRITE_ONLY: Final = "_wo"
_OF_THE_PRIMARY: Final = ("master_username", "master_password", f"master_password{_WRITE_ONLY}", "database_name")


def refused_copies(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield each copy that AWS refuses to make."""
    for source, copy, reviewed in _pairs(under_review, _INSTANCE):
        yield from _replica(under_review, source, copy, reviewed)
    for source, copy, reviewed in _pairs(under_review, _CLUSTER):
        yield from _secondary(under_review, source, copy, reviewed)
    yield from _two_primaries(under_review)
    for backups in under_review.after(_BACKUPS):
        yield from _replicated_backups(under_review, backups)
    for table in under_review.after(_TABLE):
        owner = under_review.reviewed_components.get(table.address)
        if owner is not None:
            yield from _replicas_of_table(under_review, table, owner, under_review.copies.get(table.address, ()))
    yield from _replica_keys(under_review)
    yield from _failed_secrets(under_review)
    for rules in under_review.after(_BUCKET_RULES):
        concern, whose = under_review.concerns(rules.address)
        if concern and any(item.get("existing_object_replication") for item in rules.blocks("rule")):
            yield Found(id="RECOVERY-320", address=rules.address, reviewed=whose)
    for files in under_review.after(_FILES):
        concern, whose = under_review.concerns(files.address)
        change = under_review.changes.get(files.address)
        if concern and change is not None and (change.created or change.replaced):
            for because in _files(under_review, files):
                yield Found(id="RECOVERY-332", address=files.address, reviewed=whose, values={"because": because})


def refused(under_review: PlanUnderReview, found: Iterable[Found]) -> dict[tuple[str | None, ...], str]:
    """Return the protections that what was *found* says AWS refuses, where the plan is to make or change them."""
    errors: dict[str, list[Found]] = {}
    for item in found:
        change = under_review.changes.get(item.address)
        if change is not None and not change.forgotten and rule(item.id).severity is Severity.ERROR:
            errors.setdefault(item.address, []).append(item)
    return {
        (item.address, item.region): f"{rule(error.id).title}, {SEE}{error.id}"
        for component in (under_review.plan.after if errors else ())
        for item in component.protections
        for error in errors.get(item.address or "", ())
        # What the component's own resource declares is more than one thing; the Region tells which is meant.
        if error.region == item.region is not None or (error.region is None and item.address != component.name)
    }


def _pairs(under_review: PlanUnderReview, type: str) -> Iterator[tuple[Resource, Resource, ReviewedComponent]]:
    for copy, reviewed in under_review.copied(type):
        original = under_review.plan.resources_after.get(reviewed.address)
        if original is not None:
            yield original, copy, reviewed


def _apart(original: Resource, copy: Resource) -> bool:
    """Whether both are known to be in different Regions."""
    return original.same_region(copy) is False


def _given(resource: Resource, name: str) -> bool:
    """Whether an argument has a value, known already or not."""
    if name.endswith(_WRITE_ONLY) and (resource.written(name) is not None or _given(resource, f"{name}_version")):
        return True  # no plan shows what is only written, but it does show its version
    return resource.get(name) not in (None, "", False) or (resource.is_unknown(name) and not resource.left_out(name))


def _to_make(under_review: PlanUnderReview, resource: Resource) -> bool:
    """Whether the plan is to make it: what is there already was not refused, and a former primary has AWS's key."""
    change = under_review.changes.get(resource.address)
    return change is not None and (change.created or change.replaced)


def _asked(under_review: PlanUnderReview, resource: Resource, name: str) -> bool:
    """Whether the plan is to make the resource with an argument, and that is sure."""
    return _to_make(under_review, resource) and _given(resource, name) and not _perhaps_null(resource, name)


def _perhaps_null(resource: Resource, name: str) -> bool:
    """Whether an argument that is not told may be null, which the provider fills in: a local value shows nothing."""
    if resource.get(name) is not None or resource.configured is None or resource.references is None:
        return False
    written = resource.references.expressions(resource.configured).get(name)
    return written is not None and all(item.startswith(("local.", "var.")) for item in references_in(written))


def _without_key(copy: Resource, what: str, argument: str, reviewed: ReviewedComponent | None) -> Found:
    values = {"what": what, "argument": argument}
    return Found(id="RECOVERY-317", address=copy.address, reviewed=reviewed, values=values)


# ---------------------------------------------------------------- RDS and Aurora


def _replica(
    under_review: PlanUnderReview, original: Resource, copy: Resource, reviewed: ReviewedComponent
) -> Iterator[Found]:
    if not _apart(original, copy):
        return
    key = "kms_key_id"
    if original.get("storage_encrypted") is True and not _given(copy, key) and _to_make(under_review, copy):
        yield _without_key(copy, "a replica of an encrypted instance", key, reviewed)
    if original.get(_PASSWORD) is True and not (original.text("engine") or "").startswith(_SQL_SERVER):
        yield _managed(copy, "a replica", original, reviewed)
    if (original.text("engine") or "").startswith(_ORACLE) and _asked(under_review, copy, "option_group_name"):
        yield Found(id="RECOVERY-328", address=copy.address, reviewed=reviewed)
    engine, version = load_engines().get(original.text("engine") or ""), original.text("engine_version")
    because = None if engine is None or version is None else engine.refuses_replica(version)
    if because is not None and _to_make(under_review, copy):
        values = {"because": f"{original.address} is {version}, and {because}", "change": f"upgrade {original.address}"}
        yield Found(id="RECOVERY-334", address=copy.address, reviewed=reviewed, values=values)
    source = copy.text("replicate_source_db")
    if source is not None and not source.startswith("arn:"):
        yield _by_identifier(copy, "replicate_source_db", original, reviewed)


def _by_identifier(copy: Resource, argument: str, original: Resource, reviewed: ReviewedComponent) -> Found:
    values = {"argument": argument, "original": original.address}
    return Found(id="RECOVERY-319", address=copy.address, reviewed=reviewed, values=values)


def _managed(copy: Resource, what: str, original: Resource, reviewed: ReviewedComponent) -> Found:
    values = {"what": what, "original": original.address}
    return Found(id="RECOVERY-318", address=copy.address, reviewed=reviewed, values=values)


def _secondary(
    under_review: PlanUnderReview, original: Resource, copy: Resource, reviewed: ReviewedComponent
) -> Iterator[Found]:
    joined = under_review.target(copy, "global_cluster_identifier", _GLOBAL)
    encrypted = any(item is not None and item.get("storage_encrypted") is True for item in (original, copy, joined))
    if encrypted and _apart(original, copy) and not _given(copy, "kms_key_id") and _to_make(under_review, copy):
        yield _without_key(copy, "a secondary cluster of an encrypted one", "kms_key_id", reviewed)
    argument = "replication_source_identifier"
    source = copy.text(argument)
    managed = next((item for item in (original, copy) if item.get(_PASSWORD) is True), None)
    if source is not None or _given(copy, argument):
        if managed is not None and _apart(original, copy):
            yield _managed(copy, "a read replica in another Region", managed, reviewed)
        if source is not None and not source.startswith("arn:"):
            yield _by_identifier(copy, argument, original, reviewed)
        return
    if managed is not None:
        yield _managed(copy, "a secondary cluster of a global database", managed, reviewed)
    first, second = (item.text("engine_version") for item in (original, copy))
    # The shorter of the two may leave the rest to AWS: 16 is some 16.6, and 16.1 is no 16.10.
    if first and second and any(one != other for one, other in zip(first.split("."), second.split("."), strict=False)):
        values = {"original": original.address}
        yield Found(id="RECOVERY-321", address=copy.address, reviewed=reviewed, values=values)


def _two_primaries(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield the clusters that are to join a global database with a user of their own, where another one has one."""
    joined: dict[str, list[Resource]] = {}
    for cluster in under_review.after(_CLUSTER):
        group = under_review.target(cluster, "global_cluster_identifier", _GLOBAL)
        sure = (name for name in _OF_THE_PRIMARY if not _perhaps_null(cluster, name))
        if group is not None and any(_given(cluster, name) for name in sure):
            joined.setdefault(group.address, []).append(cluster)
    for clusters in joined.values():
        # One that is there is the primary, else one that is no copy, else any: RDS takes the first that is made.
        copies = under_review.plan.copies_after
        primary = min(
            clusters,
            key=lambda one: (any(_asked(under_review, one, name) for name in _OF_THE_PRIMARY), one.address in copies),
        )
        for cluster in clusters:
            taken = [name for name in _OF_THE_PRIMARY if _asked(under_review, cluster, name)]
            concern, reviewed = under_review.concerns(cluster.address)
            if cluster is not primary and taken and concern:
                values = {"arguments": ", ".join(taken), "original": primary.address}
                yield Found(id="RECOVERY-329", address=cluster.address, reviewed=reviewed, values=values)


def _replicated_backups(under_review: PlanUnderReview, backups: Resource) -> Iterator[Found]:
    source = under_review.target(backups, "source_db_instance_arn", _INSTANCE)
    concern, reviewed = under_review.concerns(backups.address)
    if source is None or not concern:
        return
    plain = source.get("storage_encrypted") is not True
    if not plain and not _given(backups, "kms_key_id") and _to_make(under_review, backups):
        yield _without_key(backups, "replicated backups of an encrypted instance", "kms_key_id", reviewed)
    home, away = source.region, backups.region
    if home is not None and away is not None and home != away and {home, away} <= load_regions().keys():
        support = rds_backup_replication(home, away)
        if support != "supported":
            id = "RECOVERY-323" if support == "unsupported" else "RECOVERY-217"
            values = {"because": rds_backup_replication_because(home, away)}
            yield Found(id=id, address=backups.address, reviewed=reviewed, values=values)


# ---------------------------------------------------------------- file systems


def _files(under_review: PlanUnderReview, rules: Resource) -> Iterator[str]:
    """Yield why EFS replicates nothing into a file system that is there, or is made beside the replication."""
    system = under_review.target(rules, "destination.0.file_system_id", _SYSTEM)
    source = under_review.target(rules, "source_file_system_id", _SYSTEM)
    if system is None:
        return
    overwrite = system.text("protection", 0, "replication_overwrite")
    # What nobody sets is on for a new file system, and its encryption off.
    if overwrite == "ENABLED" or (overwrite is None and _computed(system, "protection")):
        yield f"{system.address} is protected against being overwritten, which replication_overwrite = DISABLED lifts"
    plain = system.get("encrypted") is False or _computed(system, "encrypted")
    if plain and source is not None and source.get("encrypted") is True:
        yield f"{source.address} is encrypted, and {system.address} is not"


def _computed(resource: Resource, name: str) -> bool:
    return resource.created and resource.left_out(name)


# ---------------------------------------------------------------- keys


def _replica_keys(under_review: PlanUnderReview) -> Iterator[Found]:
    name = "multi_region"
    for replica in under_review.after("aws_kms_replica_key"):
        key = under_review.target(replica, "primary_key_arn", "aws_kms_key")
        concern, reviewed = under_review.concerns(replica.address)
        if key is None or not concern or key.get(name) is True or (key.is_unknown(name) and not key.left_out(name)):
            continue
        values = {
            "mechanism": f"the replica key {replica.address}",
            "doubt": f"{key.address} is no multi-Region key, and KMS replicates no other",
            "change": f"replicate a key that is made with {name} = true; an existing one cannot become one",
        }
        yield Found(id="RECOVERY-200", address=replica.address, reviewed=reviewed, values=values)


def _failed_secrets(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield the replicas of secrets that Secrets Manager says it could not make, or not keep up to date."""
    for secret in under_review.after("aws_secretsmanager_secret"):
        concern, reviewed = under_review.concerns(secret.address)
        for replica in secret.blocks("replica") if concern else ():
            if replica.get("status") == FAILED:
                values = {
                    "mechanism": f"the replica of {secret.address} in {replica.get('region')}",
                    "doubt": "Secrets Manager says that it failed",
                    "change": "remove it, see to a key that it may use and a name that is free there, and add it again",
                }
                yield Found(id="RECOVERY-200", address=secret.address, reviewed=reviewed, values=values)


# ---------------------------------------------------------------- tables


def _key_to_come(under_review: PlanUnderReview, region: object) -> bool:
    """Whether there is a key in a Region, or one of which that is not known, whose ARN may be told at apply."""
    return any(key.region in (region, None) for key in under_review.after(*_KEYS))


def _replicas_of_table(
    under_review: PlanUnderReview, table: Resource, reviewed: ReviewedComponent, apart: Sequence[Resource]
) -> Iterator[Found]:
    block, key = "replica", "kms_key_arn"
    encryption = ("server_side_encryption", 0, key)
    may_give = under_review.plan.may_give
    own_key = table.get("server_side_encryption", 0, "enabled") is not False and (
        bool(table.text(*encryption)) or (table.is_unknown(*encryption) and may_give(table, encryption[0], key))
    )
    said = {copy.region for copy in apart}
    written = may_give(table, block, key)
    # What a block that is dynamic gives, the configuration does not say.
    named = key in under_review.block_arguments(table, block)
    inline = [
        (index, item) for index, item in enumerate(table.blocks(block)) if text_in(item, "region_name") not in said
    ]
    if own_key:
        for copy in apart:
            if not _given(copy, key) and _to_make(under_review, copy):
                yield _without_key(copy, "a replica of a table with a key of its own", key, reviewed)
        for index, item in inline:
            region = item.get("region_name")
            to_come = table.is_unknown(block, index, key) and written and (named or _key_to_come(under_review, region))
            if not item.get(key) and not to_come:
                yield Found(
                    id="RECOVERY-317",
                    address=table.address,
                    reviewed=reviewed,
                    region=region if isinstance(region, str) else None,
                    values={"what": "a replica of a table with a key of its own", "argument": key},
                )
    yield from table_scaling(under_review, table, reviewed, apart)
