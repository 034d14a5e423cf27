"""A file of the catalog, read into the records that its format has."""

from __future__ import annotations

from importlib.resources import files
from typing import TypeVar

import msgspec
import tomli

from constructs_lib.errors import CatalogError

_Records = TypeVar("_Records")


def read_document(name: str, records: type[_Records]) -> _Records:
    """Return the content of the catalog's file *name* as *records*.

    Raises:
        CatalogError: If the file is not well formed; the message names the file and the field.
    """
    try:
        text = files(__package__).joinpath(name).read_text(encoding="utf-8")
        return msgspec.convert(tomli.loads(text), records)
    except (tomli.TOMLDecodeError, msgspec.ValidationError) as error:
        msg = f"catalog file {name}: {error}"
        raise CatalogError(msg) from error
