"""What rules a pattern out before it is assessed: what AWS does not offer, and what the constructs would refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.catalog.databases.engines import load_engines
from constructs_lib.catalog.limits import limit
from constructs_lib.catalog.regions import (
    rds_backup_replication,
    rds_backup_replication_because,
    region_set,
    region_sets,
)
from constructs_lib.catalog.resources.provider_constraint import guarantees_at_least

if TYPE_CHECKING:
    from constructs_lib.catalog.catalog import Catalog
    from constructs_lib.catalog.databases.engines import Engine
    from constructs_lib.catalog.kinds.pattern import Pattern
    from constructs_lib.selection.request import Request

_FAMILY = "*"
_EXISTING = "existing"
NOT_FOR_ENGINE = "AWS does not offer it for"


def ruled_out(pattern: Pattern, request: Request, catalog: Catalog) -> str | None:
    """Return why *pattern* is not even assessed for *request*, or None."""
    if request.engine is not None and not pattern.exists_for(request.engine):
        return f"{NOT_FOR_ENGINE} {request.engine}; it exists for {', '.join(pattern.engines)}"
    for feature in sorted(request.features):
        if feature in pattern.excludes:
            return pattern.excludes[feature]
    if pattern.engines and engine_for(pattern, request) is None:
        return _engine_refuses(_engines(pattern, request)[0], pattern, request)
    if request.recovery_region is None and any(part.where == "recovery" for part in pattern.protections):
        return "it needs a recovery Region, and none is given"
    if pattern.provider is not None and not guarantees_at_least(request.provider, pattern.provider):
        return f"it needs AWS provider >= {pattern.provider}, and the declared constraint is {request.provider!r}"
    if pattern.region_set is not None:
        return _outside_set(pattern, request)
    return _absent(pattern, request) or _pair_refused(pattern, request, catalog) or _wrong_family(pattern, request)


def engine_for(pattern: Pattern, request: Request) -> str | None:
    """Return the engine that *pattern* is built with: the one asked for, or its first that can hold what is asked.

    None where there is none, or the kind has no engines.
    """
    fitting = (engine for engine in _engines(pattern, request) if _engine_refuses(engine, pattern, request) is None)
    return next(fitting, None)


def _engines(pattern: Pattern, request: Request) -> tuple[str, ...]:
    if request.engine is not None:
        return (request.engine,)
    return tuple(engine for engine in pattern.engines if not engine.endswith(_FAMILY))


def _engine_refuses(engine: str, pattern: Pattern, request: Request) -> str | None:
    """Return why a database of *engine* cannot be what is asked, in the terms its construct would refuse it in."""
    rules = load_engines().get(engine)
    for feature in sorted(request.features):
        having = [name for name, item in load_engines().items() if feature in item.features]
        if having and engine not in having:
            return f"{engine} has no {feature}; {', '.join(having)} has"
    standby = request.settings.get("read_replica", {}).get("standby") is True
    if standby and rules is not None and not (rules.replica_standby or rules.is_aurora):
        return f"a read replica of {engine} can have no standby of its own before it is promoted"
    asked, usage = request.usage.instance_class, request.usage
    if usage.most_acus is not None and rules is not None and not rules.serverless_majors:
        return f"its capacity is declared in Aurora capacity units, which {engine} does not have; leave them out"
    if asked is not None and rules is None:
        return f"{engine} has no instances, and the class {asked} is asked for; leave it out"
    if rules is not None:
        refusal = _class_refused(rules, pattern, request)
        if refusal is not None:
            return refusal
    size = usage.size_gb
    if rules is not None and rules.storage_gb is not None:
        most, because = rules.storage_gb[1], f"gp3 storage of {engine}"
    else:
        volume = limit("dsql.storage_gb" if rules is None else "aurora.volume_gb")
        most, because = volume.most or 0, f"{engine} ({volume.because})"
    return f"the size is {size:,f} GB, and {because} holds at most {most:,} GB" if size > most else None


def _class_refused(rules: Engine, pattern: Pattern, request: Request) -> str | None:
    """Return why nothing can be built of the class that is asked for, or of those taken where none is."""
    asked, regions = request.usage.instance_class, pattern.regions(request.region, request.recovery_region)
    built = asked or rules.class_in(*regions, cluster=pattern.instance_family is not None)
    if built is None:
        usual = ", ".join((rules.instance_class, *rules.other_classes))
        return f"AWS has none of {usual} for {rules.name} in {' and '.join(regions)}; name an instance class it has"
    refusal = None if asked is None else rules.refusal(asked, *regions)
    if refusal is not None:
        return f"AWS has no {asked} for {rules.name}: {refusal}; name another class, or leave it out"
    bare = None if _EXISTING in request.features else rules.unencrypted(built)
    if bare is not None:
        other = "class" if rules.encrypts else "engine"
        return f"{rules.name} on {built}: {bare}, and everything that is built here is encrypted; name another {other}"
    refused = () if pattern.class_refused is None else limit(pattern.class_refused).values
    if built.startswith(tuple(f"{start}." for start in refused)):
        assert pattern.class_refused is not None, "there are starts of one"
        return f"{limit(pattern.class_refused).because}, and {built} is none; name another class"
    return None


def _absent(pattern: Pattern, request: Request) -> str | None:
    if pattern.absent is None:
        return None
    absent = limit(pattern.absent)
    lacking = [region for region in pattern.regions(request.region, request.recovery_region) if region in absent.values]
    return f"{absent.because}: {', '.join(lacking)}" if lacking else None


def _wrong_family(pattern: Pattern, request: Request) -> str | None:
    instance_class = request.usage.instance_class
    if pattern.instance_family is None or instance_class is None:
        return None
    families = limit(pattern.instance_family)
    if instance_class.split(".")[1] in families.values:
        return None
    return f"{families.because}; {instance_class} is none of {', '.join(map(str, families.values))}"


def _pair_refused(pattern: Pattern, request: Request, catalog: Catalog) -> str | None:
    if request.recovery_region is None:
        return None
    for part in pattern.protections:
        if catalog.mechanism(pattern.kind, part.mechanism).pairs is None:
            continue
        if rds_backup_replication(request.region, request.recovery_region) == "unsupported":
            return rds_backup_replication_because(request.region, request.recovery_region)
    return None


def _outside_set(pattern: Pattern, request: Request) -> str | None:
    assert pattern.region_set is not None
    feature = pattern.region_set.name
    members = region_set(feature, request.region)
    sets = "; ".join(", ".join(group.regions) for group in region_sets(feature))
    if members is None:
        return f"{request.region} is in no Region set that allows it; the sets are: {sets}"
    for region in (request.recovery_region, request.third_region):
        if region is not None and region not in members.regions:
            return f"{request.region} and {region} are not in one Region set; the sets are: {sets}"
    return None
