"""Upgrades of a database that has copies: RDS refuses some, and others leave the copy behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.databases.engines import load_engines
from constructs_lib.errors import ConfigurationError
from constructs_lib.objectives import Disruption
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview

_INSTANCE: Final = "aws_db_instance"
_CLUSTER: Final = "aws_rds_cluster"
_VERSION: Final = "engine_version"
_JOINED: Final = "global_cluster_identifier"
_BLUE_GREEN: Final = ("blue_green_update", 0, "enabled")
_NOT_DEPLOYED: Final = frozenset(
    {
        "allow_major_version_upgrade",
        "blue_green_update",
        "delete_automated_backups",
        "deletion_protection",
        "final_snapshot_identifier",
        "password",
        "replicate_source_db",
        "skip_final_snapshot",
        "tags",
        "tags_all",
    }
)
"""The arguments whose change alone makes no blue/green deployment: the provider's internal/service/rds/instance.go."""
_REPLICAS_FIRST: Final = ("mysql", "mariadb", "postgres")


def upgrades(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield each upgrade in place that RDS refuses because of a copy, or that ends the replication of one."""
    plan = under_review.plan
    for address, change in under_review.changes.items():
        source = plan.resources_after.get(address)
        if source is None or not change.updated or change.type not in (_INSTANCE, _CLUSTER):
            continue
        others = [copy for copy in under_review.copies.get(address, ()) if copy.same_region(source) is False]
        deploys = source.get(*_BLUE_GREEN) is True and not _NOT_DEPLOYED.issuperset(change.changed)
        if deploys and others:
            does = f"RDS makes no blue/green deployment of an instance with a replica in another Region, {_of(others)}"
            first = "set blue_green_update.enabled to false for this change, and upgrade the replica first"
            yield _found(under_review, source, does, first)
        elif _VERSION in change.changed:
            yield from _upgrade(under_review, source, others)


def _upgrade(under_review: PlanUnderReview, source: Resource, others: list[Resource]) -> Iterator[Found]:
    before, wanted = under_review.plan.resources_before[source.address].text(_VERSION), source.text(_VERSION)
    engine = source.text("engine") or ""
    if before is None or wanted is None:
        return
    major = _is_major(engine, before, wanted)
    if source.type == _CLUSTER and source.text(_JOINED) is not None:
        if major:
            yield _found(
                under_review,
                source,
                "a global database is upgraded to another major version as a whole, and none of its clusters by itself",
                "raise engine_version of the aws_rds_global_cluster instead, and ignore that of its members",
            )
        return
    for copy in others:
        was = under_review.plan.resources_before.get(copy.address)
        old = None if was is None else was.text(_VERSION)
        if copy.type != _INSTANCE or old is None or not _below(old, wanted):
            continue
        if major and engine.startswith("postgres"):
            yield _found(
                under_review,
                copy,
                f"a major upgrade of {source.address} takes the replicas of its own Region along and no other: "
                f"this one, in {copy.region or 'another Region'}, stays at {old} and cannot follow any more",
                "make the replica anew once its source is upgraded, and until then keep backups in that Region",
            )
        elif engine.startswith(_REPLICAS_FIRST):
            yield _found(
                under_review,
                source,
                f"RDS upgrades no source before its replicas (DBUpgradeDependencyFailure), and {copy.address} "
                f"is at {old}; Terraform changes the source first",
                f"upgrade {copy.address} to {wanted} in an apply of its own, and the source in the next",
            )


def _found(under_review: PlanUnderReview, resource: Resource, does: str, first: str) -> Found:
    _, reviewed = under_review.concerns(resource.address)
    values = {"does": does, "first": first}
    about = (Disruption.REGION,)
    return Found(id="RECOVERY-335", address=resource.address, reviewed=reviewed, values=values, disruptions=about)


def _of(copies: list[Resource]) -> str:
    return ", ".join(sorted(copy.address for copy in copies))


def _is_major(engine: str, before: str, after: str) -> bool:
    known = load_engines().get(engine)
    try:
        return known is not None and known.major(before) != known.major(after)
    except ConfigurationError:
        return False


def _below(version: str, other: str) -> bool:
    """Whether a version is lower than one that may leave its last parts to AWS: 16.3 is below 16.4, and not 16."""
    one, two = ([int(part) for part in text.split(".") if part.isdigit()] for text in (version, other))
    return one[: len(two)] < two
