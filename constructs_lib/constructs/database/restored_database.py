"""A database restored to a point in time: a new one beside the original."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from constructs_lib.catalog.databases.engines import serverless
from constructs_lib.constructs.database.database import Database
from constructs_lib.constructs.database.identifiers import (
    check_identifiers,
    claim_identifiers,
    database_identifier,
    names_in_rds,
)
from constructs_lib.constructs.database.multi_az_cluster import check_cluster, cluster_arguments
from constructs_lib.constructs.database.parts.aurora_cluster import AuroraSurroundings, aurora_arguments, aurora_members
from constructs_lib.constructs.database.parts.final_snapshot import final_snapshot, lifecycle_with_snapshot
from constructs_lib.constructs.database.parts.instance import InstanceSurroundings, instance_arguments
from constructs_lib.constructs.database.parts.master_password import managed_password
from constructs_lib.constructs.sites.component_name import build_component, check_component_name, claim_component_name
from constructs_lib.constructs.sites.network import Network
from constructs_lib.constructs.sites.output import check_outputs, write_output
from constructs_lib.constructs.workload.decide import sites_of
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import check_flag, refuse
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from constructs_lib.constructs.database.settings import DatabaseSettings
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.constructs.workload.workload import Workload

LATEST = "latest"

# Where the database came from is history once it is there; taking the block out, or changing it, would replace it.
_IGNORES = ["restore_to_point_in_time"]


class RestoredDatabase(Construct):
    """A new database with the data of another at a point in time; the original stays as it is.

    ```python
    RestoredDatabase(shop, "ledger-before-the-deploy", source=ledger, identifier="shop-ledger-restored",
                     restore_time="2026-11-23T09:41:00Z")
    ```

    AWS restores into the default security group, subnets and parameters, with one Availability Zone and no deletion
    protection; here all of them are given, as for the original. The endpoint is new: callers must be pointed at it.

    What is restored has a resource, and so a Terraform address, of its own. Never add `restore_to_point_in_time` to the
    resource of a database that exists: that replaces the database. Keep this construct as long as the restored database
    lives. A later change of *restore_time* changes nothing; for another restore add another construct.

    Args:
        place: The workload, or the sites, of the source.
        id: Construct id.
        source: The `Database` of the same app.
        identifier: The identifier of the new instance or cluster: yours to give, unlike any there is.
        restore_time: `latest`, or a moment with its time zone: a `datetime`, or RFC 3339 such as
            `2026-11-23T09:41:00Z`. It must be in the source's retention. Default `latest`.
        network: Subnets and security groups, of the recovery Region too for *in_recovery_region*. Default: the
            source's.
        in_recovery_region: Whether to restore in the recovery Region: from replicated backups, or from the backups of
            the replica or secondary cluster there. It takes only the recovery Region's stack. Default: not.
        instance_class: One that the engine has in that Region. Default: the source's.
        standby: Whether an instance gets a standby, or an Aurora cluster a reader. Default: it does where the engine
            can have one. A Multi-AZ DB cluster has its readers either way.

    Attributes:
        restored: The new `aws_db_instance` or `aws_rds_cluster`.
        instances: The `aws_rds_cluster_instance`s of an Aurora cluster; else none.
        surroundings: Its groups, of its own.
        identifier: As given.

    Raises:
        ConfigurationError: If the source has no backups to restore a point in time from there, or an option is not
            allowed.
    """

    def __init__(
        self,
        place: Workload | Sites,
        id: str,
        *,
        source: Database,
        identifier: str,
        restore_time: str | datetime = LATEST,
        network: Network | None = None,
        in_recovery_region: bool = False,
        instance_class: str | None = None,
        standby: bool | None = None,
    ) -> None:
        sites = sites_of(place, f"restored database {id!r}")
        settings, network = _of_source(source, network, sites)
        check_component_name(sites, id, "restored database")
        _check_identifier(identifier, source)
        moment = _moment(restore_time)
        site = _site(sites, network, identifier, in_recovery_region=in_recovery_region)
        if instance_class is not None:
            capacity = settings.capacity if instance_class == serverless().instance_class else None
            settings = replace(settings, instance_class=instance_class, capacity=capacity)
        cluster = settings.engine.is_aurora or source.decision.uses("multi_az_cluster")
        if source.decision.uses("multi_az_cluster"):
            settings = check_cluster(settings, network)
        _check_class(settings, site, id)
        origin = _cluster_origin(source, site) if cluster else _instance_origin(source, site)
        if standby is not None and not isinstance(standby, bool):
            refuse("standby", standby, "True or False, or leave it out")
        with_standby = standby is not False
        owner = f"restored database {id!r}"
        identifiers = names_in_rds(identifier, aurora=settings.engine.is_aurora, cluster=cluster)
        check_identifiers(site, identifiers, owner)
        check_outputs(site, [f"{identifier}-endpoint"])

        build_component(self, sites, id, at=site)
        claim_component_name(sites, id)
        claim_identifiers(site, identifiers, owner)

        self.identifier = identifier
        self._sites = sites
        self._site = site
        self._tags = dict(source.decision.tags)
        self._network = network
        self.instances: tuple[AwsResource, ...] = ()
        self.surroundings: AuroraSurroundings | InstanceSurroundings
        if cluster:
            times = {"restore_to_time": moment} if moment else {"use_latest_restorable_time": True}
            self.restored = self._cluster(settings, {**origin, **times}, standby=with_standby)
        else:
            times = {"restore_time": moment} if moment else {"use_latest_restorable_time": True}
            self.restored = self._instance(settings, {**origin, **times}, standby=with_standby)
        write_output(site, f"{identifier}-endpoint", self.endpoint, f"endpoint of {identifier}")

    @property
    def endpoint(self) -> str:
        """The host name of the restored database."""
        return self.restored.ref(
            "endpoint" if self.restored.terraform_resource_type == "aws_rds_cluster" else "address"
        )

    def _instance(self, settings: DatabaseSettings, origin: dict[str, object], *, standby: bool) -> AwsResource:
        site = self._site
        surroundings = InstanceSurroundings(
            self, site, settings, self._network, name=self.identifier, tags=self._tags, role=site.role
        )
        self.surroundings = surroundings
        return AwsResource(
            self,
            "Default",
            "aws_db_instance",
            {
                **instance_arguments(self._sites, site, settings, identifier=self.identifier, tags=self._tags),
                **surroundings.arguments,
                **managed_password(site),
                "license_model": settings.license,
                "storage_encrypted": True,
                "kms_key_id": site.key_arn_of(site),
                "multi_az": standby,
                **final_snapshot(self.identifier),
                "restore_to_point_in_time": origin,
            },
            provider=site.provider,
            lifecycle=lifecycle_with_snapshot(settings, _IGNORES),
        )

    def _cluster(self, settings: DatabaseSettings, origin: dict[str, object], *, standby: bool) -> AwsResource:
        site = self._site
        aurora = settings.engine.is_aurora
        surroundings = AuroraSurroundings(
            self, site, settings, self._network, name=self.identifier, tags=self._tags, role=site.role
        )
        self.surroundings = surroundings
        arguments = (
            aurora_arguments(site, settings, identifier=self.identifier, tags=self._tags)
            if aurora
            else cluster_arguments(self._sites, site, settings, identifier=self.identifier, tags=self._tags)
        )
        restored = AwsResource(
            self,
            "Default",
            "aws_rds_cluster",
            {
                **arguments,
                **surroundings.arguments,
                **managed_password(site),
                "restore_to_point_in_time": {**origin, "restore_type": "full-copy"},
            },
            provider=site.provider,
            lifecycle=lifecycle_with_snapshot(settings, _IGNORES),
        )
        if aurora:
            self.instances = aurora_members(
                self,
                self._sites,
                site,
                settings,
                restored,
                count=2 if standby else 1,
                identifier=self.identifier,
                tags=self._tags,
            )
        return restored


def _of_source(source: Database, network: Network | None, sites: Sites) -> tuple[DatabaseSettings, Network]:
    given: object = source
    if not isinstance(given, Database):
        refuse("source", source, "the Database to restore")
    if source.sites is not sites:
        msg = (
            f"{source.identifier} belongs to {source.sites.name}, and is to be restored in {sites.name}; "
            f"give the place of the source"
        )
        raise ConfigurationError(msg)
    if source.settings is None or source.network is None:
        msg = (
            f"{source.identifier} is a dsql cluster, which has no point-in-time recovery; restore a recovery point of "
            f"AWS Backup, which makes a new cluster"
        )
        raise ConfigurationError(msg)
    if network is not None and not isinstance(network, Network):
        refuse("network", network, "Network(subnet_ids=[...], security_group_ids=[...])")
    return source.settings, network or source.network


def _site(sites: Sites, network: Network, identifier: str, *, in_recovery_region: bool) -> Site:
    check_flag(in_recovery_region, "in_recovery_region")
    if not in_recovery_region:
        return sites.primary
    if sites.recovery is None:
        msg = f"{sites.name} has no recovery Region to restore {identifier} in; leave in_recovery_region out"
        raise ConfigurationError(msg)
    if not network.recovery_subnet_ids:
        msg = (
            f"{identifier} is to be restored in {sites.recovery.region}; give recovery_subnet_ids and "
            f"recovery_security_group_ids of the network"
        )
        raise ConfigurationError(msg)
    return sites.recovery


def _check_class(settings: DatabaseSettings, site: Site, id: str) -> None:
    because = settings.engine.refusal(settings.instance, site.region, version=settings.version)
    if because is not None:
        msg = (
            f"restored database {id!r} is to be a {settings.instance} in {site.region}: {because}; "
            f"give an instance_class that {settings.engine.name} has there"
        )
        raise ConfigurationError(msg)


def _check_identifier(identifier: str, source: Database) -> None:
    if not isinstance(identifier, str) or database_identifier(identifier) != identifier:
        refuse("identifier", identifier, "a shorter one of lower-case letters, digits and single hyphens")
    if identifier in (source.identifier, source.recovery_identifier):
        msg = (
            f"identifier is {identifier!r}, which is the source's; a restore makes a new database, give it another name"
        )
        raise ConfigurationError(msg)


def _moment(restore_time: str | datetime) -> str | None:
    """Return the moment as RDS wants it, in UTC; None for the latest there is."""
    if restore_time == LATEST:
        return None
    try:
        moment = restore_time if isinstance(restore_time, datetime) else datetime.fromisoformat(restore_time)
    except (TypeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None:
        msg = (
            f'restore_time is {restore_time!r}; give "latest", or a moment with its time zone such as '
            f'"2026-11-23T09:41:00Z"'
        )
        raise ConfigurationError(msg)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _instance_origin(source: Database, site: Site) -> dict[str, object]:
    if site.role != "recovery":
        return {"source_db_instance_identifier": source.main.ref("identifier")}
    there = source.recovery_main
    if there is not None and there.terraform_resource_type == "aws_db_instance":
        settings = source.settings
        if settings is not None and not settings.engine.replica_standby:
            msg = (
                f"{source.recovery_identifier} in {site.region} is a read replica of {settings.engine.name}, which "
                f"has no backups until it is promoted; restore in {source.sites.primary.region}, or choose "
                f"a pattern with replicated_backups"
            )
            raise ConfigurationError(msg)
        return {"source_db_instance_identifier": there.ref("identifier")}
    if there is not None:
        return {"source_db_instance_automated_backups_arn": there.ref("id")}
    raise ConfigurationError(_nothing_there(source, site))


def _cluster_origin(source: Database, site: Site) -> dict[str, object]:
    if site.role != "recovery":
        return {"source_cluster_identifier": source.main.ref("cluster_identifier")}
    if source.recovery_main is None:
        raise ConfigurationError(_nothing_there(source, site))
    return {"source_cluster_identifier": source.recovery_main.ref("cluster_identifier")}


def _nothing_there(source: Database, site: Site) -> str:
    aurora = source.settings is not None and source.settings.engine.is_aurora
    keeper = "global_database" if aurora else "replicated_backups"
    if source.decision.uses("backup_copy"):
        there = "a copy of AWS Backup is a snapshot; restore the recovery point itself, or"
    else:
        there = f"nothing of it is there; restore in {source.sites.primary.region}, or"
    return (
        f"{source.decision.pattern} keeps no point-in-time backups of {source.identifier} in {site.region}: {there} "
        f"choose a pattern with {keeper}"
    )
