"""Where in a VPC a database or a file system lives, in each Region."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from constructs_lib.catalog.limits import limit
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import refuse, shown
from constructs_lib.terraform.token import is_token

if TYPE_CHECKING:
    from collections.abc import Iterable

_LIST_TOKEN = "#{"  # a list that Terraform fills in later is one text with this mark to us


def _texts(value: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return checked_ids(value, "a network takes lists of ids", '["subnet-0a1", "subnet-0b2"]')


def checked_ids(value: object, what: str, example: str) -> tuple[str, ...]:
    """Return a list of ids as it is kept. Sets are refused: their order, and so the Terraform, is another each time.

    Args:
        value: What the user gave.
        what: What takes a list, as the user is told.
        example: Such a list.

    Raises:
        ConfigurationError: If it is no list of texts.
    """
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) and item.strip() for item in value):
        msg = f"{what}, and is given {shown(value)}; give for example {example}"
        raise ConfigurationError(msg)
    return tuple(value)


def check_of_one_region(here: Iterable[str], there: Iterable[str], what: str, recovery: str) -> None:
    """Refuse an id that is given for both Regions: what it names is in one of them.

    Args:
        here: The ids of the primary Region.
        there: Those of the recovery Region.
        what: What the user calls the first.
        recovery: What the user calls the others.

    Raises:
        ConfigurationError: If one is in both.
    """
    # An expression means what is called so in the stack that it is written into.
    both = sorted(id for id in set(here) & set(there) if not is_token(id))
    if both:
        msg = (
            f"{what} and {recovery} both have {shown(both[0])}, which is in one Region; give what stands for it in the "
            f"recovery Region"
        )
        raise ConfigurationError(msg)


@attrs.frozen(kw_only=True)
class Network:
    """The subnets and security groups of a database or a file system, your own, in both Regions.

    Ids, references to resources of the same stack, or a data source's list. A resource of one Region's stack must not
    be named for the other Region.

    Args:
        subnet_ids: Subnets of the primary Region, in two Availability Zones or more; three for a Multi-AZ DB cluster.
        security_group_ids: Security groups of the primary Region that let callers in.
        recovery_subnet_ids: Subnets of the recovery Region. Default: none, which will do where nothing runs there.
        recovery_security_group_ids: Security groups of the recovery Region. Default: none.
        subnet_group: The name of a DB subnet group of the primary Region that a database which runs already is in. RDS
            moves no database to another group of the same VPC, and Terraform replaces a cluster for it. Default: a
            group is built of the subnets.

    Raises:
        ConfigurationError: If an id is not a text, there are too few subnets, no security group goes with them, or an
            id is given for both Regions.
    """

    subnet_ids: tuple[str, ...] = attrs.field(converter=_texts)
    security_group_ids: tuple[str, ...] = attrs.field(converter=_texts)
    recovery_subnet_ids: tuple[str, ...] = attrs.field(default=(), converter=_texts)
    recovery_security_group_ids: tuple[str, ...] = attrs.field(default=(), converter=_texts)
    subnet_group: str | None = None

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            subnet_ids: list[str] | tuple[str, ...],
            security_group_ids: list[str] | tuple[str, ...],
            recovery_subnet_ids: list[str] | tuple[str, ...] = (),
            recovery_security_group_ids: list[str] | tuple[str, ...] = (),
            subnet_group: str | None = None,
        ) -> None: ...

    def __attrs_post_init__(self) -> None:
        self.check_subnets("rds.subnets")
        for prefix in ("", "recovery_"):
            subnets = getattr(self, f"{prefix}subnet_ids")
            groups = getattr(self, f"{prefix}security_group_ids")
            if bool(subnets) != bool(groups):
                given, missing = (f"{prefix}subnet_ids", f"{prefix}security_group_ids")
                if groups:
                    given, missing = missing, given
                msg = f"a network has {given} but no {missing}; give both, or AWS takes those of the default VPC"
                raise ConfigurationError(msg)
        if not self.subnet_ids:
            msg = "a network has no subnet_ids; give those of your VPC in the primary Region"
            raise ConfigurationError(msg)

        for name in ("subnet_ids", "security_group_ids"):
            check_of_one_region(getattr(self, name), getattr(self, f"recovery_{name}"), name, f"recovery_{name}")
        group: object = self.subnet_group
        if group is not None and (not isinstance(group, str) or not group.strip()):
            refuse("subnet_group", group, "the name of a DB subnet group, or leave it out")

    def check_subnets(self, limit_id: str) -> None:
        """Check how many subnets there are in each Region against a limit of the catalog.

        Raises:
            ConfigurationError: If they are too few or too many.
        """
        for name in ("subnet_ids", "recovery_subnet_ids"):
            ids: tuple[str, ...] = getattr(self, name)
            if ids and not any(_LIST_TOKEN in item for item in ids):
                limit(limit_id).check(len(set(ids)), f"the number of {name}")

    def subnets_in(self, role: str) -> tuple[str, ...]:
        """Return the subnets of the `primary` or the `recovery` site."""
        return self.recovery_subnet_ids if role == "recovery" else self.subnet_ids

    def security_groups_in(self, role: str) -> tuple[str, ...]:
        """Return the security groups of the `primary` or the `recovery` site."""
        return self.recovery_security_group_ids if role == "recovery" else self.security_group_ids
