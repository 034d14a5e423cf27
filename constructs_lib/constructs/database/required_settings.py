"""The options of a database as its engine, its pattern and its backups require them."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

from msgspec.structs import replace

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.databases.engines import engine as engine_called
from constructs_lib.components import Kind
from constructs_lib.constructs.database.multi_az_cluster import check_cluster
from constructs_lib.constructs.database.settings import DatabaseSettings
from constructs_lib.constructs.database.windows import BackupRuns
from constructs_lib.constructs.sites.network import Network
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import check_flag, refuse
from constructs_lib.selection import recovery_standby as standby_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.catalog.databases.engines import Engine
    from constructs_lib.catalog.kinds.mechanism import Scalar
    from constructs_lib.constructs.backup.planned_backup import PlannedBackup
    from constructs_lib.selection.decision import Decision

DSQL = "dsql"

_RUNS_IN_BOTH = ("read_replica", "global_database")
"""What runs in subnets of the recovery Region."""


def fixed_parameters(backup_retention_days: int | None, *, recovery_standby: bool) -> dict[str, Mapping[str, Scalar]]:
    """Return the parameters that the caller's options fix, by mechanism."""
    fixed: dict[str, Mapping[str, Scalar]] = dict(standby_settings()) if recovery_standby else {}
    if backup_retention_days is not None:
        for mechanism in ("automated_backups", "cluster_backups", "replicated_backups"):
            fixed[mechanism] = {"retention_days": backup_retention_days}
    return fixed


def required_settings(
    settings: DatabaseSettings,
    network: Network,
    decision: Decision,
    backup: PlannedBackup | None,
    *,
    hour: int,
) -> DatabaseSettings:
    """Return the options with what the pattern requires.

    Raises:
        ConfigurationError: If the pattern cannot be built with them.
    """
    if not network.recovery_subnet_ids and any(map(decision.uses, _RUNS_IN_BOTH)):
        msg = (
            f"{decision.pattern} runs in {decision.recovery_region} too; give recovery_subnet_ids and "
            f"recovery_security_group_ids of the network"
        )
        raise ConfigurationError(msg)
    if decision.uses("read_replica"):
        check_replica(settings.engine, settings.version)
    cluster = decision.uses("multi_az_cluster")
    retention = decision.number(
        "cluster_backups" if settings.engine.is_aurora else "automated_backups", "retention_days"
    )
    settings = replace(settings, backup_retention_days=retention)
    settings = settings.built_of(
        decision.usage,
        serverless_here=decision.usage.is_serverless,
        global_primary=decision.uses("global_database"),
    )
    if cluster:
        settings = check_cluster(settings, network)
    settings = settings.sized(ceil(decision.usage.size_gb), cluster=cluster)
    if backup is None or not backup.copied:
        return settings
    runs = BackupRuns(
        hour=hour, interval_seconds=backup.interval_seconds, start_window_seconds=backup.start_window_seconds
    )
    # Aurora's windows and AWS Backup do not disturb each other.
    if not settings.engine.is_aurora:
        runs.check(settings.backup_window, settings.maintenance_window)
    backups, maintenance = runs.windows(settings.backup_window, settings.maintenance_window)
    return replace(settings, backup_window=backups, maintenance_window=maintenance)


def check_replica(engine: Engine, version: str) -> None:
    """Check that RDS makes a read replica in another Region of *version*.

    Raises:
        ConfigurationError: If it does not.
    """
    because = engine.refuses_replica(version)
    if because is not None:
        msg = (
            f"engine_version of {engine.name} is {version!r}, and {because}; upgrade it, or take "
            f"pattern='replicated_backups'"
        )
        raise ConfigurationError(msg)


def settings_asked(
    engine: str,
    network: Network | None,
    given: dict[str, object],
    third_region: str | None,
    *,
    deletion_protection: bool,
) -> DatabaseSettings | None:
    """Return the options that were given, checked against the engine; None for `dsql`, which has none of them.

    Raises:
        ConfigurationError: If an option is not one of the engine's, or not allowed.
    """
    check_flag(deletion_protection, "deletion_protection")
    if third_region is not None and engine != DSQL:
        msg = f"third_region is {third_region!r}, but only dsql has a witness; leave it out for {engine}"
        raise ConfigurationError(msg)
    if engine == DSQL:
        if network is not None:
            given = {"network": network, **given}
        if given:
            msg = f"{', '.join(given)} given for dsql, which has no instances, VPC, versions or windows; leave it out"
            raise ConfigurationError(msg)
        return None
    known = engine_called(engine)
    if not isinstance(network, Network):
        msg = (
            f"a {engine} database lives in a VPC, and its network is {network!r}; "
            f"give network=Network(subnet_ids=[...], security_group_ids=[...])"
        )
        raise ConfigurationError(msg)
    given.setdefault("backup_retention_days", _retention_days(known))
    return DatabaseSettings(engine=known, deletion_protection=deletion_protection, **given)  # type: ignore[arg-type]


def members_adopted(given: Sequence[str]) -> tuple[str, ...]:
    """Return the identifiers of the instances that are taken over.

    Raises:
        ConfigurationError: If they are no list.
    """
    if isinstance(given, str) or not isinstance(given, Sequence):
        refuse("adopted_members", given, "a list of the identifiers of instances")
    return tuple(given)


def _retention_days(engine: Engine) -> object:
    mechanism = "cluster_backups" if engine.is_aurora else "automated_backups"
    return load_catalog().mechanism(Kind.DATABASE, mechanism).defaults["retention_days"]
