"""A table's keys and indexes, checked together and as the provider wants them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import attrs

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.table.billing import OnDemand, Provisioned
from constructs_lib.constructs.table.key_attribute import KeyAttribute
from constructs_lib.constructs.table.projection import Projection
from constructs_lib.constructs.table.secondary_index import GlobalSecondaryIndex, LocalSecondaryIndex
from constructs_lib.costs import Usage
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import check_type

if TYPE_CHECKING:
    from collections.abc import Iterator
_NAME = re.compile(r"[a-zA-Z0-9_.-]+", re.ASCII)


def check_dynamodb_name(name: object, kind: str, what: str) -> None:
    """Check the name of a table or an index.

    Args:
        name: The name.
        kind: `table` or `index`.
        what: What the user calls it.

    Raises:
        ConfigurationError: If DynamoDB would not accept it.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        msg = f"{what} is {name!r}; use letters, digits, hyphens, underscores and dots"
        raise ConfigurationError(msg)
    limit(f"dynamodb.{kind}_name").check_length(name, what)


def _listed(value: Any) -> Any:
    # What is no list stays as it is, to be refused with a message.
    return tuple(value) if isinstance(value, list | tuple) else value


@attrs.frozen(kw_only=True)
class TableSchema:
    """Keys and indexes of one table.

    DynamoDB wants every key attribute declared once, with one type, and no other attribute declared: the provider would
    otherwise plan the same change for ever.

    Args:
        partition_key: The table's partition key.
        sort_key: The table's sort key, or None.
        global_secondary_indexes: Indexes with a partition key of their own.
        local_secondary_indexes: Indexes with the table's partition key.
        billing: The table's billing, which its indexes share.

    Raises:
        ConfigurationError: If they contradict one another or are more than DynamoDB allows.
    """

    partition_key: KeyAttribute
    sort_key: KeyAttribute | None
    global_secondary_indexes: tuple[GlobalSecondaryIndex, ...] = attrs.field(converter=_listed)
    local_secondary_indexes: tuple[LocalSecondaryIndex, ...] = attrs.field(converter=_listed)
    billing: OnDemand | Provisioned

    def __attrs_post_init__(self) -> None:
        self._check_types()
        limit("dynamodb.global_secondary_indexes").check(
            len(self.global_secondary_indexes), "the number of global secondary indexes"
        )
        limit("dynamodb.local_secondary_indexes").check(
            len(self.local_secondary_indexes), "the number of local secondary indexes"
        )
        self._check_indexes()
        self._check_keys()

    def attributes(self) -> tuple[KeyAttribute, ...]:
        """Return every key attribute once, in the order they appear.

        Raises:
            ConfigurationError: If one attribute has two types.
        """
        declared: dict[str, KeyAttribute] = {}
        for attribute in self._key_attributes():
            known = declared.setdefault(attribute.name, attribute)
            if known.type is not attribute.type:
                msg = (
                    f"attribute {attribute.name!r} is of type {known.type} in one key and {attribute.type} in another; "
                    f"an attribute has one type in all keys of a table"
                )
                raise ConfigurationError(msg)
        return tuple(declared.values())

    def arguments(self) -> dict[str, object]:
        """Return the arguments of `aws_dynamodb_table` that keys, indexes and billing make."""
        return {
            "hash_key": self.partition_key.name,
            "range_key": None if self.sort_key is None else self.sort_key.name,
            "attribute": [{"name": item.name, "type": item.type} for item in self.attributes()],
            "global_secondary_index": [self._global_index(index) for index in self.global_secondary_indexes] or None,
            "local_secondary_index": [
                {
                    "name": index.name,
                    "range_key": index.sort_key.name,
                    "projection_type": index.projection.type,
                    "non_key_attributes": index.projection.attributes or None,
                }
                for index in self.local_secondary_indexes
            ]
            or None,
            "billing_mode": "PROVISIONED" if isinstance(self.billing, Provisioned) else "PAY_PER_REQUEST",
            **_capacity(self.billing),
        }

    def bought(self, usage: Usage | None) -> Usage | None:
        """Return what the bill depends on, with its indexes and the capacity that is bought for it and them."""
        if not isinstance(usage, Usage | None):
            return usage
        indexes: list[GlobalSecondaryIndex | LocalSecondaryIndex]
        indexes = [*self.global_secondary_indexes, *self.local_secondary_indexes]
        if indexes:
            full = sum(index.projection.type == "ALL" for index in indexes)
            usage = attrs.evolve(usage or Usage(), indexes=len(indexes), full_indexes=full or None)
        if not isinstance(self.billing, Provisioned):
            return usage
        bought = [self.billing, *(index.billing or self.billing for index in self.global_secondary_indexes)]
        capacities = [item for item in bought if isinstance(item, Provisioned)]
        return attrs.evolve(
            usage or Usage(),
            read_capacity=sum(item.read_capacity for item in capacities),
            write_capacity=sum(item.write_capacity for item in capacities),
        )

    def _global_index(self, index: GlobalSecondaryIndex) -> dict[str, object]:
        return {
            "name": index.name,
            "hash_key": index.partition_key.name,
            "range_key": None if index.sort_key is None else index.sort_key.name,
            "projection_type": index.projection.type,
            "non_key_attributes": index.projection.attributes or None,
            **_capacity(self.billing if index.billing is None else index.billing),
        }

    def _key_attributes(self) -> Iterator[KeyAttribute]:
        keys = [self.partition_key, self.sort_key]
        for index in self.global_secondary_indexes:
            keys += [index.partition_key, index.sort_key]
        keys += [index.sort_key for index in self.local_secondary_indexes]
        return (key for key in keys if key is not None)

    def _check_types(self) -> None:
        check_type(self.partition_key, KeyAttribute, "partition_key", 'KeyAttribute("id")')
        if self.sort_key is not None:
            check_type(self.sort_key, KeyAttribute, "sort_key", 'KeyAttribute("created_at", "N")')
        check_type(self.global_secondary_indexes, tuple, "global_secondary_indexes", "a list")
        check_type(self.local_secondary_indexes, tuple, "local_secondary_indexes", "a list")
        check_type(self.billing, (OnDemand, Provisioned), "billing", "OnDemand() or Provisioned(...)")
        for index in self.global_secondary_indexes:
            check_type(index, GlobalSecondaryIndex, "a global secondary index", "GlobalSecondaryIndex(...)")
            check_type(index.projection, Projection, f"projection of index {index.name}", "Projection.keys_only()")
            check_type(index.partition_key, KeyAttribute, f"partition_key of index {index.name}", 'KeyAttribute("id")')
            if index.sort_key is not None:
                check_type(index.sort_key, KeyAttribute, f"sort_key of index {index.name}", 'KeyAttribute("id")')
        for local in self.local_secondary_indexes:
            check_type(local, LocalSecondaryIndex, "a local secondary index", "LocalSecondaryIndex(...)")
            check_type(local.projection, Projection, f"projection of index {local.name}", "Projection.keys_only()")
            check_type(local.sort_key, KeyAttribute, f"sort_key of index {local.name}", 'KeyAttribute("id")')

    def _check_indexes(self) -> None:
        indexes: list[GlobalSecondaryIndex | LocalSecondaryIndex] = [
            *self.global_secondary_indexes,
            *self.local_secondary_indexes,
        ]
        names = [index.name for index in indexes]
        for name in names:
            check_dynamodb_name(name, "index", "the name of a secondary index")
            if names.count(name) > 1:
                msg = f"two secondary indexes are called {name!r}; give each a name of its own"
                raise ConfigurationError(msg)
        projected = sum(len(index.projection.attributes) for index in indexes)
        limit("dynamodb.projected_attributes").check(projected, "the number of projected attributes")
        for index in self.global_secondary_indexes:
            if index.billing is not None and type(index.billing) is not type(self.billing):
                msg = (
                    f"index {index.name!r} is billed {_mode(index.billing)}, but its table {_mode(self.billing)}; "
                    f"an index has the billing mode of its table"
                )
                raise ConfigurationError(msg)

    def _check_keys(self) -> None:
        if self.local_secondary_indexes and self.sort_key is None:
            name = self.local_secondary_indexes[0].name
            msg = f"local secondary index {name!r} needs a table with a sort key; give sort_key=KeyAttribute(...)"
            raise ConfigurationError(msg)
        _check_pair(self.partition_key, self.sort_key, "the table")
        for index in self.global_secondary_indexes:
            _check_pair(index.partition_key, index.sort_key, f"index {index.name!r}")
        for local in self.local_secondary_indexes:
            _check_pair(self.partition_key, local.sort_key, f"index {local.name!r}")
        self.attributes()


def _capacity(billing: OnDemand | Provisioned) -> dict[str, object]:
    if isinstance(billing, Provisioned):
        return {"read_capacity": billing.read_capacity, "write_capacity": billing.write_capacity}
    most = {
        "max_read_request_units": billing.max_read_request_units,
        "max_write_request_units": billing.max_write_request_units,
    }
    return {"on_demand_throughput": most} if any(most.values()) else {}


def _mode(billing: OnDemand | Provisioned) -> str:
    return "by provisioned capacity" if isinstance(billing, Provisioned) else "on demand"


def _check_pair(partition_key: KeyAttribute, sort_key: KeyAttribute | None, what: str) -> None:
    if sort_key is not None and sort_key.name == partition_key.name:
        msg = f"{what} has {sort_key.name!r} as partition key and as sort key; a sort key is another attribute"
        raise ConfigurationError(msg)
