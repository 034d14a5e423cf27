"""What a caller may say about a database, checked before anything is built."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

import attrs
import msgspec
from msgspec.structs import replace

from constructs_lib.catalog.databases.engines import load_engines, serverless
from constructs_lib.catalog.databases.parameter_names import parameter_names
from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.database.windows import daily_window, overlap, weekly_window
from constructs_lib.costs import Usage
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import check_flag, refuse

if TYPE_CHECKING:
    from constructs_lib.catalog.databases.engines import Engine
    from constructs_lib.costs import Usage

EngineName = Literal[
    "postgres",
    "mysql",
    "mariadb",
    "oracle-ee",
    "oracle-ee-cdb",
    "oracle-se2",
    "oracle-se2-cdb",
    "sqlserver-ee",
    "sqlserver-se",
    "sqlserver-web",
    "sqlserver-ex",
    "db2-se",
    "db2-ae",
    "aurora-postgresql",
    "aurora-mysql",
    "dsql",
]
"""The engines of the catalog, as AWS calls them."""

DatabasePattern = Literal[
    "automated_backups",
    "multi_az_instance",
    "multi_az_cluster",
    "backup_copy",
    "multi_az_backup_copy",
    "replicated_backups",
    "multi_az_replicated_backups",
    "read_replica",
    "multi_az_read_replica",
    "aurora",
    "aurora_multi_az",
    "aurora_backup_copy",
    "aurora_multi_az_backup_copy",
    "global_database_headless",
    "global_database",
    "global_database_enforced_rpo",
    "dsql",
    "dsql_backup_copy",
    "dsql_multi_region",
]
"""The patterns of the catalog for a database."""

_CLASS = re.compile(r"db\.[a-z0-9]+\.[a-z0-9-]+", re.ASCII)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_OPTIONAL_TEXTS = (
    "engine_version",
    "instance_class",
    "database_name",
    "backup_window",
    "maintenance_window",
    "license_model",
)


class Capacity(msgspec.Struct, frozen=True):
    """Between what a serverless instance of an Aurora cluster scales.

    Attributes:
        least: Aurora capacity units that it keeps when idle.
        most: Those it may reach.
    """

    least: Decimal
    most: Decimal


class DatabaseSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The options of a database of RDS or Aurora, as `Database` takes and documents them.

    Attributes:
        capacity: Of the serverless instances of an Aurora cluster; None where its instances are provisioned.

    Raises:
        ConfigurationError: If AWS would not accept one of them, or two of them together.
    """

    engine: Engine
    engine_version: str | None = None
    instance_class: str | None = None
    storage_gb: int | None = None
    max_storage_gb: int | None = None
    database_name: str | None = None
    username: str = "dbadmin"
    port: int | None = None
    parameters: Mapping[str, str] = msgspec.field(default_factory=dict)
    license_model: str | None = None
    backup_retention_days: int
    backup_window: str | None = None
    maintenance_window: str | None = None
    backtrack_hours: int = 0
    ca_certificate: str | None = None
    monitoring_seconds: int = 60
    performance_insights: bool | None = None
    deletion_protection: bool = True
    capacity: Capacity | None = None

    def __post_init__(self) -> None:
        for name in _OPTIONAL_TEXTS:
            value = getattr(self, name)
            if value is not None and (not isinstance(value, str) or not value.strip()):
                refuse(name, value, "a text, or leave it out")
        check_flag(self.deletion_protection, "deletion_protection")
        self._check_class()
        self._check_names()
        self._check_storage()
        self._check_windows()
        limit("rds.backup_retention_days").check(self.backup_retention_days, "backup_retention_days")
        limit("rds.monitoring_seconds").check(self.monitoring_seconds, "monitoring_seconds")
        if self.port is not None:
            limit("rds.port").check(self.port, "port")
            if self.port in self.engine.ports_refused:
                refused = ", ".join(map(str, self.engine.ports_refused))
                refuse("port", self.port, f"another one: {self.engine.name} cannot have {refused}")
        if self.ca_certificate is not None:
            limit("rds.ca_certificate").check(self.ca_certificate, "ca_certificate")
        self._check_backtrack()
        self._check_parameters()
        self.engine.major(self.version)

    @property
    def version(self) -> str:
        """The version asked for: the caller's, or the engine's default major version."""
        return self.engine.version if self.engine_version is None else self.engine_version

    @property
    def takes_minor_upgrades(self) -> bool:
        """Whether AWS may upgrade minor versions itself: with an exact version the next plan would take one back."""
        return self.engine_version is None or self.engine_version.count(".") < self.engine.version_parts

    @property
    def family(self) -> str:
        """The parameter group family of the version."""
        return self.engine.parameter_group_family(self.version)

    @property
    def instance(self) -> str:
        """The instance class: the caller's, or the engine's default."""
        return self.engine.instance_class if self.instance_class is None else self.instance_class

    @property
    def insights(self) -> bool | None:
        """Whether Performance Insights is on; None for an engine without it."""
        if not self.engine.performance_insights:
            return None
        has = self.engine.has_insights(self.instance)
        return has if self.performance_insights is None else self.performance_insights

    @property
    def database_written(self) -> str | None:
        """The name of the database to create, as AWS shows it: another spelling would make the instance anew."""
        name = self.database_name
        return name.upper() if name is not None and self.engine.upper_case_database else name

    @property
    def license(self) -> str | None:
        """The license model: the caller's, or the engine's default."""
        return self.engine.license_model if self.license_model is None else self.license_model

    @property
    def lifecycle(self) -> dict[str, object]:
        """The Terraform lifecycle of what holds data."""
        return {"prevent_destroy": True} if self.deletion_protection else {}

    def built_of(self, usage: Usage, *, serverless_here: bool, global_primary: bool) -> DatabaseSettings:
        """Return the options with the class of instance that *usage* says, and its capacity.

        Args:
            usage: What was decided on.
            serverless_here: Whether the instances are serverless.
            global_primary: Whether they are those of the primary cluster of a global database.

        Raises:
            ConfigurationError: If the version has no Aurora Serverless v2.
        """
        if not serverless_here:
            return replace(self, instance_class=usage.provisioned_class, capacity=None)
        major = self.engine.major(self.version)
        if major not in self.engine.serverless_majors:
            msg = (
                f"engine_version is {self.engine_version}, and Aurora Serverless v2 has {self.engine.name} "
                f"{', '.join(self.engine.serverless_majors)}; take one of them, or name a provisioned instance_class"
            )
            raise ConfigurationError(msg)
        assert usage.most_acus is not None, "what is serverless has its most declared"
        capacity = Capacity(usage.least_capacity(global_primary=global_primary), usage.most_acus)
        return replace(self, instance_class=serverless().instance_class, capacity=capacity)

    def sized(self, size_gb: int, *, cluster: bool = False) -> DatabaseSettings:
        """Return the options with storage for *size_gb* of data where the caller named none.

        Args:
            size_gb: The size of the data.
            cluster: Whether it is for a Multi-AZ DB cluster, whose storage does not grow by itself. Default: it is not.

        Raises:
            ConfigurationError: If the engine has no storage so large.
        """
        if self.engine.storage_gb is None:
            return self
        least, most = self.engine.storage_gb
        if cluster:
            least = limit("rds.multi_az_cluster_gp3_gb").least or least
        storage = max(size_gb, least) if self.storage_gb is None else self.storage_gb
        if storage > most:
            msg = (
                f"the size of {self.engine.name} is {size_gb} GB, and gp3 storage has at most {most} GB; "
                f"split the database, or take Aurora"
            )
            raise ConfigurationError(msg)
        if cluster or self.max_storage_gb is not None:
            return replace(self, storage_gb=storage)
        # So near to the most there is that RDS admits no ceiling above: the storage then grows no further.
        ceiling = min(2 * storage, most)
        return replace(self, storage_gb=storage, max_storage_gb=None if ceiling < _least_ceiling(storage) else ceiling)

    def _check_class(self) -> None:
        if self.instance_class == serverless().instance_class and self.capacity is None:
            msg = (
                f"instance_class is {self.instance_class!r}, and its capacity is not known; say it with the database: "
                f"usage=Usage(instance_class=..., average_acus=..., most_acus=...)"
            )
            raise ConfigurationError(msg)
        if self.instance_class is not None:
            if self.capacity is None and not _CLASS.fullmatch(self.instance_class):
                refuse(
                    "instance_class", self.instance_class, f"a DB instance class such as {self.engine.instance_class}"
                )
            because = self.engine.refusal(self.instance_class, version=self.version)
            if because is not None:
                msg = (
                    f"instance_class is {self.instance_class!r}, but AWS has none such for {self.engine.name}: "
                    f"{because}; give for example {self.engine.instance_class}"
                )
                raise ConfigurationError(msg)
        if self.performance_insights is not None and not isinstance(self.performance_insights, bool):
            refuse("performance_insights", self.performance_insights, "True or False, or leave it out")
        if self.performance_insights and not self.engine.has_insights(self.instance):
            msg = (
                f"performance_insights is True, but {self.engine.name} has none on {self.instance}; "
                f"leave it out, or take another instance_class"
            )
            raise ConfigurationError(msg)

    def _check_names(self) -> None:
        why = self.engine.refuses_username(str(self.username))
        if why is not None or not isinstance(self.username, str):
            refuse("username", self.username, f"another one: {why}")
        if self.database_name is None:
            return
        if not self.engine.names_database:
            msg = f"database_name is {self.database_name!r}, but AWS creates none in {self.engine.name}; leave it out"
            raise ConfigurationError(msg)
        if not _NAME.fullmatch(self.database_name):
            refuse("database_name", self.database_name, "letters, digits and underscores, a letter first")
        _refuse_reserved("database_name", self.database_name)
        most = self.engine.database_name_most
        if most is not None and len(self.database_name) > most:
            refuse("database_name", self.database_name, f"at most {most} characters for {self.engine.name}")

    def _check_storage(self) -> None:
        given = {"storage_gb": self.storage_gb, "max_storage_gb": self.max_storage_gb}
        for name, value in given.items():
            if value is None:
                continue
            if self.engine.storage_gb is None:
                msg = f"{name} is {value!r}, but the storage of {self.engine.name} grows by itself; leave it out"
                raise ConfigurationError(msg)
            least, most = self.engine.storage_gb
            if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
                refuse(name, value, f"{least} to {most} GB for {self.engine.name}")
        if self.storage_gb and self.max_storage_gb and self.max_storage_gb < _least_ceiling(self.storage_gb):
            because = limit("rds.max_storage_percent").because
            msg = (
                f"max_storage_gb is {self.max_storage_gb}, and the storage is {self.storage_gb} GB; give more than "
                f"storage_gb, {_least_ceiling(self.storage_gb)} GB or more: {because}"
            )
            raise ConfigurationError(msg)

    def _check_windows(self) -> None:
        daily = None if self.backup_window is None else daily_window(self.backup_window)
        weekly = None if self.maintenance_window is None else weekly_window(self.maintenance_window)
        if daily is None or weekly is None:
            return
        if overlap(daily, weekly):
            msg = (
                f"backup_window {self.backup_window} and maintenance_window {self.maintenance_window} overlap, "
                f"which RDS refuses; move one of them"
            )
            raise ConfigurationError(msg)

    def _check_backtrack(self) -> None:
        limit("rds.backtrack_hours").check(self.backtrack_hours, "backtrack_hours")
        if self.backtrack_hours and "backtrack" not in self.engine.features:
            having = ", ".join(name for name, item in load_engines().items() if "backtrack" in item.features)
            msg = f"backtrack_hours is {self.backtrack_hours}, but only {having} has Backtrack; leave it out"
            raise ConfigurationError(msg)

    def _check_parameters(self) -> None:
        given: object = self.parameters
        if not isinstance(given, Mapping) or not all(
            isinstance(name, str) and isinstance(value, str) for name, value in given.items()
        ):
            refuse("parameters", given, 'texts by name, such as {"log_statement": "ddl"}')
        names = parameter_names(self.engine)
        unknown = [name for name in self.parameters if names is not None and not names.has(name)]
        if names is not None and unknown:
            near = get_close_matches(unknown[0], sorted(names.static | names.dynamic), n=1)
            msg = (
                f"{self.engine.name} has no parameter {unknown[0]!r}; "
                f"{f'give {near[0]}' if near else 'leave it out'}, or add one that is newer than the catalog to the "
                f"parameter group itself"
            )
            raise ConfigurationError(msg)
        for item in self.engine.parameters:
            if self.parameters.get(item.name, item.value) != item.value:
                msg = (
                    f"parameter {item.name} is {self.parameters[item.name]!r}, but the construct sets it to "
                    f"{item.value} for encryption in transit and logs; leave it out, or override it on the group"
                )
                raise ConfigurationError(msg)
        if self.license is not None and self.license not in self.engine.license_models:
            there_are = " or ".join(self.engine.license_models)
            refuse("license_model", self.license, there_are or f"none: {self.engine.name} has no license model")
        if self.license == self.engine.license_model:
            missing = [name for name in self.engine.needs if not self.parameters.get(name)]
            if missing:
                msg = (
                    f"{self.engine.name} under {self.license} does not start without the parameters "
                    f'{", ".join(missing)}; give them: parameters={{"{missing[0]}": "..."}}, or another license_model'
                )
                raise ConfigurationError(msg)


def _refuse_reserved(name: str, value: str) -> None:
    reserved = limit("rds.reserved_name")
    if value.lower() in reserved.values:
        refuse(name, value, f"another one: {reserved.because}")


def _least_ceiling(storage_gb: int) -> int:
    """Return the least that storage may be allowed to grow to."""
    return -(-storage_gb * (limit("rds.max_storage_percent").least or 0) // 100)


def database_usage(usage: Usage | None, instance_class: str | None, storage_gb: int | None) -> Usage:
    """Return what the bill depends on, with the class and, where nothing else says it, the size that is built."""
    if usage is None:
        usage = Usage() if storage_gb is None else Usage(size_gb=storage_gb)
    elif not isinstance(usage, Usage):
        refuse("usage", usage, "Usage(size_gb=500)")
    if storage_gb is not None and isinstance(storage_gb, int) and storage_gb != usage.size_gb:
        usage = attrs.evolve(usage, storage_gb=storage_gb)
    return usage if instance_class is None else attrs.evolve(usage, instance_class=instance_class)
