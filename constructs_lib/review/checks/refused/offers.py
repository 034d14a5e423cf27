"""Engine versions, instance classes, families of parameters and master users that RDS does not have or take."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.databases.classes import has_family
from constructs_lib.catalog.databases.engines import load_engines
from constructs_lib.catalog.limits import limit
from constructs_lib.errors import ConfigurationError
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.catalog.databases.engines import Engine
    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview

_VERSION: Final = "engine_version"
_CLASSES: Final = {"aws_db_instance": "instance_class", "aws_rds_cluster_instance": "instance_class"}
_FOLLOWS: Final = {
    "aws_db_instance": (("replicate_source_db", "aws_db_instance"),),
    "aws_rds_cluster_instance": (("cluster_identifier", "aws_rds_cluster"),),
}
_OF_A_CLUSTER: Final = "db_cluster_instance_class"
_CLUSTERS: Final = ("aws_rds_cluster", "aws_rds_global_cluster")
_USERNAMES: Final = {"aws_db_instance": "username", "aws_rds_cluster": "master_username"}
_SUBSCRIPTION: Final = "aws_db_event_subscription"
_GROUPS: Final = ("aws_db_parameter_group", "aws_rds_cluster_parameter_group")
_FAMILY: Final = "family"


def offers(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield what the plan makes, or changes to, and RDS does not have. What is there already was not refused."""
    for resource in under_review.after(*_CLASSES, *_CLUSTERS):
        if resource.address not in under_review.changes:
            continue
        engine, version = _engine_of(under_review, resource)
        if engine is not None:
            yield from _found(under_review, resource, _VERSION, _no_version(engine, resource.text(_VERSION)))
            user = _USERNAMES.get(resource.type)
            if user is not None and (username := resource.text(user)) is not None:
                why = engine.refuses_username(username)
                yield from _found(under_review, resource, user, why, id="RECOVERY-336")
            name = _CLASSES.get(resource.type)
            given = None if name is None else resource.text(name)
            if name is not None and given is not None:
                yield from _found(under_review, resource, name, _no_class(engine, resource, given, version))
            cluster = resource.text(_OF_A_CLUSTER) if resource.type == "aws_rds_cluster" else None
            if cluster is not None:
                yield from _found(under_review, resource, _OF_A_CLUSTER, _no_cluster(engine, resource, cluster))
    for group in under_review.after(*_GROUPS):
        yield from _found(under_review, group, _FAMILY, _no_family(group.text(_FAMILY) or ""))
    yield from _subscriptions(under_review)


def _subscriptions(under_review: PlanUnderReview) -> Iterator[Found]:
    most = limit("rds.event_subscriptions").most
    found = Counter(item.region for item in under_review.after(_SUBSCRIPTION))
    new = {
        item.region: item.address
        for item in under_review.after(_SUBSCRIPTION)
        if (change := under_review.changes.get(item.address)) is not None and change.created
    }
    for region, address in new.items():
        if region is not None and most is not None and found[region] > most and under_review.declared:
            values = {"number": str(found[region]), "region": region, "most": str(most)}
            yield Found(id="RECOVERY-337", address=address, values=values)


def _engine_of(under_review: PlanUnderReview, resource: Resource) -> tuple[Engine | None, str | None]:
    """Return the engine of a database and its version: a replica, or a cluster's instance, has that of what it follows.

    A version that is told only at apply is None, and so is one that AWS chooses.
    """
    followed = next(
        (
            found
            for argument, type_ in _FOLLOWS.get(resource.type, ())
            if (found := under_review.target(resource, argument, type_)) is not None
        ),
        None,
    )
    own = [resource] if followed is None else [resource, followed]
    engine, version = (
        next((text for one in own if (text := one.text(name)) is not None), None) for name in ("engine", _VERSION)
    )
    return load_engines().get(engine or ""), version


def _no_class(engine: Engine, resource: Resource, given: str, version: str | None) -> str | None:
    encrypted = resource.type == "aws_db_instance" and resource.get("storage_encrypted") is True
    refusal = engine.refusal(given, *filter(None, [resource.region]), version=version)
    return refusal or (engine.unencrypted(given) if encrypted else None)


def _no_cluster(engine: Engine, resource: Resource, given: str) -> str | None:
    absent, local = limit("rds.multi_az_cluster_absent"), limit("rds.multi_az_cluster_family")
    if resource.region in absent.values:
        return absent.because
    version = resource.text(_VERSION)
    try:
        major = engine.major(version or engine.version)
    except ConfigurationError:
        return None
    if major not in engine.cluster_majors:
        return f"RDS has Multi-AZ DB clusters of {', '.join(engine.cluster_majors) or 'no version'}"
    family = given.removeprefix("db.").partition(".")[0]
    if family not in local.values:
        return f"{local.because}: {', '.join(map(str, local.values))}"
    known = has_family(engine.sized_as, family)
    return engine.refusal(given, *filter(None, [resource.region]), version=version) if known else None


def _no_version(engine: Engine, version: str | None) -> str | None:
    try:
        if version is not None:
            engine.major(version)
    except ConfigurationError:
        return f"AWS has the versions {', '.join(engine.majors)}" if engine.majors else None
    return None


def _no_family(family: str) -> str | None:
    engine = load_engines().get(family.rstrip("0123456789.").rstrip("-"))
    if engine is None or not engine.majors:
        return None
    families = [engine.parameter_group_family(major) for major in engine.majors]
    return None if family in families else f"AWS has the families {', '.join(families)}"


def _found(
    under_review: PlanUnderReview, resource: Resource, argument: str, why: str | None, *, id: str = "RECOVERY-327"
) -> Iterator[Found]:
    change = under_review.changes.get(resource.address)
    before = under_review.plan.resources_before.get(resource.address)
    same = before is not None and before.get(argument) == resource.get(argument)
    if why is None or change is None or change.forgotten or (same and not change.replaced):
        return
    concern, reviewed = under_review.concerns(resource.address)
    if concern:
        value = "a sensitive value" if resource.is_sensitive(argument) else str(resource.get(argument))
        values = {"argument": argument, "value": value, "because": why}
        yield Found(id=id, address=resource.address, reviewed=reviewed, values=values)
