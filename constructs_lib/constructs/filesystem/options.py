"""What a caller may say about a file system, checked before anything is built."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.sites.network import Network
from constructs_lib.constructs.workload.adopted import check_adopted
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import check_flag, check_type, refuse
from constructs_lib.terraform.token import is_token

if TYPE_CHECKING:
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.selection.decision import Decision

_TOKEN: Final = re.compile(r"[!-~]([ -~]*[!-~])?", re.ASCII)


class FileSystemOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of a file system, as `FileSystem` takes and documents them.

    Raises:
        ConfigurationError: If EFS would not accept one of them.
    """

    name: str
    network: Network
    throughput_mode: str
    infrequent_access_days: int | None
    availability_zone: str | None
    deletion_protection: bool
    adopted: str | None = None

    def __post_init__(self) -> None:
        limit("efs.creation_token").check_length(self.name, "the name of the file system")
        check_type(self.network, Network, "the network", "Network(subnet_ids=..., security_group_ids=...)")
        for role in ("primary", "recovery"):
            if any("#{" in subnet for subnet in self.network.subnets_in(role)):
                msg = (
                    f"file system {self.name} is given subnets of the {role} Region as one list that Terraform fills "
                    f"in; each mount target is a resource of its own, so give the ids one by one"
                )
                raise ConfigurationError(msg)
        limit("efs.throughput_mode").check(self.throughput_mode, "throughput_mode")
        if self.infrequent_access_days is not None:
            limit("efs.infrequent_access_days").check(self.infrequent_access_days, "infrequent_access_days")
        if self.availability_zone is not None and not isinstance(self.availability_zone, str):
            refuse("availability_zone", self.availability_zone, 'the name of one, such as "eu-west-1a"')
        check_flag(self.deletion_protection, "deletion_protection")
        if self.adopted is not None:
            limit("efs.creation_token").check_length(self.adopted, "adopted")
            if is_token(self.adopted) or not _TOKEN.fullmatch(self.adopted):
                refuse("adopted", self.adopted, "the creation token as EFS shows it, in ASCII")
            if self.adopted == self.name:
                msg = f"adopted is {self.adopted!r}, the file system's own; give that of what a recovery made"
                raise ConfigurationError(msg)

    def check(self, decision: Decision, primary: Site) -> None:
        """Check what depends on the pattern.

        Raises:
            ConfigurationError: If a One Zone pattern has no Availability Zone, or one of another Region, another
                pattern has one, or a replica has no subnet.
        """
        one_zone, zone = not decision.uses("regional_storage"), self.availability_zone
        if one_zone != (zone is not None):
            has, does = ("has no", "name") if one_zone else (f"has {zone!r} as its", "leave out")
            msg = (
                f"file system {self.name} {has} availability_zone, and its pattern is {decision.pattern}; {does} the "
                f"Availability Zone of the first subnet"
            )
            raise ConfigurationError(msg)
        if zone is not None and not is_token(zone) and not zone.startswith(primary.region):
            refuse(f"the availability_zone of {self.name}", zone, f"one of {primary.region}")
        check_adopted(decision, self.adopted)
        if decision.uses("replication") and not self.network.recovery_subnet_ids:
            msg = (
                f"file system {self.name} is replicated, and its network has no recovery_subnet_ids; give them, or "
                f"nobody can mount the replica when the Region is lost"
            )
            raise ConfigurationError(msg)

    @property
    def lifecycle(self) -> dict[str, object]:
        """The Terraform lifecycle of what holds data."""
        return {"prevent_destroy": True} if self.deletion_protection else {}

    def subnets_in(self, role: str) -> tuple[str, ...]:
        """Return the subnets that get a mount target; a One Zone file system has one."""
        subnets = self.network.subnets_in(role)
        return subnets if self.availability_zone is None else subnets[:1]

    def arguments(self, decision: Decision, site: Site) -> dict[str, object]:
        """Return the arguments of `aws_efs_file_system` in the Region of *site*."""
        days = self.infrequent_access_days
        policies = [{"transition_to_ia": f"AFTER_{days}_DAY{'' if days == 1 else 'S'}"}]
        return {
            "creation_token": self.adopted if site.role == "primary" and self.adopted else self.name,
            "encrypted": True,
            "kms_key_id": site.key_arn_of(site),
            "throughput_mode": self.throughput_mode,
            "availability_zone_name": self.availability_zone,
            "lifecycle_policy": None if days is None else policies,
            "tags": {"Name": self.name, **decision.tags},
        }
