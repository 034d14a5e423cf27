"""Restores that AWS Backup makes on schedule, times and removes again, against the RTO."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs

from constructs_lib.catalog.limits import limit
from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.constructs.backup.schedule import check_backup_hour
from constructs_lib.constructs.sites.fitted_name import fitted_name
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import check_flag
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.terraform.engine import Construct

_MINUTE = 60
_CONTROL = "RESTORE_TIME_FOR_RESOURCES_MEET_TARGET"


@attrs.frozen(kw_only=True)
class RestoreTesting:
    """How AWS Backup tests the restores of a `BackupPolicy`: each week, the newest backup of each resource.

    AWS restores what is of a type that it tests, keeps it for as long as a check of yours may take, and removes it;
    both are billed. A database is restored into the subnet group and the security groups of the workload's own in that
    Region. Whether a restore took no longer than the RTO is what the control of AWS Backup Audit Manager says, which
    needs AWS Config to record.

    Args:
        hour: The UTC hour of Sunday that the tests begin in. Default 5.
        keep_hours: How long what was restored is kept, for a check of yours. 0 to 168. Default 1.
        audited: Whether the control is built. Default: it is.

    Raises:
        ConfigurationError: If a number is outside what AWS allows.
    """

    hour: int = 5
    keep_hours: int = 1
    audited: bool = True

    def __attrs_post_init__(self) -> None:
        check_backup_hour(self.hour)
        limit("backup.validation_window_hours").check(self.keep_hours, "keep_hours of the restore testing")
        check_flag(self.audited, "audited")

    def check_region(self, region: str) -> None:
        """Check that AWS judges the time of restores in *region*.

        Raises:
            ConfigurationError: If it does not, and the control is to be built.
        """
        absent = limit("backup.restore_time_control_absent")
        if self.audited and region in absent.values:
            msg = f"{absent.because}: {region}; give RestoreTesting(audited=False)"
            raise ConfigurationError(msg)


def restore_testing_name(name: str) -> str:
    """Return what the plan and the framework are called after: AWS Backup takes no hyphens here."""
    fitted = fitted_name(re.sub(r"[^A-Za-z0-9]", "_", name), limit("backup.restore_testing_name").most)
    return fitted.replace("-", "_")


def restore_testing(
    scope: Construct,
    site: Site,
    testing: RestoreTesting,
    *,
    name: str,
    vault_arn: str,
    role_arn: str,
    resource_types: Sequence[str],
    overrides: Mapping[str, Mapping[str, str]],
    scoped: tuple[str, str],
    rto_seconds: int,
    tags: Mapping[str, str],
    continuous: bool = False,
) -> tuple[AwsResource, tuple[AwsResource, ...], AwsResource | None]:
    """Build the plan, a selection for each type, and the framework with the control.

    Args:
        scope: Where to build it.
        site: The site in whose Region it restores.
        testing: When, and for how long.
        name: Starts the names.
        vault_arn: The vault whose backups are restored.
        role_arn: The role that restores.
        resource_types: What there is, as AWS Backup calls it; what it does not test is left out.
        overrides: By type, what AWS Backup is told of a restore beside what it infers.
        scoped: The tag that the control goes by, as key and value.
        rto_seconds: How long a restore may take.
        tags: The tags of what is built.
        continuous: Whether the vault holds continuous backups as well. A copy is a snapshot, whatever it is a copy of.

    Returns:
        The `aws_backup_restore_testing_plan`, each `aws_backup_restore_testing_selection`, and the
        `aws_backup_framework` or None.
    """
    called = restore_testing_name(name)
    plan = AwsResource(
        scope,
        "RestoreTesting",
        "aws_backup_restore_testing_plan",
        {
            "name": called,
            "schedule_expression": f"cron(0 {testing.hour} ? * SUN *)",
            "recovery_point_selection": {
                "algorithm": "LATEST_WITHIN_WINDOW",
                "include_vaults": [vault_arn],
                "recovery_point_types": ["SNAPSHOT", "CONTINUOUS"] if continuous else ["SNAPSHOT"],
            },
            "tags": dict(tags),
        },
        provider=site.provider,
    )
    tested = {str(item.backup) for item in types_that("backup_tests").values()}
    selections = tuple(
        AwsResource(
            scope,
            f"RestoreTestingOf{type_}",
            "aws_backup_restore_testing_selection",
            {
                "name": type_.lower(),
                "restore_testing_plan_name": plan.ref("name"),
                "protected_resource_type": type_,
                "iam_role_arn": role_arn,
                # The vault holds nothing of others.
                "protected_resource_arns": ["*"],
                "restore_metadata_overrides": overrides.get(type_),
                "validation_window_hours": testing.keep_hours,
            },
            provider=site.provider,
        )
        for type_ in sorted(tested.intersection(resource_types))
    )
    if not testing.audited:
        return plan, selections, None
    framework = AwsResource(
        scope,
        "RestoreTime",
        "aws_backup_framework",
        {
            "name": called,
            "description": f"restores of {name} within its RTO",
            "control": {
                "name": _CONTROL,
                # AWS counts whole minutes, and none is no time to restore in.
                "input_parameter": {"name": "maxRestoreTime", "value": str(max(1, rto_seconds // _MINUTE))},
                "scope": {"tags": {scoped[0]: scoped[1]}},
            },
            "tags": dict(tags),
        },
        provider=site.provider,
    )
    return plan, selections, framework
