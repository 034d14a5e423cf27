"""How much a component is used: what its bill, and nothing else, depends on."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

import attrs

from constructs_lib.catalog.databases.engines import serverless
from constructs_lib.catalog.prices import load_prices
from constructs_lib.catalog.prices.usage import assumed_usage
from constructs_lib.components import DEFAULT_SIZE_GB
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import shown

MOST = Decimal(10) ** 9
"""The largest amount accepted (a billion GB is an exabyte)."""

_BOUGHT = ("storage_gb", "read_capacity", "write_capacity", "indexes", "full_indexes", "copy_storage_class")
_NOT_A_NUMBER = Decimal("NaN")
_INSTANCE_CLASS = re.compile(r"db\.(serverless|[a-z][a-z0-9-]{1,15}\.[a-z0-9-]{2,20})")


def amount(value: object, name: str, unit: str) -> Decimal:
    """Return *value* as an exact, finite, non-negative number.

    Raises:
        ConfigurationError: If it is none, or absurdly large.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        msg = f"{name} is {value!r}; give a number of {unit}"
        raise ConfigurationError(msg)
    text = str(value)
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = _NOT_A_NUMBER
    # Decimal also reads digits of other scripts and grouping by underscores, which are slips here.
    if not number.is_finite() or not text.isascii() or "_" in text or number < 0 or number > MOST:
        msg = f"{name} is {shown(text)}; give a number of {unit} from 0 to {MOST:,f}"
        raise ConfigurationError(msg)
    return number


def _size(value: object) -> Decimal:
    size = amount(value, "size_gb", "GB")
    if not size:
        msg = f"size_gb is {value}; recovery times depend on it, so give what is expected, in GB and more than 0"
        raise ConfigurationError(msg)
    return size


def _class(value: object) -> str | None:
    if value is None or (isinstance(value, str) and _INSTANCE_CLASS.fullmatch(value)):
        return value
    msg = f'instance_class is {value!r}; give one such as "db.m6g.large"'
    raise ConfigurationError(msg)


def _change(value: object) -> Decimal:
    return amount(value, "change_gb", "GB in a month")


def _writes(value: object) -> Decimal:
    return amount(value, "writes_millions", "millions in a month")


def _reads(value: object) -> Decimal:
    return amount(value, "reads_millions", "millions in a month")


def _transfer(value: object) -> Decimal:
    return amount(value, "transfer_gb", "GB in a month")


def _read_capacity(value: object) -> Decimal | None:
    return None if value is None else amount(value, "read_capacity", "read capacity units")


def _write_capacity(value: object) -> Decimal | None:
    return None if value is None else amount(value, "write_capacity", "write capacity units")


def _indexes(value: object) -> Decimal | None:
    return None if value is None else amount(value, "indexes", "secondary indexes")


def _full_indexes(value: object) -> Decimal | None:
    return None if value is None else amount(value, "full_indexes", "secondary indexes that hold all attributes")


def _copy_class(value: object) -> str | None:
    if value is None or (isinstance(value, str) and load_prices().is_dimension(f"s3.request.put.{value.lower()}")):
        return value
    msg = f'copy_storage_class is {shown(str(value))}; give one that S3 has, such as "STANDARD_IA"'
    raise ConfigurationError(msg)


def _storage(value: object) -> Decimal | None:
    return None if value is None else amount(value, "storage_gb", "GB")


def _average_acus(value: object) -> Decimal | None:
    return None if value is None else amount(value, "average_acus", "Aurora capacity units")


def _most_acus(value: object) -> Decimal | None:
    return _bound(value, "most_acus", serverless().least_most_acus)


def _least_acus(value: object) -> Decimal | None:
    return _bound(value, "least_acus", serverless().acus[0])


def _bound(value: object, name: str, least: Decimal) -> Decimal | None:
    if value is None:
        return None
    acus, step, most = amount(value, name, "Aurora capacity units"), serverless().step_acus, serverless().acus[1]
    if not least <= acus <= most or acus % step:
        msg = f"{name} is {shown(str(value))}; Aurora Serverless v2 takes {least} to {most} capacity units by {step}"
        raise ConfigurationError(msg)
    return acus


@attrs.frozen(kw_only=True)
class Usage:
    """What a component's bill depends on; every default is an assumption of ours (`usage.toml`).

    Args:
        size_gb: Size in GB. Default 100.
        change_gb: GB written anew or changed in a month. Default: 30 % of the size.
        writes_millions: Writes, or PUT requests, in a month, in millions. Default 10.
        reads_millions: Reads in a month, in millions. Default 50.
        transfer_gb: GB that a distribution sends to viewers in a month. Default 1000.
        instance_class: The instance class of a database. Default: what the price table holds for the engine. For
            Aurora, where the next two are given: `db.serverless` or the class that holds the most, by the cost.
        average_acus: Aurora capacity units that the writer of an Aurora cluster uses on average over a month. Default:
            not known, and Aurora Serverless v2 is not considered.
        most_acus: Those it must be able to reach, 1 to 256. They go together.
        least_acus: Those it keeps when idle, from 0.5. Default: what AWS recommends, 2, and 8 for the primary cluster
            of a global database.
        storage_gb: Storage of an RDS instance, all of which is billed. Default: the size, or the least its engine has.
        read_capacity: Read capacity units of a table and its indexes that are bought by the hour, used or not.
            Default: its reads are billed one by one.
        write_capacity: Write capacity units, the same. They go together.
        indexes: Secondary indexes of a table; each write to the table is one to each of them. Default: none.
        full_indexes: Those of them that hold all attributes, and so store as much as the table. Default: none.
        copy_storage_class: The storage class that the copy of a bucket is written to, such as `STANDARD_IA`. Default:
            that of the bucket, taken as `STANDARD`.

    Raises:
        ConfigurationError: If a number is negative, not finite, or absurd, the size is zero, the class is none, or
            capacity units are out of bounds or given in part.
    """

    size_gb: Decimal = attrs.field(default=Decimal(DEFAULT_SIZE_GB), converter=_size)
    change_gb: Decimal = attrs.field(converter=_change)
    writes_millions: Decimal = attrs.field(default=assumed_usage().writes_millions, converter=_writes)
    reads_millions: Decimal = attrs.field(default=assumed_usage().reads_millions, converter=_reads)
    transfer_gb: Decimal = attrs.field(default=assumed_usage().transfer_gb, converter=_transfer)
    instance_class: str | None = attrs.field(default=None, converter=_class)
    average_acus: Decimal | None = attrs.field(default=None, converter=_average_acus)
    most_acus: Decimal | None = attrs.field(default=None, converter=_most_acus)
    least_acus: Decimal | None = attrs.field(default=None, converter=_least_acus)
    storage_gb: Decimal | None = attrs.field(default=None, converter=_storage)
    read_capacity: Decimal | None = attrs.field(default=None, converter=_read_capacity)
    write_capacity: Decimal | None = attrs.field(default=None, converter=_write_capacity)
    indexes: Decimal | None = attrs.field(default=None, converter=_indexes)
    full_indexes: Decimal | None = attrs.field(default=None, converter=_full_indexes)
    copy_storage_class: str | None = attrs.field(default=None, converter=_copy_class)

    def __attrs_post_init__(self) -> None:
        if (self.read_capacity is None) != (self.write_capacity is None):
            msg = "read_capacity and write_capacity go together; give both, such as read_capacity=50, write_capacity=10"
            raise ConfigurationError(msg)
        given = {"average_acus": self.average_acus, "least_acus": self.least_acus}
        if self.most_acus is None or self.average_acus is None:
            if self.is_serverless or (self.most_acus, *given.values()) != (None, None, None):
                msg = (
                    "average_acus and most_acus go together, and least_acus and db.serverless need them; "
                    "give both, such as average_acus=2, most_acus=8"
                )
                raise ConfigurationError(msg)
            return
        for name, value in given.items():
            if value is not None and value > self.most_acus:
                msg = f"{name} is {value}, and most_acus is {self.most_acus}; give no more than that"
                raise ConfigurationError(msg)

    def as_data(self) -> dict[str, str | None]:
        """Return it as plain data, exactly; what is bought, and indexes, only where they are said."""
        data = {name: None if value is None else str(value) for name, value in attrs.asdict(self).items()}
        return {name: value for name, value in data.items() if value is not None or name not in _BOUGHT}

    @property
    def is_serverless(self) -> bool:
        """Whether its instances are of Aurora Serverless v2."""
        return self.instance_class == serverless().instance_class

    @property
    def provisioned_class(self) -> str | None:
        """The class that provisioned instances are of; None where nothing says it."""
        if not self.is_serverless:
            return self.instance_class
        return None if self.most_acus is None else serverless().class_holding(self.most_acus)

    def with_class_open(self) -> Usage:
        """Return it with the class of instance left to choosing, where the capacity that is declared tells it."""
        return self if self.most_acus is None else attrs.evolve(self, instance_class=None)

    def least_capacity(self, *, global_primary: bool) -> Decimal:
        """Return the capacity units that a serverless instance keeps when idle.

        Args:
            global_primary: Whether it is one of the primary cluster of a global database.

        Raises:
            ConfigurationError: If nobody says what capacity it has.
        """
        facts = serverless()
        usual = facts.primary_least_acus if global_primary else facts.usual_least_acus
        if self.most_acus is None:
            msg = "a serverless instance is billed by its capacity units; give average_acus and most_acus"
            raise ConfigurationError(msg)
        return min(usual, self.most_acus) if self.least_acus is None else self.least_acus

    @change_gb.default
    def _a_share_of_the_size(self) -> Decimal:
        return self.size_gb * assumed_usage().change_share

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            size_gb: int | float | str | Decimal = ...,
            change_gb: int | float | str | Decimal = ...,
            writes_millions: int | float | str | Decimal = ...,
            reads_millions: int | float | str | Decimal = ...,
            transfer_gb: int | float | str | Decimal = ...,
            instance_class: str | None = None,
            average_acus: int | float | str | Decimal | None = None,
            most_acus: int | float | str | Decimal | None = None,
            least_acus: int | float | str | Decimal | None = None,
            storage_gb: int | float | str | Decimal | None = None,
            read_capacity: int | float | str | Decimal | None = None,
            write_capacity: int | float | str | Decimal | None = None,
            indexes: int | float | str | Decimal | None = None,
            full_indexes: int | float | str | Decimal | None = None,
            copy_storage_class: str | None = None,
        ) -> None: ...


DOCUMENTS: Final = Usage(size_gb="1", change_gb="1", writes_millions="0.001", reads_millions="0.001")
"""How much a bucket is used that holds documents about a workload."""
