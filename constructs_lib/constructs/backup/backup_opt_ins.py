"""What AWS Backup takes in an account, a setting of each Region that is nobody's component."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.constructs.sites.component_name import build_component, check_component_name, claim_component_name
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import check_type, refuse
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.placement import part
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from collections.abc import Collection


class BackupOptIns(Construct):
    """The opt-ins of AWS Backup in the Regions of some sites: one in an account, for all its workloads.

    ```python
    BackupOptIns(sites, "opt-ins", taken={"DynamoDB": True, "RDS": True, "S3": True, "EC2": False})
    ```

    A type that is not taken is skipped by every plan without a word. The setting is the account's in a Region: two
    stacks that have one each undo each other, so build it once, and list every type that AWS shows there (`aws backup
    describe-region-settings`), since Terraform plans to change what is left out.

    Args:
        sites: In whose Regions, primary and recovery.
        id: Construct id.
        taken: For each resource type, as AWS Backup calls it, whether it is taken.
        advanced: The types with advanced features, such as `DynamoDB`, whose tables need them to be copied. Default:
            all that have them, as far as they are taken.

    Attributes:
        settings: The `aws_backup_region_settings` by Region.

    Raises:
        ConfigurationError: If an option is not what it should be, or a type has advanced features and is not taken.
    """

    def __init__(
        self, sites: Sites, id: str, *, taken: Mapping[str, bool], advanced: Collection[str] | None = None
    ) -> None:
        check_type(sites, Sites, f"the sites of opt-ins {id!r}", "Sites.per_region(...)")
        check_component_name(sites, id, "opt-ins")
        if (
            not isinstance(taken, Mapping)
            or not taken
            or not all(isinstance(name, str) and isinstance(value, bool) for name, value in taken.items())
        ):
            refuse(f"taken of opt-ins {id!r}", taken, 'a mapping such as {"DynamoDB": True, "EC2": False}')
        if advanced is not None and not isinstance(advanced, list | tuple | set | frozenset):
            refuse(f"advanced of opt-ins {id!r}", advanced, 'a list such as ["DynamoDB"], or leave it out')
        having = sorted(str(item.backup) for item in types_that("backup_features").values())
        chosen = [name for name in having if taken.get(name)] if advanced is None else list(advanced)
        for name in chosen:
            if name not in having or not taken.get(name):
                features = " or ".join(having)
                msg = f"opt-ins {id!r} give advanced features to {name!r}; give them to {features}, once it is taken"
                raise ConfigurationError(msg)
        for site in (sites.primary, sites.recovery):
            if site is not None:
                site.check_providers()

        build_component(self, sites, id)
        claim_component_name(sites, id)
        self.settings = {
            site.region: AwsResource(
                self if site is sites.primary else part(site.scope, id),
                "Default",
                "aws_backup_region_settings",
                {
                    "resource_type_opt_in_preference": dict(taken),
                    "resource_type_management_preference": dict.fromkeys(chosen, True) or None,
                },
                provider=site.provider,
            )
            for site in (sites.primary, sites.recovery)
            if site is not None
        }
