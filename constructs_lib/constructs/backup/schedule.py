"""When AWS Backup starts its jobs."""

from __future__ import annotations

from constructs_lib.catalog.limits import limit
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import refuse

_HOUR = 3600
_DAY = 24 * _HOUR
_WEEK = 7 * _DAY

DEFAULT_BACKUP_HOUR = 3
"""The UTC hour that schedules go through unless the caller names another."""


def schedule_expression(interval_seconds: int, *, hour: int = DEFAULT_BACKUP_HOUR) -> str:
    """Return the cron expression, in UTC, that starts a backup every *interval_seconds* exactly.

    Args:
        interval_seconds: A week, a day, or whole hours that divide a day: cron starts anew at midnight, so any other
            interval would leave a gap longer than itself.
        hour: The UTC hour that one of the runs starts in; a week starts its run on Sunday. Default 3.

    Raises:
        ConfigurationError: If no cron expression keeps the interval, or the hour is none.
    """
    check_backup_hour(hour)
    limit("backup.interval_seconds").check(interval_seconds, "the interval between backups")
    if interval_seconds == _WEEK:
        return f"cron(0 {hour} ? * SUN *)"
    if interval_seconds == _DAY:
        return f"cron(0 {hour} * * ? *)"
    hours, rest = divmod(interval_seconds, _HOUR)
    if rest or interval_seconds > _DAY or _DAY % interval_seconds:
        msg = (
            f"the interval between backups is {interval_seconds} seconds; give a week ({_WEEK}), a day ({_DAY}), "
            f"or whole hours that divide a day"
        )
        raise ConfigurationError(msg)
    return f"cron(0 {hour % hours}/{hours} * * ? *)"


def check_backup_hour(hour: object) -> None:
    """Check that *hour* is an hour of the day.

    Raises:
        ConfigurationError: If it is not.
    """
    if isinstance(hour, bool) or not isinstance(hour, int) or not 0 <= hour <= 23:
        refuse("the hour of the backup", hour, "a whole hour of the day in UTC, 0 to 23")
