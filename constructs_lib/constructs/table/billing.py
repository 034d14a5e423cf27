"""How a table's capacity is bought."""

from __future__ import annotations

import attrs

from constructs_lib.catalog.limits import limit


@attrs.frozen(kw_only=True)
class OnDemand:
    """Pay for each request.

    Args:
        max_read_request_units: Reads a second above which DynamoDB throttles. Default: only its own quota.
        max_write_request_units: The same for writes.

    Raises:
        ConfigurationError: If a number is not a positive whole number.
    """

    max_read_request_units: int | None = None
    max_write_request_units: int | None = None

    def __attrs_post_init__(self) -> None:
        for field in ("max_read_request_units", "max_write_request_units"):
            value = getattr(self, field)
            if value is not None:
                limit("dynamodb.capacity_units").check(value, field)


@attrs.frozen(kw_only=True)
class Provisioned:
    """Pay for capacity by the hour, used or not.

    Args:
        read_capacity: Read capacity units.
        write_capacity: Write capacity units.

    Raises:
        ConfigurationError: If a number is not a positive whole number.
    """

    read_capacity: int
    write_capacity: int

    def __attrs_post_init__(self) -> None:
        for field in ("read_capacity", "write_capacity"):
            limit("dynamodb.capacity_units").check(getattr(self, field), field)
