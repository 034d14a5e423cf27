"""What a caller may say about a table, checked before anything is built."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Literal, TypeVar

import attrs

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.table.billing import Provisioned
from constructs_lib.constructs.table.schema import TableSchema, check_dynamodb_name
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import check_flag, refuse

if TYPE_CHECKING:
    from constructs_lib.selection.decision import Decision

TablePattern = Literal[
    "pitr",
    "backup_copy",
    "global_table",
    "global_table_strong_witness",
    "global_table_strong",
]
"""The patterns of the catalog for a table."""

_Choice = TypeVar("_Choice", bound=StrEnum)


class StreamView(StrEnum):
    """What a table's stream holds of a change."""

    KEYS_ONLY = "KEYS_ONLY"
    NEW_IMAGE = "NEW_IMAGE"
    OLD_IMAGE = "OLD_IMAGE"
    NEW_AND_OLD_IMAGES = "NEW_AND_OLD_IMAGES"


class TableClass(StrEnum):
    """What storage costs beside requests."""

    STANDARD = "STANDARD"
    STANDARD_INFREQUENT_ACCESS = "STANDARD_INFREQUENT_ACCESS"


StreamName = Literal["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]
"""The same, written as text."""

TableClassName = Literal["STANDARD", "STANDARD_INFREQUENT_ACCESS"]
"""The same, written as text."""


def _chosen(choices: type[_Choice], value: str, what: str) -> _Choice:
    try:
        return choices(value)
    except ValueError:
        msg = f"{what} is {value!r}; allowed: {', '.join(choices)}"
        raise ConfigurationError(msg) from None


def _stream(value: StreamView | StreamName | None) -> StreamView | None:
    return None if value is None else _chosen(StreamView, value, "stream")


def _table_class(value: TableClass | TableClassName) -> TableClass:
    return _chosen(TableClass, value, "table_class")


@attrs.frozen(kw_only=True)
class TableOptions:
    """The options of a table, as `Table` takes and documents them.

    Raises:
        ConfigurationError: If DynamoDB would not accept one of them.
    """

    name: str
    schema: TableSchema
    ttl_attribute: str | None
    uses_transactions: bool
    stream: StreamView | None = attrs.field(converter=_stream)
    table_class: TableClass = attrs.field(converter=_table_class)
    recovery_period_days: int | None
    deletion_protection: bool

    def __attrs_post_init__(self) -> None:
        check_dynamodb_name(self.name, "table", "the name of the table")
        self._check_ttl()
        check_flag(self.uses_transactions, "uses_transactions")
        check_flag(self.deletion_protection, "deletion_protection")
        if self.recovery_period_days is not None:
            limit("dynamodb.recovery_period_days").check(self.recovery_period_days, "recovery_period_days")

    @property
    def features(self) -> tuple[str, ...]:
        """What rules some patterns out, by the names of the catalog."""
        present = {
            "ttl": self.ttl_attribute is not None,
            "local_secondary_index": bool(self.schema.local_secondary_indexes),
            "transactions": self.uses_transactions,
            "provisioned": isinstance(self.schema.billing, Provisioned),
        }
        return tuple(feature for feature, there in present.items() if there)

    @property
    def settings(self) -> dict[str, dict[str, str | int | bool]]:
        """The parameters of mechanisms that the options fix."""
        days = self.recovery_period_days
        return {} if days is None else {"pitr": {"retention_days": days}}

    @property
    def lifecycle(self) -> dict[str, object]:
        """The Terraform lifecycle of what holds data."""
        return {"prevent_destroy": True} if self.deletion_protection else {}

    def check(self, decision: Decision) -> None:
        """Check what depends on the pattern.

        Raises:
            ConfigurationError: If the pattern needs another stream.
        """
        if decision.uses("global_table") and self.stream not in (None, StreamView.NEW_AND_OLD_IMAGES):
            msg = (
                f"table {self.name} has stream={str(self.stream)!r}, but its pattern, {decision.pattern}, replicates "
                f"through the stream and needs {StreamView.NEW_AND_OLD_IMAGES}; give that, or leave it out"
            )
            raise ConfigurationError(msg)

    def view(self, decision: Decision) -> StreamView | None:
        """Return what the stream holds; None where the table has none."""
        return StreamView.NEW_AND_OLD_IMAGES if decision.uses("global_table") else self.stream

    def arguments(self, decision: Decision) -> dict[str, object]:
        """Return the arguments of `aws_dynamodb_table`, but for keys and replicas."""
        view = self.view(decision)
        return {
            "name": self.name,
            **self.schema.arguments(),
            "table_class": self.table_class,
            "point_in_time_recovery": {
                "enabled": True,
                "recovery_period_in_days": decision.setting("pitr", "retention_days"),
            },
            "stream_enabled": None if view is None else True,
            "stream_view_type": view,
            "ttl": None if self.ttl_attribute is None else {"attribute_name": self.ttl_attribute, "enabled": True},
            "deletion_protection_enabled": self.deletion_protection,
            "tags": decision.tags,
        }

    def _check_ttl(self) -> None:
        attribute = self.ttl_attribute
        if attribute is None:
            return
        if not isinstance(attribute, str):
            refuse("ttl_attribute", attribute, "the name of an attribute")
        limit("dynamodb.attribute_name").check_length(attribute, "ttl_attribute")
        for key in self.schema.attributes():
            if key.name == attribute and key.type != "N":
                msg = (
                    f"ttl_attribute {attribute!r} is a key of type {key.type}; DynamoDB reads the time from a number, N"
                )
                raise ConfigurationError(msg)
