"""Secondary indexes of a table."""

from __future__ import annotations

import attrs

from constructs_lib.constructs.table.billing import OnDemand, Provisioned
from constructs_lib.constructs.table.key_attribute import KeyAttribute
from constructs_lib.constructs.table.projection import Projection


@attrs.frozen(kw_only=True)
class GlobalSecondaryIndex:
    """An index with a partition key of its own. It can be added and removed while the table is in use.

    Args:
        name: Its name, unique in the table.
        partition_key: Its partition key.
        sort_key: Its sort key. Default: none.
        projection: What it holds. Default: every attribute.
        billing: Its capacity, of the table's own billing mode. Default: the same numbers as the table.
    """

    name: str
    partition_key: KeyAttribute
    sort_key: KeyAttribute | None = None
    projection: Projection = attrs.field(factory=Projection.all)
    billing: OnDemand | Provisioned | None = None


@attrs.frozen(kw_only=True)
class LocalSecondaryIndex:
    """An index with the table's partition key and another sort key. It is made with the table, or never.

    A table with one cannot be strongly consistent across Regions.

    Args:
        name: Its name, unique in the table.
        sort_key: Its sort key.
        projection: What it holds. Default: every attribute.
    """

    name: str
    sort_key: KeyAttribute
    projection: Projection = attrs.field(factory=Projection.all)
