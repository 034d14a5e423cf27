"""What is asked of the catalog for one component."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.kinds.mechanism import Scalar
from constructs_lib.catalog.regions import region as known_region
from constructs_lib.catalog.resources.provider_constraint import DEFAULT_PROVIDER_CONSTRAINT, guarantees_at_least
from constructs_lib.components import Kind
from constructs_lib.costs.usage import Usage
from constructs_lib.declaration.kinds import KINDS
from constructs_lib.errors import ConfigurationError
from constructs_lib.objectives import Objective
from constructs_lib.refusal import check_type, refuse


def _kind(value: object) -> Kind:
    if isinstance(value, str) and value in KINDS:
        return Kind(value)
    msg = f"there are no patterns for a {value!r}; there are for a {', '.join(KINDS)}"
    raise ConfigurationError(msg)


def _features(value: Iterable[str]) -> frozenset[str]:
    if not isinstance(value, list | tuple | set | frozenset) or not all(isinstance(name, str) for name in value):
        refuse("features", value, "a set of their names, or leave it out")
    return frozenset(value)


Settings = Mapping[str, Mapping[str, Scalar]]


def recovery_standby() -> Settings:
    """Return the settings by which what runs in the recovery Region has a standby of its own before it takes over.

    No objective needs it.
    """
    return load_catalog().kinds[Kind.DATABASE].recovery_standby


@attrs.frozen(kw_only=True)
class Request:
    """One component to choose a pattern for.

    Args:
        kind: What it is.
        objective: What it must keep.
        region: The Region it lives in.
        recovery_region: The Region it is recovered in; None where there is only one Region.
        engine: The engine of a database. None: any that the catalog knows.
        usage: What its bill depends on.
        provider: The version constraint of the AWS provider. Default: 5.100 or later, below 7.
        features: What it has that rules some patterns out, such as `ttl`.
        routings: The routings that may be used, by name. None: all.
        pattern: The one pattern to consider. None: all but those that must be asked for.
        third_region: The witness's or third replica's Region, where a pattern needs one. None: chosen.
        settings: Parameters that the caller fixes, by mechanism, such as `{"versioning": {"noncurrent_days": 7}}`.
            Those of mechanisms that a pattern does not have are ignored.

    Raises:
        ConfigurationError: If the Regions are the same, or one of them, the kind, a feature or a routing is unknown, or
            an engine, an instance class or capacity units are given for what is no database.
        InputError: If the provider constraint cannot be read or admits no version.
    """

    kind: Kind = attrs.field(converter=_kind)
    objective: Objective
    region: str
    recovery_region: str | None = None
    engine: str | None = None
    usage: Usage = attrs.field(factory=Usage)
    provider: str = DEFAULT_PROVIDER_CONSTRAINT
    features: frozenset[str] = attrs.field(factory=frozenset, converter=_features)
    routings: tuple[str, ...] | None = None
    pattern: str | None = None
    third_region: str | None = None
    settings: Settings = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        check_type(self.objective, Objective, "objective", 'Objective(rto="1h", rpo="15m")')
        check_type(self.usage, Usage, "usage", "Usage(size_gb=...)")
        settings: object = self.settings
        if not isinstance(settings, Mapping) or not all(isinstance(own, Mapping) for own in settings.values()):
            refuse("settings", settings, 'a mapping by mechanism, such as {"versioning": {"noncurrent_days": 7}}')
        for name in ("engine", "pattern"):
            if getattr(self, name) is not None:
                check_type(getattr(self, name), str, name, "the name of one, or leave it out")
        regions = [region for region in (self.region, self.recovery_region, self.third_region) if region is not None]
        for region in regions:
            known_region(region)
        if len(set(regions)) != len(regions):
            msg = f"the Regions are {', '.join(regions)}; a Region cannot stand in for itself, name different ones"
            raise ConfigurationError(msg)
        kind = load_catalog().kinds[self.kind]
        if self.engine is not None and not kind.has_engine:
            msg = f"a {self.kind} has no engine, but {self.engine!r} is given; leave it out"
            raise ConfigurationError(msg)
        if self.usage.instance_class is not None and not kind.has_engine:
            msg = f"a {self.kind} has no instance class, but {self.usage.instance_class!r} is given; leave it out"
            raise ConfigurationError(msg)
        if self.usage.most_acus is not None and not kind.has_engine:
            msg = f"a {self.kind} has no Aurora capacity units, but most_acus is {self.usage.most_acus}; leave it out"
            raise ConfigurationError(msg)
        if self.usage.read_capacity is not None and "provisioned" not in self.features:
            msg = (
                f"read_capacity is {self.usage.read_capacity}, and this {self.kind} has no provisioned capacity; leave "
                f"it out, or give a table that has it the feature provisioned"
            )
            raise ConfigurationError(msg)
        guarantees_at_least(self.provider, "0")
        self._check_routings()
        for feature in sorted(self.features):
            if feature not in kind.features:
                there_are = ", ".join(kind.features) or "none for this kind"
                msg = f"there is no feature {feature!r} of a {self.kind}; there are: {there_are}"
                raise ConfigurationError(msg)

    def _check_routings(self) -> None:
        if self.routings is None:
            return
        check_type(self.routings, (list, tuple), "routings", "a list of their names, or leave it out")
        known = [routing.name for routing in load_catalog().routings]
        unknown = [name for name in self.routings if name not in known]
        if unknown or not self.routings:
            wrong = f"there is no routing {unknown[0]!r}" if unknown else "no routing is allowed"
            msg = f"{wrong}; name some of {', '.join(known)}, or leave it out to allow all"
            raise ConfigurationError(msg)
