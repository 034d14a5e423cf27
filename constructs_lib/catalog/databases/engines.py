"""What RDS and Aurora say about each database engine: `engines.toml`, typed."""

from __future__ import annotations

import re
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import msgspec

from constructs_lib.catalog.databases.class_versions import version_without_class
from constructs_lib.catalog.databases.classes import missing_class, offers_class
from constructs_lib.catalog.document import read_document
from constructs_lib.catalog.limits import limit
from constructs_lib.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILE = "databases/engines.toml"
_USERNAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)


class EngineParameter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One parameter of a parameter group."""

    name: str
    value: str


class EngineOption(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One option of an option group."""

    name: str
    settings: dict[str, str]


class Engine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One engine of RDS or Aurora.

    Attributes:
        name: What AWS calls it.
        version: The major version asked for where the caller names none.
        version_parts: How many parts of a version name the parameter group family.
        family: The parameter group family, with `{major}` for those parts.
        instance_class: What is built where the caller names none.
        other_classes: What is built then in Regions without that class, the first that they have.
        logs: The logs sent to CloudWatch.
        source: Its source, an id of `sources.toml`.
        cluster_class: What a Multi-AZ DB cluster is built of; None where the engine has none.
        other_cluster_classes: The same in Regions without that class.
        cluster_majors: The major versions that have Multi-AZ DB clusters.
        classes_of: The engine whose instance classes it has. Default: its own.
        encrypts: Whether RDS encrypts its storage.
        parameters: What encryption in transit and the logs need.
        options: The same, where the engine has it in an option group.
        iam_authentication: Whether users can log in with IAM.
        performance_insights: Whether it has Performance Insights.
        names_database: Whether AWS creates a database of a given name in it.
        replica_mode: The mode of a read replica, for Oracle.
        replica_standby: Whether a read replica can have backups and a standby of its own.
        replicas_of_managed_passwords: Whether RDS makes read replicas where it manages the master password.
        license_model: What is asked for where the caller names none.
        license_models: What may be asked for; none for Aurora, which has none.
        needs: Parameters it does not start without under that license.
        storage_gb: The least and the most its gp3 storage may have; None for Aurora, which has storage of its own.
        database_name_most: How many characters the name of the database that AWS creates may have.
        upper_case_database: Whether AWS shows that name in upper case, whatever was written.
        username_most: How many characters the name of the master user may have.
        usernames_refused: The names that the engine or RDS has for itself; one with a star is the beginning of some.
        ports_refused: Ports it cannot listen on.
        classes_refused: Instance classes AWS does not offer for it, as patterns of what follows `db.`.
        classes_because: Why; empty where there are none.
        classes_without_insights: The same for classes without Performance Insights.
        majors: The major versions that AWS has had; none where they are not known.
        parameter_names: The file of `parameters/` with the names of its parameters; None where they are not known.
        features: What a database of it may have that others have not, of the kind's `features`.
        serverless_majors: The major versions that have Aurora Serverless v2; none where it is not offered.
        replicas_from: The least versions that have a read replica in another Region, the oldest major one first.
    """

    name: str
    version: str
    version_parts: int
    family: str
    instance_class: str
    logs: tuple[str, ...]
    source: str
    other_classes: tuple[str, ...] = ()
    cluster_class: str | None = None
    other_cluster_classes: tuple[str, ...] = ()
    cluster_majors: tuple[str, ...] = ()
    classes_of: str | None = None
    encrypts: bool = True
    parameters: tuple[EngineParameter, ...] = ()
    options: tuple[EngineOption, ...] = ()
    iam_authentication: bool = True
    performance_insights: bool = True
    names_database: bool = True
    replica_mode: str | None = None
    replica_standby: bool = True
    replicas_of_managed_passwords: bool = False
    license_model: str | None = None
    license_models: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    storage_gb: tuple[int, int] | None = None
    database_name_most: int | None = None
    upper_case_database: bool = False
    username_most: int = 16
    usernames_refused: tuple[str, ...] = ()
    ports_refused: tuple[int, ...] = ()
    classes_refused: tuple[str, ...] = ()
    classes_because: str = ""
    classes_without_insights: tuple[str, ...] = ()
    majors: tuple[str, ...] = ()
    parameter_names: str | None = None
    features: tuple[str, ...] = ()
    serverless_majors: tuple[str, ...] = ()
    replicas_from: tuple[str, ...] = ()

    @property
    def is_aurora(self) -> bool:
        """Whether it is an engine of Aurora."""
        return self.name.startswith("aurora-")

    @property
    def sized_as(self) -> str:
        """The engine whose instance classes it has."""
        return self.classes_of or self.name

    def refusal(self, instance_class: str, *regions: str, version: str | None = None) -> str | None:
        """Return why AWS has no *instance_class*, such as `db.r5.large`, for it in *regions*; None where it has it.

        Without Regions it is asked whether any has it, and without a version whether one of them has.
        """
        if instance_class == serverless().instance_class and not self.serverless_majors:
            return "it is a class of Aurora"
        because = missing_class(self.sized_as, instance_class, *regions)
        if because is not None and _matches(instance_class, self.classes_refused):
            return self.classes_because
        if because is not None or version is None:
            return because
        return version_without_class(self.name, instance_class, version, version_parts=self.version_parts)

    def unencrypted(self, instance_class: str) -> str | None:
        """Return why RDS does not encrypt its storage on *instance_class*; None where it does."""
        bare = limit("rds.class_without_encryption")
        if not self.encrypts:
            return "RDS encrypts no storage of it"
        return str(bare.because) if _matches(instance_class, tuple(map(str, bare.values))) else None

    def class_in(self, *regions: str, cluster: bool = False) -> str | None:
        """Return what is built in *regions* where the caller names no class; None where they have none of those.

        Args:
            regions: All that it is built or restored in.
            cluster: Whether it is a Multi-AZ DB cluster. Default: it is not.
        """
        first, others = (
            (self.cluster_class, self.other_cluster_classes) if cluster else (self.instance_class, self.other_classes)
        )
        classes = () if first is None else (first, *others)
        return next((name for name in classes if offers_class(self.sized_as, name, *regions)), None)

    def refuses_username(self, username: str) -> str | None:
        """Return why RDS takes no master user of that name; None where it does."""
        if not _USERNAME.fullmatch(username) or len(username) > self.username_most:
            return f"it takes 1 to {self.username_most} letters, digits and underscores, a letter first"
        name = username.lower()
        kept = any(name.startswith(one[:-1]) if one.endswith("*") else name == one for one in self.usernames_refused)
        return f"{self.name} or RDS keeps {username} for itself" if kept else None

    def has_insights(self, instance_class: str) -> bool:
        """Tell whether it has Performance Insights on *instance_class*."""
        return self.performance_insights and not _matches(instance_class, self.classes_without_insights)

    def major(self, version: str) -> str:
        """Return the part of *version* that names the parameter group family: `16.00.4095` is `16.0` for SQL Server.

        Raises:
            ConfigurationError: If *version* is too short, not a version, or one that AWS does not have.
        """
        parts = version.split(".")[: self.version_parts]
        if len(parts) < self.version_parts or not all(part.isascii() and part.isdigit() for part in parts):
            msg = (
                f"engine_version of {self.name} is {version!r}; give at least the major version, such as {self.version}"
            )
            raise ConfigurationError(msg)
        major = ".".join(str(int(part)) for part in parts)
        if self.majors and major not in self.majors:
            msg = (
                f"engine_version of {self.name} is {version!r}, and AWS has the versions {', '.join(self.majors)}; "
                f"give one of them, or override the argument where AWS has a newer one by now"
            )
            raise ConfigurationError(msg)
        return major

    def refuses_replica(self, version: str) -> str | None:
        """Return why RDS makes no read replica in another Region of *version*; None where it does, or nothing says.

        Of a version that is told less exactly, as a major one, AWS chooses one that has it.
        """
        numbers = [int(part) for part in version.partition("-")[0].split(".") if part.isascii() and part.isdigit()]
        least = [[int(part) for part in one.split(".")] for one in self.replicas_from]
        major = numbers[: self.version_parts]
        beside = next((one for one in least if one[: self.version_parts] == major), None)
        too_old = bool(least) and (major < least[0] if beside is None else numbers < beside[: len(numbers)])
        if not too_old:
            return None
        having = ", ".join(f"{one} and higher" for one in self.replicas_from)
        return f"RDS makes replicas in another Region of {self.name} {having}"

    def parameter_group_family(self, version: str) -> str:
        """Return the parameter group family of *version*.

        Raises:
            ConfigurationError: If *version* is too short or not a version.
        """
        return self.family.format(major=self.major(version))


def _matches(instance_class: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(instance_class.removeprefix("db."), pattern) for pattern in patterns)


class Serverless(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Aurora Serverless v2: an instance that has what capacity it needs, in Aurora capacity units (ACU).

    Attributes:
        instance_class: Its class.
        pausing_acus: The least by which AWS pauses an instance that nobody uses.
        acus: The least and the most capacity otherwise.
        least_most_acus: What the most of a cluster must be at least.
        step_acus: What least and most are multiples of.
        usual_least_acus: The least that AWS recommends with what the constructs turn on.
        primary_least_acus: The least that AWS recommends for the primary cluster of a global database.
        class_acus: What provisioned classes hold, the smallest first.
        source: Its source, an id of `sources.toml`.
    """

    instance_class: str
    pausing_acus: Decimal
    acus: tuple[Decimal, Decimal]
    least_most_acus: Decimal
    step_acus: Decimal
    usual_least_acus: Decimal
    primary_least_acus: Decimal
    class_acus: dict[str, int]
    source: str

    def class_holding(self, acus: Decimal) -> str:
        """Return the smallest provisioned class that holds *acus*, which are no more than the most there is."""
        return next(name for name, holds in self.class_acus.items() if holds >= acus)

    def class_holding_in(self, acus: Decimal, engine: Engine, *regions: str) -> str | None:
        """Return the smallest provisioned class of *engine* that holds *acus*; None where *regions* have none."""
        classes = (name for name, holds in self.class_acus.items() if holds >= acus)
        return next((name for name in classes if offers_class(engine.sized_as, name, *regions)), None)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    serverless: Serverless
    engine: tuple[Engine, ...]


@cache
def _file() -> _File:
    return read_document(_FILE, _File)


def serverless() -> Serverless:
    """Return what there is to know about Aurora Serverless v2.

    Raises:
        CatalogError: If the file is not well formed.
    """
    return _file().serverless


@cache
def load_engines() -> Mapping[str, Engine]:
    """Return every engine by name; the file is read once for the process.

    Raises:
        CatalogError: If the file is not well formed.
    """
    return MappingProxyType({engine.name: engine for engine in _file().engine})


def engine(name: object) -> Engine:
    """Return the engine called *name*.

    Raises:
        ConfigurationError: If there is none.
    """
    found = load_engines().get(name) if isinstance(name, str) else None
    if found is None:
        msg = f"there is no engine {name!r}; there are {', '.join(load_engines())} and dsql"
        raise ConfigurationError(msg)
    return found
